"""The outbox: alarms go out in order, survive a reboot, and nobody waits for them."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import AlarmContact
from realtime.outbox.delivery import NotDelivered
from realtime.outbox.lane import Pace
from realtime.outbox.letter import Letter
from realtime.outbox.outbox import Outbox, ways_of
from realtime.outbox.webhook import Webhook
from sequencer.events import Event, Source
from tests.test_realtime.post_offices import Hook, PostOffice, listening
from tests.test_realtime.serving import until

QUICK = Pace(first_s=0.02, most_s=0.08, give_up_s=60.0)
TIME = "2026-11-20T14:10:00.000+09:00"


class Way:
    """A destination inside the test: fails as long as `failing` says."""

    def __init__(self, name: str = "way", failing: int = 0, *, hopeless: tuple[str, ...] = ()) -> None:
        self.name = name
        self.failing = failing
        self.hopeless = hopeless
        self.texts: list[str] = []
        self.tried: list[float] = []

    def deliver(self, letter: Letter) -> None:
        self.tried.append(time.monotonic())
        if letter.text in self.hopeless:
            raise NotDelivered("what is this?", hopeless=True)
        if self.failing:
            self.failing -= 1
            raise NotDelivered("not now")
        self.texts.append(letter.text)


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "outbox.db")


def outbox(path: str, *ways: Any, **settings: Any) -> Outbox:
    return Outbox(
        path, ways, **{"site": "reference", "node": "control1", "armed": True, "pace": QUICK, **settings}
    )


def alarm(text: str, subject: str = "ups4", name: str = "alarm.raised") -> Event:
    return Event(12.5, name, subject, "control1", Source.SEEN, {"text": text, "rule": "X-09"})


def put(its: Outbox, *texts: str) -> None:
    for text in texts:
        assert its.put(alarm(text), time=TIME, incident=7)


def test_alarms_arrive_at_every_destination_in_their_order(path: str) -> None:
    hook, office = Hook(500, 204), PostOffice()
    with listening(hook) as port, listening(office) as mail_port:
        contact = AlarmContact(
            webhook=f"http://127.0.0.1:{port}/",
            mail_to=("a@example.org",),
            mail_from="t@example.org",
            mail_server=f"127.0.0.1:{mail_port}",
            mail_security="none",
        )
        with outbox(path, *ways_of(contact, limit_s=2)) as its:
            put(its, "one", "two", "three")
            until(lambda: len(hook.heard) == 4 and len(office.mails) == 3)
            until(lambda: its.waits == 0)
    assert hook.texts == ["one", "one", "two", "three"]
    assert hook.heard[0][2]["id"] == hook.heard[1][2]["id"]  # so that whoever hears it twice can tell


def test_a_site_without_contacts_tells_nobody(path: str) -> None:
    assert ways_of(AlarmContact()) == []
    with outbox(path) as its:
        put(its, "one")
        assert its.waits == 0


def test_putting_takes_no_time_whatever_the_destinations_do(path: str) -> None:
    with (
        listening(Hook("deaf")) as port,
        outbox(path, Webhook(f"http://127.0.0.1:{port}/", limit_s=0.2)) as its,
    ):
        begun_s = time.monotonic()
        put(its, *map(str, range(100)))
        assert time.monotonic() - begun_s < 5.0, "waiting for each would take twenty"


def test_a_dead_destination_keeps_no_other_waiting(path: str) -> None:
    dead, well = Way("dead", failing=10**6), Way("well")
    with outbox(path, dead, well) as its:
        put(its, "one", "two")
        until(lambda: well.texts == ["one", "two"])
        assert its.waits == 2


def test_it_is_tried_again_after_longer_and_longer_pauses(path: str) -> None:
    way = Way(failing=4)
    with outbox(path, way) as its:
        put(its, "one")
        until(lambda: way.texts)
    pauses = [later - sooner for sooner, later in zip(way.tried, way.tried[1:], strict=False)]
    for pause, least in zip(pauses, (0.02, 0.04, 0.08, 0.08), strict=True):
        assert pause >= least * 0.9


def test_the_pauses_of_a_site_are_5_s_to_15_min_for_a_day() -> None:
    pace = Pace()
    assert (pace.first_s, pace.most_s, pace.give_up_s) == (5.0, 900.0, 86400.0)


def test_what_is_left_goes_out_in_the_next_life_before_what_is_new(path: str) -> None:
    dead = Way(failing=10**6)
    with outbox(path, dead) as its:
        put(its, "one", "two")
        until(lambda: its.waits == 2)
    well = Way()
    with outbox(path, well) as its:
        put(its, "three")
        until(lambda: its.waits == 0 and well.texts)
        until(lambda: len(well.texts) == 3)
    assert well.texts == ["one", "two", "three"]
    with outbox(path, Way(failing=10**6)) as its:
        assert its.waits == 0


def test_what_is_left_for_one_destination_is_not_sent_to_another(path: str) -> None:
    with outbox(path, Way("dead", failing=10**6)) as its:
        put(its, "one")
        until(lambda: its.waits == 1)
    other = Way("other")
    with outbox(path, other) as its:
        assert its.waits == 0


def test_after_a_day_it_is_given_up_with_a_line_in_the_log(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    way = Way(failing=3)
    with outbox(path, way, pace=Pace(first_s=0.01, most_s=0.01, give_up_s=0.015)) as its:
        put(its, "lost")
        until(lambda: its.waits == 0 and way.tried)
        way.failing = 0
        put(its, "next")
        until(lambda: way.texts == ["next"])
    assert "way was not reached in time (not now); an alarm is given up: lost" in caplog.text


def test_one_that_waited_for_a_day_is_tried_once_more_after_the_boot(path: str) -> None:
    with outbox(path, Way(failing=10**6)) as its:
        put(its, "old")
        until(lambda: its.waits == 1)
    its_file = sqlite3.connect(path, isolation_level=None)
    its_file.execute("UPDATE waiting SET since_s = since_s - 100000")
    its_file.close()
    way = Way()
    with outbox(path, way):
        until(lambda: way.texts == ["old"])


def test_a_letter_that_will_never_be_taken_holds_up_none_behind_it(
    path: str, caplog: pytest.LogCaptureFixture
) -> None:
    way = Way(hopeless=("bad",))
    with outbox(path, way) as its:
        put(its, "bad", "good")
        until(lambda: way.texts == ["good"])
    assert "will not take an alarm (what is this?), which is given up: bad" in caplog.text


def test_a_fault_in_a_way_out_stops_none_of_it(path: str, caplog: pytest.LogCaptureFixture) -> None:
    way = Way()
    way.deliver = lambda letter: 1 / 0  # type: ignore[method-assign]
    with outbox(path, way) as its:
        put(its, "one")
        until(lambda: "ZeroDivisionError" in caplog.text)
        del way.deliver
        until(lambda: way.texts == ["one"])


def test_alarms_alike_within_a_while_are_one(path: str) -> None:
    way = Way()
    with outbox(path, way, alike_s=1.0) as its:
        assert its.put(alarm("one"), time=TIME, incident=7)
        assert not its.put(alarm("one"), time=TIME, incident=7)
        assert its.put(alarm("one", "ups5"), time=TIME, incident=7)
        time.sleep(1.01)  # the while itself is what is tested
        assert its.put(alarm("one"), time=TIME, incident=7)
        until(lambda: len(way.texts) == 3)


def test_raised_cleared_and_raised_again_is_news_each_time(path: str) -> None:
    with outbox(path, Way()) as its:
        names = ["alarm.raised", "alarm.cleared", "alarm.raised", "alarm.cleared"]
        assert all(its.put(alarm("one", name=name), time=TIME, incident=7) for name in names)
        cleared = Event(1.0, "alarm.cleared", "ups4", "control1", Source.SEEN, {})
        put(its, "one")
        assert its.put(cleared, time=TIME, incident=7)
        put(its, "one")


def test_an_event_without_a_text_says_what_it_is(path: str) -> None:
    way = Way()
    with outbox(path, way) as its:
        its.put(
            Event(1.0, "outage.confirmed", "ups4", "control1", Source.SEEN, {"because": "on battery 30 s"}),
            time=TIME,
            incident=7,
        )
        until(lambda: way.texts == ["ups4: outage.confirmed (because on battery 30 s)"])


def test_of_too_many_the_oldest_go(path: str, caplog: pytest.LogCaptureFixture) -> None:
    way = Way(failing=10**6)
    pace = Pace(first_s=0.01, most_s=0.01, letters=3)
    with outbox(path, way, pace=pace) as its:
        put(its, *"abcdef")
        until(lambda: its.waits == 3 and caplog.text.count("dropped") == 3)
        way.failing = 0
        until(lambda: its.waits == 0)
    assert way.texts == ["d", "e", "f"]


@pytest.fixture
def no_disk(tmp_path: Path) -> str:
    """A path at which nothing can be written."""
    return str(tmp_path / "no folder" / "outbox.db")


def test_a_disk_that_cannot_be_written_is_told_once_and_alarms_go_out(no_disk: str) -> None:
    told: list[str] = []
    way = Way()
    with outbox(no_disk, way, told=told.append) as its:
        put(its, "one", "two")
        until(lambda: way.texts == ["one", "two"])
    assert len(told) == 1
    assert told[0].startswith("alarms are kept in memory only: ")


def test_a_disk_that_is_full_is_told_once_and_alarms_go_out(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from realtime.outbox import store

    opened = store._opened

    def small(path: str) -> sqlite3.Connection:
        connection = opened(path)
        connection.execute("PRAGMA max_page_count=3")
        return connection

    monkeypatch.setattr(store, "_opened", small)
    told: list[str] = []
    way = Way(failing=10**6)
    with outbox(path, way, told=told.append) as its:
        texts = [f"{number} {'x' * 2000}" for number in range(8)]
        put(its, *texts)
        until(lambda: its.waits == 8)
        way.failing = 0
        until(lambda: way.texts == texts)
    assert [words.endswith("database or disk is full") for words in told] == [True]


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_broken_outbox_is_begun_anew(path: str, content: bytes) -> None:
    Path(path).write_bytes(content)
    way = Way()
    with outbox(path, way) as its:
        put(its, "one")
        until(lambda: way.texts == ["one"])


def test_what_is_no_letter_in_the_file_is_left_out(path: str) -> None:
    outbox(path).close()
    its_file = sqlite3.connect(path, isolation_level=None)
    its_file.execute("INSERT INTO waiting VALUES (5, 'way', 0.0, 'rubbish')")
    its_file.close()
    way = Way()
    with outbox(path, way) as its:
        put(its, "one")
        until(lambda: way.texts == ["one"])


@pytest.fixture(autouse=True)
def _no_thread_stays() -> Iterator[None]:
    before = threading.active_count()
    yield
    until(lambda: threading.active_count() <= before)


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)


def test_L9_a_letter_is_kept_when_it_stands_on_the_disk(path: str) -> None:  # noqa: N802
    kept: list[str] = []
    its = outbox(path, Way(), kept=lambda letter: kept.append(letter.text))
    with its:
        put(its, "first", "second")
    assert kept == ["first", "second"]


def test_L9_a_letter_that_no_disk_takes_is_not_kept(tmp_path: Path) -> None:  # noqa: N802
    kept: list[str] = []
    its = outbox(
        str(tmp_path / "missing" / "outbox.db"), Way(), told=print, kept=lambda x: kept.append(x.text)
    )
    with its:
        put(its, "first")
    assert kept == []
