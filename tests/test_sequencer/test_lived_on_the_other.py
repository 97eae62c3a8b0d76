"""Who has answered since a UPS fell may have lived on another one, that has gone off later (X-04)."""

from __future__ import annotations

import pytest

from sequencer.journal import Armed, Goal, Kind, Row
from sequencer.proof import seen_off
from sequencer.requests import Wish
from sequencer.slept import Before, was_to_return
from sim.story import Asked, Booted, Managed, Manager
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


@pytest.mark.parametrize(("told", "returns"), [(1, False), (2, True)])
def test_t7_s28_x_04_an_off_that_had_fallen_took_him_down_only_with_all_his_power(
    two_feeds: SiteFile, told: int, returns: bool
) -> None:
    """Of a word that he hears only at his boot; else he lived on his other UPS when it was told."""
    room = HandRoom(two_feeds.site)
    wanted_s = room.run.wall_s() + 1500.0
    details = {"servers": ["control1"], "goal": Goal.DOWN.value, "wall_s": wanted_s}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control2/0", 0.0, details))
    off = Armed(0.0, 420.0, returns=True, wall_s=wanted_s - 1000.0)
    assert was_to_return(room.run, Before(returns=(off,) * told)) is returns


def test_s28_t7_x_04_a_word_that_found_a_node_down_is_not_ended_by_its_boot_though_no_off_was_sent(
    two_feeds: SiteFile,
) -> None:
    """control1 is held: the OFFs of its UPSes, which are those of control2 too, are written down and wait for
    that. They seemed to have fallen before the word was told (two-feeds, crowded seed 9201401)."""
    tale = play(
        Asked(0.0, Wish.HOLD, ("control1",)),
        out(0, 1800, "afeed"),
        out(0, 7200, "bfeed"),
        Asked(1800.0, Wish.POWER_OFF),
        Booted(2400.0, "control2"),
        site=two_feeds.site,
        model=two_feeds.model,
        until_s=2880,
    )
    tale.before("server.halted control2", "request.accepted twofeeds wish=power_off", "server.up control2")
    assert [t for t in tale.times("command.sent control2 command=wake") if t > 1800] == []
