"""The page of the sequence: what it waits for, its steps, and the same outage as it was planned."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from realtime.status import Incident as Open
from realtime.status import Wait
from sequencer.events import Event
from teiden.emulator.standing import quiet
from teiden.events_file import dumps_line
from teiden.files.site_file import SiteFile
from teiden.web import course
from teiden.web.incident import Incident, last_incident
from teiden.web.pages.sequence import steps
from teiden.web.settings import Settings
from tests.pretend_service import PretendService
from tests.test_web.browsing import site, until

BEGUN = datetime.fromisoformat("2026-11-26T09:00:00+09:00")
NAME = "events-20261126T000000Z.jsonl"


def line(t: float, name: str, subject: str, **details: object) -> str:
    told = {"t": t, "time": (BEGUN + timedelta(seconds=t)).isoformat(timespec="milliseconds"), "event": name}
    return json.dumps({**told, "subject": subject, "by": "control1", "source": "seen", **details}) + "\n"


OUTAGE = (
    line(-7200.0, "run.started", "reference"),
    line(-600.0, "ups.on_battery", "ups4"),
    line(-595.0, "ups.on_line", "ups4"),
    line(0.0, "ups.on_battery", "ups4"),
    line(1.0, "ups.on_battery", "ups5"),
    line(30.0, "incident.opened", "reference", cause="ups4", epoch=1),
    line(31.0, "step.started", "blade1", step="halted", limit_s=180.0),
    line(32.0, "step.started", "rack1", step="halted", limit_s=180.0),
    line(90.0, "server.halted", "blade1"),
    line(91.0, "step.done", "blade1", step="halted"),
)


def written(folder: Path, *lines: str, name: str = NAME) -> Incident | None:
    (folder / name).write_text("".join(lines))
    return last_incident(folder)


def test_an_incident_begins_with_the_mains_that_stayed_away_and_not_with_an_earlier_blip(
    tmp_path: Path,
) -> None:
    found = written(tmp_path, *OUTAGE)
    assert found is not None
    assert found.begun == BEGUN
    assert found.open
    assert found.lost == {"ups4": 0.0, "ups5": 1.0}


def test_a_closed_incident_ends_with_its_close_and_is_found_days_later(tmp_path: Path) -> None:
    written(
        tmp_path,
        *OUTAGE,
        line(7000.0, "incident.closed", "reference", epoch=1),
        line(8e3, "ups.on_line", "ups1"),
    )
    later = "events-20261129T000000Z.jsonl"
    found = written(tmp_path, line(260_000.0, "run.started", "reference"), name=later)
    assert found is not None
    assert not found.open
    assert found.events[-1].name == "incident.closed"


def test_a_life_that_takes_an_incident_up_again_tells_of_the_same_one(tmp_path: Path) -> None:
    written(tmp_path, *OUTAGE)
    again = (
        line(3600.0, "run.started", "reference"),
        line(3601.0, "incident.opened", "reference", cause="ups4", epoch=1),
        line(3602.0, "ups.on_line", "ups4"),
        line(3700.0, "incident.closed", "reference", epoch=1),
    )
    found = written(tmp_path, *again, name="events-20261126T010000Z.jsonl")
    assert found is not None
    assert found.begun == BEGUN
    assert found.back == {"ups4": 3602.0}


@pytest.mark.parametrize("text", ["", "no json\n[1]\n", line(0.0, "ups.on_battery", "ups4")])
def test_files_without_an_incident_have_none(tmp_path: Path, text: str) -> None:
    assert written(tmp_path, text) is None


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    assert written(tmp_path, *OUTAGE, '{"t": 95.0, "time": "2026') is not None


def test_steps_are_told_newest_first_with_their_limit(tmp_path: Path) -> None:
    found = written(tmp_path, *OUTAGE)
    assert found is not None
    rack, blade = steps(found, running=True)
    assert (rack["subject"], rack["state"], rack["took"]) == ("rack1", "under way", "3 min")
    assert (blade["subject"], blade["state"], blade["took"]) == ("blade1", "done", "60 s of 3 min")


def test_what_the_files_left_open_is_not_under_way_when_no_incident_is(tmp_path: Path) -> None:
    """The node went down with it, and its other life knows of the end from its peer."""
    found = written(tmp_path, *OUTAGE)
    assert found is not None
    assert [row["state"] for row in steps(found, running=False)] == ["", "done"]


def test_steps_of_a_life_that_has_ended_are_not_under_way(tmp_path: Path) -> None:
    again = line(600.0, "run.started", "reference", life="control1/2"), line(700.0, "ups.on_line", "ups4")
    found = written(tmp_path, line(-9.0, "run.started", "reference", life="control1/1"), *OUTAGE[3:], *again)
    assert found is not None
    assert steps(found, running=True)[0]["state"] == ""


def test_a_file_that_begins_in_the_same_life_ends_no_step(tmp_path: Path) -> None:
    again = line(600.0, "run.started", "reference", life="control1/1"), line(700.0, "ups.on_line", "ups4")
    found = written(tmp_path, line(-9.0, "run.started", "reference", life="control1/1"), *OUTAGE[3:], *again)
    assert found is not None
    assert steps(found, running=True)[0]["state"] == "under way"


def test_a_wait_without_limit_is_over_when_the_devices_next_step_begins(tmp_path: Path) -> None:
    waits = line(40.0, "step.waiting", "ups4", step="safe to switch on")
    found = written(
        tmp_path, *OUTAGE, waits, line(50.0, "step.started", "ups4", step="output on", limit_s=120.0)
    )
    assert found is not None
    on, wait, *_ = steps(found, running=True)
    assert (on["state"], wait["step"], wait["state"]) == ("under way", "safe to switch on", "")


def test_a_limit_that_passed_is_told(tmp_path: Path) -> None:
    found = written(tmp_path, *OUTAGE, line(212.0, "step.timed_out", "rack1", step="halted", limit_s=180.0))
    assert found is not None
    assert steps(found, running=True)[0]["tone"] == "bad"


def test_a_step_that_is_overtaken_is_over_and_has_passed_no_limit(tmp_path: Path) -> None:
    found = written(tmp_path, *OUTAGE, line(60.0, "step.overtaken", "rack1", step="halted"))
    assert found is not None
    row = next(row for row in steps(found, running=True) if row["subject"] == "rack1")
    assert (row["state"], row["tone"]) == ("overtaken", "off")


def test_what_happens_as_planned_is_no_later_than_planned() -> None:
    """The plan of a played outage is that outage: every moment of it within a look."""
    site_file = site()
    events = course.planned(site_file, course.losses(site_file.site, as_seen(site_file)), BEGUN)
    incident = as_seen(site_file, events)
    changes = course.losses(site_file.site, incident)
    assert [change.of for change in changes if change.lost] == ["utility"]
    again = course.planned(site_file, changes, BEGUN)
    found = course.moments(site_file.site, again, incident)
    apart = [
        abs(m.actual_s - m.planned_s) for m in found if m.actual_s is not None and m.planned_s is not None
    ]
    assert len(apart) > 10
    assert max(apart) <= 10.0


def test_a_feed_is_back_when_the_first_of_its_upses_is_seen_with_mains() -> None:
    """The others may be off until they are switched on, and one may never be heard again."""
    seen = course.Source.SEEN
    lost = as_seen(site()).events
    back = [Event(3600.0, "ups.on_line", "ups1", "c", seen), Event(4000.0, "ups.on_line", "ups4", "c", seen)]
    changes = course.losses(site().site, Incident((*lost, *back), BEGUN, open=False))
    assert [(c.of, c.at_s, c.lost) for c in changes] == [("utility", 60.0, True), ("utility", 3660.0, False)]


def test_one_ups_without_mains_is_planned_alone() -> None:
    lost = [e for e in as_seen(site()).events if e.subject == "ups4"]
    changes = course.losses(site().site, Incident(tuple(lost), BEGUN, open=True))
    assert [(c.of, c.lost) for c in changes] == [("ups4", True)]


def as_seen(site_file: SiteFile, events: list[Event] | None = None) -> Incident:
    """All UPSes without mains; or what a room's facts tell, as if somebody had seen them."""
    lost = [Event(0.0, "ups.on_battery", ups, "control1", course.Source.SEEN) for ups in site_file.site.upses]
    told = lost if events is None else [e for e in events if e.is_fact and e.t >= course.LEAD_S]
    return Incident(tuple(told), quiet(site_file).start, open=events is None)


def test_the_page_shows_steps_waits_and_the_comparison(
    browser: TestClient, settings: Settings, service: PretendService
) -> None:
    (settings.events / NAME).write_text("".join(OUTAGE))
    wait = Wait("rack1", "halted", 12.0, 180.0)
    service.tell(incident=Open(True, 1, "down", BEGUN.isoformat(), "ups4"), waits=(wait,))
    until(lambda: "12 s of 3 min" in browser.get("/sequence/now").text)
    until(lambda: "under way" in browser.get("/sequence/now").text)
    compared = browser.get("/sequence/compared").text
    assert "blade1" in compared
    picture = browser.get("/sequence/picture.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")
    have = compared.partition("have=")[2].partition('"')[0]
    assert browser.get(f"/sequence/compared?have={have}").status_code == 204


def test_on_a_calm_day_there_is_nothing_to_compare(browser: TestClient) -> None:
    assert "There has been no incident" in browser.get("/sequence").text
    assert browser.get("/sequence/picture.svg").status_code == 404


def test_an_incident_without_an_outage_says_that_nothing_was_planned(
    browser: TestClient, settings: Settings
) -> None:
    (settings.events / NAME).write_text(line(0.0, "incident.opened", "reference", cause="x", epoch=1))
    until(lambda: "No mains were lost" in browser.get("/sequence/compared").text)


def test_what_a_rehearsal_writes_is_read_back(tmp_path: Path) -> None:
    """The lines are those of a service's own event file."""
    events = [
        Event(5.0, "ups.on_battery", "ups4", "control1", course.Source.SEEN),
        Event(35.0, "incident.opened", "reference", "control1", course.Source.SEEN, {"epoch": 1}),
    ]
    found = written(tmp_path, *(dumps_line(event, BEGUN) + "\n" for event in events))
    assert found is not None
    assert found.begun == BEGUN + timedelta(seconds=5)


def test_mains_that_are_seen_again_by_a_later_life_were_back_before(tmp_path: Path) -> None:
    again = line(600.0, "ups.on_line", "ups4"), line(900.0, "ups.on_line", "ups4")
    found = written(tmp_path, *OUTAGE, *again)
    assert found is not None
    assert found.back == {"ups4": 600.0}
