"""What a service finds dark when it begins, and no journal that is heard says why: an alarm (C1, S28)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sequencer.comes_back import limit_s
from sequencer.journal import Kind, Row
from sequencer.ports import PeerStatus
from sequencer.schedules import Cause
from sequencer.site import Site
from sequencer.standstill import bring_back
from teiden.proof.crashes import Crash
from tests.hands import HandRoom
from tests.places import schedule

DARK = ("ups4", "ups5", "ups6")
LATE_S = 2000.0


def dark(site: Site) -> HandRoom:
    """control2 is halted with its power on; the linked side is off, and has mains."""
    room = HandRoom(site, "control1")
    room.peers["control2"].fall_silent()
    for name in DARK:
        room.upses[name].show(output_on=False)
    return room


def begin(room: HandRoom) -> HandRoom:
    room.run.spawn(bring_back(room.run))
    return room


def said(room: HandRoom) -> list[str]:
    """Which UPSes the alarms name."""
    return [e["upses"] for e in room.told("alarm.raised") if e.get("rule") == "L1"]


def row(kind: Kind, subject: str, **details: Any) -> Row:
    return Row(kind, subject, 0, "control1/0", 0.0, details)


def test_c1_an_alarm_says_whose_journal_is_to_be_asked_when_it_can_be_on_by_itself_no_more(
    site: Site,
) -> None:
    room = begin(dark(site))
    at_s = max(limit_s(room.run, site.upses[name]) for name in DARK)
    room.until(at_s - 1.0)
    assert said(room) == []
    room.until(at_s + 1.0)
    (alarm,) = room.told("alarm.raised")
    assert (alarm["subject"], alarm["rule"], alarm["upses"]) == ("control2", "L1", "ups4, ups5, ups6")
    assert alarm["text"].endswith("no journal that is heard says why; boot control2")


def test_s28_nobody_is_switched_on_or_woken_for_that(site: Site) -> None:
    room = begin(dark(site))
    room.until(LATE_S)
    assert room.told("command.sent") == []
    assert not room.run.facts.open


def show_on(room: HandRoom) -> None:
    for name in DARK:
        room.upses[name].show(output_on=True)


def hears_of_it(room: HandRoom) -> None:
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control2/1", 0.0, {"was_running": ["blade1"]}))


@pytest.mark.parametrize(
    "meanwhile",
    [show_on, hears_of_it],
    ids=["it is on", "the incident is heard of"],
)
def test_c1_nothing_is_said_of_what_has_an_answer_in_time(
    site: Site, meanwhile: Callable[[HandRoom], None]
) -> None:
    room = begin(dark(site))
    room.until(100.0)
    meanwhile(room)
    room.until(LATE_S)
    assert said(room) == []


@pytest.mark.parametrize("heard_s", [0.0, 100.0], ids=["from the beginning", "in time"])
def test_c6_where_the_other_node_is_heard_and_knows_no_more_somebody_has_to_say_it(
    site: Site, heard_s: float
) -> None:
    """All journals have been asked: what they have lost nobody knows."""
    room = dark(site)
    if not heard_s:
        room.peers["control2"].show(PeerStatus(commands=False))
    begin(room).until(heard_s or 1.0)
    room.peers["control2"].show(PeerStatus(commands=False))
    room.until(LATE_S)
    (alarm,) = room.told("alarm.raised")
    assert (alarm["subject"], alarm["rule"], alarm["upses"]) == ("ups4", "L1", "ups4, ups5, ups6")
    assert alarm["text"].endswith("no journal says why; ask for their start, or hold them")


def test_c1_only_what_nobody_wants_off_and_could_be_on_is_named(site: Site) -> None:
    """One was told by us, one is held, one has no mains."""
    room = dark(site)
    room.run.learn(
        row(Kind.OFF_ARMED, "ups4", falls_in_s=0.0),
        row(Kind.HELD, "ups5", held=True, cause="r1", wall_s=1.0),
    )
    room.upses["ups6"].show(mains=False)
    begin(room).until(LATE_S)
    assert said(room) == []
    other = dark(site)
    other.run.learn(row(Kind.OFF_ARMED, "ups4", falls_in_s=0.0))
    begin(other).until(LATE_S)
    assert said(other) == ["ups5, ups6"]


def test_r2_03_whom_somebody_wants_down_or_an_outage_does_not_bring_back_is_left_out(site: Site) -> None:
    room = dark(site)
    wanted = {"servers": ["blade1", "blade2"], "goal": "down", "wall_s": 1.0}
    room.run.learn(row(Kind.WANTED, "r1", **wanted))
    begin(room).until(LATE_S)
    assert said(room) == ["ups4, ups6"]
    nightly = schedule(servers=("rack1", "rack2"), on_by=(Cause.SCHEDULE,))
    by_schedule = dark(replace(site, schedules={"nightly": nightly}))
    begin(by_schedule).until(LATE_S)
    assert said(by_schedule) == ["ups4, ups5"]


def test_c1_the_room_goes_on_without_the_linked_side_and_says_so() -> None:
    """control1 died before the outage was declared, control2 when it had told itself to go. The mains are
    back before the control disk has gone, so the cluster starts without anybody."""
    history = Crash.parsed("site-outage", "1060", "control1:1:before:never+control2:29:after:300").history()
    alarms = [e for e in history.events if e.name == "alarm.raised" and e.t > history.died[-1][1]]
    assert [(e.by, e.subject, e.details.get("upses", "")) for e in alarms] == [
        ("control1", "control2", "ups4, ups5, ups6"),
        ("control1", "control2", ""),  # that it is missed is told as well
    ]
