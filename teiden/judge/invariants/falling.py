"""Power that is to fall under a server: who lives on it goes down, or is forced, mains or not (S1, S16)."""

from __future__ import annotations

from sequencer.events import Event
from sequencer.site import Array, Server
from teiden.judge.ledger.room import Room


def counts_down(room: Room, event: Event) -> bool:
    """The end of a server on power of which too little is going to be left: nobody calls that back (S16)."""
    server = room.site.servers.get(event.subject)
    if server is None or event.details["command"] not in ("shutdown", "force"):
        return False
    if room.power.counts_down_under(server, event.t):
        return True
    told = event.details["command"] == "force" or not room.power.offs_sent.keys().isdisjoint(server.upses)
    return told and _may_be_cut(room, server, event)


def _may_be_cut(room: Room, server: Server, event: Event) -> bool:
    """By OFFs of the node that ends it, which may have been taken, for it does not hear these cards: else who
    runs, as a system that a hand has booted unheard, would do so until his power falls (S11, H6). Who has too
    little of it already is down, and a force stops nobody."""
    on = [ups for ups in server.upses if room.power.output[ups]]
    stay = [ups for ups in on if not _may_fall(room, ups, event)]
    is_cut = len(stay) < len(on) or event.details["command"] == "force"
    return is_cut and len(stay) < server.minimum_supplies


def _may_fall(room: Room, ups: str, event: Event) -> bool:
    """Its card has not been heard since that OFF was told, or has said since that it counts down, and nothing
    more: who has heard it since, and not that, knows that it was not taken."""
    silent_s, polling = room.cards.silent_since_s(event.by, ups, event.t), room.site.polling
    if silent_s is None:
        return False
    unheard_s = silent_s - polling.stale_after_s(polling.on_line_s)
    seen = (e for e in room.history.events if (e.name, e.subject, e.by) == ("ups.off_armed", ups, event.by))
    armed_s = [e.t for e in seen if e.t <= event.t]
    own = (sent for sent in room.power.offs_sent.get(ups, ()) if sent.by == event.by)
    return any(
        event.t <= sent.t + float(sent.details.get("falls_in_s") or 0.0)
        and (sent.t >= unheard_s or any(t >= sent.t for t in armed_s))
        for sent in own
    )


def has_fallen_unheard(room: Room, array: Array, event: Event) -> bool:
    """Its power counted down by the last word of a card to who asks, and has fallen since: he hears no card
    say so, and a flush that is asked for too late harms nobody (C12, S11)."""
    return any(_fell_unheard(room, ups, event) for ups in array.upses)


def _fell_unheard(room: Room, ups: str, event: Event) -> bool:
    power, silent_s = room.power, room.cards.silent_since_s(event.by, ups, event.t)
    fell = power.fell.get(ups)
    if fell is None or power.output[ups] or silent_s is None or silent_s > fell.t:
        return False
    seen = (e for e in room.history.events if (e.name, e.subject, e.by) == ("ups.off_armed", ups, event.by))
    return any(power.on_since[ups] <= e.t <= silent_s for e in seen)
