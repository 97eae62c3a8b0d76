"""What a server is said to do, from what its controller, its port and our own requests tell together."""

from __future__ import annotations

import pytest

from realtime.servers.controller import Controller
from realtime.servers.state import Asked, by_port, by_power, without_port
from sequencer.ports import Os

LIMIT_S = 180.0


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asked(clock: Clock) -> Asked:
    return Asked(clock, LIMIT_S)


@pytest.mark.parametrize(
    ("told", "os"),
    [
        (Controller("Off"), Os.HALTED),
        (Controller("Off", "OSRunning"), Os.HALTED),
        (Controller("PoweringOff"), Os.SHUTTING_DOWN),
        (Controller("On", "OSRunning"), Os.UP),
        (Controller("PoweringOn", "OSRunning"), Os.UP),
        (Controller("On", "OSBootStarted"), None),
        (Controller("On"), None),
        (Controller("Paused"), None),
    ],
)
def test_the_controller_alone_decides_where_it_can(asked: Asked, told: Controller, os: Os | None) -> None:
    assert by_power(told, asked) is os


@pytest.mark.parametrize(
    ("told", "greets", "os"),
    [
        (Controller("On"), True, Os.UP),
        (Controller("On"), False, Os.BOOTING),
        (Controller("On", "OSBootStarted"), True, Os.UP),
        (Controller("On", "OSBootStarted"), False, Os.BOOTING),
        (None, True, Os.UP),
        (None, False, None),
    ],
)
def test_a_greeting_proves_a_system_and_silence_without_a_controller_proves_nothing(
    asked: Asked, told: Controller | None, greets: bool, os: Os | None
) -> None:
    assert by_port(told, asked, greets=greets) is os


@pytest.mark.parametrize("greets", [True, False])
def test_asked_to_go_down_and_still_on_it_is_shutting_down(asked: Asked, greets: bool) -> None:
    asked.note()
    assert by_power(Controller("On", "OSRunning"), asked) is None, "OSRunning may be old news"
    assert by_port(Controller("On"), asked, greets=greets) is Os.SHUTTING_DOWN


def test_without_a_controller_it_is_shutting_down_while_it_greets_and_then_unknown(asked: Asked) -> None:
    asked.note()
    assert by_port(None, asked, greets=True) is Os.SHUTTING_DOWN
    assert by_port(None, asked, greets=False) is None


def test_a_port_that_was_silent_and_greets_again_is_of_the_next_boot(asked: Asked) -> None:
    asked.note()
    by_port(None, asked, greets=True)
    by_port(None, asked, greets=False)
    assert by_port(None, asked, greets=True) is Os.UP


def test_a_port_silent_before_the_request_says_nothing_about_what_follows(asked: Asked) -> None:
    by_port(Controller("On"), asked, greets=False)
    asked.note()
    assert by_port(Controller("On"), asked, greets=True) is Os.SHUTTING_DOWN


def test_seen_off_the_request_is_done_with(asked: Asked) -> None:
    asked.note()
    by_power(Controller("Off"), asked)
    assert by_power(Controller("On", "OSRunning"), asked) is Os.UP


def test_boot_progress_that_moves_is_of_the_next_boot(asked: Asked) -> None:
    by_power(Controller("On", "OSRunning"), asked)
    asked.note()
    by_power(Controller("On", "MemoryInitializationStarted"), asked)
    assert by_power(Controller("On", "OSRunning"), asked) is Os.UP


def test_boot_progress_that_stands_still_for_ever_does_not_hide_a_shutdown(asked: Asked) -> None:
    stuck = Controller("On", "OSBootStarted")
    by_power(stuck, asked)
    asked.note()
    by_power(stuck, asked)
    assert by_port(stuck, asked, greets=False) is Os.SHUTTING_DOWN


def test_past_its_limit_a_request_says_nothing_any_more(asked: Asked, clock: Clock) -> None:
    asked.note()
    clock.now_s += LIMIT_S
    assert by_power(Controller("On", "OSRunning"), asked) is Os.UP


def test_somebody_elses_shutdown_counts_as_well(asked: Asked) -> None:
    by_power(Controller("PoweringOff"), asked)
    assert by_port(Controller("On"), asked, greets=False) is Os.SHUTTING_DOWN


@pytest.mark.parametrize(
    ("told", "os"),
    [
        (Controller("On"), Os.UP),
        (Controller("PoweringOn"), Os.BOOTING),
        (Controller("On", "OSBootStarted"), Os.BOOTING),
    ],
)
def test_with_no_way_to_ask_the_system_power_must_do(asked: Asked, told: Controller, os: Os) -> None:
    assert without_port(told, asked) is os
    asked.note()
    assert without_port(told, asked) is Os.SHUTTING_DOWN
