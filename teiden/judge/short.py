"""Whether an outage began on a battery that could not wait for its confirm time (P4)."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.site import Site
from sequencer.timing import battery_need_s


def began_short(events: Sequence[Event], site: Site, ups: str, at_s: float) -> bool:
    """It lost its mains last with less than it needs for that and for its own stop."""
    its = [e for e in events if e.is_fact and e.subject == ups and e.t <= at_s]
    lost_s = max((e.t for e in its if e.name == "ups.on_battery"), default=None)
    told = (e.details.get("runtime_s") for e in its if e.t == lost_s)
    return any(left_s is not None and left_s < battery_need_s(site, site.upses[ups]) for left_s in told)
