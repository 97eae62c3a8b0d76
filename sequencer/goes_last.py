"""The control side waits for the linked side, as long as its batteries last for more than itself (S5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf

import simpy

from sequencer import conditions as when
from sequencer import guards
from sequencer.batteries import until_at_floor, ups_at_floor
from sequencer.beside import out_or_off
from sequencer.held_ups import is_in_other_hands
from sequencer.ports import ClusterState, Seen, Steps, UpsStatus
from sequencer.proof import (
    cluster_is,
    leaves_at_s,
    left_on,
    mains_back,
    still_to_fall,
    unsettled,
)
from sequencer.reboots import cluster_restarts
from sequencer.run import Run
from sequencer.scope import scope
from sequencer.shortage import on_battery
from sequencer.site import ControlStop
from sequencer.standing import staying
from sequencer.systems import outage_goes_on

Floors = Callable[[], Mapping[str, float]]
"""By UPS, what its battery must still hold for our own stop: down to that we wait for others."""


def hold(run: Run, command: str, floors: Floors) -> Steps[None]:
    """S5: the control side waits for the linked side, while the batteries of these UPSes last for more."""
    site = run.site
    if site.control_stop is ControlStop.DOCUMENT:
        return
    while True:
        waiting, floors_s = waits_for(run), floors()
        at_floor = ups_at_floor(run, floors_s)
        refusal = guards.stop_cluster(waiting, at_floor=at_floor, hold=True, mains_back=False)
        if refusal is None:
            if waiting and at_floor and not (yield from is_at_floor(run, at_floor, floors)):
                continue
            if waiting or not (yield from look_who_may_be_on(run)):
                break
            continue
        runs = command == "stop" and cluster_is(run, ClusterState.RUNNING, ClusterState.STARTING)
        if not runs and everybody_goes(run):
            break  # also who waited to stop it: its manager has, and shuts us down
        run.refused(site.cluster.name, command, refusal)
        left = left_on(run)
        goes = [name for name in waiting if name not in left]
        servers = [run.ports.servers[name] for name in goes if name in run.scope.servers]
        down = [port.until(when.HALTED, eager=True) for port in servers]
        on = [name for name in goes if name in site.upses and not still_to_fall(run, site.upses[name])]
        armed = [run.ports.upses[name].until(when.COUNTS_DOWN) for name in on if command == "shutdown"]
        leaves_s = leaves_at_s(run) if left else inf
        by_s = leaves_s if run.now < leaves_s < inf else None
        going = (run.ports.servers[node].until(when.LEAVES) for node in staying(run))
        yield from run.wait(run.news(), *down, *armed, *going, *until_at_floor(run, floors_s), by_s=by_s)
    if waiting:
        at_floor = ups_at_floor(run, floors())
        tell_who_is_left(run, site.cluster.name, at_floor, waiting)
        without = set(waiting)
        if at_floor not in ("", *site.names_of_node_upses) and not hangs_at_its_stop(run):
            # For their own disks' battery the nodes stay up yet, but not for who is in other hands.
            without = {name for name in waiting if command == "shutdown" and is_in_other_hands(run, name)}
        run.cluster.goes_without |= without  # disks are flushed now: nobody asks for it later (L2)
        run.announce()


def hangs_at_its_stop(run: Run) -> bool:
    """It may write to its disks until its nodes are down."""
    return run.cluster.hangs and cluster_is(run, ClusterState.STOPPING)


def waits_for(run: Run) -> dict[str, str]:
    """Who of the linked side is not down yet; and who may have to go down soon, and nobody has told him.

    An outage that is timed yet, perhaps anew after a blink, or because we have just booted: nobody is left to
    confirm it when we are gone (S18, L2). Also one that a peer has confirmed, and our own watch not yet.
    """
    site = run.site
    upses = (*site.server_upses, *site.linked_array_upses)
    timed = {u.name for u in upses if on_battery(run, u.name)} - counted(run) - run.off_beside
    timed -= run.settled.union(name for name in timed if not run.ports.upses[name].seen().fresh)
    known, waiting = run.scope.devices, unsettled(run)
    if timed and not scope(site, out_or_off(run) | timed).devices <= known:
        timed = timed - run.facts.confirmed or timed
        waiting |= dict.fromkeys(sorted(timed), "is on its battery, and its outage is not confirmed yet")
    return waiting


def counted(run: Run) -> set[str]:
    """Confirmed by this life; or by another, and our own watch says so, too: these have widened our scope."""
    confirmed_by = run.facts.confirmed_by.items()
    return {name for name, life in confirmed_by if life == run.life or run.mains[name].confirmed}


def look_who_may_be_on(run: Run) -> Steps[bool]:
    """What was seen off, and may have come on since the last poll, is looked at before we go (S5, S11).

    It has its mains; or it was heard last before others fell silent who were not off: perhaps nobody could
    hear that a hand has switched it on (N1). And who stays on for its mains are back may have lost them again
    (P3). Whether any of them is to be waited for.
    """
    site, ports = run.site, run.ports.upses
    back = run.facts.confirmed if left_on(run) else ()
    arrays = (site.arrays[name].upses for name in run.scope.arrays)
    names = run.scope.server_upses.union(*arrays) & run.settled - run.given_up
    silent_s = max((view.silent_s for view in run.mains.values() if view.silent_s is not None), default=-inf)
    doubtful = sorted({*back, *(name for name in names if may_be_on(ports[name].seen(), silent_s))})
    yield from run.all_of(*(ports[name].look() for name in doubtful))
    return bool(waits_for(run))


def may_be_on(seen: Seen[UpsStatus], silent_s: float) -> bool:
    """`silent_s`: when somebody was last silent who was not off."""
    return seen.status is not None and (seen.status.mains if seen.fresh else seen.at_s < silent_s)


def tell_who_is_left(run: Run, subject: str, at_floor: str, waiting: Iterable[str]) -> None:
    """Of the control side, or a node, that goes without them; `at_floor`: the UPS that holds no longer."""
    names = ", ".join(waiting)
    text = f"somebody else shuts the control nodes down; not waiting for {names}"
    text = f"{at_floor} holds no longer; not waiting for {names}" if at_floor else text
    run.alarm(subject, text, "S5", upses=at_floor)


def everybody_goes(run: Run) -> bool:
    """All nodes are on their way down, by somebody else's word, and not to boot again (R2-08).

    Nobody is left to wait for anybody; and halted with our power on we would not come back (L3).
    """
    reboots = not run.rebooting.isdisjoint(run.site.cluster.nodes) or cluster_restarts(run)
    return not reboots and not staying(run)


def go_last(run: Run, floors: Floors | None) -> Steps[None]:
    """S5, H6: asked once more when nothing is left but to go ourselves; who is down nobody can wait for.

    An outage of the linked side may be confirmed since the cluster was stopped, or somebody there be wanted
    down, or be seen on again: by a hand, or because his card is heard for the first time.
    """
    yield from outage_goes_on(run)
    while floors is not None:
        yield from hold(run, "shutdown", floors)
        if not mains_back(run):
            break
        yield from outage_goes_on(run)


def is_to_wait(run: Run, floors: Floors | None) -> Steps[bool]:
    """Somebody of the linked side is left, and our batteries last for more than our own stop.

    By a fresh look at the one that does not: who has just been forced draws nothing from it any more.
    """
    if floors is None or run.site.control_stop is not ControlStop.HOLD or everybody_goes(run):
        return False
    if not waits_for(run):
        return False
    at_floor = ups_at_floor(run, floors())
    return not (at_floor and (yield from is_at_floor(run, at_floor, floors)))


def nobody_is_left(run: Run, floors: Floors) -> list[simpy.Event]:
    """Or our batteries last for our own stop only."""
    return [run.news_when(lambda: not waits_for(run)), *until_at_floor(run, floors())]


def is_at_floor(run: Run, ups: str, floors: Floors) -> Steps[bool]:
    """One of them is, also by a fresh look at this one: its mains may have come back since the last one."""
    yield from run.ports.upses[ups].look()
    return bool(ups_at_floor(run, floors()))
