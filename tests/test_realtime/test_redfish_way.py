"""A controller over HTTPS: what it tells, what it does, whom it lets in, and how it may misbehave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from realtime.contacts import RedfishContact
from realtime.servers.bmc_link import MOST_BYTES
from realtime.servers.controller import Controller
from realtime.servers.redfish import Redfish
from realtime.servers.way import NotSent, Told
from sequencer.ports import Accepted, Receipt, Unreachable
from sequencer.site import AcLink
from sim.server import State
from teiden.emulator.bmc import SYSTEM
from teiden.emulator.certificate import Authority
from tests.test_realtime.machine import AUTHORITY, LIMIT_S, TLS, Machine, machine, secret

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ON: dict[str, Any] = {"PowerState": "On"}


def at_a_machine(
    folder: Path, do: Callable[[Machine, Redfish], Coroutine[Any, Any, Any]], **changes: Any
) -> Any:
    async def run() -> Any:
        async with machine(folder) as made:
            redfish = Redfish(made.bmc_contact(**changes), limit_s=LIMIT_S, secret=secret)
            try:
                return await do(made, redfish)
            finally:
                await redfish.close()

    return asyncio.run(run())


def at(
    folder: Path, handler: Handler, do: Callable[[Redfish], Coroutine[Any, Any, Any]], **changes: Any
) -> Any:
    """At a controller that answers everything as this handler does."""
    ca = folder / "ca.pem"
    ca.write_text(AUTHORITY.pem)

    async def run() -> Any:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=TLS)
        await site.start()
        contact = RedfishContact(f"https://127.0.0.1:{runner.addresses[0][1]}", ca=str(ca))
        limit_s = changes.pop("limit_s", LIMIT_S)
        redfish = Redfish(replace(contact, **changes), limit_s=limit_s, secret=secret)
        try:
            return await do(redfish)
        finally:
            await redfish.close()
            await runner.cleanup()

    return asyncio.run(run())


def answers(body: Any, **more: Any) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response(body, **more)

    return handler


# What it tells and does


def test_it_tells_power_boot_progress_and_ac_link_policy(tmp_path: Path) -> None:
    async def story(made: Machine, redfish: Redfish) -> None:
        assert await redfish.read() == Controller("On", "OSRunning", AcLink.BOOT)
        made.server.shut_down()
        assert await redfish.read() == Controller("PoweringOff", "OSRunning", AcLink.BOOT)
        await made.go(1000)
        assert await redfish.read() == Controller("Off", "", AcLink.BOOT)
        made.server.wake()
        assert await redfish.read() == Controller("On", "SystemHardwareInitializationComplete", AcLink.BOOT)

    at_a_machine(tmp_path, story)


def test_each_reset_moves_the_machine(tmp_path: Path) -> None:
    async def story(made: Machine, redfish: Redfish) -> list[State]:
        states = []
        for kind in ("GracefulShutdown", "ForceOff", "On"):
            assert await redfish.reset(kind) == Receipt(Accepted.YES)
            states.append(made.server.state)
        await made.go(1000)
        assert await redfish.reset("GracefulRestart") == Receipt(Accepted.YES)
        await made.go(91)
        return [*states, made.server.state]

    states = at_a_machine(tmp_path, story)
    assert states == [State.SHUTTING_DOWN, State.HALTED, State.BOOTING, State.BOOTING]


def test_what_the_machine_refuses_is_refused_in_its_words(tmp_path: Path) -> None:
    async def story(made: Machine, redfish: Redfish) -> Told:
        made.server.faults.refuses = True
        return await redfish.reset("GracefulShutdown")

    assert at_a_machine(tmp_path, story) == Receipt(Accepted.NO, "controller: HTTP 409: permission denied")


def test_a_reset_that_is_not_offered_is_not_sent(tmp_path: Path) -> None:
    async def story(_: Machine, redfish: Redfish) -> Told:
        return await redfish.reset("Nmi")

    told = at_a_machine(tmp_path, story)
    assert isinstance(told, NotSent)
    assert "it offers no Nmi, only ForceOff, GracefulRestart, GracefulShutdown, On" in told.reason


def test_the_ac_link_policy_may_be_refused(tmp_path: Path) -> None:
    async def story(_: Machine, redfish: Redfish) -> Told:
        return await redfish.set_ac_link(AcLink.STAY_OFF)

    told = at_a_machine(tmp_path, story)
    assert isinstance(told, Receipt)
    assert told.accepted is Accepted.NO
    assert "BIOS" in told.reason


def test_the_ac_link_policy_is_set_for_the_version_that_was_read(tmp_path: Path) -> None:
    asked: list[tuple[Any, str]] = []

    async def handler(request: web.Request) -> web.Response:
        if request.method == "PATCH":
            asked.append((await request.json(), request.headers.get("If-Match", "")))
            return web.Response(status=204)
        return web.json_response(ON, headers={"ETag": '"7"'})

    assert at(tmp_path, handler, lambda r: r.set_ac_link(AcLink.LAST_STATE)) == Receipt(Accepted.YES)
    assert asked == [({"PowerRestorePolicy": "LastState"}, '"7"')]


def test_without_power_its_port_refuses_and_with_power_it_is_back(tmp_path: Path) -> None:
    async def story(made: Machine, redfish: Redfish) -> None:
        assert isinstance(await redfish.read(), Controller)
        await made.power(False)
        assert await redfish.read() == Unreachable("controller: nothing listens there")
        await made.power(True)
        assert isinstance(await redfish.read(), Controller), "with a session of its own again"

    at_a_machine(tmp_path, story)


# Whom it trusts, and whom it lets in


def test_another_ca_than_the_pinned_one_is_not_talked_to(tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(Authority().pem)

    async def story(made: Machine, redfish: Redfish) -> Any:
        return await redfish.read(), await redfish.reset("ForceOff"), made.bmc._sessions

    read, told, sessions = at_a_machine(tmp_path, story, ca=str(other))
    assert read.reason.startswith("controller: its certificate is not trusted: ")
    assert isinstance(told, NotSent)
    assert sessions == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ca": ""}, "no certificate of it, or of its CA, is named (ca)"),
        ({"ca": "/no/such/ca.pem"}, "/no/such/ca.pem: No such file or directory"),
        ({"url": "http://127.0.0.1"}, "'http://127.0.0.1' is no https address"),
        ({"url": "https://[:"}, "'https://[:' is no https address"),
        ({"secret": "env:WRONG"}, "it opens no session for teiden: HTTP 401: wrong name or pass phrase"),
        ({"user": ""}, "it does not let us in"),
        ({"system": "7"}, "/redfish/v1/Systems/7: HTTP 404"),
    ],
)
def test_each_way_not_to_be_let_in_has_its_own_reason(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    async def story(_: Machine, redfish: Redfish) -> Any:
        return await redfish.read(), await redfish.reset("ForceOff")

    read, told = at_a_machine(tmp_path, story, **changes)
    assert read == Unreachable(f"controller: {reason}")
    assert told == NotSent(f"controller: {reason}")


def test_a_file_without_a_certificate_is_a_reason(tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing\n")

    async def story(_: Machine, redfish: Redfish) -> Any:
        return await redfish.read()

    read = at_a_machine(tmp_path, story, ca=str(empty))
    assert "empty.pem" in read.reason


def test_one_session_serves_all_requests_and_is_given_back(tmp_path: Path) -> None:
    async def story(made: Machine, redfish: Redfish) -> None:
        for _ in range(3):
            await redfish.read()
        assert len(made.bmc._sessions) == 1
        await redfish.close()
        assert made.bmc._sessions == {}

    at_a_machine(tmp_path, story)


def test_a_session_that_the_controller_has_forgotten_is_opened_anew(tmp_path: Path) -> None:
    async def story(made: Machine, redfish: Redfish) -> None:
        await redfish.read()
        made.bmc._sessions.clear()
        assert await redfish.reset("ForceOff") == Receipt(Accepted.YES)

    at_a_machine(tmp_path, story)


def test_a_controller_without_sessions_gets_name_and_pass_phrase(tmp_path: Path) -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.Response(status=404)
        seen.append(request.headers.get("Authorization", ""))
        return web.json_response(ON)

    read = at(tmp_path, handler, lambda r: r.read(), user="teiden", secret="env:BMC")
    assert read == Controller("On")
    assert seen == ["Basic dGVpZGVuOm9uZSBsb25nIHBhc3MgcGhyYXNl"]


def test_no_answer_can_send_what_lets_us_in_elsewhere(tmp_path: Path) -> None:
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        if request.method == "POST":
            raise web.HTTPTemporaryRedirect("https://192.0.2.66/")
        target = {"target": "https://192.0.2.66/redfish/v1/x"}
        return web.json_response({**ON, "Actions": {"#ComputerSystem.Reset": target}})

    told = at(tmp_path, handler, lambda r: r.reset("On"))
    assert asked == [f"GET {SYSTEM}", f"POST {SYSTEM}/Actions/ComputerSystem.Reset"]
    assert told == Receipt(Accepted.NO, "controller: HTTP 307")


# Hostile, or merely odd


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "its power state is 'None'"),
        ({"PowerState": "on fire"}, "its power state is 'on fire'"),
        ({"PowerState": ["On"]}, "its power state is \"['On']\""),
        (["On"], "its answer is no JSON object"),
        ("x" * (MOST_BYTES + 1), f"its answer is longer than {MOST_BYTES} bytes"),
    ],
)
def test_an_answer_that_tells_no_power_state_is_a_reason(tmp_path: Path, body: Any, reason: str) -> None:
    assert at(tmp_path, answers(body), lambda r: r.read()) == Unreachable(f"controller: {reason}")


@pytest.mark.parametrize("text", ["<html>", "[" * 200_000, "\xff\xfe", "NaN"])
def test_what_is_no_json_is_a_reason(tmp_path: Path, text: str) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=text.encode("latin-1"), content_type="application/json")

    read = at(tmp_path, handler, lambda r: r.read())
    assert read == Unreachable("controller: its answer is no JSON object")


@pytest.mark.parametrize(
    "odd", [{"BootProgress": "soon"}, {"BootProgress": {"LastState": 7}}, {"PowerRestorePolicy": ["x"]}]
)
def test_what_is_odd_beside_the_power_state_is_unknown(tmp_path: Path, odd: dict[str, Any]) -> None:
    odd = {**odd, "Actions": 7, "BootSourceOverride": None}
    assert at(tmp_path, answers({**ON, **odd}), lambda r: r.read()) == Controller("On")


def test_a_slow_answer_costs_the_limit_and_no_more(tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(2000):  # a byte now and then, for ever
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    async def story(redfish: Redfish) -> Any:
        began_s = time.monotonic()
        read = await redfish.read()
        assert time.monotonic() - began_s < LIMIT_S / 2
        return read

    assert at(tmp_path, handler, story, limit_s=0.2) == Unreachable("controller: no answer in 0.2 s")


def test_a_reset_that_is_not_answered_is_unknown(tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            await asyncio.sleep(1.5)
        return web.json_response(ON)

    told = at(tmp_path, handler, lambda r: r.reset("On"), limit_s=1.0)
    assert told == Receipt(Accepted.UNKNOWN, "controller: no answer in 1 s")


def test_a_command_may_take_longer_than_a_look(tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.Response:
        await asyncio.sleep(1.1 if request.method == "POST" else 0.0)
        return web.json_response(ON)

    async def story(redfish: Redfish) -> Told:
        patient = Redfish(redfish._link._contact, limit_s=1.0, command_limit_s=LIMIT_S, secret=secret)
        told = await patient.reset("On")
        await patient.close()
        return told

    assert at(tmp_path, handler, story) == Receipt(Accepted.YES)


@pytest.mark.parametrize("status", [500, 503])
def test_a_reset_it_stumbles_over_is_unknown(tmp_path: Path, status: int) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            return web.json_response({"error": {"message": "busy"}}, status=status)
        return web.json_response(ON)

    told = at(tmp_path, handler, lambda r: r.reset("On"))
    assert told == Receipt(Accepted.UNKNOWN, f"controller: HTTP {status}: busy")


def test_a_connection_cut_during_a_reset_leaves_it_unknown(tmp_path: Path) -> None:
    async def handler(request: web.Request) -> web.Response:
        if request.method == "POST":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(ON)

    told = at(tmp_path, handler, lambda r: r.reset("On"))
    assert isinstance(told, Receipt)
    assert told.accepted is Accepted.UNKNOWN


def test_it_gets_one_request_at_a_time(tmp_path: Path) -> None:
    at_once = 0
    most = 0

    async def handler(_: web.Request) -> web.Response:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return web.json_response(ON)

    async def story(redfish: Redfish) -> None:
        assert await asyncio.gather(*(redfish.read() for _ in range(4))) == [Controller("On")] * 4

    at(tmp_path, handler, story)
    assert most == 1
