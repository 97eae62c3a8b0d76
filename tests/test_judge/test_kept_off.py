"""Of two feeds one that a fault keeps off carries nobody: whoever is to return waits for the other (X-04)."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from sequencer.site import Site
from sim.story import FaultChange, Happening
from teiden.files.site_file import load_site
from teiden.judge.history import History
from teiden.judge.kept_off import KeptOff, OnWhatIsLeft
from teiden.judge.last_node import LastNode
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.owed import still_owed
from teiden.judge.said import Said
from teiden.judge.struck import struck
from tests.excused import holds
from tests.worlds import Tale, fault, out, play, with_settings

TWO_FEEDS = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(TWO_FEEDS).site


@pytest.fixture(scope="module")
def alone(site: Site) -> Site:
    """control2 lives on afeed, and stays."""
    return with_settings(site, control2__upses=("ups7",))


@pytest.fixture(scope="module")
def repaired(alone: Site) -> Tale:
    """ups1 is, while bfeed is away."""
    return play(fault("ups_fails", "ups1", -500.0, 5000.0), out(0, 9000, "bfeed"), site=alone, until_s=9500)


@pytest.fixture(scope="module")
def tale(site: Site) -> Tale:
    """ups1 is dead, and bfeed is away: the nodes go with ups2, and are back with it."""
    return play(fault("ups_fails", "ups1", -500.0), out(0, 6000, "bfeed"), site=site, until_s=8000)


def late(tale: Tale, site: Site, *faults: Happening) -> set[str]:
    """Who is owed still, had these been the faults."""
    return {breach.subject for breach in still_owed(tale.events, site, faults) if breach.id == "L3"}


NODES = {"control1", "control2"}


def test_p13_l3_nodes_wait_for_the_other_feed_where_a_ups_is_dead_that_has_its_mains(tale: Tale) -> None:
    holds(tale, "ups_fails")


@pytest.mark.parametrize(
    ("what", "ups", "from_s", "to_s", "owed"),
    [
        ("ups_fails", "ups1", 100.0, None, set()),
        ("ups_fails", "ups3", 100.0, None, NODES),
        ("ups_fails", "ups1", 100.0, 3000.0, set()),
        ("ups_fails", "ups1", 2000.0, None, set()),
        ("ups_fails", "ups1", 4000.0, None, NODES),
        ("low_flag_missing", "ups1", 100.0, None, NODES),
        ("inrush_trips", "ups1", 100.0, None, set()),
        ("inrush_trips", "ups5", 100.0, None, NODES),
        ("card_silent", "ups1", 100.0, None, NODES),
    ],
)
def test_l3_for_as_long_as_it_is_kept_off_and_struck_before_their_time_was_over(
    tale: Tale, site: Site, what: str, ups: str, from_s: float, to_s: float | None, owed: set[str]
) -> None:
    assert late(tale, site, *fault(what, ups, from_s, to_s)) == owed


def test_p13_l3_a_node_that_goes_alone_is_owed_its_return_once_that_is_repaired(repaired: Tale) -> None:
    holds(repaired, "ups_fails")
    repaired.before("server.halted control1", "server.up control1", "mains.restored bfeed")


@pytest.mark.parametrize(("to_s", "owed"), [(5600.0, set()), (5000.0, set()), (4500.0, {"control1"})])
def test_l3_and_has_its_whole_time_from_then_on(
    repaired: Tale, alone: Site, to_s: float, owed: set[str]
) -> None:
    assert late(repaired, alone, *fault("ups_fails", "ups1", 100.0, to_s)) == owed


def test_l3_s7_an_array_waits_for_all_its_upses_as_the_fault_itself_says(
    site: Site,
) -> None:
    """Nobody can do without one: no other stands in for it (R10-19)."""
    room = Room(site, History(()))
    fails = fault("ups_fails", "ups3", 100.0)
    last, said = LastNode((), site, ()), Said((), site)
    judge = OnWhatIsLeft(room)
    judge.kept_off = KeptOff("L3", tuple(struck(fails, site)), site, last, said)
    judge._judged_s = (500.0, 500.0)
    assert judge._carries_since_s("ups3", shared=True) == inf
    assert judge._carries_since_s("ups3", shared=False) == ALWAYS
    assert judge._fed_since(("ups3", "ups4"), 2) == ALWAYS
    assert judge._fed_since(("ups4", "ups3"), 1) == ALWAYS


def test_l3_only_by_what_excuses_that_rule_and_had_struck_by_then(site: Site) -> None:
    (change, *_) = fault("ups_fails", "ups1", 100.0)
    assert isinstance(change, FaultChange)
    others = tuple(excuse for excuse in change.fault.excuses if excuse.rule != "L3")
    other = replace(change, fault=replace(change.fault, excuses=others))

    def over_s(what: FaultChange, by_s: float) -> float:
        last, said = LastNode((), site, ()), Said((), site)
        return KeptOff("L3", tuple(struck([what], site)), site, last, said).over_s("ups1", 500.0, by_s)

    assert over_s(change, 100.0) == inf
    assert over_s(change, 99.0) == ALWAYS
    assert over_s(other, 100.0) == ALWAYS
