"""R9-07 and S18: each battery lasts for a full stop, to the second."""

from __future__ import annotations

import pytest

from sequencer import timing
from teiden.plan.batteries import battery_needs
from teiden.rules.finding import Severity

NEEDS = {"ups1": 1650.0, "ups2": 1650.0, "ups3": 1380.0, "ups4": 750.0, "ups5": 480.0, "ups6": 480.0}


def test_r9_07_needs_are_those_of_the_document_and_of_the_timing_formulas(reference) -> None:
    needs = {line.ups: line.needs.total for line in battery_needs(reference)}
    assert needs == NEEDS
    assert needs == {n: timing.battery_need_s(reference, u) for n, u in reference.upses.items()}


@pytest.mark.parametrize("ups", NEEDS)
def test_r9_07_one_second_too_little_is_an_error_and_exactly_enough_is_not(
    found, setting, reference, ups
) -> None:
    (finding,) = found("R9-07", setting(reference, **{f"{ups}__runtime_s": NEEDS[ups] - 1}))
    assert finding.severity is Severity.ERROR
    assert finding.path == ("upses", ups, "runtime")
    assert finding.margin.short == 1
    assert not found("R9-07", setting(reference, **{f"{ups}__runtime_s": NEEDS[ups]}))


def test_r9_07_a_ups_without_a_stated_runtime_is_a_warning(found, setting, reference) -> None:
    (finding,) = found("R9-07", setting(reference, ups5__runtime_s=None))
    assert finding.severity is Severity.WARNING
    assert "ups5" in finding.message
    assert "480 s" in finding.remedies[0].remark


def test_r9_07_several_unstated_runtimes_are_one_warning(found, setting, reference) -> None:
    (finding,) = found("R9-07", setting(reference, ups1__runtime_s=None, ups2__runtime_s=None))
    assert "ups1, ups2" in finding.message


def test_s18_names_the_same_rule(found, setting, reference) -> None:
    (finding,) = found("S18", setting(reference, ups1__runtime_s=1649.0))
    assert finding.margin.needs.in_words() == "930 (ups1 confirm) + 300 (cluster limit) + 420 (ups1 off)"


def test_r9_07_a_longer_cluster_limit_needs_larger_control_batteries(found, setting, reference) -> None:
    assert not found("R9-07", setting(reference, cluster__shutdown_limit_s=300.0 + 1320))
    (finding,) = found("R9-07", setting(reference, cluster__shutdown_limit_s=300.0 + 1321))
    assert finding.path == ("upses", "ups3", "runtime")


def test_s17_a_battery_too_small_for_a_second_outage_soon_after_the_first_is_a_note(
    found, setting, reference
) -> None:
    (finding,) = found("S17", setting(reference, ups4__runtime_s=800.0))
    assert finding.severity is Severity.NOTE
    assert "94 %" in finding.message
    assert not found("S17", setting(reference, ups4__runtime_s=834.0))
