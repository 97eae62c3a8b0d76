"""From PDUs to the tables of an agent and back: pysnmp's command responders with a controller of our own.

Whoever asks is checked before anything is looked at (`access.py`). Errors point at the variable that is
wrong; pysnmp's own responders point at the first one whenever there are more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdrsp
from pysnmp.entity.rfc3413.context import SnmpContext
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.api import v2c
from pysnmp.smi import error, instrum

from teiden.emulator.snmp.mib import Mib
from teiden.emulator.snmp.objects import Bound, Kind, Oid, Refusal, Refused

T = TypeVar("T")

Pair = tuple[Any, Any]
"""pysnmp's name and value."""

MOST_VARBINDS = 64
"""In one answer to a GETBULK."""

TYPES: dict[Kind, Any] = {
    Kind.INTEGER: rfc1902.Integer32,
    Kind.GAUGE: rfc1902.Gauge32,
    Kind.TICKS: rfc1902.TimeTicks,
    Kind.STRING: rfc1902.OctetString,
    Kind.OID: rfc1902.ObjectIdentifier,
}
KINDS = {made.tagSet: kind for kind, made in TYPES.items()}
"""By the tag on the wire: the same type has several classes."""

ERRORS: dict[Refusal, type[error.SmiError]] = {
    Refusal.NO_ACCESS: error.NoAccessError,
    Refusal.WRONG_TYPE: error.WrongTypeError,
    Refusal.WRONG_LENGTH: error.WrongLengthError,
    Refusal.WRONG_VALUE: error.WrongValueError,
    Refusal.GEN_ERR: error.GenError,
    Refusal.NOT_WRITABLE: error.NotWritableError,
    Refusal.INCONSISTENT: error.InconsistentValueError,
}


class Act(Protocol):
    """`WallClock.act`: do something in the room, at its present moment."""

    def __call__(self, do: Callable[[], T], /) -> T: ...


def respond(engine: SnmpEngine, mib: Mib, act: Act) -> None:
    """Answer whatever reaches this engine from now on."""
    context = SnmpContext(engine)
    context.unregister_context_name(b"")
    context.register_context_name(b"", _Controller(mib, act))
    for responder in (_Get, _Next, _Bulk, _Set):
        responder(engine, context)


class _Controller(instrum.AbstractMibInstrumController):  # type: ignore[misc]
    def __init__(self, mib: Mib, act: Act) -> None:
        self._mib = mib
        self._act = act

    def read_variables(self, *pairs: Pair, **context: Any) -> list[Pair]:
        return self._read(self._mib.get, rfc1905.noSuchInstance, pairs, context)

    def read_next_variables(self, *pairs: Pair, **context: Any) -> list[Pair]:
        return self._read(self._mib.after, rfc1905.endOfMibView, pairs, context)

    def _read(
        self,
        find: Callable[[Oid], Bound | None],
        missing: Any,
        pairs: tuple[Pair, ...],
        context: dict[str, Any],
    ) -> list[Pair]:
        self._admit("read", pairs, context)

        def look() -> list[Bound | None]:
            self._mib.before()
            return [find(tuple(name)) for name, _ in pairs]

        found = self._act(look)
        return [
            (name, missing) if bound is None else (rfc1902.ObjectName(bound.oid), _wire(bound))
            for (name, _), bound in zip(pairs, found, strict=True)
        ]

    def write_variables(self, *pairs: Pair, **context: Any) -> list[Pair]:
        self._admit("write", pairs, context)

        def write() -> None:
            self._mib.before()
            self._mib.write([_bound(index, pair) for index, pair in enumerate(pairs)])

        try:
            self._act(write)
        except Refused as refused:
            raise _told(refused.refusal, pairs, refused.index) from None
        return list(pairs)

    def _admit(self, view: str, pairs: tuple[Pair, ...], context: dict[str, Any]) -> None:
        for index, pair in enumerate(pairs):
            if context["acFun"](view, pair, idx=index, **context):  # True means denied
                raise _told(Refusal.NO_ACCESS, pairs, index)


def _wire(bound: Bound) -> Any:
    return TYPES[bound.kind](bound.value)


def _bound(index: int, pair: Pair) -> Bound:
    name, value = pair
    kind = KINDS.get(value.tagSet)
    match kind:
        case None:
            raise Refused(Refusal.WRONG_TYPE, index)
        case Kind.STRING:
            return Bound(tuple(name), kind, bytes(value))
        case Kind.OID:
            return Bound(tuple(name), kind, tuple(value))
        case _:
            return Bound(tuple(name), kind, int(value))


def _told(refusal: Refusal, pairs: tuple[Pair, ...], index: int) -> error.SmiError:
    return ERRORS[refusal](name=pairs[index][0] if pairs else None, idx=index)


class _Pointing(cmdrsp.CommandResponderBase):  # type: ignore[misc]
    """Points at the variable that is wrong."""

    def handle_management_operation(self, engine: SnmpEngine, request: Any, name: Any, pdu: Any) -> None:
        try:
            super().handle_management_operation(engine, request, name, pdu)
        except error.SmiError as wrong:
            if "oid" in wrong or "idx" not in wrong:
                raise  # a report, or nothing to point at
            status = self.SMI_ERROR_MAP.get(type(wrong), "genErr")
            self.send_varbinds(engine, request, status, wrong["idx"] + 1, v2c.apiPDU.get_varbinds(pdu))
            self.release_state_information(request)


class _Get(_Pointing, cmdrsp.GetCommandResponder):  # type: ignore[misc]
    pass


class _Next(_Pointing, cmdrsp.NextCommandResponder):  # type: ignore[misc]
    pass


class _Bulk(_Pointing, cmdrsp.BulkCommandResponder):  # type: ignore[misc]
    max_varbinds = MOST_VARBINDS


class _Set(_Pointing, cmdrsp.SetCommandResponder):  # type: ignore[misc]
    pass
