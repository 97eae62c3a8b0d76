"""What holds up a start: S7, S16, S17."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM


def test_S16_a_wake_while_the_off_counts_down_is_reported(outage: Any) -> None:
    telling = outage.plus("200 control1 command.sent blade1 command=wake")

    assert "S16" in telling.broken
    assert telling.breach("S16") == "wake of blade1 on ups5 at 200 s, armed to go off since 32 s"


def test_S16_alone_with_everything_else_in_order(tell: Any) -> None:
    armed = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
        -590 control1 request.accepted reference wish=power_on of=blade1 id=r1
        -500 room ups.off_armed ups5 falls_at=520
        -400 control1 command.sent blade1 command=wake
         -80 room ups.output_off ups5 cause=fault
         -70 control1 command.sent blade1 command=wake
        """
    )

    assert armed.broken == ["S16"]
    assert len(armed.result("S16").breaches) == 1


def test_S16_a_cluster_is_not_restarted_on_nodes_that_are_to_fall(outage: Any) -> None:
    telling = outage.plus("1050 control1 command.sent ssccluster command=restart")

    assert "restart of ssccluster on ups" in telling.breach("S16")


def test_S16_a_restart_of_the_cluster_starts_no_node_that_is_halted(tell: Any) -> None:
    """Its UPS may still be to fall: it boots when that comes back."""
    telling = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
        -500 room ups.off_armed ups1 falls_at=520
        -450 room server.halted control1
        -400 control2 command.sent ssccluster command=restart
        -300 room server.booting control1
        -200 control2 command.sent ssccluster command=restart
        """
    )
    (breach,) = telling.result("S16").breaches
    assert breach.t == 400


def test_S16_an_off_that_the_ups_has_dropped_arms_nothing(tell: Any) -> None:
    dropped = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
        -590 control1 request.accepted reference wish=power_on of=blade1 id=r1
        -500 room ups.off_armed ups5 falls_at=520
         -70 control1 command.sent blade1 command=wake
        """
    )

    assert dropped.broken == []


def test_S17_a_start_with_too_little_charge_is_reported(outage: Any) -> None:
    telling = outage.changed("ups.charge ups4", "charge_pct=57", "charge_pct=30")

    assert telling.broken == ["S17"]
    assert telling.breach("S17") == "ups4 was switched on at 8076 s, but ups4 held 43 % and needs 50 %"


def test_S17_one_point_is_the_cards_rounding(outage: Any) -> None:
    # 876 s of the 4800 s from 7200 s to 12000 s: 48.5 % and 49.3 % of the 50 % that are needed.
    assert outage.changed("ups.charge ups4", "charge_pct=57", "charge_pct=37").broken == ["S17"]
    assert outage.changed("ups.charge ups4", "charge_pct=57", "charge_pct=38").broken == []


def test_S17_a_start_without_mains_is_reported(outage: Any) -> None:
    telling = outage.plus("8200 room mains.lost ups5", "8900 room mains.restored ups5")

    assert telling.broken == ["S17"]
    assert telling.breach("S17") == "ups5 was switched on at 8266 s, but ups5 had no mains"


def test_S17_mains_that_are_not_stable_are_reported(outage: Any) -> None:
    telling = outage.plus("7470 room mains.lost ups3", "7475 room mains.restored ups3")

    assert telling.broken == ["S17"]
    assert "ups3 had mains for 27 s only, not 60 s" in telling.breach("S17")


def test_S17_a_wake_is_a_start_too(tell: Any) -> None:
    weak = tell(
        """
        -600 room run.started reference
        -590 control1 lease.taken reference
        -590 control1 request.accepted reference wish=power_on of=blade1 id=r1
        -590 room ups.charge ups5 charge_pct=20
        -580 control1 command.sent blade1 command=wake
        -570 room ups.charge ups5 charge_pct=21
        """
    )

    assert weak.broken == ["S17"]
    assert "blade1 was woken" in weak.breach("S17")


def test_S17_the_operator_may_override_it(outage: Any) -> None:
    telling = outage.changed("ups.charge ups4", "charge_pct=57", "charge_pct=30")

    assert telling.changed("ups4 command=on", "command=on", "command=on override=true").broken == []


def test_S17_a_charge_that_nobody_told_is_not_judged(outage: Any) -> None:
    untold = outage.without("ups.charge ups4")

    assert untold.broken == []
    last_word = outage.without("12000 room ups.charge ups4").changed("ups.charge ups4", "=57", "=30")
    assert last_word.broken == []


def test_S17_a_ups_that_returns_by_itself_is_not_commanded(outage: Any) -> None:
    assert outage.changed("ups.charge ups1", "charge_pct=70", "charge_pct=20").broken == []


def test_S17_one_more_of_a_redundant_pair_dooms_nobody(tell: Any) -> None:
    told = """
        -600 room run.started reference
        -590 control1 lease.taken reference
        -590 control1 request.accepted reference wish=power_on of=blade1 id=r1
        -590 room mains.lost ups6
        -580 control1 command.sent blade1 command=wake
        """
    site = tell(told).site
    for needed, broken in ((1, []), (2, ["S17"])):
        dual = replace(site.servers["blade1"], upses=("ups5", "ups6"), minimum_supplies=needed)
        assert tell(told).at_site(servers={**site.servers, "blade1": dual}).broken == broken


@pytest.mark.parametrize(("at_first", "lost"), [({"utility": "present"}, False), ({}, True)])
def test_P12_S7_a_ups_that_tests_its_battery_till_it_is_empty_has_its_mains_all_the_time(
    tell: Any, at_first: dict[str, str], lost: bool
) -> None:
    """The room tells of the mains apart, and of no loss of them; else its battery would be all there is."""
    tests = replace(tell(CALM), initial=at_first).plus(
        "10 room ups.on_battery ups4",
        "900 room ups.output_off ups4 cause=exhausted",
        "2000 control1 command.sent ups4 command=on",
    )
    assert bool(tests.result("S7").breaches) is lost
