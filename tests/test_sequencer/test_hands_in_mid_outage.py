"""People at work while an outage or a night goes on: what they press, reboot, hold, ask for (O1, H6, T7)."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_control
from sequencer.journal import Goal, Kind, Row
from sequencer.node_start import all_nodes_up, start_node
from sequencer.outage import note_what_is_off
from sequencer.ports import Answer, ClusterState, Flush, Os, Unreachable, UpsStatus
from sequencer.requests import Wish
from sequencer.systems import keep_down
from sequencer.turn import may_be_left, turned
from sequencer.wants import goes_up, incident_scope
from sim.story import Asked, Booted, Managed, Manager, Pressed
from teiden.judge.verdict import judge
from tests.hands import NO, HandRoom
from tests.nights import control_nights, night_site, nightly, tonight
from tests.tale import Tale
from tests.worlds import HOUR_S, LINKED, out, play


def held_of(tale: Tale, *rules: str) -> None:
    found = {i.id: i.breaches for i in judge(tale.room.stream.events, tale.room.site).invariants}
    assert {rule: found[rule] for rule in rules if found[rule]} == {}


def test_s5_o1_an_array_that_is_switched_on_after_its_cut_is_cut_again_before_the_control_side_goes() -> None:
    tale = play(Asked(0.0, Wish.POWER_OFF, (), "somebody"), Pressed(700.0, "ups4"), until_s=HOUR_S)
    held_of(tale, "S2", "S5")
    assert tale.at("ups.output_on ups4") == 700
    assert ("O1", "ups4") in tale.alarms()
    assert 700 < tale.at("ups.output_off ups4", -1) < tale.at("ups.off_armed ups3")


def test_s5_o1_another_life_sees_that_an_array_is_on_again(by_hand: HandRoom) -> None:
    """It was off when this outage was first entered; then a button was pressed."""
    run, ups4, disk = by_hand.run, by_hand.upses["ups4"], by_hand.arrays["linkeddisk"]
    ups4.show(output_on=False)
    disk.fall_silent()
    run.spawn(note_what_is_off(run))
    by_hand.until(1)
    assert run.settled == {"ups4", "linkeddisk"}
    ups4.show(output_on=True)
    run.spawn(note_what_is_off(run))
    by_hand.until(2)
    assert run.settled == set()


def test_s1_who_is_on_power_that_a_hand_has_switched_on_is_told_anew_when_the_outage_is_entered_again(
    by_hand: HandRoom,
) -> None:
    """What it had accepted was its stop before that; the OFF would fall under what boots there now."""
    run, ups6 = by_hand.run, by_hand.upses["ups6"]
    run.asked_to_stop.update(LINKED)
    run.settled.update(("ups5", "ups6"))
    by_hand.upses["ups5"].show(output_on=False)
    ups6.show(output_on=False)
    look = ups6.look

    def pressed() -> Answer[UpsStatus | Unreachable]:
        ups6.show(output_on=True)
        return look()

    ups6.look = pressed  # type: ignore[method-assign]
    run.hear(*(Row(Kind.SEEN_OFF, name, 0, "control1/1", 0.0) for name in ("ups5", "ups6")))
    run.spawn(note_what_is_off(run))
    by_hand.until(1)
    assert run.settled == {"ups5"}, "by a fresh look"
    assert run.facts.seen_off == {"ups5"}
    assert run.asked_to_stop == {"blade1", "blade2"}
    assert run.used_again == {"linkeddisk"}


def test_s1_o1_who_goes_himself_tells_no_off_to_power_that_a_hand_has_just_switched_on() -> None:
    """Whoever boots there would have to be stopped, or forced before it falls, and nobody is left to."""
    site = night_site(nightly("22:52", "22:12"), control_nights("22:14", "22:44"))
    wanted = Asked(1475.1, Wish.POWER_ON, ("blade2",), "somebody")
    tale = tonight(Pressed(1475.0, "ups6"), wanted, site=site, until_s=1900.0)
    assert tale.at("server.booting rack1") == 1475
    held_of(tale, "S1")
    tale.never("server.crashed rack1")


def test_s2_a_use_that_is_noted_and_not_yet_written_down_is_not_forgotten_when_the_outage_is_entered_again(
    by_hand: HandRoom,
) -> None:
    """The array goes on saying "flushed", as some do. In the next one no flush of this one counts."""
    run = by_hand.run
    run.facts.flush_settled.add("linkeddisk")
    by_hand.arrays["linkeddisk"].show(flush=Flush.DONE)
    run.used_again.add("linkeddisk")
    run.spawn(note_what_is_off(run))
    by_hand.until(1)
    assert run.used_again == {"linkeddisk"}


def declared(room: HandRoom, *rows: Row) -> None:
    for ups in room.upses.values():
        ups.lose_mains()
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}),
        *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in room.site.upses),
        *rows,
    )


def test_h6_one_that_refuses_and_whose_ups_did_not_take_its_off_is_told_again_only_after_its_limit(
    by_hand: HandRoom,
) -> None:
    """Its OFF stands in the journal, and nothing counts down: nothing is about to fall."""
    declared(by_hand, Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 10.0}))
    blade1 = by_hand.servers["blade1"]
    blade1.replies = [NO]
    by_hand.run.spawn(keep_down(by_hand.run, by_hand.site.servers["blade1"]))
    by_hand.until(60)
    assert len(by_hand.told("step.started", "blade1")) == 1
    blade1.show(os=Os.HALTED)
    by_hand.until(120)
    assert len(by_hand.told("step.started", "blade1")) == 1


def test_h1_s15_who_boots_too_late_to_go_down_before_the_cut_is_forced_once() -> None:
    tale = play(out(0, HOUR_S, "ups4", "ups5", "ups6"), Booted(157.0, "rack1"), until_s=HOUR_S)
    held_of(tale, "S1", "S15", "L4")
    tale.once("command.sent rack1 command=force")
    assert tale.at("server.forced rack1") < tale.at("ups.output_off ups6")


def test_l3_s27_a_node_that_is_up_in_somebodys_hands_does_not_hold_up_its_cluster() -> None:
    hold = Asked(500.0, Wish.HOLD, ("control2",), "somebody")
    tale = play(out(0, 1500), hold, until_s=2 * HOUR_S)
    held_of(tale, "S27", "L3")
    assert tale.at("cluster.running ssccluster") < 1500 + 600
    tale.never("command.sent control2 *")


def test_l3_s27_one_that_is_halted_in_somebodys_hands_is_waited_for_no_longer_than_a_peer(
    by_hand: HandRoom,
) -> None:
    run, control2 = by_hand.run, by_hand.servers["control2"]
    control2.show(os=Os.HALTED)
    held = {"wall_s": run.wall_s(), "held": True, "cause": "r1"}
    run.hear(Row(Kind.HELD, "control2", 0, "control1/1", 0.0, held))
    assert run.in_other_hands("control2") is not None
    limit_s = by_hand.site.start.peer_limit_s
    task = run.spawn(all_nodes_up(run))
    by_hand.until(limit_s - 1)
    assert not task.over
    by_hand.until(limit_s + 1)
    assert (task.over, control2.sent) == (True, [])


@pytest.mark.parametrize("patient", [True, False])
def test_s17_a_node_that_is_halted_with_power_is_woken_when_its_battery_holds_a_full_stop(
    by_hand: HandRoom, patient: bool
) -> None:
    run, node, ups2 = by_hand.run, by_hand.site.servers["control2"], by_hand.upses["ups2"]
    for view in run.mains.values():
        view.on_line_since_s = -1000.0
    by_hand.servers["control2"].show(os=Os.HALTED)
    ups2.show(charge_pct=20.0)
    run.spawn(start_node(run, node, 300.0, patiently=[] if patient else None))
    by_hand.until(1000)
    assert by_hand.servers["control2"].sent == []
    assert by_hand.told("step.waiting", "control2")[0]["rule"] == "S17"
    ups2.show(charge_pct=80.0)
    by_hand.until(1200)
    assert by_hand.servers["control2"].sent[:1] == (["wake"] if patient else [])


@pytest.mark.parametrize("patient", [True, False])
def test_s28_r2_09_nor_is_it_if_somebody_wants_it_down_by_then(by_hand: HandRoom, patient: bool) -> None:
    run, node, ups2 = by_hand.run, by_hand.site.servers["control2"], by_hand.upses["ups2"]
    for view in run.mains.values():
        view.on_line_since_s = -1000.0
    by_hand.servers["control2"].show(os=Os.HALTED)
    ups2.show(charge_pct=20.0)
    task = run.spawn(start_node(run, node, 300.0, patiently=[] if patient else None))
    by_hand.until(100)
    assert not task.over
    down = {"servers": ["control2"], "goal": Goal.DOWN.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 100.0, down))
    ups2.show(charge_pct=80.0)
    by_hand.until(1000)
    assert (task.over, by_hand.servers["control2"].sent) == (True, [])
    assert by_hand.told("alarm.raised", "control2") == [], "it is down as it is meant to be"


def test_l3_x04_a_start_that_waits_does_not_turn_in_circles_when_a_ups_goes_off_that_it_is_not_to_switch_on(
    by_hand: HandRoom,
) -> None:
    """Somebody wants the node down; or, of two feeds, the other carries it: at one instant, without end."""
    run, node, ups2 = by_hand.run, by_hand.site.servers["control2"], by_hand.upses["ups2"]
    for view in run.mains.values():
        view.on_line_since_s = -1000.0
    by_hand.servers["control2"].show(os=Os.HALTED)
    ups2.show(charge_pct=20.0)
    task = run.spawn(start_node(run, node, 300.0, patiently=[]))
    by_hand.until(100)
    down = {"servers": ["control2"], "goal": Goal.DOWN.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 100.0, down))
    ups2.show(output_on=False)
    for _ in range(1000):
        if by_hand.env.peek() < 200.0:
            by_hand.env.step()
    assert by_hand.env.peek() >= 200.0
    assert not task.over
    up = {"servers": ["control2"], "goal": Goal.UP.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r2", 0, "control1/1", 200.0, up))
    by_hand.until(201)
    assert task.over, "to be switched on"


def test_t7_s28_all_wanted_off_after_the_nodes_were_told_to_come_back_with_the_mains_goes_off_again() -> None:
    """No hand is at work when they boot: their UPSes do what the outage had told them."""
    first = play(out(0, 3000), until_s=1800)
    told_s = first.at("ups.off_armed ups1")
    off = Asked(told_s + 20.0, Wish.POWER_OFF, (), "somebody")
    tale = play(out(0, 3000), off, until_s=3 * HOUR_S)
    held_of(tale, "S9", "S28")
    assert tale.at("server.up control1") > 3000
    tale.never("server.booting blade1", "server.booting rack1", "array.starting linkeddisk")
    assert tale.times("ups.output_off ups1")[-1] > tale.at("server.up control1")


def test_t7_s9_with_the_mains_back_a_control_night_takes_nobody_along_whom_only_the_outage_stopped() -> None:
    """They come back amid the flush, and the nodes' night has begun already: the array stays on."""
    site = night_site(control_nights("22:07", "23:30"))
    tale = tonight(out(0, 530), site=site, until_s=6 * HOUR_S)
    held_of(tale, "S5", "S9", "L1", "L3")
    assert tale.at("array.flushing linkeddisk") < 530
    tale.never("array.off linkeddisk", "array.lost_data *")
    assert tale.at("server.up blade1", -1) > 3600


def test_r10_41_who_is_off_when_his_restart_is_due_is_only_switched_on() -> None:
    off = Asked(0.0, Wish.POWER_OFF, LINKED, "somebody")
    site = night_site(nightly(off="22:40", on="22:41"))
    for more in ([], out(2000, 2500)):
        tale = tonight(off, more, site=site, until_s=3 * HOUR_S)
        held_of(tale, "S9", "S28", "L1", "L3")
        assert tale.times("server.up blade1")[-1] > 2400
        tale.never("command.sent blade1 command=restart")


def test_r10_41_l1_so_it_is_for_a_life_that_has_never_heard_him(by_hand: HandRoom) -> None:
    """He went off before the nodes booted; his UPS alone says so. One whose UPS is on may only be silent."""
    run, blade1 = by_hand.run, by_hand.site.servers["blade1"]
    restart = {"servers": ["blade1"], "goal": Goal.REBOOT.value, "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "night", 0, "control1/1", 0.0, restart))
    by_hand.servers["blade1"].status = None
    by_hand.servers["blade1"].fall_silent()
    assert not goes_up(run, blade1)
    by_hand.upses["ups5"].show(output_on=False)
    assert goes_up(run, blade1)
    run.rebooting.add("blade1")
    assert not goes_up(run, blade1), "it has been told, and its power went meanwhile"


def test_s9_s5_a_control_stop_waits_for_the_linked_side_again_when_the_mains_go_again(
    by_hand: HandRoom,
) -> None:
    """What nobody wants down is left on when they are back for good, and is waited for when they are away."""
    run = by_hand.run
    declared(by_hand)
    nodes = {"servers": ["control1", "control2"], "goal": "down", "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "r1", 1, "control1/1", 0.0, nodes))
    run.scope = incident_scope(run)
    run.spawn(stop_control(run))
    by_hand.until(10)
    assert by_hand.cluster.sent == []
    for name, ups in by_hand.upses.items():
        ups.regain_mains()
        run.mains[name].on_line_since_s = run.now
    run.announce()
    stable_s = run.now + by_hand.site.start.mains_stable_s
    by_hand.until(stable_s - 1)
    assert by_hand.cluster.sent == [], "they may go again, and then nobody would bring the others down (P3)"
    by_hand.until(stable_s + 5)
    assert by_hand.cluster.sent == ["stop"]
    assert by_hand.cluster.status.state is ClusterState.RUNNING


@pytest.mark.parametrize("state", [ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK])
def test_l3_l10_a_stopped_cluster_with_its_disk_waits_for_no_node_and_no_servers_that_have_no_mains(
    by_hand: HandRoom, state: ClusterState
) -> None:
    run = by_hand.run
    by_hand.cluster.show(state=state, holder=None)
    by_hand.upses["ups1"].lose_mains()
    assert may_be_left(run, ["ups1"])
    assert not may_be_left(run, ["ups1", "ups2"]), "nobody is left to run it"
    assert may_be_left(run, ["ups1", "ups5"]), "nobody of the control side waits for those"
    by_hand.upses["ups3"].lose_mains()
    assert not may_be_left(run, ["ups1"]), "its disk has no mains either"
    by_hand.upses["ups3"].regain_mains()
    by_hand.cluster.show(state=ClusterState.STOPPING)
    assert not may_be_left(run, ["ups1"])


@pytest.mark.parametrize(
    ("fed", "told", "left"),
    [
        ({"output_on": False}, None, True),
        ({"output_on": False}, {"returns": False}, True),
        ({"output_on": False}, {"returns": True}, False),
        ({"output_on": False, "mains": False}, None, False),
        ({}, None, False),
    ],
)
def test_l3_a_node_whose_ups_somebody_has_switched_off_waits_for_no_outage_of_the_linked_side(
    by_hand: HandRoom, fed: dict[str, bool], told: dict[str, bool] | None, left: bool
) -> None:
    """Only the way up switches it on, where it has its mains and does not come on by itself."""
    run = by_hand.run
    by_hand.upses["ups4"].lose_mains()
    by_hand.upses["ups2"].show(**fed)
    if told is not None:
        details = {"falls_in_s": 0.0, **told}
        run.hear(Row(Kind.OFF_ARMED, "ups2", 1, "control1/1", 0.0, details))
    assert may_be_left(run, ["ups4"]) is left
    run.hear(Row(Kind.HELD, "control2", 1, "r", 0.0, {"held": True, "cause": "r1", "wall_s": 1.0}))
    assert not may_be_left(run, ["ups4"]), "somebody is at it"


def test_l3_who_has_mains_and_was_booted_in_mid_outage_waits_no_longer_when_it_is_down_again(
    by_hand: HandRoom,
) -> None:
    """While it ran nobody was to come up; the blades' own mains are away for hours."""
    run = by_hand.run
    declared(by_hand)
    for name, ups in by_hand.upses.items():
        ups.regain_mains()
        run.mains[name].on_line_since_s = run.now
    by_hand.upses["ups5"].lose_mains()
    by_hand.upses["ups5"].show(output_on=False)
    for name in ("blade1", "blade2"):
        by_hand.servers[name].show(os=Os.HALTED)
    task = run.spawn(turned(run))
    by_hand.until(300)
    assert not task.over
    by_hand.servers["rack1"].show(os=Os.HALTED)
    by_hand.until(310)
    assert task.over


def test_s6_r2_08_servers_get_no_power_while_the_clusters_manager_restarts_it() -> None:
    """The array comes ready just when the cluster has stopped for its restart."""
    calm = play(out(0, 1300), until_s=HOUR_S)
    ready_s = calm.times("array.ready linkeddisk")[-1]
    tale = play(out(0, 1300), Managed(ready_s - 125.0, Manager.REBOOT, "ssccluster"), until_s=HOUR_S)
    held_of(tale, "S6")
    assert tale.times("ups.output_on ups5")[-1] > tale.times("cluster.running ssccluster")[-1] > ready_s


@pytest.mark.parametrize("pressed_s", [644.9, 646.0, 647.7])
def test_s2_o1_who_boots_before_his_card_tells_is_seen_before_his_disks_are_cut(pressed_s: float) -> None:
    """A card needs twenty seconds to tell of its mains, and a finger needs none."""
    tale = play(out(0.0, 644.0), Pressed(pressed_s, "ups5"), until_s=700.0)
    assert tale.at("server.booting blade1") == pressed_s
    assert tale.at("array.flushed linkeddisk", -1) > 644
    held_of(tale, "S2")
    tale.never("ups.output_off ups4")


def test_s3_o1_nor_is_power_off_whose_card_is_silent_while_who_lives_on_it_alone_answers(
    by_hand: HandRoom,
) -> None:
    """It was seen off, and its mains came back a moment ago: the card needs its time, the finger does not."""
    run, ups6, rack1 = by_hand.run, by_hand.upses["ups6"], by_hand.servers["rack1"]
    run.asked_to_stop.update(LINKED)
    run.settled.update(("ups5", "ups6", "linkeddisk"))
    for ups in (by_hand.upses["ups5"], ups6):
        ups.show(output_on=False)
        ups.fall_silent()
    for name in (*LINKED, "bladepool"):
        by_hand.servers[name].fall_silent()
    rack1.show(os=Os.BOOTING)
    run.spawn(note_what_is_off(run))
    by_hand.until(10)
    assert run.settled == {"ups5", "linkeddisk"}
    assert run.asked_to_stop == {"blade1", "blade2"}
