"""Who gets in: where there are no accounts everybody may look, and nobody may ask for anything (SEC-11)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from teiden.language.say import t
from teiden.web.roles import ANYBODY, Who
from teiden.web.routes import Access


class Gate:
    async def admit(self, request: Request, access: Access) -> Who | Response:
        """Who it is, or what he is answered instead of the page."""
        if access.method != "GET":
            return PlainTextResponse(t("this console only shows: it has no accounts"), status_code=403)
        return ANYBODY
