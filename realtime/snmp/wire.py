"""Between pysnmp's world and ours: how a request is sent, and what came back, as plain Python."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import cmdgen
from pysnmp.proto import errind, rfc1902
from pysnmp.proto.error import StatusInformation

from realtime.snmp.answers import Failure, Trouble, refused
from realtime.snmp.table import Kind
from realtime.snmp.values import Oid, Value

Pair = tuple[Any, Any]
"""A name and a value, in pysnmp's types."""

ROWS_AT_ONCE = 16

CONFIGURATION: dict[type, str] = {
    errind.WrongDigest: "the authentication pass phrase or protocol is wrong",
    errind.UnknownUserName: "the card knows no user of this name",
    errind.DecryptionError: "the privacy pass phrase or protocol is wrong",
    errind.UnsupportedSecurityLevel: "the card's user has no encryption, or another level",
    errind.AuthenticationFailure: "authentication failed",
    errind.AuthenticationError: "authentication failed",
    errind.EncryptionError: "nothing can be encrypted; is the package cryptography there?",
    errind.UnsupportedAuthProtocol: "the authentication protocol is not supported",
    errind.UnsupportedPrivProtocol: "the privacy protocol is not supported",
    errind.UnknownSecurityName: "no such user",
}
"""Answers that tell of a wrong setting, here or there."""

_NUMBERS = frozenset(
    kind.tagSet
    for kind in (rfc1902.Integer32, rfc1902.Gauge32, rfc1902.Counter32, rfc1902.TimeTicks, rfc1902.Counter64)
)
_OCTETS = rfc1902.OctetString.tagSet
_OID = rfc1902.ObjectIdentifier.tagSet
_NOTHING = rfc1902.Null("")


def get(engine: SnmpEngine, name: str, pairs: list[Pair], future: Any) -> None:
    cmdgen.GetCommandGenerator().send_varbinds(engine, name, None, "", pairs, settle, future)


def set_one(engine: SnmpEngine, name: str, pairs: list[Pair], future: Any) -> None:
    cmdgen.SetCommandGenerator().send_varbinds(engine, name, None, "", pairs, settle, future)


def following(engine: SnmpEngine, name: str, pairs: list[Pair], future: Any) -> None:
    generator = cmdgen.NextCommandGeneratorSingleRun()
    generator.send_varbinds(engine, name, None, "", pairs, settle, future)


def many_following(engine: SnmpEngine, name: str, pairs: list[Pair], future: Any) -> None:
    generator = cmdgen.BulkCommandGeneratorSingleRun()
    generator.send_varbinds(engine, name, None, "", 0, ROWS_AT_ONCE, pairs, settle, future)


def settle(
    engine: SnmpEngine, handle: int, trouble: Any, status: Any, index: Any, pairs: Any, future: Any
) -> None:
    """pysnmp calls this with what came back; the first of two tries that does wins."""
    if future.done():
        return
    if trouble:
        future.set_result(indicated(trouble))
    elif int(status):
        future.set_result(refused(int(status), int(index)))
    else:
        future.set_result(list(pairs))


def indicated(trouble: Any) -> Failure:
    """What pysnmp found instead of an answer."""
    if isinstance(trouble, StatusInformation):
        trouble = trouble.get("errorIndication", trouble)
    for kind, words in CONFIGURATION.items():
        if isinstance(trouble, kind):
            return Failure(Trouble.AUTH, words)
    if isinstance(trouble, errind.RequestTimedOut):
        return Failure(Trouble.TIMEOUT, Trouble.TIMEOUT.value)
    return Failure(Trouble.TIMEOUT, f"no answer that can be understood: {trouble}")


@lru_cache(maxsize=4096)
def numbers(oid: Oid) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))


@lru_cache(maxsize=4096)
def asked(oid: Oid) -> Pair:
    return rfc1902.ObjectName(numbers(oid)), _NOTHING


def told(oid: Oid, value: int, kind: Kind) -> Pair:
    """For a SET."""
    typed = rfc1902.Integer32(value) if kind is Kind.INTEGER else rfc1902.TimeTicks(value)
    return rfc1902.ObjectName(numbers(oid)), typed


def matched(oids: Sequence[Oid], pairs: Sequence[Pair]) -> dict[Oid, Value | None]:
    """By what was asked; an answer to something else is no answer."""
    found = {tuple(name): value for name, value in pairs}
    return {oid: plain(found[n]) if (n := numbers(oid)) in found else None for oid in oids}


def plain(value: Any) -> Value | None:
    """As Python. By the tag on the wire: pysnmp's classes differ from one version of SNMP to the other.

    Whatever is none of ours (NoSuchObject, NoSuchInstance, EndOfMibView, Null) is unknown.
    """
    tags = value.tagSet
    if tags in _NUMBERS:
        return int(value)
    if tags == _OCTETS:
        return bytes(value)
    return ".".join(map(str, tuple(value))) if tags == _OID else None
