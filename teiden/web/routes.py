"""The only ways to make a route: for everybody, to read, to be scraped, to write. It says what it needs.

A test takes every route of the application and tries it as everybody it is not for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from teiden.language.say import speaking
from teiden.web.guard.roles import Role
from teiden.web.language import language_of

if TYPE_CHECKING:
    from teiden.web.console import Console

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Access:
    method: str
    """`GET`, which changes nothing, or `POST`."""
    role: Role | None
    """Who at least; None: everybody, without a session."""
    by_token: bool = False
    """A program without a session may bring the token for metrics instead; it reads this and nothing else."""


class Way(Route):
    """A route that knows whom it is for."""

    def __init__(self, path: str, handler: Handler, access: Access) -> None:
        self.access = access
        super().__init__(path, _admitted(handler, access), methods=[access.method], name=handler.__name__)


def for_everybody(path: str, handler: Handler, *, method: str = "GET") -> Way:
    """The login page, and whether we are alive."""
    return Way(path, handler, Access(method, None))


def read(path: str, handler: Handler) -> Way:
    return Way(path, handler, Access("GET", Role.VIEWER))


def scraped(path: str, handler: Handler) -> Way:
    return Way(path, handler, Access("GET", Role.VIEWER, by_token=True))


def write(path: str, handler: Handler, *, role: Role = Role.OPERATOR) -> Way:
    """Something is asked for: a session with this role, its token, our own origin (SEC-10, SEC-11)."""
    return Way(path, handler, Access("POST", role))


def _admitted(handler: Handler, access: Access) -> Handler:
    async def endpoint(request: Request) -> Response:
        console: Console = request.app.state.console
        with speaking(language_of(request)):
            found = await console.gate.admit(request, access)
            if isinstance(found, Response):
                return found
            request.state.who = found
            return await handler(request)

    return endpoint
