"""Playing ends, and says why, where a sequencer runs in circles: a mistake of ours must not hang a CI."""

from __future__ import annotations

from dataclasses import replace

import pytest
import simpy

from sequencer.ports import Steps
from sim.room import Room
from teiden.play import CIRCLES_S, most_events, run_until
from tests.worlds import reference_model, reference_site


def beats(every_s: float, *, polled_s: float = 2.0) -> Room:
    """Beside what the site does, a page that goes on this often."""
    site = reference_site()
    site = replace(site, polling=replace(site.polling, on_battery_s=polled_s))
    room = Room(site, reference_model(), horizon_s=3600.0)
    room.begin()
    room.env.process(beating(room.env, every_s))
    return room


def beating(env: simpy.Environment, every_s: float) -> Steps[None]:
    yield env.timeout(100.0)
    while True:
        yield env.timeout(every_s)


MOST = most_events(reference_site())
"""In half a minute."""


@pytest.mark.parametrize("every_s", [0.0, 0.9 * CIRCLES_S / MOST])
def test_a_page_that_goes_on_again_at_one_instant_or_hundreds_of_times_a_second_ends_the_run(
    every_s: float,
) -> None:
    with pytest.raises(AssertionError, match=r"events from .* to .* s: the sequencer runs in circles"):
        run_until(beats(every_s), 3600.0)


def test_one_that_is_only_busy_does_not() -> None:
    run_until(beats(1.2 * CIRCLES_S / MOST), 400.0)


def test_where_devices_are_looked_at_more_often_more_may_happen() -> None:
    run_until(beats(0.9 * CIRCLES_S / MOST, polled_s=0.5), 400.0)
