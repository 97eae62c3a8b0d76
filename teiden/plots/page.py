"""A sheet of paper: title, numbers and provenance around a body that is drawn in inches.

Everything is counted from the lower left corner, so that a layout can be reckoned before anything is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from teiden.plots.head import FOOT_IN, MARGIN_IN, Head, Texts
from teiden.plots.headline import Number
from teiden.plots.style import INK, MUTED, Look, fitted, printable

WIDTH_IN = 14.0
DPI = 144
SIZE = 8.5
RIGHT_IN = WIDTH_IN - MARGIN_IN
"""Where the white border at the right begins."""


class Page:
    """`body_in`: how high the picture between the numbers and the foot is."""

    def __init__(
        self,
        title: str,
        numbers: Sequence[Number],
        body_in: float,
        *,
        holds: bool | None = None,
        verdict: str = "",
        provenance: str = "",
    ) -> None:
        texts = Texts(printable(title), printable(verdict), holds, None, printable(provenance))
        head = Head(texts, numbers, WIDTH_IN)
        self.low = FOOT_IN
        self.top = FOOT_IN + body_in
        high = self.top + head.height
        self.figure = Figure(figsize=(WIDTH_IN, high), dpi=DPI, facecolor="white")
        FigureCanvasAgg(self.figure)
        self.axes: Axes = self._sheet("ground", 0)
        head.draw(self.axes, high, 0.0, set())

    def over(self) -> None:
        """From now on draw over the panels, no longer under them."""
        self.axes = self._sheet("words", 5)

    def _sheet(self, name: str, zorder: float) -> Axes:
        axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0), label=name, zorder=zorder, facecolor="none")
        axes.set_axis_off()
        axes.set_xlim(0, WIDTH_IN)
        axes.set_ylim(0, float(self.figure.get_figheight()))
        axes.set_autoscale_on(False)
        return axes

    def panel(self, name: str, left: float, low: float, width: float, high: float) -> Axes:
        """Axes of their own on this part of the paper; x in inches from its left edge."""
        wide, tall = WIDTH_IN, float(self.figure.get_figheight())
        box = (left / wide, low / tall, width / wide, high / tall)
        axes = self.figure.add_axes(box, label=name, zorder=2, facecolor="none")
        axes.set_xlim(0, width)
        axes.set_xticks([])
        axes.set_autoscale_on(False)
        for side in ("top", "right", "bottom"):
            axes.spines[side].set_visible(False)
        return axes

    def box(
        self, x0: float, x1: float, low: float, high: float, look: Look, *, gid: str = "", **more: Any
    ) -> None:
        """A filled box with its hatch; nothing where it has no width."""
        if x1 <= x0:
            return
        edge = more.pop("edge", "white")
        zorder = more.pop("zorder", 2.0)
        style = {"linewidth": 0.5, **more}
        fill = Rectangle(
            (x0, low), x1 - x0, high - low, facecolor=look.fill, edgecolor=edge, zorder=zorder, **style
        )
        if gid:
            fill.set_gid(gid)
        self.axes.add_patch(fill)
        if look.hatch:
            lines = Rectangle((x0, low), x1 - x0, high - low, fill=False, linewidth=0, zorder=zorder + 0.1)
            lines.set(edgecolor=look.lines, hatch=look.hatch)
            self.axes.add_patch(lines)

    def line(self, xs: Sequence[float], ys: Sequence[float], *, gid: str = "", **look: Any) -> None:
        drawn = self.axes.plot(xs, ys, **{"color": INK, "lw": 0.9, "solid_capstyle": "butt", **look})
        if gid:
            drawn[0].set_gid(gid)

    def text(self, x: float, y: float, text: str, *, room: float = 0.0, gid: str = "", **look: Any) -> None:
        """Middle of the line at `y`; cut where it is wider than its room."""
        style: dict[str, Any] = {"size": SIZE, "va": "center_baseline", "zorder": 6, **look}
        bold = style.get("weight") == "bold"
        shown = fitted(printable(text), room, float(style["size"]), bold) if room else printable(text)
        if shown:
            self.axes.text(x, y, shown, gid=gid or None, **style)

    def ticks(
        self, xs: Sequence[tuple[float, str]], low: float, caption: tuple[float, str] | None = None
    ) -> None:
        """Marks and labels under a panel; the caption stands at their left."""
        for x, label in xs:
            self.line([x, x], [low, low - 0.045])
            self.text(x, low - 0.16, label, ha="center", gid="tick")
        if caption is not None:
            self.text(caption[0], low - 0.16, caption[1], ha="right", color=MUTED, size=8, gid="caption")

    def span(self, x0: float, x1: float, y: float, colour: str = INK, lw: float = 0.9) -> None:
        """A dimension line with an arrow at each end."""
        arrow = {
            "arrowstyle": "<|-|>",
            "lw": lw,
            "color": colour,
            "shrinkA": 0,
            "shrinkB": 0,
            "mutation_scale": 7,
        }
        self.axes.annotate("", (x1, y), (x0, y), arrowprops=arrow, zorder=5)
