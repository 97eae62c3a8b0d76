"""A system is told to stop once, after its jobs and out of its reboot, and again only when it is up again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os, Receipt
from sequencer.reboots import is_back_up, is_out_of_it, note_reached, note_restarted
from sequencer.run import Run
from sequencer.scope import Scope
from sequencer.site import Job, Site
from sequencer.systems import is_to_stop, note_running, note_stopping, outage_goes_on, shut_down, stop_system
from sequencer.task import Task
from tests.hands import LATENCY_S, NO, YES, HandRoom, HandServer
from tests.worlds import with_settings

LIMIT_S = 180.0


def room_of(site: Site) -> HandRoom:
    """An outage of ups5 is declared; its blades ran, and are up."""
    room = HandRoom(site)
    room.upses["ups5"].lose_mains()
    ran = {"was_running": ["blade1", "blade2"]}
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, ran),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    return room


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


@pytest.fixture
def blade1(room: HandRoom) -> HandServer:
    return room.servers["blade1"]


def stops(room: HandRoom, server: str = "blade1") -> Task:
    return room.run.spawn(stop_system(room.run, room.site.servers[server]))


def wanted(room: HandRoom, server: str, goal: Goal) -> None:
    details = {"servers": [server], "goal": goal.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, f"{goal.value} of {server}", 1, "control1/1", room.run.now, details))


def alarms(room: HandRoom) -> list[tuple[str, str]]:
    return [(e["subject"], e["rule"]) for e in room.told("alarm.raised")]


def rows(room: HandRoom, kind: Kind) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is kind]


# Told once


def test_h4_whose_ups_is_off_is_told_nothing_and_counts_as_on_its_way(room: HandRoom, run: Run) -> None:
    room.upses["ups5"].show(output_on=False)
    room.servers["blade1"].fall_silent()
    assert stops(room).over
    room.until(1)
    assert room.servers["blade1"].sent == []
    assert run.asked_to_stop == run.on_their_way == {"blade1"}


def held(room: HandRoom, is_held: bool) -> None:
    details = {"held": is_held, "cause": f"r{is_held}", "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.HELD, "blade1", 1, "control1/1", room.run.now, details))


@pytest.mark.parametrize("falls", [True, False])
@pytest.mark.parametrize("held_at_s", [0.0, 7.0])
def test_s27_l4_who_has_lost_his_power_in_somebodys_hands_is_told_nothing_when_he_is_released(
    room: HandRoom, blade1: HandServer, held_at_s: float, falls: bool
) -> None:
    """Also who was held when he had not taken it yet. The force beside that closed his step, of
    which nobody was told that it had ended (seed 902972)."""
    blade1.replies = [NO, NO, YES]
    blade1.after(held_at_s, lambda: held(room, True))
    blade1.after(held_at_s, lambda: stops(room) if not held_at_s else None)
    if held_at_s:
        stops(room)
    room.until(100)
    asked = len(blade1.sent)
    room.upses["ups5"].show(output_on=not falls)
    blade1.fall_silent()
    room.until(1000)
    held(room, False)
    room.until(1010)
    assert len(blade1.sent) == asked if falls else len(blade1.sent) > asked
    assert (len(room.told("step.timed_out")), alarms(room)) == ((1, [("blade1", "H1")]) if falls else (0, []))


def test_r2_06_its_jobs_come_first_then_what_is_to_be_done_before_it_then_its_shutdown(site: Site) -> None:
    room = room_of(with_settings(site, blade1__stop_jobs=(Job("save", ("save",), 60.0),)))
    happened: list[tuple[float, list[str]]] = []

    def first() -> Any:
        happened.append((room.run.now, list(room.servers["blade1"].sent)))
        yield from ()

    room.run.spawn(stop_system(room.run, room.site.servers["blade1"], first))
    room.until(5)
    ((first_s, sent),) = happened
    assert 1.0 < first_s < 1.1
    assert sent == ["job save"]
    assert room.servers["blade1"].sent == ["job save", "shutdown"]


def test_h1_one_that_hangs_is_given_up_at_its_limit_and_its_ups_may_fall(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    task = stops(room)
    room.until(1)
    blade1.show(os=Os.SHUTTING_DOWN)
    run.asked_to_stop.clear()
    room.until(LIMIT_S)
    assert (alarms(room), run.given_up) == ([], set())
    room.until(LIMIT_S + 1)
    assert (alarms(room), run.given_up, run.asked_to_stop) == ([("blade1", "H1")], {"blade1"}, {"blade1"})
    assert not task.over, "should its power fall under it, it is forced before"
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", run.now, {"falls_in_s": 100.0}))
    room.upses["ups5"].show(off_armed=True)
    room.until(LIMIT_S + 1 + 100)
    assert blade1.sent[:2] == ["shutdown", "force"]


def test_s1_one_that_has_gone_through_a_reboot_meanwhile_is_told_once_more(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    task = stops(room)
    room.until(LIMIT_S + 1)
    assert blade1.sent == ["shutdown", "shutdown"]
    assert (alarms(room), run.given_up) == ([], set())
    blade1.show(os=Os.HALTED)
    room.until(LIMIT_S + 2)
    assert task.over


def test_s1_l4_not_when_its_power_falls_first(room: HandRoom, run: Run, blade1: HandServer) -> None:
    """A second round of its whole limit would end after that."""
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", run.now, {"falls_in_s": 200.0}))
    room.upses["ups5"].show(off_armed=True)
    stops(room)
    room.until(200 - 60 - 1)
    assert blade1.sent == ["shutdown"]
    room.until(200 - 60 + 5)
    assert blade1.sent[-1] == "force"


def test_s1_l4_who_was_told_before_and_booted_since_has_not_taken_this_shutdown(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    note_stopping(run, room.site.servers["blade1"])
    blade1.replies = [NO]
    stops(room)
    room.until(LIMIT_S + 1)
    assert (alarms(room), run.given_up) == ([("blade1", "H1")], {"blade1"})


def test_h3_one_that_has_accepted_nothing_is_given_up_at_its_limit_without_a_second_round(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    blade1.replies = [NO]
    stops(room)
    room.until(LIMIT_S + 1)
    assert (alarms(room), run.given_up) == ([("blade1", "H1")], {"blade1"})


def test_h3_nor_has_one_that_was_given_up_before(room: HandRoom, run: Run, blade1: HandServer) -> None:
    note_stopping(run, room.site.servers["blade1"])
    run.given_up.add("blade1")
    blade1.replies = [NO]
    stops(room)
    room.until(LIMIT_S + 1)
    assert alarms(room) == [("blade1", "H1")]


@pytest.mark.parametrize(
    ("os", "again"), [(Os.BOOTING, True), (Os.UP, True), (Os.SHUTTING_DOWN, False), (Os.HALTED, False)]
)
def test_s1_back_up_is_who_boots_or_has_booted_as_far_as_it_is_seen_now(
    room: HandRoom, run: Run, blade1: HandServer, os: Os, again: bool
) -> None:
    server = room.site.servers["blade1"]
    blade1.show(os=os)
    assert is_back_up(run, server) is again
    blade1.fall_silent()
    assert not is_back_up(run, server)


# Out of its reboot


@pytest.mark.parametrize("known", ["we told it", "it is wanted"])
def test_s1_one_that_restarts_is_told_when_it_is_up_and_its_restart_is_done(
    room: HandRoom, run: Run, blade1: HandServer, known: str
) -> None:
    wanted(room, "blade1", Goal.REBOOT)
    if known == "we told it":
        run.rebooting.add("blade1")
    blade1.show(os=Os.SHUTTING_DOWN)
    stops(room)
    room.until(60)
    assert blade1.sent == []
    assert [eager for _, _, eager in blade1.watchers] == [True], "it is to be told as soon as it is up"
    blade1.show(os=Os.UP)
    room.until(61)
    assert blade1.sent == ["shutdown"]
    assert run.rebooting == set()
    assert rows(room, Kind.REACHED) == (["blade1"] if known == "we told it" else [])


def test_s1_one_that_never_comes_out_of_its_reboot_is_told_all_the_same_in_the_end(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    wanted(room, "blade1", Goal.REBOOT)
    run.rebooting.add("blade1")
    blade1.show(os=Os.SHUTTING_DOWN)
    limit_s = LIMIT_S + room.site.start.server_limit_s
    task = stops(room)
    room.until(limit_s)
    assert alarms(room) == []
    assert "blade1" in run.rebooting
    room.until(limit_s + LIMIT_S + 1)
    assert alarms(room) == [("blade1", "H1")]
    assert (run.rebooting, rows(room, Kind.REACHED)) == (set(), [])
    assert not task.over


def test_s1_one_whose_power_goes_amid_its_reboot_is_not_waited_for(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    run.rebooting.add("blade1")
    blade1.show(os=Os.SHUTTING_DOWN)
    stops(room)
    room.until(60)
    assert run.rebooting == {"blade1"}
    room.upses["ups5"].show(output_on=False)
    room.until(61)
    assert run.rebooting == set()


def test_s11_whether_it_restarts_is_asked_of_itself_and_not_of_an_old_word(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    run.rebooting.add("blade1")
    stops(room)
    room.until(LATENCY_S / 2)
    blade1.show(os=Os.SHUTTING_DOWN)
    room.until(60)
    assert run.rebooting == {"blade1"}


@pytest.mark.parametrize(
    ("fifth", "sixth", "out"),
    [
        ({}, {}, False),
        ({"output_on": False}, {}, False),
        ({"output_on": False}, {"output_on": False}, True),
        ({"off_armed": True}, {"output_on": False}, True),
        ({"off_armed": True}, {}, False),
    ],
)
def test_s1_without_any_power_left_it_will_not_come_up(
    site: Site, fifth: dict[str, bool], sixth: dict[str, bool], out: bool
) -> None:
    room = room_of(with_settings(site, blade1__upses=("ups5", "ups6")))
    server = room.site.servers["blade1"]
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.upses["ups5"].show(**fifth)
    room.upses["ups6"].show(**sixth)
    assert is_out_of_it(room.run, server) is out
    room.servers["blade1"].show(os=Os.UP)
    assert is_out_of_it(room.run, server)
    room.servers["blade1"].fall_silent()
    assert is_out_of_it(room.run, server) is out
    assert not is_out_of_it(room.run, replace(server, upses=())), "we know nothing of its power"


# What is written down


@pytest.mark.parametrize(
    ("server", "os", "goal", "written"),
    [
        ("rack1", Os.UP, None, True),
        ("rack1", Os.BOOTING, None, True),
        ("rack1", Os.HALTED, None, False),
        ("rack1", Os.UP, Goal.DOWN, False),
        ("rack1", Os.UP, Goal.UP, True),
        ("blade1", Os.UP, None, False),
        ("bladepool", Os.UP, None, False),
    ],
    ids=["up", "boots", "is down", "wanted down", "wanted up", "known to run", "a pool server"],
)
def test_s28_a_linked_server_that_runs_and_was_not_known_to_is_started_again_too(
    room: HandRoom, run: Run, server: str, os: Os, goal: Goal | None, written: bool
) -> None:
    room.servers[server].show(os=os)
    if goal is not None:
        wanted(room, server, goal)
    run.spawn(note_running(run, room.site.servers[server]))
    room.until(1)
    assert rows(room, Kind.RAN) == ([server] if written else [])


@pytest.mark.parametrize(("reply", "written"), [(YES, True), (NO, False)])
def test_n5_l1_a_server_that_nobody_hears_and_that_takes_its_shutdown_ran(
    room: HandRoom, run: Run, reply: Receipt, written: bool
) -> None:
    """Its controller is cut off, its system is not."""
    run.scope = Scope(servers=frozenset({"rack1"}))
    run.facts.confirmed.add("ups6")
    room.upses["ups6"].lose_mains()
    rack1 = room.servers["rack1"]
    rack1.fall_silent()
    rack1.status, rack1.replies = None, [reply]
    run.spawn(shut_down(run, room.site.servers["rack1"]))
    room.until(30)
    assert rows(room, Kind.RAN) == (["rack1"] if written else [])


def test_s28_without_an_outage_nobody_is_written_down(site: Site) -> None:
    room = HandRoom(site)
    room.run.spawn(note_running(room.run, room.site.servers["rack1"]))
    room.until(1)
    assert rows(room, Kind.RAN) == []


@pytest.mark.parametrize("goal", [Goal.DOWN, Goal.REBOOT])
def test_o1_r10_41_what_has_come_about_as_it_was_wanted_is_written_down_once(
    room: HandRoom, run: Run, goal: Goal
) -> None:
    wanted(room, "blade1", goal)
    for note in (note_reached, note_restarted):
        run.spawn(note(run, "blade2"))
    for _ in range(2):
        run.spawn(note_reached(run, "blade1"))
        room.until(run.now + 1)
        assert rows(room, Kind.REACHED) == (["blade1"] if goal is Goal.DOWN else [])
    for _ in range(2):
        run.spawn(note_restarted(run, "blade1"))
        room.until(run.now + 1)
        assert rows(room, Kind.REACHED) == ["blade1"]


# For a reason, and not while the mains are back


def test_s9_one_is_to_stop_in_an_outage_or_when_it_is_wanted_down(room: HandRoom, site: Site) -> None:
    assert is_to_stop(room.run, site.servers["rack1"]), "an outage is declared"
    calm = HandRoom(site).run
    scope = calm.scope
    for server in ("rack1", "control2"):
        calm.scope = scope
        assert not is_to_stop(calm, site.servers[server])
        calm.scope = replace(scope, servers=frozenset({"rack1"}), nodes=frozenset({"control2"}))
        assert is_to_stop(calm, site.servers[server])


def test_s9_nothing_new_is_stopped_while_the_mains_are_back_and_it_is_told_once_that_they_are(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    room.upses["ups5"].regain_mains()
    run.mains["ups5"].on_line_since_s = 0.0
    goes_on = run.spawn(outage_goes_on(run))
    for at_s in (10, 20):
        room.until(at_s)
        run.announce()
    assert not goes_on.over
    (waits,) = room.told("step.waiting", "reference")
    assert waits["step"] == "mains back: will they stay?"
    room.upses["ups5"].lose_mains()
    room.until(21)
    assert goes_on.over


def test_s9_mains_that_are_back_when_the_look_is_over_stop_a_shutdown_that_was_about_to_be_sent(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    blade1.replies = [YES]
    stops(room)
    room.until(LATENCY_S / 2)
    room.upses["ups5"].regain_mains()
    run.mains["ups5"].on_line_since_s = run.now
    room.until(1)
    assert blade1.sent == []
    assert [e["rule"] for e in room.told("command.refused", "blade1")] == ["S9"]
