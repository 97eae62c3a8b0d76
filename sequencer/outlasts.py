"""Nodes that have mains outlast a control disk that can only run empty (S18, L2, L10).

Told to go with it they would be back before its end, use it as it ends, and go again. So they stay up, their
cluster stopped, until its battery holds no more than they take to go, and go once.
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
from sequencer.wants import control_wanted_down


def outlast_disks(run: Run) -> Steps[None]:
    """Or until these have their mains or can be told, or the nodes' own batteries wait no longer."""
    site, ports = run.site, run.ports
    while names := run_empty(run):
        out = [ups for ups in site.control_array_upses if ups.name in run.facts.confirmed]
        floors_s = timing.systems_floors_s(site, [*site.node_upses, *out])
        untold = [name for name in names if not took_nothing(run, site.upses[name])]
        floors_s |= dict.fromkeys(untold, timing.systems_gone_s(site))
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
    """UPSes that keep a disk going which has failed, or a part of it; none where another disk that failed can
    be told, where the nodes go with their own power, or are wanted down, or are about to go anyway."""
    site = run.site
    if control_wanted_down(run) or everybody_goes(run) or not any(is_back(run, u) for u in site.node_upses):
        return []
    confirmed = [ups for ups in site.control_array_upses if ups.name in run.facts.confirmed]
    out = {ups.name for ups in confirmed if not is_back(run, ups)}
    failed = [array for array in site.control_arrays if array_fails(array, out)]
    theirs = out.intersection(name for array in failed for name in array.upses)
    upses = [site.upses[name] for name in sorted(theirs)]
    kept_on = (is_held_back, is_untold, took_nothing)
    untold = [ups.name for ups in upses if any(keeps(run, ups) for keeps in kept_on)]
    told = any(set(array.upses).isdisjoint(untold) for array in failed)
    return [] if told else untold


def is_held_back(run: Run, ups: Ups) -> bool:
    """Somebody holds it, or one of its disk that is to go before it (S4)."""
    disks = [array.upses for array in run.site.arrays_on(ups.name)]
    before = (name for upses in disks for name in upses[: upses.index(ups.name) + 1])
    return not seen_off(run, ups, []) and any(is_held(run, run.site.upses[name]) for name in before)


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


def took_nothing(run: Run, ups: Ups) -> bool:
    """We went for it before in this outage, and it is on, and counts nothing down: its card has ignored that
    OFF, or a hand has been at it (U5, O1). It is told once more as its battery ends, with what that takes."""
    off, status = run.facts.armed.get(ups.name), answer(run.ports.upses[ups.name])
    told_before = off is not None and off.wall_s is not None and off.life != run.life
    return told_before and status is not None and not when.GOES_OFF.met(status)
