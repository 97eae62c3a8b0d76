"""Somebody starts what was stopped: he keeps his power, and what he stops again counts (O1, H6)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.force import force_off
from sequencer.journal import Goal, Kind, Row
from sequencer.outage import note_what_is_off
from sequencer.planned import planned, stop_as_wanted
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.site import Site
from sequencer.systems import keep_down
from sequencer.wants import planned_scope
from sim.story import Asked, Pressed
from tests.excused import holds
from tests.hands import NO, YES, HandRoom
from tests.worlds import HOUR_S, LINKED, NODES, fault, out, play, with_settings


def want_down(room: HandRoom, *servers: str) -> None:
    details = {"servers": servers, "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", room.run.now, details))
    room.run.scope = planned_scope(room.run)


def declared(room: HandRoom) -> None:
    """An outage of the whole site."""
    for ups in room.upses.values():
        ups.lose_mains()
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}),
        *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in room.site.upses),
    )


def test_o1_s1_who_was_booted_by_hand_keeps_its_power_until_it_is_halted_again(by_hand: HandRoom) -> None:
    """Its neighbour accepts its shutdown meanwhile; only one of them would be ready for the OFF."""
    blade1, blade2, ups5 = by_hand.servers["blade1"], by_hand.servers["blade2"], by_hand.upses["ups5"]
    blade2.replies = [NO]
    want_down(by_hand, "blade1", "blade2")
    by_hand.run.spawn(planned(by_hand.run))
    by_hand.until(10)
    blade1.show(os=Os.HALTED)
    by_hand.until(20)
    blade1.show(os=Os.UP)
    by_hand.until(30)
    blade2.replies = [YES]
    by_hand.until(100)
    assert by_hand.servers["blade2"].sent[-1] == "shutdown"
    blade2.show(os=Os.HALTED)
    by_hand.until(200)
    assert blade1.sent == ["shutdown"], "and nobody fights him"
    assert ups5.sent == []
    blade1.show(os=Os.HALTED)
    by_hand.until(201)
    assert ups5.sent == ["off graceful"]


def test_a_server_whose_power_is_not_ours_is_stopped_once_and_not_watched_any_more(site: Site) -> None:
    room = HandRoom(with_settings(site, blade1__upses=()))
    blade1 = room.servers["blade1"]
    want_down(room, "blade1")
    task = room.run.spawn(stop_as_wanted(room.run, room.site.servers["blade1"]))
    room.until(10)
    assert (blade1.sent, task.over) == (["shutdown"], False)
    blade1.show(os=Os.HALTED)
    room.until(11)
    assert task.over
    assert room.run.facts.reached("blade1")


def test_h1_h6_one_that_was_given_up_is_told_again_only_when_its_ups_is_on_again(by_hand: HandRoom) -> None:
    """It hung until its power fell; what is read of it since then is no boot."""
    declared(by_hand)
    run, blade1 = by_hand.run, by_hand.servers["blade1"]
    run.given_up.add("blade1")
    run.settled.add("ups5")
    run.spawn(keep_down(run, by_hand.site.servers["blade1"]))
    by_hand.until(100)
    assert (blade1.sent, by_hand.told("alarm.raised")) == ([], [])
    run.settled.discard("ups5")
    run.announce("blade1")
    by_hand.until(101)
    assert blade1.sent == ["shutdown"]
    assert [alarm["rule"] for alarm in by_hand.told("alarm.raised")] == ["H6"]


@pytest.mark.parametrize(
    ("says", "given_up", "is_off"),
    [
        ({"output_on": True}, False, False),
        ({"output_on": True, "off_armed": True}, False, True),
        ({"output_on": True}, True, True),
        ({"output_on": False}, False, True),
    ],
    ids=["on", "on, and counts down", "never seen off", "off"],
)
def test_o1_s5_a_ups_that_is_on_again_when_the_runbook_is_entered_anew_is_waited_for_again(
    by_hand: HandRoom, says: dict[str, bool], given_up: bool, is_off: bool
) -> None:
    """One that was given up at its limit is nobody's to wait for; one that counts down will be off."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    declared(by_hand)
    ups5.show(replace(ups5.status, **says))
    by_hand.upses["ups6"].show(output_on=False)
    run.settled |= {"ups5", "ups6"}
    if given_up:
        run.given_up.add("ups5")
    run.spawn(note_what_is_off(run))
    by_hand.until(1)
    assert run.settled == ({"ups5", "ups6"} if is_off else {"ups6"})


def test_l1_x_07_a_word_that_comes_with_a_peers_incident_begins_no_page_that_would_be_later_than_that(
    by_hand: HandRoom,
) -> None:
    """Our next life would read that the incident is over, and nobody would bring the others back."""
    run, night = by_hand.run, {"servers": ["blade1"], "goal": Goal.DOWN.value, "wall_s": by_hand.run.wall_s()}
    run.spawn(planned(run))
    by_hand.until(1)
    run.hear(
        Row(Kind.DECLARED, "reference", 3, "control2/1", 0.0, {"was_running": []}),
        Row(Kind.WANTED, "night", 3, "control2/1", 0.0, night),
    )
    by_hand.until(100)
    assert by_hand.journal.kept == []
    assert by_hand.servers["blade1"].sent == []
    run.hear(Row(Kind.CLOSED, "reference", 3, "control2/1", 0.0))
    by_hand.until(101)
    assert [(row.kind, row.epoch) for row in by_hand.journal.kept[:1]] == [(Kind.PLANNED, 4)]
    assert by_hand.servers["blade1"].sent == ["shutdown"]


@pytest.mark.parametrize("boots", [True, False])
def test_h6_h9_l2_a_boot_is_waited_for_as_long_as_the_disks_battery_lasts_for_its_flush(boots: bool) -> None:
    """A hand switches their UPS on while the disk is flushed (O1). It hung for ever, and so did we (S18)."""
    hangs = [] if boots else [fault("server_does_not_boot", "blade1", -590.0)]
    tale = play(out(0, 3000, "ups4"), Pressed(500.0, "ups5"), *hangs, until_s=3000)
    holds(tale)
    assert tale.at("array.flushed linkeddisk", -1) < tale.at("ups.output_off ups4") < 1500.0
    assert (tale.times("server.forced blade1") == []) == boots
    tale.never("server.forced blade2")


@pytest.mark.parametrize(
    ("node", "goal", "restarts", "noted"),
    [
        ("control1", "down", False, True),
        ("control1", "down", True, False),
        ("control1", "up", False, False),
        ("control2", "down", False, False),
    ],
)
def test_o1_c12_whoever_forces_himself_in_a_stop_that_wants_him_down_has_gone_by_that(
    by_hand: HandRoom, node: str, goal: str, restarts: bool, noted: bool
) -> None:
    run = by_hand.run
    word = {"servers": list(NODES), "goal": goal, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 1, "control2/1", 0.0, word))
    run.rebooting.update(NODES if restarts else ())
    run.spawn(force_off(run, run.site.servers[node], 0.0, by_s=60.0))
    by_hand.until(5)
    assert by_hand.servers[node].sent == ["force"]
    assert run.facts.reached(node) is noted


def test_o1_s9_c12_who_forced_himself_for_a_strangers_off_is_not_stopped_again_by_that_word() -> None:
    """control2 was down when all were wanted off, comes back with its mains, and wakes him (seed 20640)."""
    tale = play(
        out(0, 4000, "ups2"),
        fault("foreign_off", "ups1", 934),
        Asked(1038, Wish.POWER_OFF),
        until_s=3 * HOUR_S,
    )
    holds(tale, "foreign_off")
    assert tale.times("server.forced control1")
    assert len(tale.times("server.halted control1")) == 1, "he is up again, and stays so"
