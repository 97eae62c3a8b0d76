"""Who stops when which UPSes have lost their mains: the reference site, and wirings it does not have."""

from __future__ import annotations

from itertools import accumulate, permutations

import pytest

from sequencer.scope import Scope, scope, widened
from sequencer.site import Array, ArrayRole, Server, ServerRole, Site, Ups
from tests.thinned import thinned
from tests.worlds import with_more, with_settings

ALL_LINKED = {"blade1", "blade2", "rack1", "rack2", "bladepool", "rackpool"}


def test_nothing_out_stops_nothing(site: Site) -> None:
    assert scope(site, set()) == Scope()


@pytest.mark.parametrize(
    ("out", "servers", "upses", "arrays", "control", "nodes"),
    [
        ({"ups1"}, set(), set(), set(), False, {"control1"}),
        ({"ups2"}, set(), set(), set(), False, {"control2"}),
        ({"ups3"}, set(), set(), set(), True, set()),
        ({"ups4"}, ALL_LINKED, {"ups5", "ups6"}, {"linkeddisk"}, False, set()),
        ({"ups5"}, {"blade1", "blade2", "bladepool"}, {"ups5"}, set(), False, set()),
        ({"ups6"}, {"rack1", "rack2", "rackpool"}, {"ups6"}, set(), False, set()),
        ({"ups5", "ups6"}, ALL_LINKED, {"ups5", "ups6"}, set(), False, set()),
        ({"ups1", "ups2"}, set(), set(), set(), True, set()),
    ],
    ids=lambda value: "+".join(sorted(value)) if isinstance(value, set) else None,
)
def test_r10_01_r9_20_r9_30_each_ups_stops_what_depends_on_it(
    site: Site,
    out: set[str],
    servers: set[str],
    upses: set[str],
    arrays: set[str],
    control: bool,
    nodes: set[str],
) -> None:
    assert scope(site, out) == Scope(
        frozenset(servers), frozenset(upses), frozenset(arrays), control, frozenset(nodes)
    )


def test_everything_out_stops_everything(site: Site) -> None:
    stops = scope(site, set(site.upses))
    assert stops.servers == ALL_LINKED
    assert stops.server_upses == {"ups5", "ups6"}
    assert stops.arrays == {"linkeddisk"}
    assert stops.control
    assert stops.nodes == set(), "the control side stops as a whole"


def test_r9_30_the_servers_of_a_linked_array_stop_with_it_though_their_own_ups_has_mains(site: Site) -> None:
    assert {"blade1", "rack2"} <= scope(site, {"ups4"}).servers


def test_s31_the_loss_of_one_servers_ups_leaves_the_array_and_the_others_alone(site: Site) -> None:
    stops = scope(site, {"ups5"})
    assert not stops.arrays
    assert "rack1" not in stops.servers


# Redundant supplies (X-04, P11)


@pytest.fixture
def redundant(site: Site) -> Site:
    """rack1 draws from ups5 and ups6 and needs one of them."""
    return with_settings(site, rack1__upses=("ups5", "ups6"))


def test_p11_a_server_with_one_supply_left_goes_on(redundant: Site) -> None:
    assert "rack1" not in scope(redundant, {"ups5"}).servers
    assert "rack1" not in scope(redundant, {"ups6"}).servers
    assert "rack1" in scope(redundant, {"ups5", "ups6"}).servers


def test_s1_a_ups_stays_on_for_the_server_that_still_needs_it(redundant: Site) -> None:
    assert scope(redundant, {"ups5"}).server_upses == set()
    assert scope(redundant, {"ups5", "ups6"}).server_upses == {"ups5", "ups6"}


def test_p11_a_server_that_needs_two_supplies_stops_with_the_first(redundant: Site) -> None:
    site = with_settings(redundant, rack1__minimum_supplies=2)
    assert "rack1" in scope(site, {"ups5"}).servers


def test_a_control_node_with_two_supplies_stays_up_with_one(site: Site) -> None:
    site = with_settings(site, control1__upses=("ups1", "ups2"))
    assert scope(site, {"ups1"}).nodes == set()
    stops = scope(site, {"ups1", "ups2"})
    assert stops.control
    assert stops.nodes == set()


# Arrays whose controllers and enclosures have UPSes of their own


@pytest.fixture
def split(site: Site) -> Site:
    """linkeddisk: controllers on ups4, enclosures on ups7 and ups8."""
    more = [Ups(f"ups{n}", n, "utility", 30.0) for n in (7, 8)]
    return with_more(
        site, *more, Array("linkeddisk", ArrayRole.LINKED, ("ups4",), enclosures=("ups7", "ups8"))
    )


def test_an_array_stops_when_its_controllers_or_its_last_enclosure_feed_are_out(split: Site) -> None:
    assert scope(split, {"ups4"}).arrays == {"linkeddisk"}
    assert scope(split, {"ups7"}).arrays == set()
    assert scope(split, {"ups7", "ups8"}).arrays == {"linkeddisk"}


def test_s4_its_upses_are_cut_controllers_first(split: Site) -> None:
    assert split.arrays["linkeddisk"].upses == ("ups4", "ups7", "ups8")


# Several arrays


@pytest.fixture
def two_arrays(site: Site) -> Site:
    """rack1 and rack2 use a second linked array on ups7."""
    site = with_settings(site, rack1__arrays=("second",), rack2__arrays=("second",))
    return with_more(
        site, Ups("ups7", 7, "utility", 30.0), Array("second", ArrayRole.LINKED, ("ups7",), ("ups7",))
    )


def test_s31_only_the_users_of_an_array_stop_with_it(two_arrays: Site) -> None:
    stops = scope(two_arrays, {"ups7"})
    assert stops.arrays == {"second"}
    assert stops.servers == {"rack1", "rack2", "rackpool"}
    assert stops.server_upses == {"ups6"}


def test_r6_03_a_server_without_an_array_stops_only_with_its_own_power(site: Site) -> None:
    alone = Server("alone", ServerRole.LINKED, ("ups7",))
    site = with_more(site, Ups("ups7", 7, "utility", 60.0), alone)
    assert "alone" not in scope(site, {"ups4"}).servers
    stops = scope(site, {"ups7"})
    assert stops.servers == {"alone"}
    assert stops.server_upses == {"ups7"}


def test_a_ups_with_pool_servers_only_goes_off_with_its_own_outage(site: Site) -> None:
    pool = Server("spare", ServerRole.POOL, ("ups7",))
    site = with_more(site, Ups("ups7", 7, "utility", 60.0), pool)
    assert "ups7" not in scope(site, {"ups4"}).server_upses
    assert scope(site, {"ups7"}).server_upses == {"ups7"}
    assert "spare" in scope(site, {"ups7"}).servers


@pytest.mark.parametrize("wired", thinned(["site", "redundant", "split", "two_arrays"]))
def test_confirmed_one_by_one_they_stop_the_same_as_at_once(
    wired: str, request: pytest.FixtureRequest
) -> None:
    wiring: Site = request.getfixturevalue(wired)
    for order in permutations(wiring.upses, min(5, len(wiring.upses))):
        step = Scope()
        for out in accumulate(({name} for name in order), set.union):
            step = widened(wiring, step, out, [order[len(out) - 1]])
            assert step == scope(wiring, out)
