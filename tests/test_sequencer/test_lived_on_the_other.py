"""Who has answered since a UPS fell may have lived on another one, that has gone off later (X-04)."""

from __future__ import annotations

import pytest

from sequencer.proof import seen_off
from sim.story import Managed, Manager
from teiden.files.site_file import SiteFile
from tests.hands import HandRoom
from tests.worlds import out, play


@pytest.mark.parametrize(("fell_s", "is_off"), [(20.0, False), (40.0, True), (None, False)])
def test_l2_x_04_it_is_off_where_the_other_one_gave_power_when_he_answered(
    two_feeds: SiteFile, fell_s: float | None, is_off: bool
) -> None:
    """`fell_s`: when the other one was seen to go off, if this life has seen it."""
    room = HandRoom(two_feeds.site)
    room.upses["ups5"].show(output_on=False)
    room.until(10)
    room.upses["ups5"].fall_silent()
    room.until(30)
    room.arrays["linkeddisk"].show()
    room.arrays["linkeddisk"].fall_silent()
    room.until(50)
    room.upses["ups6"].show(output_on=False)
    if fell_s is not None:
        room.run.ports.offs_s["ups6"] = fell_s
    assert seen_off(room.run, room.site.upses["ups5"], []) is is_off


def test_l2_s18_x_04_nobody_waits_for_a_disk_that_was_cut_by_its_second_ups_as_the_first_had_ended(
    two_feeds: SiteFile,
) -> None:
    """They took its first UPS for on, and waited for the flush until the battery of their own disk was empty
    (two-feeds, crowded seed 65046)."""
    tale = play(
        out(0, 7670, "afeed"),
        out(2741, 3826, "bfeed"),
        Managed(2984.0, Manager.REBOOT, "ssccluster"),
        out(7680, 20630, "afeed"),
        out(9000, 15815, "ups4"),
        site=two_feeds.site,
        model=two_feeds.model,
        until_s=10860,
    )
    tale.never("array.lost_data controldisk", "ups.exhausted ups4")
    tale.before("server.halted control1", "ups.output_off ups4")
