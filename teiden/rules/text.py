"""The words of a check report: a summary, the tightest margins, each finding with its line and a caret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer.site import Site
from teiden.language.say import said, t
from teiden.plan.arithmetic import number
from teiden.plan.columns import columns, width
from teiden.rules.finding import Finding, Margin, Severity
from teiden.rules.registry import Rule
from teiden.rules.remedies import words
from teiden.rules.report import Judged, Report

if TYPE_CHECKING:
    from rich.console import Console


def render(report: Report, console: Console, *, every_rule: bool = False) -> None:
    """The same text, with colour where the console has any."""
    from rich.text import Text

    text = Text(report_text(report, every_rule=every_rule))
    text.highlight_regex(rf"(?m)(: |^  ){word(Severity.ERROR)}\b|^{t('unsafe')}", "bold red")
    text.highlight_regex(rf"(?m)(: |^  ){word(Severity.WARNING)}\b", "yellow")
    text.highlight_regex(rf"(?m)^  ({word(Severity.NOTE)}|ok)\b", "cyan")
    text.highlight_regex(rf"(?m)^{t('safe')}", "bold green")
    text.highlight_regex(r"\^+", "bold red")
    console.print(text, soft_wrap=True)


def report_text(report: Report, *, every_rule: bool = False) -> str:
    blocks = [summary(report.site_file.site)]
    tightest = report.tightest()
    if tightest:
        blocks.append(_table(tightest))
    if every_rule:
        blocks.append("\n".join(line for judged in report.judged for line in _listed(judged)))
    blocks += [finding_text(report, f) for f in report.findings if f.counts]
    if len(report.findings) > report.mended:
        blocks.append(
            t(
                "Values to set are worked out for the first {count} findings; mend these first.",
                count=report.mended,
            )
        )
    notes = [_note(report, f) for f in report.findings if not f.counts]
    if notes:
        blocks.append("\n".join(notes))
    blocks.append(_verdict(report, every_rule=every_rule))
    return "\n\n".join(blocks) + "\n"


def summary(site: Site) -> str:
    """`reference: 6 UPSes, 2 arrays, 6 servers, ... (ver2.1, Asia/Tokyo)`."""
    servers = len(site.servers) - len(site.pool_servers)
    counts = [
        _count(len(site.upses), t("1 UPS"), t("{n} UPSes", n=len(site.upses))),
        _count(len(site.arrays), t("1 array"), t("{n} arrays", n=len(site.arrays))),
        _count(servers, t("1 server"), t("{n} servers", n=servers)),
        _count(len(site.pool_servers), t("1 pool server"), t("{n} pool servers", n=len(site.pool_servers))),
        t("1 cluster"),
        _count(len(site.schedules), t("1 schedule"), t("{n} schedules", n=len(site.schedules))),
    ]
    counted = t(", ").join(c for c in counts if c)
    return f"{site.name}: {counted} ({site.product}, {site.time_zone})"


def word(severity: Severity) -> str:
    """`error`, in the language of this run."""
    words = {Severity.ERROR: t("error"), Severity.WARNING: t("warning"), Severity.NOTE: t("note")}
    return words[severity]


def _table(rows: list[tuple[Rule, Margin]]) -> str:
    titles = columns([(rule.id, m.title) for rule, m in rows], "<<", gaps=("", "  "))
    cells = [(t("tightest rules"), t("needs"), t("has"), t("margin"), "")]
    for title, (_, m) in zip(titles, rows, strict=True):
        cells.append(
            (title, _unit(m.needs.total, m), _unit(m.has.total, m), f"{m.left:+.0f} {m.unit}", m.brief)
        )
    return "\n".join(columns(cells, "<>>><", gaps=("  ", "  ", "   ", "   ", "   ")))


def _listed(judged: Judged) -> list[str]:
    """One rule of `--all`, and the margins it computed."""
    worst = min((f.severity.rank for f in judged.findings), default=None)
    state = "ok" if worst is None else word(list(Severity)[worst])
    lines = [f"  {padded(state, 7)}  {judged.rule.id:6}  {said(judged.rule.title)}"]
    for m in sorted(judged.margins, key=lambda m: m.left):
        told = t(
            "{title}: needs {needs}, has {has}, {left:+.0f} {unit} ({brief})",
            title=m.title,
            needs=_unit(m.needs.total, m),
            has=_unit(m.has.total, m),
            left=m.left,
            unit=m.unit,
            brief=m.brief,
        )
        lines.append(f"{'':19}{told}")
    return lines


def finding_text(report: Report, finding: Finding) -> str:
    """Where it stands, with a caret, the sum, and what to set instead."""
    place = report.place(finding)
    lines = [f"{place}: {word(finding.severity)} {finding.rule}: {finding.message}"]
    if place.line and place.text:
        lines += place.caret_lines()
    lines += _numbers(report, finding)
    for n, remedy in enumerate(finding.remedies):
        first = t("  or") if n else t("set")
        lines.append(f"   {padded(first, 6)} {words(remedy)}".rstrip())
    return "\n".join(lines)


def _numbers(report: Report, finding: Finding) -> list[str]:
    margin = finding.margin
    if margin is None:
        return []

    def line_of(path: tuple[str | int, ...]) -> int | None:
        return report.site_file.place(path).line or None

    needs, has = _unit(margin.needs.total, margin), _unit(margin.has.total, margin)
    room = max(len(needs), len(has))
    reason = margin.needs.in_words(line_of)
    short = t("   {short} {unit} short", short=number(margin.short), unit=margin.unit) if margin.short else ""
    made_of = f" = {margin.has.in_words()}" if len(margin.has.terms) > 1 else ""
    first = max(width(t("needs")), width(t("has")))
    return [
        f"   {padded(t('needs'), first)} {needs:>{room}} = {reason}",
        f"   {padded(t('has'), first)} {has:>{room}}{made_of}{short}",
    ]


def _note(report: Report, finding: Finding) -> str:
    place = report.place(finding)
    where = f"{place.file}:{place.line}" if place.line else f"{place}"
    return f"  {word(finding.severity)}  {finding.rule}  {where}: {finding.message}"


def _verdict(report: Report, *, every_rule: bool) -> str:
    errors, warnings, notes = (report.count(s) for s in (Severity.ERROR, Severity.WARNING, Severity.NOTE))
    counts = t(", ").join(
        [
            _count(errors, t("1 error"), t("{n} errors", n=errors), none=t("0 errors")),
            _count(warnings, t("1 warning"), t("{n} warnings", n=warnings), none=t("0 warnings")),
            _count(notes, t("1 note"), t("{n} notes", n=notes), none=t("0 notes")),
        ]
    )
    verdict = t("unsafe") if report.exit_code else t("safe")
    example = next((f.rule for f in report.findings if f.counts), "R6-14")
    first = t("{verdict}: {counts} in {n} rules.", verdict=verdict, counts=counts, n=len(report.judged))
    more = [] if every_rule else [t("`--all` lists every rule,")]
    return " ".join([first, *more, t("`--explain {rule}` the reasoning.", rule=example)])


def _count(n: int, one: str, many: str, none: str = "") -> str:
    return one if n == 1 else many if n else none


def _unit(value: float, margin: Margin) -> str:
    return f"{number(value)} {margin.unit}"


def padded(text: str, wide: int) -> str:
    """To so many cells of a terminal."""
    return text + " " * (wide - width(text))
