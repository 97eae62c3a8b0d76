"""Asking for something: off, on, hold, release, of a group or a device, with what else goes along."""

from __future__ import annotations

import asyncio
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sequencer.requests import Wish
from sequencer.site import Group, ServerRole, Site
from teiden import requests
from teiden.language.retell import retold
from teiden.language.say import later, said, t
from teiden.narration.words import duration
from teiden.web.consequences import Consequences, Stage, consequences
from teiden.web.console import Console, console_of, who_asks
from teiden.web.devices import group_at
from teiden.web.forms import Form, NoForm, form_of
from teiden.web.guard.audit import NotKept
from teiden.web.guard.gate import source_of
from teiden.web.guard.once_more import why_not_he
from teiden.web.pending import PENDING, Pending
from teiden.web.rehearsing import Busy
from teiden.web.routes import Way, read, write
from teiden.web.view import page

WISHES = (Wish.POWER_OFF, Wish.POWER_ON, Wish.HOLD, Wish.RELEASE)
TITLES = {
    Wish.POWER_OFF: later("Shut down and switch off: {scope}"),
    Wish.POWER_ON: later("Switch on: {scope}"),
    Wish.HOLD: later("Hold: {scope}"),
    Wish.RELEASE: later("Release: {scope}"),
}
TYPED = frozenset((Wish.POWER_OFF, Wish.HOLD))
"""Wishes that need the name of what they are about to be typed (SEC-12)."""
PASSWORD = frozenset((Wish.POWER_OFF,))
"""Wishes that need the password once more (SEC-12)."""
ASKS: dict[Wish, Callable[..., requests.Reply]] = {
    Wish.HOLD: requests.hold,
    Wish.RELEASE: requests.release,
    Wish.POWER_OFF: requests.power_off,
    Wish.POWER_ON: requests.power_on,
}
EVERYTHING = requests.EVERYTHING
ID = re.compile(r"[0-9a-f]{32}")
"""What the form was made with: sent twice, it is one request."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What is about to be asked for. `of` empty: the whole site."""

    wish: Wish
    scope: str
    """What has to be typed: the group's name, the device's, or `everything`."""
    of: tuple[str, ...]
    where: str
    """How the form says it again: `group=0/2`, `device=ups5`, `everything=1`."""


class NothingToAsk(Exception):
    """Why there is nothing to be asked for, in words."""


async def ask(request: Request) -> Response:
    """What would happen, and the form that asks for it."""
    console = console_of(request)
    try:
        asking = _asking(console.settings.site_file.site, dict(request.query_params))
    except NothingToAsk as error:
        return page(request, "asked.html", {"title": str(error), "reason": ""}, status_code=404)
    return await _form(request, console, asking)


async def asked(request: Request) -> Response:
    """Noted first, then asked for; what the service says to it is shown."""
    console = console_of(request)
    try:
        form = await form_of(request)
        asking = _asking(console.settings.site_file.site, {k: form.get(k) for k in KEYS if form.get(k)})
    except NoForm as error:
        return page(request, "asked.html", {"title": str(error), "reason": ""}, status_code=error.status)
    except NothingToAsk as error:
        return page(request, "asked.html", {"title": str(error), "reason": ""}, status_code=404)
    if why := await _not_confirmed(request, console, asking, form):
        return await _form(request, console, asking, why=why, status=403)
    id = form.get("id") if ID.fullmatch(form.get("id")) else uuid.uuid4().hex
    if console.settings.two_persons and asking.wish in PASSWORD:
        return await _left_to_another(request, console, asking, id)
    try:
        who, source = who_asks(request).name, source_of(request)
        reply = await asyncio.to_thread(send, console, asking.wish, asking.of, who, source, id)
    except NotKept as error:
        return await _form(request, console, asking, why=not_noted(error), status=503)
    return answered(request, reply)


def not_noted(error: NotKept) -> str:
    return t("nothing was asked: the audit log cannot be written ({why})", why=error)


def answered(request: Request, reply: requests.Reply) -> Response:
    """What the service says to it."""
    if reply.accepted:
        return RedirectResponse("/", status_code=303)
    title = t("Refused") if reply.accepted is False else t("It is not known whether it is carried out")
    values = {"title": title, "reason": retold(reply.reason)}
    return page(request, "asked.html", values, status_code=409 if reply.accepted is False else 502)


async def _left_to_another(request: Request, console: Console, asking: Asking, id: str) -> Response:
    """Of two persons one has asked; nothing is sent until the other approves."""
    who, source = who_asks(request).name, source_of(request)
    of = asking.of or (EVERYTHING,)
    try:
        what = f"{asking.wish.value} waits for another operator"
        await asyncio.to_thread(console.gate.audit.note, who, source, what, of, request=id)
    except NotKept as error:
        return await _form(request, console, asking, why=not_noted(error), status=503)
    if not console.pending.add(Pending(id, asking.wish, asking.scope, asking.of, who)):
        return await _form(request, console, asking, why=t("too many wait for approval"), status=429)
    console.bell.ring(PENDING)
    return RedirectResponse("/ask/pending", status_code=303)


MOST_IN_A_LINE = 6
"""Devices; of more their number is shown, and their names when somebody opens it."""
PATIENCE_S = 5.0
"""So long the page waits for what would happen: for a hall it may take longer, beside other work."""
KEYS = ("wish", "group", "device", "everything")


def _asking(site: Site, told: dict[str, str]) -> Asking:
    wish = next((one for one in WISHES if one.value == told.get("wish")), None)
    if wish is None:
        raise NothingToAsk(t("there is no such wish"))
    holds = wish in (Wish.HOLD, Wish.RELEASE)
    if told.get("everything") and not holds:
        return Asking(wish, EVERYTHING, (), "everything=1")
    if "group" in told:
        group = group_at(site, told["group"])
        if group is None:
            raise NothingToAsk(t("there is no such group"))
        of = tuple(dict.fromkeys(_members(site, group, upses=holds)))
        if not of:
            raise NothingToAsk(t("there is no server in {group}", group=group.name))
        return Asking(wish, group.name, of, f"group={told['group']}")
    device = told.get("device", "")
    if device in site.servers or (holds and (device in site.upses or device in site.arrays)):
        return Asking(wish, device, (device,), f"device={device}")
    raise NothingToAsk(t("there is no such device"))


def _members(site: Site, group: Group, *, upses: bool) -> Iterator[str]:
    """Pool servers are held with their group, and never asked for: whoever lends them out switches them."""
    if upses:
        yield from (*group.power, *group.devices)
    yield from (n for n in group.servers if upses or site.servers[n].role is not ServerRole.POOL)
    for below in group.groups:
        yield from _members(site, below, upses=upses)


async def _form(
    request: Request, console: Console, asking: Asking, *, why: str = "", status: int = 200
) -> Response:
    found, rehearsed = Consequences("", ()), asking.wish in (Wish.POWER_OFF, Wish.POWER_ON)
    if rehearsed:
        try:
            played = console.rehearsing.played(consequences, asking.wish, asking.of)
            found = await asyncio.wait_for(played, PATIENCE_S)
        except (Busy, TimeoutError):  # whoever has to switch off now can
            rehearsed, why = (
                False,
                why or t("What would happen is being played: load this page again for it."),
            )
    key, _, value = asking.where.partition("=")
    values: dict[str, object] = {
        "asking": asking,
        "title": said(TITLES[asking.wish], scope=asking.scope),
        "wish": asking.wish.value,
        "key": key,
        "value": value,
        "typed": asking.wish in TYPED,
        "password": asking.wish in PASSWORD,
        "id": uuid.uuid4().hex,
        "why": why,
        "refusal": retold(found.refusal),
        "stages": [
            {
                "devices": one.devices,
                "state": retold(one.state),
                "after": _span(one),
                "named": one.named,
            }
            for one in found.stages(console.settings.site_file.site)
        ],
        "few": MOST_IN_A_LINE,
        "rehearsed": rehearsed,
        "holds": asking.wish is Wish.HOLD,
    }
    return page(request, "ask.html", values, status_code=status)


def _span(stage: Stage) -> str:
    first, last = duration(stage.from_s), duration(stage.until_s)
    return first if first == last else f"{first} – {last}"


async def _not_confirmed(request: Request, console: Console, asking: Asking, form: Form) -> str:
    """Why it is not asked for yet; '' if it may be."""
    if asking.wish in TYPED and form.get("typed").strip() != asking.scope:
        return t("type {scope} to go on", scope=asking.scope)
    return await why_not_he(request, console, form) if asking.wish in PASSWORD else ""


def send(
    console: Console, wish: Wish, names: tuple[str, ...], who: str, source: str, id: str, *, first: str = ""
) -> requests.Reply:
    """Noted, then asked for. `first`: who asked, where `who` approved. Raises NotKept: nothing was asked."""
    audit, what = console.gate.audit, wish.value
    of = names or (EVERYTHING,)
    audit.note(who, source, what, of, request=id, **({"asked_by": first} if first else {}))
    by = f"{first} and {who}, console" if first else f"{who}, console"
    settings = {"socket": console.settings.socket, "by": by, "id": id}
    try:
        ask = ASKS[wish]
        reply = ask(*names, **settings) if names else ask(everything=True, **settings)
    except requests.NotReached as error:
        reply = requests.Reply(id, False, str(error))
    answer = {True: "accepted", False: "refused", None: "not known"}[reply.accepted]
    with suppress(NotKept):  # that it was asked for is noted; what came of it the service's stream tells
        audit.note(who, source, f"{what} {answer}", of, request=id, reason=reply.reason)
    return reply


ROUTES: list[Way] = [read("/ask", ask), write("/ask", asked)]
