"""Who of an array's servers is lost when its battery ends, and who is waited for then (S2, S18)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.shortage import is_lost, writes_no_more
from sequencer.site import Site
from sequencer.task import Task
from tests.hands import HandRoom
from tests.short_battery import halt, on, room_of
from tests.worlds import fault, out, play


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


def lost(room: HandRoom, *servers: str) -> None:
    room.run.given_up.update(servers)
    for name in servers:
        room.servers[name].fall_silent()


def flushed_in_a_hurry(room: HandRoom) -> Task:
    """What of its servers may still write is waited for."""
    task = room.run.spawn(writes_no_more(room.run, room.site.arrays["linkeddisk"]))
    on(room)
    return task


def test_s18_a_server_that_is_lost_holds_up_no_cut_that_its_battery_makes_anyway(room: HandRoom) -> None:
    halt(room, "blade1", "blade2", "rack1")
    halt(room, *(s.name for s in room.site.pool_servers))
    lost(room, "rack2")
    task = flushed_in_a_hurry(room)
    assert not task.over
    room.upses["ups4"].show(low_battery=True)
    on(room)
    assert task.over


def test_s18_a_card_that_tells_no_time_and_no_low_battery_is_at_its_end(room: HandRoom) -> None:
    """Waited for as one that does not end yet, it answered in the same instant, without end (U10)."""
    halt(room, "blade1", "blade2", "rack1", *(s.name for s in room.site.pool_servers))
    lost(room, "rack2")
    task = flushed_in_a_hurry(room)
    assert not task.over
    room.upses["ups4"].show(runtime_s=0.0)
    for _ in range(100):
        if room.env.peek() < room.run.now + 1.0:
            room.env.step()
    assert task.over


def test_s2_but_one_that_is_heard_does(room: HandRoom) -> None:
    halt(room, "blade1", "blade2", "rack1")
    room.upses["ups4"].show(low_battery=True)
    task = flushed_in_a_hurry(room)
    assert not task.over
    room.run.given_up.add("rack2")
    room.run.announce()
    on(room)
    assert not task.over, "it answers that it is on its way down"
    halt(room)
    room.run.announce()
    on(room)
    assert task.over


def test_s2_nor_does_a_low_battery_count_while_there_are_mains(room: HandRoom) -> None:
    halt(room, "blade1", "blade2", "rack1")
    lost(room, "rack2")
    room.upses["ups4"].show(mains=True, on_battery=False, low_battery=True)
    task = flushed_in_a_hurry(room)
    assert not task.over
    room.upses["ups4"].show(status=None, mains=False, on_battery=True, output_on=False)
    on(room)
    assert not task.over


FELL_S = 420.0


def unheard(site: Site, life: str = "control1/0", ago_s: float | None = FELL_S + 31.0) -> HandRoom:
    """A life that has begun in the dark: neither ups5 nor blade1 has ever answered it; it reads a row."""
    room = HandRoom(site)
    for thing in (room.upses["ups5"], room.servers["blade1"]):
        thing.status = None
        thing.fall_silent()
    wall = {} if ago_s is None else {"wall_s": room.run.wall_s() - ago_s}
    details = {"falls_in_s": FELL_S, **wall}
    room.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, life, room.run.now, details))
    return room


def counts_as_lost(room: HandRoom) -> bool:
    return is_lost(room.run, room.site.servers["blade1"])


def test_s18_l2_whose_off_was_due_before_this_life_began_and_who_is_unheard_is_lost(site: Site) -> None:
    assert counts_as_lost(unheard(site))


@pytest.mark.parametrize(
    ("life", "ago_s"),
    [("control1/1", FELL_S + 31.0), ("control1/0", FELL_S + 30.0), ("control1/0", None)],
    ids=["our own row", "its evidence is a second short", "no clock tells since when"],
)
def test_s3_not_where_the_clocks_do_not_say_that_it_is_over(
    site: Site, life: str, ago_s: float | None
) -> None:
    assert not counts_as_lost(unheard(site, life, ago_s))


def test_s3_nor_whom_nobody_has_told_to_go_off(site: Site) -> None:
    room = unheard(site)
    del room.run.facts.armed["ups5"]
    assert not counts_as_lost(room)


def test_s3_nor_one_that_answered_once_or_whose_card_did(site: Site) -> None:
    fresh = HandRoom(site)
    card, server = unheard(site), unheard(site)
    card.upses["ups5"].show(fresh.upses["ups5"].status)
    card.upses["ups5"].fall_silent()
    server.servers["blade1"].show(fresh.servers["blade1"].status)
    server.servers["blade1"].fall_silent()
    assert not counts_as_lost(card)
    assert not counts_as_lost(server)


def test_s3_nor_one_that_answers(site: Site) -> None:
    room = unheard(site)
    room.servers["blade1"].show(HandRoom(site).servers["blade1"].status)
    assert not counts_as_lost(room)


@pytest.mark.parametrize("silent", [False, True])
def test_s11_who_was_halted_by_his_last_word_is_lost_when_he_falls_silent(
    room: HandRoom, silent: bool
) -> None:
    blade1 = room.site.servers["blade1"]
    halt(room, "blade1")
    if silent:
        room.servers["blade1"].fall_silent()
    assert is_lost(room.run, blade1) is silent


def test_u19_l2_whose_power_has_fallen_with_another_ups_keeps_no_disk_from_its_flush_for_good() -> None:
    """ups5 is in maintenance and stays on; but they hang on ups6, and fall with that (seed 185795)."""
    held, mixed = fault("ups_in_maintenance", "ups5", -100), fault("loads_mixed_up", "ups5", -50)
    tale = play(held, mixed, out(0, 4000), until_s=3000.0)
    tale.once("array.flushed linkeddisk")
    tale.never("array.lost_data linkeddisk")
