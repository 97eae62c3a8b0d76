"""The draft of a site: what was found, where, what is still to do, and what nobody understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from teiden.files.field_types import NAME, RESERVED
from teiden.files.source import Place, Problem
from teiden.language.say import t

Value = str | int | bool | list[str]
KINDS = ("upses", "arrays", "servers", "switches")
"""The sections of a site file that hold devices."""
LONGEST = 63
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class ToDo:
    """What somebody has to find out, in whose entry it is missing, and where it can be found."""

    section: str
    name: str
    """Of the device; empty: of the whole section."""
    key: str
    find: str
    """What it is and where to look, in the language of this run."""
    although_given: bool = False
    """The value stands there, and something has to be done for it nevertheless."""


@dataclass(slots=True)
class Device:
    """One entry of a section. Keys within a key are written with a dot: `snmp.version`."""

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    """What its source says besides, as comments."""

    def has(self, key: str) -> bool:
        """The key itself, or one below it."""
        return any(one == key or one.startswith(f"{key}.") for one in self.values)


@dataclass(slots=True)
class Draft:
    """Filled by every source in turn; a value that two sources give differently is a problem."""

    top: Device = field(default_factory=Device)
    """`site`, `product`, `time_zone`, and with a dot `linkage.port`, `cluster.name`."""
    devices: dict[str, dict[str, Device]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    todos: list[ToDo] = field(default_factory=list)
    unread: list[Problem] = field(default_factory=list)
    """What was not understood: shown, and nothing else done with it."""
    problems: list[Problem] = field(default_factory=list)

    def device(self, section: str, name: str) -> Device:
        return self.devices[section].setdefault(name, Device())

    def put(self, section: str, name: str, key: str, value: Value, place: Place) -> None:
        """One value of a device; of the site itself where the section is empty."""
        device = self.device(section, name) if section else self.top
        if key not in device.values:
            device.values[key], device.places[key] = value, place
            return
        if device.values[key] != value:
            whose = f"{name}: {key}" if name else key
            message = t("{key} is said twice, and differently", key=whose)
            first = t("{place} says {value}", place=device.places[key], value=_shown(device.values[key]))
            self.problems.append(Problem(place, message, first))

    def to_do(self, section: str, name: str, key: str, find: str, *, although_given: bool = False) -> None:
        self.todos.append(ToDo(section, name, key, find, although_given))

    def open(self) -> Iterator[ToDo]:
        """What is still to do, once all sources are read: what one asks and another answers is not."""
        for todo in dict.fromkeys(self.todos):
            device = self.devices[todo.section].get(todo.name) if todo.section in self.devices else self.top
            if todo.although_given or device is None or todo.key not in device.values:
                yield todo

    def pending(self, section: str, name: str, key: str) -> bool:
        """Whether a source has said already what to find out of it."""
        return any((one.section, one.name, one.key) == (section, name, key) for one in self.todos)

    def wrong(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(Problem(place, message, hint))

    def strange(self, place: Place, message: str, hint: str = "") -> None:
        self.unread.append(Problem(place, message, hint))

    def of(self, section: str) -> Iterator[tuple[str, Device]]:
        yield from self.devices[section].items()


def name_like(text: str, kind: str) -> str:
    """A name that a site file takes, as like the given one as can be: `ups` is one of its own words."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:LONGEST]
    if not re.fullmatch(NAME, name):
        name = f"{kind}_{name}".rstrip("_-")[:LONGEST]
    return f"{name}_1" if name in RESERVED else name


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)
