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
