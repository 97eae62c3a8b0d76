"""The forced-command key under a real OpenSSH server: our verbs go through, and nothing else does."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from realtime.contacts import ServerContact, SshContact
from realtime.servers.server import ServerDriver
from realtime.servers.ssh import Ssh
from realtime.servers.way import NotSent
from sequencer.ports import Accepted, JobResult, Os, Receipt, ServerStatus, Unreachable
from sequencer.site import Job, Server, ServerRole

SSHD = shutil.which("sshd") or shutil.which("/usr/sbin/sshd")
SCRIPT = Path(__file__).parents[2] / "packaging" / "teiden-answer"
LIMIT_S = 10.0

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(SSHD is None, reason="no sshd (Debian: openssh-server)"),
    pytest.mark.skipif(os.geteuid() != 0, reason="sshd lets only root separate its privileges"),
]


@dataclass
class Far:
    """The far side of a connection."""

    contact: SshContact
    folder: Path
    """What stands for /etc/teiden there."""
    log: Path

    def program(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Far]:
    folder = tmp_path / "teiden"
    folder.mkdir()
    host_key, own_key = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    for name, key in (("host", host_key), ("id", own_key)):
        (tmp_path / name).touch(0o600)
        (tmp_path / name).write_bytes(key.export_private_key("openssh"))
    own = own_key.export_public_key().decode()
    (tmp_path / "authorized").write_text(f'restrict,command="{SCRIPT} {folder}" {own}')
    port = _free_port()
    (tmp_path / "config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {tmp_path}/host\n"
        f"AuthorizedKeysFile {tmp_path}/authorized\nPidFile {tmp_path}/pid\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n"
        "Subsystem sftp internal-sftp\nLogLevel VERBOSE\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)  # where it separates its privileges
    log = tmp_path / "log"
    assert SSHD is not None
    with log.open("w") as told:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", str(tmp_path / "config")], stderr=told)
    try:
        _wait_for(port, log)
        pinned = host_key.export_public_key().decode().strip()
        user = getpass.getuser()
        yield Far(SshContact("127.0.0.1", port, user, str(tmp_path / "id"), pinned), folder, log)
    finally:
        process.terminate()
        process.wait(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(port: int, log: Path) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def asked(far: Far, do: Callable[[Ssh], Coroutine[Any, Any, Any]]) -> Any:
    return asyncio.run(do(Ssh(far.contact, limit_s=LIMIT_S)))


@pytest.mark.parametrize("word", ["shutdown", "reboot"])
def test_the_system_goes_down_after_it_has_answered(far: Far, word: str) -> None:
    far.program(word, f"date > {far.folder}/went")
    receipt = asked(far, lambda ssh: ssh.shut_down() if word == "shutdown" else ssh.reboot())
    assert receipt == Receipt(Accepted.YES)
    assert (far.folder / "went").exists()


def test_a_system_that_takes_the_connection_with_it_has_accepted_all_the_same(far: Far) -> None:
    far.program("shutdown", f"date > {far.folder}/went; kill -9 $(ps -o ppid= -p $PPID)")
    assert asked(far, lambda ssh: ssh.shut_down()) == Receipt(Accepted.YES)
    assert (far.folder / "went").exists()


def test_a_shutdown_that_fails_is_told(far: Far) -> None:
    far.program("shutdown", "exit 4")
    receipt = asked(far, lambda ssh: ssh.shut_down())
    assert receipt == Receipt(Accepted.NO, f"failed: {far.folder}/shutdown ended with 4")


def test_jobs_and_clock_go_through(far: Far) -> None:
    far.program("jobs.d/export", f"date > {far.folder}/ran")
    far.program("jobs.d/broken", "exit 3")
    far.program("jobs.d/slow", f"sleep 2; date > {far.folder}/late")
    assert asked(far, lambda ssh: ssh.run(Job("export", ()))) is JobResult.DONE
    assert (far.folder / "ran").exists()
    assert asked(far, lambda ssh: ssh.run(Job("broken", ()))) is JobResult.FAILED
    assert asked(far, lambda ssh: ssh.run(Job("nobody", ()))) is JobResult.FAILED
    assert asked(far, lambda ssh: ssh.run(Job("slow", (), limit_s=0.5))) is JobResult.TIMED_OUT
    assert asked(far, lambda ssh: ssh.clock_s()) == pytest.approx(time.time(), abs=5)
    time.sleep(3)  # nobody waits for it, and it runs to its end
    assert (far.folder / "late").exists()


def test_the_key_gets_no_shell_no_files_and_no_forwarding(far: Far) -> None:
    async def story() -> None:
        connection = await asyncssh.connect(
            far.contact.host,
            far.contact.port,
            config=None,
            username=far.contact.user,
            client_keys=[far.contact.key],
            known_hosts=([asyncssh.import_public_key(far.contact.host_key)], [], []),
            agent_path=None,
        )
        async with connection:
            for words in ("id", "shutdown; id", "sh -c id", None):
                ended = await connection.run(words)
                assert str(ended.stdout).startswith("refused: only shutdown"), words
                assert ended.exit_status == 1
            with pytest.raises(asyncssh.Error):
                await connection.start_sftp_client()
            with pytest.raises(asyncssh.ChannelOpenError):
                await connection.open_connection("127.0.0.1", far.contact.port)
            with pytest.raises(asyncssh.ChannelListenError):
                await connection.forward_remote_port("", 0, "127.0.0.1", 9)

    asyncio.run(story())


def test_it_is_up_while_it_greets_and_unreachable_after(far: Far) -> None:
    async def story() -> None:
        server = Server("blade1", ServerRole.LINKED, ("ups5",))
        driver = ServerDriver(ServerContact(ssh=far.contact), server, limit_s=LIMIT_S)
        status = await driver.read()
        assert isinstance(status, ServerStatus)
        assert status.os is Os.UP
        assert status.clock_s == pytest.approx(time.time(), abs=5)
        pid = int((far.log.parent / "pid").read_text())
        os.kill(pid, 15)
        while not isinstance(await driver.read(), Unreachable):
            await asyncio.sleep(0.05)
        told = await Ssh(far.contact, limit_s=LIMIT_S).shut_down()
        assert told == NotSent(f"127.0.0.1:{far.contact.port}: nothing listens there")

    asyncio.run(story())
