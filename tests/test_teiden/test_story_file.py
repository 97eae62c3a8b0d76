"""A scenario file becomes stories: what happens, what is expected, and one item for each variation."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sim.faults import catalogue
from sim.story import FaultChange, MainsChange
from teiden.files.conditions import ConditionError, holds
from teiden.files.source import InputError
from teiden.files.story_file import load_stories, stories_from_text
from teiden.judge.expectations import At, Before, Count, Finally, Never, Within
from teiden.story import Story

SCENARIOS = Path(__file__).parents[2] / "scenarios"
TOKYO = ZoneInfo("Asia/Tokyo")
HEAD = "schema: teiden/story/1\nstory: A test.\nsite: sites/reference.yaml\nuntil: 4h\n"

CARD_SILENT = catalogue.named("card_silent")


def stories(rest: str, head: str = HEAD) -> list[Story]:
    return stories_from_text(head + rest, str(SCENARIOS / "test.yaml"))


def story(rest: str, head: str = HEAD) -> Story:
    (one,) = stories(rest, head)
    return one


def test_the_reference_story_is_read_as_it_stands() -> None:
    (one,) = load_stories(SCENARIOS / "site-outage.yaml")
    assert one.name == "site-outage"
    assert one.sentence.startswith("The mains of the whole site fail for two hours")
    assert one.site.name == "reference"
    assert Path(one.site_file) == SCENARIOS / "sites/reference.yaml"
    assert one.start == datetime(2026, 11, 20, 14, 0, tzinfo=TOKYO)
    assert one.until_s == 4 * 3600
    assert one.happenings == (
        MainsChange(600, "utility", lost=True),
        MainsChange(7800, "utility", lost=False),
    )
    assert "R10-27" in one.covers
    kinds = [type(e) for e in one.expectations]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        At: 6,
        Before: 12,
        Within: 2,
        Never: 4,
        Count: 1,
        Finally: 3,
    }


def test_every_expectation_knows_its_line() -> None:
    (one,) = load_stories(SCENARIOS / "site-outage.yaml")
    assert all(
        f"{e.what.event}" in e.place.text for e in one.expectations if isinstance(e, At | Never | Count)
    )
    first = next(e for e in one.expectations if isinstance(e, At))
    assert (first.at_s, first.tolerance_s, first.place.line) == (30, 10, 13)


def test_mains_mid_shutdown_makes_eleven_items() -> None:
    items = load_stories(SCENARIOS / "mains-back-mid-shutdown.yaml")
    assert len(items) == 11
    assert items[4].name == "mains-back-mid-shutdown[back=600s]"
    assert items[4].sentence.startswith("The mains come back after 600s;")
    assert items[4].parameters == {"back": "600s"}
    assert items[4].happenings[1] == MainsChange(1200, "utility", lost=False)


def test_what_stands_under_when_holds_for_the_items_it_names() -> None:
    items = load_stories(SCENARIOS / "mains-back-mid-shutdown.yaml")
    forbidden = [{e.what.event for e in item.expectations if isinstance(e, Never)} for item in items]
    assert "incident.opened" in forbidden[0]
    assert all("incident.opened" not in events for events in forbidden[1:])


def test_every_shipped_story_can_be_read() -> None:
    read = {path.name: len(load_stories(path)) for path in sorted(SCENARIOS.glob("*.yaml"))}
    assert len(read) > 100
    assert all(read.values())


def test_mains_of_one_ups_are_lost_and_restored_one_by_one() -> None:
    one = story("events:\n  - {at: 70m, mains: restored, of: ups4}\n  - {at: 10m, mains: lost, of: ups4}\n")
    assert one.happenings == (MainsChange(600, "ups4", lost=True), MainsChange(4200, "ups4", lost=False))


def test_a_fault_comes_and_goes() -> None:
    one = story("events: [{at: 1m, fault: card_silent, subject: ups3, until: 5m}]\n")
    assert one.happenings == (
        FaultChange(60, CARD_SILENT, "ups3"),
        FaultChange(300, CARD_SILENT, "ups3", present=False),
    )


@pytest.mark.parametrize("fault", ["card_silent, amount: 3s", "U2, amount: 3s"])
def test_an_amount_of_a_fault_that_has_none_is_told_with_its_place(fault: str) -> None:
    with pytest.raises(InputError) as told:
        story(f"events: [{{at: 1m, fault: {fault}, subject: ups3}}]\n")
    assert "card_silent has no amount" in str(told.value)


def test_a_fault_is_called_by_its_name_or_by_its_id_in_the_catalogue() -> None:
    named, by_id = story(
        "events: [{at: 1m, fault: card_silent, subject: ups3}, {at: 1m, fault: U2, subject: ups4}]\n"
    ).happenings
    assert isinstance(named, FaultChange)
    assert isinstance(by_id, FaultChange)
    assert named.fault is by_id.fault is CARD_SILENT


def test_a_story_changes_its_site_by_dotted_and_by_nested_keys() -> None:
    one = story("with:\n  upses.ups3.confirm: 700s\n  model: {network: {loss: 5%}}\n  schedules: null\n")
    assert one.site.upses["ups3"].confirm_s == 700
    assert one.model.network.loss == 0.05
    assert one.site.schedules == {}


def test_stories_of_one_site_share_it_and_its_hash_tells_changes_apart() -> None:
    plain, again, changed = stories(
        f"---\n{HEAD}---\n{HEAD}with: {{upses.ups3.confirm: 700s}}\n",
    )
    assert plain.site is again.site
    assert plain.site_hash == again.site_hash != changed.site_hash


def test_further_documents_are_numbered_or_named() -> None:
    items = stories(f"---\n{HEAD}---\n{HEAD}name: long\nvary: {{n: [1, 2]}}\n")
    assert [item.name for item in items] == ["test", "test#2", "test#long[n=1]", "test#long[n=2]"]
    assert [item.place.line for item in items if item.place] == [1, 6, 11, 11]


def test_several_parameters_make_every_combination() -> None:
    items = stories(
        "vary: {back: [25s, 1h], ups: [ups3, ups4]}\nevents: [{at: 1m, mains: '{ups}', lost_for: '{back}'}]\n"
    )
    assert [item.name for item in items] == [
        "test[back=25s,ups=ups3]",
        "test[back=25s,ups=ups4]",
        "test[back=1h,ups=ups3]",
        "test[back=1h,ups=ups4]",
    ]
    assert items[1].happenings[0] == MainsChange(60, "ups4", lost=True)


def test_a_value_that_is_a_parameter_alone_keeps_its_type() -> None:
    rest = "vary: {port: [6001, 7001], restart: [true, false]}\n"
    items = stories(rest + "with: {linkage: {port: '{port}'}, start.auto: '{restart}'}\n")
    assert [item.site.linkage.port for item in items] == [6001, 6001, 7001, 7001]
    assert [item.site.start.auto for item in items] == [True, False, True, False]
    assert items[1].name == "test[port=6001,restart=false]"


def test_parameters_stand_in_keys_and_expectations_too() -> None:
    rest = "vary: {ups: [ups3, ups4], n: [2]}\nwith: {'upses.{ups}.runtime': 10m}\n"
    items = stories(
        rest + "expect: {count: {'ups.output_off {ups}': '{n}'}, never: ['ups.exhausted {ups}']}\n"
    )
    assert [item.site.upses[name].runtime_s for item, name in zip(items, ("ups3", "ups4"), strict=True)] == [
        600,
        600,
    ]
    assert items[0].expectations[0] == Count(
        items[0].expectations[0].what, 2, items[0].expectations[0].place, "ups.output_off ups3"
    )


def test_breaks_of_the_story_and_of_what_applies_are_joined() -> None:
    rest = "vary: {n: [1, 2]}\nbreaks: [S18]\nexpect:\n  when:\n    - {if: n == 2, breaks: [S18, L2]}\n"
    assert [item.breaks for item in stories(rest)] == [("S18",), ("S18", "L2")]


def test_a_when_may_have_its_own_tolerance() -> None:
    rest = "vary: {n: [1]}\nexpect:\n  tolerance: 5s\n  at: [ups.output_off ups4: 1s]\n"
    one = story(rest + "  when: [{if: n == 1, tolerance: 1s, at: [ups.output_off ups5: 2s]}]\n")
    assert [e.tolerance_s for e in one.expectations if isinstance(e, At)] == [5, 1]


@pytest.mark.parametrize(
    ("condition", "true"),
    [
        ("back < 30s", True),
        ("back < 25s", False),
        ("back <= 25s and n != 2", True),
        ("10s < back < 1m", True),
        ("1m > back", True),
        ("back == 25000ms", True),
        ("ups == ups3", True),
        ("ups != ups3", False),
        ("dirty >= 512MiB", True),
        ("n > 3", False),
        ("auto == true", True),
    ],
)
def test_conditions_compare_what_the_values_mean(condition: str, true: bool) -> None:
    parameters = {"back": "25s", "n": 3, "ups": "ups3", "dirty": "1GiB", "auto": True}
    assert holds(condition, parameters) is true


@pytest.mark.parametrize(
    ("condition", "offset", "message"),
    [
        ("bakc < 30s", 0, "no parameter is named `bakc`"),
        ("back < 30", 7, "`back` (a duration) and `30` (a bare number) cannot be compared"),
        ("back = 30s", 5, "`=` does not compare"),
        ("back", 0, "not a comparison"),
        ("back < 30s and", 13, "not a comparison"),
        ("back < 30s or back > 1h", 11, "`or` is not known here"),
        ("ups < ups3", 0, "`ups` and `ups3` have no order"),
    ],
)
def test_what_is_no_condition_is_told(condition: str, offset: int, message: str) -> None:
    with pytest.raises(ConditionError) as refused:
        holds(condition, {"back": "25s", "ups": "ups3"})
    assert (refused.value.offset, refused.value.message) == (offset, message)
