"""The timeline of a page, as shapes in pixels: the rows, marks and flags of a picture, to be zoomed.

Everything along the time axis is given in pixels of the unzoomed axis; a browser stretches them. Long pauses
are cut out as in a picture, so that without a script everything can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from teiden.language.say import t
from teiden.plots.bar_texts import LEAST_LAG_S, texts_of
from teiden.plots.beside import JOB, JOB_FAILED, Stretch
from teiden.plots.margins import Margin, margins
from teiden.plots.moment import Moment
from teiden.plots.palette import LOOKS, OFF
from teiden.plots.rows import Bar, Row
from teiden.plots.time_axis import told
from teiden.plots.words import word
from teiden.reports import clock as on_clock
from teiden.reports.flags import Flag, placed
from teiden.reports.paint import slug
from teiden.reports.room import RIGHT, WIDTH, label_of
from teiden.reports.scene import Scene

PITCH, TIGHT, FEW = 26.0, 21.0, 30
"""From row to row, with few of them and with many."""
BAR_SHARE = 0.7
"""How much of its row a bar fills."""
GROUP_GAP = 12.0
APART = 9.0
"""Triangles closer than this would smear into one."""
LEVEL = 17.0
"""Height of one level of flags."""


@dataclass(frozen=True, slots=True)
class Box:
    """A bar, or the room of something beside it."""

    kind: str
    a: float
    b: float
    points: str = ""
    """Instead of a box, where devices of a folded row change one after the other."""
    t0: float = 0.0
    t1: float = 0.0
    says: str = ""
    title: str = ""
    texts: tuple[str, ...] = ()
    room: tuple[float, float] = (0.0, 0.0)
    """Where its text stands: its longest part that is not cut out."""
    pieces: tuple[tuple[float, float], ...] = ()
    """Off: where its line is drawn; a margin takes the place of the rest."""
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A triangle: down for a stop command, up for a start command."""

    u: float
    up: bool
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    row: Row
    y: float
    """The middle of its bars."""
    name: str
    label: str
    boxes: tuple[Box, ...]
    beside: tuple[Box, ...]
    marks: tuple[Mark, ...]
    spare: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    top: float
    low: float


@dataclass(frozen=True, slots=True)
class Picture:
    scene: Scene
    lanes: tuple[Lane, ...]
    groups: tuple[Group, ...]
    flags: tuple[Flag, ...]
    pitch: float
    low: float
    """Where the rows end."""

    @property
    def width(self) -> float:
        return round(WIDTH - self.scene.left.whole - RIGHT, 1)

    @property
    def bar(self) -> float:
        """How tall a bar is."""
        return round(BAR_SHARE * self.pitch, 1)

    @property
    def flags_high(self) -> float:
        return max(LEVEL * (1 + max((flag.level for flag in self.flags), default=0)) + 8, 40.0)


def picture(scene: Scene) -> Picture:
    pitch = PITCH if len(scene.rows) <= FEW else TIGHT
    spare = [margin for dark in scene.darks for margin in margins(scene.every, dark)]
    lanes: list[Lane] = []
    y = 4.0
    for row, before in zip(scene.rows, [None, *scene.rows], strict=False):
        if before is not None and before.group != row.group:
            y += GROUP_GAP
        lanes.append(_lane(scene, row, y + pitch / 2, BAR_SHARE * pitch / 2, spare))
        y += pitch
    return Picture(
        scene,
        tuple(lanes),
        tuple(_groups(lanes, BAR_SHARE * pitch / 2)),
        tuple(_flags(scene, WIDTH - scene.left.whole)),
        pitch,
        round(y + 4, 1),
    )


def _lane(scene: Scene, row: Row, y: float, half: float, spare: Sequence[Margin]) -> Lane:
    margins_here = [m for m in spare if m.row in row.names and len(scene.axis.shown(m.t0, m.t1)) == 1]
    taken = tuple(_spare(scene, row, margin) for margin in margins_here)
    return Lane(
        row,
        round(y, 1),
        row.name,
        label_of(row),
        tuple(
            _box(scene, row, bar, taken, y, half)
            for bar in row.bars
            if scene.axis.shown(bar.t0, bar.t1 + bar.lag1)
        ),
        tuple(
            _beside(scene, s) for s in scene.stretches if s.row in row.names and scene.axis.shown(s.t0, s.t1)
        ),
        tuple(_marks(scene, row)),
        taken,
    )


def _box(scene: Scene, row: Row, bar: Bar, taken: Sequence[Box], y: float, half: float) -> Box:
    a, b = scene.u(bar.t0), scene.u(bar.t1)
    kind = OFF if bar.state == OFF or bar.state not in LOOKS else slug(bar.state)
    pieces: tuple[tuple[float, float], ...] = ()
    points = ""
    if kind == OFF:
        half0, half1 = bar.t0 + bar.lag0 / 2, bar.t1 + bar.lag1 / 2
        a, b = scene.u(half0), scene.u(half1)
        pieces = tuple(piece for part in scene.shown(half0, half1) for piece in _without(part, taken))
    elif max(bar.lag0, bar.lag1) >= LEAST_LAG_S:
        far0, far1 = scene.u(bar.t0 + bar.lag0), scene.u(bar.t1 + bar.lag1)
        top, low = f"{y - half:.1f}", f"{y + half:.1f}"
        points = f"{a:.2f},{top} {b:.2f},{top} {far1:.2f},{low} {far0:.2f},{low}"
    says = word(bar.trouble or bar.note or bar.state)
    title = _title(scene, row, says, bar.t0, bar.t1, max(bar.lag0, bar.lag1))
    texts = tuple(text for text in texts_of(bar, scene.axis) if text)
    room = max(scene.shown(bar.t0, bar.t1), key=lambda part: part[1] - part[0], default=(a, b))
    return Box(kind, a, b, points, bar.t0, bar.t1, says, title, texts, room, pieces, bool(bar.trouble))


def _title(scene: Scene, row: Row, says: str, t0: float, t1: float, lag: float = 0.0) -> str:
    """Lines of a tooltip."""
    clock = scene.clock
    name = f"{row.name}  {label_of(row)}".rstrip()
    lines = [
        f"{name}: {says}",
        f"{on_clock.since(clock, t0)} – {on_clock.since(clock, t1)} ({told(t1 - t0)})",
        f"{on_clock.of_day(clock, t0)} – {on_clock.of_day(clock, t1)}",
    ]
    if lag >= LEAST_LAG_S:
        lines.append(t("the first of {n}; the last follows within {time}", n=len(row.names), time=told(lag)))
    return "\n".join(lines)


def _without(part: tuple[float, float], taken: Sequence[Box]) -> Iterator[tuple[float, float]]:
    a, b = part
    for box in sorted(taken, key=lambda box: box.a):
        if box.a < b and box.b > a:
            if box.a > a:
                yield a, box.a
            a = box.b
    if b > a:
        yield a, b


def _spare(scene: Scene, row: Row, margin: Margin) -> Box:
    lasts = told(margin.t1 - margin.t0)
    title = _title(scene, row, word("time to spare"), margin.t0, margin.t1)
    return Box("spare", scene.u(margin.t0), scene.u(margin.t1), title=title, texts=(lasts,))


def _beside(scene: Scene, stretch: Stretch) -> Box:
    kind = slug(stretch.kind)
    says = word(JOB) if stretch.kind == JOB_FAILED else word(stretch.kind)
    row = next(row for row in scene.rows if stretch.row in row.names)
    title = _title(scene, row, says, stretch.t0, stretch.t1)
    return Box(kind, scene.u(stretch.t0), scene.u(stretch.t1), title=title)


def _marks(scene: Scene, row: Row) -> Iterator[Mark]:
    """Those of one row at one place share a triangle."""
    seen: set[tuple[int, str]] = set()
    for sent in scene.sent:
        u = scene.u(sent.t)
        if sent.row in row.names and (place := (round(u / APART), sent.kind)) not in seen:
            seen.add(place)
            up = sent.kind == "^"
            what = word("start command") if up else word("stop command")
            when = f"{on_clock.since(scene.clock, sent.t)} ({on_clock.of_day(scene.clock, sent.t)})"
            yield Mark(u, up, f"{sent.row}: {what}\n{when}")


def _groups(lanes: Sequence[Lane], half: float) -> Iterator[Group]:
    for group in dict.fromkeys(lane.row.group for lane in lanes):
        ys = [lane.y for lane in lanes if lane.row.group == group]
        yield Group(word(group), round(min(ys) - half, 1), round(max(ys) + half, 1))


def _flags(scene: Scene, room: float) -> list[Flag]:
    """`room`: from the panel's left edge to that of the paper."""
    wanted = [(moment, text, scene.u(moment.t)) for moment, text in together(scene)]
    return placed(wanted, room - RIGHT + 8, room - 4)


def together(scene: Scene) -> list[tuple[Moment, str]]:
    """Moments with what their flags say; those of one look at the devices share one."""
    shared: list[list[Moment]] = []
    for moment in scene.moments:
        if shared and moment.t - shared[-1][0].t < 2.0:
            if all(moment.label != other.label for other in shared[-1]):
                shared[-1].append(moment)
        else:
            shared.append([moment])
    found = []
    for group in shared:
        first = group[0]
        others = [m.label[0].lower() + m.label[1:] if m.label[1:2].islower() else m.label for m in group[1:]]
        label = t(", ").join([first.label, *others])
        text = f"{label[:70]}  {on_clock.since(scene.clock, first.t)}"
        found.append(
            (Moment(first.t, label, min(m.rank for m in group), any(m.trouble for m in group)), text)
        )
    return found
