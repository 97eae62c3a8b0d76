"""Other people's programs at the emulated cards: net-snmp's tools, and NUT's driver and server.

They run where their Debian packages are installed: snmp; nut-server, nut-client and nut-snmp.
"""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sequencer.site import Timing
from teiden.emulator.snmp import apc, rfc1628
from teiden.emulator.snmp.apc import OUTPUT_STATUS, powernet
from tests.carded import COMMUNITIES, USERS, Carded
from tests.nut import MISSING, Nut

pytestmark = pytest.mark.long

TOOLS = [name for name in ("snmpget", "snmpbulkwalk", "snmpset", "snmpwalk") if shutil.which(name) is None]
with_net_snmp = pytest.mark.skipif(bool(TOOLS), reason=f"net-snmp is not installed: no {', '.join(TOOLS)}")
with_nut = pytest.mark.skipif(bool(MISSING), reason=f"NUT is not installed: no {', '.join(MISSING)}")

LIMIT_S = 20.0
READER = (
    "-v3",
    "-l",
    "authPriv",
    "-u",
    "reader",
    "-a",
    "SHA",
    "-A",
    "reader-auth",
    "-x",
    "AES",
    "-X",
    "reader-priv",
)
WRITER = (
    *("-v3", "-l", "authPriv", "-u", "writer"),
    *("-a", "SHA-256", "-A", "writer-auth", "-x", "AES-256", "-X", "writer-priv"),
)
READ_1, READ_2C, WRITE_2C = ("-v1", "-c", "public"), ("-v2c", "-c", "public"), ("-v2c", "-c", "private")

UPS_OFF = powernet("6.2.1")


def dotted(oid: tuple[int, ...]) -> str:
    return "." + ".".join(map(str, oid))


def with_agent(room: Carded, do: Callable[[int], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        agent = room.agent(communities=COMMUNITIES, users=USERS)
        await agent.start()
        try:
            return await do(agent.port)
        finally:
            await agent.close()

    return asyncio.run(run())


async def said(program: str, port: int, who: tuple[str, ...], *what: str) -> tuple[int, str]:
    """Its exit code and all it printed; no MIB files, one value a line."""
    process = await asyncio.create_subprocess_exec(
        *(program, "-m", "", "-On", "-t", "5", "-r", "0", *who, f"127.0.0.1:{port}", *what),
        stdout=PIPE,
        stderr=STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), LIMIT_S)
    return process.returncode or 0, output.decode()


@pytest.fixture(autouse=True)
def state_of_net_snmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its first program on a machine says that it makes this directory: here it stands already."""
    (tmp_path / "cert_indexes").mkdir()
    monkeypatch.setenv("SNMP_PERSISTENT_DIR", str(tmp_path))


@pytest.fixture
def room() -> Carded:
    return Carded()


# net-snmp


@with_net_snmp
@pytest.mark.parametrize("who", [READ_1, READ_2C, READER, WRITER])
def test_snmpget_reads_in_every_version(room: Carded, who: tuple[str, ...]) -> None:
    code, text = with_agent(room, lambda port: said("snmpget", port, who, dotted(OUTPUT_STATUS)))
    assert (code, text) == (0, f"{dotted(OUTPUT_STATUS)} = INTEGER: 2\n")


@with_net_snmp
@pytest.mark.parametrize("tables", [apc, rfc1628], ids=["apc", "rfc1628"])
@pytest.mark.parametrize(("program", "who"), [("snmpbulkwalk", READ_2C), ("snmpwalk", READ_1)])
def test_a_walk_terminates_and_has_seen_everything(
    tables: ModuleType, program: str, who: tuple[str, ...]
) -> None:
    room = Carded(tables)
    code, text = with_agent(room, lambda port: said(program, port, who, ".1.3.6.1"))
    names = [
        line.split(" = ")[0]
        for line in text.splitlines()
        if line.startswith(".1.3.6.1") and "No more" not in line
    ]
    assert code == 0
    expected, last = [], (1, 3)
    while (bound := room.mib.after(last)) is not None:
        expected.append(dotted(bound.oid))
        last = bound.oid
    assert names == expected
    assert len(names) > 30


@with_net_snmp
@pytest.mark.parametrize(
    ("who", "why"),
    [(READ_2C, "noAccess"), (READ_1, "noSuchName"), (READER, "noAccess")],
)
def test_snmpset_is_refused_to_who_may_only_read(room: Carded, who: tuple[str, ...], why: str) -> None:
    code, text = with_agent(room, lambda port: said("snmpset", port, who, dotted(UPS_OFF), "i", "2"))
    assert code != 0
    assert why in text
    assert room.ups.output


@with_net_snmp
@pytest.mark.parametrize("who", [WRITE_2C, WRITER])
def test_snmpset_is_obeyed_from_who_may_write(room: Carded, who: tuple[str, ...]) -> None:
    code, text = with_agent(room, lambda port: said("snmpset", port, who, dotted(UPS_OFF), "i", "2"))
    assert code == 0, text
    assert not room.ups.output


@with_net_snmp
@pytest.mark.parametrize(
    ("what", "why"),
    [
        ((dotted(powernet("6.1.1")), "i", "2"), "genError"),
        ((dotted(UPS_OFF), "t", "2"), "wrongType"),
        ((dotted(UPS_OFF), "i", "99"), "wrongValue"),
        ((dotted(OUTPUT_STATUS), "i", "7"), "notWritable"),
    ],
)
def test_snmpset_is_told_what_is_wrong(room: Carded, what: tuple[str, ...], why: str) -> None:
    code, text = with_agent(room, lambda port: said("snmpset", port, WRITE_2C, *what))
    assert code != 0
    assert why in text
    assert room.ups.output


# NUT


V2C = {"snmp_version": "v2c", "community": "private"}
V3 = {
    "snmp_version": "v3",
    "secLevel": "authPriv",
    "secName": "writer",
    "authPassword": "writer-auth",
    "privPassword": "writer-priv",
    "authProtocol": "SHA256",
    "privProtocol": "AES256",
}


def with_nut_at(
    room: Carded, folder: Path, mibs: str, do: Callable[[Nut], Awaitable[None]], how: dict[str, str]
) -> None:
    async def run(port: int) -> None:
        async with Nut(folder, port=f"127.0.0.1:{port}", mibs=mibs, **how) as nut:
            await do(nut)

    with_agent(room, run)


@with_nut
def test_nut_takes_the_apc_card_for_one_and_its_commands_move_the_room(room: Carded, tmp_path: Path) -> None:
    async def use(nut: Nut) -> None:
        seen = await nut.status("OL")
        assert (seen["ups.model"], seen["battery.charge"]) == ("Pretend Smart-UPS", "100")
        assert float(seen["battery.runtime"]) == pytest.approx(room.ups.battery.runtime_at(0), abs=2)
        await nut.command("load.off")
        await nut.status("OFF")
        assert not room.ups.output
        await nut.command("load.on")
        await nut.status("OL")
        assert room.ups.output
        # Refused on line, though upscmd says OK; the command after it has arrived, so this one had.
        assert "OK" in await nut.command("shutdown.return")
        await nut.command("test.battery.start")
        await nut.until(lambda seen: "progress" in seen.get("ups.test.result", "").lower())
        assert room.ups.output
        room.ups.set_mains(False)
        await nut.status("OB")
        await nut.command("shutdown.return")
        await nut.status("OFF")
        assert room.ups.returns
        room.ups.set_mains(True)
        room.go(room.env.now + 60)
        await nut.status("OL")

    with_nut_at(room, tmp_path, "apcc", use, V2C)


@with_nut
def test_nut_takes_the_rfc_1628_card_for_one(tmp_path: Path) -> None:
    room = Carded(rfc1628, timing=Timing.RFC1628)

    async def use(nut: Nut) -> None:
        seen = await nut.status("OL")
        assert (seen["ups.model"], seen["battery.charge"]) == ("Pretend UPS", "100")
        minutes = int(room.ups.battery.runtime_at(0) / 60)
        assert float(seen["battery.runtime"]) == 60 * minutes
        await nut.command("load.off")
        await nut.status("OFF")
        assert not room.ups.output
        await nut.command("load.on")
        await nut.status("OL")
        assert room.ups.output
        room.ups.set_mains(False)
        await nut.status("OB")

    with_nut_at(room, tmp_path, "ietf", use, V2C)


@with_nut
def test_nut_asks_and_commands_in_version_3_too(room: Carded, tmp_path: Path) -> None:
    async def use(nut: Nut) -> None:
        await nut.status("OL")
        await nut.command("load.off")
        await nut.status("OFF")
        assert not room.ups.output

    with_nut_at(room, tmp_path, "auto", use, V3)
