"""What moved between two runs of a device: a slanted line from the one to the other, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

from teiden.plots.lanes import Lanes
from teiden.plots.measures import signed
from teiden.plots.page import Page
from teiden.plots.paired import Pair, Shift
from teiden.plots.panels import Panel
from teiden.plots.style import width_in

SIZE = 8.0
LATER, EARLIER = "#A63C00", "#00568A"
"""Also told apart by their sign and by the way the line slants."""


def draw(page: Page, shown: Sequence[Pair], stack: Lanes, panel: Panel) -> None:
    """The largest first; where two labels would touch, the smaller shift keeps its line alone."""
    for pair, upper, lower in zip(shown, stack.lanes[::2], stack.lanes[1::2], strict=True):
        high = panel.top - upper.y - stack.bar_in / 2
        low = panel.top - lower.y + stack.bar_in / 2
        taken = [(panel.left + before.x1, panel.left + after.x0) for before, after in panel.axis.gaps]
        for shift in sorted(pair.shifts, key=lambda s: (-abs(round(s.seconds)), s.a)):
            _shift(page, panel, shift, low, high, taken)


def _shift(
    page: Page, panel: Panel, shift: Shift, low: float, high: float, taken: list[tuple[float, float]]
) -> None:
    if not (panel.axis.t0 <= shift.a <= panel.axis.t1 and panel.axis.t0 <= shift.b <= panel.axis.t1):
        return
    xa, xb = panel.left + panel.axis.x(shift.a), panel.left + panel.axis.x(shift.b)
    colour = LATER if shift.seconds > 0 else EARLIER
    page.line([xa, xb], [high, low], color=colour, lw=1.1, zorder=4, gid="shift")
    page.line([xb], [low + 0.015], color=colour, marker="v", ms=3.6, ls="", zorder=4.1)
    text = signed(shift.seconds)
    wide = width_in(text, SIZE, bold=True)
    places = ((max(xa, xb) + 0.05, "left"), (min(xa, xb) - 0.05, "right"))
    for x, side in places:
        room = (x, x + wide) if side == "left" else (x - wide, x)
        inside = panel.left < room[0] and room[1] < panel.left + panel.axis.width + 0.4
        if inside and not any(room[0] < b + 0.04 and a - 0.04 < room[1] for a, b in taken):
            y = (low + high) / 2
            page.text(x, y, text, ha=side, size=SIZE, weight="bold", color=colour, gid="shift-label")
            taken.append((min(room[0], xa, xb), max(room[1], xa, xb)))
            return
    taken.append((min(xa, xb), max(xa, xb)))
