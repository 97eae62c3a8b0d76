"""Whoever has no certificate of ours or the wrong one, or says what is no line: refused, bounded (SEC-19)."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import PeerContact, PeerIdentity
from realtime.peers.answering import MOST_OF_ONE_PEER
from realtime.peers.driver import Peer
from realtime.peers.lines import MAX_LINE
from realtime.peers.listener import CannotListen
from realtime.peers.rows import told_row
from realtime.peers.tls import NoIdentity, client_side, server_side
from sequencer.ports import PeerStatus, Unreachable
from tests.test_realtime.peering import (
    LOOPBACK,
    ROW,
    Node,
    Stranger,
    calling,
    certified,
    context_of,
    identity,
    listening,
)

HELLO = {"hello": "control1", "version": "0.1.0", "site_hash": "5f1c"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("certificates"), "control1", "control2", "control9")


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of another CA that gives itself the same names."""
    return certified(tmp_path_factory.mktemp("foreign"), "control1", "control2")


def run(steps: Coroutine[None, None, None]) -> None:
    asyncio.run(steps)


@asynccontextmanager
async def undisturbed(folder: Path, **settings: Any) -> AsyncIterator[tuple[PeerContact, Node]]:
    """A service that its real peer still reaches when all is over, and that heard nothing meanwhile."""
    other = Node("control2", commands=True)
    async with listening(other, folder, **settings) as there:
        yield there, other
        async with calling(folder, there) as peer:
            assert await peer.read() == PeerStatus(commands=True)
    assert (other.rows, other.halts) == ([], [])


# Who they are


def test_sec_19_a_peer_with_a_certificate_of_another_ca_is_not_heard(folder: Path, foreign: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, other):
            async with Stranger(there, foreign_context(foreign, folder)) as fake:
                with suppress(OSError):  # it may be hung up on while it speaks
                    await fake.say(HELLO, {"n": 1, "ask": "rows", "rows": [told_row(ROW)]})
                assert await fake.hung_up()
            assert other.link.turned_away == 1

    run(steps())


def foreign_context(foreign: Path, folder: Path) -> ssl.SSLContext:
    """It has seen our CA, which is no secret; its own certificate is from another one."""
    context = context_of(foreign, "control1")
    context.load_verify_locations(cafile=str(folder / "ca.pem"))
    return context


def test_sec_19_a_service_with_a_certificate_of_another_ca_is_not_believed(
    folder: Path, foreign: Path
) -> None:
    async def steps() -> None:
        async with (
            listening(Node("control2", commands=True), foreign) as there,
            calling(folder, there) as peer,
        ):
            answer = await peer.read()
            assert isinstance(answer, Unreachable)
            assert "certificate is not one of ours" in answer.reason

    run(steps())


def test_our_certificate_that_the_peer_does_not_accept_is_said_in_words(folder: Path, foreign: Path) -> None:
    async def steps() -> None:
        mixed = PeerIdentity(
            str(folder / "ca.pem"), str(foreign / "control1.pem"), str(foreign / "control1.key")
        )
        async with listening(Node("control2"), folder) as there:
            node = Node("control1")
            contacts = {"control1": PeerContact(LOOPBACK, 0), "control2": there}
            async with node.linked(folder, contacts) as link:
                link._calling.load_cert_chain(mixed.certificate, mixed.key)
                answer = await Peer(link, "control2").read()
                assert isinstance(answer, Unreachable)
                assert (
                    "certificate" in answer.reason or "hung up" in answer.reason or "reset" in answer.reason
                )

    run(steps())


def test_a_node_of_ours_cannot_pass_for_another_one(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, _):
            async with Stranger(there, context_of(folder, "control9")) as node:
                await node.say(HELLO)
                refusal = "control1 calls with a certificate for control9"
                assert await node.hear() == {"n": 0, "refused": refusal}
                assert await node.hung_up()
            async with Stranger(there, context_of(folder, "control9")) as node:
                await node.say({**HELLO, "hello": "control9"})
                assert (await node.hear())["refused"] == "control9 is no peer of control2"
            async with Stranger(there, context_of(folder, "control2")) as node:
                await node.say({**HELLO, "hello": "control2"})
                assert (await node.hear())["refused"] == "control2 is no peer of control2"

    run(steps())


def test_a_service_of_ours_that_is_another_node_is_not_taken_for_the_peer(folder: Path) -> None:
    async def steps() -> None:
        contacts = {"control9": PeerContact(LOOPBACK, 0), "control1": PeerContact(LOOPBACK, 0)}
        reason = "its certificate is for control9, not for control2"
        async with (
            Node("control9", commands=True).linked(folder, contacts) as link,
            calling(folder, PeerContact(LOOPBACK, link.port)) as peer,
        ):
            assert await peer.read() == Unreachable(reason)

    run(steps())


def test_tls_1_2_is_not_spoken(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, _):
            old = context_of(folder, "control1")
            old.minimum_version = ssl.TLSVersion.TLSv1_2
            old.maximum_version = ssl.TLSVersion.TLSv1_2
            with pytest.raises((ssl.SSLError, ConnectionError)):
                await Stranger(there, old).__aenter__()

    run(steps())


# What they say


def test_a_plain_caller_is_turned_away(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, other):
            for words in (b'{"hello": "control1"}\n', b"GET / HTTP/1.0\r\n\r\n", b"\0" * 4096):
                async with Stranger(there) as plain:
                    await plain.say(words)
                    assert await plain.reader.read() is not None
            assert other.link.turned_away == 3

    run(steps())


def test_who_shows_no_certificate_in_time_is_hung_up_on(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder, stranger_limit_s=0.05) as (there, _), Stranger(there) as slow:
            await slow.say(b"\x16")
            assert await slow.hung_up()

    run(steps())


def test_who_has_a_certificate_and_says_nothing_is_hung_up_on(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder, stranger_limit_s=1.5, idle_limit_s=0.5) as (there, _):
            async with Stranger(there, context_of(folder, "control1")) as node:
                assert await node.hung_up()
            async with Stranger(there, context_of(folder, "control1")) as node:
                await node.say(HELLO)
                assert (await node.hear())["node"] == "control2"
                assert await node.hung_up()

    run(steps())


NO_LINES: dict[bytes, str] = {
    b"x" * (MAX_LINE + 1): f"a line has {MAX_LINE} bytes at most",
    b"no json\n": "the line is not JSON",
    b"\xff\n": "the line is not JSON",
    b"[" * 100_000 + b"\n": "nested too deeply",
    b"[]\n": "a line is an object",
    b'{"n": 1, "n": 2}\n': "a key stands twice",
    b'{"n": NaN, "ask": "status"}\n': "NaN is no number",
    b'{"n": ' + b"9" * 5000 + b"}\n": "digits",
    b'{"ask": "status"}\n': "a line without its number",
    b'{"n": true, "ask": "status"}\n': "a line without its number",
    b'{"n": 1}\n': "ask is None; it is one of fetch, halt, rows, site, status, take",
    b'{"n": 1, "ask": ["halt"]}\n': "it is one of fetch, halt, rows, site, status, take",
    b'{"n": 1, "ask": "halt", "how": "burn"}\n': "how is 'burn'; it is shutdown or reboot",
}


def test_what_is_no_line_is_refused_and_ends_the_conversation(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, _):
            for line, refusal in NO_LINES.items():
                async with Stranger(there, context_of(folder, "control1")) as node:
                    await node.say(HELLO)
                    await node.hear()
                    await node.say(line)
                    assert refusal in (await node.hear())["refused"]
                    assert await node.hung_up()

    run(steps())


def test_a_conversation_begins_with_a_greeting(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, _):
            many = HELLO | {str(n): n for n in range(20)}
            for hello in ({}, {"hello": "control1"}, {**HELLO, "version": 1}, {**HELLO, "rows": "1"}, many):
                async with Stranger(there, context_of(folder, "control1")) as node:
                    await node.say(hello)
                    assert "refused" in await node.hear()
                    assert await node.hung_up()

    run(steps())


# How many they are


@pytest.mark.long
def test_a_crowd_that_only_holds_its_connections_keeps_no_peer_out(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, other), AsyncExitStack() as crowd:
            async with calling(folder, there) as peer:
                assert isinstance(await peer.read(), PeerStatus)
                for _ in range(60):
                    await crowd.enter_async_context(Stranger(there))
                waiting = [task for task in other.link._listener._strangers if not task.cancelling()]
                assert len(waiting) <= 16, "whoever is one too many is sent away"
                assert isinstance(await peer.read(), PeerStatus), "the kept connection"
            async with calling(folder, there) as new:
                assert isinstance(await new.read(), PeerStatus), "a new one"

    run(steps())


@pytest.mark.long
def test_ten_thousand_connections_are_turned_away_and_the_service_goes_on(folder: Path) -> None:
    """They come as fast as one process can open them; meanwhile the loop's own timers stay on time."""

    async def steps() -> None:
        late: list[float] = []
        async with undisturbed(folder) as (there, other), calling(folder, there) as peer:
            assert isinstance(await peer.read(), PeerStatus)
            flood = await asyncio.create_subprocess_exec(*FLOOD, str(there.port))
            answers = 0
            loop = asyncio.get_running_loop()
            while flood.returncode is None:
                due_s = loop.time() + 0.05
                await asyncio.sleep(0.05)
                late.append(loop.time() - due_s)
                answers += isinstance(await peer.read(), PeerStatus)
                assert len(other.link._listener._callers) <= 16 + 2
            assert flood.returncode == 0
            assert answers == len(late), "the peer was heard all the while"
            assert sorted(late)[int(len(late) * 0.95)] < 0.1

    run(steps())


FLOOD = (
    sys.executable,
    "-c",
    """
import socket, sys
for n in range(100):
    crowd = []
    for _ in range(100):
        s = socket.socket()
        s.settimeout(5)
        try:
            s.connect(("127.0.0.1", int(sys.argv[1])))
        except OSError:
            pass
        crowd.append(s)
    for s in crowd:
        s.close()
""",
)


def test_a_peer_that_opens_more_than_it_needs_loses_its_oldest(folder: Path) -> None:
    async def steps() -> None:
        async with undisturbed(folder) as (there, _), AsyncExitStack() as open_:
            nodes = []
            for _ in range(MOST_OF_ONE_PEER + 1):
                node = await open_.enter_async_context(Stranger(there, context_of(folder, "control1")))
                await node.say(HELLO)
                assert (await node.hear())["node"] == "control2"
                nodes.append(node)
            assert await nodes[0].hung_up()
            await nodes[-1].say({"n": 7, "ask": "status"})
            assert (await nodes[-1].hear())["n"] == 7

    run(steps())


def test_closing_hangs_up_on_everybody(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with AsyncExitStack() as open_:
            async with listening(other, folder) as there:
                plain = await open_.enter_async_context(Stranger(there))
                node = await open_.enter_async_context(Stranger(there, context_of(folder, "control1")))
            assert await plain.hung_up()
            assert await node.hung_up()
            with pytest.raises(ConnectionRefusedError):
                await Stranger(there).__aenter__()

    run(steps())


# Certificates that cannot be used


def test_without_certificates_the_reason_is_said_and_the_key_is_not(folder: Path, tmp_path: Path) -> None:
    key = tmp_path / "control1.key"
    for content, mode, words in (
        (None, 0, "No such file"),
        ("-----BEGIN PRIVATE KEY-----\ntopsecret\n-----END PRIVATE KEY-----\n", 0o600, "fit together"),
        ((folder / "control2.key").read_text(), 0o600, "fit together"),
        ((folder / "control1.key").read_text(), 0o644, "others may read it; chmod 600"),
    ):
        if content is not None:
            key.write_text(content)
            key.chmod(mode)
        used = PeerIdentity(str(folder / "ca.pem"), str(folder / "control1.pem"), str(key))
        with pytest.raises(NoIdentity, match=words) as refused:
            server_side(used)
        assert "topsecret" not in str(refused.value)


def test_a_site_that_names_no_certificates_is_told(folder: Path) -> None:
    with pytest.raises(NoIdentity, match="the site names no file for the CA of this node"):
        client_side(PeerIdentity())
    assert client_side(identity(folder, "control1")).minimum_version is ssl.TLSVersion.TLSv1_3


def test_a_node_without_an_address_is_told(folder: Path) -> None:
    async def steps() -> None:
        with pytest.raises(CannotListen, match="the site names no address of control1"):
            Node("control1").linked(folder, {})
        async with Node("control1").linked(folder, {"control1": PeerContact(LOOPBACK, 0)}) as link:
            assert await Peer(link, "control2").read() == Unreachable("the site names no address of control2")

    run(steps())


def test_a_port_that_is_taken_is_said_in_words(folder: Path) -> None:
    async def steps() -> None:
        with socket.socket() as taken:
            taken.bind((LOOPBACK, 0))
            taken.listen()
            contacts = {"control1": PeerContact(LOOPBACK, taken.getsockname()[1])}
            with pytest.raises(CannotListen, match=r"127\.0\.0\.1 port \d+: Address already in use"):
                await Node("control1").linked(folder, contacts).__aenter__()

    run(steps())
