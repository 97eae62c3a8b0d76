"""The mains fail again: in the middle of the way up, after it, before the batteries are full (P4, L7)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.goes_on import lasts, on_battery
from sequencer.journal import Kind, Row
from sequencer.requests import Wish
from sequencer.watch import watch
from sim.story import Asked, Happening, Pressed
from teiden.files.site_file import load_site
from tests.excused import holds
from tests.hands import HandRoom
from tests.safety import well
from tests.thinned import thinned
from tests.worlds import HOUR_S, LINKED, NODES, back, fault, lost, out, play, reference_model

LONG = 12 * 3600.0
TWO_FEEDS = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"
DECLARED = (Kind.DECLARED, Kind.CONFIRMED)


@pytest.mark.parametrize(
    "again_s", [7210, 7300, 7450, 7520, 7600, 7690, 7800, 8000, 8090, 8200, 8265, 8290, 8400]
)
@pytest.mark.parametrize("for_s", thinned([400, 20, 3600], 3))
def test_x_11_l7_a_second_outage_during_the_way_up_is_ridden_out(again_s: int, for_s: int) -> None:
    well(play(out(0, 7200), out(again_s, again_s + for_s), until_s=LONG))


@pytest.mark.long
@pytest.mark.parametrize("for_s", [20, 120, 400, 1100, 3600])
def test_l7_a_second_outage_at_any_moment_of_the_way_up_is_ridden_out(for_s: int) -> None:
    for again_s in range(7201, 8500, 10):
        well(play(out(0, 7200), out(again_s, again_s + for_s), until_s=LONG))


def test_an_outage_after_a_full_cycle_is_handled_like_the_first() -> None:
    day_s = 24 * 3600.0
    tale = play(out(0, 7200), out(day_s, day_s + 7200), until_s=day_s + 5 * 3600)
    well(tale)
    for pattern in (
        "outage.confirmed ups4",
        "ups.output_off ups5",
        "ups.output_off ups4",
        "cluster.stopping *",
    ):
        first, second = tale.times(pattern)
        assert abs(second - day_s - first) <= 5, pattern
    assert len(tale.times("incident.closed reference")) == 2


def test_what_ran_before_the_first_outage_is_up_after_the_second() -> None:
    """Again when the blades boot and the racks are still off: the racks are not forgotten."""
    tale = play(out(0, 7200), out(8270, 9500), until_s=LONG)
    well(tale)
    for name in LINKED:
        assert tale.at(f"server.up {name}", -1) > 9500


def test_s17_p4_nothing_is_started_before_its_batteries_hold_enough_for_a_full_stop() -> None:
    """The stop has left little in ups5; its servers wait for it, those on ups6 do not."""
    model = reference_model(ups5__charge_pct=38.0)
    tale = play(out(0, 600), until_s=LONG, model=model)
    well(tale)
    waited = [e for e in tale.all("step.waiting ups5") if e.details.get("rule") == "S17"]
    assert waited
    assert "of 40 %" in waited[0].details["reason"]
    assert any("eta_s" in e.details for e in waited), "the wait is shown with its ETA"
    tale.before("server.up rack1", "ups.output_on ups5")


def test_c10_two_outages_in_a_row_have_two_epochs() -> None:
    tale = play(out(0, 600), out(7200, 7800), until_s=4 * 3600)
    assert [e.details["epoch"] for e in tale.all("incident.opened *")] == [1, 2]


@pytest.mark.parametrize("gap_s", [61, 90, 130, 200])
def test_short_returns_between_two_long_outages_strand_nobody(gap_s: int) -> None:
    well(play(out(0, 1000), out(1000 + gap_s, 4000), until_s=LONG))


@pytest.mark.parametrize(
    ("ups", "charge_pct", "early"), [("ups4", 49.0, True), ("ups4", 70.0, False), ("ups5", 36.0, True)]
)
def test_p3_s18_a_battery_that_lasts_for_its_stop_only_does_not_wait(
    ups: str, charge_pct: float, early: bool
) -> None:
    """Mains that come and go begin the confirm time anew each time, until nothing is left (S10)."""
    model = reference_model(**{f"{ups}__charge_pct": charge_pct})
    blinks = [h for n in range(12) for h in out(20.0 * n, 20.0 * n + 14)]
    tale = play(blinks, until_s=400, model=model)
    assert bool(tale.all(f"outage.confirmed {ups}")) is early


def test_c8_s31_who_takes_the_command_stops_nobody_for_an_outage_that_it_has_seen_end() -> None:
    """Upgraded in mid-outage, it has never heard from the other node that this one was turned and closed."""
    upgraded = fault("service_upgraded", "control2", 500.0, amount=600.0)
    alone = lost(8000.0, "ups1"), back(11000.0, "ups1")
    tale = play(out(0, 3600), upgraded, alone, until_s=4 * HOUR_S)
    holds(tale, "service_upgraded")
    late = [e.subject for e in tale.all("command.sent * command=shutdown") if e.t > 8600]
    assert late == ["control1"]


def test_n2_s31_who_takes_the_command_stops_no_cluster_that_somebody_else_has_brought_up_again() -> None:
    """It has heard of no end of the outage; one node has lost its mains anew, and goes alone."""
    parted = fault("nodes_parted", "control2", 500.0)
    tale = play(out(0, 3600), parted, lost(4250.0, "ups1"), back(5750.0, "ups1"), until_s=4 * HOUR_S)
    holds(tale, "nodes_parted")
    assert [e.t for e in tale.all("lease.taken *") if e.by == "control2"], "control1 has gone"
    assert len(tale.all("command.sent ssccluster command=stop")) == 1


@pytest.fixture
def old(by_hand: HandRoom) -> HandRoom:
    """A life that begins: ups1 and ups3 were confirmed before it, and only ups1 is on its battery."""
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups3"]))
    by_hand.upses["ups1"].lose_mains()
    rows = [Row(kind, "ups3", 1, "control1/1", 0.0, {"was_running": []}) for kind in DECLARED]
    by_hand.run.hear(*rows, replace(rows[1], subject="ups1"))
    by_hand.until(0.5)
    return by_hand


@pytest.mark.parametrize(("lost", "is_the_same"), [(False, False), (True, True)])
def test_s31_where_the_mains_of_some_are_good_again_those_who_are_still_out_have_an_outage_of_their_own(
    old: HandRoom, lost: bool, is_the_same: bool
) -> None:
    """It hears of no end of it; but whoever commanded would have declared these anew."""
    old.until(60)
    if lost:
        old.upses["ups3"].lose_mains()
    told = old.run.spawn(lasts(old.run))
    old.until(60.5)
    assert told.value is is_the_same


@pytest.mark.parametrize(("lost_s", "ends_s", "is_the_same"), [(None, 60, False), (40, 40, True)])
def test_s31_nobody_is_stopped_for_mains_that_are_back_before_it_is_known_whether_they_stay(
    old: HandRoom, lost_s: float | None, ends_s: float, is_the_same: bool
) -> None:
    """They may have been back for an hour before this node booted, and the control side not be concerned."""
    if lost_s is not None:
        old.upses["ups3"].after(lost_s - 0.5, old.upses["ups3"].lose_mains)
    told = old.run.spawn(lasts(old.run))
    old.until(ends_s - 1)
    assert not told.over
    old.until(ends_s + 0.5)
    assert told.value is is_the_same


@pytest.mark.parametrize("low_s", [1, 20])
@pytest.mark.parametrize("told", [False, True])
def test_s31_s18_that_is_not_waited_for_while_a_battery_lasts_for_its_own_stop_only(
    old: HandRoom, low_s: float, told: bool
) -> None:
    """Unless its UPS counts down: there is nothing more to tell it."""
    old.upses["ups1"].after(low_s - 0.5, lambda: old.upses["ups1"].show(runtime_s=60.0, off_armed=told))
    old.until(2)
    lasting = old.run.spawn(lasts(old.run))
    old.until(max(low_s - 1, 3))
    assert lasting.over is (low_s < 2 and not told)
    old.until(low_s + 3)
    assert lasting.over is not told
    old.until(61)
    assert lasting.value is not told


def test_s31_nor_where_those_who_are_out_bring_down_as_many(by_hand: HandRoom) -> None:
    """The control disk brings the whole control side down, with a node's UPS or without it."""
    run = by_hand.run
    run.spawn(watch(run, by_hand.site.upses["ups1"]))
    by_hand.upses["ups3"].lose_mains()
    rows = [Row(kind, "ups3", 1, "control1/1", 0.0, {"was_running": []}) for kind in DECLARED]
    run.hear(*rows, replace(rows[1], subject="ups1"))
    by_hand.until(1)
    told = run.spawn(lasts(run))
    by_hand.until(2)
    assert told.value is True


@pytest.mark.parametrize(("back_s", "lasts"), [(None, True), (55.0, True), (70.0, False)])
def test_s10_a_declared_outage_goes_on_unless_its_mains_were_back_for_long_enough(
    by_hand: HandRoom, back_s: float | None, lasts: bool
) -> None:
    """Whoever commanded would have turned round then."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    run.spawn(watch(run, by_hand.site.upses["ups5"]))
    ups5.lose_mains()
    by_hand.until(70)
    rows = [Row(kind, "ups5", 1, "control1/1", 0.0, {"was_running": []}) for kind in DECLARED]
    run.hear(*rows)
    if back_s is not None:
        ups5.regain_mains()
        by_hand.until(71 + back_s)
        ups5.lose_mains()
    by_hand.until(150)
    assert on_battery(run) is lasts
    by_hand.until(300)
    assert on_battery(run) is lasts, "confirmed anew, that is another outage"
    run.hear(*(replace(row, epoch=2) for row in rows))
    assert on_battery(run)


@pytest.mark.parametrize(
    ("heard", "timed", "counts"),
    [
        ([(Kind.CONFIRMED, "ups4", 1)], False, True),
        ([(Kind.CLOSED, "reference", 1)], False, False),
        ([(Kind.DECLARED, "reference", 2)], False, False),
        ([(Kind.DECLARED, "reference", 2), (Kind.CONFIRMED, "ups5", 2)], False, True),
        ([(Kind.DECLARED, "reference", 2)], True, True),
    ],
    ids=["goes on", "is over", "another", "another, with it", "timed by itself"],
)
def test_s10_what_counted_by_another_nodes_word_is_timed_anew_when_that_incident_is_over(
    by_hand: HandRoom, heard: list[tuple[Kind, str, int]], timed: bool, counts: bool
) -> None:
    """It had slept through its end, and saw the next outage, which nobody had timed yet."""
    run, view = by_hand.run, by_hand.run.mains["ups5"]
    run.spawn(watch(run, by_hand.site.upses["ups5"]))
    by_hand.upses["ups5"].lose_mains()
    by_hand.until(10)
    run.hear(*(Row(kind, "ups5", 1, "control1/1", 0.0, {"was_running": []}) for kind in DECLARED))
    assert on_battery(run)
    by_hand.until(70 if timed else 50)
    run.hear(*(Row(kind, of, epoch, "control1/1", 0.0, {"was_running": []}) for kind, of, epoch in heard))
    assert view.confirmed is counts
    by_hand.until(71)
    assert view.confirmed


@pytest.mark.parametrize(
    "again",
    [out(800, 4000, "ups4"), [Asked(800, Wish.POWER_OFF, LINKED, "an operator")]],
    ids=["outage", "by request"],
)
@pytest.mark.parametrize("died", [(), NODES], ids=["seen", "seen by nobody"])
def test_s2_an_array_is_flushed_anew_when_its_users_have_crashed_in_their_boot(
    died: tuple[str, ...], again: list[Happening]
) -> None:
    """It was flushed and not cut, and says that it is flushed; but they may have written since.

    Those who have seen it are dead, perhaps.
    """
    failed = [h for ups in ("ups5", "ups6") for h in fault("ups_fails", ups, 740, 900)]
    dies = [h for node in died for h in fault("service_dies", node, 741, 751)]
    tale = play(out(0, 500, "ups4", "ups5", "ups6"), failed, dies, again, until_s=3000)
    first, second = tale.times("command.sent linkeddisk")
    assert tale.at("server.crashed rack1") == 740
    assert first < 740 < second < tale.at("array.off linkeddisk")
    holds(tale, "ups_fails", *("service_dies" for _ in died))


def test_s2_o1_c2_one_that_waits_flushed_is_flushed_anew_by_the_next_life_which_saw_no_user_since() -> None:
    """Somebody holds its UPS; both services are dead while a hand boots a user, and his power fails."""
    tale = play(
        out(0, 3000, "ups4"),
        Asked(10, Wish.HOLD, ("ups4",), "me"),
        (h for node in NODES for h in fault("service_dies", node, 800, 830)),
        Pressed(805, "ups5"),
        fault("ups_fails", "ups5", 820, 3000),
        Asked(900, Wish.RELEASE, ("ups4",), "me"),
        until_s=1000,
    )
    first, second = tale.times("command.sent linkeddisk")
    assert first < tale.at("server.crashed blade1") < second < tale.at("array.off linkeddisk")
    holds(tale, "service_dies", "ups_fails")


SHARED_BY = {"ups7": ("ups8",), "ups5": ("ups6",), "ups1": ("ups2",)}


@pytest.mark.parametrize("out", SHARED_BY)
@pytest.mark.parametrize("gone", [(), ("ups3",), ("ups3", "ups4"), "neighbour"])
def test_x_04_l10_a_battery_that_nobody_needs_keeps_no_outage_going_whose_others_are_off(
    out: str, gone: tuple[str, ...] | str
) -> None:
    """Where none is off all are looked at together: somebody may need one as another goes off."""
    room = HandRoom(load_site(TWO_FEEDS).site)
    off = SHARED_BY[out] if isinstance(gone, str) else gone
    room.upses[out].lose_mains()
    for name in off:
        room.upses[name].fall_silent()
    declared, confirmed = (Row(kind, "ups3", 1, "control1/1", 0.0, {"was_running": []}) for kind in DECLARED)
    room.run.hear(declared, *(replace(confirmed, subject=name) for name in (out, *off)))
    room.until(5)
    assert on_battery(room.run) is (gone in ((), "neighbour"))
