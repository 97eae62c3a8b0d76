"""Who lives on one UPS alone proves by his answer that it is on, whatever its card says or not (O1, S11)."""

from __future__ import annotations

from math import inf

import simpy

from sequencer import conditions as when
from sequencer.ports import ArrayPort, ArrayStatus, PeerPort, Seen, ServerPort, ServerStatus, Steps
from sequencer.run import Run
from sequencer.site import Ups
from sequencer.timing import EVIDENCE_EXTRA_S


def gives_power(run: Run, ups: Ups) -> bool:
    """Somebody answers whom this UPS alone feeds, or his service: it is on, whatever its card says or not."""
    servers, arrays = fed_alone(run, ups)
    answers = any(port.seen().fresh for port in servers) or any(port.seen().fresh for port in arrays)
    return answers or any(peer.seen().fresh for peer in services_on(run, ups))


def until_it_gives_power(run: Run, ups: Ups) -> list[simpy.Event]:
    """Until one of these answers."""
    servers, arrays = fed_alone(run, ups)
    return [
        *(port.until(when.SERVER_ANSWERS) for port in servers),
        *(port.until(when.ARRAY_ANSWERS) for port in arrays),
        *(peer.until(when.PEER_ANSWERS) for peer in services_on(run, ups)),
    ]


def carries_alone(run: Run, ups: Ups) -> bool:
    """So it does whom it shares with others, where he answers and these say that they are off (X-04)."""
    site, ports = run.site, run.ports

    def others_are_off(upses: tuple[str, ...]) -> bool:
        seen = [ports.upses[name].seen() for name in upses if name != ups.name]
        return all(s.fresh and s.status is not None and not s.status.output_on for s in seen)

    arrays = (a for a in site.arrays_on(ups.name) if ports.arrays[a.name].seen().fresh)
    parts = (part for a in arrays for part in (a.controllers, a.enclosures) if ups.name in part)
    servers = (s.upses for s in site.servers_on(ups.name) if ports.servers[s.name].seen().fresh)
    return any(others_are_off(upses) for feeds in (parts, servers) for upses in feeds)


def others_carry(run: Run, ups: Ups) -> bool:
    """Everybody whom it feeds lives on others beside it that say they are on (X-04)."""
    site, ports = run.site, run.ports

    def is_on(name: str) -> bool:
        seen = ports.upses[name].seen()
        return seen.fresh and seen.status is not None and seen.status.output_on

    parts = ((part, 1) for a in site.arrays_on(ups.name) for part in (a.controllers, a.enclosures))
    servers = ((s.upses, s.minimum_supplies) for s in site.servers_on(ups.name))
    feeds = [(upses, least) for each in (parts, servers) for upses, least in each if ups.name in upses]
    on = [sum(is_on(name) for name in upses if name != ups.name) >= least for upses, least in feeds]
    return bool(on) and all(on)


def was_on_since(run: Run, ups: Ups) -> bool:
    """It said last that it is off, or counts down; and one of these has answered to what was asked later than
    that, or than its time was over: silent by now, he proves no more that it fell than it does (S3, S11).
    Not if another carried him then, which has gone off since (X-04)."""
    seen, armed = run.ports.upses[ups.name].seen(), run.facts.armed.get(ups.name)
    if seen.status is None or (seen.status.output_on and armed is None):
        return False
    off_s = seen.at_s
    if seen.status.output_on and armed is not None:
        off_s = max(off_s, armed.falls_at_s + EVIDENCE_EXTRA_S)
    asked_s = {s.at_s for s in seen_on(run, ups) if s.at_s > off_s + run.site.polling.timeout_s}
    return any(s.at_s == at_s for at_s in asked_s for s in seen_on(run, ups, at_s))


def seen_on(run: Run, ups: Ups, at_s: float = inf) -> list[Seen[ServerStatus] | Seen[ArrayStatus]]:
    """The last word of each whom it may feed, or may have fed then."""
    readings = [port.seen() for ports in may_feed(run, ups, at_s) for port in ports]
    return [seen for seen in readings if seen.status is not None]


def fed_alone(run: Run, ups: Ups) -> tuple[list[ServerPort], list[ArrayPort]]:
    """Whom this UPS alone feeds: when they answer, it is on. Others may live on another UPS."""
    site, ports = run.site, run.ports
    servers = [s.name for s in site.servers_on(ups.name) if s.upses == (ups.name,)]
    arrays = [a.name for a in site.arrays_on(ups.name) if (ups.name,) in (a.controllers, a.enclosures)]
    return [ports.servers[name] for name in servers], [ports.arrays[name] for name in arrays]


def may_give_power(run: Run, ups: Ups) -> bool:
    """Though it should be off: one of those answers who could not without it, or another that is silent."""
    heard = any(port.seen().fresh for ports in may_feed(run, ups) for port in ports)
    return heard or gives_power(run, ups)


def may_feed(run: Run, ups: Ups, at_s: float = inf) -> tuple[list[ServerPort], list[ArrayPort]]:
    """Whom it feeds, alone or beside others that are off as well, as far as anybody knows (X-04): when they
    answer one of these is on, and each that is silent may be it (S3, S11). `at_s`: whom it fed then, beside
    others that had gone off by then, of those that this life has watched go.
    """
    site, ports = run.site, run.ports

    def left(upses: tuple[str, ...]) -> int:
        others = [name for name in upses if name != ups.name]
        return sum(not off_by_what_is_known(run, n) or ports.offs_s.get(n, -inf) > at_s for n in others)

    servers = [s.name for s in site.servers_on(ups.name) if left(s.upses) < s.minimum_supplies]
    arrays = [
        a.name
        for a in site.arrays_on(ups.name)
        if any(ups.name in part and not left(part) for part in (a.controllers, a.enclosures))
    ]
    return [ports.servers[name] for name in servers], [ports.arrays[name] for name in arrays]


def off_by_what_is_known(run: Run, ups: str) -> bool:
    """By its last word, or silent, and the time of its OFF is over; or as an earlier life has seen it."""
    seen, armed = run.ports.upses[ups].seen(), run.facts.armed.get(ups)
    if seen.status is None:
        return ups in run.facts.seen_off
    fell = not seen.fresh and armed is not None and run.now >= armed.falls_at_s
    return fell or not seen.status.output_on


def look_who_lives_unheard(run: Run) -> Steps[None]:
    """At whom they may feed, of UPSes of an outage that were told to go off, and are silent: a life that has
    just begun has not heard him yet."""
    silent = [run.site.upses[name] for name in sorted(run.facts.confirmed & run.facts.armed.keys())]
    silent = [ups for ups in silent if not run.ports.upses[ups.name].seen().fresh]
    yield from run.all_of(*(port.look() for ups in silent for ports in may_feed(run, ups) for port in ports))


def services_on(run: Run, ups: Ups) -> list[PeerPort]:
    """Of other control nodes among them, which may be heard where no controller is (N5)."""
    return [peer for name, peer in run.ports.peers.items() if run.site.servers[name].upses == (ups.name,)]


def is_on_unheard(run: Run, ups: Ups) -> bool:
    """Silent, and not off: by its last word; or a hand has pressed its button since, and no card tells that.

    Who lives on it would lose what he has not written when its battery ends, and nobody had watched it (L2).
    """
    seen = run.ports.upses[ups.name].seen()
    return not seen.fresh and (seen.status is None or seen.status.output_on or gives_power(run, ups))
