"""Firmware that is known to be open to attack (SEC-23). What is not in this table is not thereby good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import later, said, t


@dataclass(frozen=True, slots=True)
class Bad:
    """`pattern`: in the UPS's firmware or the card's description. `up_to`: this version and all before it."""

    pattern: re.Pattern[str]
    up_to: tuple[int, ...]
    trouble: str
    source: str


SMART_UPS = later("TLStorm: anybody on its network can replace its firmware")
FACTORY = later("a static factory password opens its Telnet")

KNOWN = (
    # SMT of identifier 18: UPS 09.8 and prior; SMC of 1005: UPS 14.1 and prior. The notification names more.
    Bad(re.compile(r"UPS (\d+)\.(\d+) \(ID=?18\)"), (9, 8), SMART_UPS, "Schneider Electric SEVD-2022-067-02"),
    Bad(
        re.compile(r"UPS (\d+)\.(\d+) \(ID=?1005\)"),
        (14, 1),
        SMART_UPS,
        "Schneider Electric SEVD-2022-067-02",
    ),
    # AP9617, AP9618 and AP9619 (hardware 02) with an AOS before 2.0.0.
    Bad(re.compile(r"PF:v?(\d+)\.(\d+)\.\d+ PN:apc_hw02_aos"), (1, 9), FACTORY, "APC FA156066"),
)


def troubles(*texts: str | None) -> Iterator[Bad]:
    """What is known of the firmware that one of these texts tells."""
    for bad in KNOWN:
        for text in texts:
            found = bad.pattern.search(text or "")
            if found is not None and tuple(map(int, found.groups())) <= bad.up_to:
                yield bad
                break


@check(
    "ups.firmware",
    Kind.UPS,
    "firmware",
    why="""
    A card or a UPS that takes orders from anybody on its network makes every other care useless (SEC-23).
    The table here is short; the maker's security notifications are the whole one.
    """,
)
async def firmware(ctx: Context, name: str) -> Rows:
    visit = await ctx.ups(name)
    if visit.reading is None or visit.inventory is None:
        return
    told = (visit.reading.firmware, visit.inventory.description)
    found = list(troubles(*told))
    for bad in found:
        yield warn(
            t("{trouble} ({source})", trouble=said(bad.trouble), source=bad.source),
            t("install newer firmware; until then let nobody but the control nodes reach it"),
        )
    if not found and any(told):
        yield ok(t("none of those known to be open to attack; the list is short"))
