"""What `teiden measure` prints: durations of each device, the limits they ask for, and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import median
from typing import Any

from teiden.language.say import later, said, t
from teiden.measure.limits import Delay, Limit, Proposal, Verdict
from teiden.measure.patch import Patch
from teiden.measure.stopwatch import Cut, Kind, Measured
from teiden.measure.summary import Summary
from teiden.plan.arithmetic import names
from teiden.plan.columns import columns
from teiden.rules.text import finding_text
from teiden.tune.edit import as_written
from teiden.tune.settings import kind as kind_of_path

KINDS = {
    Kind.CLUSTER_STOP: later("cluster stop"),
    Kind.SERVER_STOP: later("server stop"),
    Kind.FLUSH: later("flush"),
    Kind.BOOT: later("boot"),
}
CUTS = {
    Cut.TIMED_OUT: later("not over at its limit"),
    Cut.FORCED: later("ended by force"),
    Cut.POWER_LOST: later("lost its power"),
    Cut.NOT_SEEN: later("its end was not seen"),
    Cut.AWAY: later("the service was away meanwhile"),
}
VERDICTS = {
    Verdict.TOO_SMALL: later("TOO SMALL"),
    Verdict.TIGHT: later("less than the margin"),
    Verdict.FITS: later("fits"),
    Verdict.LARGE: later("needlessly large"),
    Verdict.UNKNOWN: later("not measured"),
}
MOST_LONGER = 3


def durations(found: Sequence[Summary]) -> list[str]:
    """A line for each device, and below it what was cut off."""
    rows: list[tuple[str, ...]] = [
        (t("what"), t("device"), "n", t("smallest"), t("median"), t("largest"), t("last"))
    ]
    notes: list[list[str]] = [[]]
    for one in found:
        times_s = one.times_s
        figures = (min(times_s), median(times_s), max(times_s), times_s[-1]) if times_s else ()
        told = [tenths(s) for s in figures] or ["-"] * 4
        rows.append((said(KINDS[one.kind]), one.device, str(len(times_s)), *told))
        notes.append(list(_notes(one)))
    table = columns(rows, "<<>>>>>", gaps=("",))
    return [line for row, below in zip(table, notes, strict=True) for line in (row, *below)]


def _notes(one: Summary) -> Iterator[str]:
    """The longest of them, each with its reason."""
    for cut in sorted(one.longer, key=lambda cut: -cut.took_s)[:MOST_LONGER]:
        yield "    " + t("longer than {s}: {why}", s=tenths(cut.took_s), why=why(cut))
    if len(one.longer) > MOST_LONGER:
        yield "    " + t("and {n} more", n=len(one.longer) - MOST_LONGER)
    if one.away:
        yield "    " + t("not counted, the service was away meanwhile: {n}", n=one.away)
    if one.by_sight:
        yield "    " + t("from when it was seen, not from the command: {n}", n=one.by_sight)


def line(one: Measured) -> str:
    """One duration, as soon as it is over."""
    what = said(KINDS[one.kind])
    if one.cut is None:
        return t("{what}  {device}  {s}", what=what, device=one.device, s=tenths(one.took_s))
    return t(
        "{what}  {device}  longer than {s}: {why}",
        what=what,
        device=one.device,
        s=tenths(one.took_s),
        why=why(one),
    )


def limits(proposed: Proposal, margin: float) -> list[str]:
    """What stands in the site file against what was measured."""
    rows = [(t("limit"), t("now"), t("longest"), "n", t("proposed"), "")]
    for paths, limit in _grouped(proposed.limits):
        now = as_written(limit.path, limit.now_s)
        wanted = "-" if limit.proposed_s is None else as_written(limit.path, limit.proposed_s)
        if limit.cut and limit.proposed_s is not None:
            wanted = t("{value} or more", value=wanted)
        rows.append(
            (_named(paths), now, _longest(limit), str(limit.n), wanted, said(VERDICTS[limit.verdict]))
        )
    lines = columns(rows, "<>>>><", gaps=("",))
    lines.append(t("proposed: the longest and {margin} more, in tens of seconds", margin=f"{margin:.0%}"))
    return lines + [_delay(delay) for delay in proposed.delays]


def _grouped(limits: Iterable[Limit]) -> Iterator[tuple[list[Limit], Limit]]:
    """Limits of one kind that come out alike are one line: a hall has hundreds of servers."""
    groups: dict[tuple[object, ...], list[Limit]] = {}
    for limit in limits:
        key = (kind_of_path(limit.path), limit.now_s, limit.proposed_s, limit.verdict)
        groups.setdefault(key, []).append(limit)
    for some in groups.values():
        yield some, max(some, key=lambda one: (one.largest_s or 0.0, one.longer_than_s or 0.0))


def _named(limits: Sequence[Limit]) -> str:
    path = limits[0].path
    key = " ".join(kind_of_path(path)[1:])
    whose = names(str(one.path[1]) for one in limits) if len(path) > len(kind_of_path(path)) else path[0]
    return f"{whose} {key}"


def _longest(limit: Limit) -> str:
    over = limit.longer_than_s
    if over is not None and over >= (limit.largest_s or 0.0):
        return f"> {tenths(over)}"
    return "-" if limit.largest_s is None else tenths(limit.largest_s)


def _delay(delay: Delay) -> str:
    told = {
        "ups": delay.path[1],
        "key": delay.path[2],
        "now": as_written(delay.path, delay.now_s),
        "value": as_written(delay.path, delay.proposed_s),
    }
    if delay.enough:
        return t("{ups} {key}: {now} -> {value}: the next that its card keeps and that holds them", **told)
    return t("{ups} {key}: {now} -> {value}, and its card has nothing longer: NOT ENOUGH", **told)


def rules(patch: Patch) -> list[str]:
    """What the rules say of the site as it would be."""
    if not patch.new:
        return [t("the rules break nowhere where they did not before")]
    lines = [t("the rules say of the site as it would be:")]
    return lines + [text for finding in patch.new for text in finding_text(patch.report, finding).split("\n")]


def as_json(
    found: Sequence[Summary], proposed: Proposal | None, patch: Patch | None, margin: float
) -> dict[str, Any]:
    told: dict[str, Any] = {"durations": [one.as_json() for one in found]}
    if proposed is not None:
        told["margin"] = margin
        told["limits"] = [_limit_json(limit) for limit in proposed.limits]
        told["delays"] = [
            {
                "key": _dotted(delay.path),
                "now_s": delay.now_s,
                "proposed_s": delay.proposed_s,
                "enough": delay.enough,
            }
            for delay in proposed.delays
        ]
        told["changes"] = {_dotted(path): value for path, value in proposed.values.items()}
    if patch is not None:
        told["patch"] = patch.diff
        told["broken_then"] = [
            {
                "rule": finding.rule,
                "severity": finding.severity.value,
                "key": _dotted(finding.path),
                "message": finding.message,
            }
            for finding in patch.new
        ]
    return told


def _limit_json(limit: Limit) -> dict[str, Any]:
    return {
        "key": _dotted(limit.path),
        "now_s": limit.now_s,
        "n": limit.n,
        "largest_s": limit.largest_s,
        "longer_than_s": limit.longer_than_s,
        "proposed_s": limit.proposed_s,
        "verdict": limit.verdict.value,
    }


def why(one: Measured) -> str:
    return said(CUTS[one.cut]) if one.cut is not None else ""


def tenths(seconds: float) -> str:
    return t("{n} s", n=f"{seconds:.1f}")


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in path)
