"""Whether an outage began on a battery that could not wait for its confirm time (P4)."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Site
from sequencer.timing import battery_need_s, late_looks_s, own_stop_s

STOPS = ("stop", "shutdown", "force", "flush", "off")


def began_short(events: Sequence[Event], site: Site, ups: str, at_s: float) -> bool:
    """It lost its mains last with less than it needs for that and for its own stop; and when that time was
    over somebody has told it, or whom it takes with it, to stop: who is told nothing is not short of time."""
    its = [e for e in events if e.is_fact and e.subject == ups and e.t <= at_s]
    lost_s = max((e.t for e in its if e.name == "ups.on_battery"), default=None)
    if lost_s is None:
        return False
    need_s = battery_need_s(site, site.upses[ups])
    told = (e.details.get("runtime_s") for e in its if e.t == lost_s)
    if not any(left_s is not None and left_s < need_s for left_s in told):
        return False
    confirmed_s = lost_s + need_s - own_stop_s(site, site.upses[ups])
    if at_s <= confirmed_s + late_looks_s(site):
        return True
    stops = (e for e in events if e.name == "command.sent" and e.details.get("command") in STOPS)
    return any(lost_s <= e.t <= at_s and e.subject in _stops_with(site, ups) for e in stops)


def _stops_with(site: Site, ups: str) -> set[str]:
    arrays = site.arrays_on(ups)
    users = (s for array in arrays for s in site.users_of(array.name))
    names = {ups, *(a.name for a in arrays), *(s.name for s in (*site.servers_on(ups), *users))}
    control = ups in site.names_of_node_upses | site.names_of_control_array_upses
    return names | ({site.cluster.name} if control else set())
