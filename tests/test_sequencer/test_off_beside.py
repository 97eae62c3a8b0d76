"""What hangs on two UPSes is brought down by the outage of one, when the other is off (X-04, P11)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sequencer.requests import Wish
from sim.story import Asked, Happening
from teiden.files.site_file import SiteFile
from tests.excused import holds, unexcused
from tests.tale import Tale
from tests.worlds import fault, out, play

EMPTY_S = 3600.0
"""So long the batteries of `two-feeds` last."""


def played(file: SiteFile, *happenings: Happening | Iterable[Happening], until_s: float) -> Tale:
    return play(*happenings, site=file.site, model=file.model, until_s=until_s)


def test_x_04_s18_l2_while_one_feed_recharges_from_empty_the_outage_of_the_other_brings_everything_down(
    two_feeds: SiteFile,
) -> None:
    """Their mains are there, and for three quarters of an hour they give nobody anything."""
    tale = played(two_feeds, out(0, 7000, "bfeed"), out(7100, 12000, "afeed"), until_s=16000)
    holds(tale)
    tale.before("mains.lost afeed", "command.sent rack1 command=shutdown", "array.flushed linkeddisk")
    tale.before("array.flushed linkeddisk", "command.sent ups5 command=off", "cluster.stopped ssccluster")
    tale.never("server.crashed *", "array.lost_data *", "ups.exhausted ups5")
    tale.before("ups.output_off ups1", "ups.output_on ups2", "server.up control1")


def test_p13_l2_one_that_fails_while_the_other_is_on_its_battery_takes_what_hangs_on_both(
    two_feeds: SiteFile,
) -> None:
    tale = played(two_feeds, out(0, 5000, "afeed"), fault("ups_fails", "ups6", 300), until_s=2000)
    assert 300 < tale.at("command.sent rack1 command=shutdown") < 310
    tale.before("array.flushed linkeddisk", "ups.output_off ups5")
    tale.never("cluster.stopping *", "array.lost_data *")


def test_s9_s31_p13_what_hangs_on_one_that_has_its_mains_again_is_left_on_it_though_the_other_fails(
    two_feeds: SiteFile,
) -> None:
    """The outage of its own UPS counts yet, for another one goes on; and once more when its mains go again
    (two-feeds, 331020)."""
    mains = out(0, 5000, "ups8"), out(0, 60, "ups5"), out(300, 5000, "ups5")
    tale = played(two_feeds, *mains, fault("ups_fails", "ups6", 100), until_s=1500)
    holds(tale)
    assert 330 < tale.at("command.sent rack1 command=shutdown") < 340
    tale.before("array.flushed linkeddisk", "command.sent ups5 command=off")


def test_u1_s11_a_node_that_has_just_booted_waits_for_a_card_as_long_as_that_may_reboot(
    two_feeds: SiteFile,
) -> None:
    """Silent still after that it may be off, and nobody relies on it."""
    dead = fault("card_silent", "ups6", -600)
    tale = played(two_feeds, dead, out(-520, 600, "afeed"), until_s=900)
    (stop,) = tale.all("command.sent rack1 command=shutdown", whole=True)
    assert 120 <= stop.t <= 130


@pytest.mark.parametrize(
    ("name", "amount"),
    [("card_silent", 0.0), ("authentication_fails", 3600.0), ("card_silent_on_battery", 0.0)],
)
def test_u1_u16_u17_s31_that_a_card_which_nobody_hears_counts_as_off_is_the_fault_of_what_silences_it(
    two_feeds: SiteFile, name: str, amount: float
) -> None:
    dead, its_own = fault(name, "ups6", -600, amount=amount), out(-600, 900, "ups6")
    tale = played(two_feeds, dead, its_own, out(-520, 600, "afeed"), until_s=900)
    assert any(wrong.startswith("S31 ") for wrong in unexcused(tale, ()))
    holds(tale, name)


@pytest.mark.parametrize(("ups", "heard_s"), [("ups2", 2000.0), ("ups4", 500.0)])
def test_x_04_s31_l3_a_card_that_is_heard_at_last_calls_off_the_stop_of_nodes_that_live_on_it(
    two_feeds: SiteFile, ups: str, heard_s: float
) -> None:
    """While they wait for it, or while their cluster stops: that runs again long before the mains do."""
    silent = fault("card_silent", ups, -600, heard_s)
    tale = played(two_feeds, silent, out(-520, 3000, "afeed"), until_s=5000)
    holds(tale, "card_silent")
    tale.never("command.sent control* command=shutdown")
    tale.before("cluster.stopping ssccluster", f"card.answering {ups}", "cluster.running ssccluster")
    assert tale.at("cluster.running ssccluster") < 3000


def test_x_04_s31_nor_does_their_cluster_stop_when_it_is_heard_while_that_waits_for_the_linked_side(
    two_feeds: SiteFile,
) -> None:
    silent = [
        fault("card_silent", ups, -600, 450.0 if ups == "ups4" else None) for ups in ("ups4", "ups6", "ups8")
    ]
    mains = [out(-520, 3000, ups) for ups in ("ups1", "ups3")] + [
        out(-200, 3000, ups) for ups in ("ups5", "ups7")
    ]
    tale = played(two_feeds, *silent, *mains, until_s=2500)
    tale.before("outage.confirmed ups3", "card.answering ups4", "command.sent ups6 command=off")
    tale.never("command.sent ssccluster *", "command.sent control* *", "command.sent ups3 *")


def test_r2_08_but_nodes_that_somebody_wants_down_go_when_it_is_heard(two_feeds: SiteFile) -> None:
    wish = Asked(500.0, Wish.POWER_OFF, ("control1", "control2"), "operator")
    silent = fault("card_silent", "ups2", -600, 2000)
    tale = played(two_feeds, silent, out(-520, 3000, "afeed"), wish, until_s=2900)
    tale.before("card.answering ups2", "server.halted control1", "ups.output_off ups2")


def test_s3_who_came_back_with_the_power_of_his_disks_is_looked_for_before_they_are_flushed(
    two_feeds: SiteFile,
) -> None:
    tale = played(two_feeds, out(0, 4000, "afeed"), out(3950, 7500, "bfeed"), until_s=7500)
    holds(tale)
    tale.before("array.flushed linkeddisk", "ups.output_off ups6", "ups.output_on ups5")


def test_x_04_l10_nodes_that_came_back_with_their_other_feed_stay_up_while_only_what_stops_nobody_is_out(
    two_feeds: SiteFile,
) -> None:
    """The control disk is off; ups6 and ups8 live on their batteries, and all on them has another feed."""
    tale = played(two_feeds, out(0, 8000, "ups3"), out(10, 10000, "bfeed"), until_s=6000)
    holds(tale)
    assert len(tale.all("command.sent control1 command=shutdown", whole=True)) == 1
    tale.before("ups.output_off ups1", "server.up control1", "ups.exhausted ups6")
    tale.never("command.sent rack1 command=shutdown")


@pytest.mark.parametrize("seed", [1, 4], ids=["the outage is widened", "a new one begins"])
def test_s31_x_04_one_that_came_on_since_it_was_polled_last_carries_them_on(
    two_feeds: SiteFile, seed: int
) -> None:
    """ups5 had tripped, and comes back a moment before the outage of ups6 counts (two-feeds, 64041)."""
    trips = fault("ups_bypassed", "ups5", -600.0, 88.5)
    others = out(0, 998.4, "afeed"), out(1026.7, 1100, "bfeed")
    tale = play(trips, *others, site=two_feeds.site, model=two_feeds.model, until_s=1090, seed=seed)
    holds(tale, "ups_bypassed")
    tale.before("ups.output_on ups5", "journal.committed ups6 kind=confirmed")
    tale.never("command.sent rack1", "command.sent rack2")
