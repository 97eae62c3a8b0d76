"""What changes between a decision and its command: somebody came back, fell silent, or was faster."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from sequencer import conditions as when
from sequencer.array_off import flush_and_cut
from sequencer.array_start import held_ready
from sequencer.claim import claim
from sequencer.control_stop import stop_control
from sequencer.duty import share
from sequencer.force import force_before_the_cut, force_when_stuck
from sequencer.guards import Refusal
from sequencer.jobs import stop_jobs
from sequencer.journal import Kind, Row
from sequencer.ourselves import watch_our_end
from sequencer.outage import arm_when_it_goes_on
from sequencer.ports import Flush, Os, Service
from sequencer.power_on import power_on
from sequencer.scope import Scope
from sequencer.site import Job
from sequencer.step import Outcome
from sequencer.systems import keep_down
from tests.hands import LATENCY_S, HandRoom
from tests.worlds import LINKED

AMID_A_LOOK_S = LATENCY_S / 2


def told_off(room: HandRoom, *upses: str, falls_in_s: float = 300.0) -> None:
    """An OFF of these is written down, and their cards tell that it counts down."""
    for name in upses:
        room.run.hear(Row(Kind.OFF_ARMED, name, 1, "control1/1", room.run.now, {"falls_in_s": falls_in_s}))
        room.upses[name].show(off_armed=True)


@pytest.fixture
def outage(by_hand: HandRoom) -> HandRoom:
    """An outage of the whole site, declared; everything is up still."""
    for ups in by_hand.upses.values():
        ups.lose_mains()
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)})]
    rows += [Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses]
    by_hand.run.hear(*rows)
    by_hand.run.scope = Scope(
        servers=frozenset(LINKED),
        server_upses=frozenset({"ups5", "ups6"}),
        arrays=frozenset({"linkeddisk"}),
    )
    return by_hand


# The mains come back between the decision and the look before the command


def blink(room: HandRoom, from_s: float, to_s: float) -> None:
    room.until(from_s)
    for ups in room.upses.values():
        ups.regain_mains()
    room.until(to_s)
    assert [ups.sent for ups in room.upses.values()] == [[]] * len(room.upses), "not while they are back"
    for ups in room.upses.values():
        ups.lose_mains()
    room.until(to_s + 5)


def test_s9_mains_that_blink_during_the_look_before_an_off_delay_it_and_do_not_cancel_it(
    outage: HandRoom,
) -> None:
    run, ups5 = outage.run, outage.site.upses["ups5"]
    for name in ("blade1", "blade2"):
        outage.servers[name].show(os=Os.HALTED)
    loads = [outage.site.servers[name] for name in ("blade1", "blade2")]
    run.spawn(arm_when_it_goes_on(run, ups5, loads))
    blink(outage, AMID_A_LOOK_S, 20.0)
    assert outage.upses["ups5"].sent == ["off graceful"]


def test_s9_mains_that_blink_during_the_look_before_an_array_is_cut_delay_the_cut(outage: HandRoom) -> None:
    run = outage.run
    for name in LINKED:
        outage.servers[name].show(os=Os.HALTED)
    run.settled |= {"ups5", "ups6"}
    run.hear(Row(Kind.FLUSH_SETTLED, "linkeddisk", 1, "control1/1", 0.0))
    outage.arrays["linkeddisk"].show(flush=Flush.DONE)
    run.spawn(flush_and_cut(run, outage.site.arrays["linkeddisk"]))
    blink(outage, AMID_A_LOOK_S, 20.0)
    assert outage.upses["ups4"].sent == ["off now"]


# Somebody is faster


def test_l1_a_ups_that_comes_back_by_itself_while_its_charge_is_waited_for_is_not_switched_on(
    by_hand: HandRoom,
) -> None:
    run, ups4 = by_hand.run, by_hand.site.upses["ups4"]
    by_hand.upses["ups4"].show(output_on=False, charge_pct=1.0)
    run.mains["ups4"].on_line_since_s = -1000.0
    ended: list[Outcome] = []

    def steps() -> Any:
        ended.append((yield from power_on(run, ups4, [ups4], [ups4])))

    run.spawn(steps())
    by_hand.until(100)
    assert ended == []
    by_hand.upses["ups4"].show(output_on=True)
    by_hand.until(101)
    assert ended == [Outcome.ALREADY]
    assert by_hand.upses["ups4"].sent == []


@pytest.mark.parametrize("seen", [{"output_on": False}, {"off_armed": True}], ids=["off", "counts down"])
def test_s11_a_ups_that_was_on_at_its_last_poll_goes_on_if_the_look_does_not_find_it_so(
    by_hand: HandRoom, seen: dict[str, bool]
) -> None:
    """A hand was at it just now. What counts down goes on when it has fallen (S16)."""
    run, ups4, port = by_hand.run, by_hand.site.upses["ups4"], by_hand.upses["ups4"]
    run.mains["ups4"].on_line_since_s = -1000.0
    ended: list[Outcome] = []

    def steps() -> Any:
        ended.append((yield from power_on(run, ups4, [ups4], [ups4])))

    run.spawn(steps())
    by_hand.until(AMID_A_LOOK_S)
    port.show(**seen)
    by_hand.until(30)
    assert (port.sent, ended) == (["on"] if "output_on" in seen else [], [])
    port.show(output_on=False, off_armed=False)
    by_hand.until(40)
    assert set(port.sent) == {"on"}
    port.show(output_on=True)
    by_hand.until(41)
    assert ended == [Outcome.DONE]


def test_s27_a_ups_that_somebody_holds_goes_on_when_it_is_released(by_hand: HandRoom) -> None:
    run, ups4 = by_hand.run, by_hand.site.upses["ups4"]
    by_hand.upses["ups4"].show(output_on=False)
    run.mains["ups4"].on_line_since_s = -1000.0
    held = partial(Row, Kind.HELD, "ups4", 1, "control1/1")
    run.hear(held(0.0, {"held": True, "cause": "r1", "wall_s": 1.0}))
    run.spawn(power_on(run, ups4, [ups4], [ups4]))
    by_hand.until(100)
    assert by_hand.upses["ups4"].sent == []
    run.hear(held(100.0, {"held": False, "cause": "r2", "wall_s": 2.0}))
    by_hand.until(101)
    assert by_hand.upses["ups4"].sent == ["on"]


def test_h1_a_system_whose_power_is_not_about_to_fall_any_more_is_not_forced(outage: HandRoom) -> None:
    """Its OFF was written down and never taken: the look before the force shows that nothing counts down."""
    run, blade1 = outage.run, outage.servers["blade1"]
    blade1.show(os=Os.SHUTTING_DOWN)
    told_off(outage, "ups5", falls_in_s=200.0)
    ended: list[float] = []

    def steps() -> Any:
        yield from force_before_the_cut(run, outage.site.servers["blade1"])
        ended.append(run.now)

    run.spawn(steps())
    force_at_s = 200.0 - outage.site.force_before_s
    outage.until(force_at_s + AMID_A_LOOK_S)
    outage.upses["ups5"].show(off_armed=False)
    run.facts.armed.pop("ups5")
    outage.until(300)
    assert ended == [pytest.approx(force_at_s + LATENCY_S)]
    assert blade1.sent == []


def test_h1_one_that_hangs_with_the_mains_back_is_left_to_its_ups_that_is_still_to_fall(
    outage: HandRoom,
) -> None:
    """The OFF that counts down ends it as well, and is not in the way of a second one (S16)."""
    run, blade1 = outage.run, outage.servers["blade1"]
    blade1.show(os=Os.SHUTTING_DOWN)
    run.given_up.add("blade1")
    told_off(outage, "ups5")
    run.spawn(force_when_stuck(run, outage.site.servers["blade1"], lambda: True))
    outage.until(100)
    assert blade1.sent == []
    outage.upses["ups5"].show(off_armed=False, output_on=False)
    outage.until(101)
    assert blade1.sent == ["force"], "off as its UPS is, the machine still says that it is on its way down"


def test_r2_06_jobs_of_a_server_that_is_down_already_are_nobodys_to_run(by_hand: HandRoom) -> None:
    blade1 = replace(by_hand.site.servers["blade1"], stop_jobs=(Job("save", ("save",), 60.0),))
    by_hand.servers["blade1"].show(os=Os.HALTED)
    by_hand.run.spawn(stop_jobs(by_hand.run, blade1))
    by_hand.until(100)
    assert by_hand.servers["blade1"].sent == []
    assert by_hand.told("job.started") == []
    assert by_hand.run.facts.jobs == set(), "and nothing is written down about it"


# Booted again amid the way down


def booted_again(room: HandRoom, at_s: float) -> None:
    room.run.spawn(keep_down(room.run, room.site.servers["blade1"]))
    room.servers["blade1"].show(os=Os.HALTED)
    room.until(at_s)
    room.servers["blade1"].show(os=Os.UP)


def test_h6_a_server_booted_while_the_mains_are_back_goes_down_again_only_when_they_are_lost_again(
    outage: HandRoom,
) -> None:
    for ups in outage.upses.values():
        ups.regain_mains()
    booted_again(outage, 10.0)
    outage.until(100)
    assert outage.servers["blade1"].sent == []
    for ups in outage.upses.values():
        ups.lose_mains()
    outage.until(101)
    assert outage.servers["blade1"].sent == ["shutdown"]


def test_h6_o1_a_server_that_is_seen_up_though_its_power_was_seen_off_is_stopped_again(
    outage: HandRoom,
) -> None:
    """Somebody has switched both on. To a late word of a machine without power a shutdown does nothing."""
    outage.run.settled |= {"ups5"}
    booted_again(outage, 10.0)
    outage.until(600)
    assert "shutdown" in outage.servers["blade1"].sent
    assert outage.told("alarm.raised", "blade1")[0]["rule"] == "H6"


def test_h6_an_off_that_is_due_and_that_no_card_counts_down_is_not_asked_for_again_and_again(
    outage: HandRoom,
) -> None:
    """Somebody has pressed the button of its UPS, and then its own: it is left alone until it lets us in."""
    told_off(outage, "ups5", falls_in_s=200.0)
    outage.upses["ups5"].show(off_armed=False)
    booted_again(outage, 200.0 - outage.site.force_before_s)
    outage.servers["blade1"].show(os=Os.BOOTING)
    outage.until(199)
    assert outage.upses["ups5"].looks <= 5
    assert outage.servers["blade1"].sent == []
    outage.upses["ups5"].show(off_armed=True)
    outage.until(200)
    assert outage.servers["blade1"].sent == ["force"], "once it counts down the system cannot stay (S1)"


def test_h6_one_that_was_given_up_is_not_told_again_while_its_power_is_off(outage: HandRoom) -> None:
    outage.run.settled |= {"ups5"}
    outage.run.given_up |= {"blade1"}
    booted_again(outage, 10.0)
    outage.until(600)
    assert outage.servers["blade1"].sent == []


def test_h6_a_server_with_no_ups_of_ours_is_not_watched_after_its_shutdown(outage: HandRoom) -> None:
    outage.run.site = replace(
        outage.site,
        servers={**outage.site.servers, "blade1": replace(outage.site.servers["blade1"], upses=())},
    )
    task = outage.run.spawn(keep_down(outage.run, outage.run.site.servers["blade1"]))
    assert task.over


def test_s1_a_node_that_boots_onto_its_own_countdown_goes_down_again_at_once(by_hand: HandRoom) -> None:
    told_off(by_hand, "ups1")
    by_hand.run.spawn(watch_our_end(by_hand.run))
    by_hand.until(1)
    assert by_hand.servers["control1"].sent == ["shutdown"]
    (alarm,) = by_hand.told("alarm.raised", "control1")
    assert (alarm["rule"], alarm["t"]) == ("S1", 0.0)


# Ready, and not quite


def test_a7_an_array_that_falls_silent_instead_of_coming_ready_is_still_waited_for(
    by_hand: HandRoom,
) -> None:
    run, disk = by_hand.run, by_hand.arrays["linkeddisk"]
    hold_s = by_hand.site.start.ready_hold_s
    disk.show(service=Service.STARTING)
    held: list[float] = []

    def steps() -> Any:
        yield from held_ready(run, by_hand.site.arrays["linkeddisk"])
        held.append(run.now)

    run.spawn(steps())
    by_hand.until(10)
    disk.fall_silent()
    by_hand.until(50)
    assert "linkeddisk" not in run.ready_since
    disk.show(service=Service.READY)
    by_hand.until(50 + hold_s + 1)
    assert held == [pytest.approx(50 + hold_s + LATENCY_S)]


# The control side


def test_s5_a_linked_side_that_is_off_already_is_not_waited_for(outage: HandRoom) -> None:
    run = outage.run
    run.settled |= {"ups5", "ups6", "linkeddisk"}
    for name in ("ups4", "ups5", "ups6"):
        outage.upses[name].show(output_on=False)
    outage.arrays["linkeddisk"].show(flush=Flush.DONE)
    run.scope = replace(run.scope, control=True)
    run.spawn(stop_control(run))
    outage.until(1)
    assert outage.cluster.sent == ["stop"]
    assert outage.told("command.refused") == []


# Who may command


def test_s14_nothing_is_sent_after_another_nodes_lease_has_reached_us(by_hand: HandRoom) -> None:
    by_hand.run.hear(Row(Kind.LEASE, "control2", 2, "control2/1", 0.0))
    assert by_hand.run.not_commander() == Refusal("S14", "another node has taken the command since")


def test_s13_nothing_is_sent_while_a_peer_says_that_it_commands_and_no_cluster_says_otherwise(
    by_hand: HandRoom,
) -> None:
    by_hand.cluster.show(holder=None)
    by_hand.peers["control2"].show(commands=True)
    assert by_hand.run.not_commander() == Refusal("S13", "control2 says that it commands")
    by_hand.cluster.show(holder="control1")
    assert by_hand.run.not_commander() is None, "the cluster's word counts"


def test_s13_a_claim_waits_until_the_higher_numbered_node_has_let_go_of_its_own(by_hand: HandRoom) -> None:
    run, peer = by_hand.run, by_hand.peers["control2"]
    by_hand.cluster.show(holder=None)
    peer.show(commands=True)
    claimed: list[tuple[bool, float]] = []

    def steps() -> Any:
        claimed.append(((yield from claim(run)), run.now))

    run.spawn(steps())
    by_hand.until(10)
    assert (claimed, run.claims) == ([], True)
    peer.show(commands=False)
    by_hand.until(11)
    assert claimed == [(True, pytest.approx(10 + LATENCY_S))]


def test_x_07_a_peer_that_falls_silent_while_it_is_waited_for_is_told_when_it_answers(
    by_hand: HandRoom,
) -> None:
    run, peer = by_hand.run, by_hand.peers["control2"]
    row = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})
    by_hand.journal.kept.append(row)
    run.hear(row)
    peer.fall_silent()
    run.spawn(share(run, peer))
    by_hand.until(10)
    peer.fall_silent()  # a reading that turns stale answers whoever waits, too (S11)
    by_hand.until(20)
    assert peer.copies == []
    peer.show()
    by_hand.until(30)
    assert peer.copies == [row], "once"


# What has happened by the time that somebody waits for it


def test_who_waits_for_what_has_come_already_goes_on_at_once_also_past_its_time(by_hand: HandRoom) -> None:
    run, port = by_hand.run, by_hand.upses["ups1"]
    on = port.until(when.OUTPUT_ON)
    off = port.until(when.OUTPUT_OFF)
    by_hand.until(5)
    waited: list[tuple[Any, float]] = []

    def steps() -> Any:
        for answers, by_s in (((on,), None), ((on, off), 2.0), ((off,), 2.0)):
            waited.append(((yield from run.wait(*answers, by_s=by_s)), run.now))

    run.spawn(steps())
    assert waited == [(on, 5), (on, 5), (None, 5)]
    assert port.watchers == [], "and what comes no more in time is let go"
