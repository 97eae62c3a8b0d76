"""R10-09, S1: every system has halted before its power goes, and is not forced before its limit."""

from __future__ import annotations

import pytest

from sequencer.site import OffMode, Timing
from teiden.rules.finding import Severity


@pytest.mark.parametrize("server", ["blade2", "rack1", "bladepool"])
def test_r10_09_a_server_may_take_as_long_as_its_ups_and_no_longer(found, setting, reference, server) -> None:
    assert not found("R10-09", setting(reference, **{f"{server}__shutdown_limit_s": 420.0}))
    (finding,) = found("R10-09", setting(reference, **{f"{server}__shutdown_limit_s": 421.0}))
    assert finding.severity is Severity.ERROR
    assert finding.path == ("servers", server, "shutdown", "limit")
    assert (finding.margin.needs.total, finding.margin.has.total) == (421, 420)


def test_r10_09_control_nodes_have_only_the_grace_of_the_control_disk(found, setting, reference) -> None:
    assert not found("R10-09", setting(reference, control2__shutdown_limit_s=180.0))
    (finding,) = found("R10-09", setting(reference, control2__shutdown_limit_s=181.0))
    assert "ups3" in finding.message
    assert finding.margin.brief == "ups3 off = grace 180"


def test_r10_09_without_a_control_disk_a_node_has_its_own_ups(found, setting, reference) -> None:
    alone = setting(reference, arrays={"linkeddisk": reference.arrays["linkeddisk"]}, control2__arrays=())
    assert not found("R10-09", setting(alone, control2__shutdown_limit_s=420.0))
    assert found("R10-09", setting(alone, control2__shutdown_limit_s=421.0))


def test_r10_09_an_outlet_group_has_its_own_delay_only(found, setting, reference) -> None:
    lcd = setting(reference, ups6__timing=Timing.LCD, ups6__power_off_delay_s=179.0)
    (finding,) = found("R10-09", lcd)
    assert finding.margin.brief == "179"
    assert not found("R10-09", setting(lcd, ups6__power_off_delay_s=180.0))


def test_r10_09_an_off_sent_after_the_halt_is_never_too_early(found, setting, reference) -> None:
    slow = setting(reference, blade1__shutdown_limit_s=900.0)
    assert found("R10-09", slow)
    assert not found("R10-09", setting(slow, ups5__off=OffMode.AFTER_HALT))


def test_s1_a_limit_that_ends_in_the_last_minute_is_a_warning(found, setting, reference) -> None:
    assert not found("S1", setting(reference, blade1__shutdown_limit_s=360.0))
    (finding,) = found("S1", setting(reference, blade1__shutdown_limit_s=361.0))
    assert finding.severity is Severity.WARNING
    assert "after 360 s" in finding.message


def test_s1_a_delay_no_longer_than_force_before_forces_everybody_at_once(found, setting, reference) -> None:
    site = setting(reference, force_before_s=420.0)
    assert {f.severity for f in found("S1", site)} == {Severity.ERROR}
    assert {f.severity for f in found("S1", setting(site, force_before_s=419.0))} == {Severity.WARNING}
