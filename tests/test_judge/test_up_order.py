"""The way up: S6, S7, S8."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Array, ArrayRole, Ups


def test_S6_a_restart_before_the_control_disk_is_ready_is_reported(outage: Any) -> None:
    telling = outage.moved("command=restart", 7600)

    assert telling.broken == ["S6"]
    assert telling.breach("S6") == "ssccluster was started at 7600 s, but controldisk was not ready"


def test_S6_a_linked_array_before_the_cluster_runs_is_reported(outage: Any) -> None:
    telling = outage.moved("8076 control1 command.sent ups4", 8000)

    assert telling.broken == ["S6"]
    assert telling.breach("S6") == "ups4 was switched on at 8000 s, but ssccluster was starting"


def test_S6_a_control_array_before_any_node_is_up_is_reported(outage: Any) -> None:
    telling = outage.moved("7502 control1 command.sent ups3", 7400).moved("7501 control1 lease.taken", 7399)

    assert telling.broken == ["S6", "S14"]
    assert telling.breach("S6") == "ups3 was switched on at 7400 s, but no control node was up"


def test_S6_a_server_woken_before_the_cluster_runs_is_reported(outage: Any) -> None:
    telling = outage.plus("8000 control1 command.sent blade1 command=wake")

    assert telling.broken == ["S6", "S8"]  # its array was not there either


def test_S6_a_cluster_that_never_stopped_lets_the_linked_side_up_at_once(tell: Any) -> None:
    only_the_linked_disk = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
           0 room mains.lost ups4
        3600 room mains.restored ups4
        3660 control1 command.sent ups4 command=on
        """
    )

    assert only_the_linked_disk.broken == []


def test_S6_a_lower_rank_of_the_control_disks_comes_first_even_without_mains(outage: Any) -> None:
    site = outage.site
    ups3 = replace(site.upses["ups3"], warm_up_rank=2)
    ups8 = Ups("ups8", 8, "utility", 900.0)
    second = Array("controldisk2", ArrayRole.CONTROL, ("ups8",), ("ups8",))
    telling = outage.at_site(
        upses={**site.upses, "ups3": ups3, "ups8": ups8}, arrays={**site.arrays, "controldisk2": second}
    ).plus("1203 room ups.output_off ups8 cause=command")

    assert "ups8 of a lower warm-up rank was off" in telling.breach("S6")


@pytest.fixture
def separate(outage: Any) -> Any:
    """The linked disk's enclosures hang on ups7, which comes on first: its rank is lower."""
    site = outage.site
    upses = {
        **site.upses,
        "ups4": replace(site.upses["ups4"], warm_up_rank=2),
        "ups7": Ups("ups7", 7, "utility", 30.0, runtime_s=1500.0),
    }
    arrays = {**site.arrays, "linkeddisk": Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",))}
    return outage.at_site(upses=upses, arrays=arrays).plus(
        "647 control1 command.sent ups7 command=off how=now",
        "647 room ups.output_off ups7 cause=command",
        "8076 control1 command.sent ups7 command=on",
        "8076 room ups.output_on ups7 cause=command",
    )


def test_S6_controllers_before_their_enclosures_are_reported(separate: Any) -> None:
    same_rank = {**separate.site.upses, "ups4": replace(separate.site.upses["ups4"], warm_up_rank=1)}
    telling = separate.at_site(upses=same_rank)

    assert telling.broken == ["S6"]
    assert "the enclosures of linkeddisk on ups7 were off" in telling.breach("S6")


def test_S7_enclosures_first_break_nothing(separate: Any) -> None:
    in_order = separate.moved("8076 control1 command.sent ups4", 8078)

    assert in_order.moved("8076 room ups.output_on ups4", 8078).broken == []


def test_S7_a_higher_rank_first_is_reported(separate: Any) -> None:
    ranks = {**separate.site.upses, "ups7": replace(separate.site.upses["ups7"], warm_up_rank=3)}
    telling = separate.at_site(upses=ranks).moved("8076 control1 command.sent ups4", 8078)
    telling = telling.moved("8076 room ups.output_on ups4", 8078)

    assert telling.broken == ["S7"]
    assert telling.breach("S7") == (
        "ups7 was switched on at 8076 s, but ups4 of a lower warm-up rank was off"
    )


def test_S7_every_ups_of_the_array_must_have_mains(separate: Any) -> None:
    in_order = separate.moved("8076 control1 command.sent ups4", 8078).moved(
        "8076 room ups.output_on ups4", 8078
    )
    telling = in_order.plus("7300 room mains.lost ups4", "9000 room mains.restored ups4")

    assert telling.broken == ["S7"]
    assert telling.breach("S7") == "ups7 was switched on at 8076 s, but ups4 had no mains"


def test_S7_mains_that_have_just_come_back_are_not_stable(outage: Any) -> None:
    telling = outage.plus("8030 room mains.lost ups4", "8031 room mains.restored ups4")

    assert telling.broken == ["S7"]
    assert telling.breach("S7") == (
        "ups4 was switched on at 8076 s, but ups4 had mains for 45 s only, not 60 s"
    )


def test_S7_an_array_of_a_lower_rank_without_mains_does_not_hold_up_the_others(outage: Any) -> None:
    site = outage.site
    upses = {
        **site.upses,
        "ups4": replace(site.upses["ups4"], warm_up_rank=2),
        "ups9": Ups("ups9", 9, "other", 30.0),
    }
    arrays = {**site.arrays, "disk2": Array("disk2", ArrayRole.LINKED, ("ups9",), ("ups9",))}
    telling = outage.at_site(feeds=("utility", "other"), upses=upses, arrays=arrays).plus(
        "0 room mains.lost other", "650 room ups.output_off ups9 cause=fault"
    )

    assert telling.result("S7").breaches == ()
    restored = telling.plus("7200 room mains.restored other")
    assert "ups9 of a lower warm-up rank was off" in restored.breach("S7")


def test_S8_servers_before_their_array_is_ready_are_reported(outage: Any) -> None:
    telling = outage.moved("8256 room array.ready", 8270).without("ups6 command=on", "output_on ups6")
    telling = telling.without("booting rack", "up rack")

    assert "S8" in telling.broken
    assert telling.breach("S8") == "ups5 was switched on at 8266 s, but linkeddisk was starting"


def test_S8_alone_when_the_hold_time_is_not_kept(outage: Any) -> None:
    telling = outage.moved("8256 room array.ready", 8260)

    assert telling.broken == ["S8"]
    assert "ready for 6 s only, not 10 s" in telling.breach("S8")


def test_S8_one_start_is_reported_once_for_each_server(outage: Any) -> None:
    result = outage.moved("8256 room array.ready", 8260).result("S8")

    assert [breach.subject for breach in result.breaches] == ["blade1", "blade2"]


def test_S8_a_server_that_boots_uncommanded_is_reported_too(outage: Any) -> None:
    telling = outage.plus("7300 room ups.output_on ups6 cause=return", "7300 room server.booting rack1")

    assert telling.broken == ["S8"]
    assert telling.breach("S8") == "rack1 booted at 7300 s, but linkeddisk was off"


def test_S8_a_ups_whose_battery_was_empty_comes_back_by_itself_and_nothing_keeps_it_off(outage: Any) -> None:
    """Who was told to go off and comes back is another matter (U15)."""
    empty = outage.without("command.sent ups6 command=off", "452 room ups.output_off ups6").plus(
        "500 room ups.exhausted ups6", "500 room ups.output_off ups6 cause=exhausted"
    )
    back = ("7300 room ups.output_on ups6 cause=return", "7300 room server.booting rack1")

    assert empty.plus(*back).result("S8").breaches == ()
    assert outage.plus(*back).result("S8").breaches
    assert empty.plus(back[0], "7301 room server.booting rack1").result("S8").breaches


def test_S8_a_server_without_an_array_waits_for_none(outage: Any) -> None:
    servers = outage.site.servers
    alone = {**servers, **{n: replace(servers[n], arrays=()) for n in ("blade1", "blade2")}}
    telling = outage.at_site(servers=alone).moved("8256 room array.ready", 8263)

    assert [breach.subject for breach in telling.result("S8").breaches] == []
