"""A UPS that is off carries nobody: what an outage brings down where two feed one load (X-04, S18)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from teiden.judge.history import History
from teiden.judge.ledger.room import Room
from tests.worlds import reference_site


def told(*names: str, room: Room) -> Room:
    """These events one after the other: by their folds alone."""
    for t, name in enumerate(names):
        what, subject, *row = name.split(" ")
        source = Source.FACT if what.startswith(("mains", "ups")) else Source.SEEN
        event = Event(float(t), what, subject, "control1", source, {"kind": row[0]} if row else {})
        for key, fold in room.folds():
            if key in (what, f"{what} {' '.join(row)}".strip()):
                fold(event)
    return room


@pytest.fixture
def room() -> Room:
    """Rack1 draws from ups5 and from ups6, and runs on one of them."""
    site = reference_site()
    rack1 = replace(site.servers["rack1"], upses=("ups5", "ups6"), minimum_supplies=1)
    site = replace(site, servers={**site.servers, "rack1": rack1})
    return Room(site, History([]))


def test_X04_one_of_two_brings_nobody_down_while_the_other_gives_power(room: Room) -> None:
    told("mains.lost ups5", "outage.confirmed ups5", room=room)
    assert room.causes.failing("blade1")
    assert not room.causes.failing("rack1")


@pytest.mark.parametrize(
    "events",
    [
        ("ups.output_off ups6", "mains.lost ups5", "outage.confirmed ups5"),
        ("ups.output_off ups6", "mains.lost ups5", "journal.committed ups5 confirmed"),
        ("mains.lost ups5", "outage.confirmed ups5", "ups.output_off ups6"),
    ],
)
def test_X04_it_does_when_the_other_is_off_before_or_since(room: Room, events: tuple[str, ...]) -> None:
    told(*events, room=room)
    assert room.causes.failing("rack1")
    told("ups.output_on ups6", room=room)
    assert room.causes.failing("rack1"), "a declared outage stays declared"
    told("incident.closed reference", room=room)
    assert not room.causes.failing("rack1")


def test_X04_one_that_is_off_and_feeds_nothing_of_theirs_is_no_part_of_it(room: Room) -> None:
    told("mains.lost ups5", "outage.confirmed ups5", "ups.output_off ups4", "ups.output_off ups1", room=room)
    assert not room.causes.failing("linkeddisk")
    assert not room.causes.failing("control1")


def test_S18_an_outage_that_is_declared_anew_is_none_of_those_whose_mains_are_back(room: Room) -> None:
    told("mains.lost ups5", "mains.lost ups6", "outage.confirmed ups5", "outage.confirmed ups6", room=room)
    assert room.causes.failing("rack1")
    told("mains.restored ups6", "journal.committed reference declared", room=room)
    assert set(room.incident.confirmed) == {"ups5"}
    assert not room.causes.failing("rack1")
    assert room.causes.failing("blade1")


def test_S5_nor_of_one_that_had_them_back_when_the_stop_was_reversed(room: Room) -> None:
    """It has lost them again since: that is another outage, and nobody has confirmed it (S31)."""
    told("mains.lost ups5", "mains.lost ups6", "outage.confirmed ups5", "outage.confirmed ups6", room=room)
    told("mains.restored ups6", "journal.committed reference turned", "mains.lost ups6", room=room)
    assert set(room.incident.confirmed) == {"ups5", "ups6"}, "a declared outage stays declared"
    told("journal.committed reference declared", room=room)
    assert set(room.incident.confirmed) == {"ups5"}
    told("outage.confirmed ups6", "journal.committed reference declared", room=room)
    assert set(room.incident.confirmed) == {"ups5", "ups6"}


@pytest.mark.parametrize("again", ["outage.confirmed ups6", "journal.committed ups6 confirmed"])
def test_S5_unless_it_was_confirmed_again_before_that(room: Room, again: str) -> None:
    told("mains.lost ups6", "outage.confirmed ups6", "mains.restored ups6", room=room)
    told("journal.committed reference turned", "mains.lost ups6", again, room=room)
    told("journal.committed reference declared", room=room)
    assert set(room.incident.confirmed) == {"ups6"}


def test_S5_what_was_reversed_in_an_incident_that_is_over_counts_no_more(room: Room) -> None:
    told("mains.lost ups6", "outage.confirmed ups6", "mains.restored ups6", room=room)
    told("journal.committed reference turned", "incident.closed reference", room=room)
    told("mains.lost ups6", "outage.confirmed ups6", "journal.committed reference declared", room=room)
    assert set(room.incident.confirmed) == {"ups6"}
