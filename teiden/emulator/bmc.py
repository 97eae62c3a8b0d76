"""The management controller of a pretend server: Redfish over HTTPS, as far as power goes.

It answers while the machine has power, halted or not; else its port refuses. Sessions or a name and a
pass phrase with each request; wrong ones get 401. Names are those of DMTF DSP0266 and DSP2046.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from sequencer.ports import Receipt
from sequencer.site import AcLink
from sim.server import Server, State
from teiden.emulator.door import BACKLOG, Door

SYSTEM = "/redfish/v1/Systems/1"
INTERFACES = f"{SYSTEM}/EthernetInterfaces"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"
SESSIONS = "/redfish/v1/SessionService/Sessions"
MOST_SESSIONS = 16
GOODBYE_S = 0.01

POWER = {
    State.HALTED: "Off",
    State.BOOTING: "On",
    State.UP: "On",
    State.SHUTTING_DOWN: "PoweringOff",
}
PROGRESS = {
    State.HALTED: "None",
    State.BOOTING: "SystemHardwareInitializationComplete",
    State.UP: "OSRunning",
    State.SHUTTING_DOWN: "OSRunning",
}
POLICY = {AcLink.BOOT: "AlwaysOn", AcLink.STAY_OFF: "AlwaysOff", AcLink.LAST_STATE: "LastState"}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Bmc:
    """`act` carries out what reads or moves the pretend room, at the wall's now."""

    def __init__(
        self,
        server: Server,
        act: Callable[[Callable[[], Any]], Any],
        *,
        user: str,
        password: str,
        tls: ssl.SSLContext,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self._server = server
        self._act = act
        self._user, self._password = user, password
        self._tls = tls
        self._door = Door(self._answer_at, self._leave, host=host, port=port)
        self._sessions: dict[str, str] = {}
        """Tokens by the path of their session, oldest first."""
        self.ac_link: AcLink | None = None
        """Fault: its BIOS is set otherwise than the site file says."""
        self.mac: str | None = None
        """Fault: the machine's network interface has another address than the site file says."""
        self._runner: web.AppRunner | None = None
        self._site: web.SockSite | None = None

    @property
    def port(self) -> int:
        return self._door.port

    @property
    def url(self) -> str:
        return f"https://{self._door.host}:{self.port}"

    async def start(self) -> None:
        app = web.Application(middlewares=[self._let_in], client_max_size=64 * 1024)
        app.router.add_get(SYSTEM, self._system)
        app.router.add_patch(SYSTEM, self._patch)
        app.router.add_get(INTERFACES, self._interfaces)
        app.router.add_get(INTERFACES + "/{number}", self._interface)
        app.router.add_post(RESET, self._reset)
        app.router.add_post(SESSIONS, self._open_session)
        app.router.add_delete(SESSIONS + "/{id}", self._close_session)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_S)
        await self._runner.setup()
        self._server.listen(lambda _: self.refresh())
        self._act(self.refresh)
        await self._door.settled()

    async def close(self) -> None:
        await self._door.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def settled(self) -> None:
        """The port is as the machine's last change leaves it."""
        await self._door.settled()

    def refresh(self) -> None:
        """The machine has changed."""
        self._door.be(self._server.read() is not None)

    # The port

    async def _answer_at(self, listener: socket.socket) -> None:
        assert self._runner is not None
        self._site = web.SockSite(self._runner, listener, ssl_context=self._tls, backlog=BACKLOG)
        await self._site.start()

    async def _leave(self) -> None:
        site, self._site = self._site, None
        if site is not None:
            await site.stop()
        if self._runner is not None and self._runner.server is not None:
            await self._runner.server.shutdown(GOODBYE_S)  # what is open dies with the power
        self._sessions.clear()

    # Who may ask

    @web.middleware
    async def _let_in(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        opens_session = request.method == "POST" and request.path == SESSIONS
        if not opens_session and not self._knows(request.headers):
            return _error(401, "a session or a name and a pass phrase is needed")
        return await handler(request)

    def _knows(self, headers: Any) -> bool:
        token = headers.get("X-Auth-Token", "")
        if any(hmac.compare_digest(token.encode(), known.encode()) for known in self._sessions.values()):
            return True
        both = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        return hmac.compare_digest(headers.get("Authorization", "").encode(), f"Basic {both}".encode())

    async def _open_session(self, request: web.Request) -> web.Response:
        body = await _json(request)
        named = f"{body.get('UserName')}:{body.get('Password')}".encode()
        if not hmac.compare_digest(named, f"{self._user}:{self._password}".encode()):
            return _error(401, "wrong name or pass phrase")
        while len(self._sessions) >= MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        path, token = f"{SESSIONS}/{secrets.token_hex(4)}", secrets.token_urlsafe(24)
        self._sessions[path] = token
        headers = {"X-Auth-Token": token, "Location": path}
        return web.json_response({"@odata.id": path, "UserName": self._user}, status=201, headers=headers)

    async def _close_session(self, request: web.Request) -> web.Response:
        known = self._sessions.pop(request.path, None)
        return web.Response(status=204) if known else _error(404, "no such session")

    # What it tells and does

    async def _system(self, _: web.Request) -> web.Response:
        return web.json_response(self._act(self._told))

    def _told(self) -> dict[str, Any]:
        server = self._server
        return {
            "@odata.id": SYSTEM,
            "Id": "1",
            "Name": server.name,
            "PowerState": POWER.get(server.state, "Off"),
            "BootProgress": {"LastState": PROGRESS.get(server.state, "None")},
            "PowerRestorePolicy": POLICY[self.ac_link or server.settings.ac_link],
            "EthernetInterfaces": {"@odata.id": INTERFACES},
            "Actions": {
                "#ComputerSystem.Reset": {
                    "target": RESET,
                    "ResetType@Redfish.AllowableValues": list(self._resets()),
                }
            },
        }

    def _resets(self) -> dict[str, Callable[[], Receipt]]:
        server = self._server
        return {
            "On": server.wake,
            "ForceOff": server.force,
            "GracefulShutdown": server.shut_down,
            "GracefulRestart": server.reboot,
        }

    async def _reset(self, request: web.Request) -> web.Response:
        kind = (await _json(request)).get("ResetType")
        resets = self._resets()
        if kind not in resets:
            return _error(400, f"no reset is called {kind!r}")
        receipt: Receipt = self._act(resets[kind])
        return web.Response(status=204) if receipt.ok else _error(409, receipt.reason)

    async def _interfaces(self, _: web.Request) -> web.Response:
        """One, if the site says its address: that is the one it is woken by."""
        known = ["1"] if self._server.settings.mac else []
        members = [{"@odata.id": f"{INTERFACES}/{number}"} for number in known]
        return web.json_response({"Members": members, "Members@odata.count": len(members)})

    async def _interface(self, request: web.Request) -> web.Response:
        mac = self.mac if self.mac is not None else self._server.settings.mac
        if request.match_info["number"] != "1" or not mac:
            return _error(404, "no such interface")
        return web.json_response({"Id": "1", "MACAddress": mac, "PermanentMACAddress": mac})

    async def _patch(self, _: web.Request) -> web.Response:
        return _error(400, "what it does when its power comes back is set in its BIOS")


async def _json(request: web.Request) -> dict[str, Any]:
    """{} for what is no object; then nothing in it is right."""
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _error(status: int, message: str) -> web.Response:
    info = [{"MessageId": "Base.1.8.GeneralError", "Message": message}]
    body = {"error": {"code": "Base.1.8.GeneralError", "message": message, "@Message.ExtendedInfo": info}}
    return web.json_response(body, status=status)
