"""A story whose values are drawn: the middle is played, devices draw their own, events have a chance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.faults import catalogue
from sim.story import FaultChange, MainsChange
from teiden.cli import main
from teiden.files.recipe import Recipe
from teiden.files.story_file import load_stories, recipes_from_text, stories_from_text
from teiden.files.story_sites import Sites
from teiden.files.variations import Draw
from teiden.judge.expectations import Never
from teiden.play import play
from teiden.rehearsal import rehearse
from teiden.story import Story

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HEAD = "schema: teiden/story/1\nstory: A test.\nsite: sites/reference.yaml\nuntil: 4h\n"
SILENT = "{at: 15m, fault: card_silent, subject: ups4, chance: 20%}"

CARD_SILENT = catalogue.named("card_silent")


def stories(rest: str, head: str = HEAD) -> list[Story]:
    return stories_from_text(head + rest, str(SCENARIOS / "test.yaml"))


def story(rest: str, head: str = HEAD) -> Story:
    (one,) = stories(rest, head)
    return one


def drawn(rest: str, **us: float) -> Story:
    """The story with some parameters at other points of their distributions."""
    problems: list[object] = []
    (recipe,) = recipes_from_text(HEAD + rest, f"{SCENARIOS}/test.yaml", Sites(str(SCENARIOS)), problems)  # type: ignore[arg-type]
    assert isinstance(recipe, Recipe)

    def chance(what: Draw) -> float:
        return us.get(what.component, us.get(what.parameter, 0.5))

    found, wrong = recipe.item(recipe.variation.point(0), chance)
    assert found is not None, wrong
    return found


# The middle


def test_a_story_with_distributions_is_one_item_played_at_their_middle() -> None:
    rest = (
        "vary: {length: {uniform: [10m, 30m]}}\nevents: [{at: 10m, mains: utility, lost_for: '{length}'}]\n"
    )
    one = story(rest)
    assert one.name == "test"
    assert one.parameters == {"length": "1200s"}
    assert one.happenings == (
        MainsChange(600, "utility", lost=True),
        MainsChange(1800, "utility", lost=False),
    )


def test_only_axes_make_items_and_names() -> None:
    rest = "vary: {ups: [ups3, ups4], length: {uniform: [10m, 30m]}}\n"
    items = stories(rest + "events: [{at: 10m, mains: '{ups}', lost_for: '{length}'}]\n")
    assert [item.name for item in items] == ["test[ups=ups3]", "test[ups=ups4]"]
    assert items[1].parameters == {"ups": "ups4", "length": "1200s"}


def test_the_sentence_tells_the_value() -> None:
    head = HEAD.replace("A test", "Out for {length}")
    assert story("vary: {length: {exponential: 20m}}\n", head).sentence == "Out for 832s."


def test_an_axis_written_short_is_the_list_of_its_values() -> None:
    event = "events: [{at: '{at}', mains: utility, lost_for: 5m}]\n"
    short = stories("vary: {at: {from: 10m, to: 12m, step: 30s}}\n" + event)
    long = stories("vary: {at: [600s, 630s, 660s, 690s, 720s]}\n" + event)
    assert [(s.name, s.happenings) for s in short] == [(s.name, s.happenings) for s in long]


@pytest.mark.parametrize("name", ["outage-lengths", "card-lost-by-chance"])
def test_a_shipped_story_with_distributions_holds_at_its_middle(name: str) -> None:
    (one,) = load_stories(SCENARIOS / f"{name}.yaml")
    assert rehearse(one).verdict.holds


# Settings of devices


def test_each_device_draws_a_value_of_its_own() -> None:
    rest = "vary: {health: {uniform: [60%, 100%], set: model.upses.*.health}}\n"
    one = drawn(rest, ups1=0.0, ups6=1.0)
    assert [ups.health for ups in one.model.upses.values()] == [0.6, 0.8, 0.8, 0.8, 0.8, 1.0]
    assert one.parameters["health.ups1"] == "60%"
    assert list(one.parameters) == [f"health.ups{n}" for n in range(1, 7)]


def test_a_role_means_each_server_of_it() -> None:
    one = drawn("vary: {boot: {uniform: [60s, 180s], set: model.servers.linked.boot}}\n", rack1=1.0)
    assert {name: server.boot_s for name, server in one.model.servers.items()} == {
        **dict.fromkeys(("blade1", "blade2", "rack2"), 120.0),
        "rack1": 180.0,
        **dict.fromkeys(("control1", "control2"), 240.0),  # as the site file has it
        **dict.fromkeys(("bladepool", "rackpool"), 180.0),
    }


def test_a_star_among_servers_means_all_of_them() -> None:
    one = story("vary: {boot: {uniform: [60s, 180s], set: model.servers.*.boot}}\n")
    assert {server.boot_s for server in one.model.servers.values()} == {120.0}
    assert len(one.parameters) == len(one.site.servers)


def test_one_device_or_none_is_one_value_with_the_name_of_the_parameter() -> None:
    rest = (
        "vary:\n  dirty: {uniform: [2GiB, 18GiB], set: model.arrays.linkeddisk.dirty}\n"
        "  loss: {triangular: [0%, 1%, 5%], set: model.network.loss}\n"
        "  confirm: {choice: [20s, 40s, 50s], set: upses.ups4.confirm}\n"
    )
    one = story(rest, HEAD.replace("A test", "With {dirty} to flush"))
    assert one.parameters == {"dirty": "10GiB", "loss": "1.84%", "confirm": "40s"}
    assert one.model.arrays["linkeddisk"].dirty_bytes == 10 * 2**30
    assert one.model.network.loss == pytest.approx(0.0184)
    assert one.site.upses["ups4"].confirm_s == 40
    assert one.sentence == "With 10GiB to flush."


def test_an_axis_can_be_set_and_is_the_same_for_all() -> None:
    items = stories("vary: {health: {values: [60%, 90%], set: model.upses.*.health}}\n")
    assert [item.name for item in items] == ["test[health=60%]", "test[health=90%]"]
    assert {ups.health for ups in items[1].model.upses.values()} == {0.9}


def test_what_is_drawn_wins_over_with_and_the_later_over_the_earlier() -> None:
    rest = (
        "with: {model.upses.ups2.health: 30%}\nvary:\n"
        "  health: {uniform: [60%, 100%], set: model.upses.*.health}\n"
        "  old: {uniform: [40%, 50%], set: model.upses.ups3.health}\n"
    )
    one = story(rest)
    assert [ups.health for ups in one.model.upses.values()] == [0.8, 0.8, 0.45, 0.8, 0.8, 0.8]
    assert "health.ups3" not in one.parameters
    assert one.parameters["old"] == "45%"


def test_devices_that_with_adds_draw_too() -> None:
    rest = (
        "with: {upses.ups7: {number: 7, confirm: 60s}}\n"
        "vary: {health: {uniform: [60%, 100%], set: model.upses.*.health}}\n"
    )
    assert "health.ups7" in story(rest).parameters


def test_what_is_set_changes_the_hash_of_the_site_as_with_does() -> None:
    vary = "vary: {old: {uniform: [40%, 50%], set: model.upses.ups3.health}}\n"
    written = story("with: {model.upses.ups3.health: 45%}\n")
    assert story(vary).site_hash == written.site_hash != story("").site_hash


# Chances


def test_an_event_with_a_chance_happens_in_the_middle_run_only_if_it_is_likely() -> None:
    rare = story(f"events: [{SILENT}]\n")
    assert (rare.happenings, rare.parameters) == ((), {"card_silent.ups4": "no"})
    likely = story(f"events: [{SILENT.replace('20%', '51%')}]\n")
    assert likely.happenings == (FaultChange(900, CARD_SILENT, "ups4"),)
    assert likely.parameters == {"card_silent.ups4": "yes"}


def test_an_event_happens_when_its_draw_is_below_its_chance() -> None:
    rest = f"events: [{SILENT}]\n"
    us = (0.0, 0.1999, 0.2, 0.9)
    happened = [drawn(rest, **{"card_silent.ups4": u}).parameters["card_silent.ups4"] for u in us]
    assert happened == ["yes", "yes", "no", "no"]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("{at: 1m, mains: utility, lost_for: 1m, chance: 5%}", "mains.utility"),
        ("{at: 1m, mains: lost, of: ups1, chance: 5%}", "mains.ups1"),
        ("{at: 1m, press: ups1, chance: 5%}", "press.ups1"),
        ("{at: 1m, clock: blade1, step: 5s, chance: 5%}", "clock.blade1"),
        ("{at: 1m, request: power_off, of: blade1, chance: 5%}", "request.power_off"),
        ("{at: 1m, manager: shutdown, of: control1, chance: 5%}", "manager.shutdown"),
        ("{at: 1m, press: ups1, chance: 5%, as: finger}", "finger"),
    ],
)
def test_a_chance_is_called_by_what_happens_to_whom(event: str, name: str) -> None:
    assert list(story(f"events: [{event}]\n").parameters) == [name]


def test_a_chance_can_be_an_axis_and_a_subject_a_choice() -> None:
    rest = (
        "vary: {p: [0%, 100%], ups: {choice: {ups4: 1, ups5: 3}}}\n"
        "events: [{at: 15m, fault: card_silent, subject: '{ups}', chance: '{p}', as: card}]\n"
    )
    never, always = stories(rest)
    assert (never.happenings, never.parameters["card"]) == ((), "no")
    assert always.happenings == (FaultChange(900, CARD_SILENT, "ups5"),)


# Conditions and seeds


def test_conditions_read_what_was_drawn() -> None:
    rest = (
        "vary: {length: {uniform: [10m, 30m]}, health: {uniform: [60%, 100%], set: model.upses.*.health}}\n"
        f"events: [{{at: 10m, mains: utility, lost_for: '{{length}}'}}, {SILENT}]\n"
        "expect:\n  when:\n"
        "    - {if: length < 15m, never: [server.up]}\n"
        "    - {if: health.ups3 >= 80%, never: [server.halted]}\n"
        "    - {if: card_silent.ups4 == no, never: [server.booting]}\n"
    )
    one, other = drawn(rest), drawn(rest, length=0.1, ups3=0.1, **{"card_silent.ups4": 0.1})
    said = [{e.what.event for e in s.expectations if isinstance(e, Never)} for s in (one, other)]
    assert said == [{"server.halted", "server.booting"}, {"server.up"}]


def test_a_story_has_a_seed_that_is_played_unless_another_is_asked_for() -> None:
    rest = "seed: 7\nwith: {model.network.loss: 5%}\nevents: [{at: 10m, mains: ups5, lost_for: 2m}]\n"
    one = story(rest, HEAD.replace("4h", "15m"))
    assert one.seed == 7
    own, same, other = (play(one, seed=seed).stream.events for seed in (None, 7, 8))
    assert own == same != other
    assert rehearse(one).seed == 7
    assert story("").seed == 0


def test_the_command_plays_the_storys_seed_and_tells_it(tmp_path: Path) -> None:
    head = HEAD.replace("sites/", f"{SCENARIOS}/sites/").replace("4h", "5m")
    for name, seed in (("one", "7"), ("two", "0")):
        (tmp_path / f"{name}.yaml").write_text(f"{head}seed: {seed}\n", encoding="utf-8")
    one, two = str(tmp_path / "one.yaml"), str(tmp_path / "two.yaml")

    def last(*args: str) -> str:
        return CliRunner().invoke(main, ["run", *args]).output.splitlines()[-1]

    assert last(one).endswith("seed 7")
    assert last(one, "--seed", "9").endswith("seed 9")
    assert last(one, two).endswith("seeds of the stories")
    assert last(one, two, "--seed", "9").endswith("seed 9")
    told = json.loads(CliRunner().invoke(main, ["run", one, two, "--json"]).output)
    assert (told["seed"], [story["seed"] for story in told["stories"]]) == (None, [7, 0])
