"""The engine on real sockets: versions, wrong keys, and peers that answer nonsense, too much, or too late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from socket import AF_INET, SOCK_DGRAM, socket
from typing import Any

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto.api import v2c

from realtime.contacts import SnmpContact
from realtime.secret import NoSecret, Secret
from realtime.snmp.answers import Failure, Trouble
from realtime.snmp.credentials import Community, Credentials, User, credentials_of, user
from realtime.snmp.engine import LONGEST_COLUMN, Engine, Target
from realtime.snmp.steady import SteadyDispatcher
from realtime.snmp.table import Kind
from realtime.snmp.values import SYS_UP_TIME
from tests.cards import PUBLIC, READER, WRITER, Card, Cards, on_its_loop, shared

MODEL = "1.3.6.1.4.1.318.1.1.1.1.1.1.0"
MISSING = "1.3.6.1.4.1.318.1.1.1.99.1.0"
DELAY = "1.3.6.1.4.1.318.1.1.1.5.2.10.0"


@pytest.fixture(scope="module")
def cards() -> Iterator[Cards]:
    yield from shared()


async def target(c: Card, who: Credentials, limit_s: float = 20.0) -> Target:
    found = await c.engine.target("127.0.0.1", c.agent.port, who, limit_s=limit_s)
    assert isinstance(found, Target)
    return found


@on_its_loop
async def test_what_is_missing_is_none_in_every_version(cards: Cards) -> None:
    async with cards.card() as c:
        for who in (Community("1", Secret("public")), PUBLIC, READER, WRITER):
            told = await c.engine.get(await target(c, who), [MISSING, MODEL, MISSING + ".0", SYS_UP_TIME])
            assert told == {
                MISSING: None,
                MISSING + ".0": None,
                MODEL: b"Pretend Smart-UPS",
                SYS_UP_TIME: 8640000,
            }


@on_its_loop
async def test_a_column_is_read_to_its_end_in_every_version(cards: Cards) -> None:
    async with cards.card() as c:
        for who in (Community("1", Secret("public")), PUBLIC):
            column = await c.engine.column(await target(c, who), "1.3.6.1.4.1.318.1.1.1.5.2")
            assert isinstance(column, dict)
            assert len(column) == 6
            assert column[DELAY] == 18000
            last = await c.engine.column(await target(c, who), "1.3.6.1.4.1.318.1.1.1.99")
            assert last == {}


@on_its_loop
async def test_a_set_is_echoed_or_refused_by_name(cards: Cards) -> None:
    async with cards.card() as c:
        writer = await target(c, WRITER)
        assert await c.engine.set(writer, DELAY, 30000, Kind.TICKS) == 30000
        assert c.pretend.ups.settings.shutdown_delay_s == 300.0
        wrong = await c.engine.set(writer, DELAY, 30000, Kind.INTEGER)
        assert isinstance(wrong, Failure)
        assert (wrong.trouble, wrong.name) == (Trouble.REFUSED, "wrongType")


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (User("nobody", "sha1", Secret("reader-auth"), "aes128", Secret("reader-priv")), "no user"),
        (User("reader", "sha1", Secret("wrong-auth"), "aes128", Secret("reader-priv")), "authentication"),
        (User("reader", "sha1", Secret("reader-auth"), "aes128", Secret("wrong-priv")), "privacy"),
    ],
)
@on_its_loop
async def test_a_wrong_user_or_key_is_authentication_and_never_silence(
    cards: Cards, who: User, words: str
) -> None:
    async with cards.card() as c:
        answer = await c.engine.get(await target(c, who), [MODEL])
        assert isinstance(answer, Failure)
        assert answer.trouble is Trouble.AUTH
        assert words in answer.words
        assert isinstance(await c.engine.get(await target(c, READER), [MODEL]), dict)


@on_its_loop
async def test_a_wrong_community_is_silence_within_the_limit(cards: Cards) -> None:
    async with cards.card() as c:
        begun_s = asyncio.get_running_loop().time()
        answer = await c.engine.get(await target(c, Community("2c", Secret("wrong")), 0.1), [MODEL])
        assert isinstance(answer, Failure)
        assert answer.trouble is Trouble.TIMEOUT
        assert asyncio.get_running_loop().time() - begun_s < 1.0


@on_its_loop
async def test_a_name_that_nobody_knows_is_said(cards: Cards) -> None:
    answer = await cards.engine.target("no such host.invalid", 161, PUBLIC, limit_s=5.0)
    assert isinstance(answer, Failure)
    assert answer.words.startswith("no such host.invalid: ")


# Peers that are no card


class Peer(asyncio.DatagramProtocol):
    """Answers each datagram with what the test makes of it."""

    def __init__(self, answers: Callable[[bytes], list[bytes]]) -> None:
        self.answers = answers
        self.heard = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        self.heard += 1
        self.asker = address
        for answer in self.answers(data):
            self.transport.sendto(answer, address)


async def peer(
    engine: Engine, answers: Callable[[bytes], list[bytes]], *, version: str = "2c", limit_s: float = 0.2
) -> tuple[Peer, Target]:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(
        lambda: Peer(answers), local_addr=("127.0.0.1", 0)
    )
    port = transport.get_extra_info("sockname")[1]
    found = await engine.target("127.0.0.1", port, Community(version, Secret("public")), limit_s=limit_s)
    assert isinstance(found, Target)
    return protocol, found


def reply(asked: bytes, change: Callable[[Any, Any], None] = lambda pdu, asked: None) -> bytes:
    """The response to a request, with a change made to its PDU."""
    message, _ = decoder.decode(asked, asn1Spec=v2c.Message())
    response = v2c.apiMessage.get_response(message)
    change(v2c.apiMessage.get_pdu(response), v2c.apiMessage.get_pdu(message))
    return bytes(encoder.encode(response))


GARBAGE = [b"", b"\0", b"\x30\x84\xff\xff\xff\xff", b"HTTP/1.1 400", bytes(1400)]


@on_its_loop
async def test_garbage_is_no_answer_and_stops_nothing(cards: Cards) -> None:
    protocol, bad = await peer(cards.engine, lambda asked: [*GARBAGE, asked, asked[:-3]])
    answer = await cards.engine.get(bad, [MODEL])
    assert isinstance(answer, Failure)
    assert answer.trouble is Trouble.TIMEOUT
    assert protocol.heard == 2
    async with cards.card() as c:
        assert isinstance(await c.engine.get(await target(c, PUBLIC), [MODEL]), dict)
    protocol.transport.close()


@on_its_loop
async def test_an_answer_to_another_question_tells_nothing(cards: Cards) -> None:
    def other(pdu: Any, asked: Any) -> None:
        v2c.apiPDU.set_varbinds(pdu, [((1, 3, 6, 1, 9), v2c.Integer(1)), ((1, 3, 6, 2), v2c.Integer(2))])

    protocol, bad = await peer(cards.engine, lambda asked: [reply(asked, other)], limit_s=20.0)
    assert await cards.engine.get(bad, [MODEL]) == {MODEL: None}
    protocol.transport.close()


@on_its_loop
async def test_an_endless_table_is_cut_and_one_that_goes_backwards_ends(cards: Cards) -> None:
    column = "1.3.6.1.2.1.33.1.4.4.1.5"

    def endless(pdu: Any, asked: Any) -> None:
        ((last, _),) = v2c.apiPDU.get_varbinds(asked)
        numbers = tuple(last) if len(last) > 12 else (*last, 0)
        rows = [((*numbers[:-1], numbers[-1] + n), v2c.Integer(n)) for n in range(1, 17)]
        v2c.apiPDU.set_varbinds(pdu, rows)

    def backwards(pdu: Any, asked: Any) -> None:
        rows = [((*map(int, column.split(".")), n), v2c.Integer(n)) for n in (3, 2, 1)]
        v2c.apiPDU.set_varbinds(pdu, rows)

    protocol, bad = await peer(cards.engine, lambda asked: [reply(asked, endless)], limit_s=20.0)
    rows = await cards.engine.column(bad, column)
    assert isinstance(rows, dict)
    assert len(rows) == LONGEST_COLUMN
    protocol.answers = lambda asked: [reply(asked, backwards)]
    assert await cards.engine.column(bad, column) == {f"{column}.3": 3}
    protocol.transport.close()


@on_its_loop
async def test_what_is_too_big_at_once_is_asked_in_halves(cards: Cards) -> None:
    def picky(pdu: Any, asked: Any) -> None:
        pairs = v2c.apiPDU.get_varbinds(asked)
        if len(pairs) > 2:
            v2c.apiPDU.set_error_status(pdu, 1)
        else:
            v2c.apiPDU.set_varbinds(pdu, [(name, v2c.Integer(tuple(name)[-1])) for name, _ in pairs])

    protocol, small = await peer(cards.engine, lambda asked: [reply(asked, picky)], limit_s=20.0)
    oids = [f"1.3.6.1.9.{n}" for n in range(5)]
    assert await cards.engine.get(small, oids) == {oid: n for n, oid in enumerate(oids)}
    protocol.transport.close()


@on_its_loop
async def test_a_lost_question_is_repeated_but_a_set_never_is(cards: Cards) -> None:
    """U13: a repeated SET could restart a countdown."""

    def second_only(asked: bytes) -> list[bytes]:
        return [reply(asked)] if protocol.heard == 2 else []

    protocol, lossy = await peer(cards.engine, second_only, limit_s=1.0)
    assert await cards.engine.get(lossy, [MODEL]) == {MODEL: None}
    protocol.heard = 0
    answer = await cards.engine.set(lossy, DELAY, 1, Kind.TICKS)
    assert isinstance(answer, Failure)
    assert answer.trouble is Trouble.TIMEOUT
    assert protocol.heard == 1
    protocol.transport.close()


@on_its_loop
async def test_sec_5_an_answer_from_a_stranger_is_dropped(cards: Cards) -> None:
    with socket(AF_INET, SOCK_DGRAM) as stranger:

        def forged(asked: bytes) -> list[bytes]:
            stranger.sendto(reply(asked), protocol.asker)
            return []

        protocol, spoofed = await peer(cards.engine, forged)
        answer = await cards.engine.get(spoofed, [MODEL])
    assert isinstance(answer, Failure)
    assert answer.trouble is Trouble.TIMEOUT
    protocol.transport.close()


@on_its_loop
async def test_sec_6_an_answer_that_was_recorded_answers_no_later_question(cards: Cards) -> None:
    """Of version 3, authenticated and enciphered: what stood between replays it instead of what comes now."""
    async with cards.card() as c:
        with Between(c.agent.port) as between:
            found = await c.engine.target("127.0.0.1", between.port, READER, limit_s=3.0)
            assert isinstance(found, Target)
            loop = asyncio.get_running_loop()
            relaying = loop.run_in_executor(None, between.relay)
            assert isinstance(await c.engine.get(found, [MODEL]), dict)
            between.replaying = True
            answer = await c.engine.get(found, [MODEL])
            between.over = True
            await relaying
    assert between.replayed > 0
    assert isinstance(answer, Failure)


class Between:
    """Passes questions on to a card and answers back, until it replays the last one."""

    def __init__(self, card: int) -> None:
        self._card = card
        self.replaying = self.over = False
        self.replayed = 0

    def __enter__(self) -> Between:
        self._near, self._far = (socket(AF_INET, SOCK_DGRAM) for _ in range(2))
        self._near.bind(("127.0.0.1", 0))
        for end in (self._near, self._far):
            end.settimeout(0.05)
        self.port = self._near.getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        self._near.close()
        self._far.close()

    def relay(self) -> None:
        last = b""
        while not self.over:
            with suppress(TimeoutError):
                asked, asker = self._near.recvfrom(65536)
                if not self.replaying:
                    self._far.sendto(asked, ("127.0.0.1", self._card))
                    last = self._far.recv(65536)
                self.replayed += self.replaying
                self._near.sendto(last, asker)


@on_its_loop
async def test_a_card_is_asked_one_thing_at_a_time(cards: Cards) -> None:
    """S33."""
    under_way = 0
    most = 0

    def counted(asked: bytes) -> list[bytes]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        asyncio.get_running_loop().call_later(0.01, later, asked)
        return []

    def later(asked: bytes) -> None:
        nonlocal under_way
        under_way -= 1
        protocol.transport.sendto(reply(asked), protocol.asker)

    protocol, slow = await peer(cards.engine, counted, limit_s=20.0)
    await asyncio.gather(*(cards.engine.get(slow, [MODEL]) for _ in range(5)))
    assert most == 1
    protocol.transport.close()


@on_its_loop
async def test_after_its_end_an_engine_answers_with_silence(cards: Cards) -> None:
    engine = Engine()
    protocol, lost = await peer(engine, lambda asked: [])
    waiting = asyncio.ensure_future(engine.get(lost, [MODEL]))
    await asyncio.sleep(0)
    await engine.close()
    for answer in (await waiting, await engine.get(lost, [MODEL])):
        assert isinstance(answer, Failure)
        assert answer.trouble is Trouble.TIMEOUT
    protocol.transport.close()


@on_its_loop
async def test_the_wall_clock_moves_no_time_out(cards: Cards) -> None:
    """pysnmp's own dispatcher would stand still for as long as the clock is set back."""
    assert isinstance(cards.engine._speakers[0].engine.transport_dispatcher, SteadyDispatcher)
    ticks: list[float] = []
    dispatcher = SteadyDispatcher()
    dispatcher.handle_timer_tick = ticks.append  # type: ignore[method-assign]
    ticking = asyncio.ensure_future(dispatcher.handle_timeout())
    await asyncio.sleep(0.25)
    ticking.cancel()
    await ticking
    assert ticks
    assert abs(ticks[-1] - asyncio.get_running_loop().time()) < 60.0


# With what a card is asked


def test_a_contact_says_where_its_secrets_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UPS1", "a long pass phrase")
    found = credentials_of(SnmpContact("192.0.2.1", user="teiden", secret="env:UPS1"))
    assert isinstance(found, User)
    assert (found.auth, found.privacy, found.privacy_secret.reveal()) == (
        *("sha1", "aes128"),
        "a long pass phrase",
    )
    other = credentials_of(SnmpContact("192.0.2.1", mib="rfc1628", user="teiden", secret="env:UPS1"))
    assert isinstance(other, User)
    assert other.auth == "sha256"
    assert "phrase" not in repr(found)


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        (SnmpContact("h", user="teiden"), "no place for a secret"),
        (SnmpContact("h", secret="env:UPS1"), "version 3 needs a user"),
        (SnmpContact("h", user="u", secret="env:UPS1", auth="md5"), "'md5'; known: sha1, sha256"),
        (SnmpContact("h", user="u", secret="env:UPS1", privacy="des"), "'des'; known: aes128"),
        (SnmpContact("h", user="u", secret="env:SHORT"), "less than 8 characters"),
        (SnmpContact("h", version="2c"), "needs a community"),
        (SnmpContact("h", version="4", user="u"), "known: 1, 2c, 3"),
    ],
)
def test_what_cannot_be_used_is_said_without_the_secret(
    contact: SnmpContact, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPS1", "a long pass phrase")
    monkeypatch.setenv("SHORT", "hunter2")
    with pytest.raises(NoSecret) as caught:
        credentials_of(contact)
    assert words in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_short_privacy_phrase_is_refused_too() -> None:
    with pytest.raises(NoSecret, match="privacy pass phrase"):
        user("u", Secret("long enough"), Secret("short"), auth="sha1", privacy="aes128")
