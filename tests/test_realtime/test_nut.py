"""A UPS behind a NUT server: what its words mean, and when a command counts as taken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from realtime.contacts import NutContact
from realtime.nut import NutUps
from realtime.secret import NoSecret, Secret
from sequencer.ports import Accepted, Off, Receipt, Unreachable, UpsStatus
from sequencer.site import Ups
from tests.test_realtime.nut_server import PASSWORD, USER, NutServer, serving

SETTINGS = Ups("ups1", 1, "utility", 60.0)
LIMIT_S = 20.0
Story = Callable[[NutUps], Coroutine[Any, Any, Any]]


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def secret(where: str) -> Secret:
    if where != "env:UPSD":
        raise NoSecret(f"no {where}")
    return Secret(PASSWORD)


def at(
    server: NutServer,
    story: Story,
    *,
    limit_s: float = LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
    **changes: Any,
) -> Any:
    async def run() -> Any:
        async with serving(server) as contact:
            contact = replace(contact, **changes)
            return await story(NutUps(contact, SETTINGS, limit_s=limit_s, secret_at=secret, clock=clock))

    return asyncio.run(run())


def read(server: NutServer, **changes: Any) -> Any:
    return at(server, lambda ups: ups.read(), **changes)


def status(**variables: str) -> UpsStatus:
    found = read(NutServer(**variables))
    assert isinstance(found, UpsStatus), found
    return found


# What it tells


def test_everything_it_tells_is_read() -> None:
    assert status(device_uptime="77") == UpsStatus(
        mains=True,
        output_on=True,
        on_battery=False,
        low_battery=False,
        off_armed=False,
        charge_pct=97.5,
        runtime_s=1800.0,
        card_uptime_s=77.0,
        graceful_off_s=420.0,
        delayed_off_s=420.0,
        immediate_off_s=0.0,
    )


@pytest.mark.parametrize(
    ("words", "volts", "expected"),
    [
        ("OL", "230", (True, True, False, False)),
        ("OL CHRG", "", (True, True, False, False)),
        ("OB DISCHRG", "0.0", (False, True, True, False)),
        ("OB LB", "230", (False, True, True, True)),
        ("FSD OB LB", "", (False, True, True, True)),
        ("BYPASS", "230", (True, True, False, False)),
        ("OL OFF", "230", (True, False, False, False)),
        ("OFF", "231", (True, False, False, False)),
        ("OFF", "3", (False, False, False, False)),
        ("OB OFF", "", (False, False, False, False)),
    ],
)
def test_its_words_tell_mains_output_and_battery(
    words: str, volts: str, expected: tuple[bool, bool, bool, bool]
) -> None:
    told = status(ups_status=words, input_voltage=volts)
    assert (told.mains, told.output_on, told.on_battery, told.low_battery) == expected


@pytest.mark.parametrize("words", ["", "WAIT", "OFF", "CAL"])
def test_what_does_not_tell_whether_the_mains_are_there_is_no_status(words: str) -> None:
    assert isinstance(read(NutServer(ups_status=words, input_voltage="")), Unreachable)


@pytest.mark.parametrize("value", ["", "nan", "inf", "-1", "101", "full", "1e9"])
def test_an_absurd_charge_or_runtime_is_unknown(value: str) -> None:
    told = status(battery_charge=value, battery_runtime=value if value != "101" else "")
    assert (told.charge_pct, told.runtime_s) == (None, None)


@pytest.mark.parametrize(
    ("value", "load_pct"),
    [("42.5", 42.5), ("0", 0.0), ("130", 130.0), ("", None), ("-1", None), ("255", None)],
)
def test_its_load_is_told_where_it_tells_one(value: str, load_pct: float | None) -> None:
    assert status(ups_load=value).load_pct == load_pct


def test_a_delay_that_is_not_told_can_cover_nothing() -> None:
    assert status(ups_delay_shutdown="").graceful_off_s == 0.0


@pytest.mark.parametrize(("timer", "armed"), [("-1", False), ("0", False), ("77", True), ("", False)])
def test_its_shutdown_timer_shows_that_an_off_counts_down(timer: str, armed: bool) -> None:
    assert status(ups_timer_shutdown=timer).off_armed is armed


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("ERR DATA-STALE", "DATA-STALE: its driver hears nothing from the UPS"),
        ("ERR UNKNOWN-UPS", "UNKNOWN-UPS: it knows no UPS of this name"),
        ("ERR TEAPOT", "TEAPOT"),
        ("ERR ", "?"),
        ("HTTP/1.1 400 Bad Request", "no list begins with 'HTTP/1.1 400 Bad Request'"),
        (b"", "it hung up"),
        (b"x" * 10_000, "a line of more than 4096 bytes"),
        (b"BEGIN LIST VAR pretend\n" + b"VAR x\n" * 2001, "a list of more than 2000 lines"),
    ],
)
def test_anything_but_its_variables_is_a_reason(answer: str | bytes, reason: str) -> None:
    server = NutServer()
    server.answers["LIST VAR"] = answer
    assert read(server) == Unreachable(f"upsd: {reason}")


def test_lines_that_are_no_variables_are_passed_over() -> None:
    server = NutServer()
    server.answers["LIST VAR"] = (
        b'BEGIN LIST VAR pretend\nVAR pretend ups.status "OL"\nVAR pretend\n\xff\xfe\n'
        b'VAR pretend x "\\"y\\""\nEND LIST VAR pretend\n'
    )
    assert read(server).mains is True


def test_silence_costs_the_limit_and_no_more() -> None:
    server = NutServer()
    server.silent = True
    began_s = time.monotonic()
    assert read(server, limit_s=0.1) == Unreachable("upsd: no answer in 0.1 s")
    assert time.monotonic() - began_s < LIMIT_S / 2


def test_a_closed_port_and_a_name_that_would_be_a_second_line_are_reasons() -> None:
    assert read(NutServer(), port=1) == Unreachable("upsd: nothing listens there")
    assert "is no name of a UPS" in read(NutServer(), ups="x\nFSD x").reason


# What it is told


@pytest.mark.parametrize(
    ("how", "command", "falls_in_s"),
    [
        (Off.NOW, "load.off", 0.0),
        (Off.GRACEFUL, "shutdown.stayoff", 420.0),
        (Off.DELAYED, "shutdown.stayoff", 420.0),
        (Off.UNTIL_MAINS, "shutdown.return", 420.0),
    ],
)
@pytest.mark.parametrize("tracks", [(), ("PENDING", "SUCCESS")])
def test_an_off_is_accepted_when_the_driver_or_the_variables_say_so(
    how: Off, command: str, falls_in_s: float, tracks: tuple[str, ...]
) -> None:
    server = NutServer()
    server.tracks = tracks
    receipt = at(server, lambda ups: ups.switch_off(how))
    assert receipt == Receipt(Accepted.YES, falls_in_s=falls_in_s)
    assert server.heard.count(f"INSTCMD pretend {command}") == 1


def test_conserve_is_refused_unless_on_battery() -> None:
    server = NutServer()
    assert at(server, lambda ups: ups.switch_off(Off.CONSERVE)) == Receipt(Accepted.NO, "not on battery")
    server.variables["ups.status"] = "OB"
    assert at(server, lambda ups: ups.switch_off(Off.CONSERVE)).ok


def test_without_shutdown_stayoff_the_delay_is_given_along() -> None:
    server = NutServer()
    server.commands = ("load.off.delay",)
    server.effects["load.off.delay"] = {"ups.timer.shutdown": "420"}
    assert at(server, lambda ups: ups.switch_off(Off.GRACEFUL)).ok
    assert "INSTCMD pretend load.off.delay 420" in server.heard


def test_it_is_switched_on() -> None:
    server = NutServer(ups_status="OL OFF")
    assert at(server, lambda ups: ups.switch_on()) == Receipt(Accepted.YES)


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (lambda server: setattr(server, "commands", ()), "upsd offers none of load.off for this UPS"),
        (lambda server: server.answers.update(INSTCMD="ERR ACCESS-DENIED"), "upsd: ACCESS-DENIED: this user"),
        (lambda server: setattr(server, "tracks", ("PENDING", "ERR FAILED")), "upsd: FAILED: its driver"),
    ],
)
def test_a_refusal_says_who_refused(prepare: Callable[[NutServer], Any], reason: str) -> None:
    server = NutServer()
    prepare(server)
    receipt = at(server, lambda ups: ups.switch_off(Off.NOW))
    assert receipt.accepted is Accepted.NO
    assert receipt.reason.startswith(reason)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"user": ""}, "upsd: no user is named for it, so it is only read"),
        ({"secret": "env:NO"}, "upsd: no env:NO"),
        ({"user": "x\nFSD pretend"}, "upsd: a user or pass phrase with control characters cannot be sent"),
        ({"port": 1}, "upsd: nothing listens there"),
        ({"user": "other"}, "upsd: ACCESS-DENIED: this user may not do that, or the pass phrase is wrong"),
    ],
)
def test_each_way_not_to_command_has_its_own_reason(changes: dict[str, Any], reason: str) -> None:
    server = NutServer()
    assert at(server, lambda ups: ups.switch_on(), **changes) == Receipt(Accepted.NO, reason)
    assert not any(line.startswith("FSD") for line in server.heard)


def test_sleep_is_refused_and_so_is_an_off_whose_delay_nobody_knows() -> None:
    server = NutServer(ups_delay_shutdown="")
    sleep = at(server, lambda ups: ups.switch_off(Off.SLEEP, sleep_s=3600.0))
    assert sleep == Receipt(Accepted.NO, "NUT has no command for sleep")
    assert "does not tell ups.delay.shutdown" in at(server, lambda ups: ups.switch_off(Off.GRACEFUL)).reason
    assert not any(line.startswith("INSTCMD") for line in server.heard)


@pytest.mark.parametrize("then", ["nothing shows", "the driver is lost", "it hangs up", "it is silent"])
def test_queued_and_then_not_shown_is_unknown_and_sent_once(then: str) -> None:
    server = NutServer()
    server.effects = {}
    match then:
        case "the driver is lost":
            server.effects = {"load.off": {}}
            server.answers["INSTCMD"] = "OK"
        case "it hangs up":
            server.answers["INSTCMD"] = b""
        case "it is silent":
            server.answers["INSTCMD"] = b" "

    async def story(ups: NutUps) -> Receipt:
        asking = asyncio.create_task(ups.switch_off(Off.NOW))
        while not any(line.startswith("INSTCMD") for line in server.heard) and not asking.done():
            await asyncio.sleep(0.005)
        if then == "the driver is lost":
            server.answers["LIST VAR"] = "ERR DATA-STALE"
        return await asking

    receipt = at(server, story, limit_s=0.6)
    assert receipt.accepted is Accepted.UNKNOWN
    assert server.heard.count("INSTCMD pretend load.off") == 1


def test_an_off_that_upsd_took_counts_as_armed_until_it_is_seen_or_overdue() -> None:
    server, clock = NutServer(), Clock()
    server.effects = {}
    server.tracks = ("SUCCESS",)

    async def story(ups: NutUps) -> list[bool]:
        async def armed() -> bool:
            told = await ups.read()
            assert isinstance(told, UpsStatus)
            return told.off_armed

        seen = [await armed()]
        await ups.switch_off(Off.GRACEFUL)
        seen.append(await armed())
        clock.now_s += 451
        seen.append(await armed())
        await ups.switch_off(Off.GRACEFUL)
        server.variables["ups.status"] = "OL OFF"
        seen.append(await armed())
        server.variables["ups.status"] = "OL"
        return [*seen, await armed()]

    assert at(server, story, clock=clock) == [False, True, False, False, False]


def test_the_pass_phrase_shows_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(0)
    server = NutServer()
    server.answers["PASSWORD"] = "ERR INVALID-PASSWORD"
    receipt = at(server, lambda ups: ups.switch_on())
    assert receipt.reason == "upsd: INVALID-PASSWORD"
    assert PASSWORD not in caplog.text + repr(receipt)
    assert USER in server.heard[0]


def test_a_contact_without_a_user_is_read_all_the_same() -> None:
    assert NutContact("127.0.0.1", "x").user == ""
    assert read(NutServer(), user="", secret="").mains is True
