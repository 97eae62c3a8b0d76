"""What applications, operators and the cluster's manager ask for (R2-05, R2-08, R2-09, R12-05, S27)."""

from __future__ import annotations

import pytest

from sequencer.requests import Wish
from sim.story import Asked, Managed, Manager, Pressed
from tests.safety import stranded, unsafe, well
from tests.thinned import thinned
from tests.worlds import LINKED, NODES, out, play, reference_site

BUTTONS = (Pressed(5000, "ups1"), Pressed(5000, "ups2"))


def test_r2_05_power_off_of_everything_goes_the_way_of_an_outage_and_stays_off() -> None:
    tale = play(Asked(0, Wish.POWER_OFF, by="backup"))
    assert not unsafe(tale)
    for name in LINKED:
        tale.near(f"command.sent {name} command=shutdown", 0)
        tale.before(f"server.halted {name}", "array.flushing linkeddisk", "ups.output_off ups4")
    tale.near("ups.output_off ups5", 420)
    tale.before(
        "ups.output_off ups4", "cluster.stopping ssccluster", "ups.output_off ups3", "ups.output_off ups1"
    )
    for node in NODES:
        tale.before("cluster.stopped ssccluster", f"server.halted {node}", "ups.output_off ups3")
    tale.never("ups.output_on *", "server.booting *", "array.lost_data *")


def test_r2_05_the_buttons_of_the_control_side_bring_everything_back() -> None:
    tale = play(Asked(0, Wish.POWER_OFF, by="backup"), BUTTONS)
    well(tale)
    tale.once("command.sent ssccluster command=restart")


@pytest.mark.parametrize("at_s", thinned(range(-20, 1500, 60), 4))
@pytest.mark.parametrize("back_s", [60, 900, 3600])
def test_x_01_an_outage_over_a_power_off_strands_nobody_who_is_wanted_up(at_s: int, back_s: int) -> None:
    tale = play(Asked(0, Wish.POWER_OFF, by="backup"), out(at_s, at_s + back_s), until_s=4 * 3600.0)
    assert not unsafe(tale)
    tale.never("array.lost_data *", "server.crashed *")
    for name in LINKED:
        assert tale.room.servers[name].state.value in ("off", "halted"), "somebody wants it off"


@pytest.mark.parametrize("at_s", [5, 100, 300, 430, 500, 620, 700])
def test_a_power_on_in_the_middle_of_a_power_off_turns_round_from_there(at_s: int) -> None:
    well(
        play(
            Asked(0, Wish.POWER_OFF, by="backup"),
            Asked(at_s, Wish.POWER_ON, by="operator"),
            until_s=6 * 3600.0,
        )
    )


def test_r2_05_named_servers_go_off_and_on_again() -> None:
    blades = ("blade1", "blade2")
    tale = play(Asked(0, Wish.POWER_OFF, blades), Asked(3000, Wish.POWER_ON, blades))
    well(tale)
    tale.near("ups.output_off ups5", 420)
    tale.near("ups.output_on ups5", 3000, late_s=20)
    tale.never("array.flushing *", "server.halted rack1", "ups.output_off ups6")


def test_r12_05_s24_a_ups_that_feeds_somebody_else_who_runs_is_not_switched_off() -> None:
    tale = play(Asked(0, Wish.POWER_OFF, ("blade1",), "backup"))
    well(tale)
    (refused,) = tale.all("request.refused blade1", by="control1")
    assert "blade2" in refused.details["reason"]
    assert "R12-05" in refused.details["reason"]
    tale.never("command.sent *")
    assert all(reply.refusal for reply in tale.room.replies)


def test_what_is_unknown_or_a_pool_server_is_refused() -> None:
    tale = play(Asked(0, Wish.POWER_OFF, ("nobody",)), Asked(1, Wish.POWER_ON, ("bladepool",)))
    well(tale)
    assert len(tale.room.replies) == 4
    assert all(reply.refusal for reply in tale.room.replies)


@pytest.mark.parametrize("to", NODES)
def test_r8_01_either_node_may_be_asked(to: str) -> None:
    tale = play(Asked(0, Wish.POWER_OFF, ("blade1", "blade2"), to=to))
    assert not unsafe(tale)
    tale.near("ups.output_off ups5", 420, late_s=15)


def test_the_same_request_heard_by_both_nodes_is_one() -> None:
    tale = play(Asked(0, Wish.POWER_OFF, ("blade1", "blade2")))
    tale.once("request.accepted reference", "command.sent blade1 command=shutdown")


# The cluster's manager


def test_r2_08_a_cluster_shutdown_by_its_manager_ends_with_the_ups_off() -> None:
    tale = play(Managed(0, Manager.SHUTDOWN, "ssccluster"), BUTTONS)
    well(tale)
    for node in NODES:
        tale.before(
            "cluster.stopped ssccluster",
            f"server.halted {node}",
            "ups.output_off ups3",
            "ups.output_off ups1",
        )
    tale.never("server.shutting_down blade1", "array.flushing *")
    assert tale.all("alarm.raised ssccluster rule=R10-02"), "nobody watches over the linked side now"


def test_l3_r2_08_while_the_manager_shuts_the_cluster_down_nobody_can_call_that_back() -> None:
    """Its nodes would halt with their power on, and wake nobody. Whoever needs no node is refused nothing."""
    shutdown = Managed(0, Manager.SHUTDOWN, "ssccluster")
    tale = play(shutdown, Asked(60, Wish.POWER_ON), Asked(70, Wish.POWER_ON, ("rack1",)), BUTTONS)
    well(tale)
    assert {e.by for e in tale.all("request.refused reference")} == {"control1", "control2"}
    tale.before("request.refused reference", "server.halted control1", "ups.output_off ups1")
    tale.once("request.accepted rack1")


def test_r2_08_a_cluster_that_its_manager_has_shut_down_and_started_again_may_be_asked_for() -> None:
    shutdown = Managed(0, Manager.SHUTDOWN, "ssccluster")
    off = Asked(10000, Wish.POWER_OFF, by="backup")
    well(play(shutdown, BUTTONS, off, Asked(10060, Wish.POWER_ON), until_s=8 * 3600.0))


def test_r2_08_a_reboot_by_the_manager_switches_nothing() -> None:
    tale = play(Managed(0, Manager.REBOOT, "ssccluster"))
    well(tale)
    tale.never("ups.off_armed *", "command.sent *", "incident.opened *")


@pytest.mark.parametrize("node", NODES)
def test_r2_09_one_server_shut_down_by_the_manager_has_its_ups_off_after_its_system(node: str) -> None:
    ups = {"control1": "ups1", "control2": "ups2"}[node]
    tale = play(Managed(0, Manager.SHUTDOWN, node), Asked(3000, Wish.POWER_ON, (node,)))
    well(tale)
    tale.before(f"server.halted {node}", f"ups.output_off {ups}", f"ups.output_on {ups}")
    tale.near(f"ups.output_off {ups}", 420, late_s=15)
    tale.never("cluster.stopping *", "ups.output_off ups3")


def test_r7_08_without_ac_mode_nobody_tells_us_and_the_ups_stays_on() -> None:
    tale = play(Managed(0, Manager.SHUTDOWN, "control2"), site=reference_site(cluster__ac_mode=False))
    assert not unsafe(tale)
    tale.never("command.sent *", "ups.output_off *")


# Hold and release


def test_s27_a_held_server_is_left_alone_until_it_is_released() -> None:
    tale = play(
        Asked(-60, Wish.HOLD, ("blade1",), "operator"),
        out(0, 7200),
        Asked(400, Wish.RELEASE, ("blade1",)),
        until_s=5 * 3600.0,
    )
    well(tale)
    assert tale.at("command.sent blade1 command=shutdown") >= 400
    tale.before("server.halted blade1", "ups.output_off ups5", "array.flushing linkeddisk")


@pytest.mark.parametrize("device", ["ups5", "linkeddisk", "rack1"])
def test_s27_nothing_is_sent_to_what_is_held(device: str) -> None:
    tale = play(Asked(-60, Wish.HOLD, (device,), "operator"), out(0, 7200), until_s=5 * 3600.0)
    assert not tale.all(f"command.sent {device}", whole=True)
    assert not [w for w in unsafe(tale) if not w.startswith(("S5", "S1"))]


def test_s27_a_hold_survives_the_commander() -> None:
    tale = play(Asked(-60, Wish.HOLD, ("blade1",), "operator"), out(0, 4000), until_s=5 * 3600.0)
    assert tale.room.nodes["control2"].run is not None
    assert "blade1" in tale.room.nodes["control2"].run.facts.held
    assert not tale.all("command.sent blade1", whole=True)
    assert not stranded(tale), "it came back with its power, and nobody is waited for who is there"
