"""The falls of output: S1, S2, S4, S25. Each broken by hand, once, and nothing else with it."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Array, ArrayRole, Linkage, Server, Site, Ups
from teiden.judge.invariants.invariant import LATENCY_S


@pytest.mark.parametrize("state", ["shutting down", "up", "booting"])
def test_S1_a_commanded_cut_under_a_system_that_is_not_down_is_reported(outage: Any, state: str) -> None:
    telling = outage.without("server.halted rack2").plus("454 control1 alarm.raised ups6 rule=S3")
    if state != "shutting down":
        telling = telling.plus(f"300 room server.{state} rack2")
    telling = telling.plus("455 room server.halted rack2").moved("command=flush", 456)
    telling = telling.moved("array.flushing", 456)

    assert "S1" in telling.broken
    assert telling.breach("S1") == f"ups6 fell at 452 s while rack2 was still {state}"


def test_S1_alone_when_the_crash_is_what_shows_it(outage: Any) -> None:
    cut_under_load = outage.without("server.halted rack2").plus("452 room server.crashed rack2 cause=power")

    assert cut_under_load.broken == ["S1"]


def test_S1_a_crash_told_before_the_fall_of_the_same_instant_is_reported(outage: Any) -> None:
    telling = outage.without("server.halted rack2", "ups.output_off ups6").plus(
        "452 room server.crashed rack2 cause=power", "452 room ups.output_off ups6 cause=command"
    )

    assert telling.broken == ["S1"]
    assert telling.breach("S1") == "ups6 fell at 452 s while rack2 was still running"


def test_S1_a_system_that_was_forced_off_first_is_down(outage: Any) -> None:
    assert outage.without("server.halted rack2").plus("392 room server.forced rack2").broken == []


def test_S1_a_control_node_counts_too(outage: Any) -> None:
    telling = outage.without("1083 room server.halted control2").plus(
        "1443 room server.crashed control2 cause=power"
    )

    assert telling.broken == ["S1", "S2"]  # its disk fell under it as well
    assert "control2 was still shutting down" in telling.breach("S1")


def test_S1_a_pool_server_that_runs_counts_too(outage: Any) -> None:
    running = {**OUTAGE_START, "bladepool": "up"}

    assert replace(outage, initial=running).broken == ["S1"]


def test_S1_a_server_with_another_supply_loses_nothing(outage: Any) -> None:
    servers = outage.site.servers
    dual = replace(servers["rack2"], upses=("ups6", "ups3"))
    telling = outage.at_site(servers={**servers, "rack2": dual}).without("server.halted rack2")

    assert "S1" not in telling.plus("453 room server.halted rack2").broken


def test_S1_a_server_that_needs_both_supplies_loses_with_the_first(outage: Any) -> None:
    servers = outage.site.servers
    dual = replace(servers["rack2"], upses=("ups6", "ups3"), minimum_supplies=2)
    telling = outage.at_site(servers={**servers, "rack2": dual}).without("server.halted rack2")

    assert "S1" in telling.plus("453 room server.halted rack2").broken


def test_S1_a_fall_nobody_commanded_is_not_its_matter(outage: Any) -> None:
    telling = outage.without("server.halted rack2").changed("output_off ups6", "command", "fault")

    assert "S1" not in telling.plus("452 room server.crashed rack2 cause=power").broken


def test_S2_a_linked_array_cut_without_a_flush_is_reported(outage: Any) -> None:
    telling = outage.without("command=flush", "array.flushing", "array.flushed")

    assert telling.broken == ["S2"]
    assert telling.breach("S2") == "linkeddisk was cut at 646 s, and was never flushed"


def test_S2_a_user_that_ran_after_the_flush_began_is_reported(outage: Any) -> None:
    telling = outage.plus("500 room server.forced rack1", "470 room server.up rack1")

    assert telling.broken == ["S2"]
    assert "though rack1 had run since its flush began" in telling.breach("S2")


def test_S2_an_array_that_is_dirty_again_is_reported(outage: Any) -> None:
    later = outage.moved("output_off ups4", 650).moved("646 room array.off", 650)
    telling = later.plus("648 room array.dirty linkeddisk")

    assert telling.broken == ["S2"]
    assert "with data in its cache again" in telling.breach("S2")


def test_S2_a_user_that_boots_while_its_array_has_no_power_writes_to_nothing(outage: Any) -> None:
    """Until the array is in service again and it still runs."""
    off = (
        "1060 control1 command.sent ups4 command=off how=now",
        "1060 room ups.output_off ups4 cause=command",
    )
    early = outage.until(1060).plus(
        "700 room ups.output_on ups6 cause=button",
        "700 room server.booting rack1",
        "800 room ups.output_on ups4 cause=button",
        "800 room array.starting linkeddisk",
        *off,
    )

    assert early.plus("750 room server.forced rack1").result("S2").breaches == ()
    assert early.result("S2").breaches == ()
    ready = early.plus("980 room array.ready linkeddisk")
    assert "though rack1 had run since its flush began" in ready.breach("S2")
    assert ready.plus("750 room server.forced rack1").result("S2").breaches == ()


def test_S2_the_second_outage_needs_a_flush_of_its_own(outage: Any) -> None:
    again = outage.until(12000).plus(
        "11000 control1 command.sent ups4 command=off how=now", "11000 room ups.output_off ups4 cause=command"
    )

    assert "S2" in again.broken


def test_S2_an_array_that_nobody_used_since_its_last_power_loss_holds_nothing(outage: Any) -> None:
    again = outage.until(8260).plus(
        "8260 control1 command.sent ups4 command=off how=now", "8260 room ups.output_off ups4 cause=command"
    )

    assert "S2" not in again.broken


def test_S2_a_control_array_cut_under_a_node_is_reported(outage: Any) -> None:
    telling = outage.moved("1083 room server.halted control2", 1210)

    assert telling.broken == ["S2"]
    assert telling.breach("S2") == "controldisk was cut at 1203 s while control2 still used it"


def test_S2_a_node_that_its_ups_boots_when_the_off_has_been_told_has_no_use_of_the_disk_yet(
    outage: Any,
) -> None:
    """Nobody can call the OFF back (S16). Up it uses the disk; and before it was told a look tells of it."""
    boots = outage.plus("1100 room server.booting control2")
    assert boots.result("S2").breaches == ()
    assert boots.plus("1190 room server.up control2").result("S2").breaches
    before = outage.without("shutting_down control2", "halted control2").plus(
        "1000 room server.shutting_down control2",
        "1010 room server.halted control2",
        "1023 room server.booting control2",
    )
    assert before.result("S2").breaches
    anothers = boots.without("command.sent ups3 command=off")
    assert anothers.result("S2").breaches, "nobody of us had told an OFF: nothing stands for it (C12)"


@pytest.mark.parametrize(
    ("boots_s", "up_s", "goes_s", "excused"),
    [
        (1100, 1150, 1160, True),
        (1100, 1150, 1150 + 30 + LATENCY_S, True),
        (1100, 1150, 1150 + 31 + LATENCY_S, False),
        (1024, 1070, 1083, True),  # the very last second of its limit
        (1024, 1070, 1082, False),
        (1023, 1150, 1160, False),
    ],
)
def test_S2_nor_can_one_that_was_up_before_the_disk_falls_do_more_than_go_down_at_once(
    outage: Any, boots_s: float, up_s: float, goes_s: float, excused: bool
) -> None:
    """When it has looked round, and within its limit. Booted before the OFF was told, a look tells of it."""
    again = outage.without("shutting_down control2", "halted control2").plus(
        "1000 room server.shutting_down control2",
        "1010 room server.halted control2",
        f"{boots_s} room server.booting control2",
        f"{up_s} room server.up control2",
        f"{goes_s} room server.shutting_down control2",
    )
    assert (again.result("S2").breaches == ()) is excused
    earlier = ("20 room server.booting control2", "30 room server.up control2")
    another = again.plus(*earlier, "1100 room server.booting control1")
    assert (another.result("S2").breaches == ()) is excused


def test_S2_nor_can_one_that_begins_to_boot_in_the_instant_in_which_its_disk_falls(outage: Any) -> None:
    falls = "room ups.output_off ups3 cause=command"
    boots = outage.without(falls).plus("1203 room server.booting control2", f"1203 {falls}")
    assert boots.result("S2").breaches == ()


def apart(telling: Any) -> Any:
    """The linked disk's enclosures hang on a UPS of their own, ups7, of a lower warm-up rank."""
    site: Site = telling.site
    upses = {
        **site.upses,
        "ups4": replace(site.upses["ups4"], warm_up_rank=2),
        "ups7": Ups("ups7", 7, "utility", 30.0, runtime_s=1500.0),
    }
    arrays = {**site.arrays, "linkeddisk": Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",))}
    return telling.at_site(upses=upses, arrays=arrays)


@pytest.fixture
def separate(outage: Any) -> Any:
    return apart(outage).plus(
        "647 control1 command.sent ups7 command=off how=now",
        "647 room ups.output_off ups7 cause=command",
        "8070 room ups.output_on ups7 cause=command",
    )


def test_S4_separate_feeds_cut_in_the_right_order_break_nothing(separate: Any) -> None:
    assert separate.broken == []


def test_S4_enclosures_cut_before_controllers_are_reported(separate: Any) -> None:
    telling = separate.moved("ups.output_off ups4", 648).moved("array.off linkeddisk", 648)

    assert telling.broken == ["S4"]
    assert telling.breach("S4") == (
        "the enclosures of linkeddisk were cut at 647 s, its controllers on ups4 still ran"
    )


def test_S4_u19_an_array_that_is_off_by_then_has_no_controllers_that_run(separate: Any) -> None:
    """Its controllers hang on another UPS than the site file says, and went with that one."""
    telling = separate.moved("ups.output_off ups4", 648)

    assert telling.broken == []
    assert telling.plus("646.5 room array.starting linkeddisk").breach("S4")


@pytest.fixture
def stuck(outage: Any) -> Any:
    """The flush never ends; at its limit the array is cut, loudly (A2)."""
    return (
        outage.without("array.flushed", "ups4 command=off", "ups.off_armed ups4", "output_off ups4")
        .without("646 room array.off")
        .plus(
            "754 control1 array.flush_timed_out linkeddisk limit_s=300",
            '754 control1 alarm.raised linkeddisk rule=S25 text="not flushed"',
            "754 control1 command.sent ups4 command=off how=now",
            "754 room ups.output_off ups4 cause=command",
            "754 room array.lost_data linkeddisk",
            "754 room array.off linkeddisk",
        )
    )


def test_S25_a_cut_at_the_limit_with_an_alarm_breaks_nothing(stuck: Any) -> None:
    assert stuck.broken == []


def test_S25_a_cut_before_the_limit_is_reported(stuck: Any) -> None:
    early = stuck.without("754").plus(
        "700 control1 array.flush_timed_out linkeddisk",
        "700 control1 alarm.raised linkeddisk rule=S25",
        "700 room ups.output_off ups4 cause=command",
    )

    assert early.broken == ["S25"]
    assert early.breach("S25") == "linkeddisk was cut unflushed at 700 s, 54 s before its limit of 300 s"


def test_S25_a_cut_without_an_alarm_is_reported(stuck: Any) -> None:
    quiet = stuck.without("alarm.raised")

    assert quiet.broken == ["S25"]
    assert quiet.breach("S25").endswith("without an alarm")


def test_S25_an_alarm_after_the_cut_comes_too_late(stuck: Any) -> None:
    assert stuck.moved("alarm.raised", 760).broken == ["S25"]


def test_S25_a_limit_that_nobody_noted_is_reported(stuck: Any) -> None:
    silent = stuck.without("array.flush_timed_out")

    assert silent.broken == ["S25"]
    assert "no word that the flush timed out" in silent.breach("S25")


def test_S25_a_repeated_request_of_the_same_life_does_not_begin_the_wait_again(stuck: Any) -> None:
    assert stuck.plus("750 control1 command.sent linkeddisk command=flush").broken == []


def test_S25_a_new_commander_waits_the_whole_limit_again(stuck: Any) -> None:
    taken = stuck.plus(
        "600 control2 lease.taken reference", "601 control2 command.sent linkeddisk command=flush"
    )

    assert "S25" in taken.broken
    assert "147 s before its limit" in taken.breach("S25")


def test_S25_enclosures_whose_controllers_have_no_power_any_more_are_not_waited_for(stuck: Any) -> None:
    """What the cache held went with them; asked for a flush once more, nobody answers."""
    cut = apart(stuck.without("754")).plus(
        "600 control1 command.sent ups7 command=off how=now", "600 room ups.output_off ups7 cause=command"
    )
    dead = cut.plus(
        "500 room ups.output_off ups4 cause=exhausted",
        "500 room array.lost_data linkeddisk",
        "500 room array.off linkeddisk",
        "501 control1 command.sent linkeddisk command=flush",
    )

    assert "S25" in cut.broken
    assert "S25" not in dead.broken


def test_S25_the_limit_is_the_sites_own(stuck: Any) -> None:
    telling = stuck.at_site(linkage=Linkage(flush_limit_s=400.0))

    assert "100 s before its limit of 400 s" in telling.breach("S25")


OUTAGE_START = {
    **dict.fromkeys(("control1", "control2", "blade1", "blade2", "rack1", "rack2"), "up"),
    **dict.fromkeys(("controldisk", "linkeddisk"), "ready"),
    "rackpool": "halted",
    "ssccluster": "running",
}


def test_all_servers_of_the_site_are_told_of_at_the_start(outage: Any) -> None:
    """Guards the tellings above: a server that is forgotten would count as up."""
    servers: dict[str, Server] = outage.site.servers

    assert servers.keys() <= {*OUTAGE_START, "bladepool"}
