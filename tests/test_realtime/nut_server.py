"""A NUT server on a real socket that says what it is told to, well or badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from realtime.contacts import NutContact

USER, PASSWORD = "teiden", 'one long "pass" \\ phrase'
COMMANDS = ("load.off", "load.on", "shutdown.stayoff", "shutdown.return")


class NutServer:
    """`effects`: what an instant command changes, as soon as it is handed on."""

    def __init__(self, **variables: str) -> None:
        self.variables = {
            "ups.status": "OL",
            "battery.charge": "97.5",
            "battery.runtime": "1800",
            "ups.delay.shutdown": "420",
            "input.voltage": "231.4",
            **{name.replace("_", "."): value for name, value in variables.items()},
        }
        self.commands: tuple[str, ...] = COMMANDS
        self.effects: dict[str, dict[str, str]] = {
            "load.off": {"ups.status": "OL OFF"},
            "load.on": {"ups.status": "OL"},
            "shutdown.stayoff": {"ups.timer.shutdown": "419"},
            "shutdown.return": {"ups.timer.shutdown": "419"},
        }
        self.tracks: tuple[str, ...] = ()
        """What it answers to GET TRACKING, one after the other; empty: it knows no tracking."""
        self.answers: dict[str, str | bytes] = {}
        """Answers that take the place of its own, by how the line begins; b"" hangs up."""
        self.heard: list[str] = []
        self.silent = False
        self._logged_in = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        user = ""
        try:
            while line := (await reader.readline()).decode().rstrip("\n"):
                self.heard.append(line)
                if self.silent:
                    continue
                user = line if line.startswith("USERNAME") else user
                if line.startswith("PASSWORD"):
                    escaped = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
                    self._logged_in = (user, line) == (f'USERNAME "{USER}"', f'PASSWORD "{escaped}"')
                said = next((a for begin, a in self.answers.items() if line.startswith(begin)), None)
                data = said if isinstance(said, bytes) else f"{said or self._said(line)}\n".encode()
                if not data:
                    break
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    def _said(self, line: str) -> str:
        word = line.split()
        match word[:2]:
            case ["LIST", "VAR"]:
                return _list(
                    f"VAR {word[2]}", [f'{name} "{value}"' for name, value in self.variables.items()]
                )
            case ["LIST", "CMD"]:
                return _list(f"CMD {word[2]}", self.commands)
            case ["SET", "TRACKING"]:
                return "OK" if self.tracks else "ERR INVALID-ARGUMENT"
            case ["GET", "TRACKING"]:
                said, *rest = self.tracks
                self.tracks = tuple(rest) or (said,)
                return said
            case ["INSTCMD", _]:
                if not self._logged_in:
                    return "ERR ACCESS-DENIED"
                self.variables.update(self.effects.get(word[2], {}))
                return "OK TRACKING 4bf2" if self.tracks else "OK"
        return "OK"


def _list(what: str, rows: Any) -> str:
    return "\n".join([f"BEGIN LIST {what}", *(f"{what} {row}" for row in rows), f"END LIST {what}"])


@asynccontextmanager
async def serving(server: NutServer) -> AsyncIterator[NutContact]:
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        port = listening.sockets[0].getsockname()[1]
        yield NutContact("127.0.0.1", "pretend", port, USER, "env:UPSD")
    finally:
        listening.close()
        await asyncio.sleep(0.01)
