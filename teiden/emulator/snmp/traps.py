"""Which traps a card sends when what it knows has changed: PowerNet's, and those of RFC 1628."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from teiden.emulator.snmp.apc import ENTERPRISE
from teiden.emulator.snmp.card import View
from teiden.emulator.snmp.objects import Bound, Kind, Oid
from teiden.emulator.snmp.rfc1628 import MINUTES, alarm, alarms_of
from teiden.emulator.snmp.rfc1628 import ON_BATTERY as ON_BATTERY_ALARM
from teiden.emulator.snmp.rfc1628_orders import LOW_MINUTES, OBJECTS, UPS_MIB, ups_mib

ON_BATTERY, LOW_BATTERY, POWER_RESTORED, RETURN_FROM_LOW = 5, 7, 9, 11
TURNED_OFF, SLEEPING, WOKE_UP, TURNED_ON, GRACEFUL_SHUTDOWN = 12, 13, 14, 30, 39
"""PowerNet's numbers; the trap's OID is 1.3.6.1.4.1.318.0.number."""

MESSAGE = (*ENTERPRISE, 2, 3, 3, 0)
"""mtrapargsString."""

ON_BATTERY_EVERY_S = 60.0
"""RFC 1628: upsTrapOnBattery is sent again every minute while it lasts."""


@dataclass(frozen=True, slots=True)
class Trap:
    oid: Oid
    bound: tuple[Bound, ...]
    again_s: float | None = None
    """Sent again after so long if it still holds."""


Traps = Callable[[View, View], list[Trap]]
"""What is sent for a change from one view to another; the same view twice asks what still holds."""


def powernet(was: View, now: View) -> list[Trap]:
    words = {
        ON_BATTERY: (now.on_battery and not was.on_battery, "on battery"),
        POWER_RESTORED: (now.mains and not was.mains, "the mains are back"),
        LOW_BATTERY: (now.low and not was.low, "the battery is low"),
        RETURN_FROM_LOW: (was.low and not now.low, "the battery is no longer low"),
        GRACEFUL_SHUTDOWN: (now.falls_in_s is not None and was.falls_in_s is None, "an off counts down"),
        TURNED_OFF: (was.output and not now.output and not now.returns, "turned off"),
        SLEEPING: (was.output and not now.output and now.returns, "sleeps"),
        TURNED_ON: (now.output and not was.output and not was.returns, "turned on"),
        WOKE_UP: (now.output and not was.output and was.returns, "woke up"),
    }
    return [_powernet(number, text) for number, (holds, text) in words.items() if holds]


def _powernet(number: int, text: str) -> Trap:
    return Trap((*ENTERPRISE, 0, number), (Bound(MESSAGE, Kind.STRING, f"UPS: {text}"),))


def rfc1628(was: View, now: View) -> list[Trap]:
    """On battery, now and every minute, in place of that alarm's coming; all others as they come and go."""
    before, present = set(alarms_of(was)), set(alarms_of(now))
    sent = []
    if now.on_battery and (was == now or not was.on_battery):
        sent.append(_on_battery(now))
    sent += [_alarm(3, number) for number in sorted(present - before - {ON_BATTERY_ALARM})]
    sent += [_alarm(4, number) for number in sorted(before - present)]
    return sent


def _on_battery(view: View) -> Trap:
    bound = (
        Bound(MINUTES, Kind.INTEGER, int(view.runtime_s / 60)),
        Bound(ups_mib("2.2"), Kind.INTEGER, int(view.on_battery_s)),
        Bound(LOW_MINUTES, Kind.INTEGER, int(view.low_battery_runtime_s // 60)),
    )
    return Trap((*UPS_MIB, 2, 1), bound, again_s=ON_BATTERY_EVERY_S)


def _alarm(change: int, number: int) -> Trap:
    """3: upsTrapAlarmEntryAdded, 4: upsTrapAlarmEntryRemoved."""
    row = (*OBJECTS, 6, 2, 1)
    return Trap(
        (*UPS_MIB, 2, change),
        (
            Bound((*row, 1, number), Kind.INTEGER, number),
            Bound((*row, 2, number), Kind.OID, alarm(number)),
        ),
    )
