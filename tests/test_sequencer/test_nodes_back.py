"""The nodes' way back: one that trips its UPS, one that somebody holds (L3, P14, S27)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.cluster_start import start_cluster
from sequencer.journal import Kind, Row
from sequencer.node_start import (
    all_nodes_up,
    keep_nodes,
    power_who_is_wanted_up,
    power_who_stays_off,
    wake_who_stayed_on,
)
from sequencer.ports import Answer, ArrayStatus, ClusterState, ClusterStatus, Flush, Os, Service, Steps
from sequencer.power_on import SELDOM_S, power_on
from sequencer.requests import Wish
from sequencer.restart import Turns, off_after_all
from sequencer.site import Site
from sequencer.timing import CARD_REBOOT_S
from sim.story import Asked, Pressed
from teiden.files.site_file import load_site
from tests.excused import holds
from tests.hands import NO, YES, HandRoom
from tests.worlds import fault, out, play

TWO_FEEDS = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"


def test_l3_p14_a_nodes_ups_that_trips_when_it_comes_back_is_asked_again_until_it_bears_the_node() -> None:
    trips = fault("inrush_trips", "ups2", -1, 3800, amount=0.0)
    tale = play(out(0, 1800), trips, until_s=3 * 3600)
    tale.before("server.crashed control2", "cluster.running ssccluster", "server.up control2")
    tale.before("server.up control2", "incident.closed reference")
    asked = tale.times("command.sent ups2 command=on")
    assert 2 <= len(asked) <= 4, "and not all the time (S33): its load crashes each time"


@pytest.mark.parametrize(
    ("by_a_hand", "woken"),
    [(False, True), (True, False)],
)
def test_l3_s28_a_node_that_dies_while_the_incident_is_still_open_is_woken_and_one_that_is_shut_down_is_not(
    site: Site, by_a_hand: bool, woken: bool
) -> None:
    """Others wait for a charge yet, perhaps for an hour."""
    room = HandRoom(site, "control1")
    for view in room.run.mains.values():
        view.on_line_since_s = 0.0
    room.run.spawn(keep_nodes(room.run))
    room.until(10)
    if by_a_hand:
        room.servers["control2"].show(os=Os.SHUTTING_DOWN)
        room.until(70)
    room.servers["control2"].show(os=Os.HALTED)
    room.until(200)
    assert ("wake" in room.servers["control2"].sent) is woken


def test_l3_p14_a_ups_that_trips_over_a_wake_long_after_its_on_is_switched_on_again() -> None:
    """Its servers do not boot with their power; its page was over when they were woken."""
    asleep = fault("ac_link_unset", "blade1"), fault("ac_link_unset", "blade2")
    tale = play(out(0, 1800), *asleep, fault("inrush_trips", "ups5", -1, 5000, amount=1.0), until_s=4 * 3600)
    holds(tale, "ac_link_unset", "inrush_trips")
    tale.before("server.crashed blade1", "server.up blade1")
    asked = tale.times("command.sent ups5 command=on")
    assert 2 <= len(asked) <= 4, "and not all the time (S33): its loads crash each time"


def test_l3_p14_who_trips_his_ups_the_moment_it_is_on_is_not_waited_for_as_long_as_a_boot_may_take() -> None:
    """A hand tries it, too early, and a poll sees it on just then."""
    mended_s = 4700.0
    tale = play(
        Asked(1200, Wish.POWER_OFF, (), "somebody"),
        fault("inrush_trips", "ups1", 1500, mended_s, amount=0.0),
        Pressed(3000, "ups2"),
        Pressed(4402.5, "ups1"),
        Asked(4800, Wish.POWER_ON, (), "somebody"),
        until_s=7000,
    )
    assert mended_s < tale.at("server.up control1", -1) < mended_s + 1030


@pytest.mark.parametrize("goal", ["up", "down"])
def test_s28_p14_nobody_is_started_once_more_who_is_to_be_down_since_then(
    by_hand: HandRoom, goal: str
) -> None:
    """blade2 never boots, so its start goes on yet when everybody is asked to go; that ups5 goes off then, as
    it was told, is no trip of it (seed 920089)."""
    run, ups5 = by_hand.run, by_hand.site.upses["ups5"]
    turns = Turns(run, [ups5])
    turns.to_come.add("blade2")
    asked = {"servers": ["blade1", "blade2"], "goal": goal, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r", 1, "control1/1", 0.0, asked))
    run.spawn(off_after_all(run, ups5, turns, [run.now]))
    by_hand.upses["ups5"].show(output_on=False)
    by_hand.until(10)
    assert [e["rule"] for e in by_hand.told("alarm.raised", "ups5")] == (["P14"] if goal == "up" else [])


@pytest.mark.parametrize(("ups", "whom", "tried_s"), [("ups2", "control2", 4900), ("ups5", "blade1", 4000)])
def test_l3_p14_somebody_who_asks_for_it_once_more_is_not_kept_waiting_for_an_hour(
    ups: str, whom: str, tried_s: int
) -> None:
    """It tripped as often as it was asked, and is asked seldom by now; then somebody has mended it."""
    trips = fault("inrush_trips", ups, -1, tried_s + 100, amount=0.0)
    asks = Asked(tried_s + 200, Wish.POWER_ON, (whom,), "somebody")
    alone, asked = (play(out(0, 1800), trips, more, until_s=5 * 3600) for more in ([], [asks]))
    assert alone.at(f"server.up {whom}", -1) > tried_s + 3000
    assert asked.at(f"server.up {whom}", -1) < tried_s + 800


@pytest.mark.parametrize(
    ("os", "output_on", "charge_pct", "woken"),
    [
        (Os.HALTED, True, 100.0, True),
        (Os.HALTED, True, 10.0, False),
        (Os.HALTED, False, 100.0, False),
        (Os.UP, True, 100.0, False),
    ],
)
def test_l3_a_node_that_is_halted_with_its_power_on_is_woken_before_the_control_disks_are_on(
    site: Site, os: Os, output_on: bool, charge_pct: float, woken: bool
) -> None:
    """Its service died while it went, and nobody told its UPS; one that fell brings it back by itself."""
    room = HandRoom(site, "control1")
    room.servers["control2"].show(os=os)
    room.upses["ups2"].show(output_on=output_on, charge_pct=charge_pct)
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    room.run.spawn(wake_who_stayed_on(room.run))
    room.until(site.start.mains_stable_s + site.start.wake_after_s + 5)
    assert room.servers["control2"].sent == (["wake"] if woken else [])
    assert room.upses["ups2"].sent == []


@pytest.mark.parametrize("meanwhile", ["", "up", "wanted down"])
def test_l3_u2_one_that_lacked_its_charge_when_a_dead_card_answered_is_woken_when_it_has_that(
    site: Site, meanwhile: str
) -> None:
    """The disks wait for their own for hours, and it stayed down as long (ver1, hard seed 60102)."""
    room = HandRoom(site, "control1")
    control2, ups2 = room.servers["control2"], room.upses["ups2"]
    control2.show(os=Os.HALTED)
    ups2.status, ups2.silent = None, True
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    room.run.spawn(wake_who_stayed_on(room.run))
    control2.replies = [NO] * 100
    room.until(2 * site.start.mains_stable_s + CARD_REBOOT_S)
    assert set(control2.sent) == {"wake"}, "a dead card is not waited for"
    ups2.show(HandRoom(site).upses["ups2"].status)
    ups2.show(charge_pct=10.0)
    tries = len(control2.sent)
    room.until(3 * site.start.server_limit_s)
    if meanwhile == "up":
        control2.show(os=Os.UP)
        room.until(room.run.now + 5)
        control2.show(os=Os.HALTED)
    elif meanwhile:
        down = {"servers": ["control2"], "goal": "down", "wall_s": room.run.wall_s()}
        room.run.hear(Row(Kind.WANTED, "r", 1, "control1/1", 0.0, down))
    assert len(control2.sent) == tries
    control2.replies = [YES]
    ups2.show(charge_pct=100.0)
    room.until(room.run.now + SELDOM_S)
    assert (len(control2.sent) > tries) is (not meanwhile)


@pytest.mark.parametrize(
    ("charge_pct", "kept", "told"),
    [
        (100.0, "", ["on"]),
        (10.0, "", []),
        (100.0, "held", []),
        (100.0, "wanted down", []),
        (100.0, "its disk is there", []),
    ],
)
def test_l3_p14_a_node_whose_ups_stays_off_with_its_mains_there_is_powered_before_the_control_disks_are_on(
    site: Site, charge_pct: float, kept: str, told: list[str]
) -> None:
    """It came back and tripped; five disks one after the other would keep its node down for half an hour."""
    room, start, ups2 = HandRoom(site, "control1"), site.start, site.upses["ups2"]
    disk = ArrayStatus(Service.READY if kept == "its disk is there" else Service.STARTING, Flush.NOT_ASKED)
    room.upses["ups2"].show(output_on=False, charge_pct=charge_pct)
    if kept == "held":
        held = {"held": True, "cause": "r", "wall_s": 0.0}
        room.run.hear(Row(Kind.HELD, "ups2", 1, "control1/1", 0.0, held))
    if kept == "wanted down":
        down = {"servers": ["control2"], "goal": "down", "wall_s": room.run.wall_s()}
        room.run.hear(Row(Kind.WANTED, "r", 1, "control1/1", 0.0, down))
    for view in room.run.mains.values():
        view.on_line_since_s = 0.0
    room.run.spawn(power_who_stays_off(room.run))
    room.arrays["controldisk"].show(disk)
    by_itself_s = start.mains_stable_s + ups2.return_delay_s
    room.until(by_itself_s - 1)
    assert room.upses["ups2"].sent == []
    room.until(by_itself_s + 10)
    assert room.upses["ups2"].sent == told


def test_l3_p14_whose_ups_is_off_with_mains_for_long_is_given_power_before_the_cluster_starts_without_him(
    site: Site,
) -> None:
    """It would have come back by itself, and the others wait for him no longer than that takes (43004)."""
    room, ups2 = HandRoom(site, "control1"), site.upses["ups2"]
    room.servers["control2"].fall_silent()
    room.upses["ups2"].show(output_on=False)
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    room.run.spawn(all_nodes_up(room.run))
    room.until(ups2.return_delay_s - 1)
    assert room.upses["ups2"].sent == []
    room.until(ups2.return_delay_s + 1)
    assert room.upses["ups2"].sent == ["on"]


def test_l4_p13_an_on_that_is_under_way_when_the_time_for_his_power_is_over_is_brought_to_its_end(
    site: Site,
) -> None:
    """It is refused until its own limit is over, and the log tells that (five-control-disks, ups_fails)."""
    room, ups2 = HandRoom(site, "control1"), site.upses["ups2"]
    room.servers["control2"].fall_silent()
    room.upses["ups2"].show(output_on=False)
    room.upses["ups2"].replies = [NO] * 100
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    room.run.spawn(all_nodes_up(room.run))
    room.until(ups2.return_delay_s + site.start.switch_on_limit_s + site.start.peer_limit_s + 5)
    (begun,) = (e["t"] for e in room.told("step.started", "ups2"))
    (ended,) = (e["t"] for e in room.told("step.timed_out", "ups2"))
    assert ended - begun == pytest.approx(site.start.switch_on_limit_s, abs=1.0)


def test_l3_x_04_also_when_one_of_its_two_upses_is_off_and_the_other_alone_feeds_it() -> None:
    """That one is empty, and its charge opens the way of the control disks an hour later."""
    site = load_site(TWO_FEEDS).site
    room = HandRoom(site, "control1")
    room.servers["control2"].show(os=Os.HALTED)
    room.upses["ups1"].show(charge_pct=100.0)
    room.upses["ups2"].show(output_on=False, charge_pct=0.0)
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    room.run.spawn(wake_who_stayed_on(room.run))
    room.until(site.start.mains_stable_s + site.start.wake_after_s + site.start.server_limit_s + 5)
    assert room.servers["control2"].sent == ["wake"]
    assert room.upses["ups2"].sent == []


@pytest.mark.parametrize(
    ("goal", "charge_pct", "told"), [("up", 100.0, 1), ("up", 10.0, 0), ("down", 100.0, 0)]
)
def test_l3_r2_05_a_node_whose_ups_was_to_stay_off_is_switched_on_before_the_control_disks_are(
    site: Site, goal: str, charge_pct: float, told: int
) -> None:
    """All was asked off, and somebody has pressed the other node's button: nothing else brings it back."""
    room = HandRoom(site, "control1")
    room.servers["control2"].fall_silent()
    room.upses["ups2"].show(output_on=False, charge_pct=charge_pct)
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    words = {"servers": ["control1", "control2"], "goal": goal, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/0", 0.0, words))
    power_who_is_wanted_up(room.run)
    room.until(site.start.mains_stable_s + 5)
    assert len(room.upses["ups2"].sent) == told
    assert room.servers["control2"].sent == []


def held(room: HandRoom, device: str, *, is_held: bool, at_s: float) -> None:
    details = {"held": is_held, "cause": f"request {at_s}", "wall_s": at_s}
    room.run.hear(Row(Kind.HELD, device, 0, "control1/1", at_s, details))


def test_s27_l3_the_cluster_starts_without_a_node_that_somebody_holds(site: Site) -> None:
    room = HandRoom(site, "control1")
    room.servers["control2"].show(os=Os.HALTED)
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    held(room, "control2", is_held=True, at_s=1.0)
    room.run.spawn(start_cluster(room.run))
    room.until(site.start.peer_limit_s + site.start.ready_hold_s + 1)
    assert room.cluster.sent == ["start"]
    assert room.servers["control2"].sent == []


def test_s27_a_held_cluster_that_starts_by_itself_is_waited_for_no_longer(site: Site) -> None:
    """Whoever released it may have done so while no node was there to hear it."""
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(ClusterState.STARTING, None))
    held(room, "ssccluster", is_held=True, at_s=1.0)
    done: list[float] = []

    def page() -> Steps[None]:
        yield from start_cluster(room.run)
        done.append(room.run.now)

    room.run.spawn(page())
    room.until(100)
    assert not done
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))
    room.until(101)
    assert done
    assert room.cluster.sent == []


@pytest.mark.parametrize(
    ("ups", "os", "waits"),
    [("ups1", Os.UP, True), ("ups2", Os.SHUTTING_DOWN, True), ("ups2", Os.HALTED, False)],
)
def test_s16_c12_the_cluster_is_not_restarted_onto_power_that_is_to_go_off(
    site: Site, ups: str, os: Os, waits: bool
) -> None:
    """Another manager has told it to; a node that is down is not started with it (R9-23), but one that has
    booted onto such power, and is going down again, still would be."""
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.servers["control2"].show(os=os)
    room.upses[ups].show(off_armed=True)
    room.run.spawn(start_cluster(room.run))
    room.until(site.start.peer_limit_s + 200)
    assert room.cluster.sent == ([] if waits else ["restart"])
    refused = [e["rule"] for e in room.told("command.refused", "ssccluster")]
    assert refused == (["S16"] if waits else [])
    room.upses[ups].show(off_armed=False)
    room.until(site.start.peer_limit_s + 300)
    assert room.cluster.sent[:1] == ["restart"]


def test_s6_who_is_going_down_himself_switches_nothing_on(by_hand: HandRoom) -> None:
    """Somebody has shut him down; the next life, or the other node, sees to it."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    for view in run.mains.values():
        view.on_line_since_s = -run.site.start.mains_stable_s
    ups5.show(output_on=False)
    by_hand.servers["control1"].show(os=Os.SHUTTING_DOWN)
    unit = [run.site.upses["ups5"]]
    run.spawn(power_on(run, unit[0], unit, unit))
    by_hand.until(100)
    assert ups5.sent == []
    by_hand.servers["control1"].show(os=Os.UP)
    by_hand.until(110)
    assert ups5.sent == ["on"], "its shutdown was refused, or called off"


@pytest.mark.parametrize(
    ("state", "sent", "looks"),
    [(ClusterState.WAITING_FOR_DISK, "restart", 1), (ClusterState.STOPPED, "start", 0)],
)
def test_s6_who_has_restarted_its_cluster_looks_at_itself_at_once(
    site: Site, state: ClusterState, sent: str, looks: int
) -> None:
    """It goes down with that, and by the last poll it runs: a disk's UPS would be told to go on meanwhile."""
    room = HandRoom(site, "control1")
    room.cluster.show(ClusterStatus(state, None))
    me = room.servers["control1"]
    room.run.spawn(start_cluster(room.run))
    while room.cluster.sent != [sent]:
        before = me.looks
        room.env.step()
    room.until(room.env.now + 1)
    assert me.looks - before == looks


def test_s17_mains_that_went_since_the_last_poll_are_looked_for_before_a_node_is_woken(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The card under it would be polled a second later."""
    room = HandRoom(site, "control1")
    room.servers["control2"].show(os=Os.HALTED)
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    ups2 = room.upses["ups2"]
    look = ups2.look

    def looked() -> Answer:
        ups2.lose_mains()
        return look()

    monkeypatch.setattr(ups2, "look", looked)
    room.run.spawn(wake_who_stayed_on(room.run))
    room.until(site.start.mains_stable_s + site.start.wake_after_s + 60)
    assert ups2.looks == 1
    assert room.servers["control2"].sent == []


def test_l3_c2_a_node_that_dies_as_it_boots_is_woken_at_once() -> None:
    """Its power stays, so nothing else boots it; the limit of its start would pass in vain (seed 865558)."""
    tale = play(out(0, 5000, "ups1"), fault("node_crashes", "control1", 5150), until_s=4 * 3600)
    tale.within("command.sent control1 command=wake", 10, after="server.crashed control1")
    tale.before("server.up control1", "incident.closed reference")
