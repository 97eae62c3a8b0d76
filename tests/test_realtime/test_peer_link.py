"""Two services on loopback with real certificates: what each hears of the other (S13, SEC-19)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import asdict, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import PeerContact
from realtime.peers.driver import Peer
from realtime.peers.lines import Malformed, Told, hello_from, told_from
from realtime.peers.rows import KNOWN, LANGUAGE, NEEDED, PACKED, told_row, unread
from sequencer.journal import Kind, Row
from sequencer.ports import Accepted, PeerStatus, Receipt, Unreachable
from tests.test_realtime.peering import LOOPBACK, NEXT, ROW, Node, calling, certified, listening, speechless


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("certificates"))


def run(steps: Coroutine[Any, Any, None]) -> None:
    asyncio.run(steps)


async def kept(node: Node, many: int) -> list[Row]:
    """What has reached it, as soon as that is so much."""
    async with asyncio.timeout(5):
        while len(node.rows) < many:
            node.received.clear()
            await node.received.wait()
    return node.rows


def test_s13_a_node_hears_whether_its_peer_commands(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there, calling(folder, there) as peer:
            assert await peer.read() == PeerStatus(commands=False)
            other.commands = True
            assert await peer.read() == PeerStatus(commands=True)
            assert peer.told is not None
            assert (peer.told.node, peer.told.life, peer.told.armed) == ("control2", "control2/1", True)

    run(steps())


def test_c5_a_node_hears_whether_its_peers_journal_is_well(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there, calling(folder, there) as peer:
            assert (await peer.read()) == PeerStatus(commands=False, keeps=True)
            other.keeps = False
            assert (await peer.read()) == PeerStatus(commands=False, keeps=False)

    run(steps())


def test_c5_c8_an_older_version_does_not_tell_of_its_journal_and_an_older_one_passes_it_over() -> None:
    told = Told("control2", True, "5f1c", "control2/1", True, "0.1.0", False, 5.0, keeps=False)
    line = asdict(told)
    assert told_from(line) == told
    del line["keeps"]
    assert told_from(line) == replace(told, keeps=True)
    assert told_from({**line, "a later one": []}) == replace(told, keeps=True)
    with pytest.raises(Malformed, match="keeps is 'no', not true or false"):
        told_from({**line, "keeps": "no"})


def test_all_questions_use_one_kept_connection(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there, calling(folder, there) as peer:
            await asyncio.gather(*(peer.read() for _ in range(20)))
            assert len(other.link._listener._callers) == 1

    run(steps())


def test_copies_arrive_in_their_order_whatever_their_number(folder: Path) -> None:
    many = [Row(Kind.CONFIRMED, f"ups{n}", 1, "control1/1", float(n)) for n in range(3000)]

    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there, calling(folder, there) as peer:
            peer.copy(ROW, NEXT)
            peer.copy(*many[:10])
            peer.copy(*many[10:])
            assert await kept(other, 3002) == [ROW, NEXT, *many]

    run(steps())


def test_x_07_what_a_peer_knows_has_arrived_when_the_answer_comes(folder: Path) -> None:
    wide = {"was_running": [f"server{n:04}" for n in range(1500)]}
    big = [Row(Kind.DECLARED, "reference", n, "control2/1", float(n), wide) for n in range(30)]
    assert len(str(told_row(big[0]))) * 30 > 2 * PACKED, "more than one part"

    async def steps() -> None:
        me, other = Node("control1"), Node("control2", rows=[ROW, NEXT, *big])
        async with listening(other, folder) as there, calling(folder, there, me) as peer:
            assert await peer.fetch() == Receipt(Accepted.YES)
            assert me.rows == other.rows

    run(steps())


def test_a_peer_without_a_journal_yet_has_been_fetched_too(folder: Path) -> None:
    async def steps() -> None:
        me = Node("control1")
        async with listening(Node("control2"), folder) as there, calling(folder, there, me) as peer:
            assert (await peer.fetch()).ok
            assert me.rows == []

    run(steps())


@pytest.mark.parametrize(("reboot", "how"), [(False, "shutdown"), (True, "reboot")])
def test_a_peer_shuts_its_own_system_down_when_asked(folder: Path, reboot: bool, how: str) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there, calling(folder, there) as peer:
            assert (await peer.halt(reboot)).ok
            assert other.halts == [how]
            other.receipt = Receipt(Accepted.NO, "it is held")
            assert await peer.halt(reboot) == Receipt(Accepted.NO, "it is held")
            other.receipt = Receipt(Accepted.UNKNOWN, "no answer in 10 s")
            assert await peer.halt(reboot) == Receipt(Accepted.UNKNOWN, "no answer in 10 s")

    run(steps())


# The other one is not there


def test_n2_a_peer_that_is_down_is_unreachable_and_copies_to_it_are_missed(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there, calling(folder, there) as peer:
            assert isinstance(await peer.read(), PeerStatus)
            await other.link.__aexit__(None, None, None)
            answer = await peer.read()
            assert isinstance(answer, Unreachable)
            assert "hung up" in answer.reason or "connect" in answer.reason
            peer.copy(ROW)
            assert not (await peer.fetch()).ok
            assert (await peer.halt()).accepted is Accepted.UNKNOWN
            port = there.port
        again = Node("control2")
        contacts = {"control1": PeerContact(LOOPBACK, 0), "control2": PeerContact(LOOPBACK, port)}
        async with again.linked(folder, contacts), calling(folder, PeerContact(LOOPBACK, port)) as peer:
            assert isinstance(await peer.read(), PeerStatus)
            assert again.rows == [], "what was missed is not sent later"

    run(steps())


def test_a_peer_that_comes_back_is_reached_by_the_next_question(folder: Path) -> None:
    async def steps() -> None:
        other = Node("control2")
        async with listening(other, folder) as there:
            contacts = {"control1": PeerContact(LOOPBACK, 0), "control2": there}
            async with calling(folder, there) as peer:
                assert isinstance(await peer.read(), PeerStatus)
                await other.link.__aexit__(None, None, None)
                assert isinstance(await peer.read(), Unreachable)
                async with Node("control2", commands=True).linked(folder, contacts):
                    assert await peer.read() == PeerStatus(commands=True)

    run(steps())


def test_a_peer_that_hears_and_does_not_answer_is_silent_at_the_limit(folder: Path) -> None:
    """As with a cut link: nothing says that anybody has gone."""

    async def steps() -> None:
        async with speechless() as there, calling(folder, there, limit_s=0.05) as peer:
            began_s = asyncio.get_running_loop().time()
            answer = await peer.read()
            assert answer == Unreachable("no answer in 0.05 s")
            assert asyncio.get_running_loop().time() - began_s < 5.0

    run(steps())


def test_who_gives_up_sooner_than_the_link_leaves_a_connection_for_the_next(folder: Path) -> None:
    """A port that counts faster than the wall, or waits less long: the connection is made all the same."""

    async def steps() -> None:
        async with listening(Node("control2"), folder) as there, calling(folder, there) as peer:
            hasty = asyncio.create_task(peer.read())
            await asyncio.sleep(0)
            hasty.cancel()
            await asyncio.gather(hasty, return_exceptions=True)
            assert peer._caller._making is not None
            made = await peer._caller._making
            assert isinstance(await peer.read(), PeerStatus)
            assert peer._caller._kept is made

    run(steps())


def test_a_connection_that_owes_an_answer_is_made_anew_although_nobody_waited_for_it(folder: Path) -> None:
    """The link was cut and is whole again: the old connection may stay silent for minutes yet."""

    async def steps() -> None:
        async with listening(Node("control2"), folder) as there, calling(folder, there) as peer:
            assert isinstance(await peer.read(), PeerStatus)
            old = peer._caller._kept
            assert old is not None
            old._hearing.cancel()  # nothing comes through any more
            hasty = asyncio.create_task(peer.read())
            await asyncio.sleep(0.05)
            hasty.cancel()
            await asyncio.gather(hasty, return_exceptions=True)
            assert (old.over, old.lost(60.0), old.lost(0.01)) == (False, False, True)
            peer._caller._limit_s = 1.5
            await asyncio.sleep(1.5)
            assert isinstance(await peer.read(), PeerStatus)
            assert peer._caller._kept is not old

    run(steps())


# Files and versions that differ


# R6-04, R6-44: settings that are not the same on every control node are seen, and do no harm
def test_c9_another_site_file_is_seen_and_its_rows_and_wishes_are_refused(folder: Path) -> None:
    async def steps() -> None:
        me, other = Node("control1", site_hash="0000"), Node("control2", rows=[NEXT])
        async with listening(other, folder) as there, calling(folder, there, me) as peer:
            assert peer.alike, "unheard is not different"
            assert isinstance(await peer.read(), PeerStatus)
            assert not peer.alike
            refusal = "control1 has another site file than control2"
            assert await peer.halt() == Receipt(Accepted.NO, refusal)
            assert await peer.fetch() == Receipt(Accepted.NO, refusal)
            peer.copy(ROW)
            assert peer._copying is not None
            await peer._copying
        assert (other.rows, other.halts, me.rows) == ([NEXT], [], [])

    run(steps())


def test_c8_a_later_service_reads_the_rows_of_an_earlier_one_and_gives_it_none(folder: Path) -> None:
    async def steps() -> None:
        later, earlier = Node("control1", version="0.2.0", rows=[NEXT]), Node("control2", rows=[ROW])
        async with (
            listening(earlier, folder) as there,
            calling(folder, there, later, language=LANGUAGE + 1) as peer,
        ):
            assert (await peer.fetch()).ok
        assert later.rows == [NEXT, ROW]
        later, earlier = Node("control2", version="0.2.0", rows=[NEXT]), Node("control1")
        async with (
            listening(later, folder, language=LANGUAGE + 1) as there,
            calling(folder, there, earlier) as peer,
        ):
            refusal = f"control2 writes rows of language {LANGUAGE + 1}, control1 reads up to {LANGUAGE}"
            assert await peer.fetch() == Receipt(Accepted.NO, refusal)
            peer.copy(ROW)
            assert peer._copying is not None
            await peer._copying
        assert earlier.rows == []
        assert later.rows == [NEXT, ROW]

    run(steps())


def test_c8_an_earlier_version_that_says_nothing_of_its_rows_is_not_read() -> None:
    assert hello_from(b'{"hello": "control1", "version": "0.0.9", "site_hash": "5f1c", "more": 1}').rows == 0
    assert "reads them from 1 on" in unread("control1", 0, "control2", LANGUAGE)
    assert unread("control1", LANGUAGE, "control2", LANGUAGE) == ""


def test_c8_whoever_gives_rows_another_meaning_counts_their_language_up() -> None:
    """A new kind or detail is a new language: change the number, then this sum."""
    said = {kind.value: sorted({**NEEDED.get(kind, {}), **KNOWN.get(kind, {})}) for kind in Kind}
    sums = {6: "3cff0491c0a198bd"}
    assert blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=8).hexdigest() == sums[LANGUAGE]


def test_rows_of_a_later_language_are_refused_and_told_once(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def steps() -> None:
        me, other = Node("control1", version="0.2.0"), Node("control2")
        async with (
            listening(other, folder) as there,
            calling(folder, there, me, language=LANGUAGE + 1) as peer,
        ):
            for _ in range(3):
                peer.copy(ROW)
                assert peer._copying is not None
                await peer._copying
            assert isinstance(await peer.read(), PeerStatus), "who commands is heard all the same"
            assert (await peer.halt()).ok
        assert other.rows == []

    run(steps())
    words = f"control1 writes rows of language {LANGUAGE + 1}, control2 reads up to {LANGUAGE}"
    assert [r.message for r in caplog.records if words in r.message] == [f"control2: {words}"]


def test_a_fault_of_the_service_costs_one_connection_and_is_logged(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def steps() -> None:
        other = Node("control2")

        def fail(rows: tuple[Row, ...]) -> None:
            raise RuntimeError("a fault")

        other.receive = fail  # type: ignore[method-assign]
        async with listening(other, folder) as there, calling(folder, there) as peer:
            peer.copy(ROW)
            assert isinstance(peer, Peer)
            assert peer._copying is not None
            await peer._copying
            assert isinstance(await peer.read(), PeerStatus)

    run(steps())
    assert "a peer could not be answered" in caplog.text
