"""Faults of the network, servers and arrays (N, H, A): the pretend devices do what the catalogue says."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import Flush, Os, Service
from sim.faults import catalogue
from sim.faults.fault import Turn
from sim.network import Lan, Net, Path
from sim.server import State
from sim.trouble import Trouble
from tests.worlds import reference_model, reference_site, with_more

SHUTDOWN_S, BOOT_S, FLUSH_S = 90.0, 180.0, 192.0


def put(room: Any, name: str, subject: str, amount: float | None = None, *, on: bool = True) -> None:
    fault = catalogue.named(name)
    fault.switch(room, subject, Turn(on, catalogue.default_amount(fault) if amount is None else amount))


def test_every_fault_of_network_servers_and_arrays_has_its_id() -> None:
    ids = [f"N{n}" for n in range(1, 8)] + [f"H{n}" for n in range(1, 12)] + [f"A{n}" for n in range(1, 10)]
    assert [i for i in ids if i not in catalogue.BY_ID] == []


# The network


def test_n2_only_what_joins_the_nodes_is_cut(bare_room: Any) -> None:
    put(bare_room, "N2", "control2")
    assert not bare_room.lan.joins("control1", "control2")
    assert bare_room.lan.carries(Net.PRODUCTION)
    assert bare_room.lan.carries(Net.MANAGEMENT)
    put(bare_room, "N2", "control2", on=False)
    assert bare_room.lan.joins("control2", "control1")


def test_n3_what_left_before_the_network_got_worse_or_after_it_got_better_is_answered() -> None:
    trouble = Trouble()
    path = Path(reference_model().network, 1, "control1/1>ups5", trouble, 1.0)
    assert not path.loses
    trouble.change(100.0, loss=1.0)
    assert path.hopeless
    trouble.change(200.0, loss=0.0)
    lost = [at_s for at_s in range(0, 300, 10) if path.lost(float(at_s))]
    assert lost == list(range(100, 200, 10))
    assert not path.loses
    assert not path.hopeless


def test_n3_about_as_many_are_lost_as_the_amount_says_and_the_same_whoever_asks() -> None:
    trouble = Trouble()
    trouble.change(0.0, loss=0.3)
    one, other = (Path(reference_model().network, 1, "control1/1>ups5", trouble, 1.0) for _ in range(2))
    drawn = [one.lost(n * 0.5) for n in range(4000)]
    assert sum(drawn) == pytest.approx(1200, rel=0.1)
    assert [other.lost(n * 0.5) for n in reversed(range(4000))] == drawn[::-1]


def test_n3_what_comes_later_than_the_time_out_counts_as_lost() -> None:
    trouble = Trouble()
    path = Path(reference_model().network, 1, "control1/1>ups5", trouble, 1.0)
    trouble.change(0.0, latency_s=1.0)
    late = [n for n in range(1000) if path.latency_s(float(n)) > 1.0]
    assert 400 < len(late) < 600
    assert all(path.lost(float(n)) is (n in late) for n in range(1000))


def test_n3_a_node_sees_its_own_machine_and_reaches_it_whatever_the_network_does(bare_room: Any) -> None:
    node = bare_room.nodes["control1"]
    type(node).begin(node)
    put(bare_room, "network_slow", "network", 60.0)
    ports = node.run.ports.servers
    bare_room.go(120)
    assert [name for name in ports if ports[name].seen().fresh] == ["control1"]
    receipt = bare_room.env.run(until=ports["control1"].shut_down())
    assert receipt.ok
    bare_room.go(bare_room.env.now + 5)
    assert ports["control1"].seen().status.os is Os.SHUTTING_DOWN


@pytest.mark.parametrize(
    ("name", "carried"), [("management_down", Net.PRODUCTION), ("production_down", Net.MANAGEMENT)]
)
def test_n5_one_net_is_down_and_the_other_is_up(bare_room: Any, name: str, carried: Net) -> None:
    put(bare_room, name, "network")
    assert [net for net in Net if bare_room.lan.carries(net)] == [carried]
    put(bare_room, name, "network", on=False)
    assert all(bare_room.lan.carries(net) for net in Net)


def test_n5_without_its_switches_neither_net_carries_anything() -> None:
    lan = Lan()
    lan.switch_power("lan1", False)
    assert not any(lan.carries(net) for net in Net)


def test_n6_cards_go_dark_one_by_one_in_a_drawn_order_and_come_back_in_another(bare_room: Any) -> None:
    put(bare_room, "N6", "network", 10.0)
    bare_room.go(100)
    put(bare_room, "N6", "network", 10.0, on=False)
    bare_room.go(200)
    went = sorted(bare_room.upses, key=lambda u: bare_room.told("card.silent", u))
    came = sorted(bare_room.upses, key=lambda u: bare_room.told("card.answering", u))
    assert [bare_room.told("card.silent", u) for u in went] == [[10.0 * n] for n in range(6)]
    assert [bare_room.told("card.answering", u) for u in came] == [[100 + 10.0 * n] for n in range(6)]
    assert went != came


def test_n7_no_magic_packet_arrives_and_nobody_is_told(bare_room: Any) -> None:
    node, server = bare_room.nodes["control1"], bare_room.servers["bladepool"]
    type(node).begin(node)
    put(bare_room, "N7", "network")
    receipt = bare_room.env.run(until=node.run.ports.servers["bladepool"].wake())
    assert receipt.ok
    assert server.state is State.HALTED
    put(bare_room, "N7", "network", on=False)
    bare_room.env.run(until=node.run.ports.servers["bladepool"].wake())
    assert server.read().os is Os.BOOTING


# Servers


def test_h1_when_the_hang_ends_the_shutdown_takes_its_usual_time_from_then(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    put(bare_room, "H1", "blade1")
    server.shut_down()
    bare_room.go(1000)
    assert server.state is State.SHUTTING_DOWN
    put(bare_room, "H1", "blade1", on=False)
    bare_room.go(2000)
    assert bare_room.told("server.halted", "blade1") == [1000 + SHUTDOWN_S]


def test_h1_a_shutdown_that_is_under_way_hangs_too(bare_room: Any) -> None:
    bare_room.servers["blade1"].shut_down()
    bare_room.go(50)
    put(bare_room, "H1", "blade1")
    bare_room.go(1000)
    assert bare_room.told("server.halted", "blade1") == []


def test_h2_it_says_that_it_is_halted_and_its_system_still_runs(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    put(bare_room, "H2", "blade1", 30.0)
    server.shut_down()
    bare_room.go(29)
    assert server.read().os is Os.SHUTTING_DOWN
    bare_room.go(31)
    assert server.read().os is Os.HALTED
    assert server.read().clock_s is None
    assert server.running
    bare_room.go(100)
    assert bare_room.told("server.halted", "blade1") == [SHUTDOWN_S]


def test_h4_a_controller_that_needs_the_system_falls_silent_with_it_and_hears_magic_packets_still(
    bare_room: Any,
) -> None:
    server = bare_room.servers["blade1"]
    put(bare_room, "H4", "blade1")
    assert server.read().os is Os.UP
    server.shut_down()
    bare_room.go(100)
    assert server.read() is None
    server.wake()
    assert server.read().os is Os.BOOTING


def test_h5_it_is_booted_again_after_it_has_halted_but_not_when_it_was_forced(bare_room: Any) -> None:
    put(bare_room, "H5", "blade1", 60.0)
    put(bare_room, "H5", "blade2", 60.0)
    bare_room.servers["blade1"].shut_down()
    bare_room.servers["blade2"].force()
    bare_room.go(1000)
    assert bare_room.told("server.booting", "blade1") == [SHUTDOWN_S + 60]
    assert bare_room.told("server.booting", "blade2") == []


def test_h6_somebody_boots_what_is_halted_and_nothing_else(bare_room: Any) -> None:
    bare_room.servers["blade1"].shut_down()
    bare_room.go(100)
    put(bare_room, "H6", "blade1")
    put(bare_room, "H6", "blade2")
    assert bare_room.servers["blade1"].state is State.BOOTING
    assert bare_room.servers["blade2"].state is State.UP


@pytest.mark.parametrize(
    ("name", "halted", "crashed"),
    [("H7", State.HALTED, State.HALTED), ("H8", State.HALTED, State.BOOTING)],
)
def test_h7_h8_what_the_bios_is_set_to_decides_when_the_power_comes_back(
    bare_room: Any, name: str, halted: State, crashed: State
) -> None:
    put(bare_room, name, "blade1")
    put(bare_room, name, "blade2")
    bare_room.servers["blade1"].shut_down()
    bare_room.go(100)
    bare_room.upses["ups5"].press(on=False)
    bare_room.upses["ups5"].press(on=True)
    assert (bare_room.servers["blade1"].state, bare_room.servers["blade2"].state) == (halted, crashed)


def test_h9_when_it_can_boot_again_its_boot_takes_its_usual_time_from_then(bare_room: Any) -> None:
    put(bare_room, "H9", "bladepool")
    bare_room.servers["bladepool"].wake()
    bare_room.go(1000)
    assert bare_room.servers["bladepool"].state is State.BOOTING
    put(bare_room, "H9", "bladepool", on=False)
    bare_room.go(2000)
    assert bare_room.told("server.up", "bladepool") == [1000 + BOOT_S]


def test_h10_a_server_that_nobody_declared_dirties_the_array_again_after_its_flush(bare_room: Any) -> None:
    array = bare_room.arrays["linkeddisk"]
    for name in ("blade1", "blade2", "rack1", "rack2"):
        array.used_by(name, running=False)
    put(bare_room, "H10", "control1")
    array.flush()
    bare_room.go(FLUSH_S + 1)
    assert array.flush_state is Flush.DONE
    bare_room.go(FLUSH_S + 10)
    assert (array.flush_state, array.dirty) == (Flush.NOT_ASKED, True)
    put(bare_room, "H10", "control1", on=False)
    assert array.users == set()


def test_h11_a_pool_server_runs_until_somebody_stops_it(bare_room: Any) -> None:
    server = bare_room.servers["rackpool"]
    put(bare_room, "H11", "rackpool")
    bare_room.go(BOOT_S + 1)
    assert server.state is State.UP
    put(bare_room, "H11", "rackpool", on=False)
    assert server.read().os is Os.SHUTTING_DOWN


# Arrays


def flushed_at(room: Any) -> list[float]:
    room.arrays["linkeddisk"].flush()
    room.go(10_000)
    times: list[float] = room.told("array.flushed", "linkeddisk")
    return times


def test_a1_a5_a_flush_takes_longer(bare: Any) -> None:
    slow, halved = bare(), bare()
    put(slow, "A1", "linkeddisk", 1.5)
    put(halved, "A5", "linkeddisk")
    assert flushed_at(slow) == [1.5 * FLUSH_S]
    assert flushed_at(halved) == [2 * FLUSH_S]


def test_a2_a_flush_that_hung_takes_its_usual_time_from_when_the_fault_ends(bare_room: Any) -> None:
    put(bare_room, "A2", "linkeddisk")
    bare_room.arrays["linkeddisk"].flush()
    bare_room.go(1000)
    put(bare_room, "A2", "linkeddisk", on=False)
    bare_room.go(2000)
    assert bare_room.told("array.flushed", "linkeddisk") == [1000 + FLUSH_S]


def test_a4_it_is_dirty_again_a_little_after_the_flush_was_answered(bare_room: Any) -> None:
    array = bare_room.arrays["linkeddisk"]
    array.users.clear()
    put(bare_room, "A4", "linkeddisk", 3.0)
    array.flush()
    bare_room.go(FLUSH_S + 2)
    assert array.read().flush is Flush.DONE
    bare_room.go(FLUSH_S + 4)
    assert array.read().flush is Flush.NOT_ASKED
    assert bare_room.told("array.dirty", "linkeddisk") == [FLUSH_S + 3]


def test_a6_a_hand_at_the_enclosures_ups_leaves_the_controllers_on(bare: Any) -> None:
    site = reference_site()
    shelf = site.upses["ups4"]
    site = with_more(
        site,
        type(shelf)("ups7", 7, "utility", 30.0, runtime_s=1500.0),
        type(site.arrays["linkeddisk"])("linkeddisk", site.arrays["linkeddisk"].role, ("ups4",), ("ups7",)),
    )
    room = bare(site)
    put(room, "A6", "linkeddisk")
    assert room.upses["ups4"].output
    assert room.details("ups.output_off", "ups7") == {"cause": "button"}
    assert room.told("array.lost_data", "linkeddisk") == [0.0]
    put(room, "A6", "linkeddisk", on=False)
    assert room.upses["ups7"].output


def test_a7_it_says_ready_while_it_starts_and_takes_it_back(bare_room: Any) -> None:
    array = bare_room.arrays["linkeddisk"]
    put(bare_room, "A7", "linkeddisk", 6.0)
    bare_room.upses["ups4"].press(on=False)
    bare_room.upses["ups4"].press(on=True)
    assert (array.read().service, array.service) == (Service.READY, Service.STARTING)
    bare_room.go(7)
    assert array.read().service is Service.STARTING
    bare_room.go(200)
    assert bare_room.told("array.ready", "linkeddisk") == [180.0]


def test_a8_ready_comes_after_its_amount_or_in_the_usual_time_after_the_fault_ends(bare: Any) -> None:
    late, mended = bare(), bare()
    for room in (late, mended):
        put(room, "A8", "linkeddisk", 7200.0)
        room.upses["ups4"].press(on=False)
        room.upses["ups4"].press(on=True)
    mended.go(1000)
    put(mended, "A8", "linkeddisk", on=False)
    late.go(8000)
    mended.go(8000)
    assert late.told("array.ready", "linkeddisk") == [7200.0]
    assert mended.told("array.ready", "linkeddisk") == [1180.0]


def test_a9_only_the_last_of_its_upses_has_no_mains(bare_room: Any) -> None:
    put(bare_room, "A9", "linkeddisk")
    assert [name for name, ups in bare_room.upses.items() if not ups.mains] == ["ups4"]
    put(bare_room, "A9", "linkeddisk", on=False)
    assert bare_room.upses["ups4"].mains
