"""What people do in a story: ask, use the cluster's manager, press buttons, leave the office."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import ClusterState, Off
from sequencer.requests import Request, Wish
from sequencer.schedules import LanWatch
from sim.faults.network import SWITCH_DIES
from sim.faults.nodes import NODE_CRASHES
from sim.faults.servers import SHUTDOWN_REFUSED
from sim.room import Room
from sim.server import State
from sim.story import Asked, Booted, FaultChange, HostChange, Managed, Manager, Pressed
from tests.worlds import NODES, fault, play, reference_model, reference_site

STOP_S, HALT_S, BOOT_S, FAILOVER_S = 120.0, 60.0, 240.0, 30.0
HOST = "192.0.2.101"


class Heard:
    """The requests that reach each node, and no sequencer that would act on them."""

    def __init__(self, room: Any) -> None:
        self.room = room
        self.requests: dict[str, list[Request]] = {n: [] for n in room.nodes}
        for name, node in room.nodes.items():
            node.hear = lambda request, name=name: self._hear(name, request)

    def _hear(self, name: str, request: Request) -> None:
        self.requests[name].append(request)


# Requests


def test_r2_05_a_request_reaches_every_node_and_is_one_and_the_same(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.happen([Asked(10.0, Wish.POWER_OFF, ("blade1",), "backup job"), Asked(20.0, Wish.POWER_ON)])
    bare_room.go(30)
    assert heard.requests["control1"] == heard.requests["control2"]
    assert heard.requests["control1"] == [
        Request("request-1", Wish.POWER_OFF, ("blade1",), "backup job"),
        Request("request-2", Wish.POWER_ON),
    ]


def test_a_request_may_be_told_to_one_node_only(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.happen([Asked(10.0, Wish.HOLD, ("ups5",), to="control2")])
    bare_room.go(30)
    assert heard.requests["control1"] == []
    assert len(heard.requests["control2"]) == 1


def test_the_answers_of_the_nodes_are_kept() -> None:
    tale = play(
        Asked(60.0, Wish.HOLD, ("ups5",), "duty"), Asked(90.0, Wish.POWER_OFF, ("ups5",)), until_s=120
    )
    told = {(r.node, r.request.id): r.refusal for r in tale.room.replies}
    assert told.keys() == {(n, f"request-{i}") for n in NODES for i in (1, 2)}
    assert not any(told[node, "request-1"] for node in NODES)
    assert all("ups5" in told[node, "request-2"] for node in NODES)


def test_a_node_that_is_down_misses_what_is_asked() -> None:
    tale = play(
        fault("node_crashes", "control1", 10),
        Asked(60.0, Wish.HOLD, ("ups5",)),
        Booted(70.0, "control1"),
        until_s=1200,
    )
    assert [r.node for r in tale.room.replies] == ["control2"]
    assert tale.room.servers["control1"].state is State.UP


# The cluster's manager


def test_r2_08_the_manager_shuts_the_whole_cluster_down(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.happen([Managed(10.0, Manager.SHUTDOWN, "ssccluster")])
    bare_room.go(3600)
    assert bare_room.told("cluster.stopping", "ssccluster") == [10]
    assert bare_room.told("cluster.stopped", "ssccluster") == [10 + STOP_S]
    for node in NODES:
        assert bare_room.told("server.halted", node) == [10 + STOP_S + HALT_S]
        assert heard.requests[node] == [Request("request-1", Wish.CLUSTER_SHUTDOWN, (), "cluster manager")]
    assert bare_room.told("cluster.failed_over", "ssccluster") == []
    assert not bare_room.cluster.needs_operator


def test_r2_08_the_manager_reboots_the_whole_cluster(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.happen([Managed(10.0, Manager.REBOOT, "ssccluster")])
    bare_room.go(3600)
    assert all(bare_room.told("server.up", n) == [10 + STOP_S + HALT_S + BOOT_S] for n in NODES)
    assert bare_room.cluster.state is ClusterState.RUNNING
    assert heard.requests["control1"][0].wish is Wish.CLUSTER_REBOOT


def test_r2_09_the_manager_shuts_one_node_down_and_its_group_moves(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.happen([Managed(10.0, Manager.SHUTDOWN, "control1")])
    bare_room.go(3600)
    assert bare_room.told("server.halted", "control1") == [10 + HALT_S]
    assert bare_room.told("cluster.failed_over", "ssccluster") == [10 + FAILOVER_S]
    assert bare_room.cluster.status.holder == "control2"
    assert heard.requests["control2"] == [
        Request("request-1", Wish.SERVER_SHUTDOWN, ("control1",), "cluster manager")
    ]


def test_the_manager_reboots_one_node_which_joins_again(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.happen([Managed(10.0, Manager.REBOOT, "control2")])
    bare_room.go(3600)
    assert bare_room.told("server.up", "control2") == [10 + HALT_S + BOOT_S]
    assert bare_room.cluster.members == set(NODES)
    assert heard.requests["control1"][0].wish is Wish.SERVER_REBOOT


@pytest.mark.parametrize("of", ["ssccluster", "control2"])
def test_r7_08_without_ac_mode_nobody_is_told(bare: Any, of: str) -> None:
    room = bare(reference_site(cluster__ac_mode=False))
    heard = Heard(room)
    room.happen([Managed(10.0, Manager.SHUTDOWN, of)])
    room.go(3600)
    assert room.servers["control2"].state is State.HALTED
    assert heard.requests == {"control1": [], "control2": []}


def test_a_manager_of_a_stopped_cluster_reaches_nobody(bare_room: Any) -> None:
    heard = Heard(bare_room)
    bare_room.cluster.force()
    bare_room.happen([Managed(10.0, Manager.SHUTDOWN, "ssccluster")])
    bare_room.go(3600)
    assert all(bare_room.servers[n].state is State.UP for n in NODES)
    assert heard.requests["control1"] == []


def test_the_manager_is_not_kept_out_as_others_are(bare_room: Any) -> None:
    """H3 is about who asks over the network."""
    bare_room.happen(
        [FaultChange(1.0, SHUTDOWN_REFUSED, "control1"), Managed(10.0, Manager.SHUTDOWN, "control1")]
    )
    bare_room.go(3600)
    assert bare_room.servers["control1"].state is State.HALTED


def test_a_manager_overtaken_by_a_dead_node_leaves_the_others_alone(bare_room: Any) -> None:
    """The cluster is stopping when its last disk goes: what the manager wanted is forgotten."""
    bare_room.happen([Managed(10.0, Manager.SHUTDOWN, "ssccluster")])
    bare_room.go(60)
    bare_room.upses["ups3"].switch_off(Off.NOW)
    bare_room.go(3600)
    assert bare_room.cluster.state is ClusterState.WAITING_FOR_DISK
    assert all(bare_room.servers[n].state is State.UP for n in NODES)


# Buttons


def test_r10_05_the_button_switches_on_what_has_mains(bare_room: Any) -> None:
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.happen([Pressed(100.0, "ups5")])
    bare_room.go(200)
    assert bare_room.told("ups.output_on", "ups5") == [100]
    assert bare_room.details("ups.output_on", "ups5") == {"cause": "button"}


def test_u14_the_button_starts_nothing_without_mains(bare_room: Any) -> None:
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.mains(False)
    bare_room.happen([Pressed(100.0, "ups5")])
    bare_room.go(200)
    assert not bare_room.upses["ups5"].output
    assert bare_room.told("ups.output_on", "ups5") == []


def test_the_button_of_a_ups_that_is_on_changes_nothing(bare_room: Any) -> None:
    """Not even a countdown: an accepted OFF cannot be called back (U12)."""
    bare_room.upses["ups5"].switch_off(Off.GRACEFUL)
    bare_room.happen([Pressed(100.0, "ups5")])
    bare_room.go(1000)
    assert bare_room.told("ups.output_off", "ups5") == [420]


def test_h6_a_server_boots_at_its_button_if_it_has_power(bare_room: Any) -> None:
    bare_room.servers["rack1"].shut_down()
    bare_room.happen([Booted(200.0, "rack1"), Booted(200.0, "blade1")])
    bare_room.go(1000)
    assert bare_room.told("server.booting", "rack1") == [200]
    assert bare_room.told("server.booting", "blade1") == [], "it runs"


def test_a_button_without_power_does_nothing(bare_room: Any) -> None:
    bare_room.upses["ups6"].switch_off(Off.NOW)
    bare_room.happen([Booted(200.0, "rack1")])
    bare_room.go(1000)
    assert bare_room.servers["rack1"].state is State.OFF


# Hosts, switches, who runs at the start


def test_r8_04_a_host_falls_silent_and_answers_again(bare: Any) -> None:
    room = bare(reference_site(lan_watch=LanWatch((HOST,))))
    room.happen([HostChange(t, HOST, on) for t, on in ((10.0, False), (15.0, False), (20.0, True))])
    room.go(30)
    assert room.told("host.silent", HOST) == [10], "it is silent already at 15 s"
    assert room.told("host.answering", HOST) == [20]


def test_r8_04_the_nodes_see_what_the_hosts_do() -> None:
    site = reference_site(lan_watch=LanWatch((HOST,)))
    room = Room(site, reference_model(), horizon_s=1200)
    room.happen([HostChange(100.0, HOST, False), HostChange(600.0, HOST, True)])
    room.begin()
    run = room.nodes["control1"].run
    assert run is not None
    run.ports.hosts[HOST].seen()
    room.env.run(until=1200)
    seen = [(e.name, e.by) for e in room.stream if e.subject == HOST and not e.is_fact]
    assert seen == [("host.silent", "control1"), ("host.answering", "control1")]


def test_n1_a_dead_switch_carries_nothing_until_it_is_replaced(bare_room: Any) -> None:
    bare_room.happen([FaultChange(10.0, SWITCH_DIES, "lan1")])
    bare_room.go(20)
    assert not bare_room.lan.up
    bare_room.upses["ups1"].switch_off(Off.NOW)
    bare_room.upses["ups1"].switch_on()
    assert not bare_room.lan.up, "its power is not what it lacks"
    bare_room.happen([FaultChange(10.0, SWITCH_DIES, "lan1", present=False)])
    bare_room.go(40)
    assert bare_room.lan.up


def test_h3_a_server_that_lets_nobody_in_is_not_shut_down(bare_room: Any) -> None:
    server = bare_room.servers["rack1"]
    server.faults.refuses = True
    for receipt in (server.shut_down(), server.reboot()):
        assert not receipt.ok
        assert "denied" in receipt.reason
    assert server.state is State.UP
    assert server.force().ok, "the power button asks nobody"


def test_c2_the_end_of_a_crash_is_not_another_crash(bare_room: Any) -> None:
    bare_room.happen(
        [
            FaultChange(1.0, NODE_CRASHES, "control1"),
            FaultChange(900.0, NODE_CRASHES, "control1", False),
        ]
    )
    bare_room.happen([Booted(10.0, "control1")])
    bare_room.go(1000)
    assert bare_room.servers["control1"].state is State.UP


@pytest.mark.parametrize(
    ("name", "running", "state"),
    [
        ("bladepool", None, State.HALTED),
        ("bladepool", True, State.UP),
        ("blade1", None, State.UP),
        ("blade1", False, State.HALTED),
    ],
)
def test_r6_32_h11_who_runs_at_the_start(bare: Any, name: str, running: bool | None, state: State) -> None:
    room = bare(model=reference_model(**{f"{name}__running": running}))
    assert room.servers[name].state is state
    assert (name in room.arrays["linkeddisk"].users) is (state is State.UP and name == "blade1")


def test_a_pool_server_that_runs_counts_in_its_upss_full_load(bare: Any) -> None:
    rests, runs = (bare(model=reference_model(bladepool__running=r)).upses["ups5"] for r in (None, True))
    assert runs._full_w - rests._full_w == pytest.approx(300 - 6)


def test_a_node_that_is_off_at_the_start_has_no_life() -> None:
    tale = play(until_s=60, model=reference_model(control2__running=False))
    assert tale.room.nodes["control2"].run is None
    assert tale.room.nodes["control1"].run is not None
    assert tale.room.cluster.members == {"control1"}


# A node that hangs (C7)


def test_c7_a_node_that_hangs_loses_its_group_and_its_life_but_not_its_power() -> None:
    tale = play(fault("node_hangs", "control1", 10), until_s=600)
    assert tale.room.nodes["control1"].run is None
    assert tale.room.nodes["control2"].run is not None
    assert tale.room.cluster.status.holder == "control2"
    server = tale.room.servers["control1"]
    assert server.state is State.UP
    assert server.read().clock_s is None, "nobody is there to tell it"


def test_c7_a_node_that_hangs_ends_no_shutdown_but_by_force(bare_room: Any) -> None:
    server = bare_room.servers["control1"]
    server.freeze(True)
    assert server.shut_down().ok
    bare_room.go(3600)
    assert server.state is State.SHUTTING_DOWN
    server.force()
    server.wake()
    bare_room.go(7200)
    assert server.state is State.UP
    assert server.works


def test_c7_a_shutdown_that_hung_with_its_system_takes_its_time_when_that_goes_on(bare_room: Any) -> None:
    server = bare_room.servers["control1"]
    server.freeze(True)
    assert server.reboot().ok
    bare_room.go(3600)
    server.freeze(False)
    bare_room.go(3601)
    assert server.state is State.SHUTTING_DOWN
    bare_room.go(7200)
    assert server.state is State.UP


def test_c7_a_life_that_hung_has_ended_when_its_system_goes_on_and_the_next_one_begins() -> None:
    """S11: else what it had seen were taken for what the new one knows."""
    tale = play(fault("node_hangs", "control1", 10, 100), until_s=600)
    died = [(e.t, e.subject, e.details["cause"]) for e in tale.events if e.name == "service.died"]
    assert died == [(700.0, "control1", "its system hung")]


def test_c7_a_system_that_dies_while_it_hangs_tells_of_its_end_itself() -> None:
    crashes = fault("node_crashes", "control1", 50)
    tale = play(fault("node_hangs", "control1", 10, 100), crashes, until_s=600)
    assert [e.name for e in tale.events if e.subject == "control1" and e.is_fact] == ["server.crashed"]


def test_c7_when_it_goes_on_its_services_begin_anew() -> None:
    tale = play(fault("node_hangs", "control1", 10, 100), until_s=600)
    run = tale.room.nodes["control1"].run
    assert run is not None
    assert run.life == "control1/2"
    assert tale.room.cluster.members == set(NODES)
    assert tale.room.cluster.status.holder == "control2"
