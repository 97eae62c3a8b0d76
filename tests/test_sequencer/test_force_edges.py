"""When exactly a system that hangs is forced off, and what is asked once more just before."""

from __future__ import annotations

from math import inf

import pytest

from sequencer.force import force_before_the_cut, force_before_we_go, force_when_stuck, force_while_it_is_told
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.power_falls import (
    is_about_to_fall,
    may_take_until_s,
    next_cut_s,
    power_under,
    to_be_forced_at_s,
)
from sequencer.run import Run
from sequencer.site import Site
from sequencer.step import RETRY_S
from sequencer.task import Task
from tests.hands import LATENCY_S, HandRoom
from tests.worlds import with_settings

AMID_A_LOOK_S = LATENCY_S / 2
BEFORE_S = 60.0
"""`force_before_s` of the reference site."""


def counts_down(room: HandRoom, ups: str, falls_in_s: float) -> None:
    told_off(room, ups, falls_in_s)
    room.upses[ups].show(off_armed=True)


def told_off(room: HandRoom, ups: str, falls_in_s: float) -> None:
    details = {"falls_in_s": falls_in_s, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, ups, 1, "control1/1", room.run.now, details))


@pytest.fixture
def run(by_hand: HandRoom) -> Run:
    """blade1 hangs on its way down."""
    assert by_hand.site.force_before_s == BEFORE_S
    by_hand.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    return by_hand.run


def forced_at(room: HandRoom, server: str = "blade1") -> list[float]:
    return [round(e["t"], 1) for e in room.told("command.sent", server) if e["command"] == "force"]


def written(room: HandRoom) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is Kind.FORCED]


def words(room: HandRoom) -> list[tuple[str, str]]:
    return [
        (e["subject"], e["rule"]) for name in ("command.refused", "alarm.raised") for e in room.told(name)
    ]


# Shortly before the cut


def lasts(room: HandRoom, left_s: float) -> None:
    """The battery under blade1's array: ups5 falls in 400 s, a flush and cut take 304 s: it needs 704 s."""
    counts_down(room, "ups5", 400.0)
    room.upses["ups4"].show(mains=False, on_battery=True, runtime_s=left_s)


@pytest.mark.parametrize(
    ("left_s", "given_up", "at_s"),
    [(704.0, True, 0.0), (705.0, True, 400 - BEFORE_S), (100.0, False, 400 - BEFORE_S)],
)
def test_s18_h1_one_past_its_limit_is_forced_at_once_where_its_array_could_not_be_flushed_after_the_cut(
    run: Run, by_hand: HandRoom, left_s: float, given_up: bool, at_s: float
) -> None:
    if given_up:
        run.given_up.add("blade1")
    lasts(by_hand, left_s)
    assert to_be_forced_at_s(run, by_hand.site.servers["blade1"]) == at_s


def test_s18_h1_and_so_it_is(run: Run, by_hand: HandRoom) -> None:
    run.given_up.add("blade1")
    lasts(by_hand, 500.0)
    before_the_cut(by_hand)
    by_hand.until(1)
    assert forced_at(by_hand) == [0.0]
    assert words(by_hand) == []


def test_s18_nobody_is_forced_for_that_whose_power_stays(run: Run, by_hand: HandRoom) -> None:
    run.given_up.add("blade1")
    by_hand.upses["ups4"].show(mains=False, on_battery=True, runtime_s=100.0)
    assert to_be_forced_at_s(run, by_hand.site.servers["blade1"]) is None


def before_the_cut(room: HandRoom, server: str = "blade1") -> Task:
    return room.run.spawn(force_before_the_cut(room.run, room.site.servers[server]))


def test_h1_where_no_off_of_ours_is_left_nobody_is_watched_over_any_more(run: Run, by_hand: HandRoom) -> None:
    """Another life has told it, and it does not count down any more when it is looked at."""
    row = Row(Kind.OFF_ARMED, "ups5", 1, "control2/1", 0.0, {"falls_in_s": 170.0, "wall_s": run.wall_s()})
    run.hear(row)
    by_hand.upses["ups5"].show(off_armed=True)
    watches = run.spawn(force_while_it_is_told(run, by_hand.site.servers["blade1"]))
    by_hand.until(109)
    by_hand.upses["ups5"].show(off_armed=False)
    assert not watches.over
    by_hand.until(112)
    assert watches.over
    assert forced_at(by_hand) == []


def test_h1_it_is_forced_a_minute_before_its_power_falls_whatever_is_heard_in_between(
    run: Run, by_hand: HandRoom
) -> None:
    before_the_cut(by_hand)
    by_hand.until(30)
    counts_down(by_hand, "ups5", 170.0)
    for at_s in (50, 100):
        by_hand.until(at_s)
        run.announce()
    by_hand.until(199)
    assert forced_at(by_hand)[0] == 140.0
    assert written(by_hand) == ["blade1"]
    assert words(by_hand) == []
    (started,) = by_hand.told("step.started", "blade1")
    assert started["limit_s"] == pytest.approx(BEFORE_S, abs=0.1), "until the fall"


def test_h1_one_that_halts_in_time_is_not_forced(run: Run, by_hand: HandRoom) -> None:
    counts_down(by_hand, "ups5", 200.0)
    task = before_the_cut(by_hand)
    by_hand.until(139)
    by_hand.servers["blade1"].show(os=Os.HALTED)
    by_hand.until(199)
    assert task.over
    assert (forced_at(by_hand), written(by_hand)) == ([], [])


@pytest.mark.parametrize("is_off", [True, False])
def test_s26_h4_whose_power_has_gone_before_its_off_fell_is_not_forced(
    run: Run, by_hand: HandRoom, is_off: bool
) -> None:
    """Its battery was empty; the card and the server are silent since, and the OFF is still due."""
    by_hand.until(50)
    counts_down(by_hand, "ups5", 150.0)
    task = before_the_cut(by_hand)
    by_hand.until(60)
    if is_off:
        by_hand.upses["ups5"].show(output_on=False, mains=False)
    by_hand.until(65)
    for silent in (by_hand.upses["ups5"], by_hand.servers["blade1"], by_hand.servers["blade2"]):
        silent.fall_silent()
    by_hand.servers["bladepool"].fall_silent()
    by_hand.until(199)
    assert bool(forced_at(by_hand)) is not is_off
    assert bool(written(by_hand)) is not is_off
    assert task.over is is_off


def test_h1_when_it_is_too_late_it_is_forced_all_the_same_and_a_second_is_left_for_it(
    run: Run, by_hand: HandRoom
) -> None:
    counts_down(by_hand, "ups5", 0.5)
    before_the_cut(by_hand)
    by_hand.until(5)
    assert forced_at(by_hand) == [0.0]
    (started,) = by_hand.told("step.started", "blade1")
    assert started["limit_s"] == 1.0


def test_h1_an_off_that_is_known_and_that_the_card_does_not_show_ends_nobody(
    run: Run, by_hand: HandRoom
) -> None:
    """It was written down, and not taken, or somebody has called it off."""
    counts_down(by_hand, "ups5", 200.0)
    task = before_the_cut(by_hand)
    by_hand.until(140 + AMID_A_LOOK_S)
    by_hand.upses["ups5"].show(off_armed=False)
    by_hand.until(199)
    assert task.over
    assert (forced_at(by_hand), written(by_hand)) == ([], [])


def test_h1_a_countdown_of_which_nobody_knows_any_more_when_it_ends_ends_nobody(
    run: Run, by_hand: HandRoom
) -> None:
    """A later incident has begun meanwhile, which knows nothing of it."""
    counts_down(by_hand, "ups5", 200.0)
    task = before_the_cut(by_hand)
    by_hand.until(140 + AMID_A_LOOK_S)
    run.facts.armed.pop("ups5")
    by_hand.until(199)
    assert task.over
    assert (forced_at(by_hand), written(by_hand)) == ([], [])


def test_s1_an_off_that_was_put_off_meanwhile_is_waited_for_anew(run: Run, by_hand: HandRoom) -> None:
    """The guard refuses for as long; the card has begun its countdown again."""
    counts_down(by_hand, "ups5", 200.0)
    before_the_cut(by_hand)
    by_hand.until(140 + AMID_A_LOOK_S)
    told_off(by_hand, "ups5", 100.0)
    by_hand.until(179)
    assert forced_at(by_hand) == []
    assert words(by_hand)[0] == ("blade1", "S1")
    by_hand.until(190)
    assert 180.0 <= forced_at(by_hand)[0] <= 180.0 + RETRY_S + 0.1


def test_h1_a_node_is_forced_before_its_disk_falls_though_its_own_ups_stays(by_hand: HandRoom) -> None:
    by_hand.servers["control2"].show(os=Os.SHUTTING_DOWN)
    counts_down(by_hand, "ups3", 200.0)
    before_the_cut(by_hand, "control2")
    by_hand.until(150)
    assert forced_at(by_hand, "control2")[0] == 140.0


# Its power stays


def when_stuck(room: HandRoom, *, goes_up: bool = True) -> Task:
    return room.run.spawn(force_when_stuck(room.run, room.site.servers["blade1"], lambda: goes_up))


def test_h1_one_that_has_been_given_up_is_forced_at_once(run: Run, by_hand: HandRoom) -> None:
    run.given_up.add("blade1")
    when_stuck(by_hand)
    by_hand.until(1)
    assert (forced_at(by_hand), written(by_hand)) == ([0.0], ["blade1"])
    assert words(by_hand) == [("blade1", "H1")]
    (started,) = by_hand.told("step.started", "blade1")
    assert started["limit_s"] == BEFORE_S


def test_s26_another_may_take_all_of_its_limit(run: Run, by_hand: HandRoom) -> None:
    by_hand.until(100)
    when_stuck(by_hand)
    by_hand.until(300)
    assert forced_at(by_hand)[0] == 100.0 + by_hand.site.servers["blade1"].stop_limit_s


@pytest.mark.parametrize("halts_s", [AMID_A_LOOK_S, 100.0])
def test_h1_one_that_halts_while_it_is_looked_at_or_waited_for_is_left_alone(
    run: Run, by_hand: HandRoom, halts_s: float
) -> None:
    if halts_s < 1:
        run.given_up.add("blade1")
    task = when_stuck(by_hand)
    by_hand.until(halts_s)
    by_hand.servers["blade1"].show(os=Os.HALTED)
    by_hand.until(halts_s + LATENCY_S)
    assert task.over
    by_hand.until(300)
    assert (forced_at(by_hand), written(by_hand), words(by_hand)) == ([], [], [])


def test_s16_one_of_whose_upses_is_to_fall_yet_is_left_to_it(site: Site) -> None:
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6")))
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.run.given_up.add("blade1")
    counts_down(room, "ups5", 300.0)
    task = when_stuck(room)
    room.until(100)
    assert (forced_at(room), task.over) == ([], False)
    room.servers["blade1"].show(os=Os.HALTED)
    room.run.announce()
    room.until(101)
    assert (forced_at(room), task.over) == ([], True), "it is down, and nothing is left to wait for"


def test_s9_nobody_is_forced_who_is_not_to_run_again(run: Run, by_hand: HandRoom) -> None:
    run.given_up.add("blade1")
    when_stuck(by_hand, goes_up=False)
    by_hand.until(300)
    assert forced_at(by_hand) == []
    assert ("blade1", "S9") in words(by_hand)


# Before we go ourselves


@pytest.mark.parametrize(
    ("given_up", "os", "its_service", "refused"),
    [
        (True, Os.UP, True, ""),
        (False, Os.UP, True, "S26"),
        (True, Os.SHUTTING_DOWN, False, ""),
        (True, Os.SHUTTING_DOWN, True, "S11"),
    ],
    ids=["refuses", "its limit is not over", "hangs with its service", "on its way"],
)
def test_h3_c7_another_node_is_forced_before_we_go_if_it_let_nobody_in_or_hangs_with_its_service(
    by_hand: HandRoom, given_up: bool, os: Os, its_service: bool, refused: str
) -> None:
    by_hand.servers["control2"].show(os=os)
    if given_up:
        by_hand.run.given_up.add("control2")
    if not its_service:
        by_hand.peers["control2"].fall_silent()
    by_hand.run.spawn(force_before_we_go(by_hand.run, by_hand.site.servers["control2"]))
    by_hand.until(1)
    assert forced_at(by_hand, "control2") == ([] if refused else [0.0])
    assert words(by_hand) == ([("control2", refused)] if refused else [])
    assert written(by_hand) == ["control2"]


# What is to fall, and when


def test_s1_under_a_node_are_its_ups_and_those_of_its_control_disk_and_under_a_server_its_own(
    by_hand: HandRoom,
) -> None:
    site = by_hand.site
    assert power_under(by_hand.run, site.servers["control1"]) == ("ups1", "ups3")
    assert power_under(by_hand.run, site.servers["blade1"]) == ("ups5",)


def test_h1_the_next_cut_is_the_first_of_those_that_have_been_told(by_hand: HandRoom) -> None:
    run, node = by_hand.run, by_hand.site.servers["control1"]
    assert (next_cut_s(run, node), to_be_forced_at_s(run, node)) == (None, None)
    by_hand.until(10)
    told_off(by_hand, "ups1", 100.0)
    told_off(by_hand, "ups3", 300.0)
    assert (next_cut_s(run, node), to_be_forced_at_s(run, node)) == (110.0, 110.0 - BEFORE_S)
    run.to_be_told.add("ups1")
    assert next_cut_s(run, node) == 310.0


@pytest.mark.parametrize(("still", "cut_s"), [(True, 100.0), (False, None)])
@pytest.mark.parametrize("at_s", [100.0, 120.0])
def test_h1_a_fall_whose_time_has_come_counts_only_while_the_card_shows_it_coming(
    by_hand: HandRoom, at_s: float, still: bool, cut_s: float | None
) -> None:
    run, blade1 = by_hand.run, by_hand.site.servers["blade1"]
    told_off(by_hand, "ups5", 100.0)
    by_hand.upses["ups5"].show(off_armed=still)
    by_hand.until(at_s)
    assert next_cut_s(run, blade1) == cut_s


def test_s1_a_stop_may_take_its_own_time_unless_an_off_is_seen_to_count_down_under_it(
    by_hand: HandRoom,
) -> None:
    run, node = by_hand.run, by_hand.site.servers["control1"]
    assert may_take_until_s(run, node) == inf
    by_hand.upses["ups3"].show(off_armed=True)
    assert may_take_until_s(run, node) == inf, "nobody knows when it falls"
    told_off(by_hand, "ups3", 300.0)
    assert may_take_until_s(run, node) == 300.0 - BEFORE_S
    by_hand.until(300.0 - BEFORE_S)
    assert may_take_until_s(run, node) == inf, "it is too late for that"


def test_s11_an_off_that_is_known_and_not_seen_bounds_a_stop_only_where_its_card_is_silent(
    by_hand: HandRoom,
) -> None:
    """It says that nothing counts down; or it has fallen silent, and what is known still stands (S1)."""
    run, node = by_hand.run, by_hand.site.servers["control1"]
    told_off(by_hand, "ups1", 300.0)
    assert may_take_until_s(run, node) == inf
    by_hand.upses["ups1"].show(off_armed=True)
    by_hand.upses["ups1"].fall_silent()
    assert may_take_until_s(run, node) == run.now + 300.0 - run.site.force_before_s


@pytest.mark.parametrize(
    ("falling", "minimum", "falls"),
    [
        ((), 1, False),
        ((), 2, False),
        (("ups5",), 1, False),
        (("ups5",), 2, True),
        (("ups5", "ups6"), 1, True),
    ],
)
def test_s1_a_server_on_two_upses_is_about_to_fall_when_what_stays_is_not_enough(
    site: Site, falling: tuple[str, ...], minimum: int, falls: bool
) -> None:
    room = HandRoom(with_settings(site, blade1__upses=("ups5", "ups6"), blade1__minimum_supplies=minimum))
    for name in falling:
        room.upses[name].show(off_armed=True)
    assert is_about_to_fall(room.run, room.site.servers["blade1"]) is falls


def test_s9_a_server_without_a_ups_of_ours_is_not_about_to_fall(site: Site) -> None:
    room = HandRoom(with_settings(site, blade1__upses=()))
    assert not is_about_to_fall(room.run, room.site.servers["blade1"])
