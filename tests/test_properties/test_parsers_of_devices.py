"""What devices, programs and callers say: a value within its range, unknown, or refused in words."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from math import isfinite
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from realtime.arrays import protocol
from realtime.arrays.words import status_from
from realtime.cluster_mode import AcMode, ac_mode
from realtime.clusters import clusterpro, words
from realtime.clusters.report import status_of
from realtime.nut_lines import NutError, Upsd
from realtime.nut_status import status_of as nut_status_of
from realtime.peers import lines
from realtime.request_lines import Malformed, request_from
from realtime.snmp import apc, rfc1628
from realtime.snmp.reading import Reading
from sequencer.ports import ArrayStatus, ClusterStatus, Unreachable, UpsStatus
from teiden.emulator.array_service import _request
from tests.examples import few, many
from tests.garbled import garbled

NUMBERS = (
    st.sampled_from((-1, 0, 1, 100, 65535, 2**31 - 1, 2**31, 2**32 - 1, -(2**31), 2**64)) | st.integers()
)
SAID = NUMBERS | st.binary(max_size=80) | NUMBERS.map(lambda n: b"%d" % n) | st.text(max_size=20) | st.none()
"""INTEGER, OCTET STRING, a number told as text, an OID, noSuchObject."""
TABLES = (apc.Apc(), apc.Apc(group=1), rfc1628.Rfc1628())


@st.composite
def cards(draw: st.DrawFn) -> Reading:
    table = draw(st.sampled_from(TABLES))
    columns = [f"{c}.{n}" for c in table.columns for n in (1, 2)] + [f"{rfc1628.ALARM_KINDS}.1"]
    oids = [*table.fast, *table.slow, *columns]
    return table.reading({oid: draw(SAID) for oid in draw(st.lists(st.sampled_from(oids), unique=True))})


def within_its_range(reading: Reading) -> None:
    shares = (reading.charge_pct, reading.settings.min_return_charge_pct)
    assert all(share is None or 0.0 <= share <= 100.0 for share in shares)
    assert reading.load_pct is None or 0.0 <= reading.load_pct <= 200.0
    assert reading.input_v is None or 0.0 <= reading.input_v <= 1000.0
    assert reading.runtime_s is None or 0.0 <= reading.runtime_s <= 30 * 86400.0
    kept = reading.settings
    times = (kept.shutdown_delay_s, kept.power_off_delay_s, kept.low_battery_runtime_s, kept.return_delay_s)
    assert all(s is None or 0.0 <= s <= 32767.0 for s in times)
    assert all(s is None or 0.0 <= s < 2.0**32 for s in (reading.uptime_s, reading.falls_in_s))
    assert all(
        text is None or (text.isprintable() and len(text) <= 200)
        for text in (reading.model, reading.firmware)
    )
    assert not (reading.on_battery and reading.output_on is False), "an outage of what gives no power"


@few(30)
@given(cards())
def test_s11_whatever_a_card_says_is_in_its_range_or_unknown(reading: Reading) -> None:
    within_its_range(reading)


@pytest.mark.long
@many(1000)
@given(cards())
def test_s11_whatever_any_card_says_is_in_its_range_or_unknown(reading: Reading) -> None:
    within_its_range(reading)


CLPSTAT = (
    "  ===  CLUSTER STATUS  ===\n  Cluster : ssccluster\n  <server>\n   *control1 ....: Online\n"
    "      lankhb1  : Normal   Kernel Mode LAN Heartbeat\n    control2 ....: Online\n  <group>\n"
    "    failover1 ...: Online\n      current : control1\n      fip1 : Online\n  =====\n"
)
NODES = ("control1", "control2")
LINES = st.text(max_size=60) | garbled(
    (
        *(
            "ready not_asked",
            "starting under_way",
            "running control1",
            "stopped -",
            "accepted",
            "1 ready done",
        ),
        *("teiden-array 1 linkeddisk -", "Current acmode : enabled", CLPSTAT),
        '{"wish": "power_off", "of": ["blade1"], "id": "a1", "by": "x"}',
        '{"n": 1, "hello": "control1", "site": "x"}',
    )
)


def is_understood_or_refused(text: str) -> None:
    began_s = process_time()
    line = text.encode("utf-8", "replace") + b"\n"
    assert isinstance(status_from(text), ArrayStatus | None)
    assert isinstance(words.status_from(text, NODES), ClusterStatus | Unreachable)
    assert isinstance(ac_mode(line), AcMode)
    with suppress(clusterpro.Unclear):
        assert isinstance(status_of(clusterpro.report_of(line), NODES), ClusterStatus | Unreachable)
    with suppress(protocol.Misspoken):
        protocol.greeting_from(line)
    with suppress(protocol.Misspoken):
        assert _request(line)[0]
    with suppress(Malformed):
        assert request_from(line, "uid 1000", "fresh").id
    with suppress(lines.Malformed):
        lines.told_from(lines.object_of(line))
    with suppress(lines.Malformed):
        lines.hello_from(line)
    assert process_time() - began_s < 2.0


@few(60)
@given(LINES)
@example('{"wish": ' + "9" * 5000 + "}")
@example('{"n": 1e999, "x": ' + "[" * 60_000)
@example("\n" * 60_000)
@example("<server>\na" + " " * 60_000 + "x")
@example("current acmode" + " " * 60_000)
def test_whatever_a_line_says_is_understood_or_refused_at_once(text: str) -> None:
    is_understood_or_refused(text)


@pytest.mark.long
@many(1000)
@given(LINES)
def test_whatever_any_line_says_is_understood_or_refused_at_once(text: str) -> None:
    is_understood_or_refused(text)


class Deaf:
    """What is written to upsd is of no interest here."""

    def write(self, data: bytes) -> None:
        pass

    async def drain(self) -> None:
        pass


WORDS = st.sampled_from(("OL", "OB", "LB", "OFF", "FSD", "WAIT", "CAL", "BYPASS")) | st.text(max_size=8)
VARIABLES = st.sampled_from(
    (
        "ups.status",
        "battery.charge",
        "battery.runtime",
        "input.voltage",
        "ups.delay.shutdown",
        "device.uptime",
    )
)
AMOUNTS = st.sampled_from(("nan", "inf", "-1", "1e999", "1_0", "٣", "", "99", "9" * 400)) | st.text(
    max_size=9
)
TOLD = st.lists(
    st.tuples(VARIABLES, st.lists(WORDS, max_size=3).map(" ".join) | AMOUNTS).map(
        lambda v: f'VAR ups {v[0]} "{v[1]}"'
    )
    | st.text(max_size=40),
    max_size=8,
)


def upsd_is_understood_or_refused(told: list[str]) -> None:
    said = "\n".join(("BEGIN LIST VAR ups", *told, "END LIST VAR ups", ""))

    async def heard() -> dict[str, str]:
        reader = asyncio.StreamReader(limit=4096)
        reader.feed_data(said.encode("utf-8", "replace"))
        reader.feed_eof()
        return await Upsd(reader, Deaf()).variables("ups")  # type: ignore[arg-type]

    status = None
    with suppress(NutError):
        status = nut_status_of(asyncio.run(heard()), armed=False)
    if isinstance(status, UpsStatus):
        assert status.charge_pct is None or 0.0 <= status.charge_pct <= 100.0
        assert status.runtime_s is None or 0.0 <= status.runtime_s <= 7 * 86400.0
        assert isfinite(status.graceful_off_s)


@few(20)
@given(TOLD)
def test_whatever_upsd_says_is_understood_or_refused(told: list[str]) -> None:
    upsd_is_understood_or_refused(told)


@pytest.mark.long
@many(1000)
@given(TOLD)
def test_whatever_any_upsd_says_is_understood_or_refused(told: list[str]) -> None:
    upsd_is_understood_or_refused(told)
