"""The journal of a control node: C5, C6, C10, A10."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING

from sequencer import timing
from sequencer.journal import Kind as RowKind
from sequencer.journal import Row
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.array import Array
    from sim.room import Room

MANY = 1_000_000.0

NO_START, ALONE = (
    tuple(
        Excuse(
            rule,
            Reach.ALL,
            why,
            said=said,
            stays=True,  # what was not kept is not known when the disk is well again
        )
        for rule in ("L1", "L3", "L8")
    )
    for why, said in (
        ("without a journal nothing is started until somebody has seen to its disk (S30)", "S30"),
        ("its journal is broken, and no other node can command: nothing is started (S30)", "C5"),
    )
)
"""Of all nodes; of one: where another one is well it takes the command. Both say so."""

FORGOTTEN = (
    *(
        Excuse(rule, Reach.ALL, "what no journal has kept nobody knows any more", stays=True, forgets=True)
        for rule in ("S5", "S9", "S23", "S27", "S28", "S31", "S35")
    ),
    *(
        Excuse(
            rule, Reach.ALL, "nobody knows any more whom that incident has stopped", stays=True, unread=True
        )
        for rule in ("L1", "L3")
    ),
)


def _full(room: Room, node: str, turn: Turn) -> None:
    room.nodes[node].disk.good_writes = turn.amount - 1 if turn.on else inf


def _broken(room: Room, node: str, turn: Turn) -> None:
    _full(room, node, turn)
    room.nodes[node].disk.unreadable = turn.on


def _torn(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        room.nodes[node].disk.tear(round(turn.amount))


def _left_open(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        disk = room.nodes[node].disk
        disk.rows[:0] = old_incident(room, node)
        if room.nodes[node].may_begin:  # else its next boot reads of it: that no service dies of (C1)
            room.nodes[node].kill(0.0, "an old journal")


def _on_array(room: Room, name: str, turn: Turn) -> None:
    array = room.arrays[name]
    array.faults.holds_journals = turn.on
    array.listen(partial(_writable, room))
    _writable(room, array)


def _writable(room: Room, array: Array) -> None:
    gone = array.faults.holds_journals and array.service is None
    for node in room.nodes.values():
        node.disk.good_writes = 0.0 if gone else inf


def old_incident(room: Room, node: str) -> list[Row]:
    """Everything was on its way down when somebody ended the service for good; nobody closed it."""
    site, life = room.site, f"{node}/0"
    running = [server.name for server in site.linked_servers]
    confirmed = sorted(u.name for u in site.upses.values() if u not in site.node_upses)
    return [
        Row(RowKind.LEASE, node, 0, life, 0.0),
        Row(RowKind.DECLARED, site.name, 1, life, 0.0, {"was_running": running}),
        *(Row(RowKind.CONFIRMED, name, 1, life, 0.0) for name in confirmed),
    ]


JOURNAL_FULL = Fault(
    ("C5",),
    "journal_full",
    Kind.NODE,
    "the disk of its journal is full: what is written then is not kept",
    _full,
    excuses=ALONE + FORGOTTEN,
    amount=Amount("which write is the first that fails", Unit.COUNT, 1.0, 1.0, MANY),
    pretend=True,
)

JOURNAL_BROKEN = Fault(
    ("C5",),
    "journal_broken",
    Kind.NODE,
    "the disk of its journal fails: nothing is kept, and at a boot nothing can be read",
    _broken,
    excuses=ALONE + FORGOTTEN,
    amount=Amount("which write is the first that fails", Unit.COUNT, 1.0, 1.0, MANY),
    pretend=True,
)

JOURNAL_TORN = Fault(
    ("C6",),
    "journal_torn",
    Kind.NODE,
    "at its next beginning the last rows of its journal are not there",
    _torn,
    excuses=FORGOTTEN,
    amount=Amount("how many rows", Unit.COUNT, 1.0, 1.0, MANY),
    ends=False,
    pretend=True,
)


def _stopped_anew_s(site: Site, _: str) -> float:
    """Everybody goes down for it once, and no more."""
    control_s = (timing.control_floor_s(site, ups) for ups in site.control_upses)
    return timing.linked_stop_s(site) + max(control_s, default=0.0)


OF_LONG_AGO = "an outage that is written down counts, and no row says how long ago that was"

INCIDENT_LEFT_OPEN = Fault(
    ("C10",),
    "incident_left_open",
    Kind.NODE,
    "its journal has an outage of long ago that nobody has closed; its service begins anew with it",
    _left_open,
    excuses=(
        *(Excuse(rule, Reach.ALL, OF_LONG_AGO, unclosed=True) for rule in ("S9", "S10", "S22", "S31")),
        Excuse("S28", Reach.ALL, "who ran by that row when it began is started again", unclosed=True),
        Excuse("L10", Reach.ALL, OF_LONG_AGO, unclosed=True, lasts=_stopped_anew_s),
    ),
    ends=False,
    pretend=True,
)

JOURNAL_ON_ARRAY = Fault(
    ("A10",),
    "journal_on_array",
    Kind.ARRAY,
    "the journals of all control nodes lie on it, and are not kept while it has no power",
    _on_array,
    excuses=(
        *NO_START,
        *FORGOTTEN,
    ),
    pretend=True,
)

FAULTS = (JOURNAL_ON_ARRAY, JOURNAL_FULL, JOURNAL_BROKEN, JOURNAL_TORN, INCIDENT_LEFT_OPEN)
