"""Alarms to a webhook: one POST with a JSON object for each; any 2xx says that it has arrived.

Over `http.client`, not `urllib`: it follows no redirect, which would hand our token to another host, it
asks no proxy, and its socket can be shut when the time is over.
"""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from realtime.outbox.delivery import NotDelivered, is_here, trusting, within
from realtime.outbox.letter import Letter
from realtime.secret import NoSecret, secret_at

HOPELESS = (400, 413, 422)
"""What the other side says of this letter, not of us: another one may be fine."""


class Webhook:
    """`secret`: where a bearer token stands; read anew for each letter, so that it can be changed."""

    def __init__(self, url: str, secret: str = "", *, ca: str = "", limit_s: float = 20.0) -> None:
        self._url = url
        self._secret = secret
        self._ca = ca
        self._limit_s = limit_s

    @property
    def name(self) -> str:
        """Without what stands behind the host: many services put their secret there."""
        return f"webhook {urlsplit(self._url).netloc.rpartition('@')[2]}"

    def deliver(self, letter: Letter) -> None:
        target = urlsplit(self._url)
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "teiden"}
        connection = self._connection()
        headers |= self._token(target.scheme, target.hostname or "")
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        try:
            with within(self._limit_s, lambda: connection.sock):
                connection.request("POST", path, letter.json().encode("utf-8"), headers)
                answer = connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            raise NotDelivered(str(error) or type(error).__name__) from None
        finally:
            connection.close()
        if not 200 <= answer.status < 300:
            raise NotDelivered(f"answered {answer.status}", hopeless=answer.status in HOPELESS)

    def _connection(self) -> http.client.HTTPConnection:
        target = urlsplit(self._url)
        try:
            port = target.port
        except ValueError as error:
            raise NotDelivered(str(error)) from None
        match target.scheme, target.hostname:
            case "https", str(host):
                context = trusting(self._ca)
                return http.client.HTTPSConnection(host, port, timeout=self._limit_s, context=context)
            case "http", str(host):
                return http.client.HTTPConnection(host, port, timeout=self._limit_s)
            case _:
                raise NotDelivered("its address begins with neither https:// nor http://")

    def _token(self, scheme: str, host: str) -> dict[str, str]:
        if not self._secret:
            return {}
        if scheme != "https" and not is_here(host):
            raise NotDelivered("a token goes out over https only")
        try:
            return {"Authorization": f"Bearer {secret_at(self._secret).reveal()}"}
        except NoSecret as why:
            raise NotDelivered(str(why)) from None
