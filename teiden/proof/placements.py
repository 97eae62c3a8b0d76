"""Where and when a fault strikes in the standard outage: on which devices, from when, until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from sequencer.site import ServerRole, Site
from sim.chance import draw
from sim.faults.catalogue import default_amount
from sim.faults.fault import Fault, Kind
from sim.story import FaultChange
from teiden.files.document import Document
from teiden.files.event_reading import Reading
from teiden.proof.stories import BACK_S, LOST_S

BEGINS = {"before": LOST_S - 60.0, "amid": LOST_S + 300.0, "late": LOST_S + 960.0}
"""Before the mains are lost; while the servers' power counts down; while the cluster stops."""
ENDS = {"soon": LOST_S + 1200.0, "late": BACK_S + 120.0, "never": None}
"""While all is down; when the way up has begun; not at all."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A fault, its subject, and by name when it begins and ends."""

    fault: Fault
    subject: str
    begins: str
    ends: str

    def __str__(self) -> str:
        return f"{self.fault.name}@{self.subject}:{self.begins}:{self.ends}"

    def changes(self) -> Iterator[FaultChange]:
        yield FaultChange(BEGINS[self.begins], self.fault, self.subject, amount=default_amount(self.fault))
        end_s = ENDS[self.ends]
        if end_s is not None:
            yield FaultChange(end_s, self.fault, self.subject, present=False)


def subjects(kind: Kind, site: Site) -> list[str]:
    """Whom a story may name for it."""
    reading = Reading(Document.of({}, site.name), site)
    return list(reading.inputs if kind is Kind.INPUT else reading.devices(kind.value))


def placements(fault: Fault, site: Site) -> list[Placement]:
    """On every device, in every way."""
    return [Placement(fault, *where) for where in product(subjects(fault.of, site), BEGINS, ends_of(fault))]


def drawn_placements(fault: Fault, site: Site, times: int) -> list[Placement]:
    """On one device of each sort, so many of the ways, drawn."""
    found = []
    for subject in one_of_each(subjects(fault.of, site), site):
        ways = list(product(BEGINS, ends_of(fault)))
        purpose = f"{site.name} {fault.name} {subject}"
        for n in range(min(times, len(ways))):
            found.append(
                Placement(fault, subject, *ways.pop(int(draw(0, "placement", purpose, n) * len(ways))))
            )
    return found


def ends_of(fault: Fault) -> tuple[str, ...]:
    return tuple(ENDS) if fault.ends else ("never",)


def one_of_each(subjects: list[str], site: Site) -> list[str]:
    """The first of each sort: who is on the same power and of the same role is like it."""
    found: dict[object, str] = {}
    for subject in subjects:
        found.setdefault(_sort(subject, site), subject)
    return list(found.values())


def _sort(name: str, site: Site) -> object:
    if name in site.upses:
        servers = frozenset(server.role for server in site.servers_on(name))
        return "ups", servers, frozenset(array.role for array in site.arrays_on(name))
    if name in site.servers and site.servers[name].role is not ServerRole.CONTROL:
        return "server", site.servers[name].role
    if name in site.arrays:
        return "array", site.arrays[name].role
    return name
