"""The line protocol of a NUT server (RFC 9271): ask, list, log in. Every answer is bounded and untrusted.

One connection for one call, so that there is no state to lose; nothing that commands is ever sent twice.
The names of the errors are those of RFC 9271, 4.4.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from realtime.breaking_off import break_off
from realtime.contacts import NutContact
from realtime.secret import Secret
from realtime.servers.banner import no_way

LONGEST_LINE = 4096
MOST_LINES = 2000
NAME = re.compile(r"[A-Za-z0-9._-]+")
VARIABLE = re.compile(r'VAR (\S+) (\S+) "((?:[^"\\]|\\.)*)"')
COMMAND = re.compile(r"CMD (\S+) (\S+)")
ESCAPED = re.compile(r"\\(.)")

MEANS = {
    "ACCESS-DENIED": "this user may not do that, or the pass phrase is wrong",
    "DATA-STALE": "its driver hears nothing from the UPS",
    "DRIVER-NOT-CONNECTED": "its driver does not run",
    "UNKNOWN-UPS": "it knows no UPS of this name",
    "INSTCMD-FAILED": "its driver could not do it",
    "FAILED": "its driver could not do it",
    "UNKNOWN": "its driver does not know how",
    "CMD-NOT-SUPPORTED": "the UPS has no such command",
    "USERNAME-REQUIRED": "it wants a user",
    "PASSWORD-REQUIRED": "it wants a pass phrase",
    "TLS-REQUIRED": "it wants TLS, which is not offered here",
}


class NutError(Exception):
    """What upsd says against it, or why nothing can be understood."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code
        """Of upsd; empty: the trouble is on the way."""


class Upsd:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def ask(self, line: str) -> str:
        """The one line that answers it; raises NutError."""
        self._writer.write(f"{line}\n".encode())
        await self._writer.drain()
        return await self._line()

    async def log_in(self, user: str, secret: Secret) -> None:
        """Nothing is checked before the first command that needs it."""
        await self.ask(f"USERNAME {quoted(user)}")
        await self.ask(f"PASSWORD {quoted(secret.reveal())}")

    async def variables(self, ups: str) -> dict[str, str]:
        found = {}
        for line in await self._listed(f"VAR {ups}"):
            if match := VARIABLE.fullmatch(line):
                found[match[2]] = ESCAPED.sub(r"\1", match[3])
        return found

    async def commands(self, ups: str) -> set[str]:
        lines = await self._listed(f"CMD {ups}")
        return {match[2] for line in lines if (match := COMMAND.fullmatch(line))}

    async def _listed(self, what: str) -> list[str]:
        begin = await self.ask(f"LIST {what}")
        if begin != f"BEGIN LIST {what}":
            raise NutError(f"no list begins with {begin[:60]!r}")
        lines: list[str] = []
        while (line := await self._line()) != f"END LIST {what}":
            lines.append(line)
            if len(lines) > MOST_LINES:
                raise NutError(f"a list of more than {MOST_LINES} lines")
        return lines

    async def _line(self) -> str:
        try:
            line = await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError:
            raise NutError("it hung up") from None
        except asyncio.LimitOverrunError:
            raise NutError(f"a line of more than {LONGEST_LINE} bytes") from None
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        if text.startswith("ERR "):
            raise failed(text)
        return text


def failed(text: str) -> NutError:
    """Of a line `ERR CODE ...`."""
    code = text.split()[1][:40] if len(text.split()) > 1 else "?"
    return NutError(f"{code}: {MEANS[code]}" if code in MEANS else code, code)


def quoted(word: str) -> str:
    """As one word of a line; raises NutError where it would be more than that."""
    if not word.isprintable():
        raise NutError("a user or pass phrase with control characters cannot be sent")
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@asynccontextmanager
async def upsd(contact: NutContact) -> AsyncIterator[Upsd]:
    """A connection for one call; the caller has the limit. Raises NutError."""
    if not NAME.fullmatch(contact.ups):
        raise NutError(f"{contact.ups!r} is no name of a UPS")
    writer: asyncio.StreamWriter | None = None
    try:
        reader, writer = await asyncio.open_connection(contact.host, contact.port, limit=LONGEST_LINE)
        yield Upsd(reader, writer)
    except TimeoutError:
        raise
    except OSError as error:
        raise NutError(no_way(error)) from None
    finally:
        if writer is not None:
            break_off(writer)
