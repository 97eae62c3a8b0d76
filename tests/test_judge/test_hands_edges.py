"""Whose start is due and whose command is nobody's: S15, S27, S28, R2-07 at their edges."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from teiden.judge.verdict import judge
from tests.told_well import CALM

JOB = "control1 job.started control1 job=dump when=stop limit_s=60"
WISH = "control1 request.accepted reference wish={} id=r{} of={}"


def test_S15_it_is_shown_by_the_first_off_and_the_second(outage: Any) -> None:
    again = outage.plus("300 control1 command.sent ups5 command=off how=graceful falls_in_s=420")
    (breach,) = again.result("S15").breaches
    assert [round(event.t - 600) for event in breach.events] == [32, 300]


def test_S15_two_that_do_not_hear_each_other_may_tell_it_in_the_same_second(tell: Any) -> None:
    """Each by its own look before that (C4; seed 222679)."""
    armed = "300.1 room ups.off_armed ups5 falls_at=1320"

    def broken(by: str, at_s: float, *first: str) -> bool:
        told = tell(CALM).plus(*first, armed, f"{at_s} {by} command.sent ups5 command=off")
        return bool(told.result("S15").breaches)

    first = "300 control1 command.sent ups5 command=off"
    assert not broken("control2", 301, first)
    assert broken("control2", 301.1, first), "a look would have shown it"
    assert broken("control1", 301, first), "it was its own"
    assert broken("control2", 301), "nobody has told it"


def test_S27_it_is_shown_by_the_hold_and_the_command(outage: Any) -> None:
    held = outage.plus("10 control1 hold.set rack2 asked_by=operator")
    (breach,) = held.result("S27").breaches
    assert [event.name for event in breach.events] == ["hold.set", "command.sent"]
    sent = sum(event.name == "command.sent" for event in held.events)
    assert held.result("S27").put_to_test == sent, "while anything is held, every command"


def test_S28_a_node_is_woken_unless_it_is_wanted_down(outage: Any) -> None:
    wake = "7600 control1 command.sent control2 command=wake"
    assert "S28" not in outage.plus(wake).broken
    assert "S28" in outage.plus("7599 " + WISH.format("server_shutdown", 1, "control2"), wake).broken


def test_S28_a_pool_server_that_somebody_asks_for_is_not_woken_either(outage: Any) -> None:
    asked = "8280 " + WISH.format("power_on", 1, "bladepool")
    assert "S28" in outage.plus(asked, "8290 control1 command.sent bladepool command=wake").broken


def test_S28_a_wake_of_what_is_no_server_is_not_its_matter(outage: Any) -> None:
    before = outage.result("S28").put_to_test
    assert (
        outage.plus("8290 control1 command.sent linkeddisk command=wake").result("S28").put_to_test == before
    )


def test_S28_what_was_asked_for_and_came_up_is_not_due_a_second_time(tell: Any) -> None:
    asked = tell(CALM).plus(
        "-500 room server.shutting_down rack2",
        "-400 room server.halted rack2",
        "-300 " + WISH.format("power_on", 1, "rack2"),
        "-200 control1 command.sent rack2 command=wake",
        "-190 room server.booting rack2",
        "-100 room server.up rack2",
    )
    assert "S28" not in asked.broken
    again = asked.plus(
        "-50 room server.shutting_down rack2",
        "-20 room server.halted rack2",
        "0 control1 command.sent rack2 command=wake",
    )
    assert "S28" in again.broken, "somebody has switched it off since"


def test_S28_n2_it_is_shown_by_the_word_and_by_what_makes_somebody_boot_that_he_takes_for_its_end(
    tell: Any,
) -> None:
    """He has said that the word is over by a boot; another had told before that, what brings that about."""
    back = "-600 control2 command.sent ups1 command=off how=until_mains falls_in_s=420"
    told = tell(CALM).plus(
        "-500 " + WISH.format("power_off", 1, "rack2"),
        "-490 room server.shutting_down rack2",
        "-400 room server.halted rack2",
        "0 control1 command.sent rack2 command=wake",
    )
    over = "-200 control1 journal.committed r1 kind=wanted"

    def shown(*lines: str) -> list[float]:
        telling = told.plus(*lines)
        rows = {"r1": "r1, then control1/2", "r2": "r2, then control1/2"}
        events = [replace(e, subject=rows.get(e.subject, e.subject)) for e in telling.events]
        found = (r for r in judge(events, telling.site).invariants if r.id == "S28")
        return [round(event.t - 600) for result in found for event in result.breaches[0].events]

    assert shown(back, over) == [-500, -600, 0]
    restart = "-300 control2 command.sent ssccluster command=restart"
    assert shown(back, restart, over) == [-500, -300, 0], "the last"
    assert shown(back) == [-500, 0], "he does not say so"
    another = over.replace("-200 control1", "-200 control2")
    assert shown(back, another) == [-500, 0], "who told that says so himself"
    assert shown(back.replace("control2", "control1"), another) == [-500, -600, -200, 0], "by his word for it"
    woken = "-250 " + WISH.format("power_on", 2, "control2")
    assert shown(woken, another) == [-250, -200, 0], "he was woken by that, and has not heard it (204597)"
    assert shown(woken.replace("-250", "-199"), another) == shown(woken, over) == [-500, 0]
    assert shown(woken.replace("power_on", "power_off"), another) == [-500, 0]
    assert shown(back, over.replace("r1", "r2")) == [-500, 0], "of another word"
    assert shown(back, over.replace("-200", "0")) == [-500, 0], "not yet"
    assert shown(over, back.replace("control2", "control1")) == [-500, 0], "he knows that"
    assert shown(over, back.replace("-600", "-200")) == [-500, 0], "it was told later"
    assert shown(over, back.replace("until_mains", "graceful")) == [-500, 0], "which brings nobody back"
    assert shown(over, restart.replace("ssccluster", "control1")) == [-500, -300, 0]
    assert shown(over, back.replace("ups1", "ups5")) == [-500, 0], "which brings no node back"
    assert shown(over, restart.replace("ssccluster", "blade1")) == [-500, 0]


def test_S28_who_it_is_for_are_those_that_are_wanted_down_or_all_of_them(tell: Any, outage: Any) -> None:
    """Out of the blue it is for nobody in particular."""
    blue = tell(CALM).plus("0 control1 command.sent ups5 command=on")
    assert "for blade1 and blade2;" in blue.breach("S28")
    halted = outage.without("rack2 command=shutdown", "shutting_down rack2", "halted rack2").plus(
        "-400 room server.shutting_down rack2",
        "-300 room server.halted rack2",
        "7000 " + WISH.format("power_off", 1, "rack1"),
    )
    assert "for rack1;" in halted.breach("S28"), "rack2 had not run, and is not why"


def test_S28_other_upses_start_nobody(outage: Any) -> None:
    assert outage.result("S28").put_to_test == 2, "ups5 and ups6; ups3 and ups4 feed disks"


def test_R2_07_a_job_of_a_linked_server_amid_the_stop_of_the_control_side_is_not_its_matter(
    outage: Any,
) -> None:
    linked = outage.plus("950 control1 job.started blade1 job=dump when=stop")
    assert linked.result("R2-07").put_to_test == 0
    assert outage.plus("950 control1 job.started control1 job=x when=start").result("R2-07").put_to_test == 0


def test_R2_07_everybody_wanted_down_stops_the_control_side_and_one_alone_does_not(tell: Any) -> None:
    one = tell(CALM).plus("0 " + WISH.format("server_shutdown", 1, "control1"), f"10 {JOB}")
    assert one.result("R2-07").put_to_test == 0
    both = one.plus("1 " + WISH.format("server_shutdown", 2, "control2"))
    assert both.result("R2-07").put_to_test == 1
    assert both.breach("R2-07") == "job dump on control1 began at 10 s while ssccluster was running"


def test_R2_07_where_the_cluster_is_not_stopped_as_one_there_is_nothing_to_wait_for(outage: Any) -> None:
    early = outage.plus(f"950 {JOB}")
    assert "R2-07" in early.broken
    (breach,) = early.result("R2-07").breaches
    assert [event.name for event in breach.events] == ["command.sent", "job.started"]
    alone = replace(outage.site.cluster, stop_at_outage=False)
    assert "R2-07" not in early.at_site(cluster=alone).broken


def test_S28_a_wake_is_one_question(outage: Any) -> None:
    woken = outage.plus("8290 control1 command.sent rack2 command=wake")
    assert woken.result("S28").put_to_test == outage.result("S28").put_to_test + 1


def test_S28_t4_who_boots_by_hand_wants_up_what_a_clock_ahead_of_his_wanted_down(tell: Any) -> None:
    """It had told that for two hours later, and is down itself."""
    told = tell(CALM).plus(
        "-10 room clock.stepped control1 by_s=7200",
        "0 control1 request.accepted reference wish=power_off id=r1",
        "10 room server.shutting_down control2",
        "70 room server.halted control2",
        "800 room server.booting control2",
        "1040 room server.up control2",
        "1100 control2 command.sent ups5 command=on",
    )
    assert told.result("S28").breaches == ()
    assert told.without("server.up control2").result("S28").breaches, "nobody wants it up"


ON_BOOT = "1100 control1 command.sent ups5 command=on"


@pytest.mark.parametrize(
    ("without", "more", "asked"),
    [
        ((), (), True),
        (("control2",), (), False),  # it goes on, and the other node is up
        (("control2",), ("900 room ups.output_off ups3 cause=command",), True),
        ((), ("5 control1 hold.set control1",), False),  # nobody could stop it
        ((), ("5 control1 hold.set control1", "6 control1 hold.released control1"), True),
        ((), ("20 control1 command.sent ups1 command=off how=until_mains",), False),
        ((), ("90 room server.booting control2",), False),
        (("crashed control1",), (), False),
    ],
)
def test_S28_c12_whose_battery_ends_while_all_stop_wakes_those_whom_that_word_has_stopped(
    tell: Any, without: tuple[str, ...], more: tuple[str, ...], asked: bool
) -> None:
    """It was to be stopped by then, all else is, and somebody has booted it."""
    told = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1",
        "10 room server.shutting_down control2",
        "30 room ups.output_off ups1 cause=exhausted",
        "30 room server.crashed control1 cause=power",
        "70 room server.halted control2",
        "790 room ups.output_on ups1 cause=button",
        "800 room server.booting control1",
        "1040 room server.up control1",
        *more,
        ON_BOOT,
    )
    assert ("S28" not in told.without(*without).broken) is asked


@pytest.mark.parametrize(("by", "asked"), [("control2", False), ("control1", True)])
def test_S28_s27_whose_hold_was_released_unheard_goes_on_with_that_stop_as_it_knows(
    tell: Any, by: str, asked: bool
) -> None:
    """It is held, crashes, and is booted when the one is down who was told of its release (seed 113681)."""
    told = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1",
        "5 control1 hold.set control1",
        "30 room ups.output_off ups1 cause=exhausted",
        "30 room server.crashed control1 cause=power",
        f"{40 if by == 'control2' else 29} {by} hold.released control1",
        "50 room server.shutting_down control2",
        "110 room server.halted control2",
        "790 room ups.output_on ups1 cause=button",
        "800 room server.booting control1",
        "1040 room server.up control1",
        ON_BOOT,
    )
    assert ("S28" not in told.broken) is asked


def test_S28_c12_where_there_is_no_other_node_it_goes_on_with_that_stop(tell: Any) -> None:
    told = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1",
        "30 room ups.output_off ups1 cause=exhausted",
        "30 room server.crashed control1 cause=power",
        "790 room ups.output_on ups1 cause=button",
        "800 room server.booting control1",
        "1040 room server.up control1",
        ON_BOOT,
    )
    alone = told.at_site(cluster=replace(told.site.cluster, nodes=("control1",)))
    assert "S28" in alone.broken
    assert "S28" not in alone.plus("900 room ups.output_off ups3 cause=command").broken


@pytest.mark.parametrize(("cause", "goes_on"), [("power", True), ("fault", False)])
def test_S9_u19_who_crashes_with_the_ups_of_another_goes_on_with_that_stop(
    tell: Any, cause: str, goes_on: bool
) -> None:
    """A hand boots it; its own UPS has been on all the while, and tells of no such end (seed 188957)."""
    told = tell(CALM).plus(
        "0 control1 request.accepted reference wish=power_off id=r1",
        "10 room server.shutting_down control2",
        f"30 room server.crashed control1 cause={cause}",
        "70 room server.halted control2",
        "800 room server.booting control1",
        "1040 room server.up control1",
        "1100 control1 command.sent control1 command=shutdown",
    )
    assert ("S9" not in told.broken) is goes_on
    own = "29 room ups.output_off ups1 cause=exhausted", "790 room ups.output_on ups1 cause=button"
    assert "S9" in told.plus(*own).broken, "its own has fallen"


def test_S28_x04_a_second_feed_of_somebody_who_runs_as_he_is_to_starts_nobody(tell: Any) -> None:
    """Rack1, beside rack2, is down; it has no other feed, and nobody has asked for it."""
    dark = tell(CALM).plus(
        "-120 room server.shutting_down rack1",
        "-110 room server.halted rack1",
        "-100 room ups.output_off ups6 cause=fault",
        "0 control1 command.sent ups6 command=on",
    )
    assert "S28" in dark.broken
    two = replace(dark.site.servers["rack2"], upses=("ups5", "ups6"))
    second = dark.at_site(servers={**dark.site.servers, "rack2": two})
    assert "S28" not in second.broken
    assert "S28" in second.plus("-50 room server.crashed rack2 cause=fault").broken, "it is to be started"
    assert "S28" in second.plus("-50 " + WISH.format("power_off", 1, "rack2")).broken, "it is to go"
    assert "S28" in second.plus("-50 room ups.output_on ups6 cause=return").broken, "it has its second feed"


WAKE = "{} control1 command.sent rack2 command=wake"


def left_down(tell: Any, *more: str) -> bool:
    """Whether a start is reported of rack2, which ran before an incident and was down at its end."""
    lines = (
        "62 control1 outage.confirmed ups6",
        "70 room server.shutting_down rack2",
        "75 room server.halted rack2",
        "80 control1 incident.closed reference",
    )
    return "S28" in tell(CALM).plus(*lines, *more).broken


def test_S28_who_has_not_come_up_since_an_incident_is_due_after_it(tell: Any) -> None:
    assert not left_down(tell, WAKE.format(200))
    assert not left_down(tell, "190 control1 outage.confirmed ups5", WAKE.format(200)), "also in the next one"
    down = "190 " + WISH.format("power_off", 1, "rack2")
    assert left_down(tell, down, WAKE.format(200))


BOTH_DOWN = (
    "-200 room server.shutting_down rack1",
    "-200 room server.shutting_down rack2",
    "-180 room server.halted rack1",
    "-180 room server.halted rack2",
)
RACK1_UP = (
    "-160 " + WISH.format("power_on", 2, "rack1"),
    "-110 room server.booting rack1",
    "-100 room server.up rack1",
)


def test_S28_o1_who_was_booted_onto_power_that_counts_down_is_still_asked_for(tell: Any) -> None:
    """He has come up, and can only go down again; his power is switched on for him when it has fallen."""
    lines = (
        *BOTH_DOWN,
        "-170 " + WISH.format("power_off", 1, "rack2"),
        *RACK1_UP,
        "-50 room server.forced rack1",
        "-20 room ups.output_off ups6 cause=command",
        "-10 control1 command.sent ups6 command=on",
    )
    counts = "-150 room ups.off_armed ups6 how=graceful falls_at=580"
    assert "S28" not in tell(CALM).plus(counts, *lines).broken
    assert "S28" in tell(CALM).plus(*lines).broken, "he came up as he was to, and is down since"


def test_S28_u19_whom_the_cable_of_another_ups_feeds_has_not_come_up_as_he_was_asked_to(tell: Any) -> None:
    """What he hangs on is pulled when the cables are put right; his own UPS is switched on all the same."""
    lines = (
        *BOTH_DOWN,
        "-170 room ups.output_off ups6 cause=command",
        "-165 " + WISH.format("power_off", 1, "rack2"),
        *RACK1_UP,
        "-55 room server.shutting_down rack1",
        "-50 room server.halted rack1",
        "-10 control1 command.sent ups6 command=on",
    )
    came = "{} room ups.output_on ups6 cause=button"
    assert "S28" not in tell(CALM).plus(*lines).broken
    assert "S28" in tell(CALM).plus(*lines, came.format(-105)).broken, "he came up as he was to"
    assert "S28" in tell(CALM).plus(*lines, came.format(-60)).broken, "so he did when his UPS was switched on"
    gone = tell(CALM).plus(*lines, came.format(-40))
    assert "S28" not in gone.broken, "he was down by then"
    woken = gone.plus("-5 control1 command.sent rack1 command=wake")
    assert "S28" not in woken.broken
    without = replace(gone.site.servers["rack1"], upses=())
    of_none = woken.at_site(servers={**gone.site.servers, "rack1": without})
    assert "rack1" in [breach.subject for breach in of_none.result("S28").breaches], "nobody knows what of"


def test_S28_n5_what_a_node_that_is_cut_off_writes_down_opens_no_incident(tell: Any) -> None:
    """It goes on in one that the others have closed; who ran is who ran when they open the next one."""
    lines = (
        "-70 control2 journal.committed ups6 kind=confirmed epoch=1",
        "-60 control1 outage.confirmed ups6",
        "-50 room server.shutting_down rack2",
        "-20 room server.halted rack2",
    )
    assert "S28" not in tell(CALM).plus(*lines, WAKE.format(-10)).broken
    alone = tell(CALM).plus(*lines, WAKE.format(-10)).without("outage.confirmed")
    assert "S28" in alone.broken


def test_S28_who_has_come_up_since_and_went_again_is_not(tell: Any) -> None:
    came = (
        "100 room server.booting rack2",
        "110 room server.up rack2",
        "150 room server.shutting_down rack2",
    )
    assert left_down(tell, *came, "160 room server.halted rack2", WAKE.format(200))
