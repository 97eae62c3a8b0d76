"""The `events:` of a story: mains that go and come back, faults that come and go."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Site
from sim.story import Fault, FaultChange, Happening, MainsChange
from teiden.files.document import Document
from teiden.files.source import Path, Problem
from teiden.files.units import UnitError, duration_s
from teiden.files.wording import did_you_mean, listed, quoted

FAULTY = {
    Fault.FLUSH_NEVER_ENDS: "array",
    Fault.ARRAY_UNREACHABLE: "array",
    Fault.SERVER_HANGS: "server",
    Fault.SERVER_DOES_NOT_BOOT: "server",
    Fault.CARD_SILENT: "UPS",
    Fault.OFF_IGNORED: "UPS",
    Fault.CLUSTER_STOP_HANGS: "cluster",
    Fault.NODE_CRASHES: "control node",
    Fault.BATTERY_COLLAPSES: "UPS",
}
"""What kind of device has the fault; a fault that is not listed may have any."""


def happenings(story: Document, site: Site) -> tuple[tuple[Happening, ...], list[Problem]]:
    """In the order of time; of entries that are wrong in themselves pydantic tells."""
    reading = _Reading(story, site)
    found = [h for i in range(len(story.sequence("events"))) for h in reading.event(("events", i))]
    found.sort(key=lambda item: item[0].at_s)
    reading.alternate(found)
    reading.end_in_time(found)
    return tuple(happening for happening, _ in found), reading.problems


Placed = tuple[Happening, Path]


class _Reading:
    def __init__(self, story: Document, site: Site) -> None:
        self.story = story
        self.site = site
        self.problems: list[Problem] = []

    def event(self, path: Path) -> Iterator[Placed]:
        entry = self.story.mapping(*path)
        at_s = self._time_s((*path, "at"))
        if ("mains" in entry) == ("fault" in entry):
            hint = "{at: 10m, mains: utility, lost_for: 2h} or {at: 0s, fault: NAME, subject: DEVICE}"
            self._wrong(path, "an event is either mains or fault", hint)
        elif "mains" in entry:
            self._only(path, "mains", ("at", "mains", "of", "lost_for"))
            yield from self._mains(path, entry, at_s)
        else:
            self._only(path, "fault", ("at", "fault", "subject", "until"))
            yield from self._fault(path, entry, at_s)

    def _mains(self, path: Path, entry: dict[str, object], at_s: float | None) -> Iterator[Placed]:
        what = entry["mains"]
        where: Path = (*path, "mains")
        if what in ("lost", "restored"):
            where = (*path, "of")
            if "of" not in entry:
                self._wrong((*path, "mains"), f"mains {what}: of what?", f"of: {listed(self._inputs())}")
                return
            if what == "restored" and "lost_for" in entry:
                self._wrong(
                    (*path, "lost_for"), "mains that come back are not lost for a time", "leave lost_for out"
                )
        elif "of" in entry:
            self._wrong(
                (*path, "of"), f"mains is {quoted(what)} already", "mains: lost or restored with of: NAME"
            )
        elif "lost_for" not in entry:
            hint = f"add lost_for: 2h, or write mains: lost, of: {what}"
            self._wrong((*path, "mains"), f"{quoted(what)} is lost for how long?", hint)
        name = self.story.get(*where)
        if not self._known(where, name, self._inputs(), "feed or UPS") or at_s is None:
            return
        yield MainsChange(at_s, str(name), lost=what != "restored"), where
        lost_for_s = self._time_s((*path, "lost_for"))
        if lost_for_s is not None:
            yield MainsChange(at_s + lost_for_s, str(name), lost=False), where

    def _fault(self, path: Path, entry: dict[str, object], at_s: float | None) -> Iterator[Placed]:
        where: Path = (*path, "subject")
        known_faults = {fault.value: fault for fault in Fault}
        fault = known_faults.get(str(entry["fault"]))
        if "subject" not in entry:
            self._wrong((*path, "fault"), "which device has the fault?", "add subject: DEVICE")
            return
        if fault is None:
            return
        kind = FAULTY.get(fault, "device")
        name = entry["subject"]
        if not self._known(where, name, self._devices(kind), kind) or at_s is None:
            return
        until_s = self._time_s((*path, "until"))
        if until_s is not None and until_s <= at_s:
            self._wrong(
                (*path, "until"),
                "the fault ends before it begins",
                "until counts from the start of the run, as at",
            )
        yield FaultChange(at_s, fault, str(name)), where
        if until_s is not None:
            yield FaultChange(until_s, fault, str(name), present=False), where

    def alternate(self, found: list[Placed]) -> None:
        """Mains that are lost already cannot be lost: two overlapping cuts would end too early."""
        inputs = dict.fromkeys(h.of for h, _ in found if isinstance(h, MainsChange))
        for name in inputs:
            since_s: float | None = None
            for happening, path in found:
                if not isinstance(happening, MainsChange) or happening.of != name:
                    continue
                if happening.lost and since_s is not None:
                    message = f"{name} is lost already, since {since_s:g} s"
                    self._wrong(path, message, "let it come back first, or join the two")
                    break
                if not happening.lost and since_s is None and happening.at_s > 0:
                    self._wrong(
                        path, f"{name} has its mains at {happening.at_s:g} s", "it is not lost before"
                    )
                    break
                since_s = happening.at_s if happening.lost else None

    def end_in_time(self, found: list[Placed]) -> None:
        until_s = self._time_s(("until",))
        for happening, path in found:
            begins = happening.lost if isinstance(happening, MainsChange) else happening.present
            if begins and until_s is not None and happening.at_s >= until_s:
                hint = f"the story ends at {until_s:g} s; a longer `until`, or an earlier `at`"
                self._wrong((*path[:-1], "at"), "this never happens", hint)

    def _inputs(self) -> list[str]:
        return [*self.site.feeds, *self.site.upses]

    def _devices(self, kind: str) -> list[str]:
        site = self.site
        of_kind = {
            "array": list(site.arrays),
            "server": list(site.servers),
            "UPS": list(site.upses),
            "cluster": [site.cluster.name],
            "control node": list(site.cluster.nodes),
        }
        return of_kind.get(kind) or [name for names in of_kind.values() for name in names]

    def _known(self, path: Path, name: object, known: list[str], kind: str) -> bool:
        if name in known:
            return True
        if isinstance(name, str):
            hint = f"{did_you_mean(name, known)}known: {listed(known)}"
            self._wrong(path, f"no {kind} is named {quoted(name)}", hint)
        return False

    def _only(self, path: Path, what: str, keys: tuple[str, ...]) -> None:
        for key in self.story.mapping(*path):
            if key not in keys and key in ("of", "lost_for", "subject", "until"):
                hint = f"keys: {listed(keys)}"
                self.problems.append(
                    Problem(self.story.key_place((*path, key)), f"`{key}` does not go with {what}", hint)
                )

    def _time_s(self, path: Path) -> float | None:
        """A duration that is there and right."""
        try:
            return duration_s(self.story[path])
        except (KeyError, UnitError):
            return None

    def _wrong(self, path: Path, message: str, hint: str) -> None:
        self.problems.append(Problem(self.story.place(path), message, hint))
