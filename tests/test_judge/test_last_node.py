"""Which control node went down last, and how, while none of them is up."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.last_node import LastNode


def told(line: str) -> Event:
    """`120 room server.crashed control1 cause=power`; of the room it is a fact."""
    t_s, by, name, subject, *details = line.split()
    source = Source.FACT if by == "room" else Source.SEEN
    return Event(float(t_s), name, subject, by, source, dict(d.split("=") for d in details))


def tale(site: Site, *lines: str) -> LastNode:
    return LastNode([told(line) for line in lines], site)


FIRST = "100 room server.halted control1"
FELL = "200 room server.crashed control2 cause=power"


def test_the_last_one_fell_with_the_ups_that_fed_it_and_with_no_other(site: Site) -> None:
    last = tale(site, FIRST, FELL)
    assert last.fell_by("ups2", 0.0, 200.0)
    assert last.fell_by("ups2", 0.0, 9000.0)
    assert not last.fell_by("ups1", 0.0, 200.0)
    assert not last.fell_by("ups2", 0.0, 199.0), "control2 is up yet"
    assert last.fell_by("ups2", 200.0, 9000.0)
    assert not last.fell_by("ups2", 201.0, 9000.0), "by something else, before that"


@pytest.mark.parametrize(
    "lines",
    [
        (FELL,),
        (FIRST, FELL.replace("cause=power", "cause=fault")),
        (FIRST, "200 room server.halted control2"),
        (FIRST, FELL.replace("room", "control1")),
        (FELL, "300 room server.halted control1"),
        (FIRST, FELL, "300 room server.up control1"),
        (FIRST, "150 room server.halted control2", FELL),
    ],
)
def test_nobody_fell_with_it_who_was_the_last_one(site: Site, lines: tuple[str, ...]) -> None:
    assert not tale(site, *lines).fell_by("ups2", 0.0, 400.0)


def test_the_last_one_whose_system_died_took_nobody_elses_power_and_left_nobody(site: Site) -> None:
    died = tale(site, FIRST, FELL.replace("cause=power", "cause=fault"))
    assert died.fell_by("control2", 0.0, 200.0)
    assert not died.fell_by("control2", 0.0, 199.0)
    assert not died.fell_by("control1", 0.0, 200.0)
    assert not died.fell_by("ups2", 0.0, 200.0)
    assert not tale(site, FIRST, FELL).fell_by("control2", 0.0, 200.0), "it lost its power"
    assert not tale(site, FIRST, "200 room server.halted control2").fell_by("control2", 0.0, 200.0)


def test_who_comes_back_and_falls_again_is_the_last_one_again(site: Site) -> None:
    last = tale(
        site, FIRST, "150 room server.up control1", FELL, "300 room server.crashed control1 cause=power"
    )
    assert not last.fell_by("ups2", 0.0, 250.0)
    assert last.fell_by("ups1", 0.0, 300.0)


BOTH = ("100 room server.shutting_down control1", "100 room server.shutting_down control2")
HALTED = ("160 room server.halted control1", "160 room server.halted control2")


@pytest.mark.parametrize(
    ("of", "since_s", "at_s", "stopped"),
    [
        ("ssccluster", 100.0, 160.0, True),
        ("control2", 100.0, 160.0, True),
        ("control1", 100.0, 160.0, False),
        ("ssccluster", 101.0, 160.0, False),
        ("ssccluster", 100.0, 159.0, False),
    ],
)
def test_the_last_one_was_stopped_by_whom_it_was_asked_of(
    site: Site, of: str, since_s: float, at_s: float, stopped: bool
) -> None:
    assert tale(site, *BOTH, *HALTED).was_stopped((of,), since_s, at_s) is stopped


def test_a_stop_of_ours_is_nobody_elses(site: Site) -> None:
    def stopped(*lines: str) -> bool:
        events = sorted((*BOTH, *HALTED, *lines), key=lambda line: float(line.split()[0]))
        return tale(site, *events).was_stopped(("ssccluster",), 100.0, 200.0)

    for command in ("shutdown", "force"):
        assert not stopped(f"99 control1 command.sent control2 command={command}")
        assert stopped(f"99 control1 command.sent control1 command={command}"), "control2 was the last one"
        assert stopped(f"101 control1 command.sent control2 command={command}"), "it was on its way already"
    assert not stopped("99 control1 command.sent ssccluster command=restart")
    assert stopped("99 control1 command.sent ssccluster command=stop"), "its nodes stay up"
    assert stopped("50 control1 command.sent control2 command=shutdown", "60 room server.up control2")
    assert not stopped("170 room server.up control1")


def test_who_crashes_without_being_stopped_was_stopped_by_nobody(site: Site) -> None:
    assert not tale(site, FIRST, FELL).was_stopped(("ssccluster",), 0.0, 300.0)


@pytest.mark.parametrize(
    ("lines", "stopped"),
    [
        ((), True),
        (("90 room service.begun control2",), False),
        (("250 room service.begun control2",), False),
        (("150 room service.begun control1",), True),
    ],
)
def test_c8_whose_service_has_died_is_not_left_by_the_last_one(
    site: Site, lines: tuple[str, ...], stopped: bool
) -> None:
    """control2 is up all the time; control1 is shut down, and its own service may begin anew on its way."""
    events = ("50 room service.died control2 cause=upgrade", BOTH[0], HALTED[0], *lines)
    last = tale(site, *sorted(events, key=lambda line: float(line.split()[0])))
    assert last.was_stopped(("control1",), 100.0, 300.0) is stopped


OFF = "150 control1 command.sent ups2 command=off"
OPENED = "90 control1 incident.opened reference epoch=1"
CLOSED = "95 control1 incident.closed reference"
BACK = "850 room ups.output_on ups2"
UP = "900 room server.up control1"
WANTED = "950 control1 schedule.fired night id=n/1/on goal=up servers=control2"


def test_nobody_wakes_anybody_while_none_of_them_is_up(site: Site) -> None:
    last = tale(site, OPENED, FIRST, OFF, FELL, BACK, UP)
    assert last.nobody_wakes("control2", 0.0, inf, 850.0)
    assert not last.nobody_wakes("control2", 0.0, inf, 849.0), "its power is away"
    assert not last.nobody_wakes("control1", 0.0, inf, 850.0), "its power has not gone"
    assert not last.nobody_wakes("control2", 0.0, inf, 199.0), "control2 is up yet"
    assert not last.nobody_wakes("control2", 0.0, inf, 900.0), "control1 is up again"
    went = tale(site, FIRST, BACK.replace("850", "150"), FELL)
    assert not went.nobody_wakes("control2", 0.0, inf, 850.0), "it came before"


@pytest.mark.parametrize(
    ("lines", "unknown"),
    [
        ((FIRST, FELL, UP), True),
        ((OPENED, CLOSED, FIRST, FELL, UP), True),  # it was over before they went
        ((OPENED, FIRST, FELL, UP), False),
        ((OPENED, FIRST, FELL, UP, CLOSED.replace("95", "950")), False),
        ((FIRST, FELL, UP, OPENED.replace("90", "950")), False),
        ((FIRST, FELL, UP, OPENED.replace("90", "1001")), True),  # later than that
        ((FIRST, FELL, UP, WANTED), False),
        ((FIRST, FELL, UP, "950 control1 request.accepted reference id=r1 wish=power_on"), False),
        ((FIRST, FELL, UP, WANTED.replace("950", "200")), False),
        ((FIRST, WANTED.replace("950", "199"), FELL, UP), True),  # before it went
        ((FIRST, FELL, UP, WANTED.replace("950", "1001")), True),
        ((FIRST, FELL, UP, WANTED.replace("control2", "control1")), True),
        ((FIRST, FELL, UP, WANTED.replace("goal=up", "goal=down")), True),
        ((FELL, UP), False),  # control1 was up as it went
        ((FIRST, FELL.replace("room", "control1"), UP), False),  # that it went is no fact
    ],
)
def test_s28_nor_does_who_has_booted_since_and_knows_of_no_incident(
    site: Site, lines: tuple[str, ...], unknown: bool
) -> None:
    last = tale(site, *lines, BACK)
    assert last.nobody_wakes("control2", 0.0, inf, 1000.0) is unknown
    assert not last.nobody_wakes("ups2", 0.0, inf, 1000.0), "it was not told to go off"


def test_a_ups_that_was_not_told_to_go_meanwhile_has_kept_nobody_on(site: Site) -> None:
    last = tale(site, FIRST, OFF, FELL)
    assert last.nobody_wakes("ups2", 150.0, 150.0, 200.0)
    assert not last.nobody_wakes("ups2", 151.0, 300.0, 200.0)
    assert not last.nobody_wakes("ups2", 0.0, 149.0, 200.0)
    assert not last.nobody_wakes("ups1", 0.0, 300.0, 200.0)
    told_on = tale(site, FIRST, OFF.replace("=off", "=on"), FELL)
    assert not told_on.nobody_wakes("ups2", 0.0, 300.0, 200.0)


@pytest.mark.parametrize("off", [OFF, OFF.replace("sent", "refused")])
@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("150 room ups.output_off ups2", False),
        ("200 room ups.output_off ups2", False),
        ("201 room ups.output_off ups2", True),  # later
        ("145 room ups.output_off ups2", True),  # before: it has come on since
        ("160 room ups.output_off ups1", True),
        ("160 room ups.on_line ups2", True),
        ("160 control1 ups.output_off ups2", True),  # that is what somebody has seen
    ],
)
def test_u2_a_ups_that_has_gone_off_since_it_was_last_told_so_keeps_nobody_on(
    site: Site, off: str, line: str, kept: bool
) -> None:
    """Its node lost its power then, and booted, or did not, when that came again."""
    lines = sorted((FIRST, off, FELL, line), key=lambda each: float(each.split()[0]))
    assert tale(site, *lines).nobody_wakes("ups2", 150.0, 300.0, 200.0) is kept
    again = OFF.replace("150", "200")
    if kept is False and line.startswith("150"):
        assert tale(site, *lines, again).nobody_wakes("ups2", 150.0, 300.0, 200.0), "told once more"
    counts = Event(90.0, "ups.off_armed", "ups2", "room", Source.FACT, {"falls_at": 320.0})
    armed = LastNode([counts, *(told(each) for each in lines if each != off)], site)
    assert armed.nobody_wakes("ups2", 150.0, 300.0, 200.0) is kept


NO_ANSWER = "150 control1 command.failed ups2 command=off"


def test_n6_a_ups_that_took_no_off_while_the_network_failed_keeps_its_node_on(site: Site) -> None:
    last = tale(site, FIRST, NO_ANSWER, FELL, UP)
    for since_s, until_s, kept in ((150.0, 150.0, True), (151.0, 300.0, False), (0.0, 149.0, False)):
        assert last.left_on(since_s, until_s, 200.0) == ({"ups2"} if kept else set())
        assert last.nobody_wakes("network", since_s, until_s, 200.0) is kept
    assert not last.nobody_wakes("network", 0.0, 300.0, 199.0), "control2 is up yet"
    assert not last.nobody_wakes("network", 0.0, 300.0, 900.0), "control1 is up again"


@pytest.mark.parametrize(
    "lines",
    [
        (OFF,),
        (NO_ANSWER.replace("=off", "=on"),),
        (NO_ANSWER.replace("ups2", "ups6"),),  # of no node: who is on it is woken
        (NO_ANSWER.replace("ups2", "ups3"),),
        (NO_ANSWER, "150 room ups.output_off ups2"),
        (NO_ANSWER, "200 room ups.output_off ups2"),
    ],
)
def test_n6_nor_does_one_that_took_it_or_went_off_later_or_feeds_no_node(
    site: Site, lines: tuple[str, ...]
) -> None:
    assert tale(site, FIRST, *lines, FELL).left_on(0.0, 300.0, 200.0) == set()


@pytest.mark.parametrize(
    "line",
    [
        "149 room ups.output_off ups2",  # it was off before, and has come on since
        "201 room ups.output_off ups2",
        "160 room ups.output_off ups1",
        "160 room ups.on_line ups2",
        "160 control1 ups.output_off ups2",
    ],
)
def test_n6_what_else_is_told_of_it_changes_nothing(site: Site, line: str) -> None:
    lines = sorted((FIRST, NO_ANSWER, FELL, line), key=lambda told: float(told.split()[0]))
    assert tale(site, *lines).left_on(0.0, 300.0, 200.0) == {"ups2"}


def test_the_last_one_whom_somebody_else_shuts_down_leaves_nobody(site: Site) -> None:
    pressed = "150 room server.shutting_down control2", "200 room server.halted control2"
    last = tale(site, FIRST, *pressed)
    assert last.fell_by("control2", 150.0, 200.0)
    assert not last.fell_by("control2", 151.0, 200.0), "before that"
    assert not last.fell_by("control1", 0.0, 200.0)
    assert not last.fell_by("ups2", 0.0, 200.0), "it has its power"
    told = tale(site, FIRST, "140 control1 command.sent control2 command=shutdown", *pressed)
    assert not told.fell_by("control2", 0.0, 200.0), "it was one of ours"


GONE = (FIRST, "100 room server.halted control2")


def fact(t: float, name: str, subject: str, **details: object) -> Event:
    return Event(t, name, subject, "room", Source.FACT, details)


def with_facts(site: Site, *facts: Event) -> LastNode:
    return LastNode([*map(told, GONE), *facts], site)


def test_h8_what_kept_a_node_from_booting_counts_when_it_is_over_if_its_power_came_meanwhile(
    site: Site,
) -> None:
    last = with_facts(site, fact(300.0, "ups.output_on", "ups1"))
    assert last.nobody_wakes("control1", 300.0, 300.0, 900.0)
    assert not last.nobody_wakes("control1", 200.0, 299.0, 900.0)
    assert not last.nobody_wakes("control1", 301.0, 400.0, 900.0)
    assert last.nobody_wakes("control1", 301.0, inf, 900.0), "it lasts"
    assert not last.nobody_wakes("control2", 200.0, 400.0, 900.0), "that is not its UPS"
    assert not last.nobody_wakes("control1", 200.0, 400.0, 99.0), "they are up"
    assert last.nobody_wakes("control1", 250.0, 350.0, 900.0)
    other = with_facts(site, fact(300.0, "ups.on_line", "ups1"))
    assert not other.nobody_wakes("control1", 250.0, 350.0, 900.0)
    seen = Event(300.0, "ups.output_on", "ups1", "control1", Source.SEEN, {})
    assert not with_facts(site, seen).nobody_wakes("control1", 200.0, 400.0, 900.0)


def test_u7_a_ups_that_counted_down_when_it_began_to_drop_offs_keeps_its_node_on(site: Site) -> None:
    last = with_facts(
        site, fact(90.0, "ups.output_on", "ups1"), fact(100.0, "ups.off_armed", "ups1", falls_at=520.0)
    )
    assert last.nobody_wakes("ups1", 100.0, 110.0, 900.0)
    assert last.nobody_wakes("ups1", 520.0, 600.0, 900.0)
    assert not last.nobody_wakes("ups1", 521.0, 600.0, 900.0), "it had fallen"
    assert not last.nobody_wakes("ups1", 50.0, 99.0, 900.0), "nobody had told it"
    assert not last.nobody_wakes("ups2", 100.0, 110.0, 900.0)
    armed = Event(100.0, "ups.off_armed", "ups1", "control1", Source.SEEN, {"falls_at": 520.0})
    untold = Event(100.0, "command.failed", "ups1", "control1", Source.SEEN, {"command": "off"})
    assert not with_facts(site, untold).nobody_wakes("ups1", 0.0, 200.0, 900.0)
    assert not with_facts(site, armed).nobody_wakes("ups1", 100.0, 110.0, 900.0)


def test_p13_a_ups_that_was_off_when_it_was_repaired_is_left_dark_while_no_node_is_up(site: Site) -> None:
    off, on = fact(300.0, "ups.output_off", "ups1"), fact(500.0, "ups.output_on", "ups1")
    assert with_facts(site, off).is_left_dark("ups1", 300.0, 900.0)
    assert not with_facts(site, off).is_left_dark("ups1", 299.0, 900.0), "it went off after that"
    assert not with_facts(site, off).is_left_dark("ups2", 300.0, 900.0)
    early = fact(50.0, "ups.output_off", "ups1")
    assert not with_facts(site, early).is_left_dark("ups1", 300.0, 99.0), "they are up"
    assert not with_facts(site, off, on).is_left_dark("ups1", 400.0, 900.0)
    assert with_facts(site, off, on).is_left_dark("ups1", 400.0, 499.0)
    assert not with_facts(site, off, on).is_left_dark("ups1", 600.0, 900.0)
    assert not with_facts(site).is_left_dark("ups1", 400.0, 900.0)
    assert with_facts(site, off).is_left_dark("ups1", 300.0, 300.0)
    again = fact(700.0, "ups.output_off", "ups1")
    assert with_facts(site, off, on, again).is_left_dark("ups1", 700.0, 900.0)
    assert not with_facts(site, off, on, again).is_left_dark("ups1", 600.0, 900.0)
    assert with_facts(site, on, again).is_left_dark("ups1", 700.0, 900.0)
    unseen = Event(300.0, "ups.output_off", "ups1", "control1", Source.SEEN, {})
    assert not with_facts(site, unseen).is_left_dark("ups1", 300.0, 900.0)
    assert with_facts(site, off, fact(600.0, "ups.low_battery", "ups1")).is_left_dark("ups1", 300.0, 900.0)


@pytest.mark.parametrize(
    ("facts", "at_work"),
    [
        ([fact(250.0, "ups.off_armed", "ups1", falls_at=670.0)], False),
        ([fact(250.0, "ups.off_armed", "ups1", falls_at=300.0)], False),
        ([fact(250.0, "ups.off_armed", "ups1", falls_at=299.0)], True),  # its card has dropped it (U7)
        ([fact(250.0, "ups.off_armed", "ups2", falls_at=670.0)], True),
        ([fact(250.0, "ups.low_battery", "ups1")], True),
        ([Event(250.0, "ups.off_armed", "ups1", "control1", Source.SEEN, {})], True),
        ([fact(250.0, "ups.output_off", "ups1")], False),
        ([fact(250.0, "ups.output_off", "ups1"), fact(280.0, "ups.output_on", "ups1")], True),
        (
            [fact(250.0, "ups.off_armed", "ups1", falls_at=670.0), fact(280.0, "ups.output_on", "ups1")],
            True,
        ),
    ],
)
@pytest.mark.parametrize("name", ["server.up", "service.begun"])
def test_s16_who_boots_onto_power_that_counts_down_is_not_at_work_and_ends_nothing(
    site: Site, facts: list[Event], at_work: bool, name: str
) -> None:
    gone = [*map(told, (FIRST, FELL)), *facts, fact(300.0, name, "control1")]
    last = LastNode(gone, site)
    assert last.fell_by("ups2", 0.0, 400.0) is not at_work
    halts = LastNode([*gone, fact(350.0, "server.halted", "control1")], site)
    assert halts.fell_by("ups2", 0.0, 400.0) is not at_work


def test_x_04_who_boots_with_enough_power_beside_the_one_that_counts_down_is_at_work(site: Site) -> None:
    both = replace(site.servers["control1"], upses=("ups1", "ups2"), minimum_supplies=1)
    twice = replace(site, servers={**site.servers, "control1": both})
    falls = [fact(250.0, "ups.off_armed", ups, falls_at=670.0) for ups in both.upses]
    booted = [
        *map(told, GONE),
        fact(290.0, "server.booting", "control1"),
        fact(300.0, "server.up", "control1"),
    ]
    assert not LastNode([*falls[1:], *booted], twice).gone_before("control1", 400.0)
    assert LastNode([*falls, *booted], twice).gone_before("control1", 400.0)


def test_a_node_on_no_ups_is_at_work_when_it_is_up(site: Site) -> None:
    free = replace(site.servers["control1"], upses=(), minimum_supplies=1)
    last = LastNode(
        [*map(told, GONE), fact(300.0, "server.up", "control1")],
        replace(site, servers={**site.servers, "control1": free}),
    )
    assert not last.gone_before("control1", 400.0)
