"""The pretend server: boots, halts, hangs, is forced, loses its power under a running system."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.ports import Accepted, Os
from sequencer.site import AcLink
from sim.server import State
from tests.worlds import reference_site

BOOT_S, SHUTDOWN_S, AFTER_CRASH_S = 180.0, 90.0, 120.0


def cut(room: Any, ups: str = "ups5") -> None:
    room.upses[ups]._set_output(False, "the test")


def feed(room: Any, ups: str = "ups5") -> None:
    room.upses[ups]._set_output(True, "the test")


def test_a_shutdown_takes_its_time_and_leaves_it_halted_with_power(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    assert server.shut_down().ok
    bare_room.go(SHUTDOWN_S - 1)
    assert server.read().os is Os.SHUTTING_DOWN
    bare_room.go(SHUTDOWN_S + 1)
    assert server.read().os is Os.HALTED
    assert server.shut_down().accepted is Accepted.NO


def test_asked_twice_it_goes_on_with_the_first(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.shut_down()
    bare_room.go(60)
    assert server.shut_down().ok
    bare_room.go(200)
    assert bare_room.told("server.halted", "blade1") == [SHUTDOWN_S]


def test_h1_a_hanging_shutdown_never_ends_but_by_force(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.hang(True)
    server.shut_down()
    bare_room.go(5000)
    assert server.state is State.SHUTTING_DOWN
    assert server.force().ok
    assert server.state is State.HALTED
    assert bare_room.details("server.halted", "blade1") == {"forced": True}


def test_a_server_that_loses_its_power_while_it_runs_crashes_and_boots_longer(bare_room: Any) -> None:
    cut(bare_room)
    assert bare_room.details("server.crashed", "blade1") == {"cause": "power"}
    assert bare_room.servers["blade1"].read() is None, "no power, no answer"
    bare_room.go(100)
    feed(bare_room)
    bare_room.go(1000)
    assert bare_room.told("server.up", "blade1") == [100 + BOOT_S + AFTER_CRASH_S]


def test_a_halted_server_that_loses_its_power_does_not_crash(bare_room: Any) -> None:
    bare_room.servers["blade1"].shut_down()
    bare_room.go(100)
    cut(bare_room)
    assert bare_room.told("server.crashed", "blade1") == []
    feed(bare_room)
    bare_room.go(1000)
    assert bare_room.told("server.up", "blade1") == [100 + BOOT_S]


@pytest.mark.parametrize(
    ("ac_link", "after_halt", "after_crash"),
    [
        (AcLink.BOOT, State.BOOTING, State.BOOTING),
        (AcLink.STAY_OFF, State.HALTED, State.HALTED),
        (AcLink.LAST_STATE, State.HALTED, State.BOOTING),
    ],
)
def test_h7_h8_ac_link_decides_what_it_does_when_its_power_returns(
    bare: Any, ac_link: AcLink, after_halt: State, after_crash: State
) -> None:
    room = bare(reference_site(blade1__ac_link=ac_link, blade2__ac_link=ac_link))
    room.servers["blade1"].shut_down()
    room.go(100)
    cut(room)
    feed(room)
    assert room.servers["blade1"].state is after_halt
    assert room.servers["blade2"].state is after_crash


def test_x_04_it_runs_while_enough_of_its_supplies_give_power(bare: Any) -> None:
    room = bare(reference_site(blade1__upses=("ups5", "ups6")))
    cut(room, "ups5")
    assert room.servers["blade1"].state is State.UP
    cut(room, "ups6")
    assert room.servers["blade1"].state is State.OFF


def test_x_04_one_that_needs_two_supplies_falls_with_the_first(bare: Any) -> None:
    room = bare(reference_site(blade1__upses=("ups5", "ups6"), blade1__minimum_supplies=2))
    cut(room, "ups5")
    assert room.servers["blade1"].state is State.OFF


def test_a_server_shares_its_load_over_its_live_supplies(bare: Any) -> None:
    room = bare(reference_site(blade1__upses=("ups5", "ups6")))
    server = room.servers["blade1"]
    assert server.watts_from("ups5") == server.watts_from("ups6") == 150
    cut(room, "ups5")
    assert (server.watts_from("ups5"), server.watts_from("ups6")) == (0, 300)


def test_a_halted_server_still_feeds_its_management_controller(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.force()
    assert server.watts_from("ups5") == 6


def test_r20_a_magic_packet_wakes_a_halted_server_and_nobody_else(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    assert server.wake().ok
    assert server.state is State.UP
    server.force()
    assert server.wake().ok
    assert server.state is State.BOOTING


def test_h9_one_that_does_not_get_through_its_boot_keeps_booting(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.get_stuck(True)
    server.force()
    server.wake()
    bare_room.go(10_000)
    assert server.state is State.BOOTING


def test_a_booting_server_cannot_be_shut_down(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.force()
    server.wake()
    assert server.shut_down().accepted is Accepted.NO


def test_a_reboot_shuts_down_and_boots_with_the_power_on(bare_room: Any) -> None:
    bare_room.servers["blade1"].reboot()
    bare_room.go(1000)
    assert bare_room.told("server.up", "blade1") == [SHUTDOWN_S + BOOT_S]


def test_a_reboot_asked_of_one_that_boots_is_no_reboot_later(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.force()
    server.wake()
    server.reboot()
    bare_room.go(1000)
    server.shut_down()
    bare_room.go(2000)
    assert server.state is State.HALTED


def test_c2_a_crash_with_the_power_on_leaves_it_halted(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.crash()
    assert server.state is State.HALTED
    assert bare_room.details("server.crashed", "blade1") == {"cause": "fault"}


def test_c2_a_halted_server_cannot_crash(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    server.force()
    server.crash()
    assert bare_room.told("server.crashed", "blade1") == []


def test_h11_a_pool_server_is_off_at_the_start_and_stays_a_small_part_of_the_load(bare_room: Any) -> None:
    pool = bare_room.servers["bladepool"]
    assert pool.state is State.HALTED
    assert pool.full_watts_from("ups5") == pool.watts_from("ups5") == 6


def test_its_power_falls_in_the_middle_of_a_shutdown(bare_room: Any) -> None:
    bare_room.servers["blade1"].shut_down()
    bare_room.go(30)
    cut(bare_room)
    bare_room.go(500)
    assert bare_room.told("server.crashed", "blade1") == [30]
    assert bare_room.told("server.halted", "blade1") == [], "what was planned before does not happen"


def test_r10_41_while_its_system_works_it_tells_how_long_ago_its_boot_began(bare_room: Any) -> None:
    server = bare_room.servers["blade1"]
    assert server.read().up_s >= 86400.0, "since before the room"
    server.reboot()
    bare_room.go(SHUTDOWN_S - 1)
    assert server.read().up_s >= 86400.0, "on its way down"
    bare_room.go(SHUTDOWN_S + 1)
    assert server.read().up_s is None, "booting"
    bare_room.go(SHUTDOWN_S + BOOT_S + 5)
    status = server.read()
    assert status.up_s == pytest.approx(BOOT_S + 5)
    bare_room.go(SHUTDOWN_S + BOOT_S + 65)
    assert server.drifted(status, SHUTDOWN_S + BOOT_S + 45).up_s == pytest.approx(BOOT_S + 45)
    assert server.same(status, server.read())
    server.freeze(True)
    assert server.read().up_s is None, "who hangs says nothing"
