"""The list of rules. To add one: write a function that yields what it finds, put `@rule` on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import cleandoc

from realtime.contacts import Contacts
from sequencer.site import Site
from sim.model import Model
from teiden.language.say import japanese, language
from teiden.rules.finding import Broken, Finding, Found, Margin, Severity

THEMES = (
    "confirm_times",
    "linked_stop",
    "batteries",
    "shutdown",
    "shared_power",
    "switches",
    "cards",
    "network",
    "arrays",
    "cluster",
    "groups",
    "names",
    "start",
    "waits",
    "schedules",
    "schedule_days",
    "control_nights",
    "products",
    "typical",
    "live_secrets",
    "live_ways",
    "live_places",
    "live_sight",
)
"""Files of rules, in the order in which they are listed."""

SiteCheck = Callable[[Site], Iterator[Found]]
ModelCheck = Callable[[Site, Model], Iterator[Found]]
ContactCheck = Callable[[Site, Contacts], Iterator[Found]]
Look = Callable[[Site, Model | None, Contacts | None], Iterator[Found]]


@dataclass(frozen=True)
class Rule:
    id: str
    severity: Severity
    title: str
    """What must hold, in one sentence."""
    why: str
    """What happens otherwise, and where the rule comes from."""
    look: Look
    also: tuple[str, ...] = ()
    """Other ids of the same rule, or of the rule that this one is part of."""
    live: bool = False
    """It is about the way to the real devices: held when the site file says `live:`, or when asked for."""

    @property
    def reasoning(self) -> str:
        """`why`, in the language of this run: the catalogue has it by the rule's id."""
        return japanese().get(f"why {self.id}", self.why) if language() == "ja" else self.why

    def found(
        self, site: Site, model: Model | None = None, contacts: Contacts | None = None
    ) -> tuple[list[Finding], list[Margin]]:
        findings: list[Finding] = []
        margins: list[Margin] = []
        for found in self.look(site, model, contacts):
            if isinstance(found, Margin):
                margins.append(found)
            else:
                findings.append(self._stamped(found))
        return findings, margins

    def check(
        self, site: Site, model: Model | None = None, contacts: Contacts | None = None
    ) -> list[Finding]:
        return self.found(site, model, contacts)[0]

    def _stamped(self, broken: Broken) -> Finding:
        return Finding(
            self.id,
            broken.severity or self.severity,
            self.title,
            broken.message,
            broken.path,
            broken.margin,
            broken.remedies,
        )


_rules: dict[str, Rule] = {}


def rule(
    id: str, severity: Severity, title: str, *, why: str, also: tuple[str, ...] = ()
) -> Callable[[SiteCheck], SiteCheck]:
    """Register a rule that needs only the site: its limits, never what typically happens."""

    def register(check: SiteCheck) -> SiteCheck:
        _add(Rule(id, severity, title, cleandoc(why), lambda site, *_: check(site), also))
        return check

    return register


def model_rule(
    id: str, severity: Severity, title: str, *, why: str, also: tuple[str, ...] = ()
) -> Callable[[ModelCheck], ModelCheck]:
    """Register a rule that holds the site's limits against `model:`. It can only find fault."""

    def register(check: ModelCheck) -> ModelCheck:
        def look(site: Site, model: Model | None, _: Contacts | None) -> Iterator[Found]:
            return check(site, model) if model is not None else iter(())

        _add(Rule(id, severity, title, cleandoc(why), look, also))
        return check

    return register


def contact_rule(
    id: str, severity: Severity, title: str, *, why: str, also: tuple[str, ...] = ()
) -> Callable[[ContactCheck], ContactCheck]:
    """Register a rule for every site that also needs to know how its devices are reached."""

    def register(check: ContactCheck) -> ContactCheck:
        def look(site: Site, _: Model | None, contacts: Contacts | None) -> Iterator[Found]:
            return check(site, contacts or Contacts())

        _add(Rule(id, severity, title, cleandoc(why), look, also))
        return check

    return register


def live_rule(
    id: str, severity: Severity, title: str, *, why: str, also: tuple[str, ...] = ()
) -> Callable[[ContactCheck], ContactCheck]:
    """Register a rule for sites that are commanded live; without contacts it finds nothing."""

    def register(check: ContactCheck) -> ContactCheck:
        def look(site: Site, _: Model | None, contacts: Contacts | None) -> Iterator[Found]:
            return check(site, contacts) if contacts is not None else iter(())

        _add(Rule(id, severity, title, cleandoc(why), look, also, live=True))
        return check

    return register


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule there is."""
    for theme in THEMES:
        import_module(f"teiden.rules.{theme}")
    return tuple(_rules.values())


def rules_for(*, live: bool) -> tuple[Rule, ...]:
    """Those that are held against a site that is only rehearsed, or against one that is also commanded."""
    return tuple(rule for rule in all_rules() if live or not rule.live)


def called(id: str) -> tuple[Rule, ...]:
    """The rules of this id, or of which it is another name: S19 is both R6-11 and R6-12."""
    wanted = id.strip().upper()
    return tuple(r for r in all_rules() if wanted in (r.id, *r.also))


def ids() -> tuple[str, ...]:
    """Every id that `called` knows, in the order of requirements and reliability."""
    known = {i for r in all_rules() for i in (r.id, *r.also)}
    return tuple(sorted(known, key=_natural))


def _natural(id: str) -> list[tuple[str, int]]:
    return [(letters, int(digits)) for letters, digits in re.findall(r"(\D*)(\d+)", id)]


def _add(new: Rule) -> None:
    assert new.id not in _rules, f"two rules are called {new.id}"
    _rules[new.id] = new
