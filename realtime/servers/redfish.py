"""A server's management controller over Redfish: look, reset, and what it does when its power comes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from realtime.contacts import RedfishContact
from realtime.secret import Secret, secret_at
from realtime.servers.bmc_link import Link, NoLink, Reply, path_in
from realtime.servers.controller import (
    POLICIES,
    Controller,
    NotUnderstood,
    not_offered,
    reset_action,
    told_by,
)
from realtime.servers.way import NotSent, Told, accepted, refused, unknown
from sequencer.ports import Unreachable
from sequencer.site import AcLink

MOST_INTERFACES = 16
"""Asked for one by one; a blade has two to eight."""


class Redfish:
    """`limit_s`: of a look, and of the look before a command; `command_limit_s`: of the command itself."""

    def __init__(
        self,
        contact: RedfishContact,
        *,
        limit_s: float,
        command_limit_s: float | None = None,
        secret: Callable[[str], Secret] = secret_at,
    ) -> None:
        self._command_limit_s = limit_s if command_limit_s is None else command_limit_s
        self._link = Link(contact, limit_s=limit_s, secret=secret)
        self._path = f"/redfish/v1/Systems/{contact.system}"

    async def close(self) -> None:
        await self._link.close()

    async def read(self) -> Controller | Unreachable:
        try:
            return told_by((await self._system()).body)
        except (NoLink, NotUnderstood) as reason:
            return Unreachable(f"controller: {reason}")

    async def macs(self) -> tuple[str, ...] | Unreachable:
        """Of its network interfaces, in small letters; none where it tells of none."""
        try:
            where = path_in(_object((await self._system()).body, "EthernetInterfaces"), "@odata.id")
            if not where:
                return ()
            members = (await self._link.ask("GET", where)).body.get("Members")
            listed = members if isinstance(members, list) else []
            paths = [path_in(member, "@odata.id") for member in listed if isinstance(member, dict)]
            bodies = [(await self._link.ask("GET", path)).body for path in paths[:MOST_INTERFACES] if path]
        except NoLink as reason:
            return Unreachable(f"controller: {reason}")
        told = [body.get(key) for body in bodies for key in ("PermanentMACAddress", "MACAddress")]
        return tuple(dict.fromkeys(mac.lower() for mac in told if isinstance(mac, str)))

    async def reset(self, kind: str) -> Told:
        """`On`, `ForceOff`, `GracefulShutdown`, `GracefulRestart`. Accepted is not done."""
        try:
            action = reset_action((await self._system()).body)
        except NoLink as reason:
            return NotSent(f"controller: {reason}")
        if lacking := not_offered(action, kind):
            return NotSent(f"controller: {lacking}")
        path = path_in(action, "target") or f"{self._path}/Actions/ComputerSystem.Reset"
        return await self._command("POST", path, {"ResetType": kind})

    async def set_ac_link(self, policy: AcLink) -> Told:
        """Many controllers leave this to the BIOS and refuse."""
        name = next(name for name, known in POLICIES.items() if known is policy)
        try:
            tag = (await self._system()).headers.get("ETag", "")
        except NoLink as reason:
            return NotSent(f"controller: {reason}")
        headers = {"If-Match": tag} if tag else {}
        return await self._command("PATCH", self._path, {"PowerRestorePolicy": name}, headers)

    async def _system(self) -> Reply:
        reply = await self._link.ask("GET", self._path)
        if not reply.ok:
            raise NoLink(f"{self._path}: {reply.words}")
        return reply

    async def _command(
        self, method: str, path: str, body: dict[str, Any], headers: dict[str, str] | None = None
    ) -> Told:
        try:
            reply = await self._link.ask(method, path, body, headers or {}, limit_s=self._command_limit_s)
        except NoLink as reason:
            return unknown(f"controller: {reason}") if reason.sent else NotSent(f"controller: {reason}")
        if reply.ok:
            return accepted()
        words = f"controller: {reply.words}"
        return refused(words) if reply.status < 500 else unknown(words)


def _object(body: dict[str, Any], key: str) -> dict[str, Any]:
    value = body.get(key)
    return value if isinstance(value, dict) else {}
