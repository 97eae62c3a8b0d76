"""Which words are looked at, and for whom: S34 and S36 at their edges, and who hears what of a stream."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.site import Snmp
from teiden.judge.history import History
from teiden.judge.invariants.catalogue import listener, watch
from teiden.judge.invariants.invariant import Invariant
from teiden.judge.ledger.room import Room
from teiden.judge.verdict import judge
from tests.told_well import told_well


def told(outage: Any, rule: str, *events: Event) -> Any:
    verdict = told_well(judge([*outage.events, *events], outage.site), outage.site)
    return next(result for result in verdict.invariants if result.id == rule)


def alarm(**details: Any) -> Event:
    return Event(20000.0, "alarm.raised", "ups1", "control1", Source.SEEN, details)


def test_S34_one_event_is_told_once_however_much_it_gives_away(outage: Any) -> None:
    twice = alarm(password="hunter22", secret="hunter22", nested=[{"token": "x"}, {"token": "y"}])
    assert len(told(outage, "S34", twice).breaches) == 1
    inside = alarm(nested=[{"token": "x"}], more={"token": "y"})
    assert len(told(outage, "S34", inside).breaches) == 1


@pytest.mark.parametrize(("secret", "found"), [("abcd", True), ("abc", False)])
def test_S34_three_characters_stand_in_every_text_by_chance(
    outage: Any, monkeypatch: pytest.MonkeyPatch, secret: str, found: bool
) -> None:
    monkeypatch.setenv("TEIDEN_CARD", secret)
    carded = replace(outage.site.upses["ups1"], snmp=Snmp(secret="env:TEIDEN_CARD"))
    telling = outage.at_site(upses={**outage.site.upses, "ups1": carded})
    assert bool(told(telling, "S34", alarm(text=f"it said {secret}")).breaches) is found


def test_S36_a_job_is_something_that_is_sent(outage: Any) -> None:
    watches = Event(1.0, "run.started", "reference", "control1", Source.SEEN, {"armed": False})
    job = Event(2.0, "job.started", "blade1", "control1", Source.SEEN, {"job": "dump", "when": "stop"})
    found = told(outage, "S36", watches, job)
    assert "control1 only watches, and sent dump to blade1 at -598 s" in [b.text for b in found.breaches]


class Notes(Invariant):
    """Writes down what reaches it, and that the run is over."""

    id = "S0"

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.heard: list[str] = []
        self.seen: list[str] = []
        self.ended_s: float | None = None

    def watches(self) -> Any:
        names = ("command.sent off", "server.halted", "run.started", "array.flushing")
        return dict.fromkeys(names, lambda event: self.seen.append(f"{event.name} {event.subject}"))

    def hears(self) -> Any:
        names = (
            "command.sent off",
            "server.halted",
            "run.started",
            "array.flushing",
            "journal.committed wanted",
        )
        return dict.fromkeys(names, lambda event: self.heard.append(f"{event.name} {event.subject}"))

    def end(self, t: float) -> None:
        self.ended_s = t


def noted(telling: Any) -> Notes:
    history = History(telling.events)
    room = Room(telling.site, history)
    notes = Notes(room)
    assert watch(room, history, [notes]) == [notes]
    return notes


def test_a_watcher_sees_everything_of_this_site_and_that_the_run_is_over(outage: Any) -> None:
    more = outage.until(40).plus(
        "5 room server.halted stranger", "6 control1 command.sent stranger command=off"
    )
    notes = noted(more)
    assert notes.seen == ["run.started reference", "command.sent ups5", "command.sent ups6"]
    assert notes.ended_s == 640.0


def test_a_hearer_hears_the_nodes_words_and_the_lives_of_nodes_and_no_other_fact(outage: Any) -> None:
    more = outage.until(40).plus(
        "5 room server.halted control2",
        "6 room server.halted blade1",
        "7 room array.flushing linkeddisk",
        "8 control1 server.halted blade2",
        "9 control1 server.halted stranger",
        "10 control1 journal.committed nightly/2026-11-19/off kind=wanted",
        "11 control1 journal.committed nightly/2026-11-19/off kind=watched",
    )
    assert noted(more).heard == [
        "run.started reference",
        "server.halted control2",
        "server.halted blade2",
        "journal.committed nightly/2026-11-19/off",
        "command.sent ups5",
        "command.sent ups6",
    ]


def test_a_live_stream_tells_the_same_one_by_one(outage: Any) -> None:
    history = History(outage.events)
    room = Room(outage.site, history)
    notes = Notes(room)
    hear = listener(room, [notes])
    for event in outage.events:
        hear(event)
    assert notes.heard == noted(outage).heard


def test_times_in_words_count_from_the_loss_of_mains(outage: Any) -> None:
    history = History(outage.events)
    assert Invariant(Room(outage.site, history)).at(1354.0) == "754 s"
    assert Invariant(Room(outage.site, history)).put_to_test == 0


def test_S36_every_life_and_every_build_is_one_question(outage: Any) -> None:
    def started(node: str, **details: Any) -> Event:
        return Event(1.0, "run.started", "reference", node, Source.SEEN, details)

    build = {"teiden": "1.0", "sequencer": "abc"}
    assert told(outage, "S36", started("control1", armed=False)).put_to_test == 1
    assert told(outage, "S36", started("control1", versions=build)).put_to_test == 1
    other = {**build, "sequencer": "def"}
    both = told(outage, "S36", started("control1", versions=build), started("control2", versions=other))
    assert both.put_to_test == 2
    assert len(both.breaches) == 1
