"""Power that is to fall under a server: who lives on it goes down, or is forced, mains or not (S1, S16)."""

from __future__ import annotations

from sequencer.events import Event
from sequencer.site import Server
from teiden.judge.ledger.room import Room


def counts_down(room: Room, event: Event) -> bool:
    """The end of a server on power of which too little is going to be left: nobody calls that back (S16)."""
    server = room.site.servers.get(event.subject)
    if server is None or event.details["command"] not in ("shutdown", "force"):
        return False
    is_forced = event.details["command"] == "force"
    return room.power.counts_down_under(server, event.t) or (is_forced and _may_be_cut(room, server, event))


def _may_be_cut(room: Room, server: Server, event: Event) -> bool:
    """By OFFs of the node that forces it, which may have been taken, for it does not hear these cards: else a
    system that a hand has booted unheard would run until its power falls (S11, H6)."""
    may_fall = {ups for ups in server.upses if _may_fall(room, ups, event)}
    stay = [ups for ups in server.upses if room.power.output[ups] and ups not in may_fall]
    return bool(may_fall) and len(stay) < server.minimum_supplies


def _may_fall(room: Room, ups: str, event: Event) -> bool:
    if room.cards.heard_since_s(event.by, ups, event.t) is not None:
        return False
    own = (sent for sent in room.power.offs_sent.get(ups, ()) if sent.by == event.by)
    return any(event.t <= sent.t + float(sent.details.get("falls_in_s") or 0.0) for sent in own)
