"""All faults, found by their name or by an id of the catalogue."""

from __future__ import annotations

from sim.faults import (
    arrays,
    cards,
    cluster,
    hands,
    journals,
    mains,
    network,
    nodes,
    servers,
    time,
)
from sim.faults.fault import Fault

ALL: tuple[Fault, ...] = tuple(
    fault
    for area in (mains, cards, network, servers, arrays, cluster, nodes, journals, time, hands)
    for fault in area.FAULTS
)

BY_NAME = {fault.name: fault for fault in ALL}

BY_ID: dict[str, Fault] = {}
for _fault in ALL:
    for _id in _fault.ids:
        BY_ID.setdefault(_id, _fault)  # the first of an id is the one that a story means by it


def known(text: str) -> Fault | None:
    """By name or id; None: there is no such fault."""
    return BY_NAME.get(text) or BY_ID.get(text)


def named(text: str) -> Fault:
    """By name or id, of one that there is."""
    fault = known(text)
    assert fault is not None, text
    return fault


def default_amount(fault: Fault) -> float:
    return fault.amount.default if fault.amount is not None else 0.0
