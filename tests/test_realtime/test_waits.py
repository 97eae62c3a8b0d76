"""What a service tells that it waits for: as long as it does, and no longer."""

from __future__ import annotations

import pytest

from realtime.waits import Waits
from sequencer.events import Event, Source

SAFE = {"step": "safe to switch on", "rule": "S17", "reason": "ups4 has 20 % of 50 %"}


def heard(*told: tuple[float, str, str, dict[str, object]]) -> Waits:
    waits = Waits()
    for t, name, subject, details in told:
        waits.hear(Event(t, name, subject, "control1", Source.SEEN, details))
    return waits


def test_a_step_is_waited_for_until_it_is_done_with_its_age_and_limit() -> None:
    begun = (10.0, "step.started", "blade1", {"step": "halted", "limit_s": 180.0})
    (wait,) = heard(begun).now(15.0)
    assert (wait.subject, wait.step, wait.for_s, wait.limit_s) == ("blade1", "halted", 5.0, 180.0)
    for end in ("step.done", "step.timed_out", "step.overtaken"):
        assert heard(begun, (20.0, end, "blade1", {"step": "halted"})).now(21.0) == ()


@pytest.mark.parametrize(
    ("goes_on", "details"),
    [("command.sent", {"command": "on"}), ("ups.output_on", {}), ("step.started", {"step": "on"})],
)
def test_what_holds_a_ups_up_is_over_when_it_goes_on(goes_on: str, details: dict[str, object]) -> None:
    waits = heard((10.0, "step.waiting", "ups4", SAFE), (20.0, goes_on, "ups4", details))
    assert "safe to switch on" not in [wait.step for wait in waits.now(21.0)]


def test_what_holds_one_up_is_not_over_because_another_goes_on() -> None:
    waits = heard((10.0, "step.waiting", "ups4", SAFE), (20.0, "ups.output_on", "ups5", {}))
    assert [(wait.subject, wait.reason) for wait in waits.now(21.0)] == [("ups4", SAFE["reason"])]


def test_told_again_in_other_words_it_is_the_same_wait_and_as_old() -> None:
    more = SAFE | {"reason": "ups4 has 25 % of 50 %"}
    (wait,) = heard((10.0, "step.waiting", "ups4", SAFE), (40.0, "step.waiting", "ups4", more)).now(50.0)
    assert (wait.for_s, wait.reason) == (40.0, more["reason"])


def test_another_thing_to_wait_for_takes_the_place_of_the_last() -> None:
    other = {"step": "mains of ups4 are away"}
    (wait,) = heard((10.0, "step.waiting", "ups4", SAFE), (40.0, "step.waiting", "ups4", other)).now(50.0)
    assert (wait.step, wait.for_s) == (other["step"], 10.0)


def test_a_refused_command_is_waited_for_until_it_is_sent_and_unarmed_by_somebody_else() -> None:
    refused = {"command": "on", "rule": "S17", "reason": "too little charge"}
    assert [wait.step for wait in heard((1.0, "command.refused", "ups4", refused)).now(2.0)] == ["on"]
    sent = (3.0, "command.sent", "ups4", {"command": "on"})
    assert heard((1.0, "command.refused", "ups4", refused), sent).now(4.0) == ()
    unarmed = refused | {"rule": "X-12"}
    (wait,) = heard((1.0, "command.refused", "ups4", unarmed)).now(2.0)
    assert wait.step == "would be told: on"


def test_with_the_incident_everything_is_over() -> None:
    waits = heard((1.0, "step.waiting", "ups4", SAFE), (2.0, "incident.closed", "reference", {}))
    assert waits.now(3.0) == ()
