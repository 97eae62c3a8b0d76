"""The batteries of a whole outage against a tick every second, written without looking at `sim/`.

The oracle hears what the sequencer commanded, what the mains did and in which state the machines
were; delays, loads, charge, low battery, empty and return it works out by itself.
`test_battery_ticks.py` does the battery alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import floor

import pytest

from sequencer.events import Event
from sim.model import Model
from tests.tale import FACTS, Tale
from tests.thinned import thinned
from tests.worlds import CALM_S, NODES, RUNTIMES_S, out, play, reference_model

SERVERS = {
    "ups1": ("control1",),
    "ups2": ("control2",),
    "ups5": ("blade1", "blade2", "bladepool"),
    "ups6": ("rack1", "rack2", "rackpool"),
}
ARRAYS = ("ups3", "ups4")
SWITCHED = ("ups1", "ups2")
SERVER_W, HALTED_W, ARRAY_W, SWITCH_W = 300.0, 6.0, 400.0, 30.0
PEUKERT = 1.2
RECHARGE_S = 4 * 3600.0
"""From empty to 80 %."""
DELAYS_S = {"graceful": 420.0, "until_mains": 420.0, "delayed": 180.0, "now": 0.0, "conserve": 0.0}
LOW_S, RETURN_DELAY_S, RETURN_CHARGE, SHORT_NIGHT_S = 120.0, 60.0, 0.15, 8.0

WITHIN_S = 1.0
WITHIN_PCT = 0.5
MS = 0.001
"""Times in a stream are rounded to it."""


@dataclass
class TickedUps:
    name: str
    full_s: float
    """New, from full to empty at full load, times its health."""
    charge: float
    mains: bool = True
    output: bool = True
    low: bool = False
    falls_s: float | None = None
    how: str = ""
    returns: bool = False
    may_return_s: float = 0.0
    told: list[tuple[str, float]] = field(default_factory=list)

    def tick(self, now_s: float, dt_s: float, load: float) -> None:
        """What `dt_s` have done to the battery up to now, and what follows from it."""
        half = self.charge + 0.5 * dt_s * self.slope(self.charge, load)
        self.charge = max(0.0, self.charge + dt_s * self.slope(half, load))
        if self.mains and self.charge >= 0.999:
            self.charge = 1.0
        if self.output and self.falls_s is not None and now_s >= self.falls_s:
            self.fall(now_s)
        if self.output and not self.mains:
            self.drain(now_s, load)
        if self.returns and self.mains and now_s >= self.may_return_s and self.charge >= RETURN_CHARGE:
            self.switch_on(now_s)

    def slope(self, charge: float, load: float) -> float:
        if self.mains:
            rate = 0.8 / RECHARGE_S
            return rate if charge < 0.8 else rate * (1.0 - charge) / 0.2
        return -1.0 / (self.full_s * load**-PEUKERT) if self.output else 0.0

    def drain(self, now_s: float, load: float) -> None:
        if not self.low and self.charge * self.full_s * load**-PEUKERT <= LOW_S:
            self.low = True
            self.told.append(("ups.low_battery", now_s))
        if self.charge <= 0.0:
            self.told.append(("ups.exhausted", now_s))
            self.how = "until_mains"
            self.fall(now_s)

    def fall(self, now_s: float) -> None:
        self.output, self.low, self.falls_s = False, False, None
        self.returns = self.how in ("until_mains", "conserve")
        self.may_return_s = now_s + SHORT_NIGHT_S + RETURN_DELAY_S
        self.told.append(("ups.output_off", now_s))

    def switch_on(self, now_s: float) -> None:
        if not self.output:
            self.output, self.returns = True, False
            self.told.append(("ups.output_on", now_s))

    def set_mains(self, now_s: float, present: bool) -> None:
        self.mains = present
        if present:
            self.low = False
            self.may_return_s = now_s + RETURN_DELAY_S


class TickedRoom:
    """Six UPSes and what hangs on them."""

    def __init__(self, model: Model) -> None:
        self.upses = {
            name: TickedUps(name, s * model.upses[name].health, model.upses[name].charge_pct / 100.0)
            for name, s in RUNTIMES_S.items()
        }
        self.running = {s: "pool" not in s for servers in SERVERS.values() for s in servers}
        self.now_s = 0.0
        self.charges: list[tuple[str, float, float, float]] = []
        """UPS, time, charge as the room told it, charge here."""

    def load(self, ups: str) -> float:
        """As a fraction of full load."""
        servers = SERVERS.get(ups, ())
        watts = sum(SERVER_W if self.running[s] else HALTED_W for s in servers)
        full = sum(HALTED_W if "pool" in s else SERVER_W for s in servers)
        if ups in ARRAYS:
            return 1.0
        if ups in SWITCHED:
            live = sum(self.upses[u].output for u in SWITCHED)
            watts, full = watts + SWITCH_W / max(1, live), full + SWITCH_W / len(SWITCHED)
        return watts / full

    def advance(self, to_s: float) -> None:
        """Every whole second, and to this moment."""
        while self.now_s < to_s:
            next_s = min(to_s, floor(self.now_s + 1.0))
            dt_s, self.now_s = next_s - self.now_s, next_s
            for ups in self.upses.values():
                ups.tick(next_s, dt_s, self.load(ups.name))

    def hear(self, e: Event) -> None:
        self.advance(e.t)
        details = e.details
        match e.name:
            case "mains.lost" | "mains.restored":
                for ups in self.upses.values():
                    ups.set_mains(e.t, e.name == "mains.restored")
            case "ups.off_armed":
                ups = self.upses[e.subject]
                ups.falls_s, ups.how = e.t + DELAYS_S[details["how"]], details["how"]
                ups.tick(e.t, 0.0, self.load(ups.name))
            case "command.sent" if details["command"] == "on":
                self.upses[e.subject].switch_on(e.t)
            case "ups.charge":
                here_pct = 100 * self.upses[e.subject].charge
                self.charges.append((e.subject, e.t, details["charge_pct"], here_pct))
            case "server.up" | "server.booting":
                self.running[e.subject] = True
            case "server.halted" | "server.crashed":
                self.running[e.subject] = False


def replayed(tale: Tale, model: Model) -> TickedRoom:
    room = TickedRoom(model)
    for e in tale.events:
        if e.is_fact == (e.name in FACTS):
            room.hear(e)
    return room


def crossings(tale: Tale, ups: str) -> Iterator[tuple[str, float]]:
    names = ("ups.low_battery", "ups.exhausted", "ups.output_off", "ups.output_on")
    return ((e.name, e.t) for e in tale.events if e.subject == ups and e.is_fact and e.name in names)


MODELS = {
    "as new": reference_model(),
    "every battery at a third": reference_model(**{f"{u}__health": 0.33 for u in RUNTIMES_S}),
    "servers' batteries nearly flat": reference_model(
        ups5__charge_pct=20.0, ups6__charge_pct=35.0, ups4__health=0.6
    ),
    "control side worn out": reference_model(ups1__health=0.3, ups2__health=0.28, ups3__health=0.35),
}


@pytest.fixture(scope="module", params=MODELS)
def both(request: pytest.FixtureRequest) -> tuple[Tale, TickedRoom]:
    """A two-hour outage of the whole site and the five hours after it, played and ticked."""
    model = MODELS[request.param]
    tale = play(out(0, 7200), until_s=7 * 3600.0, model=model)
    return tale, replayed(tale, model)


@pytest.mark.parametrize("ups", thinned(RUNTIMES_S, 3))
def test_low_empty_off_and_return_come_when_a_tick_every_second_says(
    both: tuple[Tale, TickedRoom], ups: str
) -> None:
    tale, ticked = both
    played, told = list(crossings(tale, ups)), ticked.upses[ups].told
    assert [name for name, _ in played] == [name for name, _ in told]
    for (name, exact_s), (_, ticked_s) in zip(played, told, strict=True):
        assert abs(ticked_s - exact_s) <= WITHIN_S + MS, f"{name} at {exact_s}, ticked at {ticked_s}"


def test_the_charge_is_that_of_a_tick_every_second(both: tuple[Tale, TickedRoom]) -> None:
    _, ticked = both
    assert len(ticked.charges) > 30
    for ups, t, told_pct, here_pct in ticked.charges:
        assert abs(told_pct - here_pct) <= WITHIN_PCT, f"{ups} at {t - CALM_S:.1f} s: {told_pct}, {here_pct}"


def test_the_outages_played_here_show_every_kind_of_crossing() -> None:
    """Else the comparison would hold for want of anything to compare."""
    names = {
        (e.name, e.details.get("cause", ""))
        for model in MODELS.values()
        for e in play(out(0, 7200), model=model).events
        if e.name in ("ups.low_battery", "ups.exhausted", "ups.output_off", "ups.output_on")
    }
    assert {
        ("ups.low_battery", ""),
        ("ups.exhausted", ""),
        ("ups.output_off", "command"),
        ("ups.output_off", "exhausted"),
        ("ups.output_on", "command"),
        ("ups.output_on", "return"),
    } <= names
    assert set(NODES) == {s for ups in SWITCHED for s in SERVERS[ups]}
