"""A control node as a server: our own by real programs, another one through its service or other ways."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from realtime.driver import ServerDriver
from realtime.peers.node_driver import OtherNode, OwnNode, uptime_s
from sequencer.ports import Accepted, JobResult, Os, Receipt, ServerStatus, Unreachable
from sequencer.site import Job
from tests.test_realtime.peering import Node, calling, certified, listening


@dataclass
class Ended:
    code: int | None
    started: bool = True
    words: str = ""


async def program(arguments: Sequence[str], limit_s: float) -> Ended:
    """Really runs it."""
    try:
        process = await asyncio.create_subprocess_exec(*arguments)
    except OSError as error:
        return Ended(None, False, f"not started: {error.strerror}")
    try:
        async with asyncio.timeout(limit_s):
            code = await process.wait()
            return Ended(code, words=f"exit code {code}")
    except TimeoutError:
        process.kill()
        await process.wait()
        return Ended(None, words=f"timed out after {limit_s:g} s")


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", code)


def run(steps: Coroutine[None, None, None]) -> None:
    asyncio.run(steps)


# The one we run on


def test_a_machine_has_been_up_for_longer_with_every_look_or_does_not_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if hasattr(time, "CLOCK_BOOTTIME"):
        first = uptime_s()
        assert first is not None
        assert 0 < first <= (uptime_s() or 0.0)
    monkeypatch.delattr(time, "CLOCK_BOOTTIME", raising=False)
    assert uptime_s() is None


def test_our_own_node_is_up_and_shows_its_clock_until_it_is_told_to_go_down(tmp_path: Path) -> None:
    async def steps() -> None:
        told = python(f"open({str(tmp_path / 'told')!r}, 'x')")
        own: ServerDriver = OwnNode(program, power_off=told, up=lambda: 42.0)
        status = await own.read()
        assert isinstance(status, ServerStatus)
        assert status.os is Os.UP
        assert status.clock_s == pytest.approx(time.time(), abs=5)
        assert status.up_s == 42.0
        assert await own.shut_down() == Receipt(Accepted.YES)
        assert (tmp_path / "told").exists()
        status = await own.read()
        assert isinstance(status, ServerStatus)
        assert status.os is Os.SHUTTING_DOWN

    run(steps())


def test_a_program_that_fails_or_does_not_come_back_leaves_it_up() -> None:
    async def steps() -> None:
        own = OwnNode(program, power_off=python("raise SystemExit(3)"), power_reboot=("/nowhere/reboot",))
        assert await own.shut_down() == Receipt(Accepted.NO, "exit code 3")
        assert await own.reboot() == Receipt(Accepted.NO, "not started: No such file or directory")
        slow = OwnNode(program, force_off=python("import time; time.sleep(9)"), limit_s=0.05)
        assert await slow.force() == Receipt(Accepted.UNKNOWN, "timed out after 0.05 s")
        assert not slow.going_down
        assert (await own.wake()).accepted is Accepted.NO
        assert not own.going_down

    run(steps())


def test_l3_a_system_that_was_asked_may_be_going_down_until_it_says_no() -> None:
    """It stops its services, ours too, before the program that asked it has come back."""

    async def steps() -> None:
        own = OwnNode(program, power_off=python("import time; time.sleep(9)"), limit_s=0.2)
        asking = asyncio.ensure_future(own.shut_down())
        await asyncio.sleep(0)
        assert own.may_go_down
        assert not own.going_down
        assert (await asking).accepted is Accepted.UNKNOWN
        assert own.may_go_down
        refused = OwnNode(program, power_off=python("raise SystemExit(3)"))
        await refused.shut_down()
        assert not refused.may_go_down

    run(steps())


def test_in_a_rehearsal_a_job_of_our_own_node_runs_what_the_room_names_and_not_its_own_program(
    tmp_path: Path,
) -> None:
    """Whoever rehearses a site on his own machine does not run there what is meant for a node."""

    async def steps() -> None:
        told = tmp_path / "told"
        instead = python(f"import sys; open({str(told)!r}, 'w').write(sys.argv[1])")
        own = OwnNode(program, job=(*instead, "{job}"))
        job = Job("save", python(f"open({str(tmp_path / 'real')!r}, 'x')"), 5.0)
        assert await own.run(job) is JobResult.DONE
        assert told.read_text() == "save"
        assert not (tmp_path / "real").exists()

    run(steps())


def test_a_job_that_ran_into_its_limit_under_timeout_timed_out() -> None:
    async def steps() -> None:
        own = OwnNode(program)
        assert await own.run(Job("save", python("raise SystemExit(124)"), 5.0)) is JobResult.TIMED_OUT

    run(steps())


def test_r2_06_a_job_on_our_own_node_runs_without_the_lan() -> None:
    async def steps() -> None:
        own = OwnNode(program)
        assert await own.run(Job("sync", python("pass"), 5.0)) is JobResult.DONE
        assert await own.run(Job("sync", python("raise SystemExit(1)"), 5.0)) is JobResult.FAILED
        assert await own.run(Job("sync", ("/nowhere/sync",))) is JobResult.FAILED
        assert await own.run(Job("sync", python("import time; time.sleep(9)"), 0.05)) is JobResult.TIMED_OUT

    run(steps())


# Another one


@dataclass
class OtherWays:
    """What else reaches it: answers as it is told to, and remembers what was asked."""

    status: ServerStatus | Unreachable = field(default_factory=Unreachable)
    receipt: Receipt = field(default_factory=lambda: Receipt(Accepted.YES))
    asked: list[str] = field(default_factory=list)
    closed: bool = False

    async def read(self) -> ServerStatus | Unreachable:
        return self.status

    async def shut_down(self) -> Receipt:
        return self._answer("shut down")

    async def force(self) -> Receipt:
        return self._answer("force")

    async def wake(self) -> Receipt:
        return self._answer("wake")

    async def reboot(self) -> Receipt:
        return self._answer("reboot")

    async def run(self, job: Job) -> JobResult | Unreachable:
        self.asked.append(job.name)
        return JobResult.DONE

    async def close(self) -> None:
        self.closed = True

    def _answer(self, what: str) -> Receipt:
        self.asked.append(what)
        return self.receipt


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("certificates"))


def test_its_own_service_is_asked_first_and_nobody_else_then(folder: Path) -> None:
    async def steps() -> None:
        other, ways = Node("control2"), OtherWays()
        async with listening(other, folder) as there, calling(folder, there) as peer:
            node: ServerDriver = OtherNode(peer, ways)
            assert (await node.shut_down()).ok
            assert (await node.reboot()).ok
            assert (other.halts, ways.asked) == (["shutdown", "reboot"], [])
            await node.close()
            assert ways.closed

    run(steps())


def test_where_its_service_refuses_or_is_silent_the_other_ways_are_taken(folder: Path) -> None:
    async def steps() -> None:
        other, ways = Node("control2", receipt=Receipt(Accepted.NO, "not armed")), OtherWays()
        async with listening(other, folder) as there, calling(folder, there) as peer:
            assert (await OtherNode(peer, ways).shut_down()).ok
            assert await OtherNode(peer).shut_down() == Receipt(Accepted.NO, "not armed")
            ways.receipt = Receipt(Accepted.NO, "no key")
            refused = Receipt(Accepted.NO, "its service: not armed; no key")
            assert await OtherNode(peer, ways).shut_down() == refused
            await other.link.__aexit__(None, None, None)
            ways.receipt = Receipt(Accepted.YES)
            assert (await OtherNode(peer, ways).reboot()).ok
            assert (await OtherNode(peer).reboot()).accepted is Accepted.UNKNOWN
        assert ways.asked == ["shut down", "shut down", "reboot"]

    run(steps())


def test_s11_a_service_that_answers_runs_and_its_silence_says_nothing(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        ways = OtherWays(ServerStatus(Os.HALTED, clock_s=5.0))
        going: list[bool] = []
        async with (
            listening(other, folder, going_down=lambda: bool(going)) as there,
            calling(folder, there) as peer,
        ):
            assert await OtherNode(peer).read() == ServerStatus(Os.UP)
            assert await OtherNode(peer, ways).read() == ServerStatus(Os.UP, clock_s=5.0)
            assert await OtherNode(peer, OtherWays()).read() == ServerStatus(Os.UP)
            going.append(True)
            assert await OtherNode(peer).read() == ServerStatus(Os.SHUTTING_DOWN)
            await other.link.__aexit__(None, None, None)
            assert await OtherNode(peer, ways).read() == ways.status
            assert isinstance(await OtherNode(peer).read(), Unreachable)
            both = await OtherNode(peer, OtherWays(Unreachable("no BMC answers"))).read()
            assert isinstance(both, Unreachable)
            assert both.reason.startswith("no BMC answers; its service: ")

    run(steps())


def test_what_its_service_cannot_do_is_refused_in_words_where_there_is_no_other_way(folder: Path) -> None:
    async def steps() -> None:
        ways = OtherWays()
        async with listening(Node("control2"), folder) as there, calling(folder, there) as peer:
            alone, node = OtherNode(peer), OtherNode(peer, ways)
            words = "control2 has its own service only"
            assert await alone.force() == Receipt(
                Accepted.NO, f"the site names no way to force it off: {words}"
            )
            assert await alone.wake() == Receipt(Accepted.NO, f"the site names no way to wake it: {words}")
            assert isinstance(await alone.run(Job("sync", ("true",))), Unreachable)
            assert (await node.force()).ok
            assert (await node.wake()).ok
            assert await node.run(Job("sync", ("true",))) is JobResult.DONE
        assert ways.asked == ["force", "wake", "sync"]

    run(steps())
