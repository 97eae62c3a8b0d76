"""A stream of events becomes a table that an operator reads: grouped, with reasons, about a screen long."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from sequencer.events import NAMES, Event, Source
from teiden import events_file
from teiden.files.story_file import load_stories
from teiden.narrate import Importance, Past, Row, main_rows, narrate
from teiden.narration.table import table
from teiden.rehearsal import Rehearsal, rehearse

ROOT = Path(__file__).parents[2]


@cache
def rehearsed(story: str) -> Rehearsal:
    """`site-outage`, or `file:item`; each is played once."""
    file, _, item = story.partition(":")
    stories = load_stories(ROOT / "scenarios" / f"{file}.yaml")
    return rehearse(next(s for s in stories if item in s.name))


@pytest.fixture
def outage() -> Rehearsal:
    return rehearsed("site-outage")


def seen(t: float, name: str, subject: str, by: str = "control1", **details: object) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


def told(rows: list[Row], beginning: str) -> Row:
    """The first main row that begins like this."""
    return next(row for row in main_rows(rows) if row.what.startswith(beginning))


def test_a_whole_outage_fits_on_a_screen(outage: Rehearsal) -> None:
    assert 15 <= len(main_rows(outage.rows)) <= 25


def test_the_way_down_reads_like_a_log_book(outage: Rehearsal) -> None:
    rows = outage.rows
    assert told(rows, "utility").what == "utility lost; ups1 .. ups6 on battery"
    assert told(rows, "ups4 outage").because == "on battery 30 s, first seen at 3 s"
    assert told(rows, "blade1 blade2 rack1 rack2 shutting down").because == "they use linkeddisk"
    assert told(rows, "OFF to ups5, ups6").because == "output off in 420 s = 180 + 120 + 120"
    assert told(rows, "blade1 blade2 rack1 rack2 halted").because == "330 s before ups5 ups6 go off"
    assert told(rows, "linkeddisk flushing").because == "ups5 and ups6 seen off; limit ends at 755 s"
    assert told(rows, "linkeddisk flushed; OFF to ups4, output off").because == "192 s, limit 300 s"
    assert told(rows, "ssccluster stopping").because.startswith("ups3 outage confirmed (900 s); ups4 off for")
    assert told(rows, "ssccluster stopped; OFF to ups1, ups2, ups3").because == "120 s, limit 300 s"
    assert told(rows, "control1 control2 halted").because == "120 s before ups3 goes off"


def test_the_way_up_says_what_each_step_waited_for(outage: Rehearsal) -> None:
    rows = outage.rows
    by_themselves = told(rows, "ups1 ups2 output on; control1 control2 booting")
    assert by_themselves.because == "by themselves, 60 s after the mains"
    assert told(rows, "ups3 output on").because == "control1 up, looked again from the top"
    assert told(rows, "ssccluster restart").because == "controldisk ready"
    assert told(rows, "ssccluster running; ups4 output on")
    power = next(row for row in main_rows(rows) if "ups5" in row.what and "output on" in row.what)
    assert power.what in ("ups5 output on, ups6 10 s later", "ups6 output on, ups5 10 s later")
    assert power.because.startswith("linkeddisk ready for 1")
    assert main_rows(rows)[-1].what.endswith("10 s later")
    assert main_rows(rows)[-1].because.startswith("incident closed, 21 min 5")


def test_what_both_nodes_saw_is_told_once(outage: Rehearsal) -> None:
    for words in ("ups5 ups6 output off", "linkeddisk flushing", "ssccluster stopped"):
        assert sum(words in row.what for row in main_rows(outage.rows)) == 1


def test_every_event_stands_in_one_row_at_most_and_nearly_all_in_one(outage: Rehearsal) -> None:
    rows = [id(event) for row in outage.rows for event in row.events]
    assert len(rows) == len(set(rows))
    left_out = {event.name for event in outage.past.told} - {e.name for r in outage.rows for e in r.events}
    assert left_out == {"run.started", "ups.charge"}


def test_rows_come_in_the_order_of_time(outage: Rehearsal) -> None:
    times = [row.t for row in outage.rows]
    assert times == sorted(times)


def test_a_refusal_names_its_rule_its_reason_and_how_long_it_can_last() -> None:
    rows = rehearsed("ver1-flush-timeout:control_stop=hold,runtime=30m").rows
    refusal = told(rows, "refused: stop ssccluster")
    assert refusal.because == "S5  linkeddisk is still flushing, until 1655 s at the latest"
    assert refusal.importance is Importance.TROUBLE
    assert told(rows, "ups3 outage confirmed").t <= refusal.t
    assert told(rows, "ssccluster stopping").because.startswith("held for ")


def test_lost_data_is_trouble_beside_the_power_that_took_it() -> None:
    rows = rehearsed("weak-battery").rows
    lost = next(row for row in main_rows(rows) if "LOST DATA" in row.what)
    assert lost.importance is Importance.TROUBLE
    assert "battery empty, output off" in lost.what


def test_what_a_story_declares_to_break_is_told_and_is_no_alarm() -> None:
    row = told(rehearsed("weak-battery").rows, "S18 broken as declared")
    assert row.importance is Importance.MAIN


def test_a_wait_for_charge_is_told_once_with_its_rule() -> None:
    rows = rehearsed("weak-battery").rows
    waits = [row for row in main_rows(rows) if "ups3 waits" in row.what]
    assert len(waits) == 1
    assert waits[0].because.startswith("S17  charge")


def test_a_second_outage_opens_a_chapter_of_its_own() -> None:
    rehearsal = rehearsed("second-outage")
    rows = main_rows(rehearsal.rows)
    (second,) = [row for row in rows if row.opens]
    assert "utility lost" in second.what
    lines = table(rows, rehearsal.past.zero_s, rehearsal.story.start)
    assert lines[lines.index("") + 1].split()[0] == "28200"


def test_a_run_that_ends_in_the_middle_says_what_is_still_open(outage: Rehearsal) -> None:
    cut = [event for event in outage.events if event.t < 2000]
    rows = narrate([*cut, Event(2000.0, "run.ended", "reference", "room", Source.FACT)])
    assert told(rows, "the run ends").because.startswith("the incident is still open")


def test_a_live_stream_without_facts_tells_the_same_outage(outage: Rehearsal) -> None:
    started = outage.events[0]
    live = [started, *(event for event in outage.events if not event.is_fact)]
    words = "\n".join(row.what for row in main_rows(narrate(live)))
    for expected in (
        "OFF to ups5, ups6",
        "rack2 halted",
        "linkeddisk flushed",
        "ssccluster restart",
        "blade2 up",
    ):
        assert expected in words
    assert words.count("ssccluster stopped") == 1


def test_an_older_recording_without_wiring_is_told_without_those_reasons() -> None:
    recording = events_file.read(str(ROOT / "tests/fixtures/reference-outage.jsonl"))
    rows = main_rows(narrate(recording.events))
    assert 15 <= len(rows) <= 25
    assert told(rows, "ssccluster stopping").because.startswith("ups3 outage confirmed")


def test_every_event_of_the_vocabulary_has_words() -> None:
    for name in NAMES:
        told = [narrate([Event(1.0, name, "ups1", "control1", source)]) for source in Source]
        assert any(told) or name in ("run.started", "ups.charge"), name
        assert all(row.what and "{" not in row.what + row.because for rows in told for row in rows), name


def test_details_of_a_foreign_stream_may_be_anything() -> None:
    keys = (
        "because",
        "first_seen",
        "falls_in_s",
        "limit_s",
        "cause",
        "rule",
        "text",
        "command",
        "devices",
        "start",
    )
    nonsense = ("", "later", None, True, [1], {"a": {}}, -1, 3.5)
    chance = random.Random(0)
    events = [
        Event(
            float(t),
            chance.choice(list(NAMES)),
            "x",
            "n",
            Source.SEEN,
            {k: chance.choice(nonsense) for k in keys},
        )
        for t in range(300)
        for _ in range(2)
    ]
    assert narrate(events)


@pytest.mark.parametrize("seed", range(5))
def test_a_stream_with_holes_is_told_all_the_same(outage: Rehearsal, seed: int) -> None:
    """Seed in the test's name."""
    chance = random.Random(seed)
    events = [event for event in outage.events if chance.random() < 0.6]
    rows = narrate(events)
    assert sorted(row.t for row in rows) == [row.t for row in rows]


def test_nothing_is_told_of_nothing() -> None:
    assert narrate([]) == []
    assert table([], 0.0) == []


# Groups


def test_devices_one_after_the_other_are_told_with_their_distance() -> None:
    rows = narrate([seen(10.0, "server.up", "a"), seen(10.4, "server.up", "b"), seen(21.0, "server.up", "c")])
    assert [row.what for row in rows] == ["a b up, c 11 s later"]


def test_a_long_procession_is_told_with_its_length() -> None:
    rows = narrate([seen(10.0 * n, "ups.output_on", f"ups{n}") for n in range(1, 9)])
    assert [row.what for row in rows] == ["ups1 .. ups8 output on within 70 s"]


def test_an_hour_apart_is_another_row() -> None:
    rows = narrate([seen(10.0, "server.up", "a"), seen(3610.0, "server.up", "b")])
    assert [row.what for row in rows] == ["a up", "b up"]


def test_a_command_that_fails_again_and_again_is_one_row() -> None:
    events = []
    for n in range(8):
        events.append(seen(100 + 8.0 * n, "command.sent", "control1", command="shutdown"))
        events.append(
            seen(101 + 8.0 * n, "command.failed", "control1", command="shutdown", reason="no answer in 1 s")
        )
    rows = main_rows(narrate(events))
    assert [row.what for row in rows] == ["shutdown to control1", "failed: shutdown control1"]
    assert rows[1].because == "no answer in 1 s, 8 times in 56 s"


def test_an_alarm_about_two_devices_names_both() -> None:
    alarm: Callable[[str], Event] = lambda ups: seen(  # noqa: E731
        5.0, "alarm.raised", ups, rule="S3", text=f"{ups} not seen off 60 s after it should be"
    )
    (row,) = narrate([alarm("ups5"), alarm("ups6")])
    assert row.because == "S3  ups5 ups6 not seen off 60 s after it should be"


def test_a_card_that_falls_silent_with_its_ups_is_a_detail_and_else_is_news() -> None:
    rows = narrate(
        [
            seen(1.0, "ups.output_off", "ups1"),
            seen(11.0, "card.silent", "ups1"),
            seen(12.0, "card.silent", "ups2"),
        ]
    )
    assert [row.what for row in main_rows(rows)] == ["ups1 output off", "card of ups2 silent"]


def test_past_knows_when_an_armed_off_falls(outage: Rehearsal) -> None:
    past: Past = outage.past
    sent = next(e for e in outage.events if e.name == "command.sent" and e.subject == "ups5")
    assert past.falls_at_s("ups5", sent.t - 1) is None
    assert past.falls_at_s("ups5", sent.t + 1) == pytest.approx(sent.t + 420)
    assert past.falls_at_s("ups5", sent.t + 1000) is None


def test_two_outages_never_share_a_row() -> None:
    """Mains that blink every ten seconds: the second time is a row of its own, not `10 s later`."""
    blinks = [
        Event(t, name, who, "room", Source.FACT)
        for t0 in (600.0, 610.0)
        for t, name, who in (
            *((t0, "mains.lost", "utility"), (t0, "ups.on_battery", "ups1"), (t0, "ups.on_battery", "ups2")),
            *((t0 + 4, "mains.restored", "utility"), (t0 + 4, "ups.on_line", "ups1")),
            (t0 + 4, "ups.on_line", "ups2"),
        )
    ]
    rows = [row.what for row in main_rows(narrate(blinks))]
    assert rows == ["utility lost; ups1 ups2 on battery", "utility restored; ups1 ups2 on line"] * 2


def test_each_night_is_a_chapter_and_says_why_its_servers_stop() -> None:
    night = [
        (600.0, "schedule.fired", "nightly", {"goal": "down", "servers": "blade1"}),
        (600.1, "server.shutting_down", "blade1", {}),
        (3480.0, "schedule.fired", "nightly", {"goal": "up", "servers": "blade1"}),
        (3660.0, "server.up", "blade1", {}),
    ]
    nights = [
        seen(t + day * 86400, name, who, **details) for day in (0, 1) for t, name, who, details in night
    ]
    rows = main_rows(narrate(nights))
    assert [row.opens for row in rows] == [False] * 4 + [True] + [False] * 3
    assert told(rows, "blade1 shutting down").because == "schedule nightly"


def test_a_request_says_for_whom_it_is_and_who_asked() -> None:
    asked = seen(
        60.0, "request.accepted", "reference", wish="power_off", of="blade1, blade2", asked_by="operator"
    )
    assert told(narrate([asked]), "request accepted").because == "blade1, blade2; asked by operator"
