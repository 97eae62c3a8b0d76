"""Control nodes and the service on them: C1, C2, C4, C7 to C9. Their journals stand in `journals.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sequencer.timing import followed_s
from sim.faults.fault import Amount, Excuse, Fault, Kind, Reach, Turn, Unit, its_time
from sim.faults.network import NOBODY_TELLS, UNHEARD

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.room import Room

DAY_S = 24 * 3600.0

NOBODY_FOLLOWS = tuple(
    Excuse(
        rule,
        Reach.ALL,
        "it holds the cluster, or nothing proves that it is down, and so nobody may follow it",
        said="L5",
    )
    for rule in ("S18", "L1", "L2", "L3")
)
NOBODY_WAITS = tuple(
    Excuse(
        rule,
        reach,
        "it hangs on its way down, and whoever was to force it has gone for his own battery, and says so",
        left=True,
    )
    for rule, reach in (("S1", Reach.SUBJECT), ("S2", Reach.USING))
)
"""Of a node that does nothing, not even see to itself. The fall of its power, past its limit, does to it what
a force would have done a minute before."""
TAKES_NOTHING = Excuse("L5", Reach.SUBJECT, "who hangs takes no command, and no other node is up", alone=True)
BATTERIES_END = tuple(excuse for excuse in NOBODY_FOLLOWS if excuse.rule in ("S18", "L2"))
"""Of one whose machine is there and holds the group: the others may not follow its service (S13)."""
CANNOT_FOLLOW = "it cannot follow whom the cluster's service on it still tells of"


def _until_followed_s(site: Site, _: str) -> float:
    return followed_s(site)


UNFORCED = "nobody may follow it, to force who boots or hangs on power that counted down already"
UNTIL_FOLLOWED = Excuse("S1", Reach.ALL, UNFORCED, lasts=_until_followed_s, commands=True, told=True)
NOBODY_FORCES = (Excuse("S1", Reach.ALL, UNFORCED, said="L5", told=True), replace(UNTIL_FOLLOWED, amid=True))
"""As an alarm says, or before it can say so."""
CONFIRMS_NOTHING = "who is stopped confirms and ends nothing"
UNCONFIRMED = (
    Excuse(
        "L7",
        Reach.ALL,
        "nobody confirms anything until another has followed it",
        lasts=_until_followed_s,
        commands=True,
    ),
    Excuse("L7", Reach.ALL, CONFIRMS_NOTHING, said="L5", commands=True),
)
"""Of who commands: until another has taken that, or for longer where none may, as an alarm says."""


def _dies(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        room.nodes[node].kill(turn.amount, "killed")
    else:
        room.nodes[node].begin_anew()


def _upgraded(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        room.nodes[node].version += 1
        room.nodes[node].kill(turn.amount, "upgrade")


def _stalls(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        room.nodes[node].stall(turn.amount)


def _crashes(room: Room, node: str, turn: Turn) -> None:
    if turn.on:
        room.servers[node].crash()


def _hangs(room: Room, node: str, turn: Turn) -> None:
    room.servers[node].freeze(turn.on)


def _apart(room: Room, node: str, turn: Turn) -> None:
    room.nodes[node].cut_off(turn.on)


def _mistaken(room: Room, node: str, turn: Turn) -> None:
    room.nodes[node].mistake(room.cluster.status if turn.on else None)


def _other_file(room: Room, node: str, turn: Turn) -> None:
    room.nodes[node].go_by(other_times(room.site, turn.amount) if turn.on else room.site)


def other_times(site: Site, times: float) -> Site:
    """The same site with this part of its confirm times, as an older file may have it."""
    upses = {u.name: replace(u, confirm_s=u.confirm_s * times) for u in site.upses.values()}
    return replace(site, upses=upses)


def no_shorter_times(site: Site, times: float) -> Site:
    """The same where it waits for more charge than it should; never for less."""
    return other_times(site, max(1.0, times))


def true_times(_: Site, __: str) -> float:
    """Longer ones than these need more of a battery, and it waits for that (S17), and an outage counts late;
    with shorter ones it counts too soon, and too little charge is enough."""
    return 1.0


KEEPS_ITS_OWN = "it keeps the limits of the file that it has"


SERVICE_DIES = Fault(
    ("C1",),
    "service_dies",
    Kind.NODE,
    "its service is killed, and its system begins it anew a while later",
    _dies,
    excuses=(*NOBODY_FOLLOWS, *NOBODY_FORCES),
    amount=Amount("until it is begun anew", Unit.SECONDS, 20.0, 0.0, DAY_S),
    passes=True,
    pretend=True,
    idles=True,
)

NODE_CRASHES = Fault(
    ("C2",),
    "node_crashes",
    Kind.NODE,
    "its system dies, and its power stays",
    _crashes,
    ends=False,
    excuses=(
        *(
            Excuse(
                rule,
                Reach.ALL,
                "the last node dies, and nobody is left to tell them to go off",
                last=True,
                due=True,
            )
            for rule in ("S18", "L2")
        ),
        *(
            Excuse(rule, Reach.ALL, "the last node dies with its power on, and nobody wakes it", last=True)
            for rule in ("L1", "L3")
        ),
        Excuse(
            "S1",
            Reach.ALL,
            "the last node dies, and nobody forces who boots or hangs on power that counts down",
            last=True,
            told=True,
        ),
        UNTIL_FOLLOWED,
    ),
)

PEERS_APART = Fault(
    ("C4",),
    "peers_apart",
    Kind.NODE,
    "its service and those of the other nodes do not hear each other",
    _apart,
    excuses=(*NOBODY_TELLS, *UNHEARD),
    pretend=True,
)

BY_ITS_CLUSTER = "of the cluster a node knows only what the cluster's service on it says"

CLUSTER_MISTAKEN = Fault(
    ("C4",),
    "cluster_mistaken",
    Kind.NODE,
    "the cluster's service on it goes on saying what it said last",
    _mistaken,
    excuses=(
        *(Excuse(rule, Reach.ALL, BY_ITS_CLUSTER, commands=True) for rule in ("L1", "L3", "L10")),
        *(Excuse(rule, Reach.ALL, BY_ITS_CLUSTER, its=True) for rule in ("S13", "L8", "S6")),
        *(Excuse(rule, Reach.CLUSTER, BY_ITS_CLUSTER, its=True) for rule in ("S9", "S31")),
        Excuse(
            "L8",
            Reach.ALL,
            "it heard that the cluster ran as it began the way up, and cannot tell who has stopped it since",
            stays=True,
            unclosed=True,
            its=True,
        ),
        Excuse(
            "S26",
            Reach.CLUSTER,
            "it has waited its limit, and does not hear that the cluster has stopped and runs anew",
            waited=True,
            its=True,
        ),
        Excuse("L5", Reach.SUBJECT, CANNOT_FOLLOW, said="L5", own=True),
        *(Excuse(rule, Reach.ALL, CANNOT_FOLLOW, said="L5", own=True) for rule in ("S18", "L2")),
    ),
    pretend=True,
)

SERVICE_STALLS = Fault(
    ("C7",),
    "service_stalls",
    Kind.NODE,
    "its service does nothing for a while, and goes on where it was",
    _stalls,
    excuses=(
        Excuse("L4", Reach.ALL, CONFIRMS_NOTHING, its=True),
        TAKES_NOTHING,
        *UNCONFIRMED,
        *NOBODY_FOLLOWS,
        *NOBODY_FORCES,
    ),
    amount=Amount("how long", Unit.SECONDS, 60.0, 0.0, DAY_S),
    ends=False,
    lingers=its_time,
    pretend=True,
    idles=True,
)

HUNG = "it hung when that was said, and nobody is up who heard"

NODE_HANGS = Fault(
    ("C7",),
    "node_hangs",
    Kind.NODE,
    "its system is there and does nothing",
    _hangs,
    excuses=(
        replace(TAKES_NOTHING, said="L5", alone=False),
        TAKES_NOTHING,
        *UNCONFIRMED,
        *(Excuse(rule, Reach.ALL, HUNG, apart=True) for rule in ("S9", "S27", "S28", "S31")),
        *(Excuse(rule, Reach.ALL, HUNG, unread=True, stays=True) for rule in ("L1", "L3")),
        Excuse("L4", Reach.ALL, CONFIRMS_NOTHING, said="L5", its=True),
        *NOBODY_FOLLOWS,
        *NOBODY_FORCES,
        *NOBODY_WAITS,
    ),
    idles=True,
)

SERVICE_UPGRADED = Fault(
    ("C8",),
    "service_upgraded",
    Kind.NODE,
    "its service begins anew with a later version than its peers', who cannot read its rows",
    _upgraded,
    excuses=(
        Excuse("L1", Reach.DEPENDING, "its peers learn nothing of what it begins and ends", stays=True),
        *BATTERIES_END,
        *NOBODY_FORCES,
        *(replace(excuse, stays=True) for excuse in (*NOBODY_TELLS, *UNHEARD)),
    ),
    amount=Amount("how long that takes", Unit.SECONDS, 20.0, 0.0, DAY_S),
    ends=False,
    lingers=its_time,
    pretend=True,
    idles=True,
)

SITE_FILE_DIFFERS = Fault(
    ("C9",),
    "site_file_differs",
    Kind.NODE,
    "its service begins anew with another site file, whose confirm times are others",
    _other_file,
    excuses=(
        *(Excuse(rule, Reach.ALL, KEEPS_ITS_OWN, below=true_times) for rule in ("S10", "S17")),
        *(Excuse(rule, Reach.ALL, KEEPS_ITS_OWN, above=true_times, begun=True) for rule in ("S18", "L2")),
        Excuse("L7", Reach.ALL, KEEPS_ITS_OWN, above=true_times, commands=True, by_file=True),
        *(
            Excuse(
                rule,
                Reach.ALL,
                "before a start it waits for the charge that its own times need",
                above=true_times,
            )
            for rule in ("L1", "L3")
        ),
        *NOBODY_TELLS,
        *UNHEARD,
    ),
    owed_as=no_shorter_times,
    amount=Amount("its confirm times, as a part of the true ones", Unit.TIMES, 0.5, 0.01, 10.0),
    pretend=True,
)

FAULTS = (
    SERVICE_DIES,
    NODE_CRASHES,
    PEERS_APART,
    CLUSTER_MISTAKEN,
    SERVICE_STALLS,
    NODE_HANGS,
    SERVICE_UPGRADED,
    SITE_FILE_DIFFERS,
)
