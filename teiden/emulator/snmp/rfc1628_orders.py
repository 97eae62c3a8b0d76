"""What a card that follows RFC 1628 can be told: test, off, on, reboot and its few settings.

Its off is a number of seconds, sent with the command, which reads back as it counts down and can be
aborted. It has no return delay. Simplified: where upsAutoRestart is on, an off that counts down comes back
with the mains also if they were good all the time; an off at once does so only on battery.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from sequencer.ports import Off
from teiden.emulator.snmp.card import NOMINAL_V, SnmpCard
from teiden.emulator.snmp.objects import (
    Entry,
    Kind,
    Oid,
    Refusal,
    Refused,
    Value,
    constant,
    dotted,
    one_of,
    within,
)

UPS_MIB = dotted("1.3.6.1.2.1.33")
OBJECTS = (*UPS_MIB, 1)


def ups_mib(below: str) -> Oid:
    """A scalar: `ups_mib("2.4")` is upsEstimatedChargeRemaining.0."""
    return (*OBJECTS, *dotted(below), 0)


LOW_MINUTES = ups_mib("9.7")
LONGEST_S = 2**31 - 1
"""RFC 1628 writes 2147483648, one more than its INTEGER holds."""
LONGEST_REBOOT_S = 300
NOTHING_COUNTS = -1


def orders(card: SnmpCard) -> dict[Oid, Entry]:
    return _Test(card).entries() | _Power(card).entries() | _config(card)


def number(write: Callable[[int], None]) -> Callable[[Value], None]:
    """A `put` for an object whose kind and check leave nothing but whole numbers."""

    def put(value: Value) -> None:
        assert isinstance(value, int)
        write(value)

    return put


class _Test:
    """7.1 says which test, 7.2 is the lock that is written with it, 7.3 how it went."""

    none, abort, general, quick = ((*OBJECTS, 7, 7, last) for last in (1, 2, 3, 4))

    def __init__(self, card: SnmpCard) -> None:
        self._card = card
        self._last: Oid = self.none
        self._lock = 0

    def entries(self) -> dict[Oid, Entry]:
        return {
            ups_mib("7.1"): Entry(Kind.OID, lambda: self._last, self._start, self._check),
            ups_mib("7.2"): Entry(Kind.INTEGER, lambda: self._lock, self._take_lock, self._check_lock),
            ups_mib("7.3"): Entry(Kind.INTEGER, self._result),
        }

    def _check(self, value: Value) -> None:
        if value not in (self.abort, self.general, self.quick):
            raise Refused(Refusal.WRONG_VALUE)

    def _start(self, value: Value) -> None:
        assert isinstance(value, tuple)
        if value == self.abort:
            self._card.tested_at_s = None
        else:
            self._card.test()
        self._last = value

    def _check_lock(self, value: Value) -> None:
        if value != self._lock:
            raise Refused(Refusal.INCONSISTENT)

    def _take_lock(self, value: Value) -> None:
        self._lock = (self._lock + 1) % (LONGEST_S + 1)

    def _result(self) -> int:
        """1 passed, 4 aborted, 5 in progress, 6 none has been made."""
        if self._last == self.none:
            return 6
        if self._last == self.abort:
            return 4
        return 5 if self._card.view.testing else 1


class _Power:
    """8.1 to 8.5."""

    def __init__(self, card: SnmpCard) -> None:
        self._card = card
        self._type = 1

    def entries(self) -> dict[Oid, Entry]:
        seconds, reboot_s = within(NOTHING_COUNTS, LONGEST_S), within(NOTHING_COUNTS, LONGEST_REBOOT_S)
        return {
            ups_mib("8.1"): Entry(Kind.INTEGER, lambda: self._type, number(self._take_type), one_of(1, 2)),
            ups_mib("8.2"): Entry(Kind.INTEGER, self._falls_in, number(self._shut_down), seconds),
            ups_mib("8.3"): Entry(Kind.INTEGER, self._starts_in, number(self._start_up), seconds),
            ups_mib("8.4"): Entry(Kind.INTEGER, self._starts_in, number(self._reboot), reboot_s),
            ups_mib("8.5"): Entry(Kind.INTEGER, self._restarts, number(self._take_restart), one_of(1, 2)),
        }

    def _take_type(self, value: int) -> None:
        """1 output, 2 system: this UPS's card is off with it either way."""
        self._type = value

    def _shut_down(self, in_s: int) -> None:
        card = self._card
        if in_s == NOTHING_COUNTS:
            card.cancel()
        elif self._comes_back(in_s):
            card.off(Off.UNTIL_MAINS, delay_s=float(in_s))
        elif in_s > 0:
            card.off(Off.GRACEFUL, delay_s=float(in_s))
        else:
            card.off(Off.NOW)

    def _comes_back(self, in_s: int) -> bool:
        """By itself, with the mains. A start that is to come later comes in its place: that is a sleep."""
        starts_in_s = self._card.starts_in_s
        if starts_in_s is not None and starts_in_s > in_s:
            return False
        return self._card.settings.reboot_on_restore and (in_s > 0 or self._card.ups.on_battery)

    def _start_up(self, in_s: int) -> None:
        self._card.on_in(None)
        if in_s == 0:
            self._card.on()
        elif in_s > 0:
            self._card.on_in(float(in_s))

    def _reboot(self, for_s: int) -> None:
        self._card.on_in(None)
        if for_s != NOTHING_COUNTS:
            self._card.off(Off.NOW)
            self._card.on_in(float(for_s))

    def _restarts(self) -> int:
        return 1 if self._card.settings.reboot_on_restore else 2

    def _take_restart(self, value: int) -> None:
        self._card.set(replace(self._card.settings, reboot_on_restore=value == 1))

    def _falls_in(self) -> int:
        left_s = self._card.view.falls_in_s
        return NOTHING_COUNTS if left_s is None else ceil(max(0.0, left_s))

    def _starts_in(self) -> int:
        left_s = self._card.starts_in_s
        return NOTHING_COUNTS if left_s is None else ceil(max(0.0, left_s))


def _config(card: SnmpCard) -> dict[Oid, Entry]:
    def take_low(minutes: int) -> None:
        card.set(replace(card.settings, low_battery_runtime_s=60.0 * minutes))

    def low() -> int:
        return int(card.settings.low_battery_runtime_s // 60)

    return {
        ups_mib("9.1"): constant(Kind.INTEGER, NOMINAL_V),
        ups_mib("9.2"): constant(Kind.INTEGER, 500),
        ups_mib("9.3"): constant(Kind.INTEGER, NOMINAL_V),
        ups_mib("9.4"): constant(Kind.INTEGER, 500),
        ups_mib("9.5"): constant(Kind.INTEGER, 1500),
        ups_mib("9.6"): constant(Kind.INTEGER, 1000),
        LOW_MINUTES: Entry(Kind.INTEGER, low, number(take_low), within(0, LONGEST_S // 60)),
    }
