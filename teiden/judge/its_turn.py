"""When an outage of a UPS counts for somebody: of what hangs on others too, theirs as well (X-04)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf

from sequencer.events import Event
from sequencer.site import Array, Server, Site

ENDS = {"ups.on_battery": "ups.on_line", "ups.output_off": "ups.output_on"}
"""What takes it away as a support, and what gives it back."""


def counts_s(events: Sequence[Event], site: Site, ups: str, lost_s: float, by_s: float) -> float:
    """When so few of those are left, by then, that carry somebody who goes with it; and its own outage, which
    began at `lost_s`, counts. Infinity: the others have carried them all."""
    own_s = lost_s + site.upses[ups].confirm_s

    def fails_s(upses: Sequence[str], needed: int) -> float:
        gone_s = sorted(own_s if u == ups else _gone_s(events, site, u, lost_s, by_s) for u in upses)
        return gone_s[max(len(gone_s) - needed, 0)]

    return max(own_s, min((fails_s(*load) for load in goes_with(site, ups)), default=own_s))


def goes_with(site: Site, ups: str) -> Iterable[tuple[Sequence[str], int]]:
    """What of it needs which UPSes, and how many of them: who draws from it, and their disks; of the control
    side, all of that."""
    servers: Iterable[Server] = site.servers_on(ups)
    arrays: Iterable[Array] = site.arrays_on(ups)
    if ups in {u.name for u in site.control_upses}:
        servers, arrays = site.control_nodes, site.control_arrays
    yield from ((server.upses, server.minimum_supplies) for server in servers if server.upses)
    used = {name for server in servers for name in server.arrays}
    for array in dict.fromkeys((*arrays, *(site.arrays[name] for name in sorted(used)))):
        yield from ((part, 1) for part in (array.controllers, array.enclosures) if part)


def _gone_s(events: Sequence[Event], site: Site, ups: str, lost_s: float, by_s: float) -> float:
    """When it was off, or its outage counted, first, and was not over by `lost_s`; infinity: not by then."""
    its = [e for e in events if e.is_fact and e.subject == ups and e.t <= by_s]
    after_s = {"ups.on_battery": site.upses[ups].confirm_s, "ups.output_off": 0.0}
    found = [inf]
    for begins, ends in ENDS.items():
        for event in (e for e in its if e.name == begins):
            over_s = min((e.t for e in its if e.name == ends and e.t > event.t), default=inf)
            if over_s > max(lost_s, event.t + after_s[begins]):
                found.append(event.t + after_s[begins])
    return min(found)
