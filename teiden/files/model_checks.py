"""What `model:` says about jobs: that they exist on the servers it names them for."""

from __future__ import annotations

from collections.abc import Iterator

from teiden.files.document import Document
from teiden.files.source import Problem
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t


def job_problems(site: Document) -> Iterator[Problem]:
    """A slip of the pen would else leave a job to its default."""
    for name in site.mapping("model", "servers"):
        known = _jobs_of(site, name)
        for job in site.mapping("model", "servers", name, "jobs"):
            if job not in known:
                if known:
                    hint = did_you_mean(job, known) + t("known: {names}", names=listed(known))
                else:
                    hint = t("{server} has no jobs; give it some under `jobs`", server=name)
                place = site.key_place(("model", "servers", name, "jobs", job))
                yield Problem(place, t("no job is named {name}", name=quoted(job)), hint)


def _jobs_of(site: Document, name: str) -> list[str]:
    """Of one server, or of every server in a role."""
    servers = site.mapping("servers")
    known: list[str] = []
    for server, entry in servers.items():
        role = entry.get("role") if isinstance(entry, dict) else None
        if name not in (server, role):
            continue
        for when in ("start", "stop"):
            own = when in site.mapping("servers", server, "jobs")
            path = ("servers", server) if own else ("server_defaults",)
            found = site.matches(*path, "jobs", when, "*", "name")
            known += [job for _, job in found if isinstance(job, str)]
    return list(dict.fromkeys(known))
