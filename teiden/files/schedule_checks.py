"""What is wrong with schedules as such: they switch nothing, want what is not there, or mix the two sides.

Whether a schedule is *safe* is for the rules of `teiden check`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from teiden.files.document import Document, Value
from teiden.files.source import Problem
from teiden.files.wording import listed, quoted
from teiden.language.say import t

_HOLIDAYS = re.compile(r"(^|,)\s*holidays\s*(,|$)")


def schedule_problems(site: Document) -> Iterator[Problem]:
    for name, entry in site.mapping("schedules").items():
        if isinstance(entry, dict):
            yield from _switches_nothing(site, name, entry)
            yield from _lan(site, name, entry)
            yield from _servers(site, name)
    yield from _holidays(site)
    yield from _hosts(site)
    yield from _jobs(site)


def _switches_nothing(site: Document, name: str, entry: dict[str, Value]) -> Iterator[Problem]:
    if not {"off", "on"} & entry.keys() and "lan" not in site.sequence("schedules", name, "off_by"):
        yield Problem(
            site.key_place(("schedules", name)),
            t("{schedule} switches nothing", schedule=name),
            t("give off: 22:00, on: 6:00, or off_by: [lan]"),
        )
    elif "on_days" in entry and "on" not in entry:
        yield Problem(
            site.key_place(("schedules", name, "on_days")),
            t("{schedule} has days of an on, but no `on`", schedule=name),
            t("give on: 6:00, or leave on_days out"),
        )


def _lan(site: Document, name: str, entry: dict[str, Value]) -> Iterator[Problem]:
    causes = site.sequence("schedules", name, "off_by")
    if "lan" in causes and "lan_watch" not in site.mapping():
        yield Problem(
            site.place(("schedules", name, "off_by", causes.index("lan"))),
            t("nobody is named whose silence `lan` waits for"),
            t("name the hosts to listen for under `lan_watch` (R8-04)"),
        )
    if entry.get("off_when") == "all" and "schedule" in (causes or ["schedule"]) and "off" not in entry:
        yield Problem(
            site.place(("schedules", name, "off_when")),
            t("{schedule} waits for all causes, but has no `off`", schedule=name),
            t("give off: 22:00, or write off_by: [lan]"),
        )


def _servers(site: Document, name: str) -> Iterator[Problem]:
    """All control nodes, or linked servers (R10-54). Names that are unknown are told elsewhere."""
    servers = site.sequence("schedules", name, "servers")
    nodes = [n for n in site.sequence("cluster", "nodes") if isinstance(n, str)]
    roles: dict[str, list[str]] = {"control": [], "linked": [], "pool": []}
    for i, server in enumerate(servers):
        place = site.place(("schedules", name, "servers", i))
        role = site.get("servers", server, "role") if isinstance(server, str) else None
        if server in servers[:i]:
            yield Problem(
                place,
                t("{server} is listed twice", server=quoted(server)),
                t("each server once"),
            )
        elif role == "pool":
            yield Problem(
                place,
                t("{server} is a pool server, which no schedule switches", server=quoted(server)),
                t("a schedule names linked servers, or all control nodes"),
            )
        elif isinstance(role, str) and role in roles:
            roles[str(role)].append(str(server))
    if roles["control"] and roles["linked"]:
        yield Problem(
            site.place(("schedules", name, "servers")),
            t("{schedule} mixes control nodes and linked servers", schedule=name),
            t(
                "make two schedules, one of them for {control}; the control side goes off last",
                control=listed(roles["control"]),
            ),
        )
    elif roles["control"] and (missing := [node for node in nodes if node not in servers]):
        yield Problem(
            site.place(("schedules", name, "servers")),
            t(
                "{schedule} names a part of the control nodes: {missing} would stay alone",
                schedule=name,
                missing=listed(missing),
            ),
            t("they go off together: servers: [{nodes}]", nodes=", ".join(nodes)),
        )


def _holidays(site: Document) -> Iterator[Problem]:
    """`holidays` is empty talk until the calendar says whose."""
    calendar = site.mapping("calendar")
    if calendar.get("country") or calendar.get("closed"):
        return
    for key in ("days", "on_days", "except"):
        pattern = ("schedules", "*", key, "*") if key == "except" else ("schedules", "*", key)
        for path, text in site.matches(*pattern):
            if isinstance(text, str) and _HOLIDAYS.search(text):
                yield Problem(
                    site.place(path),
                    t("which days are holidays here is not said"),
                    t("give `calendar` a country, e.g. JP, or closed days, e.g. [2026-12-29..2027-01-03]"),
                )


def _hosts(site: Document) -> Iterator[Problem]:
    hosts = site.sequence("lan_watch", "hosts")
    for i, host in enumerate(hosts):
        if host in hosts[:i]:
            yield Problem(
                site.place(("lan_watch", "hosts", i)),
                t("{host} is listed twice", host=quoted(host)),
                t("each host once"),
            )


def _jobs(site: Document) -> Iterator[Problem]:
    """The jobs of one list have names of their own: events and the pretend room tell them apart by these."""
    patterns = (("servers", "*", "jobs", "*"), ("server_defaults", "jobs", "*"))
    for path, jobs in (found for pattern in patterns for found in site.matches(*pattern)):
        seen: list[Value] = []
        for i, job in enumerate(jobs if isinstance(jobs, list) else []):
            job_name = job.get("name") if isinstance(job, dict) else None
            if job_name is not None and job_name in seen:
                yield Problem(
                    site.place((*path, i, "name")),
                    t("two jobs are named {job}", job=quoted(job_name)),
                    t("each job of a list has its own name"),
                )
            seen.append(job_name)
