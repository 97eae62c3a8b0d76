"""What has to be right on this node before its site file is sent to another one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from teiden.configuration.in_force import in_force
from teiden.configuration.lying import Lying
from teiden.configuration.sending import From
from teiden.language.say import t
from teiden.proved import path_of, why_not_armed

if TYPE_CHECKING:
    from realtime.status import Status
    from teiden.emulator.book import Book
    from teiden.files.site_file import SiteFile


class NotToSend(Exception):
    """Why nothing is sent, in words."""


@dataclass(frozen=True)
class Ready:
    sender: From
    file: Lying
    proof: bytes
    site_file: SiteFile
    status: Status | None
    """Of the service on this node; None: it is not reached."""


def ready(site: str, node: str | None, socket: str | None, book: Book | None) -> Ready:
    """Raises InputError where the file is wrong, NotToSend where it may not be sent now."""
    from realtime.contacts import at_node
    from teiden import compose
    from teiden.files.site_file import load_site

    load_site(site)  # as it lies there, whatever is in force: all that is wrong with it is said at once
    found = in_force(site, node, book)
    orders = compose.orders(found.site_file, node, armed=False, book=book)
    file = _the_one_in_force(site, found.written, found.loaded)
    if why := why_not_armed(file.path, file.digest):
        raise NotToSend(why)
    status = _status(socket or orders.contacts.live.socket)
    if status is not None and status.incident.open:
        raise NotToSend(t("incident {n} is open; nothing is sent meanwhile", n=status.incident.epoch))
    contacts = found.site_file.contacts if book is None else book.of_node(orders.me)
    sender = From(orders.me, at_node(contacts, orders.me), found.folder)
    return Ready(sender, file, path_of(file.path).read_bytes(), found.site_file, status)


def _the_one_in_force(site: str, written: Path, loaded: Lying | None) -> Lying:
    if loaded is None:
        return Lying(Path(site), written.read_bytes())
    if loaded.sender and loaded.path != written:
        why = t(
            "{path}, which {node} has sent, counts here instead of {site}: send that, or change {site} first",
            path=loaded.path,
            node=loaded.sender,
            site=site,
        )
        raise NotToSend(why)
    return loaded


def _status(socket: str) -> Status | None:
    from teiden.requests import NotReached
    from teiden.status import asking

    try:
        return asking.status(socket, timeout_s=5.0)
    except NotReached:
        return None


def still_goes_by(ready: Ready) -> bool:
    """Whether this node's own service goes by the file that was sent, or will at its next start."""
    status = ready.status
    if status is None:
        return True
    return ready.file.digest in (status.site_hash, status.configuration.pending)
