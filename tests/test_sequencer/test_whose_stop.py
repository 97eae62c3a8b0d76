"""By which word somebody is stopped, and when that is over, whoever has heard of it (O1, S9, S31, R2-08)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.asked import hear
from sequencer.asleep import heed_boots
from sequencer.duty import command
from sequencer.goes_on import goes_on
from sequencer.journal import Goal, Kind, Row
from sequencer.ourselves import watch_our_end
from sequencer.ports import Os
from sequencer.reboots import note_reached
from sequencer.requests import Request, Wish
from sequencer.scope import Scope
from sequencer.systems import force_as_wanted, is_to_stop
from sequencer.timing import CARD_REBOOT_S, EVIDENCE_EXTRA_S
from sequencer.wants import wants
from sim.story import Asked, Booted, Managed, Manager, Pressed
from tests.hands import HandRoom
from tests.safety import well
from tests.worlds import HOUR_S, LINKED, NODES, Tale, out, play


def rows(room: HandRoom, kind: Kind) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is kind]


def hear_that(room: HandRoom, kind: Kind, subject: str, epoch: int = 1, **details: Any) -> None:
    room.run.hear(Row(kind, subject, epoch, "control2/1", 0.0, details))


def all_are_up(tale: Tale) -> None:
    well(tale)
    for name in (*NODES, *LINKED):
        assert tale.room.servers[name].state.value == "up", name


def test_o1_s9_who_hears_that_he_is_wanted_down_as_he_goes_for_another_reason_is_down_by_that_too() -> None:
    """Both are booted again at once, by hand: neither could see the other down, and both went anew."""
    all_are_up(
        play(
            out(0, 70),
            Managed(547, Manager.SHUTDOWN, "ssccluster"),
            Asked(685, Wish.POWER_OFF),
            [Booted(3900, node) for node in NODES],
            until_s=2 * HOUR_S,
        )
    )


def test_o1_h9_s9_who_boots_and_is_forced_in_the_stop_of_all_has_gone_by_that() -> None:
    """A hand boots him once more while the others go: he is wanted up, with all whom that word stopped."""
    tale = play(
        Managed(0, Manager.SHUTDOWN, "control1"),
        Booted(149, "control1"),
        Asked(242, Wish.POWER_OFF),
        Pressed(642, "ups1"),
        until_s=2 * HOUR_S,
    )
    tale.before("server.forced control1", "server.up control1")
    all_are_up(tale)


@pytest.mark.parametrize("taken", [True, False])
def test_o1_h1_who_is_forced_has_gone_by_that_unless_he_runs_on(by_hand: HandRoom, taken: bool) -> None:
    run, control2 = by_hand.run, by_hand.servers["control2"]
    hear_that(by_hand, Kind.WANTED, "r1", servers=NODES, goal=Goal.DOWN.value, wall_s=run.wall_s())
    hear_that(by_hand, Kind.OFF_ARMED, "ups2", falls_in_s=100.0, wall_s=run.wall_s())
    by_hand.upses["ups2"].show(off_armed=True)
    control2.show(os=Os.SHUTTING_DOWN)
    run.spawn(force_as_wanted(run, by_hand.site.servers["control2"]))
    by_hand.until(50)
    assert control2.sent == ["force"]
    if taken:
        control2.show(os=Os.HALTED)
    by_hand.until(200)
    assert rows(by_hand, Kind.REACHED) == ["control2"] * taken


# The cluster's manager


@pytest.mark.parametrize(("os", "is_down"), [(Os.SHUTTING_DOWN, True), (Os.UP, False)])
def test_r2_08_a_node_that_hears_what_it_goes_down_for_when_it_goes_already_is_down_by_that(
    by_hand: HandRoom, os: Os, is_down: bool
) -> None:
    """Whoever boots it again wants it up, and nobody stops it once more for the same word (O1, S9)."""
    by_hand.run.commands = False
    by_hand.run.spawn(hear(by_hand.run))
    by_hand.run.spawn(watch_our_end(by_hand.run))
    by_hand.servers["control1"].show(os=os)
    by_hand.mailbox.deliver(Request("r1", Wish.SERVER_SHUTDOWN, ("control1",), "manager"))
    by_hand.until(30)
    assert rows(by_hand, Kind.WANTED) == ["r1"]
    assert rows(by_hand, Kind.REACHED) == ["control1"] * is_down


@pytest.mark.parametrize(("whose", "looks"), [(("control1",), 1), (("control2",), 0), ((), 1)])
@pytest.mark.parametrize("wish", [Wish.SERVER_SHUTDOWN, Wish.SERVER_REBOOT])
def test_s6_r2_08_who_is_told_that_its_own_system_goes_sees_that_before_anything_else(
    by_hand: HandRoom, wish: Wish, whose: tuple[str, ...], looks: int
) -> None:
    """By its last poll it was up: who woke by that switched a disk on, with no node left (seed 920058)."""
    run, control1 = by_hand.run, by_hand.servers["control1"]
    run.spawn(hear(run))
    by_hand.until(5)
    before = control1.looks
    by_hand.mailbox.deliver(Request("r1", wish, whose, "manager"))
    by_hand.until(6)
    assert control1.looks - before == looks
    assert rows(by_hand, Kind.WANTED) == ["r1"]


@pytest.mark.parametrize(
    ("wall", "os", "later_s", "is_down"),
    [
        (True, Os.SHUTTING_DOWN, 1.0, True),
        (True, Os.SHUTTING_DOWN, -1.0, False),
        (True, Os.HALTED, 1.0, False),
        (False, Os.SHUTTING_DOWN, 1.0, False),
    ],
)
def test_n6_r2_08_who_runs_long_after_his_power_was_to_fall_until_the_mains_return_has_had_both(
    by_hand: HandRoom, wall: bool, os: Os, later_s: float, is_down: bool
) -> None:
    """Though the card of his UPS has said nothing since."""
    run = by_hand.run
    hear_that(by_hand, Kind.DECLARED, "reference", was_running=[])
    told_s = {"wall_s": run.wall_s() + 10.0 - later_s - 420.0 - EVIDENCE_EXTRA_S} if wall else {}
    hear_that(by_hand, Kind.OFF_ARMED, "ups1", falls_in_s=420.0, returns=True, **told_s)
    by_hand.upses["ups1"].fall_silent()
    hear_that(by_hand, Kind.WANTED, "r1", servers=NODES, goal=Goal.DOWN.value, wall_s=run.wall_s())
    by_hand.servers["control1"].show(os=os)
    by_hand.until(10.0)
    run.spawn(note_reached(run, "control1"))
    by_hand.until(11.0)
    assert rows(by_hand, Kind.REACHED) == ["control1"] * is_down


# Whoever is up again


@pytest.fixture
def sleeps(by_hand: HandRoom) -> HandRoom:
    """control2 is down as it was wanted with all others, and control1 hears nothing of its service."""
    run = by_hand.run
    run.spawn(heed_boots(run))
    by_hand.peers["control2"].fall_silent()
    everybody = [*NODES, "blade1"]
    hear_that(by_hand, Kind.WANTED, "r1", servers=everybody, goal=Goal.DOWN.value, wall_s=run.wall_s())
    by_hand.until(10)
    hear_that(by_hand, Kind.REACHED, "control2", wall_s=run.facts.wants["control2"].at_s)
    by_hand.until(20)
    return by_hand


def boots(room: HandRoom) -> None:
    for os in (Os.SHUTTING_DOWN, Os.HALTED, Os.BOOTING, Os.UP):
        room.servers["control2"].show(os=os)
        room.until(room.run.now + 1)


def test_o1_s9_a_node_that_was_down_as_wanted_and_is_seen_up_again_is_wanted_up(sleeps: HandRoom) -> None:
    """With all whom the same word has stopped; and until that is said nobody tells it to go again."""
    run, control2 = sleeps.run, sleeps.site.servers["control2"]
    hear_that(sleeps, Kind.DECLARED, "reference", was_running=[], stop="r1")
    assert is_to_stop(run, control2), "it may not have begun to go"
    boots(sleeps)
    assert wants(run, "control2", Goal.DOWN)
    assert not is_to_stop(run, control2)
    sleeps.until(100)
    assert all(wants(run, name, Goal.UP) for name in (*NODES, "blade1"))
    assert not is_to_stop(run, control2)
    run.scope = Scope(nodes=frozenset(("control2",)))
    assert is_to_stop(run, control2), "it is another's wish"


def test_o1_it_says_so_itself_when_it_is_heard(sleeps: HandRoom) -> None:
    boots(sleeps)
    up = {"servers": NODES, "goal": Goal.UP.value, "wall_s": sleeps.run.wall_s()}
    hear_that(sleeps, Kind.WANTED, "r1, then control2/2", **up)
    sleeps.run.announce()
    sleeps.until(100)
    assert rows(sleeps, Kind.WANTED) == []


def test_s1_who_boots_onto_power_that_counts_down_only_goes_down_again(sleeps: HandRoom) -> None:
    sleeps.upses["ups2"].show(off_armed=True)
    boots(sleeps)
    sleeps.until(100)
    assert rows(sleeps, Kind.WANTED) == []
    assert is_to_stop(sleeps.run, sleeps.site.servers["control2"])


@pytest.mark.parametrize("ups", ["ups2", "ups3"])
def test_s18_an_outage_of_its_own_brings_it_down_all_the_same(sleeps: HandRoom, ups: str) -> None:
    boots(sleeps)
    hear_that(sleeps, Kind.DECLARED, "reference", was_running=[])
    hear_that(sleeps, Kind.CONFIRMED, ups)
    assert is_to_stop(sleeps.run, sleeps.site.servers["control2"])


# An incident that another tells of


@pytest.mark.parametrize("goes_on", [False, True])
def test_s9_an_incident_that_a_peer_tells_of_is_an_old_story_unless_one_of_its_upses_is_on_battery(
    by_hand: HandRoom, goes_on: bool
) -> None:
    """We command, and all is well; the peer was off, and knows of no end of what had stopped it (S31)."""
    run = by_hand.run
    run.spawn(command(run))
    by_hand.until(200)
    if goes_on:
        by_hand.upses["ups4"].lose_mains()
    run.hear(
        Row(Kind.DECLARED, "reference", 5, "control2/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups4", 5, "control2/1", 0.0),
    )
    by_hand.until(202)
    assert rows(by_hand, Kind.TURNED) == ["reference"] * (not goes_on)
    assert ("shutdown" in by_hand.servers["blade1"].sent) is goes_on


@pytest.mark.parametrize("answers", [False, True])
def test_u1_s11_one_that_nobody_has_heard_yet_is_waited_for_as_long_as_a_card_takes_that_reboots(
    by_hand: HandRoom, answers: bool
) -> None:
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    calm, ups5.status, ups5.silent = ups5.status, None, True
    hear_that(by_hand, Kind.DECLARED, "reference", was_running=[])
    hear_that(by_hand, Kind.CONFIRMED, "ups5")
    told = run.spawn(goes_on(run))
    by_hand.until(50)
    assert not told.over
    if answers:
        ups5.status = calm
        ups5.lose_mains()
    by_hand.until(CARD_REBOOT_S + 1)
    assert told.value is answers
