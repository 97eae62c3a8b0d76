"""Events with a `chance:`, which happen in some runs only, and the name that tells in which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from teiden.files import units
from teiden.files.document import Document
from teiden.files.field_types import NAME
from teiden.files.source import Path, Problem
from teiden.files.variations import Chance, Draw, Parameters
from teiden.files.wording import quoted
from teiden.language.say import t

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class ChanceEvent:
    """One entry of `events:`."""

    index: int
    name: str
    """`card4` where it has `as: card4`, else what happens and to whom: `card_silent.ups4`."""


def chance_events(story: Document, taken: frozenset[str]) -> tuple[tuple[ChanceEvent, ...], list[Problem]]:
    """Those of the story as it is written, and what is wrong with their names.

    `taken` are the names of its parameters, whose columns may be called `boot.blade1`.
    """
    found: list[ChanceEvent] = []
    problems: list[Problem] = []
    for i in range(len(story.sequence("events"))):
        path: Path = ("events", i)
        entry = story.mapping(*path)
        if "chance" in entry:
            name = entry.get("as", _told(entry))
            problems += _wrong_name(story, path, name, taken | {other.name for other in found})
            found.append(ChanceEvent(i, str(name)))
        elif "as" in entry:
            hint = t("`as` names an event that has a chance")
            problems.append(Problem(story.key_place((*path, "as")), t("this event always happens"), hint))
    return tuple(found), problems


def _wrong_name(story: Document, path: Path, name: object, taken: frozenset[str]) -> list[Problem]:
    if (*path, "as") in story and not (isinstance(name, str) and re.fullmatch(NAME, name)):
        place, message = story.place((*path, "as")), f"{quoted(name)} is not a name"
        return [Problem(place, message, "letters, digits, _ and -")]
    if name in taken or str(name).partition(".")[0] in taken:
        message = t("two things that vary are called {name}", name=quoted(name))
        return [Problem(story.place(path), message, t("give it a name of its own, e.g. as: second"))]
    return []


def _told(entry: dict[str, object]) -> str:
    """`card_silent.ups4`, `mains.utility`, `press.ups1`; of a parameter in braces its name."""
    words: list[object] = []
    if "fault" in entry:
        words = [entry["fault"], entry.get("subject", "")]
    elif "mains" in entry:
        words = ["mains", entry.get("of", entry["mains"])]
    else:
        kinds = ("request", "manager", "clock", "press", "boot", "host")
        words = [word for kind in kinds if kind in entry for word in (kind, entry[kind])]
    return re.sub(r"[{}]", "", ".".join(str(word) for word in words if word)) or "event"


def happens(story: Document, events: tuple[ChanceEvent, ...], chance: Chance) -> dict[int, bool]:
    """Whether each of them happens in a run; the story is filled in. What is no chance is told elsewhere."""
    return {event.index: _drawn(story, event, chance) for event in events}


def _drawn(story: Document, event: ChanceEvent, chance: Chance) -> bool:
    try:
        probability = units.percent(story.get("events", event.index, "chance")) / 100
    except units.UnitError:
        return False
    return chance(Draw(event.name, "chance", event.name)) < probability


def told(events: tuple[ChanceEvent, ...], happened: dict[int, bool]) -> Parameters:
    """As a parameter of the run: `card4: yes`."""
    return {event.name: YES if happened[event.index] else NO for event in events}
