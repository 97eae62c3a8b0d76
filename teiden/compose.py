"""The one place where a room is chosen: a story in virtual time, over sockets, or a site's real devices.

Everything else takes what it gets from here. The sequencer is the same in all of them.
"""

from __future__ import annotations

import socket
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from teiden.commands.console import NotCarriedOut
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t

if TYPE_CHECKING:
    from realtime.service import Orders
    from sequencer.events import Stream
    from teiden.emulator.book import Book
    from teiden.files.site_file import SiteFile
    from teiden.rehearsal import Rehearsal
    from teiden.story import Story

ROOMS = ("sim", "snmp")
"""In virtual time; over real sockets, with the services as processes of their own."""


def rehearse(
    story: Story,
    *,
    room: str = "sim",
    rate: float = 1.0,
    seed: int | None = None,
    stream: Stream | None = None,
) -> Rehearsal:
    """The story played in this room and judged. Over sockets a second of it takes 1/`rate` seconds.

    NotCarriedOut: it cannot be played over sockets, or a service did not start.
    """
    if room == "sim":
        from teiden.rehearsal import rehearse as in_virtual_time

        return in_virtual_time(story, seed=seed, stream=stream)
    from realtime.extra import ExtraMissing, needed

    try:
        needed("live", "pysnmp", "asyncssh", "aiohttp", "cryptography")
        from teiden.emulator.rehearsal import DidNotStart, Unfit
        from teiden.emulator.rehearsal import rehearse as over_sockets

        return over_sockets(story, rate=rate, seed=seed, stream=stream)
    except (ExtraMissing, DidNotStart, Unfit) as why:
        raise NotCarriedOut(f"{story.name}: {why}") from None


def unfit_for(story: Story, room: str) -> str:
    """Why this story cannot be played in this room, in words; '' if it can."""
    if room == "sim":
        return ""
    from teiden.emulator.fitness import unfit

    return unfit(story)


def orders(
    site_file: SiteFile,
    node: str | None,
    *,
    armed: bool,
    book: Book | None = None,
    start: datetime | None = None,
) -> Orders:
    """What a service on this control node is started with: the site's devices, or those of an emulated room.

    InputError: the node is none of the site's.
    """
    from realtime.contacts import at_node
    from realtime.service import Orders

    site = site_file.site
    me = this_node(site.cluster.nodes, site_file.path) if node is None else node
    if me not in site.cluster.nodes:
        wrong = t("{node} is no control node of this site", node=me)
        known = t("its control nodes: {nodes}", nodes=", ".join(site.cluster.nodes))
        raise InputError([Problem(Place("--node"), wrong, known)])
    contacts = site_file.contacts if book is None else book.of_node(me)
    return Orders(
        site, site_file.hash, at_node(contacts, me), me, armed, start=start, any_disk=book is not None
    )


def this_node(nodes: tuple[str, ...], file: str) -> str:
    """The control node that this machine is called like. InputError: it is none of them."""
    host = socket.gethostname().partition(".")[0]
    found = [node for node in nodes if node.lower() == host.lower()]
    if not found:
        wrong = t("this machine is called {host}, which is no control node of {file}", host=host, file=file)
        raise InputError(
            [Problem(Place("--node"), wrong, t("say which one it is: --node {node}", node=nodes[0]))]
        )
    return found[0]


def site_of(book: Book) -> SiteFile:
    """The site that an emulated room shows, with what a story lays over it."""
    from teiden.files.site_file import load_site

    return load_site(book.site, book.changes or None)


def folders(orders: Orders) -> Orders:
    """The folders of this node's things are there; OSError where they cannot be made."""
    live = orders.contacts.live
    for path in (live.journal, live.socket):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(live.events).mkdir(parents=True, exist_ok=True)
    return orders
