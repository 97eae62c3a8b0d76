"""The network: N1 to N7."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from sequencer.site import Site
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit
from sim.faults.returns import boots_with_it
from sim.network import Net

if TYPE_CHECKING:
    from sim.room import Room


def _dies(room: Room, switch: str, turn: Turn) -> None:
    room.switches[switch].die(turn.on)


def _parted(room: Room, node: str, turn: Turn) -> None:
    room.lan.part(node, turn.on)


def _loses(room: Room, _: str, turn: Turn) -> None:
    room.lan.worsen(float(room.env.now), loss=turn.amount / 100 if turn.on else 0.0)


def _slow(room: Room, _: str, turn: Turn) -> None:
    room.lan.worsen(float(room.env.now), latency_s=turn.amount if turn.on else 0.0)


def _no_names(room: Room, _: str, turn: Turn) -> None:
    """Nothing: all that the room's nodes talk to they know by its address."""


def _management_down(room: Room, _: str, turn: Turn) -> None:
    room.lan.net_fails(Net.MANAGEMENT, turn.on)


def _production_down(room: Room, _: str, turn: Turn) -> None:
    room.lan.net_fails(Net.PRODUCTION, turn.on)


def _swizzled(room: Room, _: str, turn: Turn) -> None:
    room.swizzle.turn(turn.on, gap_s=turn.amount)


def _until_the_last(site: Site, gap_s: float) -> float:
    """They come back one by one."""
    return (len(site.upses) - 1) * gap_s


def _no_broadcast(room: Room, _: str, turn: Turn) -> None:
    room.lan.broadcasts = not turn.on


NOBODY_FOLLOWS = "nobody hears whether who commanded is down, or may follow him"

CUT_OFF = (
    boots_with_it(
        "a UPS that nobody could tell to stay off comes back with the mains, and its servers with it",
        Reach.ALL,
    ),
    Excuse("S18", Reach.ALL, "nobody can tell a UPS to go off before its battery ends", due=True),
    *(
        Excuse(rule, Reach.ALL, "its battery drained while nobody heard it", drained=True, stays=True)
        for rule in ("S18", "L2")
    ),
    Excuse("L1", Reach.ALL, "nobody can tell a UPS or a server to go on"),
    Excuse("L2", Reach.ALL, "nobody can tell a UPS to go off before its battery ends", due=True),
    Excuse("L3", Reach.ALL, "nobody can tell a UPS or a server to go on"),
    Excuse("L5", Reach.ALL, NOBODY_FOLLOWS, said="L5"),
    Excuse("S2", Reach.ALL, "nobody hears who was booted by hand, and writes to it again", deaf=True),
    Excuse("S28", Reach.SYSTEMS, "who goes while nobody hears him ran as far as anybody knows", deaf=True),
    *(
        Excuse(
            rule,
            Reach.ALL,
            "a UPS could not be told when its node halted, and keeps it on; nobody is up to wake it",
            stays=True,
            unwoken=True,
        )
        for rule in ("L1", "L3")
    ),
)
"""Where no command arrives, or no answer."""

NO_CHARGE = "nobody learns what a battery holds whose card is hardly ever heard, or waits for ever"

NO_CARD_YET = Excuse(
    "S9", Reach.ALL, "who has begun since hears no card, and what he knows is an outage", untold=True
)
"""Nor, when they answer again, of each at once."""

UNHEARD = tuple(
    Excuse(rule, Reach.ALL, "what was said to another node only, it does not hear of", apart=True, stays=True)
    for rule in ("S5", "S9", "S27", "S28", "S31")
)
"""Of nodes that exchange no rows; and when they could again, until one of the others is there to tell it."""

MOST_LOST_PCT = 75.0
"""A look and its answer both cross the network: of three in a row then each is lost in every second case.
Where less is lost whatever is asked again and again gets through, and no loss is excused."""

HALF_PCT = 50.0
"""Where less is lost nobody comes back late for it: docs/proof.md tells what was measured."""

DEAF_PCT = 95.0
"""Of twenty polls one is answered: within minutes of an outage whoever is up has seen it, and begins."""

Bound = Callable[[Site, str], float]


def lost_of(pct: float) -> Bound:
    return lambda _, __: pct


def late_as(pct: float) -> Bound:
    """With this latency as many answers come later than they are waited for: it is spread evenly over half to
    one and a half times of what is typical."""
    return lambda site, _: site.polling.timeout_s / (0.5 + (1 - pct / 100))


LATE = "L3"
ENDS = ("S18", "L2")
LOST = ("S8", "L1", LATE)


def beyond(bound: Callable[[float], Bound]) -> tuple[Excuse, ...]:
    """Of most it excuses that something is lost or never comes back; of half of all only that it takes longer
    (L3): whatever is asked again and again gets through. Nor does it keep anybody from beginning, but where
    nobody hears anything, or may follow who commanded (S18, L2)."""
    most = bound(MOST_LOST_PCT)
    found = [e for e in CUT_OFF if e.rule not in ENDS]
    found = [replace(e, above=most) if e.rule in LOST or e.unwoken else e for e in found]
    found += [replace(e, above=bound(DEAF_PCT)) for e in CUT_OFF if e.drained]
    for e in (e for e in CUT_OFF if e.rule in ENDS and not e.drained):
        found += [
            replace(e, above=most, begun=True),
            replace(e, above=most, said="L5", why=NOBODY_FOLLOWS),
            replace(e, above=bound(DEAF_PCT), why="nobody hears a card, and sees an outage of it"),
        ]
    found.append(Excuse("S17", Reach.ALL, NO_CHARGE, said="S17", above=bound(DEAF_PCT)))
    late = (e for e in CUT_OFF if e.rule == LATE and not e.unwoken)
    return (*found, *(replace(e, slows=True, above=bound(HALF_PCT)) for e in late))


def nobody_is_forced(most: Bound) -> tuple[Excuse, ...]:
    """Where hardly a request is answered in time; but not whom nobody has waited for."""
    why = "who hangs past his limit is hardly heard, nor hears that he is forced"
    reaches = ("S1", Reach.SYSTEMS), ("S2", Reach.ALL)
    return tuple(Excuse(rule, reach, why, said="H1", above=most) for rule, reach in reaches)


NOT_FORCED = Excuse(
    "S1",
    Reach.SYSTEMS,
    "who let nobody in can only be forced by his controller, and nobody can call the OFF back",
    told=True,
)
"""Where no controller is heard any more: of what counted down by then."""

SWITCH_DIES = Fault(
    ("N1",),
    "switch_dies",
    Kind.SWITCH,
    "it carries nothing, whatever its power does",
    _dies,
    excuses=tuple(
        replace(excuse, reach=Reach.LAN) for excuse in (*CUT_OFF, NOT_FORCED, NO_CARD_YET, *UNHEARD)
    ),
)

NOBODY_TELLS = tuple(
    excuse
    for rule in ("L1", "L3")
    for excuse in (
        Excuse(rule, Reach.ALL, "who commands takes no rows of who stopped them", unread=True),
        Excuse(rule, Reach.ALL, "who commands takes no rows of who was asked for them", missed=True),
    )
)
"""Of nodes that do not read each other: the cluster's word decides which of them commands (S13)."""

NODES_PARTED = Fault(
    ("N2",),
    "nodes_parted",
    Kind.NODE,
    "it and the other control nodes hear nothing of each other",
    _parted,
    excuses=(
        *NOBODY_TELLS,
        *UNHEARD,
        *(
            Excuse(
                rule,
                Reach.ALL,
                "each may be at work beyond, and neither commands until one is down",
                said="L5",
            )
            for rule in ("L1", "L3")
        ),
    ),
)

NETWORK_LOSES = Fault(
    ("N3",),
    "network_loses",
    Kind.NETWORK,
    "much of what is asked gets no answer",
    _loses,
    amount=Amount("of all requests", Unit.PERCENT, 30.0, 1.0, 100.0),
    excuses=(*beyond(lost_of), NO_CARD_YET, *nobody_is_forced(lost_of(MOST_LOST_PCT))),
)

NETWORK_SLOW = Fault(
    ("N3",),
    "network_slow",
    Kind.NETWORK,
    "everything takes longer, and what takes too long comes too late",
    _slow,
    amount=Amount("to a device and back, typically", Unit.SECONDS, 5.0, 0.001, 60.0),
    excuses=(*beyond(late_as), NO_CARD_YET, *nobody_is_forced(late_as(MOST_LOST_PCT))),
)

NAME_SERVICE_DIES = Fault(
    ("N4",),
    "name_service_dies",
    Kind.NETWORK,
    "no name is resolved any more; nothing in this room is reached by a name",
    _no_names,
)

MANAGEMENT_DOWN = Fault(
    ("N5",),
    "management_down",
    Kind.NETWORK,
    "cards, arrays and management controllers are cut off, systems are not",
    _management_down,
    excuses=(
        *CUT_OFF,
        NOT_FORCED,
        NO_CARD_YET,
    ),
)

PRODUCTION_DOWN = Fault(
    ("N5",),
    "production_down",
    Kind.NETWORK,
    "systems and the other control nodes are cut off, cards and controllers are not",
    _production_down,
    excuses=(
        Excuse("L1", Reach.SYSTEMS, "what is halted with its power on can only be woken"),
        Excuse("L3", Reach.SYSTEMS, "what is halted with its power on can only be woken"),
        Excuse("L2", Reach.SYSTEMS, "whom nobody reaches is forced or falls, which is the same to him"),
        *NOBODY_TELLS,
        *UNHEARD,
    ),
)

CARDS_SWIZZLED = Fault(
    ("N6",),
    "cards_swizzled",
    Kind.NETWORK,
    "the SNMP cards go dark one by one, and come back one by one in another order",
    _swizzled,
    amount=Amount("between two cards", Unit.SECONDS, 30.0, 1.0, 3600.0),
    lingers=_until_the_last,
    excuses=(
        *CUT_OFF,
        Excuse(
            "S17",
            Reach.ALL,
            "no card tells of its mains or its charge, and nobody waits for ever for that",
            said="S17",
        ),
        Excuse(
            "S12", Reach.ALL, "the neighbours that told of its outage have fallen silent too", beside=True
        ),
        Excuse("S31", Reach.ALL, "never heard it counts as off, and nothing hangs on it", unheard=True),
        NO_CARD_YET,
    ),
)

BROADCAST_BLOCKED = Fault(
    ("N7",),
    "broadcast_blocked",
    Kind.NETWORK,
    "no magic packet arrives anywhere",
    _no_broadcast,
    excuses=(
        Excuse("L1", Reach.SYSTEMS, "what is halted with its power on can only be woken"),
        Excuse("L3", Reach.SYSTEMS, "what is halted with its power on can only be woken"),
    ),
)

FAULTS = (
    SWITCH_DIES,
    NODES_PARTED,
    NETWORK_LOSES,
    NETWORK_SLOW,
    NAME_SERVICE_DIES,
    MANAGEMENT_DOWN,
    PRODUCTION_DOWN,
    CARDS_SWIZZLED,
    BROADCAST_BLOCKED,
)
