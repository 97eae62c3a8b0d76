"""The numbers an engineer asks for after a run."""

from __future__ import annotations

from typing import Any

import pytest


def margin(telling: Any, key: str) -> Any:
    return telling.judged().margins.get(key)


def test_the_margins_of_the_reference_outage_are_those_of_the_example(outage: Any) -> None:
    margins = outage.judged().margins

    assert [str(m) for m in margins.margins] == [
        "linked disk cut -> control stop 257 s (plan 150)",
        "servers halted -> output off 330 s (plan 240)",
        "linkeddisk flush 192 s (limit 300)",
        "mains back -> incident closed 20 min 56 s",
    ]
    assert margins.lowest_charge == {"ups1": 70, "ups2": 70, "ups3": 55, "ups4": 57, "ups5": 90, "ups6": 90}


def test_margins_are_properties_of_a_junit_file(outage: Any) -> None:
    properties = outage.judged().margins.properties()

    assert properties["margin.linked_stop_s"] == 257.0
    assert properties["margin.flush.linkeddisk_s"] == 192.0
    assert properties["lowest_charge.ups3_pct"] == 55.0


def test_a_control_stop_before_the_cut_is_a_negative_margin(outage: Any) -> None:
    assert margin(outage.moved("cluster.stopping", 600), "linked_stop_s").value_s == -46.0


def test_without_a_control_stop_there_is_no_margin_before_it(outage: Any) -> None:
    assert margin(outage.without("cluster.stopping"), "linked_stop_s") is None


def test_the_stop_of_a_restart_is_the_way_up(outage: Any) -> None:
    restarts = outage.without("903 room cluster.stopping").plus("7684 room cluster.stopping ssccluster")

    assert margin(restarts, "linked_stop_s") is None


def test_of_two_outages_the_smaller_margin_is_told(outage: Any) -> None:
    twice = outage.plus(
        "13000 room mains.lost utility",
        "13600 room ups.output_off ups4 cause=command",
        "13700 room cluster.stopping ssccluster",
    )

    assert margin(twice, "linked_stop_s").value_s == 100.0


def test_the_last_server_on_a_ups_decides(outage: Any) -> None:
    assert margin(outage.moved("server.halted rack2", 440), "halted_before_off_s").value_s == 12.0


def test_a_flush_that_is_given_up_took_until_then(outage: Any) -> None:
    telling = outage.without("array.flushed").plus("754 control1 array.flush_timed_out linkeddisk")

    assert margin(telling, "flush.linkeddisk_s").value_s == 300.0


def test_restore_counts_from_the_last_return_of_the_mains(outage: Any) -> None:
    flapping = outage.plus("7300 room mains.lost utility", "7400 room mains.restored utility")

    assert margin(flapping, "restore_s").value_s == pytest.approx(1056.0)


def test_the_lowest_charge_is_that_after_the_loss_of_mains(outage: Any) -> None:
    telling = outage.plus("-500 room ups.charge ups5 charge_pct=10")

    assert telling.judged().margins.lowest_charge["ups5"] == 90
