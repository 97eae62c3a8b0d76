"""Checks of this node's secrets: each can be had, nobody else reads it, it is none that everybody knows."""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Iterator

from realtime.contacts import Contacts, SnmpContact
from realtime.secret import NoSecret, secret_at
from sequencer.site import Site
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t
from teiden.weak_secrets import FIXED, weakness


def secrets(contacts: Contacts) -> Iterator[tuple[str, str]]:
    """Where each secret stands, and whose it is."""
    for name, ups in contacts.upses.items():
        yield ups.secret, name
        if isinstance(ups, SnmpContact):
            yield ups.privacy_secret, name
    for name, server in contacts.servers.items():
        if server.bmc is not None:
            yield server.bmc.secret, name
    for name, array in contacts.arrays.items():
        yield array.secret, name
    yield contacts.cluster.rest_secret, t("the cluster's manager")
    yield contacts.alarms.webhook_secret, t("alarms")
    yield contacts.alarms.mail_secret, t("alarms")


@check(
    "node.secrets",
    Kind.NODE,
    "secrets",
    why="""
    A secret that cannot be read when the service starts leaves its device unreached for the whole outage;
    one that makers ship or manuals print is tried first by whoever gets in (SEC-3, SEC-14).
    """,
)
async def readable(ctx: Context, name: str) -> Rows:
    whose: dict[str, list[str]] = defaultdict(list)
    for where, who in secrets(ctx.contacts):
        if where:
            whose[where].append(who)
    well = 0
    for where, names in whose.items():
        who = ", ".join(dict.fromkeys(names[:3])) + (", ..." if len(names) > 3 else "")
        try:
            secret = secret_at(where).reveal()
        except NoSecret as why:
            yield fail(t("{who}: {why}", who=who, why=why), _do(where))
            continue
        if weak := weakness(secret):
            yield _weak(ctx.site, secret, t("{where} of {who}: {weak}", where=where, who=who, weak=weak))
        else:
            well += 1
    if well == len(whose):
        yield ok(t("{n} of {n}, each readable for us alone, none that everybody knows", n=well))


def _weak(site: Site, secret: str, words: str) -> Found:
    """What SSC 1.3 demands cannot be avoided there (R5-05)."""
    if secret == FIXED and (site.ssc.startswith("1.") or site.product.startswith("ver1")):
        return warn(words, t("SSC 1.3 demands it: keep that console off every other network"))
    return fail(words, t("choose one of your own, 12 characters or more, at the device and here"))


def _do(where: str) -> str:
    if where.startswith("cred:"):
        return t(
            "run this with the service's credentials: systemd-run --pty"
            " -p LoadCredential={name}:PATH ... (docs/howto/doctor.md)",
            name=where.removeprefix("cred:"),
        )
    if where.startswith("env:"):
        return t("set {name} for the service, or better use cred: or file:", name=where.removeprefix("env:"))
    return t("write it into that file, chmod 600, owned by the service's user")


@check(
    "node.keys",
    Kind.NODE,
    "SSH keys",
    why="""
    The private keys on this node shut servers down. A key that others on the node can read is theirs too,
    and is refused; each server has one of its own, so that one can be withdrawn (SEC-7).
    """,
)
async def keys(ctx: Context, name: str) -> Rows:
    contacts = ctx.contacts.servers.values()
    paths = dict.fromkeys(contact.ssh.key for contact in contacts if contact.ssh is not None)
    well = 0
    for path in paths:
        try:
            mode = stat.S_IMODE(os.stat(path).st_mode)
        except OSError as error:
            yield fail(
                t("{path}: {reason}", path=path or t("no key named"), reason=error.strerror),
                t("ssh-keygen -t ed25519 -N '' -f {path}", path=path),
            )
            continue
        if mode & 0o077:
            yield fail(t("others may read {path}", path=path), t("chmod 600 {path}", path=path))
        else:
            well += 1
    if paths and well == len(paths):
        yield ok(t("{n} of {n}, each readable for us alone", n=well))
