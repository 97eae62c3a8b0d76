"""What a node planned, wrote down and sent, to the half second: S29, S30, S33."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM

ALARM = 'alarm.raised ups5 rule=S29 text="ups5 goes off after 60 s; the site file says 420 s"'
OFF = "control1 command.sent ups5 command=off how=graceful falls_in_s="


def planned(tell: Any, *lines: str) -> Any:
    """blade1 and blade2 are asked for, and down; so their UPS may go off."""
    telling = tell(CALM).plus(
        '0 control1 request.accepted reference wish=power_off id=r1 of="blade1, blade2"'
    )
    halted = [f"10 room server.halted {name}" for name in ("blade1", "blade2")]
    return telling.plus(*halted, *lines)


def s29(telling: Any) -> list[str]:
    return [breach.text for breach in telling.result("S29").breaches]


@pytest.mark.parametrize(
    ("planned_s", "alike"), [(420.5, True), (420.6, False), (419.5, True), (419.4, False)]
)
def test_S29_half_a_second_is_the_same_setting(tell: Any, planned_s: float, alike: bool) -> None:
    assert (s29(planned(tell, f"20 {OFF}{planned_s}")) == []) is alike
    row = f"19 control1 journal.committed ups5 kind=off_armed falls_in_s={planned_s}"
    assert (s29(planned(tell, row, f"20 {OFF}420")) == []) is alike


def test_S29_only_an_alarm_of_this_rule_says_so(tell: Any) -> None:
    other = f"19 control1 {ALARM.replace('rule=S29', 'rule=C12')}"
    assert s29(planned(tell, other, f"20 {OFF}60"))
    assert s29(planned(tell, f"19 control1 {ALARM}", f"20 {OFF}60")) == []


@pytest.mark.parametrize(
    "what",
    [
        "linkeddisk command=off how=graceful falls_in_s=9",
        "ups5 command=off how=graceful",
        "ups5 command=off falls_in_s=9",
    ],
)
def test_S29_what_promises_nothing_is_not_compared(tell: Any, what: str) -> None:
    telling = planned(tell, f"20 control1 command.sent {what}")
    assert s29(telling) == []
    assert telling.result("S29").put_to_test == 0
    by_nobody = planned(tell, "20 ssccluster command.sent ups5 command=off how=graceful falls_in_s=9")
    assert by_nobody.result("S29").put_to_test == 0


@pytest.mark.parametrize(("delay_s", "short"), [(179.5, False), (179.4, True)])
def test_S29_a_load_that_runs_may_take_its_whole_time(outage: Any, delay_s: float, short: bool) -> None:
    telling = outage.plus(f"31 control1 {ALARM}").changed(
        "command.sent ups5 command=off", "falls_in_s=420", f"falls_in_s={delay_s}"
    )
    telling = telling.changed("ups.off_armed ups5", "falls_at=1052", f"falls_at={632 + delay_s}")
    assert ("may take 180 s to stop" in " ".join(s29(telling))) is short


def test_S29_the_slowest_of_them_is_named_with_its_time(outage: Any) -> None:
    telling = outage.plus(f"31 control1 {ALARM}").changed(
        "command.sent ups5 command=off", "falls_in_s=420", "falls_in_s=100"
    )
    slow = replace(telling.site.servers["blade2"], shutdown_limit_s=240.0)
    telling = telling.at_site(servers={**telling.site.servers, "blade2": slow})
    assert "blade1 and blade2 may take 240 s to stop" in " ".join(s29(telling))


@pytest.mark.parametrize(("stays_s", "short"), [(179.5, False), (179.4, True)])
def test_S29_x04_another_feed_carries_it_that_does_not_fall_before_its_limit_is_over(
    outage: Any, stays_s: float, short: bool
) -> None:
    """Half a second is the same setting. And one that is off carries nobody."""
    telling = outage.plus(f"31 control1 {ALARM}").changed(
        "command.sent ups5 command=off", "falls_in_s=420", "falls_in_s=100"
    )
    two = {n: replace(telling.site.servers[n], upses=("ups5", "ups6")) for n in ("blade1", "blade2")}
    fed = telling.at_site(servers={**telling.site.servers, **two})

    def too_short(*lines: str) -> bool:
        return "may take 180 s to stop" in " ".join(s29(fed.plus(*lines)))

    assert not too_short()
    assert too_short(f"31 room ups.off_armed ups6 falls_at={632 + stays_s}") is short
    assert too_short("31 room ups.output_off ups6 cause=fault")


def test_S29_at_once_waits_for_nobody(tell: Any) -> None:
    now = tell(CALM).plus("20 control1 command.sent ups5 command=off how=now falls_in_s=0")
    assert s29(now) == []


@pytest.mark.parametrize(("took_s", "noticed"), [(421.0, True), (421.1, False)])
def test_S29_a_countdown_unlike_what_was_planned_must_be_said_before_it_falls(
    tell: Any, took_s: float, noticed: bool
) -> None:
    telling = planned(
        tell,
        f"20 {OFF}420",
        f"20 room ups.off_armed ups5 falls_at={620 + took_s}",
        f"{20 + took_s} room ups.output_off ups5 cause=command",
    )
    assert (s29(telling) == []) is noticed
    assert s29(telling.plus(f"21 control1 {ALARM}")) == []
    assert s29(telling.changed("output_off ups5", "cause=command", "cause=exhausted")) == []


def test_S29_a_countdown_that_was_replaced_by_another_is_forgotten(tell: Any) -> None:
    telling = planned(
        tell,
        f"20 {OFF}420",
        "20 room ups.off_armed ups5 falls_at=5000",
        f"30 {OFF}420",
        "450 room ups.output_off ups5 cause=command",
    )
    assert s29(telling) == []


def test_S30_of_a_node_itself_only_its_own_end_needs_no_row(outage: Any) -> None:
    rows = outage.plus("-580 control1 journal.committed reference kind=lease")

    def told(what: str) -> bool:
        lines = rows.plus(f"950 control1 command.sent control1 command={what}").result("S30").breaches
        return any(breach.subject == "control1" and breach.t == 600 + 950 for breach in lines)

    assert [told(what) for what in ("shutdown", "force", "wake")] == [False, False, True]
    other = rows.plus("950 ssccluster command.sent control2 command=wake")
    assert other.result("S30").put_to_test == rows.result("S30").put_to_test


def test_S30_either_row_is_enough_for_a_force(outage: Any) -> None:
    rows = outage.plus("-580 control1 journal.committed reference kind=lease")
    force = rows.plus("1100 control1 command.sent ssccluster command=force")

    def unwritten(telling: Any) -> bool:
        return any(breach.t == 600 + 1100 for breach in telling.result("S30").breaches)

    assert unwritten(force)
    assert not unwritten(force.plus("1090 control1 journal.committed ssccluster kind=cluster_stop_asked"))
    assert not unwritten(force.plus("1090 control1 journal.committed ssccluster kind=forced"))
    assert unwritten(force.plus("1090 control1 journal.committed control2 kind=forced"))


@pytest.mark.parametrize(("before_s", "counts"), [(0.0, True), (1.0, True), (1.1, False)])
def test_S30_a_row_of_the_moment_before_the_next_stop_began_is_of_what_was_on_its_way(
    outage: Any, before_s: float, counts: bool
) -> None:
    """So long its look may take; the cluster's manager shuts a node down just then."""
    rows = outage.plus("-580 control1 journal.committed reference kind=lease")
    rows = rows.plus(f"{1090 - before_s} control1 journal.committed rack1 kind=forced")
    rows = rows.plus("1090 control1 journal.committed r1 kind=planned")
    force = rows.plus("1090.5 control1 command.sent rack1 command=force")
    assert any(breach.t == 600 + 1090.5 for breach in force.result("S30").breaches) is not counts


@pytest.mark.parametrize(("apart_s", "too_fast"), [(2.0, False), (1.9, True)])
def test_S33_two_writes_to_one_card_are_a_poll_apart(tell: Any, apart_s: float, too_fast: bool) -> None:
    telling = planned(tell, f"20 {OFF}420", f"{20 + apart_s} {OFF}420")
    assert bool(telling.result("S33").breaches) is too_fast
    servers = planned(
        tell, "20 control1 command.sent blade1 command=wake", "20 control1 command.sent blade1 command=wake"
    )
    assert servers.result("S33").put_to_test == 0


def test_S29_an_off_of_which_no_delay_is_told_is_held_against_no_load(tell: Any) -> None:
    """Sent by a sequencer of another version, over machines that run."""
    off = tell(CALM).plus("20 control1 command.sent ups5 command=off how=graceful")
    armed = off.plus("20 room ups.off_armed ups5 falls_at=1040", "440 room ups.output_off ups5 cause=command")
    assert s29(armed) == []
    unknown = planned(tell, f"20 {OFF}420", "20 room ups.off_armed ups5")
    assert s29(unknown.plus("440 room ups.output_off ups5 cause=command")) == []


def test_S30_in_safe_mode_every_command_is_looked_at(tell: Any) -> None:
    safe = tell(CALM).plus("0 control1 alarm.raised control1 rule=S30 text=broken")
    told = safe.plus(
        "10 control1 command.sent blade1 command=shutdown", "11 control1 command.sent blade2 command=wake"
    ).result("S30")
    assert told.put_to_test == 2
    assert [breach.t - 600 for breach in told.breaches] == [11]
