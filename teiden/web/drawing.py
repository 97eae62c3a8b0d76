"""Small pictures that a page draws on the server: a sparkline, and the last week of one UPS.

The policy of every page forbids a style on an element, so colours are attributes, or classes of our sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

from teiden.language.say import t
from teiden.stats.samples import Step

Points = Sequence[tuple[int, float | None]]
"""When, seconds since 1970, and how much, in percent; None: nobody knows."""

CHARGE, LOAD, DARK = "#0a7f5a", "#b06a00", "#c9541a"
"""Each is readable on white and on our dark paper."""
INK, RULE = "#71808d", "#8d98a366"
HEIGHT = 230
TOP, BOTTOM, LEFT, RIGHT = 28, 28, 40, 12
SPARK = 100
"""Width and greatest height of a sparkline, in its own units."""


@dataclass(frozen=True, slots=True)
class Spark:
    lines: tuple[str, ...]
    """`points` of polylines; a gap, where nothing is known, parts them."""
    words: str


def spark(points: Points, since: int, until: int, step_s: int) -> Spark:
    """100 wide and 100 high, 0 to 100 %: more is drawn at the edge."""
    scale = SPARK / max(1, until - since)
    lines = runs(points, step_s, lambda at: (at - since) * scale, lambda value: SPARK - min(SPARK, value))
    known = [value for _, value in points if value is not None]
    words = f"{min(known):.0f}–{max(known):.0f} %" if known else "?"
    return Spark(tuple(lines), words)


def runs(points: Points, step_s: int, x: Callable[[int], float], y: Callable[[float], float]) -> list[str]:
    """Stretches of what is known one step after the other, as `points` of a polyline each."""
    found: list[list[str]] = []
    last = None
    for at, value in points:
        if value is None:
            continue
        if last is None or at - last > step_s:
            found.append([])
        found[-1].append(f"{x(at):.1f},{y(value):.1f}")
        last = at
    # A single point has no length: a short stroke shows it.
    return [" ".join(run if len(run) > 1 else [run[0], run[0]]) for run in found]


def week(
    curve: Sequence[Step],
    since: int,
    until: int,
    step_s: int,
    zone: ZoneInfo,
    *,
    width: int,
) -> str:
    """Charge and load of a week as an SVG document; shaded where it was on battery, a gap where silent."""
    inner, scale = HEIGHT - TOP - BOTTOM, (width - LEFT - RIGHT) / max(1, until - since)

    def x(at: int) -> float:
        return LEFT + max(0.0, (at - since) * scale)

    def y(value: float) -> float:
        return TOP + inner * (1 - min(100.0, value) / 100)

    parts = [*_frame(width, inner), *_days(since, until, zone, x)]
    wide = max(1.5, step_s * scale)
    parts += [
        f'<rect x="{x(at):.1f}" y="{TOP}" width="{wide:.1f}" height="{inner}" fill="{DARK}" opacity=".35"/>'
        for at, _, _, on_battery in curve
        if on_battery
    ]
    for points, colour in (
        ([(at, load) for at, _, load, _ in curve], LOAD),
        ([(at, c) for at, c, *_ in curve], CHARGE),
    ):
        stroke = (
            f'fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"'
        )
        parts += [f'<polyline points="{line}" {stroke}/>' for line in runs(points, step_s, x, y)]
    legend = ((CHARGE, t("charge")), (LOAD, t("load")), (DARK, t("on battery")))
    parts += _legend(legend)
    title = t("Charge and load of the last week, in percent")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}"'
        f' width="{width}" height="{HEIGHT}"'
        f' role="img" aria-label={quoteattr(title)} font-family="system-ui, sans-serif" font-size="12"'
        f' fill="{INK}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _frame(width: int, inner: int) -> list[str]:
    parts = []
    for value in (0, 25, 50, 75, 100):
        at = TOP + inner * (1 - value / 100)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{width - RIGHT}" stroke="{RULE}"/>')
        if value % 50 == 0:
            parts.append(f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{value}</text>')
    return parts


def _days(since: int, until: int, zone: ZoneInfo, x: Callable[[int], float]) -> list[str]:
    """A line at each midnight of the site, and the day's date where there is room for it."""
    parts = []
    day = datetime.fromtimestamp(since, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while (day := day + timedelta(days=1)).timestamp() < until:
        at = x(int(day.timestamp()))
        parts.append(f'<path d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{RULE}"/>')
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{day:%m-%d}</text>')
    return parts


def _legend(entries: Sequence[tuple[str, str]]) -> list[str]:
    parts, at = [], LEFT
    for colour, words in entries:
        parts.append(f'<rect x="{at}" y="8" width="14" height="8" rx="2" fill="{colour}"/>')
        parts.append(f'<text x="{at + 20}" y="16">{escape(words)}</text>')
        at += 34 + sum(7 if char.isascii() else 13 for char in words)
    return parts
