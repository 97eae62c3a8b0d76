"""One pretend UPS with a card, in a room of its own whose clock is moved by hand."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import simpy

from realtime.secret import Secret
from sequencer.events import Stream
from sequencer.site import Ups as UpsSettings
from sim.model import UpsModel
from sim.ups import Ups
from teiden.emulator.snmp import apc
from teiden.emulator.snmp.access import Community, User
from teiden.emulator.snmp.agent import Agent
from teiden.emulator.snmp.card import SnmpCard
from teiden.emulator.snmp.mib import Mib
from teiden.emulator.snmp.objects import Bound, Kind, Oid, Value

COMMUNITIES = (Community(Secret("public")), Community(Secret("private"), may_write=True))
USERS = (
    User("reader", Secret("reader-auth"), Secret("reader-priv")),
    User("writer", Secret("writer-auth"), Secret("writer-priv"), "sha256", "aes256", may_write=True),
)


class Carded:
    """The UPS draws nothing and lasts for hours, unless the model says otherwise."""

    def __init__(self, tables: ModuleType = apc, model: UpsModel | None = None, **settings: Any) -> None:
        self.env = simpy.Environment()
        self.stream = Stream()
        named = replace(UpsSettings("ups1", 1, "utility", 10.0), **settings)
        self.ups = Ups(self.env, self.stream, named, model or UpsModel(), mains=True)
        self.ups.begin()
        self.card = SnmpCard(self.ups, self.env)
        self.mib: Mib = tables.tables(self.card)

    def go(self, to_s: float) -> None:
        self.env.run(until=to_s)

    def get(self, oid: Oid) -> Value | None:
        self.mib.before()
        bound = self.mib.get(oid)
        return None if bound is None else bound.value

    def set(self, oid: Oid, value: Value, kind: Kind = Kind.INTEGER) -> None:
        self.mib.before()
        self.mib.write([Bound(oid, kind, value)])

    def told(self, name: str) -> list[float]:
        return [event.t for event in self.stream if event.name == name]

    def agent(self, **settings: Any) -> Agent:
        given = {"communities": COMMUNITIES, "users": USERS, "card": self.card, **settings}
        return Agent(self.mib, act=lambda do: do(), **given)
