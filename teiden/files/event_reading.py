"""What reading the `events:` of a story needs: its site's names, its times, and a list of what is wrong."""

from __future__ import annotations

from sequencer.site import Site
from sim.faults.fault import Kind
from sim.faults.subjects import subjects
from sim.story import Happening
from teiden.files.document import Document
from teiden.files.source import Path, Problem
from teiden.files.units import UnitError, duration_s
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t

Placed = tuple[Happening, Path]
"""What happens, and the place of the name it happens to."""


class Reading:
    """One story's events. Entries that are wrong in themselves are told by pydantic, not here."""

    def __init__(self, story: Document, site: Site) -> None:
        self.story = story
        self.site = site
        self.problems: list[Problem] = []

    def wrong(self, path: Path, message: str, hint: str) -> None:
        self.problems.append(Problem(self.story.place(path), message, hint))

    def time_s(self, path: Path) -> float | None:
        """A duration that is there and right."""
        try:
            return duration_s(self.story[path])
        except (KeyError, UnitError):
            return None

    def only(self, path: Path, what: str, keys: tuple[str, ...], all_keys: frozenset[str]) -> None:
        """Keys of another kind of event are in the wrong place here."""
        for key in self.story.mapping(*path):
            if key not in keys and key in all_keys:
                place = self.story.key_place((*path, key))
                message = t("`{key}` does not go with {what}", key=key, what=what)
                self.problems.append(Problem(place, message, t("keys: {names}", names=listed(keys))))

    # Names

    @property
    def inputs(self) -> list[str]:
        return [*self.site.feeds, *self.site.upses]

    def devices(self, kind: str) -> list[str]:
        site = self.site
        if kind == "device":
            return [*site.upses, *site.arrays, *site.servers, site.cluster.name]
        if kind == "cluster or control node":
            return [site.cluster.name, *site.cluster.nodes]
        return list(site.lan_watch.hosts) if kind == "watched host" else subjects(site, Kind(kind))

    def known(self, path: Path, name: object, known: list[str], kind: str) -> bool:
        if name in known:
            return True
        if isinstance(name, str):
            hint = f"{did_you_mean(name, known)}{t('known: {names}', names=listed(known))}"
            if not known:
                hint = t("the site has no {kind}", kind=kind)
            self.wrong(path, t("no {kind} is named {name}", kind=kind, name=quoted(name)), hint)
        return False
