"""The legend of a page's timeline: only what it shows, in the order of an outage."""

from __future__ import annotations

from dataclasses import dataclass

from teiden.plots.beside import HELD_BY_HAND, JOB, JOB_FAILED, SILENT
from teiden.plots.palette import LOOKS, OFF
from teiden.plots.words import word
from teiden.reports.paint import slug
from teiden.reports.picture import Picture

ORDER = {
    **{state: state for state in (*LOOKS, OFF)},
    SILENT: "card silent",
    HELD_BY_HAND: "on hold",
    JOB: "job",
    "trouble": "gone wrong",
    "spare": "time to spare",
    "v": "stop command",
    "^": "start command",
}
VISIBLE_PX = 1.5
"""What is narrower is no state that anyone would look up."""


@dataclass(frozen=True, slots=True)
class Entry:
    kind: str
    label: str


def legend(picture: Picture) -> list[Entry]:
    shown: set[str] = set()
    for lane in picture.lanes:
        shown |= {box.kind for box in lane.boxes if box.b - box.a > VISIBLE_PX and not box.trouble}
        shown |= {"trouble" for box in lane.boxes if box.trouble}
        shown |= {JOB if box.kind == slug(JOB_FAILED) else box.kind for box in lane.beside}
        shown |= {"spare" for _ in lane.spare} | {"^" if mark.up else "v" for mark in lane.marks}
    return [Entry(slug(kind), word(label)) for kind, label in ORDER.items() if slug(kind) in shown]
