"""Commands that mean something else than they say, or come unasked: S15, S27, S28, R2-07."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM, PARTED


def test_S15_an_off_that_is_sent_again_while_it_counts_down_is_reported(outage: Any) -> None:
    again = outage.plus("300 control1 command.sent ups5 command=off how=graceful falls_in_s=420")

    assert again.broken == ["S15"]
    assert again.breach("S15") == "ups5 was told to go off at 300 s, armed already since 32 s"


def test_S15_an_off_that_the_ups_has_dropped_may_be_sent_again(outage: Any) -> None:
    dropped = outage.without("off_armed ups5").plus("300 control1 command.sent ups5 command=off")

    assert dropped.broken == []


def test_S15_a_stream_of_sightings_alone_knows_what_was_sent(outage: Any) -> None:
    """A live room has no facts: then an OFF that was sent counts as armed for as long as it said."""
    told = [line for line in outage.lines if " room " not in line or "run." in line]
    live = outage.without(*(line for line in outage.lines if line not in told))

    assert "S15" not in live.broken
    assert "S15" in live.plus("300 control1 command.sent ups5 command=off falls_in_s=420").broken


def test_S27_a_command_to_what_is_held_is_reported(outage: Any) -> None:
    held = outage.plus("10 control1 hold.set rack2 asked_by=operator")

    assert held.broken == ["S27"]
    assert held.breach("S27") == "shutdown of rack2 at 32 s, held since 10 s"


def test_S27_after_its_release_everything_goes_on(outage: Any) -> None:
    released = outage.plus("10 control1 hold.set rack2", "31 control1 hold.released rack2")

    assert released.broken == []
    assert released.result("S27").put_to_test == 0


def test_S27_a_job_is_a_command_too(outage: Any) -> None:
    held = outage.plus(
        "8447 control1 hold.set blade1", "8448 control1 job.started blade1 job=check when=start"
    )

    assert held.breach("S27") == "check of blade1 at 8448 s, held since 8447 s"


def test_L3_what_is_held_and_what_hangs_on_it_is_not_owed_until_it_is_released(outage: Any) -> None:
    left = outage.without("8276 ", "server.up rack").until(12000)

    assert left.broken == ["L3"]
    assert "L3" not in left.plus("8270 control1 hold.set ups6").broken
    released = left.plus("8270 control1 hold.set ups6", "10000 control1 hold.released ups6")
    assert "since 10000 s" in released.without("run.ended").plus("12000 room run.ended reference").breach(
        "L3"
    )


def test_S28_a_server_that_had_not_run_is_not_woken(outage: Any) -> None:
    halted = outage.without("rack2 command=shutdown", "shutting_down rack2", "halted rack2").plus(
        "-400 room server.shutting_down rack2",
        "-300 room server.halted rack2",
        "8290 control1 command.sent rack2 command=wake",
    )

    assert halted.broken == ["S28"]
    assert halted.breach("S28") == "rack2 was woken at 8290 s; it had not run, and nobody asked for it"
    assert [event.name for event in halted.result("S28").breaches[0].events] == ["command.sent"]
    asked = halted.plus("8280 control1 request.accepted rack2 wish=power_on id=r1 of=rack2")
    assert asked.broken == []


def test_S28_what_ran_is_woken(outage: Any) -> None:
    assert outage.plus("8290 control1 command.sent rack2 command=wake").broken == []


def test_S28_an_earlier_incident_says_nothing_about_this_one(tell: Any) -> None:
    """L7: who ran before the last one, and was switched off by hand since, stays off."""
    telling = tell(CALM).plus(
        "0 room mains.lost ups6",
        "62 control1 outage.confirmed ups6",
        "70 room mains.restored ups6",
        "80 control1 incident.closed reference",
        "90 room server.shutting_down rack2",
        "95 room server.halted rack2",
        "200 control1 command.sent rack2 command=wake",
    )

    assert telling.broken == ["S28"]


@pytest.mark.parametrize(
    ("left", "broken"),
    [
        (["90 room server.crashed rack2 cause=power"], []),
        (["90 room server.crashed rack2 cause=fault"], ["S28"]),
        (["60 room server.shutting_down rack2", "90 room server.crashed rack2 cause=power"], ["S28"]),
        (["90 room server.crashed rack2 cause=power", "150 room server.up rack2"], ["S28"]),
        (
            [
                "50 control1 command.sent rack2 command=shutdown",
                "90 room server.crashed rack2 cause=power",
            ],
            ["S28"],
        ),
    ],
)
def test_S28_who_lost_its_power_in_no_incident_may_be_woken(
    tell: Any, left: list[str], broken: list[str]
) -> None:
    """Not who was going down, by a hand or as told, and lost it then; nor who has come up since."""
    telling = tell(CALM).plus(*left, "200 control1 command.sent rack2 command=wake")

    assert telling.result("S28").id == "S28"
    assert [rule for rule in telling.broken if rule == "S28"] == broken


def test_S28_a_pool_server_is_never_woken(outage: Any) -> None:
    assert outage.plus("8290 control1 command.sent bladepool command=wake").broken == ["S28"]


def test_S28_who_is_wanted_down_is_not_started_by_the_end_of_an_outage(outage: Any) -> None:
    """T7: the schedule decides what the goal is afterwards."""
    night = outage.plus('7000 control1 request.accepted reference wish=power_off id=r1 of="rack1, rack2"')

    assert night.broken == ["S28"]
    shown = [event.name for event in night.result("S28").breaches[0].events]
    assert shown == ["request.accepted", "command.sent"]
    woken = night.plus("8200 control1 command.sent rack2 command=wake").result("S28").breaches[0]
    assert [event.name for event in woken.events] == ["request.accepted", "command.sent"]
    later = night.plus("7100 control1 request.accepted reference wish=power_off id=r2 of=rack2")
    assert later.result("S28").breaches[0].events[0].details["id"] == "r2", "the last word"
    assert night.breach("S28") == (
        "ups6 was switched on at 8276 s for rack1 and rack2; nobody there had run or was asked for"
    )


def test_S28_a_ups_of_one_who_is_wanted_up_may_go_on(outage: Any) -> None:
    one = outage.plus("7000 control1 request.accepted reference wish=power_off id=r1 of=rack1")

    assert one.broken == []


def test_S28_out_of_the_blue_nothing_is_switched_on(tell: Any) -> None:
    assert tell(CALM).plus("0 control1 command.sent ups5 command=on").broken == ["S28"]


JOB = "control1 job.started control1 job=dump when=stop limit_s=60"


def test_R2_07_a_stop_job_before_the_cluster_has_stopped_is_reported(outage: Any) -> None:
    early = outage.plus(f"950 {JOB}")

    assert early.broken == ["R2-07"]
    assert early.breach("R2-07") == ("job dump on control1 began at 950 s while ssccluster was stopping")


def test_R2_07_after_it_has_stopped_they_run(outage: Any) -> None:
    late = outage.plus(f"1023 {JOB}")

    assert late.broken == []
    assert late.result("R2-07").put_to_test == 1


def test_R2_07_a_node_that_stops_alone_runs_them_while_the_cluster_goes_on_elsewhere(tell: Any) -> None:
    """R2-09: the group moves when its system goes."""
    one = tell(CALM).plus("0 room mains.lost ups1", "930 control1 outage.confirmed ups1", f"931 {JOB}")

    assert one.broken == []
    assert one.plus("930 control1 outage.confirmed ups3").broken == ["S9", "R2-07"]  # ups3 has its mains


def test_R2_07_jobs_of_linked_servers_and_start_jobs_are_not_its_matter(outage: Any) -> None:
    telling = outage.plus(
        "33 control1 job.started blade1 job=dump when=stop",
        "8100 control1 job.started control1 job=check when=start",
    )

    assert telling.broken == []


MET = ("465 room server.booting control2", "466 room server.up control2")
HELD_THEN = "100 control2 hold.set rack2 asked_by=operator"


def test_S27_what_only_a_node_that_is_down_was_told_of_the_other_cannot_know(tell: Any) -> None:
    parted = tell(CALM).plus(*PARTED, HELD_THEN, "470 control1 command.sent rack2 command=shutdown")

    assert parted.result("S27").breaches == ()
    assert parted.result("S27").put_to_test == 1
    late = parted.plus(*MET)
    assert late.result("S27").breaches == (), "who has booted looks round before it tells"
    met_s = 466 + late.site.start.first_look_limit_s
    told = "control1 command.sent rack2 command=shutdown"
    assert late.plus(f"{met_s - 0.1} {told}").result("S27").breaches == ()
    assert late.plus(f"{met_s} {told}").result("S27").breaches, "they have met since"
    news = late.without("hold.set").plus("468 control2 hold.set rack2")
    assert news.result("S27").breaches, "that is no old story"
    together = parted.without("hold.set").plus("5 control2 hold.set rack2")
    assert together.result("S27").breaches, "it was up then"


def test_S27_who_was_told_knows_it_though_he_has_met_nobody(tell: Any) -> None:
    own = tell(CALM).plus(*PARTED, HELD_THEN, "120 control2 command.sent rack2 command=shutdown")

    assert own.result("S27").breaches


def test_S27_who_boots_asks_the_others_at_once_what_they_know(tell: Any) -> None:
    stays = tell(CALM).plus(*PARTED[:2], *PARTED[4:], HELD_THEN)

    assert stays.plus("460.1 control1 command.sent rack2 command=shutdown").result("S27").breaches


OUT_AGAIN = (
    "471 room mains.lost ups6",
    "535 control1 outage.confirmed ups6",
    "535 control1 incident.opened reference cause=ups6",
)
OFF_THEN = tuple(
    f"100 control2 request.accepted reference wish=power_off id={rack} of={rack}"
    for rack in ("rack1", "rack2")
)


def test_S28_a_word_that_its_node_cannot_know_does_not_bind_it(tell: Any) -> None:
    switched = tell(CALM).plus(*PARTED, *OUT_AGAIN, *OFF_THEN, "700 control1 command.sent ups6 command=on")
    woken = tell(CALM).plus(*PARTED, *OFF_THEN, "700 control1 command.sent rack2 command=wake")

    for telling in (switched, woken):
        assert telling.result("S28").breaches == ()
        assert telling.plus(*MET).result("S28").breaches


SLEPT = (
    "-500 control1 request.accepted reference wish=power_off id=request-1",
    *(f"-490 room server.shutting_down {name}" for name in ("control1", "control2", "rack1", "rack2")),
    *(f"-400 room server.halted {name}" for name in ("control1", "control2", "rack1", "rack2")),
    "-200 room server.up control1",
)


def test_S28_a_boot_that_ends_a_stop_wants_up_whom_it_stopped_unless_they_are_wanted_down_since(
    tell: Any,
) -> None:
    """Though that is heard only when its time is made up for (T7)."""
    slept = tell(CALM).plus(*SLEPT)
    missed = "-100 control1 schedule.fired reference id=night/1/off goal=down servers=rack2 late_s=200"
    wake = "0 control1 command.sent {} command=wake"
    assert "S28" not in slept.plus(wake.format("rack2")).broken
    assert "S28" not in slept.plus(missed, wake.format("rack1")).broken
    assert "S28" in slept.plus(missed, wake.format("rack2")).broken


def test_S28_a_node_that_its_manager_stops_and_that_is_to_stay_down_with_all_ends_that_when_it_boots(
    tell: Any,
) -> None:
    """It is on its way down already when it is told of, and when everybody is wanted down."""
    going = (
        "-560 room server.shutting_down control1",
        "-559 control1 request.accepted control1 wish=server_shutdown id=request-0 of=control1",
        "-500 control1 request.accepted reference wish=power_off id=request-1",
        *(f"-490 room server.shutting_down {name}" for name in ("control2", "rack2")),
        *(f"-400 room server.halted {name}" for name in ("control1", "control2", "rack2")),
        "-200 room server.up control1",
        "0 control1 command.sent rack2 command=wake",
    )
    assert "S28" not in tell(CALM).plus(*going).broken
    assert "S28" in tell(CALM).plus(*going[1:]).broken, "nobody saw it go"


AGAIN = ((105, "up"), (120, "shutting_down"), (130, "halted"))
"""Back in it, and switched off by hand after it."""
NOT_TOLD = (
    "0 room mains.lost ups6",
    "62 control1 outage.confirmed ups6",
    "62 control1 incident.opened reference cause=ups6",
    "63 room server.shutting_down rack1",
    "64 room server.halted rack1",
    "65 room server.shutting_down rack2",
    "66 room server.halted rack2",
    "70 room mains.restored ups6",
    "100 room server.halted control2",
    "110 control1 incident.closed reference",
    *(f"{t} room server.{what} rack{n}" for t, what in AGAIN for n in (1, 2)),
    "200 room server.halted control1",
    "600 room server.up control2",
)
"""control2 knows of the incident, and not that it is over; whoever told it so is down."""


@pytest.mark.parametrize("start", ["ups6 command=on", "rack2 command=wake"])
def test_S28_who_cannot_know_that_an_incident_is_over_starts_who_ran_in_it(tell: Any, start: str) -> None:
    sent = f"700 control2 command.sent {start}"
    untold = tell(CALM).plus(*NOT_TOLD, sent)
    assert untold.result("S28").breaches == ()
    assert untold.plus("650 room server.up control1").result("S28").breaches, "it is told"
    assert tell(CALM).plus(*NOT_TOLD, sent.replace("control2", "control1")).result("S28").breaches
    down = "95 control1 request.accepted reference wish=power_off id=r1 of={}"
    wanted = untold.plus(down.format('"rack1, rack2"'))
    assert wanted.result("S28").breaches, "they are wanted down"
    never = untold.without("incident.closed", "incident.opened", "outage.confirmed")
    assert never.result("S28").breaches, "there was none"
    before = untold.plus("-200 control1 incident.closed reference")
    assert before.result("S28").breaches == (), "the end of an earlier one it does know"


def test_S28_after_an_outage_a_ups_goes_on_though_nobody_on_it_had_run(tell: Any) -> None:
    """It gave power before, and nobody is wanted down."""
    out = tell(CALM).plus(
        *(f"-500 room server.shutting_down rack{n}" for n in (1, 2)),
        *(f"-400 room server.halted rack{n}" for n in (1, 2)),
        "0 room mains.lost ups6",
        "62 control1 outage.confirmed ups6",
        "70 room ups.output_off ups6 cause=exhausted",
        "80 room mains.restored ups6",
        "200 control1 command.sent ups6 command=on",
    )
    assert out.result("S28").breaches == ()
    assert out.plus("150 control1 incident.closed reference").result("S28").breaches


def test_S28_a_node_that_wakes_wants_up_whom_that_word_stopped_which_it_knows(tell: Any) -> None:
    """control1 said the same once more when control2 slept already, by a schedule, of the nodes alone."""
    asleep = tell(CALM).plus(
        "-500 control2 request.accepted reference wish=power_off id=request-1",
        *(f"-490 room server.shutting_down {name}" for name in ("control1", "control2", "rack2")),
        *(f"-400 room server.halted {name}" for name in ("control1", "control2", "rack2")),
        "-300 room server.booting control1",
    )
    again = 'control1 schedule.fired reference id=night/1/off goal=down servers="control1, control2" late_s=0'
    woken = ("100 room server.up control2", "200 control2 command.sent rack2 command=wake")
    ended = asleep.without("server.booting control1")
    assert ended.plus(*woken).result("S28").breaches == ()
    told = ended.plus(f"-350 {again}", *woken)
    assert told.result("S28").breaches == (), "only who is down has heard that"
    met = told.plus("-340 room server.up control1", "50 room server.up control1")
    assert met.without("-340").result("S28").breaches, "it has heard that later word, too"


def test_S28_each_node_that_wakes_ends_the_word_that_stopped_it(tell: Any) -> None:
    """control1 was shut down before, and never heard of the other word; both are booted by hand."""
    first = (
        "-580 control1 request.accepted control1 wish=server_shutdown id=request-0 of=control1",
        "-580 room server.shutting_down control1",
        "-570 room server.halted control1",
    )
    second = (
        "-500 control2 request.accepted reference wish=power_off id=request-1",
        *(f"-490 room server.shutting_down {name}" for name in ("control2", "rack2")),
        *(f"-400 room server.halted {name}" for name in ("control2", "rack2")),
    )
    slept = tell(CALM).plus(
        *first, *second, "-300 room server.booting control1", "-200 room server.up control1"
    )
    woken = "0 control1 command.sent rack2 command=wake"
    alone = slept.plus(woken)
    assert alone.result("S28").breaches == (), "it knows nothing of that word"
    both = slept.plus("-250 room server.booting control2", "-100 room server.up control2", woken)
    assert both.result("S28").breaches == ()
    again = both.plus(
        "-90 room server.up rack2",
        "-80 room server.shutting_down rack2",
        "-70 room server.halted rack2",
    )
    assert again.result("S28").breaches, "it has been up since, and somebody has shut it down"
    restarts = slept.plus(
        "-250 room server.booting control2",
        "-100 room server.up control2",
        "-95 control1 request.accepted rack2 wish=power_off id=request-2 of=rack2",
        woken,
    )
    assert restarts.result("S28").breaches, "a later word"
