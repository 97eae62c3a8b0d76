"""Random histories of sites that are not the reference: two feeds, many arrays, several disks.

What waits for a UPS that stays on for somebody else, or lives on two feeds, is not in the reference site; an
exception there would be found by nothing else.
"""

from __future__ import annotations

from functools import cache

import pytest

from sequencer import floors
from teiden.explore.drawing import drawn
from teiden.explore.ground import Ground, ground
from teiden.explore.trial import RAISED, Failure, tried
from teiden.files.site_file import load_site
from tests.sweep_works import SITE

SITES = SITE.parent
HOLD = {
    "two-feeds": range(60),
    "ten-arrays": range(30),
    "five-control-disks": range(20),
    "two-arrays": range(20),
    "ver1": range(20),
    "separate-enclosures": range(20),
    "hall": range(1, 13),
}
"""Seeds that are played of each site, and hold."""


@cache
def site(name: str) -> Ground:
    return ground(load_site(SITES / f"{name}.yaml"))


def failures(name: str, seed: int) -> list[Failure]:
    return list(tried(drawn(seed, site(name)), site(name)).failures)


ONCE_BROKEN = [
    ("two-feeds", 7082, "L2: a disk whose only UPS that was on had a dead card, and lost its mains"),
    (
        "ten-arrays",
        9030,
        "S18: a flush that took all its limit was begun so late that no time was left for the cut",
    ),
    ("separate-enclosures", 5121, "S4: its controllers had gone with the UPS that they hang on by mistake"),
]
"""Site, seed, and what went wrong there."""


@pytest.mark.parametrize(("name", "seed", "why"), ONCE_BROKEN)
def test_histories_of_other_sites_that_once_broke_a_rule(name: str, seed: int, why: str) -> None:
    assert failures(name, seed) == [], why


@pytest.mark.long
@pytest.mark.parametrize("name", HOLD)
def test_random_histories_of_the_other_sites_hold(name: str) -> None:
    broken = {seed: found for seed in HOLD[name] if (found := failures(name, seed))}
    assert broken == {}


@pytest.mark.long
def test_an_exception_where_a_ups_stays_on_for_somebody_else_is_found_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was there: who waits for a server asks who holds it, as if it were a UPS or an array (S5, S27)."""

    def raises(*_: object) -> bool:
        raise KeyError("rack1")

    monkeypatch.setattr(floors, "is_in_other_hands", raises)
    assert RAISED in {f.rule for seed in HOLD["two-feeds"] for f in failures("two-feeds", seed)}
