"""The `set:` of a parameter: which settings of the site take its value, `model.upses.*.health`.

A dotted key as in `with:`. `*` in place of a name, or a role in `model.servers`, means each such device.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from teiden.files.complaints import below, keys_of
from teiden.files.document import Document
from teiden.files.site_model import SiteEntry
from teiden.files.source import Place, Problem
from teiden.files.wording import did_you_mean, dotted, listed, quoted
from teiden.language.say import t

EACH = "*"
NAMED = ("upses", "arrays", "servers", "switches", "schedules")
"""Parts of a site whose keys are names."""
IN_ROOM = ("upses", "arrays", "servers")
"""Those of them that `model:` has too."""
ROLES = ("control", "linked", "pool")

PathOfKeys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a value goes."""

    path: PathOfKeys
    kind: str = ""
    """Which devices the path names one of; empty: it names none."""
    at: int = 0
    """Where in the path the name stands."""

    @property
    def several(self) -> bool:
        """Each device draws its own value."""
        name = self.path[self.at]
        return bool(self.kind) and (name == EACH or (self.path[0] == "model" and name in ROLES))

    def devices(self, site: Document) -> list[tuple[str, PathOfKeys]]:
        """The devices of a site and the paths of their settings; one without a name, where no name stands."""
        if not self.kind:
            return [("", self.path)]
        named = [str(name) for name in site.mapping(self.kind)]
        wanted = self.path[self.at]
        if self.several and wanted != EACH:
            named = [name for name in named if site.get(self.kind, name, "role") == wanted]
        elif not self.several:
            named = [name for name in named if name == wanted]
        return [(name, (*self.path[: self.at], name, *self.path[self.at + 1 :])) for name in named]

    def nobody(self, site: Document, place: Place) -> Problem:
        """What is wrong when there are no such devices."""
        wanted = self.path[self.at]
        known = [str(name) for name in site.mapping(self.kind)]
        if self.several:
            message = t("the site has no {path}", path=dotted(self.path[: self.at + 1]))
        else:
            message = t("{kind} has no {name}", kind=self.kind, name=quoted(wanted))
        hint = did_you_mean(wanted, known) + t("known: {names}", names=listed([*known, EACH]))
        return Problem(place, message, hint)


def read_target(text: object, place: Place) -> Target | Problem:
    """The target, or what is wrong with its path as far as the keys of any site file tell."""
    if not isinstance(text, str) or not text or not all(text.split(".")):
        hint = t("e.g. model.upses.*.health, model.servers.linked.boot or linkage.flush_limit")
        return Problem(
            place, t("set takes one dotted key of the site file, not {key}", key=quoted(text)), hint
        )
    path = tuple(text.split("."))
    kind, at = _named(path)
    if stray := [n for n, part in enumerate(path) if part == EACH and not (kind and n == at)]:
        offset = len(".".join(path[: stray[0]])) + bool(stray[0])
        starred = ", ".join([*(f"{k}.*" for k in NAMED), *(f"model.{k}.*" for k in IN_ROOM)])
        return Problem(
            _inside(place, text, offset, 1), t("no names stand there"), t("one of: {names}", names=starred)
        )
    if problem := next(_unknown(text, path, place), None):
        return problem
    return Target(path, kind, at)


def _named(path: PathOfKeys) -> tuple[str, int]:
    """The kind of device that the path names, and where."""
    if path[0] in NAMED and len(path) > 1:
        return path[0], 1
    if path[0] == "model" and len(path) > 2 and path[1] in IN_ROOM:
        return path[1], 2
    return "", 0


def _unknown(text: str, path: PathOfKeys, place: Place) -> Iterator[Problem]:
    """The first key that the site file does not have; or that the path ends too early, or too late."""
    here: object = SiteEntry
    offset = 0
    for n, part in enumerate(path):
        keys = keys_of(here)
        at = _inside(place, text, offset, len(part))
        if (keys and part not in keys) or part == "groups":
            known = [key for key in keys if key not in ("schema", "groups")]
            where = dotted(path[:n]) or t("the site file")
            message = t("{where} has no setting {key}", where=where, key=quoted(part))
            yield Problem(at, message, did_you_mean(part, known) + t("one of: {names}", names=listed(known)))
            return
        here = below(here, part)
        if here is None:
            message = t("{where} is one value and has no settings", where=dotted(path[:n]))
            yield Problem(at, message, t("end the path there"))
            return
        offset += len(part) + 1
    if (keys := keys_of(here)) or below(here, "name") is not None:
        whole = t("{path} is not one value", path=dotted(path))
        further = (
            t("go on with one of: {names}", names=listed(keys)) if keys else t("go on with a name, or *")
        )
        yield Problem(place, whole, further)


def _inside(place: Place, text: str, offset: int, width: int) -> Place:
    """Some characters into the text, where it stands in one line without quotes or with them."""
    begins = place.text.find(text, max(0, place.col - 1))
    if not place.line or begins < 0 or begins > place.col:
        return place
    return Place(place.file, place.line, begins + offset + 1, place.text, width)
