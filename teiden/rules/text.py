"""The words of a check report: a summary, the tightest margins, each finding with its line and a caret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer.site import ServerRole, Site
from teiden.plan.arithmetic import number
from teiden.plan.columns import columns, width
from teiden.rules.finding import Finding, Margin, Severity
from teiden.rules.registry import Rule
from teiden.rules.remedies import words
from teiden.rules.report import MENDED, Judged, Report

if TYPE_CHECKING:
    from rich.console import Console


def render(report: Report, console: Console, *, every_rule: bool = False) -> None:
    """The same text, with colour where the console has any."""
    from rich.text import Text

    text = Text(report_text(report, every_rule=every_rule))
    text.highlight_regex(r"(?m)(: |^  )error\b|^unsafe", "bold red")
    text.highlight_regex(r"(?m)(: |^  )warning\b", "yellow")
    text.highlight_regex(r"(?m)^  (note|ok)\b", "cyan")
    text.highlight_regex(r"(?m)^safe", "bold green")
    text.highlight_regex(r"\^+", "bold red")
    console.print(text, soft_wrap=True)


def report_text(report: Report, *, every_rule: bool = False) -> str:
    blocks = [summary(report.site_file.site)]
    tightest = report.tightest()
    if tightest:
        blocks.append(_table(tightest))
    if every_rule:
        blocks.append("\n".join(line for judged in report.judged for line in _listed(judged)))
    blocks += [_finding(report, f) for f in report.findings if f.counts]
    if len(report.findings) > MENDED:
        blocks.append(f"Values to set are worked out for the first {MENDED} findings; mend these first.")
    notes = [_note(report, f) for f in report.findings if not f.counts]
    if notes:
        blocks.append("\n".join(notes))
    blocks.append(_verdict(report, every_rule=every_rule))
    return "\n\n".join(blocks) + "\n"


def summary(site: Site) -> str:
    """`reference: 6 UPSes, 2 arrays, 6 servers, ... (ver2.1, Asia/Tokyo)`."""
    servers = [s for s in site.servers.values() if s.role is not ServerRole.POOL]
    counts = [
        _count(len(site.upses), "UPS", "UPSes"),
        _count(len(site.arrays), "array"),
        _count(len(servers), "server"),
        _count(len(site.pool_servers), "pool server"),
        "1 cluster",
        _count(len(site.schedules), "schedule"),
    ]
    shown = [c for c in counts if not c.startswith("0 ")]
    return f"{site.name}: {', '.join(shown)} ({site.product}, {site.time_zone})"


def _table(rows: list[tuple[Rule, Margin]]) -> str:
    titles = columns([(rule.id, m.title) for rule, m in rows], "<<", gaps=("", "  "))
    cells = [("tightest rules", "needs", "has", "margin", "")]
    for title, (_, m) in zip(titles, rows, strict=True):
        cells.append(
            (title, _unit(m.needs.total, m), _unit(m.has.total, m), f"{m.left:+.0f} {m.unit}", m.brief)
        )
    return "\n".join(columns(cells, "<>>><", gaps=("  ", "  ", "   ", "   ", "   ")))


def _listed(judged: Judged) -> list[str]:
    """One rule of `--all`, and the margins it computed."""
    worst = min((f.severity.rank for f in judged.findings), default=None)
    state = "ok" if worst is None else list(Severity)[worst].value
    lines = [f"  {state:7}  {judged.rule.id:6}  {judged.rule.title}"]
    for m in sorted(judged.margins, key=lambda m: m.left):
        figures = f"needs {_unit(m.needs.total, m)}, has {_unit(m.has.total, m)}, {m.left:+.0f} {m.unit}"
        lines.append(f"{'':19}{m.title}: {figures} ({m.brief})")
    return lines


def _finding(report: Report, finding: Finding) -> str:
    place = report.place(finding)
    lines = [f"{place}: {finding.severity.value} {finding.rule}: {finding.message}"]
    if place.line and place.text:
        lines.append(f"{place.line:>5} | {place.text}")
        before = width(place.text[: place.col - 1])
        lines.append("      | " + " " * before + "^" * max(1, place.width))
    lines += _numbers(report, finding)
    for first, remedy in zip(("set", *["  or"] * len(finding.remedies)), finding.remedies, strict=False):
        lines.append(f"   {first:6} {words(remedy)}".rstrip())
    return "\n".join(lines)


def _numbers(report: Report, finding: Finding) -> list[str]:
    margin = finding.margin
    if margin is None:
        return []

    def line_of(path: tuple[str | int, ...]) -> int | None:
        return report.site_file.place(path).line or None

    needs, has = _unit(margin.needs.total, margin), _unit(margin.has.total, margin)
    width = max(len(needs), len(has))
    reason = margin.needs.in_words(line_of)
    short = f"   {number(margin.short)} {margin.unit} short" if margin.short else ""
    made_of = f" = {margin.has.in_words()}" if len(margin.has.terms) > 1 else ""
    return [f"   needs {needs:>{width}} = {reason}", f"   has   {has:>{width}}{made_of}{short}"]


def _note(report: Report, finding: Finding) -> str:
    place = report.place(finding)
    where = f"{place.file}:{place.line}" if place.line else f"{place}"
    return f"  note  {finding.rule}  {where}: {finding.message}"


def _verdict(report: Report, *, every_rule: bool) -> str:
    counts = ", ".join(_count(report.count(s), s.value) for s in Severity)
    word = "unsafe" if report.exit_code else "safe"
    example = next((f.rule for f in report.findings if f.counts), "R6-14")
    more = "" if every_rule else "`--all` lists every rule, "
    rules = _count(len(report.judged), "rule")
    return f"{word}: {counts} in {rules}. {more}`--explain {example}` the reasoning."


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"


def _unit(value: float, margin: Margin) -> str:
    return f"{number(value)} {margin.unit}"
