"""Kinds of values that say how a device is reached: URLs, paths, keys, addresses with a port.

`{name}` in a value that stands for all servers is replaced by the name of each.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from teiden.files.field_types import HOST, Word, host, matching, reading, text_schema, wrong
from teiden.files.wording import quoted
from teiden.language.say import t

NAMED = "{name}"
"""Stands for the name of the server."""

V6 = r"\[[0-9A-Fa-f:.]+\]"
PORT = r":[0-9]{1,5}"
URL = rf"https?://({HOST}|{V6})({PORT})?(/[^\s]*)?"
ENDPOINT = rf"({HOST}|{V6})({PORT})?"
PATH = r"(/|[A-Za-z]:[\\/])[^\0-\x1f]*"
HOST_KEY = r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,3}"
SYSTEM = r"[A-Za-z0-9._~-]+"
MAIL = r"[^\s@,;<>]+@[^\s@,;<>]+"


def endpoint(text: str) -> tuple[str, int | None]:
    """Host and port of `host`, `host:port`, `[v6]` or `[v6]:port`."""
    bare, colon, port = text.rpartition(":")
    if colon and not text.endswith("]"):
        return bare.strip("[]"), int(port)
    return text.strip("[]"), None


def _url(value: Any) -> str:
    """One with a pass phrase in it is not repeated (SEC-14)."""
    if isinstance(value, str) and "@" in value:
        raise wrong(
            t("a user or a pass phrase does not stand in an address"),
            t("write them as user and secret, beside it: secret: env:NAME, file:/path or cred:NAME"),
        )
    _as_named(value, URL, t("a URL"), t("e.g. https://192.0.2.151"))
    return str(value)


def _endpoint(value: Any) -> str:
    text = matching(ENDPOINT, t("a host with or without a port"), t("e.g. 192.0.2.21 or 192.0.2.21:7401"))(
        value
    )
    name, port = endpoint(text)
    if port is not None and not 1 <= port <= 65535:
        raise wrong(
            t("{value} has no such port", value=quoted(value)), t("a port is a number from 1 to 65535")
        )
    return text if text.startswith("[") else text.replace(name, host(name), 1)


def _path(value: Any) -> str:
    return matching(
        PATH,
        t("a whole path"),
        t("from the root, e.g. /etc/teiden/keys/id: a service has no folder of its own"),
    )(value)


def _host(value: Any) -> str:
    if isinstance(value, str) and NAMED in value:
        return _as_named(value, HOST, t("a host name or an IP address"), t("e.g. {name}.example.net"))
    return host(value)


def _as_named(value: Any, pattern: str, what: str, hint: str) -> str:
    """The value, if it fits once a name stands for `{name}`."""
    text = value.replace(NAMED, "name") if isinstance(value, str) else value
    if not isinstance(text, str) or not re.fullmatch(pattern, text):
        raise wrong(f"{quoted(value)} is not {what}", hint)
    return str(value)


def _like(example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "examples": [example]})


def _system(value: Any) -> str:
    """1 without quotes is a number to YAML; both are welcome."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return matching(SYSTEM, t("the id of a system"), t('as below /redfish/v1/Systems: "1"'))(text)


Url = Annotated[str, reading(_url), _like("https://192.0.2.151")]
Endpoint = Annotated[str, reading(_endpoint), _like("192.0.2.21:7401")]
AnyPath = Annotated[str, reading(_path), text_schema(PATH, "/etc/teiden/ca.pem")]
HostOrNamed = Annotated[str, reading(_host), _like("192.0.2.51")]
SystemId = Annotated[
    str, reading(_system), WithJsonSchema({"type": ["string", "integer"], "examples": ["1"]})
]
HostKey = Annotated[
    str,
    reading(
        lambda value: matching(
            HOST_KEY,
            t("a host key"),
            t("one line of ssh-keyscan, without the host in front: ssh-ed25519 AAAA..."),
        )(value)
    ),
    text_schema(HOST_KEY, "ssh-ed25519 AAAA"),
]
MailAddress = Annotated[
    str,
    reading(lambda value: matching(MAIL, t("a mail address"), t("e.g. operators@example.net"))(value)),
    text_schema(MAIL, "operators@example.net"),
]
Words = Annotated[list[Word], Field(min_length=1)]
"""A program and its arguments; no shell reads them."""
