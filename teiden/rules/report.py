"""The answer of `teiden check`: what is broken, where, and what to set instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from realtime.contacts import Contacts
from sequencer.site import Site
from sim.model import Model
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import said, t
from teiden.plan.arithmetic import KeyPath
from teiden.plan.columns import folded
from teiden.rules.finding import Finding, Margin, Severity
from teiden.rules.registry import Rule, called, ids, rules_for
from teiden.rules.remedies import Prover

MENDED = 25
"""Values to set are worked out for so many findings, the worst first: each is checked against every rule."""


class SiteFile(Protocol):
    """What a site file offers, as `teiden.files.site_file` reads it."""

    @property
    def site(self) -> Site: ...
    @property
    def model(self) -> Model: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def is_live(self) -> bool: ...
    def place(self, key_path: KeyPath) -> Place: ...


@dataclass(frozen=True)
class Judged:
    """One rule and what it found on this site."""

    rule: Rule
    findings: tuple[Finding, ...]
    margins: tuple[Margin, ...]


@dataclass(frozen=True)
class Report:
    site_file: SiteFile
    judged: tuple[Judged, ...]
    """Every rule, in the order of the list."""
    findings: tuple[Finding, ...]
    """Worst first, then as they stand in the file."""
    mended: int
    """Values to set are worked out for so many of them."""

    @property
    def exit_code(self) -> int:
        return 1 if self.count(Severity.ERROR) else 0

    def count(self, severity: Severity) -> int:
        return sum(f.severity is severity for f in self.findings)

    def place(self, finding: Finding) -> Place:
        return self.site_file.place(finding.path)

    def tightest(self, most: int = 4) -> list[tuple[Rule, Margin]]:
        """The smallest margins, one for each thing that must hold."""
        tight: dict[tuple[str, str], tuple[Rule, Margin]] = {}
        for judged in self.judged:
            for margin in judged.margins:
                key = (judged.rule.id, margin.title)
                if margin.headline and (key not in tight or margin.left < tight[key][1].left):
                    tight[key] = (judged.rule, margin)
        return sorted(tight.values(), key=lambda item: item[1].left)[:most]


def check(site_file: SiteFile, *, live: bool | None = None) -> Report:
    """Hold every rule against the site. Suggested values are applied and checked before they are shown.

    `live`: those of live mode too; None: if the file says `live:`.
    """
    site, model, contacts = site_file.site, site_file.model, site_file.contacts
    rules = rules_for(live=site_file.is_live if live is None else live)
    judged = []
    for rule in rules:
        findings, margins = rule.found(site, model, contacts)
        judged.append(Judged(rule, tuple(findings), tuple(margins)))

    def order(finding: Finding) -> tuple[int, int, int]:
        place = site_file.place(finding.path)
        return finding.severity.rank, place.line, place.col

    found = sorted((f for j in judged for f in j.findings), key=order)
    prover = Prover(site, model, {f.key for f in found if f.counts}, contacts, rules)
    shown: list[Finding] = []
    mended = 0
    for finding in found:
        if mended < MENDED and not prover.is_done:
            shown.append(replace(finding, remedies=prover.proved(finding)))
            mended += 1
        else:
            shown.append(replace(finding, remedies=tuple(r for r in finding.remedies if not r.changes)))
    return Report(site_file, tuple(judged), tuple(shown), mended)


def main_text(site_file: SiteFile, *, all_rules: bool = False) -> tuple[str, int]:
    """What `teiden check SITE` prints, and its exit code."""
    from teiden.rules.text import report_text

    report = check(site_file)
    return report_text(report, every_rule=all_rules), report.exit_code


def explain(rule_id: str) -> str:
    """What `teiden check --explain R6-14` prints; InputError for an id that no rule has."""
    rules = called(rule_id)
    if not rules:
        unknown = t("no rule is called {rule}", rule=rule_id)
        known = t("known: {ids}", ids=", ".join(ids()))
        raise InputError([Problem(Place("--explain"), unknown, known)])
    return "\n\n".join(_explained(rule) for rule in rules)


def _explained(rule: Rule) -> str:
    also = t(" (also {ids})", ids=", ".join(rule.also)) if rule.also else ""
    broken = {
        Severity.ERROR: t("Broken, it is an error."),
        Severity.WARNING: t("Broken, it is a warning."),
        Severity.NOTE: t("Broken, it is a note."),
    }[rule.severity]
    first = t(
        "{rule}{also}: {title}. {broken}", rule=rule.id, also=also, title=said(rule.title), broken=broken
    )
    paragraphs = ["\n".join(folded(" ".join(p.split()), 100)) for p in rule.reasoning.split("\n\n")]
    return "\n\n".join([first, *paragraphs])
