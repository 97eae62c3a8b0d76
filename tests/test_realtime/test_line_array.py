"""An array behind the line protocol: what is understood, what is not believed, and what is not known."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from realtime.arrays.lines import LineArray
from realtime.contacts import ArrayContact
from sequencer.ports import Accepted, ArrayStatus, Flush, Receipt, Service, Unreachable
from tests.test_realtime.hostile import WORD, array_service, closed_port, listening, saying

READY = ArrayStatus(Service.READY, Flush.NOT_ASKED)
HELLO = b"teiden-array 1 linkeddisk -\n"


def array_at(port: int, *, secret: str = "", limit_s: float = 5.0) -> LineArray:
    return LineArray(ArrayContact("127.0.0.1", port, secret=secret), "linkeddisk", limit_s=limit_s)


def with_array(
    do: Callable[..., Awaitable[None]], *, secret: str = "", limit_s: float = 5.0, **settings: object
) -> None:
    async def run() -> None:
        async with array_service(**settings) as service:
            array = array_at(service.port, secret=secret, limit_s=limit_s)
            try:
                await do(array, service)
            finally:
                await array.close()

    asyncio.run(run())


def asked(*lines: bytes, limit_s: float = 5.0) -> tuple[object, Receipt]:
    """What a peer that says these lines is read as, and what a flush of it is answered."""

    async def run() -> tuple[object, Receipt]:
        async with listening(saying(*lines)) as port:
            array, other = array_at(port, limit_s=limit_s), array_at(port, limit_s=limit_s)
            told = await array.read(), await other.flush()
            await array.close()
            await other.close()
            return told

    return asyncio.run(run())


def reason(told: object) -> str:
    assert isinstance(told, Unreachable)
    return told.reason


def test_it_tells_its_state_and_flushes() -> None:
    async def do(array: LineArray, service: object) -> None:
        assert await array.read() == READY
        assert await array.flush() == Receipt(Accepted.YES)
        assert await array.read() == ArrayStatus(Service.READY, Flush.UNDER_WAY)
        service.room.env.run(until=service.room.env.now + 3600)
        assert await array.read() == ArrayStatus(Service.READY, Flush.DONE)

    with_array(do)


def test_a_second_flush_is_accepted_and_starts_nothing() -> None:
    async def do(array: LineArray, service: object) -> None:
        await array.flush()
        assert await array.flush() == Receipt(Accepted.YES, "already flushing")
        flushes = [e for e in service.room.stream if e.name == "array.flushing"]
        assert len(flushes) == 1

    with_array(do)


def test_a_refusal_comes_with_its_reason() -> None:
    """R4-03: it does not permit us to flush it; for the sequence that is a flush that failed."""

    async def do(array: LineArray, service: object) -> None:
        service.array.faults.flush_refused = True
        assert await array.flush() == Receipt(Accepted.NO, "not permitted")

    with_array(do)


def test_an_array_without_power_says_nothing_and_answers_again_when_it_is_back() -> None:
    async def do(array: LineArray, service: object) -> None:
        assert await array.read() == READY
        service.array.fall_silent(True)
        assert reason(await array.read()) == "no answer in 1 s"
        assert (await array.flush()).accepted is Accepted.UNKNOWN
        service.array.fall_silent(False)
        assert await array.read() == READY

    with_array(do, limit_s=1.0)


def test_one_connection_is_kept_and_a_lost_one_is_made_anew() -> None:
    async def run() -> None:
        callers = []

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            callers.append(writer)
            writer.write(HELLO)
            for _ in range(2):
                number = (await reader.readline()).split(b" ")[0]
                writer.write(number + b" ready not_asked\n")
            writer.close()

        async with listening(peer) as port:
            array = array_at(port)
            for asked, connections in ((1, 1), (2, 1), (3, 2)):
                assert await array.read() == READY, asked
                assert len(callers) == connections
                await asyncio.sleep(0.01)  # lets its hanging up arrive
            await array.close()

    asyncio.run(run())


def test_requests_at_once_go_one_after_the_other() -> None:
    async def do(array: LineArray, service: object) -> None:
        told = await asyncio.gather(*(array.read() for _ in range(20)), array.flush())
        assert told[:20] == [READY] * 20
        assert told[20] == Receipt(Accepted.YES)

    with_array(do)


def test_a_flush_whose_answer_is_lost_is_unknown() -> None:
    async def do(array: LineArray, service: object) -> None:
        service.hangs_up = True
        assert await array.flush() == Receipt(Accepted.UNKNOWN, "it hung up")
        service.hangs_up = False
        assert await array.read() == ArrayStatus(Service.READY, Flush.UNDER_WAY)  # settled by looking

    with_array(do)


def test_nobody_there_is_a_refusal_since_nothing_was_asked() -> None:
    async def run() -> None:
        array = array_at(closed_port())
        assert "connect" in reason(await array.read())
        assert (await array.flush()).accepted is Accepted.NO

    asyncio.run(run())


def test_a_late_answer_is_never_taken_for_the_next_request() -> None:
    async def run() -> None:
        heard, given_up = [], asyncio.Event()

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(HELLO)
            line = await reader.readline()
            heard.append(line)
            if len(heard) == 1:
                await given_up.wait()
                writer.write(b"1 ready done\n")
            else:
                writer.write(b"1 ready not_asked\n")
            await reader.read()

        async with listening(peer) as port:
            array = array_at(port, limit_s=1.0)
            assert reason(await array.read()) == "no answer in 1 s"
            given_up.set()
            assert await array.read() == READY
            await array.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((b"SSH-2.0-OpenSSH_9.6\r\n",), "does not speak the array protocol"),
        ((b"teiden-array 2 linkeddisk -\n",), "speaks version 2 of the array protocol, this side version 1"),
        ((b"teiden-array 1 otherdisk -\n",), "it speaks for 'otherdisk', not for 'linkeddisk'"),
        ((b"teiden-array 1\n",), "cut short or garbled"),
        ((b"teiden-array 1 linkeddisk shibboleth\n",), "no proper challenge"),
        ((b"\xff\xfe\x00\n",), "not UTF-8"),
        ((b"x" * 100_000,), "more than 512 bytes"),
        ((HELLO, b"2 ready done\n"), "answered to '2', which was not asked"),
        ((HELLO, b"ready done\n"), "answered to 'ready', which was not asked"),
        ((HELLO, b"1 error no such request\n"), "it said: error no such request"),
        ((HELLO, b"1 " + b"x" * 100_000), "more than 512 bytes"),
        ((HELLO, b"1 ready\x1b[2J done\n"), "not printable"),
    ],
)
def test_what_is_not_the_protocol_is_a_reason_in_words(lines: tuple[bytes, ...], words: str) -> None:
    status, receipt = asked(*lines)
    assert words in reason(status)
    assert words in receipt.reason
    assert receipt.accepted is (Accepted.UNKNOWN if len(lines) > 1 else Accepted.NO)


@pytest.mark.parametrize(
    "said", [b"1 ready\n", b"1 ready done done\n", b"1 READY DONE\n", b"1 done ready\n", b"1\n"]
)
def test_a_state_that_is_not_exactly_one_is_unknown(said: bytes) -> None:
    status, receipt = asked(HELLO, said)
    assert "which is no state" in reason(status)
    assert receipt.accepted is Accepted.UNKNOWN


@pytest.mark.parametrize("lines", [(b"",), (b"teiden-array 1 link",), (HELLO, b""), (HELLO, b"1 rea")])
def test_a_peer_that_keeps_silent_costs_no_more_than_the_limit(lines: tuple[bytes, ...]) -> None:
    status, receipt = asked(*lines, limit_s=0.05)
    assert reason(status) == "no answer in 0.05 s"
    assert receipt == Receipt(Accepted.UNKNOWN, "no answer in 0.05 s")


def test_a_line_cut_off_half_way_is_no_answer() -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HELLO)
        await reader.readline()
        writer.write(b"1 ready done")
        writer.close()

    async def run() -> None:
        async with listening(peer) as port:
            assert reason(await array_at(port).read()) == "it hung up in the middle of a line"

    asyncio.run(run())


# The shared word


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "word"
    path.write_text("correct horse\n")
    path.chmod(0o600)
    return f"file:{path}"


def test_both_sides_prove_the_shared_word_and_it_never_crosses_the_wire(secret: str) -> None:
    async def run() -> None:
        async with array_service(word=WORD) as service:
            crossed = bytearray()

            async def between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                theirs, ours = await asyncio.open_connection("127.0.0.1", service.port)

                async def copy(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                    while piece := await source.read(100):
                        crossed.extend(piece)
                        sink.write(piece)
                    sink.close()

                await asyncio.gather(copy(reader, ours), copy(theirs, writer), return_exceptions=True)
                ours.close()

            async with listening(between) as port:
                array = array_at(port, secret=secret)
                assert await array.read() == READY
                assert (await array.flush()).ok
                await array.close()
            assert b"prove" in crossed
            assert b"proven" in crossed
            assert b"correct" not in crossed

    asyncio.run(run())


def test_whoever_does_not_know_the_word_learns_nothing_and_starts_nothing(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("battery staple")
    wrong.chmod(0o600)

    async def do(array: LineArray, service: object) -> None:
        assert reason(await array.read()) == "it said: error wrong proof"
        assert (await array.flush()).accepted is Accepted.NO
        assert service.array.flush_state is Flush.NOT_ASKED

    with_array(do, secret=f"file:{wrong}", word=WORD)


def test_a_service_that_wants_a_word_hears_nothing_without_one() -> None:
    async def run() -> None:
        async with array_service(word=WORD) as service:
            array = array_at(service.port)
            assert "asks for a proof of a shared word, and none is set" in reason(await array.read())
            reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
            await reader.readline()
            writer.write(b"1 flush\n")
            assert await reader.readline() == b"1 error prove first\n"
            writer.close()
            assert service.array.flush_state is Flush.NOT_ASKED

    asyncio.run(run())


def test_a_service_that_asks_for_no_proof_is_not_believed_where_a_word_is_set(secret: str) -> None:
    async def do(array: LineArray, service: object) -> None:
        assert "asks for no proof" in reason(await array.read())

    with_array(do, secret=secret)


@pytest.mark.parametrize("proof", [b"proven " + b"0" * 64, b"proven ", b"accepted"])
def test_a_service_that_cannot_prove_the_word_itself_is_not_believed(secret: str, proof: bytes) -> None:
    async def run() -> None:
        hello = b"teiden-array 1 linkeddisk " + b"a" * 32 + b"\n"
        async with listening(saying(hello, b"1 " + proof + b"\n", b"2 ready done\n")) as port:
            assert reason(await array_at(port, secret=secret).read()) == "it does not know the shared word"

    asyncio.run(run())


def test_an_echo_of_our_own_proof_proves_nothing(secret: str) -> None:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"teiden-array 1 linkeddisk " + b"a" * 32 + b"\n")
        number, _, _, proof = (await reader.readline()).split()
        writer.write(number + b" proven " + proof + b"\n")
        await reader.read()

    async def run() -> None:
        async with listening(peer) as port:
            assert reason(await array_at(port, secret=secret).read()) == "it does not know the shared word"

    asyncio.run(run())


def test_a_word_that_cannot_be_read_is_told_and_nothing_is_asked() -> None:
    async def do(array: LineArray, service: object) -> None:
        assert "the environment has no TEIDEN_NO_SUCH_WORD" in reason(await array.read())

    with_array(do, secret="env:TEIDEN_NO_SUCH_WORD")


# The pretend service, against callers that mean it no good


def test_the_service_survives_garbage_and_endless_lines() -> None:
    async def run() -> None:
        async with array_service() as service:
            for content in (b"x" * 5000, b"\xff\xff\n", b"flush\n", b"1 flood\n", b"1 state"):
                reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
                assert await reader.readline() == HELLO
                writer.write(content)
                writer.write_eof()
                assert b"accepted" not in await reader.read()
                writer.close()
            assert service.array.flush_state is Flush.NOT_ASKED
            array = array_at(service.port)
            assert await array.read() == READY
            await array.close()

    asyncio.run(run())
