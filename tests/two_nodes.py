"""The small site with a second control node, and who of the two has told whom what."""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.events import Event
from tests.living import SITE

TWO = (
    SITE.replace("nodes: [control1]", "nodes: [control1, control2]")
    .replace("  ups3:", "  ups2: {number: 2, feed: utility, confirm: 95s}\n  ups3:")
    .replace(
        "  blade1:",
        "  control2: {role: control, upses: [ups2], arrays: [controldisk], shutdown: {limit: 40s}}\n"
        "  blade1:",
    )
    .replace("force_before", "switches: {lan1: {upses: [ups1, ups2]}}\nforce_before")
)


def commands(events: Iterable[Event]) -> list[tuple[float, str, str, str]]:
    sent = [e for e in events if e.name == "command.sent"]
    return [(e.t, e.by, e.subject, str(e.details["command"])) for e in sent]


def at_once(events: Iterable[Event]) -> list[str]:
    """Nodes that sent something while another one commanded, in words."""
    holder: dict[str, bool] = {}
    wrong = []
    for event in events:
        if event.name in ("lease.taken", "lease.lost"):
            holder[event.by] = event.name == "lease.taken"
        elif event.name == "server.halted" and event.is_fact:
            holder[event.subject] = False
        elif event.subject in ("control1", "control2"):
            continue  # a node may always stop itself, and the other one with it
        elif event.name == "command.sent" and any(on for n, on in holder.items() if n != event.by):
            wrong.append(f"{event.t:.1f} s: {event.by} told {event.subject} {event.details['command']}")
    return wrong
