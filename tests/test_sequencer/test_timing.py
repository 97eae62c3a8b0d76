"""The document's numbers, each from its formula: 420, 180, 750, 900, 1650, 1050, 2400, 1380, 480."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer import timing
from sequencer.site import Array, ArrayRole, FlushOrder, OffMode, Site, Timing, Ups
from tests.worlds import with_more, with_settings


@pytest.fixture
def two_arrays(site: Site) -> Site:
    return with_more(
        site, Ups("ups7", 7, "utility", 30.0), Array("second", ArrayRole.LINKED, ("ups7",), ("ups7",))
    )


def test_r10_06_a_graceful_off_takes_grace_and_low_battery_runtime_and_two_minutes(site: Site) -> None:
    assert timing.graceful_off_s(site.upses["ups5"]) == 180 + 120 + 120 == 420


@pytest.mark.parametrize(("grace_s", "low_battery_s"), [(180.0, 120.0), (0.0, 120.0), (600.0, 600.0)])
def test_r6_26_both_times_of_each_ups_are_in_its_own_delay(
    site: Site, grace_s: float, low_battery_s: float
) -> None:
    one = with_settings(site, ups5__shutdown_delay_s=grace_s, ups5__low_battery_runtime_s=low_battery_s)
    assert timing.graceful_off_s(one.upses["ups5"]) == grace_s + low_battery_s + 120
    assert timing.graceful_off_s(one.upses["ups6"]) == 420


def test_r10_08_the_nodes_upses_take_as_long_as_the_servers(site: Site) -> None:
    assert {timing.graceful_off_s(ups) for ups in site.node_upses} == {420}


def test_r10_07_a_delayed_off_takes_the_grace_alone(site: Site) -> None:
    assert timing.delayed_off_s(site.upses["ups3"]) == 180


@pytest.mark.parametrize("kind", [Timing.LCD, Timing.RFC1628])
def test_x_06_a_ups_with_outlet_groups_takes_its_groups_delay(site: Site, kind: Timing) -> None:
    ups = with_settings(site, ups5__timing=kind, ups5__power_off_delay_s=200.0).upses["ups5"]
    assert timing.graceful_off_s(ups) == 200
    assert timing.delayed_off_s(ups) == 200


def test_r10_22_an_immediate_off_is_at_once_but_on_old_cards(site: Site) -> None:
    assert timing.immediate_off_s(site.upses["ups4"]) == 0
    old = with_settings(site, ups4__immediate_off_honours_grace=True)
    assert timing.immediate_off_s(old.upses["ups4"]) == 180
    assert timing.linked_stop_s(old) == 750 + 180


def test_r6_14_s20_the_linked_stop_takes_750_s_and_has_900(site: Site) -> None:
    assert timing.linked_stop_s(site) == 30 + 420 + 300 == 750
    assert timing.control_confirm_s(site) == 900


def test_s20_the_flush_limit_of_ver1_makes_it_1650_s(site: Site) -> None:
    assert timing.linked_stop_s(with_settings(site, linkage__flush_limit_s=1200.0)) == 1650


def test_s20_two_arrays_one_after_the_other_take_1050_s(two_arrays: Site) -> None:
    assert timing.linked_stop_s(two_arrays) == 1050
    assert timing.linked_stop_s(with_settings(two_arrays, linkage__flush_order=FlushOrder.PARALLEL)) == 750


def test_looking_adds_at_most_nine_seconds(site: Site) -> None:
    assert timing.looking_s(site) == 9
    assert timing.looking_s(with_settings(site, polling__timeout_s=1.5)) == 10, "to a silent array"


def test_s20_of_two_arrays_one_after_the_other_each_is_looked_at(two_arrays: Site) -> None:
    assert timing.looking_s(two_arrays) == 11
    assert timing.looking_s(with_settings(two_arrays, linkage__flush_order=FlushOrder.PARALLEL)) == 9


def test_the_smallest_confirm_time_of_a_side_counts(site: Site) -> None:
    assert timing.linked_confirm_s(site) == 30
    assert timing.control_confirm_s(with_settings(site, ups2__confirm_s=700.0)) == 700


def test_after_halt_waits_for_the_slowest_load_first(site: Site) -> None:
    site = with_settings(site, ups5__off=OffMode.AFTER_HALT)
    assert timing.stop_off_s(site, site.upses["ups5"]) == 180 + 420
    assert timing.linked_stop_s(site) == 750 + 180


@pytest.mark.parametrize(
    ("ups", "need_s"),
    [("ups1", 1650), ("ups2", 1650), ("ups3", 1380), ("ups4", 750), ("ups5", 480), ("ups6", 480)],
)
def test_r9_07_each_battery_must_last_through_a_full_stop(site: Site, ups: str, need_s: float) -> None:
    assert timing.battery_need_s(site, site.upses[ups]) == need_s


def test_s18_the_control_side_needs_cluster_limit_and_its_own_delay_at_the_end(site: Site) -> None:
    assert timing.control_floor_s(site, site.upses["ups1"]) == 300 + 420
    assert timing.control_floor_s(site, site.upses["ups3"]) == 300 + 180


def test_s17_the_charge_to_wait_for_covers_a_full_stop(site: Site) -> None:
    pct = {name: timing.return_charge_pct(site, ups) for name, ups in site.upses.items()}
    assert pct["ups5"] == pytest.approx(100 * 480 / 1200)
    assert pct["ups4"] == pytest.approx(100 * 750 / 1500)
    assert pct["ups1"] == pytest.approx(100 * 1650 / 3600)


def test_s17_no_less_than_the_ups_own_minimum_and_no_more_than_can_be_waited_for(site: Site) -> None:
    careful = with_settings(site, ups5__min_return_charge_pct=70.0)
    assert timing.return_charge_pct(careful, careful.upses["ups5"]) == 70
    small = with_settings(site, ups5__runtime_s=300.0)
    assert timing.return_charge_pct(small, small.upses["ups5"]) == timing.CHARGED_PCT
    unknown = with_settings(site, ups5__runtime_s=None)
    assert timing.return_charge_pct(unknown, unknown.upses["ups5"]) == 15


def test_r10_47_the_lead_of_a_linked_array_has_the_flush_in_it_and_a_control_array_has_not(
    site: Site,
) -> None:
    linked, control = site.arrays["linkeddisk"], site.arrays["controldisk"]
    assert timing.warm_up_lead_s(site, linked, enclosures=True) == 720 + 360 + 300
    assert timing.warm_up_lead_s(site, control, enclosures=True) == 720 + 360


def test_s22_r10_46_the_shortest_night_is_2400_s(site: Site) -> None:
    assert timing.shortest_night_s(site, site.arrays["linkeddisk"]) == 420 + 600 + 1380 == 2400


def test_s22_r10_46_with_enclosures_on_a_ups_of_their_own_the_path_takes_2640_s(site: Site) -> None:
    apart = with_more(
        site,
        replace(site.upses["ups4"], name="ups7", number=7),
        replace(site.arrays["linkeddisk"], enclosures=("ups7",)),
    )
    disk = apart.arrays["linkeddisk"]
    assert timing.document_night_s(apart, disk) == 2400
    assert timing.wired_night_s(apart, disk) == 420 + 300 + 420 + 420 + 360 + 720 == 2640
    assert timing.shortest_night_s(apart, disk) == 2640


def test_r10_46_arrays_flushed_one_after_the_other_in_one_night_take_longer(site: Site) -> None:
    disk = site.arrays["linkeddisk"]
    assert timing.shortest_night_s(site, disk, 2) == 420 + 2 * 300 + 420 + 360 + 720 == 2520
    at_once = with_settings(site, linkage__flush_order=FlushOrder.PARALLEL)
    assert timing.shortest_night_s(at_once, disk, 2) == 2400


def test_r10_46_the_path_waits_for_the_slowest_server_of_the_array(site: Site) -> None:
    disk = site.arrays["linkeddisk"]
    assert timing.users_off_s(site, disk) == 420
    slow = with_settings(site, rack1__shutdown_limit_s=900.0)
    assert timing.users_off_s(slow, disk) == 900, "its UPS is off before it has halted (R10-09)"
    proof = with_settings(site, ups5__off=OffMode.AFTER_HALT)
    assert timing.users_off_s(proof, disk) == 180 + 420


def test_r10_44_s23_an_array_sleeps_when_all_who_use_it_do_and_somebody_does(site: Site) -> None:
    names = ("blade1", "blade2", "rack1", "rack2")
    assert [a.name for a in timing.sleeping_arrays(site, names)] == ["linkeddisk"]
    assert timing.sleeping_arrays(site, names[:3]) == ()
    unused = with_settings(site, **{f"{name}__arrays": () for name in names})
    assert timing.sleeping_arrays(unused, names) == ()


def test_r10_43_r10_44_the_control_nodes_schedule_does_not_count(site: Site) -> None:
    assert timing.sleeping_arrays(site, ("control1", "control2")) == ()


def test_r10_49_r10_51_in_a_night_every_ups_goes_off_as_told_to_sleep(site: Site) -> None:
    """①', ①'', A, A', A'': the grace alone counts in an outage only."""
    assert {timing.graceful_off_s(ups) for ups in site.upses.values()} == {420}
    assert timing.wired_night_s(site, site.arrays["linkeddisk"]) == 420 + 300 + 420 + 360 + 720 == 2220


def test_s18_the_control_disks_have_time_for_all_that_may_be_late_when_their_nodes_are_waited_for_no_longer(
    site: Site,
) -> None:
    """The stop of a node and an answer that does not come, two silent cards, two polls, and their own OFF."""
    assert timing.disks_floors_s(site) == {"ups3": 120 + 1 + 15 + 4 + 180}
    assert timing.systems_floors_s(site, site.node_upses) == dict.fromkeys(("ups1", "ups2"), 140 + 420)
