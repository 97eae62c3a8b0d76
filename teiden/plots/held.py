"""What each battery must last for a full stop against what it does: one bar for those that are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, names, number
from teiden.plan.batteries import battery_needs
from teiden.plots.page import RIGHT_IN, Page
from teiden.plots.scale import scale
from teiden.plots.style import ALARM, GRID, INK, MUTED, Look, width_in

MOST = 8
PITCH_IN = 0.36
HEAD_IN = 0.42
FOOT_IN = 0.3
NEED, SPARE, SHORT = Look("#8FA9BF"), Look("#EDF1F4"), Look(ALARM, "xxxx", "white", "#F3C9B5")


@dataclass(frozen=True, slots=True)
class Line:
    upses: tuple[str, ...]
    needs: Amount
    has_s: float | None

    @property
    def left(self) -> float:
        """What is left of it, relative to what it needs; nothing is known: comes last."""
        return float("inf") if self.has_s is None else (self.has_s - self.needs.total) / self.needs.total


def lines(site: Site) -> list[Line]:
    """Equal ones together, the tightest first."""
    groups: dict[tuple[str, float, float | None], tuple[Amount, list[str]]] = {}
    for battery in battery_needs(site):
        has_s = None if battery.has is None else battery.has.total
        key = (battery.needs.brief, battery.needs.total, has_s)
        groups.setdefault(key, (battery.needs, []))[1].append(battery.ups)
    found = [Line(tuple(upses), needs, key[2]) for key, (needs, upses) in groups.items()]
    return sorted(found, key=lambda line: line.left)


def height(found: Sequence[Line]) -> float:
    if not found:
        return 0.0
    more = 0.22 if len(found) > MOST else 0.0
    return HEAD_IN + PITCH_IN * min(len(found), MOST) + FOOT_IN + more


def draw(page: Page, found: Sequence[Line], top: float, left: float) -> None:
    shown = found[:MOST]
    right = RIGHT_IN - 2.34
    last = max([line.needs.total for line in shown] + [line.has_s or 0.0 for line in shown])
    axis = scale(0.0, last, left, right)
    page.text(left, top - 0.2, t("Batteries: how long each must last at full load"), weight="bold", size=9.5)
    for k, head in enumerate((t("needs s"), t("has s"), t("to spare s"))):
        page.text(right + 0.78 * (k + 1), top - 0.2, head, ha="right", color=MUTED, gid="column")
    low = top - HEAD_IN - PITCH_IN * len(shown)
    ticks = axis.ticks(0.75)
    for at in ticks:
        page.line([axis.x(at)] * 2, [low, top - HEAD_IN], color=GRID, lw=0.7, zorder=0.5)
    for k, line in enumerate(shown):
        _line(page, line, top - HEAD_IN - PITCH_IN * (k + 0.5), left, axis.x, right)
    page.line([axis.x0, axis.x1], [low, low], zorder=1)
    page.ticks([(axis.x(at), number(at)) for at in ticks], low, (left - 0.3, t("seconds on battery")))
    if len(found) > MOST:
        n = sum(len(line.upses) for line in found[MOST:])
        page.text(left, low - 0.36, t("and {n} more with more to spare", n=n), color=MUTED, size=8)


def _line(page: Page, line: Line, y: float, left: float, x: object, right: float) -> None:
    assert callable(x)
    upses = names(line.upses, most=3)
    upses = f"{upses} ({len(line.upses)})" if len(line.upses) > 3 else upses
    page.text(left - 0.12, y, upses, ha="right", size=9, room=left - 0.6, gid="battery")
    low, high = y - 0.11, y + 0.11
    needs, has = line.needs.total, line.has_s
    if has is not None:
        page.box(x(0), x(has), low, high, SPARE, edge=MUTED, linewidth=0.8, zorder=1.2)
    at = 0.0
    for term in line.needs.terms:
        x0, x1 = x(at), x(at + term.total)
        page.box(x0, x1, low, high, NEED, gid="need")
        x1 = x1 if has is None else min(x1, x(max(has, at)))  # what is missing is drawn over it
        full = f"{term.figure} {term.words}"
        text = next((s for s in (full, term.figure) if width_in(s, 7.5) + 0.08 < x1 - x0), "")
        page.text((x0 + x1) / 2, y, text, ha="center", size=7.5)
        at += term.total
    short = has is not None and has < needs
    if has is not None and short:
        page.box(x(has), x(needs), low, high, SHORT, zorder=3, gid="short")
    _figures(page, line, y, right, short)


def _figures(page: Page, line: Line, y: float, right: float, short: bool) -> None:
    needs, has = line.needs.total, line.has_s
    page.text(right + 0.78, y, number(needs), ha="right", size=9.5)
    page.text(right + 1.56, y, t("not stated") if has is None else number(has), ha="right", size=9)
    if has is not None:
        told = f"{has - needs:+.0f}".replace("-", "−")
        colour = ALARM if short else INK
        page.text(right + 2.34, y, told, ha="right", size=9.5, weight="bold", color=colour, gid="left")
