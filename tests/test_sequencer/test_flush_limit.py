"""The flush limit counts from when the array was asked, whoever asked it (R6-42, S25, X-07)."""

from __future__ import annotations

from functools import partial

import pytest

from sequencer.array_off import flush, note_flush, refusal_to_flush
from sequencer.journal import Kind, Row
from sequencer.ports import Flush, Os
from sequencer.site import Site
from tests.hands import NO, YES, HandRoom
from tests.worlds import LINKED

ASKED_AT_S = 10.0
TAKEN_OVER_AT_S = 200.0


@pytest.fixture
def taken_over(by_hand: HandRoom) -> HandRoom:
    """The other node has asked for the flush, copied that to us, and died."""
    room, run = by_hand, by_hand.run
    for ups in room.upses.values():
        ups.lose_mains()
    for name in ("blade1", "blade2", "rack1", "rack2"):
        room.servers[name].show(os=Os.HALTED)
    run.settled |= {"ups5", "ups6"}
    room.until(ASKED_AT_S)
    run.hear(
        Row(Kind.DECLARED, "reference", 1, "control2/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups4", 1, "control2/1", 0.0),
        Row(Kind.FLUSH_ASKED, "linkeddisk", 1, "control2/1", 0.0),
    )
    room.until(TAKEN_OVER_AT_S)
    return room


def timed_out_at_s(room: HandRoom) -> float:
    run = room.run
    run.spawn(flush(run, room.site.arrays["linkeddisk"]))
    room.until(3000)
    (end,) = room.told("array.flush_timed_out")
    assert end["limit_s"] == room.site.linkage.flush_limit_s
    return float(end["t"])


def test_s25_a_flush_under_way_ends_at_the_limit_of_whoever_asked_for_it(taken_over: HandRoom) -> None:
    taken_over.arrays["linkeddisk"].show(flush=Flush.UNDER_WAY)
    limit_s = taken_over.site.linkage.flush_limit_s
    assert timed_out_at_s(taken_over) == pytest.approx(ASKED_AT_S + limit_s, abs=1)
    assert taken_over.arrays["linkeddisk"].sent == []


def test_s25_one_under_way_past_that_limit_is_over_at_once(taken_over: HandRoom) -> None:
    """Nothing is left to wait for, and nothing was asked by us: it is told once, and not for ever."""
    limit_s = taken_over.site.linkage.flush_limit_s
    late_s = ASKED_AT_S + limit_s + 90.0
    taken_over.until(late_s)
    taken_over.arrays["linkeddisk"].show(flush=Flush.UNDER_WAY)
    assert timed_out_at_s(taken_over) == pytest.approx(late_s, abs=1)
    assert len(taken_over.told("step.started", "linkeddisk")) == 1


def test_s25_one_that_was_written_down_and_never_reached_the_array_has_its_whole_limit(
    taken_over: HandRoom,
) -> None:
    limit_s = taken_over.site.linkage.flush_limit_s
    assert timed_out_at_s(taken_over) == pytest.approx(TAKEN_OVER_AT_S + limit_s, abs=1)
    assert taken_over.arrays["linkeddisk"].sent == ["flush"]


def test_s25_s2_a_row_of_another_life_is_no_request_where_none_may_be_sent(taken_over: HandRoom) -> None:
    """A server runs for all of the limit: the array is not given up unflushed that nobody has asked to."""
    blade1, array, limit_s = taken_over.servers["blade1"], taken_over.arrays["linkeddisk"], 300.0
    blade1.show(os=Os.UP)
    taken_over.run.spawn(flush(taken_over.run, taken_over.site.arrays["linkeddisk"]))
    taken_over.until(TAKEN_OVER_AT_S + 2 * limit_s - 10)
    assert (array.sent, taken_over.told("array.flush_timed_out")) == ([], [])
    blade1.show(os=Os.HALTED)
    array.replies = [NO] * 100
    taken_over.until(3000)
    (end,) = taken_over.told("array.flush_timed_out")
    assert len(array.sent) > 1
    assert end["t"] >= TAKEN_OVER_AT_S + 3 * limit_s - 20, "asked late, it has its whole limit from then on"


# Used again since it was asked (S2)


@pytest.mark.parametrize("silent", [False, True])
def test_s2_a_flush_that_was_under_way_when_it_was_used_again_does_not_count(
    taken_over: HandRoom, silent: bool
) -> None:
    """H6: who was booted and forced may have written; asked while it flushes it would take it for done.
    Silent for a moment it does so still, by its last word (N3)."""
    array, run = taken_over.arrays["linkeddisk"], taken_over.run
    array.show(flush=Flush.UNDER_WAY)
    if silent:
        array.fall_silent()
        array.after(20.0, lambda: array.show(flush=Flush.UNDER_WAY))
    run.spawn(flush(run, taken_over.site.arrays["linkeddisk"], again=True))
    taken_over.until(TAKEN_OVER_AT_S + 100)
    assert array.sent == []
    array.show(flush=Flush.DONE)
    taken_over.until(TAKEN_OVER_AT_S + 101)
    assert array.sent == ["flush"]
    assert "linkeddisk" in run.facts.flush_settled


@pytest.mark.parametrize("heard", [True, False])
def test_s2_a_flush_that_this_incident_has_not_asked_for_does_not_count(
    taken_over: HandRoom, heard: bool
) -> None:
    """O1, H6: whoever was booted since, and is off again, has perhaps been seen by nobody who is here now."""
    array, run = taken_over.arrays["linkeddisk"], taken_over.run
    run.hear(Row(Kind.DECLARED, "reference", 2, "control2/1", 0.0, {"was_running": []}))
    if not heard:
        array.fall_silent()
        run.spawn(flush(run, taken_over.site.arrays["linkeddisk"]))
        taken_over.until(TAKEN_OVER_AT_S + 0.5)
    array.show(flush=Flush.DONE)
    if heard:
        run.spawn(flush(run, taken_over.site.arrays["linkeddisk"]))
    taken_over.until(TAKEN_OVER_AT_S + 110)
    assert (array.sent, run.facts.flush_settled) == (["flush"], {"linkeddisk"})
    run.spawn(flush(run, taken_over.site.arrays["linkeddisk"]))
    taken_over.until(TAKEN_OVER_AT_S + 120)
    assert array.sent == ["flush"], "which is over, whichever page asks"


def test_s2_one_that_says_it_is_flushed_still_is_asked_until_it_takes_it(taken_over: HandRoom) -> None:
    array, run = taken_over.arrays["linkeddisk"], taken_over.run
    array.show(flush=Flush.DONE)
    array.replies = [NO, YES]
    run.spawn(flush(run, taken_over.site.arrays["linkeddisk"], again=True))
    taken_over.until(TAKEN_OVER_AT_S + 1)
    assert (array.sent, run.facts.flush_settled) == (["flush"], set())
    taken_over.until(TAKEN_OVER_AT_S + 10)
    assert (array.sent, run.facts.flush_settled) == (["flush", "flush"], {"linkeddisk"})


def test_s2_used_once_more_meanwhile_it_is_not_asked_yet(taken_over: HandRoom) -> None:
    array, run = taken_over.arrays["linkeddisk"], taken_over.run
    array.show(flush=Flush.DONE)
    run.used_again.add("linkeddisk")
    run.spawn(flush(run, taken_over.site.arrays["linkeddisk"], again=True))
    taken_over.until(TAKEN_OVER_AT_S + 10)
    assert array.sent == []


def test_s3_before_a_flush_is_asked_for_and_again_its_servers_are_looked_at_once_more(site: Site) -> None:
    room = HandRoom(site)
    array = site.arrays["linkeddisk"]
    refusal = partial(refusal_to_flush, room.run, array)
    room.run.spawn(note_flush(room.run, array, refusal))
    room.until(1)
    assert room.upses["ups5"].looks == 1, "it may be long since they were seen off"
    room.servers["blade1"].show(os=Os.BOOTING)
    room.run.spawn(note_flush(room.run, array, refusal))
    room.until(2)
    assert (room.upses["ups5"].looks, room.servers["blade1"].looks) == (2, 2)
    assert room.journal.kept == [], "refused for who runs: that is not asked, and no limit begins (S25)"
    room.upses["ups4"].lose_mains()
    for name in LINKED:
        room.servers[name].show(os=Os.HALTED)
    room.run.settled |= {"ups5", "ups6"}
    room.until(20)
    room.run.spawn(note_flush(room.run, array, refusal))
    room.until(30)
    assert [row.kind for row in room.journal.kept] == [Kind.FLUSH_ASKED]
