"""Whoever goes as wanted while no page of the runbook stops it, or has gone, is not stopped again (S9)."""

from __future__ import annotations

import pytest

from sequencer.asleep import heed_boots, wake_up
from sequencer.goes_on import told_of
from sequencer.gone_as_wanted import heed_who_has_gone, note_who_goes
from sequencer.journal import Armed, Goal, Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.requests import Wish
from sequencer.scope import Scope
from sequencer.slept import THEN
from sequencer.wants import wants
from sim.story import Asked, Booted, Managed, Manager
from tests.excused import holds
from tests.hands import HandRoom
from tests.safety import well
from tests.worlds import HOUR_S, NODES, fault, out, play

WANTED_S = 10.0
"""When control2 is wanted down."""


def hear(room: HandRoom, goal: Goal = Goal.DOWN, *others: str, cause: str = "r1") -> None:
    details = {"servers": ("control2", *others), "goal": goal.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, cause, 0, "control1/0", 0.0, details))


def goes(room: HandRoom, *states: Os) -> None:
    for state in states:
        room.servers["control2"].show(os=state)
        room.until(room.run.now + 1)


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """control1, which brings everybody up while control2 is wanted down by the cluster's manager."""
    by_hand.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/0", 0.0, {"was_running": []}))
    by_hand.run.hear(Row(Kind.TURNED, "reference", 1, "control1/0", 0.0))
    by_hand.run.spawn(note_who_goes(by_hand.run, "control2"))
    by_hand.until(WANTED_S)
    hear(by_hand)
    return by_hand


def test_r2_08_whoever_is_seen_down_as_wanted_while_all_are_brought_up_is_noted(room: HandRoom) -> None:
    goes(room, Os.SHUTTING_DOWN)
    assert not room.run.facts.reached("control2")
    goes(room, Os.HALTED)
    assert room.run.facts.reached("control2")


def test_r2_08_so_it_is_when_it_was_down_before_that_and_goes_once_more(by_hand: HandRoom) -> None:
    goes(by_hand, Os.HALTED)
    by_hand.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/0", 0.0, {"was_running": []}))
    by_hand.run.hear(Row(Kind.TURNED, "reference", 1, "control1/0", 0.0))
    by_hand.run.spawn(note_who_goes(by_hand.run, "control2"))
    hear(by_hand)
    goes(by_hand, Os.BOOTING, Os.HALTED, Os.UP)
    assert not by_hand.run.facts.reached("control2"), "nobody has seen it go"
    goes(by_hand, Os.SHUTTING_DOWN, Os.HALTED)
    assert by_hand.run.facts.reached("control2")


def test_r2_08_not_if_it_only_restarts(room: HandRoom) -> None:
    room.run.rebooting.add("control2")
    goes(room, Os.SHUTTING_DOWN, Os.HALTED, Os.UP)
    room.run.rebooting.clear()
    goes(room, Os.SHUTTING_DOWN, Os.BOOTING, Os.UP)
    assert not room.run.facts.reached("control2")
    goes(room, Os.SHUTTING_DOWN, Os.HALTED)
    assert room.run.facts.reached("control2")


@pytest.mark.parametrize("row", [Kind.CLOSED, Kind.DECLARED])
def test_r2_08_nor_where_a_page_of_the_runbook_sees_to_it(room: HandRoom, row: Kind) -> None:
    room.run.pages.got("control2")
    room.run.hear(Row(row, "reference", 2, "control1/0", 0.0, {"was_running": []}))
    goes(room, Os.SHUTTING_DOWN, Os.HALTED)
    assert not room.run.facts.reached("control2")


def test_r2_08_while_others_go_down_no_page_sees_to_who_goes_before_it_is_his_turn(room: HandRoom) -> None:
    room.run.hear(Row(Kind.DECLARED, "reference", 2, "control1/0", 0.0, {"was_running": []}))
    room.run.scope = Scope(control=True)
    goes(room, Os.SHUTTING_DOWN, Os.HALTED)
    assert room.run.facts.reached("control2")


def test_o1_n2_whoever_boots_him_then_ends_that_word_though_nobody_hears_him(room: HandRoom) -> None:
    """The stop of all waits for somebody's hold, and would have stopped him again (seed 5800265)."""
    room.run.spawn(heed_boots(room.run))
    goes(room, Os.SHUTTING_DOWN, Os.HALTED, Os.BOOTING, Os.UP)
    assert wants(room.run, "control2", Goal.DOWN), "he may say so himself"
    room.until(room.run.now + room.site.start.first_look_limit_s + 1)
    assert not wants(room.run, "control2", Goal.DOWN)


@pytest.mark.parametrize("booted_s", [400, 700])
def test_o1_c9_s9_whom_a_hand_boots_that_had_gone_amid_anothers_outage_is_left_up(booted_s: float) -> None:
    """control1 has seen it go, and does not read what it writes of its boot (seed 30882)."""
    tale = play(
        fault("site_file_differs", "control1", -600, amount=1.2),
        out(0, 100, "ups5"),
        Managed(200, Manager.SHUTDOWN, "control2"),
        Booted(booted_s, "control2"),
        until_s=2 * HOUR_S,
    )
    holds(tale, "site_file_differs")
    assert not tale.times("command.sent control2 command=shutdown")


def test_o1_nor_who_is_wanted_up_again_before_it_is_down(room: HandRoom) -> None:
    goes(room, Os.SHUTTING_DOWN)
    hear(room, Goal.UP, cause="r2")
    goes(room, Os.HALTED)
    assert not room.run.facts.reached("control2")
    hear(room, cause="r3")
    hear(room, Goal.UP, cause="r4")
    goes(room, Os.UP)
    hear(room, cause="r5")
    goes(room, Os.SHUTTING_DOWN, Os.HALTED)
    assert room.run.facts.reached("control2")


def test_o1_s9_whom_the_manager_has_shut_down_and_a_hand_boots_is_not_stopped_when_all_are_back() -> None:
    """Its service was dead, and so was its part of the way up; whoever followed it saw it go."""
    tale = play(
        out(0, 2340),
        fault("service_dies", "control1", 3200, None, 20000),
        Managed(3300, Manager.SHUTDOWN, "control1"),
        Booted(3450, "control1"),
        until_s=2.5 * HOUR_S,
    )
    well(tale, but=("control1",))
    tale.before("server.halted control1", "server.up control1", "incident.closed reference")
    assert tale.room.servers["control1"].state.value == "up"


def test_o1_s9_a_stop_that_a_node_tells_when_it_is_up_again_is_carried_out_when_it_has_looked_round() -> None:
    """control2 never heard of it, and has been booted before. Then control1 is, and has slept by that."""
    tale = play(
        fault("service_dies", "control2", -5, 3400, 3400),
        Managed(150, Manager.SHUTDOWN, "ssccluster"),
        Booted(1450, "control2"),
        Booted(4300, "control1"),
        until_s=2 * HOUR_S,
    )
    well(tale)
    assert not tale.all("command.sent ssccluster command=stop")
    tale.before("server.up control1", "journal.heard reference", "incident.closed reference")


@pytest.mark.parametrize(("wanted", "ended"), [((), ()), (NODES, ()), (NODES, NODES)])
def test_s9_no_longer_than_a_node_may_take_to_look_round(
    by_hand: HandRoom, wanted: tuple[str, ...], ended: tuple[str, ...]
) -> None:
    """An outage is not waited for; nor is who has said that he has slept."""
    limit_s = by_hand.site.start.first_look_limit_s + by_hand.site.polling.timeout_s
    if wanted:
        hear(by_hand, Goal.DOWN, *wanted)
    waits = by_hand.run.spawn(told_of(by_hand.run))
    by_hand.until(3)
    assert waits.over is not bool(wanted)
    if ended:
        hear(by_hand, Goal.UP, *ended, cause="r2")
    by_hand.until(3.1)
    assert waits.over is not (wanted != ended)
    by_hand.until(limit_s - 0.1)
    assert waits.over is not (wanted != ended)
    by_hand.until(limit_s + 0.1)
    assert waits.over


# Nobody here has seen it go


def heed(room: HandRoom, later_s: float) -> Goal:
    hear(room)
    room.until(room.run.now + later_s)
    room.run.spawn(heed_who_has_gone(room.run))
    room.until(room.run.now + 1)
    assert room.servers["control2"].looks <= 1
    return room.run.facts.wants["control2"].goal


@pytest.mark.parametrize(
    ("status", "later_s", "goal"),
    [
        (ServerStatus(Os.BOOTING), 4000.0, Goal.UP),
        (ServerStatus(Os.BOOTING), 30.0, Goal.DOWN),
        (ServerStatus(Os.UP, up_s=100.0), 400.0, Goal.UP),
        (ServerStatus(Os.UP, up_s=500.0), 400.0, Goal.DOWN),
        (ServerStatus(Os.UP), 4000.0, Goal.DOWN),
        (ServerStatus(Os.HALTED), 4000.0, Goal.DOWN),
    ],
)
def test_o1_who_boots_long_after_it_was_wanted_down_or_has_booted_since_is_wanted_up(
    by_hand: HandRoom, status: ServerStatus, later_s: float, goal: Goal
) -> None:
    by_hand.servers["control2"].show(status)
    assert heed(by_hand, later_s) is goal


def test_s1_not_if_its_power_is_about_to_fall(by_hand: HandRoom) -> None:
    by_hand.servers["control2"].show(os=Os.BOOTING)
    by_hand.upses["ups2"].show(off_armed=True)
    assert heed(by_hand, 4000) is Goal.DOWN


def test_t7_nor_if_that_was_told_to_come_back_with_the_mains(by_hand: HandRoom) -> None:
    by_hand.servers["control2"].show(os=Os.BOOTING)
    by_hand.run.facts.armed["ups2"] = Armed(0.0, 420.0, True, "control1/0", None, 0.0)
    assert heed(by_hand, 4000) is Goal.DOWN


def test_c2_nor_of_a_stop_of_others_too_for_it_may_have_crashed_in_the_midst_of_that(
    by_hand: HandRoom,
) -> None:
    by_hand.servers["control2"].show(os=Os.BOOTING)
    hear(by_hand, Goal.DOWN, "control1")
    by_hand.until(4000)
    by_hand.run.spawn(heed_who_has_gone(by_hand.run))
    by_hand.until(4010)
    assert wants(by_hand.run, "control2", Goal.DOWN)
    assert by_hand.servers["control2"].looks == 0


def test_o1_nor_who_was_seen_down_already(by_hand: HandRoom) -> None:
    """Whoever boots it then is heeded when it is up."""
    by_hand.servers["control2"].show(os=Os.BOOTING)
    hear(by_hand)
    at_s = by_hand.run.facts.wants["control2"].at_s
    by_hand.run.hear(Row(Kind.REACHED, "control2", 0, "control1/0", 0.0, {"wall_s": at_s}))
    assert heed(by_hand, 4000) is Goal.DOWN
    assert by_hand.servers["control2"].looks == 0


def wakes_up_wanted(room: HandRoom) -> bool:
    """control1, which booted a hundred seconds after the beginning, takes itself to be wanted up."""
    room.until(1000)
    room.servers["control1"].status = ServerStatus(Os.UP, up_s=900.0)
    room.run.spawn(wake_up(room.run))
    room.until(1010)
    return wants(room.run, "control1", Goal.UP)


@pytest.mark.parametrize(
    ("cause", "at_s", "up"),
    [(f"r0{THEN}control2/2", 20.0, True), (f"r0{THEN}control2/2", 10.0, False), ("r2", 20.0, False)],
)
def test_c6_s9_a_journal_that_has_lost_its_last_row_is_made_up_for_by_the_boot_of_another_since(
    by_hand: HandRoom, cause: str, at_s: float, up: bool
) -> None:
    """control1 has booted since it was wanted down, and no row says that it was: that was over by then."""
    said = (Goal.DOWN, ["control1", "rack1"], "r1", 10.0), (Goal.UP, ["control2"], cause, at_s)
    for goal, names, by, said_s in said:
        details = {"servers": names, "goal": goal.value, "wall_s": by_hand.run.wall_s() + said_s}
        by_hand.run.hear(Row(Kind.WANTED, by, 0, "control1/0", 0.0, details))
    assert wakes_up_wanted(by_hand) is up


@pytest.mark.parametrize(("named", "up"), [((), True), (("control2",), False)])
def test_o1_c2_who_alone_was_wanted_down_and_has_booted_since_has_slept(
    by_hand: HandRoom, named: tuple[str, ...], up: bool
) -> None:
    """Not where it was a stop of others, too, though something else is wanted of them since: control2 is
    up, so he may have crashed in the midst of that."""
    for names, by, said_s in ((("control1", *named), "r1", 10.0), (("control2",), "r2", 20.0)):
        details = {"servers": names, "goal": Goal.DOWN.value, "wall_s": by_hand.run.wall_s() + said_s}
        by_hand.run.hear(Row(Kind.WANTED, by, 0, "control1/0", 0.0, details))
    assert wakes_up_wanted(by_hand) is up


def test_c6_s9_l3_whom_his_manager_has_shut_down_is_not_stopped_by_a_journal_that_has_lost_his_end() -> None:
    """That it went is the last row of control1's journal, and torn off. control2 was in its boot, has
    woken it for an incident that was over, and hears of that word from it alone (crowded seed 910563)."""
    tale = play(
        fault("journal_torn", "control1", 0),
        out(0, 960, "ups5"),
        fault("node_crashes", "control2", 1200),
        Managed(1500, Manager.SHUTDOWN, "control1"),
        until_s=3 * HOUR_S,
    )
    tale.before("server.halted control1", "command.sent control1 command=wake", "server.up control1")
    tale.never("command.sent control1 command=shutdown")
    holds(tale, "node_crashes", "journal_torn")


def test_o1_n2_s9_who_is_up_again_is_not_stopped_when_a_hold_that_held_up_the_stop_of_all_ends() -> None:
    tale = play(
        Asked(-10, Wish.HOLD, ("ups6",)),
        out(0, 800),
        Asked(700, Wish.POWER_OFF),
        fault("production_down", "network", 780, 6000),
        Managed(960, Manager.SHUTDOWN, "control1"),
        Booted(1500, "control1"),
        Asked(4000, Wish.RELEASE, ("ups6",)),
        until_s=3 * HOUR_S,
    )
    holds(tale, "production_down")
    assert not tale.times("command.sent control1 command=shutdown")
