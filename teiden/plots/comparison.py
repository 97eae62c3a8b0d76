"""Two runs compared: planned against actual, or before and after a setting.

Both runs of a device stand above each other, aligned at the loss of mains; what moved is marked with how far.
Devices that fared alike are left out and named below.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from sequencer.events import Event
from teiden.language.say import t
from teiden.plots import bars, flags, legend, panels, two_charges
from teiden.plots.compared import Compared, moved
from teiden.plots.fonts import in_words_that_print, only
from teiden.plots.head import MARGIN_IN
from teiden.plots.lanes import Lane, Lanes
from teiden.plots.legend import Entry
from teiden.plots.moment import Moment
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.paired import LOOK_S, Pair, sides
from teiden.plots.shifts import draw as draw_shifts
from teiden.plots.style import DARK_MAINS, FAINT, GRID, INK, LOOKS, MUTED, fitted, width_in
from teiden.plots.style import paper as paper_settings
from teiden.plots.time_axis import TimeAxis, time_axis
from teiden.plots.words import word
from teiden.plots.zero import Clock

PITCH_IN = 0.27
BETWEEN_IN = 0.19
"""Between the two runs of a device: room for what moved."""
APART_IN = 0.15
"""Between two devices."""
GROUP_IN = 0.1
TABLE_IN = 0.23


def draw(
    a_events: Sequence[Event],
    b_events: Sequence[Event],
    names: tuple[str, str] | None = None,
    *,
    everybody: bool = False,
    tolerance_s: float = LOOK_S,
    breaks: bool = True,
    fonts: Collection[str] | None = None,
) -> Figure:
    """Draw what differs between two runs. `names`: what they are called; planned and actual if not given.

    `everybody`: devices that fared alike too. Streams that share no device raise InputError.
    """
    with only(fonts), in_words_that_print(), paper_settings():
        both = Compared(*sides(a_events, b_events), names, tolerance_s, everybody)
        return _draw(both, breaks)


def _draw(both: Compared, breaks: bool) -> Figure:
    curves = two_charges.curves(both.a.charges, both.b.charges)
    left = _left(both)
    right = two_charges.LABEL_ROOM_IN if curves else 0.45
    width = RIGHT_IN + MARGIN_IN - left - right
    axis = _axis(both, width, breaks)
    stack = _stacked(both.shown)
    raised = flags.place(_moments(both), axis.x, lambda at: at, RIGHT_IN - left)
    keys = _keys(both)
    notes = both.notes()
    charge_in = two_charges.HEIGHT_IN + 0.12 if curves else 0.0
    table_in = 0.4 + TABLE_IN * len(both.measures)
    notes_in = 0.19 * len(notes)
    above = legend.height(keys) + flags.height(raised)
    body = above + stack.height + charge_in + panels.TICKS_IN + table_in + notes_in
    page = Page(both.title(), both.numbers(), body)
    legend.draw(page, keys, page.top)
    top = page.top - above
    rows_low = top - stack.height
    panel = panels.Panel(axis, left, top, rows_low, rows_low - charge_in)
    _ground(page, panel, stack, both, [flag.x for flag in raised])
    rows_axes = page.panel("rows", left, rows_low, axis.width, stack.height)
    rows_axes.set_ylim(stack.height, 0)
    rows_axes.set_axis_off()
    bars.draw(rows_axes, stack, axis, (), (), [flag.x for flag in raised])
    if curves:
        low = panel.low
        charge_axes = page.panel("charge", left, low, axis.width, two_charges.HEIGHT_IN)
        two_charges.draw(charge_axes, curves, axis, both.names)
    page.over()
    draw_shifts(page, both.shown, stack, panel)
    panels.cuts(page.axes, panel)
    panels.ticks(page.axes, panel, Clock(None), t("since mains lost"))
    _names(page, both, stack, left, top)
    flags.draw(page.axes, raised, left, top)
    bottom = panel.low - panels.TICKS_IN
    _table(page, both, bottom, left)
    _notes(page, notes, bottom - table_in)
    return page.figure


def _left(both: Compared) -> float:
    names = max((width_in(_name(pair), 9.5) for pair in both.shown), default=0.6)
    runs = max(width_in(name, 8) for name in both.names)
    groups = max((width_in(word(pair.a.group), 8.5, bold=True) for pair in both.shown), default=0.0)
    caption = panels.caption_room_in(t("since mains lost"))
    return max(1.5, caption, min(names, 1.9) + min(runs, 1.4) + groups + 0.75)


def _name(pair: Pair) -> str:
    if len(pair.names) == 2:
        return " ".join(pair.names)
    return f"{pair.names[0]} +{len(pair.names) - 1}" if len(pair.names) > 2 else pair.names[0]


def _axis(both: Compared, width: float, breaks: bool) -> TimeAxis:
    run = (max(both.a.span[0], both.b.span[0]), max(both.a.span[1], both.b.span[1]))
    seen = {bar.t0 for p in both.shown for row in (p.a, p.b) for bar in row.bars if run[0] < bar.t0 < run[1]}
    seen |= {
        at for of in (both.a, both.b) for dark in of.darks for at in (dark.t0, dark.t1) if at is not None
    }
    seen |= {0.0}
    return time_axis(seen, run, width, breaks)


def _stacked(shown: Sequence[Pair]) -> Lanes:
    """Two lanes a device; the names of the lanes only serve to tell them apart."""
    y, placed = 0.05, []
    for k, pair in enumerate(shown):
        if k and shown[k - 1].a.group != pair.a.group:
            y += GROUP_IN
        for which, row in (("a", pair.a), ("b", pair.b)):
            device = replace(row.device, name=f"{which} {row.name}")
            placed.append(Lane(replace(row, device=device), y + PITCH_IN / 2))
            y += PITCH_IN + (BETWEEN_IN if which == "a" else APART_IN)
    return Lanes(tuple(placed), PITCH_IN, y if placed else 0.1)


def _moments(both: Compared) -> list[Moment]:
    found = [Moment(0.0, t("Mains lost"), 0)] if both.a.darks or both.b.darks else []
    backs = [next((outage.back for outage in of.outages), None) for of in (both.a, both.b)]
    if None not in backs and abs(float(backs[0] or 0) - float(backs[1] or 0)) <= both.tolerance_s:
        return [*found, Moment(float(backs[0] or 0), t("Mains back"), 0)]
    for back, name in zip(backs, both.names, strict=True):
        if back is not None:
            found.append(Moment(back, t("Mains back ({run})", run=name), 0))
    return found


def _ground(page: Page, panel: panels.Panel, stack: Lanes, both: Compared, poles: Sequence[float]) -> None:
    """Where the mains are away: each run's own lane, and both where they agree."""
    for k, lane in enumerate(stack.lanes):
        of = both.a if k % 2 == 0 else both.b
        reach = (BETWEEN_IN if k % 2 == 0 else APART_IN) / 2
        y = panel.top - lane.y
        up, down = (APART_IN / 2, reach) if k % 2 == 0 else (BETWEEN_IN / 2, reach)
        for dark in of.darks:
            end = panel.axis.t1 if dark.t1 is None else dark.t1
            for x0, x1 in panel.axis.shown(dark.t0, end):
                look = replace(LOOKS["on mains"], fill=DARK_MAINS)
                low, high = y - PITCH_IN / 2 - down, y + PITCH_IN / 2 + up
                page.box(panel.left + x0, panel.left + x1, low, high, look, linewidth=0, zorder=0.2)
    for x in map(panel.axis.x, panel.axis.ticks(0.0, panels.APART_IN)):
        page.line([panel.left + x] * 2, [panel.low, panel.top], color=GRID, lw=0.7, zorder=0.5)
    for x in poles:
        page.line(
            [panel.left + x] * 2, [panel.low, panel.top], color=FAINT, lw=0.8, ls=(0, (1, 2)), zorder=0.6
        )
    for piece in panel.axis.pieces:
        for y in {panel.low, panel.rows_low}:
            page.line([panel.left + piece.x0, panel.left + piece.x1], [y, y], zorder=1)


def _names(page: Page, both: Compared, stack: Lanes, left: float, top: float) -> None:
    runs = max(width_in(name, 8) for name in both.names)
    for pair, upper, lower in zip(both.shown, stack.lanes[::2], stack.lanes[1::2], strict=True):
        for lane, name in ((upper, both.names[0]), (lower, both.names[1])):
            page.text(left - 0.08, top - lane.y, name, ha="right", size=8, color=MUTED, room=1.4, gid="side")
        middle = top - (upper.y + lower.y) / 2
        x = left - min(runs, 1.4) - 0.2
        page.text(x, middle, _name(pair), ha="right", size=9.5, room=1.9, gid=f"row-{pair.names[0]}")
    bracket = (
        MARGIN_IN + max((width_in(word(p.a.group), 8.5, bold=True) for p in both.shown), default=0) + 0.1
    )
    for group in dict.fromkeys(pair.a.group for pair in both.shown):
        ys = [top - lane.y for lane in stack.lanes if lane.row.group == group]
        high, low = max(ys) + stack.bar_in / 2, min(ys) - stack.bar_in / 2
        page.line([bracket, bracket], [low, high], lw=2.2)
        page.text(bracket - 0.09, (low + high) / 2, word(group), ha="right", weight="bold", gid="group")


def _keys(both: Compared) -> list[Entry]:
    states = {bar.state for pair in both.shown for row in (pair.a, pair.b) for bar in row.bars}
    keys = [Entry(word(state), look) for state, look in LOOKS.items() if state in states]
    if "off" in states:
        keys.append(Entry(word("off"), line={"color": FAINT, "dashes": (4, 3)}))
    return keys


def _table(page: Page, both: Compared, top: float, left: float) -> None:
    """What both have come to, in figures."""
    xs = (left + 4.4, left + 5.7, left + 7.0)
    y = top - 0.12
    for x, head in zip(xs, (*both.names, t("change")), strict=True):
        page.text(x, y, head, ha="right", color=MUTED, size=9, room=1.25, gid="column")
    page.line([left, xs[-1]], [y - 0.12, y - 0.12], color=MUTED, lw=0.7)
    for measure in both.measures:
        y -= TABLE_IN
        bold = "bold" if moved(measure, both.tolerance_s) else "normal"
        page.text(left, y - 0.03, measure.what, size=9, gid="measure")
        texts = (measure.text(measure.a), measure.text(measure.b), measure.change_text)
        for x, text, weight in zip(xs, texts, ("normal", "normal", bold), strict=True):
            page.text(x, y - 0.03, text, ha="right", size=9, weight=weight, color=INK, gid="figure")


def _notes(page: Page, notes: Sequence[str], top: float) -> None:
    for k, note in enumerate(notes):
        text = fitted(note, RIGHT_IN - MARGIN_IN, 8)
        page.text(MARGIN_IN, top - 0.06 - 0.19 * k, text, size=8, color=MUTED, gid="note")
