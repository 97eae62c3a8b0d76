"""The check of the service that runs on this node: by which site file it goes (R3-03, R6-45, R7-06)."""

from __future__ import annotations

import asyncio
import os

from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t


@check(
    "node.running",
    Kind.NODE,
    "runs with",
    why="""
    A service goes by its site file as it was at its start. What was changed since, an address, a port, a
    limit, counts after its next start (R3-03, R6-45, R7-06): until then the file says one thing, and an
    outage goes by another.
    """,
)
async def running(ctx: Context, name: str) -> Rows:
    from teiden.requests import NotReached
    from teiden.status import asking

    path = ctx.contacts.live.socket
    if not os.path.exists(path):
        return  # it does not run: `node.service` says so
    try:
        told = await asyncio.to_thread(asking.status, path, timeout_s=ctx.look_limit_s)
    except NotReached as why:
        yield warn(str(why), t("run it as the service's user; is the service itself well?"))
        return
    armed = t("armed") if told.armed else t("watching")
    if told.site_hash != ctx.site_file.hash:
        yield warn(
            t("another site file than this one, since {since} ({armed})", since=told.since, armed=armed),
            t("prove this one, then start the service anew: until then it does not count"),
        )
    else:
        yield ok(t("this very site file, since {since} ({armed})", since=told.since, armed=armed))
