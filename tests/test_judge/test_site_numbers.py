"""The numbers of the site: S19, S20, and that `teiden check` says the same."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import FlushOrder


def confirming(outage: Any, **confirm_s: float) -> Any:
    upses = outage.site.upses
    return outage.at_site(
        upses={**upses, **{n: replace(upses[n], confirm_s=s) for n, s in confirm_s.items()}}
    )


def test_S19_and_S20_hold_for_the_documents_own_numbers(outage: Any) -> None:
    for rule in ("S19", "S20"):
        assert outage.result(rule).ok
        assert outage.result(rule).put_to_test == 1


def test_S19_nodes_that_confirm_apart_are_reported(outage: Any) -> None:
    assert confirming(outage, ups2=960).breach("S19") == (
        "ups2 confirms after 960 s, ups1 after 930 s; they must confirm together"
    )


@pytest.mark.parametrize(
    ("times", "text"),
    [
        ({"ups3": 930}, "ups1 confirms after 930 s, not later than ups3 after 930 s"),
        ({"ups6": 900}, "ups3 confirms after 900 s, not later than ups6 after 900 s"),
        ({"ups4": 90}, "ups5 confirms after 60 s, not later than ups4 after 90 s"),
    ],
)
def test_S19_times_that_do_not_fall_are_reported(outage: Any, times: dict[str, float], text: str) -> None:
    assert confirming(outage, **times).breach("S19") == text


def test_S19_of_ups_of_one_kind_there_is_nothing_to_say(outage: Any) -> None:
    site = outage.site
    nodes = {n: replace(s, arrays=()) for n, s in site.servers.items() if n in site.cluster.nodes}
    upses = {u: site.upses[u] for u in ("ups1", "ups2")}
    alone = outage.at_site(servers=nodes, arrays={}, upses=upses).until(-595)

    result = alone.result("S19")
    assert result.status.value == "not applicable"
    assert "nothing that could confirm" in result.happened


def test_S20_a_control_side_that_stops_too_early_is_reported(outage: Any) -> None:
    assert confirming(outage, ups3=700).breach("S20") == (
        "ups3 confirms after 700 s; the stop of linkeddisk may take 750 s"
    )
    assert confirming(outage, ups3=750).result("S20").ok


def test_S20_counts_every_flush_where_they_follow_one_another(outage: Any) -> None:
    arrays = outage.site.arrays
    two = outage.at_site(arrays={**arrays, "other": replace(arrays["linkeddisk"], name="other")})
    at_once = two.at_site(linkage=replace(two.site.linkage, flush_order=FlushOrder.PARALLEL))

    assert two.breach("S20") == "ups3 confirms after 900 s; the stop of linkeddisk and other may take 1050 s"
    assert at_once.result("S20").ok


def test_S20_without_a_linked_array_there_is_nothing_to_outlive(outage: Any) -> None:
    arrays = {"controldisk": outage.site.arrays["controldisk"]}
    servers = {n: replace(s, arrays=()) for n, s in outage.site.servers.items()}
    without = outage.at_site(arrays=arrays, servers=servers).until(-595)

    assert without.result("S20").status.value == "not applicable"


def test_S20_a_story_may_declare_it(outage: Any) -> None:
    early = confirming(outage, ups3=700)

    assert not early.judged().holds
    assert early.judged(breaks=["S20"]).holds
