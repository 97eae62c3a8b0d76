"""A UPS behind an SNMP card: read, switched off, switched on; the questions and answers of `UpsDriver`.

A SET that is answered with noError is not yet obeyed: after an OFF the card is read until it shows that
something counts down, and only then it is accepted. That the output has fallen is for the sequencer to
see. Nothing is ever sent twice by itself.
"""

from __future__ import annotations

import asyncio
from enum import Enum

from realtime.contacts import SnmpContact
from realtime.snmp.answers import Failure, Trouble
from realtime.snmp.apc import Apc
from realtime.snmp.credentials import Credentials, credentials_of
from realtime.snmp.engine import Engine, Target
from realtime.snmp.inventory import Inventory, inventory, write_back
from realtime.snmp.orders import send
from realtime.snmp.poll import SETTINGS_EVERY_S, Poll
from realtime.snmp.reading import Reading
from realtime.snmp.rfc1628 import Rfc1628
from realtime.snmp.settings import Difference, differences, effective
from realtime.snmp.table import Impossible, Orders, Table
from sequencer import timing
from sequencer.ports import Accepted, Off, Receipt, Unreachable, UpsStatus
from sequencer.site import Ups

CONFIRM_S = 5.0
"""An accepted OFF shows itself within this long, seconds of wall time (snmp cards refresh every 1 to 4 s)."""

LOOK_AGAIN_S = 0.25


class State(Enum):
    """Of the card, for status pages and `doctor`. They are three different troubles."""

    UNKNOWN = "not asked yet"
    OK = "answers"
    UNREACHABLE = "does not answer"
    AUTHENTICATION = "does not accept our user or pass phrases"
    LOST_ITS_UPS = "answers, but has lost its UPS"
    SAYS_TOO_LITTLE = "answers, but does not say what is needed"


NEEDED = {
    "mains": "whether the mains are there",
    "output_on": "whether the output is on",
    "on_battery": "whether it is on battery",
}


def table_for(contact: SnmpContact) -> Table:
    """Raises ValueError for a MIB that we have no table of."""
    if contact.mib == "apc":
        return Apc(contact.outlet_group)
    if contact.mib != "rfc1628":
        raise ValueError(f"no table for the MIB {contact.mib!r}; known: apc, rfc1628")
    if contact.outlet_group is not None:
        raise ValueError("RFC 1628 knows no outlet groups")
    return Rfc1628()


class SnmpUps:
    """`limit_s`: a reading is given up after this long, and each single SET; seconds of wall time.

    A command ends within `limit_s` for each of its SETs (three at most), one reading, and `confirm_s`.
    `credentials`: those of the contact if None; raises NoSecret then.
    """

    def __init__(
        self,
        engine: Engine,
        contact: SnmpContact,
        settings: Ups,
        limit_s: float,
        *,
        credentials: Credentials | None = None,
        confirm_s: float = CONFIRM_S,
        settings_every_s: float = SETTINGS_EVERY_S,
    ) -> None:
        self._engine = engine
        self._contact = contact
        self._ups = settings
        self._limit_s = limit_s
        self._confirm_s = confirm_s
        self._credentials = credentials_of(contact) if credentials is None else credentials
        self._table = table_for(contact)
        self._loop = asyncio.get_running_loop()
        self._poll = Poll(engine, self._table, settings_every_s=settings_every_s, monotonic=self._loop.time)
        self._target: Target | None = None
        self._begun_s = self._loop.time()
        self.state = State.UNKNOWN
        self.words = State.UNKNOWN.value
        """The state, with what the card said or failed to say."""
        self.reading: Reading | None = None
        """The last one, whole."""

    @property
    def host(self) -> str:
        """Where its traps come from."""
        return self._contact.host

    @property
    def credentials(self) -> Credentials:
        return self._credentials

    @property
    def engine_id(self) -> bytes | None:
        """Of a card of version 3 that has answered; its traps are signed for it."""
        return None if self._target is None else self._engine.engine_id(self._target)

    # Read

    async def read(self) -> UpsStatus | Unreachable:
        reading = await self._read()
        if isinstance(reading, Failure):
            return self._failed(reading)
        self.reading = reading
        if reading.comm_ok is False:
            return self._not(State.LOST_ITS_UPS, "the card has lost its UPS")
        missing = [words for name, words in NEEDED.items() if getattr(reading, name) is None]
        if missing:
            self._poll.forget()  # it may just be starting, and have more to say in a moment
            return self._not(State.SAYS_TOO_LITTLE, f"the card does not say {', nor '.join(missing)}")
        self.state, self.words = State.OK, State.OK.value
        return self._status(reading)

    async def _read(self) -> Reading | Failure:
        target = await self._reach()
        return target if isinstance(target, Failure) else await self._poll.read(target)

    async def _reach(self) -> Target | Failure:
        if self._target is None:
            host, port = self._contact.host, self._contact.port
            found = await self._engine.target(host, port, self._credentials, limit_s=self._limit_s)
            if isinstance(found, Failure):
                return found
            self._target = found
        return self._target

    def _failed(self, failure: Failure) -> Unreachable:
        if failure.trouble is Trouble.AUTH:
            return self._not(State.AUTHENTICATION, f"authentication: {failure.words}")
        return self._not(State.UNREACHABLE, failure.words)

    def _not(self, state: State, words: str) -> Unreachable:
        self.state, self.words = state, words
        return Unreachable(words)

    def _status(self, reading: Reading) -> UpsStatus:
        ups = effective(self._ups, reading.settings)
        assert reading.mains is not None
        assert reading.output_on is not None
        assert reading.on_battery is not None
        uptime_s = self._loop.time() - self._begun_s if reading.uptime_s is None else reading.uptime_s
        return UpsStatus(
            mains=reading.mains,
            output_on=reading.output_on,
            on_battery=reading.on_battery,
            low_battery=is_low(reading, ups),
            off_armed=bool(reading.off_armed),
            charge_pct=reading.charge_pct,
            runtime_s=reading.runtime_s,
            card_uptime_s=uptime_s,
            graceful_off_s=timing.graceful_off_s(ups),
            delayed_off_s=timing.delayed_off_s(ups),
            immediate_off_s=timing.immediate_off_s(ups),
            load_pct=reading.load_pct,
        )

    # Command

    async def switch_off(self, how: Off, *, sleep_s: float = 0.0) -> Receipt:
        before = await self._may_command()
        if isinstance(before, Receipt):
            return before
        if how is Off.CONSERVE and not before.on_battery:
            return Receipt(Accepted.NO, "badValue: not on battery")
        if not before.output_on:
            return Receipt(Accepted.NO, "badValue: the output is off")
        delay_s = self._delay_s(how, before)
        orders = self._table.off(how, delay_s=delay_s, sleep_s=sleep_s)
        if isinstance(orders, Impossible):
            return Receipt(Accepted.NO, orders.words)
        return await self._send(orders) or await self._confirm(delay_s)

    async def switch_on(self) -> Receipt:
        before = await self._may_command()
        if isinstance(before, Receipt):
            return before
        if before.output_on:
            return Receipt(Accepted.YES, "already on")
        if not before.mains:
            return Receipt(Accepted.NO, "badValue: no mains")
        return await self._send(self._table.on()) or Receipt(Accepted.YES)

    async def _may_command(self) -> UpsStatus | Receipt:
        """Nothing goes out in the clear (SEC-1), nor to a card that cannot be seen just now."""
        insecure = self._insecure()
        if insecure:
            return Receipt(Accepted.NO, insecure)
        status = await self.read()
        if not isinstance(status, Unreachable):
            return status
        accepted = Accepted.NO if self.state is State.AUTHENTICATION else Accepted.UNKNOWN
        return Receipt(accepted, f"nothing was sent: {status.reason}")

    def _insecure(self) -> str:
        if self._credentials.encrypted or self._contact.allow_insecure:
            return ""
        return (
            f"SEC-1: commands go out over SNMP version 3 only, not over {self._credentials.version};"
            " allow_insecure lets them out all the same"
        )

    def _delay_s(self, how: Off, status: UpsStatus) -> float:
        if how in self._table.at_once:
            return status.immediate_off_s
        return status.delayed_off_s if how is Off.DELAYED else status.graceful_off_s

    async def _send(self, orders: Orders) -> Receipt | None:
        """None: all of them were taken."""
        target = await self._reach()
        if isinstance(target, Failure):
            return Receipt(Accepted.UNKNOWN, f"nothing was sent: {target.words}")
        return await send(self._engine, target, orders)

    async def _confirm(self, delay_s: float) -> Receipt:
        """Accepted when it shows: it counts down, or the output is off already."""
        ends_s = self._loop.time() + self._confirm_s
        pause_s = min(LOOK_AGAIN_S, self._confirm_s / 10)
        while True:
            seen = await self.read()
            if isinstance(seen, UpsStatus) and not seen.output_on:
                return Receipt(Accepted.YES, falls_in_s=0.0)
            if isinstance(seen, UpsStatus) and seen.off_armed:
                left_s = None if self.reading is None else self.reading.falls_in_s
                return Receipt(Accepted.YES, falls_in_s=delay_s if left_s is None else left_s)
            if self._loop.time() + pause_s > ends_s:
                break
            await asyncio.sleep(pause_s)
        silence = f"; now: {seen.reason}" if isinstance(seen, Unreachable) else ""
        return Receipt(Accepted.UNKNOWN, f"accepted, but nothing counts down{silence}")

    # Settings

    async def differences(self) -> tuple[Difference, ...] | Unreachable:
        """What the card has otherwise than the site file says. Writes nothing."""
        self._poll.forget()
        reading = await self._read()
        if isinstance(reading, Failure):
            return self._failed(reading)
        self.reading = reading
        return differences(self._ups, self._table.keeps(self._ups), reading.settings)

    async def settle(self) -> tuple[Difference, ...] | Unreachable:
        """Write what differs, read it back, and give what still differs (S29). Refused over 1 and 2c."""
        first = await self.differences()
        if isinstance(first, Unreachable):
            return first
        insecure = self._insecure()
        wrong = {difference.setting for difference in first if difference.got is not None}
        keeps = [keep for keep in self._table.keeps(self._ups) if keep.setting in wrong]
        reasons = dict.fromkeys(wrong, insecure)
        for keep in keeps if not insecure else ():
            refusal = await self._send((keep.order,))
            reasons[keep.setting] = "" if refusal is None else refusal.reason
        again = await self.differences() if keeps else first
        if isinstance(again, Unreachable):
            return again
        return tuple(Difference(d.ups, d.setting, d.asked, d.got, reasons.get(d.setting, "")) for d in again)

    # Taking stock

    async def inventory(self) -> Inventory | Unreachable:
        """What the card says of itself, its serial number, its battery. Writes nothing."""
        target = await self._reach()
        told = target if isinstance(target, Failure) else await self._taken(target)
        return self._failed(told) if isinstance(told, Failure) else told

    async def _taken(self, target: Target) -> Inventory | Failure:
        return await inventory(self._engine, target, self._table.name)

    async def write_back(self) -> Receipt:
        """Whether the card lets us write: one of its settings is set to the value it has (Write+)."""
        insecure = self._insecure()
        target: Target | Failure = await self._reach()
        if insecure or isinstance(target, Failure):
            words = insecure or f"nothing was sent: {getattr(target, 'words', '')}"
            return Receipt(Accepted.NO if insecure else Accepted.UNKNOWN, words)
        return await write_back(self._engine, target, self._table.name)

    async def close(self) -> None:
        """The engine belongs to whoever made it."""


def is_low(reading: Reading, ups: Ups) -> bool:
    """As the card says; else by its runtime, while on battery: on the mains nothing is low (P9)."""
    if reading.low_battery is not None:
        return reading.low_battery
    left_s = reading.runtime_s
    return bool(reading.on_battery) and left_s is not None and left_s < ups.low_battery_runtime_s
