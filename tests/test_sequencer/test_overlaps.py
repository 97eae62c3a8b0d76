"""Nights, outages, requests, crashes and clock steps on top of each other, at random (T7, X-01, X-11).

Whatever overlaps, nothing is cut under anybody and nothing is lost; and the next evening, before the
next night, everything is up again. Each history follows from its seed.
"""

from __future__ import annotations

import random

import pytest

from sequencer.requests import Wish
from sequencer.schedules import Schedule
from sim.faults.nodes import NODE_CRASHES
from sim.story import Asked, ClockStep, FaultChange, Happening
from tests.nights import night_site, tonight
from tests.safety import stranded, unsafe
from tests.thinned import thinned
from tests.worlds import LINKED, NODES, out

EVENING_S = 22.9 * 3600
PAIRS = (LINKED[:2], LINKED[2:], LINKED)


def clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def schedules(draw: random.Random) -> list[Schedule]:
    """One night for all or one for each UPS; sometimes the control side sleeps within it, or restarts."""
    off = 22 * 60 + draw.choice([0, 0, 5, 30])
    on = off + draw.choice([1, 5, 20, 40, 48, 60, 120, 400])
    if draw.random() < 0.6:
        found = [Schedule("all", LINKED, off=clock(off), on=clock(on))]
        last_off = off
    else:
        last_off = min(off + draw.choice([0, 10, 30, 60]), on - 1)
        found = [
            Schedule("blades", LINKED[:2], off=clock(off), on=clock(on)),
            Schedule("racks", LINKED[2:], off=clock(last_off), on=clock(on + draw.choice([0, 15, 60]))),
        ]
    if draw.random() < 0.4:
        begins = last_off + draw.choice([0, 2, 15, 30])
        ends = begins + draw.choice([1, 30, 120])
        if ends <= on or ends == begins + 1:
            found.append(Schedule("nodes", NODES, off=clock(begins), on=clock(ends)))
    return found


def happenings(draw: random.Random) -> list[Happening]:
    found: list[Happening] = []
    at_s = draw.uniform(-600, 3000)
    for _ in range(draw.choice([0, 1, 1, 2])):
        for_s = draw.choice([draw.uniform(5, 100), draw.uniform(100, 2000), draw.uniform(2000, 6000)])
        of = draw.choice(["utility", "utility", "ups1", "ups3", "ups4", "ups5"])
        found += out(at_s, at_s + for_s, of)
        at_s += for_s + draw.uniform(10, 9000)
    if draw.random() < 0.25:
        step_s = draw.choice([-400, -20, 20, 400])
        found.append(ClockStep(draw.uniform(-300, 4000), draw.choice(NODES), step_s))
    if draw.random() < 0.2:
        found.append(FaultChange(draw.uniform(-300, 5000), NODE_CRASHES, draw.choice(NODES)))
    if draw.random() < 0.25:
        who, at_s = draw.choice(PAIRS), draw.uniform(-300, 5000)
        found += [Asked(at_s, Wish.POWER_OFF, who), Asked(at_s + draw.uniform(5, 4000), Wish.POWER_ON, who)]
        found.append(Asked(20 * 3600, Wish.POWER_ON, who))  # nobody may have heard the first one
    return found


def ridden_out(seed: int) -> None:
    draw = random.Random(seed)
    site = night_site(*schedules(draw))
    story = happenings(draw)
    tale = tonight(story, site=site, until_s=EVENING_S, seed=seed)
    # A node that crashed stays down with its power on where no incident is open: nobody's business.
    crashed = {h.subject for h in story if isinstance(h, FaultChange)}
    wrong = unsafe(tale) + [left for left in stranded(tale) if left.split()[0] not in crashed]
    wrong += [f"{e.subject} lost data at {e.t:.0f} s" for e in tale.all("array.lost_data *", whole=True)]
    wrong += [
        f"{e.subject} crashed at {e.t:.0f} s"
        for e in tale.all("server.crashed *", whole=True)
        if e.details.get("cause") != "fault"
    ]
    assert not wrong, f"seed {seed}: {wrong}\n{site.schedules}\n{story}"


@pytest.mark.parametrize("seed", thinned(range(120), 6))
def test_t7_x_11_whatever_overlaps_everybody_is_up_in_the_evening(seed: int) -> None:
    ridden_out(seed)


@pytest.mark.parametrize("seed", [364, 663, 668, 706, 722, 1020, 1288, 2197, 3016, 3026, 4111, 4458, 4877])
def test_t7_overlaps_that_once_went_wrong(seed: int) -> None:
    """Found by such histories while this was built; the drawing has changed a little since."""
    ridden_out(seed)


@pytest.mark.long
@pytest.mark.parametrize("hundred", range(1, 31))
def test_t7_x_11_three_thousand_such_histories(hundred: int) -> None:
    for seed in range(100 * hundred + 20, 100 * hundred + 120):
        ridden_out(seed)
