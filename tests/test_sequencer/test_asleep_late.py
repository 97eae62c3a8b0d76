"""Down as wanted, booted since, and told of it late: what that node stopped for is over (O1, N2, S9)."""

from __future__ import annotations

import pytest

from sequencer.asleep import wake_up, wake_up_late
from sequencer.journal import Armed, Goal, Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.requests import Wish
from sequencer.slept import NOTHING, Before, has_come_to_its_end
from sequencer.wants import wants
from sim.story import Asked, Booted, Happening, Managed, Manager, Pressed
from tests.excused import holds, unexcused
from tests.hands import HandRoom
from tests.safety import well
from tests.tale import Tale
from tests.worlds import CALM_S, HOUR_S, NODES, fault, out, play


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """control1, whose life is 100 s old; it has heard nothing yet."""
    by_hand.run.spawn(wake_up_late(by_hand.run))
    by_hand.until(100)
    return by_hand


def hear(room: HandRoom, wanted_s: float) -> None:
    """What the peer kept: both were wanted down then, before this life began or since, and this one was."""
    wall_s = room.run.wall_s() - room.run.now + wanted_s
    wanted = {"servers": NODES, "goal": Goal.DOWN.value, "wall_s": wall_s}
    room.run.hear(
        Row(Kind.WANTED, "r1", 0, "control2/1", 0.0, wanted),
        Row(Kind.REACHED, "control1", 0, "control2/1", 0.0, {"wall_s": wall_s}),
    )


def test_o1_a_node_that_is_told_late_that_it_was_down_as_wanted_is_wanted_up(room: HandRoom) -> None:
    hear(room, wanted_s=-50)
    room.until(101)
    assert all(wants(room.run, node, Goal.UP) for node in NODES)


def test_s33_o1_while_its_power_counts_down_it_looks_every_other_second_and_at_once_when_that_is_over(
    room: HandRoom,
) -> None:
    """Whoever has pressed its button was too early; it looked at itself again in the same moment."""
    room.upses["ups1"].show(off_armed=True)
    hear(room, wanted_s=-50)
    room.until(120.5)
    assert not wants(room.run, "control1", Goal.UP)
    assert room.servers["control1"].looks <= 25, "2 each time"
    room.upses["ups1"].show(off_armed=False)
    room.until(120.6)
    assert wants(room.run, "control1", Goal.UP)


@pytest.mark.parametrize(("fell_s", "has"), [(-30.001, False), (-30.0, True), (None, True)])
def test_o1_t7_a_disk_that_had_gone_off_before_that_word_was_told_is_no_end_of_that_stop(
    by_hand: HandRoom, fell_s: float | None, has: bool
) -> None:
    """In an outage: who turns that round waits for its charge, and carries the word out when that is over.
    Nobody knows when it was told: it may have been in that stop."""
    hear(by_hand, wanted_s=1500.0)
    by_hand.upses["ups3"].show(output_on=False)
    wall_s = None if fell_s is None else by_hand.run.facts.wants["control1"].at_s + fell_s - 180.0
    by_hand.run.facts.armed["ups3"] = Armed(0.0, 180.0, wall_s=wall_s)
    by_hand.until(2)
    assert has_come_to_its_end(by_hand.run) is has


def test_s9_what_a_node_refused_does_not_stop_it_hours_later_when_who_accepted_it_is_booted() -> None:
    """It has said "ask again", and brought all back after an outage since (S35, N5)."""
    tale = play(
        fault("production_down", "network", to_s=3600.0),
        Asked(0.0, Wish.POWER_OFF),
        out(0.0, 1800.0),
        Managed(600.0, Manager.SHUTDOWN, "control1"),
        Pressed(3600.0, "ups1"),
        until_s=2 * HOUR_S,
    )
    tale.before("request.refused reference", "server.halted control1", "server.up control1")
    stays_up(tale, "control2", since_s=3600.0)
    holds(tale, "production_down")


def test_s9_l3_nor_does_a_word_that_was_told_while_it_was_down_when_it_waits_for_who_knows_it() -> None:
    tale = play(
        fault("controller_dies", "control1"),
        out(600.0, 1800.0, "ups2"),
        out(1960.0, 2040.0, "ups2"),
        out(2100.0, 5700.0, "ups2"),
        Managed(3600.0, Manager.SHUTDOWN, "ssccluster"),
        Booted(7200.0, "control1"),
    )
    tale.before("server.halted control2", "request.accepted reference", "server.up control2")
    stays_up(tale, "control2", since_s=7200.0)
    holds(tale, "controller_dies")


def test_s31_l3_a_node_that_crashed_in_a_stop_and_boots_unable_to_see_its_end_asks_once_more() -> None:
    """No card is heard at its boot; before it commands it finds the control disk off (seed 621933)."""
    tale = play(
        Asked(-60.0, Wish.POWER_OFF),
        out(0.0, 1900.0),
        fault("ups_fails", "ups1", 70.0, 160.0),
        fault("management_down", "network", 1700.0, 2670.0),
        until_s=3 * HOUR_S,
    )
    tale.before("server.crashed control1", "ups.output_off ups3", "server.up control1")
    stays_up(tale, "control1", since_s=2670.0)
    holds(tale, "ups_fails", "management_down")


def test_s9_n6_one_that_hears_no_card_until_it_commands_goes_on_with_the_stop_in_which_both_crashed() -> None:
    """Nothing tells it that the control disk was off, nor that the other had not stayed up."""
    tale = play(
        out(0.0, 9000.0),
        fault("cards_swizzled", "network", 0.0, 14400.0),
        Asked(1800.0, Wish.POWER_OFF),
        Pressed(10800.0, "ups2"),
        until_s=14580.0,
    )
    tale.before("server.crashed control2", "server.up control2", "command.sent control2 command=shutdown")
    holds(tale, "cards_swizzled")
    assert any(wrong.startswith("S9 ") for wrong in unexcused(tale, ()))


def test_s9_c2_nodes_that_were_restarted_in_a_stop_and_crashed_are_wanted_up_by_who_boots_them() -> None:
    """Only the boot of that restart goes on with the stop; this one is a hand's, an hour later (O1)."""
    tale = play(
        Asked(0.0, Wish.POWER_OFF),
        Managed(100.0, Manager.REBOOT, "ssccluster"),
        *(fault("node_crashes", node, 700.0) for node in NODES),
        Booted(3700.0, "control1"),
    )
    assert tale.all("journal.committed control1 kind=restarts")
    stays_up(tale, "control1", since_s=700.0)
    holds(tale, "node_crashes")


CRASHED = (
    Managed(0.0, Manager.SHUTDOWN, "control1"),
    Asked(1200.0, Wish.POWER_OFF),
    fault("node_crashes", "control2", 1290.0),
    Pressed(4800.0, "ups1"),
    Booted(5100.0, "control2"),
)
TORN = (
    fault("foreign_off", "ups1", 960.0),
    out(1600.0, 3000.0, "ups4"),
    Managed(1960.0, Manager.SHUTDOWN, "ssccluster"),
    fault("journal_torn", "control2", 4000.0),
    Pressed(5461.5, "ups1"),
    Booted(5462.0, "control2"),
)
"""Both boot at once, and the first one commands before the other has looked at everything."""


@pytest.mark.parametrize(
    ("deeds", "faults"), [(CRASHED, ["node_crashes"]), (TORN, ["foreign_off", "journal_torn"])]
)
def test_s9_l3_nor_one_of_whose_stop_no_end_is_written_down_though_its_incident_is_open_yet(
    deeds: tuple[Happening | list[Happening], ...], faults: list[str]
) -> None:
    """It goes down, as far as who was left knows, and nobody else has ever heard of it (seed 462291)."""
    tale = play(*deeds)
    tale.before("server.up control1", "server.up control2")
    for node in NODES:
        stays_up(tale, node, since_s=4800.0)
    assert [line for line in unexcused(tale, faults) if line[:2] in ("L1", "L3", "S9")] == []


def stays_up(tale: Tale, node: str, since_s: float) -> None:
    assert tale.room.servers[node].state.value == "up"
    assert all(e.t < CALM_S + since_s for e in tale.all(f"server.shutting_down {node}"))


@pytest.fixture
def commands(by_hand: HandRoom) -> HandRoom:
    """control1 at its boot: it alone knows what is to stop control2, which has booted since and commands."""
    wanted = {"servers": [*NODES, "blade1"], "goal": Goal.DOWN.value, "wall_s": by_hand.run.wall_s()}
    by_hand.run.hear(Row(Kind.WANTED, "r1", 1, "control1/1", 0.0, wanted))
    by_hand.until(1000)
    by_hand.peers["control2"].show(commands=True)
    by_hand.servers["control2"].status = ServerStatus(Os.UP, up_s=500.0)
    by_hand.servers["control2"].show()
    return by_hand


def ended(room: HandRoom, past: Before = NOTHING) -> bool:
    room.run.spawn(wake_up(room.run, past))
    room.until(room.run.now + 5)
    return wants(room.run, "control2", Goal.UP)


def test_s9_a_word_that_who_commands_has_never_heard_is_over_when_he_has_booted_since(
    commands: HandRoom,
) -> None:
    assert ended(commands)
    assert wants(commands.run, "blade1", Goal.UP)


@pytest.mark.parametrize(
    ("row", "stop"),
    [({}, "the stop r1 is over"), ({"asked_by": "mori"}, "the stop r1 of mori is over")],
)
def test_s9_o1_whoever_asked_for_it_hears_that_it_is_over(
    commands: HandRoom, row: dict[str, str], stop: str
) -> None:
    wall_s = commands.run.facts.wants["control2"].at_s
    words = {"servers": [*NODES, "blade1"], "goal": "down", "wall_s": wall_s, **row}
    commands.run.hear(Row(Kind.WANTED, "r1", 1, "control1/1", 0.0, words))
    assert ended(commands)
    (alarm,) = commands.told("alarm.raised", "control2")
    assert alarm["rule"] == "S9"
    assert alarm["text"] == f"{stop} by the boot of control2; ask anew while it is meant"


@pytest.mark.parametrize("why", ["we slept by it", "it was refused", "nothing is over"])
def test_s9_who_knows_is_not_told(commands: HandRoom, why: str) -> None:
    if why == "it was refused":
        refused = {"reason": "ask again", "wall_s": commands.run.wall_s()}
        commands.run.hear(Row(Kind.REFUSED, "r1", 1, "control2/1", 0.0, refused))
    if why == "nothing is over":
        commands.servers["control2"].show(up_s=2000.0)
    reached = {"wall_s": commands.run.facts.wants["control1"].at_s}
    if why == "we slept by it":
        commands.run.hear(Row(Kind.REACHED, "control1", 1, "control1/1", 0.0, reached))
    assert ended(commands, Before(slept_by="r1" if why == "we slept by it" else "")) is (
        why != "nothing is over"
    )
    assert not commands.told("alarm.raised", "control2")


def test_s28_it_is_not_where_he_has_not_booted_since_or_does_not_tell(commands: HandRoom) -> None:
    commands.servers["control2"].show(up_s=2000.0)
    assert not ended(commands)
    commands.servers["control2"].show(up_s=None)
    assert not ended(commands)


def test_s28_nor_where_he_does_not_command_or_goes_down_just_now(commands: HandRoom) -> None:
    commands.peers["control2"].show(commands=False)
    assert not ended(commands)
    commands.peers["control2"].show(commands=True)
    commands.run.hear(Row(Kind.DECLARED, "reference", 2, "control2/2", 0.0, {"was_running": []}))
    assert not ended(commands)


@pytest.mark.parametrize(
    ("led", "told", "opened_by", "over"),
    [
        ((1,), True, "control1", True),
        ((2,), True, "control1", False),
        ((2, 1), True, "control1", False),
        ((), True, "control1", False),
        ((1,), False, "control1", False),
        ((1,), True, "control2", False),
    ],
)
def test_s9_who_took_the_command_before_he_could_know_of_what_goes_down_now_does_not_go_by_it(
    commands: HandRoom, led: tuple[int, ...], told: bool, opened_by: str, over: bool
) -> None:
    """Unless he may have written more since than has been heard of him, or has opened that himself."""
    commands.run.hear(Row(Kind.DECLARED, "reference", 2, f"{opened_by}/1", 0.0, {"was_running": []}))
    commands.run.hear(*(Row(Kind.LEASE, "control2", epoch, "control2/2", 0.0) for epoch in led))
    if told:
        commands.run.cluster.told_all_s = commands.run.now
    assert ended(commands) is over


def test_s27_t7_nor_where_somebody_holds_him_or_he_is_back_with_his_mains(commands: HandRoom) -> None:
    off = {"falls_in_s": 420.0, "wall_s": commands.run.wall_s(), "returns": True}
    commands.run.hear(Row(Kind.OFF_ARMED, "ups2", 1, "control1/1", 0.0, off))
    assert not ended(commands)
    held = {"held": True, "cause": "h1", "wall_s": commands.run.wall_s()}
    commands.run.hear(Row(Kind.HELD, "control2", 1, "control2/1", 0.0, held))
    assert not ended(commands)


def test_s35_a_word_that_he_refused_is_over_for_who_has_slept_since(commands: HandRoom) -> None:
    commands.servers["control2"].fall_silent()
    refused = {"reason": "ask again", "wall_s": commands.run.wall_s()}
    commands.run.hear(Row(Kind.REFUSED, "r1", 1, "control2/1", 0.0, refused))
    assert not ended(commands), "our service alone has begun anew: we go on with it"
    assert ended(commands, Before(slept_by="r0"))


@pytest.mark.parametrize(
    ("up_s", "ends"), [(10.0, True), (100.0, False), (None, False)], ids=["later", "by that", "untold"]
)
def test_r2_08_c2_only_the_boot_of_its_restart_goes_on_with_the_stop(
    by_hand: HandRoom, up_s: float | None, ends: bool
) -> None:
    run = by_hand.run
    restarts = {"wall_s": run.wall_s() + 1, "all": True}
    limit_s = by_hand.site.servers["control1"].stop_limit_s + by_hand.site.start.server_limit_s
    wanted = {"servers": NODES, "goal": Goal.DOWN.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 0, "control1/0", 0.0, wanted))
    run.hear(Row(Kind.RESTARTS, "control1", 0, "control1/0", 0.0, restarts))
    by_hand.until(limit_s + 50)
    by_hand.servers["control1"].status = ServerStatus(Os.UP, up_s=up_s)
    by_hand.servers["control2"].show(os=Os.HALTED)
    run.spawn(wake_up(run))
    by_hand.until(run.now + 5)
    assert wants(run, "control1", Goal.UP) is ends


def test_s9_not_if_that_is_wanted_since_its_boot(room: HandRoom) -> None:
    hear(room, wanted_s=50)
    room.until(200)
    assert all(wants(room.run, node, Goal.DOWN) for node in NODES)


def test_s9_nor_while_it_goes_down_just_now(room: HandRoom) -> None:
    """Its clock is ahead, perhaps; until something else is wanted of it nothing is looked at again."""
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    hear(room, wanted_s=-50)
    room.until(101)
    room.servers["control1"].show(os=Os.UP)
    room.run.announce()
    room.until(102)
    assert all(wants(room.run, node, Goal.DOWN) for node in NODES)
    up = {"servers": NODES, "goal": Goal.UP.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r2", 0, "control2/1", 0.0, up))
    room.until(103)
    hear(room, wanted_s=-40)
    room.until(104)
    assert all(wants(room.run, node, Goal.UP) for node in NODES), "the later word counts"


def test_s9_s27_whoever_a_held_commander_has_stopped_and_a_hand_boots_stops_nobody_again() -> None:
    """The two do not hear each other while it boots; the one that is held keeps the stop open (N5, O1)."""
    tale = play(
        Asked(0, Wish.HOLD, ("control1",), by="explore"),
        Asked(60, Wish.POWER_OFF, by="explore"),
        fault("production_down", "network", 90, 2200),
        Pressed(1800, "ups2"),
        until_s=3 * HOUR_S,
    )
    holds(tale, "production_down")
    assert len(tale.all("command.sent ssccluster command=stop")) == 1


def test_s28_a_node_that_somebody_wants_up_again_brings_back_nobody_whom_its_word_keeps_down() -> None:
    """The other node was wanted up before, with half of the linked side, and has gone by that since."""
    others = ("blade1", "rack1")
    tale = play(
        Asked(300, Wish.POWER_OFF, by="backup"),
        Asked(600, Wish.POWER_ON, ("control2", "blade2", "rack2"), by="backup"),
        Asked(3000, Wish.POWER_ON, ("control1",), by="backup"),
        until_s=2 * HOUR_S,
    )
    well(tale, but=others)
    tale.before("server.halted control1", "request.accepted control1", "server.up control1")
    for name in others:
        assert tale.room.servers[name].state.value == "halted", name
        assert not tale.all(f"command.sent {name} command=wake")


def test_s28_o1_who_was_down_when_all_were_powered_off_and_is_booted_meanwhile_starts_no_server() -> None:
    """That word has not stopped him, though it wants him down as well: whom it has stopped stays so."""
    asked = Managed(0.0, Manager.SHUTDOWN, "control1"), Asked(200.0, Wish.POWER_OFF)
    tale = play(*asked, Pressed(600.0, "ups1"))
    holds(tale)
    tale.before("server.up control1", "cluster.running ssccluster holder=control1")
    for name in ("ups5", "ups6"):
        tale.never(f"command.sent {name} command=on")
