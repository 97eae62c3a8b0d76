"""What comes in the middle of the control side's stop: other wishes, a reboot, a hand that is too early."""

from __future__ import annotations

import pytest

from sequencer.duty import command
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import ClusterState, Os
from sequencer.requests import Wish
from sequencer.timing import CARD_REBOOT_S
from sim.story import Asked, Booted, Managed, Manager, Pressed
from tests.excused import holds
from tests.hands import HandRoom
from tests.safety import unsafe, well
from tests.tale import Tale
from tests.worlds import LINKED, NODES, back, fault, lost, out, play

LONG = 8 * 3600.0
ALL_S = 763.0
"""After everybody was asked to go off: the nodes are on their way down, their OFFs count down."""


def ask(at_s: float, wish: Wish, *of: str) -> Asked:
    return Asked(at_s, wish, of, "operator")


def off(at_s: float, *of: str) -> Asked:
    return ask(at_s, Wish.POWER_OFF, *of)


# Asked otherwise


def test_s31_a_node_that_is_wanted_up_again_before_it_was_told_is_not_shut_down() -> None:
    """R2-05: the linked side is still on its way down."""
    tale = play(off(0.0), ask(200.0, Wish.POWER_ON, "control2"), until_s=LONG)
    assert not unsafe(tale)
    tale.never("command.sent control2 command=shutdown", "ups.off_armed ups2")


@pytest.mark.parametrize("at_s", [1860.0, 2400.0])
def test_s18_l2_a_stop_that_is_called_off_in_a_second_outage_leaves_no_battery_of_the_control_side_behind(
    at_s: float,
) -> None:
    """The first outage is over; its UPSes live on what is left, and are confirmed and stopped anew."""
    mains = (*out(0, 1440), *out(1800, 3590))
    tale = play(
        fault("ups_in_maintenance", "ups4"), off(0.0), mains, ask(at_s, Wish.POWER_ON), until_s=3600.0
    )
    tale.before("request.accepted reference wish=power_on", "cluster.stopping ssccluster")
    tale.never("ups.exhausted ups3", "array.lost_data controldisk", "server.crashed control1")


def test_s28_t7_who_is_asked_off_stays_off_though_the_outage_takes_a_node_that_is_wanted_up() -> None:
    """control1 goes as it was asked; told to come back with the mains, its boot brought the servers up."""
    on = ask(600.0, Wish.POWER_ON, "control2")
    tale = play(off(0.0), lost(500.0), on, back(3000.0), until_s=LONG)
    assert not unsafe(tale)
    tale.before("server.halted control1", "ups.off_armed ups2 how=until_mains", "server.up control2")
    tale.before("ups.off_armed ups1 how=graceful", "incident.closed reference")
    tale.never("server.booting control1", *(f"server.booting {name}" for name in LINKED))


def test_r10_45_linked_servers_that_are_asked_off_while_the_cluster_stops_go_before_its_nodes() -> None:
    """S5: nobody else would be there to stop them any more."""
    tale = play(off(0.0, *NODES), off(60.0, *LINKED), until_s=LONG)
    assert not unsafe(tale)
    tale.before(
        "cluster.stopping ssccluster", "server.halted blade1", "command.sent control1 command=shutdown"
    )
    tale.before("ups.output_off ups4", "command.sent control1 command=shutdown")


def test_s5_a_server_whose_ups_stays_on_for_another_is_waited_for_too() -> None:
    """Its neighbour was shut down by hand and is on nobody's list, so their UPS is left as it is (R12-05)."""
    pressed = fault("server_pressed", "blade2", 0.0)
    tale = play(pressed, off(300.0, *NODES, "blade1", "rack1", "rack2"), until_s=LONG)
    assert not unsafe(tale)
    tale.before("server.halted blade1", "command.sent ssccluster command=stop")
    tale.never("ups.off_armed ups5")


def test_s16_who_asks_for_everything_when_the_control_side_can_only_go_off_is_told_so() -> None:
    """Accepted, it would be promised by nodes that nobody can start (L3)."""
    tale = play(off(0.0), ask(ALL_S, Wish.POWER_ON), until_s=LONG)
    assert not unsafe(tale)
    assert tale.all("request.refused reference wish=power_on")
    tale.never("request.accepted reference wish=power_on")


def test_s16_t7_so_is_he_when_one_node_is_to_come_back_and_hears_of_no_later_word_than_the_off() -> None:
    """It went for its own battery before that was said: it boots with the mains, and goes down by it."""
    low = fault("low_flag_false", "ups2", 700.0, 1200.0)
    asked = (off(705.0), ask(880.0, Wish.POWER_ON))
    tale = play(out(0, 3000), low, asked, until_s=LONG)
    holds(tale, "low_flag_false")
    assert tale.all("command.sent ups2 command=off how=until_mains")
    tale.before("server.halted control2", "request.refused reference wish=power_on")
    tale.before("request.refused reference wish=power_on", "server.halted control1")


def test_what_only_the_linked_side_needs_is_accepted_while_the_control_side_goes_off() -> None:
    tale = play(off(0.0), ask(ALL_S, Wish.POWER_ON, *LINKED), until_s=LONG)
    assert tale.all("request.accepted reference wish=power_on")


def test_s5_servers_on_a_ups_that_a_hand_has_switched_on_again_stop_before_the_control_side() -> None:
    """O1: the outage of their disk had settled them; the stop of everything has not."""
    away = out(0, 767, "ups4")
    tale = play(away, Pressed(700.0, "ups6"), off(760.0), until_s=LONG)
    assert not unsafe(tale)
    tale.before("ups.output_on ups6", "server.up rack1", "command.sent ssccluster command=stop")
    halted = [e.t for e in tale.all("server.halted rack1") if not e.by or e.by == "room"]
    assert halted[-1] <= tale.all("command.sent ssccluster command=stop")[0].t


def test_s27_a_held_ups_that_comes_back_by_itself_is_not_waited_for_any_longer() -> None:
    """Its release was said while every node was down, and nobody heard it."""
    held, released = ask(400.0, Wish.HOLD, "ups3"), ask(1400.0, Wish.RELEASE, "ups3")
    tale = play(out(0, 3400), held, released, until_s=LONG)
    assert tale.all("ups.exhausted ups3")
    assert tale.all("ups.output_on ups3 cause=return")
    tale.before("ups.output_on ups3", "cluster.running ssccluster", "server.up blade1")


def test_s31_in_the_outage_of_others_nothing_is_stopped_for_a_want_that_is_over() -> None:
    """T7: those who were on their way down come up again; their disk is not flushed any more, nor cut."""
    night = off(600.0, *LINKED), ask(1000.0, Wish.POWER_ON, *LINKED)
    tale = play(lost(0.0, "ups2"), night, back(6000.0, "ups2"), until_s=LONG)
    well(tale)
    tale.before("server.halted rack1", "ups.output_off ups6", "server.up rack1", "ups.output_on ups2")
    tale.never("command.sent linkeddisk command=flush", "ups.off_armed ups4")


def test_s1_one_that_hangs_is_forced_before_its_ups_falls_though_nobody_wants_it_down_any_more() -> None:
    """H1: an OFF that counts down is carried out, whatever is wanted since."""
    hangs = fault("server_hangs", "rack1", 930.0)
    night = off(940.0, *LINKED), ask(1000.0, Wish.POWER_ON, *LINKED)
    tale = play(hangs, lost(0.0, "ups2"), night, back(6000.0, "ups2"), until_s=LONG)
    assert not unsafe(tale)
    tale.before("server.forced rack1", "ups.output_off ups6")


# The cluster's manager


def test_r2_08_what_the_manager_has_shut_down_and_a_hand_has_booted_is_not_stopped_again() -> None:
    """S9: its shutdown was what somebody wanted, and it has come about."""
    held = ask(0.0, Wish.HOLD, "ssccluster")  # so that nobody tells the UPSes
    stop = Managed(50.0, Manager.SHUTDOWN, "ssccluster")
    by_hand = (Booted(600.0, node) for node in NODES)
    tale = play(held, stop, by_hand, ask(700.0, Wish.RELEASE, "ssccluster"), until_s=LONG)
    assert not unsafe(tale)
    tale.never("command.sent ssccluster command=stop", "command.sent control1 command=shutdown")


def test_r2_08_a_reboot_of_the_cluster_does_not_count_as_the_stop_that_was_asked_for() -> None:
    tale = play(off(0.0), Managed(280.0, Manager.REBOOT, "ssccluster"), until_s=LONG)
    assert not unsafe(tale)
    tale.before("server.booting control1", "command.sent ssccluster command=stop", "ups.output_off ups1")


@pytest.mark.parametrize("at_s", [780.0, 850.0, 895.0])
def test_s2_an_outage_waits_until_the_nodes_that_the_manager_reboots_are_up_again(at_s: float) -> None:
    """They would boot into the fall of their disks (R2-08)."""
    tale = play(out(0, 3600), Managed(at_s, Manager.REBOOT, "ssccluster"), until_s=LONG)
    well(tale)
    tale.before("server.booting control1", "server.up control1", "ups.off_armed ups3")


def test_s31_a_cluster_that_its_manager_stops_to_boot_it_anew_is_not_restarted_meanwhile() -> None:
    """R2-08: the restart with its disks is just over, and nobody has taken the command yet."""
    tale = play(out(0, 3600), Managed(4391.99, Manager.REBOOT, "ssccluster"), until_s=LONG)
    well(tale)
    assert [e.t for e in tale.all("cluster.stopping ssccluster")][-1] > tale.at("cluster.starting ssccluster")
    assert len(tale.all("command.sent ssccluster command=restart")) == 1


def test_r2_09_s28_a_node_that_the_manager_has_shut_down_is_not_woken_for_the_clusters_restart() -> None:
    stop = Managed(1800.0, Manager.SHUTDOWN, "control1")
    tale = play(out(0, 1190), stop, until_s=LONG)
    assert not unsafe(tale)
    tale.never("command.sent control1 command=wake")


# Too early


@pytest.mark.parametrize("after_s", [70.0, 90.0])
def test_o1_a_node_that_is_booted_onto_its_countdown_starts_nothing_and_goes_down_again(
    after_s: float,
) -> None:
    """S6: it would switch on disks of which it can make no use."""
    tale = play(off(0.0), Booted(ALL_S + after_s, "control1"), until_s=LONG)
    assert not unsafe(tale)
    assert tale.all("server.booting control1")
    tale.never("command.sent ups3 command=on", "command.sent * command=restart")


# Mains that blink, and batteries that are short


@pytest.mark.parametrize("lost_s", [700.79 + n / 200 for n in range(12)])
def test_s10_mains_that_go_again_just_when_they_are_seen_back_begin_the_time_anew(lost_s: float) -> None:
    blink = (back(700.0, "ups3"), lost(lost_s, "ups3"))
    tale = play(lost(0.0, "ups3"), blink, back(1500.0, "ups3"), until_s=LONG)
    well(tale)
    tale.never("outage.confirmed ups3", "command.sent ssccluster command=stop")


def test_r9_20_the_outage_of_a_ups_that_has_gone_off_as_it_was_told_is_not_timed_on() -> None:
    """Its card is dark, and would not tell that the mains were back in between (S10)."""
    held = ask(0.0, Wish.HOLD, "control1")
    mains = (*out(500, 1210), lost(1230.0), back(5000.0))
    tale = play(held, off(0.0), mains, until_s=LONG)
    assert tale.all("ups.output_off ups2")
    tale.never("outage.confirmed ups2")


def drained() -> Tale:
    """Three outages in a row; the second and third do not last as long as the control side waits."""
    return play(out(0, 1687), out(2705, 3401), out(3474, 4734), until_s=LONG)


def test_p4_s18_outages_in_a_row_leave_the_control_side_its_own_stop() -> None:
    tale = drained()
    well(tale)
    tale.never("ups.exhausted *", "array.lost_data *")
    assert (
        tale.all("outage.confirmed ups3")[-1].details["because"] == "the battery lasts for its own stop only"
    )


def test_u10_a_full_battery_that_tells_a_wrong_runtime_waits_its_whole_confirm_time() -> None:
    wrong = fault("runtime_unit_wrong", "ups3", -100.0, amount=1 / 60)
    tale = play(wrong, out(0, 600), until_s=LONG)
    tale.never("outage.confirmed ups3", "command.sent ssccluster command=stop")


@pytest.mark.parametrize("called_off", [True, False])
def test_s9_an_outage_that_nobody_has_seen_is_over_with_the_stop_that_went_on_for_another_reason(
    by_hand: HandRoom, called_off: bool
) -> None:
    """A node boots into the stop of all that somebody wants, and hears no card; its mains are long back."""
    run = by_hand.run
    for ups in by_hand.upses.values():
        ups.fall_silent()
        ups.status = None
    for node in NODES:
        by_hand.servers[node].show(os=Os.UP)
    by_hand.cluster.show(state=ClusterState.STOPPED)

    def wanted(goal: Goal) -> None:
        words = {"servers": NODES, "goal": goal.value, "wall_s": run.wall_s()}
        run.hear(Row(Kind.WANTED, goal.value, 1, "control2/1", run.now, words))

    wanted(Goal.DOWN)
    run.hear(Row(Kind.DECLARED, by_hand.site.name, 1, "control1/0", 0.0, {"was_running": []}))
    run.hear(Row(Kind.CONFIRMED, "ups4", 1, "control1/0", 0.0))
    run.spawn(command(run))
    by_hand.until(CARD_REBOOT_S + 10)
    assert run.facts.down
    if called_off:
        wanted(Goal.UP)
    by_hand.until(CARD_REBOOT_S + 20)
    assert run.facts.down is not called_off


@pytest.mark.parametrize(("asked", "wakes"), [([], ["ups1", "ups2"]), ([off(300.0)], [])])
def test_t7_a_row_tells_whether_that_off_brings_back_whom_nobody_wants_down(
    asked: list[Asked], wakes: list[str]
) -> None:
    """Whoever judges a word goes by what the node knew that told it (C8, seed 73700)."""
    rows = play(out(0, 7000), asked, until_s=4000.0).all("journal.committed *", whole=True)
    assert sorted(e.subject for e in rows if e.details.get("wakes")) == wakes
