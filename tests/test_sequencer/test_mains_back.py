"""The mains come back at any moment of the way down (P2): turned round from there, nobody stranded."""

from __future__ import annotations

import pytest

from sequencer.requests import Wish
from sequencer.site import Array, ArrayRole, ControlStop, Ups
from sim.story import Asked, Booted
from tests.safety import well
from tests.thinned import thinned
from tests.worlds import lost, out, play, reference_model, reference_site, with_more

THREE_HOURS = 3 * 3600.0


@pytest.mark.parametrize("back_s", thinned([*range(26, 700, 27), *range(701, 1500, 33), 1800, 2400], 4))
def test_x_01_p2_l3_nobody_is_stranded_whenever_the_mains_return(back_s: int) -> None:
    well(play(out(0, back_s), until_s=THREE_HOURS))


@pytest.mark.long
@pytest.mark.parametrize("from_s", range(1, 1500, 100))
def test_p2_l3_nobody_is_stranded_at_any_second_at_all(from_s: int) -> None:
    for back_s in range(from_s, from_s + 100):
        well(play(out(0, back_s), until_s=THREE_HOURS))


@pytest.mark.parametrize("around", ["outage.confirmed ups4", "ups.off_armed ups5", "server.halted blade1",
                                    "ups.output_off ups5", "command.sent linkeddisk command=flush",
                                    "array.flushed linkeddisk", "ups.output_off ups4",
                                    "cluster.stopping ssccluster", "cluster.stopped ssccluster",
                                    "server.shutting_down control1", "ups.off_armed ups1",
                                    "server.halted control1", "ups.output_off ups3",
                                    "ups.output_off ups1"])  # fmt: skip
@pytest.mark.parametrize("offset_s", thinned([-0.01, -2.0, -0.5, 0.02, 0.0, 0.5, 3.0], 3))
def test_p2_nor_around_each_turning_point(
    around: str, offset_s: float, turning_points: dict[str, float]
) -> None:
    well(play(out(0, turning_points[around] + offset_s), until_s=THREE_HOURS))


@pytest.fixture(scope="module")
def turning_points() -> dict[str, float]:
    tale = play(out(0, 7200))
    return {
        f"{e.name} {e.subject}"
        + (f" command={e.details['command']}" if "command" in e.details else ""): round(e.t - tale.zero_s, 3)
        for e in reversed(tale.events)
        if e.t >= tale.zero_s
    }


def test_mains_back_before_the_confirm_time_change_nothing() -> None:
    tale = play(out(0, 28), until_s=3600)
    tale.never("command.sent *", "incident.opened *")


def test_s9_nothing_new_is_stopped_once_the_mains_are_back() -> None:
    """Back at 200 s: the armed cuts complete, the array is neither flushed nor cut."""
    tale = play(out(0, 200), until_s=THREE_HOURS)
    well(tale)
    tale.near("ups.output_off ups5", 450)
    tale.never("array.flushing *", "ups.output_off ups4", "cluster.stopping *")


def test_a_flushed_array_that_is_still_fed_is_not_cut() -> None:
    """Back during the flush: it is flushed, and stays on."""
    tale = play(out(0, 500), until_s=THREE_HOURS)
    well(tale)
    assert tale.times("array.flushed linkeddisk")
    tale.never("ups.output_off ups4")


def test_s16_no_load_is_started_before_its_armed_off_has_fallen() -> None:
    tale = play(out(0, 100), until_s=THREE_HOURS)
    well(tale)
    tale.before("ups.output_off ups5", "command.sent ups5 command=on", "server.booting blade1")


def test_u7_a_node_that_halted_while_its_mains_came_back_boots_again() -> None:
    """Back between the nodes' halt and the fall of their UPSes, which reboot on mains."""
    tale = play(out(0, 1200), until_s=THREE_HOURS)
    well(tale)
    tale.before("ups.output_off ups1", "ups.output_on ups1", "server.up control1")


def test_s7_nothing_is_switched_on_before_the_mains_are_stable() -> None:
    tale = play(out(0, 1000), until_s=THREE_HOURS)
    well(tale)
    assert tale.at("command.sent * command=on") >= 1000 + 60


def test_p3_flapping_mains_do_not_start_and_stop_the_site_over_and_over() -> None:
    """Ten outages of 20 s, 20 s apart: each is shorter than any confirm time."""
    blinks = [h for n in range(10) for h in out(40 * n, 40 * n + 20)]
    play(*blinks, until_s=3600).never("command.sent *")


def test_p3_flapping_after_a_real_outage_starts_nothing_before_it_ends() -> None:
    blinks = [h for n in range(10) for h in out(1000 + 60 * n, 1000 + 60 * n + 30)]
    tale = play(out(0, 950), *blinks, until_s=4 * 3600)
    well(tale)
    assert tale.at("command.sent * command=on") >= 1000 + 570 + 60
    tale.once("incident.opened *", "incident.closed *")


@pytest.mark.parametrize("back_s", [100, 300, 455, 500, 640, 650, 700])
def test_p2_with_controllers_and_enclosures_on_their_own_upses(back_s: int) -> None:
    ups7 = Ups("ups7", 7, "utility", 30.0, return_delay_s=60.0, runtime_s=1500.0)
    site = with_more(reference_site(), ups7, Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups7",)))
    well(play(out(0, back_s), site=site, model=reference_model(ups7__runtime_s=1500.0), until_s=THREE_HOURS))


@pytest.mark.parametrize("back_s", [950, 1000, 1100, 1300, 1500])
def test_p2_when_the_control_side_does_not_wait_for_the_linked_side(back_s: int) -> None:
    site = reference_site(control_stop=ControlStop.DOCUMENT, linkage__flush_limit_s=1200.0)
    slow = reference_model(linkeddisk__flush_rate=16 * 2**20)
    well(play(out(0, back_s), site=site, model=slow, until_s=10 * 3600))


def test_s1_s9_whose_time_ran_out_while_nobody_was_to_ask_is_asked_when_the_mains_go_again() -> None:
    """bladepool lets nobody in while it boots; then the mains are back for a while (H11)."""
    tale = play(out(0, 147), Booted(20.0, "bladepool"), out(260, 3000), until_s=1500)
    assert tale.at("server.shutting_down bladepool") > 260
    assert not tale.all("server.crashed *")


def test_s18_the_control_disk_waits_for_nobody_whose_mains_are_back() -> None:
    """blade1 is held, and everybody but the control disk has mains again: it stops while it can (L2)."""
    held, released = (
        Asked(at_s, wish, ("blade1",), "operator")
        for at_s, wish in ((0.0, Wish.HOLD), (2400.0, Wish.RELEASE))
    )
    tale = play(lost(0, "ups3"), held, out(600, 1200), released, until_s=3000)
    assert tale.all("ups.output_off ups3")[0].details["cause"] == "command"
