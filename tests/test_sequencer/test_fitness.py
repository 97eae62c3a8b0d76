"""A start waits for each thing that its UPS lacks, and goes on as soon as that has come (S17)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.fitness import fit_to_start, is_fit, look_under
from sequencer.ports import ClusterState, ClusterStatus
from sequencer.timing import CARD_REBOOT_S
from tests.hands import HandRoom


@pytest.fixture
def fit(by_hand: HandRoom) -> HandRoom:
    """The disk has been ready for long, and the mains of everybody have been there."""
    by_hand.run.ready_since["linkeddisk"] = -1000.0
    for view in by_hand.run.mains.values():
        view.on_line_since_s = -1000.0
    return by_hand


def begin(room: HandRoom) -> list[float]:
    """When blade1, on ups5, is fit to start; empty until then."""
    ended: list[float] = []

    def steps() -> Any:
        yield from fit_to_start(room.run, room.site.servers["blade1"])
        ended.append(room.run.now)

    room.run.spawn(steps())
    return ended


def why(room: HandRoom) -> list[str]:
    return [e["reason"] for e in room.told("step.waiting", "blade1") if e["rule"] == "S17"]


@pytest.mark.parametrize("state", [state for state in ClusterState if state is not ClusterState.RUNNING])
def test_s6_a_start_waits_until_the_cluster_runs_and_says_so_once(fit: HandRoom, state: ClusterState) -> None:
    """Its manager has restarted it since the linked side began to start (R2-08)."""
    assert is_fit(fit.run, fit.site.servers["blade1"])
    fit.cluster.show(ClusterStatus(state, None))
    assert not is_fit(fit.run, fit.site.servers["blade1"])
    ended = begin(fit)
    fit.until(100)
    assert ended == []
    (waits,) = fit.told("step.waiting", "blade1")
    assert (waits["rule"], waits["reason"]) == ("S6", f"the cluster is {state.value}")
    fit.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    fit.until(101)
    assert ended == [pytest.approx(100, abs=0.1)]


def test_s6_s17_before_a_wake_the_cluster_is_looked_at_and_every_ups_that_the_server_lives_on(
    fit: HandRoom,
) -> None:
    fit.run.spawn(look_under(fit.run, fit.site.servers["blade1"]))
    fit.until(1)
    assert fit.cluster.looks == 1
    assert {name for name, ups in fit.upses.items() if ups.looks} == {"ups4", "ups5"}


BOOTED_S = 10.0
"""Since its card has booted, which may not know its UPS yet."""


@pytest.mark.parametrize(
    ("lacks", "mended", "words"),
    [
        ({"output_on": False}, {"output_on": True}, "ups5 is off"),
        ({"mains": False}, {"mains": True}, "mains of ups5 not stable yet"),
        ({"charge_pct": 1.0}, {"charge_pct": 100.0}, "ups5 needs"),
        ({"charge_pct": None, "card_uptime_s": BOOTED_S}, {"charge_pct": 100.0}, "ups5 needs"),
    ],
    ids=["off", "no mains", "empty", "charge not told"],
)
def test_s17_a_start_waits_for_what_its_ups_lacks_and_goes_on_when_it_has_come(
    fit: HandRoom, lacks: dict[str, Any], mended: dict[str, Any], words: str
) -> None:
    fit.upses["ups5"].show(**lacks)
    ended = begin(fit)
    fit.until(100)
    assert ended == []
    assert [reason.startswith(words) for reason in why(fit)] == [True]
    fit.upses["ups5"].show(**mended)
    fit.until(101)
    assert ended == [100.0]


def test_s17_mains_that_the_watch_has_not_noticed_yet_are_waited_for_until_it_has(fit: HandRoom) -> None:
    fit.run.mains["ups5"].on_line_since_s = None
    ended = begin(fit)
    fit.until(100)
    assert ended == []
    fit.run.mains["ups5"].on_line_since_s = 0.0
    fit.run.announce("ups5")
    fit.until(101)
    assert ended == [100.0]


def test_s17_mains_that_have_just_come_are_waited_for_until_they_are_stable(fit: HandRoom) -> None:
    fit.run.mains["ups5"].on_line_since_s = 0.0
    ended = begin(fit)
    fit.until(200)
    assert ended == [fit.site.start.mains_stable_s]


def test_s17_mains_that_go_before_they_are_stable_begin_their_time_anew(fit: HandRoom) -> None:
    stable_s = fit.site.start.mains_stable_s
    fit.run.mains["ups5"].on_line_since_s = 0.0
    ended = begin(fit)
    fit.until(stable_s / 2)
    fit.upses["ups5"].lose_mains()
    fit.run.mains["ups5"].on_line_since_s = None
    fit.until(stable_s)
    fit.run.mains["ups5"].on_line_since_s = stable_s
    fit.upses["ups5"].regain_mains()
    fit.until(3 * stable_s)
    assert ended == [2 * stable_s]


def test_s17_u1_a_card_that_reboots_is_waited_for_until_it_answers(fit: HandRoom) -> None:
    fit.upses["ups5"].fall_silent()
    ended = begin(fit)
    fit.until(50)
    assert ended == []
    assert why(fit) == ["ups5 does not answer"]
    fit.upses["ups5"].show()
    fit.until(51)
    assert ended == [50.0]


def test_s17_u2_a_card_that_is_dead_is_waited_for_no_longer_while_its_feed_has_mains(fit: HandRoom) -> None:
    fit.upses["ups5"].fall_silent()
    ended = begin(fit)
    fit.until(200)
    assert ended == [CARD_REBOOT_S]


def test_s17_u16_one_that_is_silent_with_its_whole_feed_is_waited_for_until_that_has_mains(
    fit: HandRoom,
) -> None:
    """It may as well be off, or empty; and once its card is taken for dead, only others tell about it."""
    fit.upses["ups5"].fall_silent()
    for name in set(fit.upses) - {"ups4", "ups5"}:
        fit.upses[name].lose_mains()
    fit.upses["ups4"].fall_silent()
    ended = begin(fit)
    fit.until(10 * CARD_REBOOT_S)
    assert ended == []
    for name in set(fit.upses) - {"ups4", "ups5"}:
        fit.upses[name].regain_mains()
    fit.run.announce("ups6")
    fit.until(10 * CARD_REBOOT_S + 1)
    assert ended == [10 * CARD_REBOOT_S]


def test_u18_s17_a_charge_that_its_card_ceases_to_tell_is_not_waited_for_any_more(fit: HandRoom) -> None:
    fit.upses["ups5"].show(charge_pct=1.0)
    ended = begin(fit)
    fit.until(500)
    assert ended == []
    fit.upses["ups5"].show(charge_pct=None)
    fit.until(501)
    assert ended == [500.0]
