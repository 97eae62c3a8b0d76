"""The cluster through its manager's commands and REST, against stand-ins, and against peers that fail."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from realtime.cluster_mode import AcMode, ac_mode
from realtime.clusters.cluster import Cluster
from realtime.commands import run as run_program
from realtime.contacts import ClusterContact
from realtime.secret import Secret
from sequencer.ports import Accepted, ClusterState, ClusterStatus, Receipt, Unreachable
from sequencer.requests import Wish
from sequencer.site import Job
from sim.room import Room
from sim.server import State
from teiden.emulator.cluster_rest import ClusterRest
from teiden.emulator.cluster_standins import ClusterStandins
from tests.test_realtime.hostile import closed_port, listening
from tests.worlds import reference_model, reference_site

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="the stand-ins are programs of a POSIX system"
)
SETTINGS = reference_site().cluster
BOTH = frozenset(SETTINGS.nodes)


def act(do: Callable[[], Any]) -> Any:
    return do()


def pretend_room() -> Room:
    room = Room(reference_site(), reference_model(), horizon_s=1e6)
    for node in room.nodes.values():
        node.begin = lambda: None  # type: ignore[method-assign]
    return room


def nodes_of(room: Room) -> dict[str, Any]:
    return {name: room.servers[name] for name in SETTINGS.nodes}


def driver(limit_s: float = 10.0, **contact: Any) -> Cluster:
    return Cluster(ClusterContact(limit_s=limit_s, **contact), SETTINGS, "control1", limit_s=limit_s)


def with_standins(do: Callable[..., Awaitable[None]], limit_s: float = 10.0, **settings: Any) -> None:
    async def run() -> None:
        room = pretend_room()
        standins = ClusterStandins(room.cluster, nodes_of(room), act, **settings)
        await standins.start()
        try:
            await do(driver(limit_s, commands=standins.commands("control1")), room, standins)
        finally:
            await standins.close()

    asyncio.run(run())


def test_what_the_commands_do_is_seen_by_looking() -> None:
    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        assert await cluster.read() == ClusterStatus(ClusterState.RUNNING, "control1", BOTH)
        assert await cluster.stop() == Receipt(Accepted.YES)
        assert await cluster.read() == ClusterStatus(ClusterState.STOPPING, None)
        room.env.run(until=room.env.now + 600)
        assert await cluster.read() == ClusterStatus(ClusterState.STOPPED, None)
        assert room.servers["control1"].state is State.UP, "stopping the cluster leaves the systems up"
        assert await cluster.start() == Receipt(Accepted.YES)
        assert await cluster.read() == ClusterStatus(ClusterState.STARTING, None)

    with_standins(do)


def test_a_restart_boots_every_node() -> None:
    """R9-23: `clpstdn -r`, and each of them boots once."""

    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        assert (await cluster.restart()).ok
        room.env.run(until=room.env.now + 3600)
        booted = [e.subject for e in room.stream if e.name == "server.booting"]
        assert sorted(booted) == ["control1", "control2"]
        assert await cluster.read() == ClusterStatus(ClusterState.RUNNING, "control1", BOTH)

    with_standins(do)


def test_what_the_manager_refuses_is_refused_with_its_words() -> None:
    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        assert await cluster.start() == Receipt(Accepted.NO, "exit code 1: Command failed. it is running")

    with_standins(do)


def test_a_program_that_hangs_leaves_a_command_unknown() -> None:
    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        standins.silent = True
        assert await cluster.stop() == Receipt(Accepted.UNKNOWN, "still running after 0.2 s")
        assert await cluster.read() == Unreachable("timed out after 0.2 s")
        await cluster.close()

    with_standins(do, limit_s=0.2)


def test_a_slow_program_is_neither_killed_at_its_limit_nor_started_twice(tmp_path: Path) -> None:
    """R9-03: the cluster is told to stop once, however long its manager takes."""
    os.mkfifo(tmp_path / "gate")
    script = f'echo stopping >>"{tmp_path}/log"; cat "{tmp_path}/gate"; echo stopped >>"{tmp_path}/log"'

    async def run() -> None:
        cluster = driver(0.05, commands={"stop": ("sh", "-c", script)})
        for _ in range(2):
            assert (await cluster.stop()).accepted is Accepted.UNKNOWN
        gate = await asyncio.to_thread(open, tmp_path / "gate", "w")
        gate.close()
        while "stopped" not in (tmp_path / "log").read_text():
            await asyncio.sleep(0.005)
        assert (tmp_path / "log").read_text() == "stopping\nstopped\n"
        await cluster.close()

    asyncio.run(asyncio.wait_for(run(), 10))


def test_the_room_hears_that_it_was_forced() -> None:
    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        assert (await cluster.force()).ok
        assert "cluster.forced" in {e.name for e in room.stream}

    with_standins(do)


def test_force_needs_no_program() -> None:
    assert asyncio.run(driver().force()) == Receipt(Accepted.YES, "nothing to run")


def test_the_manager_tells_of_its_own_shutdown_before_it_goes_while_its_ac_mode_is_on() -> None:
    told: list[tuple[str, Wish, ClusterState]] = []

    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        standins._told = lambda node, wish: told.append((node, wish, room.cluster.state))
        folder = standins.folder("control2")

        async def typed(*words: str) -> str:
            program = [str(folder / words[0]), *words[1:]]
            return await asyncio.to_thread(subprocess.check_output, program, text=True)

        assert ac_mode(await typed("clpacmode")) is AcMode.ENABLED
        await typed("clpacmode", "disable")
        assert ac_mode(await typed("clpacmode")) is AcMode.DISABLED
        await typed("clpstdn", "-r")
        assert told == []
        await typed("clpacmode", "enable")
        room.cluster.state = ClusterState.RUNNING
        await typed("clpstdn")
        assert told == [("control2", Wish.CLUSTER_SHUTDOWN, ClusterState.RUNNING)]

    with_standins(do)


def test_our_own_stop_is_known_as_ours_while_it_may_last() -> None:
    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        assert not cluster.stops_for_us
        await cluster.stop()
        assert cluster.stops_for_us
        await cluster.start()
        assert not cluster.stops_for_us

    with_standins(do)

    async def refused() -> None:
        cluster = driver(commands={"stop": ("false",)})
        await cluster.stop()
        assert not cluster.stops_for_us

    asyncio.run(refused())


def test_the_screen_and_the_rest_service_tell_what_the_room_is_in() -> None:
    """Every state, with every holder, read back by both ways."""

    async def do(cluster: Cluster, room: Room, standins: ClusterStandins) -> None:
        rest = ClusterRest(room.cluster, nodes_of(room), act)
        await rest.start()
        other = driver(rest_url=rest.url)
        pretend = room.cluster
        states = [(state, None) for state in ClusterState] + [
            (ClusterState.RUNNING, n) for n in SETTINGS.nodes
        ]
        for pretend.state, pretend.holder in states:
            pretend.members = set(SETTINGS.nodes) if pretend.state is not ClusterState.STOPPED else set()
            for way in (cluster, other):
                assert await way.read() == pretend.status
        await other.close()
        await rest.close()

    with_standins(do)


# Programs of one's own


def test_any_program_may_tell_the_state_and_is_told_of_whom(tmp_path: Path) -> None:
    heard = tmp_path / "heard"
    script = f'echo "$@" >"{heard}"; echo running control2'
    cluster = driver(commands={"state": ("sh", "-c", script, "sh", "{name}", "{node}")})
    assert asyncio.run(cluster.read()) == ClusterStatus(ClusterState.RUNNING, "control2")
    assert heard.read_text() == f"{SETTINGS.name} control1\n"


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo running", "it said 'running', which is no state of a cluster"),
        ("echo '<server>'", "clpstat names no servers"),
        ("echo not permitted >&2; exit 4", "exit code 4: not permitted"),
    ],
)
def test_a_program_that_fails_leaves_the_state_unknown(script: str, reason: str) -> None:
    assert asyncio.run(driver(commands={"state": ("sh", "-c", script)}).read()) == Unreachable(reason)


def test_without_the_manager_nothing_is_known_and_nothing_was_asked() -> None:
    cluster = driver(commands={"state": ("/nowhere/clpstat",), "stop": ("/nowhere/clpcl",)})
    looked, stopped = asyncio.run(cluster.read()), asyncio.run(cluster.stop())
    assert isinstance(looked, Unreachable)
    assert "/nowhere/clpstat" in looked.reason
    assert stopped.accepted is Accepted.NO


def test_groups_on_two_servers_are_told_of_once(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    screen = tmp_path / "screen"
    screen.write_text(
        "<server>\n control1 .: Online\n control2 .: Online\n<group>\n"
        " web .: Online\n  current : control1\n sql .: Online\n  current : control2\n"
    )
    cluster = driver(commands={"state": ("cat", str(screen))})
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert asyncio.run(cluster.read()) == ClusterStatus(ClusterState.RUNNING, None, BOTH)
    assert [r.getMessage() for r in caplog.records] == [
        "groups of ssccluster run on control1, control2; name the one that counts"
    ]


# REST


def read_by_rest(peer: Any = None, *, limit_s: float = 5.0, url: str = "", **contact: Any) -> object:
    async def run() -> object:
        if peer is None:
            cluster = driver(limit_s, rest_url=url, **contact)
            told = await cluster.read()
            await cluster.close()
            return told
        async with listening(peer) as port:
            cluster = driver(limit_s, rest_url=f"http://127.0.0.1:{port}", **contact)
            told = await cluster.read()
            await cluster.close()
            return told

    return asyncio.run(run())


def http(body: bytes, status: str = "200 OK", headers: bytes = b"") -> Callable[..., Awaitable[None]]:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readuntil(b"\r\n\r\n"):
            length = f"Content-Length: {len(body)}\r\n".encode()
            writer.write(f"HTTP/1.1 {status}\r\n".encode() + length + headers + b"\r\n" + body)
            await writer.drain()

    return peer


def test_the_password_is_given_and_a_wrong_one_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER_WORD", "right")
    monkeypatch.setenv("WRONG_WORD", "wrong")

    async def run() -> None:
        room = pretend_room()
        rest = ClusterRest(room.cluster, nodes_of(room), act, user="root", word=Secret("right"))
        await rest.start()
        told = []
        for secret in ("env:CLUSTER_WORD", "env:WRONG_WORD", "env:NO_WORD"):
            cluster = driver(rest_url=rest.url, rest_user="root", rest_secret=secret)
            told.append(await cluster.read())
            await cluster.close()
        rest.failing = True
        cluster = driver(rest_url=rest.url, rest_user="root", rest_secret="env:CLUSTER_WORD")
        told.append(await cluster.read())
        await cluster.close()
        await rest.close()
        assert told[0] == ClusterStatus(ClusterState.RUNNING, "control1", BOTH)
        assert told[1] == Unreachable("servers: HTTP 401, result 1: not authorized")
        assert told[2] == Unreachable("the environment has no NO_WORD")
        assert told[3] == Unreachable("servers: HTTP 200, result 2: internal error")

    asyncio.run(run())


def test_a_password_does_not_leave_the_machine_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLUSTER_WORD", "right")
    told = read_by_rest(url="http://192.0.2.1:29009", rest_user="root", rest_secret="env:CLUSTER_WORD")
    assert told == Unreachable("a password over http:// goes to this machine only; use https://")


@pytest.mark.parametrize(
    ("peer", "words"),
    [
        (http(b"not json"), "no list of them"),
        (http(b"[" * 20_000), "no list of them"),
        (http(b'{"servers": [1], "result": {"code": 0}}'), "no list of them"),
        (http(b'{"servers": [{"name": "control1"}], "groups": []}'), "an entry has no status"),
        (http(b'{"servers": [], "groups": []}'), "no server called control1, control2"),
        (http(b"", "302 Found", b"Location: http://192.0.2.1/\r\n"), "HTTP 302"),
        (http(b"{}", "500 Internal Server Error"), "HTTP 500"),
        (http(b" " * (1024 * 1024 + 1)), "more than 1048576 bytes"),
    ],
)
def test_an_answer_that_is_no_report_leaves_it_unknown(peer: Any, words: str) -> None:
    told = read_by_rest(peer)
    assert isinstance(told, Unreachable)
    assert words in told.reason


def test_a_peer_that_keeps_silent_or_is_not_there_leaves_it_unknown() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert read_by_rest(silent, limit_s=0.05) == Unreachable("no answer in 0.05 s")
    nobody = read_by_rest(url=f"http://127.0.0.1:{closed_port()}")
    assert isinstance(nobody, Unreachable)
    assert "refused" in nobody.reason.lower() or "connect" in nobody.reason.lower()


def test_r2_06_a_job_of_a_control_node_is_played_by_the_room_and_runs_nothing() -> None:
    async def played() -> None:
        site = reference_site(control1__stop_jobs=(Job("save", ("/nowhere/save",), 30.0),))
        room = Room(site, reference_model(), horizon_s=1e6)
        standins = ClusterStandins(room.cluster, nodes_of(room), act)
        await standins.start()
        try:
            nobody = await run_program(standins.system("control1", "job", "nobody"), 10.0)
            assert nobody.code == 1
            job = asyncio.create_task(run_program(standins.system("control1", "job", "save"), 10.0))
            while not job.done():
                room.env.run(until=room.env.now + 0.1)
                await asyncio.sleep(0.001)
            assert job.result().code == 0
        finally:
            await standins.close()

    asyncio.run(played())
