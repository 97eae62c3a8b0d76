"""Every invariant that is judged, in the order in which they are reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from sequencer.events import Event, Source
from teiden.judge.history import History
from teiden.judge.invariants.back_again import L1
from teiden.judge.invariants.battery import L2, S18
from teiden.judge.invariants.causes import S9, S24, S31
from teiden.judge.invariants.commander import S13
from teiden.judge.invariants.control_last import S5, S26
from teiden.judge.invariants.cuts import S1, S2, S4, S25
from teiden.judge.invariants.cycles import L8, L10
from teiden.judge.invariants.ends import L4
from teiden.judge.invariants.evidence import S10, S11, S12
from teiden.judge.invariants.flushes import S3, S32
from teiden.judge.invariants.hands import S15, S27, S28, StopJobs
from teiden.judge.invariants.instants import L6, S35
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.judge.invariants.nights import S21, S22, S23
from teiden.judge.invariants.standing import L5, S14
from teiden.judge.invariants.start_gates import S16, S17
from teiden.judge.invariants.stranded import L3
from teiden.judge.invariants.stream import S34, S36
from teiden.judge.invariants.up_order import S6, S7, S8
from teiden.judge.invariants.watchful import L7, L9
from teiden.judge.invariants.writes import S29, S30, S33
from teiden.judge.ledger.room import Room

INVARIANTS: tuple[type[Invariant], ...] = (
    S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, S12, S13, S14, S15, S16, S17, S18, S21, S22,
    S23, S24, S25, S26, S27, S28, S29, S30, S31, S32, S33, S34, S35, S36, L1, L2, L3, L4, L5, L6, L7, L8,
    L9, L10, StopJobs,
)  # fmt: skip

SENTENCES = {invariant.id: invariant.sentence for invariant in INVARIANTS}
"""By id: what a story may name in `breaks:`, and what it means."""


TOLD_APART = {"command.sent": "command", "journal.committed": "kind"}
"""Events of which a watcher may want one sort alone: `command.sent off`, `journal.committed declared`."""


def watch(room: Room, history: History, some: Sequence[Invariant] = ()) -> list[Invariant]:
    """Play the whole stream past every invariant, or some, once; each sees the room as it was just before."""
    invariants = list(some) or [invariant(room) for invariant in INVARIANTS]
    looks = _by_name(invariant.watches() for invariant in invariants)
    for name, fold in room.folds():
        looks[name].append(fold)
    strangers = {event.subject for event in history.told}.difference(room.names)
    for event in history.told:
        name = event.name
        if event.subject in strangers:
            continue  # of another site, or taken out of this one since: nothing is known of it
        if name in TOLD_APART:
            for look in looks.get(f"{name} {event.details.get(TOLD_APART[name])}", ()):
                look(event)
        for look in looks.get(name, ()):
            look(event)
    listen = listener(room, invariants)
    for event in history.events:
        listen(event)
    for invariant in invariants:
        invariant.end(history.end_s)
    return invariants


def listener(room: Room, invariants: Iterable[Invariant]) -> Callable[[Event], None]:
    """What tells the nodes' words to those that hear them, one event after the other."""
    nodes, names = room.minds.of, room.names
    looks = _by_name((*(invariant.hears() for invariant in invariants), room.minds.folds()))

    def listen(event: Event) -> None:
        """A node's word, or the beginning or the end of its life; all else is not for its ears."""
        name = event.name
        if event.source is not Source.SEEN and event.subject not in nodes and name != "run.started":
            return
        if event.subject not in names and name != "journal.committed":  # its subject may be an instant
            return
        if name in TOLD_APART:
            for look in looks.get(f"{name} {event.details.get(TOLD_APART[name])}", ()):
                look(event)
        for look in looks.get(name, ()):
            look(event)

    return listen


def _by_name(all_looks: Iterable[Mapping[str, Look]]) -> defaultdict[str, list[Look]]:
    by_name: defaultdict[str, list[Look]] = defaultdict(list)
    for looks in all_looks:
        for name, look in looks.items():
            by_name[name].append(look)
    return by_name
