"""Stories told in Python: the same as in YAML to the byte, and as well refused when they are wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.story import Asked, Booted, ClockStep, FaultChange, HostChange, MainsChange, Managed, Pressed
from teiden.events_file import dumps_line
from teiden.files.source import InputError
from teiden.harness.options import shown
from teiden.testing import Played, Room, assert_count, assert_holds, assert_never, play
from tests.repositories import Repository

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "scenarios" / "sites" / "reference.yaml"
STORY = """\
schema: teiden/story/1
story: As in Python.
name: same
site: {site}
with: {{upses.ups3.confirm: 800s, model: {{arrays: {{linkeddisk: {{dirty: 1GiB}}}}}}}}
start: 2026-02-03 04:05
until: 90m
events:
  - {{at: 10m, mains: utility, lost_for: 30m}}
  - {{at: 0s, fault: card_silent, subject: ups5, until: 20m}}
"""


def lines(run: Played) -> list[str]:
    """Byte for byte, but for the story's own name."""
    told = [dumps_line(event, run.story.start) for event in run.events]
    return [line.replace(json.dumps(run.story.name), '"story"') for line in told]


def test_a_story_in_python_is_the_same_as_in_yaml(room: Room) -> None:
    room.site(
        REFERENCE, {"upses.ups3.confirm": "800s", "model": {"arrays": {"linkeddisk": {"dirty": "1GiB"}}}}
    )
    room.at("10m").lose("utility", for_="30m")
    room.at("0s").fault("card_silent", "ups5", until="20m")
    told = room.play(until="90m", start="2026-02-03 04:05", seed=5)
    written = play(text=STORY.format(site=REFERENCE), seed=5)
    assert lines(told)[1:] == lines(written)[1:]
    assert told.story.happenings == written.story.happenings
    assert told.story.site == written.story.site
    assert told.story.start == written.story.start


def test_every_kind_of_event_can_be_told(room: Room) -> None:
    room.site(REFERENCE, {"lan_watch": {"hosts": ["192.0.2.200"]}})
    room.at("1m").lose("ups4").ask("hold", ["blade1", "ups5"], by="night shift")
    room.at("2m").restore("ups4").ask("release", "blade1").ask("power_off", to="control2")
    room.at("3m").set_clock("control1", by="-5m").manage("reboot", "control1")
    room.at("4m").press("ups6").boot("rack1").host("192.0.2.200", goes="off")
    room.at("5m").fault("node_hangs", "control2")
    found = room.play(until="6m").story.happenings
    assert [type(happening) for happening in found] == [
        *(MainsChange, Asked),
        *(MainsChange, Asked, Asked),
        *(ClockStep, Managed),
        *(Pressed, Booted, HostChange),
        FaultChange,
    ]
    held = next(h for h in found if isinstance(h, Asked))
    assert (held.of, held.by) == (("blade1", "ups5"), "night shift")


def test_a_room_is_named_after_its_test_and_plays_again(room: Room) -> None:
    room.site(REFERENCE).at("1m").lose("utility", for_="20s")
    first, again = room.play(until="10m"), room.play(until="10m")
    assert first.story.name == "test_testing_room#test_a_room_is_named_after_its_test_and_plays_again"
    assert first.story.sentence == "test a room is named after its test and plays again"
    assert lines(first) == lines(again)
    assert room.runs == [first, again]
    assert_never(room.clear().story("Nothing happens.").play(until="10m"), "ups.on_battery")


def test_what_a_story_breaks_is_declared(room: Room) -> None:
    """A battery of half a minute: nothing can be done in time."""
    room.site(REFERENCE, {"upses.ups4.runtime": "25s"}).at("1m").lose("utility", for_="1h")
    run = room.play(until="2h")
    broken = sorted({result.id for result in run.verdict.failures() if hasattr(result, "id")})
    assert broken
    assert_holds(room.play(until="2h", breaks=broken))


def test_what_is_wrong_is_told_at_the_line_of_python_that_said_it() -> None:
    here = shown(__file__)
    source = Path(__file__).read_text(encoding="utf-8").splitlines()
    wrong = Room(__file__).site(REFERENCE, {"start.gap": "10s"})
    wrong.at("10m").lose("utilty", for_="2h")
    wrong.at(5).fault("flush_never_ends", "linkdisk")  # type: ignore[arg-type]
    with pytest.raises(InputError) as refused:
        wrong.play(until="4h")
    first = 1 + next(n for n, line in enumerate(source) if '"utilty"' in line)
    told = str(refused.value)
    assert f"{here}:{first}:5: error: no feed or UPS is named `utilty`" in told
    assert f"{first:>5} |     wrong.at(" in told
    assert f"{here}:{first + 1}:5: error: events[2].at: `5` has no unit" in told
    assert f"{here}:{first + 1}:5: error: no array is named `linkdisk`" in told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"upses.ups3.confirm": "700"}, "upses.ups3.confirm: `700` has no unit"),
        ({"upses.ups9.confirm": "700s"}, "the site has no upses.ups9"),
    ],
)
def test_wrong_changes_of_a_site_are_told_where_the_site_was_named(
    changes: dict[str, str], told: str
) -> None:
    with pytest.raises(InputError, match=r"test_testing_room\.py:\d+:9: error: ") as refused:
        Room(__file__).site(REFERENCE, changes).play(until="1h")
    assert told in str(refused.value)


def test_a_room_without_a_site_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="needs the key `site`"):
        Room().play(until="1h")


# Playing files and texts


def test_an_item_is_chosen_by_its_parameters_or_its_name() -> None:
    file = ROOT / "scenarios" / "mains-back-mid-shutdown.yaml"
    assert play(file, item="back=25s").story.parameters == {"back": "25s"}
    assert play(file, item="mains-back-mid-shutdown[back=60s]").story.parameters == {"back": "60s"}
    with pytest.raises(ValueError, match=r"it holds 11 stories; item= one of: mains-back.*\[back=25s\]"):
        play(file)
    with pytest.raises(ValueError, match="no story in it is called 'back=26s'"):
        play(file, item="back=26s")


def test_another_site_and_changes_are_laid_over_the_story(tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(
        REFERENCE.read_text(encoding="utf-8").replace("site: reference", "site: other"), encoding="utf-8"
    )
    file = tmp_path / "story.yaml"
    file.write_text(STORY.format(site=REFERENCE), encoding="utf-8")
    changes = {
        "model": {"arrays": {"linkeddisk": {"flush_rate": "1MiB/s"}}},
        "upses": {"ups4": {"confirm": "31s"}},
    }
    run = play(file, site=other, changes=changes)
    assert run.story.site.name == "other"
    assert run.story.site.upses["ups3"].confirm_s == 800
    assert run.story.site.upses["ups4"].confirm_s == 31
    array = run.story.model.arrays["linkeddisk"]
    assert (array.dirty_bytes, array.flush_rate) == (2.0**30, 2.0**20)
    assert not run.replayable
    assert play(file).replayable


def test_wrong_changes_and_files_are_told_without_a_traceback_of_ours(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"play\(changes=\.\.\.\): error: upses.ups3.confirm: `700` has no unit"
    ):
        play(ROOT / "scenarios" / "site-outage.yaml", changes={"upses.ups3.confirm": "700"})
    with pytest.raises(InputError, match="no such file"):
        play(tmp_path / "missing.yaml")
    with pytest.raises(InputError, match=r"story\.yaml:1:1: error: the file holds no keys with values"):
        play(text="just words", changes={"a": 1})
    with pytest.raises(TypeError, match="the one or the other"):
        play()


# In a test of pytest


TESTS = """\
from teiden.testing import assert_never, play

def test_in_its_room(room):
    room.site("sites/reference.yaml")
    room.at("10m").lose("utility", for_="1h")
    run = room.play(until="90m")
    assert_never(run, "cluster.stopping")

def test_with_a_slip(room):
    room.site("sites/reference.yaml").at("10m").lose("utilty")
    room.play(until="1h")
"""


@pytest.fixture
def repository(pytester: pytest.Pytester) -> Repository:
    repository = Repository(pytester)
    repository.write("scenarios/test_rooms.py", TESTS)
    return repository


@pytest.mark.long
def test_a_failed_test_shows_its_own_line_and_keeps_what_was_played(repository: Repository) -> None:
    arguments = ("--teiden-artifacts", "kept", "--seed", "4", "--junitxml", "junit.xml")
    result = repository.run("scenarios/test_rooms.py", *arguments)
    result.assert_outcomes(failed=2)
    text = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            ">*assert_never(run, *cluster.stopping*)",
            "E *AssertionError: expected never cluster.stopping",
            "E *was cluster.stopping ssccluster at 9?? s",
            "E *> * 9?? s  ssccluster stopping *",
            "kept/test_rooms-test_in_its_room/{events.jsonl,*",
            ">*room.play(until=*1h*)",
            "E *InputError: scenarios?test_rooms.py:10:5: error: no feed or UPS is named `utilty`",
        ]
    )
    assert "testing.py" not in text, "our own lines are hidden"
    assert (repository.path / "kept" / "test_rooms-test_in_its_room" / "timeline.svg").exists()
    assert '<property name="seed" value="4" />' in (repository.path / "junit.xml").read_text(encoding="utf-8")


def test_a_test_in_python_is_passed_over_where_stories_play_over_sockets(repository: Repository) -> None:
    result = repository.run("scenarios/test_rooms.py", "--room", "snmp", "-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*--room snmp: only stories in files are played there"])


def test_counting_from_python_reads_as_in_the_file() -> None:
    run = play(ROOT / "scenarios" / "flush-never-ends.yaml")
    assert_count(run, "command.sent linkeddisk command=flush", 1)
