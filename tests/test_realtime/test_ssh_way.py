"""The few verbs over real SSH: what is accepted, refused or unknown, and every way not to be let in."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from realtime.contacts import SshContact
from realtime.servers.ssh import Ssh
from realtime.servers.way import NotSent, Told
from sequencer.ports import Accepted, JobResult, Receipt, Unreachable
from sequencer.site import Job
from sim.server import State
from tests.test_realtime.machine import HOST_KEY, LIMIT_S, OTHER_KEY, OWN_KEY, Machine, machine, pinned

Serve = Callable[["asyncssh.SSHServerProcess[str]"], Awaitable[None]]


def at_a_machine(folder: Path, do: Callable[[Machine, Ssh], Coroutine[Any, Any, Any]], **changes: Any) -> Any:
    async def run() -> Any:
        async with machine(folder) as made:
            return await do(made, Ssh(made.ssh_contact(**changes), limit_s=LIMIT_S))

    return asyncio.run(run())


@asynccontextmanager
async def answering(folder: Path, serve: Serve) -> AsyncIterator[SshContact]:
    """Somebody with the right host key who answers as he likes."""
    key = folder / "id"
    key.touch(0o600)
    key.write_bytes(OWN_KEY.export_private_key())
    acceptor = await asyncssh.listen(
        "127.0.0.1",
        0,
        config=None,
        server_host_keys=[HOST_KEY],
        authorized_client_keys=asyncssh.import_authorized_keys(pinned(OWN_KEY)),
        process_factory=serve,
    )
    try:
        yield SshContact("127.0.0.1", acceptor.get_port(), key=str(key), host_key=pinned(HOST_KEY))
    finally:
        acceptor.close()
        await acceptor.wait_closed()


def told_by(folder: Path, serve: Serve, *, limit_s: float = LIMIT_S, system: str = "linux") -> Told:
    async def run() -> Told:
        async with answering(folder, serve) as contact:
            return await Ssh(replace(contact, system=system), limit_s=limit_s).shut_down()

    return asyncio.run(run())


def test_an_accepted_shutdown_moves_the_machine_and_its_port_closes_when_it_is_halted(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> None:
        assert await ssh.shut_down() == Receipt(Accepted.YES)
        assert made.server.state is State.SHUTTING_DOWN
        await made.go(1000)
        assert made.server.state is State.HALTED
        assert await ssh.shut_down() == NotSent(f"127.0.0.1:{made.ssh.port}: nothing listens there")

    at_a_machine(tmp_path, story)


def test_a_reboot_comes_back_on_the_same_port(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> None:
        assert await ssh.reboot() == Receipt(Accepted.YES)
        await made.go(91)
        assert made.server.state is State.BOOTING
        assert isinstance(await ssh.clock_s(), Unreachable)
        await made.go(1000)
        assert isinstance(await ssh.clock_s(), float)

    at_a_machine(tmp_path, story)


def test_a_refusal_comes_back_with_its_reason(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> Told:
        made.server.faults.refuses = True
        return await ssh.shut_down()

    assert at_a_machine(tmp_path, story) == Receipt(Accepted.NO, "permission denied")


def test_its_clock_is_told_in_seconds_since_1970(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> None:
        made.server.clock.skew_s = 3600.0
        shown_s = await ssh.clock_s()
        assert shown_s == pytest.approx(made.server.clock.now().timestamp(), abs=1)

    at_a_machine(tmp_path, story)


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("export", JobResult.DONE),
        ("broken", JobResult.FAILED),
        ("slow", JobResult.TIMED_OUT),
        ("nobody-knows-it", JobResult.FAILED),
    ],
)
def test_a_job_is_run_by_its_name_and_its_end_comes_back(
    tmp_path: Path, name: str, result: JobResult
) -> None:
    async def story(made: Machine, ssh: Ssh) -> Any:
        running = asyncio.create_task(ssh.run(Job(name, ("/not/sent",))))
        while not made.server.jobs._running and not running.done():
            await asyncio.sleep(0.005)
        await made.go(100)
        return await running

    assert at_a_machine(tmp_path, story) is result


def test_a_job_whose_system_goes_down_is_unreachable(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> Any:
        running = asyncio.create_task(ssh.run(Job("export", ())))
        while not made.server.jobs._running:
            await asyncio.sleep(0.005)
        made.server.crash()
        await made.settled()
        return await running

    assert isinstance(at_a_machine(tmp_path, story), Unreachable)


@pytest.mark.parametrize("name", ["", "../id", "a b", "a;b", "$(id)", "-x", "仕事"])
def test_a_job_name_that_a_shell_might_read_otherwise_is_not_sent(tmp_path: Path, name: str) -> None:
    ssh = Ssh(SshContact("127.0.0.1", 9), limit_s=LIMIT_S)
    result = asyncio.run(ssh.run(Job(name, ())))
    assert isinstance(result, Unreachable)
    assert "cannot be sent" in result.reason


# Not let in


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"host_key": pinned(OTHER_KEY)}, "its host key is not the one that is pinned"),
        ({"host_key": ""}, "no host key is pinned"),
        ({"host_key": "ssh-ed25519 AAAA"}, "the pinned host key cannot be read"),
        ({"key": "/no/such/key"}, "/no/such/key: No such file or directory"),
        ({"port": 1}, "127.0.0.1:1: nothing listens there"),
    ],
)
def test_each_way_not_to_get_in_has_its_own_reason(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    async def story(made: Machine, ssh: Ssh) -> None:
        told = await ssh.shut_down()
        assert isinstance(told, NotSent)
        assert reason in told.reason
        assert made.server.state is State.UP

    at_a_machine(tmp_path, story, **changes)


def test_a_key_it_does_not_know_is_told_apart_from_a_host_it_does_not_know(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> None:
        made.key.write_bytes(OTHER_KEY.export_private_key())
        told = await ssh.shut_down()
        assert isinstance(told, NotSent)
        assert f"does not let teiden in with {made.key}" in told.reason

    at_a_machine(tmp_path, story)


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    async def story(made: Machine, ssh: Ssh) -> Told:
        made.key.chmod(0o644)
        return await ssh.shut_down()

    told = at_a_machine(tmp_path, story)
    assert isinstance(told, NotSent)
    assert "chmod 600" in told.reason


def test_whoever_takes_the_connection_and_says_nothing_costs_the_limit_and_no_more(tmp_path: Path) -> None:
    key = tmp_path / "id"
    key.touch(0o600)
    key.write_bytes(OWN_KEY.export_private_key())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        contact = SshContact("127.0.0.1", silent.getsockname()[1], key=str(key), host_key=pinned(HOST_KEY))
        began_s = time.monotonic()
        told = asyncio.run(Ssh(contact, limit_s=0.1).shut_down())
        assert time.monotonic() - began_s < LIMIT_S / 2
    assert isinstance(told, NotSent)
    assert "no SSH session" in told.reason


# What an answer means


def test_a_connection_lost_before_the_answer_leaves_it_unknown(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        process.get_extra_info("connection").abort()

    told = told_by(tmp_path, serve)
    assert isinstance(told, Receipt)
    assert told.accepted is Accepted.UNKNOWN


def test_a_connection_lost_after_accepted_is_accepted(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("accepted\n")
        await process.stdout.drain()
        await asyncio.sleep(0.02)
        process.get_extra_info("connection").abort()

    assert told_by(tmp_path, serve) == Receipt(Accepted.YES)


def test_accepted_and_then_nothing_is_accepted_at_the_limit(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("accepted\n")
        await asyncio.sleep(60)

    assert told_by(tmp_path, serve, limit_s=1.5) == Receipt(Accepted.YES)


def test_accepted_and_then_failed_is_refused(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stdout.write("accepted\n")
        process.stdout.write("failed: shutdown ended with 4\n")
        process.exit(1)

    assert told_by(tmp_path, serve) == Receipt(Accepted.NO, "failed: shutdown ended with 4")


def test_silence_after_the_request_is_unknown(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        await asyncio.sleep(60)

    told = told_by(tmp_path, serve, limit_s=1.5)
    assert told == Receipt(Accepted.UNKNOWN, "no answer in 1.5 s")


def test_a_shell_in_place_of_the_forced_command_accepts_nothing(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        process.stderr.write("sh: shutdown: not found\n")
        process.exit(127)

    told = told_by(tmp_path, serve)
    assert isinstance(told, Receipt)
    assert told.accepted is Accepted.UNKNOWN
    assert told.reason == "not the answer of teiden-answer: exit code 127: sh: shutdown: not found"


def test_a_flood_is_bounded_and_accepts_nothing(tmp_path: Path) -> None:
    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        for _ in range(100):
            process.stdout.write("x" * 10_000)
        process.exit(0)

    told = told_by(tmp_path, serve)
    assert isinstance(told, Receipt)
    assert told.accepted is Accepted.UNKNOWN
    assert len(told.reason) < 400


# Windows


@pytest.mark.parametrize(
    ("code", "said", "accepted"),
    [
        (0, "", Accepted.YES),
        (1115, "A system shutdown is in progress.(1115)", Accepted.YES),
        (5, "Access is denied.(5)", Accepted.NO),
    ],
)
def test_windows_is_told_by_its_own_command_line(
    tmp_path: Path, code: int, said: str, accepted: Accepted
) -> None:
    asked: list[str | None] = []

    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        asked.append(process.command)
        process.stderr.write(f"{said}\r\n")
        process.exit(code)

    told = told_by(tmp_path, serve, system="windows")
    assert asked == ["shutdown /s /t 0"]
    assert isinstance(told, Receipt)
    assert told.accepted is accepted


def test_windows_jobs_are_command_lines_without_signs_that_its_shell_reads(tmp_path: Path) -> None:
    asked: list[str | None] = []

    async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
        asked.append(process.command)
        process.exit(3)

    async def run(*arguments: str) -> Any:
        async with answering(tmp_path, serve) as contact:
            return await Ssh(replace(contact, system="windows"), limit_s=LIMIT_S).run(Job("x", arguments))

    assert asyncio.run(run(r"C:\Program Files\x.exe", "/all")) is JobResult.FAILED
    assert asked == [r'"C:\Program Files\x.exe" /all']
    assert isinstance(asyncio.run(run("x.exe", "%PATH% & del *")), Unreachable)
    assert len(asked) == 1
