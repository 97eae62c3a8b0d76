"""A pretend cluster's status by REST, as CLUSTERPRO shows it on TCP 29009: servers and groups, read only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from realtime.clusters.rest import basic
from realtime.secret import Secret
from sim.cluster import Cluster
from sim.server import Server
from teiden.emulator.array_service import Act
from teiden.emulator.cluster_view import view


class ClusterRest:
    """`user` and `word`: whoever asks must give them (Basic authentication)."""

    def __init__(
        self,
        cluster: Cluster,
        nodes: Mapping[str, Server],
        act: Act,
        *,
        user: str = "",
        word: Secret | None = None,
    ) -> None:
        self._cluster = cluster
        self._nodes = nodes
        self._act = act
        self._login = basic(user, word) if word is not None else None
        self._runner: web.AppRunner | None = None
        self.port = 0
        self.failing = False
        """Fault: its own service is there and cannot tell."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Port 0: any that is free; `port` says which."""
        app = web.Application()
        app.router.add_get("/api/v1/{what:servers|groups|cluster}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _answer(self, request: web.Request) -> web.Response:
        if self._login is not None and request.headers.get("Authorization") != self._login:
            return _told({}, 401, 1, "not authorized")
        if self.failing:
            return _told({}, 200, 2, "internal error")
        what = request.match_info["what"]
        seen = self._act(lambda: view(self._cluster, self._nodes))
        if what == "cluster":
            return _told({"cluster": {"name": seen.name, "status": seen.group}})
        return _told({what: seen.entries(what)})


def _told(content: dict[str, Any], http: int = 200, code: int = 0, message: str = "") -> web.Response:
    return web.json_response({**content, "result": {"code": code, "message": message}}, status=http)
