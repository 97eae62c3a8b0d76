"""Bugs on the way up: order, stable mains, ready arrays, charge, and who is left behind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sequencer import duty, guards, power_on, restart, turn
from sequencer.journal import Kind
from sequencer.requests import Wish
from sequencer.site import AcLink
from sim.story import Asked
from teiden.story import Story
from tests.planted.plant import Plant, all_of, endless, instead, no_steps, story
from tests.worlds import HOUR_S, LINKED, out, reference_model, reference_site

AWAY_S = 1800.0
"""Long enough for everything to be off."""


def there_and_back() -> Story:
    return story("The mains are away for half an hour", out(0, AWAY_S), until_s=2 * HOUR_S)


def one_input_later() -> Story:
    gone = [*out(0, AWAY_S), *out(900, 4 * AWAY_S, "ups4")]
    return story("The linked disk's own input comes back later", gone, until_s=3 * HOUR_S)


def back_while_it_counts_down() -> Story:
    return story("The mains are back while the servers' UPSes count down", out(0, 100), until_s=HOUR_S)


def tired_batteries() -> Story:
    model = reference_model(ups5__charge_pct=35.0)
    return story("A battery is low before it begins", out(0, AWAY_S), model=model, until_s=HOUR_S)


def wanted_down() -> Story:
    off = Asked(-400, Wish.POWER_OFF, LINKED[:2], by="operator")
    return story(
        "The blades are off by request when the mains fail", off, out(300, AWAY_S), until_s=2 * HOUR_S
    )


def no_ac_link() -> Story:
    site = reference_site(blade1__ac_link=AcLink.STAY_OFF)
    return story("A blade that does not start with its power", out(0, AWAY_S), site=site, until_s=2 * HOUR_S)


# The mutants


def stable_enough(real: Any) -> Any:
    return lambda ups, seen, stable, charges: real(ups, seen, {}, charges)


def charged_enough(real: Any) -> Any:
    return lambda ups, seen, stable, charges: real(ups, seen, stable, {})


def nothing_armed(real: Any) -> Any:
    def mutant(ups: Any, seen: Any, *more: Any) -> Any:
        status = None if seen.status is None else replace(seen.status, off_armed=False)
        return real(ups, replace(seen, status=status), *more)

    return mutant


def ready_is_enough(run: Any, array: str) -> bool:
    return guards.ready(run.ports.arrays[array].seen())


def closed_at_once(run: Any) -> Any:
    yield from run.commit(Kind.CLOSED, run.site.name)
    run.tell("incident.closed", run.site.name)


PLANTS = (
    Plant(
        "S6",
        "servers-before-the-cluster",
        "the page of the cluster is left out, and no ON asks for it: all start while it waits for its disk",
        all_of(
            instead(restart, "start_cluster", no_steps),
            instead(guards, "start_linked", lambda cluster: None),
        ),
        there_and_back,
    ),
    Plant(
        "S7",
        "mains-are-never-asked-for",
        "a UPS is switched on without a look at the mains of its unit",
        instead(guards, "switch_on", stable_enough(guards.switch_on)),
        one_input_later,
    ),
    Plant(
        "S8",
        "ready-for-a-moment",
        "an array that has just become ready counts as held; nor is it waited for, the second defence",
        all_of(instead(restart, "held_ready", no_steps), instead(restart, "is_held_ready", ready_is_enough)),
        there_and_back,
    ),
    Plant(
        "S16",
        "the-countdown-is-not-seen",
        "nobody sees that an OFF counts down: neither the turn, nor a switch-on, nor a wake",
        all_of(
            instead(turn, "still_to_fall", lambda run, ups: False),
            instead(power_on, "still_to_fall", lambda run, ups: False),
            instead(restart, "still_to_fall", lambda run, ups: False),
            instead(guards, "switch_on", nothing_armed(guards.switch_on)),
        ),
        back_while_it_counts_down,
    ),
    Plant(
        "S17",
        "charge-is-never-asked-for",
        "a UPS is switched on whatever its battery holds",
        instead(guards, "switch_on", charged_enough(guards.switch_on)),
        tired_batteries,
    ),
    Plant(
        "S28",
        "everybody-is-started",
        "after an outage a UPS goes on also when everybody on it is wanted down",
        instead(restart, "stays_off", lambda run, ups: False),
        wanted_down,
    ),
    Plant(
        "L1",
        "an-incident-without-an-end",
        "the way up waits for ever for a job of a control node",
        instead(restart, "start_jobs", endless),
        lambda: story("The mains are away for half an hour", out(0, AWAY_S), until_s=5 * HOUR_S),
    ),
    Plant(
        "L3",
        "nobody-is-woken",
        "the pages of the servers are left out: who does not boot with its power stays down",
        instead(restart, "start_server", no_steps),
        no_ac_link,
    ),
    Plant(
        "L8",
        "closed-at-once",
        "the way up is declared done when it begins",
        instead(duty, "restart", closed_at_once),
        there_and_back,
    ),
)
