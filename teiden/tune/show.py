"""What `teiden plan --tune` prints: the values and why, what they lead to, or what stands in the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath, names, number
from teiden.plan.columns import columns
from teiden.rules.finding import Severity
from teiden.rules.remedies import words
from teiden.tune.edit import as_written
from teiden.tune.proposal import Obstacle, Result, Row, Tuned
from teiden.tune.settings import BATTERY, LEFT_ALONE, is_tuned, key, kind
from teiden.tune.wants import Want


def text(tuned: Tuned) -> str:
    """For a person; the patch is not in it."""
    blocks = [[_headline(tuned)], _changes(tuned), _obstacles(tuned), _margins(tuned), _further(tuned)]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _headline(tuned: Tuned) -> str:
    site, margin = tuned.site_file.site.name, number(tuned.margin_s)
    if tuned.result is Result.SAFE:
        return t("{site}: safe as it is, with a margin of {margin} s or more", site=site, margin=margin)
    if tuned.result is Result.PROPOSED:
        values = sum(len(row.paths) for row in tuned.rows)
        batteries = sum(len(row.paths) for row in tuned.rows if key(row.paths[0]) == BATTERY)
        return t(
            "{site}: safe with a margin of {margin} s once set (values: {values}, batteries: {batteries})",
            site=site,
            margin=margin,
            values=values,
            batteries=batteries,
        )
    if tuned.given_up:
        return t("{site}: no values found in reasonable time; mend these first", site=site)
    return t("{site}: no values make it safe with a margin of {margin} s", site=site, margin=margin)


def _changes(tuned: Tuned) -> list[str]:
    if not tuned.rows:
        return []
    if tuned.result is Result.IMPOSSIBLE:
        return [t("at the values nearest to it:"), *(f"  {_what(r)}: {_from_to(r)}" for r in tuned.rows)]
    cells = [(t("value"), t("now"), t("set to"), t("because"))]
    for row in tuned.rows:
        before, after = as_written(row.paths[0], row.before), as_written(row.paths[0], row.after)
        because = _because(row.because, tuned.margin_s) if row.because else t("with the others")
        cells.append((_what(row), before, after, because))
    return columns(cells, "<>><", gaps=("  ", "  ", "  ", "   "))


def _what(row: Row) -> str:
    whose = names(str(path[1]) for path in row.paths) if len(row.paths[0]) > len(kind(row.paths[0])) else ""
    called = " ".join(kind(row.paths[0])[1:])
    return f"{whose} {called}".strip()


def _from_to(row: Row) -> str:
    return f"{as_written(row.paths[0], row.before)} -> {as_written(row.paths[0], row.after)}"


def _because(want: Want, margin_s: float) -> str:
    """`R6-14 needs 30 + 420 + 1200 + 60 = 1710 s, has 900 s`."""
    margin = want.margin
    if margin is None:
        return f"{want.rule.id} {want.finding.message if want.finding else want.rule.title}"
    figures = " + ".join([margin.needs.brief, *([number(margin_s)] if want.stated and margin_s else [])])
    needs = margin.needs.total + (margin_s if want.stated else 0.0)
    return t(
        "{rule} needs {figures} = {needs} {unit}, has {has} {unit}",
        rule=want.rule.id,
        figures=figures,
        needs=number(needs),
        has=number(margin.has.total),
        unit=margin.unit,
    )


def _obstacles(tuned: Tuned) -> list[str]:
    return [line for obstacle in tuned.obstacles for line in _obstacle(obstacle, tuned.margin_s)]


def _obstacle(obstacle: Obstacle, margin_s: float) -> Iterator[str]:
    want, margin = obstacle.want, obstacle.want.margin
    said = want.finding.message if want.finding else margin.title if margin else want.rule.title
    yield t("cannot hold: {rule}: {what}", rule=want.rule.id, what=said)
    if margin is not None:
        extra = t(" + {margin} (margin)", margin=number(margin_s)) if want.stated and margin_s else ""
        needs = number(margin.needs.total + (margin_s if want.stated else 0.0))
        yield t(
            "   needs {needs} {unit} = {sum}",
            needs=needs,
            unit=margin.unit,
            sum=margin.needs.in_words() + extra,
        )
        yield t(
            "   has   {has} {unit} = {sum}   {short} {unit} short",
            has=number(margin.has.total),
            unit=margin.unit,
            sum=margin.has.in_words(),
            short=number(want.short),
        )
    if obstacle.kept:
        yield t("   would help, but is kept: {keys}", keys=names(_dotted(p) for p in obstacle.kept))
    for hand in _by_hand(want):
        yield t("   by hand: {what}", what=hand)


def _by_hand(want: Want) -> Iterator[str]:
    """What the rule proposes and nobody but the user can know or do: cabling, limits, another address."""
    for remedy in want.remedies:
        if not remedy.changes or any(kind(c.at) in LEFT_ALONE or not is_tuned(c.at) for c in remedy.changes):
            yield words(remedy).strip()


def _margins(tuned: Tuned) -> list[str]:
    if tuned.report is None:
        return []
    cells = [(t("tightest margins then"), t("needs"), t("has"), t("margin"), "")]
    if tuned.result is Result.SAFE:
        cells = [(t("tightest margins"), t("needs"), t("has"), t("margin"), "")]
    for rule, margin in tuned.report.tightest():
        needs, has = (
            f"{number(margin.needs.total)} {margin.unit}",
            f"{number(margin.has.total)} {margin.unit}",
        )
        cells.append(
            (f"{rule.id} {margin.title}", needs, has, f"{margin.left:+.0f} {margin.unit}", margin.brief)
        )
    return columns(cells, "<>>><", gaps=("  ", "  ", "   ", "   ", "   "))


def _further(tuned: Tuned) -> list[str]:
    lines = []
    if tuned.unstated:
        most_s = max(needs.total for _, needs in tuned.unstated)
        lines.append(
            t(
                "no runtime is stated for {upses}: their batteries must last up to {needs} s with the margin",
                upses=names(ups for ups, _ in tuned.unstated),
                needs=number(most_s + tuned.margin_s),
            )
        )
    lines += [t("left as it is: {what}", what=_because(want, tuned.margin_s)) for want in tuned.left]
    if tuned.report is not None:
        told = [f for f in tuned.report.findings if f.severity is Severity.WARNING]
        lines += [t("still a warning: {rule}: {what}", rule=f.rule, what=f.message) for f in told]
    return lines


def as_dict(tuned: Tuned) -> dict[str, Any]:
    """The same for scripts."""
    report = tuned.report
    return {
        "site": tuned.site_file.site.name,
        "margin_s": tuned.margin_s,
        "result": tuned.result.value,
        "changes": [_change(row, path) for row in tuned.rows for path in row.paths],
        "patch": tuned.patch,
        "margins": [
            {
                "rule": judged.rule.id,
                "title": margin.title,
                "needs_s": margin.needs.total,
                "has_s": margin.has.total,
                "margin_s": margin.left,
            }
            for judged in (report.judged if report else ())
            for margin in judged.margins
            if margin.headline and margin.unit == "s"
        ],
        "warnings": [
            {"rule": f.rule, "key": _dotted(f.path), "message": f.message}
            for f in (report.findings if report else ())
            if f.severity is Severity.WARNING
        ],
        "runtimes_not_stated": [
            {"ups": ups, "needs_s": needs.total + tuned.margin_s} for ups, needs in tuned.unstated
        ],
        "left": [_want(want) for want in tuned.left],
        "obstacles": [_want(o.want) | {"kept": [_dotted(p) for p in o.kept]} for o in tuned.obstacles],
        "not_written": tuned.not_written,
    }


def main_json(tuned: Tuned) -> str:
    return json.dumps(as_dict(tuned), indent=2, ensure_ascii=False)


def _change(row: Row, path: KeyPath) -> dict[str, Any]:
    because = _want(row.because) if row.because else None
    return {"key": _dotted(path), "from": row.before, "to": row.after, "because": because}


def _want(want: Want) -> dict[str, Any]:
    margin = want.margin
    return {
        "rule": want.rule.id,
        "message": want.finding.message if want.finding else margin.title if margin else want.rule.title,
        "needs": margin.needs.total if margin else None,
        "needs_in_words": margin.needs.in_words() if margin else None,
        "has": margin.has.total if margin else None,
        "short": want.short if margin else None,
        "unit": margin.unit if margin else None,
    }


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(str(part) for part in path)
