"""Rules of the names that the cluster software accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from realtime.contacts import Contacts
from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import contact_rule

LONGEST = 15
PLAIN = re.compile(r"[A-Za-z0-9]+", re.ASCII)


@contact_rule(
    "R12-09",
    Severity.ERROR,
    "names of cluster, group and servers are 1 to 15 ASCII letters and digits",
    why="""
    The interface between the power service and the cluster is the old one of CLUSTERPRO 8.0. With any
    other name the power service reports an error and does not start, so nothing is stopped in an
    outage. A hyphen in a server's name is a warning: the document's own servers have them.
    Power-control groups may have any name.
    """,
)
def names_are_accepted(site: Site, contacts: Contacts) -> Iterator[Found]:
    yield from _judged(site.cluster.name, t("cluster name"), ("cluster", "name"), hyphen=False)
    if group := contacts.cluster.group:
        yield from _judged(
            group, t("name of the failover group"), ("cluster", "manager", "group"), hyphen=False
        )
    for server in site.servers.values():
        yield from _judged(server.name, t("server name"), ("servers", server.name), hyphen=True)


def _judged(name: str, what: str, path: KeyPath, *, hyphen: bool) -> Iterator[Found]:
    if len(name) > LONGEST:
        wrong = t(
            "{what} {name} has {count} characters, {most} at most",
            what=what,
            name=name,
            count=len(name),
            most=LONGEST,
        )
    elif PLAIN.fullmatch(name):
        return
    elif hyphen and PLAIN.fullmatch(name.replace("-", "")):
        yield Broken(
            t("{what} {name} has a hyphen; not every version accepts it", what=what, name=name),
            path,
            remedies=(Remedy(remark=t("a name without it, such as {plain}", plain=_plain(name))),),
            severity=Severity.WARNING,
        )
        return
    else:
        wrong = t("{what} {name} may have ASCII letters and digits only", what=what, name=name)
    yield Broken(
        wrong,
        path,
        remedies=(Remedy(remark=t("a name such as {plain}", plain=_plain(name))),),
    )


def _plain(name: str) -> str:
    return "".join(PLAIN.findall(name))[:LONGEST] or "server1"
