"""An OFF that another life has armed falls sooner than we heard of it (S1, C2, C12; reliability 5.2.6)."""

from __future__ import annotations

import pytest

from sequencer.force import force_before_the_cut
from sequencer.journal import Kind, Row
from sequencer.outage import note_what_is_off
from sequencer.ports import Os
from sequencer.power_falls import to_be_forced_at_s
from sequencer.proof import may_fall_at_s
from sequencer.shortage import is_short
from sequencer.systems import stop_system
from sequencer.timing import late_looks_s
from sim.story import Managed, Manager
from tests.hands import NO, YES, HandRoom
from tests.safety import unsafe
from tests.worlds import fault, out, play

DELAY_S = 420.0
BEFORE_S = 60.0
"""`force_before_s` of the reference site."""
STOP_S = 180.0
"""`blade1` may take so long."""


def heard(room: HandRoom, told_ago_s: float | None, life: str = "control1/0") -> None:
    """ups5 counts down; by the wall clock of whoever wrote that down for so long, or nobody knows."""
    details = {"falls_in_s": DELAY_S}
    if told_ago_s is not None:
        details["wall_s"] = room.run.wall_s() - told_ago_s
    room.upses["ups5"].show(off_armed=True)
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, life, 0.0, details))


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    by_hand.until(1000)
    return by_hand


@pytest.mark.parametrize(
    ("told_ago_s", "life", "falls_at_s"),
    [
        (300.0, "control1/0", 1120.0),  # by the wall clocks
        (0.0, "control1/0", 1420.0),
        (-300.0, "control1/0", 1420.0),  # his was ahead: no later than if it had just been told
        (419.9, "control1/0", 1000.1),
        (420.0, "control1/0", None),  # it would be off: one of the clocks is wrong
        (None, "control1/0", None),
        (None, "control1/1", None),  # found counting down, and taken over
        (300.0, "control1/1", 1420.0),  # our own row: our clock was set meanwhile
    ],
)
def test_s1_when_it_may_fall(
    room: HandRoom, told_ago_s: float | None, life: str, falls_at_s: float | None
) -> None:
    heard(room, told_ago_s, life)
    at_s = may_fall_at_s(room.run, room.site.upses["ups5"])
    assert at_s == (None if falls_at_s is None else pytest.approx(falls_at_s))


@pytest.mark.parametrize(("told_ago_s", "wait_s"), [(380.0, 40.0), (0.0, DELAY_S), (7200.0, DELAY_S)])
def test_s3_no_flush_is_hurried_for_an_off_that_by_the_wall_clocks_falls_in_time(
    room: HandRoom, told_ago_s: float, wait_s: float
) -> None:
    """Where it had fallen by them when it was heard of, one is wrong, and it counts as told just now."""
    disk, ups4 = room.site.arrays["linkeddisk"], room.upses["ups4"]
    ups4.lose_mains()
    room.run.settled.add("ups6")
    heard(room, told_ago_s)
    need_s = wait_s + room.site.linkage.flush_limit_s + late_looks_s(room.site)
    ups4.show(runtime_s=need_s + 1)
    assert not is_short(room.run, disk)
    ups4.show(runtime_s=need_s - 1)
    assert is_short(room.run, disk)


@pytest.mark.parametrize("behind_s", [400.0, 7200.0])
@pytest.mark.parametrize(("card", "bound"), [("idle", True), ("armed", False), ("silent", False)])
def test_t4_s26_whose_card_said_a_moment_ago_that_nothing_counts_down_does_not_fall_sooner(
    room: HandRoom, behind_s: float, card: str, bound: bool
) -> None:
    """The clock of the node that has told it is far behind: by that it would fall at once, or have fallen."""
    ups5 = room.upses["ups5"]
    if card == "silent":
        ups5.fall_silent()
    else:
        ups5.show(off_armed=card == "armed")
    room.until(1003)
    details = {"falls_in_s": DELAY_S, "wall_s": room.run.wall_s() - behind_s}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/0", 0.0, details))
    room.run.hear(Row(Kind.OFF_ARMED, "ups9", 1, "control1/0", 0.0, details))  # of an older site file
    by_clocks_s = 1003 + DELAY_S - behind_s if behind_s < DELAY_S else None
    at_s = may_fall_at_s(room.run, room.site.upses["ups5"])
    assert at_s == (pytest.approx(1000 + DELAY_S, abs=5.0) if bound else by_clocks_s)
    assert at_s is None or at_s <= 1003 + DELAY_S


@pytest.mark.parametrize(("told_ago_s", "falls_at_s"), [(415.0, 1420.0), (-300.0, 1420.0), (430.0, 1420.0)])
def test_s26_t1_what_counts_down_only_since_we_heard_of_it_has_its_whole_delay(
    room: HandRoom, told_ago_s: float, falls_at_s: float | None
) -> None:
    """One of the clocks is wrong: a moment ago its card said that nothing counts down."""
    details = {"falls_in_s": DELAY_S, "wall_s": room.run.wall_s() - told_ago_s}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, details))
    room.upses["ups5"].show(off_armed=True)
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, details))
    at_s = may_fall_at_s(room.run, room.site.upses["ups5"])
    assert at_s == (None if falls_at_s is None else pytest.approx(falls_at_s))


@pytest.mark.parametrize("before", ["off", "silent"])
def test_s1_that_is_not_known_of_a_card_that_told_nothing_of_the_kind(room: HandRoom, before: str) -> None:
    if before == "off":
        room.upses["ups5"].show(output_on=False)
    else:
        room.upses["ups5"].fall_silent()
    details = {"falls_in_s": DELAY_S, "wall_s": room.run.wall_s() - 300.0}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, details))
    room.upses["ups5"].show(off_armed=True, output_on=True)
    assert may_fall_at_s(room.run, room.site.upses["ups5"]) == pytest.approx(1120.0)


@pytest.mark.parametrize(
    ("put_s", "falls_at_s"),
    [
        (0.0, 1120.0),
        (-400.0, 1120.0),  # by the clock as it was when this life began
        (50.0, 1070.0),  # by the clock as it is: the sooner of both
        (500.0, 1120.0),  # it would be off by then: the other one counts
    ],
)
def test_s1_t2_our_clock_may_have_been_put_otherwise_since_our_boot(
    room: HandRoom, put_s: float, falls_at_s: float
) -> None:
    run = room.run
    room.upses["ups5"].show(off_armed=True)
    run.wall_ahead_s = run.wall_s() - run.now
    told_s = run.wall_s() - 300.0
    run.wall_ahead_s -= put_s
    details = {"falls_in_s": DELAY_S, "wall_s": told_s - put_s}
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/0", 0.0, details))
    assert may_fall_at_s(run, room.site.upses["ups5"]) == pytest.approx(falls_at_s)


def test_no_time_is_known_of_an_off_that_is_not(room: HandRoom) -> None:
    assert may_fall_at_s(room.run, room.site.upses["ups5"]) is None


@pytest.mark.parametrize(
    ("told_ago_s", "forced_at_s"), [(300.0, 1120 - BEFORE_S), (None, 1000 + STOP_S), (9e5, 1000 + STOP_S)]
)
def test_h1_s1_who_runs_on_it_is_forced_before_that_or_when_his_own_time_is_over_where_nobody_knows(
    room: HandRoom, told_ago_s: float | None, forced_at_s: float
) -> None:
    heard(room, told_ago_s)
    forced = to_be_forced_at_s(room.run, room.site.servers["blade1"])
    assert forced == pytest.approx(forced_at_s)


def test_s1_and_no_later_than_if_it_had_just_been_told(room: HandRoom) -> None:
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/0", 0.0, {"falls_in_s": 200.0}))
    room.upses["ups5"].show(off_armed=True)
    assert to_be_forced_at_s(room.run, room.site.servers["blade1"]) == pytest.approx(1140.0)


def test_an_old_row_whose_countdown_no_card_shows_forces_nobody(room: HandRoom) -> None:
    heard(room, 300.0)
    room.upses["ups5"].show(off_armed=False)
    assert to_be_forced_at_s(room.run, room.site.servers["blade1"]) is None


def test_h1_s1_a_card_that_shows_it_a_moment_after_the_row_came_is_noticed(room: HandRoom) -> None:
    """The commander writes down every OFF before he sends it, and who hangs meanwhile must force himself."""
    heard(room, 0.0)
    room.upses["ups5"].show(off_armed=False)
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.run.spawn(force_before_the_cut(room.run, room.site.servers["blade1"]))
    room.until(1005)
    room.upses["ups5"].show(off_armed=True)
    room.until(1420 - BEFORE_S - 1)
    assert room.servers["blade1"].sent == []
    room.until(1420 - BEFORE_S + 5)
    assert room.servers["blade1"].sent == ["force"]


def test_c12_what_counts_down_when_an_outage_is_entered_is_known_from_then_on(room: HandRoom) -> None:
    room.upses["ups5"].show(off_armed=True)
    room.run.spawn(note_what_is_off(room.run))
    room.until(1001)
    assert [(row.kind, row.subject) for row in room.journal.kept] == [(Kind.OFF_ARMED, "ups5")]
    assert [(e["subject"], e["rule"]) for e in room.told("alarm.raised")] == [("ups5", "C12")]


@pytest.mark.parametrize(
    ("watched_s", "left_s"), [(None, DELAY_S), (100.0, DELAY_S - 100.0 - 6.0), (500.0, 0.0)]
)
def test_c12_s1_it_falls_in_its_whole_delay_or_in_what_is_left_since_we_have_watched_it_begin(
    room: HandRoom, watched_s: float | None, left_s: float
) -> None:
    """It may have begun a poll and a time-out before its card told us."""
    run = room.run
    if watched_s is not None:
        run.ports.countdowns_s["ups5"] = run.now - watched_s
    room.upses["ups5"].show(off_armed=True)
    run.spawn(note_what_is_off(run))
    room.until(1001)
    assert room.journal.kept[0].details["falls_in_s"] == pytest.approx(left_s, abs=0.1)


def test_s3_of_one_that_was_found_at_it_at_our_boot_so_much_is_over_at_least(room: HandRoom) -> None:
    """Another release had told it, and we took the command minutes later: the disk did not wait, for by all
    that was written down it fell as late as if it had begun then (C8, seed 214810)."""
    run = room.run
    run.ports.found_s["ups5"] = run.now - 300.0
    room.upses["ups5"].show(off_armed=True)
    run.spawn(note_what_is_off(run))
    room.until(1001)
    assert room.journal.kept[0].details["falls_in_s"] == pytest.approx(DELAY_S - 300.0, abs=0.1)


def test_h3_s1_who_refuses_on_such_power_is_forced_when_his_limit_is_over(room: HandRoom) -> None:
    blade1 = room.servers["blade1"]
    blade1.replies = [NO]
    heard(room, None)
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}))
    room.run.spawn(stop_system(room.run, room.site.servers["blade1"]))
    room.until(1000 + STOP_S - 1)
    assert set(blade1.sent) == {"shutdown"}
    room.until(1000 + STOP_S + 1)
    assert blade1.sent[-1] == "force"


def test_h3_who_refused_is_asked_again_while_his_power_lasts(by_hand: HandRoom) -> None:
    """He has only been booting, or lets somebody in at last: he need not be forced."""
    blade1 = by_hand.servers["blade1"]
    blade1.replies = [NO]
    blade1.show(os=Os.BOOTING)
    by_hand.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}))
    by_hand.run.spawn(stop_system(by_hand.run, by_hand.site.servers["blade1"]))
    by_hand.until(STOP_S + 10)
    assert "blade1" in by_hand.run.given_up
    blade1.sent.clear()
    by_hand.until(STOP_S + 60)
    assert blade1.sent == [], "nobody is there yet who could be asked"
    blade1.show(os=Os.UP)
    by_hand.until(STOP_S + 90)
    assert blade1.sent == [], (
        "its power stays: it may be hours until somebody hears us, and who wants it then?"
    )
    heard(by_hand, 0.0)
    by_hand.until(STOP_S + 91)
    assert blade1.sent == ["shutdown"]
    blade1.replies = [YES]
    by_hand.until(STOP_S + 100)
    assert "blade1" not in by_hand.run.given_up
    blade1.show(os=Os.HALTED)
    by_hand.until(STOP_S + 110)
    assert set(blade1.sent) == {"shutdown"}


def test_l4_a_shutdown_that_is_asked_for_once_more_ends_although_no_card_took_the_off(
    by_hand: HandRoom,
) -> None:
    """There is nothing any more to force it before; its limit is over later than that would have been."""
    run, blade1 = by_hand.run, by_hand.servers["blade1"]
    blade1.replies = [NO]
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}))
    run.spawn(stop_system(run, by_hand.site.servers["blade1"]))
    by_hand.until(STOP_S + 10)
    heard(by_hand, 0.0, run.life)
    by_hand.until(STOP_S + 10 + 350)
    blade1.replies = [YES]
    by_hand.until(STOP_S + 10 + 356)
    by_hand.upses["ups5"].show(off_armed=False)
    by_hand.until(1000)
    begun, ended = by_hand.told("step.started", "blade1"), by_hand.told("step.timed_out", "blade1")
    assert len(begun) == len(ended) >= 2


def test_c2_s1_nodes_that_reboot_in_the_midst_force_who_refuses_before_his_power_falls() -> None:
    """Nobody knows whether they are back in time."""
    night = play(
        fault("shutdown_refused", "rack2"),
        out(0, 3600, "ups6"),
        Managed(175.0, Manager.REBOOT, "ssccluster"),
        until_s=1000,
    )
    assert unsafe(night) == []
    assert night.at("server.forced rack2") < night.at("ups.output_off ups6")


def test_h5_s1_nodes_that_are_shut_down_force_who_boots_meanwhile_onto_power_that_falls() -> None:
    """Its neighbours are down by then, and nothing else is told."""
    night = play(
        fault("comes_back", "rack1", amount=0.0),
        out(0, 1055),
        Managed(-20.0, Manager.SHUTDOWN, "ssccluster"),
        until_s=1000,
    )
    assert unsafe(night) == []
    assert night.at("server.booting rack1") < night.at("server.forced rack1")
    assert night.at("server.forced rack1") < night.at("server.halted control1")


def test_n2_s1_who_takes_over_and_has_never_heard_that_his_ups_was_told_goes_before_it() -> None:
    """Each node hears the room, and neither the other: he is told to stop in vain, and hears no row."""
    night = play(
        fault("production_down", "network"),
        out(0, 3600, "ups2"),
        Managed(1210.0, Manager.REBOOT, "control1"),
        until_s=2400,
    )
    assert unsafe(night) == []
    assert night.at("server.halted control2") < night.at("ups.output_off ups2")
