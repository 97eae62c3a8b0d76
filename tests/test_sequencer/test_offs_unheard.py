"""A card that does not answer to its OFF, a journal that keeps nothing, and what is remembered of a fall."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer import timing
from sequencer.journal import Kind, Row
from sequencer.ports import Flush, Off, Os
from sequencer.power_off import LISTENED_S, arm, heard_again, note_off, safe_without_a_journal, see_off
from sequencer.run import Run
from sequencer.site import Site
from sequencer.task import Task
from tests.hands import TIMEOUT_S, HandRoom, HandUps
from tests.worlds import with_more, with_settings

BLADES = ("blade1", "blade2", "bladepool")
OFF = "off graceful"


def room_of(site: Site) -> HandRoom:
    """ups5 is out, in a declared outage, and its machines have halted."""
    room = HandRoom(site)
    room.upses["ups5"].lose_mains()
    declare(room.run)
    for name in BLADES:
        room.servers[name].show(os=Os.HALTED)
    return room


def declare(run: Run) -> None:
    run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


def armed(run: Run) -> Task:
    loads = list(run.site.servers_on("ups5"))
    return run.spawn(arm(run, run.site.upses["ups5"], Off.GRACEFUL, loads))


def written(room: HandRoom, kind: Kind) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is kind]


def words(room: HandRoom) -> list[str]:
    """The rules of all refusals and alarms."""
    return [e["rule"] for name in ("command.refused", "alarm.raised") for e in room.told(name)]


# A card that does not answer is listened to


def listened(room: HandRoom) -> list[tuple[float, bool]]:
    """When it is over, and whether it was heard."""
    ends: list[tuple[float, bool]] = []

    def steps() -> Any:
        heard = yield from heard_again(room.run, room.site.upses["ups5"])
        ends.append((room.run.now, heard))

    room.run.spawn(steps())
    return ends


def test_s15_a_silent_card_is_looked_at_again_when_it_answers_or_at_the_limit_and_not_between(
    room: HandRoom, ups5: HandUps
) -> None:
    ups5.fall_silent()
    room.until(256)
    ends = listened(room)
    room.until(258 + LISTENED_S - TIMEOUT_S)
    assert (ups5.looks, ends) == (1, [])
    assert [eager for _, _, eager in ups5.watchers] == [True], "as often as it may be asked"
    ups5.show()
    room.until(272)
    (end,) = ends
    assert end[1]
    assert ups5.looks == 2


def test_s15_a_look_that_ends_in_vain_at_the_very_limit_was_the_last(room: HandRoom, ups5: HandUps) -> None:
    ups5.fall_silent()
    room.until(256)
    ends = listened(room)
    room.until(256 + LISTENED_S - TIMEOUT_S)
    ups5.fall_silent()  # whoever waits is told so
    room.until(300)
    assert ends == [(256 + LISTENED_S, False)]


# Without a journal


def test_s15_c12_nor_is_one_told_that_counts_down_for_somebody_else_and_is_silent_just_then(
    room: HandRoom, ups5: HandUps
) -> None:
    """We have written that down (C12), and the look before our own OFF is lost."""
    room.run.learn(Row(Kind.OFF_ARMED, "ups5", 1, room.run.life, 0.0, {"falls_in_s": 420.0}))
    ups5.fall_silent()
    task = armed(room.run)
    room.until(TIMEOUT_S + 1)
    ups5.show(off_armed=True)
    room.until(60)
    assert task.over
    assert ups5.sent == []


@pytest.mark.parametrize(
    ("counted", "after_s", "sent"), [(True, 30, []), (True, -30, []), (False, 30, [OFF])]
)
def test_s1_nor_is_one_told_again_whose_time_is_over_and_that_counted_down_when_it_was_heard_last(
    room: HandRoom, ups5: HandUps, counted: bool, after_s: float, sent: list[str]
) -> None:
    """A server was not seen to halt, on a network that has fallen silent; its mains may be back by now, and
    whoever has booted there with them would be cut off: nobody has told him to go (N3)."""
    row = Row(
        Kind.OFF_ARMED, "ups5", 1, room.run.life, 0.0, {"falls_in_s": 420.0, "wall_s": room.run.wall_s()}
    )
    room.run.learn(row)
    room.run.told_off_s["ups5"] = 0.0
    room.run.asked_to_stop.update(BLADES)
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.until(10)
    ups5.show(off_armed=counted)
    for device in (ups5, *(room.servers[name] for name in BLADES)):
        device.fall_silent()
    room.until(420 + after_s)
    task = armed(room.run)
    room.until(500)
    assert task.over
    assert ups5.sent[:1] == sent


def left_on(room: HandRoom, name: str) -> float:
    """When it is given up; on its way there nothing is sent, nor written."""
    outcomes: list[bool] = []

    def steps() -> Any:
        outcomes.append((yield from safe_without_a_journal(room.run, room.site.upses[name])))

    room.journal.healthy = False
    room.run.spawn(steps())
    room.until(1000)
    assert outcomes == [False]
    (alarm,) = room.told("alarm.raised", name)
    assert alarm["rule"] == "S30"
    assert [e["rule"] for e in room.told("command.refused", name)] == ["S30"]
    return float(alarm["t"])


@pytest.mark.parametrize("limits_s", [(200.0, 500.0), (500.0, 200.0)])
def test_s30_in_safe_mode_its_servers_are_waited_for_as_long_as_the_slowest_may_take(
    site: Site, limits_s: tuple[float, float]
) -> None:
    blade1_s, blade2_s = limits_s
    room = room_of(with_settings(site, blade1__shutdown_limit_s=blade1_s, blade2__shutdown_limit_s=blade2_s))
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    assert left_on(room, "ups5") == 500.0


def test_s30_in_safe_mode_nobody_is_waited_for_where_no_server_hangs_on_it(room: HandRoom) -> None:
    assert left_on(room, "ups4") == 0.0


def test_s30_what_is_left_on_in_safe_mode_is_not_told_to_go_off(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    run.asked_to_stop.add("blade1")
    room.journal.healthy = False
    task = armed(run)
    room.until(1)
    assert [eager for _, _, eager in room.servers["blade1"].watchers] == [True], "halted is to be seen soon"
    room.until(1000)
    assert task.over
    assert (ups5.sent, written(room, Kind.OFF_ARMED)) == ([], [])
    assert words(room) == ["S30", "S30"], "refused, and left on, once"


def test_s30_in_safe_mode_it_goes_off_when_its_servers_are_seen_down(
    run: Run, room: HandRoom, ups5: HandUps
) -> None:
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    run.asked_to_stop.add("blade1")
    room.journal.healthy = False
    armed(run)
    room.until(60)
    assert ups5.sent == []
    room.servers["blade1"].show(os=Os.HALTED)
    room.until(61)
    assert ups5.sent == ["off graceful"]


# Seen off


@pytest.mark.parametrize(("upses", "remembered"), [(("ups7",), ["ups4"]), ((), [])])
def test_x_07_of_an_arrays_upses_it_is_remembered_where_another_falls_after_it(
    site: Site, upses: tuple[str, ...], remembered: list[str]
) -> None:
    """Though another array hangs on it alone."""
    linked, ups4 = site.arrays["linkeddisk"], site.upses["ups4"]
    ups7 = replace(ups4, name="ups7", number=7)
    more = replace(linked, enclosures=upses or linked.enclosures), replace(linked, name="other")
    room = room_of(with_more(site, ups7, *more))
    for array in room.arrays.values():
        array.show(flush=Flush.DONE)
    room.run.hear(Row(Kind.OFF_ARMED, "ups4", 1, "control1/1", 0.0, {"falls_in_s": 10.0}))
    room.run.spawn(see_off(room.run, room.site.upses["ups4"], []))
    room.until(10)
    assert [eager for _, _, eager in room.upses["ups4"].watchers] == [True]
    room.upses["ups4"].show(output_on=False)
    room.until(11)
    assert written(room, Kind.SEEN_OFF) == remembered


# Another node's OFF counted down when its card was heard last


def test_s15_n3_what_another_has_told_is_not_told_again_while_its_card_is_silent(
    room: HandRoom, ups5: HandUps
) -> None:
    """His row was lost with most of what the network carries, and the card was heard between (seed 60479)."""
    ups5.show(off_armed=True)
    room.until(5)
    ups5.fall_silent()
    room.until(30)
    room.run.spawn(note_off(room.run, room.site.upses["ups5"], Off.GRACEFUL))
    armed(room.run)
    room.until(200)
    assert (ups5.sent, words(room)) == ([], ["C12"])
    assert room.run.to_be_told == set()
    longest_s = timing.graceful_off_s(room.site.upses["ups5"])
    assert room.run.facts.armed["ups5"].falls_at_s == pytest.approx(5 + longest_s, abs=6.0)


def test_s9_n3_what_counted_down_in_no_outage_yet_is_no_off_of_this_one(site: Site) -> None:
    """It was told for a night, say, and fell as the card fell silent; its row is of that time (seed 105)."""
    room = HandRoom(site)
    room.upses["ups5"].lose_mains()
    room.upses["ups5"].show(off_armed=True)
    room.until(5)
    room.upses["ups5"].fall_silent()
    room.until(30)
    declare(room.run)
    for name in BLADES:
        room.servers[name].show(os=Os.HALTED)
    armed(room.run)
    room.until(200)
    assert "C12" not in words(room)
    assert room.upses["ups5"].sent


def test_s15_l4_once_that_has_had_its_longest_time_its_last_word_says_nothing_any_more(
    room: HandRoom, ups5: HandUps
) -> None:
    """It fell long ago, and with it its card: nobody is told of a countdown."""
    ups5.show(off_armed=True)
    room.until(5)
    ups5.fall_silent()
    room.until(5 + 421)
    armed(room.run)
    room.until(600)
    assert "C12" not in words(room)
