"""Nodes that have mains outlast a control disk that can only run empty (S18, L2, L10).

Told to go with it they would be back before its end, use it as it ends, and go again. So they stay up, their
cluster stopped, until its battery holds no more than they take to go, and go once; and than another one takes
to follow, should the commander die just then (C2).
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import timing
from sequencer.comes_back import answer, is_held
from sequencer.feeds import is_back
from sequencer.goes_last import everybody_goes
from sequencer.ports import Steps
from sequencer.proof import seen_off
from sequencer.run import Run
from sequencer.scope import array_fails
from sequencer.site import OffMode, Ups
from sequencer.standing import staying
from sequencer.stays_up import batteries_end
from sequencer.systems import outage_goes_on
from sequencer.uptime import booted_wall_s
from sequencer.wants import control_wanted_down


def outlast_disks(run: Run) -> Steps[None]:
    """Or until these have their mains or can be told, or the nodes' own batteries wait no longer."""
    site, ports = run.site, run.ports
    if not run.facts.armed.keys().isdisjoint(site.names_of_control_array_upses):
        yield from ports.servers[run.me].look()  # since when it runs
    while names := run_empty(run):
        out = [u for u in site.control_array_upses if u.name in run.facts.confirmed and not has_gone(run, u)]
        floors_s = timing.systems_floors_s(site, [*site.node_upses, *out])
        never_told = [name for name in names if not has_ignored(run, site.upses[name])]
        floors_s |= dict.fromkeys(never_told, timing.systems_gone_s(site))
        floors_s = {name: floor_s + site.start.peer_limit_s for name, floor_s in floors_s.items()}
        run.alarm(site.cluster.name, f"{', '.join(names)} can only run empty; the nodes stay up", "L2")
        ends = [ports.upses[name].until(end) for name in names for end in (when.MAINS_BACK, when.OUTPUT_OFF)]
        away = [ports.upses[ups.name].until(when.MAINS_AWAY) for ups in site.node_upses if is_back(run, ups)]
        going = [ports.servers[node].until(when.LEAVES) for node in staying(run)]
        heard = [ports.upses[name].until(when.ANSWERS) for name in names if answer(ports.upses[name]) is None]
        changes = run.wait(run.news(), *ends, *away, *going, *heard)
        if (yield from run.race(batteries_end(run, floors_s), changes)) == 0:
            return
        yield from outage_goes_on(run)


def run_empty(run: Run) -> list[str]:
    """UPSes that keep a disk going which has failed, or a part of it; none where the nodes go with their own
    power, or are wanted down, or are about to go anyway.

    Another disk that can be told is so when the first battery ends: gone for it now, they would go twice.
    """
    site = run.site
    if control_wanted_down(run) or everybody_goes(run) or not any(is_back(run, u) for u in site.node_upses):
        return []
    confirmed = [ups for ups in site.control_array_upses if ups.name in run.facts.confirmed]
    out = {ups.name for ups in confirmed if not is_back(run, ups)}
    failed = [array for array in site.control_arrays if array_fails(array, out)]
    theirs = out.intersection(name for array in failed for name in array.upses)
    upses = [site.upses[name] for name in sorted(theirs)]
    return [u.name for u in upses if is_held_back(run, u) or is_untold(run, u) or has_ignored(run, u)]


def has_gone(run: Run, ups: Ups) -> bool:
    """Or is about to, told so before: nothing is left to tell it, and its card has no power to answer."""
    return ups.name in run.facts.armed and answer(run.ports.upses[ups.name]) is None


def is_held_back(run: Run, ups: Ups) -> bool:
    """Somebody holds it, or one of its disk that is to go before it (S4)."""
    disks = [array.upses for array in run.site.arrays_on(ups.name)]
    before = (name for upses in disks for name in upses[: upses.index(ups.name) + 1])
    return not seen_off(run, ups, []) and any(is_held(run, run.site.upses[name]) for name in before)


def has_ignored(run: Run, ups: Ups) -> bool:
    """It was told to go off before we booted, and neither has nor is about to: we have gone for it in vain,
    and go once more, telling it again, when its battery ends (U5). Not if it may have gone, and had mains."""
    told, booted_s = run.facts.armed.get(ups.name), booted_wall_s(run, run.me)
    status = answer(run.ports.upses[ups.name])
    if told is None or told.wall_s is None or booted_s is None or booted_s < told.wall_s:
        return False
    stays_on = status is not None and not when.GOES_OFF.met(status)
    return stays_on and run.mains[ups.name].was_stable_s is None


def is_untold(run: Run, ups: Ups) -> bool:
    """Its card is silent, and takes no OFF, or what it makes of one leaves its nodes too little time (S1, U2,
    U8, U9). Of one that was never heard nobody knows how long its battery lasts."""
    seen = run.ports.upses[ups.name].seen()
    status = seen.status
    if not seen.fresh and status is not None and ups.name not in run.facts.armed:
        return not when.GOES_OFF.met(status)
    if not seen.fresh or status is None or when.GOES_OFF.met(status) or ups.off is not OffMode.WITH_SHUTDOWN:
        return False
    return status.delayed_off_s < max(node.stop_limit_s for node in run.site.control_nodes)
