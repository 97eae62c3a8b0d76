"""The way up: nobody is left off for ever, and nobody starts by himself who should not."""

from __future__ import annotations

import pytest

from sequencer.site import AcLink
from teiden.rules.finding import Severity


@pytest.mark.parametrize(
    ("ac_link", "mac", "severity"),
    [
        (AcLink.BOOT, "02:00:5e:00:00:61", None),
        (AcLink.BOOT, "", Severity.WARNING),
        (AcLink.STAY_OFF, "02:00:5e:00:00:61", Severity.WARNING),
        (AcLink.LAST_STATE, "02:00:5e:00:00:61", Severity.WARNING),
        (AcLink.STAY_OFF, "", Severity.ERROR),
        (AcLink.LAST_STATE, "", Severity.ERROR),
    ],
)
def test_r4_01_a_linked_server_has_two_ways_back(found, setting, reference, ac_link, mac, severity) -> None:
    findings = found("R4-01", setting(reference, rack1__ac_link=ac_link, rack1__mac=mac))
    assert [f.severity for f in findings] == ([severity] if severity else [])


def test_h7_a_control_node_that_does_not_boot_by_itself_is_an_error(found, setting, reference) -> None:
    (finding,) = found("H7", setting(reference, control2__ac_link=AcLink.STAY_OFF, control2__mac="02::1"))
    assert finding.severity is Severity.ERROR
    assert finding.path == ("servers", "control2", "ac_link")


def test_r4_01_does_not_concern_pool_servers(found, reference) -> None:
    assert not found("R4-01", reference)


def test_h11_a_pool_server_that_boots_by_itself_is_a_warning(found, setting, reference) -> None:
    (finding,) = found("H11", setting(reference, rackpool__ac_link=AcLink.BOOT))
    assert finding.severity is Severity.WARNING
    assert not found("H11", reference)


def test_r6_19_a_ups_that_stays_off_at_a_site_that_starts_by_itself_is_a_warning(
    found, setting, reference
) -> None:
    site = setting(reference, ups5__reboot_on_restore=False)
    (finding,) = found("R6-19", site)
    assert finding.severity is Severity.WARNING
    assert not found("R6-19", setting(site, start__auto=False))


def test_p4_of_a_ups_that_nobody_lives_on_at_once_a_small_charge_is_enough(found, setting, reference) -> None:
    """A disk's is told to go on, and that waits for the charge of a full stop (S17)."""
    assert not found("P4", setting(reference, ups3__min_return_charge_pct=0.0))
    assert found("P4", setting(reference, ups2__min_return_charge_pct=0.0))


def test_p4_one_that_stays_off_by_itself_or_whose_battery_is_unknown_is_not_judged(
    found, setting, reference
) -> None:
    by_hand = setting(reference, ups1__min_return_charge_pct=0.0, ups1__reboot_on_restore=False)
    assert not found("P4", by_hand)
    assert not found("P4", setting(reference, ups1__min_return_charge_pct=0.0, ups1__runtime_s=None))


def test_p4_a_battery_too_small_for_its_own_off_is_asked_for_no_more_than_it_reaches(
    found, setting, reference
) -> None:
    """The rest is R9-07's."""
    (finding,) = found("P4", setting(reference, ups1__min_return_charge_pct=89.0, ups1__runtime_s=300.0))
    assert finding.margin.needs.total == 90
    assert not found("P4", setting(reference, ups1__min_return_charge_pct=90.0, ups1__runtime_s=300.0))
