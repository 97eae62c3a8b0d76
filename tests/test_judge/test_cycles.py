"""Nothing swings to and fro, and no incident ends too soon: L8, L10."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM
from tests.worlds import NODES

AGAIN = (
    "9000 control1 command.sent blade1 command=shutdown",
    "9000 room server.shutting_down blade1",
    "9090 room server.halted blade1",
    "9100 room server.booting blade1",
    "9280 room server.up blade1",
)


RESTARTED_AGAIN = (
    "8100 control1 command.sent ssccluster command=restart",
    "8101 room server.shutting_down control2",
    "8150 room server.up control2",
)


def test_L10_a_server_that_is_stopped_twice_in_one_outage_is_reported(outage: Any) -> None:
    swings = outage.moved("incident.closed", 9300).plus(*AGAIN)

    assert "L10" in swings.broken
    assert swings.breach("L10") == "blade1 went down for the 2. time at 9000 s; there were causes for 1"


def test_L10_a_second_loss_of_mains_is_another_cause(outage: Any) -> None:
    again = outage.moved("incident.closed", 9300).plus("8950 room mains.lost utility", *AGAIN)

    assert again.result("L10").breaches == ()


def test_L10_mains_that_flicker_are_one_outage(outage: Any) -> None:
    swings = outage.moved("incident.closed", 9300).plus(
        "10 room mains.restored utility", "40 room mains.lost utility", *AGAIN
    )

    assert "L10" in swings.broken


def test_L10_a_request_is_a_cause_for_one_stop(outage: Any) -> None:
    asked = "8999 control1 request.accepted blade1 wish=power_off id=r1 of=blade1"
    once = outage.moved("incident.closed", 9300).plus(asked, *AGAIN)

    assert once.result("L10").breaches == ()
    twice = once.plus("9095 control1 command.sent blade1 command=wake")
    twice = twice.plus(*(line.replace("9", "19", 1) for line in AGAIN))
    assert twice.breach("L10").startswith("blade1 went down for the 3. time")


def test_L10_h6_who_is_booted_by_hand_in_mid_outage_may_go_down_once_more(outage: Any) -> None:
    booted = ("300 room server.booting rack1", "310 room server.up rack1")
    down = ("311 control1 command.sent rack1 command=shutdown", "311 room server.shutting_down rack1")
    twice = tuple(line.replace("31", "41", 1) for line in down)

    assert outage.plus(*booted, *down).result("L10").breaches == ()
    assert outage.plus(*booted, *down, *twice).breach("L10").startswith("rack1 went down for the 3. time")
    woken = outage.plus("299 control1 command.sent rack1 command=wake", *booted, *down)
    assert woken.breach("L10").startswith("rack1 went down for the 2. time"), "our own wake is no cause"


def test_L10_o1_a_button_that_is_pressed_is_a_cause_for_its_ups_and_what_boots_there(outage: Any) -> None:
    again = (
        "500 room server.booting rack1",
        "510 room server.up rack1",
        "511 control1 command.sent rack1 command=shutdown",
        "511 room server.shutting_down rack1",
        "520 room server.halted rack1",
        "600 room ups.output_off ups6 cause=command",
    )
    assert outage.plus("500 room ups.output_on ups6 cause=button", *again).result("L10").breaches == ()
    by_us = outage.plus("500 room ups.output_on ups6 cause=command", *again).result("L10")
    assert {breach.subject for breach in by_us.breaches} == {"ups6", "rack1"}
    returned = outage.plus("500 room ups.output_on ups6 cause=return", *again)
    assert returned.result("L10").breaches == (), "U15: it was told to stay off"
    over = returned.plus("499 control1 incident.closed reference")
    assert {b.subject for b in over.result("L10").breaches} == {"ups6", "rack1"}, (
        "nobody wants it off any more"
    )
    failed = returned.changed("room ups.output_off ups6", "cause=command", "cause=fault")
    assert failed.result("L10").breaches == (), "P13: and it failed before that fell"
    asked = returned.changed("command.sent ups6 command=off", "how=graceful", "how=until_mains")
    assert {breach.subject for breach in asked.result("L10").breaches} == {"ups6", "rack1"}


def test_L10_u15_so_it_is_with_one_that_a_word_keeps_off(tell: Any) -> None:
    goes = (
        "1 control1 command.sent rack1 command=shutdown",
        "1 room server.shutting_down rack1",
        "2 control1 command.sent ups6 command=off how=graceful",
        "60 room server.halted rack1",
        "400 room ups.output_off ups6 cause=command",
    )
    again = [f"{int(line.split()[0]) + 600} {line.split(maxsplit=1)[1]}" for line in goes]
    back = "500 room ups.output_on ups6 cause=return", "500 room server.booting rack1"
    off = "0 control1 request.accepted reference wish=power_off id=r1"
    told = tell(CALM).plus(off, *goes, *back, "590 room server.up rack1", *again)
    assert told.result("L10").breaches == ()
    once_more = [line.replace("601", "1201", 1) for line in again[:2]]
    assert told.plus("1190 room server.up rack1", *once_more).breach("L10").startswith("rack1 went down")


def test_L10_h7_who_boots_with_the_power_of_another_though_he_is_wanted_down_may_go_down_again(
    outage: Any,
) -> None:
    """rack1 and rack2 hang on ups6, which a request switches on for rack2 alone."""
    booted = (
        "9000 control1 request.accepted rack1 wish=power_off id=r1 of=rack1",
        "9001 control1 command.sent rack1 command=shutdown",
        "9001 room server.shutting_down rack1",
        "9100 room ups.output_off ups6 cause=fault",
        "9200 room ups.output_on ups6 cause=command",
        "9200 room server.booting rack1",
        "9300 room server.up rack1",
    )
    down = ("9301 control1 command.sent rack1 command=shutdown", "9301 room server.shutting_down rack1")
    told = outage.plus(*booted, *down)
    assert told.result("L10").breaches == ()
    twice = told.plus(*(line.replace("9301", "9401") for line in down))
    assert twice.breach("L10").startswith("rack1 went down for the 4. time"), "once for each boot"
    late = outage.plus(*(line.replace("9200 room server", "9201 room server") for line in booted), *down)
    woken = late.plus("9200 control1 command.sent rack1 command=wake")
    assert woken.breach("L10").startswith("rack1 went down for the 3. time"), "our own wake is no cause"
    both = outage.plus(*booted, *down, "9000 control1 request.accepted rack2 wish=power_off id=r2 of=rack2")
    assert both.breach("L10").startswith("rack1 went down for the 3. time"), "nobody wants either up"
    up = told.plus("9150 control1 request.accepted rack1 wish=power_on id=r3 of=rack1")
    assert up.result("L10").breaches == (), "that is a word about itself"
    again = up.plus(*(line.replace("9301", "9401") for line in down))
    assert again.breach("L10").startswith("rack1 went down for the 4. time"), "and no cause besides"


def test_L10_a_firing_is_a_cause_for_one_stop(night: Any) -> None:
    assert night.result("L10").breaches == ()
    swings = night.plus(
        "5000 room ups.output_off ups5 cause=command",
        "5010 room ups.output_on ups5 cause=command",
        "5020 room ups.output_off ups5 cause=command",
        "5030 room ups.output_on ups5 cause=command",
        "5040 room ups.output_off ups5 cause=command",
        "5050 room ups.output_on ups5 cause=command",
        "5060 room ups.output_off ups5 cause=command",
    )
    assert [b.subject for b in swings.result("L10").breaches] == ["ups5"]


def test_L10_c10_a_cluster_that_does_not_run_may_be_restarted_in_no_incident_and_s9_asks_why(
    tell: Any,
) -> None:
    """C10 with N3: an old incident that nobody has closed; its disk went while nobody was heard (crowded
    seed 75128)."""
    restarts = (
        "10 control1 command.sent ssccluster command=restart",
        "10 room server.shutting_down control1",
        "10 room server.shutting_down control2",
    )
    stopped = "0 room cluster.stopped ssccluster"
    stands = tell(CALM).plus(stopped, *restarts)
    assert "L10" not in stands.broken
    assert "S9" in stands.broken
    told = "301 control1 command.sent control1 command=shutdown"
    again = stands.plus("300 room server.up control1", told, "301 room server.shutting_down control1")
    assert again.breach("L10").startswith("control1 went down for the 2. time"), "once for each restart"
    assert "L10" in tell(CALM).plus(*restarts).broken, "it ran"
    linked = "10 control1 command.sent blade1 command=restart"
    down = "10 control1 command.sent control1 command=shutdown"
    assert "L10" in tell(CALM).plus(stopped, linked, down, restarts[1]).broken, "not the cluster"
    opened = "5 control1 incident.opened reference cause=ups4"
    assert "L10" in tell(CALM).plus(stopped, opened, *restarts).broken, "in an incident it is part of that"


def test_L10_a_node_restarts_once_with_its_cluster_and_not_twice(outage: Any) -> None:
    assert outage.result("L10").breaches == ()
    again = outage.plus(*RESTARTED_AGAIN)
    assert [b.subject for b in again.result("L10").breaches] == ["control2"]


PRESSED = "{} room ups.output_{} ups3 cause={}"


@pytest.mark.parametrize(
    ("off_s", "cause", "on_s", "is_cause"),
    [
        (8000, "button", 8010, True),
        (8000, "fault", 8010, True),
        (8000, "command", 8010, False),
        (8000, "exhausted", 8010, False),
        (8500, "button", 8510, False),  # in no incident
        (4000, "button", 4010, False),  # it was off
    ],
)
def test_L10_s31_a_hand_that_cuts_the_control_disk_is_a_cause_for_another_restart_of_its_nodes(
    outage: Any, off_s: float, cause: str, on_s: float, is_cause: bool
) -> None:
    cut = PRESSED.format(off_s, "off", cause), PRESSED.format(on_s, "on", "button")
    later_s = 500 if off_s > 8100 else 0
    lines = [f"{int(at) + later_s} {what}" for at, what in (line.split(" ", 1) for line in RESTARTED_AGAIN)]
    swings = [b.subject for b in outage.plus(*cut, *lines).result("L10").breaches]
    assert ("control2" not in swings) is is_cause
    twice = [f"{int(line.split()[0]) + 60 + later_s} {line.split(' ', 1)[1]}" for line in RESTARTED_AGAIN]
    assert "control2" in [b.subject for b in outage.plus(*cut, *lines, *twice).result("L10").breaches]


@pytest.mark.parametrize(("other", "is_cause"), [(("ups1",), False), ((), True)])
def test_L10_x_04_not_one_that_another_ups_feeds_as_well(
    outage: Any, other: tuple[str, ...], is_cause: bool
) -> None:
    disk = outage.site.arrays["controldisk"]
    disk = replace(disk, controllers=(*disk.controllers, *other), enclosures=(*disk.enclosures, *other))
    arrays = {**outage.site.arrays, "controldisk": disk}
    fed = outage.at_site(arrays=arrays).plus(PRESSED.format(8000, "off", "button"), *RESTARTED_AGAIN)
    assert ("control2" not in [b.subject for b in fed.result("L10").breaches]) is is_cause


def test_L10_nor_the_fall_of_another_ups_while_the_control_disk_is_off(outage: Any) -> None:
    beside = "5000 room ups.output_on ups5 cause=command", "5010 room ups.output_off ups5 cause=fault"
    assert "control2" in [b.subject for b in outage.plus(*beside, *RESTARTED_AGAIN).result("L10").breaches]


NODE_AGAIN = (
    "8101 control1 command.sent control2 command=shutdown",
    "8101 room server.shutting_down control2",
    "8105 room server.up control2",
    "8109 control1 command.sent control2 command=shutdown",
    "8110 room server.shutting_down control2",
)
HELD, RELEASED = "{} control1 hold.set {}", "8099 {} hold.released {}"


@pytest.mark.parametrize(
    ("more", "twice"),
    [
        ((HELD.format(7000, "control1"), RELEASED.format("control1", "control1")), False),
        ((HELD.format(7000, "control1"), *(RELEASED.format(n, "control1") for n in NODES)), False),
        ((HELD.format(7000, "control1"),), True),
        ((RELEASED.format("control1", "control1"),), True),  # nobody held it
        ((HELD.format(7000, "control2"), RELEASED.format("control1", "control2")), True),  # itself
        ((HELD.format(7000, "blade1"), RELEASED.format("control1", "blade1")), True),
    ],
)
def test_L10_s27_nodes_that_went_while_another_was_held_may_go_once_more_when_it_is_released(
    outage: Any, more: tuple[str, ...], twice: bool
) -> None:
    once = outage.plus(*NODE_AGAIN[:2], *more)
    assert ([b.subject for b in once.result("L10").breaches] == ["control2"]) is twice
    assert [b.subject for b in outage.plus(*NODE_AGAIN, *more).result("L10").breaches] == ["control2"]


def test_L10_s27_its_release_is_a_cause_for_their_upses_too_and_in_an_incident_only(outage: Any) -> None:
    def falls(at_s: float, held: str = "control1", site: Any = outage.site) -> list[str]:
        fall = f"{at_s + 20} room ups.output_on ups2", f"{at_s + 30} room ups.output_off ups2 cause=command"
        free = f"{at_s} control1 hold.released {held}"
        again = outage.at_site(servers=site.servers).plus(HELD.format(at_s - 10, held), free, *fall)
        return [b.subject for b in again.result("L10").breaches]

    assert falls(7500) == []
    assert falls(9000) == ["ups2"], "nothing goes on"
    assert falls(7500, "control2") == ["ups2"]
    shared = replace(outage.site.servers["control1"], upses=("ups2",))
    both = replace(outage.site, servers={**outage.site.servers, "control1": shared})
    assert falls(7500, site=both) == ["ups2"], "it stayed up on that"


FALLS = "8090 room ups.output_off {} cause={}", "8095 room ups.output_on {} cause=button"


@pytest.mark.parametrize(
    ("ups", "cause", "more", "twice"),
    [
        ("ups3", "button", (), False),
        ("ups3", "fault", (), False),
        ("ups3", "exhausted", (), True),
        ("ups3", "button", ("8085 room cluster.stopped ssccluster",), False),  # while it restarts
        ("ups3", "button", ("8085 control1 incident.closed reference",), True),
        ("ups3", "button", ("8085 room ups.output_off ups3 cause=command",), True),  # it was off already
        ("ups4", "button", (), True),
    ],
)
def test_L10_a6_p13_a_control_disk_that_falls_of_itself_in_an_incident_is_a_cause_for_its_nodes(
    outage: Any, ups: str, cause: str, more: tuple[str, ...], twice: bool
) -> None:
    """They restart with their cluster once more; no incident is opened for it, for one is open."""
    falls = FALLS[0].format(ups, cause), FALLS[1].format(ups)
    once = outage.moved("incident.closed", 9300).plus(*NODE_AGAIN[:2], *falls, *more)
    assert [b.subject for b in once.result("L10").breaches if b.subject == "control2"] == ["control2"] * twice
    again = outage.moved("incident.closed", 9300).plus(*NODE_AGAIN, *falls, *more)
    assert "control2" in [b.subject for b in again.result("L10").breaches]


def test_L10_what_stops_by_itself_is_not_counted(outage: Any) -> None:
    by_hand = [line for line in AGAIN if "command.sent" not in line]

    assert outage.plus(*by_hand).result("L10").breaches == ()


def test_L8_an_incident_that_is_closed_without_the_cluster_is_reported(outage: Any) -> None:
    early = outage.moved("incident.closed", 8000)

    assert early.broken == ["L8"]
    assert early.breach("L8") == "closed at 8000 s, but ssccluster was starting"


def test_L8_the_disks_must_be_there_too(outage: Any) -> None:
    gone = outage.plus("8450 room array.off controldisk")

    assert "closed at 8456 s, but controldisk was off" in gone.breach("L8")


def test_L8_a_control_side_that_is_wanted_down_owes_no_cluster(outage: Any) -> None:
    early = outage.moved("incident.closed", 8000)

    assert (
        early.plus("7999 control1 request.accepted reference wish=power_off id=r1").result("L8").breaches
        == ()
    )


def test_L8_nor_does_one_that_somebody_holds(outage: Any) -> None:
    early = outage.moved("incident.closed", 8000)

    held = early.plus("7990 control1 hold.set ssccluster asked_by=mori")
    assert held.result("L8").breaches == ()
    assert held.plus("7999 control1 hold.released ssccluster asked_by=mori").result("L8").breaches
    assert early.plus("7990 control1 hold.set blade1 asked_by=mori").result("L8").breaches
