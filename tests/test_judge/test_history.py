"""Which events count, from when on, and what was so at the start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from teiden.judge.charge import Charges
from teiden.judge.history import History


def test_facts_count_where_there_are_facts(outage: Any) -> None:
    """What a node saw, late or wrongly, is no evidence in a pretend run."""
    deceived = outage.plus("20 control1 server.crashed blade1", "300 control1 ups.output_off ups5")

    assert deceived.broken == []
    assert deceived.never("server.crashed").ok
    assert deceived.at("ups.output_off ups5", 452, tolerance_s=0).ok


def test_without_facts_what_was_seen_counts(outage: Any) -> None:
    live = replace(outage, lines=tuple(line.replace(" room ", " control1 ") for line in outage.lines))
    verdict = live.judged()

    assert [result.happened for result in verdict.failures()] == []
    assert live.moved("command=flush", 440).moved("array.flushing", 440).broken == ["S3"]


def test_a_live_stream_without_causes_is_explained_by_the_commands_sent(outage: Any) -> None:
    live = replace(
        outage,
        lines=tuple(
            line.replace(" room ", " control1 ").replace(" cause=command", "") for line in outage.lines
        ),
    )

    assert live.broken == []
    assert live.without("server.halted rack2").broken == ["S1"]


def test_a_live_stream_arms_by_the_command(outage: Any) -> None:
    live = replace(
        outage,
        lines=tuple(x.replace(" room ", " control1 ") for x in outage.lines if "off_armed" not in x),
    )

    assert "S16" in live.plus("200 control1 command.sent blade1 command=wake").broken


def test_what_two_nodes_see_happens_once(tell: Any) -> None:
    live = tell(
        """
        0 control1 ups.on_battery ups1
        1 control2 ups.on_battery ups1
        2 control1 ups.on_line ups1
        3 control2 ups.on_line ups1
        4 control2 ups.on_battery ups1
        """
    )

    assert live.count("ups.on_battery ups1", 2).ok


def test_the_commanders_patience_counts_beside_facts(outage: Any) -> None:
    assert (
        outage.plus("754 control1 array.flush_timed_out linkeddisk")
        .at("array.flush_timed_out linkeddisk", 754)
        .ok
    )


def test_the_clock_starts_with_the_first_loss_of_mains_else_with_the_run() -> None:
    started = Event(5.0, "run.started", "site", "room", Source.FACT)
    lost = Event(50.0, "mains.lost", "utility", "room", Source.FACT)

    assert History([started, lost, replace_t(lost, 90.0)]).zero_s == 50.0
    assert History([started]).zero_s == 5.0


def replace_t(event: Event, t: float) -> Event:
    return Event(t, event.name, event.subject, event.by, event.source, event.details)


@pytest.mark.parametrize("initial", [{"rackpool": "up"}, {"rackpool": {"os": "up"}}])
def test_the_start_is_told_in_words_or_by_aspect(outage: Any, initial: dict[str, Any]) -> None:
    assert replace(outage, initial=initial).broken == ["S1"]  # nobody shut rackpool down


def test_an_array_that_is_off_at_the_start_is_not_owed(outage: Any) -> None:
    telling = outage.until(8000)
    off = {"linkeddisk": {"service": "off"}, "rack1": {"os": "halted"}}

    assert "linkeddisk" not in replace(telling, initial=off).plus("50000 room run.ended reference").breach(
        "L1"
    )


# Charge


def charge(t: float, charge_pct: float, runtime_s: float | None = None) -> Event:
    details = {"charge_pct": charge_pct, "runtime_s": runtime_s}
    return Event(t, "ups.charge", "ups1", "room", Source.FACT, details)


def test_charge_runs_in_a_straight_line_between_two_points() -> None:
    charges = Charges([charge(0, 100), charge(100, 50), charge(300, 90)])

    assert [charges.charge_pct("ups1", t) for t in (0, 50, 100, 200)] == [100, 75, 50, 70]


def test_past_its_last_point_only_a_full_battery_is_known() -> None:
    assert Charges([charge(0, 50)]).charge_pct("ups1", 10) is None
    assert Charges([charge(0, 100)]).charge_pct("ups1", 10) == 100
    assert Charges([]).charge_pct("ups1", 10) is None


def test_two_points_of_one_instant_are_a_step() -> None:
    charges = Charges([charge(0, 100), charge(100, 50), charge(100, 10), charge(200, 20)])

    assert charges.charge_pct("ups1", 100) == 10
    assert charges.charge_pct("ups1", 150) == 15


def test_runtime_falls_second_by_second_from_its_last_point() -> None:
    charges = Charges([charge(0, 100, 600.0), charge(100, 50, 900.0), charge(200, 60)])

    assert charges.runtime_s("ups1", 60) == 540
    assert charges.runtime_s("ups1", 150) == 900, "it charges"
    assert charges.runtime_s("ups1", 250) is None


def test_the_runtime_of_a_battery_that_charges_does_not_fall() -> None:
    """It did: a battery that had charged for an hour was said to hold nothing."""

    def left_s(*then: Event) -> float | None:
        return Charges([charge(0, 50, 600.0), *then]).runtime_s("ups1", 50)

    assert left_s(charge(100, 50.1)) == 600.0
    assert left_s(charge(100, 50)) == 550.0, "it does not charge"
    assert left_s(charge(100, 49.9)) == 550.0
    assert left_s() == 550.0, "nothing says where it goes"


def test_the_charge_gate_opens_where_the_line_crosses_it() -> None:
    charges = Charges([charge(0, 100), charge(100, 20), charge(200, 80), charge(300, 100)])

    assert charges.at_least_since_s("ups1", 50, 250) == 150
    assert charges.at_least_since_s("ups1", 50, 120) is None
    assert charges.at_least_since_s("ups1", 10, 250) == float("-inf")
    assert charges.at_least_since_s("ups2", 50, 250) == float("-inf")
