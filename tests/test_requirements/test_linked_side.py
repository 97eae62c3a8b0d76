"""The linked side: ranks of its disks, the ways its servers come back, polling without traps (§6, §10.1)."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from sequencer.site import AcLink, Array, ArrayRole, Site
from tests.safety import well
from tests.thinned import thinned
from tests.worlds import LINKED, out, play, reference_model, reference_site, with_more

LONG = 6 * 3600.0
LARGE_S = 5400.0
"""Enough for three flushes one after the other, twice: nobody waits for charge."""
MODEL = reference_model(ups4__runtime_s=LARGE_S, ups7__runtime_s=LARGE_S, ups8__runtime_s=LARGE_S)


def three_linked_disks(ranks: tuple[int, int, int]) -> Site:
    """linkeddisk on ups4, second on ups7, third on ups8, with these warm-up ranks."""
    site = reference_site(
        ups4__warm_up_rank=ranks[0],
        ups4__runtime_s=LARGE_S,
        rack1__arrays=("second",),
        rack2__arrays=("linkeddisk", "third"),
    )
    upses = [
        replace(site.upses["ups4"], name=f"ups{n}", number=n, warm_up_rank=rank)
        for n, rank in zip((7, 8), ranks[1:], strict=True)
    ]
    disks = [
        Array(name, ArrayRole.LINKED, (ups.name,), (ups.name,))
        for name, ups in zip(("second", "third"), upses, strict=True)
    ]
    return with_more(site, *upses, *disks)


@pytest.mark.parametrize("ranks", [(1, 2, 3), (3, 2, 1), (2, 3, 1), (10, 1, 2)])
def test_r10_25_r6_21_linked_disks_start_by_rank_whatever_their_order(ranks: tuple[int, int, int]) -> None:
    tale = play(out(0, 7200), site=three_linked_disks(ranks), model=MODEL, until_s=LONG)
    well(tale)
    disks = ("linkeddisk", "ups4"), ("second", "ups7"), ("third", "ups8")
    in_turn = [disk for _, disk in sorted(zip(ranks, disks, strict=True))]
    for (earlier, _), (_, ups) in pairwise(in_turn):
        tale.before(f"array.ready {earlier}", f"command.sent {ups} command=on")


def test_r10_25_disks_of_one_rank_start_together() -> None:
    tale = play(out(0, 7200), site=three_linked_disks((1, 1, 1)), model=MODEL, until_s=LONG)
    well(tale)
    on_s = [tale.at(f"command.sent {ups} command=on") for ups in ("ups4", "ups7", "ups8")]
    assert max(on_s) - min(on_s) < 5


@pytest.mark.parametrize("ac_link", list(AcLink))
@pytest.mark.parametrize("name", LINKED)
def test_r4_01_r6_31_blades_and_racks_come_back_however_they_boot(name: str, ac_link: AcLink) -> None:
    """With their power, or woken over the LAN."""
    tale = play(out(0, 7200), site=reference_site(**{f"{name}__ac_link": ac_link}))
    well(tale)
    assert bool(tale.times(f"command.sent {name} command=wake")) is (ac_link is not AcLink.BOOT)


@pytest.mark.parametrize("of", ["utility", "ups4", "ups3"])
@pytest.mark.parametrize("tenths", thinned(range(0, 50, 7)))
def test_x_10_without_any_trap_an_outage_is_seen_within_one_poll(of: str, tenths: int) -> None:
    """Nothing in the pretend room sends one: whenever the mains go, the next poll tells (5 s)."""
    tale = play(out(tenths / 10, 200 + tenths / 10, of))
    ups = "ups4" if of == "utility" else of
    seen_s = [e.t - tale.zero_s for e in tale.events if e.name == "outage.suspected" and e.subject == ups]
    poll_s = tale.room.site.polling.on_line_s
    assert tenths / 10 <= seen_s[0] <= tenths / 10 + poll_s + 0.1


@pytest.mark.parametrize("tenths", range(0, 50, 7))
def test_x_10_by_polls_alone_the_timeline_moves_by_no_more_than_one(tenths: int) -> None:
    """The servers' UPSes fall at 30 + 420 s after the mains went, and the cluster stops at 900 s."""
    lost_s = tenths / 10
    tale = play(out(lost_s, lost_s + 7200))
    tale.near("ups.output_off ups5", lost_s + 450, late_s=6)
    tale.near("cluster.stopping ssccluster", lost_s + 900, late_s=6)
