"""What a history is made of: a cut with its return and a fault with its end are one thing, dropped as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sim.faults.catalogue import default_amount
from sim.faults.fault import Fault
from sim.story import (
    Asked,
    Booted,
    ClockStep,
    FaultChange,
    Happening,
    HostChange,
    MainsChange,
    Managed,
    Pressed,
)
from teiden.files.fault_amounts import written
from teiden.files.units import written_s


@dataclass(frozen=True, slots=True)
class Cut:
    """The mains of a feed, or of the input of one UPS, are away for some time."""

    at_s: float
    of: str
    for_s: float

    @property
    def end_s(self) -> float:
        return self.at_s + self.for_s  # not rounded: the same number as from a story file


@dataclass(frozen=True, slots=True)
class Trouble:
    """A fault from its beginning to its end."""

    at_s: float
    fault: Fault
    subject: str
    for_s: float | None
    """None: for ever."""
    amount: float = 0.0
    lingers_s: float = 0.0
    """How much longer it goes on by itself."""

    @property
    def end_s(self) -> float | None:
        return None if self.for_s is None else round(self.at_s + self.for_s, 3)

    @property
    def lasts(self) -> bool:
        """Whoever has it is never quite well again in this history."""
        return self.for_s is None or not self.fault.ends


Deed = Cut | Trouble | Asked | ClockStep | Managed | Pressed | Booted | HostChange


def happenings(deed: Deed) -> Iterator[Happening]:
    match deed:
        case Cut(at_s, of):
            yield MainsChange(at_s, of, lost=True)
            yield MainsChange(deed.end_s, of, lost=False)
        case Trouble(at_s, fault, subject, _, amount):
            yield FaultChange(at_s, fault, subject, amount=amount)
            if deed.end_s is not None:
                yield FaultChange(deed.end_s, fault, subject, present=False, amount=amount)
        case _:
            yield deed


def ends_s(deed: Deed) -> float:
    """When nothing more comes of it; of what lasts, when it begins."""
    match deed:
        case Cut():
            return deed.end_s
        case Trouble():
            return (deed.at_s if deed.end_s is None else deed.end_s) + deed.lingers_s
        case _:
            return deed.at_s


def entry(deed: Deed) -> dict[str, Any]:
    """As it stands under `events:` of a story file."""
    at = {"at": written_s(deed.at_s)}
    match deed:
        case Cut(_, of, for_s):
            return at | {"mains": of, "lost_for": written_s(for_s)}
        case Trouble():
            return at | _trouble(deed)
        case ClockStep(_, server, by_s):
            return at | {"clock": server, "step": ("-" if by_s < 0 else "") + written_s(abs(by_s))}
        case Asked():
            return at | _asked(deed)
        case Managed(_, what, of):
            return at | {"manager": what.value, "of": of}
        case Pressed(_, ups):
            return at | {"press": ups}
        case Booted(_, server):
            return at | {"boot": server}
        case HostChange(_, address, answers):
            return at | {"host": address, "goes": "on" if answers else "off"}


def _trouble(deed: Trouble) -> dict[str, Any]:
    told: dict[str, Any] = {"fault": deed.fault.name, "subject": deed.subject}
    if deed.end_s is not None:
        told["until"] = written_s(deed.end_s)
    if deed.fault.amount is not None and deed.amount != default_amount(deed.fault):
        told["amount"] = written(deed.fault.amount.unit, deed.amount)
    return told


def _asked(deed: Asked) -> dict[str, Any]:
    told: dict[str, Any] = {"request": deed.wish.value}
    if deed.of:
        told["of"] = deed.of[0] if len(deed.of) == 1 else list(deed.of)
    for key, value in (("by", deed.by), ("to", deed.to)):
        if value:
            told[key] = value
    return told
