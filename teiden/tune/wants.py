"""What the rules still demand of a site: errors, new warnings, and headline margins below the stated one."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.site import Site
from sim.model import Model
from teiden.plan.arithmetic import KeyPath
from teiden.rules.finding import Finding, Margin, Remedy, Severity
from teiden.rules.registry import Rule, all_rules

EPSILON_S = 1e-6


@dataclass(frozen=True)
class Want:
    """One demand of one rule that does not hold."""

    rule: Rule
    short: float
    """Seconds by which `has` must grow or `needs` shrink; 0 where the rule states no numbers."""
    margin: Margin | None = None
    nth: int = -1
    """Which of the rule's margins, in the order in which it yields them."""
    finding: Finding | None = None

    @property
    def path(self) -> KeyPath:
        """The value that has to grow, or the one that the finding points to."""
        if self.margin is not None:
            for term in self.margin.has.terms:
                if term.path:
                    return term.path
        return self.finding.path if self.finding is not None else ()

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        return self.finding.remedies if self.finding is not None else ()

    @property
    def only_warns(self) -> bool:
        told = self.finding is not None and not self.stated
        severity = self.finding.severity if self.finding is not None and told else self.rule.severity
        return severity is not Severity.ERROR

    @property
    def stated(self) -> bool:
        """A margin that everybody reads, not a recommendation."""
        return self.margin is not None and self.margin.headline and self.margin.unit == "s"


@dataclass(frozen=True)
class Demand:
    """What must hold in the end."""

    model: Model | None
    margin_s: float
    """Every headline margin in seconds is to be at least this."""
    known: frozenset[tuple[str, KeyPath]]
    """Warnings that the site had before: they are listed, not mended."""
    bare: frozenset[str] = frozenset()
    """Rules that only warn and cannot be kept: their margins are listed, not demanded."""

    def unmet(self, site: Site) -> list[Want]:
        return [want for rule in all_rules() for want in self.unmet_by(rule, site)]

    def unmet_by(self, rule: Rule, site: Site) -> list[Want]:
        findings, margins = rule.found(site, self.model)
        broken = {id(f.margin): f for f in findings if f.margin is not None}
        wants = []
        for nth, margin in enumerate(margins):
            finding = broken.pop(id(margin), None)
            wanted_s = self._short_s(rule, margin)
            if wanted_s > EPSILON_S:
                wants.append(Want(rule, wanted_s, margin, nth, finding))
            elif finding is not None and self.counts(finding):
                wants.append(Want(rule, margin.short, margin, nth, finding))
        rest = [f for f in findings if f.margin is None or id(f.margin) in broken]
        return wants + [Want(rule, 0.0, finding=f) for f in rest if self.counts(f)]

    def counts(self, finding: Finding) -> bool:
        if finding.severity is Severity.ERROR:
            return True
        return finding.severity is Severity.WARNING and finding.key not in self.known

    def _short_s(self, rule: Rule, margin: Margin) -> float:
        if not margin.headline or margin.unit != "s" or rule.id in self.bare:
            return 0.0
        return self.margin_s - margin.left


def warnings(site: Site, model: Model | None) -> frozenset[tuple[str, KeyPath]]:
    """What the site is warned of as it is."""
    return frozenset(
        f.key for rule in all_rules() for f in rule.check(site, model) if f.severity is Severity.WARNING
    )
