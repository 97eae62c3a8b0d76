"""What is written to a device: S29, S30, S33."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import OffMode
from tests.told_well import CALM

ALARM = 'alarm.raised ups5 rule=S29 text="ups5 goes off after 60 s; the site file says 420 s"'


def test_S29_an_off_with_the_delay_of_the_site_file_holds(outage: Any) -> None:
    assert outage.result("S29").put_to_test == 6


def test_S29_a_delay_that_is_not_the_site_files_needs_an_alarm(outage: Any) -> None:
    slow = outage.changed("command.sent ups5 command=off", "falls_in_s=420", "falls_in_s=600").changed(
        "ups.off_armed ups5", "falls_at=1052", "falls_at=1232"
    )

    assert slow.breach("S29") == (
        "control1 told ups5 at 32 s to go off after 600 s, and said nowhere that the site file has 420 s"
    )
    assert "S29" not in slow.plus(f"31 control1 {ALARM}").broken
    assert "S29" in slow.plus(f"31 control2 {ALARM}").broken
    assert "S29" in slow.plus(f"31 control1 {ALARM.replace('ups5', 'ups6')}").broken


def test_S29_what_was_written_down_is_what_is_sent(outage: Any) -> None:
    row = "32 control1 journal.committed ups5 kind=off_armed falls_in_s="
    first = "32 control1 command.sent ups5"

    def noted(falls_in_s: int) -> Any:
        off = next(line for line in outage.lines if "command.sent ups5 command=off" in line)
        return outage.without(first).plus(f"{row}{falls_in_s}", off)

    assert "S29" not in noted(420).broken
    assert (
        noted(180).breach("S29") == "control1 told ups5 at 32 s to go off after 420 s, and wrote down 180 s"
    )


def test_S29_a_delay_that_is_too_short_for_the_loads_is_not_armed(outage: Any) -> None:
    short = outage.changed("command.sent ups5 command=off", "falls_in_s=420", "falls_in_s=120").changed(
        "ups.off_armed ups5", "falls_at=1052", "falls_at=752"
    )
    told = short.plus(f"31 control1 {ALARM}")

    assert told.breach("S29") == (
        "control1 told ups5 at 32 s to go off after 120 s, and blade1 and blade2 may take 180 s to stop"
    )
    patient = replace(told.site.upses["ups5"], off=OffMode.AFTER_HALT)
    assert "S29" not in told.at_site(upses={**told.site.upses, "ups5": patient}).broken


def test_S29_a_countdown_that_is_not_as_planned_must_be_noticed_before_it_ends(outage: Any) -> None:
    unlike = outage.changed("ups.off_armed ups5", "falls_at=1052", "falls_at=1000")

    assert unlike.breach("S29") == (
        "control1 told ups5 at 32 s to go off after 420 s, and it took 368 s, which nobody noticed"
    )
    assert "S29" not in unlike.plus(f"40 control1 {ALARM}").broken
    armed_s = next(line.split()[0] for line in unlike.lines if "ups.off_armed ups5" in line)
    assert "S29" not in unlike.plus(f"{armed_s} control1 {ALARM}").broken, "in that moment"
    assert "S29" in unlike.plus(f"{float(armed_s) - 0.1} control1 {ALARM}").broken, "that was of another one"


def test_S29_a_short_delay_is_none_for_whom_another_ups_carries_on(outage: Any) -> None:
    """Of blade1 and blade2, which may take 180 s, ups6 is the other one, and falls when it is told to."""
    short = outage.changed("command.sent ups5 command=off", "falls_in_s=420", "falls_in_s=120").changed(
        "ups.off_armed ups5", "falls_at=1052", "falls_at=752"
    )
    both = {
        name: replace(server, upses=("ups5", "ups6"))
        for name, server in short.site.servers.items()
        if name.startswith("blade")
    }
    told = short.plus(f"31 control1 {ALARM}").at_site(servers={**short.site.servers, **both})

    assert "S29" not in told.broken
    assert "S29" in told.plus("31 room ups.off_armed ups6 falls_at=700 how=graceful").broken


def test_C12_S29_what_counts_down_when_ours_has_long_fallen_is_not_ours(outage: Any) -> None:
    anothers = (
        "8500 room ups.off_armed ups5 falls_at=9300 how=graceful",
        "8700 room ups.output_off ups5 cause=command",
    )

    assert "S29" not in outage.plus(*anothers).broken


def test_C12_S29_what_nobody_of_ours_has_ever_told_is_not_ours(tell: Any) -> None:
    others = ("20 room ups.off_armed ups6 falls_at=1040", "440 room ups.output_off ups6 cause=command")
    assert tell(CALM).plus(*others).result("S29").ok


def test_C12_S29_what_begins_to_count_anew_while_ours_counts_down_is_not_ours(outage: Any) -> None:
    """Nobody may be left to notice it."""
    anothers, falls = (
        "300 room ups.off_armed ups5 falls_at=1320",
        "720 room ups.output_off ups5 cause=command",
    )
    alone = outage.without("output_off ups5").plus(anothers, falls)
    assert "S29" not in alone.broken
    assert "S29" in alone.changed("ups.off_armed ups5", "falls_at=1052", "falls_at=1000").broken, "is ours"
    again = alone.plus("299 control1 command.sent ups5 command=off how=graceful falls_in_s=180")
    assert "S29" in again.broken, "so is one that we tell once more"


@pytest.mark.parametrize(("later_s", "ours"), [(120.0, True), (120.1, False)])
def test_C12_S29_what_no_ups_has_begun_to_count_down_for_in_two_minutes_was_lost(
    outage: Any, later_s: float, ours: bool
) -> None:
    """Told in vain at 32 s; what ups5 counts down for in the end, somebody else has told it."""
    lost = outage.without("ups.off_armed ups5", "output_off ups5")
    begins_s = 32.0 + later_s
    late = lost.plus(
        f"{begins_s} room ups.off_armed ups5 falls_at={begins_s + 1200}",
        f"{begins_s + 600} room ups.output_off ups5 cause=command",
    )
    assert ("S29" in late.broken) is ours


@pytest.fixture
def written(outage: Any) -> Any:
    """The outage, with the rows that a real one has."""
    rows = [
        "-590 control1 journal.committed reference kind=lease epoch=0",
        "32 control1 journal.committed reference kind=declared epoch=1",
        "32 control1 journal.committed ups5 kind=off_armed epoch=1",
        "32 control1 journal.committed ups6 kind=off_armed epoch=1",
        "454 control1 journal.committed linkeddisk kind=flush_asked epoch=1",
        "646 control1 journal.committed ups4 kind=off_armed epoch=1",
        "903 control1 journal.committed ssccluster kind=cluster_stop_asked epoch=1",
        *(
            f"1023 control1 journal.committed {ups} kind=off_armed epoch=1"
            for ups in ("ups1", "ups2", "ups3")
        ),
        "7684 control1 journal.committed ssccluster kind=cluster_restart_asked epoch=1",
    ]
    order = sorted(
        (*rows, *outage.lines), key=lambda line: (float(line.split()[0]), "journal.committed" not in line)
    )
    return replace(outage, lines=tuple(order))


def test_S30_everything_that_is_written_was_written_down_before(written: Any) -> None:
    assert written.broken == []
    assert written.result("S30").put_to_test == 18


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("ups4 kind=off_armed", "control1 sent off to ups4 at 646 s"),
        ("linkeddisk kind=flush_asked", "control1 sent flush to linkeddisk at 454 s"),
        ("ssccluster kind=cluster_stop_asked", "control1 sent stop to ssccluster at 903 s"),
        ("reference kind=declared", "control1 sent shutdown to blade1 at 32 s"),
    ],
)
def test_S30_what_nobody_wrote_down_is_reported(written: Any, row: str, text: str) -> None:
    assert written.without(row).breach("S30") == f"{text}, and nothing of it was written down"


def test_S30_a_row_of_an_earlier_stop_does_not_count(written: Any) -> None:
    assert (
        "S30"
        in written.plus("900 control1 journal.committed r1 kind=planned epoch=2")
        .without("kind=cluster_stop_asked")
        .broken
    )


def test_S30_who_remembers_an_incident_needs_no_row_of_it(written: Any) -> None:
    assert written.without("kind=declared").plus("-580 control1 journal.heard reference epoch=1").broken == []


def test_S30_with_its_journal_broken_a_node_stops_and_starts_nothing(written: Any) -> None:
    rows = [line for line in written.lines if "journal.committed" in line and "lease" not in line]
    broken = '10 control1 alarm.raised control1 rule=S30 text="the journal of control1 is broken"'
    told = written.without(*rows).plus(broken)

    assert "S30" not in told.until(6000).broken
    woken = told.plus("900 control1 command.sent ups4 command=on").breach("S30")
    assert woken == "control1 sent on to ups4 at 900 s, with its journal broken since 10 s"


def test_S30_a_stream_without_a_journal_says_nothing(outage: Any) -> None:
    assert outage.result("S30").status.value == "not applicable"


def test_S33_two_writes_to_a_card_within_a_poll_are_reported(outage: Any) -> None:
    again = "32.5 control1 command.sent ups5 command=off how=graceful falls_in_s=420"

    assert outage.plus(again).breach("S33") == (
        "control1 wrote to ups5 twice at 32 s, 0.5 s apart; 2 s is the least"
    )
    assert "S33" not in outage.plus(again.replace("32.5", "34")).broken


def test_S33_cards_are_counted_one_by_one_and_servers_not_at_all(outage: Any) -> None:
    assert outage.result("S33").put_to_test == 10
    assert "S33" not in outage.plus("32.5 control1 command.sent blade1 command=shutdown").broken


def test_S33_of_a_stream_without_commands_there_is_nothing_to_say(tell: Any) -> None:
    assert tell("0 room run.started reference").result("S33").put_to_test == 0
