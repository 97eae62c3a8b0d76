"""How long a fault is felt that nobody sees the end of: what was tried in vain is tried seldom in the end."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from sequencer.events import Event
from sequencer.power_off import ATTEMPTS
from sequencer.power_on import SELDOM_S
from sequencer.site import Site
from sim.faults.fault import Excuse, Kind
from teiden.judge.struck import Struck


def felt_until_s(excuse: Excuse, fault: Struck, subject: str, site: Site, events: Sequence[Event]) -> float:
    """By him whose return it has kept: when he is tried again; infinity: it lasts."""
    change, over_s = fault.by, fault.until_s
    if excuse.tripped and over_s < inf:
        return trips_until_s(events, change.subject, over_s)
    if change.fault.of is Kind.NETWORK and over_s < inf and subject in site.servers:
        return wakes_until_s(events, subject, over_s, site)
    return over_s


def trips_until_s(events: Sequence[Event], ups: str, over_s: float) -> float:
    """Having tripped often enough it is told to go on but seldom, for its loads crash each time (P14)."""
    its = [e for e in events if e.is_fact and e.subject == ups]
    falls = [e for e in its if e.name == "ups.output_off" and e.t <= over_s]
    last = falls[-ATTEMPTS:]
    if len(last) < ATTEMPTS or any(e.details.get("cause") != "fault" for e in last):
        return over_s
    on_s = next((e.t for e in its if e.name == "ups.output_on" and e.t > over_s), inf)
    return max(over_s, min(on_s, last[-1].t + SELDOM_S))


def wakes_until_s(events: Sequence[Event], server: str, over_s: float, site: Site) -> float:
    """Woken in vain often enough it is woken but seldom, for it may be broken (N7, H9). Not one that has been
    up since."""
    its = [e for e in events if e.subject == server]
    up_s = max((e.t for e in its if e.is_fact and e.name == "server.up" and e.t <= over_s), default=-inf)
    sent = (e for e in its if e.name == "command.sent" and e.details.get("command") == "wake")
    wakes_s = [e.t for e in sent if e.t > up_s]
    vain_s = [t for t in wakes_s if t <= over_s]
    if len(vain_s) < ATTEMPTS:
        return over_s
    again_s = next((t for t in wakes_s if t > over_s), inf)
    return max(over_s, min(again_s, vain_s[-1] + site.start.server_limit_s + SELDOM_S))
