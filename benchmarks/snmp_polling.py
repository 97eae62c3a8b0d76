"""What polling UPS cards costs: `python benchmarks/snmp_polling.py [--quick]`.

A reading of `SnmpUps` as a ratio to a bare `get_cmd` of pysnmp with the same objects and security (engine,
target and objects made once, no MIB looked up); emulated UPSes polled every 2 s; and how long after a trap
has been sent its card is asked. Agents run in a process of their own: their CPU is not counted, but on a
machine with few cores they are what limits the number of readings.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from statistics import median, quantiles
from time import perf_counter, process_time

from pysnmp.hlapi.v3arch.asyncio import (
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    get_cmd,
)

from realtime.contacts import SnmpContact
from realtime.secret import Secret
from realtime.snmp.apc import Apc
from realtime.snmp.credentials import Community, Credentials, User
from realtime.snmp.driver import SnmpUps
from realtime.snmp.engine import Engine
from realtime.snmp.speaker import AUTH_PROTOCOLS, PRIVACY_PROTOCOLS
from realtime.snmp.traps import Sender, TrapListener
from sequencer.ports import Unreachable
from sequencer.site import Ups

PHRASE = "a phrase of some length"
WHO: dict[str, Credentials] = {
    "v2c": Community("2c", Secret("public")),
    "v3 SHA-256, AES-128": User("teiden", "sha256", Secret(PHRASE), "aes128", Secret(PHRASE)),
}
SETTINGS = Ups("ups1", 1, "utility", 30.0)
LIMIT_S = 5.0


def main() -> None:
    quick = "--quick" in sys.argv
    reads, upses, seconds, traps = (100, 20, 6, 20) if quick else (600, 200, 20, 200)
    print("| a reading | ms | bare get_cmd, ms | ratio | CPU ratio |")
    print("|---|---:|---:|---:|---:|")
    with agents(1) as (port,):
        for name, who in WHO.items():
            print(f"| {name} | {asyncio.run(compared(port, who, reads))} |", flush=True)
    print("\n| polled every 2 s | CPU of one core | readings/s | unreachable |")
    print("|---|---:|---:|---:|")
    with agents(upses) as ports:
        for name, who in WHO.items():
            print(f"| {upses} UPSes, {name} | {asyncio.run(polled(ports, who, seconds))} |", flush=True)
    print("\n| trap to the first look | p50 ms | p99 ms |")
    print("|---|---:|---:|")
    with agents(1) as (port,):
        print(f"| {traps} traps, v2c | {asyncio.run(poked(port, traps))} |")


# Agents


@contextmanager
def agents(n: int) -> Iterator[list[int]]:
    """The ports of so many agents, in a process of their own."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(n, theirs))
    process.start()
    try:
        yield ours.recv()
    finally:
        ours.send(None)
        process.join()


def serve(n: int, told: Connection) -> None:
    asyncio.run(_serve(n, told))


async def _serve(n: int, told: Connection) -> None:
    import simpy

    from sequencer.events import Stream
    from sim.model import UpsModel
    from sim.ups import Ups as PretendUps
    from teiden.emulator.snmp import access, apc
    from teiden.emulator.snmp.agent import Agent
    from teiden.emulator.snmp.card import SnmpCard

    env, stream, started = simpy.Environment(), Stream(), []
    for number in range(n):
        ups = PretendUps(env, stream, SETTINGS, UpsModel(), mains=True)
        ups.begin()
        card = SnmpCard(ups, env)
        agent = Agent(
            apc.tables(card),
            act=lambda do: do(),
            communities=[access.Community(Secret("public"))],
            users=[access.User("teiden", Secret(PHRASE), Secret(PHRASE), auth="sha256")],
            card=card,
            name=f"ups{number}",
        )
        await agent.start()
        started.append(agent)
    told.send([agent.port for agent in started])
    await asyncio.get_running_loop().run_in_executor(None, told.recv)
    for agent in started:
        await agent.close()


# Ours against the bare library


async def compared(port: int, who: Credentials, n: int) -> str:
    """In turns of 20, so that both have the same weather; the middle of the turns."""
    engine, bare = Engine(), SnmpEngine()
    driver = made(engine, port, who)
    place = await UdpTransportTarget.create(("127.0.0.1", port), timeout=LIMIT_S, retries=1)
    await driver.read()
    objects = [ObjectType(ObjectIdentity(oid)) for oid in Apc().fast]

    async def bare_get() -> None:
        trouble, status, *_ = await get_cmd(bare, auth(who), place, ContextData(), *objects, lookupMib=False)
        assert not trouble
        assert not status

    async def ours() -> None:
        assert not isinstance(await driver.read(), Unreachable)

    await bare_get()
    turns = []
    for _ in range(max(1, n // 20)):
        turns.append([await timed(work, 20) for work in (ours, bare_get)])
    await engine.close()
    bare.close_dispatcher()
    await asyncio.sleep(0)
    wall_ms = [1000 * median(turn[k][0] for turn in turns) for k in (0, 1)]
    ratio, cpu_ratio = (median(a[k] / b[k] for a, b in turns) for k in (0, 1))
    return f"{wall_ms[0]:.2f} | {wall_ms[1]:.2f} | {ratio:.2f} | {cpu_ratio:.2f}"


async def timed(work: object, n: int) -> tuple[float, float]:
    assert callable(work)
    begun, cpu = perf_counter(), process_time()
    for _ in range(n):
        await work()
    return (perf_counter() - begun) / n, (process_time() - cpu) / n


def auth(who: Credentials) -> CommunityData | UsmUserData:
    if isinstance(who, Community):
        return CommunityData(who.name.reveal(), mpModel=1)
    keys = (who.secret.reveal(), who.privacy_secret.reveal())
    return UsmUserData(who.name, *keys, AUTH_PROTOCOLS[who.auth], PRIVACY_PROTOCOLS[who.privacy])


def made(engine: Engine, port: int, who: Credentials) -> SnmpUps:
    contact = SnmpContact("127.0.0.1", port, version=who.version)
    return SnmpUps(engine, contact, SETTINGS, LIMIT_S, credentials=who)


# Many


async def polled(ports: list[int], who: Credentials, seconds: int) -> str:
    """Each at its own moment of the two seconds, as the daemon spreads them."""
    engine = Engine()
    drivers = [made(engine, port, who) for port in ports]
    for driver in drivers:
        await driver.read()
    silent = readings = 0
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + seconds

    async def every_2_s(driver: SnmpUps, first_s: float) -> None:
        nonlocal silent, readings
        at_s = loop.time() + first_s
        while at_s < ends_s:
            await asyncio.sleep(at_s - loop.time())
            silent += isinstance(await driver.read(), Unreachable)
            readings += 1
            at_s += 2.0

    begun, cpu = perf_counter(), process_time()
    await asyncio.gather(*(every_2_s(d, 2.0 * n / len(drivers)) for n, d in enumerate(drivers)))
    took, used = perf_counter() - begun, process_time() - cpu
    await engine.close()
    return f"{100 * used / took:.0f} % | {readings / took:.0f} | {silent}"


# Traps


async def poked(port: int, n: int) -> str:
    """From the moment the datagram is sent until the card's answer to the look it caused is here."""
    from socket import AF_INET, SOCK_DGRAM, socket

    engine = Engine()
    driver = made(engine, port, WHO["v2c"])
    await driver.read()
    looked: list[float] = []
    asked = asyncio.Event()

    def poke(device: str) -> None:
        looking.append(asyncio.ensure_future(look()))

    async def look() -> None:
        assert not isinstance(await driver.read(), Unreachable)
        looked.append(perf_counter())
        asked.set()

    looking: list[asyncio.Future[None]] = []
    sender = Sender("ups1", WHO["v2c"])
    listener = TrapListener("127.0.0.1", 0, {"127.0.0.1": [sender]}, poke, poke_every_s=0.0, read_per_s=10**6)
    await listener.start()
    took = []
    with socket(AF_INET, SOCK_DGRAM) as card:
        for _ in range(n):
            begun = perf_counter()
            card.sendto(trap(), ("127.0.0.1", listener.port))
            await asked.wait()
            asked.clear()
            took.append(1000 * (looked[-1] - begun))
            await asyncio.sleep(0.005)
    await listener.close()
    await engine.close()
    return f"{median(took):.1f} | {quantiles(took, n=100)[98]:.1f}"


def trap() -> bytes:
    from pyasn1.codec.ber import encoder
    from pysnmp.proto.api import v2c

    pdu, message = v2c.TrapPDU(), v2c.Message()
    v2c.apiTrapPDU.set_defaults(pdu)
    v2c.apiMessage.set_defaults(message)
    v2c.apiMessage.set_community(message, "public")
    v2c.apiMessage.set_pdu(message, pdu)
    return bytes(encoder.encode(message))


if __name__ == "__main__":
    main()
