"""Cards to be polled, in processes of their own: emulated ones, and ones that repeat what one of these said.

The latter know no access rights, no MIB and no version 3: they put the number of a request into an answer
that is ready. They cost a thirtieth of what the poller costs, so that on a machine with few cores it is
the poller that is measured.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from selectors import EVENT_READ, DefaultSelector
from threading import Thread
from time import process_time

PHRASE = "a phrase of some length"
LOOPBACK = "127.0.0.1"
MOST_BYTES = 65535
LIMIT_S = 2.0

SEQUENCE, RESPONSE = 0x30, 0xA2
"""Tags of BER (X.690) and of SNMP's PDUs (RFC 3416)."""


@dataclass
class Cards:
    ports: list[int]
    _ends: list[Connection]
    cpu_s: float = 0.0
    """What all of them have used so far, as of `ask_cpu`."""

    def ask_cpu(self) -> float:
        """Processor time since it was asked last."""
        before_s = self.cpu_s
        for end in self._ends:
            end.send("cpu")
        self.cpu_s = sum(end.recv() for end in self._ends)
        return self.cpu_s - before_s


@contextmanager
def emulated(n: int, processes: int = 1) -> Iterator[Cards]:
    """So many agents of emulated UPSes."""
    with ExitStack() as stack:
        shares = [n // processes + (k < n % processes) for k in range(processes)]
        ends = [stack.enter_context(_process(_emulate, share)) for share in shares]
        yield Cards([port for end in ends for port in end.recv()], ends)


@contextmanager
def repeating(n: int) -> Iterator[Cards]:
    """So many that repeat what one emulated card says, over version 2c."""
    with emulated(1) as card, _process(_repeat, n, card.ports[0]) as end:
        yield Cards(end.recv(), [end])


@contextmanager
def _process(serve: object, *arguments: object) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(*arguments, theirs))  # type: ignore[arg-type]
    process.start()
    try:
        yield ours
    finally:
        ours.send(None)
        process.join()


def _until_told(told: Connection) -> None:
    """Tells its processor time when it is asked; returns when it is told to end."""
    while told.recv() is not None:
        told.send(process_time())


# Emulated


def _emulate(n: int, told: Connection) -> None:
    asyncio.run(_serve(n, told))


async def _serve(n: int, told: Connection) -> None:
    import simpy

    from realtime.secret import Secret
    from sequencer.events import Stream
    from sequencer.site import Ups
    from sim.model import UpsModel
    from sim.ups import Ups as PretendUps
    from teiden.emulator.snmp import access, apc
    from teiden.emulator.snmp.agent import Agent
    from teiden.emulator.snmp.card import SnmpCard

    env, stream, started = simpy.Environment(), Stream(), []
    for number in range(n):
        ups = PretendUps(env, stream, Ups("ups1", 1, "utility", 30.0), UpsModel(), mains=True)
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
    await asyncio.get_running_loop().run_in_executor(None, _until_told, told)
    for agent in started:
        await agent.close()


# Repeating


def _repeat(n: int, model: int, told: Connection) -> None:
    """`model`: the port of the card whose answers are repeated."""
    sockets, selector = (
        [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(n)],
        DefaultSelector(),
    )
    for card in sockets:
        card.bind((LOOPBACK, 0))
        card.setblocking(False)
        selector.register(card, EVENT_READ)
    told.send([card.getsockname()[1] for card in sockets])
    answers: dict[bytes, tuple[bytes, bytes]] = {}
    ends = Thread(target=_until_told, args=(told,), daemon=True)
    ends.start()
    while ends.is_alive():
        for key, _ in selector.select(timeout=0.1):
            asked = key.fileobj
            assert isinstance(asked, socket.socket)
            request, caller = asked.recvfrom(MOST_BYTES)
            asked.sendto(_answer(request, model, answers), caller)
    for card in sockets:
        card.close()


def _answer(request: bytes, model: int, answers: dict[bytes, tuple[bytes, bytes]]) -> bytes:
    """The one that is ready, with this request's number; asked of the model the first time."""
    _, number, asked = _taken_apart(request)
    if asked not in answers:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as once:
            once.settimeout(LIMIT_S)
            once.sendto(request, (LOOPBACK, model))
            head, _, said = _taken_apart(once.recv(MOST_BYTES))
            answers[asked] = head, said
    head, said = answers[asked]
    return _tlv(SEQUENCE, head + _tlv(RESPONSE, number + said))


def _taken_apart(message: bytes) -> tuple[bytes, bytes, bytes]:
    """Version and community; the request's number; all that follows it. Of SNMP 1 or 2c."""
    inside, _ = _content(message, 0)
    _, community = _content(message, inside)
    _, pdu = _content(message, community)
    number, _ = _content(message, pdu)
    _, rest = _content(message, number)
    return message[inside:pdu], message[number:rest], message[rest:]


def _content(message: bytes, at: int) -> tuple[int, int]:
    """Where the content of the value at this place begins, and where it ends."""
    length, begin = message[at + 1], at + 2
    if length >= 0x80:
        size = length & 0x7F
        length, begin = int.from_bytes(message[begin : begin + size], "big"), begin + size
    return begin, begin + length


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
