"""What a site file says about the ways to its devices that does not fit together.

Read from the plain values, as `site_checks` does. Whether a way is *safe* is for the rules of `teiden check`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from teiden.files.document import Document
from teiden.files.source import Path, Problem
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t

ONLY_V3 = ("auth", "privacy", "privacy_secret")
WAYS = {"webhook", "mail"}
"""Of alarms."""


def contact_problems(site: Document) -> Iterator[Problem]:
    """Two ways where one is meant, and ways that lack what they need."""
    yield from _upses(site)
    yield from _servers(site)
    for path, _ in site.matches("arrays", "*", "command", "flush"):
        if site.get(*path[:2], "role") == "control":
            yield Problem(
                site.key_place(path),
                t("{array} is a control array: it is never flushed", array=path[1]),
                t("delete flush; its state may be asked for (S32)"),
            )
    yield from _peers(site)
    if site.get("live", "alarms", "ca") is not None and not site.mapping("live", "alarms").keys() & WAYS:
        yield Problem(
            site.key_place(("live", "alarms", "ca")),
            t("a CA is given, and neither a webhook nor a mail server that it would verify"),
            t("give webhook: https://... or mail: {to: ..., from: ..., server: ...}, or delete ca"),
        )
    for path, _ in site.matches("live", "alarms", "mail", "user"):
        if site.get(*path[:-1], "secret") is None:
            yield Problem(
                site.place(path),
                t("the mail server is told a user and no password"),
                t("give secret: env:NAME, file:/path or cred:NAME beside it, or leave user out"),
            )


def _upses(site: Document) -> Iterator[Problem]:
    for name in site.mapping("upses"):
        if "snmp" in site.mapping("upses", name) and "nut" in site.mapping("upses", name):
            yield Problem(
                site.key_place(("upses", name, "nut")),
                t("{ups} has snmp and nut", ups=name),
                t("one of them: it is reached by its card, or through the NUT server that knows it"),
            )
    snmps: list[Path] = [
        ("ups_defaults", "snmp"),
        *(("upses", name, "snmp") for name in site.mapping("upses")),
    ]
    for path in snmps:
        snmp = site.mapping(*path)
        if snmp.get("version") in (1, "2c"):
            for key in (key for key in ONLY_V3 if key in snmp):
                yield Problem(
                    site.key_place((*path, key)),
                    t("SNMP version {version} has no {key}", version=snmp["version"], key=key),
                    t("version: 3 has it; versions 1 and 2c know a community only, in secret"),
                )


def _servers(site: Document) -> Iterator[Problem]:
    defaults = site.mapping("server_defaults")
    for name in site.mapping("servers"):
        own = site.mapping("servers", name)
        way = _merged(defaults, own, "shutdown").get("by")
        place = site.place(("servers", name, "shutdown", "by"))
        if way == "redfish" and "url" not in _merged(defaults, own, "bmc"):
            yield Problem(
                place,
                t("{server} is shut down by redfish and has no bmc", server=name),
                t("give bmc: {url: https://192.0.2.151, user: ..., secret: ..., ca: ...}, or delete by"),
            )
        elif way == "command" and "shutdown" not in _merged(defaults, own, "command"):
            yield Problem(
                place,
                t("{server} is shut down by command and has no such command", server=name),
                t("give command: {shutdown: [program, argument]}, here or in server_defaults"),
            )
        if isinstance(own.get("bmc"), dict) and "url" not in _merged(defaults, own, "bmc"):
            yield Problem(
                site.key_place(("servers", name, "bmc")),
                t("the bmc of {server} has no url", server=name),
                t("give url: https://192.0.2.151, here or in server_defaults"),
            )
        if "wake" in own and "mac" not in own:
            yield Problem(
                site.key_place(("servers", name, "wake")),
                t("{server} is to be woken and has no mac", server=name),
                t('give mac: "02:00:5e:00:05:01", the address of its network card'),
            )


def _merged(defaults: dict[str, Any], own: dict[str, Any], key: str) -> dict[str, Any]:
    """Both as far as they are mappings; what stands at the server wins."""
    both = (part.get(key) for part in (defaults, own))
    return {k: value for part in both if isinstance(part, dict) for k, value in part.items()}


def _peers(site: Document) -> Iterator[Problem]:
    nodes = [str(node) for node in site.sequence("cluster", "nodes")]
    for name in site.mapping("live", "peers"):
        if name not in nodes:
            yield Problem(
                site.key_place(("live", "peers", name)),
                t("{name} is not a node of the cluster", name=quoted(name)),
                f"{did_you_mean(name, nodes)}known: {listed(nodes)}",
            )
