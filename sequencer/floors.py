"""At which runtime the control side's batteries call its systems, and whose battery counts for nobody."""

from __future__ import annotations

from sequencer import guards, timing
from sequencer.feeds import is_back
from sequencer.goes_last import hangs_at_its_stop, waits_for
from sequencer.held_ups import is_in_other_hands
from sequencer.ports import Os
from sequencer.proof import seen_off, still_to_fall
from sequencer.run import Run


def systems_floors_s(run: Run, *, last: bool = False) -> dict[str, float]:
    """The cluster has stopped, and its disks are at rest: the linked side's data come before theirs. Not if
    it hangs at its stop: what it writes goes with its disk's battery (C11, L2).

    The nodes stay for it to their own batteries' end; but not for what somebody else holds, nor for what
    needs nobody any more, or hears nobody, while the control disks run empty under them (L2). `last`: the
    others have been told; for who is flushed only as we go we stay to what we need ourselves (S18).
    """
    site = run.site
    disks = hangs_at_its_stop(run) or all(
        is_in_other_hands(run, name) or needs_nobody(run, name) or was_never_heard(run, name)
        for name in waits_for(run)
    )
    nodes_s = timing.systems_floors_s(site, site.node_upses)
    if last and run.cluster.goes_without:
        nodes_s = timing.nodes_floors_s(site)
    return nodes_s | (timing.disks_floors_s(site) if disks else {})


def needs_nobody(run: Run, name: str) -> bool:
    """Its OFF counts down, and it falls without us; or it has lost its power, and nothing is left to save;
    nor is on a UPS of servers all of whom are seen halted.

    Or its mains are back, and its data need no battery.
    """
    array, site = run.site.arrays.get(name), run.site
    if all(is_back(run, site.upses[ups]) for ups in powered_by(run, name)):
        return True
    if array is not None:
        return any(
            all(seen_off(run, site.upses[ups], []) for ups in upses)
            for upses in (array.controllers, array.enclosures)
        )
    if name not in site.upses:
        return False
    down = (guards.is_seen(run.ports.servers[s.name].seen(), Os.HALTED) for s in site.servers_on(name))
    return still_to_fall(run, site.upses[name]) or all(down)


def was_never_heard(run: Run, name: str) -> bool:
    """Since we booted no card of its UPSes has answered, nor anybody whom these feed.

    It is off since an earlier outage, by all that is known; if it is not, nobody there hears what we say.
    """
    site, ports = run.site, run.ports
    upses = powered_by(run, name)
    servers = [s.name for ups in upses for s in site.servers_on(ups)]
    arrays = [a.name for ups in upses for a in site.arrays_on(ups)]
    return not (
        any(ports.upses[ups].seen().status for ups in upses)
        or any(ports.servers[server].seen().status for server in servers)
        or any(ports.arrays[array].seen().status for array in arrays)
    )


def powered_by(run: Run, name: str) -> tuple[str, ...]:
    """UPSes of what `unsettled` names: an array, a server, or a servers' UPS itself."""
    device = run.site.arrays.get(name) or run.site.servers.get(name)
    return (name,) if device is None else device.upses
