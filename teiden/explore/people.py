"""What the deeds of people excuse: who presses a button, or holds a device, does what no rule foresees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from sequencer.requests import Wish
from sequencer.site import ArrayRole, Site
from sequencer.timing import followed_s, late_looks_s, silent_look_s, stop_off_s
from sim.faults.fault import Excuse, Reach
from sim.faults.hands import AT_ONCE_S
from sim.story import Asked, Booted, Happening, Managed, Manager, Pressed
from teiden.judge.alone import UP, whole_stop_s
from teiden.judge.asked import told_off_by
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.invariants.stages import stages
from teiden.judge.last_node import GOES_DOWN, LastNode
from teiden.judge.reach import covers
from teiden.judge.said import Said
from teiden.judge.short import MAINS, told_nothing, was_drained, was_neglected
from teiden.judge.standing_alarms import ENDS
from teiden.judge.struck import struck
from teiden.judge.unheard import unheard
from teiden.judge.wiring import Wiring

BOOTED = (
    Excuse(
        "S2", Reach.SUBJECT, "who boots while his disks' UPS counts down uses them when it falls", told=True
    ),
    Excuse("S1", Reach.SUBJECT, "its UPS counts down already, and nobody can call that back", told=True),
    Excuse(
        "S8",
        Reach.SUBJECT,
        "a finger on the button asks nobody whether the disks are there",
        within_s=AT_ONCE_S,
    ),
)
PRESSED = (
    *(
        Excuse(rule, Reach.LOADS, "a finger on the button asks nobody", within_s=AT_ONCE_S)
        for rule in ("S6", "S7", "S8", "S17")
    ),
)
STARTED = (
    Excuse(
        "S2", Reach.SUBJECT, "who boots with his power uses disks whose UPS counts down already", told=True
    ),
)
"""By the button of his UPS."""
UNHEARD = (Excuse("S3", Reach.SUBJECT, "whoever flushes hears neither that UPS nor anybody on it"),)
"""Of who presses a UPS on whose card the flushing node does not hear: by all it knows it is off, as told."""
HELD = (
    Excuse("S18", Reach.WAITING, "who is held is neither stopped nor cut, and whoever waits for it waits"),
    Excuse("S8", Reach.WAITING, "its UPS was not cut, and boots them when it comes back", unasked=True),
    Excuse("L2", Reach.USING, "who is held is neither stopped nor cut, and his disks are not flushed"),
    Excuse("S1", Reach.SUBJECT, "his UPS counts down already, and nobody may force him", told=True),
    Excuse("S1", Reach.SUBJECT, "his UPS was told by another, and nobody may stop him", another=True),
)
"""Until he has been released, and a whole stop has had its time since."""
USED = (
    Excuse("S2", Reach.SUBJECT, "whom nobody may force uses disks whose UPS counts down already", told=True),
)
"""Of the disks of a system that somebody holds."""
DRAINED = tuple(
    Excuse(
        rule, reach, "it drained while somebody was held, and was not there for the next outage", drained=True
    )
    for rule, reach in (("S18", Reach.WAITING), ("L2", Reach.USING))
)
"""And it held no more than its own stop needs whenever its mains went since."""
NOT_TOLD = (Excuse("L3", Reach.LOADS, "whoever goes down while he is held is not told to come back"),)
REBOOTED = (
    Excuse("S2", Reach.SUBJECT, "who reboots while his disks' UPS counts down uses them when it falls"),
    Excuse("S1", Reach.SUBJECT, "its UPS counts down already, and nobody can call that back"),
)
AWAY = tuple(
    Excuse(rule, Reach.SUBJECT, "who commands and is rebooted tells nobody to go off until he is back")
    for rule in ("S18", "L2")
)
"""Of his own UPSes and those of his disks, while he reboots: the other nodes may be down already. Not where
another was there, for as long as it may take to follow him, and has told them nothing."""

LEFT = tuple(
    Excuse(
        rule,
        Reach.ALL,
        "whoever shuts the last node down has nobody left to tell them to go off",
        last=True,
        due=True,
    )
    for rule in ("S18", "L2")
)
"""Of a shutdown, or a reboot of all or of the last one, by the cluster's manager, which asks us nothing:
until a node is up."""
UNFORCED = (
    Excuse(
        "S1",
        Reach.SYSTEMS,
        "whoever shuts the last node down has nobody left to force who is still in his time, and hangs",
        last=True,
    ),
)
"""Of a shutdown by the cluster's manager, or a reboot of the last node, until that has looked round: who goes
down in his time is forced by nobody, and left alone he is down before his power falls, unless he hangs. Only
one whose time ends when no node is at work any more, and whose power falls after that."""
AT_THEIR_BOOT = (
    Excuse(
        "S1",
        Reach.SUBJECT,
        "whoever reboots all nodes leaves nobody to force who boots, and its UPS counts down already",
        told=True,
        last=True,
    ),
)
"""Of a reboot of all by the cluster's manager: whom nobody could shut down, and whose OFF was told before, is
at its boot when that falls. Not one that hangs on its way down: it is there yet, and forces itself."""
CAME = ("server.up", "array.ready", "cluster.running")
WENT = ("server.shutting_down", "server.halted", "server.crashed", "array.off", "cluster.stopped")
SHUT = (Excuse("S5", Reach.SUBJECT, "its UPS goes with it, or it would not come back"),)
"""Of the UPSes of a node that the cluster's manager shuts down, while it goes: whatever of the linked side is
not down yet, nobody has asked."""


ALONE = (
    Excuse(
        "L3", Reach.SYSTEMS, "whoever shuts the last node down has left nobody who wakes another", last=True
    ),
)
"""Of a shutdown of one node, until one is up again."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What a deed excuses, and whose doing it is."""

    excuses: tuple[Excuse, ...]
    names: tuple[str, ...]
    for_s: float = inf
    """How long it goes on."""
    went_by_s: float | None = None
    """Only of whoever went down since the deed, by then, and has not been up since; None: of anybody."""
    drained_s: float | None = None
    """Only where the battery had drained while it went on for so long."""
    without_disks: bool = False
    """And while his disks lack mains, or have not had them for as long as he may take to come up."""


def of(
    deed: Happening, deeds: Sequence[Happening], site: Site, run: Sequence[Event] = ()
) -> tuple[Doing, ...]:
    match deed:
        case Booted(_, server):
            return (Doing(BOOTED, (server, *site.servers[server].arrays)),)
        case Pressed(_, ups):
            disks = tuple(array for server in site.servers_on(ups) for array in server.arrays)
            return Doing(PRESSED, (ups,)), Doing(STARTED, disks), Doing(UNHEARD, disks)
        case Asked(_, Wish.HOLD, devices):
            return tuple(_held(deed, devices, deeds, site, run))
        case Managed(_, Manager.REBOOT, node) if node in site.servers:
            rebooted = site.servers[node]
            under = {*rebooted.upses, *(ups for a in rebooted.arrays for ups in site.arrays[a].upses)}
            reboot_s = rebooted.stop_limit_s + site.start.server_limit_s
            away = Doing(AWAY, (*rebooted.arrays, *sorted(under)), reboot_s)
            left = Doing((*LEFT, *UNFORCED), (node,), reboot_s)
            return Doing(REBOOTED, (node, *rebooted.arrays), reboot_s), away, left
        case Managed(_, Manager.REBOOT, cluster):
            reboot_s = _reboot_s(site)
            return Doing(LEFT, (cluster,), reboot_s), Doing(AT_THEIR_BOOT, site.cluster.nodes, reboot_s)
        case Managed(_, Manager.SHUTDOWN, node) if node in site.servers:
            shut = site.servers[node]
            return Doing((*LEFT, *ALONE, *UNFORCED), (node,)), Doing(SHUT, shut.upses, shut.stop_limit_s)
        case Managed(_, Manager.SHUTDOWN, cluster):
            return (Doing((*LEFT, *UNFORCED), (cluster,)),)
        case _:
            return ()


def _reboot_s(site: Site) -> float:
    """How long a cluster may be away that reboots with its nodes."""
    systems_s = max((site.servers[node].stop_limit_s for node in site.cluster.nodes), default=0.0)
    return site.cluster.shutdown_limit_s + systems_s + site.start.server_limit_s


def _held(
    deed: Asked, devices: tuple[str, ...], deeds: Sequence[Happening], site: Site, run: Sequence[Event]
) -> Iterator[Doing]:
    cluster = site.cluster
    names = (*devices, *(cluster.nodes if cluster.name in devices else ()))
    held_s = max((_released_s(deed, device, deeds, run) for device in devices), default=inf) - deed.at_s
    yield Doing(HELD, names, held_s + whole_stop_s(site))
    users = (site.servers[name] for name in devices if name in site.servers)
    yield Doing(USED, tuple(array for user in users for array in user.arrays), held_s + whole_stop_s(site))
    yield Doing(DRAINED, names, drained_s=held_s)
    yield Doing(NOT_TOLD, names, went_by_s=deed.at_s + held_s)
    upses = (ups for name in devices if name in cluster.nodes for ups in site.servers[name].upses)
    on_them = {server.name for ups in upses for server in site.servers_on(ups)}
    beside, went_by_s = tuple(node for node in cluster.nodes if node in on_them), deed.at_s + held_s
    yield Doing(NOT_TOLD, beside, held_s + whole_stop_s(site), went_by_s, without_disks=True)


def _released_s(deed: Asked, device: str, deeds: Sequence[Happening], run: Sequence[Event]) -> float:
    """Infinity: he stays held. So does who was released while no node was up that could hear it."""
    released = (d for d in deeds if isinstance(d, Asked) and d.wish is Wish.RELEASE and device in d.of)
    asked_s = min((d.at_s for d in released if d.at_s >= deed.at_s), default=inf)
    words = [e for e in run if e.subject == device and e.t >= deed.at_s - TICK_S]
    if not any(e.name == "hold.set" for e in words):
        return asked_s
    heard = (e.t for e in words if e.name == "hold.released" and e.t >= asked_s - TICK_S)
    return max(asked_s, next(heard, inf))


def unexcused(
    breaches: Iterable[Breach], deeds: Iterable[Happening], site: Site, events: Iterable[Event] = ()
) -> Iterator[Breach]:
    """Those that no deed of people explains. `events`: of the run; they tell which nodes were up."""
    deeds, run = list(deeds), tuple(events)
    last = LastNode(run, site, struck(deeds, site, run))
    told = [(deed, doing) for deed in deeds for doing in of(deed, deeds, site, run)]
    for breach in breaches:
        if not any(explains(deed, doing, breach, site, last, run) for deed, doing in told):
            yield breach


def explains(
    deed: Happening, doing: Doing, breach: Breach, site: Site, last: LastNode, run: Sequence[Event] = ()
) -> bool:
    if not deed.at_s - TICK_S <= breach.t <= deed.at_s + doing.for_s:
        return False
    if doing.excuses is UNHEARD and not (isinstance(deed, Pressed) and is_unheard(deed, breach, site, run)):
        return False
    if doing.excuses is AWAY and isinstance(deed, Managed) and is_followed(deed, breach, site, run):
        return False
    if not is_by(deed, doing, breach, site, run):
        return False
    excuses = [e for e in doing.excuses if e.rule == breach.id and in_time(e, deed, breach)]
    times = breach.t, breach.t - looks_s(deed.at_s, breach.t, site, run) - takes_s(breach, site, run)
    if any(e.last for e in excuses) and not any(last.was_stopped(doing.names, deed.at_s, t) for t in times):
        return False
    if any(e in UNFORCED for e in excuses) and not any(
        last.left_in_its_time(breach.subject, t) for t in times
    ):
        return False
    if any(e.due for e in excuses) and was_neglected(
        Said(run, site), site, breach.subject, deed.at_s, breach.t
    ):
        return False
    return any(covers(e.reach, name, breach.subject, site) for e in excuses for name in doing.names)


def is_by(deed: Happening, doing: Doing, breach: Breach, site: Site, run: Sequence[Event]) -> bool:
    """What this doing asks for besides: who went, what he lacks, what has drained meanwhile."""
    if doing.went_by_s is not None and not went_in(breach, deed.at_s, doing.went_by_s, run):
        return False
    until_s = None if doing.drained_s is None else deed.at_s + doing.drained_s
    if until_s is not None and not was_drained(run, site, breach, deed.at_s, until_s):
        return False
    return not doing.without_disks or lacks_disks(breach, site, run)


def looks_s(since_s: float, until_s: float, site: Site, run: Sequence[Event]) -> float:
    """Whoever has only just booted looks first, and has told nobody yet; one that is not the first by its
    number listens for the others before that (S13)."""
    up = {e.subject for e in run if e.is_fact and e.name == UP and since_s <= e.t <= until_s}
    start, first = site.start, site.cluster.nodes[:1]
    return start.first_look_limit_s if up.issuperset(first) else start.peer_limit_s


def takes_s(breach: Breach, site: Site, run: Sequence[Event] = ()) -> float:
    """From the word to its end, at the least: whoever comes up later than that before a battery ends is up in
    vain. Of a UPS its OFF's own time, and before that of a linked disk's the flush for which it waits; of
    systems, and of disks that they use, until they are down."""
    subject = breach.subject
    if breach.id not in ("S18", "L2"):
        return 0.0
    if subject in site.upses:
        flush_s = site.linkage.flush_limit_s if waits_for_its_flush(breach, site, run) else 0.0
        return flush_s + stop_off_s(site, site.upses[subject])
    systems = site.users_of(subject) if subject in site.arrays else filter(None, [site.servers.get(subject)])
    return max((server.stop_limit_s for server in systems), default=0.0)


def waits_for_its_flush(breach: Breach, site: Site, run: Sequence[Event]) -> bool:
    """Of a UPS: whoever came up last has told its linked disk to flush, and that is not flushed, whether the
    flush is not over or somebody has written to it since (A4): there is no OFF before the limit. Nor before
    that is seen, and whom a cut concerns was looked at once more."""
    disks = {a.name for a in site.arrays_on(breach.subject) if a.role is ArrayRole.LINKED}
    nodes = site.cluster.nodes
    ups = (e.t for e in run if e.is_fact and (e.name, e.subject in nodes) == (UP, True) and e.t <= breach.t)
    up_s = max(ups, default=inf)
    its = [e for e in run if e.subject in disks and up_s <= e.t < breach.t]
    asked = any((e.name, e.details.get("command")) == ("command.sent", "flush") for e in its)
    seen_s = breach.t - late_looks_s(site) - silent_look_s(site)
    return asked and [e.name for e in its if e.is_fact and e.t < seen_s][-1:] != ["array.flushed"]


def went_in(breach: Breach, from_s: float, to_s: float, run: Sequence[Event]) -> bool:
    """He of whom it is went down in that time, and has not been up since."""
    its = [e for e in run if e.is_fact and e.subject == breach.subject and e.t <= breach.t]
    up_s = max((e.t for e in its if e.name in CAME), default=-inf)
    return any(e.name in WENT and max(up_s, from_s - TICK_S) <= e.t <= to_s for e in its)


def lacks_disks(breach: Breach, site: Site, run: Sequence[Event]) -> bool:
    whose = [site.servers[breach.subject]] if breach.subject in site.servers else []
    upses = {ups for server in whose for name in server.arrays for ups in site.arrays[name].upses}
    its = {
        e.subject: e for e in run if e.is_fact and e.name in MAINS and e.subject in upses and e.t < breach.t
    }
    since_s = breach.t - stages(site, Wiring(site)).nodes_s
    return any(e.name == "ups.on_battery" or e.t > since_s for e in its.values())


def in_time(excuse: Excuse, deed: Happening, breach: Breach) -> bool:
    """Of an OFF that had been told by then nobody can call anything back (S16); before that a look tells. Nor
    is what one of ours has started another's boot."""
    told = not excuse.told or told_off_by(breach, deed.at_s)
    if excuse.another and told_off_by(breach, breach.t):
        return False
    if excuse.unasked and any(e.name != "server.booting" for e in breach.events[-1:]):
        return False
    return told and breach.t <= deed.at_s + excuse.within_s


def is_followed(deed: Managed, breach: Breach, site: Site, run: Sequence[Event]) -> bool:
    """Another has been up since this one went, long enough to see that, and has told them nothing."""
    gone = (e.t for e in run if e.is_fact and e.subject == deed.of and e.name in ENDS and e.name != UP)
    gone_s = min((t for t in gone if deed.at_s <= t <= breach.t), default=inf)
    since_s = breach.t - followed_s(site)
    there = any(up_since_s(node, run, breach.t) <= since_s for node in site.cluster.nodes if node != deed.of)
    return gone_s <= since_s and there and told_nothing(run, site, breach.subject, breach.t)


def up_since_s(node: str, run: Sequence[Event], at_s: float) -> float:
    """Infinity: it is not; every run begins with all of them up."""
    last = [
        e for e in run if e.is_fact and e.subject == node and e.name in (GOES_DOWN, *ENDS) and e.t <= at_s
    ]
    if not last:
        return -inf
    return last[-1].t if last[-1].name == UP else inf


def is_unheard(deed: Pressed, breach: Breach, site: Site, run: Sequence[Event]) -> bool:
    nodes = [event.by for event in breach.events if event.by in site.cluster.nodes]
    return bool(nodes) and unheard(run, site, nodes[0], deed.ups, deed.at_s, breach.t)
