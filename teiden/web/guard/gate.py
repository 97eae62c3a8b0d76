"""The one gate: who asks, whether he may, and whether it was really his own page that asked (SEC-10, 11)."""

from __future__ import annotations

from hmac import compare_digest
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from teiden.language.say import t
from teiden.web.forms import Form, NoForm, form_of
from teiden.web.guard.accounts import Accounts
from teiden.web.guard.audit import Audit
from teiden.web.guard.known import Known
from teiden.web.guard.roles import ANYBODY, Role, Who
from teiden.web.guard.sessions import LONGEST_S, Session, Sessions
from teiden.web.guard.throttle import Throttle
from teiden.web.routes import Access
from teiden.web.settings import Settings

TOKEN = "token"
"""The field of a form that carries the session's token; htmx sends it as a header."""
HEADER = "x-token"
METRICS = "metrics/"
"""No account can have this name."""
KNOWN_S = 365 * 86400.0


class Gate:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        folder: Path = settings.folder
        self.accounts = Accounts(folder)
        self.sessions = Sessions(folder)
        self.throttle = Throttle()
        self.known = Known(folder)
        self.audit = Audit(folder)

    @property
    def cookie(self) -> str:
        """A browser takes `__Host-` over TLS alone, and from no other host.

        All ports of a host share their cookies, and two consoles may be two ports of this machine.
        """
        return self._named("session")

    def _named(self, cookie: str) -> str:
        return f"{'__Host-' if self._settings.secure else ''}{cookie}-{self._settings.port}"

    async def admit(self, request: Request, access: Access) -> Who | Response:
        """Who it is, or what he is answered instead of the page."""
        if access.method != "GET" and not _own_page(request, self._settings.secure):
            return PlainTextResponse(t("this did not come from a page of ours"), status_code=403)
        if access.role is None:
            return self.who(request) or ANYBODY
        if self._settings.watch_only and access.role is Role.OPERATOR:
            return PlainTextResponse(t("this console only shows: --watch-only"), status_code=403)
        if not self.accounts.exist:
            if access.method == "GET":
                return ANYBODY
            return PlainTextResponse(t("this console only shows: it has no accounts"), status_code=403)
        who = self.who(request)
        if who is None:
            return self._program(request, access) or _log_in_first(request, access)
        if access.role is Role.OPERATOR and who.role is not Role.OPERATOR:
            return PlainTextResponse(
                t("{name} may look, and ask for nothing", name=who.name), status_code=403
            )
        if access.method != "GET" and not await _brings_token(request, who):
            return PlainTextResponse(t("this did not come from a page of ours"), status_code=403)
        return who

    def _program(self, request: Request, access: Access) -> Who | Response | None:
        """Whoever collects metrics has a token, and no session. None: this is no such program."""
        brought = request.headers.get("authorization", "")
        if not access.by_token or not brought:
            return None
        known, source = self._settings.metrics_token, source_of(request)
        if known is None or self.throttle.wait_s(METRICS, source) > 0:
            return PlainTextResponse(t("this token opens nothing"), status_code=403)
        if compare_digest(brought.encode(), f"Bearer {known.reveal()}".encode()):
            return ANYBODY
        self.throttle.failed(METRICS, source)
        return PlainTextResponse(t("this token opens nothing"), status_code=403)

    def who(self, request: Request) -> Who | None:
        """An account that was removed, or is another's role by now, is that at once."""
        session = self._session(request)
        role, proof = self.accounts.standing(session.name) if session is not None else (None, "")
        if session is None or role is None or session.proof != proof:
            return None
        if self._settings.watch_only:
            role = Role.VIEWER  # no page shows a button that would be refused
        return Who(session.name, role, session.token)

    def _session(self, request: Request) -> Session | None:
        id = request.cookies.get(self.cookie, "")
        return self.sessions.find(id) if id else None

    def let_in(self, request: Request, answer: Response, name: str) -> None:
        """Begin a session and give it to this browser; an id it came with is worth nothing any more."""
        self.let_out(request, answer)
        id, _ = self.sessions.begin(name, source_of(request), self.accounts.standing(name)[1])
        self._give(answer, self.cookie, id, LONGEST_S)
        if not self._known(request, name):
            self._give(answer, self._named("known"), self.known.mark(name), KNOWN_S)

    def _give(self, answer: Response, name: str, value: str, lasts_s: float) -> None:
        secure = self._settings.secure
        answer.set_cookie(
            name, value, max_age=int(lasts_s), path="/", secure=secure, httponly=True, samesite="strict"
        )

    def place(self, request: Request, name: str) -> str:
        """Where a guess of this name's password comes from, for the throttle: a session of his, a browser
        that is known for him, else the address. Each has guesses of its own."""
        session = self._session(request)
        if session is not None and session.name == name:
            return f"session {session.since_s} {session.token[:8]}"
        if self._known(request, name):
            return f"browser {request.cookies[self._named('known')]}"
        return source_of(request)

    def _known(self, request: Request, name: str) -> bool:
        return self.known.knows(name, request.cookies.get(self._named("known"), ""))

    def let_out(self, request: Request, answer: Response) -> None:
        self.sessions.end(request.cookies.get(self.cookie, ""))
        answer.delete_cookie(self.cookie, path="/", secure=self._settings.secure, httponly=True)


def source_of(request: Request) -> str:
    """The address at the other end; what a header says of it is not believed."""
    return request.client.host if request.client is not None else ""


def _own_page(request: Request, secure: bool) -> bool:
    """Browsers say where a POST comes from; one that does not say so is none of ours."""
    origin = request.headers.get("origin")
    if origin is not None:
        scheme = "https" if secure else "http"
        return origin.lower() == f"{scheme}://{request.headers.get('host', '').lower()}"
    return request.headers.get("sec-fetch-site") == "same-origin"


async def _brings_token(request: Request, who: Who) -> bool:
    brought = request.headers.get(HEADER)
    if brought is None:
        try:
            form: Form = await form_of(request)
        except NoForm:
            return False
        brought = form.get(TOKEN, "")
    return bool(who.token) and compare_digest(brought.encode(), who.token.encode())


def _log_in_first(request: Request, access: Access) -> Response:
    """A page sends him to the login and back; a part of a page makes the whole page go there."""
    if access.method != "GET":
        return PlainTextResponse(t("log in first"), status_code=403)
    if request.headers.get("hx-request") == "true":
        return PlainTextResponse(t("log in first"), status_code=401, headers={"HX-Redirect": "/login"})
    if request.headers.get("accept", "").startswith("text/event-stream"):
        return PlainTextResponse(t("log in first"), status_code=403)
    return RedirectResponse(f"/login?to={quote(request.url.path)}", status_code=303)
