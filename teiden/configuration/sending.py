"""Sends a site file to the other control nodes, over the link that their services keep (R6-34, R8-01).

It calls them itself, with this node's certificate: whoever may read its key (mode 0600: the service's user
and root, as at the socket) may send. So the service on this node need not run, and is not kept busy.
What is asked first decides nothing: the other node looks at everything itself when the file comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realtime.contacts import Contacts
from realtime.peers.caller import Caller, Silent
from realtime.peers.lines import Hello, Malformed, told_from
from realtime.peers.link import installed_version
from realtime.peers.site_lines import MAX_SITE, digest_of, take_line, unpacked
from realtime.peers.tls import client_side, paths
from realtime.site_files import Offer
from teiden.configuration.lying import Lying, gone_by, note_sent, sent_last
from teiden.language.retell import retold
from teiden.language.say import t

CALL_LIMIT_S = 5.0
TAKE_LIMIT_S = 90.0
"""The other node checks the file before it says yes; that takes a minute at most."""


@dataclass(frozen=True, slots=True)
class From:
    """Who sends."""

    me: str
    contacts: Contacts
    folder: Path
    """`lying.folder_of` this node."""

    @property
    def others(self) -> tuple[str, ...]:
        return tuple(name for name in self.contacts.peers if name != self.me)


@dataclass(frozen=True, slots=True)
class There:
    """The other node's site file, or why nothing can be sent there."""

    node: str
    refusal: str = ""
    next: str = ""
    """SHA-256 of the file that its next start goes by."""
    content: bytes = b""
    conflict: bool = False
    """Somebody has changed it there: neither did this node ever go by it nor has it sent it."""


@dataclass(frozen=True, slots=True)
class Sent:
    node: str
    refusal: str = ""
    """'' if it was taken."""


async def look(sender: From, file: Lying, nodes: Iterable[str]) -> list[There]:
    """What lies on these nodes now. Raises NoIdentity where this node has no certificate to show."""
    last = sent_last(sender.folder)
    return list(await asyncio.gather(*(_look(sender, file, last, node) for node in nodes)))


async def _look(sender: From, file: Lying, last: Mapping[str, str], node: str) -> There:
    caller = _caller(sender, file, node)
    version = installed_version()
    try:
        welcome = told_from(await caller.ask({"ask": "status"}))
        if welcome.version != version:
            why = t("it runs Teiden {theirs}, this node {ours}", theirs=welcome.version, ours=version)
            return There(node, why)
        told = await caller.ask({"ask": "site"})
        if "refused" in told:
            return There(node, retold(str(told["refused"])[:500]))
        digest = digest_of(told, "next")
        ours = digest in (file.digest, last.get(node)) or gone_by(sender.folder, digest) is not None
        return There(node, "", digest, unpacked(told.get("site"), MAX_SITE), not ours)
    except Silent as why_not:
        return There(node, t("it is not reached: {reason}", reason=why_not))
    except Malformed as error:
        return There(node, t("its answer is not understood: {reason}", reason=error))
    finally:
        await caller.close()


async def send(sender: From, file: Lying, proof: bytes, there: There) -> Sent:
    """To one node, over what was shown to lie there."""
    caller = _caller(sender, file, there.node)
    try:
        line = take_line(Offer(file.digest, there.next, file.content, proof))
        told: dict[str, Any] = await caller.ask_apart(line, TAKE_LIMIT_S)
    except Silent as why_not:
        if why_not.sent:
            return Sent(there.node, t("it is not known whether it was taken: {reason}", reason=why_not))
        return Sent(there.node, t("it is not reached: {reason}", reason=why_not))
    except Malformed as error:
        return Sent(there.node, str(error))
    finally:
        await caller.close()
    if told.get("taken") != file.digest:
        return Sent(there.node, retold(str(told.get("refused", "?"))[:500]))
    await asyncio.to_thread(_noted, sender, there.node, file.digest)
    return Sent(there.node)


def _noted(sender: From, node: str, digest: str) -> None:
    """What cannot be noted makes the next one a conflict, which is shown: that is on the safe side."""
    try:
        note_sent(sender.folder, node, digest)
    except OSError:
        return


def _caller(sender: From, file: Lying, node: str) -> Caller:
    identity = paths(sender.contacts.identity, sender.me)
    hello = Hello(sender.me, installed_version(), file.digest)
    return Caller(node, sender.contacts.peers.get(node), client_side(identity), hello, CALL_LIMIT_S)
