"""What stands above and below the panels: title, verdict, the numbers that matter, legend, provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from sequencer.events import Event
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.plots.headline import Number
from teiden.plots.marks import HELD_BY_HAND, JOB, SILENT
from teiden.plots.style import (
    ALARM,
    COMMAND,
    FAINT,
    GOOD,
    HAND,
    HELD,
    INK,
    LOOKS,
    MUTED,
    fitted,
    printable,
    width_in,
    wrapped,
)
from teiden.plots.words import word

MARGIN_IN = 0.22
"""White border of the paper."""
LEGEND_IN = 0.34
FOOT_IN = 0.27
TITLE_SIZES = (15.0, 14.0, 13.0)
"""A long sentence is first printed smaller, then broken."""
NUMBERS_SIZE = 10.5
LEGEND_SIZE = 9.0
TITLE_LINE_IN = 0.29
NUMBERS_LINE_IN = 0.23
BETWEEN_IN = 0.36


@dataclass(frozen=True, slots=True)
class Texts:
    """What the stream, or the caller, says about the run as a whole."""

    title: str
    verdict: str
    holds: bool | None
    start: datetime | None
    provenance: str


def texts(events: Sequence[Event], title: str | None, verdict: str | None, holds: bool | None) -> Texts:
    """What the caller gives wins over what the stream tells."""
    started = _details(events, "run.started")
    ended = _details(events, "run.ended")
    site = str(started.get("site") or "")
    sentence = started.get("sentence") or started.get("story") or ""
    told = [
        title,
        str(sentence),
        str(started.get("story") or ""),
        t("Outage of {site}", site=site) if site else t("Timeline"),
    ]
    if holds is None and isinstance(ended.get("holds"), bool):
        holds = ended["holds"]
    return Texts(
        next(printable(text) for text in told if text and _survives(text)),
        printable(retold(str(ended.get("verdict") or "")) if verdict is None else verdict),
        holds,
        _start(started),
        printable(_provenance(started)),
    )


def _survives(text: str) -> bool:
    """Without a font for its script a sentence would be rubble; without an emoji it is still a sentence."""
    return len(printable(text)) >= 0.8 * len(" ".join(text.split())) > 0


def _details(events: Sequence[Event], name: str) -> Mapping[str, Any]:
    return next((event.details for event in events if event.name == name), {})


def _start(started: Mapping[str, Any]) -> datetime | None:
    try:
        start = datetime.fromisoformat(str(started.get("start")))
    except ValueError:
        return None
    return start.astimezone(_zone(started)) if start.tzinfo is not None else None


def _zone(started: Mapping[str, Any]) -> tzinfo | None:
    """The site's, whose offset changes with the season; without it that of the start."""
    try:
        return ZoneInfo(str(started["time_zone"]))
    except (KeyError, ValueError, OSError):
        return datetime.fromisoformat(str(started.get("start"))).tzinfo


def _provenance(started: Mapping[str, Any]) -> str:
    """Everything needed to draw this picture again."""
    versions = started.get("versions")
    parts = [
        t("site {name}", name=started["site"]) if started.get("site") else "",
        str(started.get("site_hash") or "")[:23],
        t("start {time}", time=started["start"]) if started.get("start") else "",
        t("seed {n}", n=started["seed"]) if started.get("seed") is not None else "",
        f"Teiden {versions['teiden']}" if isinstance(versions, Mapping) and versions.get("teiden") else "",
    ]
    return "  ·  ".join(part for part in parts if part)


class Head:
    """Measured once, drawn later: its height depends on how the texts break."""

    def __init__(self, texts: Texts, numbers: Sequence[Number], wide: float) -> None:
        self.texts = texts
        self.wide = wide
        room = wide - 2 * MARGIN_IN
        self.badge = "" if texts.holds is None else t("HOLDS") if texts.holds else t("BROKEN")
        badge = width_in(self.badge, 13, bold=True) + 0.45 if self.badge else 0.0
        one_line = (size for size in TITLE_SIZES if width_in(texts.title, size, bold=True) <= room - badge)
        self.title_size = next(one_line, TITLE_SIZES[1])
        self.title = wrapped(texts.title, room - badge, self.title_size, bold=True)
        verdict = width_in(texts.verdict, 9) + 0.3 if texts.verdict else 0.0
        self.numbers = _filled(numbers, room - verdict)

    @property
    def height(self) -> float:
        """From the paper's upper edge to the bottom of the numbers."""
        return 0.17 + TITLE_LINE_IN * len(self.title) + 0.05 + NUMBERS_LINE_IN * len(self.numbers) + 0.06

    def draw(self, paper: Axes, high: float, legend: float, shown: set[str]) -> None:
        y = high - 0.17
        for line in self.title:
            y -= TITLE_LINE_IN
            paper.text(MARGIN_IN, y + 0.08, line, size=self.title_size, weight="bold", color=INK, gid="title")
        y -= 0.05
        right = self.wide - MARGIN_IN
        if self.badge:
            _badge(paper, right, high - 0.17 - TITLE_LINE_IN / 2, self.badge, bool(self.texts.holds))
        if self.texts.verdict:
            paper.text(right, y - 0.155, self.texts.verdict, size=9, color=MUTED, ha="right", gid="verdict")
        for numbers in self.numbers:
            y -= NUMBERS_LINE_IN
            _numbers(paper, y + 0.065, numbers)
        _legend(paper, legend, shown, self.wide)
        paper.text(MARGIN_IN, 0.1, self.texts.provenance, size=7, color=MUTED, gid="provenance")


def _numbers(paper: Axes, y: float, numbers: Sequence[Number]) -> None:
    x = MARGIN_IN
    for number in numbers:
        colour = ALARM if number.trouble else INK
        paper.text(x, y, number.text, size=NUMBERS_SIZE, color=colour, gid="number")
        x += width_in(number.text, NUMBERS_SIZE) + BETWEEN_IN
        if number is not numbers[-1]:
            paper.text(x - BETWEEN_IN / 2, y, "|", size=NUMBERS_SIZE, color=FAINT, ha="center")


def _filled(numbers: Sequence[Number], room: float) -> list[list[Number]]:
    """As many on a line as fit; none is broken unless it alone is too long."""
    lines: list[list[Number]] = []
    taken = room
    for number in numbers:
        text = fitted(printable(number.text), room, NUMBERS_SIZE)
        wide = width_in(text, NUMBERS_SIZE)
        if taken + BETWEEN_IN + wide > room:
            lines.append([])
            taken = -BETWEEN_IN
        lines[-1].append(Number(text, number.trouble))
        taken += BETWEEN_IN + wide
    return lines


def _badge(paper: Axes, right: float, middle: float, text: str, holds: bool) -> None:
    wide = width_in(text, 13, bold=True)
    colour = GOOD if holds else ALARM
    box = FancyBboxPatch(
        (right - wide - 0.2, middle - 0.14),
        wide + 0.2,
        0.28,
        boxstyle="round,pad=0,rounding_size=0.05",
        color=colour,
    )
    paper.add_patch(box)
    look: dict[str, Any] = {"size": 13, "weight": "bold", "color": "white", "va": "center_baseline"}
    paper.text(right - wide / 2 - 0.1, middle, text, ha="center", gid="badge", **look)


_ENTRIES = {
    **{state: state for state in LOOKS},
    "off": "off",
    SILENT: "card silent",
    HELD_BY_HAND: "on hold",
    JOB: "job",
    "trouble": "gone wrong",
    "margin": "time to spare",
    "v": "stop command",
    "^": "start command",
}
"""In the order of an outage."""


def _legend(paper: Axes, y: float, shown: set[str], wide: float) -> None:
    """One line, whatever it takes; only what the picture shows."""
    entries = [(key, label) for key, label in _ENTRIES.items() if key in shown]
    size = LEGEND_SIZE
    while sum(_entry_in(word(label), size) for _, label in entries) > wide - 2 * MARGIN_IN and size > 5:
        size -= 0.25
    x = MARGIN_IN
    for key, label in entries:
        _handle(paper, key, x, y)
        paper.text(
            x + 0.27, y, word(label), size=size, color=INK, va="center_baseline", gid=f"legend-{label}"
        )
        x += _entry_in(word(label), size)


def _entry_in(label: str, size: float) -> float:
    return 0.27 + width_in(label, size) + 0.2


def _handle(paper: Axes, key: str, x: float, y: float) -> None:
    if key in LOOKS:
        look = LOOKS[key]
        paper.add_patch(Rectangle((x, y - 0.055), 0.21, 0.11, facecolor=look.fill, edgecolor="none"))
        if look.hatch:
            lines = Rectangle(
                (x, y - 0.055), 0.21, 0.11, fill=False, edgecolor=look.lines, hatch=look.hatch, lw=0
            )
            paper.add_patch(lines)
    elif key == "off":
        paper.plot([x, x + 0.21], [y, y], color=FAINT, lw=0.9, dashes=(4, 3))
    elif key == SILENT:
        box = Rectangle((x, y - 0.055), 0.21, 0.11, facecolor=LOOKS["on mains"].fill, edgecolor="none")
        lines = Rectangle((x, y - 0.055), 0.21, 0.11, fill=False, edgecolor=MUTED, hatch="xxx", lw=0)
        paper.add_patch(box)
        paper.add_patch(lines)
    elif key == HELD_BY_HAND:
        box = Rectangle((x, y - 0.07), 0.21, 0.14, facecolor=HELD, edgecolor=HAND, lw=1.8)
        paper.add_patch(box)
    elif key == JOB:
        paper.plot([x, x + 0.21], [y, y], color=COMMAND, lw=1.6, marker="|", ms=5, solid_capstyle="butt")
    elif key == "trouble":
        paper.plot([x + 0.1], [y], marker="X", ms=6, mfc=ALARM, mec="white", mew=0.6)
    elif key == "margin":
        ends = {
            "arrowstyle": "<|-|>",
            "lw": 0.9,
            "color": INK,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 6,
        }
        paper.annotate("", (x + 0.21, y), (x, y), arrowprops=ends)
    else:
        paper.plot([x + 0.13], [y], marker=key, ms=5.5, mfc=COMMAND, mec="white", mew=0.6)
