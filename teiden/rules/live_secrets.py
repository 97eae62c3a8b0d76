"""Rules of secrets in live mode: who may command a card, and that nobody else learns how."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from realtime.contacts import Contacts, NutContact, SnmpContact
from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath, names
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import live_rule
from teiden.weak_secrets import FIXED, PHRASES, USERS, weakness

V3 = "3"
PASSWORD = re.compile(
    r"--?(pw|pass|passwd|password|secret|token)([=:].*)?|(pass(wd|word)?|pwd|secret|token)=.+", re.IGNORECASE
)
"""An argument that is a pass phrase, or that one follows."""


@live_rule(
    "SEC-1",
    Severity.ERROR,
    "commands to cards are encrypted and signed",
    why="""
    SNMP 1 and 2c carry the community in plain text: whoever hears the management LAN once can switch every
    UPS off. So commands go out by version 3 with a user and a pass phrase, and a card of another version is
    only read: nothing behind it would be switched in an outage. `allow_insecure: true` lets commands
    out all the same, for cards that know nothing better on a network that nobody else reaches.
    """,
)
def commands_are_encrypted(site: Site, contacts: Contacts) -> Iterator[Found]:
    told: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for name, card in _cards(contacts):
        if card.version != V3:
            told[card.version, card.allow_insecure].append(name)
        elif not (card.user and card.secret):
            told["", card.allow_insecure].append(name)
    for (version, insecure), who in told.items():
        key = "version" if version else "secret"
        path: KeyPath = ("upses", who[0], "snmp", key)
        if insecure:
            yield Broken(
                t(
                    "commands to {upses} go out in plain text: who hears that LAN can switch them off",
                    upses=names(who),
                ),
                ("upses", who[0], "snmp", "allow_insecure"),
                severity=Severity.WARNING,
            )
        elif version:
            yield Broken(
                t(
                    "{upses}: SNMP version {version} is only read; every command to it would be refused",
                    upses=names(who),
                    version=version,
                ),
                path,
                remedies=(
                    Remedy(remark=t("version: 3 with user and secret, on the card too")),
                    Remedy(remark=t("allow_insecure: true, if the cards know no version 3")),
                ),
            )
        else:
            yield Broken(
                t("{upses}: version 3 without a user or a pass phrase commands nothing", upses=names(who)),
                path,
                remedies=(Remedy(remark=t("user, and secret: file:/path, cred:NAME or env:NAME")),),
            )


@live_rule(
    "SEC-3",
    Severity.ERROR,
    "no name or pass phrase is one that everybody knows",
    why="""
    Attacks on UPSes and controllers begin with what they ship with: `public`, `private`, `apc`, the
    phrases in the manuals. Where a pass phrase or a community stands in the environment or in a file, `teiden
    doctor` looks at it; here it is what stands openly. The fixed `ac_passwd` of SSC 1.3 cannot be
    avoided there, so it is a warning: keep that console off every other network.
    """,
)
def nothing_is_known_to_everybody(site: Site, contacts: Contacts) -> Iterator[Found]:
    for name, card in _cards(contacts):
        if card.version != V3 and not card.secret and card.user:
            yield from _community(name, card)
    known: dict[str, list[tuple[str, KeyPath]]] = defaultdict(list)
    for user, name, path in _users(contacts):
        if user.lower() in USERS:
            known[user].append((name, path))
    for user, found in known.items():
        yield Broken(
            t(
                "the user {user} of {who} is one that devices are shipped with",
                user=user,
                who=names(w for w, _ in found),
            ),
            found[0][1],
            remedies=(Remedy(remark=t("a user of its own, with the rights it needs and no more")),),
            severity=Severity.WARNING,
        )
    for words, path in _programs(contacts):
        if any(word.lower() in PHRASES for word in words[1:]):
            fixed = FIXED in words and (site.ssc.startswith("1.") or site.product.startswith("ver1"))
            yield Broken(
                t("a pass phrase that everybody knows is given to a program"),
                path,
                remedies=(
                    Remedy(remark=t("SSC 1.3 demands it: keep that console off every other network"))
                    if fixed
                    else Remedy(remark=t("one of its own, in a file that only the program reads")),
                ),
                severity=Severity.WARNING if fixed else Severity.ERROR,
            )


def _community(name: str, card: SnmpContact) -> Iterator[Found]:
    path: KeyPath = ("upses", name, "snmp", "user")
    commands = Severity.ERROR if card.allow_insecure else Severity.WARNING
    if weakness(card.user):
        yield Broken(
            t("the community of {ups} is one that everybody knows, or short enough to be guessed", ups=name),
            path,
            remedies=(Remedy(remark=t("secret: file:/path, cred:NAME or env:NAME with one of your own")),),
            severity=commands,
        )
    elif card.allow_insecure:
        yield Broken(
            t("the community that commands {ups} stands in this file", ups=name),
            path,
            remedies=(Remedy(remark=t("secret: file:/path, cred:NAME or env:NAME instead of user")),),
        )


@live_rule(
    "SEC-14",
    Severity.WARNING,
    "secrets stand where only the service reads them",
    why="""
    The arguments of a program stand in the list of processes, which every user of the machine reads. The
    environment is handed on to every program that the service starts, and many of them show it in an error
    report. A file that only the service may read (`file:`, mode 0600) or a credential of
    systemd (`cred:`) is neither.
    """,
)
def secrets_are_read_by_the_service_alone(site: Site, contacts: Contacts) -> Iterator[Found]:
    for words, path in _programs(contacts):
        if any(PASSWORD.fullmatch(word) for word in words[1:]):
            yield Broken(
                t("a program is given a pass phrase as an argument: every user of the node can read it"),
                path,
                remedies=(
                    Remedy(remark=t("let the program read it from a file that only the service reads")),
                ),
            )
    inherited: dict[str, KeyPath] = {}
    for where, path in secrets_of(contacts):
        if where.startswith("env:"):
            inherited.setdefault(where, path)
    if inherited:
        yield Broken(
            t(
                "{secrets}: the environment is handed to every program that the service starts",
                secrets=names(inherited),
            ),
            next(iter(inherited.values())),
            remedies=(Remedy(remark=t("cred:NAME, a credential of systemd, or file:/path, mode 0600")),),
            severity=Severity.NOTE,
        )


# What stands where ----------------------------------------------------------------------------------------


def _cards(contacts: Contacts) -> Iterator[tuple[str, SnmpContact]]:
    return ((name, ups) for name, ups in contacts.upses.items() if isinstance(ups, SnmpContact))


def _users(contacts: Contacts) -> Iterator[tuple[str, str, KeyPath]]:
    """Users that log in somewhere: the name, whose it is, and where it stands."""
    for name, ups in contacts.upses.items():
        if isinstance(ups, NutContact):
            yield ups.user, name, ("upses", name, "nut", "user")
        elif ups.version == V3:
            yield ups.user, name, ("upses", name, "snmp", "user")
    for name, server in contacts.servers.items():
        if server.bmc is not None:
            yield server.bmc.user, name, ("servers", name, "bmc", "user")
    yield contacts.cluster.rest_user, t("the cluster's manager"), ("cluster", "manager", "rest", "user")


def secrets_of(contacts: Contacts) -> Iterator[tuple[str, KeyPath]]:
    """Where each secret stands, and where the site file says so; '' where it says nothing."""
    for name, ups in contacts.upses.items():
        way = "nut" if isinstance(ups, NutContact) else "snmp"
        yield ups.secret, ("upses", name, way, "secret")
        if isinstance(ups, SnmpContact):
            yield ups.privacy_secret, ("upses", name, way, "privacy_secret")
    for name, server in contacts.servers.items():
        if server.bmc is not None:
            yield server.bmc.secret, ("servers", name, "bmc", "secret")
    for name, array in contacts.arrays.items():
        yield array.secret, ("arrays", name, "secret")
    yield contacts.cluster.rest_secret, ("cluster", "manager", "rest", "secret")
    yield contacts.alarms.webhook_secret, ("live", "alarms", "webhook_secret")
    yield contacts.alarms.mail_secret, ("live", "alarms", "mail", "secret")


def _programs(contacts: Contacts) -> Iterator[tuple[tuple[str, ...], KeyPath]]:
    """Each program of the file once, also one that all servers have from `server_defaults`."""
    seen = set()
    for kind, devices in (("servers", contacts.servers), ("arrays", contacts.arrays)):
        for name, device in devices.items():
            for verb, words in device.command.commands.items() if device.command else ():
                if words not in seen:
                    seen.add(words)
                    yield words, (kind, name, "command", verb)
    for verb, words in contacts.cluster.commands.items():
        yield words, ("cluster", "manager", verb)
    yield contacts.power_off, ("live", "power", "off")
    yield contacts.power_reboot, ("live", "power", "reboot")
    yield contacts.power_force, ("live", "power", "force")
