"""Sends the orders of a command to a card, one SET after the other, and says where it ended."""

from __future__ import annotations

from realtime.snmp.answers import Failure, Trouble
from realtime.snmp.engine import Engine, Target
from realtime.snmp.table import Order, Orders
from realtime.snmp.values import number
from sequencer.ports import Accepted, Receipt


async def send(engine: Engine, target: Target, orders: Orders) -> Receipt | None:
    """None: all of them were taken, which is not yet obedience. Silence leaves it unknown (U6)."""
    *preparing, command = orders
    for order in preparing:
        trouble = await _prepare(engine, target, order)
        if trouble is not None:
            return _receipt(trouble, "the command itself was not sent: ")
    answer = await engine.set(target, command.oid, command.value, command.kind)
    return _receipt(answer, "") if isinstance(answer, Failure) else None


def _receipt(failure: Failure, where: str) -> Receipt:
    silent = failure.trouble is Trouble.TIMEOUT
    return Receipt(Accepted.UNKNOWN if silent else Accepted.NO, f"{where}{failure.words}")


async def _prepare(engine: Engine, target: Target, order: Order) -> Failure | None:
    """Written unless it stands there already; then it must stand there, or near enough."""
    before = await engine.get(target, [order.oid])
    if before == {order.oid: order.value}:
        return None
    answer = await engine.set(target, order.oid, order.value, order.kind)
    if isinstance(answer, Failure):
        return answer
    after = await engine.get(target, [order.oid])
    if isinstance(after, Failure):
        return after
    got = number(after[order.oid])
    least, most = order.kept or (order.value, order.value)
    if got is not None and least <= got <= most:
        return None
    has = "does not tell it" if got is None else f"has {got}"
    return Failure(Trouble.REFUSED, f"the card was told {order.value} and {has} ({order.oid})")
