"""A whole server behind its driver: by whichever ways, looks tell the truth and commands arrive once."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import CommandContact, RedfishContact, ServerContact, SshContact, WakeContact
from realtime.driver import ServerDriver as Driver
from realtime.extra import ExtraMissing
from realtime.servers.server import ServerDriver
from realtime.servers.wake import magic_packet
from sequencer.ports import Accepted, JobResult, Os, Receipt, ServerStatus, Unreachable
from sequencer.site import AcLink, Job, Server, ServerRole
from sim.server import State
from teiden.emulator.cable import Cable
from teiden.emulator.room import LOOPBACK as HOST
from teiden.emulator.wake_listener import mac_in
from tests.test_realtime.machine import JOBS, LIMIT_S, MAC, OTHER_KEY, Machine, machine, pinned, secret

SERVER = Server("blade1", ServerRole.LINKED, ("ups5",), address="192.0.2.1")
JOB = Job("export", ("/opt/export", "--all"))


def at_a_machine(
    folder: Path,
    do: Callable[[Machine, ServerDriver], Coroutine[Any, Any, Any]],
    *ways: str,
    change: Callable[[ServerContact], ServerContact] = lambda contact: contact,
) -> Any:
    async def run() -> Any:
        async with machine(folder) as made:
            driver = ServerDriver(
                change(made.contact(*ways)),
                made.settings,
                limit_s=LIMIT_S,
                secret_at=secret,
                clock=lambda: float(made.room.env.now),
            )
            try:
                return await do(made, driver)
            finally:
                await driver.close()

    return asyncio.run(run())


def by_command(**commands: tuple[str, ...]) -> ServerDriver:
    contact = CommandContact(commands, limit_s=LIMIT_S)
    return ServerDriver(ServerContact(command=contact), SERVER, limit_s=LIMIT_S)


def shell(script: str) -> tuple[str, ...]:
    return ("/bin/sh", "-c", script, "sh", "{name}", "{address}")


async def os_of(driver: Driver[Any]) -> Os | str:
    status = await driver.read()
    return status.reason if isinstance(status, Unreachable) else status.os


# Looking


def test_with_a_controller_every_state_is_seen_and_without_power_nothing_is(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> list[Os | str]:
        seen = [await os_of(driver)]
        assert (await driver.shut_down()).ok
        seen.append(await os_of(driver))
        await made.go(1000)
        seen.append(await os_of(driver))
        assert (await driver.wake()).ok
        seen.append(await os_of(driver))
        await made.go(1000)
        seen.append(await os_of(driver))
        await made.power(False)
        return [*seen, await os_of(driver)]

    assert at_a_machine(tmp_path, story, "bmc", "ssh", "wake") == [
        Os.UP, Os.SHUTTING_DOWN, Os.HALTED, Os.BOOTING, Os.UP, "controller: nothing listens there",
    ]  # fmt: skip


def test_without_a_controller_it_is_up_or_unreachable_and_never_halted(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> None:
        silent = f"127.0.0.1:{made.ssh.port}: nothing listens there"
        assert await os_of(driver) is Os.UP
        assert (await driver.shut_down()).ok
        assert await os_of(driver) is Os.SHUTTING_DOWN
        await made.go(1000)
        assert await os_of(driver) == silent
        assert await driver.force() == Receipt(Accepted.NO, "nothing that could force it is set up")
        assert (await driver.wake()).reason == "sent; nobody acknowledges it"
        while made.ears.heard < 3:
            await asyncio.sleep(0.005)
        assert made.server.state is State.BOOTING
        assert await os_of(driver) == silent
        await made.go(1000)
        assert await os_of(driver) is Os.UP

    at_a_machine(tmp_path, story, "ssh", "wake")


def test_a_reboot_is_not_over_while_it_is_on_its_way_down(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> None:
        assert (await driver.reboot()).ok
        assert await os_of(driver) is Os.SHUTTING_DOWN
        await made.go(100)
        assert isinstance(await driver.read(), Unreachable)
        await made.go(1000)
        assert await os_of(driver) is Os.UP

    at_a_machine(tmp_path, story, "ssh")


def test_its_clock_is_asked_once_and_reckoned_on(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> None:
        made.server.clock.skew_s = 77.0
        first = await driver.read()
        assert isinstance(first, ServerStatus)
        assert first.clock_s == pytest.approx(made.server.clock.now().timestamp(), abs=1)
        made.server.clock.step(1000.0)
        await made.go(300)
        later = await driver.read()
        assert isinstance(later, ServerStatus)
        assert later.clock_s == pytest.approx((first.clock_s or 0) + 300), "not asked again yet"
        await made.go(301)
        last = await driver.read()
        assert isinstance(last, ServerStatus)
        assert last.clock_s == pytest.approx(made.server.clock.now().timestamp(), abs=1)

    at_a_machine(tmp_path, story, "bmc", "ssh")


def test_nothing_set_up_is_told_and_not_guessed() -> None:
    driver = ServerDriver(ServerContact(), SERVER, limit_s=LIMIT_S)

    async def story() -> None:
        assert "nothing that could tell its state is set up" in str(await os_of(driver))
        for ask in (driver.shut_down, driver.reboot, driver.force, driver.wake):
            receipt = await ask()
            assert receipt.accepted is Accepted.NO
            assert "is set up" in receipt.reason
        assert isinstance(await driver.run(JOB), Unreachable)
        assert isinstance(await driver.ac_link(), Unreachable)
        assert not (await driver.set_ac_link(AcLink.BOOT)).ok

    asyncio.run(story())


def test_the_ac_link_policy_is_read(tmp_path: Path) -> None:
    async def story(_: Machine, driver: ServerDriver) -> Any:
        return await driver.ac_link()

    assert at_a_machine(tmp_path, story, "bmc") is AcLink.BOOT


# Commands


def test_a_server_that_does_not_let_us_in_over_ssh_is_shut_down_by_its_controller(tmp_path: Path) -> None:
    def changed_host(contact: ServerContact) -> ServerContact:
        assert contact.ssh is not None
        return replace(contact, ssh=replace(contact.ssh, host_key=pinned(OTHER_KEY)))

    async def story(made: Machine, driver: ServerDriver) -> None:
        assert (await driver.shut_down()).ok
        assert made.server.state is State.SHUTTING_DOWN

    at_a_machine(tmp_path, story, "bmc", "ssh", change=changed_host)


def test_what_was_refused_is_not_asked_for_by_another_way(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> Receipt:
        made.server.faults.refuses = True
        return await driver.shut_down()

    assert at_a_machine(tmp_path, story, "bmc", "ssh") == Receipt(Accepted.NO, "permission denied")


def test_a_way_that_took_all_the_time_comes_last_the_next_time(tmp_path: Path) -> None:
    async def story(made: Machine, _: ServerDriver) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            contact = made.contact("bmc", "ssh")
            assert contact.ssh is not None
            contact = replace(contact, ssh=replace(contact.ssh, port=silent.getsockname()[1]))
            driver = ServerDriver(
                contact, made.settings, limit_s=LIMIT_S, command_limit_s=1.0, secret_at=secret
            )
            began_s = time.monotonic()
            first, second = await driver.shut_down(), await driver.shut_down()
            assert time.monotonic() - began_s < LIMIT_S / 2
            assert first.accepted is Accepted.NO
            assert "it comes first next time" in first.reason
            assert second.ok
            await driver.close()

    at_a_machine(tmp_path, story)


def test_force_cuts_the_machine_off_through_its_controller(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> None:
        made.server.hang(True)
        assert (await driver.shut_down()).ok
        assert (await driver.force()).ok
        assert await os_of(driver) is Os.HALTED

    at_a_machine(tmp_path, story, "bmc", "ssh")


def test_without_its_controller_it_is_woken_by_a_magic_packet(tmp_path: Path) -> None:
    def deaf_controller(contact: ServerContact) -> ServerContact:
        assert contact.bmc is not None
        return replace(contact, bmc=replace(contact.bmc, url="https://127.0.0.1:1"))

    async def story(made: Machine, driver: ServerDriver) -> None:
        made.server.crash()
        assert (await driver.wake()).reason == "sent; nobody acknowledges it"
        while made.server.state is not State.BOOTING:
            await asyncio.sleep(0.005)

    at_a_machine(tmp_path, story, "bmc", "wake", change=deaf_controller)


def test_a_job_runs_over_ssh(tmp_path: Path) -> None:
    async def story(made: Machine, driver: ServerDriver) -> Any:
        running = asyncio.create_task(driver.run(JOBS[0]))
        while not made.server.jobs._running:
            await asyncio.sleep(0.005)
        await made.go(100)
        return await running

    assert at_a_machine(tmp_path, story, "ssh") is JobResult.DONE


# The site's own commands


@pytest.mark.parametrize("os", Os)
def test_the_state_command_says_one_word(os: Os) -> None:
    driver = by_command(state=("echo", os.value.replace(" ", "_")))
    assert asyncio.run(driver.read()) == ServerStatus(os)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo up and away", "it says 'up and away', which is none of up, shutting_down, halted, booting"),
        ("echo up; exit 3", "exit code 3: up"),
        ("exec sleep 9", "timed out after 0.1 s"),
        ("", "it says ''"),
    ],
)
def test_any_other_word_or_end_of_it_is_unknown(script: str, reason: str) -> None:
    contact = CommandContact({"state": shell(script)}, limit_s=0.1 if "sleep" in script else LIMIT_S)
    driver = ServerDriver(ServerContact(command=contact), SERVER, limit_s=LIMIT_S)
    status = asyncio.run(driver.read())
    assert isinstance(status, Unreachable)
    assert status.reason.startswith(f"state command: {reason}")


@pytest.mark.parametrize(
    ("script", "receipt"),
    [
        ('test "$1 $2" = "blade1 192.0.2.1" && echo on its way', Receipt(Accepted.YES, "on its way")),
        ("echo a backup runs; exit 1", Receipt(Accepted.NO, "a backup runs")),
        ("exit 1", Receipt(Accepted.NO, "exit code 1")),
        ("echo lost >&2; exit 255", Receipt(Accepted.UNKNOWN, "shutdown command: exit code 255: lost")),
        ("kill -9 $$", Receipt(Accepted.UNKNOWN, "shutdown command: exit code -9")),
    ],
)
def test_a_command_is_accepted_refused_or_unknown_by_how_it_ends(script: str, receipt: Receipt) -> None:
    assert asyncio.run(by_command(shutdown=shell(script)).shut_down()) == receipt


def test_each_word_has_its_command() -> None:
    words = {word: ("echo", word) for word in ("shutdown", "reboot", "force", "wake")}
    driver = by_command(**words)

    async def story() -> list[str]:
        asks = (driver.shut_down, driver.reboot, driver.force, driver.wake)
        return [(await ask()).reason for ask in asks]

    assert asyncio.run(story()) == list(words)


def test_a_command_that_is_not_there_leaves_it_to_the_other_ways(tmp_path: Path) -> None:
    def missing(contact: ServerContact) -> ServerContact:
        return replace(contact, command=CommandContact({"shutdown": ("/no/such/program",)}))

    async def story(made: Machine, driver: ServerDriver) -> None:
        assert (await driver.shut_down()).ok
        assert made.server.state is State.SHUTTING_DOWN

    at_a_machine(tmp_path, story, "ssh", change=missing)


@pytest.mark.parametrize(
    ("script", "result"),
    [
        ('test "$*" = "export /opt/export --all"', JobResult.DONE),
        ("exit 7", JobResult.FAILED),
        ("exit 124", JobResult.TIMED_OUT),
        ("exec sleep 9", JobResult.TIMED_OUT),
    ],
)
def test_a_job_by_command_gets_its_name_and_arguments_and_its_own_limit(
    script: str, result: JobResult
) -> None:
    driver = by_command(job=("/bin/sh", "-c", script, "sh", "{job}", "{run}"))
    limit_s = 0.1 if "sleep" in script else LIMIT_S
    assert asyncio.run(driver.run(replace(JOB, limit_s=limit_s))) is result


# Magic packets, and what is not installed


# R9-35
def test_a_magic_packet_is_six_bytes_and_sixteen_times_the_mac() -> None:
    packet = magic_packet(MAC)
    assert packet == b"\xff" * 6 + bytes.fromhex("020000000051") * 16
    assert mac_in(b"garbage" + packet + b"\0" * 6) == "020000000051"


@pytest.mark.parametrize("packet", [b"", b"\xff" * 6, b"\xff" * 101, magic_packet(MAC)[:-1], b"\xff" * 5])
def test_what_is_no_magic_packet_wakes_nobody(packet: bytes) -> None:
    assert mac_in(packet) is None


@pytest.mark.parametrize("mac", ["", "02:00:00:00:00", "02:00:00:00:00:5g", "02:00:00:00:00:51:52"])
def test_what_is_no_mac_is_refused(mac: str) -> None:
    driver = ServerDriver(ServerContact(wake=WakeContact(mac)), SERVER, limit_s=LIMIT_S)
    assert asyncio.run(driver.wake()) == Receipt(Accepted.NO, f"{mac!r} is no MAC")


@pytest.mark.parametrize(
    ("module", "extra", "contact"),
    [
        ("asyncssh", "ssh", ServerContact(ssh=SshContact("192.0.2.1"))),
        ("aiohttp", "redfish", ServerContact(bmc=RedfishContact("https://192.0.2.1"))),
    ],
)
def test_a_missing_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, module: str, extra: str, contact: ServerContact
) -> None:
    for ours in ("ssh", "redfish", "bmc_link"):
        monkeypatch.delitem(sys.modules, f"realtime.servers.{ours}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ExtraMissing, match=rf'{module} is not installed; pip install "teiden\[{extra}\]"'):
        ServerDriver(contact, SERVER, limit_s=LIMIT_S)


# The pretend machine's own ports


def test_a_closed_emulator_is_not_opened_again_by_the_machine(tmp_path: Path) -> None:
    async def story() -> None:
        async with machine(tmp_path) as made:
            await made.ssh.close()
            await made.bmc.close()
            made.server.crash()
            made.server.wake()
            await made.go(1000)
            assert made.server.state is State.UP
            driver = ServerDriver(made.contact("ssh"), made.settings, limit_s=LIMIT_S)
            assert isinstance(await driver.read(), Unreachable)

    asyncio.run(story())


def test_without_the_lan_nobody_answers_and_with_it_everybody_again(tmp_path: Path) -> None:
    async def story() -> None:
        lan = {"up": True}
        async with machine(tmp_path) as made:
            ports = (made.ssh.port, made.bmc.port)
            ssh, bmc = (Cable(lambda port=port: (HOST, port), lambda: lan["up"]) for port in ports)
            for cable in (ssh, bmc):
                await cable.start()
            contact = ServerContact(
                ssh=made.ssh_contact(port=ssh.port), bmc=made.bmc_contact(url=f"https://{HOST}:{bmc.port}")
            )
            driver = ServerDriver(contact, made.settings, limit_s=1.0, secret_at=secret)
            for up in (False, True):
                lan["up"] = up
                assert isinstance(await driver.read(), ServerStatus) is up
            await driver.close()
            for cable in (ssh, bmc):
                await cable.close()

    asyncio.run(story())
