"""Rules of sight in live mode: whoever is to be switched can be told, and can be seen to have done it."""

from __future__ import annotations

from collections.abc import Iterator

from realtime.contacts import Contacts, ServerContact
from sequencer.site import ServerRole, Site
from teiden.language.say import t
from teiden.plan.arithmetic import names
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import live_rule


@live_rule(
    "LIVE-1",
    Severity.WARNING,
    "every server can be seen to have halted",
    why="""
    A server that no longer answers may have halted, or hang while it still writes. Only its management
    controller, or a program that asks something outside of it, knows. Of a linked server without one it is
    never proven that it has halted: its array is flushed only when the UPS is seen off, or at the limit. Of a
    control node without one its peer never learns that it is dead, and commands nothing that needs it to be.
    """,
)
def servers_are_seen_halted(site: Site, contacts: Contacts) -> Iterator[Found]:
    unseen = {
        role: [
            s.name
            for s in site.servers.values()
            if s.role is role and not _is_seen(contacts.servers.get(s.name))
        ]
        for role in (ServerRole.LINKED, ServerRole.CONTROL)
    }
    remedies = (Remedy(remark=t("bmc: {url: https://..., ...}, or command: {state: [program, ...]}")),)
    if who := unseen[ServerRole.LINKED]:
        yield Broken(
            t("{servers} are never proven halted: their array waits for its limit", servers=names(who)),
            ("servers", who[0], "bmc"),
            remedies=remedies,
        )
    if who := unseen[ServerRole.CONTROL]:
        yield Broken(
            t(
                "{nodes} are never proven dead: the other node does not command in their place",
                nodes=names(who),
            ),
            ("servers", who[0], "bmc"),
            remedies=remedies,
        )


def _is_seen(contact: ServerContact | None) -> bool:
    if contact is None:
        return False
    return contact.bmc is not None or (contact.command is not None and "state" in contact.command.commands)


@live_rule(
    "LIVE-4",
    Severity.ERROR,
    "every linked server can be told to shut down",
    why="""
    Its UPS is switched off at the end of its limit, whether it was told or not. A server without an address,
    a controller or a program loses its power while it runs, in every outage.
    """,
)
def servers_can_be_told(site: Site, contacts: Contacts) -> Iterator[Found]:
    deaf = [
        server.name
        for server in site.linked_servers
        if server.shutdown_by != "cluster"
        and not _is_told(server.shutdown_by, contacts.servers.get(server.name))
    ]
    if deaf:
        yield Broken(
            t("nobody can tell {servers} to shut down", servers=names(deaf)),
            ("servers", deaf[0], "shutdown"),
            remedies=(Remedy(remark=t("shutdown host, by: redfish with a bmc, or by: command")),),
        )


def _is_told(way: str, contact: ServerContact | None) -> bool:
    if contact is None:
        return False
    if contact.command is not None and "shutdown" in contact.command.commands:
        return True
    return contact.bmc is not None if way == "redfish" else contact.ssh is not None
