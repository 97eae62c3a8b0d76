"""Who boots on his battery as we go is forced if he is to go down, and not if he is brought up (S18, S31)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.left_to_force import left_to_be_forced
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.scope import Scope
from sim.story import Asked, Booted, Managed, Manager
from tests.excused import holds, unexcused_by_the_judge
from tests.hands import HandRoom
from tests.worlds import HOUR_S, fault, out, play


@pytest.mark.parametrize(
    ("rows", "left"),
    [
        ((), True),
        ((Kind.DECLARED,), True),
        ((Kind.DECLARED, Kind.TURNED), False),
        ((Kind.DECLARED, Kind.TURNED, Kind.DECLARED), True),
    ],
    ids=["as planned", "in an outage", "on the way up", "in the next outage"],
)
def test_s31_s18_whom_the_way_down_had_concerned_is_started_on_the_way_up(
    by_hand: HandRoom, rows: tuple[Kind, ...], left: bool
) -> None:
    """The mains of all went again a moment ago (crowded seed 6560160)."""
    run = by_hand.run
    for n, kind in enumerate(rows):
        details = {"was_running": ["rack1"]} if kind is Kind.DECLARED else {}
        run.hear(Row(kind, "reference", 1 + n // 2, "control1/1", 0.0, details))
    run.scope = Scope(servers=frozenset({"rack1"}))
    by_hand.servers["rack1"].show(os=Os.BOOTING)
    by_hand.upses["ups6"].lose_mains()
    assert [server.name for server in left_to_be_forced(run)] == ["rack1"] * left


def test_s31_c12_a_node_that_another_shuts_down_forces_nobody_who_is_just_started() -> None:
    tale = play(
        out(0, 360, "ups5"),
        fault("clocks_put_back", "linkeddisk", 60),
        Asked(420, Wish.POWER_ON),
        fault("foreign_shutdown", "control1", 480),
        out(500, 740),
        until_s=1800,
        seed=6560160,
    )
    holds(tale, "clocks_put_back", "foreign_shutdown")
    assert not tale.times("server.forced rack1")


def test_s9_h6_nor_whom_an_outage_had_concerned_that_is_over() -> None:
    """The mains have just gone again, and nothing counts yet, when the manager reboots the node that had
    brought all up; a hand has switched a pool server on meanwhile (seed 47162)."""
    tale = play(
        out(-600, 0),
        fault("server_pressed", "bladepool", 1800),
        Managed(1860, Manager.REBOOT, "control1"),
        out(1860, 5460),
        until_s=3 * HOUR_S,
        seed=47162,
    )
    assert not unexcused_by_the_judge(tale, [])
    assert not tale.times("server.forced bladepool")


def test_l2_h6_u16_who_boots_as_we_go_on_a_battery_whose_card_is_silent_is_forced_too() -> None:
    """Nothing else would tell him before it ends: nobody knows whether that took its OFF (seed 201814)."""
    silent = fault("card_silent_on_battery", "ups5", -600)
    tale = play(silent, out(0, 3 * HOUR_S), Booted(1060, "blade2"), until_s=2 * HOUR_S)
    assert 1060 < tale.at("server.forced blade2") < tale.at("server.halted control1")
    tale.never("server.crashed blade2")
