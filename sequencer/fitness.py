"""Whether what a server lives on is fit for its start, and the wait until it is: no start into doom (S17).

A wake asks for the same as an ON: stable mains, and charge for a full stop. Of its own UPSes as many as
it has supplies to need, of its arrays' one under each part. Mains that went between two polls are
found by looking afresh before every wake, also when it is repeated.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.array_start import held_ready, is_held_ready
from sequencer.cards import dead_at_s, dumb, dumb_at_s, is_off
from sequencer.cluster_first import cluster_runs, without_cluster
from sequencer.feeds import is_left, is_out_with_its_feed, stable_at_s
from sequencer.ports import Steps
from sequencer.power_on import charge_of, is_stable
from sequencer.run import Run
from sequencer.site import Server, ServerRole, Ups
from sequencer.watch import is_lost


def lacks(run: Run, ups: Ups) -> str:
    """What this UPS lacks for a start of what it feeds, in words; or ''."""
    name = ups.name
    if is_lost(run.ports.upses[name].seen()):
        dead = not lost_its_mains(run, ups) and dumb(run, ups) and not is_out_with_its_feed(run, ups)
        return "" if dead else f"{name} does not answer"  # a dead card is not waited for (U2)
    if is_off(run, ups):
        return f"{name} is off"
    if not is_stable(run, ups):
        return f"mains of {name} not stable yet"
    charge = charge_of(run, ups)
    return "" if charge.enough or dumb(run, ups) else f"{name} needs {charge.need_pct:.0f} % of charge"


def lost_its_mains(run: Run, ups: Ups) -> bool:
    """It alone, when its card fell silent, and nobody else can tell that they are back: whoever is started
    there lives on its battery (L2). It is waited for, and a person told who can see to it."""
    if not is_left(run, ups.name):
        return False
    if run.now >= dead_at_s(run, ups):
        text = f"{ups.name} fell silent without mains; what it feeds is not started before it answers"
        run.alarm(ups.name, text, "L3")
    return True


def unfit(run: Run, server: Server) -> dict[str, str]:
    """The UPSes that it must wait for, and what they lack; {}: enough of them are fit.

    A control node is up before its disks are on (R9-23). One with a dead card is not waited for (U2), but it
    stands for nobody who is on and tells what he lacks: off with its whole feed it would be as silent (S17).
    """
    site = run.site
    parts = [(server.upses, server.minimum_supplies)] if server.upses else []
    disks = () if server.role is ServerRole.CONTROL else server.arrays
    for array in (site.arrays[name] for name in disks):
        parts += [(part, 1) for part in (array.controllers, array.enclosures) if part]
    found: dict[str, str] = {}
    for names, needed in parts:
        lacking = {name: words for name in names if (words := lacks(run, site.upses[name]))}
        counted = set(names).difference(lacking)
        if not all(is_off(run, site.upses[name]) for name in lacking):
            counted -= {name for name in counted if is_lost(run.ports.upses[name].seen())}
        if len(counted) < needed:
            found |= lacking
    return found


def look_under(run: Run, server: Server) -> Steps[None]:
    """At the cluster, and every UPS that it lives on, immediately before it is told to start."""
    arrays = [run.site.arrays[name] for name in server.arrays]
    names = dict.fromkeys((*server.upses, *(ups for array in arrays for ups in array.upses)))
    yield from run.all_of(run.ports.cluster.look(), *(run.ports.upses[name].look() for name in names))


def is_fit(run: Run, server: Server) -> bool:
    held = all(is_held_ready(run, name) for name in server.arrays)
    return held and without_cluster(run) is None and not unfit(run, server)


def fit_to_start(run: Run, server: Server) -> Steps[None]:
    """Until the cluster runs (S6), its arrays have been ready long enough (S8) and its UPSes are fit."""
    yield from cluster_runs(run, server.name)
    for name in server.arrays:
        yield from held_ready(run, run.site.arrays[name])
    yield from powered_to_start(run, server)


def powered_to_start(run: Run, server: Server) -> Steps[None]:
    """Until its UPSes are fit: as long as it takes (S17)."""
    while found := unfit(run, server):
        reason = ", ".join(found.values())
        words = f"{run.facts.epoch} {reason}"
        run.tell_once("step.waiting", server.name, words, step="fit to start", rule="S17", reason=reason)
        yield from run.race(*(changes(run, run.site.upses[name]) for name in found))


def changes(run: Run, ups: Ups) -> Steps[None]:
    """Until what this UPS lacks may have come."""
    port = run.ports.upses[ups.name]
    seen = port.seen()
    if not seen.fresh or seen.status is None:
        dead_s = dead_at_s(run, ups)  # from then on it is not waited for, if its feed has mains
        yield from run.wait(port.until(when.ANSWERS), run.news(), by_s=dead_s if dead_s > run.now else None)
    elif not seen.status.output_on:
        yield from run.wait(port.until(when.OUTPUT_ON))
    elif not seen.status.mains:
        yield from run.wait(port.until(when.MAINS_BACK))
    elif (at_s := stable_at_s(run, ups)) is None:
        yield run.news(ups.name)  # the watch has still to notice it
    elif run.now < at_s:
        yield from run.wait(port.until(when.MAINS_AWAY), by_s=at_s)
    elif seen.status.charge_pct is None:
        yield from run.wait(port.until(when.CHARGE_TOLD), by_s=max(run.now + 1.0, dumb_at_s(run, ups)))
    else:
        goal = when.charge_at_least(charge_of(run, ups).need_pct)
        yield from run.wait(port.until(goal), port.until(when.CHARGE_UNTOLD))
