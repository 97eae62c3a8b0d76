"""What polling UPS cards costs: `python benchmarks/snmp_polling.py [--quick]`.

A reading of `SnmpUps` as a ratio to a bare `get_cmd` of pysnmp with the same objects and security (engine,
target and objects made once, no MIB looked up); many UPSes polled every 2 s by one process, as a service
does it while all are on battery; and how long after a trap has been sent its card has been asked.

The cards run in processes of their own (`cards.py`). Emulated ones cost more than the poller; with all cores
taken by them fewer readings come about than were asked for. What a reading costs the poller stays the same.
"""

from __future__ import annotations

import asyncio
import sys
from statistics import median, quantiles
from time import perf_counter, process_time

from cards import PHRASE, Cards, emulated, repeating
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

WHO: dict[str, Credentials] = {
    "v2c": Community("2c", Secret("public")),
    "v3 SHA-256, AES-128": User("teiden", "sha256", Secret(PHRASE), "aes128", Secret(PHRASE)),
}
SETTINGS = Ups("ups1", 1, "utility", 30.0)
LIMIT_S = 5.0
EVERY_S = 2.0
"""How often a UPS is looked at while it is on battery."""
PROCESSES = 2
"""That emulated cards are spread over."""


def main() -> None:
    quick = "--quick" in sys.argv
    reads, upses, seconds, traps = (100, 20, 6, 20) if quick else (600, 200, 20, 200)
    print("| a reading | ms | bare get_cmd, ms | ratio | CPU ratio |")
    print("|---|---:|---:|---:|---:|")
    with emulated(1) as cards:
        for name, who in WHO.items():
            print(f"| {name} | {asyncio.run(compared(cards.ports[0], who, reads))} |", flush=True)
    asked = f"readings/s of {upses / EVERY_S:g}"
    print(f"\n| {upses} UPSes every 2 s | {asked} | poller, ms each | poller, of a core ", end="")
    print("| cards, ms each | cards, of a core | unreachable |\n|---|---:|---:|---:|---:|---:|---:|")
    with repeating(upses) as cards:
        told = asyncio.run(polled(cards, WHO["v2c"], seconds))
        print(f"| repeating cards, v2c | {told} |", flush=True)
    with emulated(upses, PROCESSES) as cards:
        for name, who in WHO.items():
            told = asyncio.run(polled(cards, who, seconds))
            print(f"| emulated cards, {PROCESSES} processes, {name} | {told} |", flush=True)
    print("\n| trap to the first look | p50 ms | p99 ms | goal, p99 |")
    print("|---|---:|---:|---:|")
    with emulated(1) as cards:
        print(f"| {traps} traps, v2c | {asyncio.run(poked(cards.ports[0], traps))} | <= 50 |")


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


async def polled(cards: Cards, who: Credentials, seconds: int) -> str:
    """Each at its own moment of the two seconds, as the daemon spreads them."""
    engine = Engine()
    drivers = [made(engine, port, who) for port in cards.ports]
    for driver in drivers:
        await driver.read()
    silent = readings = 0
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + seconds

    async def every_so_often(driver: SnmpUps, first_s: float) -> None:
        nonlocal silent, readings
        at_s = loop.time() + first_s
        while at_s < ends_s:
            await asyncio.sleep(at_s - loop.time())
            silent += isinstance(await driver.read(), Unreachable)
            readings += 1
            at_s += EVERY_S

    cards.ask_cpu()
    begun, cpu = perf_counter(), process_time()
    await asyncio.gather(*(every_so_often(d, EVERY_S * n / len(drivers)) for n, d in enumerate(drivers)))
    took, used, theirs = perf_counter() - begun, process_time() - cpu, cards.ask_cpu()
    await engine.close()
    return " | ".join(
        [
            f"{readings / took:.0f}",
            *(f"{1000 * cpu_s / readings:.2f} | {cpu_s / took:.0%}" for cpu_s in (used, theirs)),
            f"{silent}",
        ]
    )


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
