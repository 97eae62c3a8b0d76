"""The site file in force, the one that waits, what it needs; and the reload, for an operator (R6-45)."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from realtime.status import Status
from teiden import requests
from teiden.configuration.changes import unified
from teiden.configuration.lying import gone_by
from teiden.configuration.needs import Need
from teiden.files.text import MAX_BYTES
from teiden.language.retell import retold
from teiden.language.say import language, t
from teiden.status.site_file import HASH_SHOWN, headline, keys, needs
from teiden.web.console import Console, console_of, who_asks
from teiden.web.forms import NoForm, form_of
from teiden.web.guard.audit import NotKept
from teiden.web.guard.gate import source_of
from teiden.web.guard.once_more import why_not_he
from teiden.web.routes import Way, read, write
from teiden.web.view import page

RELOAD_LIMIT_S = 90.0
MOST_LINES = 2000
"""Of a difference; who changes more looks at the files."""


async def configuration(request: Request) -> Response:
    return await _page(request)


async def configuration_now(request: Request) -> Response:
    """The part that lives."""
    return page(request, "configuration_now.html", await _values(console_of(request)))


async def _page(request: Request, why: str = "", status: int = 200) -> Response:
    console = console_of(request)
    values = await _values(console) | {"why": why}
    return page(request, "configuration.html", values, status_code=status)


async def _values(console: Console) -> dict[str, object]:
    told = console.watch.status
    if told is None:
        return {"known": False, "reloads": False}
    view = told.configuration
    return {
        "known": True,
        "watched": bool(view.path),
        "active": told.site_hash[:HASH_SHOWN],
        "active_path": view.path,
        "waits": bool(view.pending or view.wrong),
        "lines": headline(told)[1:],
        "needs": needs(view),
        "keys": keys(view),
        "reloads": bool(view.pending) and not view.wrong and view.need == Need.RELOAD,
        "incident_open": told.incident.open,
        "nodes": [_node(told.site_hash, one.name, one.site_hash) for one in told.peers],
        "diff": await asyncio.to_thread(_difference, console, told),
    }


def _node(ours: str, name: str, theirs: str) -> dict[str, str]:
    if not theirs:
        return {"name": name, "hash": "", "words": t("not heard"), "tone": "odd"}
    if theirs == ours:
        return {"name": name, "hash": theirs[:HASH_SHOWN], "words": t("the same file"), "tone": "good"}
    return {"name": name, "hash": theirs[:HASH_SHOWN], "words": t("ANOTHER FILE"), "tone": "bad"}


def _difference(console: Console, told: Status) -> tuple[tuple[str, str], ...]:
    """Lines of a unified diff with what they are; nothing where a file cannot be read (any more)."""
    folder, view = console.settings.site_files, told.configuration
    if folder is None or not view.pending:
        return ()
    with suppress(OSError, ValueError):
        return _compared(folder, told.site_hash, Path(view.pending_path), view.pending, language())
    return ()


@lru_cache(maxsize=8)
def _compared(
    folder: Path, active: str, path: Path, pending: str, language: str
) -> tuple[tuple[str, str], ...]:
    """Once for two files: a hall's takes a second. OSError, ValueError where one is not there."""
    before = gone_by(folder, active)
    with path.open("rb") as file:
        after = file.read(MAX_BYTES)
    if before is None or sha256(after).hexdigest() != pending:
        raise ValueError("not the files that are meant")
    texts = before.decode("utf-8-sig", "replace"), after.decode("utf-8-sig", "replace")
    return tuple(marked(unified(texts[0], texts[1], t("active"), t("pending"))))


def marked(lines: list[str]) -> list[tuple[str, str]]:
    """Each line with `ins`, `del` or nothing."""
    kinds = {"+": "ins", "-": "del"}
    return [(kinds.get(line[:1], ""), line) for line in lines[:MOST_LINES]]


async def reload(request: Request) -> Response:
    """Noted first, then asked for; what the service says to it is shown."""
    console = console_of(request)
    try:
        form = await form_of(request)
    except NoForm as error:
        return await _page(request, str(error), error.status)
    if why := await why_not_he(request, console, form):
        return await _page(request, why, 403)
    who, source = who_asks(request).name, source_of(request)
    try:
        reply = await asyncio.to_thread(_reload, console, who, source)
    except NotKept as error:
        why = t("nothing was asked: the audit log cannot be written ({why})", why=error)
        return await _page(request, why, 503)
    if reply.accepted:
        return RedirectResponse("/configuration", status_code=303)
    return await _page(request, t("Refused: {why}", why=retold(reply.reason)), 409)


def _reload(console: Console, who: str, source: str) -> requests.Reply:
    """Raises NotKept: nothing was asked."""
    audit, id, node = console.gate.audit, uuid.uuid4().hex, (console.settings.node,)
    audit.note(who, source, "reload", node, request=id)
    try:
        reply = requests.reload(socket=console.settings.socket, timeout_s=RELOAD_LIMIT_S)
    except requests.NotReached as error:
        reply = requests.Reply(id, False, str(error))
    answer = {True: "accepted", False: "refused", None: "not known"}[reply.accepted]
    with suppress(NotKept):  # that it was asked for is noted
        audit.note(who, source, f"reload {answer}", node, request=id, reason=reply.reason)
    return reply


ROUTES: list[Way] = [
    read("/configuration", configuration),
    read("/configuration/now", configuration_now),
    write("/configuration/reload", reload),
]
