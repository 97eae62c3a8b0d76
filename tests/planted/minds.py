"""Bugs in what a node knows, writes down and leaves open: evidence, memory, ends, standing, words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import sim.node
from sequencer import array_off, claim, duty, guards, outage, power_off, watch
from sequencer import run as run_module
from sequencer.journal import Kind
from sequencer.run import Run
from sequencer.step import Outcome, request
from teiden.story import Story
from tests.planted.causes import blades_alone
from tests.planted.down import outage_story, slow_array
from tests.planted.plant import Patch, Plant, all_of, allows, endless, instead, story, twice
from tests.planted.up import AWAY_S
from tests.worlds import fault, lost, out


def silent_card() -> Story:
    blink, silent = out(-300, -295), fault("card_silent", "ups5")
    return story("After a blink of the mains a card falls silent", blink, silent, until_s=300.0)


def silent_on_the_way_up() -> Story:
    gone = fault("card_silent", "ups5", 1200.0)
    return story("The blades' UPS comes back with a silent card", out(0, AWAY_S), gone, until_s=2900.0)


def dead_commander() -> Story:
    return story("The node that commands dies", fault("node_crashes", "control1", 0.0), until_s=900.0)


def twice_on_battery() -> Story:
    return story("The mains blink and are then lost", out(0, 5, "ups5"), lost(60, "ups5"), until_s=600.0)


# The mutants


def forgetful(real: Any) -> Any:
    """Nobody remembers when a UPS was told to go off."""

    def mutant(run: Any, *args: Any, **more: Any) -> Any:
        run.told_off_s.clear()
        return (yield from real(run, *args, **more))

    return mutant


def in_half_the_time(real: Any) -> Any:
    def mutant(run: Any, ups: Any) -> Any:
        return (yield from real(run, replace(ups, confirm_s=ups.confirm_s / 2)))

    return mutant


def without_the_lease(real: Any) -> Any:
    """The second node sets about commanding, and takes no lease."""

    def mutant(run: Any) -> Any:
        if run.me == run.site.cluster.nodes[0]:
            yield from real(run)
        else:
            run.stand(commands=True)
            yield from duty.command(run)

    return mutant


def never_the_second(real: Any) -> Any:
    def mutant(run: Any) -> Any:
        first = run.me == run.site.cluster.nodes[0]
        yield from real(run) if first else endless(run)

    return mutant


def as_it_should_be(real: Any) -> Any:
    """A minute more than anybody has ever read from its card."""
    return lambda run, ups, how: real(run, ups, how) + 60.0


def unwritten(real: Any) -> Any:
    def mutant(run: Any, kind: Any, subject: str, **details: Any) -> Any:
        if kind is not Kind.FLUSH_ASKED:
            yield from real(run, kind, subject, **details)

    return mutant


def talkative(real: Any) -> Any:
    def mutant(run: Any, subject: str, text: str, rule: str = "") -> None:
        real(run, subject, f"{text} (community=machine-room-7)", rule)

    return mutant


def without_a_limit(run: Any, device: str, port: Any, goal: Any, *, limit_s: float, ask: Any) -> Any:
    run.tell("step.started", device, step=goal.words, limit_s=limit_s)
    yield from request(run, device, ask)
    yield from run.until_seen(port, goal)
    run.tell("step.done", device, step=goal.words)
    return Outcome.DONE


@contextmanager
def asleep_after_the_first() -> Iterator[None]:
    """Of each UPS the mains are timed once in a life, and never again."""
    real, timed = watch.lasts, set()

    def mutant(run: Any, ups: Any) -> Any:
        known = (run.life, ups.name)
        if known in timed:
            yield from endless(run)
        timed.add(known)
        return (yield from real(run, ups))

    with patch.object(watch, "lasts", mutant):
        yield


def begins_with(**details: Any) -> Patch:
    """Each life says this of itself when it begins, as a service does."""
    real = sim.node.duty

    def mutant(run: Any) -> Any:
        run.tell("run.started", run.site.name, **details)
        yield from real(run)

    return instead(sim.node, "duty", mutant)


PLANTS = (
    Plant(
        "S10",
        "half-the-confirm-time",
        "an outage counts after half its confirm time",
        instead(watch, "lasts", in_half_the_time(watch.lasts)),
        blades_alone,
    ),
    Plant(
        "S11",
        "on-without-a-look",
        "a UPS is switched on whatever is known of it, and nothing is",
        instead(guards, "switch_on", allows),
        silent_on_the_way_up,
    ),
    Plant(
        "S12",
        "silence-is-an-outage",
        "a UPS that is silent counts as one without mains; nor, the second defence, do others of its feed "
        "that have them say otherwise",
        all_of(
            instead(
                watch, "is_out_with_its_feed", lambda run, ups: not run.ports.upses[ups.name].seen().fresh
            ),
            instead(watch, "speaks_for_mains", lambda run, ups: False),
        ),
        silent_card,
    ),
    Plant(
        "S14",
        "no-lease",
        "the second node commands without having taken the lease; whether it may is not asked, nor, the "
        "second defence, for the proof that the other is down",
        all_of(
            instead(duty, "becomes_commander", without_the_lease(claim.becomes_commander)),
            instead(Run, "not_commander", allows),
            instead(run_module, "not_proven", allows),
        ),
        outage_story,
    ),
    Plant(
        "S29",
        "a-delay-that-nobody-has-read",
        "an OFF is planned with a delay that its card does not have",
        instead(power_off, "delay_as_read_back", as_it_should_be(power_off.delay_as_read_back)),
        outage_story,
    ),
    Plant(
        "S30",
        "a-flush-that-is-not-written-down",
        "a flush is asked for without a row in the journal",
        instead(Run, "commit", unwritten(Run.commit)),
        outage_story,
    ),
    Plant(
        "S33",
        "written-to-again-at-once",
        "a UPS is told to go off and at once again; neither the page nor its guard sees that it counts down, "
        "nor does the page, the third defence, remember that it was told",
        all_of(
            instead(outage, "arm", twice(forgetful(power_off.arm))),
            instead(power_off, "gone_or_going", lambda run, ups: False),
            instead(guards, "arm_off", allows),
        ),
        outage_story,
    ),
    Plant(
        "S34",
        "a-secret-in-an-alarm",
        "an alarm tells the community of the card",
        instead(Run, "alarm", talkative(Run.alarm)),
        slow_array,
    ),
    Plant(
        "S36",
        "watching-with-hands",
        "a service that says it only watches commands all the same",
        begins_with(armed=False),
        outage_story,
    ),
    Plant(
        "L4",
        "a-step-without-an-end",
        "a flush is waited for without a limit",
        instead(array_off, "step", without_a_limit),
        slow_array,
    ),
    Plant(
        "L5",
        "nobody-steps-in",
        "the second node never takes the command",
        instead(duty, "becomes_commander", never_the_second(claim.becomes_commander)),
        dead_commander,
    ),
    Plant(
        "L7",
        "asleep-after-the-first",
        "the mains of a UPS are timed once and never again",
        asleep_after_the_first,
        twice_on_battery,
    ),
    Plant(
        "L9",
        "an-alarm-that-stays-here",
        "a service with an outbox says an alarm and does not put it there",
        begins_with(outbox=True),
        slow_array,
    ),
)
"""Of those of a site's own numbers no code is to blame: the story is told with another site."""
