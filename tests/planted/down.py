"""Bugs on the way down: loads, flushes, cuts, the control side."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sequencer import array_off, control_stop, guards, outage
from sequencer.jobs import stop_jobs
from sequencer.site import Array, Job, Ups
from sequencer.step import step
from sequencer.systems import note_stopping
from teiden.story import Story
from tests.planted.plant import Plant, all_of, allows, instead, no_steps, story
from tests.worlds import CALM_S, fault, lost, reference_site, with_more

DOWN_S = 2400.0
"""The reference outage is over and everything off by then."""


def outage_story() -> Story:
    return story("The mains of the whole site are away", lost(), until_s=DOWN_S)


def two_part_array() -> Story:
    """The linked disk's enclosures have a UPS of their own."""
    apart = Ups("ups7", 7, "utility", 30.0, runtime_s=1500.0, warm_up_time_s=720.0)
    site = with_more(reference_site(linkeddisk__enclosures=("ups7",)), apart)
    return story("A disk whose enclosures have a UPS of their own", lost(), site=site, until_s=DOWN_S)


def early_control() -> Story:
    early = lost(-500, "ups3")
    return story("The control disk's outage is confirmed early", early, lost(), until_s=DOWN_S)


def until_it_has_gone(story: Story) -> Story:
    """With the bug the nodes wait for nothing again and again from then on, a thousand times a minute."""
    return replace(story, until_s=CALM_S + 500.0)


def slow_array() -> Story:
    hangs = fault("flush_never_ends", "linkeddisk")
    return story("The linked disk's flush never ends", lost(), hangs, until_s=DOWN_S)


def slow_cluster() -> Story:
    hangs = fault("cluster_stop_hangs", "ssccluster")
    return story("The cluster does not stop", lost(), hangs, until_s=DOWN_S)


def with_stop_jobs() -> Story:
    site = reference_site(control1__stop_jobs=(Job("dump", ("/opt/dump",), 60.0),))
    return story("A control node has a job to do before it stops", lost(), site=site, until_s=DOWN_S)


# The mutants


def taken_for_asked(run: Any, server: Any, *more: Any) -> Any:
    """Its shutdown is written off as accepted and never sent."""
    yield from ()
    note_stopping(run, server)


def enclosures_first(array: Any) -> tuple[str, ...]:
    """The order in which an array is cut."""
    return (*array.enclosures, *(ups for ups in array.controllers if ups not in array.enclosures))


def no_controllers_on(real: Any) -> Any:
    return lambda array, ups, **more: real(
        array, ups, **{**more, "controllers_off": dict.fromkeys(array.upses, True)}
    )


def impatient(real: Any) -> Any:
    """Ten seconds are enough for anything but a system."""

    def mutant(run: Any, device: Any, port: Any, goal: Any, *, limit_s: float, **more: Any) -> Any:
        return (yield from real(run, device, port, goal, limit_s=min(limit_s, 10.0), **more))

    return mutant


def flushing_the_control_disk(real: Any) -> Any:
    def mutant(run: Any, *more: Any) -> Any:
        for array in run.site.control_arrays:
            yield from array_off.flush(run, array)
        yield from real(run, *more)

    return mutant


def jobs_first(real: Any) -> Any:
    def mutant(run: Any) -> Any:
        yield from run.until(lambda: run.scope.control)
        yield from stop_jobs(run, run.site.servers[run.me])
        yield from real(run)

    return mutant


PLANTS = (
    Plant(
        "S1",
        "shutdown-taken-for-granted",
        "the shutdown of servers is noted as accepted and never sent, so the guard of their OFF says yes; "
        "and nobody keeps them down, the second defence",
        all_of(instead(outage, "stop_system", taken_for_asked), instead(outage, "keep_down", no_steps)),
        outage_story,
    ),
    Plant(
        "S2",
        "cut-without-a-flush",
        "the page of the flush is left out; the guard of the cut, the second defence, says yes",
        all_of(instead(array_off, "flush", no_steps), instead(guards, "cut_array", allows)),
        outage_story,
    ),
    Plant(
        "S3",
        "flush-too-soon",
        "nobody waits until the servers' UPSes are off; the guard of the flush, the second defence, says yes",
        all_of(instead(array_off, "users_are_off", no_steps), instead(guards, "flush_array", allows)),
        outage_story,
    ),
    Plant(
        "S4",
        "enclosures-first",
        "an array is cut enclosures first; its guard, the second defence, does not ask for controllers",
        all_of(
            instead(Array, "upses", property(enclosures_first)),
            instead(guards, "cut_array", no_controllers_on(guards.cut_array)),
        ),
        two_part_array,
    ),
    Plant(
        "S5",
        "control-side-does-not-wait",
        "the control side waits for nobody; the guard of its stop, the second defence, says yes",
        all_of(instead(control_stop, "hold", no_steps), instead(guards, "stop_cluster", allows)),
        early_control,
        told=until_it_has_gone,
    ),
    Plant(
        "S18",
        "flushed-and-forgotten",
        "an array is flushed, and its UPS is never told to go off",
        instead(array_off, "cut", no_steps),
        outage_story,
    ),
    Plant(
        "S25",
        "no-patience-with-a-flush",
        "a flush gets one second instead of its limit",
        instead(array_off, "left_to_flush_s", lambda run, array: 1.0),
        slow_array,
    ),
    Plant(
        "S26",
        "no-patience-with-the-cluster",
        "the cluster gets ten seconds to stop; the guard of the force, the second defence, says yes",
        all_of(instead(control_stop, "step", impatient(step)), instead(guards, "force_cluster", allows)),
        slow_cluster,
    ),
    Plant(
        "S32",
        "the-control-disk-is-flushed-too",
        "the control disk is flushed like a linked one; the guard of the flush, the second defence, says yes",
        all_of(
            instead(control_stop, "halt_and_cut", flushing_the_control_disk(control_stop.halt_and_cut)),
            instead(guards, "flush_array", allows),
        ),
        outage_story,
    ),
    Plant(
        "L2",
        "nobody-is-told",
        "the pages of the servers are left out: they run until their batteries are empty",
        instead(outage, "stop_server", no_steps),
        outage_story,
    ),
    Plant(
        "R2-07",
        "jobs-before-the-cluster-has-stopped",
        "the stop jobs of a control node run first of all",
        instead(outage, "stop_control", jobs_first(control_stop.stop_control)),
        with_stop_jobs,
    ),
)
