"""What varies and makes no sense is refused when the file is read: its place, what is wrong, the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.files.source import InputError, Problem
from teiden.files.story_file import stories_from_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HEAD = "schema: teiden/story/1\nstory: A test.\nsite: sites/reference.yaml\nuntil: 4h\n"
SILENT = "fault: card_silent, subject: ups1"
EVENT = "events: [{{at: 10m, mains: utility, lost_for: '{{{x}}}'}}]\n"


def problems(rest: str, head: str = HEAD) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        stories_from_text(head + rest, f"{SCENARIOS}/test.yaml")
    return refused.value.problems


def only(rest: str, head: str = HEAD) -> tuple[str, str, str]:
    (problem,) = problems(rest, head)
    return str(problem.place).rpartition("test.yaml:")[2], problem.message, problem.allowed


@pytest.mark.parametrize(
    ("entry", "col", "message", "hint"),
    [
        # Distributions
        ("{uniform: [5m, 5m]}", 12, "x: uniform takes the lowest first, then a higher", "uniform: [5m, 3h]"),
        ("{uniform: [3h, 5m]}", 12, "x: uniform takes the lowest first, then a higher", "uniform: [5m, 3h]"),
        ("{uniform: 5m}", 21, "x: 2 numbers are wanted here, in brackets", "uniform: [5m, 3h]"),
        ("{uniform: [5m, 6m, 7m]}", 12, "x: 2 numbers are wanted here, in brackets", "uniform: [5m, 3h]"),
        ("{uniform: [5m, 80%]}", 12, "x: a duration and a percentage do not go together", "same kind"),
        ("{uniform: [5m, 6mins]}", 26, "x: `6mins`: unknown unit `mins`", "write 6m"),
        ("{uniform: [5m, true]}", 26, "x: `true` is not a number with a unit", "90s, 80%"),
        ("{normal: [5m, 0s]}", 12, "x: a standard deviation is more than nothing", "within: [40%, 100%]"),
        ("{normal: [5m, -1s]}", 12, "x: a standard deviation is more than nothing", "within: [40%, 100%]"),
        (
            "{normal: [5m, 9s], within: [6m, 4m]}",
            30,
            "x: within takes the lowest first, then a higher",
            "40%",
        ),
        (
            "{normal: [5m, 1s], within: [8m, 9m]}",
            30,
            "x: hardly anything of this distribution lies within",
            "wider bounds",
        ),
        (
            "{lognormal: [5m, 4m]}",
            12,
            "x: lognormal takes the median and then the 95th percentile, which is",
            "180s",
        ),
        ("{triangular: [1s, 5s, 2s]}", 12, "x: triangular takes the lowest, the most likely and the", "120s"),
        ("{exponential: 0s}", 25, "x: a mean of lengths is more than nothing", "exponential: 20m"),
        ("{exponential: [1s, 2s]}", 12, "x: one number is wanted here", "exponential: 20m"),
        ("{exponential: 5s, within: [-1s, 2s]}", 29, "x: exponential is never negative", "[1m, 6h]"),
        (
            "{uniform: [1m, 2m], within: [1m, 2m]}",
            31,
            "x: `within` does not go with uniform",
            "its ends already",
        ),
        ("{norml: [5m, 1m]}", 12, "x: no distribution is called `norml`", "did you mean `normal`?"),
        ("{within: [5m, 1m]}", 8, "x is neither a distribution nor an axis", "uniform, normal"),
        (
            "{uniform: [1m, 2m], exponential: 1m}",
            8,
            "x is one thing, not uniform, exponential",
            "one of: uniform",
        ),
        ("3", 11, "x takes a list of values", "or a distribution: {uniform: [5m, 3h]}"),
        # Choices
        ("{choice: {a: 0, b: 0}}", 12, "x: all weights are zero", "give one of a, b more"),
        ("{choice: {a: -1, b: 2}}", 24, "x: `-1` is not a weight", "a number from 0"),
        ("{choice: {a: 1, b: 2%}}", 12, "x: a bare number and a percentage do not go together", "same kind"),
        (
            "{choice: []}",
            12,
            "x: choice takes values with weights, or a list of values",
            "{ups1: 1, ups3: 2}",
        ),
        ("{choice: [a, a]}", 24, "x: `a` stands twice", "each value once"),
        ("{choice: [a, [b]]}", 24, "x: a value of a choice is text or a number", "ups1"),
        ("{choice: [a, b], within: [a, b]}", 28, "x: `within` does not go with choice", "leave it out"),
        # Axes written short
        ("{from: 0s, to: 9s}", 8, "x: `step` is missing", "step: 1s"),
        ("{from: 0s, to: 9s, step: 0s}", 36, "x: a step is more than nothing", "step: 1s"),
        ("{from: 9s, to: 0s, step: 1s}", 26, "x: `to` lies before `from`", "step: 1s"),
        ("{from: 0s, to: 9%, step: 1s}", 8, "x: a duration and a percentage do not go together", "same kind"),
        ("{from: 0s, to: 99h, step: 1s}", 37, "x: 356401 items", "at most 10000; a wider step"),
        (
            "{from: 0s, to: 9s, step: 1s, within: [1s, 2s]}",
            40,
            "`within` does not go with from",
            "to, step, set",
        ),
        ("{values: [1, 1]}", 24, "`1` stands twice in x", "each value once"),
        ("{values: []}", 12, "x takes a list of values", "[25s, 10m]"),
    ],
)
def test_each_slip_in_what_varies_has_its_place_and_its_words(
    entry: str, col: int, message: str, hint: str
) -> None:
    place, found, allowed = only(f"vary: {{x: {entry}}}\n{EVENT.format(x='x')}")
    assert place == f"5:{col}"
    assert found.startswith(message)
    assert hint in allowed


@pytest.mark.parametrize(
    ("path", "col", "message", "hint"),
    [
        ("model.upses.*.helth", 53, "model.upses.* has no setting `helth`", "did you mean `health`?"),
        ("model.upses.ups9.health", 39, "upses has no `ups9`", "ups5, ups6, *"),
        ("model.servers.linkd.boot", 39, "servers has no `linkd`", "known: control1"),
        ("model.upses.*", 39, "model.upses.* is not one value", "go on with one of: runtime"),
        ("model.upses", 39, "model.upses is not one value", "go on with a name, or *"),
        ("model.*.boot", 45, "no names stand there", "model.servers.*"),
        ("model.upses.*.health.*", 60, "no names stand there", "upses.*"),
        (
            "model.upses.*.health.x",
            60,
            "model.upses.*.health is one value and has no settings",
            "end the path",
        ),
        ("modl.network.loss", 39, "the site file has no setting `modl`", "did you mean `model`?"),
        ("groups.SSC.power", 39, "the site file has no setting `groups`", "upses"),
        ("model..boot", 39, "set takes one dotted key of the site file, not `model..boot`", "linked.boot"),
        ("3", 39, "set takes one dotted key of the site file, not `3`", "linked.boot"),
    ],
)
def test_each_slip_in_set_has_its_place_and_its_words(path: str, col: int, message: str, hint: str) -> None:
    place, found, allowed = only(f"vary: {{x: {{uniform: [50%, 100%], set: {path}}}}}\n")
    assert (place, found) == (f"5:{col}", message)
    assert hint in allowed


def test_a_site_without_such_devices_is_told() -> None:
    rest = "with: {switches: null}\nvary: {x: {choice: [1, 2], set: switches.*.minimum_supplies}}\n"
    assert only(rest)[1] == "the site has no switches.*"


@pytest.mark.parametrize(
    ("rest", "place", "message", "hint"),
    [
        (
            "vary: {x: {uniform: [60%, 140%], set: model.upses.*.health}}\n",
            "5:12",
            "x can be `140%`: model.upses.ups1.health: `140%` is more than 100 %",
            "from 0% to 100%",
        ),
        (
            "vary: {x: {normal: [95%, 1%], set: model.upses.*.health}}\n",
            "5:12",
            "x can be `103.21%`: model.upses.ups1.health: `103.21%` is more than 100 %",
            "give it bounds, e.g. within: [lowest, highest]",
        ),
        (
            "vary: {x: {uniform: [1, 70000], set: linkage.port}}\n",
            "5:12",
            "x can be `70000`: linkage.port: input should be less than or equal to 65535",
            "",
        ),
        (
            "vary: {x: {uniform: [1h, 5h]}}\nevents: [{at: '{x}', " + SILENT + "}]\n",
            "5:12",
            "x can be `18000s`: this never happens",
            "a longer `until`",
        ),
        (
            "vary: {x: {choice: {ups1: 9, ups9: 1}}}\nevents: [{at: 1m, press: '{x}'}]\n",
            "5:12",
            "x can be `ups9`: no UPS is named `ups9`",
            "known: ups1",
        ),
        (
            "vary: {x: {exponential: 10m}}\nevents: [{at: '{x}', press: ups1}]\n",
            "5:12",
            "x can be `22042s`: this never happens",
            "give it bounds",
        ),
    ],
)
def test_the_ends_of_a_distribution_are_tried_when_the_file_is_read(
    rest: str, place: str, message: str, hint: str
) -> None:
    first = problems(rest)[0]
    assert str(first.place).endswith(f"test.yaml:{place}")
    assert first.message == message
    assert hint in first.allowed


def test_two_values_that_do_not_fit_together_are_found() -> None:
    rest = (
        "vary: {begin: {uniform: [10m, 40m]}, end: {uniform: [38m, 60m]}}\n"
        f"events: [{{at: '{{begin}}', {SILENT}, until: '{{end}}'}}]\n"
    )
    place, message, hint = only(rest)
    assert place == "5:16"
    assert message == "with begin at `2400s` and end at `2280s`: the fault ends before it begins"
    assert "start of the run" in hint


@pytest.mark.parametrize(
    ("events", "place", "message"),
    [
        (f"{{at: 1m, {SILENT}, chance: 120%}}", "6:62", "events[1].chance: `120%` is more than 100 %"),
        (f"{{at: 1m, {SILENT}, chance: 0.2}}", "6:62", "events[1].chance: `0.2` has no unit"),
        (f"{{at: 1m, {SILENT}, as: card}}", "6:54", "this event always happens"),
        (f"{{at: 1m, {SILENT}, chance: 5%, as: 4 cards}}", "6:70", "`4 cards` is not a name"),
        (f"{{at: 1m, {SILENT}, chance: 5%, as: x}}", "6:10", "two things that vary are called `x`"),
        (
            f"{{at: 1m, {SILENT}, chance: 5%}}, {{at: 2m, {SILENT}, chance: 5%}}",
            "6:67",
            "two things that vary are called `card_silent.ups1`",
        ),
        ("{at: 1m, press: ups1, chance: 5%}", "6:10", "two things that vary are called `press.ups1`"),
        (
            "{at: 1m, mains: ups1, lost_for: 10m, chance: 5%}, {at: 2m, mains: lost, of: ups1}",
            "6:47",
            "when mains.ups1 happens: ups1 is lost already, since 60 s",
        ),
        (
            "{at: 1m, mains: lost, of: ups1, chance: 5%}, {at: 2m, mains: restored, of: ups1}",
            "6:85",
            "ups1 has its mains at 120 s",
        ),
    ],
)
def test_each_slip_about_a_chance_has_its_place_and_its_words(events: str, place: str, message: str) -> None:
    found = problems(f"vary: {{x: [1], press: [2]}}\nevents: [{events}]\n")[0]
    assert str(found.place).endswith(f"test.yaml:{place}")
    assert found.message == message


def test_a_distribution_that_nothing_uses_is_told() -> None:
    place, message, hint = only("vary: {x: {uniform: [1m, 3m]}}\n")
    assert (place, message) == ("5:8", "nothing uses x")
    assert '"{x}"' in hint


def test_a_value_of_each_device_has_no_blank() -> None:
    rest = "vary: {x: {uniform: [50%, 60%], set: model.upses.*.health}}\n"
    place, message, _ = only(rest, HEAD.replace("A test", "At {x}"))
    assert (place, message) == ("2:8", "x has a value for each device, and none that could stand here")


def test_a_condition_on_what_nobody_draws_is_told() -> None:
    rest = "vary: {x: {uniform: [1m, 3m]}}\nexpect: {when: [{if: x.ups1 < 3m, never: [mains.lost]}]}\n"
    found = problems(rest)
    assert "no parameter is named `x.ups1`" in [problem.message for problem in found]


@pytest.mark.parametrize(("seed", "message"), [("-1", "greater than or equal to 0"), ("a", "a whole number")])
def test_a_seed_is_a_whole_number(seed: str, message: str) -> None:
    assert message in only(f"seed: {seed}\n")[1]


def test_all_mistakes_come_at_once_and_no_traceback(tmp_path: Path) -> None:
    rest = (
        "vary:\n  a: {uniform: [2m, 1m]}\n  b: {choice: {x: -1}}\n"
        "  c: {normal: [80%, 10%], set: model.upses.*.age}\n  d: {from: 0s, to: 5s}\n"
    )
    path = tmp_path / "story.yaml"
    path.write_text(HEAD.replace("sites/", f"{SCENARIOS}/sites/") + rest, encoding="utf-8")
    result = CliRunner().invoke(main, ["run", str(path)])
    assert result.exit_code == 2
    assert [line for line in result.output.splitlines() if ": error: " in line] == [
        f"{path}:6:7: error: a: uniform takes the lowest first, then a higher",
        f"{path}:7:19: error: b: `-1` is not a weight",
        f"{path}:8:46: error: model.upses.* has no setting `age`",
        f"{path}:9:3: error: d: `step` is missing",
    ]


def test_a_mistake_at_many_devices_is_told_once() -> None:
    rest = "vary: {x: {values: [50%, 120%], set: model.upses.*.health}}\n"
    assert only(rest)[1] == "model.upses.ups1.health: `120%` is more than 100 %"


def test_what_no_value_would_mend_is_told_together_with_what_is_wrong_in_vary() -> None:
    story = """vary: {x: {uniform: [9m, 5m]}}
events:
  - {at: 10m, mians: utility, lost_for: "{x}"}
  - {at: "{x}", mains: utility, lost_for: 2h}
expect:
  never: [array.lost_data nosuchdisk]
  when:
    - {if: x < 5m, never: [server.crashed]}
"""
    told = [(problem.place.line, problem.message) for problem in problems(story)]

    assert [line for line, _ in told] == [5, 7, 7, 10]
    assert "uniform takes the lowest first" in told[0][1]
    assert {"unknown key `mians` in events[1]"} <= {message for _, message in told}
    assert told[-1][1] == "no array is called `nosuchdisk`"
