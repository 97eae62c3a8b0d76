"""The confirm times: same for the nodes, falling from the control nodes to the linked disk."""

from __future__ import annotations

import pytest

from sequencer.site import Site
from teiden.rules.finding import Severity


def test_r6_11_nodes_with_the_same_confirm_time_pass(found, reference: Site) -> None:
    assert not found("R6-11", reference)


def test_r6_11_one_second_between_two_nodes_is_an_error_at_the_shorter_one(found, setting, reference) -> None:
    (finding,) = found("R6-11", setting(reference, ups2__confirm_s=931.0))
    assert finding.severity is Severity.ERROR
    assert finding.path == ("upses", "ups1", "confirm")


@pytest.mark.parametrize(
    ("change", "at"),
    [
        ({"ups1__confirm_s": 900.0, "ups2__confirm_s": 900.0}, "ups1"),
        ({"ups3__confirm_s": 60.0}, "ups3"),
        ({"ups4__confirm_s": 60.0}, "ups5"),
        ({"ups6__confirm_s": 30.0}, "ups6"),
    ],
)
def test_r6_12_equal_confirm_times_of_neighbours_are_an_error(found, setting, reference, change, at) -> None:
    (finding,) = found("R6-12", setting(reference, **change))
    assert finding.path == ("upses", at, "confirm")
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    "change",
    [
        {"ups1__confirm_s": 901.0, "ups2__confirm_s": 901.0},
        {"ups3__confirm_s": 61.0},
        {"ups4__confirm_s": 59.0},
        {"ups5__confirm_s": 31.0, "ups6__confirm_s": 31.0},
    ],
)
def test_r6_12_one_second_between_neighbours_is_enough(found, setting, reference, change) -> None:
    assert not found("R6-12", setting(reference, **change))


def test_r6_12_without_a_control_disk_the_nodes_are_compared_with_the_servers(
    found, setting, reference
) -> None:
    nodes_only = setting(reference, arrays={"linkeddisk": reference.arrays["linkeddisk"]})
    assert not found("R6-12", nodes_only)
    assert found("R6-12", setting(nodes_only, ups1__confirm_s=60.0, ups2__confirm_s=60.0))


def test_s19_is_another_name_of_both(found, setting, reference) -> None:
    both = found("S19", setting(reference, ups1__confirm_s=900.0))
    assert {f.rule for f in both} == {"R6-11", "R6-12"}


def test_x_08_a_confirm_time_no_longer_than_a_sag_is_a_warning(found, setting, reference) -> None:
    (finding,) = found("X-08", setting(reference, ups4__confirm_s=5.0))
    assert finding.severity is Severity.WARNING
    assert not found("X-08", setting(reference, ups4__confirm_s=6.0))
