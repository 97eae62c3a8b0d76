"""What a schedule may do to the arrays and to the control side: S5, S21, S22, S23, L1, L3 in a night."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.schedules import Cause, Schedule
from sequencer.site import Start
from teiden.judge.verdict import Status


def on_at(night: Any, on: str, **more: Any) -> Any:
    """The schedule says another time; the room does what it did."""
    nightly = replace(night.site.schedules["nightly"], on=on, **more)
    return night.at_site(schedules={**night.site.schedules, "nightly": nightly})


def test_a_night_as_it_should_be_breaks_nothing(night: Any) -> None:
    assert night.broken == []
    tested = {r.id for r in night.judged().invariants if r.put_to_test}
    assert tested >= {"S1", "S2", "S3", "S8", "S9", "S22", "S23", "S24", "S28", "S35", "L6", "L10"}


def restart(night: Any) -> Any:
    """Off at 22:00, on at 22:01: nothing but a restart of the servers."""
    short = on_at(night, "22:01").until(0).without("command", "shutting_down", "off_armed")
    short = short.changed("schedule.fired", "goal=down", "goal=reboot")
    for name in ("blade1", "blade2", "rack1", "rack2"):
        short = short.plus(
            f"1 control1 command.sent {name} command=restart",
            f"1 room server.shutting_down {name}",
            f"90 room server.halted {name}",
            f"91 room server.booting {name}",
            f"270 room server.up {name}",
        )
    return short.without("run.ended").plus("4000 room run.ended reference")


def test_S21_one_minute_is_a_restart(night: Any) -> None:
    assert restart(night).broken == []


def test_S21_one_minute_that_fires_as_an_off_is_reported(night: Any) -> None:
    as_off = restart(night).changed("schedule.fired", "goal=reboot", "goal=down")

    assert as_off.result("S21").breaches[0].text == (
        "nightly switched off at 0 s, though its on is one minute later"
    )


@pytest.mark.parametrize(
    "command", ["ups5 command=off", "linkeddisk command=flush", "blade1 command=shutdown"]
)
def test_S21_nothing_is_switched_or_flushed_in_a_restart(night: Any, command: str) -> None:
    assert "S21" in restart(night).plus(f"2 control1 command.sent {command}").broken


def test_S21_an_outage_in_the_middle_of_a_restart_may_stop_everything(night: Any) -> None:
    out = restart(night).plus("1 room mains.lost utility", "31 control1 outage.confirmed ups4")

    assert "S21" not in out.plus("32 control1 command.sent ups5 command=off").broken


def test_S22_a_gap_that_is_long_enough_to_the_second_holds(night: Any) -> None:
    """R10-46, T6: 420 + 600 + 720 + 360 + 300."""
    assert on_at(night, "22:40:00").result("S22").breaches == ()


def test_S22_a_second_less_is_reported_once(night: Any) -> None:
    result = on_at(night, "22:39:59").result("S22")

    assert [b.text for b in result.breaches] == [
        "linkeddisk was stopped at 422 s for 2399 s; 2400 s are needed"
    ]


def test_S22_an_outage_cuts_however_short_the_night_is(night: Any) -> None:
    out = on_at(night, "22:39:59").plus("380 room mains.lost ups4", "415 control1 outage.confirmed ups4")

    assert out.result("S22").breaches == ()


def test_S22_a_stream_that_does_not_tell_the_time_is_not_judged(night: Any) -> None:
    unknown = on_at(night, "22:39:59").changed("run.started", "start=", "begun=")

    assert unknown.result("S22").breaches == ()


def test_S22_one_of_the_users_that_wakes_earlier_decides(night: Any) -> None:
    early = Schedule("early", ("rack2",), off="21:55", on="22:30")
    telling = night.at_site(schedules={**night.site.schedules, "early": early})

    assert "for 1800 s; 2400 s are needed" in telling.breach("S22")


def test_S23_one_server_that_stays_up_keeps_the_array_on(night: Any) -> None:
    """R10-44: it runs, or is down only just now."""
    stays = night.changed("goal=down", ", rack2", "")

    up = stays.plus("5 control1 request.accepted rack2 wish=power_on id=r1 of=rack2")
    assert up.breach("S23") == "linkeddisk was stopped at 422 s, but rack2 was not to be off"
    running = stays.without("rack2 command=shutdown", "shutting_down rack2", "server.halted rack2")
    running = running.without("output_off ups6")
    assert running.breach("S23") == "linkeddisk was stopped at 422 s, but rack2 was not to be off"


def test_S23_the_schedule_of_the_control_side_does_not_count(night: Any) -> None:
    nodes = with_control(night).without("schedule.fired").plus(f"0 {CONTROL_OFF}")

    assert "S9" in nodes.broken  # nobody wanted the linked side down at all


def test_S23_a_user_that_is_off_and_wanted_by_nobody_is_in_nobodys_way(night: Any) -> None:
    three = night.changed("goal=down", ", rack2", "").without("rack2 command=shutdown", "shutting_down rack2")
    three = three.without("server.halted rack2").plus(
        "-500 room server.shutting_down rack2", "-400 room server.halted rack2"
    )

    assert three.result("S23").breaches == ()


CONTROL_OFF = (
    'control1 schedule.fired control id=control/2026-11-19/off goal=down servers="control1, control2"'
)


def with_control(night: Any) -> Any:
    control = Schedule("control", ("control1", "control2"), off="22:30", on="06:00")
    return night.at_site(schedules={**night.site.schedules, "control": control})


def test_S5_r10_45_the_control_side_waits_for_the_flush_of_the_night(night: Any) -> None:
    stop = "control1 command.sent ssccluster command=stop"

    night = with_control(night)

    early = night.plus(f"440 {CONTROL_OFF}", f"450 {stop}")
    assert early.breach("S5") == "ssccluster was told to stop at 450 s while linkeddisk was still flushing"
    assert night.plus(f"440 {CONTROL_OFF}", f"620 {stop}").result("S5").breaches == ()
    (breach,) = early.result("S5").breaches
    assert [e.name for e in breach.events] == ["schedule.fired", "command.sent"], "the word it goes against"
    later = early.plus('5 control1 request.accepted reference wish=power_off id=r1 asked_by=ann of="rack2"')
    assert later.result("S5").breaches[0].events[0].details["id"] == "r1", "the last one about who uses it"


def test_S5_r10_45_who_cannot_know_of_the_night_waits_for_no_flush_of_it(night: Any) -> None:
    """control2 has begun it while control1 was down, and is down when that one goes."""
    told = with_control(night).changed("schedule.fired nightly", "control1", "control2")
    told = told.plus("-500 room server.halted control1", "100 room server.booting control1")
    told = told.plus("200 room server.up control1", f"440 {CONTROL_OFF}")
    told = told.plus("450 control1 command.sent ssccluster command=stop")
    assert "linkeddisk was still flushing" in told.breach("S5"), "the other one has told it"
    assert told.plus("190 room server.halted control2").result("S5").breaches == ()


def test_S5_an_array_that_stays_on_in_a_short_night_holds_nobody_up(night: Any) -> None:
    short = on_at(with_control(night), "22:30").until(430).without("command=flush", "array.flushing")
    asked = short.plus(f"425 {CONTROL_OFF}", "426 control1 command.sent ssccluster command=stop")

    assert asked.result("S5").breaches == ()
    assert asked.result("S5").put_to_test == 1


def test_L3_who_is_wanted_down_is_not_stranded(night: Any) -> None:
    asleep = on_at(night, "").until(1000).plus("90000 room ups.on_line ups1")

    assert asleep.result("L3").breaches == ()
    assert asleep.until(90000).result("L1").status is Status.HELD


def test_L3_a_server_that_is_not_up_after_its_on_is_reported(night: Any) -> None:
    left = night.without("server.booting rack2", "server.up rack2").until(15000)

    assert left.broken == ["L1", "L3"]
    assert "nothing stood in its way since 2880 s" in left.breach("L3"), "from 22:48 on"


def test_L1_a_night_that_its_run_does_not_see_the_end_of_owes_nothing(night: Any) -> None:
    assert night.until(2000).result("L1").status is Status.HELD


def test_L3_a_control_node_that_sleeps_is_owed_from_its_instant_on(night: Any) -> None:
    """It comes back by its UPS's timer; nobody else is there to fire the instant."""
    slept = with_control(night).until(1799).plus(f"1800 {CONTROL_OFF}")
    for node, ups in (("control1", "ups1"), ("control2", "ups2")):
        slept = slept.plus(
            f"1801 control1 command.sent {node} command=shutdown",
            f"1801 room server.shutting_down {node}",
            f"1860 room server.halted {node}",
            f"2220 room ups.output_off {ups} cause=command",
        )

    def at_end(s: float) -> Any:
        return slept.without("run.ended").plus(f"{s} room run.ended reference").result("L3")

    assert at_end(28800).breaches == ()  # 06:00
    assert {b.subject for b in at_end(32000).breaches} >= {"control1", "control2"}

    def with_a_clock(*steps: str) -> Any:
        told = slept.without("run.ended").plus(*steps, "32000 room run.ended reference")
        return {b.subject for b in told.result("L3").breaches}

    step = "{} room clock.stepped {} by_s=-7200 skew_s=-7200"
    assert with_a_clock(step.format(1810, "control1")) == set(), "the timer was set by its clock (T3)"
    assert with_a_clock(step.format(1799, "control1")) == set()
    assert "control2" in with_a_clock(step.format(1810, "control2")), "it does not command"
    assert "control2" in with_a_clock(step.format(2300, "control1")), "the timer runs already"

    behind, told = step.format(1799, "control1"), "{} control{} command.sent ups2 command=off how={}"
    assert with_a_clock(behind, told.format(1802, 1, "sleep")) == set()
    assert "control2" in with_a_clock(behind, told.format(1802, 2, "sleep")), "his clock counts who tells it"
    assert with_a_clock(behind, told.format(1802, 2, "graceful")) == set(), "no timer"
    assert with_a_clock(behind, told.format(1700, 2, "sleep")) == set(), "for an earlier night"


@pytest.mark.parametrize(
    ("wish", "falls_s", "owed"),
    [
        ("cluster_shutdown", None, False),
        ("cluster_shutdown", 2220, True),
        ("cluster_shutdown", 900, False),
        ("power_off", None, True),
    ],
)
def test_L3_whom_the_clusters_manager_has_shut_down_with_their_power_on_no_timer_brings_back(
    night: Any, wish: str, falls_s: int | None, owed: bool
) -> None:
    """He tells no UPS, and nobody is up who would tell the instant; `falls_s`: when they went last."""
    down = with_control(night).until(1799)
    down = down.plus(f'1800 control1 request.accepted reference wish={wish} id=r1 of="control1, control2"')
    for node, ups in (("control1", "ups1"), ("control2", "ups2")):
        if falls_s is not None:
            down = down.plus(f"{falls_s} room ups.output_off {ups} cause=command")
        down = down.plus(f"1801 room server.shutting_down {node}", f"1860 room server.halted {node}")
    told = down.without("run.ended").plus("32000 room run.ended reference").result("L3")
    assert {"control1", "control2"}.issubset({b.subject for b in told.breaches}) is owed


def test_L3_what_the_end_of_an_outage_does_not_bring_back_waits_for_its_schedule(outage: Any) -> None:
    """R2-03: without the cause `restore`."""
    by_schedule = Schedule("late", ("rack2",), off="23:00", on="07:00", on_by=(Cause.SCHEDULE,))
    waiting = outage.without("server.booting rack2", "server.up rack2").until(20000)

    assert waiting.broken == ["L1", "L3"]
    assert waiting.at_site(schedules={"late": by_schedule}).broken == []
    both = replace(by_schedule, on_by=(Cause.SCHEDULE, Cause.RESTORE))
    assert waiting.at_site(schedules={"late": both}).broken == ["L1", "L3"]


def test_L1_what_its_operator_asks_for_is_owed_on_a_site_that_is_started_by_hand(outage: Any) -> None:
    by_hand = outage.without("server.up rack2").until(20000).at_site(start=Start(auto=False))

    assert by_hand.broken == []
    asked = by_hand.plus("7600 control1 request.accepted reference wish=power_on id=r1")
    assert asked.broken == ["L1", "L3"]


def test_L1_power_off_of_everything_leaves_an_incident_open_and_owes_nothing(tell: Any) -> None:
    off = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
           0 control1 request.accepted reference wish=power_off id=r1
           0 control1 incident.opened reference cause=r1
          30 room server.halted rack1
        90000 room run.ended reference
        """
    )

    assert off.broken == []
    assert off.plus("60 control1 request.accepted reference wish=power_on id=r2").broken == ["L1", "L3"]


def test_L3_who_stopped_by_a_hand_of_its_own_is_not_owed(tell: Any) -> None:
    stopped = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
           0 room server.shutting_down rack1
          90 room server.halted rack1
        90000 room run.ended reference
        """
    )

    assert stopped.broken == []
    ours = stopped.plus(
        "-9 control1 request.accepted rack1 wish=power_off id=r1 of=rack1",
        "-1 control1 command.sent rack1 command=shutdown",
        "99 control1 request.accepted rack1 wish=power_on id=r2 of=rack1",
    )
    assert ours.broken == ["L1", "L3"]


def test_L3_arrays_wait_for_those_of_a_lower_rank(outage: Any) -> None:
    """R9-26: rank 2 waits while rank 1 has no mains."""
    site = outage.site
    ups8 = replace(site.upses["ups3"], name="ups8", number=8, feed="other")
    second = replace(site.arrays["controldisk"], name="disk2", controllers=("ups8",), enclosures=("ups8",))

    def with_rank(rank: int) -> list[str]:
        upses = {**site.upses, "ups8": ups8, "ups3": replace(site.upses["ups3"], warm_up_rank=rank)}
        telling = outage.at_site(
            feeds=("utility", "other"), upses=upses, arrays={**site.arrays, "disk2": second}
        )
        telling = (
            telling.until(7502)
            .without("command.sent ups3 command=on")
            .plus(
                "0 room mains.lost other", "1 room array.off disk2", "1 room ups.output_off ups8 cause=fault"
            )
        )
        late = telling.without("run.ended").plus("20000 room run.ended reference")
        return [b.subject for b in late.result("L3").breaches]

    assert with_rank(1) == ["controldisk"]
    assert with_rank(2) == []
