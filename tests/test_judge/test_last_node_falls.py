"""Which control node went down last by the fall of its UPS, and for what that fell (S18, L2, P10, P14)."""

from __future__ import annotations

import pytest

from sequencer.site import Site
from tests.test_judge.test_last_node import FELL, FIRST, tale


def test_what_gave_it_none_any_more_is_what_the_room_tells_of_its_last_fall(site: Site) -> None:
    """A fault that has been there all the while, or is over, has not emptied its battery."""
    trips, empty = (
        f"{t} room ups.output_off ups2 cause={why}" for t, why in ((50, "fault"), (200, "exhausted"))
    )

    def fell(falls: str, *lines: str) -> bool:
        events = sorted((FIRST, *lines, FELL), key=lambda line: float(line.split()[0]))
        return tale(site, *events).fell_by("ups2", 0.0, 300.0, falls=falls)

    assert fell("exhausted", trips, empty)
    assert not fell("fault", trips, empty)
    assert fell("", trips, empty)
    assert fell("fault", trips), "it hangs on two, and this one was gone before"
    assert fell("fault"), "nobody tells"
    assert fell("exhausted"), "nobody tells"
    assert fell("fault", trips, empty.replace("ups2", "ups1"))
    assert fell("fault", trips, empty.replace("room", "control1")), "what a node saw of it is no fact"
    assert fell("fault", trips, empty.replace("200", "201")), "later"
    assert fell("exhausted", trips, empty.replace("output_off", "low_battery")) is False


@pytest.mark.parametrize(("until_s", "counts"), [(200.0, True), (199.0, False)])
def test_nor_is_it_one_that_was_over_by_then(site: Site, until_s: float, counts: bool) -> None:
    last = tale(site, FIRST, FELL)
    assert last.fell_by("ups2", 0.0, 900.0, until_s=until_s) is counts
