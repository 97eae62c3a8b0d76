"""Samples of every UPS: what is written down, what is thrown away, and what no disk may do to the service."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from realtime.samples import schema
from realtime.samples.sampler import Sampler
from realtime.samples.schema import FILE
from realtime.samples.stretches import BATTERY, OUTAGE
from realtime.status import UpsView
from teiden.stats.samples import Kept, NoReadings, kept
from tests.sampled import BEGAN, Room, on_battery, seen, silent
from tests.test_realtime.small_disks import disk_of, fill


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def samples_of(found: Kept, ups: str) -> list[tuple[int, int]]:
    return [(row.at, row.times) for row in found.rows(ups, 0)]


# What is kept


def test_r2_10_what_has_not_changed_is_one_row_and_none_is_lost(room: Room) -> None:
    room.take(90)
    room.upses["ups1"] = seen("ups1", load_pct=41.0)
    room.take(30)
    room.store.close()
    with kept(room.folder) as found:
        assert len(samples_of(found, "ups1")) == 6, "every five minutes, and where the load has changed"
        assert [found.sums(name, 0).times for name in ("ups1", "ups2")] == [120, 120]
        assert found.sums("ups1", 0).load_sum == 90 * 400 + 30 * 410


def test_r2_10_day_eight_evicts_day_one(room: Room) -> None:
    for _ in range(12):
        room.take(every=timedelta(days=1))
    room.store.close()
    with kept(room.folder) as found:
        days = [datetime.fromtimestamp(at, UTC).day for at, _ in samples_of(found, "ups1")]
        assert days == [6, 7, 8, 9, 10, 11, 12, 13], "a week before the newest"
        assert found.sums_of_hours("ups1", 0).times == 12, "the hours stay"


def test_hours_go_after_400_days(room: Room) -> None:
    for _ in range(13):
        room.take(every=timedelta(days=50))
    room.store.close()
    with kept(room.folder) as found:
        assert found.sums_of_hours("ups1", 0).times == 9


def test_a_clock_that_is_wrong_for_a_moment_does_not_cost_the_week(room: Room) -> None:
    room.take(30, every=timedelta(hours=4))
    right = room.now
    room.now += timedelta(days=365)
    room.take()
    room.now = right
    room.take()
    with kept(room.folder) as found:
        assert found.sums("ups1", room.ago(days=5)).times >= 29


def test_s11_what_is_too_old_to_act_on_is_not_heard(room: Room) -> None:
    room.upses["ups1"] = silent("ups1")
    room.upses["ups2"] = seen("ups2", charge_pct=None, runtime_s=None, load_pct=None)
    room.take(3)
    room.store.close()
    with kept(room.folder) as found:
        ups1, ups2 = (found.sums(name, 0) for name in ("ups1", "ups2"))
        assert (ups1.times, ups1.heard, ups1.charge_least, ups1.load_times) == (3, 0, None, 0)
        assert (ups2.times, ups2.heard, ups2.charge_least, ups2.load_times) == (3, 3, None, 0)


def test_an_hour_says_what_its_samples_say(room: Room) -> None:
    room.take(400)
    room.upses["ups1"] = on_battery("ups1", charge_pct=91.5, runtime_s=1200.0, load_pct=55.0)
    room.take(20)
    room.upses["ups1"] = silent("ups1")
    room.take(900)
    room.store.close()
    with kept(room.folder) as found:
        whole, hours = found.sums("ups1", room.ago(days=1)), found.sums_of_hours("ups1", 0)
        assert whole == hours
        assert whole.times == 1320
        assert (whole.heard, whole.on_battery, whole.charge_least, whole.load_most) == (420, 20, 915, 550)
        assert (hours.heard, hours.full_sum, hours.load_sum) == (420, 400 * 2700, 400 * 400 + 20 * 550)


def test_a_service_that_was_killed_has_lost_no_count(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.take(25)  # and nothing is closed
    again = Room(tmp_path, now=room.now + timedelta(minutes=20))
    again.take(1)
    with kept(tmp_path) as found:
        assert found.sums("ups1", again.ago(days=1)).times == 26
        assert found.sums_of_hours("ups1", 0).times == 25, "the last five minutes follow when they are over"


# Outages and discharges


def test_a_discharge_is_one_stretch_with_its_charges_and_its_load(room: Room) -> None:
    room.take(5)
    for charge in range(100, 70, -1):
        room.upses["ups1"] = on_battery("ups1", charge_pct=float(charge))
        room.take()
    room.upses["ups1"] = seen("ups1", charge_pct=71.0)
    room.take(5)
    with kept(room.folder) as found:
        (discharge,) = found.stretches("ups1", BATTERY, 0)
        (outage,) = found.stretches("ups1", OUTAGE, 0)
        assert found.stretches("ups2", OUTAGE, 0) == []
    assert discharge.over
    assert (discharge.charge_from, discharge.charge_least) == (1000, 710)
    assert discharge.until - discharge.began == 290
    assert (discharge.load_sum, discharge.load_times) == (30 * 400, 30)
    assert outage.until - outage.began == 300, "until its mains were seen again"


def test_a_ups_whose_card_dies_with_it_is_without_mains_until_they_are_seen(room: Room) -> None:
    room.upses["ups1"] = on_battery("ups1")
    room.take(60)
    room.upses["ups1"] = silent("ups1")
    room.take(600)
    room.upses["ups1"] = seen("ups1", output_on=False, charge_pct=20.0)
    room.take(1)
    with kept(room.folder) as found:
        (outage,) = found.stretches("ups1", OUTAGE, 0)
        (discharge,) = found.stretches("ups1", BATTERY, 0)
    assert outage.until - outage.began == 6600
    assert discharge.until - discharge.began == 590, "when it was last seen on battery"


def test_an_outage_goes_on_over_a_restart_of_the_service(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.upses["ups1"] = on_battery("ups1")
    room.take(6)
    room.store.close()
    again = Room(tmp_path, now=room.now + timedelta(seconds=60))
    again.upses["ups1"] = on_battery("ups1")
    again.take(6)
    with kept(tmp_path) as found:
        (outage,) = found.stretches("ups1", OUTAGE, 0)
        (discharge,) = found.stretches("ups1", BATTERY, 0)
    assert not outage.over
    assert outage.until - outage.began == discharge.until - discharge.began == 170


def test_on_battery_again_after_a_long_silence_is_another_discharge(room: Room) -> None:
    room.upses["ups1"] = on_battery("ups1")
    room.take(6)
    room.take(6, every=timedelta(hours=1))
    with kept(room.folder) as found:
        assert len(found.stretches("ups1", BATTERY, 0)) == 7
        assert len(found.stretches("ups1", OUTAGE, 0)) == 1


# Other files


def test_readings_of_earlier_versions_go_after_a_week_and_nothing_else_does(room: Room) -> None:
    for name in (
        "readings-20261024.jsonl",
        "readings-20261030.jsonl",
        "readings-20269999.jsonl",
        "events-1.jsonl",
    ):
        (room.folder / name).touch()
    room.take()
    left = {path.name for path in room.folder.iterdir()}
    assert left >= {"readings-20261030.jsonl", "readings-20269999.jsonl", "events-1.jsonl"}
    assert "readings-20261024.jsonl" not in left


# Trouble


def test_a_corrupt_database_is_told_once_put_aside_and_begun_anew(room: Room) -> None:
    room.take(3)
    room.store.close()
    (room.folder / FILE).write_bytes(b"no database at all" * 1000)
    room.take(2)
    (trouble,) = room.troubles
    assert "put aside" in trouble
    assert (room.folder / f"{FILE}.broken").read_bytes().startswith(b"no database")
    room.take(2)
    room.store.close()
    with kept(room.folder) as found:
        assert found.sums("ups1", 0).times == 3, "the sample that found it is lost"


def test_pages_that_are_torn_while_it_runs_end_nothing(room: Room) -> None:
    room.take(400)
    room.store.close()
    path = room.folder / FILE
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
    room.take(400)
    assert len(room.troubles) == 1
    with kept(room.folder) as found:
        assert found.sums("ups1", 0).times > 350


def test_a_database_of_a_later_version_is_put_aside(room: Room) -> None:
    with sqlite3.connect(room.folder / FILE) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    room.take(2)
    (trouble,) = room.troubles
    assert "format 99" in trouble
    with pytest.raises(schema.OtherVersion):
        schema.opened_to_read(room.folder / f"{FILE}.broken")


def test_a_database_that_somebody_locks_is_told_once_and_goes_on_afterwards(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.take()
    monkeypatch.setattr(schema, "BUSY_S", 0.0)
    room.store.close()
    other = sqlite3.connect(room.folder / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    room.take(3)
    assert len(room.troubles) == 1
    assert "locked" in room.troubles[0]
    other.execute("ROLLBACK")
    other.close()
    room.take(3)
    room.store.close()
    with kept(room.folder) as found:
        assert found.sums("ups1", 0).times == 4


def test_a_folder_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    room = Room(tmp_path / "gone")
    room.take(5)
    (trouble,) = room.troubles
    assert "No such file or directory" in trouble
    (tmp_path / "gone").mkdir()
    room.take(1)
    with kept(tmp_path / "gone") as found:
        assert found.sums("ups1", room.ago(days=1)).times == 1


def test_a_full_disk_is_told_once_and_what_was_kept_stays(tmp_path: Path) -> None:
    with disk_of(1 << 20, tmp_path / "small") as folder:
        room = Room(folder)
        room.take(10)
        fill(folder)
        load = iter(range(100_000))
        for _ in range(3000):
            room.upses["ups1"] = seen("ups1", load_pct=next(load) % 90 + 0.1)
            room.take()
            if room.troubles:
                break
        room.take(5)
        (trouble,) = room.troubles
        assert "full" in trouble or "disk I/O" in trouble
        (folder / "filling").unlink()
        room.take(3)
        with kept(folder) as found:
            assert found.sums("ups1", room.ago(days=1)).times > 10
        room.store.close()


# Beside the loop


def sampler(folder: Path, look: Sequence[UpsView], troubles: list[str], *, most: int = 30) -> Sampler:
    return Sampler(
        str(folder), lambda: look, lambda: BEGAN, every_s=0.001, told=troubles.append, most_waiting=most
    )


def test_a_disk_that_hangs_delays_nobody(tmp_path: Path) -> None:
    troubles: list[str] = []
    kept_by = sampler(tmp_path, (seen("ups1"),), troubles, most=3)
    goes, begun = threading.Event(), threading.Event()

    def hang(sample: object) -> None:
        begun.set()
        goes.wait(10)

    kept_by._store.write = hang  # type: ignore[method-assign]
    began_s = time.monotonic()
    kept_by.take()
    assert begun.wait(10)
    for _ in range(1000):
        kept_by.take()
    assert time.monotonic() - began_s < 2
    assert troubles == ["readings are not kept: the disk does not take them"]
    goes.set()
    kept_by.close()


def test_it_goes_on_taking_until_it_is_ended(tmp_path: Path) -> None:
    failures = 2

    def look() -> tuple[UpsView, ...]:
        nonlocal failures
        if failures:
            failures -= 1
            raise KeyError("ups9")
        return (seen("ups1"),)

    kept_by = Sampler(str(tmp_path), look, lambda: BEGAN, every_s=0.001)

    def nothing_yet() -> bool:
        try:
            with kept(tmp_path) as found:
                return found.until is None
        except NoReadings:
            return True

    async def run() -> None:
        keeping = asyncio.create_task(kept_by.keep())
        while nothing_yet():
            await asyncio.sleep(0.001)
        assert failures == 0, "a fault in looking has not ended it"
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)

    asyncio.run(asyncio.wait_for(run(), 10))
    kept_by.close()


def test_a_service_without_a_life_writes_nothing(tmp_path: Path) -> None:
    kept_by = sampler(tmp_path, (), [])
    kept_by.take()
    kept_by.close()
    assert list(tmp_path.iterdir()) == []
