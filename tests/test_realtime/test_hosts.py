"""Watched hosts of the LAN: what counts as an answer, and what as silence."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator

import pytest

from realtime import hosts
from realtime.hosts import MayNot, PingHost, ping
from sequencer.ports import HostStatus, Unreachable
from tests.test_realtime.hostile import closed_port, listening


def may_ping() -> bool:
    try:
        asyncio.run(asyncio.wait_for(ping("127.0.0.1"), 1))
    except (MayNot, OSError, TimeoutError):
        return False
    return True


def looked(address: str = "127.0.0.1", *, limit_s: float = 5.0, ports: tuple[int, ...] = ()) -> object:
    return asyncio.run(PingHost(address, limit_s=limit_s, ports=ports).read())


@pytest.fixture
def no_pings(monkeypatch: pytest.MonkeyPatch) -> None:
    async def may_not(address: str) -> None:
        raise MayNot

    monkeypatch.setattr(hosts, "ping", may_not)


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port that takes no more connections: what is sent there is dropped without a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        callers = []
        for _ in range(4):
            caller = socket.socket()
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
            callers.append(caller)
        yield listener.getsockname()[1]
        for caller in callers:
            caller.close()


def test_a_host_that_echoes_is_there() -> None:
    if not may_ping():
        pytest.skip("this process may open no ping sockets (net.ipv4.ping_group_range)")
    assert looked() == HostStatus()


def test_a_host_that_accepts_a_connection_is_there(no_pings: None) -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def run() -> None:
        async with listening(peer) as port:
            assert await PingHost("127.0.0.1", limit_s=5, ports=(port,)).read() == HostStatus()

    asyncio.run(run())


def test_a_refused_connection_is_an_answer(no_pings: None) -> None:
    assert looked(ports=(closed_port(),)) == HostStatus()


def test_silence_is_not_an_answer_and_ends_at_the_limit(no_pings: None, deaf: int) -> None:
    """R8-04."""
    assert looked(limit_s=0.05, ports=(deaf,)) == Unreachable("no answer in 0.05 s")


def test_one_answer_among_silent_ports_is_enough(no_pings: None, deaf: int) -> None:
    assert looked(ports=(deaf, closed_port(), deaf)) == HostStatus()


def test_a_ping_that_is_not_echoed_leaves_time_for_the_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_echo(address: str) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(hosts, "ping", no_echo)
    assert looked(limit_s=1.0, ports=(closed_port(),)) == HostStatus()


def test_an_address_nobody_knows_is_told(no_pings: None) -> None:
    told = looked("no-such-host.invalid", ports=(22,))
    assert isinstance(told, Unreachable)
    assert "no-such-host.invalid" in told.reason or "no answer" in told.reason


def test_without_any_way_nothing_is_known(no_pings: None) -> None:
    assert looked() == Unreachable("no answer at any port")
