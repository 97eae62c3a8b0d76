"""A site file on its way to another control node, over the real link with certificates (R6-34, R8-01)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from realtime.contacts import Contacts, PeerContact
from realtime.peers.link import PeerLink, installed_version
from sequencer.ports import Accepted, Receipt
from teiden.configuration.lying import Lying, note_gone_by, sent_last
from teiden.configuration.sending import From, There, look, send
from tests.site_files import LATER, POLLED, Node, digest, proof
from tests.test_realtime.peering import LOOPBACK, certified, identity
from tests.two_nodes import TWO

MINE = TWO + "# somebody's own\n"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("certificates"), "control1", "control2")


@pytest.fixture
def there(tmp_path: Path) -> Node:
    return Node(tmp_path)


@asynccontextmanager
async def listening(
    node: Node, folder: Path, *, version: str | None = None, busy: Callable[[], str] = lambda: ""
) -> AsyncIterator[PeerContact]:
    async def halt(how: str) -> Receipt:
        return Receipt(Accepted.NO, how)

    contacts = {name: PeerContact(LOOPBACK, 0) for name in ("control1", "control2")}
    link = PeerLink(
        "control2",
        identity(folder),
        contacts,
        digest(TWO),
        lambda: False,
        lambda rows: None,
        tuple,
        halt,
        version=version,
        site_files=node.keeping,
        busy=busy,
    )
    async with link:
        yield PeerContact(LOOPBACK, link.port)


def sender(tmp_path: Path, folder: Path, contact: PeerContact) -> From:
    """control1, which goes by TWO as well."""
    own = tmp_path / "control1" / "lib" / "site"
    note_gone_by(own, TWO.encode())
    peers = {"control1": PeerContact(LOOPBACK, 0), "control2": contact}
    return From("control1", Contacts(peers=peers, identity=identity(folder)), own)


def file(text: str) -> Lying:
    return Lying(Path("site.yaml"), text.encode())


def run(
    node: Node, certificates: Path, tmp_path: Path, *texts: str, **settings: object
) -> list[tuple[There, str | None]]:
    """Look and send, one text after the other: what was seen, and the refusal (None: it was not sent)."""

    async def all_of_it() -> list[tuple[There, str | None]]:
        found: list[tuple[There, str | None]] = []
        async with listening(node, certificates, **settings) as contact:  # type: ignore[arg-type]
            who = sender(tmp_path, certificates, contact)
            for text in texts:
                (seen,) = await look(who, file(text), who.others)
                if seen.refusal or seen.conflict:
                    found.append((seen, None))
                    continue
                sent = await send(who, file(text), proof(text), seen)
                found.append((seen, sent.refusal))
        return found

    return asyncio.run(all_of_it())


def test_r6_34_a_file_goes_over_whole_and_counts_for_the_next_start(
    there: Node, certificates: Path, tmp_path: Path
) -> None:
    ((seen, refusal),) = run(there, certificates, tmp_path, POLLED)
    assert (seen.next, seen.content, seen.conflict) == (digest(TWO), TWO.encode(), False)
    assert refusal == ""
    assert (there.next.content, there.next.sender) == (POLLED.encode(), "control1")
    assert sent_last(tmp_path / "control1" / "lib" / "site") == {"control2": digest(POLLED)}


def test_r8_01_one_after_the_other_is_no_conflict(there: Node, certificates: Path, tmp_path: Path) -> None:
    """The second goes over the first, by which nobody has gone yet; also from the node that stands by."""
    (_, first), (seen, second) = run(there, certificates, tmp_path, POLLED, LATER)
    assert (first, second, seen.next) == ("", "", digest(POLLED))
    assert there.next.digest == digest(LATER)


def test_r6_04_what_somebody_has_changed_there_is_a_conflict(
    there: Node, certificates: Path, tmp_path: Path
) -> None:
    there.write(MINE)
    ((seen, refusal),) = run(there, certificates, tmp_path, POLLED)
    assert refusal is None
    assert (seen.conflict, seen.content) == (True, MINE.encode())
    assert there.next.digest == digest(MINE)


def test_r6_04_over_a_conflict_it_goes_by_the_word_of_whoever_has_seen_it(
    there: Node, certificates: Path, tmp_path: Path
) -> None:
    async def overwritten() -> tuple[str, str]:
        async with listening(there, certificates) as contact:
            who = sender(tmp_path, certificates, contact)
            there.write(MINE)
            (seen,) = await look(who, file(POLLED), who.others)
            there.write(MINE + "# and more\n")
            late = await send(who, file(POLLED), proof(POLLED), seen)
            (seen,) = await look(who, file(POLLED), who.others)
            return late.refusal, (await send(who, file(POLLED), proof(POLLED), seen)).refusal

    late, in_time = asyncio.run(overwritten())
    assert late == "the file there has changed since it was shown; look at the difference again"
    assert in_time == ""
    before = there.next.path.with_name("site.yaml.before")
    assert before.read_text(encoding="utf-8") == MINE + "# and more\n", "what was overwritten is kept"


def test_r6_34_nothing_is_taken_mid_incident(there: Node, certificates: Path, tmp_path: Path) -> None:
    busy = {"busy": lambda: "incident 3 is open"}
    ((_, refusal),) = run(there, certificates, tmp_path, POLLED, **busy)
    assert refusal == "incident 3 is open"


def test_r6_34_a_node_of_another_version_gets_nothing(
    there: Node, certificates: Path, tmp_path: Path
) -> None:
    ((seen, _),) = run(there, certificates, tmp_path, POLLED, version="99.0")
    assert seen.refusal == f"it runs Teiden 99.0, this node {installed_version()}"


def test_r6_34_a_node_that_is_not_there_is_told_of(certificates: Path, tmp_path: Path) -> None:
    who = sender(tmp_path, certificates, PeerContact(LOOPBACK, 1))
    (seen,) = asyncio.run(look(who, file(POLLED), ["control2"]))
    assert seen.refusal.startswith("it is not reached: ")


def test_r6_34_without_a_certificate_of_the_site_nobody_is_let_in(
    there: Node, certificates: Path, tmp_path: Path
) -> None:
    """The mutual TLS of the link is the password of a node; a stranger's CA opens nothing."""
    (tmp_path / "strangers").mkdir()
    strangers = certified(tmp_path / "strangers", "control1", "control2")

    async def asked() -> There:
        async with listening(there, certificates) as contact:
            who = sender(tmp_path, strangers, contact)
            (seen,) = await look(who, file(POLLED), who.others)
            return seen

    assert asyncio.run(asked()).refusal.startswith("it is not reached: ")
    assert there.next.digest == digest(TWO)
