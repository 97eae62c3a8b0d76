"""A node that comes back before its disks have fallen goes down again until they have (S2, U8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.disks_fall import go_before_our_disks
from sequencer.journal import Kind, Row
from sequencer.ports import Os, ServerStatus
from sim.story import ClockStep
from tests.excused import holds
from tests.hands import NO, HandRoom
from tests.worlds import HOUR_S, fault, out, play


@pytest.mark.parametrize("clocks", [(), (ClockStep(0.0, "control2", -2 * HOUR_S),)])
def test_u8_s2_nodes_that_are_back_before_their_disk_has_fallen_sleep_until_it_has(
    clocks: tuple[ClockStep, ...],
) -> None:
    """Its card makes 2,800 s of three minutes; the cluster ran by then, and its disk lost what it wrote. A
    clock that is hours behind proves nobody's boot to be older (T4, seed 232133)."""
    rounds = fault("delay_rounded", "ups3", to_s=1400.0, amount=2800.0)
    tale = play(rounds, out(0.0, 1466.0), *clocks, until_s=3 * HOUR_S)
    assert tale.at("server.up control1") < tale.at("ups.output_off ups3")
    tale.never("array.lost_data controldisk")
    assert tale.at("ups.output_off ups3") < tale.at("server.up control1", -1)
    assert tale.at("cluster.running ssccluster", -1) < 2.5 * HOUR_S
    holds(tale)


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """We have booted with our mains, and our disk counts down; nobody's row tells of that."""
    by_hand.upses["ups3"].show(off_armed=True)
    by_hand.servers["control1"].show(os=Os.UP)
    return by_hand


def goes(room: HandRoom) -> bool:
    task = room.run.spawn(go_before_our_disks(room.run))
    room.until(room.run.now + 10)
    return bool(task.value)


def test_s2_of_an_off_that_no_row_tells_it_waits_for_as_long_as_that_card_may_take(room: HandRoom) -> None:
    assert goes(room)
    assert room.servers["control1"].sent == ["shutdown"]
    assert room.upses["ups1"].sent == ["off until_mains"], "it falls later than its disk, and comes back"
    assert room.upses["ups2"].sent == [], "that is another's"
    assert [alarm["rule"] for alarm in room.told("alarm.raised", "control1")] == ["S2"]


@pytest.mark.parametrize(("falls_in_s", "how"), [(2800.0, "sleep"), (430.5, "sleep"), (300.0, "until_mains")])
def test_u8_a_long_one_is_slept_through(room: HandRoom, falls_in_s: float, how: str) -> None:
    details = {"falls_in_s": falls_in_s, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.OFF_ARMED, "ups3", 1, "control2/1", 0.0, details))
    assert goes(room)
    assert room.upses["ups1"].sent == [f"off {how}"]


def test_s2_one_that_hangs_is_forced_before_its_own_power_falls(room: HandRoom) -> None:
    assert goes(room)
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    room.until(420 - 61)
    assert room.servers["control1"].sent == ["shutdown"]
    room.until(420 - 55)
    assert room.servers["control1"].sent == ["shutdown", "force"]


def test_s2_one_that_refuses_keeps_its_power(room: HandRoom) -> None:
    room.servers["control1"].replies = [NO]
    assert goes(room)
    assert room.upses["ups1"].sent == []


def test_s2_its_mains_may_be_away_again(room: HandRoom) -> None:
    """It was back with its own, and they went in its boot: who told that OFF went before we could hear of it,
    and no page of the outage would have stopped us in time (seed 29701)."""
    room.upses["ups1"].lose_mains()
    assert goes(room)
    assert room.servers["control1"].sent == ["shutdown"]
    assert room.upses["ups1"].sent == ["off until_mains"]


def test_l3_nobody_goes_who_would_not_come_back(room: HandRoom) -> None:
    room.upses["ups1"].show(graceful_off_s=60.0)
    assert not goes(room), "its OFF would cut it off under way (U8)"
    assert room.servers["control1"].sent == []


def test_s2_nor_for_a_disk_that_stays(room: HandRoom) -> None:
    room.upses["ups3"].show(off_armed=False)
    assert not goes(room)
    room.upses["ups4"].show(off_armed=True)
    assert not goes(room), "nobody of us uses that"


def test_s9_a_node_whose_system_had_hung_stays_on_a_disk_that_a_stranger_has_told_to_go_off() -> None:
    """It takes the end of that for a boot; the cluster does not stop for this either (ADR 0033)."""
    tale = play(
        fault("node_hangs", "control1", to_s=235.0), fault("foreign_off", "ups3", 143.0), until_s=HOUR_S
    )
    tale.before("ups.off_armed ups3", "service.died control1", "ups.output_off ups3")
    tale.never("command.sent control1 command=shutdown")
    holds(tale, "node_hangs", "foreign_off")


@pytest.mark.parametrize(
    ("up_s", "stranger", "stays"),
    [
        (100.0, False, False),
        (300.0, False, True),
        (400.0, True, False),
        (500.0, True, True),
        (None, True, False),
    ],
)
def test_s9_a_system_that_runs_since_before_that_off_was_told_has_not_booted(
    room: HandRoom, up_s: float | None, stranger: bool, stays: bool
) -> None:
    """Told 200 s ago; of a stranger's as long ago as it may be."""
    room.until(200)
    told = {} if stranger else {"wall_s": room.run.wall_s() - 200.0}
    room.run.hear(Row(Kind.OFF_ARMED, "ups3", 1, "control2/1", 0.0, {"falls_in_s": 420.0, **told}))
    room.servers["control1"].status = ServerStatus(Os.UP, up_s=up_s)
    assert goes(room) is not stays


@pytest.mark.parametrize(("up_s", "stays"), [(240.0, False), (3500.0, True)])
def test_t4_a_clock_by_which_that_off_is_still_to_be_told_proves_no_boot_before_it(
    room: HandRoom, up_s: float, stays: bool
) -> None:
    """That it counts down still does, of who runs for longer than its whole delay (S2, S9)."""
    told = {"falls_in_s": 3400.0, "wall_s": room.run.wall_s() + 5400.0}
    room.run.hear(Row(Kind.OFF_ARMED, "ups3", 1, "control2/1", 0.0, told))
    room.servers["control1"].status = ServerStatus(Os.UP, up_s=up_s)
    assert goes(room) is not stays


def test_x_04_a_node_whose_ups_feeds_another_too_leaves_it_on(room: HandRoom) -> None:
    site = room.run.site
    both = replace(site.servers["control2"], upses=("ups1",))
    room.run.site = replace(site, servers={**site.servers, "control2": both})
    assert not goes(room)
    assert room.servers["control1"].sent == []
