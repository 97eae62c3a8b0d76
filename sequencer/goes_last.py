"""The control side waits for the linked side, as long as its batteries last for more than itself (S5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import inf

from sequencer import conditions as when
from sequencer import guards
from sequencer.ourselves import cluster_restarts
from sequencer.ports import Answer, Seen, Steps, UpsStatus
from sequencer.proof import leaves_at_s, left_on, mains_back, still_to_fall, unsettled, ups_at_floor
from sequencer.run import Run
from sequencer.site import ControlStop
from sequencer.systems import outage_goes_on
from sequencer.watch import is_back

Floors = Callable[[], Mapping[str, float]]
"""By UPS, what its battery must still hold for our own stop: down to that we wait for others."""


def hold(run: Run, command: str, floors: Floors) -> Steps[None]:
    """S5: the control side waits for the linked side, while the batteries of these UPSes last for more."""
    site = run.site
    if site.control_stop is ControlStop.DOCUMENT:
        return
    while True:
        waiting, floors_s = unsettled(run), floors()
        at_floor = ups_at_floor(run, floors_s)
        refusal = guards.stop_cluster(waiting, at_floor=at_floor, hold=True, mains_back=False)
        if refusal is None:
            if not (waiting and at_floor) or (yield from is_at_floor(run, at_floor, floors)):
                break
            continue
        if command == "shutdown" and everybody_goes(run):
            break
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
        tell_who_is_left(run, site.cluster.name, ups_at_floor(run, floors()), waiting)


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


def staying(run: Run) -> list[str]:
    """Nodes that are not seen on their way down, or down."""
    seen = {node: run.ports.servers[node].seen() for node in run.site.cluster.nodes}
    return [n for n, s in seen.items() if not (s.fresh and s.status and when.LEAVES.met(s.status))]


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


def is_to_wait(run: Run, floors: Floors | None) -> bool:
    if floors is None or everybody_goes(run):
        return False
    holds, at_floor = run.site.control_stop is ControlStop.HOLD, ups_at_floor(run, floors())
    return guards.stop_cluster(unsettled(run), at_floor=at_floor, hold=holds, mains_back=False) is not None


def is_at_floor(run: Run, ups: str, floors: Floors) -> Steps[bool]:
    """One of them is, also by a fresh look at this one: its mains may have come back since the last one."""
    yield from run.ports.upses[ups].look()
    return bool(ups_at_floor(run, floors()))


def until_at_floor(run: Run, floors_s: Mapping[str, float]) -> list[Answer[Seen[UpsStatus]]]:
    upses = run.site.upses
    return [
        run.ports.upses[name].until(when.runtime_below(floor_s))
        for name, floor_s in floors_s.items()
        if not is_back(run, upses[name])
    ]
