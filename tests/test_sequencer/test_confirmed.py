"""What has lasted for its confirm time is told once, and written down, by whoever commands then (S10, C5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.journal import Kind, Row
from sequencer.outage import outage
from sequencer.run import OUTAGE
from sequencer.timing import last_call_s
from sequencer.watch import confirm, note_confirmed, note_new, watch
from tests.hands import HandRoom, HandUps

CONFIRM_S = 60.0


@pytest.fixture
def watched(by_hand: HandRoom) -> HandRoom:
    """ups5 (confirm time 60 s) is watched."""
    by_hand.run.spawn(watch(by_hand.run, by_hand.site.upses["ups5"]))
    return by_hand


@pytest.fixture
def ups5(watched: HandRoom) -> HandUps:
    return watched.upses["ups5"]


@pytest.mark.parametrize("healthy", [True, False])
def test_c5_s31_what_counts_and_stands_in_no_journal_is_told_once_by_whoever_takes_the_command(
    watched: HandRoom, ups5: HandUps, healthy: bool
) -> None:
    """Its time was over while somebody else commanded; a row would tell that it counts."""
    run = watched.run
    run.commands = False
    ups5.lose_mains()
    watched.until(CONFIRM_S + 10)
    assert watched.told("outage.confirmed") == []
    run.commands, watched.journal.healthy = True, healthy
    task = run.spawn(confirm(run, set(run.facts.confirmed)))
    watched.until(CONFIRM_S + 20)
    told = watched.told("outage.confirmed", "ups5")
    assert [(e["because"], e["first_seen"]) for e in told] == ([] if healthy else [("on battery 60 s", 0)])
    task.close()
    run.facts.confirmed.clear()
    run.spawn(confirm(run, set(run.facts.confirmed)))
    watched.until(CONFIRM_S + 30)
    assert watched.told("outage.confirmed", "ups5") == told


@pytest.mark.parametrize(("healthy", "outages"), [(True, 0), (False, 1)])
def test_c5_a10_s31_also_what_a_peer_has_written_down_whose_journal_keeps_as_little(
    watched: HandRoom, ups5: HandUps, healthy: bool, outages: int
) -> None:
    """Its time was over when nobody commanded: whose journal had just broken waited for the other to take it
    (seed 2898)."""
    run = watched.run
    run.commands = False
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    ups5.lose_mains()
    watched.until(CONFIRM_S + 10)
    run.hear(Row(Kind.CONFIRMED, "ups5", 1, "control2/0", 0.0))
    run.commands, watched.journal.healthy = True, healthy
    run.spawn(confirm(run, set(run.facts.confirmed) - {"ups5"}))
    run.spawn(note_new(run))
    watched.until(CONFIRM_S + 20)
    assert len(watched.told("outage.confirmed", "ups5")) == outages
    assert [row for row in watched.journal.kept if row.kind is Kind.CONFIRMED] == []


def test_s10_what_nobody_was_told_of_an_outage_that_is_over_is_not_told_of_a_later_one(
    watched: HandRoom, ups5: HandUps
) -> None:
    run = watched.run
    run.commands = False
    ups5.lose_mains()
    watched.until(CONFIRM_S + 10)
    ups5.regain_mains()
    watched.until(CONFIRM_S + 20)
    run.commands, watched.journal.healthy = True, False
    run.spawn(note_confirmed(run, "ups5"))
    watched.until(CONFIRM_S + 30)
    assert watched.told("outage.confirmed") == []


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize("commands", [False, True])
def test_s10_c7_an_outage_whose_mains_a_reading_tells_already_is_not_written_down_before_its_page_hears_that(
    by_hand: HandRoom, back: bool, commands: bool
) -> None:
    """After a stall of a day all comes at once: the rows of another incident first (seed 101737)."""
    run, ups4 = by_hand.run, by_hand.upses["ups4"]
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    ups4.lose_mains()
    run.mains["ups4"].confirmed = True
    if back:
        ups4.regain_mains()
    run.spawn(confirm(run, set()) if commands else note_new(run))
    by_hand.until(1)
    assert bool([row for row in by_hand.journal.kept if row.kind is Kind.CONFIRMED]) is not back


def test_c4_c10_what_a_peer_has_written_down_already_widens_the_outage_when_our_own_watch_confirms_it(
    by_hand: HandRoom,
) -> None:
    """Its row comes in the middle of our incident, from an old journal perhaps, and no look bears it out."""
    run, old = by_hand.run, Row(Kind.CONFIRMED, "ups4", 1, "control2/0", 0.0)
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.spawn(confirm(run, set(run.facts.confirmed)))
    by_hand.until(1)
    run.hear(old)
    by_hand.until(2)
    assert run.scope.arrays == frozenset()
    by_hand.upses["ups4"].lose_mains()
    run.mains["ups4"].confirmed = True
    run.announce(OUTAGE)
    by_hand.until(3)
    assert run.scope.arrays == {"linkeddisk"}
    assert run.scope.servers.issuperset({"blade1", "blade2", "rack1", "rack2"})
    assert [row for row in by_hand.journal.kept if row.kind is Kind.CONFIRMED] == []


def test_c4_c10_s18_also_when_that_row_comes_as_the_way_down_begins_and_all_are_looked_at(
    by_hand: HandRoom,
) -> None:
    """It was taken for a part of the scope, which was told before, and nobody stopped who lived on it."""
    run = by_hand.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    by_hand.upses["ups6"].show(output_on=False, mains=False)
    for port in (by_hand.upses["ups6"], *(by_hand.servers[name] for name in ("rack1", "rack2", "rackpool"))):
        port.fall_silent()
    run.spawn(outage(run))
    by_hand.until(1)  # it does not answer
    run.hear(Row(Kind.CONFIRMED, "ups4", 1, "control2/0", 0.0))
    by_hand.until(5)
    assert run.scope.arrays == frozenset()
    by_hand.upses["ups4"].lose_mains()
    run.mains["ups4"].confirmed = True
    run.announce(OUTAGE)
    by_hand.until(6)
    assert run.scope.arrays == {"linkeddisk"}


@pytest.mark.parametrize(("silent", "told"), [(True, 1), (False, 0)])
def test_s10_s9_nor_is_what_a_ups_that_is_off_by_then_has_said_before_but_that_of_one_that_is_silent(
    watched: HandRoom, ups5: HandUps, silent: bool, told: int
) -> None:
    """For that everybody on it is stopped, and nothing else would tell why (seed 188408)."""
    run = watched.run
    run.commands = False
    ups5.lose_mains()
    watched.until(CONFIRM_S + 10)
    run.commands, watched.journal.healthy = True, False
    if silent:
        ups5.fall_silent()
    else:
        ups5.show(output_on=False, on_battery=False)
    run.spawn(note_confirmed(run, "ups5"))
    watched.until(CONFIRM_S + 30)
    assert len(watched.told("outage.confirmed")) == told


@pytest.mark.parametrize("more_s", [0.0, 1.0])
def test_s18_n3_one_that_this_life_hears_late_is_not_taken_for_one_that_began_with_enough(
    by_hand: HandRoom, more_s: float
) -> None:
    """All others on its feed have told of an outage; it was silent, and has little left when it is heard."""
    site, ups3 = by_hand.site, by_hand.upses["ups3"]
    word, ups3.status, ups3.silent = ups3.status, None, True
    for name in by_hand.upses.keys() - {"ups3"}:
        by_hand.upses[name].lose_mains()
    by_hand.run.spawn(watch(by_hand.run, site.upses["ups3"]))
    by_hand.until(10)
    assert by_hand.told("outage.suspected", "ups3")
    left_s = last_call_s(site, site.upses["ups3"]) + more_s
    ups3.show(replace(word, mains=False, on_battery=True, charge_pct=20.0, runtime_s=left_s))
    by_hand.until(20)
    told = [e["because"] for e in by_hand.told("outage.confirmed", "ups3")]
    assert told == ([] if more_s else ["the battery lasts for its own stop only"])
