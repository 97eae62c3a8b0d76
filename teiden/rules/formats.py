"""A check report for machines: JSON for scripts, workflow commands for GitHub (see docs/check.md)."""

from __future__ import annotations

import json
from typing import Any

from teiden.language.say import said
from teiden.rules.finding import Finding, Margin, Remedy, Severity
from teiden.rules.remedies import words
from teiden.rules.report import Report

SCHEMA = "teiden/check/1"

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
"""What GitHub calls its annotations."""


def json_text(report: Report) -> str:
    """One object; `null` is what the file does not say. In English, whatever the reader speaks."""
    return json.dumps(_report(report), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _report(report: Report) -> dict[str, Any]:
    site = report.site_file.site
    return {
        "schema": SCHEMA,
        "site": site.name,
        "file": report.site_file.place(()).file,
        "safe": report.exit_code == 0,
        "rules": len(report.judged),
        "errors": report.count(Severity.ERROR),
        "warnings": report.count(Severity.WARNING),
        "notes": report.count(Severity.NOTE),
        "findings": [_finding(report, f) for f in report.findings],
        "margins": [
            {"rule": j.rule.id, "title": m.title, **_figures(m)} for j in report.judged for m in j.margins
        ],
    }


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    place = report.place(finding)
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "title": finding.title,
        "message": finding.message,
        "file": place.file,
        "line": place.line or None,
        "col": place.col or None,
        "key": list(finding.path),
        **_figures(finding.margin),
        "remedies": [_remedy(r) for r in finding.remedies],
    }


def _figures(margin: Margin | None) -> dict[str, Any]:
    if margin is None:
        return {"needs": None, "has": None, "margin": None, "unit": None}
    return {
        "needs": margin.needs.total,
        "has": margin.has.total,
        "margin": margin.left,
        "unit": margin.unit,
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    """Durations in seconds; `bound`: the value or anything less, more, later."""
    return {
        "text": _told(remedy),
        "set": [{"key": list(c.at), "value": c.value, "bound": c.bound or None} for c in remedy.changes],
    }


def _told(remedy: Remedy) -> str:
    """In one line, without what only sets it off in the text report."""
    return " ".join(words(remedy).split()).strip(" ,")


def github_text(report: Report) -> str:
    """One workflow command per finding: GitHub shows it at its line of the pull request."""
    return "".join(f"{_command(report, f)}\n" for f in report.findings)


def _command(report: Report, finding: Finding) -> str:
    place = report.place(finding)
    properties = {"file": place.file}
    if place.line:
        properties |= {
            "line": str(place.line),
            "col": str(place.col),
            "endColumn": str(place.col + place.width),
        }
    properties["title"] = f"{finding.rule} {said(finding.title)}"
    told = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    lines = [finding.message, *_needs(finding.margin), *(_told(r) for r in finding.remedies)]
    return f"::{COMMANDS[finding.severity]} {told}::{_data(chr(10).join(lines))}"


def _needs(margin: Margin | None) -> list[str]:
    if margin is None:
        return []
    return [
        f"{margin.needs.total:g} {margin.unit} ({margin.needs.brief}) > {margin.has.total:g} {margin.unit}"
    ]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
