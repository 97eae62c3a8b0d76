"""Sending the site file to the other control nodes: first the difference, then the password (R6-34)."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from realtime.peers.tls import NoIdentity
from teiden.configuration.before_sending import NotToSend, Ready, ready
from teiden.configuration.changes import unified
from teiden.configuration.sending import Sent, There, look, send
from teiden.files.source import InputError
from teiden.language.say import t
from teiden.web.console import Console, console_of, who_asks
from teiden.web.forms import Form, NoForm, form_of
from teiden.web.guard.audit import NotKept
from teiden.web.guard.gate import source_of
from teiden.web.guard.once_more import why_not_he
from teiden.web.guard.roles import Role
from teiden.web.pages.configuration import marked
from teiden.web.routes import Way, read, write
from teiden.web.view import page


class NotLooked(Exception):
    """Why there is nothing to be shown, in words."""


async def to_send(request: Request) -> Response:
    """What lies on the other nodes; an operator alone makes us call them."""
    if who_asks(request).role is not Role.OPERATOR:
        return _page(request, why=t("Only an operator may ask for this."), status=403)
    return await _preview(request)


async def sent(request: Request) -> Response:
    """Only over what was shown, only to nodes that were shown, and noted before it goes out."""
    console = console_of(request)
    try:
        form = await form_of(request)
    except NoForm as error:
        return _page(request, why=str(error), status=error.status)
    if why := await why_not_he(request, console, form):
        return await _preview(request, why, 403)
    try:
        found, there = await _looked(console)
        results = await _send(request, console, found, _chosen(there, found, form))
    except NotLooked as error:
        return _page(request, why=str(error), status=409)
    except NotKept as error:
        why = t("nothing was asked: the audit log cannot be written ({why})", why=error)
        return await _preview(request, why, 503)
    refused = any(one.refusal for one in results)
    return _page(request, results=results, status=409 if refused else 200)


def _chosen(there: list[There], found: Ready, form: Form) -> list[There]:
    """Nodes whose file is still the one that was shown; a conflict only where it was ticked."""
    shown = {node: digest for node, _, digest in (one.partition("=") for one in form.all("over"))}
    ticked = form.all("overwrite")
    return [
        one
        for one in there
        if not one.refusal
        and one.next != found.file.digest
        and shown.get(one.node) == one.next
        and (not one.conflict or one.node in ticked)
    ]


async def _send(request: Request, console: Console, found: Ready, chosen: list[There]) -> list[Sent]:
    """Raises NotKept: nothing was sent."""
    if not chosen:
        raise NotLooked(t("nothing to send: look at the difference again"))
    audit, who, source = console.gate.audit, who_asks(request).name, source_of(request)
    id, digest = uuid.uuid4().hex, found.file.digest
    nodes = tuple(one.node for one in chosen)
    await asyncio.to_thread(audit.note, who, source, "send site file", nodes, request=id, sha256=digest)
    results = [await send(found.sender, found.file, found.proof, one) for one in chosen]
    for one in results:
        answer = "send site file refused" if one.refusal else "send site file accepted"
        with suppress(NotKept):  # that it was sent is noted
            await asyncio.to_thread(
                audit.note, who, source, answer, (one.node,), request=id, reason=one.refusal
            )
    return results


async def _looked(console: Console) -> tuple[Ready, list[There]]:
    try:
        found = await asyncio.to_thread(_ready, console)
        return found, await look(found.sender, found.file, found.sender.others)
    except (NotToSend, NoIdentity, InputError) as error:
        raise NotLooked(str(error)) from None
    except OSError as error:
        raise NotLooked(f"{error.filename or ''}: {error.strerror}") from None


def _ready(console: Console) -> Ready:
    from teiden.emulator import book as books

    settings = console.settings
    book = None if settings.book is None else books.read(settings.book)
    return ready(settings.site or settings.site_file.path, settings.node, settings.socket, book)


async def _preview(request: Request, why: str = "", status: int = 200) -> Response:
    try:
        found, there = await _looked(console_of(request))
    except NotLooked as error:
        return _page(request, why=str(error), status=409)
    nodes = [_node(found, one) for one in there]
    return _page(request, why=why, status=status, nodes=nodes, digest=found.file.digest)


def _node(found: Ready, there: There) -> dict[str, object]:
    same = there.next == found.file.digest
    theirs, ours = (one.decode("utf-8-sig", "replace") for one in (there.content, found.file.content))
    differs = not (there.refusal or same)
    return {
        "name": there.node,
        "refusal": there.refusal,
        "same": same,
        "conflict": there.conflict and not same,
        "over": f"{there.node}={there.next}",
        "diff": marked(unified(theirs, ours, there.node, found.sender.me)) if differs else [],
    }


def _page(
    request: Request,
    *,
    why: str = "",
    status: int = 200,
    nodes: list[dict[str, object]] | None = None,
    results: list[Sent] | None = None,
    digest: str = "",
) -> Response:
    values = {
        "why": why,
        "nodes": nodes or [],
        "results": results or [],
        "digest": digest[:12],
        "sends": any(one["diff"] for one in nodes or []),
    }
    return page(request, "configuration_send.html", values, status_code=status)


ROUTES: list[Way] = [read("/configuration/send", to_send), write("/configuration/send", sent)]
