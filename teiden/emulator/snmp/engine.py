"""An SNMP engine for each card: quickly made, with an identity of its own, and a count of its starts.

pysnmp compiles its MIB modules anew for every engine (0.15 s each) and writes the starts of engines into a
folder that all programs share; here the modules are compiled once, and the starts are kept where we say.
"""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from typing import Any

from pysnmp.carrier.asyncio.dispatch import AsyncioDispatcher
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto.rfc3412 import MsgAndPduDispatcher
from pysnmp.smi.instrum import MibInstrumController

from realtime.snmp.made import Modules

APC_WITH_MAC = bytes.fromhex("8000013E03")
"""What the engine ids of APC's cards begin with: enterprise 318, followed by a MAC address (RFC 3411)."""

TICK_S = 1.0
"""How often an engine forgets what it has answered. By default every 0.1 s: too much for 200 of them."""


def engine_id(name: str) -> bytes:
    """Always the same for the same UPS: its MAC is a locally administered one, made from the name."""
    return APC_WITH_MAC + b"\x02" + sha256(name.encode()).digest()[:5]


def engine(identity: bytes) -> SnmpEngine:
    """Belongs to the loop that runs now."""
    made = SnmpEngine(msgAndPduDsp=MsgAndPduDispatcher(MibInstrumController(Modules())))
    own = _instance(made, "snmpEngineID")
    own.syntax = made.snmpEngineID = own.syntax.clone(identity)
    dispatcher = AsyncioDispatcher()
    dispatcher.set_timer_resolution(TICK_S)
    made.register_transport_dispatcher(dispatcher)
    return made


def started(engine: SnmpEngine, boots: int) -> None:
    """It has just started for the so-many-th time; its own time begins at 0."""
    count, clock = _instance(engine, "snmpEngineBoots"), _instance(engine, "snmpEngineTime")
    count.syntax = count.syntax.clone(boots)
    clock.syntax = clock.syntax.clone(int(time.time()))  # pysnmp keeps the instant at which it was 0


def _instance(engine: SnmpEngine, name: str) -> Any:
    (found,) = engine.get_mib_builder().import_symbols("__SNMP-FRAMEWORK-MIB", name)
    return found


class Boots:
    """How often one engine has started: kept in a file where there is a folder for it, else from 1 again.

    Whoever has talked to an engine takes nothing from it that comes from an earlier start (RFC 3414).
    """

    def __init__(self, identity: bytes, folder: Path | None) -> None:
        self._path = None if folder is None else folder / f"{identity.hex()}.boots"
        self._count = 0
        if self._path is not None and self._path.exists():
            self._count = int(self._path.read_text(encoding="ascii"))

    def next(self) -> int:
        self._count += 1
        if self._path is not None:
            written = self._path.with_suffix(".new")
            written.write_text(f"{self._count}\n", encoding="ascii")
            written.replace(self._path)
        return self._count
