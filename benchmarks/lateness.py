"""How late live mode is: `python benchmarks/lateness.py [--quick]`. Takes a minute.

A thousand timers of a second each, spread over it, while nothing else happens, and while a thousand UDP
requests a second cross the loop, each brought in as news. The same timers on bare asyncio and on SimPy's own
real-time environment (which leaves sockets no turn) stand next to it in the same run.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from statistics import median
from typing import cast

import simpy.rt

from realtime.clock import WallClock
from realtime.lateness import Lateness

TIMERS = 1000
PERIOD_S = 1.0
REQUESTS_PER_S = 1000
FOR_S, ROUNDS = 3.0, 5
QUICK_S, QUICK_ROUNDS = 1.0, 3
GOAL_S = 0.005
"""p99 of the wall clock."""

Measured = tuple[float, float, float]
"""p50 and p99 of the lateness, and processor time, seconds per second."""


def first_s(n: int) -> float:
    """When timer n is due first; then every period."""
    return PERIOD_S * (n + 1) / TIMERS


class Echo(asyncio.DatagramProtocol):
    """Sends back whatever comes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._transport.sendto(data, addr)


class Asker(asyncio.DatagramProtocol):
    def __init__(self, heard: Callable[[], object]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._heard()


async def requests(heard: Callable[[], object]) -> None:
    """So many a second, for ever."""
    loop = asyncio.get_running_loop()
    begun_s, sent, answers = time.monotonic(), 0, 0

    def answered() -> None:
        nonlocal answers
        answers += 1
        heard()

    server, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    client, _ = await loop.create_datagram_endpoint(
        lambda: Asker(answered), remote_addr=server.get_extra_info("sockname")
    )
    try:
        while True:
            due = int((time.monotonic() - begun_s) * REQUESTS_PER_S)
            for _ in range(due - sent):
                client.sendto(b"?" * 80)
            sent = due
            await asyncio.sleep(0.001)
    finally:
        client.close()
        server.close()
        assert answers > 0.9 * sent, f"of {sent} requests {answers} were answered"


async def on_the_wall_clock(for_s: float, *, asked: bool) -> Lateness:
    env, lateness = WallClock(), Lateness()

    def timer(due_s: float) -> None:
        lateness.add(env.wall_now - due_s)
        env.after(PERIOD_S, lambda: timer(due_s + PERIOD_S))

    def begin(due_s: float) -> None:
        env.after(due_s, lambda: timer(due_s))

    for n in range(TIMERS):
        begin(first_s(n))

    def news() -> None:
        env.act(lambda: None)

    asking = asyncio.create_task(requests(news)) if asked else None
    await env.live(for_s)
    await over(asking)
    return lateness


async def on_bare_asyncio(for_s: float, *, asked: bool) -> Lateness:
    loop, lateness = asyncio.get_running_loop(), Lateness()
    begun_s = loop.time()

    def timer(due_s: float) -> None:
        lateness.add(loop.time() - due_s)
        loop.call_at(due_s + PERIOD_S, timer, due_s + PERIOD_S)

    for n in range(TIMERS):
        loop.call_at(begun_s + first_s(n), timer, begun_s + first_s(n))
    asking = asyncio.create_task(requests(lambda: None)) if asked else None
    await asyncio.sleep(for_s)
    await over(asking)
    return lateness


async def over(task: asyncio.Task[None] | None) -> None:
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.sleep(0)


def on_simpy_rt(for_s: float) -> Lateness:
    lateness = Lateness()
    env = simpy.rt.RealtimeEnvironment(strict=False)

    def timer(due_s: float) -> None:
        lateness.add(time.monotonic() - begun_s - due_s)
        begin(due_s, PERIOD_S)

    def begin(due_s: float, in_s: float) -> None:
        env.timeout(in_s).callbacks.append(lambda _: timer(due_s + in_s))

    for n in range(TIMERS):
        begin(0.0, first_s(n))
    env.sync()
    begun_s = time.monotonic()
    env.run(until=for_s)
    return lateness


CASES: dict[str, Callable[[float], Lateness]] = {
    "bare asyncio": lambda s: asyncio.run(on_bare_asyncio(s, asked=False)),
    "simpy.rt, no sockets": on_simpy_rt,
    "wall clock": lambda s: asyncio.run(on_the_wall_clock(s, asked=False)),
    "bare asyncio, 1,000 requests/s": lambda s: asyncio.run(on_bare_asyncio(s, asked=True)),
    "wall clock, 1,000 requests/s": lambda s: asyncio.run(on_the_wall_clock(s, asked=True)),
}
"""Each is compared with the first of its kind."""


def measured(case: Callable[[float], Lateness], for_s: float) -> Measured:
    cpu_s = time.process_time()
    lateness = case(for_s)
    return lateness.quantile_s(0.5), lateness.p99_s, (time.process_time() - cpu_s) / for_s


def main() -> None:
    quick = "--quick" in sys.argv
    for_s, rounds = (QUICK_S, QUICK_ROUNDS) if quick else (FOR_S, ROUNDS)
    results: dict[str, list[Measured]] = {name: [] for name in CASES}
    for _ in range(rounds):
        for name, case in CASES.items():
            results[name].append(measured(case, for_s))
    print(f"{TIMERS:,} timers of {PERIOD_S:g} s, {rounds} rounds of {for_s:g} s, medians (best)\n")
    print("| driver | p50, ms | p99, ms | p99 / bare asyncio | processor |")
    print("|---|---|---|---|---|")
    for name, all_rounds in results.items():
        bare = results["bare asyncio, 1,000 requests/s" if "requests" in name else "bare asyncio"]
        p50, p99, cpu = (median(m[n] for m in all_rounds) for n in range(3))
        best = min(m[1] for m in all_rounds)
        ratio = median(m[1] / b[1] for m, b in zip(all_rounds, bare, strict=True))
        print(f"| {name} | {p50 * 1e3:.2f} | {p99 * 1e3:.2f} ({best * 1e3:.2f}) | {ratio:.2f} | {cpu:.0%} |")
    ours = [all_rounds for name, all_rounds in results.items() if name.startswith("wall clock")]
    best = max(min(m[1] for m in all_rounds) for all_rounds in ours)
    kept = "kept" if best <= GOAL_S else "NOT kept"
    print(f"\ngoal: p99 <= {GOAL_S * 1e3:g} ms when quiet; {kept} in the best round: {best * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
