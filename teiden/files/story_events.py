"""The `events:` of a story: what happens to the room, and when."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from sequencer.site import Site
from sim.faults import catalogue
from sim.faults.fault import Fault
from sim.story import FaultChange, Happening, MainsChange
from teiden.files import story_hands
from teiden.files.document import Document
from teiden.files.event_reading import Placed, Reading
from teiden.files.fault_amounts import READ_AS, written
from teiden.files.source import Path, Problem
from teiden.files.units import UnitError
from teiden.files.wording import listed, quoted
from teiden.language.say import t


def happenings(
    story: Document, site: Site, absent: Collection[int] = ()
) -> tuple[tuple[Happening, ...], list[Problem]]:
    """In the order of time; of entries that are wrong in themselves pydantic tells.

    `absent`: which entries do not happen this time, having only a chance to; they are read all the same.
    """
    reading = Reading(story, site)
    read = [list(_event(reading, ("events", i))) for i in range(len(story.sequence("events")))]
    found = [happening for i, happened in enumerate(read) if i not in absent for happening in happened]
    found.sort(key=lambda item: item[0].at_s)
    _alternate(reading, found)
    _end_in_time(reading, found)
    return tuple(happening for happening, _ in found), reading.problems


def _event(reading: Reading, path: Path) -> Iterator[Placed]:
    entry = reading.story.mapping(*path)
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) != 1:
        hint = t("{mains} or {fault}; or one of {names}", mains=MAINS, fault=FAULT, names=listed(KINDS))
        reading.wrong(path, t("an event is one thing: mains, a fault, or what somebody does"), hint)
        return
    keys, read = KINDS[kinds[0]]
    reading.only(path, kinds[0], ("at", kinds[0], *keys), KEYS)
    yield from read(reading, path, reading.time_s((*path, "at")))


def _mains(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    entry = reading.story.mapping(*path)
    what = entry["mains"]
    where: Path = (*path, "mains")
    if what in ("lost", "restored"):
        where = (*path, "of")
        if "of" not in entry:
            reading.wrong((*path, "mains"), f"mains {what}: of what?", f"of: {listed(reading.inputs)}")
            return
        if isinstance(entry["of"], list):
            reading.wrong(where, t("one at a time"), t("an event for each"))
            return
        if what == "restored" and "lost_for" in entry:
            reading.wrong(
                (*path, "lost_for"), "mains that come back are not lost for a time", "leave lost_for out"
            )
    elif "of" in entry:
        reading.wrong(
            (*path, "of"), f"mains is {quoted(what)} already", "mains: lost or restored with of: NAME"
        )
    elif "lost_for" not in entry:
        hint = f"add lost_for: 2h, or write mains: lost, of: {what}"
        reading.wrong((*path, "mains"), f"{quoted(what)} is lost for how long?", hint)
    name = reading.story.get(*where)
    if not reading.known(where, name, reading.inputs, "feed or UPS") or at_s is None:
        return
    yield MainsChange(at_s, str(name), lost=what != "restored"), where
    lost_for_s = reading.time_s((*path, "lost_for"))
    if lost_for_s is not None:
        yield MainsChange(at_s + lost_for_s, str(name), lost=False), where


def _fault(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    entry = reading.story.mapping(*path)
    where: Path = (*path, "subject")
    fault = catalogue.known(str(entry["fault"]))
    if "subject" not in entry:
        reading.wrong((*path, "fault"), "which device has the fault?", "add subject: DEVICE")
        return
    if fault is None:
        return
    kind = fault.of.value
    name = entry["subject"]
    if not reading.known(where, name, reading.devices(kind), kind) or at_s is None:
        return
    until_s = reading.time_s((*path, "until"))
    if until_s is not None and until_s <= at_s:
        reading.wrong(
            (*path, "until"),
            "the fault ends before it begins",
            "until counts from the start of the run, as at",
        )
    amount = _amount(reading, path, fault)
    yield FaultChange(at_s, fault, str(name), amount=amount), where
    if until_s is not None:
        yield FaultChange(until_s, fault, str(name), present=False, amount=amount), where


def _amount(reading: Reading, path: Path, fault: Fault) -> float:
    where: Path = (*path, "amount")
    wanted = fault.amount
    if "amount" not in reading.story.mapping(*path):
        return wanted.default if wanted is not None else 0.0
    if wanted is None:
        reading.wrong(where, t("{fault} has no amount", fault=fault.name), t("leave it out"))
        return 0.0
    try:
        amount = READ_AS[wanted.unit](reading.story.get(*where))
    except UnitError as error:
        reading.wrong(where, error.message, error.hint)
        return wanted.default
    if not wanted.least <= amount <= wanted.most:
        least, most = written(wanted.unit, wanted.least), written(wanted.unit, wanted.most)
        allowed = t("{least} to {most}", least=least, most=most)
        reading.wrong(where, t("{fault}: it cannot be so much, or so little", fault=fault.name), allowed)
    return amount


MAINS = "{at: 10m, mains: utility, lost_for: 2h}"
FAULT = "{at: 0s, fault: NAME, subject: DEVICE}"
Read = Callable[[Reading, Path, float | None], Iterator[Placed]]
KINDS: dict[str, tuple[tuple[str, ...], Read]] = {
    "mains": (("of", "lost_for"), _mains),
    "fault": (("subject", "until", "amount"), _fault),
    "clock": (("step",), story_hands.clock),
    "request": (("of", "by", "to"), story_hands.request),
    "manager": (("of",), story_hands.manager),
    "press": ((), story_hands.press),
    "boot": ((), story_hands.boot),
    "host": (("goes",), story_hands.host),
}
"""By the key that says what kind of event it is: the further keys, and who reads it."""

KEYS = frozenset(key for keys, _ in KINDS.values() for key in keys)


def _alternate(reading: Reading, found: list[Placed]) -> None:
    """Mains that are lost already cannot be lost: two overlapping cuts would end too early."""
    inputs = dict.fromkeys(h.of for h, _ in found if isinstance(h, MainsChange))
    for name in inputs:
        since_s: float | None = None
        for happening, path in found:
            if not isinstance(happening, MainsChange) or happening.of != name:
                continue
            if happening.lost and since_s is not None:
                message = f"{name} is lost already, since {since_s:g} s"
                reading.wrong(path, message, "let it come back first, or join the two")
                break
            if not happening.lost and since_s is None and happening.at_s > 0:
                message = f"{name} has its mains at {happening.at_s:g} s"
                reading.wrong(path, message, "it is not lost before")
                break
            since_s = happening.at_s if happening.lost else None


def _end_in_time(reading: Reading, found: list[Placed]) -> None:
    until_s = reading.time_s(("until",))
    for happening, path in found:
        if until_s is not None and happening.at_s >= until_s and _begins(happening):
            hint = f"the story ends at {until_s:g} s; a longer `until`, or an earlier `at`"
            reading.wrong((*path[:2], "at"), "this never happens", hint)


def _begins(happening: Happening) -> bool:
    """What ends something may come after the end of the story."""
    match happening:
        case MainsChange():
            return happening.lost
        case FaultChange():
            return happening.present
        case _:
            return True
