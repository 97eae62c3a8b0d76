"""What is wrong with a scenario file, in its own places: shape, names, events, parameters, expectations."""

from pathlib import Path

import pytest

from teiden.files.source import InputError, Problem
from teiden.files.story_file import load_stories, stories_from_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HEAD = "schema: teiden/story/1\nstory: A test.\nsite: sites/reference.yaml\nuntil: 4h\n"


def problems(rest: str, head: str = HEAD) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        stories_from_text(head + rest, f"{SCENARIOS}/test.yaml")
    return refused.value.problems


def only(rest: str, head: str = HEAD) -> tuple[str, str, str]:
    (problem,) = problems(rest, head)
    return str(problem.place).removeprefix(f"{SCENARIOS}/"), problem.message, problem.allowed


@pytest.mark.parametrize(
    ("rest", "place", "message", "hint"),
    [
        ("unitl: 3h\n", "5:1", "unknown key `unitl`", "did you mean `until`?"),
        ("covers: [6-13]\n", "5:10", "covers[1]: `6-13` is not the id of a requirement", "R6-13"),
        ("start: tomorrow\n", "5:8", "start: `tomorrow` is not a date and time", "2026-11-20 14:00"),
        (
            "start: 2026-11-20 14:00+09:00\n",
            "5:8",
            "start: `2026-11-20 14:00+09:00` names a time zone",
            "site's",
        ),
        ("breaks: [S1, x]\n", "5:14", "breaks[2]: `x` is not the id of an invariant", "S18"),
        (
            "events: [{at: 10, mains: utility, lost_for: 1m}]\n",
            "5:15",
            "events[1].at: `10` has no unit",
            "10s",
        ),
        (
            "events: [{at: 1m, mains: utilty, lost_for: 1m}]\n",
            "5:26",
            "no feed or UPS is named `utilty`",
            "did you mean `utility`?",
        ),
        ("events: [{at: 1m, mains: utility}]\n", "5:26", "`utility` is lost for how long?", "lost_for: 2h"),
        ("events: [{at: 1m, mains: lost}]\n", "5:26", "mains lost: of what?", "of: utility, ups1"),
        (
            "events: [{at: 1m, mains: utility, of: ups1}]\n",
            "5:39",
            "mains is `utility` already",
            "with of: NAME",
        ),
        (
            "events: [{at: 1m, mains: restored, of: ups1}]\n",
            "5:40",
            "ups1 has its mains at 60 s",
            "not lost before",
        ),
        (
            "events: [{at: 1m, fault: flush_never_end, subject: linkeddisk}]\n",
            "5:26",
            "events[1].fault: no fault is called `flush_never_end`",
            "did you mean `flush_never_ends`?",
        ),
        (
            "events: [{at: 1m, fault: flush_never_ends, subject: ups4}]\n",
            "5:53",
            "no array is named `ups4`",
            "known: controldisk, linkeddisk",
        ),
        (
            "events: [{at: 1m, fault: server_hangs}]\n",
            "5:26",
            "which device has the fault?",
            "subject: DEVICE",
        ),
        (
            "events: [{at: 1m, fault: card_silent, subject: ups1, until: 30s}]\n",
            "5:61",
            "the fault ends before it begins",
            "start of the run",
        ),
        (
            "events: [{at: 1m, fault: card_silent, subject: ups1, lost_for: 30s}]\n",
            "5:54",
            "`lost_for` does not go with fault",
            "until",
        ),
        (
            "events: [{at: 1m}]\n",
            "5:10",
            "an event is one thing: mains, a fault, or what somebody does",
            "lost_for: 2h",
        ),
        ("events: [{at: 5h, mains: lost, of: ups1}]\n", "5:15", "this never happens", "14400 s"),
        (
            "events: [{at: 1m, mains: ups1, lost_for: 1h}, {at: 2m, mains: ups1, lost_for: 1m}]\n",
            "5:63",
            "ups1 is lost already, since 60 s",
            "join the two",
        ),
        ("vary: {back: 25s}\n", "5:14", "back takes a list of values", "[25s, 10m]"),
        ("vary: {back: [25s, 25s]}\n", "5:20", "`25s` stands twice in back", "once"),
        ("vary: {back: [[1]]}\n", "5:15", "a value of back is text or a number", "25s"),
        (
            "vary: {back: [1s]}\nevents: [{at: 1m, mains: utility, lost_for: '{bakc}'}]\n",
            "6:45",
            "no parameter is named `bakc`",
            "vary: back",
        ),
        ("with: {upses.ups7.confirm: 30s}\n", "5:8", "the site has no upses.ups7", "known: ups1"),
        ("with: {linkage.flush_limit: 1200}\n", "5:29", "linkage.flush_limit: `1200` has no unit", "1200s"),
        ("with: {servers: {blade1: {upses: [ups8]}}}\n", "5:35", "no UPS is named `ups8`", "known: ups1"),
        ("with: 3\n", "5:7", "with takes keys with values, not `3`", "indented"),
        (
            "expect: {never: [server.crash]}\n",
            "5:18",
            "no event is called `server.crash`",
            "did you mean `server.crashed`?",
        ),
        (
            "expect: {never: ['array.flushing controldsk']}\n",
            "5:34",
            "no array is called `controldsk`",
            "did you mean `controldisk`?",
        ),
        (
            "expect: {before: [ups.output_off ups4 < 100 < cluster.stopping ssccluster]}\n",
            "5:41",
            "`100` has no unit",
            "100s",
        ),
        (
            "expect: {within: [ups.output_off ups4: 10 after array.flushed]}\n",
            "5:40",
            "`10` has no unit",
            "10s",
        ),
        (
            "expect: {within: [ups.output_of ups4: 10s after array.flushed]}\n",
            "5:19",
            "no event is called `ups.output_of`",
            "did you mean",
        ),
        (
            "expect: {at: [ups.output_off ups4: 450]}\n",
            "5:36",
            "expect.at[1].ups.output_off ups4: `450` has no unit",
            "450s",
        ),
        (
            "expect: {count: {mains.lost: -1}}\n",
            "5:30",
            "expect.count.mains.lost: input should be greater than or equal to 0",
            "-1",
        ),
        (
            "expect: {never: mains.lost}\n",
            "5:17",
            "expect.never takes a list, not `mains.lost`",
            "[ups1, ups2]",
        ),
        (
            "vary: {n: [1]}\nexpect: {when: [{if: n < 3s}]}\n",
            "6:26",
            "`n` (a bare number) and `3s` (a duration) cannot be compared",
            "unit",
        ),
    ],
)
def test_each_slip_has_its_place_and_its_words(rest: str, place: str, message: str, hint: str) -> None:
    found_place, found_message, found_hint = only(rest)
    assert (found_place, found_message) == (f"test.yaml:{place}", message)
    assert hint in found_hint


def test_problems_of_all_documents_and_kinds_come_at_once() -> None:
    rest = "events: [{at: 5, mains: utilty, lost_for: 1m}]\nexpect: {never: [server.crash]}\n---\na: 1\n"
    assert [(p.place.line, p.message) for p in problems(rest)] == [
        (5, "events[1].at: `5` has no unit"),
        (5, "no feed or UPS is named `utilty`"),
        (6, "no event is called `server.crash`"),
        (8, "the key `schema` is missing"),
    ]


def test_a_slip_under_when_is_found_even_where_it_does_not_apply() -> None:
    rest = "vary: {n: [1]}\nexpect: {when: [{if: n == 2, never: [server.crash]}]}\n"
    assert only(rest)[1] == "no event is called `server.crash`"


def test_a_slip_in_many_items_is_told_once() -> None:
    rest = "vary: {n: [1, 2, 3]}\nexpect: {never: [server.crash]}\n"
    assert only(rest)[1] == "no event is called `server.crash`"


def test_what_a_story_needs_is_told() -> None:
    found = problems("", "schema: teiden/story/1\n")
    assert [p.message for p in found] == [
        f"the file needs the key `{key}`" for key in ("story", "site", "until")
    ]


def test_two_stories_of_one_name_are_told() -> None:
    rest = f"name: a\n---\n{HEAD}name: a\n"
    place, message, hint = only(rest)
    assert (place, message) == ("test.yaml:11:7", "two stories are named test#a")
    assert "line 1" in hint


def test_a_missing_site_is_told_where_the_story_names_it() -> None:
    place, message, hint = only("", HEAD.replace("reference", "referense"))
    assert (place, message) == ("test.yaml:3:7", f"{SCENARIOS}/sites/referense.yaml: no such file")
    assert hint.startswith("did you mean `reference.yaml`?")


def test_what_is_wrong_in_the_site_is_told_in_the_site(tmp_path: Path) -> None:
    site = (SCENARIOS / "sites/reference.yaml").read_text(encoding="utf-8")
    (tmp_path / "site.yaml").write_text(site.replace("confirm: 900s", "confirm: 900"), encoding="utf-8")
    (tmp_path / "story.yaml").write_text(HEAD.replace("sites/reference", "site"), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_stories(tmp_path / "story.yaml")
    (problem,) = refused.value.problems
    assert str(problem.place) == f"{tmp_path}/site.yaml:22:48"


def test_a_start_that_the_clocks_leave_out_is_told() -> None:
    rest = "with: {time_zone: Europe/Berlin}\nstart: 2027-03-28 02:30\n"
    assert only(rest)[1] == "2027-03-28 02:30 does not exist in Europe/Berlin"


def test_a_site_file_is_no_story() -> None:
    with pytest.raises(InputError, match="this is a site file, not a story file"):
        load_stories(SCENARIOS / "sites/reference.yaml")
