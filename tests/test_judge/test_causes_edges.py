"""Where a cause begins and ends: the moment from which a stop has none, and whom it is for (S9, S24, S31)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Polling
from teiden.judge.invariants.invariant import LATENCY_S
from tests.told_well import CALM
from tests.worlds import reference_site

RESTART = "control1 command.sent ssccluster command=restart"
BACK_S = 960.0
MISSED_S = Polling().stale_after_s(Polling().on_line_s) + Polling().on_line_s + LATENCY_S
"""So long nobody need know that the mains are back: a stale reading, one more poll, and the answer."""

LIMIT_S = reference_site().servers["control2"].stop_limit_s


def back(outage: Any) -> Any:
    return outage.until(BACK_S + 40).plus(f"{BACK_S} room mains.restored utility")


@pytest.mark.parametrize(("late_s", "broken"), [(MISSED_S, []), (MISSED_S + 0.001, ["S9"])])
def test_S9_nothing_new_is_stopped_from_when_no_poll_can_have_missed_the_mains(
    outage: Any, late_s: float, broken: list[str]
) -> None:
    telling = back(outage).plus(f"{BACK_S + late_s} control1 command.sent control2 command=shutdown")
    assert telling.broken == broken


@pytest.mark.parametrize(("late_s", "broken"), [(MISSED_S, []), (MISSED_S + 0.001, ["S9"])])
def test_S9_so_long_an_outage_may_still_be_confirmed(tell: Any, late_s: float, broken: list[str]) -> None:
    telling = tell(CALM).plus(
        "0 room mains.lost ups5",
        "90 room mains.restored ups5",
        f"{90 + late_s} control1 outage.confirmed ups5",
    )
    assert telling.broken == broken


@pytest.mark.parametrize(
    ("command", "broken"),
    [
        ("blade1 command=shutdown", []),
        ("control2 command=shutdown", ["S9"]),
        ("linkeddisk command=flush", ["S9"]),
        ("ssccluster command=stop", ["S9"]),
    ],
)
def test_S9_h6_a_server_on_power_that_counts_down_may_go_again_although_the_mains_are_back(
    outage: Any, command: str, broken: list[str]
) -> None:
    """ups5 was told to go off at 32 s, and goes; nothing like that is true of the others."""
    telling = outage.until(250).plus(
        "200 room mains.restored utility", f"{200 + MISSED_S + 1} control1 command.sent {command}"
    )
    assert [rule for rule in telling.broken if rule == "S9"] == broken


@pytest.mark.parametrize(
    ("command", "broken"),
    [("shutdown", []), ("force", []), ("off", ["S9"])],
)
def test_S9_s16_who_runs_on_power_that_counts_down_may_be_stopped_though_nobody_wants_him_down_any_more(
    outage: Any, command: str, broken: list[str]
) -> None:
    """The incident is closed at 200 s; ups5 was told to go off at 32 s."""
    closed = outage.until(190).plus("200 control1 incident.closed reference")
    telling = closed.plus(f"210 control1 command.sent blade1 command={command}")
    assert [rule for rule in telling.broken if rule == "S9"] == broken
    other = closed.plus("210 control1 command.sent control2 command=shutdown")
    assert "S9" in other.broken, "nothing counts down under that one"


def test_S31_s16_he_may_be_stopped_whose_outage_it_may_be(tell: Any) -> None:
    """Somebody else's OFF counts down under blade1, in an outage of ups6."""
    outage_of_ups6 = tell(CALM).plus(
        "0 room mains.lost ups6",
        "60 control1 outage.confirmed ups6",
        "60 control1 journal.committed ups6 kind=confirmed",
        "60 control1 incident.opened reference cause=ups6",
    )
    shutdown = "100 control1 command.sent blade1 command=shutdown"
    assert "S31" in outage_of_ups6.plus(shutdown).broken
    armed = outage_of_ups6.plus("90 room ups.off_armed ups5 how=graceful falls_at=1110", shutdown)
    assert "S31" not in armed.broken


def test_S9_h6_a_server_that_keeps_enough_supplies_is_not_about_to_lose_its_power(outage: Any) -> None:
    two = replace(outage.site.servers["rack1"], upses=("ups6", "ups2"))
    site = outage.at_site(servers={**outage.site.servers, "rack1": two})
    telling = site.until(250).plus(
        "200 room mains.restored utility",
        f"{200 + MISSED_S + 1} control1 command.sent rack1 command=shutdown",
    )
    assert "S9" in telling.broken
    assert "S9" not in telling.plus("150 room ups.output_off ups2 cause=exhausted").broken, "that gives none"
    needs_both = replace(two, minimum_supplies=2)
    assert "S9" not in telling.at_site(servers={**outage.site.servers, "rack1": needs_both}).broken


@pytest.mark.parametrize(
    ("later", "broken"),
    [
        ("60 control1 command.sent blade1 command=shutdown", []),
        ("60 control1 command.sent rack1 command=shutdown", ["S9"]),
        ("60 control1 command.sent blade1 command=force", []),  # it may refuse, or hang in its boot (H3, H9)
        ("422 control1 command.sent blade1 command=shutdown", ["S9"]),
    ],
)
def test_S9_h6_who_is_booted_onto_power_that_counts_down_goes_again_whether_or_not_the_cause_has_ended(
    tell: Any, later: str, broken: list[str]
) -> None:
    """His word has been taken back since, and no outage is confirmed; the OFF cannot be (S16)."""
    off = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1 of=blade1",
        "1 control1 command.sent ups5 command=off",
        "1 room ups.off_armed ups5 falls_at=1020",
        "20 control1 request.accepted reference wish=power_on id=r2 of=blade1",
    )
    assert [rule for rule in off.plus(later).broken if rule == "S9"] == broken


@pytest.mark.parametrize(
    ("command", "after_s", "broken"),
    [
        ("force", LIMIT_S - LATENCY_S + 0.001, []),
        ("force", LIMIT_S - LATENCY_S, ["S9"]),
        ("shutdown", LIMIT_S, ["S9"]),
        ("off", LIMIT_S, ["S9"]),
    ],
)
def test_S9_h1_who_hangs_on_his_way_down_past_his_limit_is_forced_though_nobody_wants_him_down_any_more(
    tell: Any, command: str, after_s: float, broken: list[str]
) -> None:
    name = "ups2" if command == "off" else "control2"
    telling = tell(CALM).plus(
        "0 room server.shutting_down control2", f"{after_s} control1 command.sent {name} command={command}"
    )
    assert [rule for rule in telling.broken if rule == "S9"] == broken


def test_S9_h1_who_has_come_up_again_or_is_down_does_not_hang(tell: Any) -> None:
    force = f"{LIMIT_S + 200} control1 command.sent control2 command=force"
    for state in ("up", "halted", "booting"):
        telling = tell(CALM).plus(
            "0 room server.shutting_down control2", f"60 room server.{state} control2", force
        )
        assert "S9" in telling.broken, state
    assert "S9" in tell(CALM).plus("400 control1 command.sent ssccluster command=force").broken


def test_S9_a_restart_that_was_wanted_and_has_been_is_not_wanted_any_more(tell: Any) -> None:
    fired = 'control1 schedule.fired reference id=control/1/off goal=reboot servers="control1, control2"'
    been = [
        f"{at} room server.{what} {node}"
        for node in ("control1", "control2")
        for at, what in ((20, "shutting_down"), (80, "halted"), (81, "booting"), (300, "up"))
    ]
    once = tell(CALM).plus(f"0 {fired}", f"10 {RESTART}", *been, "301 control1 lease.taken reference")
    assert "S9" not in once.broken
    twice = once.plus(f"400 {RESTART}")
    assert "S9" in twice.broken
    assert twice.breach("S9") == (
        "restart of ssccluster at 400 s: no incident was open, no schedule and no request wanted it"
    )
    half = twice.without("up control2", "booting control2", "halted control2")
    assert "S9" not in half.broken, "one of them has still to come up"


def test_S9_an_incident_that_is_opened_for_the_cluster_is_a_cause_only_while_that_does_not_run(
    tell: Any,
) -> None:
    opened = tell(CALM).plus("0 control1 incident.opened reference cause=ssccluster", f"10 {RESTART}")
    assert opened.breach("S9") == (
        "restart of ssccluster at 610 s: the incident was opened because it stood still, and it ran"
    )
    assert "S9" not in opened.plus("5 room cluster.stopped ssccluster").broken
    assert "S9" not in opened.plus("5 control1 journal.committed ups3 kind=confirmed").broken


def test_S24_a_machine_that_is_going_down_by_itself_may_lose_its_power(tell: Any) -> None:
    asked = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1 asked_by=backup of=blade1"
    )
    off = asked.plus("60 control1 command.sent ups5 command=off")
    assert off.broken == ["S24"]
    assert off.plus("50 room server.shutting_down blade2").broken == []


def test_S24_one_that_was_told_to_stop_is_to_stop_whatever_the_reason(tell: Any) -> None:
    telling = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1 asked_by=backup of=blade1",
        "50 control1 command.sent blade2 command=shutdown",
        "60 control1 command.sent ups5 command=off",
    )
    assert telling.broken == ["S9"], "nobody wanted blade2 down; but it was told before its UPS"


def test_S24_another_feed_that_is_off_already_feeds_nobody(tell: Any) -> None:
    telling = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1 asked_by=backup of=blade1",
        "60 control1 command.sent ups5 command=off",
    )
    two = replace(telling.site.servers["blade2"], upses=("ups5", "ups9"))
    ups9 = replace(telling.site.upses["ups6"], name="ups9", number=9)
    site = telling.at_site(
        servers={**telling.site.servers, "blade2": two}, upses={**telling.site.upses, "ups9": ups9}
    )
    assert site.broken == []
    assert site.plus("-9 room ups.output_off ups9 cause=fault").broken == ["S24"]


def test_S31_who_is_asked_for_by_name_may_be_stopped_in_anybodys_outage(tell: Any) -> None:
    telling = tell(CALM).plus(
        "0 room mains.lost ups5",
        "62 control1 outage.confirmed ups5",
        "63 control1 request.accepted reference wish=power_off id=r1 asked_by=backup of=rack1",
        "64 control1 command.sent rack1 command=shutdown",
    )
    assert telling.broken == []


@pytest.mark.parametrize(("after_s", "concerned"), [(119.0, False), (119.1, True)])
def test_S31_h1_who_has_been_on_his_way_down_for_his_whole_limit_was_stopped_by_another_cause(
    tell: Any, after_s: float, concerned: bool
) -> None:
    """A node that hangs in its reboot is forced, whatever outage there is meanwhile."""
    out = "0 room mains.lost ups5", "62 control1 outage.confirmed ups5"
    force = f"{100 + after_s} control1 command.sent control2 command=force"
    telling = tell(CALM).plus(*out, "100 room server.shutting_down control2")
    assert ("S31" not in telling.plus(force).broken) is concerned
    assert "S31" in telling.plus(force.replace("force", "shutdown")).broken
    assert "S31" in tell(CALM).plus(*out, force).broken, "it is up"
    cluster = force.replace("control2", "ssccluster")
    assert "S31" in telling.plus(cluster).broken


def test_S31_a_restart_of_one_server_is_none_of_the_cluster(outage: Any) -> None:
    restart = "8100 control1 command.sent blade1 command=restart"
    assert "S31" not in outage.plus(restart, restart.replace("8100", "8200")).broken


def test_S31_a_second_restart_that_is_wanted_or_of_a_cluster_that_had_stopped_is_in_order(
    outage: Any,
) -> None:
    again = outage.plus(f"8200 {RESTART}")
    assert again.broken == ["S31"]
    fired = 'control1 schedule.fired reference id=control/1/off goal=reboot servers="control1, control2"'
    assert "S31" not in again.plus(f"8150 {fired}").broken
    assert "S31" not in again.plus("8150 room cluster.stopped ssccluster").broken


def test_S31_the_last_node_that_runs_takes_the_cluster_with_it_and_one_of_two_does_not(tell: Any) -> None:
    out = ("0 room mains.lost ups1", "931 control1 outage.confirmed ups1")
    stop = "940 control1 command.sent ssccluster command=stop"
    assert "S31" in tell(CALM).plus(*out, stop).broken
    down = tell(CALM).plus("10 room server.halted control2", *out)
    assert "S31" not in down.plus(stop).broken
    assert "S31" in down.plus("940 control1 command.sent linkeddisk command=flush").broken
    assert "S31" in down.plus("935 room server.halted control1", stop).broken, "nobody runs"
    unfed = tell(CALM).plus("10 room ups.output_off ups2 cause=fault", *out)
    assert "S31" not in unfed.plus(stop).broken


def test_S31_a_node_that_boots_takes_the_cluster_over_if_it_is_up_in_time(tell: Any) -> None:
    out = ("0 room mains.lost ups1", "931 control1 outage.confirmed ups1")
    stop = "1500 control1 command.sent ssccluster command=stop"
    boots = tell(CALM).plus("100 room server.halted control2", *out)

    def broken(*lines: str) -> bool:
        return "S31" in boots.plus(*lines).broken

    limit_s = boots.site.start.server_limit_s
    assert broken("1400 room server.booting control2", stop)
    assert broken(f"{1500 - limit_s} room server.booting control2", stop)
    assert not broken(f"{1499.9 - limit_s} room server.booting control2", stop), (
        "its start has taken too long"
    )
    assert not broken("1400 room server.booting control2", "1490 room ups.low_battery ups1", stop)
    assert broken("1400 room server.booting control2", "1490 room ups.low_battery ups2", stop), "not its own"
    assert broken("1400 room server.booting control2", "1450 room server.up control2", stop)
    late = f"{1499.9 - limit_s} room server.booting control2"
    assert broken(late, "1490 room ups.low_battery ups1", "1450 room server.up control2", stop)
    assert broken(late, "1495 room server.halted control1", stop), "nobody is up"
    servers = boots.site.servers
    two = replace(servers["control1"], upses=("ups1", "ups3"), minimum_supplies=2)
    wide = boots.at_site(servers={**servers, "control1": two})
    short = wide.plus("1400 room server.booting control2", "1490 room ups.low_battery ups1")
    assert "S31" not in short.plus(stop).broken, "one of the two that it needs"


@pytest.mark.parametrize("command", ["shutdown", "force"])
def test_S31_s1_a_server_whose_power_counts_down_goes_with_it_whosever_outage_it_is(
    tell: Any, command: str
) -> None:
    """Asked off by somebody, and wanted up again: an OFF cannot be called back (S16)."""
    others = tell(CALM).plus("0 room mains.lost ups2", "930 control1 outage.confirmed ups2")
    stop = f"1000 control1 command.sent rack1 command={command}"
    falls = others.plus("990 room ups.off_armed ups6 falls_at=2010")
    assert "S31" not in falls.plus(stop).broken
    assert "S31" in falls.plus(stop.replace("rack1", "blade1")).broken, "not its UPS"
    assert "S31" in others.plus(stop).broken, "nothing counts down"
    assert "S31" in falls.plus("1000 control1 command.sent ups6 command=off").broken, "a server, not its UPS"


@pytest.mark.parametrize("command", ["shutdown", "force"])
def test_S9_s1_nor_does_it_need_a_cause_of_its_own(tell: Any, command: str) -> None:
    """A pool server whose neighbours were asked off, and are wanted up again, goes down with their power."""
    stop = f"1000 control1 command.sent rackpool command={command}"
    falls = tell(CALM).plus("990 room ups.off_armed ups6 falls_at=2010")
    assert "S9" not in falls.plus(stop).broken
    assert "S9" in falls.plus(stop.replace("rackpool", "bladepool")).broken
    assert "S9" in falls.plus("1000 control1 command.sent ups6 command=off").broken
    assert "S9" in falls.plus("2010 room ups.output_off ups6", stop.replace("1000", "1500")).broken


def test_S31_s1_a_force_that_comes_a_moment_after_the_power_fell_stops_nobody(tell: Any) -> None:
    others = tell(CALM).plus("0 room mains.lost ups2", "930 control1 outage.confirmed ups2")
    fallen = others.plus("1000 room ups.output_off ups6")
    assert "S31" not in fallen.plus("1001 control1 command.sent rack1 command=force").broken
    assert "S31" in fallen.plus("1001 control1 command.sent blade1 command=force").broken
    assert "S31" in fallen.plus("1001 control1 command.sent rack1 command=shutdown").broken
    assert "S31" in fallen.plus("1001 control1 command.sent ssccluster command=force").broken


def test_S31_h1_one_that_hangs_on_its_way_down_past_its_limit_is_forced_to_be_woken(tell: Any) -> None:
    """Whoever sent it there: a restart of its cluster, for one (S9)."""
    others = tell(CALM).plus("0 room mains.lost ups5", "60 control1 outage.confirmed ups5")
    hangs = others.plus("600 room server.shutting_down control2")
    assert "S31" not in hangs.plus("719.1 control1 command.sent control2 command=force").broken
    assert "S31" in hangs.plus("719 control1 command.sent control2 command=force").broken
    assert "S31" in hangs.plus("719.1 control1 command.sent control2 command=shutdown").broken
    assert "S31" in others.plus("719.1 control1 command.sent control2 command=force").broken, "it is up"


def test_S31_c11_a_restart_that_hangs_for_longer_than_its_limit_has_failed(outage: Any) -> None:
    limit_s = outage.site.cluster.shutdown_limit_s
    stopping = outage.plus("8100 room cluster.stopping ssccluster")
    assert "S31" in stopping.plus(f"{8100 + limit_s} {RESTART}").broken
    assert "S31" not in stopping.plus(f"{8100.1 + limit_s} {RESTART}").broken
    assert "S31" in outage.plus(f"{9000 + limit_s} {RESTART}").broken, "it runs all the while"


@pytest.mark.parametrize("command", ["shutdown", "wake", "force"])
def test_S13_a_node_ends_its_own_system_and_nothing_else_without_the_lease(tell: Any, command: str) -> None:
    own = tell(CALM).plus(f"0 control2 command.sent control2 command={command}")
    assert ("S13" in own.broken) == (command == "wake")
    assert "S13" in tell(CALM).plus(f"0 control2 command.sent control1 command={command}").broken


def test_S13_its_own_ups_it_may_tell_to_go_off_when_nobody_else_on_it_runs(tell: Any) -> None:
    def breaks(*lines: str, **servers: Any) -> bool:
        telling = tell(CALM)
        shared = telling.at_site(servers={**telling.site.servers, **servers})
        return "S13" in shared.plus(*lines).broken

    off = "0 control2 command.sent ups2 command=off"
    assert not breaks(off)
    assert breaks("0 control2 command.sent ups2 command=on"), "on is no end"
    assert breaks("0 control2 command.sent ups1 command=off"), "not its own"
    assert breaks("0 ssccluster command.sent ups2 command=off"), "no node at all"
    beside = {"blade1": replace(tell(CALM).site.servers["blade1"], upses=("ups2",))}
    assert breaks(off, **beside), "blade1 runs on it"
    assert not breaks("-9 room server.halted blade1", off, **beside)


def test_S9_what_has_no_cause_at_all_is_told_once(tell: Any) -> None:
    telling = tell(CALM).plus("0 control1 command.sent blade1 command=shutdown")
    assert len(telling.result("S9").breaches) == 1


def test_S13_the_ups_of_a_node_that_is_down_is_still_not_the_other_ones_own(tell: Any) -> None:
    down = tell(CALM).plus("-9 room server.halted control1", "0 control2 command.sent ups1 command=off")
    assert down.breach("S13") == "control2 commanded off of ups1 at 600 s, but nobody held the lease"


@pytest.mark.parametrize(("by_s", "of"), [(-7200, "blade1"), (-2, "blade1"), (0, "blade1"), (-7200, "")])
def test_S9_t4_a_later_request_counts_though_it_was_heard_by_a_clock_that_is_behind(
    tell: Any, by_s: int, of: str
) -> None:
    told = tell(CALM).plus(
        f"-100 room clock.stepped control2 by_s={by_s} skew_s={by_s}",
        "0 control1 request.accepted reference wish=power_on id=r1 of=blade1",
        f'1 control2 request.accepted reference wish=power_off id=r2 of="{of}"',
        "10 control1 command.sent blade1 command=shutdown",
    )
    assert "S9" not in told.broken
    before = told.without("id=r1").plus(
        "20 control1 request.accepted reference wish=power_on id=r1 of=blade1"
    )
    assert "S9" in before.plus("30 control1 command.sent blade1 command=shutdown").broken
