"""The plan of this site with its margins, and the rules that its settings break."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from teiden.files.site_file import SiteFile
from teiden.language.say import language, speaking, t
from teiden.plan import show
from teiden.plan.arithmetic import number
from teiden.plan.step import PlannedStep
from teiden.rules import report
from teiden.rules.finding import Finding, Severity
from teiden.rules.remedies import words
from teiden.rules.text import word
from teiden.web.console import console_of
from teiden.web.routes import Way, read
from teiden.web.view import page

TONES = {Severity.ERROR: "bad", Severity.WARNING: "odd", Severity.NOTE: "off"}
MOST_FINDINGS = 100


async def plan(request: Request) -> Response:
    console = console_of(request)
    values = await console.rehearsing.played(_plan, language())
    return page(request, "plan.html", values)


def _plan(site_file: SiteFile, spoken: str) -> dict[str, object]:
    with speaking(spoken):
        planned, checked = show.plan(site_file), report.check(site_file)
        stop = planned.stop
        return {
            "stop": [_step(step) for step in stop.steps],
            "sums": show.sums(stop),
            "sums_tone": "bad" if stop.margin_s < 0 else "good",
            "start": [_step(step) for step in planned.start],
            "batteries": list(_batteries(planned)),
            "findings": [_finding(checked, one) for one in checked.findings[:MOST_FINDINGS]],
            "more": max(0, len(checked.findings) - MOST_FINDINGS),
            "errors": checked.count(Severity.ERROR),
            "warnings": checked.count(Severity.WARNING),
            "rules": len(checked.judged),
            "tightest": [
                {
                    "rule": rule.id,
                    "title": margin.title,
                    "needs": f"{number(margin.needs.total)} {margin.unit}",
                    "has": f"{number(margin.has.total)} {margin.unit}",
                    "left": f"{margin.left:+.0f} {margin.unit}",
                    "tone": _tone(margin.left),
                    "brief": margin.brief,
                }
                for rule, margin in checked.tightest(8)
            ],
            "file": site_file.path,
            "hash": site_file.hash[:12],
        }


def _step(step: PlannedStep) -> dict[str, str]:
    return {
        "from": number(step.from_s),
        "until": number(step.until_s),
        "who": show.short(step.who),
        "all": " ".join(step.who),
        "what": step.what,
        "waits_for": step.waits_for,
        "margin": "" if step.margin_s is None else t("{n} s", n=f"{step.margin_s:+.0f}"),
        "tone": "" if step.margin_s is None else _tone(step.margin_s),
        "limit": "" if step.limit_s is None else t("{n} s", n=number(step.limit_s)),
    }


def _tone(left: float) -> str:
    return "bad" if left < 0 else "odd" if left == 0 else "good"


def _batteries(planned: show.Plan) -> Iterator[dict[str, str]]:
    """Those that are alike together."""
    groups: dict[tuple[str, str, str, str, str], list[str]] = {}
    for line in planned.batteries:
        has, left, tone = t("not stated"), "", "odd"
        if line.has is not None:
            margin_s = line.has.total - line.needs.total
            has, tone = t("{n} s", n=number(line.has.total)), _tone(margin_s)
            left = t("{n} s", n=f"{margin_s:+.0f}")
        key = t("{n} s", n=number(line.needs.total)), has, left, tone, show.worst_case(line)
        groups.setdefault(key, []).append(line.ups)
    for (needs, has, left, tone, worst), upses in groups.items():
        who = show.short(tuple(upses))
        yield {
            "who": who,
            "all": " ".join(upses),
            "needs": needs,
            "has": has,
            "margin": left,
            "tone": tone,
            "worst": worst,
        }


def _finding(checked: report.Report, finding: Finding) -> dict[str, object]:
    place = checked.place(finding)
    return {
        "severity": word(finding.severity),
        "tone": TONES[finding.severity],
        "rule": finding.rule,
        "message": finding.message,
        "line": place.line,
        "text": place.text.strip() if place.line and place.text else "",
        "remedies": [words(remedy) for remedy in finding.remedies],
    }


ROUTES: list[Way] = [read("/plan", plan)]
