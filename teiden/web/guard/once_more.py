"""The password once more, before what changes most (SEC-12): a session that was left open does not do it."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from teiden.language.say import t
from teiden.web.console import Console, who_asks
from teiden.web.forms import Form


async def why_not_he(request: Request, console: Console, form: Form) -> str:
    """Why this is not believed to be the account's owner; '' if its password came along."""
    gate, who = console.gate, who_asks(request)
    place = gate.place(request, who.name)
    if gate.throttle.wait_s(who.name, place) > 0:
        return t("too many attempts; log in again later")
    gate.throttle.failed(who.name, place)
    if await asyncio.to_thread(gate.accounts.verify, who.name, form.get("password")) is None:
        return t("this is not your password")
    gate.throttle.succeeded(who.name, place)
    return ""
