"""Whom a fault reaches: by power, by disks, by who waits for whom; not one more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.site import Site, Switch
from sim.faults.fault import Reach
from teiden.files.site_file import load_site
from teiden.judge.reach import covers, depending, loads, outage, reached, undeclared, unit, using, waiting
from teiden.proof.stories import SCENARIOS

LINKED = {"blade1", "blade2", "rack1", "rack2", "bladepool", "rackpool", "linkeddisk"}


@pytest.fixture(scope="module")
def two_feeds() -> Site:
    return load_site(SCENARIOS / "sites" / "two-feeds.yaml").site


def test_the_loads_of_a_ups_are_what_draws_from_it_the_arrays_on_it_and_their_users(site: Site) -> None:
    assert loads("ups5", site) == {"ups5", "blade1", "blade2", "bladepool"}
    assert loads("ups4", site) == {"ups4", "linkeddisk", "blade1", "blade2", "rack1", "rack2"}
    assert loads("ups1", site) == {"ups1", "control1", "lan1"}
    assert loads("ups3", site) == {"ups3", "controldisk", "control1", "control2", "ssccluster"}


def test_the_loads_of_an_array_are_its_users(site: Site) -> None:
    assert loads("linkeddisk", site) == {"linkeddisk", "blade1", "blade2", "rack1", "rack2"}


@pytest.mark.parametrize("name", ["blade1", "control1", "lan1", "ssccluster"])
def test_what_feeds_nobody_has_no_loads_but_itself(site: Site, name: str) -> None:
    assert loads(name, site) == {name}


def test_the_loads_of_a_feed_are_those_of_its_upses(site: Site) -> None:
    apart = replace(
        site,
        feeds=("utility", "other", "spare"),
        upses={**site.upses, "ups5": replace(site.upses["ups5"], feed="other")},
    )

    assert loads("other", apart) == {"other", "ups5", "blade1", "blade2", "bladepool"}
    assert "rack1" in loads("utility", apart)
    assert "bladepool" not in loads("utility", apart)
    assert loads("spare", apart) == {"spare"}


def test_the_device_itself_is_nobody_else(site: Site) -> None:
    assert covers(Reach.SUBJECT, "ups5", "ups5", site)
    assert not covers(Reach.SUBJECT, "ups5", "blade1", site)


def test_s31_all_of_the_control_side_goes_with_a_control_disk_and_nobody_with_another_ups(
    site: Site, two_feeds: Site
) -> None:
    """Of two feeds of it one was never heard, and the other was out (two-feeds, 65065)."""
    side = {"ups1", "ups2", "ups3", "ups4", "controldisk", "control1", "control2", "ssccluster"}
    assert reached(Reach.CONTROL, "ups3", two_feeds) == side
    assert reached(Reach.CONTROL, "ups3", site) == side - {"ups4"}
    assert [reached(Reach.CONTROL, ups, site) for ups in ("ups1", "ups4")] == [{"ups1"}, {"ups4"}]


# Who cannot come up without it


def test_a_server_takes_nobody_with_it_but_the_incident_that_waits_for_it(site: Site) -> None:
    assert depending(["rack1"], site) == {"rack1", site.name}


def test_the_ups_of_servers_takes_those_that_it_feeds(site: Site) -> None:
    assert depending(["ups6"], site) == {"ups6", "rack1", "rack2", "rackpool", site.name}


def test_one_node_does_not_take_the_cluster_with_it_and_both_take_everybody(site: Site) -> None:
    assert depending(["ups1"], site) == {"ups1", "control1", site.name}
    everybody = {*site.servers, *site.arrays, site.cluster.name}
    assert everybody <= depending(["ups1", "ups2"], site)


def test_a_control_disk_takes_the_cluster_and_who_waits_for_it_but_not_the_nodes(site: Site) -> None:
    out = depending(["ups3"], site)
    assert {"controldisk", site.cluster.name} | LINKED <= out
    assert not out & {"control1", "control2"}


def test_a_linked_disk_takes_its_users_and_not_the_control_side(site: Site) -> None:
    assert depending(["ups4"], site) >= {
        "ups4",
        "linkeddisk",
        "blade1",
        "blade2",
        "rack1",
        "rack2",
        site.name,
    }


def test_s8_a_servers_ups_waits_for_the_disks_of_all_on_it(site: Site) -> None:
    alone = replace(site.arrays["linkeddisk"], name="alone", controllers=("ups3",), enclosures=("ups3",))
    servers = {**site.servers, "rack1": replace(site.servers["rack1"], arrays=("alone",))}
    two = replace(site, arrays={**site.arrays, "alone": alone}, servers=servers)
    assert depending(["alone"], two) == {"alone", "ups6", "rack1", "rack2", "rackpool", site.name}


@pytest.mark.parametrize("ups", ["ups1", "ups3", "ups5", "ups7"])
def test_x_04_where_another_feed_is_left_one_ups_takes_nobody(two_feeds: Site, ups: str) -> None:
    assert depending([ups], two_feeds) == {ups, two_feeds.name}


def test_a_feed_takes_what_has_no_other(site: Site, two_feeds: Site) -> None:
    assert {*site.servers, *site.arrays} <= depending(["utility"], site)
    assert not depending(["afeed"], two_feeds) & {*two_feeds.servers, *two_feeds.arrays}


def test_r9_26_an_array_waits_for_one_of_a_lower_rank(site: Site) -> None:
    upses = {**site.upses, "ups5": replace(site.upses["ups5"], warm_up_rank=2)}
    second = replace(site.arrays["linkeddisk"], name="second", controllers=("ups5",), enclosures=("ups5",))
    ranked = replace(site, upses=upses, arrays={**site.arrays, "second": second})
    assert "second" in depending(["linkeddisk"], ranked)
    assert "linkeddisk" not in depending(["second"], ranked)


def test_the_last_lan_switch_takes_everybody_and_one_of_two_only_itself(site: Site) -> None:
    two = replace(site, switches={**site.switches, "lan2": Switch("lan2", ("ups6",))})
    assert {*site.servers, *site.arrays} <= depending(["lan1"], site)
    assert depending(["lan1"], two) == {"lan1", site.name}
    assert covers(Reach.LAN, "lan1", "rack1", site)
    assert not covers(Reach.LAN, "lan1", "rack1", two)


def test_nodes_that_keep_their_power_take_everybody_only_together(site: Site, two_feeds: Site) -> None:
    assert reached(Reach.KEPT_ON, "ups1", site) == {"control1", site.name}
    assert {*two_feeds.servers, two_feeds.cluster.name} <= (
        reached(Reach.KEPT_ON, "ups1", two_feeds) or set()
    )
    assert reached(Reach.KEPT_ON, "ups5", site) == set()


# Who goes with it, or waits


def test_the_unit_of_a_ups_are_the_others_that_feed_what_it_feeds(site: Site, two_feeds: Site) -> None:
    assert unit("ups5", site) == {"ups5"}
    assert unit("ups5", two_feeds) == {"ups5", "ups6"}


def test_l2_the_unit_of_a_ups_are_its_control_disks_which_are_not_flushed_and_no_linked_ones(
    site: Site,
) -> None:
    assert unit("ups3", site) == {"ups3", "controldisk"}
    assert unit("ups4", site) == {"ups4"}


def test_adr_0019_the_unit_of_what_feeds_every_node_is_the_control_side(site: Site, two_feeds: Site) -> None:
    assert unit("ups1", site) == {"ups1", "control1"}
    assert {"ups2", "ups3", "ups4", "control1", "control2", "controldisk"} <= unit("ups1", two_feeds)


def test_for_a_server_wait_its_ups_its_disks_and_their_upses(site: Site) -> None:
    assert waiting("rack1", site) == {"rack1", "rack2", "rackpool", "ups6", "linkeddisk", "ups4"}
    assert waiting("ups4", site) == {"ups4", "linkeddisk"}
    assert waiting("control1", site) == {
        "control1",
        "control2",
        "ssccluster",
        "controldisk",
        "ups1",
        "ups2",
        "ups3",
    }


def test_who_runs_on_keeps_his_disks_from_their_flush_and_nobody_else(site: Site) -> None:
    assert using("rack1", site) == {"rack1", "linkeddisk"}
    assert using("ups6", site) == {"ups6"}, "who is on it halts, and their disks are flushed"
    assert using("rackpool", site) == {"rackpool"}, "nobody waits for its UPS, which stays on"
    assert using("ups4", site) == {"ups4"}
    assert using("linkeddisk", site) == {"linkeddisk"}
    assert using("control1", site) == using("ups3", site) == waiting("control1", site)


def test_h10_what_the_site_file_does_not_give_a_server_are_the_other_linked_arrays(site: Site) -> None:
    assert undeclared("control2", site) == undeclared("rackpool", site) == {"linkeddisk"}
    assert undeclared("rack1", site) == frozenset()


def test_an_outage_of_a_linked_disks_ups_stops_its_users_and_not_the_control_side(site: Site) -> None:
    stopped = outage("ups4", site)
    assert {"ups4", "linkeddisk", "blade1", "ups5"} <= stopped
    assert not stopped & {"control1", "controldisk"}
    assert {"control1", "controldisk", "ups3"} <= outage("ups3", site)


def test_r10_19_whoever_needs_a_ups_with_its_array_waits_for_that_on_either_feed(two_feeds: Site) -> None:
    needing = reached(Reach.NEEDING, "ups5", two_feeds) or frozenset()
    assert {"ups5", "linkeddisk", "rack1", "rack2"} <= needing
    assert not needing & {"control1", "controldisk", "ups6"}
    assert reached(Reach.NEEDING, "ups7", two_feeds) == {"ups7", two_feeds.name}


def test_what_can_only_be_woken_is_every_server_and_nothing_else(site: Site) -> None:
    assert reached(Reach.SYSTEMS, "network", site) == {*site.servers}
    assert reached(Reach.CLUSTER, "control1", site) == {"ssccluster"}
