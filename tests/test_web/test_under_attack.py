"""A console under attack while an outage is sequenced: refused, still answering, and nothing is late."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sequencer.events import Event, Stream
from teiden.emulator.rehearsal import Playing, free_port
from teiden.judge.verdict import judge
from teiden.story import Story
from teiden.web.guard.audit import FILE, Audit, verify
from teiden.web.news import MOST_OF_ONE
from teiden.web.timely import BODY_S, HEAD_S
from tests.consoled import PROGRAM, Client, accounts_in, status_at, until
from tests.living import small_story

pytestmark = pytest.mark.long

RATE = 6.0
GUESSES, SLOW, STREAMS = 1_000, 200, 300
LATE_S = 1.0
"""Seconds of the wall that the service may be late: a poll's time-out is several."""
FORM = "content-type: application/x-www-form-urlencoded\r\norigin: http://127.0.0.1:{port}\r\n"


@dataclass
class Night:
    """A story that is played in a thread, a console over its first node, and what was done to that."""

    story: Story
    folder: Path
    port: int
    stream: Stream = field(default_factory=Stream)
    events: list[Event] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    now_s: float = 0.0
    worst_s: float = 0.0
    """Of what the service told of its own lateness, of all looks."""
    looks: int = 0
    viewer: Client = field(default_factory=lambda: Client(0))
    """Logged in before it began."""
    found: dict[str, Counter[str]] = field(default_factory=dict)
    """What came of each attack."""
    waited_s: dict[str, float] = field(default_factory=dict)
    """How long an operator's login and first page took meanwhile."""
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def web(self) -> Path:
        return self.folder / "control1" / "web"

    def play(self) -> None:
        story, until_s = self.story, self.story.until_s
        playing = Playing(story, self.folder, rate=RATE, seed=0, until_s=until_s, stream=self.stream)
        try:
            self.events = asyncio.run(playing.play(lambda t: setattr(self, "now_s", t)))
        finally:
            self.troubles = playing.troubles.words
            self.over.set()

    def watch(self) -> None:
        while not self.over.wait(0.2):
            with contextlib.suppress(OSError, ValueError):
                late = status_at(self.folder / "control1" / "requests.sock").lateness
                self.worst_s, self.looks = max(self.worst_s, late.max_s), self.looks + 1


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """Played once, with every attack in it: one after the other, from the outage's first second on."""
    folder = tmp_path_factory.mktemp("attacked")
    story = small_story(folder, lost_for="330s", until="900s")
    night = Night(story, folder / "room", free_port())
    night.folder.mkdir()
    accounts_in(night.web)
    player = threading.Thread(target=night.play)
    player.start()
    until(lambda: (night.folder / "book.json").exists() or night.over.is_set())
    words = ["web", "-", "--node", "control1", "--book", str(night.folder / "book.json")]
    with (folder / "web.out").open("wb") as out:
        console = subprocess.Popen(
            [*PROGRAM, *words, "--listen", f"127.0.0.1:{night.port}"], stdout=out, stderr=out
        )
    try:
        operator = Client(night.port)
        until(lambda: answers(operator), why=(folder / "web.out").read_text)
        night.viewer = Client(night.port)
        assert (operator.log_in(), night.viewer.log_in("sato")) == (303, 303)
        watcher = threading.Thread(target=night.watch)
        watcher.start()
        until(lambda: night.now_s > 60.0 or night.over.is_set())
        for attack in (forged, guesses, slow_heads, slow_bodies, large_bodies, streams):
            began_s = night.now_s
            with ThreadPoolExecutor(1) as meanwhile:
                told = meanwhile.submit(attack, night)
                time.sleep(2.0)  # it is under way
                night.waited_s[attack.__name__] = get_in(operator)
                night.found[attack.__name__] = told.result()
            print(f"\n{attack.__name__}, {began_s:.0f} to {night.now_s:.0f} s of the story:")
            print(
                dict(night.found[attack.__name__]),
                f"; he was in after {night.waited_s[attack.__name__]:.2f} s",
            )
        player.join()
        watcher.join()
        yield night
    finally:
        console.terminate()
        console.wait(20)
        player.join()


def answers(client: Client) -> bool:
    with contextlib.suppress(OSError):
        return client.ask("GET", "/alive").status == 200
    return False


def get_in(known: Client) -> float:
    """Seconds that a new login in a browser that is known, and the first page, take."""
    began_s = time.monotonic()
    client = Client(known.port, {name: v for name, v in known.cookies.items() if name.startswith("known")})
    assert client.log_in() == 303
    assert client.ask("GET", "/").status == 200
    return time.monotonic() - began_s


# Attacks


def forged(night: Night) -> Counter[str]:
    found: Counter[str] = Counter()
    client = Client(night.port)
    form = {"wish": "power_off", "everything": "1", "typed": "everything"}
    for _ in range(20):
        for host in ("elsewhere.example", "127.0.0.1.elsewhere.example", f"[::2]:{night.port}", ""):
            found[f"host {client.ask('GET', '/', host=host).status}"] += 1
        for origin in ("http://elsewhere.example", "null", f"https://127.0.0.1:{night.port}", None):
            found[f"origin {client.ask('POST', '/ask', form, origin=origin).status}"] += 1
    return found


def guesses(night: Night) -> Counter[str]:
    names = ("mori", "sato", "admin", "root", "guest")

    def guess(n: int) -> str:
        return str(Client(night.port, limit_s=60.0).log_in(names[n % len(names)], f"guess number {n}"))

    with ThreadPoolExecutor(20) as many:
        return Counter(many.map(guess, range(GUESSES)))


def slow_heads(night: Night) -> Counter[str]:
    return slow(night, "GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n", HEAD_S, "x-more: 1\r\n")


def slow_bodies(night: Night) -> Counter[str]:
    head = "POST /login HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: 1000\r\n" + FORM + "\r\n"
    return slow(night, head, BODY_S, "a")


def slow(night: Night, head: str, limit_s: float, more: str) -> Counter[str]:
    """Many that trickle, each of which comes back when it is hung up on; how long the longest lasted."""
    found: Counter[str] = Counter()
    open_: dict[socket.socket, float] = {}
    ends_s = time.monotonic() + limit_s + 5.0
    longest_s = 0.0
    while time.monotonic() < ends_s:
        while len(open_) < SLOW:
            one = socket.create_connection(("127.0.0.1", night.port), timeout=10.0)
            one.sendall(head.format(port=night.port).encode())
            one.setblocking(False)
            open_[one] = time.monotonic()
            found["opened"] += 1
        for one, since_s in list(open_.items()):
            if gone(one, more.encode()):
                longest_s = max(longest_s, time.monotonic() - since_s)
                found["hung up on"] += 1
                del open_[one]
                one.close()
        time.sleep(0.25)
    longest_s = max([longest_s, *(time.monotonic() - since_s for since_s in open_.values())])
    for one in open_:
        one.close()
    found["longest, s"] = round(longest_s)
    return found


def gone(one: socket.socket, more: bytes) -> bool:
    try:
        one.send(more)
        while one.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def large_bodies(night: Night) -> Counter[str]:
    head = "POST /login HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n" + FORM
    found: Counter[str] = Counter()

    def send(n: int) -> str:
        length = "content-length: 10000000\r\n\r\n" if n % 2 else "transfer-encoding: chunked\r\n\r\n"
        with socket.create_connection(("127.0.0.1", night.port), timeout=30.0) as one:
            one.sendall((head + length).format(port=night.port).encode())
            part = b"a" * 10_000 if n % 2 else b"2710\r\n" + b"a" * 10_000 + b"\r\n"
            try:
                for _ in range(1_000):
                    one.sendall(part)
                return "all of it was taken"
            except OSError:
                return "cut off"

    with ThreadPoolExecutor(10) as many:
        found.update(many.map(send, range(40)))
    return found


def streams(night: Night) -> Counter[str]:
    """As a viewer, who has every right to one."""
    cookie = "; ".join(f"{name}={value}" for name, value in night.viewer.cookies.items())
    head = f"GET /news HTTP/1.1\r\nhost: 127.0.0.1:{night.port}\r\ncookie: {cookie}\r\n\r\n"
    open_ = []
    for _ in range(STREAMS):
        one = socket.create_connection(("127.0.0.1", night.port), timeout=10.0)
        one.sendall(head.encode())
        open_.append(one)
    found = Counter(one.recv(64).split(b" ")[1].decode() for one in open_)
    time.sleep(4.0)  # they stay open while the operator asks
    for one in open_:
        one.close()
    return found


def test_sec_10_forged_names_and_origins_get_nothing(night: Night) -> None:
    assert night.found["forged"] == {"host 421": 80, "origin 403": 80}


def test_sec_13_of_a_thousand_guesses_ten_are_looked_at(night: Night) -> None:
    refused = [one for one in Audit(night.web).last(5_000) if one["what"] == "login refused"]
    assert 0 < len(refused) <= 10
    assert night.found["guesses"] == {"401": len(refused), "429": GUESSES - len(refused)}
    verify(night.web / FILE)


def test_sec_22_slow_heads_and_slow_bodies_are_hung_up_on(night: Night) -> None:
    for attack, limit_s in (("slow_heads", HEAD_S), ("slow_bodies", BODY_S)):
        found = night.found[attack]
        assert found["hung up on"] >= SLOW
        assert found["longest, s"] <= limit_s + 3.0


def test_sec_22_large_bodies_are_cut_off(night: Night) -> None:
    assert night.found["large_bodies"] == {"cut off": 40}


def test_sec_22_one_account_has_so_many_streams_and_no_more(night: Night) -> None:
    assert night.found["streams"] == {"200": MOST_OF_ONE, "503": STREAMS - MOST_OF_ONE}


def test_sec_22_an_operator_gets_in_meanwhile_and_soon(night: Night) -> None:
    assert len(night.waited_s) == 6
    assert max(night.waited_s.values()) < 10.0


def test_sec_22_the_sequence_is_undisturbed(night: Night) -> None:
    """The order holds by the judge; the service was never so late that it missed anything."""
    verdict = judge(night.events, night.story.site, night.story.expectations, night.story.breaks)
    gaps = [event for event in night.events if event.name == "clock.gap"]
    print(
        f"\nlateness of the service: {night.worst_s:.3f} s at most of {night.looks} looks; {len(gaps)} gaps"
    )
    assert verdict.holds, [str(one) for one in verdict.failures()]
    assert night.troubles == []
    names = {event.name for event in night.events if event.is_fact}
    assert {"server.halted", "array.off", "ups.output_off", "cluster.stopped", "server.up"} <= names
    assert night.looks > 50
    assert gaps == []
    assert night.worst_s < LATE_S
