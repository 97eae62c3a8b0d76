"""The proof: what it kills really dies, what it spoils is lost, what it finds is told and plays again."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sequencer.journal import Kind
from sim.faults import catalogue
from sim.faults.fault import Kind as FaultKind
from teiden.play import play
from teiden.proof import programme
from teiden.proof.case import Outcome, PartWork
from teiden.proof.command import proof
from teiden.proof.crashes import Crash, CrashPair, CrashPairs, undisturbed
from teiden.proof.disk import Failure, Spoiled
from teiden.proof.explored import states
from teiden.proof.faults import FaultPair, Faulty
from teiden.proof.findings import findings
from teiden.proof.gate import NEVER, Cut, Point, When
from teiden.proof.history import lived
from teiden.proof.journals import JournalFails
from teiden.proof.placements import Placement, drawn_placements, placements, subjects
from teiden.proof.programme import Section
from teiden.proof.report import Report
from teiden.proof.stories import OUTAGES, outage, standard
from tests.counted import Counted, Counting
from tests.thinned import thinned

SITE = "site-outage"


def point(what: str, nth: int = 0) -> Point:
    return [p for p in undisturbed(SITE, None).points if p.what == what][nth]


def cut(what: str, when: When, again_s: float = 1.0) -> Cut:
    its = point(what)
    return Cut(its.node, its.n, when, again_s)


# The gate


def test_a_gate_that_kills_nobody_changes_nothing() -> None:
    story = outage("linked-disk-outage", None)
    assert lived(story).events == play(story).stream.events


def test_before_a_command_it_is_never_made_and_after_it_it_is_done() -> None:
    story = outage(SITE, None)
    before = lived(story, [cut("flush linkeddisk", When.BEFORE, NEVER)])
    after = lived(story, [cut("flush linkeddisk", When.AFTER, NEVER)])
    died_s = point("flush linkeddisk").at_s
    flushing = [[e.t for e in h.events if e.name == "array.flushing" and e.is_fact] for h in (before, after)]
    assert flushing[0][0] > died_s + 20 > flushing[1][0]
    assert (before.deaths, after.deaths) == (1, 1)


def test_before_a_write_the_next_life_writes_it_again_and_after_it_it_does_not() -> None:
    story, what = outage(SITE, None), "commit confirmed ups5"
    lives = [lived(story, [cut(what, when)]) for when in (When.BEFORE, When.AFTER)]
    assert [[p.what for p in life.points].count(what) for life in lives] == [2, 1]


def test_a_life_that_has_heard_its_last_answer_does_nothing_more() -> None:
    """Of the two shutdowns that it sends in one instant the second never leaves it."""
    history = lived(outage(SITE, None), [cut("commit declared reference", When.AFTER, 300.0)])
    dead = [p for p in history.points if history.died_s <= p.at_s < history.died_s + 300]
    assert not dead


@pytest.mark.long
def test_a_new_life_begins_when_it_should() -> None:
    for again_s in (1.0, 20.0, 300.0):
        history = lived(outage(SITE, None), [cut("flush linkeddisk", When.BEFORE, again_s)])
        lease_s = next(
            p.at_s for p in history.points if p.what.startswith("commit lease") and p.at_s > history.died_s
        )
        assert again_s <= lease_s - history.died_s < again_s + 5


def test_a_cut_is_read_as_it_is_written() -> None:
    for its in (Cut("control1", 12, When.AFTER, 20.0), Cut("control2", 0, When.BEFORE, NEVER)):
        assert Cut.parsed(str(its)) == its


# What was found by it, and stays mended


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize(
    "what", thinned(["commit seen_off ups6", "commit seen_off ups5", "commit flush_asked linkeddisk"], 3)
)
def test_l2_a_life_that_begins_beside_dark_upses_does_not_wait_until_the_cache_is_lost(
    what: str, when: When
) -> None:
    """It has never heard their cards, and 300 s of the array's battery are gone."""
    assert Crash(SITE, None, (cut(what, when, 300.0),)).played().wrong == []


@pytest.mark.parametrize("what", thinned(["switch_off ups3", "switch_off ups1"]))
def test_l3_killed_while_it_goes_the_commander_leaves_a_node_that_comes_back(what: str) -> None:
    history = lived(outage(SITE, None), [cut(what, When.BEFORE)])
    assert history.end == undisturbed(SITE, None).end


def test_r10_02_when_the_last_machine_dies_before_anybody_was_told_to_come_back_a_hand_is_needed() -> None:
    outcome = Crash(SITE, None, (cut("commit off_armed ups3", When.BEFORE, NEVER),)).played()
    assert outcome.wrong == []
    assert outcome.excused["L3"]


# Journals


def test_c5_a_full_disk_is_found_with_room_again_by_the_next_life() -> None:
    its = point("commit declared reference")
    history = lived(outage(SITE, None), (), Spoiled(its.node, its.n, Failure.ENOSPC))
    assert history.failed
    alarms = [e for e in history.events if e.name == "alarm.raised" and e.details.get("rule") == "S30"]
    assert alarms


def test_c6_what_was_torn_the_peer_still_knows() -> None:
    its = point("commit confirmed ups5")
    case = JournalFails(SITE, Spoiled(its.node, its.n, Failure.TORN))
    history = case.history()
    assert (history.failed, history.deaths) == (True, 1)
    assert [p.what for p in history.points].count(its.what) == 1
    assert case.played().wrong == []


# Faults


def test_every_kind_of_fault_has_subjects_on_the_reference_site() -> None:
    site = standard("reference").site
    for kind in FaultKind:
        assert subjects(kind, site), kind


def test_a_fault_is_placed_on_one_device_of_each_sort_or_everywhere() -> None:
    site = standard("reference").site
    fault = catalogue.named("card_silent")
    assert {p.subject for p in placements(fault, site)} == set(site.upses)
    few = drawn_placements(fault, site, 2)
    assert [p.subject for p in few[::2]] == ["ups1", "ups3", "ups4", "ups5"]
    assert len(few) == len(set(few)) == 8


def test_what_a_fault_does_not_excuse_is_told() -> None:
    """A battery that is hardly there when the mains fail: nobody can keep that array's cache."""
    fault = replace(catalogue.named("battery_collapses"), excuses=())
    outcome = Faulty("reference", (Placement(fault, "ups4", "before", "never"),)).played()
    assert any(
        line.startswith("fault reference battery_collapses@ups4:before:never: ") for line in outcome.wrong
    )


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param(
            "two-feeds ups_bypassed@ups3:before:never", id="control disk on one feed, L3 waits for the other"
        ),
        pytest.param("two-feeds ups_fails@ups7:amid:never", id="an incident that waits for a dead UPS"),
        pytest.param("separate-enclosures card_silent@ups4:late:never", id="who needs a dead card's array"),
        pytest.param(
            "five-control-disks inrush_trips@ups1:before:late", id="a node's UPS is put on before the disks"
        ),
        pytest.param(
            "ten-arrays ready_late@disk8:late:never",
            id="who gets power together waits for the disks of all",
            marks=pytest.mark.long,
        ),
    ],
)
def test_l1_l3_nobody_is_blamed_who_waits_for_what_is_away_for_ever(faults: str) -> None:
    assert Faulty.parsed(*faults.split(" ")).played().wrong == []


@pytest.mark.parametrize(
    "words",
    [
        "crash site-outage - control1:12:before:20",
        "crash site-outage 440 control1:12:after:never+control2:3:before:1",
        "crash-pair 40 linked-disk-outage - control1:2:before:300",
        "journal scheduled-night control1:3:EIO",
        "fault reference card_silent@ups4:amid:late+node_crashes@control1:before:never",
        "fault-pair reference card_silent node_crashes 4",
        "deed-pair reference hold press 3",
        "deed-pair reference off card_silent 0",
    ],
)
def test_a_case_is_known_by_its_words(words: str) -> None:
    assert str(programme.case(words)) == words


@pytest.mark.parametrize(
    "words", ["flood", "fault reference nonsense@ups1:before:never", "crash site-outage"]
)
def test_words_that_name_no_case_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=words.split()[0]):
        programme.case(words)
    answer = CliRunner().invoke(proof, ["--play", words])
    assert answer.exit_code == 2


def test_a_pair_is_drawn_the_same_each_time() -> None:
    pair = FaultPair("reference", "card_silent", "server_hangs", 3)
    assert [str(c) for c in pair.cases()] == [str(c) for c in pair.cases()]
    assert len({str(c) for c in pair.cases()}) == 3


def test_pairs_of_kills_are_tried_with_the_mains_back_in_each_stage_too() -> None:
    pairs = [case for case in CrashPairs(40).cases() if isinstance(case, CrashPair)]
    seconds = {(p.first.story, p.first.back_s): p.seconds for p in pairs}
    assert {of: n for of, n in seconds.items() if of[1] is None} == {(name, None): 40 for name in OUTAGES}
    returns = {(name, float(back_s)) for name, (_, times) in OUTAGES.items() for back_s in times}
    assert {of: n for of, n in seconds.items() if of[1] is not None} == dict.fromkeys(returns, 5)
    assert {p.seconds for p in CrashPairs(0).cases() if isinstance(p, CrashPair)} == {0}


# The command


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> None:
    sections = [
        Section("counting", "cases that count", PartWork(Counting()), 6),
        Section("explored", "random histories", None, 10),
    ]
    monkeypatch.setattr("teiden.proof.command.programme", lambda **_: sections)


@pytest.mark.usefixtures("counting")
def test_a_violation_is_told_with_how_to_play_it_again_and_fails_the_proof(tmp_path: Path) -> None:
    answer = CliRunner().invoke(proof, ["--quick", "--workers", "1", "-o", str(tmp_path)])
    assert answer.exit_code == 1, answer.output
    told = json.loads((tmp_path / "proof.json").read_text(encoding="utf-8"))
    (part, skipped) = told["parts"]
    assert (told["holds"], part["played"], part["violated"]) == (False, 6, 1)
    assert (part["broken"], part["excused"]) == ({"S1": 1}, {"S18": 1})
    assert part["violations"] == [
        {"replay": "./run proof --play 'counted 3'", "breaks": ["S1 a server lost its power"]}
    ]
    assert skipped["skipped"]
    text = (tmp_path / "proof.md").read_text(encoding="utf-8")
    assert "DOES NOT HOLD" in text
    assert "./run proof --play 'counted 3'" in text


@pytest.mark.usefixtures("counting")
def test_what_is_played_is_not_played_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["--quick", "--workers", "1", "-o", str(tmp_path)]
    CliRunner().invoke(proof, arguments)
    lines = (tmp_path / "counting" / "runs.jsonl").read_text(encoding="utf-8").splitlines(True)
    (tmp_path / "counting" / "runs.jsonl").write_text("".join(lines[:4]) + lines[4][:9], encoding="utf-8")
    played: list[int] = []
    plays = Counted.played
    monkeypatch.setattr(Counted, "played", lambda self: played.append(self.n) or plays(self))  # type: ignore[func-returns-value]
    CliRunner().invoke(proof, arguments)
    assert played == [4, 5]
    assert (tmp_path / "counting" / "runs.jsonl").read_text(encoding="utf-8") == "".join(lines)


def test_each_broken_history_is_told_once_with_each_rule_and_the_smallest_first(tmp_path: Path) -> None:
    outcome = Outcome(histories=2)
    for case, rule, times in (("fault a x@u:1:2+y@v:1:2", "L1", 1), ("fault a x@u:1:2", "S13", 848)):
        for n in range(times):
            outcome.blame(case, rule, f"for the {n + 1}. time")
    outcome.blame("fault a x@u:1:2", "S1", "a server lost its power")
    assert outcome.broken == Counter(S13=848, S1=1, L1=1)
    row = {"run": 0, "holds": False, "case": "fault-pair a x y 2", "wrong": "\n".join(outcome.wrong)}
    row |= {"broken": "L1:1 S1:1 S13:848", "excused": "", "histories": 2, "lived_s": 1.0, "deaths": 0}
    (tmp_path / "pairs").mkdir()
    (tmp_path / "pairs" / "runs.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    found = findings(Section("pairs", "", PartWork(Counting()), 1), tmp_path)
    assert [violation.breaks for violation in found.violations] == [
        ("S13 for the 1. time", "S1 a server lost its power"),
        ("L1 for the 1. time",),
    ]
    assert (found.violated, found.broken["S13"]) == (1, 848)


def test_findings_of_an_exploration_are_read_too(tmp_path: Path) -> None:
    row = {
        "run": 0, "seed": 7, "holds": False, "broken": "S1:rack1", "text": "no power", "excused": "",
        "faults": "card_silent", "reached": "turned round; flush timed out", "until_s": 31557600.0,
    }  # fmt: skip
    (tmp_path / "explored").mkdir()
    (tmp_path / "explored" / "runs.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    found = findings(Section("explored", "", PartWork(Counting()), 1), tmp_path)
    assert (found.years, found.broken, found.faults) == (1.0, Counter(S1=1), Counter(card_silent=1))
    assert found.reached == Counter({"turned round": 1, "flush timed out": 1})
    assert "--seed 7" in found.violations[0].replay


def test_a_rare_state_that_two_thousand_histories_never_reach_fails_the_proof(tmp_path: Path) -> None:
    found = findings(Section("explored", "", PartWork(Counting()), 2000), tmp_path)
    found.reached.update({state: 3 for state in states() if state != "the cluster was forced"})
    found.played = 1999
    assert (found.untried, found.holds) == ([], True)
    found.played = 2000
    assert (found.untried, found.holds) == (["the cluster was forced"], False)
    assert (
        "- rare states never reached: the cluster was forced\n"
        in Report(True, 0, 2000, "", [found]).as_markdown()
    )


def test_a_sample_is_drawn_evenly_over_the_whole_part_and_is_the_same_each_time() -> None:
    first, second = (PartWork(Counting(), sample=2).place(run) for run in range(2))
    assert 0 <= first < 3 <= second < 6
    assert PartWork(Counting(), sample=2).place(1) == second
    assert sorted({PartWork(Counting(), sample=4).place(run) for run in range(4)}) == [
        PartWork(Counting(), sample=4).place(run) for run in range(4)
    ]
    assert PartWork(Counting(), sample=4).runs == 4
    assert [PartWork(Counting(), sample=9).place(run) for run in range(6)] == list(range(6))


def test_a_proof_of_a_sample_says_that_it_is_one(tmp_path: Path) -> None:
    found = findings(Section("counting", "", PartWork(Counting(), 4), 4, drawn_of=6), tmp_path)
    found.played = 4
    text = Report(False, 0, 0, "", [found]).as_markdown()
    assert "holds, as far as a sample of its cases tells" in text
    assert "| 4, drawn of 6 |" in text
    assert "not whole" not in text
    assert (found.whole, found.as_dict()["sampled"]) == (False, True)


def test_s33_who_dies_before_a_command_leaves_has_not_said_that_it_was_sent() -> None:
    off = point("switch_off ups5")
    for death in (Cut(off.node, off.n - 1, When.AFTER, 1.0), Cut(off.node, off.n, When.BEFORE, 1.0)):
        history = lived(outage(SITE, None), (death,))
        told = [e for e in history.events if (e.name, e.subject) == ("command.sent", "ups5")]
        assert [e.details["command"] for e in told] == ["off", "on"]
        assert not Crash(SITE, None, (death,)).judged(history).wrong


@pytest.mark.parametrize("again_s", [300.0, NEVER])
def test_l5_of_a_service_that_is_dead_for_minutes_somebody_is_told(again_s: float) -> None:
    death = Cut("control1", 0, When.BEFORE, again_s)
    history = lived(outage(SITE, None), (death,))
    judged = Crash(SITE, None, (death,)).judged(history)
    assert (judged.wrong, judged.excused["L5"]) == ([], 0)
    assert any(e.name == "alarm.raised" and e.details["rule"] == "L5" for e in history.events)


def test_l4_in_safe_mode_a_step_is_over_when_something_else_is_wanted() -> None:
    point = next(p for p in undisturbed("scheduled-night", None).points if p.what.startswith("commit"))
    case = JournalFails("scheduled-night", Spoiled(point.node, point.n, Failure.EIO))
    assert case.played().wrong == []


def test_no_journal_row_is_unknown_to_the_proof() -> None:
    assert {p.what.split()[1] for p in undisturbed(SITE, None).points if p.what.startswith("commit")} <= {
        kind.value for kind in Kind
    }


@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [
        "crash linked-disk-outage - control1:5:before:never+control2:0:before:never",
        "crash control-disk-outage - control1:10:after:never+control2:1:before:never",
    ],
)
def test_r10_02_when_all_machines_have_died_nobody_tells_any_ups_to_go_off(words: str) -> None:
    """Neither a linked disk's; and an OFF that has brought its node back already brings none back again."""
    outcome = programme.case(words).played()
    assert outcome.wrong == []
    assert {"L1", "S18"} & set(outcome.excused)


@pytest.mark.long
def test_l3_who_is_halted_with_power_is_woken_by_a_node_whose_own_off_has_yet_to_fall() -> None:
    words = "crash control-disk-outage - control1:10:after:20+control2:1:before:300"
    assert programme.case(words).played().wrong == []
