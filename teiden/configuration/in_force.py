"""Which site file a service starts with: the one that was named, or one that another node has sent since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from teiden.configuration.lying import Lying, folder_of, next_file
from teiden.files.site_file import SiteFile, load_site, site_from
from teiden.files.text import FileText

if TYPE_CHECKING:
    from realtime.service import Orders
    from teiden.configuration.reloading import Reloading
    from teiden.emulator.book import Book


@dataclass(frozen=True)
class InForce:
    site_file: SiteFile
    written: Path
    folder: Path
    """Where received files lie, on this node."""
    loaded: Lying | None
    """What `site_file` was read from; None: the book of an emulated room says more than the file does."""


def in_force(site: str, node: str | None, book: Book | None = None) -> InForce:
    """Raises InputError. In an emulated room its book says which site it is."""
    from realtime.contacts import at_node
    from teiden import compose

    site_file = load_site(site) if book is None else compose.site_of(book)
    me = node or compose.this_node(site_file.site.cluster.nodes, site_file.path)
    contacts = site_file.contacts if book is None else book.of_node(me)
    written = Path(site).resolve()
    folder = folder_of(at_node(contacts, me).live.journal)
    try:
        found = next_file(written, folder)
    except OSError:
        return InForce(site_file, written, folder, None)
    if book is not None:
        own = Lying(written, written.read_bytes())
        return InForce(site_file, written, folder, own if own.digest == site_file.hash else None)
    if found.sender:
        site_file = read(found)
    return InForce(site_file, written, folder, found if found.digest == site_file.hash else None)


def read(file: Lying) -> SiteFile:
    """Raises InputError, and UnicodeDecodeError where it is no text."""
    return site_from(FileText(file.content.decode("utf-8-sig"), file.digest), str(file.path))


def watched_with(found: InForce, orders: Orders, book: Book | None) -> Reloading | None:
    """What keeps an eye on the file while these orders are carried out; None: nothing can."""
    from teiden import compose
    from teiden.configuration.keeping import Active
    from teiden.configuration.reloading import Reloading

    if found.loaded is None:
        return None
    active = Active(found.written, found.folder, found.loaded, orders.me, orders.armed)

    def orders_of(file: Lying) -> Orders:
        return compose.orders(read(file), orders.me, armed=orders.armed, book=book)

    return Reloading(active, orders_of)
