"""What the pretend room's smallest pieces cost: `python benchmarks/pieces.py`.

Battery and chance in closed form, and what ticking and polling would have cost instead.
"""

from __future__ import annotations

from collections.abc import Callable, Generator

import simpy
from anchor import in_timeouts, timeout_us

from sequencer.site import Ups
from sim.battery import Battery
from sim.chance import Stream
from sim.model import UpsModel
from sim.settings import effective

OUTAGE_S = 7200


def repeated(work: Callable[[], object], times: int) -> Callable[[], None]:
    def many() -> None:
        for _ in range(times):
            work()

    return many


def on_battery() -> Battery:
    battery = Battery(UpsModel())
    battery.discharge(0.0, 0.5)
    return battery


def on_mains() -> Battery:
    battery = Battery(UpsModel(charge_pct=10.0))
    battery.recharge(0.0)
    return battery


def outage_in_closed_form() -> None:
    """Six changes of load in two hours: settle, then ask for the next low and empty."""
    battery = Battery(UpsModel(runtime_s=10_000.0))
    for step in range(6):
        t = step * 1200.0
        battery.discharge(t, 1.0 - 0.1 * step)
        battery.when_runtime(t, 120.0)
        battery.when_empty(t)


def outage_in_ticks() -> None:
    """The same two hours with a process that looks every second, as a naive room would."""
    env = simpy.Environment()
    battery = {"charge": 1.0, "load": 1.0}

    def ticks() -> Generator[simpy.Event, None, None]:
        for _ in range(OUTAGE_S):
            yield env.timeout(1.0)
            battery["charge"] -= battery["load"] ** 1.2 / 10_000.0

    env.process(ticks())
    env.run()


def main() -> None:
    flat, charging = on_battery(), on_mains()
    stream, ups = Stream(1, "ups1", "loss"), Ups("ups1", 1, "utility", 60.0)
    load = iter(range(10**9))
    moving = Battery(UpsModel(runtime_s=1e9))
    print(f"one bare SimPy timeout: {timeout_us():.2f} us of processor time\n")
    pieces: list[tuple[str, int, Callable[[], object]]] = [
        ("battery: charge while it falls", 20_000, lambda: flat.charge_at(600.0)),
        ("battery: charge while it rises", 20_000, lambda: charging.charge_at(16_000.0)),
        ("battery: when low", 20_000, lambda: flat.when_runtime(600.0, 120.0)),
        ("battery: when 90 % again", 20_000, lambda: charging.when_charge_above(600.0, 0.9)),
        ("battery: change of load", 20_000, lambda: moving.discharge(0.0, next(load) % 7 / 10)),
        ("chance: one draw", 20_000, lambda: stream(4711)),
        ("settings: what a card keeps", 5_000, lambda: effective(ups)),
        ("2 h outage of one UPS, closed form", 1_000, outage_in_closed_form),
        ("2 h outage of one UPS, 1 s ticks", 1, outage_in_ticks),
    ]
    for name, times, work in pieces:
        print(f"{name:40} {in_timeouts(repeated(work, times), times)}")


if __name__ == "__main__":
    main()
