"""The picture tells each kind of story in ten seconds: outages that blink, nights, requests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from teiden.files.story_file import load_stories
from teiden.language.say import speaking
from teiden.plots import fonts, timeline
from teiden.plots.moments import moments
from teiden.plots.rows import rows
from teiden.rehearsal import rehearse
from tests.streams import Stream, fact, recorded, seen

ROOT = Path(__file__).parents[2]


@cache
def played(story: str) -> Stream:
    """`site-outage`, or `file:item`; each is played once."""
    file, _, item = story.partition(":")
    stories = load_stories(ROOT / "scenarios" / f"{file}.yaml")
    return rehearse(next(s for s in stories if item in s.name)).events


@cache
def drawn(story: str) -> Figure:
    return timeline.draw(played(story))


def said(figure: Figure, gid: str) -> list[str]:
    texts = (artist for artist in figure.findobj(Text) if isinstance(artist, Text))
    return [text.get_text() for text in texts if text.get_text() and str(text.get_gid()).startswith(gid)]


def numbers(story: str) -> list[str]:
    return said(drawn(story), "number")


def flags(story: str) -> list[str]:
    return said(drawn(story), "flag-")


# Outages


@pytest.mark.long
def test_mains_that_blink_are_one_outage_with_a_count() -> None:
    assert numbers("flapping-mains")[0] == "mains away 7 times within 4:05, nothing is stopped"
    assert flags("flapping-mains") == [
        *("Mains lost  0:00", "Mains back, lost again 6 times  0:04", "Mains back for good  4:05"),
    ]


def test_service_is_counted_from_the_return_that_lasted() -> None:
    story = "flapping-return"
    assert "service restored 21:03 after mains return" in numbers(story)
    assert flags(story)[-1].startswith("All up")


def test_all_is_up_only_when_what_an_earlier_outage_stopped_is_up_too() -> None:
    """The nodes are up five minutes after the second return; the servers of the first outage are not."""
    story = "second-outage-while-recharging:charge=80"
    assert "service restored 28:51 after the last mains return" in numbers(story)
    assert [flag for flag in flags(story) if flag.startswith("All up")] == ["All up  4:53:51"]


def test_a_single_node_that_stops_is_not_the_control_site() -> None:
    story = "control-ups-outage:ups=ups1"
    assert numbers(story)[0] == "control1 stopped 16:31 after mains lost, ssccluster runs on"
    assert "ssccluster fails over to control2  16:01" in flags(story)


def test_a_disk_that_only_ended_its_flush_was_ready_all_the_time() -> None:
    assert not any("linkeddisk ready" in flag for flag in flags("linked-disk-back-mid-flush:back=9m"))


def test_a_cluster_without_its_disk_is_said_to_wait_for_it() -> None:
    stream = played("control-disk-outage:away=2h")
    cluster = next(row for row in rows(stream) if row.name == "ssccluster")
    waits = [bar for bar in cluster.bars if bar.note]
    assert [bar.note for bar in waits] == ["waits for its disk"]
    assert waits[0].t1 - waits[0].t0 > 90 * 60


def test_a_flush_that_nobody_answers_is_flagged_with_its_tries_and_its_end() -> None:
    """37 triangles would smear into a bar."""
    assert "Flush of linkeddisk asked 37 times  7:39" in flags("array-unreachable")
    assert any("linkeddisk flush timed out" in flag for flag in flags("array-unreachable"))
    lines = (line for line in drawn("array-unreachable").findobj(Line2D) if isinstance(line, Line2D))
    marks = [float(line.get_xdata()[0]) for line in lines if line.get_gid() == "command-linkeddisk"]
    assert 2 < len(marks) < 15
    assert all(abs(a - b) > 0.08 for a in marks for b in marks if a != b)


def test_a_rule_that_breaks_again_and_again_has_one_flag() -> None:
    broken = [seen(700.0 + k, "rule.broken", "x", "judge", rule="S13") for k in range(0, 90, 10)]
    stream = [*recorded(), *broken]
    labels = [m.label for m in moments(stream, rows(stream)) if "broken" in m.label]
    assert labels == ["S13 ×9 broken"]


def test_the_same_alarm_of_several_devices_is_one_flag() -> None:
    text = "{} is not halted after 180 s; look at it"
    called = [
        seen(800.0 + k, "alarm.raised", f"blade{k}", rule="H1", text=text.format(f"blade{k}")) for k in (1, 2)
    ]
    stream = [*recorded(), *called]
    labels = [m.label for m in moments(stream, rows(stream)) if m.trouble]
    assert labels == ["H1 blade1 +1 is not halted after 180 s"]


# Nights and requests


def test_a_night_counts_from_its_schedule_and_is_told_in_the_headline() -> None:
    assert numbers("scheduled-night") == [
        *("off at 22:00 (nightly)", "power off 7:00 to 10:16 later", "all up at 22:51"),
    ]
    figure = drawn("scheduled-night")
    assert said(figure, "caption") == ["since off at 22:00 (nightly)", "clock 2026-11-19"]
    assert flags("scheduled-night")[0] == "Off at 22:00 (nightly)  0:00"
    assert "On at 22:48 (nightly)  48:00" in flags("scheduled-night")


def test_full_batteries_take_no_room() -> None:
    assert "charge" not in {axes.get_label() for axes in drawn("scheduled-night").axes}
    assert "charge" in {axes.get_label() for axes in drawn("site-outage").axes}


def test_a_picture_that_runs_over_midnight_says_the_day() -> None:
    assert "all up at 11-20 07:03" in numbers("scheduled-control-night")
    days = [text for text in said(drawn("scheduled-control-night"), "clock") if text.startswith("11-20")]
    assert len(days) == 1, "once, where the day begins"


def test_the_clock_is_the_sites_own_on_the_night_the_clocks_change() -> None:
    """T2: 02:15 to 03:30 is two hours and a quarter that night."""
    story = "dst-night:night=2026-10-25"
    assert "On at 03:30 (nightly)  2:15:00" in flags(story)
    assert "all up at 03:33" in numbers(story)


def test_watched_hosts_of_the_lan_have_rows() -> None:
    """R8-04."""
    host = next(row for row in rows(played("lan-off")) if row.name == "192.0.2.101")
    assert (host.group, [bar.state for bar in host.bars]) == ("LAN", ["answering", "off"])
    assert host.bars[-1].note == "silent"


def test_a_request_is_flagged_with_who_asked_and_a_refusal_too() -> None:
    assert numbers("power-off-one-ups")[0] == "power-off of blade1, blade2 at 14:10"
    assert "Power-off of blade1, blade2 asked by operator  0:00" in flags("power-off-one-ups")
    assert flags("power-off-refused") == ["Power-off of blade1 refused  10:00"]


def test_what_somebody_wanted_off_is_no_failure_to_come_back() -> None:
    stream = [e for e in played("power-off-one-ups") if e.t < 3000.0]
    figure = timeline.draw([*stream, fact(3500.0, "run.ended", "reference")])
    assert "meant to stay off: blade1, blade2" in said(figure, "number")


def test_what_a_schedule_wanted_on_and_is_not_is_trouble() -> None:
    stuck = [e for e in played("scheduled-night") if not (e.subject == "rack1" and e.name == "server.up")]
    assert said(timeline.draw(stuck), "number")[-1] == "not restored: rack1"


def test_pool_servers_are_not_waited_for() -> None:
    assert "service restored 21:03 after mains return" in numbers("pool-server-running")


def test_the_operators_buttons_are_one_round_through_the_room() -> None:
    assert "Button: ups1 ups2 on  2:05:00" in flags("manual-start")


def test_a_clock_that_is_set_has_a_flag() -> None:
    """T1."""
    stepped = [*recorded(), fact(700.0, "clock.stepped", "control1", by_s=300.0)]
    assert "Clock of control1 set +300 s" in [m.label for m in moments(stepped, rows(stepped))]


@pytest.mark.skipif(fonts.japanese_font() is None, reason="no Japanese font is installed here")
def test_a_night_is_told_in_japanese() -> None:
    with speaking("ja"):
        figure = timeline.draw(played("scheduled-night"))
    assert said(figure, "number") == [
        "22:00 電源切断（nightly）",
        "7:00 から 10:16 後に電源断",
        "22:51 全復旧",
    ]
    assert said(figure, "caption")[0] == "22:00 電源切断（nightly）から"


def test_a_request_of_a_kind_nobody_knows_is_still_drawn() -> None:
    """A stream of a newer version may ask for anything."""
    start = replace(recorded()[0], details={**recorded()[0].details, "time_zone": "Mars/Olympus"})
    stream = [
        start,
        seen(60.0, "request.accepted", "x", wish="dance", id="1"),
        seen(61.0, "request.refused", "x"),
    ]
    assert said(timeline.draw(stream), "flag-")[0].startswith("Dance x asked")
