"""Bugs about who may be touched at all: causes, scopes, one commander, hands, an OFF that is sent twice."""

from __future__ import annotations

from typing import Any

from sequencer import duty, guards, outage, planned, power_off, scope, watch
from sequencer import run as run_module
from sequencer.requests import Wish
from sequencer.run import Run
from sim.story import Asked
from teiden.story import Story
from tests.nights import TEN, night_site, nightly
from tests.planted.down import outage_story
from tests.planted.plant import Plant, all_of, allows, at_night, endless, instead, no_steps, story, twice
from tests.worlds import lost, out


def blink() -> Story:
    return story("The mains blink", out(0, 3), until_s=900.0)


def held_blade() -> Story:
    hold = Asked(-60, Wish.HOLD, ("blade1",), by="operator")
    return story("Somebody works at a blade when the mains fail", hold, lost(), until_s=900.0)


def blades_alone() -> Story:
    return story("Only the blades' UPS loses its mains", lost(of="ups5"), until_s=900.0)


def night_of_one() -> Story:
    site = night_site(nightly("07:00", servers=("blade1",)))
    return at_night("One blade of two has a schedule", zero=TEN, site=site, until_s=900.0)


# The mutants


def lasts_always(run: Any, ups: Any) -> Any:
    """The confirm time runs out whatever the mains do meanwhile."""
    first_seen_s = run.now
    yield from run.pause(ups.confirm_s)
    if run.commands:
        run.tell("outage.confirmed", ups.name, because="on battery", first_seen=round(first_seen_s, 3))
    return True


def any_is_enough(real: Any) -> Any:
    """A UPS goes off by plan when any of its servers is wanted down."""

    def mutant(run: Any) -> Any:
        known = real(run)
        upses = frozenset(u for name in known.servers for u in run.site.servers[name].upses)
        return known | scope.Scope(server_upses=upses)

    return mutant


def loads_in_scope(run: Any, ups: Any) -> Any:
    """Of its loads only those that are to stop are thought of."""
    loads = [s for s in run.site.servers_on(ups.name) if s.name in run.scope.servers]
    yield from run.until_all([s.name for s in loads], run.asked_to_stop)
    yield from power_off.arm(run, ups, power_off.Off.GRACEFUL, loads)


PLANTS = (
    Plant(
        "S9",
        "an-outage-that-was-none",
        "the confirm time runs on when the mains are back",
        instead(watch, "lasts", lasts_always),
        blink,
    ),
    Plant(
        "S13",
        "everybody-commands",
        "each node takes the command at once and never asks again who holds the cluster; the proof that the "
        "others are down, the second defence, is not asked for",
        all_of(
            instead(duty, "becomes_commander", no_steps),
            instead(duty, "loses_command", endless),
            instead(Run, "not_commander", allows),
            instead(run_module, "not_proven", allows),
        ),
        outage_story,
    ),
    Plant(
        "S15",
        "off-twice",
        "an OFF is sent twice; that it counts down already is not seen, by the page nor by its guard",
        all_of(
            instead(outage, "arm", twice(power_off.arm)),
            instead(power_off, "gone_or_going", lambda run, ups: False),
            instead(guards, "arm_off", allows),
        ),
        outage_story,
    ),
    Plant(
        "S24",
        "the-neighbour-is-not-thought-of",
        "a UPS goes off by plan when any of its servers is wanted down; its other loads, the second defence, "
        "are not asked",
        all_of(
            instead(planned, "planned_scope", any_is_enough(planned.planned_scope)),
            instead(planned, "switch_off", loads_in_scope),
        ),
        night_of_one,
    ),
    Plant(
        "S27",
        "hands-are-not-respected",
        "nobody asks whether a device is held",
        instead(Run, "in_other_hands", allows),
        held_blade,
    ),
    Plant(
        "S31",
        "everybody-fails",
        "any outage stops every server",
        instead(scope, "server_fails", lambda server, out: bool(out)),
        blades_alone,
    ),
)
