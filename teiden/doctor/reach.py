"""Whether a TCP port can be reached: connected to and hung up at once, nothing said."""

from __future__ import annotations

import asyncio

from realtime.servers.banner import no_way


async def connects(host: str, port: int, limit_s: float) -> str:
    """'' or why not, in words."""
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"no answer in {limit_s:g} s"
    except OSError as error:
        return no_way(error)
    finally:
        if writer is not None:
            writer.transport.abort()
    return ""
