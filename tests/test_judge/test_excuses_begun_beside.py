"""Of what hangs on others too an outage counts when theirs does: only then is anybody left untold (X-04)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sequencer.timing import followed_s, late_looks_s
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.files.site_file import load_site
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from teiden.judge.its_turn import counts_s

LOST_S, OTHER_S, EMPTY_S = 100.0, 5000.0, 9000.0
SITE = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"


@pytest.fixture(scope="module")
def two_feeds() -> Site:
    return load_site(SITE).site


def fact(name: str, ups: str, t: float) -> Event:
    return Event(t, name, ups, "room", Source.FACT, {})


def counts(site: Site, ups: str, *events: Event) -> float:
    return counts_s(events, site, ups, LOST_S, EMPTY_S)


@pytest.mark.parametrize(
    ("ups", "other"), [("ups1", "ups2"), ("ups3", "ups4"), ("ups5", "ups6"), ("ups7", "ups8")]
)
def test_x_04_an_outage_counts_when_that_of_the_other_one_does_too(
    two_feeds: Site, ups: str, other: str
) -> None:
    own_s, confirm_s = LOST_S + two_feeds.upses[ups].confirm_s, two_feeds.upses[other].confirm_s
    assert counts(two_feeds, ups) == float("inf"), "the other one has carried them all"
    away = fact("ups.on_battery", other, OTHER_S)
    assert counts(two_feeds, ups, away) == OTHER_S + confirm_s
    assert counts(two_feeds, ups, away, fact("ups.on_line", other, OTHER_S + confirm_s)) == float("inf")
    assert counts(two_feeds, ups, away, fact("ups.on_line", other, OTHER_S + confirm_s + 1)) < EMPTY_S
    assert counts(two_feeds, ups, fact("ups.on_battery", other, LOST_S - 2000.0)) == own_s
    assert counts(two_feeds, ups, fact("ups.output_off", other, OTHER_S)) == OTHER_S
    off = fact("ups.output_off", other, LOST_S - 50.0)
    assert counts(two_feeds, ups, off) == own_s
    assert counts(two_feeds, ups, off, fact("ups.output_on", other, LOST_S)) == float("inf")


def test_a_node_that_hangs_on_no_ups_waits_for_none(site: Site) -> None:
    bare = {**site.servers, "control2": replace(site.servers["control2"], upses=())}
    assert counts(replace(site, servers=bare), "ups1") == LOST_S + site.upses["ups1"].confirm_s


def test_r9_30_that_of_servers_counts_with_the_outage_of_their_disk(two_feeds: Site) -> None:
    out = [fact("ups.on_battery", ups, LOST_S) for ups in ("ups5", "ups6")]
    assert counts(two_feeds, "ups7", *out) == LOST_S + two_feeds.upses["ups7"].confirm_s
    assert counts(two_feeds, "ups5", *(fact("ups.on_battery", u, LOST_S) for u in ("ups7", "ups8"))) > EMPTY_S


def test_s31_that_of_the_nodes_counts_with_the_outage_of_their_disk_and_the_other_way_round(
    two_feeds: Site,
) -> None:
    disk = [fact("ups.on_battery", ups, OTHER_S) for ups in ("ups3", "ups4")]
    nodes = [fact("ups.on_battery", ups, OTHER_S) for ups in ("ups1", "ups2")]
    assert counts(two_feeds, "ups1", *disk) == OTHER_S + two_feeds.upses["ups3"].confirm_s
    assert counts(two_feeds, "ups3", *nodes) == OTHER_S + two_feeds.upses["ups1"].confirm_s


def test_s18_p6_whose_battery_collapses_was_left_untold_only_since_the_other_feed_was_out(
    two_feeds: Site,
) -> None:
    """He was told in time, and with one feed out nobody had to tell him (two-feeds, seed 7100505)."""
    shutdown = Event(
        OTHER_S + 40.0, "command.sent", "rack1", "control1", Source.SEEN, {"command": "shutdown"}
    )
    late_s = OTHER_S + 60.0 + late_looks_s(two_feeds) + followed_s(two_feeds)
    late = Event(late_s + 1, "command.sent", "rack1", "control1", Source.SEEN, {"command": "shutdown"})
    change = FaultChange(0.0, named("battery_collapses"), "ups5")
    breach = Breach("S18", EMPTY_S, "ups5", "it was empty", ())
    for other_s, told, left in (
        (OTHER_S, shutdown, []),
        (OTHER_S, late, [breach]),
        (LOST_S, shutdown, [breach]),
        (EMPTY_S + 1, late, []),
    ):
        out = [fact("ups.on_battery", "ups5", LOST_S), fact("ups.on_battery", "ups6", other_s), told]
        run = sorted(out, key=lambda e: e.t)
        assert excused([breach], [change], two_feeds, run)[1] == left
