"""Ask a running service to power servers off or on, or to leave devices alone: functions for applications.

    from teiden import requests

    reply = requests.power_off("blade1", "blade2", by="backup job")
    if not reply.accepted: ...

They return when the service has accepted or refused; that servers are off is seen later. Standard library
only; the same in other languages: docs/requests.md.
"""

from __future__ import annotations

import json
import os
import socket as sockets
import time
import uuid
from dataclasses import dataclass
from typing import Any

from teiden.language.say import t

VARIABLE = "TEIDEN_SOCKET"
DEFAULT_SOCKET = "/run/teiden/requests.sock"
TIMEOUT_S = 30.0
"""Longer than the service itself takes to say that it does not know (20 s)."""
EVERYTHING = "everything"
MAX_REPLY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    id: str
    """The request's; asking again with it never does anything twice."""
    accepted: bool | None
    """None: sent, and not known whether it is carried out."""
    reason: str = ""
    """Why not, or why nothing is known."""


class NotReached(Exception):
    """No service heard the request: nothing has been asked."""


def power_off(
    *servers: str,
    everything: bool = False,
    socket: str | None = None,
    by: str = "",
    timeout_s: float = TIMEOUT_S,
    id: str | None = None,
) -> Reply:
    """Shut these servers down and cut their power; `everything=True`: the whole site, in order (R2-05).

    Without a name and without `everything` it is a ValueError: an empty list must not stop a site.
    """
    return _ask("power_off", _of(servers, everything), socket, by, timeout_s, id)


def power_on(
    *servers: str,
    everything: bool = False,
    socket: str | None = None,
    by: str = "",
    timeout_s: float = TIMEOUT_S,
    id: str | None = None,
) -> Reply:
    """Start these servers, or everything, in order; also after an outage with `auto: false` (R10-03)."""
    return _ask("power_on", _of(servers, everything), socket, by, timeout_s, id)


def hold(
    *devices: str,
    socket: str | None = None,
    by: str = "",
    timeout_s: float = TIMEOUT_S,
    id: str | None = None,
) -> Reply:
    """Send these devices no command until they are released, not in an outage either (S27)."""
    return _ask("hold", _of(devices), socket, by, timeout_s, id)


def release(
    *devices: str,
    socket: str | None = None,
    by: str = "",
    timeout_s: float = TIMEOUT_S,
    id: str | None = None,
) -> Reply:
    """End a hold."""
    return _ask("release", _of(devices), socket, by, timeout_s, id)


def reload(*, socket: str | None = None, timeout_s: float = TIMEOUT_S) -> Reply:
    """Let the service take up its site file as it lies on the disk, where that needs no more (R6-45)."""
    return _answer({"ask": "reload"}, socket, timeout_s, "")


def tell(
    news: str,
    *nodes: str,
    socket: str,
    by: str = "",
    timeout_s: float = TIMEOUT_S,
    id: str | None = None,
) -> Reply:
    """For the cluster's manager: it is about to do this itself, `shutdown` or `reboot` (R2-08, R2-09).

    Without a node the whole cluster goes. `socket`: the manager's own; no other hears this.
    """
    if news not in ("shutdown", "reboot"):
        raise ValueError(f"{news!r} is no news; it is shutdown or reboot")
    if nodes:
        return _ask(f"server_{news}", list(nodes), socket, by, timeout_s, id)
    return _ask(f"cluster_{news}", EVERYTHING, socket, by, timeout_s, id)


def socket_path(given: str | None = None) -> str:
    """The one given, else TEIDEN_SOCKET, else where the service makes it."""
    return given or os.environ.get(VARIABLE) or DEFAULT_SOCKET


def _of(names: tuple[str, ...], everything: bool = False) -> list[str] | str:
    if everything == bool(names):
        raise ValueError("name what it is about, or say everything=True where that is meant; not both")
    return EVERYTHING if everything else list(names)


def _ask(
    wish: str, of: list[str] | str, path: str | None, by: str, timeout_s: float, id: str | None
) -> Reply:
    id = id or uuid.uuid4().hex
    told: dict[str, Any] = {"id": id, "wish": wish, "of": of}
    if by:
        told["by"] = by
    return _answer(told, path, timeout_s, id)


def _answer(told: dict[str, Any], path: str | None, timeout_s: float, id: str) -> Reply:
    line = json.dumps(told).encode("ascii") + b"\n"
    deadline_s = time.monotonic() + timeout_s
    with connected(socket_path(path), timeout_s) as service:
        try:
            service.sendall(line)
        except ConnectionError:
            pass  # it may have said why before it hung up
        except TimeoutError:
            return Reply(id, None, t("the service does not read"))
        return _reply(service, id, deadline_s, timeout_s)


def connected(path: str, timeout_s: float) -> sockets.socket:
    """A connection to the service, or NotReached."""
    if not hasattr(sockets, "AF_UNIX"):
        raise NotReached(t("{path}: this system has no Unix-domain sockets", path=path))
    service = sockets.socket(sockets.AF_UNIX, sockets.SOCK_STREAM)
    service.settimeout(timeout_s)
    try:
        service.connect(path)
    except OSError as error:
        service.close()
        raise NotReached(_why_not(path, error)) from None
    return service


def _why_not(path: str, error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return t("no service runs on this machine: {path} does not exist", path=path)
        case ConnectionRefusedError():
            return t("no service listens at {path} any more", path=path)
        case PermissionError():
            return t("{path} is open to the service's own user and to root only", path=path)
        case TimeoutError():
            return t("the service at {path} does not answer", path=path)
    return t("{path}: {reason}", path=path, reason=(error.strerror or str(error)).lower())


def _reply(service: sockets.socket, id: str, deadline_s: float, timeout_s: float) -> Reply:
    heard = b""
    try:
        while not heard.endswith(b"\n") and len(heard) < MAX_REPLY:
            service.settimeout(max(0.001, deadline_s - time.monotonic()))
            more = service.recv(4096)
            if not more:
                break
            heard += more
    except TimeoutError:
        unknown = t("no answer in {timeout_s:g} s; it may still be carried out", timeout_s=timeout_s)
        return Reply(id, None, unknown)
    except OSError:
        heard = b""
    try:
        told = json.loads(heard)
        accepted, reason = told["accepted"], str(told.get("reason", ""))
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return Reply(id, None, t("the service hung up without an answer; it may still be carried out"))
    return Reply(id, accepted if isinstance(accepted, bool) else None, reason)
