"""UPSes and their cards: U1 to U20.

The pretend room polls and has no traps: U3 has nothing to lose in it, and U4 only more polls to cause.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from sequencer import timing
from sequencer.site import ArrayRole
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit
from sim.faults.mixed_up import MIXED_UP
from sim.faults.returns import BACK_UNHEARD, GOES_EARLY, TOO_EARLY, boots_with_it
from sim.later import after
from sim.ups import ALARM

if TYPE_CHECKING:
    from collections.abc import Callable

    from sequencer.site import Site
    from sim.room import Room

    Switch = Callable[[Room, str, Turn], None]

WRITES_AGAIN = "each time it comes back those on it boot and write, and their disks are to be flushed anew"
KEPT_UP = tuple(
    Excuse(rule, Reach.WAITING, "nobody else would come back either, and the nodes stay up", said="L3")
    for rule in ("S18", "L2")
)
DEAF = (
    Excuse("S18", Reach.UNIT, "nobody can switch it off, and whoever goes after it waits for that", due=True),
    Excuse(
        "L2", Reach.UNIT, "nobody can switch it off, and nodes stay up that would not come back", due=True
    ),
    *KEPT_UP,
)
UNTOLD = tuple(
    Excuse(
        rule,
        Reach.KEPT_ON,
        "it could not be told when they halted, and keeps them on; nobody is up to wake them",
        stays=True,
        unwoken=True,
    )
    for rule in ("L1", "L3")
)
DROPPED = (
    *(replace(excuse, why="it keeps them on; nobody is up to wake them") for excuse in UNTOLD),
    Excuse("S3", Reach.WAITING, "by its last word it counted down, and it is not heard since", silent=True),
)
NOT_WAITED_FOR = Excuse(
    "S17", Reach.LOADS, "nobody learns what its battery holds, or waits for ever", said="S17"
)
"""While its feed has mains nobody can tell one that has lost its own from one whose card is dead."""
NEVER_HEARD = tuple(
    Excuse("S31", reach, "never heard it counts as off, and nothing hangs on it", unheard=True)
    for reach in (Reach.NEEDING, Reach.UNIT, Reach.LOADS, Reach.CONTROL)
)
DUMB = (
    *DEAF,
    *UNTOLD,
    *(
        Excuse(
            rule, Reach.NEEDING, "nobody can switch it on again, or see its mains, which its array waits for"
        )
        for rule in ("L1", "L3")
    ),
    NOT_WAITED_FOR,
    *NEVER_HEARD,
)
IGNORES = (
    *(replace(excuse, begun=True) for excuse in DEAF),
    *(
        Excuse(rule, Reach.KEPT_ON, "it keeps on the nodes that are halted when it shows", stays=True)
        for rule in ("L1", "L3")
    ),
)

TOO_SOON = (
    Excuse("S18", Reach.SUBJECT, "its OFF would come while its loads still run, and is not sent", begun=True),
    *KEPT_UP,
    *UNTOLD,
)

BACK_BEFORE_ITS_OFF = (
    "its OFF comes long after the nodes are back with their mains, and nobody can call it back"
)
TOO_LITTLE = "it tells far too little, and nothing tells otherwise"

TRAPS = 10
"""How many old ones are sent again."""


def _quirk(name: str, *, at_once: bool = True) -> Switch:
    """A switch of `sim/quirks.py` that is there or not."""

    def switch(room: Room, ups: str, turn: Turn) -> None:
        setattr(room.upses[ups].quirks, name, turn.on)
        if at_once:
            room.upses[ups].turned()

    return switch


def _reboots(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].card.reboot(turn.on, turn.amount)


def _silent(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].card.silence(turn.on)


def _old_traps(room: Room, ups: str, turn: Turn) -> None:
    if turn.on:
        draws = room.grid.draws(ups, "traps")
        first = round(1000 * room.env.now)
        for n in range(first, first + TRAPS):
            after(room.env, draws.between(n, 0.0, turn.amount), room.upses[ups].trap)


def _answer_lost(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].card.replies = not turn.on


def until_the_nodes_are_back_s(site: Site, ups: str) -> float:
    """They go off last, and come back by themselves; of a UPS that feeds no control disk they wait for it."""
    if not any(array.role is ArrayRole.CONTROL for array in site.arrays_on(ups)):
        return inf
    return min(timing.graceful_off_s(node) + node.return_delay_s for node in site.node_upses)


def its_own(_: Site, __: str) -> float:
    """Its runtime as it is; of less it tells too little, of more too much."""
    return 1.0


def _rounds(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.off_after_s = turn.amount if turn.on else None
    room.upses[ups].turned()


def _loses_settings(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].lose_settings(turn.on)


def _other_unit(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].quirks.runtime_times = turn.amount if turn.on else 1.0
    room.upses[ups].turned()


def _quiet_on_battery(room: Room, ups: str, turn: Turn) -> None:
    device = room.upses[ups]
    device.quirks.quiet_on_battery = turn.on
    device.card.silence(turn.on and device.on_battery, ALARM)
    device.turned()


def _refuses(room: Room, ups: str, turn: Turn) -> None:
    room.upses[ups].card.refuse(turn.on, turn.amount)


def _mixed_up(room: Room, ups: str, turn: Turn) -> None:
    """With the next UPS of the site; the last one with the first."""
    names = list(room.upses)
    other = names[(names.index(ups) + 1) % len(names)]
    room.mix_up(ups, other, mixed=turn.on)


def _slow(room: Room, ups: str, turn: Turn) -> None:
    """Polls that are yet to leave are answered otherwise."""
    room.upses[ups].card.slow_down(turn.amount if turn.on else 0.0)
    room.upses[ups].changed()
    room.upses[ups].changed()


FAULTS = (
    Fault(
        ("U1",),
        "card_reboots",
        Kind.UPS,
        "its card reboots: for a while it answers nobody, and its uptime begins anew",
        _reboots,
        excuses=(*DEAF, *UNTOLD),
        amount=Amount("how long it is silent", Unit.SECONDS, 60.0, 1.0, 600.0),
        passes=True,
    ),
    Fault(("U2",), "card_silent", Kind.UPS, "its SNMP card answers nobody", _silent, excuses=DUMB),
    Fault(
        ("U3",),
        "traps_lost",
        Kind.UPS,
        "its traps are lost; the pretend room only polls, so that nothing changes in it",
        _quirk("loses_traps", at_once=False),
    ),
    Fault(
        ("U4",),
        "traps_old",
        Kind.UPS,
        "it sends old traps again, each of which only wakes an early poll",
        _old_traps,
        amount=Amount("over how long they come", Unit.SECONDS, 60.0, 1.0, 3600.0),
        ends=False,
    ),
    Fault(
        ("U5",),
        "off_ignored",
        Kind.UPS,
        "it acknowledges an OFF and does not carry it out",
        _quirk("ignores_off", at_once=False),
        excuses=IGNORES,
    ),
    Fault(
        ("U6",),
        "answer_lost",
        Kind.UPS,
        "it does what it is told, and its answer to that is lost",
        _answer_lost,
    ),
    Fault(
        ("U7",),
        "off_dropped_on_mains",
        Kind.UPS,
        "it acknowledges an OFF and forgets it if it has mains then, or when its delay is over",
        _quirk("drops_off_on_mains", at_once=False),
        excuses=DROPPED,
    ),
    Fault(
        ("U8",),
        "delay_rounded",
        Kind.UPS,
        "its card makes the same of every delay that it is set to",
        _rounds,
        excuses=(
            *TOO_SOON,
            *(
                Excuse(
                    rule,
                    Reach.LOADS,
                    BACK_BEFORE_ITS_OFF,
                    above=until_the_nodes_are_back_s,
                )
                for rule in ("S2", "L2")
            ),
        ),
        amount=Amount("what it makes of it", Unit.SECONDS, 60.0, 0.0, 3600.0),
    ),
    Fault(
        ("U9",),
        "settings_lost",
        Kind.UPS,
        "its card has the settings again that it was made with",
        _loses_settings,
        excuses=TOO_SOON,
    ),
    Fault(
        ("U10",),
        "runtime_unit_wrong",
        Kind.UPS,
        "its card tells the runtime in another unit",
        _other_unit,
        excuses=(
            *(
                Excuse(rule, reach, TOO_LITTLE, below=its_own, drains=True)
                for rule, reach in (*TOO_EARLY, ("S10", Reach.SUBJECT))
            ),
            *(replace(excuse, below=its_own, then=True) for excuse in GOES_EARLY),
            *(
                Excuse(
                    rule,
                    Reach.LOADS,
                    "it tells far too much, and nothing tells otherwise",
                    above=its_own,
                    begun=True,
                )
                for rule in ("S18", "L2")
            ),
        ),
        amount=Amount("by how much it is too long", Unit.TIMES, 60.0, 0.001, 1000.0),
    ),
    Fault(
        ("U11",),
        "seconds_kept",
        Kind.UPS,
        "its counter of seconds on battery is not set back; no sequencer reads that",
        _quirk("keeps_seconds", at_once=False),
    ),
    Fault(
        ("U12",),
        "off_not_cancelled",
        Kind.UPS,
        "an OFF that counts down cannot be called back",
        _quirk("keeps_off", at_once=False),
    ),
    Fault(
        ("U13",),
        "off_counted_once",
        Kind.UPS,
        "an OFF sent again changes nothing, where others begin to count anew",
        _quirk("counts_once", at_once=False),
    ),
    Fault(
        ("U14",),
        "cold_start",
        Kind.UPS,
        "an ON without mains starts it from its battery, where others refuse",
        _quirk("cold_starts", at_once=False),
    ),
    Fault(
        ("U15",),
        "returns_unasked",
        Kind.UPS,
        "it comes back with its mains although it was told to stay off",
        _quirk("comes_back"),
        excuses=(
            boots_with_it("its loads boot when it comes back, whatever their arrays do"),
            BACK_UNHEARD,
            *(Excuse(rule, Reach.WAITING, WRITES_AGAIN, said="O1", stays=True) for rule in ("S18", "L2")),
        ),
    ),
    Fault(
        ("U16",),
        "card_silent_on_battery",
        Kind.UPS,
        "its card is silent exactly while it runs from its battery",
        _quiet_on_battery,
        excuses=(*DEAF, *UNTOLD, NOT_WAITED_FOR, *NEVER_HEARD),
    ),
    Fault(
        ("U17",),
        "authentication_fails",
        Kind.UPS,
        "its card takes every message for an old one, until both sides agree on the time again",
        _refuses,
        excuses=DUMB,
        amount=Amount("how long that takes", Unit.SECONDS, 150.0, 1.0, 3600.0),
        passes=True,
    ),
    Fault(
        ("U18",),
        "battery_not_told",
        Kind.UPS,
        "its card no longer knows charge and runtime",
        _quirk("tells_no_battery"),
        excuses=(
            NOT_WAITED_FOR,
            Excuse(
                "S5", Reach.WAITING, "what it holds is reckoned, and with the least", said="S5", then=True
            ),
            *(
                Excuse(rule, Reach.LOADS, "nothing tells that it cannot wait", short=True)
                for rule in ("S18", "L2")
            ),
        ),
    ),
    Fault(
        ("U19",),
        "loads_mixed_up",
        Kind.UPS,
        "its loads hang on the next UPS of the site, and that one's on it",
        _mixed_up,
        excuses=MIXED_UP,
    ),
    Fault(
        ("U20",),
        "card_slow",
        Kind.UPS,
        "every answer of its card takes longer",
        _slow,
        amount=Amount("how much longer", Unit.SECONDS, 0.8, 0.0, 0.9),
    ),
)
