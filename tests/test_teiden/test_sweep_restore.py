"""The restore sweep: what becomes of a site when its mains return at this instant or that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sim.story import MainsChange
from teiden.files.source import InputError
from teiden.files.story_file import load_stories
from teiden.judge.verdict import judge
from teiden.language.say import speaking
from teiden.rehearsal import rehearse
from teiden.sweep.intervals import Interval, intervals
from teiden.sweep.outcome import Outcome, Stage, fate
from teiden.sweep.restore import Returns, way_down_s
from teiden.sweep.restored import Restored, load
from teiden.sweep.show_returns import sentences, table
from teiden.sweep.strip import phases
from tests.sweep_works import OUTAGE, SITE

pytestmark = pytest.mark.usefixtures("left_before_is_frozen")

BACK_S = (0, 20, 60, 600, 700, 900, 1500, 3600)
SCENARIOS = OUTAGE.parent


@pytest.fixture(scope="module")
def outage() -> Restored:
    return load(str(OUTAGE), None, 3, 20.0, 3600.0)


@pytest.fixture(scope="module")
def rows(outage: Restored) -> dict[int, dict[str, Any]]:
    """By return: seconds after the loss."""
    return {back_s: dict(outage.work.play(back_s // 20).row) for back_s in BACK_S}


def returned(text: str, tmp_path: Path) -> Returns:
    path = tmp_path / "story.yaml"
    path.write_text(
        f"schema: teiden/story/1\nstory: A story.\nsite: {SITE.as_posix()}\nuntil: 4h\n{text}",
        encoding="utf-8",
    )
    return load(str(path), None, 0, 1.0, 600.0).returns


# What becomes of it


def test_the_outcome_goes_from_nothing_to_everything(rows: dict[int, dict[str, Any]]) -> None:
    assert {back_s: row["outcome"] for back_s, row in rows.items()} == {
        0: "nothing stopped",
        20: "nothing stopped",
        60: "turned round before an array was cut",
        600: "turned round before an array was cut",
        700: "turned round before the cluster stopped",
        900: "turned round before the cluster stopped",
        1500: "stopped and started again",
        3600: "stopped and started again",
    }


def test_whenever_they_return_it_holds_and_all_are_up_again(rows: dict[int, dict[str, Any]]) -> None:
    for row in rows.values():
        assert (row["holds"], row["broken"], row["stranded"], row["unsafe"]) == (True, "", "", "")
        assert row["back_s"] == 20 * row["run"]
    assert rows[0]["up_again_s"] == rows[20]["up_again_s"] == 0
    assert 1200 < rows[3600]["up_again_s"] < 1300
    # An OFF that counts down is not called back: who returns early waits for it.
    assert rows[60]["up_again_s"] > rows[600]["up_again_s"]


def test_every_run_lasts_long_enough_to_be_judged(rows: dict[int, dict[str, Any]]) -> None:
    assert all("L1" in row["judged"].split() for row in rows.values())


def test_the_expectations_of_the_one_return_are_dropped_and_no_invariant_is_excused(
    outage: Restored,
) -> None:
    story = outage.story(3)
    assert (story.expectations, story.breaks) == ((), ())
    cut = load(str(SCENARIOS / "battery-collapses.yaml"), None, 0, 60.0, 3600.0)
    assert cut.original.breaks
    row = cut.work.play(10).row
    assert (row["holds"], row["outcome"]) == (False, "cut unsafely")
    assert row["unsafe"] == "blade1 blade2"


def test_a_device_that_does_not_come_up_is_stranded(outage: Restored) -> None:
    """The judge's L3 alone counts: here it is given a run in which blade1 never was told to be up again."""
    story = outage.story(45)
    told = rehearse(story, seed=3)
    lost = [e for e in told.events if (e.subject, e.name) != ("blade1", "server.up")]
    found = fate(lost, story.site, judge(lost, story.site), 600.0 + 900.0, Stage.CLUSTER)
    assert found.outcome is Outcome.STRANDED
    assert (found.stranded, found.up_again_s) == (("blade1",), None)


def test_a_node_that_a_fault_takes_down_was_not_cut() -> None:
    path = str(SCENARIOS / "control-node-fails-mid-sequence.yaml")
    row = load(path, "at=660s", 0, 60.0, 3600.0).work.play(30).row
    assert (row["outcome"], row["unsafe"], row["holds"]) == ("stopped and started again", "", True)


# Which mains


def test_only_the_first_cut_is_moved_and_what_else_happens_stays(tmp_path: Path) -> None:
    made = returned(
        """events:
  - {at: 10m, mains: lost, of: ups4}
  - {at: 10m, mains: ups5, lost_for: 1h}
  - {at: 20m, mains: restored, of: ups4}
  - {at: 30m, mains: utility, lost_for: 1m}
""",
        tmp_path,
    )
    changes = [(h.at_s, h.of, h.lost) for h in made.story_of(100).happenings if isinstance(h, MainsChange)]
    assert changes == [
        (600, "ups4", True), (600, "ups5", True), (700, "ups4", False), (700, "ups5", False),
        (1800, "utility", True), (1860, "utility", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ("", "the mains are never lost in this story"),
        (
            "events: [{at: 10m, mains: utility, lost_for: 5m}, {at: 18m, mains: utility, lost_for: 5m}]",
            "the mains of utility are lost again at 1080 s\n.*\n.*\n   --up-to less than 480s",
        ),
    ],
)
def test_a_story_whose_mains_cannot_return_at_every_instant_is_refused(
    events: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=told):
        returned(events, tmp_path)


def test_of_several_items_one_must_be_chosen() -> None:
    path = str(SCENARIOS / "control-disk-outage.yaml")
    with pytest.raises(InputError, match="one story at a time; here are 3"):
        load(path, None, 0, 1.0, 60.0)
    with pytest.raises(InputError, match="no story here is called `away=15m`"):
        load(path, "away=15m", 0, 1.0, 60.0)
    assert load(path, "away=20m", 0, 1.0, 60.0).about.runs == 61


def test_how_far_down_it_goes_is_seen_and_not_assumed() -> None:
    linked = load(str(SCENARIOS / "linked-disk-outage.yaml"), None, 0, 60.0, 600.0)
    assert linked.returns.whole is Stage.CUT
    assert way_down_s(linked.original.site) == 1620.0
    assert linked.work.play(20).row["outcome"] == "stopped and started again"


# Played again


@pytest.mark.parametrize("back_s", [0, 700])
def test_the_file_of_a_run_plays_the_same_again(
    back_s: int, outage: Restored, rows: dict[int, dict[str, Any]], tmp_path: Path
) -> None:
    path = tmp_path / "run.yaml"
    path.write_text(outage.document(back_s // 20, str(tmp_path)), encoding="utf-8")
    (story,) = load_stories(path)
    verdict = rehearse(story).verdict
    properties = verdict.margins.properties()
    assert properties == {key: rows[back_s][key] for key in properties}
    assert verdict.holds
    assert replace(story, name="", place=None, parameters={}, site_file="") == replace(
        outage.story(back_s // 20), name="", place=None, parameters={}, site_file=""
    )


def test_a_return_that_was_an_event_of_its_own_is_moved_in_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "story.yaml"
    path.write_text(
        f"""schema: teiden/story/1
story: A story.
site: {SITE.as_posix()}
until: 4h
events:
  - {{at: 10m, mains: lost, of: utility}}
  - {{at: 70m, mains: restored, of: utility}}
""",
        encoding="utf-8",
    )
    restored = load(str(path), None, 0, 1.0, 600.0)
    text = restored.document(300, str(tmp_path))
    assert "- {at: 10m, mains: lost, of: utility, lost_for: 300s}" in text
    assert "restored" not in text.partition("events:")[2]


# Told


def stretch(from_s: float, to_s: float, outcome: Outcome, **further: Any) -> Interval:
    given: dict[str, Any] = {"who": "", "holds": True, "broken": "", "first_run": 0, "runs": 5}
    return Interval(from_s, to_s, outcome.value, **{**given, **further})


def test_returns_with_the_same_outcome_are_one_line(rows: dict[int, dict[str, Any]]) -> None:
    found = intervals([*(rows[back_s] for back_s in BACK_S[:4]), {"run": 4, "error": "x"}, rows[700]])
    assert [(one.from_s, one.to_s, one.runs) for one in found] == [(0, 20, 2), (60, 600, 2), (700, 700, 1)]
    text = table(found)
    assert text[1].split() == ["0", "..", "20", "s", "nothing", "stopped", "at", "once"]
    assert text[-1] == "Of 5 returns none strands anybody, and none cuts anything unsafely."


def test_who_is_stranded_or_cut_is_said_in_a_sentence_each() -> None:
    found = [
        stretch(0, 4, Outcome.NOTHING),
        stretch(5, 9, Outcome.STRANDED, who="blade1 rack1", broken="L3"),
        stretch(10, 14, Outcome.UNSAFE, who="linkeddisk", broken="S2"),
    ]
    assert sentences(found) == [
        "STRANDED in 5 of 15 returns: blade1 rack1, first when the mains were back after 5 s",
        "CUT UNSAFELY in 5 of 15 returns: linkeddisk, first when the mains were back after 10 s",
    ]
    with speaking("ja"):
        assert sentences(found)[0].startswith("取り残し 15 通りの復電のうち 5 通り: blade1 rack1")


def test_the_phases_of_the_way_down_follow_one_another(outage: Restored) -> None:
    found = phases(outage)
    assert [label for _, _, label in found] == ["servers stop", "flush, cut", "control side stops"]
    times = [time for begin, end, _ in found for time in (begin, end)]
    assert times == sorted(times)
    assert times[0] == pytest.approx(33, abs=3)
    assert times[-1] == pytest.approx(1443, abs=5)
