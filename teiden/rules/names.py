"""Rules of the names that the cluster software accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sequencer.site import Site
from teiden.plan.arithmetic import KeyPath
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import rule

LONGEST = 15
PLAIN = re.compile(r"[A-Za-z0-9]+", re.ASCII)


@rule(
    "R12-09",
    Severity.ERROR,
    "cluster and server names are 1 to 15 ASCII letters and digits",
    why="""
    The interface between the power service and the cluster is the old one of CLUSTERPRO 8.0. With any
    other name the power service reports an error and does not start, so nothing is stopped in an
    outage. A hyphen in a server's name is a warning: the document's own servers have them.
    Power-control groups may have any name.
    """,
)
def names_are_accepted(site: Site) -> Iterator[Found]:
    yield from _judged(site.cluster.name, "cluster name", ("cluster", "name"), hyphen=False)
    for server in site.servers.values():
        yield from _judged(server.name, "server name", ("servers", server.name), hyphen=True)


def _judged(name: str, what: str, path: KeyPath, *, hyphen: bool) -> Iterator[Found]:
    if len(name) > LONGEST:
        wrong = f"has {len(name)} characters, {LONGEST} at most"
    elif PLAIN.fullmatch(name):
        return
    elif hyphen and PLAIN.fullmatch(name.replace("-", "")):
        yield Broken(
            f"{what} {name} has a hyphen; not every version accepts it",
            path,
            remedies=(Remedy(remark=f"a name without it, such as {_plain(name)}"),),
            severity=Severity.WARNING,
        )
        return
    else:
        wrong = "may have ASCII letters and digits only" if name else "is empty"
    yield Broken(
        f"{what} {name} {wrong}",
        path,
        remedies=(Remedy(remark=f"a name such as {_plain(name)}"),),
    )


def _plain(name: str) -> str:
    return "".join(PLAIN.findall(name))[:LONGEST] or "server1"
