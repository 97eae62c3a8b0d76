"""What histories are drawn on: a site, its devices by kind, the faults that may come, and its times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sequencer.site import Site
from sim.faults import catalogue
from sim.faults.fault import Fault, Kind
from sim.model import Model
from teiden.files.document import Document
from teiden.files.event_reading import Reading
from teiden.files.site_file import SiteFile
from teiden.sweep.restore import way_down_s, way_up_s


@dataclass(frozen=True)
class Ground:
    """Picklable: it is sent to the workers."""

    site: Site
    model: Model
    file: str
    hash: str
    fault_names: tuple[str, ...]
    """Those that may come; all that the site has devices for, unless some were named."""
    crowded: bool = False
    """Each history has many faults at once: these break a rule several times as often as the usual ones."""

    @cached_property
    def faults(self) -> tuple[Fault, ...]:
        return tuple(catalogue.named(name) for name in self.fault_names)

    @cached_property
    def way_down_s(self) -> float:
        """The whole way down at its limits."""
        return way_down_s(self.site)

    @cached_property
    def way_up_s(self) -> float:
        """The whole way up at its limits, from empty batteries."""
        return way_up_s(self.site, self.model)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        return (*self.site.feeds, *self.site.upses)

    @cached_property
    def devices(self) -> tuple[str, ...]:
        """Whoever can be held."""
        site = self.site
        return (*site.upses, *site.servers, *site.arrays, site.cluster.name)

    @cached_property
    def subjects(self) -> dict[Kind, tuple[str, ...]]:
        """By the kind of thing that has a fault."""
        return {kind: subjects(self.site, kind) for kind in {fault.of for fault in self.faults}}


def subjects(site: Site, kind: Kind) -> tuple[str, ...]:
    """The devices of the site that can have a fault of this kind, as a story may name them."""
    reading = Reading(Document.of({}, site.name), site)
    return tuple(reading.inputs if kind is Kind.INPUT else reading.devices(kind.value))


def ground(loaded: SiteFile, wanted: Iterable[Fault] | None = None, *, crowded: bool = False) -> Ground:
    """`wanted`: the faults that may come; None: all of the catalogue."""
    site = loaded.site
    faults = catalogue.ALL if wanted is None else tuple(wanted)
    names = tuple(fault.name for fault in faults if subjects(site, fault.of))
    return Ground(site, loaded.model, loaded.path, loaded.hash, names, crowded)
