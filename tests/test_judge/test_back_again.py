"""All that ran is up again: L1."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Start
from teiden.judge.verdict import Status


def test_L1_a_server_that_is_not_up_at_the_end_is_reported(outage: Any) -> None:
    telling = outage.without("server.up rack2").until(20000)

    assert telling.broken == ["L1", "L3"]
    assert telling.breach("L1") == "rack2 not up 12800 s after mains and charge were back"


def test_L1_alone_when_the_incident_stays_open(outage: Any) -> None:
    telling = outage.without("incident.closed").until(20000)

    assert telling.broken == ["L1"]
    assert telling.breach("L1") == "the incident was still open 12800 s after mains and charge were back"


def test_L1_says_nothing_when_the_run_ends_too_soon(outage: Any) -> None:
    result = outage.until(8000).result("L1")

    assert result.status is Status.NOT_APPLICABLE
    assert "the way up may take" in result.why_not
    assert result.ok


def test_L1_says_nothing_while_the_mains_are_away(outage: Any) -> None:
    assert outage.until(5000).result("L1").status is Status.NOT_APPLICABLE


def test_L1_counts_from_the_charge_of_every_battery(outage: Any) -> None:
    late = outage.without("server.up rack2", "ups.charge ups4 charge_pct=100").plus(
        "7200 room ups.charge ups4 charge_pct=57", "15000 room ups.charge ups4 charge_pct=45"
    )

    assert "L1" not in late.until(20000).broken


def test_L1_up_is_up_however_soon(outage: Any) -> None:
    result = outage.until(8460).result("L1")

    assert result.status is Status.HELD
    assert result.put_to_test == 1


def test_L1_who_did_not_run_at_the_start_is_not_owed(outage: Any) -> None:
    telling = outage.without("server.up rack2").until(20000)
    states = {
        **dict.fromkeys(("control1", "control2", "blade1", "blade2", "rack1"), "up"),
        **dict.fromkeys(("rack2", "bladepool", "rackpool"), "halted"),
    }

    assert replace(telling, initial=states).broken == []


def test_L1_a_site_that_is_started_by_hand_is_owed_nothing(outage: Any) -> None:
    telling = outage.without("server.up rack2").until(20000).at_site(start=Start(auto=False))

    assert telling.broken == []
    assert telling.result("L1").why_not == "this site is started by hand"
    assert telling.result("L3").status is Status.NOT_APPLICABLE


def test_L1_a_held_device_is_not_owed(outage: Any) -> None:
    telling = outage.without("server.up rack2").until(20000)

    assert telling.plus("8000 control1 hold.set rack2").broken == []


def test_a_quiet_day_breaks_nothing(calm: Any) -> None:
    assert calm.broken == []
    assert calm.result("L1").status is Status.HELD


def off_for_good(outage: Any) -> Any:
    """The mains come back; the cluster does not, and nothing after it."""
    later = (
        "command=restart",
        "cluster.running",
        "array.ready linkeddisk",
        "server.up blade",
        "server.up rack",
    )
    return outage.without(*later).until(20000)


def test_L1_the_linked_side_is_owed_nothing_while_the_cluster_is_to_be_off(outage: Any) -> None:
    """Nobody is there to start it (S6); that the cluster is missing is told of the cluster."""
    stopped = "7900 control1 request.accepted reference wish=cluster_shutdown id=r1"
    assert "L1" in off_for_good(outage).broken
    asked = off_for_good(outage).plus(stopped)
    assert "L1" not in asked.broken


def test_L1_nor_while_somebody_holds_the_cluster_or_its_disk(outage: Any) -> None:
    for held in ("ssccluster", "controldisk", "ups3"):
        assert "L1" not in off_for_good(outage).plus(f"8000 control1 hold.set {held}").broken
    assert "L1" in off_for_good(outage).plus("8000 control1 hold.set ups2").broken


def test_L3_s5_nor_while_a_word_has_begun_to_stop_the_cluster_which_waits_for_others_yet(calm: Any) -> None:
    """It runs until a held UPS is released; a night ends meanwhile, and nobody is started by who is to go."""
    blade1 = (
        "10 room server.shutting_down blade1",
        "100 room server.halted blade1",
        "200 control1 request.accepted blade1 wish=power_on id=r2 of=blade1",
    )
    stopped = (
        "5 control1 request.accepted reference wish=cluster_shutdown id=r1",
        "6 control1 incident.opened reference cause=r1",
    )
    left = calm.plus("5 control1 request.accepted blade1 wish=power_off id=r0 of=blade1", *blade1)
    assert "L3" in left.until(12000).broken
    going = calm.plus("5 control1 request.accepted blade1 wish=power_off id=r0 of=blade1", *stopped, *blade1)
    assert "L3" not in going.until(12000).broken
    again = "6000 control1 request.accepted reference wish=power_on id=r3"
    (breach,) = going.plus(again).until(12000).result("L3").breaches
    assert (breach.subject, breach.t) == ("blade1", 600 + 6000 + 1180), "from then on it is owed"
    for cause in ("cause=ups5", 'cause="ups5, nightly/off"', "cause=ssccluster", ""):
        outage = going.changed("incident.opened", "cause=r1", cause)
        assert "L3" in outage.until(12000).broken, "no word has opened this one: the cluster goes on"
        if not cause:
            continue
        for device, waits in (("control1", True), ("ups2", True), ("ssccluster", True), ("ups6", False)):
            held = outage.plus(f"7 control1 hold.set {device}")
            assert ("L3" not in held.until(12000).broken) is waits, "it stops when he is released (S27)"
        wanted = "6 control1 request.accepted rack1 wish=power_off id=r4 of=rack1"
        to_go = (wanted, "6 control1 outage.confirmed ups6")
        for goes, device in itertools.product(to_go, ("rack1", "ups6")):
            held = outage.plus(goes, f"7 control1 hold.set {device}")
            assert "L3" not in held.until(12000).broken, "the control side goes after him (S5)"
            goes_down = {"rack1": "server.halted rack1", "ups6": "ups.output_off ups6 cause=command"}[device]
            down = held.plus(f"8 room {goes_down}").until(12000)
            subjects = [b.subject for b in down.result("L3").breaches]
            assert "blade1" in subjects, "he is down, and nobody waits for him"
        assert "L3" in outage.plus(*to_go, "7 control1 hold.set blade2").until(12000).broken


def test_L1_shows_what_opened_the_incident_where_that_is_to_be_closed_and_is_not(outage: Any) -> None:
    telling = outage.without("server.up rack2", "incident.closed").until(30000)
    (owed,) = telling.result("L1").breaches
    assert [event.name for event in owed.events] == ["incident.opened"]
    (held,) = telling.plus("7300 control1 hold.set rack1").result("L1").breaches
    assert held.text.startswith("rack2 not up")
    assert held.events == (), "somebody holds what it waits for"


@pytest.fixture
def opened_over(calm: Any) -> Any:
    """control2 boots while control1 is down, knows nothing of its incident, and opens its own over it."""
    return calm.plus(
        "-100 room server.shutting_down control2",
        "-90 room server.halted control2",
        "10 control1 incident.opened reference cause=ups5",
        "10 control1 command.sent blade1 command=shutdown",
        "11 room server.shutting_down blade1",
        "100 room server.halted blade1",
        "200 room server.crashed control1",
        "300 room server.up control2",
        "400 control2 incident.opened reference cause=ups5",
        "500 control2 incident.closed reference",
    )


def left_down(telling: Any) -> set[str]:
    return {breach.subject for breach in telling.until(12000).result("L3").breaches}


def test_L3_s28_nobody_is_asked_for_whom_another_has_stopped_of_whom_he_knows_nothing(
    opened_over: Any,
) -> None:
    assert left_down(opened_over) == {"control1"}, "a node is woken whoever ran"
    told = opened_over.plus("5000 room server.up control1")
    since = {breach.subject: breach.t for breach in told.until(12000).result("L3").breaches}
    assert since["blade1"] == 600 + 5000 + 1180, "from when it has heard of it"
    later = opened_over.moved("halted blade1", 400)
    assert left_down(later) == {"control1", "blade1"}, "who goes as the new one begins goes with that"
    disk = (
        "50 room ups.output_off ups4 cause=fault",
        "50 room array.off linkeddisk",
        "60 room ups.output_on ups4",
    )
    assert "linkeddisk" in left_down(opened_over.plus(*disk)), "its disk is started whoever ran"


def test_L3_s28_what_somebody_has_closed_who_knew_of_it_is_over(opened_over: Any) -> None:
    """Though nobody who is up since has heard of it."""
    closed = opened_over.moved("incident.closed", 420).plus(
        "430 room server.halted control2",
        "450 room server.up control1",
        "500 control1 incident.closed reference",
        "600 room server.crashed control1",
        "700 room server.up control2",
    )
    assert left_down(closed) == {"control1", "blade1"}
    at_once = closed.without("500 control1").plus("400 control1 incident.closed reference")
    assert left_down(at_once) == {"control1"}, "it closed what it knew of alone"


FIRED = '{} schedule.fired reference id=nodes/1/off goal=down servers="control1, control2" late_s={}'
BY_NIGHT = (
    FIRED.format("-500 control1", 0),
    "-490 room server.shutting_down control1",
    "-430 room server.halted control1",
    "-330 room server.booting control2",
    "-300 room server.up control2",
    "-290 room server.shutting_down control2",
    "-280 room server.halted control2",
    "-270 room server.booting control2",
    "-200 room server.up control2",
    FIRED.format("-100 control2", 400),
)
"""It goes down once more, for a control disk that is about to fall, and makes up for that night later."""


@pytest.mark.parametrize(
    ("gone", "owed"),
    [
        ((-580, -550), False),
        ((-480, -430), True),
        ((-495, -400), True),  # its service lives until it is halted
    ],
)
def test_L1_t7_a_word_that_nobody_who_is_up_has_heard_stops_nobody_and_no_boot_ends_it(
    calm: Any, gone: tuple[float, float], owed: bool
) -> None:
    goes_s, down_s = gone
    down = f"{goes_s} room server.shutting_down control2", f"{down_s} room server.halted control2"
    told = calm.plus(*down, *BY_NIGHT).until(30000)
    assert ("control1" in {breach.subject for breach in told.result("L1").breaches}) is owed


ASLEEP = (
    "-590 room server.shutting_down control1",
    "-560 room server.halted control1",
    "-500 control2 incident.opened reference cause=nodes/off",
    "-490 room server.shutting_down control2",
    "-490 room cluster.stopped ssccluster",
    "-450 room server.halted control2",
    "-440 room ups.output_off ups3 cause=command",
    "-300 room server.up control1",
)
"""control2 has the disk asleep by a word that control1, which a hand boots, has not heard."""
TOLD = "-495 control2 command.sent control2 command=shutdown"
KNOWS = "1000 room server.up control2"
HELD = "-595 control1 hold.set ssccluster"
FREED = "control2 hold.released ssccluster"


@pytest.mark.parametrize(
    ("more", "owed_s"),
    [
        ((), None),  # its nodes went down one by one, and it waits for its operator
        ((TOLD,), -300 + 1200),  # it stands still, and is missed when its start has had its time
        ((TOLD, "500 room cluster.stopped ssccluster"), 500 + 1200),
        ((KNOWS,), 1000),
        ((TOLD, KNOWS), -300 + 1200),
        (("-290 control1 incident.closed reference",), -300),  # whatever there was to know of it is over
        ((TOLD, HELD, f"-520 {FREED}"), None),  # control1 had gone, and takes it for held (S27, seed 44903)
        ((TOLD, HELD, f"-570 {FREED}"), -300 + 1200),  # he had heard it
        ((TOLD, HELD, f"-520 {FREED}", KNOWS), 1000),
    ],
)
def test_L1_L3_r9_01_nobody_owes_a_control_disk_of_which_he_knows_nothing_and_whose_cluster_he_does_not_miss(
    calm: Any, more: tuple[str, ...], owed_s: float | None
) -> None:
    told = calm.plus(*ASLEEP, *more).until(30000)
    left = [breach.text for breach in told.result("L3").breaches if breach.subject == "controldisk"]
    assert len(left) == (owed_s is not None)
    assert owed_s is None or f"since {600 + owed_s:g} s" in left[0]
    missing = " ".join(breach.text for breach in told.result("L1").breaches)
    assert ("controldisk" in missing) is (owed_s is not None)


@pytest.mark.parametrize(
    ("told", "owed_s"),
    [
        (("7300 control1 {off}", "9200 control2 {on}"), None),
        (("7300 control1 {off}", "9200 control2 {on}", "11000 room server.up control2"), 11000),
        (("7300 control1 {off}", "9000 control2 {on}"), 9000),  # both were up
        (("9200 control2 {on}",), 7200),  # it ran before the outage, as everybody knows
        (("9150 control2 {off}", "9200 control2 {on}"), 7200),  # nor has he heard that it is not to
        (("7300 control1 {off}", "8000 control1 {on}", "9200 control2 {on}"), 8000),
        (("9200 control2 {off}",), None),
        (
            (
                "7300 control1 {off}",
                "9200 control2 schedule.fired reference id=n/1/on goal=up servers=rack2 late_s=0",
            ),
            9200,
        ),
    ],
)
def test_L1_s28_who_is_wanted_up_by_a_word_that_only_a_node_has_heard_that_is_down_is_not_owed_by_the_other(
    outage: Any, told: tuple[str, ...], owed_s: float | None
) -> None:
    """Nobody tells that to the one that a hand boots alone; what the calendar says it knows by itself."""
    wish = "request.accepted reference wish=power_{} id={} of=rack2"
    lines = (line.format(on=wish.format("on", line[:4]), off=wish.format("off", line[:4])) for line in told)
    apart = "9100 room server.halted control1", "9300 room server.halted control2"
    gone = outage.without("server.up rack2").plus(*lines, *apart)
    alone = gone.plus("10000 room server.up control1").until(30000)
    (breach,) = alone.result("L1").breaches
    assert ("rack2" in breach.text) is (owed_s is not None)
    assert f"not up {30000 - (owed_s or 7200)} s after" in breach.text
