"""A template's runs: each known by its number, the same everywhere, and played again from a file."""

from __future__ import annotations

import inspect
import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.events import Event
from teiden.files.source import InputError
from teiden.files.story_file import load_stories, stories_from_text
from teiden.play import play
from teiden.sweep.template import Template

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "scenarios"
HEAD = "schema: teiden/story/1\nstory: 停電 {length}, {way}; it's a test.\nsite: {site}\nuntil: 40m\n"
EVERY_KIND = """
tags: [draw]
seed: 3
start: 2026-11-21 14:00
vary:
  way: [1e5, "off", 7, true, "7"]
  short: {from: 90s, to: 150s, step: 30s}
  length: {uniform: [5m, 20m]}
  ups: {choice: {ups4: 1, ups5: 3}}
  confirm: {choice: [30s, 40s], set: upses.ups4.confirm}
  health: {normal: [85%, 10%], within: [60%, 100%], set: model.upses.*.health}
  boot: {lognormal: [180s, 300s], within: [90s, 10m], set: model.servers.linked.boot}
  flush: {triangular: [48MiB/s, 64MiB/s, 80MiB/s], set: model.arrays.linkeddisk.flush_rate}
  latency: {exponential: 20ms, within: [1ms, 200ms], set: model.network.latency}
  skew: {normal: [0s, 5s], set: model.servers.control.clock_skew}
with:
  schedules: null
  upses.ups6: {confirm: "{short}"}
  servers.blade1.label: "{way} ."
events:
  - {at: 10m, mains: utility, lost_for: "{length}"}
  - {at: 11m, fault: card_silent, subject: "{ups}", until: 13m, chance: 40%, as: card}
  - {at: 12m, press: ups1, chance: 50%}
expect:
  tolerance: 3s
  never: [array.lost_data]
  when:
    - {if: card == yes and ups == ups4, tolerance: 1s, count: {card.silent ups4: 1}, breaks: [S18]}
    - {if: length < 10m, before: [mains.lost < mains.restored]}
    - {if: length >= 10m, within: [outage.confirmed ups4: "{length} after mains.lost utility"]}
"""


def write(folder: Path, text: str, name: str = "every-kind.yaml") -> Path:
    path = folder / name
    path.write_text(text.replace("{site}", str(SCENARIOS / "sites" / "reference.yaml")), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A template with each kind of distribution and axis, texts that look like numbers, and chances."""
    return Template.load(write(tmp_path_factory.mktemp("site"), HEAD + EVERY_KIND))


@pytest.fixture(scope="module")
def outages() -> Template:
    return Template.load(SCENARIOS / "outage-lengths.yaml")


def events_of(template: Template, root_seed: int, run: int) -> tuple[Event, ...]:
    return tuple(play(template.story(root_seed, run)).stream.events)


# What a run is


def test_a_template_tells_what_it_varies(every_kind: Template) -> None:
    assert every_kind.name == "every-kind"
    assert every_kind.sentence == "停電 {length}, {way}; it's a test."
    assert every_kind.axes == {"way": ("100000.0", "off", "7", "true", "7"), "short": ("90s", "120s", "150s")}
    assert every_kind.grid_size == 15
    assert every_kind.draws == (
        *("length", "ups", "confirm"),
        *(f"health.ups{n}" for n in range(1, 7)),
        *(f"boot.{server}" for server in ("blade1", "blade2", "rack1", "rack2")),
        *("flush", "latency", "skew.control1", "skew.control2", "card", "press.ups1"),
    )
    assert list(every_kind.parameters(1, 0)) == [*every_kind.axes, *every_kind.draws]


def test_runs_go_through_the_grid_again_and_again(every_kind: Template) -> None:
    points = [tuple(every_kind.parameters(1, run)[axis] for axis in every_kind.axes) for run in range(30)]
    assert points[:4] == [("100000.0", "90s"), ("100000.0", "120s"), ("100000.0", "150s"), ("off", "90s")]
    assert points[:15] == points[15:]


def test_a_run_is_the_same_whenever_it_is_asked_for(every_kind: Template) -> None:
    forwards = [every_kind.parameters(7, run) for run in range(20)]
    backwards = [every_kind.parameters(7, run) for run in reversed(range(20))]
    assert forwards == backwards[::-1]
    assert every_kind.story(7, 11).parameters == forwards[11]
    assert every_kind.parameters(8, 11) != forwards[11]


def test_each_run_has_a_seed_of_its_own(outages: Template) -> None:
    seeds = [outages.story(7, run).seed for run in range(50)]
    assert len(set(seeds)) == 50
    assert seeds != [outages.story(8, run).seed for run in range(50)]


def test_a_story_without_anything_to_vary_is_a_template_too() -> None:
    template = Template.load(SCENARIOS / "site-outage.yaml")
    assert (template.axes, template.draws, template.grid_size) == ({}, (), 1)
    (story,) = load_stories(SCENARIOS / "site-outage.yaml")
    run = template.story(0, 5)
    assert run == replace(story, name="run-000005", seed=run.seed)


@pytest.mark.parametrize("run", range(4))
def test_a_run_is_what_the_checked_way_makes_of_its_file(
    every_kind: Template, run: int, tmp_path: Path
) -> None:
    """The quick way leaves nothing out: site, room, happenings and expectations are those of its file."""
    story = every_kind.story(5, run)
    text = every_kind.document(5, run, tmp_path)
    (loaded,) = stories_from_text(text, str(tmp_path / f"{story.name}.yaml"))
    assert loaded.sentence == story.sentence
    bare = {"parameters": {}, "place": None, "site_file": "", "expectations": ()}
    assert replace(loaded, **bare) == replace(story, **bare)
    assert [replace(e, place=None) for e in loaded.expectations] == [
        replace(e, place=None) for e in story.expectations
    ]


# Common random numbers


def test_another_parameter_changes_no_other_draw(tmp_path: Path) -> None:
    vary = "vary:\n  length: {uniform: [5m, 20m]}\n  old: {uniform: [60%, 90%], set: model.upses.*.health}\n"
    rest = "events: [{at: 10m, mains: utility, lost_for: '{length}'}]\n"
    head = HEAD.replace(", {way}", "")
    few = Template.load(write(tmp_path, head + vary + rest, "few.yaml"))
    more = vary.replace("vary:\n", "vary:\n  first: {exponential: 9s, set: model.cluster.stop}\n")
    more += "  boot: {uniform: [1m, 2m], set: model.servers.*.boot}\n"
    chance = rest.replace("]\n", ", {at: 1m, press: ups1, chance: 50%}]\n")
    added = "with: {upses.ups7: {number: 7, confirm: 60s}}\n"
    many = Template.load(write(tmp_path, head + more + chance + added, "many.yaml"))
    for run in range(10):
        one, other = few.parameters(7, run), many.parameters(7, run)
        assert {name: other[name] for name in one} == one
        assert len(other) == len(one) + 11
        assert few.story(7, run).seed == many.story(7, run).seed


def test_a_device_draws_the_same_at_another_site(tmp_path: Path) -> None:
    vary = "vary: {old: {uniform: [60%, 90%], set: model.upses.*.health}}\n"
    text = f"schema: teiden/story/1\nstory: A.\nsite: {{site}}\nuntil: 1h\n{vary}"
    one = Template.load(write(tmp_path, text)).parameters(1, 2)
    two = text.replace("{site}", str(SCENARIOS / "sites" / "two-feeds.yaml"))
    other = Template.load(write(tmp_path, two)).parameters(1, 2)
    shared = set(one) & set(other)
    assert shared
    assert {name: one[name] for name in shared} == {name: other[name] for name in shared}


def test_distributions_with_other_numbers_use_the_same_draws(tmp_path: Path) -> None:
    """So two settings are compared on the same outages: a longer mean makes each of them longer."""
    text = HEAD.replace(", {way}", "") + "vary: {length: {exponential: 10m}}\n"
    short = Template.load(write(tmp_path, text))
    long = Template.load(write(tmp_path, text.replace("10m", "20m")))
    for run in range(20):
        one, two = (int(t.parameters(3, run)["length"].removesuffix("s")) for t in (short, long))
        assert abs(two - 2 * one) <= 1


# In another process, without a file


def told(template: Template) -> str:
    """Everything about three runs that could depend on where they are played."""
    runs = ((template.document(7, run, template.home), template.story(7, run)) for run in range(3))
    return "".join(f"{document}{story!r}" for document, story in runs)


CHILD = f"""
import pickle, sys
from teiden.sweep.template import Template
{inspect.getsource(told)}
text = told(pickle.load(sys.stdin.buffer))
heavy = sorted({{"pandas", "matplotlib", "numpy"}} & set(sys.modules))
sys.stdout.buffer.write((text + repr(heavy)).encode())
"""


@pytest.mark.long
def test_a_worker_needs_no_file_and_no_hash_seed_changes_a_byte(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + EVERY_KIND)
    template = Template.load(path)
    pickled = pickle.dumps(template)
    assert len(pickled) < 20_000
    path.unlink()
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=pickled,
        env={**os.environ, "PYTHONHASHSEED": "12345", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.decode() == told(template) + "[]"


def test_the_hash_is_of_the_texts_not_of_the_place(tmp_path: Path) -> None:
    text = "schema: teiden/story/1\nstory: A.\nsite: {site}\nuntil: 1h\n"
    (tmp_path / "else").mkdir()
    one, same, other = (
        Template.load(write(folder, text.replace("1h", until)))
        for folder, until in ((tmp_path, "1h"), (tmp_path / "else", "1h"), (tmp_path, "2h"))
    )
    assert one.hash == same.hash != other.hash


# Played again


def test_a_runs_file_plays_the_same_events(every_kind: Template, tmp_path: Path) -> None:
    for run in (0, 1, 7):
        path = tmp_path / f"run-{run:06d}.yaml"
        path.write_text(every_kind.document(7, run, tmp_path), encoding="utf-8", newline="\n")
        (again,) = load_stories(path)
        assert tuple(play(again).stream.events) == events_of(every_kind, 7, run)


def test_a_runs_file_leaves_nothing_to_chance(every_kind: Template, tmp_path: Path) -> None:
    runs = {every_kind.parameters(7, run)["card"]: run for run in range(12)}
    text = every_kind.document(7, runs["yes"], tmp_path)
    head = text.splitlines()
    assert head[0].startswith(f"# Run {runs['yes']} of a sweep of every-kind (")
    assert head[0].endswith("), root seed 7.")
    assert f"# length: {every_kind.parameters(7, runs['yes'])['length']}" in head
    for word in ("vary:", "chance", "as:", "{length}", "&", "*id"):
        assert word not in text
    assert "card_silent" in text
    assert "card_silent" not in every_kind.document(7, runs["no"], tmp_path)


def test_a_runs_file_names_its_site_from_where_it_stands(outages: Template, tmp_path: Path) -> None:
    folder = SCENARIOS.parent / "out" / "broken"
    assert "site: ../../scenarios/sites/reference.yaml\n" in outages.document(7, 0, folder)
    (tmp_path / "deep").mkdir()
    path = tmp_path / "deep" / "run-000000.yaml"
    path.write_text(outages.document(7, 0, path.parent), encoding="utf-8")
    assert load_stories(path)[0].site.name == "reference"


def test_what_holds_under_when_is_kept_with_its_own_tolerance_and_breaks(every_kind: Template) -> None:
    runs = (every_kind.parameters(7, run) for run in range(60))
    run = next(n for n, p in enumerate(runs) if (p["card"], p["ups"]) == ("yes", "ups4"))
    story = every_kind.story(7, run)
    assert story.breaks == ("S18",)
    (again,) = stories_from_text(every_kind.document(7, run, SCENARIOS), f"{SCENARIOS}/again.yaml")
    assert again.breaks == ("S18",)
    assert [type(e) for e in again.expectations] == [type(e) for e in story.expectations]


# Which story


def test_one_of_several_stories_is_asked_for_by_its_name() -> None:
    path = SCENARIOS / "weak-battery.yaml"
    with pytest.raises(InputError, match="the file holds 2 stories"):
        Template.load(path)
    template = Template.load(path, "weak-node-battery")
    assert template.name == "weak-battery#weak-node-battery"
    with pytest.raises(InputError, match=r"no story here is called `weak-bat`(.|\n)*known: weak-battery"):
        Template.load(path, "weak-bat")


def test_an_item_fixes_the_axes() -> None:
    template = Template.load(SCENARIOS / "mains-back-mid-shutdown.yaml", "back=600s")
    assert (template.name, template.axes, template.grid_size) == ("mains-back-mid-shutdown[back=600s]", {}, 1)
    assert [template.parameters(1, run) for run in (0, 5)] == [{"back": "600s"}] * 2
    assert template.story(1, 0).happenings == template.story(1, 9).happenings


def test_a_sweep_of_a_wrong_story_is_refused_before_it_begins(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + EVERY_KIND.replace("within: [60%, 100%]", "within: [60%, 110%]"))
    with pytest.raises(InputError, match="health can be `110%`"):
        Template.load(path)
    many = "vary: {at: {from: 0s, to: 9000s, step: 1s}}\nevents: [{at: '{at}', press: ups1}]\n"
    with pytest.raises(InputError, match="this never happens"):
        Template.load(write(tmp_path, HEAD.replace(" {length}, {way}", "") + many))


def test_long_axes_are_tried_at_their_ends_only(tmp_path: Path) -> None:
    many = "vary: {at: {from: 0s, to: 2300s, step: 1s}}\nevents: [{at: '{at}', press: ups1}]\n"
    template = Template.load(write(tmp_path, HEAD.replace(" {length}, {way}", "") + many))
    assert template.grid_size == 2301
    assert template.story(0, 2300).happenings[0].at_s == 2300
