"""After which delay a UPS goes off, as its card has told it or as the site file says (S29)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sequencer.ports import Off
from sequencer.power_off import delay_as_read_back
from sequencer.run import Run
from sequencer.site import Site, Ups
from sequencer.timing import delayed_off_s, graceful_off_s, immediate_off_s
from tests.hands import HandRoom, HandUps


@pytest.fixture
def room(site: Site) -> HandRoom:
    return HandRoom(site, "control1")


def words(room: HandRoom) -> list[str]:
    return [details["rule"] for details in room.told("alarm.raised", "ups5")]


@pytest.mark.parametrize(
    ("how", "reads_back"),
    [
        (Off.NOW, "immediate_off_s"),
        (Off.CONSERVE, "immediate_off_s"),
        (Off.DELAYED, "delayed_off_s"),
        (Off.GRACEFUL, "graceful_off_s"),
        (Off.UNTIL_MAINS, "graceful_off_s"),
        (Off.SLEEP, "graceful_off_s"),
    ],
)
def test_s29_each_way_to_go_off_has_its_own_delay_as_the_card_has_told_it(
    run: Run, room: HandRoom, ups5: HandUps, how: Off, reads_back: str
) -> None:
    planned_s = getattr(ups5.status, reads_back)
    ups5.show(**{reads_back: planned_s + 33.0})
    assert delay_as_read_back(run, room.site.upses["ups5"], how) == planned_s + 33.0
    assert words(room) == ["S29"]
    ups5.fall_silent()
    assert delay_as_read_back(run, room.site.upses["ups5"], how) == planned_s + 33.0, "its last word"
    assert words(room) == ["S29"]


@pytest.mark.parametrize(
    ("how", "planned_s"),
    [(Off.NOW, immediate_off_s), (Off.DELAYED, delayed_off_s), (Off.GRACEFUL, graceful_off_s)],
)
def test_s29_of_a_card_that_was_never_heard_the_site_file_tells_the_delay(
    run: Run, room: HandRoom, ups5: HandUps, how: Off, planned_s: Callable[[Ups], float]
) -> None:
    ups5.show(graceful_off_s=1.0, delayed_off_s=1.0, immediate_off_s=1.0)
    ups5.fall_silent()
    ups5.status = None
    assert delay_as_read_back(run, room.site.upses["ups5"], how) == planned_s(room.site.upses["ups5"])
    assert words(room) == []
