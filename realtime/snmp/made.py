"""Makes engines of pysnmp: its modules are compiled once for all of them, which takes longest."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import pysnmp.smi.mibs
from pysnmp.entity.engine import SnmpEngine
from pysnmp.proto.rfc3412 import MsgAndPduDispatcher
from pysnmp.smi.builder import MibBuilder
from pysnmp.smi.error import MibNotFoundError
from pysnmp.smi.instrum import MibInstrumController

from realtime.snmp.steady import SteadyDispatcher


def made_engine() -> SnmpEngine:
    """An engine of its own for the loop that runs now, without a socket yet."""
    engine = SnmpEngine(msgAndPduDsp=MsgAndPduDispatcher(MibInstrumController(Modules())))
    engine.register_transport_dispatcher(SteadyDispatcher())
    return engine


class Modules(MibBuilder):  # type: ignore[misc]
    """Each of pysnmp's own modules, run once for this engine. No MIB of anybody else is ever looked for."""

    def __init__(self) -> None:
        super().__init__()
        self._run: set[str] = set()

    def load_module(self, modName: str, **userCtx: Any) -> Modules:  # noqa: N803
        if modName not in self._run:
            self._run.add(modName)
            exec(_compiled(modName), {"mibBuilder": self, "userCtx": userCtx})
        return self


@cache
def _compiled(module: str) -> CodeType:
    modules = Path(next(iter(pysnmp.smi.mibs.__path__)))
    for path in (modules / "instances" / f"{module}.py", modules / f"{module}.py"):
        if path.exists():
            return compile(path.read_bytes(), str(path), "exec")
    raise MibNotFoundError(f"pysnmp has no {module}")
