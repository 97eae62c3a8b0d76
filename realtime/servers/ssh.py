"""A server told over SSH: a few verbs, with a key that is good for nothing else on the other side (SEC-7).

On Linux the key's forced command is `packaging/teiden-answer`, which answers one line before anything
happens. A shutdown often takes the connection with it, and then there is no exit code: only that line
makes it accepted; without it nothing is known, and looking must tell.
On Windows the verbs are the system's own command lines, and the exit code is all there is.
Nothing comes from the user's own SSH settings, agent or known hosts; a host key is pinned or refused.
"""

from __future__ import annotations

import asyncio
import os
import re
import stat
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from realtime.commands import ENDED_BY_TIMEOUT, first_line
from realtime.contacts import SshContact
from realtime.program_output import text_of
from realtime.servers.banner import no_way
from realtime.servers.way import NotSent, Told, accepted, refused, unknown
from sequencer.ports import JobResult, Receipt, Unreachable
from sequencer.site import Job

MOST_BYTES = 4096
"""Of an answer; whoever says more is not who we think."""
ACCEPTED = "accepted"
NO_ANSWER = "no answer"
GOODBYE_S = 0.1
SHUTDOWN_IN_PROGRESS = "(1115)"
"""In whatever language, behind what `shutdown` of Windows says when somebody has asked before."""
GOING_S = 2.0
"""After "accepted", for word that it failed after all; silence or a lost connection means that it goes."""
JOB_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
NOT_FOR_CMD = re.compile(r'[&|<>^%!"\r\n]')
"""Signs that the Windows shell would take for its own."""

WINDOWS = {
    "shutdown": "shutdown /s /t 0",
    "reboot": "shutdown /r /t 0",
    "clock": 'powershell -NoProfile -Command "[DateTimeOffset]::UtcNow.ToUnixTimeSeconds()"',
}


class _NotIn(Exception):
    """No connection on which anything could be asked; why."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What came back for a command that was sent."""

    output: str
    errors: str
    code: int | None
    """None: the connection, or our patience, ended first."""
    why: str = ""

    @property
    def line(self) -> str:
        return first_line(self.output)


class Ssh:
    """`limit_s`: of connecting and asking, together; of a job, of connecting alone."""

    def __init__(self, contact: SshContact, *, limit_s: float) -> None:
        self._contact = contact
        self._limit_s = limit_s
        self._windows = contact.system == "windows"

    # What it is told

    async def shut_down(self) -> Told:
        return await self._power("shutdown")

    async def reboot(self) -> Told:
        return await self._power("reboot")

    async def _power(self, verb: str) -> Told:
        command = WINDOWS[verb] if self._windows else verb
        try:
            said = await self._ask(command, self._limit_s, going=not self._windows)
        except _NotIn as reason:
            return NotSent(str(reason))
        return receipt_of_windows(said) if self._windows else receipt_of(said)

    async def run(self, job: Job) -> JobResult | Unreachable:
        """Over a way that knows jobs by name alone (Linux), or runs their arguments (Windows)."""
        command = windows_line(job) if self._windows else job_verb(job)
        if command is None:
            return Unreachable(f"job {job.name!r}: its name or arguments cannot be sent over SSH unchanged")
        try:
            said = await self._ask(command, self._limit_s + job.limit_s, patience_s=job.limit_s)
        except _NotIn as reason:
            return Unreachable(str(reason))
        if said.code is None:
            return JobResult.TIMED_OUT if said.why.startswith(NO_ANSWER) else Unreachable(said.why)
        return {0: JobResult.DONE, ENDED_BY_TIMEOUT: JobResult.TIMED_OUT}.get(said.code, JobResult.FAILED)

    async def clock_s(self) -> float | Unreachable:
        """What its clock shows, seconds since 1970 UTC."""
        try:
            said = await self._ask(WINDOWS["clock"] if self._windows else "clock", self._limit_s)
        except _NotIn as reason:
            return Unreachable(str(reason))
        try:
            return float(int(said.line))
        except ValueError:
            return Unreachable(said.why or f"its clock is said to be {said.line[:60]!r}")

    async def said_to(self, command: str) -> tuple[str, int | None] | Unreachable:
        """The first line that this command was answered with, and its exit code; None: it is not known."""
        try:
            said = await self._ask(command, self._limit_s)
        except _NotIn as reason:
            return Unreachable(str(reason))
        return said.line or first_line(said.errors) or said.why, said.code

    async def _ask(
        self, command: str, limit_s: float, *, patience_s: float | None = None, going: bool = False
    ) -> _Said:
        """Send it once. `patience_s`: from then on; `going`: what is accepted need not end."""
        output, errors = bytearray(), bytearray()
        connection: asyncssh.SSHClientConnection | None = None
        process: asyncssh.SSHClientProcess[bytes] | None = None
        sent, why = False, "the connection was lost"
        try:
            async with asyncio.timeout(limit_s):
                connection = await self._connect()
                sent = True
                process = await connection.create_process(command, encoding=None, stdin=asyncssh.DEVNULL)
                async with asyncio.timeout(patience_s):
                    await _hear(process, output, errors, going=going)
        except asyncssh.ChannelOpenError as error:
            raise _NotIn(f"it takes no command: {error.reason}") from None
        except TimeoutError:
            if not sent:
                raise _NotIn(f"{self._where}: no SSH session in {self._limit_s:g} s") from None
            why = f"{NO_ANSWER} in {patience_s or limit_s:g} s"
        except (OSError, asyncssh.Error) as error:
            why = f"the connection was lost: {error}"
        finally:
            if connection is not None:
                await _hang_up(connection)
        code = process.exit_status if process is not None else None
        return _Said(text_of(bytes(output)), text_of(bytes(errors)), code, why)

    @property
    def _where(self) -> str:
        return f"{self._contact.host}:{self._contact.port}"

    async def _connect(self) -> asyncssh.SSHClientConnection:
        contact = self._contact
        try:
            return await asyncssh.connect(
                contact.host,
                contact.port,
                config=None,
                username=contact.user,
                client_keys=[own_key(contact.key)],
                known_hosts=([pinned(contact.host_key)], [], []),
                agent_path=None,
                preferred_auth="publickey",
                connect_timeout=self._limit_s,
                login_timeout=self._limit_s,
            )
        except asyncssh.HostKeyNotVerifiable:
            raise _NotIn(f"{self._where}: its host key is not the one that is pinned") from None
        except asyncssh.PermissionDenied:
            raise _NotIn(f"{self._where}: it does not let {contact.user} in with {contact.key}") from None
        except asyncssh.Error as error:
            raise _NotIn(f"{self._where}: no SSH session: {error.reason}") from None
        except TimeoutError:
            raise
        except OSError as error:
            raise _NotIn(f"{self._where}: {no_way(error)}") from None
        except ValueError as error:
            raise _NotIn(f"{self._where}: {error}") from None


def own_key(path: str) -> asyncssh.SSHKey:
    """The private key in a file that nobody else may read; without a pass phrase, as nobody is there."""
    try:
        mode = Path(path).stat().st_mode
        if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
            raise _NotIn(f"{path}: others may read the key; chmod 600 {path}")
        return asyncssh.read_private_key(path)
    except OSError as error:
        raise _NotIn(f"{path}: {error.strerror}") from None
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise _NotIn(f"{path}: {error}") from None


def pinned(host_key: str) -> asyncssh.SSHKey:
    if not host_key.strip():
        raise _NotIn("no host key is pinned; ssh-keyscan shows it, the console of the server proves it")
    try:
        return asyncssh.import_public_key(host_key)
    except asyncssh.KeyImportError as error:
        raise _NotIn(f"the pinned host key cannot be read: {error}") from None


async def _hear(
    process: asyncssh.SSHClientProcess[bytes], output: bytearray, errors: bytearray, *, going: bool
) -> None:
    """Until it has ended, or is accepted and nothing to the contrary comes."""
    while b"\n" not in output and len(output) < MOST_BYTES:
        data = await process.stdout.read(MOST_BYTES)
        if not data:
            break
        output += data
    rest = asyncio.gather(_keep(process.stdout, output), _keep(process.stderr, errors))
    if not (going and first_line(text_of(bytes(output))) == ACCEPTED):
        await rest
        await process.wait_closed()
        return
    with suppress(TimeoutError, asyncssh.Error, OSError):
        async with asyncio.timeout(GOING_S):
            await rest
            await process.wait_closed()


async def _keep(reader: asyncssh.SSHReader[bytes], kept: bytearray) -> None:
    while data := await reader.read(MOST_BYTES):
        kept += data[: max(0, MOST_BYTES - len(kept))]


async def _hang_up(connection: asyncssh.SSHClientConnection) -> None:
    """In good order if that is quick; a server that goes down does not answer any more."""
    connection.close()
    try:
        async with asyncio.timeout(GOODBYE_S):
            await connection.wait_closed()
    except (TimeoutError, OSError, asyncssh.Error):
        connection.abort()


# What was said, and what it means


def receipt_of(said: _Said) -> Receipt:
    """Of our own script: its line counts, whatever became of the connection."""
    lines = said.output.splitlines()
    if said.line == ACCEPTED:
        failed = next((line for line in lines if line.startswith("failed: ")), "")
        return refused(failed) if failed else accepted()
    if said.line.startswith("refused: "):
        return refused(said.line.removeprefix("refused: "))
    if said.code is None:
        return unknown(said.why)
    told = said.line or first_line(said.errors) or "nothing"
    return unknown(f"not the answer of teiden-answer: exit code {said.code}: {told}")


def receipt_of_windows(said: _Said) -> Receipt:
    if said.code == 0:
        return accepted()
    if said.code is None:
        return unknown(said.why)
    if SHUTDOWN_IN_PROGRESS in said.errors:
        return accepted("already shutting down")
    return refused(first_line(said.errors) or said.line or f"exit code {said.code}")


def job_verb(job: Job) -> str | None:
    return f"job {job.name}" if JOB_NAME.fullmatch(job.name) else None


def windows_line(job: Job) -> str | None:
    if any(NOT_FOR_CMD.search(argument) for argument in job.run):
        return None
    return subprocess.list2cmdline(job.run)
