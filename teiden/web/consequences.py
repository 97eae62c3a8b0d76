"""What a wish would do here: rehearsed on this very site, by the same sequencer, before anybody asks.

The rehearsal begins on an ordinary day, with everything that may run running; it does not know what is off
or held just now. So it may name more than will happen, and the page says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from sequencer.events import Event
from sequencer.requests import Wish
from sequencer.site import Site
from sim.story import Asked
from teiden.emulator.standing import quiet
from teiden.files.site_file import SiteFile
from teiden.rehearsal import rehearse

OFF_S, ON_S = 60.0, 7200.0
"""When it is asked for; what is to be switched on was switched off before that."""
LASTS_S = 4 * 3600.0
BY = "console"
GOES = {
    "server.halted": "halted",
    "server.crashed": "crashed",
    "cluster.stopped": "stopped",
    "array.off": "off",
    "ups.output_off": "off",
}
COMES = {"ups.output_on": "on", "array.ready": "ready", "server.up": "up", "cluster.running": "running"}


@dataclass(frozen=True, slots=True)
class Effect:
    device: str
    state: str
    after_s: float
    """Since it was asked for."""
    named: bool
    """It was asked for by name; else it goes along."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Devices of one sort that come to one state, one after the other with nothing else between them."""

    devices: tuple[str, ...]
    state: str
    from_s: float
    until_s: float
    named: bool


@dataclass(frozen=True, slots=True)
class Consequences:
    refusal: str
    """Why the sequencer would refuse; '' if it would not."""
    effects: tuple[Effect, ...]
    """In the order in which they come; each device once, with its last state."""

    @property
    def also(self) -> tuple[Effect, ...]:
        return tuple(effect for effect in self.effects if not effect.named)

    def stages(self, site: Site) -> list[Stage]:
        """The same, and a hall on a few dozen lines."""
        alike = groupby(self.effects, key=lambda one: (_sort(site, one.device), one.state, one.named))
        return [_stage(tuple(effects)) for _, effects in alike]


def consequences(site_file: SiteFile, wish: Wish, of: tuple[str, ...]) -> Consequences:
    """`of`: servers; () is everything. It takes a rehearsal: milliseconds, for a hall some seconds."""
    if wish is Wish.POWER_OFF:
        asked = [Asked(OFF_S, wish, of, BY)]
    else:  # while the control nodes sleep there is nobody to be asked, so they stay up
        linked = tuple(server.name for server in site_file.site.linked_servers)
        asked = [Asked(OFF_S, Wish.POWER_OFF, of or linked, BY), Asked(ON_S, wish, of, BY)]
    since_s = asked[-1].at_s
    story = replace(quiet(site_file), name="asked", happenings=tuple(asked), until_s=since_s + LASTS_S)
    events = [event for event in rehearse(story).events if event.t >= since_s]
    told = COMES if wish is Wish.POWER_ON else GOES
    facts = [event for event in events if event.is_fact and event.name in told]
    return Consequences(_refusal(events), tuple(_effects(facts, told, frozenset(of), since_s)))


def _sort(site: Site, device: str) -> int:
    sorts: tuple[Mapping[str, object], ...] = site.upses, site.arrays, site.servers
    return next((n for n, of in enumerate(sorts) if device in of), -1)


def _stage(alike: tuple[Effect, ...]) -> Stage:
    first, last = alike[0], alike[-1]
    return Stage(tuple(one.device for one in alike), first.state, first.after_s, last.after_s, first.named)


def _refusal(events: Iterable[Event]) -> str:
    return next((str(e.details.get("reason", "")) for e in events if e.name == "request.refused"), "")


def _effects(
    facts: Iterable[Event], told: dict[str, str], named: frozenset[str], since_s: float
) -> Iterable[Effect]:
    last: dict[str, Effect] = {}
    for event in facts:
        name = event.subject
        last[name] = Effect(name, told[event.name], event.t - since_s, not named or name in named)
    return sorted(last.values(), key=lambda effect: effect.after_s)
