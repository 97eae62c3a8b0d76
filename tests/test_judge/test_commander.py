"""One commander: S13."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any


def test_S13_a_command_of_the_other_node_is_reported(outage: Any) -> None:
    telling = outage.changed("command.sent linkeddisk", "control1", "control2")

    assert telling.broken == ["S13", "S14"]
    assert telling.breach("S13") == (
        "control2 commanded flush of linkeddisk at 454 s, but control1 held the lease"
    )


def test_S13_a_command_before_anybody_took_the_lease_is_reported(outage: Any) -> None:
    telling = outage.without("-590 control1 lease.taken")

    assert telling.broken == ["S13", "S14", "L5"]
    assert "but nobody held the lease" in telling.breach("S13")


def test_S13_a_commander_that_lost_the_lease_commands_nobody(outage: Any) -> None:
    assert outage.plus("400 control1 lease.lost reference").broken == ["S13", "S14", "L5"]


def test_S13_the_lease_that_another_lost_is_not_the_holders(outage: Any) -> None:
    assert outage.plus("400 control2 lease.lost reference").broken == []


def test_S13_after_its_boot_a_node_takes_the_lease_again(outage: Any) -> None:
    assert outage.without("7990 control1 lease.taken").broken == ["S13", "S14", "L5"]


def test_S13_who_never_let_go_commands_on_when_who_took_it_after_him_is_down(outage: Any) -> None:
    between = outage.plus(
        "900 control2 lease.taken reference", "902 room server.crashed control2 cause=fault"
    )

    assert between.result("S13").ok
    assert between.without("902 room server.crashed").result("S13").breaches, "both of them"
    assert between.plus("901 control1 lease.lost reference").result("S13").breaches
    assert between.plus("901 room service.died control1").result("S13").breaches


def test_S13_c7_the_clusters_word_counts_again_for_whoever_never_let_go(outage: Any) -> None:
    """Who took the lease beside him, while no cluster ran, hangs, and says nothing any more."""
    beside = outage.plus("900 control2 lease.taken reference")
    assert beside.result("S13").breaches
    again = beside.plus("901 room cluster.running ssccluster holder=control1")
    assert again.result("S13").ok
    assert beside.plus("901 room cluster.running ssccluster holder=control2").result("S13").breaches
    let_go = again.plus("900.5 control1 lease.lost reference")
    assert let_go.result("S13").breaches, "he is to take it first"


def test_S13_a_node_may_always_stop_itself(outage: Any) -> None:
    telling = outage.plus("1024 control2 command.sent control2 command=shutdown")
    telling = telling.changed("command.sent ups2", "1023 control1", "1023 control2")

    assert telling.broken == []


def test_S13_a_node_may_not_stop_its_peer(outage: Any) -> None:
    assert outage.plus("1024 control2 command.sent control1 command=shutdown").broken == ["S13", "S14"]
    assert outage.changed("command.sent ups1 command=off", "1023 control1", "1023 control2").broken == [
        "S13",
        "S14",
    ]


def test_S13_a_ups_that_feeds_another_who_is_up_is_not_a_nodes_own(outage: Any) -> None:
    servers = outage.site.servers
    shared = {**servers, "control1": replace(servers["control1"], upses=("ups2",))}
    telling = outage.at_site(servers=shared).plus("1024 control2 command.sent ups2 command=off")

    assert telling.result("S13").breaches


def test_S13_nor_switch_off_what_feeds_nobody_and_is_not_its_own_nor_switch_on_its_own(outage: Any) -> None:
    empty = outage.plus("500 control2 command.sent ups5 command=off")
    assert "control2 commanded off of ups5 at 500 s" in empty.breach("S13"), "its servers are halted"
    on = outage.plus("7300 control2 command.sent ups2 command=on")
    assert "control2 commanded on of ups2 at 7300 s" in on.breach("S13")


def test_S13_who_is_no_node_has_nothing_of_its_own_to_stop(outage: Any) -> None:
    other = outage.plus("500 ssccluster command.sent ups5 command=off")
    assert "ssccluster commanded off of ups5 at 500 s" in other.breach("S13")


def test_S13_each_command_is_put_to_the_test_once(outage: Any) -> None:
    sent = sum(event.name == "command.sent" for event in outage.events)
    assert outage.result("S13").put_to_test == sent
