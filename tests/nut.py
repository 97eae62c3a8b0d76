"""NUT's snmp-ups and upsd on loopback, with folders of their own, for as long as a test lasts."""

from __future__ import annotations

import asyncio
import getpass
import os
import shutil
import socket
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable
from pathlib import Path

FOLDERS = os.pathsep.join(["/lib/nut", "/usr/lib/nut", "/usr/libexec/nut", "/usr/sbin", os.environ["PATH"]])
"""Debian's /usr/sbin/upsd is a script that asks a file in /etc whether it may start: the program is first."""

LIMIT_S = 20.0
LOOK_EVERY_S = 0.2

PROGRAMS = {name: shutil.which(name, path=FOLDERS) for name in ("snmp-ups", "upsd", "upsc", "upscmd")}
MISSING = sorted(name for name, path in PROGRAMS.items() if path is None)


class Nut:
    """One UPS called `ups`; `settings` are lines of ups.conf."""

    def __init__(self, folder: Path, **settings: object) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port: int = free.getsockname()[1]
        self._environment = {
            **os.environ,
            "NUT_CONFPATH": str(folder),
            "NUT_STATEPATH": str(folder),
            "NUT_ALTPIDPATH": str(folder),
        }
        lines = {"driver": "snmp-ups", "pollinterval": 1, "pollfreq": 1, **settings}
        files = {
            "ups.conf": "[ups]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items()),
            "upsd.conf": f"LISTEN 127.0.0.1 {self._port}\n",
            "upsd.users": "[hand]\npassword = by-hand\ninstcmds = ALL\n",
        }
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o600)
        self._running: list[Process] = []
        self._log = folder / "log"

    async def __aenter__(self) -> Nut:
        await self._start("snmp-ups", "-a", "ups")
        await self._start("upsd")
        return self

    async def __aexit__(self, *error: object) -> None:
        for process in reversed(self._running):
            if process.returncode is None:
                process.terminate()
        for process in self._running:
            await asyncio.wait_for(process.wait(), LIMIT_S)

    async def _start(self, name: str, *arguments: str) -> None:
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                str(PROGRAMS[name]),
                "-F",
                "-u",
                getpass.getuser(),
                *arguments,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)

    async def variables(self) -> dict[str, str]:
        """Everything that upsd knows of the UPS now; nothing until its driver has told it."""
        text = await self._run("upsc", f"ups@127.0.0.1:{self._port}")
        return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line and "Error" not in line)

    async def command(self, name: str) -> str:
        return await self._run("upscmd", "-u", "hand", "-p", "by-hand", f"ups@127.0.0.1:{self._port}", name)

    async def until(self, holds: Callable[[dict[str, str]], bool]) -> dict[str, str]:
        """Look until it holds. Fails with what it saw last and what the programs said."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + LIMIT_S
        while not holds(seen := await self.variables()):
            said = self._log.read_text(errors="replace")[-2000:]
            assert loop.time() < end_s, f"it never came; NUT shows {seen}\n{said}"
            await asyncio.sleep(LOOK_EVERY_S)
        return seen

    async def status(self, word: str) -> dict[str, str]:
        """`OL`, `OB`, `OFF` among the words of ups.status."""
        return await self.until(lambda seen: word in seen.get("ups.status", "").split())

    async def _run(self, name: str, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            str(PROGRAMS[name]), *arguments, env=self._environment, stdout=PIPE, stderr=STDOUT
        )
        output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
        return output.decode(errors="replace")
