"""Sites wired otherwise: redundant supplies, arrays on several UPSes, several arrays, other UPS kinds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.site import (
    AcLink,
    Array,
    ArrayRole,
    ControlStop,
    FlushOrder,
    OffMode,
    Site,
    Timing,
    Ups,
)
from sim.model import Model
from tests.safety import stranded, unsafe, well
from tests.tale import Tale
from tests.worlds import LINKED, out, play, reference_model, reference_site, with_more, with_settings

O2H = out(0, 7200)
LONG = 10 * 3600.0


def ups(number: int, confirm_s: float = 30.0) -> Ups:
    return Ups(
        f"ups{number}",
        number,
        "utility",
        confirm_s,
        return_delay_s=60.0,
        min_return_charge_pct=15.0,
        runtime_s=2700.0,
    )


def model() -> Model:
    return reference_model(ups7__runtime_s=2700.0, ups8__runtime_s=2700.0)


# Redundant supplies (X-04, P11)


@pytest.fixture
def redundant() -> Site:
    """rack1 draws from ups5 and ups6 and needs one of them."""
    return reference_site(rack1__upses=("ups5", "ups6"))


def test_x_04_a_server_on_two_upses_rides_out_the_outage_like_the_others(redundant: Site) -> None:
    well(play(O2H, site=redundant, until_s=LONG))


@pytest.mark.parametrize("only", ["ups5", "ups6"])
def test_p11_it_goes_on_while_one_of_its_upses_is_out(redundant: Site, only: str) -> None:
    tale = play(out(0, 1000, only), site=redundant, until_s=LONG)
    well(tale)
    tale.never("server.shutting_down rack1", f"command.sent {only} command=off")


def test_s1_it_stops_when_the_second_fails_too_and_before_either_falls(redundant: Site) -> None:
    tale = play(out(0, 7200, "ups5"), out(300, 7200, "ups6"), site=redundant, until_s=LONG)
    well(tale)
    for name in ("ups5", "ups6"):
        tale.before("server.halted rack1", f"ups.output_off {name}")


def test_p11_one_that_needs_both_stops_with_the_first(redundant: Site) -> None:
    site = with_settings(redundant, rack1__minimum_supplies=2)
    tale = play(out(0, 7200, "ups5"), site=site, until_s=LONG)
    well(tale)
    assert tale.times("server.shutting_down rack1")
    tale.never("server.shutting_down rack2")


# An array whose controllers and enclosures have UPSes of their own


@pytest.fixture
def split() -> Site:
    """linkeddisk: controllers on ups4, enclosures on ups7 and ups8."""
    array = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), enclosures=("ups7", "ups8"))
    return with_more(reference_site(), ups(7), ups(8), array)


def test_s4_s6_r10_16_r10_18_controllers_are_cut_before_and_started_after_enclosures(split: Site) -> None:
    tale = play(O2H, site=split, model=model(), until_s=LONG)
    well(tale)
    for enclosure in ("ups7", "ups8"):
        tale.before("ups.output_off ups4", f"ups.output_off {enclosure}")
        tale.before(f"ups.output_on {enclosure}", "ups.output_on ups4")


def test_r10_19_s7_the_array_starts_only_when_all_its_upses_have_mains(split: Site) -> None:
    tale = play(O2H, out(10, 9000, "ups8"), site=split, model=model(), until_s=LONG)
    well(tale)
    for name in ("ups4", "ups7", "ups8"):
        assert tale.at(f"command.sent {name} command=on") >= 9060


def test_r9_30_the_loss_of_its_controllers_ups_alone_stops_the_whole_unit(split: Site) -> None:
    tale = play(out(0, 7200, "ups4"), site=split, model=model(), until_s=LONG)
    well(tale)
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "ups.output_off ups7")
    tale.never("cluster.stopping *")


def test_p11_the_loss_of_one_of_two_enclosure_feeds_stops_nothing(split: Site) -> None:
    tale = play(out(0, 600, "ups7"), site=split, model=model(), until_s=LONG)
    well(tale)
    tale.never("command.sent *")


@pytest.mark.parametrize("only", [None, "ups3", "ups7"])
def test_r9_25_a_control_array_on_two_upses_is_cut_and_started_as_one(only: str | None) -> None:
    array = Array("controldisk", ArrayRole.CONTROL, ("ups3",), enclosures=("ups7",))
    site = with_more(reference_site(), ups(7, confirm_s=900.0), array)
    tale = play(out(0, 7200, only) if only else O2H, site=site, model=model(), until_s=LONG)
    well(tale)
    tale.before("ups.output_on ups7", "ups.output_on ups3", "array.ready controldisk")


# Two linked arrays


@pytest.fixture
def two_arrays() -> Site:
    """The racks use a second linked array on ups7."""
    site = reference_site(rack1__arrays=("second",), rack2__arrays=("second",))
    return with_more(site, ups(7), Array("second", ArrayRole.LINKED, ("ups7",), ("ups7",)))


def test_r2_12_serial_arrays_are_flushed_one_after_the_other(two_arrays: Site) -> None:
    tale = play(O2H, site=two_arrays, model=model(), until_s=LONG)
    well(tale)
    tale.before("array.flushed linkeddisk", "array.flushing second")


def test_parallel_arrays_are_flushed_side_by_side(two_arrays: Site) -> None:
    site = with_settings(two_arrays, linkage__flush_order=FlushOrder.PARALLEL)
    tale = play(O2H, site=site, model=model(), until_s=LONG)
    well(tale)
    assert abs(tale.at("array.flushing second") - tale.at("array.flushing linkeddisk")) < 5


@pytest.mark.parametrize("order", list(FlushOrder))
def test_s31_only_the_users_of_the_array_that_lost_its_mains_stop(
    two_arrays: Site, order: FlushOrder
) -> None:
    site = with_settings(two_arrays, linkage__flush_order=order)
    tale = play(out(0, 7200, "ups7"), site=site, model=model(), until_s=LONG)
    well(tale)
    tale.never("server.shutting_down blade1", "array.flushing linkeddisk", "ups.output_off ups5")
    tale.before("server.halted rack1", "array.flushed second", "ups.output_off ups7")


def stuck(two_arrays: Site, order: FlushOrder) -> Tale:
    site = with_settings(two_arrays, linkage__flush_order=order)
    fault = [*O2H]
    from tests.worlds import fault as faulty

    return play(fault, faulty("flush_never_ends", "linkeddisk"), site=site, model=model(), until_s=LONG)


@pytest.mark.parametrize("order", list(FlushOrder))
def test_a2_an_array_that_never_flushes_keeps_no_other_from_it(two_arrays: Site, order: FlushOrder) -> None:
    tale = stuck(two_arrays, order)
    well(tale)
    tale.before("array.flushed second", "ups.output_off ups7")


# Other UPSes and settings


def test_x_06_upses_with_outlet_groups_fall_after_their_groups_delay() -> None:
    lcd = {f"ups{n}__timing": Timing.LCD for n in range(1, 7)}
    delays = {f"ups{n}__power_off_delay_s": 200.0 for n in range(1, 7)}
    tale = play(O2H, site=reference_site(**lcd, **delays), until_s=LONG)
    well(tale)
    tale.near("ups.output_off ups5", 30 + 200)


def test_rfc1628_upses_ride_it_out_too() -> None:
    kind = {f"ups{n}__timing": Timing.RFC1628 for n in range(1, 7)}
    delays = {f"ups{n}__power_off_delay_s": 300.0 for n in range(1, 7)}
    well(play(O2H, site=reference_site(**kind, **delays), until_s=LONG))


def test_s1_s29_an_off_that_would_fall_before_its_loads_may_have_halted_waits_until_they_have() -> None:
    """An outlet group with its factory delay of 90 s, and servers that may take 180."""
    tale = play(O2H, site=reference_site(ups5__timing=Timing.LCD), until_s=LONG)
    well(tale)
    refused = tale.all("command.refused ups5 command=off")
    assert refused[0].details["rule"] == "S1"
    tale.before("server.halted blade1", "command.sent ups5 command=off")
    tale.before("server.halted blade2", "command.sent ups5 command=off")


def test_x_05_after_halt_arms_only_when_every_load_is_seen_halted() -> None:
    tale = play(O2H, site=reference_site(ups5__off=OffMode.AFTER_HALT), until_s=LONG)
    well(tale)
    tale.before("server.halted blade1", "command.sent ups5 command=off")
    tale.before("server.halted blade2", "command.sent ups5 command=off")


def test_after_halt_does_not_wait_for_a_server_that_hangs_for_ever() -> None:
    from tests.worlds import fault

    site = reference_site(ups5__off=OffMode.AFTER_HALT)
    tale = play(O2H, fault("server_hangs", "blade1", -1, 3000), site=site, until_s=LONG)
    well(tale)
    assert tale.at("command.sent ups5 command=off") >= 33 + 180


def test_r10_22_an_old_card_cuts_the_array_after_its_grace() -> None:
    tale = play(O2H, site=reference_site(ups4__immediate_off_honours_grace=True), until_s=LONG)
    well(tale)
    tale.within("ups.output_off ups4", 190, after="array.flushed linkeddisk")


@pytest.mark.parametrize("name", LINKED)
def test_h7_r9_35_a_server_whose_ac_link_keeps_it_off_is_woken_over_the_lan(name: str) -> None:
    tale = play(O2H, site=reference_site(**{f"{name}__ac_link": AcLink.STAY_OFF}), until_s=LONG)
    well(tale)
    tale.once(f"command.sent {name} command=wake")


def test_h8_last_state_means_woken_after_a_clean_stop() -> None:
    tale = play(O2H, site=reference_site(blade1__ac_link=AcLink.LAST_STATE), until_s=LONG)
    well(tale)
    tale.once("command.sent blade1 command=wake")


def test_h7_a_control_node_whose_ac_link_keeps_it_off_is_woken_by_the_other() -> None:
    well(play(O2H, site=reference_site(control1__ac_link=AcLink.STAY_OFF), until_s=LONG))


def test_r10_03_without_auto_start_everything_stays_off_until_the_operators_start() -> None:
    site = reference_site(start__auto=False)
    tale = play(O2H, site=site, until_s=LONG)
    assert not unsafe(tale)
    tale.never(*(f"ups.output_on ups{n}" for n in range(1, 7)), "server.booting control1")


# The control side holds, or follows the document


def slow_flush() -> Model:
    """17 min: longer than the control side's confirm time allows, shorter than the array's battery."""
    return reference_model(linkeddisk__flush_rate=12 * 2**30 / 1000)


def test_s5_the_control_side_holds_while_a_flush_runs_and_says_so() -> None:
    site = reference_site(linkage__flush_limit_s=1200.0)
    tale = play(O2H, site=site, model=slow_flush(), until_s=LONG)
    well(tale)
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "cluster.stopping ssccluster")
    refused = tale.all("command.refused ssccluster command=stop")[0]
    assert refused.details["rule"] == "S5"
    assert "linkeddisk is still flushing" in refused.details["reason"]
    assert 900 <= refused.t - tale.zero_s <= 910


def test_r10_02_a_site_that_follows_the_document_stops_at_the_confirm_time_and_loses_data() -> None:
    """20 min of flush; the control side is gone at 900 s, and ups4's battery ends in the middle of it.

    Also though the flush begins as soon as the servers have halted: 20 min are too few for it (X-02).
    """
    site = reference_site(linkage__flush_limit_s=1200.0, control_stop=ControlStop.DOCUMENT)
    slow = reference_model(linkeddisk__flush_rate=12 * 2**30 / 1190, ups4__runtime_s=1200.0)
    tale = play(O2H, site=site, model=slow, until_s=LONG)
    tale.near("cluster.stopping ssccluster", 900)
    tale.once("array.lost_data linkeddisk")
    assert not stranded(tale)


# Feeds


def test_upses_on_two_feeds_are_timed_and_stopped_by_their_own() -> None:
    site = reference_site(feeds=("utility", "other"), ups1__feed="other", ups2__feed="other")
    tale = play(O2H, site=site, until_s=LONG)
    well(tale)
    tale.near("cluster.stopping ssccluster", 900)  # the control disk is on the feed that failed
    tale.never("outage.confirmed ups1", "outage.confirmed ups2")


def test_l1_a_silent_ups_is_not_asked_again_and_again_because_its_array_lives_on_another() -> None:
    """Off, empty and silent again, it is waited for; its array answers all the while, fed by ups4."""
    site = with_more(reference_site(), replace(ups(7), runtime_s=1200.0))
    both = ("ups4", "ups7")
    disk = replace(site.arrays["linkeddisk"], controllers=both, enclosures=both)
    site = replace(site, arrays=site.arrays | {"linkeddisk": disk})
    rooms = reference_model(ups7__runtime_s=1200.0)
    tale = play(*out(0, 3000, "ups7"), *out(3300, 4000, "ups7"), site=site, model=rooms, until_s=LONG)
    well(tale)
    tale.once("ups.exhausted ups7")
    assert tale.at("ups.output_on ups7") > 4000
