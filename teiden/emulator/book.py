"""The book of an emulated room: the same devices at other addresses, and where its nodes keep their things.

`teiden emulate` writes it, `teiden live --book` goes by it: so one site file, unchanged and with its
hash, serves the hardware and its rehearsal alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from realtime.contacts import Contacts
from teiden.files.source import InputError, Place, Problem


@dataclass(frozen=True)
class Book:
    site: str
    """Path of the site file."""
    contacts: Contacts
    folder: str
    """Where each node has a folder of its own, by its name: journal, sockets, events, log."""
    listening: Mapping[str, int] = field(default_factory=dict)
    """The port of each node's own service; its peers come there over a cable that can be pulled."""
    rate: float = 1.0
    """Seconds that pass in the room in one of the wall."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """What a story lays over the site."""

    def of_node(self, node: str) -> Contacts:
        """As this node reaches them: it listens where it is, not at the other end of its cable."""
        if node not in self.listening:
            return self.contacts
        own = replace(self.contacts.peers[node], port=self.listening[node])
        return replace(self.contacts, peers={**self.contacts.peers, node: own})


BOOK = TypeAdapter(Book)


def write(book: Book, path: Path) -> None:
    """Whole or not at all: a service may be reading it."""
    text = BOOK.dump_json(book, indent=2)
    beside = path.with_suffix(".new")
    beside.write_bytes(text + b"\n")
    beside.replace(path)


def read(path: Path) -> Book:
    """Raises InputError when there is none, or it is something else."""
    try:
        return BOOK.validate_json(path.read_bytes())
    except OSError as error:
        raise InputError([Problem(Place(str(path)), f"cannot be read: {error.strerror}")]) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        message = f"is no book of an emulated room: {where}: {first['msg']}"
        raise InputError([Problem(Place(str(path)), message, "`teiden emulate SITE` writes one")]) from None
