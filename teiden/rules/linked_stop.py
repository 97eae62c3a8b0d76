"""The rule this product exists for: the control side outlives the stop of the linked side."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sequencer import timing
from sequencer.site import ControlStop, FlushOrder, Site, Ups
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, amount, names, number
from teiden.plan.course import flush_count, whole_site
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule
from teiden.rules.remedies import applied

GRID_S = 10.0
"""Proposed values are round."""

APART_S = 30.0
"""Between control disk and control nodes, as in the document's 900 and 930."""

SHORTEST_FLUSH_S = 60.0
"""Nothing shorter is proposed: no cache is written in less."""


@rule(
    "R6-14",
    Severity.ERROR,
    "the control side outlives the linked stop",
    why="""
    Only the control nodes can flush a linked disk and cut it. In an outage of the whole site they begin
    to stop at the smallest confirm time of their own UPSes and of the control disk's. By then, at the
    latest, the linked side must be done: its confirm time, its servers' UPSes going off (shutdown delay
    + low-battery runtime + 2 minutes), and the flush limit, once for each disk when they are flushed
    one after the other. If not, the nodes go while a disk may still be flushing, nobody cuts it, and
    what is in its cache is lost when the battery ends (R1-03, R10-02). The document's example needs 750
    s and has 900 s; with the 1200 s flush limit of Ver.1.0 it would need 1650 s.

    Three lines go with it, each with its own margin. Looking: every look may come one poll late.
    Evidence: the card of a UPS that goes off on battery goes with it, and its silence counts only after
    30 s more. Never seen off: past `seen_off_limit` the flush starts anyway, with an alarm. A negative
    margin there is a warning; for the last two a note, where `control_stop: hold` and the stated
    batteries cover it.
    """,
    also=("S20", "R10-12", "R1-03"),
)
def control_outlives_the_linked_stop(site: Site) -> Iterator[Found]:
    course = whole_site(site)
    control = (*site.node_upses, *site.control_array_upses)
    if not course.linked_end.terms or not control:
        return
    first = min(control, key=lambda u: u.confirm_s)
    path = ("upses", first.name, "confirm")
    has = amount(timing.control_confirm_s(site), t("{ups} confirm", ups=first.name), path)
    needs = course.linked_end
    margin = Margin(t("control outlives the linked stop"), needs, has, needs.brief)
    yield margin
    if margin.short:
        message = (
            t(
                "the control site stops while {arrays} may still be flushing",
                arrays=names(a.name for a in site.linked_arrays),
            )
            if site.linked_arrays
            else t("the control site stops while the linked side is still stopping")
        )
        yield Broken(
            message,
            path,
            margin,
            (
                *_later_control(site, _target_s(site, needs.total)),
                *_flushed_at_once(site),
                *_shorter_flush(site, _target_s(site, needs.total) - has.total),
            ),
        )
        return
    yield from _worse(site, needs, has, path)


def _worse(site: Site, needs: Amount, has: Amount, path: tuple[str, ...]) -> Iterator[Found]:
    """The same sum with late looks, with silent cards, with UPSes never seen off."""
    told = False
    for how, worse, severity in _lines(site, needs):
        margin = Margin(
            t("control outlives the linked stop {how}", how=how), worse, has, worse.brief, headline=False
        )
        yield margin
        if margin.short and not told:
            told = True
            held = severity is Severity.NOTE
            yield Broken(
                t("control does not outlive the linked stop {how}; it is held that long (S5)", how=how)
                if held
                else t("control does not outlive the linked stop {how}", how=how),
                path,
                margin,
                tuple(_later_control(site, worse.total if held else _target_s(site, needs.total))),
                severity,
            )


def _lines(site: Site, needs: Amount) -> Iterator[tuple[str, Amount, Severity]]:
    looking = needs.plus(timing.looking_s(site), t("every look comes late"))
    yield t("when every look comes late"), looking, Severity.WARNING
    if site.linked_arrays and site.server_upses:
        # Once for the servers' UPSes, once more for each UPS of an array that waits for another one.
        silent = max(len(a.upses) for a in site.linked_arrays)
        evidence = looking
        for _ in range(silent):
            evidence = evidence.plus(timing.EVIDENCE_EXTRA_S, t("a card that goes off with its UPS"))
        never = looking.plus(site.linkage.seen_off_limit_s, t("a UPS never seen off, seen_off_limit"))
        held = Severity.NOTE if _is_held(site, max(evidence.total, never.total)) else Severity.WARNING
        yield t("when a card dies with its UPS"), evidence, held
        yield t("when a UPS is never seen off"), never, held


def _is_held(site: Site, until_s: float) -> bool:
    """The control side waits that long, and its batteries are known to allow it (S5)."""
    control = (*site.node_upses, *site.control_array_upses)
    return site.control_stop is ControlStop.HOLD and all(
        u.runtime_s is not None and u.runtime_s >= until_s + timing.control_floor_s(site, u) for u in control
    )


def _target_s(site: Site, needs_s: float) -> float:
    """What a proposed confirm time covers: late looks; the rarer lines too where nobody is held for them."""
    lines = _lines(site, amount(needs_s, ""))
    return max(worse.total for _, worse, severity in lines if severity is not Severity.NOTE)


def _later_control(site: Site, target_s: float) -> Iterator[Remedy]:
    """The control side waits longer: its disk, and its nodes a little longer still, as they do now."""
    disk_s = _up(target_s)
    lowest_s = min((u.confirm_s for u in site.control_array_upses), default=None)
    apart_s = APART_S
    if lowest_s is not None and site.node_upses:
        now_s = min(u.confirm_s for u in site.node_upses) - lowest_s
        apart_s = max(GRID_S, min(APART_S, now_s))
    changes = [Change(_at(u), disk_s) for u in site.control_array_upses if u.confirm_s < disk_s]
    nodes_s = disk_s + apart_s if site.control_array_upses else disk_s
    changes += [Change(_at(u), nodes_s) for u in site.node_upses if u.confirm_s < nodes_s]
    then = applied(site, changes)
    most_s = max(timing.battery_need_s(then, u) for u in (*then.node_upses, *then.control_array_upses))
    yield Remedy(
        tuple(changes), remark=t("   (each control battery then needs {needs_s} s)", needs_s=number(most_s))
    )


def _flushed_at_once(site: Site) -> Iterator[Remedy]:
    if flush_count(site) > 1:
        yield Remedy(
            (Change(("linkage", "flush_order"), FlushOrder.PARALLEL.value),),
            t(", if the arrays may be flushed at once"),
        )


def _shorter_flush(site: Site, excess_s: float) -> Iterator[Remedy]:
    """As long a flush limit as fits, if any does."""
    if not site.linked_arrays:
        return
    limit_s = _down(site.linkage.flush_limit_s - excess_s / flush_count(site))
    if limit_s >= SHORTEST_FLUSH_S:
        yield Remedy(
            (Change(("linkage", "flush_limit"), limit_s, t("or less")),),
            t(", if the array's manual allows it"),
        )


def _at(ups: Ups) -> tuple[str, ...]:
    return ("upses", ups.name, "confirm")


def _up(value_s: float) -> float:
    return math.ceil(value_s / GRID_S) * GRID_S


def _down(value_s: float) -> float:
    return math.floor(value_s / GRID_S) * GRID_S
