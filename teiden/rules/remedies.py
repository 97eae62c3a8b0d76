"""Values to set instead: applied to the site and checked again before anybody reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from realtime.contacts import Contacts
from sequencer.site import AcLink, FlushOrder, Site
from sim.model import Model
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath, names, number
from teiden.rules.finding import Change, Finding, Remedy, Severity
from teiden.rules.registry import Rule, all_rules

FIELDS = {
    ("upses", "confirm"): "confirm_s",
    ("upses", "shutdown_delay"): "shutdown_delay_s",
    ("upses", "power_off_delay"): "power_off_delay_s",
    ("upses", "reboot_on_restore"): "reboot_on_restore",
    ("upses", "warm_up", "rank"): "warm_up_rank",
    ("upses", "warm_up", "time"): "warm_up_time_s",
    ("upses", "runtime"): "runtime_s",
    ("upses", "low_battery_runtime"): "low_battery_runtime_s",
    ("upses", "return_delay"): "return_delay_s",
    ("upses", "min_return_charge"): "min_return_charge_pct",
    ("linkage", "flush_limit"): "flush_limit_s",
    ("linkage", "flush_order"): "flush_order",
    ("linkage", "seen_off_limit"): "seen_off_limit_s",
    ("polling", "timeout"): "timeout_s",
    ("start", "gap"): "gap_s",
    ("start", "mains_stable"): "mains_stable_s",
    ("start", "ready_hold"): "ready_hold_s",
    ("start", "array_limit"): "array_limit_s",
    ("start", "server_limit"): "server_limit_s",
    ("start", "cluster_limit"): "cluster_limit_s",
    ("cluster", "shutdown_limit"): "shutdown_limit_s",
    ("cluster", "linked"): "linked",
    ("cluster", "stop_at_outage"): "stop_at_outage",
    ("cluster", "ac_mode"): "ac_mode",
    ("cluster", "broadcast"): "broadcast",
    ("servers", "ac_link"): "ac_link",
    ("servers", "shutdown", "limit"): "shutdown_limit_s",
    ("switches", "upses"): "upses",
    ("schedules", "servers"): "servers",
    ("schedules", "on"): "on",
    ("schedules", "catch_up"): "catch_up_s",
}
"""Keys of the site file, without the device's name, and what they are called in `sequencer.site`."""

SINGLE = {"linkage", "cluster", "polling", "start"}
"""Sections that are one thing, not a list of devices."""

KINDS = {"ac_link": AcLink, "flush_order": FlushOrder}
"""Words of the file that are an `Enum` inside."""

DEVICES_CHECKED = 3500
FEWEST_CHECKS = 5
"""A site of 14 devices is checked anew 250 times if need be, one of 700 devices five times."""

ROUNDS = 6
"""A change that breaks another rule brings that rule's own remedy along, this often at most."""


class Prover:
    """Applies remedies and holds every rule against the result, as long as that is worth a reader's time."""

    def __init__(
        self,
        site: Site,
        model: Model | None,
        known: set[tuple[str, KeyPath]],
        contacts: Contacts | None = None,
        rules: Sequence[Rule] = (),
    ) -> None:
        self._site = site
        self._model = model
        self._contacts = contacts
        self._rules = rules or all_rules()
        self._known = known
        """What is broken now; a remedy need not mend that too."""
        devices = len(site.upses) + len(site.servers) + len(site.arrays)
        self._checks_left = max(FEWEST_CHECKS, DEVICES_CHECKED // max(1, devices))

    @property
    def is_done(self) -> bool:
        """No further remedy with values is proved."""
        return self._checks_left <= 0

    def proved(self, finding: Finding) -> tuple[Remedy, ...]:
        """The remedies that really mend this finding and break nothing else, completed where needed."""
        kept = []
        for remedy in finding.remedies:
            whole = self._completed(finding, remedy) if remedy.changes else remedy
            if whole is not None:
                kept.append(whole)
        return tuple(kept)

    def _completed(self, finding: Finding, remedy: Remedy) -> Remedy | None:
        changes = {c.at: c for c in remedy.changes}
        for _ in range(ROUNDS):
            if self.is_done:
                return None
            then = self._findings(applied(self._site, list(changes.values())))
            new = [f for f in then if _is_new(f, self._known)]
            if any(f.key == finding.key for f in then) or any(f.rule == finding.rule for f in new):
                return None
            if not new:
                return replace(remedy, changes=tuple(changes.values()))
            further = [f.remedies[0].changes for f in new if f.remedies and f.remedies[0].changes]
            if len(further) < len(new):
                return None
            changes |= {c.at: c for more in further for c in more}
        return None

    def _findings(self, site: Site) -> list[Finding]:
        self._checks_left -= 1
        return [f for r in self._rules for f in r.check(site, self._model, self._contacts) if f.counts]


def applied(site: Site, changes: Sequence[Change]) -> Site:
    """The site with these values set."""
    for change in changes:
        site = _set(site, change)
    return site


def words(remedy: Remedy) -> str:
    """`ups3 confirm: 1660s and ups1, ups2 confirm: 1690s`."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for change in remedy.changes:
        section, device, key = _parts(change.at)
        groups.setdefault((section, key, _value(key, change.value), change.bound), []).append(device)
    return t(" and ").join(_setting(*setting, who) for setting, who in groups.items()) + remedy.remark


def _is_new(finding: Finding, known: set[tuple[str, KeyPath]]) -> bool:
    """A warning where something was wrong before is what is left of it: R10-50 after R10-46."""
    if finding.key in known:
        return False
    return finding.severity is Severity.ERROR or all(path != finding.path for _, path in known)


def _set(site: Site, change: Change) -> Site:
    section, device, key = _parts(change.at)
    value: Any = KINDS[key](change.value) if key in KINDS else change.value
    field = FIELDS[(section, *key.split("."))]
    whole: Any = getattr(site, section)
    if section in SINGLE:
        whole = replace(whole, **{field: value})
    else:
        whole = {**whole, device: replace(whole[device], **{field: value})}
    settings: dict[str, Any] = {section: whole}
    return replace(site, **settings)


def _parts(at: KeyPath) -> tuple[str, str, str]:
    """("upses", "ups3", "warm_up", "time") -> "upses", "ups3", "warm_up.time"."""
    section, *rest = (str(key) for key in at)
    if section in SINGLE:
        return section, "", ".".join(rest)
    return section, rest[0], ".".join(rest[1:])


def _setting(section: str, key: str, value: str, bound: str, who: list[str]) -> str:
    if key == "runtime":
        return t("a battery of {value} or more behind {upses}", value=value, upses=names(who))
    named = section if section in ("cluster", "polling", "start") else names(who)
    return f"{named} {key.replace('.', ' ')}: {value} {bound}".strip()


def _value(key: str, value: float | str | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, str):
        return value
    if key.endswith("charge"):
        return f"{number(value)}%"
    return number(value) if key.endswith("rank") else f"{number(value)}s"
