"""Rules of how devices are reached: by address, not by a name, and one question at a time."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from realtime.contacts import Contacts, NutContact
from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath, amount
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import contact_rule, rule


@contact_rule(
    "N4",
    Severity.WARNING,
    "devices are reached by address, not by name",
    why="""
    In an outage the name server goes down like everybody else, often as one of the first. A card or a
    server that is known only by its name can then no longer be asked, and a machine that nobody can ask
    counts as unknown: its UPS is switched off late or not at all.
    """,
)
def devices_have_addresses(site: Site, contacts: Contacts) -> Iterator[Found]:
    for host, path in (*_hosts(site), *_ways(contacts)):
        if host and not _is_address(host):
            yield Broken(
                t("{host} is a name; the name server may be off before it is asked", host=host),
                path,
                remedies=(Remedy(remark=t("{key}: its address", key=path[-1])),),
            )


def _hosts(site: Site) -> Iterator[tuple[str, KeyPath]]:
    for ups in site.upses.values():
        yield ups.card, ("upses", ups.name, "card")
    for array in site.arrays.values():
        yield array.address, ("arrays", array.name, "address")
    for server in site.servers.values():
        yield server.address, ("servers", server.name, "address")
        yield server.shutdown_host, ("servers", server.name, "shutdown", "host")
    for host in site.lan_watch.hosts:
        yield host, ("lan_watch", "hosts")


def _ways(contacts: Contacts) -> Iterator[tuple[str, KeyPath]]:
    """Hosts that only live mode asks. A control node's address as the place of its peer is told above."""
    for name, ups in contacts.upses.items():
        if isinstance(ups, NutContact):
            yield ups.host, ("upses", name, "nut", "host")
    for name, server in contacts.servers.items():
        if server.bmc is not None:
            yield urlsplit(server.bmc.url).hostname or "", ("servers", name, "bmc", "url")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@rule(
    "S33",
    Severity.WARNING,
    "a card has answered or been given up before it is asked again",
    why="""
    Cards are small computers. One that is asked again while it still works on the last question gets
    slower, then silent (U20), just when every reading counts. So a poll is given up before the next one
    begins, also on battery, where the polls are closest together.
    """,
    also=("U20",),
)
def one_question_at_a_time(site: Site) -> Iterator[Found]:
    polling = site.polling
    path = ("polling", "timeout")
    shortest_s = min(polling.on_battery_s, polling.on_line_s)
    margin = Margin(
        t("a poll is over before the next"),
        amount(polling.timeout_s, t("polling timeout"), path),
        amount(shortest_s, t("between two polls"), ("polling", "on_battery")),
        "polling",
        headline=False,
    )
    yield margin
    if margin.short:
        yield Broken(
            t(
                "a poll may take {timeout_s:g} s, the next one comes after {period_s:g} s",
                timeout_s=polling.timeout_s,
                period_s=shortest_s,
            ),
            path,
            margin,
            (Remedy((Change(path, shortest_s, t("or less")),)),),
        )
