"""A UPS behind a NUT server: it tells, and it commands only where upsd offers instant commands to our user.

What upsd answers to a command means no more than that it has handed it to its driver. So the driver's own
word is waited for where upsd tracks it (NUT 2.8), else what the variables show; else it is unknown.
NUT has no word for a sleep of so many hours. Its connection is plain text: keep upsd on this machine, or
on a LAN where nobody listens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from realtime.contacts import NutContact
from realtime.nut_lines import NutError, Upsd, upsd
from realtime.nut_status import counts_down, delay_s, output_on, status_of
from realtime.secret import NoSecret, Secret
from realtime.secret import secret_at as read_secret
from sequencer.ports import Accepted, Off, Receipt, Unreachable, UpsStatus
from sequencer.site import Ups

LOOK_AGAIN_S = 0.1
"""While a command is on its way through upsd's driver."""
MARGIN_S = 30.0
"""After its delay, until an OFF that has not come is forgotten."""

WAYS = {
    Off.NOW: ("load.off",),
    Off.GRACEFUL: ("shutdown.stayoff", "load.off.delay"),
    Off.DELAYED: ("shutdown.stayoff", "load.off.delay"),
    Off.UNTIL_MAINS: ("shutdown.return",),
    Off.CONSERVE: ("shutdown.return",),
}
"""Instant commands that do it, the best first. All but `load.off` count down `ups.delay.shutdown`."""

Variables = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Order:
    command: str
    shows: Callable[[Variables], bool]
    """Whether the variables show that it was taken."""
    falls_in_s: float | None = None


class _Refused(Exception):
    """Nothing was sent, and why not."""


class NutUps:
    """`limit_s`: of one call, a command's proof included. `clock`: seconds that pass as for the UPS."""

    def __init__(
        self,
        contact: NutContact,
        settings: Ups,
        *,
        limit_s: float,
        secret_at: Callable[[str], Secret] = read_secret,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._contact = contact
        self.settings = settings
        self._limit_s = limit_s
        self._secret_at = secret_at
        self._clock = clock
        self._falls_by_s: float | None = None
        """An OFF that upsd took counts down until then, as far as we know."""

    async def close(self) -> None:
        pass  # no call leaves a connection behind

    async def read(self) -> UpsStatus | Unreachable:
        try:
            async with asyncio.timeout(self._limit_s), upsd(self._contact) as line:
                variables = await line.variables(self._contact.ups)
        except TimeoutError:
            return Unreachable(f"upsd: no answer in {self._limit_s:g} s")
        except NutError as reason:
            return Unreachable(f"upsd: {reason}")
        if not output_on(variables):
            self._falls_by_s = None
        armed = self._falls_by_s is not None and self._clock() < self._falls_by_s
        return status_of(variables, armed=armed)

    async def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Receipt:
        if how not in WAYS:
            return Receipt(Accepted.NO, f"NUT has no command for {how.value}")
        return await self._command(lambda offered, now: _off(how, offered, now))

    async def switch_on(self) -> Receipt:
        return await self._command(_on)

    async def _command(self, order_for: Callable[[set[str], Variables], _Order]) -> Receipt:
        contact, sent = self._contact, False
        if not contact.user:
            return Receipt(Accepted.NO, "upsd: no user is named for it, so it is only read")
        try:
            async with asyncio.timeout(self._limit_s), upsd(contact) as line:
                await line.log_in(contact.user, self._secret_at(contact.secret))
                tracked = await _tracking(line)
                offered = await line.commands(contact.ups)
                order = order_for(offered, await line.variables(contact.ups))
                sent = True
                answer = await line.ask(f"INSTCMD {contact.ups} {order.command}")
                self._note(order)
                tracking_id = (
                    answer.rpartition(" ")[2] if tracked and answer.startswith("OK TRACKING ") else ""
                )
                return await self._outcome(line, order, tracking_id)
        except _Refused as reason:
            return Receipt(Accepted.NO, str(reason))
        except NoSecret as reason:
            return Receipt(Accepted.NO, f"upsd: {reason}")
        except TimeoutError:
            why = "not shown to be done" if sent else "no answer"
            return Receipt(_if(sent), f"upsd: {why} in {self._limit_s:g} s")
        except NutError as reason:
            if reason.code and sent:
                self._falls_by_s = None  # the driver says that it has not done it
            return Receipt(_if(sent and not reason.code), f"upsd: {reason}")

    def _note(self, order: _Order) -> None:
        if order.falls_in_s:
            self._falls_by_s = self._clock() + order.falls_in_s + MARGIN_S

    async def _outcome(self, line: Upsd, order: _Order, tracking_id: str) -> Receipt:
        """Of a command that upsd has handed on; until its limit."""
        while True:
            if tracking_id:
                said = await line.ask(f"GET TRACKING {tracking_id}")
                done = said == "SUCCESS"
            else:
                done = await self._shows(line, order)
            if done:
                return Receipt(Accepted.YES, falls_in_s=order.falls_in_s)
            await asyncio.sleep(LOOK_AGAIN_S)

    async def _shows(self, line: Upsd, order: _Order) -> bool:
        """A driver that has lost its UPS meanwhile shows nothing, and refuses nothing."""
        try:
            return order.shows(await line.variables(self._contact.ups))
        except NutError as error:
            if not error.code:
                raise
            return False


async def _tracking(line: Upsd) -> bool:
    """Whether upsd will tell what became of a command; before NUT 2.8 it does not."""
    try:
        return (await line.ask("SET TRACKING ON")).startswith("OK")
    except NutError as error:
        if not error.code:
            raise
        return False


def _off(how: Off, offered: set[str], now: Variables) -> _Order:
    if how is Off.CONSERVE and "OB" not in now.get("ups.status", "").split():
        raise _Refused("not on battery")
    command = next((way for way in WAYS[how] if way in offered), None)
    if command is None:
        raise _Refused(f"upsd offers none of {', '.join(WAYS[how])} for this UPS")
    if how is Off.NOW:
        return _Order(command, lambda later: not output_on(later), 0.0)
    falls_in_s = delay_s(now)
    if falls_in_s is None:
        raise _Refused("upsd does not tell ups.delay.shutdown: nobody knows when it would go off")
    if command == "load.off.delay":
        command = f"{command} {falls_in_s:.0f}"
    return _Order(command, lambda later: counts_down(later) or not output_on(later), falls_in_s)


def _on(offered: set[str], now: Variables) -> _Order:
    if "load.on" not in offered:
        raise _Refused("upsd offers no load.on for this UPS")
    return _Order("load.on", output_on)


def _if(maybe_done: bool) -> Accepted:
    return Accepted.UNKNOWN if maybe_done else Accepted.NO
