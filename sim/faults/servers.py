"""Servers: H1 to H11."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer.site import AcLink
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit

if TYPE_CHECKING:
    from sim.room import Room


def _hangs(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].hang(turn.on)


def _told_down(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].tell_down_after(turn.amount if turn.on else None)


def _refuses(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].faults.refuses = turn.on


def _loses_controller(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].lose_controller(turn.on)


def _comes_back(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].faults.comes_back_after_s = turn.amount if turn.on else None


def _is_booted(room: Room, server: str, turn: Turn) -> None:
    if turn.on:
        room.servers[server].wake()


def _stays_off(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].faults.ac_link = AcLink.STAY_OFF if turn.on else None


def _goes_back(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].faults.ac_link = AcLink.LAST_STATE if turn.on else None


def _does_not_boot(room: Room, server: str, turn: Turn) -> None:
    room.servers[server].get_stuck(turn.on)


def _uses_in_secret(room: Room, server: str, turn: Turn) -> None:
    room.use_in_secret(server, uses=turn.on)


def _runs(room: Room, server: str, turn: Turn) -> None:
    """Its system is there already, or goes down as somebody who is done with it would have it."""
    if turn.on:
        room.servers[server].wake()
    else:
        room.servers[server].stop()


SERVER_HANGS = Fault(
    ("H1",),
    "server_hangs",
    Kind.SERVER,
    "its shutdown never ends",
    _hangs,
    excuses=(
        Excuse(
            "S1",
            Reach.SUBJECT,
            "its mains went when the last node was on its way down, and nobody is left to force it",
            in_time=True,
            surprised=True,
        ),
    ),
)

DOWN_TOLD_EARLY = Fault(
    ("H2",),
    "down_told_early",
    Kind.SERVER,
    "it says that it is halted while its system is still on its way down",
    _told_down,
    amount=Amount("after the shutdown began", Unit.SECONDS, 30.0, 0.0, 3600.0),
    excuses=tuple(
        Excuse(rule, reach, "whoever may be asked says that it is halted", believed=True)
        for rule, reach in (("S1", Reach.SUBJECT), ("S2", Reach.USING), ("S5", Reach.CLUSTER))
    ),
)

SHUTDOWN_REFUSED = Fault(
    ("H3",),
    "shutdown_refused",
    Kind.SERVER,
    "whoever asks it to shut down is not let in",
    _refuses,
)

CONTROLLER_DIES = Fault(
    ("H4",),
    "controller_dies",
    Kind.SERVER,
    "its management controller answers only while its system is on",
    _loses_controller,
    excuses=(
        Excuse("L5", Reach.ALL, "nobody learns that it is halted, or may follow it (S13)", said="L5"),
        *(
            Excuse(
                rule, Reach.SUBJECT, "nobody learns that it is halted with its power on (S11)", asleep=True
            )
            for rule in ("L1", "L3")
        ),
    ),
)

UNSEEN = Excuse(
    "S1", Reach.SUBJECT, "it boots when no node is up any more, and nobody can call the OFF back", unseen=True
)

COMES_BACK = Fault(
    ("H5",),
    "comes_back",
    Kind.LINKED,
    "whatever keeps its work running boots it again whenever it has halted",
    _comes_back,
    amount=Amount("after it has halted", Unit.SECONDS, 60.0, 0.0, 3600.0),
    excuses=(
        Excuse("L10", Reach.SUBJECT, "each boot by another hand is a cycle that is not ours"),
        Excuse(
            "S8", Reach.SUBJECT, "whatever boots it asks nobody whether the disks are there", unasked=True
        ),
        UNSEEN,
    ),
)

TOO_LATE_S = 10.0
"""Two polls: until it is seen to boot, and is forced off."""

BOOTED_BY_HAND = Fault(
    ("H6",),
    "booted_by_hand",
    Kind.LINKED,
    "somebody boots it if it is halted",
    _is_booted,
    ends=False,
    excuses=(
        Excuse("L10", Reach.SUBJECT, "each boot by another hand is a cycle that is not ours"),
        Excuse(
            "S1",
            Reach.SUBJECT,
            "it is booted as its power falls; nobody has seen it, or can call the OFF back",
            told=True,
            within_s=TOO_LATE_S,
        ),
        Excuse(
            "S8",
            Reach.SUBJECT,
            "whoever boots it asks nobody whether the disks are there",
            unasked=True,
            within_s=TOO_LATE_S,
        ),
        UNSEEN,
    ),
)

NODE_BOOTED_BY_HAND = Fault(
    ("H6",),
    "node_booted_by_hand",
    Kind.NODE,
    "somebody boots it if it is halted",
    _is_booted,
    ends=False,
    excuses=(
        Excuse(
            "S1",
            Reach.SUBJECT,
            "no node is left to stop it but itself, and its power counts down already",
            told=True,
        ),
        Excuse(
            "S2",
            Reach.WAITING,
            "no node is left to stop it, and its disk's OFF counts down already",
            told=True,
        ),
        Excuse("L10", Reach.SUBJECT, "each boot by another hand is a cycle that is not ours"),
    ),
)

UNWOKEN = tuple(
    Excuse(
        rule,
        Reach.SUBJECT,
        "its power came, and somebody has to wake it; no control node is up that knows that it ran",
        stays=True,
        unwoken=True,
    )
    for rule in ("L1", "L3")
)

AC_LINK_UNSET = Fault(
    ("H7",),
    "ac_link_unset",
    Kind.SERVER,
    "it stays halted when its power comes back",
    _stays_off,
    excuses=UNWOKEN,
)

AC_LINK_LAST_STATE = Fault(
    ("H8",),
    "ac_link_last_state",
    Kind.SERVER,
    "it boots with its power only if it lost it running",
    _goes_back,
    excuses=UNWOKEN,
)

SERVER_DOES_NOT_BOOT = Fault(
    ("H9",),
    "server_does_not_boot",
    Kind.SERVER,
    "it never gets through its boot",
    _does_not_boot,
    excuses=(
        Excuse("L1", Reach.SUBJECT, "nobody can make it boot"),
        Excuse("L3", Reach.SUBJECT, "nobody can make it boot"),
    ),
)

WRITES_UNKNOWN = "nobody knows that it writes to it again, and flushes that"

ARRAY_UNDECLARED = Fault(
    ("H10",),
    "array_undeclared",
    Kind.SERVER,
    "it uses every linked array that the site file does not give it",
    _uses_in_secret,
    excuses=(
        Excuse("L2", Reach.UNDECLARED, WRITES_UNKNOWN, begun=True),
        Excuse("S2", Reach.UNDECLARED, WRITES_UNKNOWN, emptied=True),
    ),
)

POOL_SERVER_RUNS = Fault(
    ("H11",),
    "pool_server_runs",
    Kind.POOL,
    "it is booted, and runs until somebody stops it",
    _runs,
    excuses=(
        Excuse("S1", Reach.SUBJECT, "who boots it onto power that counts down takes that risk", told=True),
    ),
)

FAULTS = (
    SERVER_HANGS,
    DOWN_TOLD_EARLY,
    SHUTDOWN_REFUSED,
    CONTROLLER_DIES,
    COMES_BACK,
    BOOTED_BY_HAND,
    NODE_BOOTED_BY_HAND,
    AC_LINK_UNSET,
    AC_LINK_LAST_STATE,
    SERVER_DOES_NOT_BOOT,
    ARRAY_UNDECLARED,
    POOL_SERVER_RUNS,
)
