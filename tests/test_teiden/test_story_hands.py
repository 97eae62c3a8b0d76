"""The events of a story in which somebody does something: what is read, and what is wrong with it."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest

from sequencer.requests import MANAGERS, Wish
from sim.faults.network import SWITCH_DIES
from sim.faults.servers import SHUTDOWN_REFUSED
from sim.model import JobModel, Model
from sim.story import (
    Asked,
    Booted,
    ClockStep,
    FaultChange,
    HostChange,
    MainsChange,
    Managed,
    Manager,
    Pressed,
)
from teiden.files.source import InputError, Problem
from teiden.files.story_file import stories_from_text
from teiden.files.story_model import WISHES
from teiden.language.say import speaking
from teiden.story import Story

SCENARIOS = Path(__file__).parents[2] / "scenarios"
HEAD = "schema: teiden/story/1\nstory: A test.\nsite: sites/reference.yaml\nuntil: 4h\n"
WATCH = "with: {lan_watch: {hosts: [192.0.2.101, 192.0.2.102]}}\n"
JOBS = "jobs: {start: [{name: mount, run: [/bin/mount]}], stop: [{name: sync, run: [/bin/sync]}]}"


def story(rest: str) -> Story:
    (one,) = stories_from_text(HEAD + rest, str(SCENARIOS / "test.yaml"))
    return one


def event(entry: str, before: str = "") -> object:
    (happening,) = story(f"{before}events: [{{at: 10m, {entry}}}]\n").happenings
    return happening


def problems(rest: str) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        story(rest)
    return refused.value.problems


def only(rest: str) -> tuple[str, str, str]:
    (problem,) = problems(rest)
    return str(problem.place).removeprefix(f"{SCENARIOS}/"), problem.message, problem.allowed


# What is read


@pytest.mark.parametrize(
    ("entry", "happening"),
    [
        ("clock: control1, step: -300s", ClockStep(600, "control1", -300)),
        ("clock: blade1, step: 1m30s", ClockStep(600, "blade1", 90)),
        ("clock: blade1, step: +2m", ClockStep(600, "blade1", 120)),
        (
            "request: power_off, of: [blade1], by: backup job",
            Asked(600, Wish.POWER_OFF, ("blade1",), "backup job"),
        ),
        (
            "request: power_off, of: blade1, to: control2",
            Asked(600, Wish.POWER_OFF, ("blade1",), to="control2"),
        ),
        ("request: power_on", Asked(600, Wish.POWER_ON)),
        ("request: hold, of: [ups5, linkeddisk, ssccluster]", None),
        ("request: release, of: ups5", Asked(600, Wish.RELEASE, ("ups5",))),
        ("manager: shutdown, of: ssccluster", Managed(600, Manager.SHUTDOWN, "ssccluster")),
        ("manager: reboot, of: control2", Managed(600, Manager.REBOOT, "control2")),
        ("manager: start, of: ssccluster", Managed(600, Manager.START, "ssccluster")),
        ("press: ups5", Pressed(600, "ups5")),
        ("boot: rack1", Booted(600, "rack1")),
        ("fault: switch_dies, subject: lan1", FaultChange(600, SWITCH_DIES, "lan1")),
        ("fault: shutdown_refused, subject: rack1", FaultChange(600, SHUTDOWN_REFUSED, "rack1")),
        ("mains: lost, of: ups5", MainsChange(600, "ups5", lost=True)),
    ],
)
def test_each_kind_of_event_is_read(entry: str, happening: object) -> None:
    found = event(entry)
    assert found == (happening or Asked(600, Wish.HOLD, ("ups5", "linkeddisk", "ssccluster")))


@pytest.mark.parametrize(("goes", "answers"), [("off", False), ("on", True)])
def test_r8_04_a_watched_host_goes_off_and_on(goes: str, answers: bool) -> None:
    found = event(f"host: 192.0.2.101, goes: {goes}", WATCH)
    assert found == HostChange(600, "192.0.2.101", answers)


def test_r2_08_everything_but_what_the_manager_tells_can_be_asked_for() -> None:
    assert set(WISHES) == {w.value for w in Wish} - {w.value for w in MANAGERS}


def test_what_people_do_may_be_varied() -> None:
    rest = "vary: {by: [-1m, 90s], who: [blade1, rack1]}\nevents: [{at: 1m, clock: '{who}', step: '{by}'}]\n"
    stories = stories_from_text(HEAD + rest, str(SCENARIOS / "test.yaml"))
    assert {h for s in stories for h in s.happenings} == {
        ClockStep(60, who, by) for who in ("blade1", "rack1") for by in (-60.0, 90.0)
    }


# What is wrong


@pytest.mark.parametrize(
    ("entry", "column", "message", "hint"),
    [
        ("clock: contrl1, step: 5s", 26, "no server is named `contrl1`", "did you mean `control1`?"),
        ("clock: control1", 26, "the clock is set by how much?", "step: -300s"),
        ("clock: control1, step: -300", 42, "events[1].step: `300` has no unit", "300s"),
        ("clock: control1, step: 0s", 42, "events[1].step: `0s` is no step", "-300s back"),
        ("clock: control1, step: soon", 42, "events[1].step: `soon` is not a duration", "5m"),
        ("clock: control1, step: [5s]", 36, "events[1].step: one value is expected here", "-5m"),
        ("request: poweroff", 28, "events[1].request: nobody can ask for `poweroff`", "`power_off`"),
        (
            "request: cluster_shutdown",
            28,
            "events[1].request: `cluster_shutdown` is told by the cluster's manager",
            "manager: shutdown",
        ),
        (
            "request: power_off, of: [blade1, blde2]",
            52,
            "no server is named `blde2`",
            "did you mean `blade2`?",
        ),
        ("request: power_off, of: ups5", 43, "no server is named `ups5`", "known: control1"),
        ("request: power_off, of: []", 39, "events[1].of: nobody is named", "leave `of` out"),
        ("request: power_off, of: [3]", 39, "events[1].of: `3` is not a name", "blade1"),
        ("request: hold", 28, "hold: of which device?", "of: NAME"),
        ("request: hold, of: lan1", 38, "no device is named `lan1`", "known: ups1"),
        ("request: power_on, to: blade1", 42, "no control node is named `blade1`", "control1, control2"),
        ("request: power_on, by: 3", 42, "events[1].by: `3` is not a label", "one line"),
        ("manager: stop, of: ssccluster", 28, "events[1].manager: `stop` is not allowed here", "shutdown"),
        ("manager: shutdown", 28, "manager shutdown: of what?", "ssccluster, control1"),
        ("manager: reboot, of: blade1", 40, "no cluster or control node is named `blade1`", "ssccluster"),
        ("manager: start, of: control1", 39, "no cluster is named `control1`", "known: ssccluster"),
        ("manager: reboot, of: [control1, control2]", 36, "one at a time", "an event for each"),
        ("press: rack1", 26, "no UPS is named `rack1`", "known: ups1"),
        ("boot: ups5", 25, "no server is named `ups5`", "known: control1"),
        ("press: ups5, of: ups5", 32, "`of` does not go with press", "keys: at, press"),
        ("press: ups5, boot: rack1", 10, "an event is one thing", "press, boot"),
        ("fault: switch_dies, subject: ups5", 48, "no LAN switch is named `ups5`", "known: lan1"),
        ("mains: lost, of: [ups5, ups6]", 32, "one at a time", "an event for each"),
        ("host: 192.0.2.101", 25, "does the host go off or on?", "goes: off"),
    ],
)
def test_each_slip_has_its_place_and_its_words(entry: str, column: int, message: str, hint: str) -> None:
    found_place, found_message, found_hint = only(f"events: [{{at: 1m, {entry}}}]\n")
    assert found_message.startswith(message)
    assert found_place == f"test.yaml:5:{column}"
    assert hint in found_hint


def test_r8_04_a_host_that_nobody_watches_is_told() -> None:
    place, message, hint = only(WATCH + "events: [{at: 1m, host: 192.0.2.103, goes: off}]\n")
    assert (place, message) == ("test.yaml:6:25", "no watched host is named `192.0.2.103`")
    assert "192.0.2.101" in hint


def test_r8_04_a_host_goes_nowhere_but_off_and_on() -> None:
    place, message, hint = only(WATCH + "events: [{at: 1m, host: 192.0.2.101, goes: away}]\n")
    assert (place, message) == ("test.yaml:6:44", "events[1].goes: `away` is not allowed here")
    assert "off, on" in hint


def test_what_happens_after_the_end_never_happens() -> None:
    place, message, _ = only("events: [{at: 5h, request: power_off, of: [blade1]}]\n")
    assert (place, message) == ("test.yaml:5:15", "this never happens")


def test_several_slips_of_one_event_come_at_once() -> None:
    found = problems("events: [{at: 1, request: power_off, of: [x, y], to: z}]\n")
    assert [p.message for p in found] == [
        "events[1].at: `1` has no unit",
        "no server is named `x`",
        "no server is named `y`",
        "no control node is named `z`",
    ]


def test_a_slip_is_told_in_the_readers_language() -> None:
    with speaking("ja"):
        _, message, hint = only("events: [{at: 1m, clock: control1}]\n")
    assert not message.isascii()
    assert not hint.isascii()


# What `model:` says about servers


def modelled(servers: str, more: str = "") -> Model:
    return story(f"with: {{model: {{servers: {{{servers}}}}}{more}}}\n").model


def test_r12_02_r6_32_a_server_starts_as_its_model_says() -> None:
    model = modelled("linked: {clock_skew: 90s}, rack1: {clock_skew: -1m30s, running: false}")
    assert model.servers["blade1"].clock_skew_s == 90
    assert model.servers["rack1"].clock_skew_s == -90
    assert model.servers["rack1"].running is False
    assert model.servers["blade1"].running is None
    assert modelled("bladepool: {running: true}").servers["bladepool"].running is True


def test_r2_06_jobs_end_as_the_model_says_the_servers_before_the_roles() -> None:
    model = modelled(
        "linked: {jobs: {mount: {takes: 20s}, sync: {result: hangs}}}, "
        "rack1: {jobs: {mount: {result: failed}}}",
        f", server_defaults: {{{JOBS}}}",
    )
    assert model.servers["blade1"].jobs == {"mount": JobModel(20.0), "sync": JobModel(inf)}
    assert model.servers["rack1"].jobs == {"mount": JobModel(fails=True), "sync": JobModel(inf)}
    assert model.servers["control1"].jobs == {}


@pytest.mark.parametrize(
    ("model", "message", "hint"),
    [
        ("blade1: {clock_skew: 90}", "model.servers.blade1.clock_skew: `90` has no unit", "90s"),
        ("blade1: {running: maybe}", "model.servers.blade1.running takes true or false", "quotes"),
        (
            "blade1: {jobs: {sync: {result: dies}}}",
            "model.servers.blade1.jobs.sync.result: `dies` is",
            "hangs",
        ),
        ("blade1: {jobs: {mout: {takes: 5s}}}", "no job is named `mout`", "did you mean `mount`?"),
        ("linked: {jobs: {mont: {takes: 5s}}}", "no job is named `mont`", "did you mean `mount`?"),
        ("pool: {jobs: {sync: {takes: 5}}}", "model.servers.pool.jobs.sync.takes: `5` has no unit", "5s"),
    ],
)
def test_each_slip_in_the_model_is_told(model: str, message: str, hint: str) -> None:
    rest = f"with:\n  server_defaults: {{{JOBS}}}\n  model: {{servers: {{{model}}}}}\n"
    place, found, found_hint = only(rest)
    assert found.startswith(message)
    assert place.startswith("test.yaml:7:")
    assert hint in found_hint


def test_a_job_of_a_server_that_has_none_is_told() -> None:
    _, message, hint = only("with: {model: {servers: {blade1: {jobs: {sync: {takes: 5s}}}}}}\n")
    assert message == "no job is named `sync`"
    assert "blade1 has no jobs" in hint
