"""Loads a site file: the site, the pretend room's model, and where every setting stands."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import ValidationError

from realtime.contacts import Contacts
from sequencer.site import Site
from sim.model import Model
from teiden.files import yaml_marks
from teiden.files.complaints import complaints
from teiden.files.contacts_build import build_contacts
from teiden.files.document import Document, Value
from teiden.files.hidden import hidden, hidden_unread
from teiden.files.kind import schema_problem
from teiden.files.overrides import lay_over
from teiden.files.site_build import build_model, build_site, room_of
from teiden.files.site_checks import site_problems
from teiden.files.site_model import SCHEMA, SiteEntry
from teiden.files.source import InputError, Path, Place, Problem
from teiden.files.text import FileText, read_text


@dataclass(frozen=True)
class SiteFile:
    """A site as loaded, and the file's text by place."""

    site: Site
    model: Model
    contacts: Contacts
    """How live mode reaches every device."""
    path: str
    hash: str
    """SHA-256 of the file's bytes; with changes laid over it, of both."""
    document: Document = field(repr=False, compare=False)

    @property
    def is_live(self) -> bool:
        """Whether the file is meant for live mode too: it has a `live:` key."""
        return ("live",) in self.document

    def place(self, key_path: Path) -> Place:
        """Where a setting stands: at the device, in its defaults, or else the nearest key above it.

        `place(("upses", "ups3", "confirm"))`. A flush limit that follows from `product` is placed there.
        """
        for path in (key_path, *_defaults_of(key_path, self.site)):
            if path in self.document:
                return self.document.place(path)
        return self.document.place(key_path)


def load_site(path: str | os.PathLike[str], changes: Mapping[str, Value] | None = None) -> SiteFile:
    """Read and check a site file; InputError holds everything that is wrong with it.

    `changes` are laid over it as a story's `with:` does: `{"upses.ups3.confirm": "700s"}`.
    """
    name = os.fspath(path)
    laid = Document.of({"with": changes}, f"changes to {name}") if changes else None
    return site_from(read_text(name), name, laid)


def site_from_text(text: str, file: str = "site.yaml") -> SiteFile:
    """A site that is not in a file: for tests, notebooks and consoles."""
    return site_from(FileText(text, hashlib.sha256(text.encode()).hexdigest()), file)


def site_from(
    content: FileText, file: str, changes: Document | None = None, at: Path = ("with",)
) -> SiteFile:
    """A site from its text, with the changes that stand in another document at a path laid over it."""
    return SiteText(content, file).with_changes(changes, at)


class SiteText:
    """A site file that was read, and what different stories make of it."""

    def __init__(self, content: FileText, file: str) -> None:
        """Raises InputError when it is no site file at all."""
        self.file = file
        self.hash = content.hash
        try:
            self.document, *further = yaml_marks.parse(content.text, file)
        except InputError as error:
            raise InputError(hidden_unread(error.problems)) from None
        self.problems = [*self.document.problems]
        hint = "a site file holds one site; delete the ---"
        self.problems += [Problem(other.start, "a second document begins here", hint) for other in further]
        if wrong := schema_problem(self.document, SCHEMA):
            raise InputError([*self.problems, wrong])

    def laid(self, changes: Document | None, at: Path = ("with",)) -> tuple[Document, list[Problem]]:
        """The site's values with the changes laid over them, and the changes that do not fit."""
        document = self.document.copy()
        if changes is None or not changes.get(*at):
            return document, []
        return document, lay_over(document, changes, at)

    def hash_with(self, changes: Value) -> str:
        """The file's hash, or of the file and its changes together."""
        if not changes:
            return self.hash
        text = json.dumps(changes, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(f"{self.hash}\n{text}".encode()).hexdigest()

    def with_changes(self, changes: Document | None, at: Path = ("with",)) -> SiteFile:
        """The site, checked; InputError holds everything that is wrong with it."""
        document, misfits = self.laid(changes, at)
        problems = [*self.problems, *misfits, *site_problems(document)]
        try:
            entry = SiteEntry.model_validate(document.value)
        except ValidationError as error:
            problems += complaints(error, SiteEntry, document)
            raise InputError(hidden(problems, document)) from None
        if problems:
            raise InputError(hidden(problems, document))
        site = build_site(entry)
        digest = self.hash_with(changes.get(*at) if changes is not None else None)
        model, contacts = build_model(room_of(entry), site), build_contacts(entry, site)
        return SiteFile(site, model, contacts, self.file, digest, document)


def _defaults_of(path: Path, site: Site) -> list[Path]:
    """Where else a value may come from."""
    match path:
        case ("upses", str(), *rest) if rest:
            return [("ups_defaults", *rest)]
        case ("servers", str(), *rest) if rest:
            return [("server_defaults", *rest)]
        case ("model", "servers", str(name), *rest) if rest and name in site.servers:
            return [("model", "servers", site.servers[name].role.value, *rest)]
        case ("model", "upses", str(name), "runtime"):
            return [("upses", name, "runtime"), ("ups_defaults", "runtime")]
        case ("linkage", "flush_limit"):
            return [("product",)]
        case ("groups", *rest):  # a group below another stands under `groups:` or without it
            return [("groups", *(part for part in rest if part != "groups"))]
    return []
