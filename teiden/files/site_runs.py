"""One site played a thousand times with a few settings changed: nothing is read or checked again.

What may be drawn was tried when the story was loaded, at its ends and in the middle; so a run only builds
what its changes touch. Most touch `model:` alone, and then the site stays the same object.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass

from sequencer.site import Site
from sim.model import Model
from teiden.files.document import Document, Value
from teiden.files.overrides import lay_over
from teiden.files.room_model import RoomEntry
from teiden.files.site_build import build_model, build_site
from teiden.files.site_file import SiteText
from teiden.files.site_model import SiteEntry

ROOM = "model"
KEPT = 64
"""Sites with other settings than the room's that are kept; a drawn one never comes again."""

Changes = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Changed:
    """A site and its room with some settings changed."""

    site: Site
    model: Model
    hash: str
    document: Document
    """The site's values, for whoever looks for names; `model:` is that of the file."""


class SiteRuns:
    def __init__(self, text: SiteText) -> None:
        self._text = text
        self._sites: dict[str, tuple[Document, Site]] = {}

    def names(self, changes: Changes) -> Document:
        """The site's values with the changes, to find devices by name."""
        return self._site(changes)[0]

    def changed(self, changes: Changes) -> Changed:
        """Raises pydantic's ValidationError, or LookupError of a change that does not fit."""
        document, site = self._site(changes)
        room = Document({ROOM: copy.deepcopy(document.mapping(ROOM))}, self._text.file, document.start)
        _lay(room, {key: value for key, value in changes.items() if _in_room(key)})
        model = build_model(RoomEntry.model_validate(room.mapping(ROOM)), site)
        return Changed(site, model, self._text.hash_with(changes), document)

    def _site(self, changes: Changes) -> tuple[Document, Site]:
        """With the changes outside of `model:`."""
        own = {key: value for key, value in changes.items() if not _in_room(key)}
        key = json.dumps(own, sort_keys=True)
        if key not in self._sites:
            if len(self._sites) >= KEPT:
                self._sites.clear()
            whole = self._text.document
            touched = {key.partition(".")[0] for key in own}
            value = {k: copy.deepcopy(v) if k in touched else v for k, v in whole.value.items()}
            document = Document(value, whole.file, whole.start)
            _lay(document, own)
            self._sites[key] = document, build_site(SiteEntry.model_validate(document.value))
        return self._sites[key]


def _in_room(key: str) -> bool:
    return key.partition(".")[0] == ROOM


def _lay(document: Document, changes: Changes) -> None:
    whole = Document({"with": changes}, document.file, document.start)
    if problems := lay_over(document, whole, ("with",)):
        raise LookupError(problems[0].message)
