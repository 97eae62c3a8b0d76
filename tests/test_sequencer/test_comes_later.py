"""Who is not up at the limit of his start is woken again later, also when the incident is closed (L3)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sequencer.journal import Goal, Kind, Row
from sequencer.late import start_again
from sequencer.node_start import start_node
from sequencer.ports import Os, Steps
from sequencer.power_on import AGAIN_S, SELDOM_S
from sequencer.requests import Wish
from sequencer.task import Task
from sequencer.wants import wants
from sim.faults.catalogue import named
from sim.story import Asked, Booted, Happening
from tests.excused import unexcused_by_the_judge
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import HOUR_S, back, fault, lost, out, play

LIMIT_S = 900.0
"""`start.server_limit`: as long as a start may take."""

ASLEEP: dict[str, list[Happening]] = {
    "control2": [*fault("ac_link_unset", "control2"), *fault("production_down", "network", 1590.0, 9000.0)],
    "rack1": [*fault("ac_link_unset", "rack1"), *fault("broadcast_blocked", "network", 1500.0, 9000.0)],
}
"""It does not boot with its power, and no wake reaches it until long after everybody else is up."""


def woken_late(name: str, *more: Happening, until_s: float = 5 * HOUR_S) -> Tale:
    return play(out(0, 1600), ASLEEP[name], more, until_s=until_s)


@pytest.mark.parametrize("name", ASLEEP)
def test_l3_h7_whom_no_wake_reached_is_woken_again_when_the_incident_is_closed(name: str) -> None:
    tale = woken_late(name)
    (closed_s,) = tale.times("incident.closed reference")
    up_s = tale.times(f"server.up {name}")[-1]
    assert closed_s < 9000 < up_s < 9000 + SELDOM_S + LIMIT_S
    wakes = tale.times(f"command.sent {name} command=wake")
    assert any(9000 < t < up_s for t in wakes)
    assert not any(t > up_s for t in wakes), "it is up as it was wanted, and nobody is fought over it"


def test_l3_it_is_tried_soon_at_first_and_seldom_in_the_end() -> None:
    deaf = [*fault("ac_link_unset", "rack1"), *fault("broadcast_blocked", "network", 1500.0)]
    tale = play(out(0, 1600), deaf, until_s=8 * HOUR_S)
    (closed_s,) = tale.times("incident.closed reference")
    later = [t for t in tale.times("command.sent rack1 command=wake") if t > closed_s]
    gaps = [after - before for before, after in pairwise(later)]
    assert gaps[:2] == pytest.approx([LIMIT_S + AGAIN_S] * 2, abs=90.0)
    assert gaps[2:] == pytest.approx([LIMIT_S + SELDOM_S] * len(gaps[2:]), abs=90.0)
    assert len(gaps) > 3


def test_s28_who_is_wanted_down_meanwhile_is_not_woken() -> None:
    tale = woken_late("rack1", Asked(5000.0, Wish.POWER_OFF, ("rack1", "rack2")))
    assert any(t < 5000 for t in tale.times("command.sent rack1 command=wake"))
    assert not any(t > 5000 for t in tale.times("command.sent rack1 command=wake"))


def test_o1_who_is_booted_by_hand_has_come_and_may_go_again() -> None:
    """Whoever shuts it down afterwards is not fought."""
    goes = fault("server_pressed", "rack1", 6000.0)
    tale = woken_late("rack1", Booted(4000.0, "rack1"), *goes)
    assert tale.times("server.up rack1")[-1] < 6000 < tale.times("server.halted rack1")[-1]
    assert not any(t > 4000 for t in tale.times("command.sent rack1 command=wake"))


def test_o1_one_that_is_booted_while_nobody_tries_is_not_woken_once_more() -> None:
    first_s = next(t for t in woken_late("rack1").times("command.sent rack1 command=wake") if t > 4000)
    between_s = first_s + LIMIT_S + 60.0
    tale = woken_late("rack1", Booted(between_s, "rack1"))
    assert len([t for t in tale.times("command.sent rack1 command=wake") if t >= first_s]) == 1
    assert between_s < tale.times("server.up rack1")[-1] < 9000


def test_s28_who_was_asked_for_before_is_asked_for_still() -> None:
    """Nothing more need be written down: that word is later than what stopped it."""
    tale = woken_late("rack1", Asked(300.0, Wish.POWER_ON, ("rack1",)))
    assert not [e for e in tale.events if e.name == "journal.committed" and "rack1 of" in e.subject]
    assert tale.times("server.up rack1")[-1] > 9000


def test_l3_c2_the_next_commander_goes_on_with_it() -> None:
    """It is written down, and the other node hears of it."""
    tale = woken_late("rack1", *fault("node_crashes", "control1", 8000.0))
    wakes = [e.by for e in tale.all("command.sent rack1 command=wake") if e.t > tale.zero_s + 8000]
    assert set(wakes) == {"control2"}
    assert tale.times("server.up rack1")[-1] > 9000


@pytest.mark.parametrize("heard_s", [9000.0, 11_500.0])
def test_l3_n3_while_the_incident_waits_for_others_he_is_woken_as_soon_as_he_is_heard_and_fit(
    heard_s: float,
) -> None:
    """The linked side waits for the charge of its disk, for hours; control2 is halted with its power on, and
    nobody is heard as it is to be woken (seed 910516)."""
    short = out(-600, 670, "ups2"), out(1500, 2840, "ups2"), out(2400, 4078)
    held, deaf = Asked(1140.0, Wish.HOLD, ("rack2",)), fault("network_slow", "network", 6000.0, heard_s, 14.0)
    tale = play(*short, held, deaf, until_s=8 * HOUR_S)
    up_s = tale.times("server.up control2")[-1]
    assert tale.at("step.timed_out control2") < heard_s < up_s < heard_s + 2 * LIMIT_S + AGAIN_S
    assert up_s < tale.times("incident.closed reference")[-1]
    assert not [b for b in unexcused_by_the_judge(tale, [named("network_slow")]) if b.startswith("L3")]


def test_l3_an_incident_that_opens_meanwhile_goes_on_with_it(by_hand: HandRoom) -> None:
    """It is written down that he is still to come up, and its own pages wake him."""
    run, rack1 = by_hand.run, by_hand.site.servers["rack1"]
    by_hand.servers["rack1"].show(os=Os.HALTED)
    woken: list[float] = []

    def wake() -> Steps[None]:
        woken.append(run.now)
        return
        yield

    tried = run.spawn(start_again(run, rack1, wake))
    by_hand.until(1.5 * AGAIN_S)
    run.hear(Row(Kind.DECLARED, "reference", 1, "control2/1", 0.0, {"was_running": []}))
    by_hand.until(2.5 * AGAIN_S)
    assert woken == [pytest.approx(AGAIN_S, abs=1), pytest.approx(2 * AGAIN_S, abs=1)]
    assert tried.over
    assert wants(run, "rack1", Goal.UP)


def test_l3_c2_a_node_that_dies_on_its_battery_as_the_last_are_up_comes_when_its_mains_are_back() -> None:
    """The incident closes first, and took him for one that somebody had shut down (187441)."""
    dark = lost(2700.0, "ups2"), back(3600.0, "ups2")
    tale = play(out(0, 1800), *dark, fault("node_crashes", "control2", 3000.0), until_s=2 * HOUR_S)
    tale.before("server.crashed control2", "incident.closed reference", "mains.restored ups2")
    assert 3600.0 < tale.times("server.up control2")[-1] < 3600.0 + LIMIT_S


def overtaken_start(room: HandRoom, limit_s: float) -> Task:
    """Its card was taken for dead; a minute after its start began its UPS is heard to be off (160464)."""
    ups = room.upses["ups2"]
    room.run.mains["ups2"].on_line_since_s = -1000.0
    room.servers["control2"].fall_silent()
    ups.fall_silent()
    room.until(LIMIT_S)
    start = room.run.spawn(start_node(room.run, room.site.servers["control2"], limit_s))
    room.until(LIMIT_S + 60)
    assert room.told("step.started", "control2")
    ups.show(output_on=False)
    room.run.announce("ups2")
    room.until(LIMIT_S + 80)
    return start


def test_l3_a_node_whose_ups_is_heard_to_be_off_in_its_start_gets_its_power_and_comes_up(
    by_hand: HandRoom,
) -> None:
    """No wake boots what has no power, and its mains are back (160464); the cluster waits for it (234296)."""
    room = by_hand
    start = overtaken_start(room, LIMIT_S)
    assert room.told("step.overtaken", "control2")
    assert room.upses["ups2"].sent == ["on"]
    room.upses["ups2"].show(output_on=True)
    room.until(LIMIT_S + 90)
    assert not start.over
    room.servers["control2"].show(os=Os.UP)
    room.until(LIMIT_S + 100)
    assert start.over
    assert not room.told("alarm.raised", "control2")


def test_l3_the_start_of_a_node_whose_ups_does_not_go_on_ends_at_its_one_limit(by_hand: HandRoom) -> None:
    """And an alarm says that the cluster starts without it."""
    room, limit_s = by_hand, 120.0
    start = overtaken_start(room, limit_s)
    room.until(LIMIT_S + limit_s - 1)
    assert not start.over
    assert not room.told("alarm.raised", "control2")
    room.until(LIMIT_S + limit_s + 90)
    assert start.over
    assert room.told("alarm.raised", "control2")
