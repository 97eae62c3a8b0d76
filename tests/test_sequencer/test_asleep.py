"""Who has been down as somebody wanted, and what his own uptime proves of it (R2-08, R10-41, O1, S9)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sequencer.asleep import wake_up
from sequencer.force import force_off
from sequencer.goes_on import nobody_is_to_stop
from sequencer.journal import Armed, Goal, Kind, Row
from sequencer.node_start import note_up
from sequencer.planned import reboot
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus, Steps
from sequencer.requests import Wish
from sequencer.slept import NOTHING, Before, before, have_slept
from sequencer.systems import let_in_at_last
from sequencer.wants import wants
from sim.story import Asked, Managed, Manager
from tests.hands import HandRoom
from tests.worlds import HOUR_S, NODES, fault, out, play

WANTED_S = 1500.0
"""When something was wanted of them,"""
LOOKED_S = 2000.0
"""and when it is looked at."""

BLADES = ("blade1", "blade2")


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """control1, of a control side that is wanted down."""
    hear(by_hand, Goal.DOWN, *NODES)
    return by_hand


def hear(room: HandRoom, goal: Goal, *servers: str, cause: str = "r1", at_s: float = WANTED_S) -> None:
    details = {"servers": servers, "goal": goal.value, "wall_s": room.run.wall_s() + at_s}
    room.run.hear(Row(Kind.WANTED, cause, 0, "control1/0", 0.0, details))


def reach(room: HandRoom, server: str) -> None:
    at_s = room.run.facts.wants[server].at_s
    room.run.hear(Row(Kind.REACHED, server, 0, "control2/0", 0.0, {"wall_s": at_s}))


def booted(room: HandRoom, server: str, at_s: float = WANTED_S + 1) -> None:
    room.servers[server].status = ServerStatus(Os.UP, up_s=LOOKED_S - at_s)


def others_are_halted(room: HandRoom) -> None:
    room.servers["control2"].status = ServerStatus(Os.HALTED)


def others_have_no_power(room: HandRoom) -> None:
    room.servers["control2"].fall_silent()
    room.upses["ups2"].show(output_on=False)


def disk_is_off(room: HandRoom) -> None:
    room.upses["ups3"].show(output_on=False)


def another_is_noted(room: HandRoom) -> None:
    reach(room, "control2")


def slept(room: HandRoom, past: Before = NOTHING) -> bool:
    if room.run.now < LOOKED_S:
        room.until(LOOKED_S)
    answers: list[bool] = []

    def asked() -> Steps[None]:
        answers.append((yield from have_slept(room.run, past)))

    room.run.spawn(asked())
    room.until(room.run.now + 5)
    return answers == [True]


ENDS = [others_are_halted, others_have_no_power, disk_is_off, another_is_noted]


@pytest.mark.parametrize("end", ENDS)
def test_c1_who_has_booted_since_he_was_wanted_down_has_slept_if_that_stop_came_to_its_end(
    room: HandRoom, end: Callable[[HandRoom], None]
) -> None:
    booted(room, "control1")
    end(room)
    assert slept(room)


@pytest.mark.parametrize(
    ("by", "at_s", "has"),
    [("control1", 2, False), ("control1", 0, True), ("control1", 1, True), ("control2", 2, True)],
)
def test_c1_s28_not_if_an_earlier_life_has_commanded_in_the_same_system(
    room: HandRoom, by: str, at_s: float, has: bool
) -> None:
    """It was told of that word late, by who had begun that stop, and was at it itself when it died."""
    booted(room, "control1")
    another_is_noted(room)
    wall_s = room.run.wall_s() + WANTED_S + at_s
    room.run.hear(Row(Kind.WATCHED, by, 0, f"{by}/0", 0.0, {"wall_s": wall_s}))
    assert slept(room) is has


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("up_s", [None, LOOKED_S - WANTED_S + 10])
def test_c1_who_has_not_booted_since_or_does_not_tell_goes_on_with_that_stop(
    room: HandRoom, end: Callable[[HandRoom], None], up_s: float | None
) -> None:
    room.servers["control1"].status = ServerStatus(Os.UP, up_s=up_s)
    end(room)
    assert not slept(room)


def test_c2_who_crashed_in_the_midst_of_it_goes_on_with_it(room: HandRoom) -> None:
    booted(room, "control1")
    assert not slept(room), "control2 is up, and the disk is on"


def test_c1_another_node_that_is_down_by_another_word_says_nothing_of_this_one(room: HandRoom) -> None:
    booted(room, "control1")
    hear(room, Goal.DOWN, "control2", cause="r2", at_s=WANTED_S + 1)
    assert room.run.facts.wants["control2"].cause == "r2"
    reach(room, "control2")
    assert not slept(room)


def test_c1_of_a_node_that_nothing_was_ever_wanted_of_nothing_is_noted(by_hand: HandRoom) -> None:
    hear(by_hand, Goal.DOWN, "control1", "rack1")
    booted(by_hand, "control1")
    assert not slept(by_hand)


def test_t7_whose_power_was_told_to_come_back_with_the_mains_goes_down_again(room: HandRoom) -> None:
    booted(room, "control1")
    others_are_halted(room)
    room.run.facts.armed["ups1"] = Armed(0.0, 420.0, returns=True)
    assert not slept(room)
    for off in (Armed(0.0, 420.0), Armed(0.0, 420.0, returns=True, wanted_down=True)):
        room.run.facts.armed["ups1"] = off
        assert (slept(room), before(room.run).returns) == (True, ())


@pytest.mark.parametrize(
    ("told_s", "goes"),
    [(None, True), (WANTED_S - 450.0, True), (WANTED_S - 450.001, False)],
)
def test_t7_s9_not_by_an_off_that_had_fallen_before_who_knows_that_word_heard_it(
    room: HandRoom, told_s: float | None, goes: bool
) -> None:
    """He was up then, and what had taken him down before is an old story. Nobody knows when it was told: he
    goes down again, as it may be the one."""
    wall_s = None if told_s is None else room.run.wall_s() + told_s
    room.run.facts.armed["ups1"] = off = Armed(0.0, 420.0, returns=True, wall_s=wall_s)
    past = before(room.run)
    assert past == Before("", 0, "r1", (off,))
    booted(room, "control1")
    others_are_halted(room)
    assert slept(room, past) is not goes


def test_t7_s9_nor_by_one_that_was_told_when_he_was_down_and_knew_of_that_word(room: HandRoom) -> None:
    """Only the other node's rows tell of it; of a word that only they tell, that OFF may have been before."""
    past = before(room.run)
    room.run.facts.armed["ups1"] = Armed(0.0, 420.0, returns=True)
    booted(room, "control1")
    others_are_halted(room)
    assert slept(room, past)
    assert not slept(room, Before(word="r0"))


def test_s28_t7_but_by_one_of_a_word_that_he_hears_only_at_his_boot_he_was_down_then(room: HandRoom) -> None:
    """That word has found him down, and stopped nobody: his boot does not end it."""
    off = Armed(0.0, 420.0, returns=True, wall_s=room.run.wall_s() + WANTED_S - 1000.0)
    reach(room, "control1")
    booted(room, "control1")
    assert slept(room, Before(word="r1", returns=(off,)))
    assert not slept(room, Before(returns=(off,)))


def test_s28_who_is_on_his_way_down_by_a_word_that_is_just_noted_has_not_slept(room: HandRoom) -> None:
    """Another has taken the command sooner, and stops us both."""
    reach(room, "control1")
    room.servers["control1"].status = ServerStatus(Os.SHUTTING_DOWN)
    assert not slept(room)
    room.servers["control1"].status = ServerStatus(Os.UP)
    assert slept(room)


def test_r2_08_who_went_down_to_boot_again_by_its_own_word_goes_on_with_that_stop(room: HandRoom) -> None:
    booted(room, "control1")
    others_are_halted(room)
    at_s = room.run.facts.wants["control1"].at_s
    room.run.hear(Row(Kind.RESTARTS, "control1", 0, "control1/0", 0.0, {"wall_s": at_s - 1}))
    assert slept(room), "that was before"
    room.run.hear(Row(Kind.RESTARTS, "control1", 0, "control1/0", 0.0, {"wall_s": at_s + 1}))
    assert not slept(room)


def test_r2_08_a_node_that_hangs_while_the_manager_reboots_all_goes_down_as_wanted_when_it_is_up() -> None:
    """Meanwhile the other one has gone down as wanted; its own boot is that of the reboot, and no hand's."""
    tale = play(
        out(0, 73),
        fault("server_hangs", "control1", 44, 995),
        Asked(121, Wish.POWER_OFF, NODES),
        Managed(191, Manager.REBOOT, "ssccluster"),
        until_s=2 * HOUR_S,
    )
    tale.before(
        "server.halted control2", "journal.committed control2 kind=reached", "server.booting control1"
    )
    assert tale.all("journal.committed control1 kind=restarts")
    for node in NODES:
        assert tale.room.servers[node].state.value in ("halted", "off"), node


@pytest.mark.parametrize("heard", ["before", "after"])
def test_s28_t7_who_has_slept_brings_back_nobody_whom_a_later_word_wants_down(
    by_hand: HandRoom, heard: str
) -> None:
    """Its words end the stop in which it slept; what another node has told since, it may not know yet."""
    hear(by_hand, Goal.DOWN, *NODES, *BLADES)
    reach(by_hand, "control1")
    by_hand.until(LOOKED_S)
    for when in ("before", "after"):
        if when == heard:
            hear(by_hand, Goal.DOWN, "blade1", cause="night1/2026-11-20/off", at_s=-100.0)
            by_hand.until(by_hand.run.now + 5)
        if when == "before":
            by_hand.run.spawn(wake_up(by_hand.run))
            by_hand.until(by_hand.run.now + 5)
    assert [name for name in (*NODES, *BLADES) if wants(by_hand.run, name, Goal.UP)] == [*NODES, "blade2"]


def test_s28_what_our_own_journal_has_us_down_by(by_hand: HandRoom) -> None:
    assert before(by_hand.run).slept_by == ""
    hear(by_hand, Goal.DOWN, *NODES, *BLADES)
    assert before(by_hand.run).slept_by == "", "not yet"
    reach(by_hand, "control1")
    assert before(by_hand.run).slept_by == "r1"
    hear(by_hand, Goal.UP, "control1", cause="r2", at_s=WANTED_S + 1)
    reach(by_hand, "control1")
    assert before(by_hand.run).slept_by == ""


@pytest.mark.parametrize(
    ("cause", "goal", "went_in", "back"),
    [
        ("r0, then control2/3", Goal.UP, 0, True),
        ("nightly/on", Goal.UP, 1, True),
        ("nightly/on", Goal.UP, 0, False),
        ("r0, then control2/3", Goal.DOWN, 1, False),
    ],
)
def test_l1_s28_who_wakes_after_another_that_did_not_know_by_which_word_he_slept_ends_it(
    by_hand: HandRoom, cause: str, goal: Goal, went_in: int, back: bool
) -> None:
    """His boot has ended what had stopped him; or his word is of an incident before this one's."""
    hear(by_hand, Goal.DOWN, *NODES, *BLADES)
    reach(by_hand, "control1")
    slept_by = before(by_hand.run).slept_by
    hear(by_hand, goal, *NODES, cause=cause, at_s=WANTED_S + 1)
    by_hand.until(LOOKED_S)
    by_hand.run.spawn(wake_up(by_hand.run, Before(slept_by, went_in)))
    by_hand.until(by_hand.run.now + 5)
    assert [name for name in BLADES if wants(by_hand.run, name, Goal.UP)] == [*BLADES] * back
    assert by_hand.run.facts.wants["control1"].cause == cause


def test_l1_s28_who_slept_by_a_word_and_hears_of_a_later_one_ends_the_first(by_hand: HandRoom) -> None:
    hear(by_hand, Goal.DOWN, *NODES, *BLADES)
    reach(by_hand, "control1")
    slept_by = before(by_hand.run).slept_by
    hear(by_hand, Goal.DOWN, *NODES, "rack1", cause="r2", at_s=WANTED_S + 1)
    reach(by_hand, "control1")
    by_hand.until(LOOKED_S)
    by_hand.run.spawn(wake_up(by_hand.run, Before(slept_by)))
    by_hand.until(by_hand.run.now + 5)
    up = [name for name in by_hand.run.facts.wants if wants(by_hand.run, name, Goal.UP)]
    assert up == ["control1", *BLADES], "and is up himself"


def test_s28_nodes_that_have_slept_are_up_whatever_fell_due_meanwhile(by_hand: HandRoom) -> None:
    """They have been started, by a hand or as they were told; nobody sends them down again for that (O1)."""
    hear(by_hand, Goal.DOWN, *NODES)
    reach(by_hand, "control1")
    by_hand.until(LOOKED_S)
    by_hand.run.spawn(wake_up(by_hand.run))
    by_hand.until(by_hand.run.now + 5)
    hear(by_hand, Goal.DOWN, *NODES, cause="nodes/2026-11-20/off", at_s=-100.0)
    assert all(wants(by_hand.run, name, Goal.UP) for name in NODES)


def test_o1_it_is_not_looked_at_where_it_is_noted_or_nobody_is_wanted_down(by_hand: HandRoom) -> None:
    assert not slept(by_hand)
    hear(by_hand, Goal.DOWN, *NODES)
    reach(by_hand, "control1")
    assert slept(by_hand)
    assert by_hand.servers["control2"].looks == 0


@pytest.mark.parametrize("silent", [True, False])
def test_r10_41_who_has_booted_since_his_restart_was_wanted_has_been_restarted(
    by_hand: HandRoom, silent: bool
) -> None:
    hear(by_hand, Goal.REBOOT, "blade1", "blade2")
    by_hand.until(LOOKED_S - 1)
    booted(by_hand, "blade1")
    booted(by_hand, "blade2", WANTED_S - 1)
    if silent:
        by_hand.servers["blade1"].fall_silent()
    for name in ("blade1", "blade2"):
        by_hand.run.spawn(reboot(by_hand.run, by_hand.site.servers[name]))
    by_hand.until(LOOKED_S + 5)
    assert by_hand.servers["blade2"].sent == ["reboot"]
    assert by_hand.run.facts.reached("blade1") is not silent
    assert bool(by_hand.servers["blade1"].sent) is silent, "of who is silent nothing is known"


@pytest.mark.parametrize(("at_s", "counts"), [(WANTED_S + 1, True), (WANTED_S - 1, False)])
def test_r10_41_so_it_is_when_he_was_booted_while_he_waited_for_the_end_of_an_outage(
    by_hand: HandRoom, at_s: float, counts: bool
) -> None:
    hear(by_hand, Goal.REBOOT, "blade1")
    by_hand.until(LOOKED_S)
    booted(by_hand, "blade1", at_s)
    by_hand.run.spawn(note_up(by_hand.run, by_hand.site.servers["blade1"]))
    by_hand.until(LOOKED_S + 1)
    assert by_hand.run.facts.reached("blade1") is counts


# Whose stop nobody has seen end


@pytest.mark.parametrize(("at_s", "asked"), [(WANTED_S + 1, False), (WANTED_S - 1, True), (None, True)])
def test_o1_a_node_that_let_nobody_in_is_not_asked_again_when_it_has_been_down_since(
    room: HandRoom, at_s: float | None, asked: bool
) -> None:
    """The network has hidden it; and somebody has booted it, on power that stays, though others are out."""
    room.upses["ups5"].lose_mains()
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.run.hear(Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0))
    room.until(LOOKED_S)
    node = room.servers["control2"]
    node.show(os=Os.UP, up_s=None if at_s is None else LOOKED_S - at_s)
    room.run.given_up.add("control2")
    room.run.spawn(let_in_at_last(room.run, room.site.servers["control2"]))
    room.until(LOOKED_S + 60)
    assert bool(node.sent) is asked


@pytest.mark.parametrize(("released_s", "sent"), [(20.0, ["force"]), (40.0, [])])
def test_s27_s9_who_is_released_when_the_power_is_cut_already_is_not_forced_any_more(
    room: HandRoom, released_s: float, sent: list[str]
) -> None:
    """By then he lives on other power, or on none."""
    for held, at_s in ((True, 0.0), (False, released_s)):
        row = Row(Kind.HELD, "control2", 0, "control1/0", 0.0, {"held": held, "cause": "r", "wall_s": at_s})
        room.servers["control2"].after(at_s, lambda row=row: room.run.hear(row))
    room.servers["control2"].after(1.0, lambda: room.run.spawn(forced_by(room, 30.0)))
    room.until(60)
    assert room.servers["control2"].sent[:1] == sent


def forced_by(room: HandRoom, by_s: float) -> Steps[None]:
    yield from force_off(room.run, room.site.servers["control2"], 0.0, by_s=by_s)


@pytest.mark.parametrize(("state", "turns"), [(ClusterState.STOPPED, False), (ClusterState.RUNNING, True)])
def test_s16_nobody_turns_round_under_a_control_side_that_is_just_going_and_noted_down(
    room: HandRoom, state: ClusterState, turns: bool
) -> None:
    """Somebody of the linked side is wanted up in that moment; its cluster would be started as it halts."""
    for node in NODES:
        reach(room, node)
    room.cluster.show(ClusterStatus(state, None))
    assert nobody_is_to_stop(room.run) is turns
