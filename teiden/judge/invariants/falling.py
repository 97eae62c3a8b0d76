"""Power that is to fall under a server: who lives on it goes down, or is forced, mains or not (S1, S16)."""

from __future__ import annotations

from collections.abc import Sequence

from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import Array, ArrayRole, Server
from teiden.judge.ledger.room import Room

COMES_BACK = ("until_mains", "sleep")
"""An OFF of this kind strands nobody, also when the mains are back already."""
SILENT = "is silent"
"""An OFF was told in vain (X-09), and may have been taken."""


def counts_down(room: Room, event: Event) -> bool:
    """The end of a server on power of which too little is going to be left: nobody calls that back (S16)."""
    server = room.site.servers.get(event.subject)
    if server is None or event.details["command"] not in ("shutdown", "force"):
        return False
    if room.power.counts_down_under(server, event.t):
        return True
    told = not room.power.offs_told.keys().isdisjoint(server.upses)
    return told and _may_be_cut(room, server, event)


def _may_be_cut(room: Room, server: Server, event: Event) -> bool:
    """By OFFs of the node that ends it, which may have been taken, for it does not hear these cards: else who
    runs, as a system that a hand has booted unheard, would do so until his power falls (S11, H6)."""
    on = [ups for ups in server.upses if room.power.output[ups]]
    stay = [ups for ups in on if not _may_fall(room, ups, event)]
    return len(stay) < len(on) and len(stay) < server.minimum_supplies


def _may_fall(room: Room, ups: str, event: Event) -> bool:
    """Its card has not been heard since that OFF was told, or has said since that it counts down, and nothing
    more: who has heard it since, and not that, knows that it was not taken."""
    seen = (e for e in room.history.events if (e.name, e.subject, e.by) == ("ups.off_armed", ups, event.by))
    armed_s = [e.t for e in seen if e.t <= event.t]
    own = (sent for sent in room.power.offs_told.get(ups, ()) if sent.by == event.by)
    return any(
        event.t <= sent.t + float(sent.details.get("falls_in_s") or 0.0)
        and _may_have_taken(room, sent, event.t, armed_s)
        for sent in own
    )


def _may_have_taken(room: Room, sent: Event, at_s: float, armed_s: Sequence[float]) -> bool:
    """A card that this life of its node has never heard falls silent at no time: an alarm says so then."""
    silent_s, polling = room.cards.silent_since_s(sent.by, sent.subject, at_s), room.site.polling
    if silent_s is None:
        said = room.incident.alarm_of("X-09", sent.subject, sent.t)
        unheard = said is not None and said.by == sent.by and SILENT in str(said.details.get("text"))
        return unheard and room.cards.told_nothing(sent.by, sent.subject, at_s)
    unheard_s = silent_s - polling.stale_after_s(polling.on_line_s)
    return sent.t >= unheard_s or any(t >= sent.t for t in armed_s)


def has_fallen_unheard(room: Room, array: Array, event: Event) -> bool:
    """Its power counted down by the last word of a card to who asks, and has fallen since: he hears no card
    say so, and a flush that is asked for too late harms nobody (C12, S11). Not what another feed carries."""
    gone = not room.power.array_fed(array)
    return gone and any(_fell_unheard(room, ups, event) for ups in array.upses)


def _fell_unheard(room: Room, ups: str, event: Event) -> bool:
    power, silent_s = room.power, room.cards.silent_since_s(event.by, ups, event.t)
    fell = power.fell.get(ups)
    if fell is None or silent_s is None or silent_s > fell.t:
        return False
    seen = (e for e in room.history.events if (e.name, e.subject, e.by) == ("ups.off_armed", ups, event.by))
    return any(power.on_since[ups] <= e.t <= silent_s for e in seen)


def disks_count_down(room: Room, event: Event) -> bool:
    """The flush of a linked array whose own power counts down, or the end of a server using it (C12, S2).

    Of a control node that has come up since its disk does, and its UPS: they go until it has fallen (U8)."""
    command, servers, arrays = event.details["command"], room.site.servers, room.site.arrays
    if command == "flush" and event.subject in arrays:
        disk, power = arrays[event.subject], room.power
        fell = not power.fell.keys().isdisjoint(disk.upses)
        return power.counts_down_below(disk, event.t) or (fell and has_fallen_unheard(room, disk, event))
    if command == "off":
        return goes_with_its_node(room, event)
    if event.subject not in servers or command not in ("shutdown", "force"):
        return False
    disks = [a for a in map(arrays.__getitem__, servers[event.subject].arrays) if is_left_for(room, event, a)]
    return any(room.power.counts_down_below(disk, event.t) for disk in disks)


def is_left_for(room: Room, event: Event, disk: Array) -> bool:
    """The whole cluster does not stop for an OFF of its disk that is somebody else's (ADR 0033)."""
    if disk.role is ArrayRole.LINKED:
        return True
    return room.machines.os[event.subject] == "up" and came_up_since(room, event.subject, disk, event.t)


def came_up_since(room: Room, node: str, disk: Array, at_s: float) -> bool:
    """Since all was told that counts down under this disk."""
    falls = [armed.t for ups in disk.upses if (armed := room.power.counting_down(ups, at_s)) is not None]
    return node in room.machines.came_up_s and all(t < room.machines.came_up_s[node] for t in falls)


def feeds_who_goes_alone(room: Room, event: Event) -> bool:
    """The UPS that feeds the node alone which tells it on its way down, by an OFF that comes back by itself:
    nobody is stopped by that, nor stranded."""
    if [server.name for server in room.wiring.servers_on.get(event.subject, ())] != [event.by]:
        return False
    comes_back = event.details.get("how") in COMES_BACK
    return comes_back and room.machines.os.get(event.by) == "shutting down"


def boots_who_is_wanted_up(room: Room, event: Event) -> bool:
    """Somebody else shuts all nodes down, and this one is wanted up, or restarted, by a word that has come
    since: halted with its power on it would not come back (R2-08, L3)."""
    want, os = room.wants.of.get(event.by), room.machines.os
    wanted = want is not None and want.goal in (Goal.UP, Goal.REBOOT)
    goes = all(os[node] != "up" for node in room.wiring.nodes)
    return wanted and goes and feeds_who_goes_alone(room, event)


def goes_with_its_node(room: Room, event: Event) -> bool:
    """The UPS that feeds this node alone, which goes until its disk has fallen: halted with its power on it
    would not come back (U8, L3). Nobody is stranded by an OFF that comes back by itself."""
    node = event.by
    if room.machines.os.get(node) != "shutting down" or not feeds_who_goes_alone(room, event):
        return False
    disks = [room.site.arrays[name] for name in room.site.servers[node].arrays]
    falling = [disk for disk in disks if room.power.counts_down_below(disk, event.t)]
    return any(came_up_since(room, node, disk, event.t) for disk in falling)
