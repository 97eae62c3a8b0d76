"""Nodes that are booted after a stop that somebody wanted: by whosever hand, they bring all back (O1)."""

from __future__ import annotations

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.node_start import note_up
from sequencer.ports import Os, ServerStatus
from sequencer.requests import Wish
from sequencer.uptime import booted_since_wanted
from sim.story import Asked, Booted, Managed, Manager, Pressed
from tests.excused import unexcused_by_the_judge
from tests.hands import HandRoom
from tests.safety import well
from tests.worlds import HOUR_S, LINKED, NODES, fault, out, play


@pytest.mark.parametrize("at_s", [3300.0, 3450.0])
def test_r2_08_nodes_whose_upses_came_back_once_and_that_the_manager_stops_later_are_down_as_wanted(
    at_s: float,
) -> None:
    """While the incident is still open, its OFFs that came back with the mains are of no account any more."""
    booted = [Booted(at_s + 900.0, node) for node in NODES]
    tale = play(out(0, 2340), Managed(at_s, Manager.SHUTDOWN, "ssccluster"), booted, until_s=4 * HOUR_S)
    well(tale)
    tale.before("request.accepted reference", "journal.committed control1 kind=reached")
    assert len(tale.all("command.sent ssccluster command=stop")) == 1, "that of the outage"


def test_c7_o1_a_node_that_hung_while_it_was_stopped_as_wanted_is_booted_by_hand_and_brings_all_back() -> (
    None
):
    """Its rows say only that it is wanted down; the control disk, off on good mains, tells more."""
    tale = play(
        Asked(0, Wish.POWER_OFF, by="backup"),
        fault("node_hangs", "control1", 300),
        Pressed(1600, "ups1"),
        until_s=4 * HOUR_S,
    )
    tale.before("server.forced control1", "ups.output_off ups1", "ups.output_on ups1 cause=button")
    tale.before("ups.output_on ups1 cause=button", "ups.output_on ups3 cause=command")
    for name in (*NODES, *LINKED):
        assert tale.room.servers[name].state.value == "up", name
    assert len(tale.all("command.sent control1 command=shutdown")) == 1


def test_c2_s9_what_a_node_was_at_when_it_crashed_is_over_before_the_other_one_hears_of_it() -> None:
    """control1 was down while all were asked off, is booted by hand, and brings them up. control2 tells it of
    that word when it is back, and that its own boot has ended it: not the one before the other."""
    tale = play(
        Managed(0, Manager.SHUTDOWN, "control1"),
        Booted(149, "control1"),
        out(157, 1941, "ups2"),
        Asked(242, Wish.POWER_OFF),
        fault("node_crashes", "control2", 627),
        Pressed(642, "ups1"),
        until_s=2 * HOUR_S,
    )
    well(tale, but=("incident",))  # that of the dead one is closed with the other's
    for name in (*NODES, *LINKED):
        assert tale.room.servers[name].state.value == "up", name


@pytest.mark.parametrize(
    ("clock_s", "writer", "silent", "up_s", "has"),
    [
        (0.0, "control2", False, 60.0, True),
        (-59.0, "control2", False, 60.0, True),
        (-60.0, "control2", False, 60.0, False),  # by that clock it was up before
        (60.0, "control2", False, 60.0, True),
        (60.0, "control2", False, 130.0, False),  # by ours
        (-60.0, "control1", False, 60.0, True),  # its own word
        (-60.0, "nobody", False, 60.0, True),  # of another site
        (-60.0, "control2", True, 60.0, True),
        (None, "control2", False, 60.0, True),
    ],
)
def test_t1_s28_nobody_has_booted_since_a_word_by_a_clock_that_is_ahead_of_who_wrote_it(
    by_hand: HandRoom, clock_s: float | None, writer: str, silent: bool, up_s: float, has: bool
) -> None:
    """By our clock that was told two minutes ago."""
    run, ports = by_hand.run, by_hand.servers
    said = {"servers": ["control1"], "goal": "down", "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 0, f"{writer}/3", 0.0, said))
    by_hand.until(120)
    told_s = None if clock_s is None else run.wall_s() + clock_s
    ports["control2"].status = ServerStatus(Os.UP, clock_s=told_s)
    ports["control2"].silent, ports["control1"].status = silent, ServerStatus(Os.UP, up_s=up_s)
    assert booted_since_wanted(run, "control1") is has


@pytest.mark.parametrize(
    ("clock_s", "up_s", "has"),
    [(120.0, 60.0, True), (120.0, 120.0, False), (-60.0, 60.0, False), (None, 60.0, False), (9, None, False)],
)
def test_t4_s9_where_our_clock_cannot_be_right_a_system_has_booted_since_by_its_own(
    by_hand: HandRoom, clock_s: float | None, up_s: float | None, has: bool
) -> None:
    """A node that shows 1970 restarted the cluster, for a word by which control2 had been restarted long ago
    (seed 188856). `clock_s`: what that one's clock shows, since the word."""
    run, wanted_s = by_hand.run, by_hand.run.wall_s() + 2 * HOUR_S
    details = {"servers": ["control2"], "goal": Goal.REBOOT.value, "wall_s": wanted_s}
    run.hear(Row(Kind.WANTED, "nodes/1/off", 0, "control1/1", 0.0, details))
    shows_s = None if clock_s is None else wanted_s + clock_s
    by_hand.servers["control2"].show(ServerStatus(Os.UP, clock_s=shows_s, up_s=up_s))
    assert booted_since_wanted(run, "control2") is has


@pytest.mark.parametrize("back_s", [1500.0, 49_000.0])
def test_t4_r10_41_s9_who_was_off_when_his_restart_was_due_has_been_restarted_by_whoever_booted_him(
    back_s: float,
) -> None:
    """No node was up then, and by a clock that has been set back he runs for longer (seed 911492)."""
    tale = play(
        out(0, 1500),
        fault("scheduled_restart", "linkeddisk", 600.0),
        fault("clock_steps_back", "control1", 1200.0, amount=back_s),
        Pressed(1800.0, "ups6"),
        until_s=2 * HOUR_S,
    )
    tale.before("ups.output_off ups6", "schedule.fired at-1200s goal=reboot", "server.booting rack1")
    assert tale.times("command.sent * command=restart") == tale.times(
        "command.sent ssccluster command=restart"
    )


@pytest.mark.parametrize(
    ("told_in", "off", "counts"),
    [(1, ("ups5",), True), (1, ("ups6",), False), (1, (), False), (0, ("ups5",), False)],
)
def test_t4_r10_41_only_whose_power_was_seen_off_in_the_incident_in_which_that_was_wanted(
    by_hand: HandRoom, told_in: int, off: tuple[str, ...], counts: bool
) -> None:
    wanted = {"servers": ["blade1"], "goal": Goal.REBOOT.value, "wall_s": by_hand.run.wall_s()}
    by_hand.run.hear(
        Row(Kind.WANTED, "r1", told_in, "control1/1", 0.0, wanted),
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}),
        *(Row(Kind.SEEN_OFF, ups, 1, "control1/1", 0.0) for ups in off),
    )
    by_hand.servers["blade1"].status = ServerStatus(Os.UP)
    by_hand.run.spawn(note_up(by_hand.run, by_hand.site.servers["blade1"]))
    by_hand.until(1)
    assert by_hand.run.facts.reached("blade1") is counts


def test_r2_08_c7_s9_nodes_that_the_manager_has_shut_down_are_not_stopped_again_when_they_boot() -> None:
    """Their services stood still as they went, so nobody noted it; the manager carries out its own word, and
    who has booted since has gone by it (seed 87423)."""
    tale = play(
        fault("service_stalls", "control1", -300.0, amount=8000.0),
        Managed(0.0, Manager.SHUTDOWN, "ssccluster"),
        fault("service_stalls", "control2", 30.0, amount=8000.0),
        [Booted(3600.0, node) for node in NODES],
        until_s=3 * HOUR_S,
    )
    assert tale.all("request.accepted reference wish=cluster_shutdown")
    tale.never("command.sent ssccluster command=stop", "command.sent control1 command=shutdown")
    assert not [words for words in unexcused_by_the_judge(tale, []) if words.startswith(("S9", "L1", "L3"))]
    for name in NODES:
        assert tale.room.servers[name].state.value == "up", name
