"""What the deeds of people excuse: who presses a button, or holds a device, does what no rule foresees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import inf

from sequencer import timing
from sequencer.requests import Wish
from sequencer.site import Site
from sim.faults.fault import Excuse, Reach
from sim.story import Asked, Booted, Happening, Managed, Manager, Pressed
from teiden.judge.excuses import told_off_by
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.reach import control_side, covers

ARMED = ("S1", "S2")
"""Of a boot by hand excused only when the OFF had been told by then: nobody can call that back (S16). Before
that a look tells of it."""
BOOTED = (
    Excuse("S2", Reach.SUBJECT, "who boots while his disks' UPS counts down uses them when it falls"),
    Excuse("S1", Reach.SUBJECT, "its UPS counts down already, and nobody can call that back"),
    Excuse("S8", Reach.SUBJECT, "a finger on the button asks nobody whether the disks are there"),
    Excuse("S28", Reach.SUBJECT, "a finger on the button starts what stood still on purpose"),
)
PRESSED = (
    *(Excuse(rule, Reach.LOADS, "a finger on the button asks nobody") for rule in ("S6", "S7", "S8", "S17")),
)
HELD = (
    *(
        Excuse(rule, Reach.WAITING, "who is held is neither stopped nor cut, and whoever waits for it waits")
        for rule in ("S18", "L2", "S8")
    ),
    Excuse("L3", Reach.LOADS, "whoever goes down while he is held is not told to come back"),
)
REBOOTED = (
    Excuse("S2", Reach.SUBJECT, "who reboots while his disks' UPS counts down uses them when it falls"),
    Excuse("S1", Reach.SUBJECT, "its UPS counts down already, and nobody can call that back"),
)
BATTERIES = ("S18", "L2")
WAITED = tuple(
    Excuse(rule, Reach.WAITING, "the control side goes last, and waits for who is held") for rule in BATTERIES
)
"""Of the control side, as long as somebody of the linked side is held, and has not had his time since."""
AWAY = tuple(
    Excuse(rule, Reach.WAITING, "whoever reboots a node that commands has nobody to command meanwhile")
    for rule in BATTERIES
)
"""Of the control side, as long as a reboot may take."""


def of(deed: Happening, site: Site) -> tuple[tuple[Excuse, ...], tuple[str, ...]]:
    """What it excuses, and whose doing it is."""
    match deed:
        case Booted(_, server):
            return BOOTED, (server, *site.servers[server].arrays)
        case Pressed(_, ups):
            return PRESSED, (ups,)
        case Asked(_, Wish.HOLD, devices):
            cluster = site.cluster
            return HELD, (*devices, *(cluster.nodes if cluster.name in devices else ()))
        case Managed(_, Manager.REBOOT, node) if node in site.servers:
            return REBOOTED, (node, *site.servers[node].arrays)
        case _:
            return (), ()


def unexcused(breaches: Iterable[Breach], deeds: Iterable[Happening], site: Site) -> Iterator[Breach]:
    """Those that no deed of people explains."""
    deeds = list(deeds)
    told = [(deed, inf, *of(deed, site)) for deed in deeds]
    told += [(deed, *for_a_while(deed, deeds, site)) for deed in deeds]
    for breach in breaches:
        by = (
            excuse
            for deed, until_s, excuses, names in told
            for excuse in excuses
            if deed.at_s <= breach.t + TICK_S
            and breach.t <= until_s
            and excuse.rule == breach.id
            and not (isinstance(deed, Booted) and breach.id in ARMED and not told_off_by(breach, deed.at_s))
            and any(covers(excuse.reach, name, breach.subject, site) for name in names)
        )
        if next(by, None) is None:
            yield breach


def for_a_while(
    deed: Happening, deeds: Sequence[Happening], site: Site
) -> tuple[float, tuple[Excuse, ...], tuple[str, ...]]:
    """What it excuses besides, until when, and whose doing that is."""
    match deed:
        case Asked(at_s, Wish.HOLD, devices) if on_the_linked_side(devices, site):
            released = [
                d for d in deeds if isinstance(d, Asked) and d.wish is Wish.RELEASE and d.at_s >= at_s
            ]
            end_s = min((d.at_s for d in released if set(devices) & set(d.of)), default=inf)
            control_s = max((timing.control_floor_s(site, u) for u in site.control_upses), default=0.0)
            return end_s + timing.linked_stop_s(site) + control_s, WAITED, (site.cluster.name,)
        case Managed(at_s, Manager.REBOOT, node) if node in site.servers:
            return at_s + site.start.server_limit_s, AWAY, (site.cluster.name,)
        case _:
            return inf, (), ()


def on_the_linked_side(devices: Iterable[str], site: Site) -> bool:
    """Of the linked side alone."""
    return control_side(site).isdisjoint(devices)
