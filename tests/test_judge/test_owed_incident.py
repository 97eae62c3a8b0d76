"""For whom an incident is left open (L1): for whom a fault keeps down, or nobody can have heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.events import Event
from sequencer.requests import Wish
from sequencer.site import Site
from sim.story import Asked
from teiden.files.site_file import load_site
from teiden.judge.excuses import judged
from teiden.judge.verdict import judge
from tests.excusing import fact
from tests.tale import Tale
from tests.worlds import fault, out, play, reference_site, with_more

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


def counts(events: Sequence[Event], tale: Tale, site: Site) -> list[str]:
    broken = [b for r in judge(events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    return [b.subject for b in judged(broken, events, tale.happenings, site)[1]]


@pytest.mark.parametrize(
    ("network", "amount"),
    [("name_service_dies", None), ("broadcast_blocked", None), ("network_loses", 5.0), ("network_slow", 0.1)],
)
def test_l1_a_network_that_carries_what_is_said_has_kept_nobody_unheard(
    network: str, amount: float | None
) -> None:
    """It excused an incident that was left open when everybody was up again, beside any other fault."""
    site = reference_site()
    faults = fault(network, "network", 700.0, amount=amount), fault("card_silent", "ups6", 36_000.0)
    tale = play(out(0, 7200), *faults, until_s=12 * 3600.0)
    open_yet = [e for e in tale.events if e.name != "incident.closed"]
    assert counts(tale.events, tale, site) == []
    assert counts(open_yet, tale, site) == [site.name]


@pytest.mark.parametrize(("kind", "left"), [("traps_lost", ["reference"]), ("card_silent", [])])
def test_l1_an_incident_waits_for_a_ups_only_whose_fault_can_keep_it_off(kind: str, left: list[str]) -> None:
    """Its servers are wanted down, and it is off with them: traps that are lost keep it from nothing."""
    site = reference_site()
    off = Asked(60.0, Wish.POWER_OFF, ("rack1", "rack2"))
    faults = fault(kind, "ups6", 30_000.0), fault("card_silent", "ups5", 30_000.0)
    tale = play(out(0, 7200), off, *faults, until_s=12 * 3600.0)
    assert [e.name for e in tale.events if e.subject == "ups6" and "output" in e.name][-1] == "ups.output_off"
    open_yet = [e for e in tale.events if e.name != "incident.closed"]
    assert counts(open_yet, tale, site) == left


@pytest.mark.parametrize(("kind", "left"), [("traps_lost", ["reference"]), ("card_silent", [])])
def test_l1_s7_it_waits_for_whatever_else_feeds_a_disk_while_nobody_sees_the_mains_of_one(
    kind: str, left: list[str]
) -> None:
    """ups7 is not switched on without those of ups4; the disk came back on that alone, by itself."""
    site = reference_site()
    ups7 = replace(site.upses["ups4"], name="ups7", number=7)
    feeds = ("ups4", "ups7")
    disk = replace(site.arrays["linkeddisk"], controllers=feeds, enclosures=feeds)
    site = with_more(site, ups7, disk)
    faults = fault(kind, "ups4", 30_000.0), fault("card_silent", "ups6", 30_000.0)
    tale = play(out(0, 7200), *faults, until_s=12 * 3600.0, site=site)
    off = fact(tale.events[-1].t - 9000.0, "ups.output_off", "ups7")
    told = [e for e in tale.events if e.name != "incident.closed"]
    open_yet = sorted([*told, replace(off, details={"cause": "command"})], key=lambda e: e.t)
    assert counts(open_yet, tale, site) == left


@pytest.mark.parametrize(("dies_s", "left"), [(3500.0, []), (3659.0, []), (3665.0, ["twofeeds"])])
def test_n1_l1_it_waits_for_mains_that_came_back_when_no_switch_carried_that_any_more(
    dies_s: float, left: list[str]
) -> None:
    """Everybody was up all the time, on the other feed (two-feeds, 63033)."""
    file = load_site(SITES / "two-feeds.yaml")
    dies = fault("switch_dies", "lan1", dies_s)
    tale = play(out(0, 3600, "bfeed"), dies, site=file.site, model=file.model, until_s=9 * 3600.0)
    told = [e for e in tale.events if e.name != "incident.closed"]
    assert counts(told, tale, file.site) == left


@pytest.mark.parametrize(("dies_s", "left"), [(1065.0, []), (1200.0, ["reference"])])
def test_n5_l1_s6_it_waits_for_whom_nobody_heard_any_more_when_the_cluster_came_to_run(
    dies_s: float, left: list[str]
) -> None:
    """The linked side was up all the time, and nobody looks at it before (crowded seed 31025)."""
    site = reference_site()
    tale = play(out(0, 910, "ups3"), fault("management_down", "network", dies_s), until_s=9 * 3600.0)
    told = [e for e in tale.events if e.name != "incident.closed"]
    assert counts(told, tale, site) == left


@pytest.mark.parametrize(("answers_s", "left"), [(6000.0, []), (4000.0, ["twofeeds"]), (None, [])])
def test_n1_u2_l1_it_waits_for_whose_card_was_silent_when_the_network_failed(
    answers_s: float | None, left: list[str]
) -> None:
    """Nobody hears that it answers again, and its disk waits for that (two-feeds, crowded seed 66081)."""
    file = load_site(SITES / "two-feeds.yaml")
    dark = fault("card_silent", "ups6", -500.0, answers_s)
    dies = fault("switch_dies", "lan1", 5000.0)
    tale = play(out(0, 3600, "ups8"), dark, dies, site=file.site, model=file.model, until_s=9 * 3600.0)
    told = [e for e in tale.events if e.name != "incident.closed"]
    assert counts(told, tale, file.site) == left


@pytest.mark.parametrize(("ends_s", "left"), [(4000.0, []), (3000.0, ["twofeeds"])])
def test_u2_x04_l1_it_waits_for_a_dead_card_whose_ups_has_been_empty_meanwhile_and_whom_another_carries(
    ends_s: float, left: list[str]
) -> None:
    """That it is on again proves nobody who may live on the other feed (two-feeds, crowded seed 5700087)."""
    file = load_site(SITES / "two-feeds.yaml")
    dead = fault("card_silent", "ups3", 9.0)
    tale = play(out(0, ends_s, "afeed"), dead, site=file.site, model=file.model, until_s=12 * 3600.0)
    told = [e for e in tale.events if e.name != "incident.closed"]
    assert bool(tale.times("ups.exhausted ups3")) is not bool(left)
    assert counts(told, tale, file.site) == left
