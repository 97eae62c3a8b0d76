"""Hands in the room, and what they have plugged in: O1 to O3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer.requests import Wish
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit
from sim.faults.mains import shorter_than
from sim.later import after

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.room import Room

OPERATOR = "operator"
ASKS_AGAIN_S = 60.0


class StrangeLoad:
    """Something on a UPS that nobody manages: it draws power, and nobody minds whether it has any."""

    def __init__(self, name: str, watts: float) -> None:
        self.name = name
        self._watts = watts

    def supply_changed(self) -> None:
        pass

    def watts_from(self, ups: str) -> float:
        return self._watts

    def full_watts_from(self, ups: str) -> float:
        """It was not there when its UPS was sized."""
        return 0.0


def _ups_pressed(room: Room, ups: str, turn: Turn) -> None:
    if turn.on:
        room.upses[ups].press()


def _server_pressed(room: Room, server: str, turn: Turn) -> None:
    """A short press: it goes down in good order, or boots."""
    machine = room.servers[server]
    if turn.on and machine.works:
        machine.stop()
    elif turn.on:
        machine.wake()


def _held(room: Room, device: str, turn: Turn) -> None:
    room.held[device] = turn
    _ask_until_heard(room, device, turn)


def _ask_until_heard(room: Room, device: str, turn: Turn) -> None:
    """Whoever asks while no service is there to hear him asks again, unless he wants it otherwise by then."""
    if room.held[device] is not turn:
        return
    if any(room.servers[node].works for node in room.lives):
        room.ask(Wish.HOLD if turn.on else Wish.RELEASE, (device,), OPERATOR)
    else:
        after(room.env, ASKS_AGAIN_S, lambda: _ask_until_heard(room, device, turn))


def _shared(room: Room, ups: str, turn: Turn) -> None:
    name = f"{ups}+"
    loads = room.upses[ups].loads
    loads[:] = [load for load in loads if load.name != name]
    if turn.on:
        loads.append(StrangeLoad(name, turn.amount))
    room.upses[ups].load_changed()


AT_ONCE_S = 10.0
"""Two polls: whoever has power, or is woken, boots at once, and what comes later is another's doing."""

OWN_HAND = "it is the operator's own hand, and is not fought (O1)"

HELD = "what somebody holds is waited for, as long as the batteries last (O2)"

NOT_FORCED = "its UPS counts down already, and nobody may force it"
LEFT_ALONE = (
    Excuse("S8", Reach.WAITING, HELD, unasked=True),
    Excuse("S18", Reach.WAITING, HELD),
    Excuse("L2", Reach.USING, HELD),
    *(Excuse(rule, Reach.NEEDING, HELD) for rule in ("L1", "L3", "L8")),
)

UPS_PRESSED = Fault(
    ("O1",),
    "ups_pressed",
    Kind.UPS,
    "the operator presses its button: it goes on, if it is off and has mains",
    _ups_pressed,
    excuses=(Excuse("S8", Reach.LOADS, OWN_HAND, within_s=AT_ONCE_S),),
    ends=False,
)

LEFT = (
    *(
        Excuse(
            rule,
            Reach.ALL,
            "whoever shuts the last node down leaves nobody to tell them to go off",
            last=True,
            due=True,
        )
        for rule in ("S18", "L2")
    ),
    *(
        Excuse(rule, Reach.ALL, "whoever shuts the last node down leaves nobody who wakes another", last=True)
        for rule in ("L1", "L3")
    ),
)
"""Until a node is up again."""

SERVER_PRESSED = Fault(
    ("O1",),
    "server_pressed",
    Kind.SERVER,
    "the operator presses its button: it goes down if it is up, and boots if it is halted",
    _server_pressed,
    excuses=(
        Excuse("S1", Reach.SUBJECT, "who boots it onto power that counts down takes that risk", told=True),
        Excuse("S8", Reach.SUBJECT, OWN_HAND, within_s=AT_ONCE_S),
        *(Excuse(rule, Reach.SUBJECT, OWN_HAND) for rule in ("L1", "L3", "L10")),
        *LEFT,
    ),
    ends=False,
    undone_by="server.up",
)

UPS_IN_MAINTENANCE = Fault(
    ("O2",),
    "ups_in_maintenance",
    Kind.UPS,
    "somebody works on it, and has asked that it is left alone",
    _held,
    LEFT_ALONE,
)

SERVER_IN_MAINTENANCE = Fault(
    ("O2",),
    "server_in_maintenance",
    Kind.SERVER,
    "somebody works on it, and has asked that it is left alone",
    _held,
    (
        *LEFT_ALONE,
        Excuse("S1", Reach.SUBJECT, NOT_FORCED, told=True),
        Excuse("S1", Reach.SUBJECT, NOT_FORCED, another=True),
        Excuse("S2", Reach.USING, NOT_FORCED, told=True),
    ),
)


def no_watts(_: Site, __: str) -> float:
    return 0.0


UPS_SHARED = Fault(
    ("O3",),
    "ups_shared",
    Kind.UPS,
    "something that nobody manages draws power from it, too",
    _shared,
    excuses=shorter_than(above=no_watts),
    amount=Amount("watts", Unit.TIMES, 300.0, 0.0, 10_000.0),
)

FAULTS = (UPS_PRESSED, SERVER_PRESSED, UPS_IN_MAINTENANCE, SERVER_IN_MAINTENANCE, UPS_SHARED)
