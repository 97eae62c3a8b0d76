"""What keeps `teiden live` and `teiden emulate` from starting: an exit code and one clear line each."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from realtime.clock import WallClock
from realtime.contacts import Contacts, Live, PeerContact, PeerIdentity
from realtime.journal.journal import Journal
from realtime.samples.sampler import Sampler
from teiden import certificates
from teiden.cli import main
from teiden.emulator.attended import Vacant
from teiden.emulator.book import Book, write
from teiden.emulator.control import Control, ControlSocket
from teiden.emulator.room import EmulatedRoom
from teiden.emulator.standing import quiet
from teiden.files.site_file import load_site
from teiden.proved import Played, Record, Rule, path_of
from teiden.proved import write as write_record
from teiden.stats.samples import NoReadings, kept
from tests.living import SITE, small_story

REFERENCE = Path("scenarios/sites/reference.yaml")


def teiden(*words: object) -> Result:
    return CliRunner().invoke(main, [*map(str, words)])


def one_line(result: Result) -> str:
    """What was said; it is one line, for a person."""
    assert "Traceback" not in result.output
    (line,) = result.output.strip().splitlines()
    return line


# Arming


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copy(REFERENCE, tmp_path / "site.yaml")
    return tmp_path / "site.yaml"


def armed(site: Path, *more: str) -> Result:
    return teiden("live", site, "--node", "control1", "--arm", *more)


def recorded(site: Path) -> Record:
    from teiden.opening import versions

    played = (Played("outage", True, True),)
    return Record(site.name, load_site(site).hash, versions()["teiden"], "2026-11-20", (), played)


def prove(site: Path) -> None:
    write_record(recorded(site), path_of(site))


def test_x12_a_site_of_which_nothing_was_proved_is_not_armed(site: Path) -> None:
    result = armed(site)
    assert result.exit_code == 3
    assert "not armed: nothing was proved of" in one_line(result)


def test_x12_a_site_that_was_changed_since_is_not_armed(site: Path) -> None:
    prove(site)
    site.write_text(site.read_text(encoding="utf-8") + "# a word\n", encoding="utf-8")
    result = armed(site)
    assert result.exit_code == 3
    assert "has changed since 2026-11-20" in one_line(result)


def test_x12_a_site_that_breaks_a_rule_of_live_mode_is_not_armed(site: Path) -> None:
    """It says no `live:`: what it lacks is all the same."""
    broken = Rule("SEC-7", f"{site}:48:89", "no key is stated for blade1")
    write_record(replace(recorded(site), broken=(broken,)), path_of(site))
    result = armed(site)
    assert result.exit_code == 3
    assert one_line(result) == (
        f"not armed: the settings break SEC-7, first at {site}:48:89: see `teiden check --live`"
    )


@pytest.mark.parametrize(
    ("proved", "words"),
    [
        (False, "nothing was proved of"),
        (True, ""),
        (True, "the settings break SEC-7, first at x:1:1: see `teiden check --live`"),
    ],
)
def test_x12_armed_by_force_is_said_where_there_is_a_need(site: Path, proved: bool, words: str) -> None:
    """It does not start: its journal cannot be where the site wants it."""
    here = site.parent
    (here / "file").touch()
    paths = {"journal": "file/journal.db", "socket": "s/asked", "events": "s/events"}
    live = "".join(f"  {key}: {here / path}\n" for key, path in paths.items())
    site.write_text(f"{site.read_text(encoding='utf-8')}\nlive:\n{live}", encoding="utf-8")
    if proved:
        broken = (Rule("SEC-7", "x:1:1", "no key is stated for blade1"),) if words else ()
        write_record(replace(recorded(site), broken=broken), path_of(site))
    result = armed(site, "--force")
    assert result.exit_code == 3
    assert str(here / "file") in result.output
    assert ("armed by force, although" in result.output) is bool(words)
    assert f"although {words}" in result.output or not words


# What it needs to start


def test_a_journal_on_an_array_of_the_site_is_refused_where_a_link_hides_it(site: Path) -> None:
    array, link = site.parent / "array", site.parent / "own"
    array.mkdir()
    link.symlink_to(array)
    text = site.read_text(encoding="utf-8").replace("192.0.2.32\n", f"192.0.2.32\n    mounts: [{array}]\n")
    paths = {key: site.parent / key for key in ("socket", "manager_socket", "events")}
    live = "".join(f"  {key}: {path}\n" for key, path in {"journal": link / "journal.db", **paths}.items())
    site.write_text(f"{text}\nlive:\n{live}", encoding="utf-8")
    result = teiden("live", site, "--node", "control1")
    assert result.exit_code == 3
    assert f"journal.db.watching stands on {array}, an array of this site" in one_line(result)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """Of a room in which nothing answers: enough to start, or not to."""
    story = small_story(tmp_path)
    certificates.make("small", ("control1",), tmp_path / "peers")
    peers = tmp_path / "peers"
    contacts = Contacts(
        peers={"control1": PeerContact("127.0.0.1", 0)},
        identity=PeerIdentity(*(str(peers / name) for name in ("ca.pem", "{node}.pem", "{node}.key"))),
        live=Live(
            *(
                str(tmp_path / "{node}" / name)
                for name in ("journal.db", "events", "asked", "manager", "stop")
            )
        ),
    )
    return Book(story.site_file, contacts, str(tmp_path))


def live(book: Book, *more: str, node: str = "control1") -> Result:
    path = Path(book.folder) / "book.json"
    write(book, path)
    return teiden("live", "-", "--node", node, "--book", path, *more)


def with_live(book: Book, **paths: str) -> Book:
    return replace(book, contacts=replace(book.contacts, live=replace(book.contacts.live, **paths)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is no book of an emulated room"),
        ("[]", "is no book of an emulated room"),
        ('{"site": 3}', "is no book of an emulated room"),
        ("\0\xff", "is no book of an emulated room"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_book_that_is_none_is_wrong_input(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "book.json"
    if text is not None:
        path.write_text(text, encoding="latin-1")
    result = teiden("live", "-", "--book", path)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert words in result.output


def test_an_unknown_node_is_wrong_input_and_the_known_ones_are_told(book: Book) -> None:
    result = live(book, node="control9")
    assert result.exit_code == 2
    assert "control9 is no control node of this site" in result.output
    assert "its control nodes: control1" in result.output


def test_a_machine_that_is_called_like_no_node_is_asked_which_it_is(site: Path) -> None:
    result = teiden("live", site)
    assert result.exit_code == 2
    assert "--node control1" in result.output


def no_folder(book: Book) -> Book:
    Path(book.folder, "file").touch()
    return with_live(book, journal=f"{book.folder}/file/journal.db")


def no_certificate(book: Book) -> Book:
    Path(book.folder, "peers", "control1.pem").unlink()
    return book


def loose_key(book: Book) -> Book:
    Path(book.folder, "peers", "control1.key").chmod(0o644)
    return book


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_folder, "file"),
        (no_certificate, "control1.pem: No such file"),
        (loose_key, "control1.key"),
    ],
)
def test_what_a_service_cannot_do_without_is_told_in_a_line(
    book: Book, spoil: Callable[[Book], Book], words: str
) -> None:
    result = live(spoil(book), "--arm")
    assert result.exit_code == 3
    assert words in one_line(result)


def test_a_journal_that_another_service_keeps_is_left_to_it(book: Book) -> None:
    path = Path(book.folder, "control1", "journal.db")
    path.parent.mkdir()
    with Journal(WallClock(), str(path), allow_any_disk=True, ballast_bytes=0):
        result = live(book, "--arm")
    assert result.exit_code == 3
    assert "journal.db" in one_line(result)


def test_a_socket_on_which_another_service_listens_is_left_to_it(book: Book) -> None:
    path = Path(book.folder, "taken")
    with socket.socket(socket.AF_UNIX) as taken:
        taken.bind(str(path))
        taken.listen()
        result = live(with_live(book, socket=str(path)))
    assert result.exit_code == 3
    assert str(path) in one_line(result)
    assert path.exists()


def test_a_port_on_which_somebody_listens_is_told(book: Book) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        peers = {"control1": PeerContact("127.0.0.1", port)}
        result = live(replace(book, contacts=replace(book.contacts, peers=peers)))
    assert result.exit_code == 3
    assert f"127.0.0.1 port {port}" in one_line(result)


def test_a_port_for_traps_that_is_taken_is_told(book: Book) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        result = live(with_live(book, traps_address="127.0.0.1", traps_port=port))  # type: ignore[arg-type]
    assert result.exit_code == 3
    assert f"port {port}" in one_line(result)


def test_r2_10_a_service_keeps_readings_beside_its_events_until_it_is_told_to_stop(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing answers in this room: what is not heard is written down as that."""
    monkeypatch.setattr("teiden.serve.Sampler", partial(Sampler, every_s=0.05))
    folder, ended = Path(book.folder, "control1", "events"), threading.Event()

    def stop() -> None:
        while not ended.wait(0.01):
            with suppress(NoReadings), kept(folder) as found:
                if found.until is not None:
                    os.kill(os.getpid(), signal.SIGTERM)
                    return

    watching = threading.Thread(target=stop)
    watching.start()
    result = live(book)
    ended.set()
    watching.join()
    assert result.exit_code == 0, result.output
    with kept(folder) as found:
        assert list(found.numbers) == [f"ups{n}" for n in (1, 3, 4, 5)]
        assert all(found.sums(name, 0).times and not found.sums(name, 0).heard for name in found.numbers)


# `teiden run --room snmp` and `teiden emulate`


def test_a_story_that_cannot_be_played_over_sockets_says_why() -> None:
    result = teiden("run", "scenarios/clock-step.yaml", "--room", "snmp")
    assert result.exit_code == 3
    assert "share one clock" in one_line(result)


def test_a_rate_without_sockets_is_a_wrong_usage() -> None:
    result = teiden("run", "scenarios/short-blip.yaml", "--rate", "10")
    assert result.exit_code == 2
    assert "--rate is for --room snmp" in result.output


@pytest.mark.parametrize("rate", ["0", "51", "fast"])
def test_a_rate_that_is_none_is_a_wrong_usage(rate: str) -> None:
    assert teiden("run", "scenarios/short-blip.yaml", "--room", "snmp", "--rate", rate).exit_code == 2
    assert teiden("emulate", REFERENCE, "--rate", rate).exit_code == 2


def test_words_to_a_room_that_does_not_run_are_not_carried_out(tmp_path: Path) -> None:
    result = teiden("emulate", "--tell", tmp_path, "lose", "utility")
    assert result.exit_code == 3
    assert "no emulated room runs in" in one_line(result)


def test_words_to_a_room_that_runs(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text(SITE, encoding="utf-8")

    async def told(*lines: str) -> list[tuple[int, str]]:
        room = EmulatedRoom(quiet(load_site(tmp_path / "site.yaml")), tmp_path, rate=1.0, life=Vacant)
        stopped = asyncio.Event()
        there = ControlSocket(Control(room, stopped.set), tmp_path)
        await there.start()
        room.clock.begin(asyncio.get_running_loop().time())
        answers = []
        for line in lines:
            result = await asyncio.to_thread(teiden, "emulate", "--tell", tmp_path, *line.split())
            assert "Traceback" not in result.output
            answers.append((result.exit_code, result.output.strip()))
        assert stopped.is_set()
        await there.close()
        await room.clock.close()
        return answers

    right = ["help", "lose utility", "restore utility", "boot blade1", "press ups5", "manager start", "state"]
    wrong = ["explode", "lose", "lose ups9", "fault", "fault fire ups1", "press blade1", "boot", "card ups1"]
    wrong += ["card ups1 silence", "reboot", "reboot ups1 soon", "manager", "manager sleep", "fault ups-dumb"]
    answers = asyncio.run(told(*right, *wrong, "quit"))
    assert [code for code, _ in answers] == [0] * len(right) + [2] * len(wrong) + [0]
    assert "lose FEED|UPS" in answers[0][1]
    assert "ups5" in answers[6][1]
    assert all("one of:" in words or "no number" in words for _, words in answers[len(right) : -1]), answers
