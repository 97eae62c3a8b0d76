"""What certificate a management controller shows, held against the one that is pinned, and when it ends."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime
from urllib.parse import urlsplit

from realtime.breaking_off import break_off
from realtime.contacts import RedfishContact
from realtime.servers.banner import no_way
from realtime.servers.bmc_link import NoLink, trusting
from sequencer.ports import Unreachable


async def shown(contact: RedfishContact, *, limit_s: float) -> datetime | Unreachable:
    """When it ends; Unreachable where none comes that the pinned one certifies."""
    where = urlsplit(contact.url)
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(limit_s):
            context = trusting(contact.ca)
            _, writer = await asyncio.open_connection(where.hostname, where.port or 443, ssl=context)
            shown = writer.get_extra_info("peercert") or {}
        ends_s = ssl.cert_time_to_seconds(shown["notAfter"])
    except NoLink as reason:
        return Unreachable(str(reason))
    except TimeoutError:
        return Unreachable(f"no answer in {limit_s:g} s")
    except ssl.SSLCertVerificationError as error:
        return Unreachable(f"its certificate is not trusted: {error.verify_message}")
    except (OSError, ValueError, KeyError) as error:
        return Unreachable(no_way(error) if isinstance(error, OSError) else "it shows no certificate")
    finally:
        if writer is not None:
            break_off(writer)
    return datetime.fromtimestamp(ends_s, UTC)
