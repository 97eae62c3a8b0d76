"""Arrays on several UPSes: in which order these go off and on, by part and by warm-up rank.

Each site here was first drawn by chance (tests/test_properties) and broke a rule.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.site import Array, ArrayRole, Site, Ups
from teiden.judge.verdict import judge
from tests.safety import unsafe, well
from tests.tale import Tale
from tests.worlds import out, play, reference_model, reference_site, with_more

LONG = 10 * 3600.0
LARGE_S = 5400.0
MODEL = reference_model(**{f"ups{n}__runtime_s": LARGE_S for n in (3, 4, 7, 8, 9, 10)})


def ups(site: Site, like: str, number: int, rank: int) -> Ups:
    return replace(site.upses[like], name=f"ups{number}", number=number, warm_up_rank=rank, runtime_s=LARGE_S)


def told(site: Site, *of: str, to_s: float = 7200.0) -> Tale:
    return play(out(0, to_s, *of), site=site, model=MODEL, until_s=LONG)


def test_r6_21_s7_upses_of_one_part_go_on_by_their_rank_whatever_their_order() -> None:
    site = reference_site()
    both = ("ups4", "ups7")
    disk = Array("linkeddisk", ArrayRole.LINKED, both, both)
    site = with_more(site, ups(site, "ups4", 4, rank=2), ups(site, "ups4", 7, rank=1), disk)
    tale = told(site)
    well(tale)
    tale.before("ups.output_on ups7", "command.sent ups4 command=on")


@pytest.fixture
def two_disks() -> Site:
    """Controllers of rank 2, enclosures of rank 1; the racks use the second array."""
    site = reference_site(rack1__arrays=("second",), rack2__arrays=("second",))
    site = replace(site, upses={**site.upses, "ups4": ups(site, "ups4", 4, rank=2)})
    three = ("ups8", "ups9", "ups10")
    return with_more(
        site,
        ups(site, "ups4", 7, rank=1),
        *(ups(site, "ups4", n, rank=1) for n in (8, 9, 10)),
        Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",)),
        Array("second", ArrayRole.LINKED, three, three),
    )


def test_r6_21_s7_controllers_wait_for_another_arrays_upses_of_a_lower_rank(two_disks: Site) -> None:
    tale = told(two_disks)
    well(tale)
    tale.before("ups.output_on ups10", "command.sent ups4 command=on")


def test_s7_an_array_without_mains_holds_up_no_other_of_higher_rank(two_disks: Site) -> None:
    tale = play(out(0, 7200), out(7200, 20000, "ups9"), site=two_disks, model=MODEL, until_s=LONG)
    well(tale)
    tale.before("array.ready linkeddisk", "mains.restored ups9", "array.ready second")
    assert judge(tale.events, two_disks).holds


def test_r9_26_s6_a_control_arrays_upses_wait_for_the_lower_ranks_of_the_others() -> None:
    site = reference_site(
        control1__arrays=("controldisk", "second"), control2__arrays=("controldisk", "second")
    )
    both = ("ups3", "ups7")
    site = with_more(
        site,
        ups(site, "ups3", 3, rank=1),
        ups(site, "ups3", 7, rank=2),
        ups(site, "ups3", 8, rank=1),
        Array("controldisk", ArrayRole.CONTROL, both, both),
        Array("second", ArrayRole.CONTROL, ("ups8",), ("ups8",)),
    )
    tale = play(out(0, 5000), out(5000, 9000, "ups8"), site=site, model=MODEL, until_s=LONG)
    assert not unsafe(tale)
    tale.before("mains.restored ups8", "ups.output_on ups8", "command.sent ups7 command=on")
    tale.once("array.ready controldisk")


def test_s7_ranks_the_wrong_way_round_hold_up_nobody_for_ever() -> None:
    """R10-28 refuses such a site; played all the same, its two arrays do not wait for each other."""
    site = reference_site(rack1__arrays=("second",), rack2__arrays=("second",))
    site = with_more(
        site,
        ups(site, "ups4", 4, rank=1),
        *(ups(site, "ups4", n, rank) for n, rank in ((7, 2), (8, 1), (9, 2))),
        Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",)),
        Array("second", ArrayRole.LINKED, ("ups8",), ("ups9",)),
    )
    tale = told(site)
    tale.once("array.ready linkeddisk", "array.ready second", "incident.closed *")


@pytest.mark.parametrize("role", [ArrayRole.LINKED, ArrayRole.CONTROL])
def test_s4_a_ups_of_both_parts_falls_after_those_of_the_controllers_alone(role: ArrayRole) -> None:
    site = reference_site()
    like, name = ("ups4", "linkeddisk") if role is ArrayRole.LINKED else ("ups3", "controldisk")
    site = with_more(site, ups(site, like, 7, rank=1), Array(name, role, (like, "ups7"), (like,)))
    tale = told(site)
    well(tale)
    tale.before("ups.output_off ups7", f"ups.output_off {like}")
    tale.before(f"ups.output_on {like}", "ups.output_on ups7")


def test_s4_a_control_disk_is_cut_in_order_wherever_its_upses_stand_in_the_file() -> None:
    site = reference_site()
    site = with_more(
        site, ups(site, "ups3", 7, rank=2), Array("controldisk", ArrayRole.CONTROL, ("ups7",), ("ups3",))
    )
    tale = told(site)
    well(tale)
    tale.before("ups.output_off ups7", "ups.output_off ups3")


def test_l3_servers_of_an_array_without_mains_are_not_stranded_while_it_lives_on_its_battery() -> None:
    """blade2 keeps ups5 on and does not use the array, so this is not flushed before its battery is short."""
    site = reference_site(blade2__arrays=("second",))
    site = with_more(
        site, ups(site, "ups4", 7, rank=1), Array("second", ArrayRole.LINKED, ("ups7",), ("ups7",))
    )
    tale = told(site, "ups4", to_s=1300.0)
    well(tale)
    tale.never("array.flushing *")
    assert judge(tale.events, site).holds
