"""Doctor at six UPSes at once, all but one of them in trouble: what each row says, and what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from realtime.contacts import Contacts, SnmpContact
from sequencer.site import Timing
from teiden.doctor.examine import Examined, examine
from teiden.doctor.finding import Level, Row
from teiden.doctor.opening import opened
from teiden.doctor.ups_firmware import troubles
from teiden.doctor.ups_sight import p95
from teiden.emulator.snmp import apc, rfc1628
from teiden.emulator.snmp.objects import Refusal
from tests.carded import Carded
from tests.doctored import FAIL, ME, OK, WARN, carded, fine, reference

pytestmark = pytest.mark.long

SILENT_S = 2.5
WELL, SET_OTHERWISE, NO_UPS, OTHER_MIB, SILENT, ON_BATTERY = (f"ups{n}" for n in range(1, 7))


def cards() -> dict[str, Carded]:
    made = {
        WELL: fine(),
        SET_OTHERWISE: fine(shutdown_delay_s=20.0, return_delay_s=180.0),
        NO_UPS: fine(),
        OTHER_MIB: Carded(rfc1628, timing=Timing.RFC1628),
        ON_BATTERY: fine(),
    }
    told = made[SET_OTHERWISE].card.faults
    told.set_refused = Refusal.NO_ACCESS
    told.instead |= {apc.powernet("2.2.4"): 2, apc.powernet("1.2.1"): "UPS 09.8 (ID18)"}
    made[NO_UPS].card.faults.no_comm = True
    made[ON_BATTERY].ups.set_mains(False)
    made[ON_BATTERY].card.faults.instead[apc.RUNTIME] = 2**32 - 1
    return made


async def _look() -> Examined:
    upses: dict[str, SnmpContact] = {}
    async with AsyncExitStack() as stack:
        for name, card in cards().items():
            _, upses[name] = await stack.enter_async_context(carded(card))
        upses[SILENT] = replace(upses[WELL], user="wrong")
        contacts = Contacts(upses={**upses})
        ctx = await stack.enter_async_context(
            opened(reference(), contacts, ME, look_limit_s=SILENT_S, try_write=True)
        )
        return await examine(ctx, only=(*upses, "reference"))


@pytest.fixture(scope="module")
def six_cards() -> Examined:
    return asyncio.run(_look())


def told(examined: Examined, id: str, name: str) -> list[tuple[Level, str]]:
    return [(row.level, row.words) for row in _of(examined.rows, id, name)]


def advice(examined: Examined, id: str, name: str) -> str:
    (row,) = _of(examined.rows, id, name)
    return row.do


def _of(rows: Iterable[Row], id: str, name: str) -> list[Row]:
    return [row for row in rows if (row.check, row.subject) == (id, name)]


def test_of_a_card_that_is_well_every_row_is_ok(six_cards: Examined) -> None:
    rows = [row for row in six_cards.rows if row.subject == WELL]
    assert [row.level for row in rows] == [OK] * len(rows)
    assert [row.check for row in rows] == [
        *("ups.reached", "ups.power", "ups.battery", "ups.latency", "ups.settings", "ups.firmware"),
        "ups.write",
    ]
    assert [row.do for row in rows] == [""] * len(rows)


def test_silence_a_lost_ups_and_another_mib_are_told_apart(six_cards: Examined) -> None:
    assert told(six_cards, "ups.reached", SILENT) == [(FAIL, f"no answer within {SILENT_S} s")]
    assert "A wrong community is answered by silence too" in advice(six_cards, "ups.reached", SILENT)
    assert told(six_cards, "ups.reached", NO_UPS) == [(FAIL, "the card has lost its UPS")]
    assert "cable" in advice(six_cards, "ups.reached", NO_UPS)
    assert advice(six_cards, "ups.reached", OTHER_MIB) == "set mib: rfc1628 at this UPS in the site file"


def test_of_what_is_not_reached_nothing_more_is_said(six_cards: Examined) -> None:
    for name in (SILENT, NO_UPS, OTHER_MIB):
        assert {row.check for row in six_cards.rows if row.subject == name} == {"ups.reached"}


def test_a_shorter_delay_fails_and_a_longer_one_is_to_be_looked_at(six_cards: Examined) -> None:
    assert told(six_cards, "ups.settings", SET_OTHERWISE) == [
        (FAIL, "shutdown delay: 180 s in the site file, 20 s at the card"),
        (WARN, "return delay: 60 s in the site file, 180 s at the card"),
    ]


def test_battery_firmware_and_rights_have_their_rows(six_cards: Examined) -> None:
    ((level, words),) = told(six_cards, "ups.battery", SET_OTHERWISE)
    assert (level, words) == (FAIL, "the card says that its battery needs replacing")
    ((level, words),) = told(six_cards, "ups.firmware", SET_OTHERWISE)
    assert level is WARN
    assert "TLStorm" in words
    ((level, words),) = told(six_cards, "ups.write", SET_OTHERWISE)
    assert level is FAIL
    assert words.startswith("noAccess")
    assert "Write+" in advice(six_cards, "ups.write", SET_OTHERWISE)


def test_on_battery_nothing_is_commissioned(six_cards: Examined) -> None:
    assert told(six_cards, "ups.power", ON_BATTERY) == [(FAIL, "no mains: it is on battery now")]
    assert told(six_cards, "ups.odd", ON_BATTERY) == [(WARN, "runtime 4294967295 ticks")]
    ((level, words),) = told(six_cards, "ups.battery", ON_BATTERY)
    assert (level, words) == (WARN, "it does not tell its charge, or how long it lasts")


def test_cards_that_say_they_are_one_ups_are_found(six_cards: Examined) -> None:
    """All pretend cards here are called ups1, and have its serial number."""
    ((level, words),) = told(six_cards, "site.twins", "reference")
    assert level is FAIL
    assert words.startswith(
        f"{WELL}, {SET_OTHERWISE}, {ON_BATTERY} are one and the same UPS (serial number PT"
    )


def test_a_silent_card_holds_no_other_up(six_cards: Examined) -> None:
    assert six_cards.exit_code == 1
    cards = [row for row in _of(six_cards.rows, "ports.out", "reference") if "UPS cards" in row.words]
    assert [row.level for row in cards if row.words.endswith(f"no answer from {SILENT}")] == [WARN]


# What is reckoned


@pytest.mark.parametrize(
    ("told", "sources"),
    [
        ("UPS 09.8 (ID18)", ["Schneider Electric SEVD-2022-067-02"]),
        ("UPS 09.9 (ID18)", []),
        ("UPS 14.1 (ID1005)", ["Schneider Electric SEVD-2022-067-02"]),
        ("APC Web/SNMP Management Card (MB:v3 PF:v1.1.6 PN:apc_hw02_aos_116.bin)", ["APC FA156066"]),
        ("APC Web/SNMP Management Card (MB:v3 PF:v2.0.0 PN:apc_hw02_aos_200.bin)", []),
        (None, []),
        ("1.0", []),
    ],
)
def test_known_bad_firmware_is_known_up_to_its_last_version(told: str | None, sources: list[str]) -> None:
    assert [bad.source for bad in troubles(told)] == sources


def test_of_five_looks_the_slowest_is_the_95th_percentile() -> None:
    assert p95((0.1, 0.5, 0.2, 0.3, 0.4)) == 0.5
    assert p95(tuple(n / 100 for n in range(1, 101))) == 0.95
