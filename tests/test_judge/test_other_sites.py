"""What the judge learned from sites with two feeds and many arrays: each rule to its bound."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Site
from tests.told_well import CALM

NODES = ("control1", "control2")


def broken(telling: Any, rule: str) -> bool:
    return bool(telling.result(rule).breaches)


def on_both(site: Site, *names: str) -> dict[str, Any]:
    """These servers live on ups5 and ups6, and on one of them."""
    return {
        **site.servers,
        **{n: replace(site.servers[n], upses=("ups5", "ups6"), minimum_supplies=1) for n in names},
    }


# L4


def test_L4_a_step_that_is_begun_anew_ends_for_both_and_no_later_than_the_first(tell: Any) -> None:
    step = "control1 step.started blade1 step=halted limit_s=180"
    twice = tell(CALM).plus(f"0 {step}", f"100 {step}", "2000 room run.ended reference")
    done = "control1 step.done blade1 step=halted"

    assert twice.plus(f"389 {done}").result("L4").ok
    assert [b.text.partition(" to wait")[0] for b in twice.plus(f"400 {done}").result("L4").breaches] == [
        "control1 began at 600 s"
    ]
    assert len(twice.result("L4").breaches) == 2


# S8, S28, S31


def test_S8_a_battery_that_ends_before_its_off_falls_brings_its_ups_back_by_itself_too(outage: Any) -> None:
    empty = outage.without("452 room ups.output_off ups6").plus(
        "440 room ups.exhausted ups6", "440 room ups.output_off ups6 cause=exhausted"
    )
    back = ("7300 room ups.output_on ups6 cause=return", "7300 room server.booting rack1")

    assert not broken(empty.plus(*back), "S8")
    assert broken(empty.plus(back[0].replace("return", "button"), back[1]), "S8")


def test_S28_a_second_feed_of_a_server_that_runs_starts_nobody(tell: Any) -> None:
    calm = tell(CALM)
    fed = calm.at_site(servers=on_both(calm.site, "rack1", "rack2", "blade1", "blade2"))
    fell = fed.plus("0 room ups.output_off ups6 cause=fault")
    on = "100 control1 command.sent ups6 command=on"

    assert not broken(fell.plus(on), "S28")
    halted = [f"50 room server.halted {n}" for n in ("rack1", "rack2", "blade1", "blade2")]
    assert broken(fell.plus(*halted, on), "S28")
    down = '50 control1 request.accepted reference wish=power_off id=r1 of="rack1, rack2, blade1, blade2"'
    assert broken(fell.plus(down, on), "S28")


def test_S31_a_force_ends_the_restart_of_a_node_with_its_cluster(outage: Any) -> None:
    lost = outage.until(100).plus("40 control1 command.sent ssccluster command=restart")
    force = "200 control1 command.sent control2 command=force"
    hangs = lost.plus("60 room server.shutting_down control2")

    assert not broken(hangs.plus(force), "S31")
    assert broken(hangs.plus(force.replace("force", "shutdown")), "S31")
    assert broken(lost.plus(force), "S31"), "it is up"
    rack = "199 room server.shutting_down rack9"
    assert broken(hangs.plus(rack, "200 control1 command.sent control1 command=force"), "S31")


@pytest.mark.parametrize(
    ("running", "command", "wrong"), [(0, "on", False), (1, "on", True), (0, "off", True)]
)
def test_S21_who_was_off_when_a_restart_came_is_only_to_be_on_again(
    night: Any, running: int, command: str, wrong: bool
) -> None:
    """R10-41: the ON of their UPS is the restart, as long as nobody there runs."""
    up = ["900 room ups.output_on ups5 cause=button", "905 room server.up blade2"]
    fired = "1000 control1 schedule.fired nightly id=r goal=reboot late_s=0"
    told = night.until(1200).plus(
        f'{fired} servers="blade1, blade2, rack1, rack2"',
        f"1010 control1 command.sent ups5 command={command}",
    )
    assert broken(told.plus(*up * running), "S21") is wrong


# S9: a test of a battery looks like an outage (P12)


def test_S9_while_a_ups_tests_its_battery_nobody_can_tell_that_the_mains_are_back(outage: Any) -> None:
    back = outage.until(990).plus("940 room mains.restored utility", "960 room ups.on_battery ups4")
    stop = "985 control1 command.sent control2 command=shutdown"

    assert not broken(back.plus(stop), "S9")
    over = back.plus("975 room ups.on_line ups4")
    assert not broken(over.plus(stop), "S9"), "it may not have been heard yet"
    assert broken(back.plus("961 room ups.on_line ups4", stop), "S9")
    assert broken(outage.until(990).plus("940 room mains.restored utility", stop), "S9")


def test_S9_one_that_has_tested_since_before_the_run_is_none_that_has_mains_to_tell(outage: Any) -> None:
    tests = replace(outage.until(990), initial={**(outage.initial or {}), "ups4": "on battery"})
    stop = "985 control1 command.sent control2 command=shutdown"
    assert not broken(tests.plus("940 room mains.restored utility", stop), "S9")


# S12, L6, L3


def test_S12_who_takes_the_command_writes_down_what_it_timed_before_the_output_fell(tell: Any) -> None:
    fell = tell(CALM).plus(
        *(f"-1 control2 ups.on_line ups{n}" for n in (1, 2, 3, 4, 6)),
        "0 room mains.lost ups5",
        "2 control2 ups.on_battery ups5",
        "100 control2 ups.output_off ups5",
        "120 control2 card.silent ups5",
    )
    row = "500 control2 journal.committed ups5 kind=confirmed epoch=1"

    assert not broken(fell.plus(row), "S12")
    assert broken(fell.without("ups.on_battery").plus(row), "S12")
    assert broken(fell.plus("99 control2 ups.on_line ups5", row), "S12")
    assert broken(fell.plus("119 control2 ups.on_line ups5", row), "S12"), "it has had its mains since"


def test_L6_an_on_that_is_one_minute_after_its_off_in_this_night_alone_is_its_second_half(night: Any) -> None:
    """T2: written 02:29 and 03:00, where the clocks go from 02:00 to 03:00."""
    nightly = replace(night.site.schedules["nightly"], off="22:00", on="22:01", on_days="thu")
    restart = night.at_site(schedules={"nightly": nightly}).without("2026-11-19/on").until(8000)
    off = "nightly/2026-11-19/off"

    assert not broken(restart.changed(off, "goal=down", "goal=reboot"), "L6")
    assert broken(restart.without(off), "L6")
    later = replace(nightly, on="22:02")
    assert broken(restart.at_site(schedules={"nightly": later}), "L6")


# S18


def drained(tell: Any, cause: str = "return", left_s: float = 500.0) -> Any:
    """ups4 came back after its outage, loses its mains again with so much, and runs empty."""
    return tell(CALM).plus(
        "0 room ups.output_off ups4 cause=exhausted",
        "300 room ups.output_on ups4 cause=" + cause,
        "400 room mains.lost ups4",
        f"400 room ups.charge ups4 charge_pct=20 runtime_s={left_s:g}",
        "700 room ups.exhausted ups4",
        "700 room ups.output_off ups4 cause=exhausted",
    )


@pytest.mark.parametrize(
    ("cause", "left_s", "ours"),
    [
        ("return", 500.0, False),
        ("button", 500.0, False),
        ("command", 500.0, True),
        ("return", 720.0, False),
        ("return", 730.0, True),
    ],
)
def test_S18_a_battery_that_came_back_by_itself_and_never_held_its_own_stop_is_not_ours_to_spare(
    tell: Any, cause: str, left_s: float, ours: bool
) -> None:
    """180 + 120 + 120 s for the servers, 300 s for the flush (P4). Nor is what its end takes (L2)."""
    lost = drained(tell, cause, left_s).plus("700 room array.lost_data linkeddisk")
    assert broken(lost, "S18") is ours
    assert broken(lost, "L2") is ours


def test_S18_nor_is_one_whose_mains_went_before_it_came_back(tell: Any) -> None:
    told = drained(tell).without("400 room mains.lost").plus("200 room mains.lost ups4")
    assert broken(told, "S18")


def test_S18_a_battery_that_ends_where_the_other_feed_has_mains_takes_nothing(tell: Any) -> None:
    calm = tell(CALM)
    names = ("rack1", "rack2", "blade1", "blade2", "bladepool", "rackpool")
    servers = on_both(calm.site, *(n for n in names if n in calm.site.servers))
    out = calm.at_site(servers=servers).plus(
        "0 room mains.lost ups4",
        "0 room mains.lost ups5",
        "60 control1 outage.confirmed ups4",
        "60 control1 outage.confirmed ups5",
        "900 room ups.exhausted ups5",
        "900 room ups.output_off ups5 cause=exhausted",
    )

    assert not broken(out, "S18")
    assert broken(out.plus("800 room mains.lost ups6"), "S18")
    assert broken(out.plus("800 room ups.output_off ups6 cause=fault"), "S18")


# L1, L3


def both_feeds(outage: Any) -> Any:
    """Nodes on ups1 and ups2; ups2 had no mains when they went, and comes back before ups1 falls."""
    servers = outage.site.servers
    upses = ("ups1", "ups2")
    nodes = {n: replace(servers[n], upses=upses, minimum_supplies=1) for n in NODES}
    stop = [f"100 control1 command.sent {n} command=shutdown" for n in NODES]
    down = [f"160 room server.halted {n}" for n in NODES]
    return (
        outage.at_site(servers={**servers, **nodes})
        .until(10)
        .plus("20 room ups.output_off ups2 cause=exhausted", *stop, *down, "40000 room run.ended reference")
    )


@pytest.mark.parametrize(
    ("line", "owed"),
    [
        ("200 room ups.output_on ups2 cause=return", False),
        ("161 room ups.output_on ups2 cause=return", False),
        ("159 room ups.output_on ups2 cause=return", True),
    ],
)
def test_L1_L3_who_is_halted_with_power_that_came_too_late_is_owed_nothing(
    outage: Any, line: str, owed: bool
) -> None:
    """Its mains came back 60 s before, after the nodes had been told to go: nobody is left to tell it."""
    told = both_feeds(outage).plus("120 room mains.restored utility", line)
    assert broken(told, "L3") is owed
    assert not owed or broken(told.plus("110 room card.silent ups2"), "L3")
    late_card = told.plus("99 room card.silent ups2", "101 room card.answering ups2")
    assert not broken(late_card, "L3")


def test_L3_one_that_was_on_all_the_while_is_no_excuse(outage: Any) -> None:
    told = both_feeds(outage).without("20 room ups.output_off").plus("120 room mains.restored utility")
    assert broken(told, "L3")


def test_L1_who_gets_power_only_with_somebody_whose_disk_is_held_is_not_owed_it(outage: Any) -> None:
    """Power for servers is a start of all of them (S8)."""
    site = outage.site
    disk = replace(site.arrays["linkeddisk"], name="otherdisk", controllers=("ups7",), enclosures=("ups7",))
    upses = {**site.upses, "ups7": replace(site.upses["ups4"], name="ups7", number=7)}
    servers = {**site.servers, "rack1": replace(site.servers["rack1"], arrays=("otherdisk",))}
    left = outage.at_site(upses=upses, arrays={**site.arrays, "otherdisk": disk}, servers=servers)
    left = left.without("8276 control1 command.sent ups6", "8276 room ups.output_on ups6", "server.up rack")
    left = left.until(30000)

    def owed(*lines: str) -> str:
        return " ".join(b.text for b in left.plus(*lines).result("L1").breaches)

    assert "rack2" in owed()
    assert "rack2" not in owed("8000 control1 hold.set otherdisk")
    assert "rack2" not in owed("8000 control1 hold.set ups7")
    assert "rack2" in owed("8000 control1 hold.set blade1")
    on = "8276 room ups.output_on ups6 cause=button"
    assert "rack2" in owed("8000 control1 hold.set otherdisk", on)
