"""Whether an SSH server greets on a port: the cheapest sign that a system is up, without logging in.

RFC 4253, 4.2: the server begins with a line `SSH-...`, perhaps behind other lines.
"""

from __future__ import annotations

import asyncio
import errno
import socket

from realtime.breaking_off import break_off

LINES = 10
LONGEST_LINE = 1024

NO_WAY = {
    errno.ECONNREFUSED: "nothing listens there",
    errno.EHOSTUNREACH: "no route to it",
    errno.ENETUNREACH: "no route to it",
    errno.ECONNRESET: "it hung up",
}


def no_way(error: OSError) -> str:
    """Why a connection could not be made, in words."""
    if isinstance(error, socket.gaierror):
        return "its name has no address"
    return NO_WAY.get(error.errno or 0, error.strerror or str(error) or type(error).__name__)


async def silence(host: str, port: int, limit_s: float) -> str:
    """Empty if it greets; else why not."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(limit_s):
            reader, writer = await asyncio.open_connection(host, port, limit=LONGEST_LINE)
            for _ in range(LINES):
                line = await reader.readline()
                if line.startswith(b"SSH-"):
                    return ""
                if not line.endswith(b"\n"):
                    break
            return f"{host}:{port}: what answers there is no SSH server"
    except TimeoutError:
        return f"{host}:{port}: no greeting in {limit_s:g} s"
    except OSError as error:
        return f"{host}:{port}: {no_way(error)}"
    except ValueError:
        return f"{host}:{port}: what answers there is no SSH server"
    finally:
        if writer is not None:
            break_off(writer)
