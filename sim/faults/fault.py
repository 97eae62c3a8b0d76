"""One fault: its ids, its name, what kind of thing has it, the switch that throws it, and what it excuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sequencer.site import Site
    from sim.faults.scene import Scene
    from sim.room import Room


class Kind(Enum):
    """What has the fault; the value is how a person names it."""

    INPUT = "feed or UPS"
    UPS = "UPS"
    SWITCH = "LAN switch"
    NETWORK = "network"
    SERVER = "server"
    LINKED = "linked server"
    POOL = "pool server"
    NODE = "control node"
    ARRAY = "array"
    CLUSTER = "cluster"


class Reach(Enum):
    """Whom an excuse covers."""

    SUBJECT = "the device itself"
    LOADS = "the device and all that draws its power or uses its disks"
    UNIT = (
        "the UPS, the nodes and control disks on it, and what else feeds its loads; "
        "the control side, if all nodes are on it"
    )
    CONTROL = "the control side, if it feeds a control disk"
    OUTAGE = "whoever an outage of it stops"
    WAITING = "the device and whoever waits for it on the way down"
    USING = "the device and its arrays; of the control side, all of that"
    UNDECLARED = "the linked arrays that the site file does not give it"
    DEPENDING = "the device and whoever cannot come up without it"
    NEEDING = "the device, the arrays on it (R10-19), and whoever cannot come up without one of these"
    KEPT_ON = "the control nodes that draw its power, and whoever cannot come up without them"
    MIXED = "the UPS and the next one of the site, and all that draws their power or uses their disks"
    MIXED_NEEDING = "the UPS and the next one of the site, and whoever cannot come up without them"
    MIXED_KEPT_ON = (
        "the control nodes on the UPS or the next one of the site, and whoever cannot come up without them"
    )
    LAN = "everybody, if no other LAN switch is there"
    SYSTEMS = "every server and control node"
    CLUSTER = "the cluster"
    ALL = "everybody"


@dataclass(frozen=True, slots=True)
class Excuse:
    """A rule that nobody could keep while the fault is there, or after it has struck."""

    rule: str
    reach: Reach
    why: str
    said: str = ""
    """Only where an alarm of this rule was raised about the device that has the fault; empty: always. Of S5:
    that this UPS holds no longer, so that the control side does not wait any more. Of L3: that the nodes stay
    up for it, as long as none of them would come back. Of L1: that it is off, and somebody has to switch it
    on; or a node on it is. Of a network or a switch: about anybody. Of mixed-up loads: about one of the two
    UPSes. Of S30: by a node whose journal is broken. Of L5: or the OFF of this UPS, or the flush of its
    disk, was refused last, since nothing proves that another node is down (S13)."""
    then: bool = False
    """That alarm was raised while it had the fault: later another thing has brought it about."""
    own: bool = False
    """That alarm is one that the device with the fault has raised itself, about another."""
    its: bool = False
    """Only of what the node that has the fault does itself: the others see for themselves. Of S13: or of who
    goes on when it has taken the command."""
    commands: bool = False
    """Only where the node that has the fault has commanded since, or nobody does."""
    above: Callable[[Site, str], float] | None = None
    """Only where the fault's amount is more than this, of this site and subject."""
    told: bool = False
    """Only of an OFF that had been sent when it struck: nobody can call that back (S16)."""
    another: bool = False
    """Only of a fall that no OFF of ours explains: another has told it (C12)."""
    below: Callable[[Site, str], float] | None = None
    """Only where it is less than this."""
    within_s: float = inf
    """Only so soon after it has struck that nobody could have seen it and acted."""
    amid: bool = False
    """Only while it is there."""
    lasts: Callable[[Site, str], float] | None = None
    """Only until what it set going has come about: seconds since it has struck, of this site and subject."""
    stays: bool = False
    """What the fault did to them stays done when it has ended: of a return (L1, L3), of a battery that nobody
    could spare meanwhile (L2), of what comes back with the mains some time (S8), of a word (S5, S9, S23,
    S27, S28, S31, S35).
    Else it excuses nothing, but a return that it made late and a cycle (L10), once it is over, and nodes have
    been up for a whole stop since."""
    last: bool = False
    """Only while no control node is up, and the last of them went down by it: nobody is left to tell anybody
    anything. Of a UPS: with its power; of a node: its system died, or somebody else shut it down."""
    falls: str = ""
    """And only where the output of that UPS fell for this, as the room tells; empty: whatever it was."""
    tripped: bool = False
    """Only where the output of this UPS has fallen by its fault, and for nothing else since."""
    slows: bool = False
    """Only of whoever comes back at last, in as many times his time as whatever is asked again may take."""
    fed: bool = False
    """Only where this array has been given power: whoever has to switch it on need not wait for that."""
    late: bool = False
    """And only until it has been ready for as long as a whole way up may take."""
    mixed: bool = False
    """With the power of that UPS, or of the next one of the site: their loads are mixed up (U19)."""
    apart: bool = False
    """Only of a word, or the end of an incident, or that another outage was declared, that was said to other
    nodes, and never to the one that goes against it, or his journal may have lost it since; and when they
    could hear each other again, only until another of them is up (`stays`)."""
    forgets: bool = False
    """Only of a word that none of those lives has heard that are left: what journals kept counts. And nobody
    is up who was up when it was said, and whose journal is well, but one by another site file, whom who does
    it does not read, as he has said (C9); an array keeps it while it has power."""
    unclosed: bool = False
    """Only until somebody closes the incident that was open when it struck."""
    unwoken: bool = False
    """Only while no control node is up, who would wake whoever is halted with his power on. Of a UPS: and it
    was to be told to go off while it had the fault, or counted down then, and has not gone off since. Of the
    network: of the nodes whose UPS took no OFF meanwhile, nor has gone off since, and whoever cannot come up
    without them. Of mixed-up loads: who had halted meanwhile, and kept his power as his own UPS fell. Of a
    server: or only who has booted since, and knows of no incident; and if its fault has ended (`stays`): its
    power came while it had it."""
    asleep: bool = False
    """Only of a system that is halted with its power on, as a person has been told since."""
    dark: bool = False
    """Only while no control node is up, who would switch this UPS on: it is off since it had the fault."""
    turned_away: bool = False
    """Only while no control node is up, and one that came up onto this UPS since, which would have woken the
    others, has gone again, for it counted down. Or the last one had halted on it, to come back with the
    mains, and it stays off."""
    pulled: bool = False
    """Only of whoever loses his power in the moment in which it ends: putting that right pulls his plug."""
    alone: bool = False
    """Only where no other control node has been up for as long as one may take to follow this one (L5)."""
    unheard: bool = False
    """Only of a deed by who has not heard the card of this UPS in the life of his service; of the network's,
    the card of one to which the breach belongs."""
    silent: bool = False
    """Only of a deed by who does not hear the card of this UPS by then, nor has heard it, or who hangs on it,
    since it came back by itself, or let the end of its countdown pass."""
    beside: bool = False
    """Only of a deed by who does not hear, by then, the card of another UPS on the feed of this one;"""
    untold: bool = False
    """Only of a deed by a life that has begun since this fault, and has said nothing of any card: it answered
    at the first look, before anything is told, or never has."""
    unasked: bool = False
    """Only of a boot that nobody of ours has brought about: no ON, no wake."""
    unseen: bool = False
    """Only of a system that began to boot when no control node was at work, or less than a poll before, nor
    has been since."""
    deaf: bool = False
    """Only of an array that was cut under users of whom who told it had heard nothing since their boot; or of
    a server that had gone while it lasted, and of that nobody had heard when an incident was opened."""
    in_time: bool = False
    """Only of a system that was on its way down, within its limit, when the last node went."""
    surprised: bool = False
    """And only where that node was on its own way down when the mains of that system went."""
    left: bool = False
    """Only of a node on its way down that another has left behind, when its own battery held no longer, and
    it said so (S5); and while no other one is up."""
    drains: bool = False
    """Only while this UPS is on its battery, or was a look before: with its mains a low one says nothing. Or
    was when who did it heard it last, and hears no card of its feed."""
    short: bool = False
    """Only where this UPS lost its mains last with less than its confirm time and its own stop need; and once
    that time is over, where it or somebody on it has been told to stop."""
    drained: bool = False
    """Only where the battery lost its mains last with no more than its own stop needs; and they had gone and
    come back while the fault was there, and it held no more whenever they went since (P4)."""
    due: bool = False
    """Not of whom nobody had told anything when it struck, though his outage had counted long before; of an
    alarm that a UPS holds no longer (S5): by then."""
    believed: bool = False
    """Only of a system that one of ours has seen down in that time, and since its last boot; where a disk is
    cut, or the cluster stops, one that runs on, and so must all be who do, and use it."""
    emptied: bool = False
    """Only of a disk that has been flushed, and that nobody who uses it has used since that was asked for."""
    begun: bool = False
    """Not of whom nobody has told anything by then, though his outage had counted for long: this fault keeps
    nobody from beginning."""
    by_file: bool = False
    """Only of an outage that was confirmed in time (L7) by the site file that the fault gives."""
    waited: bool = False
    """Only of a force by who had told the cluster to stop a whole limit before."""
    unread: bool = False
    """Only while another commands than who opened the last incident, and has heard nothing of it; where a
    journal has lost it, and no other node is up that knows (see `teiden/judge/owed.py`)."""
    missed: bool = False
    """Only while another commands than who was told the last word of all, which wants this one up, and has
    not heard that."""

    def counts_at(self, amount: float, site: Site, subject: str) -> bool:
        """Whether a fault of this amount is as strong, or as weak, as this asks for."""
        if self.above is not None and amount <= self.above(site, subject):
            return False
        return self.below is None or amount < self.below(site, subject)


class Unit(Enum):
    """Of an amount; the value is an example of how a story writes it."""

    SECONDS = "90s"
    PERCENT = "40%"
    TIMES = "1.5"
    COUNT = "3"


@dataclass(frozen=True, slots=True)
class Amount:
    """What a fault may be given besides its subject: how long, how much."""

    says: str
    unit: Unit
    default: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Turn:
    """The switch is thrown, or set back."""

    on: bool
    amount: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Fault:
    """Two faults are the same only if they are the same one."""

    ids: tuple[str, ...]
    """Of the catalogue (reliability §2.2), or the requirement that tells of it."""
    name: str
    of: Kind
    says: str
    """What is wrong with the subject from then on; one sentence without a full stop at its end."""
    switch: Callable[[Room, str, Turn], None]
    excuses: tuple[Excuse, ...] = ()
    amount: Amount | None = None
    ends: bool = True
    """False: what it did stays done, and setting it back changes nothing."""
    passes: bool = False
    """It is over after its amount, seconds, though nobody sets it back."""
    done_by: str = ""
    """The event of its subject, a fact, that it brings about at once; without that nothing has come of it."""
    undone_by: str = ""
    """The event of its subject, a fact, with which what it did is over; of one that does not end."""
    lingers: Callable[[Site, float], float] | None = None
    """How much longer it goes on by itself when it has been set back, seconds, of this amount; of one that
    does not end, since it has struck."""
    owed_as: Callable[[Site, float], Site] | None = None
    """What it excuses of a return (L1, L3) is owed all the same, as this site, of this amount, has it."""
    prepare: Callable[[Scene, str, float, float], Scene] | None = None
    """Of a fault that lies in the settings, from before the room begins: what it makes of the scene, given
    the subject, when it strikes (seconds from the start), and the amount."""
    idles: bool = False
    """Of a control node: its service does nothing meanwhile, until its system boots anew."""
    pretend: bool = False
    """It strikes what only a pretend room has: the services as it plays them, its clocks, its settings."""

    def __repr__(self) -> str:
        return self.name


def its_time(_: Site, amount_s: float) -> float:
    """It lasts for its amount."""
    return amount_s


def nothing(room: Room, subject: str, turn: Turn) -> None:
    """The switch of a fault that lies in the settings alone."""
