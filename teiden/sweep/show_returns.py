"""What a person reads after a restore sweep: outcome by return, and whether anybody was left behind."""

from __future__ import annotations

from collections.abc import Sequence

from teiden.language.say import said, t
from teiden.narration.words import duration
from teiden.plan.columns import columns
from teiden.sweep.intervals import Interval
from teiden.sweep.outcome import Outcome

MOST_INTERVALS = 40
MOST_DEVICES = 6


def table(found: Sequence[Interval]) -> list[str]:
    """A row for each stretch of returns with the same outcome, then the one sentence that it is for."""
    rows = [(t("mains back after"), t("outcome"), t("all up again after"), "")]
    rows += [
        (_span(found_s.from_s, found_s.to_s), said(found_s.outcome), _up_again(found_s), _what(found_s))
        for found_s in found[:MOST_INTERVALS]
    ]
    lines = ["  " + line for line in columns(rows, "<<<<")]
    if len(found) > MOST_INTERVALS:
        lines.append("  " + t("and {n} more", n=len(found) - MOST_INTERVALS))
    return [*lines, "", *sentences(found)]


def sentences(found: Sequence[Interval]) -> list[str]:
    """What a restore sweep is for: nobody is stranded, nothing is cut unsafely; or who, and when."""
    stranded = [one for one in found if one.outcome == Outcome.STRANDED.value]
    unsafe = [one for one in found if one.outcome == Outcome.UNSAFE.value]
    runs = f"{sum(one.runs for one in found):,}"
    if not stranded and not unsafe:
        return [t("Of {n} returns none strands anybody, and none cuts anything unsafely.", n=runs)]
    told = []
    if stranded:
        k, who, when = _told(stranded)
        told.append(
            t(
                "STRANDED in {k} of {n} returns: {names}, first when the mains were back after {when}",
                k=k,
                n=runs,
                names=who,
                when=when,
            )
        )
    if unsafe:
        k, who, when = _told(unsafe)
        told.append(
            t(
                "CUT UNSAFELY in {k} of {n} returns: {names}, first when the mains were back after {when}",
                k=k,
                n=runs,
                names=who,
                when=when,
            )
        )
    return told


def _told(found: Sequence[Interval]) -> tuple[str, str, str]:
    names = list(dict.fromkeys(name for one in found for name in one.who.split()))
    who = " ".join(names[:MOST_DEVICES])
    if len(names) > MOST_DEVICES:
        who = t("{names} and {n} more", names=who, n=len(names) - MOST_DEVICES)
    return f"{sum(one.runs for one in found):,}", who, _seconds(found[0].from_s)


def _span(from_s: float, to_s: float) -> str:
    """`451 .. 759 s`."""
    return _seconds(to_s) if from_s == to_s else f"{from_s:g} .. {_seconds(to_s)}"


def _seconds(s: float) -> str:
    return t("{n} s", n=f"{s:g}")


def _up_again(found: Interval) -> str:
    if found.up_again_s is None:
        return t("not all")
    low_s, high_s = found.up_again_s
    if high_s == 0:
        return t("at once")
    if round(low_s) == round(high_s):
        return duration(high_s)
    return t("{low} to {high}", low=duration(low_s), high=duration(high_s))


def _what(found: Interval) -> str:
    """Who it hit, and what else broke."""
    return "  ".join(filter(None, (found.who, found.broken)))
