"""The watch-mode report: what a week of watching says, and what of it speaks against arming."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.events import Event
from teiden.cli import main
from teiden.files.site_file import load_site
from tests.measuring import SITE, kept, played
from tests.watched_week import DAY_S, blip, keep, keep_readings, seen, small_outage

HASH = load_site(SITE).hash
UPSES = ("ups1", "ups2", "ups3", "ups4", "ups5", "ups6")
UNTIL = ("--until", "2026-11-23T09:00")


def report(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["report", str(SITE), *map(str, words)])


def told(folder: Path, *words: str) -> dict[str, Any]:
    result = report("--events", folder, *UNTIL, "--json", *words)
    found: dict[str, Any] = json.loads(result.output)
    assert result.exit_code == (1 if found["against"] else 0)
    return found


def week(folder: Path, events: Sequence[Event] = (), **how: Any) -> dict[str, Any]:
    keep(folder, events, HASH, **how)
    return told(folder)


# A week in which nothing speaks against it


def test_a_quiet_week_speaks_against_nothing_and_says_what_nobody_knows(tmp_path: Path) -> None:
    found = week(tmp_path)
    assert found["against"] == []
    assert found["would_have_acted"] == 0
    assert found["covered_days"] == pytest.approx(7.0, abs=0.01)
    assert found["covered_days_with_this_file"] == pytest.approx(7.0, abs=0.01)
    assert "no outage came: what it does in one was not shown; make a small one" in found["unknown"]
    assert any(text.startswith("no readings are kept") for text in found["unknown"])
    assert found["late_s"] is None


def test_what_it_would_have_done_is_told_with_each_command_and_its_time(tmp_path: Path) -> None:
    found = week(tmp_path, small_outage(2 * DAY_S))
    assert (found["would_have_acted"], found["acted"]) == (1, 0)
    (act,) = found["acts"]
    assert (act["begun_by"], act["because"], act["node"]) == ("outage", "ups4", "control1")
    assert [(one["after_s"], one["device"], one["command"], one["fate"]) for one in act["commands"]] == [
        (1.0, "blade1", "shutdown", "would have been sent"),
        (1.0, "blade2", "shutdown", "would have been sent"),
        (2.0, "ups5", "off", "would have been sent"),
    ]
    assert found["against"] == [], "whether it was right somebody else has to say"
    assert any("was it right to act, because of ups4?" in text for text in found["look"])
    assert any("alarms of H1 in incidents: 1" in text for text in found["look"])


def test_of_an_armed_service_it_tells_what_it_did(tmp_path: Path) -> None:
    events = [
        seen(event.t, "command.sent", event.subject, command=event.details["command"])
        if event.name == "command.refused"
        else event
        for event in small_outage(DAY_S)
    ]
    found = week(tmp_path, events, armed=True)
    assert (found["would_have_acted"], found["acted"]) == (0, 1)
    assert found["armed"] == [True]
    text = report("--events", tmp_path, *UNTIL).output
    assert "WHAT IT DID\n" in text
    assert "speaks against leaving it armed" in text


def test_a_pretend_run_is_told_as_well(tmp_path: Path) -> None:
    """It lasts some hours: that it is no week speaks against it."""
    result = report(kept(played("site-outage"), tmp_path), "--json")
    found = json.loads(result.output)
    assert result.exit_code == 1
    assert found["acted"] == 1
    assert {one["device"] for one in found["silent"]} == set(UPSES), "their cards die with them"
    assert found["against"] == ["it watched 0.2 of 7 days"]


def test_what_began_before_the_days_that_are_asked_for_is_known(tmp_path: Path) -> None:
    """The last hours of a run: its commands and silences belong to an outage that is older."""
    found = json.loads(report(kept(played("site-outage"), tmp_path), "--days", "0.1", "--json").output)
    assert found["against"] == []
    (act,) = found["acts"]
    assert act["because"] == "ups4"


# What speaks against it


def silent(from_s: float, for_s: float) -> list[Event]:
    return [seen(from_s, "card.silent", "ups4"), seen(from_s + for_s, "card.answering", "ups4")]


REFUSED = {"command": "off", "rule": "X-12", "reason": "not armed"}


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (silent(DAY_S, 300), "ups4 was silent: 1 x, 5 min in all"),
        ([event for n in range(90) for event in silent(1000.0 * n, 100)], "ups4 was silent: 90 x"),
        ([seen(6 * DAY_S, "card.silent", "ups4")], "ups4 is silent, since 23 h 59 min"),
        ([seen(DAY_S, "clock.gap", "control1", lost_s=30.0, cause="stall")], "longer than a reading is good"),
        ([seen(DAY_S, "alarm.raised", "rack1", text="it is late", rule="T3")], "no incident open: 1"),
        ([seen(DAY_S, "command.refused", "ups5", **REFUSED)], "1 commands, and nothing tells why"),
        ([seen(DAY_S, "rule.broken", "ups5", rule="S1", text="it ran")], "S1 was broken: it ran"),
    ],
    ids=["silent long", "silent often", "still silent", "away", "alarm", "acts unasked", "rule broken"],
)
def test_speaks_against_it(events: list[Event], says: str, tmp_path: Path) -> None:
    found = week(tmp_path, events)
    assert len(found["against"]) == 1
    assert says in found["against"][0]


@pytest.mark.parametrize(
    "events",
    [
        silent(DAY_S, 100),
        blip(DAY_S, "ups5", 10.0),
        [seen(DAY_S, "clock.gap", "control1", lost_s=5.0, cause="stall")],
        [*small_outage(DAY_S), *silent(DAY_S + 60, 300)],
        [
            seen(DAY_S, "schedule.fired", "reference", id="nightly", goal="down"),
            seen(DAY_S + 1, "command.refused", "blade1", command="shutdown", rule="X-12", reason=""),
        ],
    ],
    ids=["silent once", "a blip", "away for a moment", "silent in an outage", "a schedule"],
)
def test_speaks_not_against_it_and_is_told(events: list[Event], tmp_path: Path) -> None:
    found = week(tmp_path, events)
    assert found["against"] == []
    told = found["silent"] + found["losses_of_mains"] + found["gaps"] + found["acts"]
    assert told


def test_days_that_nobody_watched_speak_against_it(tmp_path: Path) -> None:
    keep(tmp_path, [], HASH, days=2)
    keep(tmp_path, [], HASH, days=3, from_s=4 * DAY_S, life="control1/b")
    found = told(tmp_path)
    assert found["against"] == ["it watched 5.0 of 7 days"]
    (hole,) = found["holes"]
    assert hole["for_s"] == pytest.approx(2 * DAY_S, abs=2)
    assert any("was started 2 times" in text for text in found["look"])


def test_readings_show_that_somebody_watched_while_nothing_happened(tmp_path: Path) -> None:
    keep(tmp_path, [], HASH, days=1)
    assert told(tmp_path)["covered_days"] == pytest.approx(1.0, abs=0.01)
    keep_readings(tmp_path, UPSES)
    found = told(tmp_path)
    assert found["covered_days"] == pytest.approx(7.0, abs=0.01)
    assert found["covered_days_with_this_file"] == pytest.approx(7.0, abs=0.01)


def test_another_site_file_was_watched_and_not_this_one(tmp_path: Path) -> None:
    keep(tmp_path, [], "another", days=5)
    keep(tmp_path, [], HASH, days=2, from_s=5 * DAY_S, life="control1/b")
    found = told(tmp_path)
    assert found["against"] == ["with this very site file it watched 2.0 of 7 days"]


def test_a_file_that_a_power_cut_has_torn_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    keep(tmp_path, small_outage(DAY_S + 60), HASH)
    torn = tmp_path / "events-20261117T000000Z.jsonl"
    torn.write_bytes(torn.read_bytes() + b'\0\0\0\n{"t": 3\n')
    found = told(tmp_path)
    assert found["would_have_acted"] == 1
    assert found["unreadable_lines"] == 2
    assert any("lines of event files that are no events: 2" in text for text in found["look"])


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    keep(tmp_path, [], HASH)
    (tmp_path / "events-20261119T120000Z.jsonl").write_bytes(b"\xff\xfe nothing\n")
    found = told(tmp_path)
    assert len(found["unreadable_files"]) == 1
    assert any("events-20261119T120000Z.jsonl" in text for text in found["against"])


# Blips


def test_blips_are_told_and_one_that_was_nearly_an_outage_is_to_be_looked_at(tmp_path: Path) -> None:
    found = week(tmp_path, [*blip(100, "ups5", 10.0), *blip(DAY_S, "ups5", 55.0), *small_outage(2 * DAY_S)])
    assert [(one["ups"], one["how"], one["after_s"]) for one in found["losses_of_mains"]] == [
        ("ups5", "over before its confirm time", 10.0),
        ("ups5", "over before its confirm time", 55.0),
        ("ups4", "confirmed", 30.0),
    ]
    assert [text for text in found["look"] if "nearly an outage" in text] == [
        "2026-11-17 09:00:00: ups5 was on battery for 55 s of its 60 s: nearly an outage"
    ]


def test_of_very_many_the_worst_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    events = [event for n in range(300) for event in blip(1000.0 * n, "ups5", 55.0 if n == 299 else 5.0)]
    keep(tmp_path, events, HASH)
    lines = report("--events", tmp_path, *UNTIL).output.splitlines()
    assert sum("over before its confirm time  " in f"{line}  " for line in lines) == 100
    assert "  and 200 more; --json has all of them" in lines
    assert any("nearly an outage" in line for line in lines)
    assert sum("55 s" in line and "ups5" in line and "nearly" not in line for line in lines) == 1
    assert len(told(tmp_path)["losses_of_mains"]) == 300


# Batteries


def battery(found: dict[str, Any], ups: str) -> dict[str, Any]:
    return next(one for one in found["batteries"] if one["ups"] == ups)


@pytest.mark.parametrize(("share", "short"), [(1.0, False), (1.3, False), (0.7, True)])
def test_a_discharge_is_held_against_the_model(share: float, short: bool, tmp_path: Path) -> None:
    """ups4 lasts 25 min by the model; what was seen is known as well as its charge was told."""
    model_s = 25 * 60.0
    rate = 100.0 / (model_s * share)
    keep(tmp_path, [seen(DAY_S, "ups.on_battery", "ups4")], HASH)
    keep_readings(tmp_path, ["ups4"], discharge=("ups4", DAY_S, DAY_S + 1000.0, rate))
    found = told(tmp_path)
    ups4 = battery(found, "ups4")
    assert ups4["model_s"] == model_s
    assert ups4["discharges"] == 1
    assert ups4["seen_off"] == pytest.approx(share - 1.0, abs=0.03)
    assert any("ups4 lasts" in text for text in found["against"]) is short


def test_of_a_battery_that_nobody_saw_discharge_nothing_is_claimed(tmp_path: Path) -> None:
    keep(tmp_path, [], HASH)
    keep_readings(tmp_path, ["ups4"])
    found = told(tmp_path)
    assert (battery(found, "ups4")["seen_full_s"], battery(found, "ups4")["seen_off"]) == (None, None)
    assert battery(found, "ups1")["told_full_s"] is None
    assert "no discharge of ups1, ups2, ups3, ups4, ups5, ups6 was seen" in found["unknown"]


def test_a_drop_that_is_hardly_more_than_the_rounding_says_nothing(tmp_path: Path) -> None:
    keep(tmp_path, [seen(DAY_S, "ups.on_battery", "ups4")], HASH)
    keep_readings(tmp_path, ["ups4"], discharge=("ups4", DAY_S, DAY_S + 1000.0, 0.002))
    assert battery(told(tmp_path), "ups4")["discharges"] == 0


# The command


def test_no_events_are_no_success(tmp_path: Path) -> None:
    result = report("--events", tmp_path)
    assert result.exit_code == 3
    assert "no events of these days" in result.output
    missing = report("--events", tmp_path / "missing.jsonl")
    assert missing.exit_code == 3
    assert "missing.jsonl: error: cannot read" in missing.output


def test_it_speaks_japanese(tmp_path: Path) -> None:
    keep(tmp_path, small_outage(DAY_S), HASH)
    text = report("--events", tmp_path, *UNTIL, "--lang", "ja").output
    assert "見えた限りでは" in text
    assert "するはずだったこと" in text


@pytest.mark.long
def test_a_week_of_a_hall_takes_seconds(tmp_path: Path) -> None:
    """200 UPSes, and a bad week: 40,000 events. The bound is loose: the machine is shared."""
    events = [event for n in range(200) for k in range(66) for event in blip(9000.0 * k + n, f"ups{n}", 20.0)]
    keep(tmp_path, events, HASH)
    began_s = time.perf_counter()
    assert len(told(tmp_path)["losses_of_mains"]) == 200 * 66
    assert time.perf_counter() - began_s < 20
