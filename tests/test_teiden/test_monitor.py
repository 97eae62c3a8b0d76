"""The monitor of a live stream: it judges as the stream grows, and what it finds is an alarm."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.events import Event, Source, Stream
from teiden.judge.invariants.catalogue import INVARIANTS
from teiden.judge.invariants.invariant import Breach
from teiden.monitor import MONITORED, Monitor, monitored
from tests.worlds import HOUR_S, NODES, out, play, reference_site

ME = "control1"
HEAD = Event(0.0, "run.started", "reference", ME, Source.SEEN, {"armed": True})


def watched(*events: Event) -> list[dict[str, Any]]:
    """The alarms of a monitor that hears these."""
    stream = Stream()
    monitored(stream, reference_site(), HEAD, ME, lambda: 999.0)
    for event in events:
        stream.seen(event.t, event.name, event.subject, event.by, **event.details)
    return [
        {"subject": e.subject, **e.details}
        for e in stream
        if e.name == "alarm.raised" and "rule" in e.details
    ]


def word(t: float, name: str, subject: str, **details: Any) -> Event:
    return Event(t, name, subject, ME, Source.SEEN, details)


def began(node: str) -> tuple[str, str, str, Source, dict[str, Any]]:
    return "run.started", "reference", node, Source.SEEN, {"armed": True}


LEASE = word(1.0, "lease.taken", "reference")
OFF = {"command": "off", "how": "graceful", "falls_in_s": 420.0}


def test_the_rules_of_what_nodes_know_are_monitored() -> None:
    assert {rule.id for rule in MONITORED} == {
        *("S10", "S11", "S12", "S14", "S29", "S30", "S33", "S34", "S36", "L4", "L7", "L9")
    }
    assert set(MONITORED) <= set(INVARIANTS)


def test_a_broken_rule_becomes_an_alarm_with_its_id() -> None:
    (alarm,) = watched(word(5.0, "command.sent", "ups5", **OFF))

    assert alarm["rule"] == "S14"
    assert alarm["text"] == "S14 is broken: control1 sent off to ups5 at 5 s, without the lease"
    assert alarm["subject"] == ME


def test_what_is_broken_again_is_said_once_in_an_incident() -> None:
    sent = [word(t, "command.sent", "ups5", **OFF) for t in (5.0, 15.0)]

    assert len(watched(*sent)) == 1
    closed = word(10.0, "incident.closed", "reference")
    assert len(watched(sent[0], closed, sent[1])) == 2


@pytest.mark.parametrize("node", NODES)
def test_an_outage_in_order_raises_no_alarm_of_the_monitors(node: str) -> None:
    """Each life of a service has a stream and a monitor of its own, with the words of that node alone."""
    heard: list[Breach] = []
    monitor = Monitor(reference_site(), HEAD, heard.append)
    words = 0
    for event in play(out(0.0, 2 * HOUR_S)).events:
        if event.by == node:
            words += 1
            monitor.hear(event)
        elif event.name == "server.up" and event.subject == node:
            monitor = Monitor(reference_site(), Event(event.t, *began(node)), heard.append)

    assert words > 30
    assert [breach.text for breach in heard] == []


def test_the_monitor_hears_nothing_of_its_own_alarms() -> None:
    """Its alarm about S30 of a node must not be taken for a broken journal."""
    alarms = watched(LEASE, *[word(2.0 + n / 10, "command.sent", "ups5", **OFF) for n in range(4)])

    assert {alarm["rule"] for alarm in alarms} == {"S33"}


def test_a_mistake_of_the_monitor_stops_nothing_but_itself(caplog: pytest.LogCaptureFixture) -> None:
    def fails(_: object) -> None:
        raise ValueError("a mistake")

    monitor = Monitor(reference_site(), HEAD, fails)
    monitor.hear(word(5.0, "command.sent", "ups5", **OFF))
    monitor.hear(word(9.0, "command.sent", "ups6", **OFF))

    assert len([r for r in caplog.records if "watches no more" in r.getMessage()]) == 1
