"""Flags above the rows: a pole at the moment, a label beside its top, and never one over another.

All lengths in inches, so the layout can be tested without a drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from teiden.language.say import t
from teiden.plots.moments import Moment
from teiden.plots.style import ALARM, INK, fitted, height_in, width_in
from teiden.plots.time_axis import told

SIZE = 8.5
LEVEL_IN = height_in(SIZE) + 0.035
"""Height of one level of labels."""
FOOT_IN = 0.10
"""From the panel's top to the bottom of the lowest label."""
PAD_IN = 0.045
"""Between a pole and its label, and around a label."""
SAME_POLE_S = 2.0
"""Moments closer than this share a pole and a label: one look at the devices."""
WIDEST_IN = 6.5
"""A longer label is cut."""
LEVELS = 9
"""More of them would take more paper than the rows."""


@dataclass(frozen=True, slots=True)
class Flag:
    """`x`: its pole; the label reaches from `left` to `right` on `level`, counted from the bottom."""

    text: str
    x: float
    left: float
    right: float
    level: int
    bold: bool = False
    trouble: bool = False

    def hides(self, other: Flag) -> bool:
        """Whether a label or pole of the one touches a label of the other."""
        if self.level == other.level and self.left < other.right and other.left < self.right:
            return True
        return self._crossed_by(other) or other._crossed_by(self)

    def _crossed_by(self, other: Flag) -> bool:
        """The other's pole rises through this label."""
        return other.level >= self.level and self.left - PAD_IN < other.x < self.right + PAD_IN


def place(
    moments: Sequence[Moment],
    x_of: Callable[[float], float],
    since: Callable[[float], float],
    limit: float,
) -> list[Flag]:
    """A place for every moment; without one, the least important gives way. `limit`: the paper's edge."""
    groups = _shared(moments)
    places = [_candidates(group, x_of, since, limit) for group in groups]
    while groups:
        flags = _try(places)
        if flags is not None:
            return flags[::-1]
        ranks = [(min(m.rank for m in group), group[0].t) for group in groups]
        least = ranks.index(max(ranks))
        del groups[least], places[least]
    return []


def _shared(moments: Sequence[Moment]) -> list[list[Moment]]:
    """Moments that share a pole; the same label twice would say nothing new."""
    groups: list[list[Moment]] = []
    for moment in sorted(moments, key=lambda m: m.t):
        if groups and moment.t - groups[-1][0].t < SAME_POLE_S:
            if all(moment.label != other.label for other in groups[-1]):
                groups[-1].append(moment)
        else:
            groups.append([moment])
    return groups


def _try(places: Sequence[Sequence[Flag]]) -> list[Flag] | None:
    """Each on the lowest free level: from right to left, so that labels step down in the order of time.

    At the right edge labels stand left of their poles; those come first, from left to right, stepping up.
    """
    flags: list[Flag] = []
    flipped = [wanted for wanted in places if wanted[0].right < wanted[0].x]
    others = [wanted for wanted in places if wanted[0].right >= wanted[0].x]
    for wanted in (*flipped, *reversed(others)):
        flag = next((f for f in wanted if not any(f.hides(o) for o in flags)), None)
        if flag is None:
            return None
        flags.append(flag)
    return sorted(flags, key=lambda flag: -flag.x)


def _candidates(
    group: Sequence[Moment], x_of: Callable[[float], float], since: Callable[[float], float], limit: float
) -> list[Flag]:
    label = fitted(_joined([m.label for m in group]), WIDEST_IN, SIZE)
    text = f"{label}  {told(since(group[0].t))}"
    bold = min(m.rank for m in group) == 0
    trouble = any(m.trouble for m in group)
    x, width = x_of(group[0].t), width_in(text, SIZE, bold)
    sides = [(x + PAD_IN, x + PAD_IN + width)]
    if sides[0][1] > limit:
        sides = [(x - PAD_IN - width, x - PAD_IN)]
    return [Flag(text, x, a, b, level, bold, trouble) for level in range(LEVELS) for a, b in sides]


def _joined(labels: Sequence[str]) -> str:
    """One sentence: later labels lose the capital of a word, but not that of a name like S1."""
    others = (label[0].lower() + label[1:] if label[1:2].islower() else label for label in labels[1:])
    return t(", ").join([labels[0], *others])


def height(flags: Sequence[Flag]) -> float:
    """The room that these flags need above the panel."""
    return FOOT_IN + LEVEL_IN * (1 + max((flag.level for flag in flags), default=-1))


def draw(paper: Axes, flags: Sequence[Flag], left: float, top: float) -> None:
    """Poles and labels on the paper; `left` and `top` of the panel in inches from its lower left corner."""
    for number, flag in enumerate(flags):
        foot = top + FOOT_IN + flag.level * LEVEL_IN
        colour = ALARM if flag.trouble else INK
        x = left + flag.x
        width = 1.5 if flag.bold else 0.9
        pole = paper.plot(
            [x, x], [top, foot + LEVEL_IN - 0.03], color=colour, lw=width, solid_capstyle="butt"
        )
        pole[0].set_gid(f"pole-{number}")
        paper.text(
            left + flag.left,
            foot + LEVEL_IN / 2,
            flag.text,
            size=SIZE,
            weight="bold" if flag.bold else "normal",
            color=colour,
            va="center_baseline",
            gid=f"flag-{number}",
        )
