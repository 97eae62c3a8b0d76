"""R10-46, R10-50: the night is long enough for the disk to go off and come back; both wirings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer import timing
from sequencer.site import Site
from teiden.plan.nights import clock, gap_s, needed_gap, recommended_gap
from teiden.rules.finding import Severity


def gap_of(site: Site, seconds: float) -> Site:
    night = replace(site.schedules["nightly"], on=clock("22:00", seconds))
    return replace(site, schedules={"nightly": night})


def separate(site: Site) -> Site:
    """Controllers on ups4, enclosures on a UPS of their own: they are put to sleep one after the other."""
    ups7 = replace(site.upses["ups4"], name="ups7", number=7, card="192.0.2.17")
    disk = replace(site.arrays["linkeddisk"], enclosures=("ups7",))
    arrays = {**site.arrays, "linkeddisk": disk}
    return replace(site, upses={**site.upses, "ups7": ups7}, arrays=arrays)


def test_r10_46_the_reference_night_needs_2400_and_has_2880(reference) -> None:
    array, night = reference.arrays["linkeddisk"], reference.schedules["nightly"]
    assert needed_gap(reference, array, night).total == 2400 == timing.shortest_night_s(reference, array)
    assert gap_s(reference, night) == 2880


@pytest.mark.parametrize(
    ("seconds", "rule"), [(2399, "R10-46"), (2400, "R10-50"), (2879, "R10-50"), (2880, None)]
)
def test_r10_46_one_second_decides_whether_the_disk_goes_off(found, reference, seconds, rule) -> None:
    site = gap_of(reference, seconds)
    findings = [*found("R10-46", site), *found("R10-50", site)]
    assert [f.rule for f in findings] == ([rule] if rule else [])
    assert all(f.severity is Severity.WARNING for f in findings)


@pytest.mark.parametrize(("seconds", "too_short"), [(2400, True), (2639, True), (2640, False)])
def test_r10_46_with_enclosures_on_their_own_ups_the_path_takes_2640(
    found, reference, seconds, too_short
) -> None:
    site = gap_of(separate(reference), seconds)
    assert bool(found("R10-46", site)) is too_short


def test_r10_50_the_recommended_night_is_48_minutes(reference) -> None:
    array, night = reference.arrays["linkeddisk"], reference.schedules["nightly"]
    assert recommended_gap(reference, array, night).total == 48 * 60
    wired = separate(reference)
    assert recommended_gap(wired, wired.arrays["linkeddisk"], night).total == 48 * 60


def test_r10_41_one_minute_is_a_restart_and_no_night(found, reference) -> None:
    site = gap_of(reference, 60)
    assert not found("R10-46", site)
    assert found("R10-46", gap_of(reference, 120))


def test_r10_46_a_night_over_midnight_is_counted_to_the_next_day(reference) -> None:
    night = replace(reference.schedules["nightly"], off="22:00", on="06:30")
    assert gap_s(reference, night) == 8.5 * 3600
    assert gap_s(reference, replace(night, on="22:00")) == 24 * 3600


def test_r10_46_a_disk_with_a_server_left_out_is_not_switched_off_anyway(found, setting, reference) -> None:
    site = gap_of(setting(reference, nightly__servers=("blade1", "blade2", "rack1")), 600)
    assert not found("R10-46", site)
    (finding,) = found("R10-44", site)
    assert "rack2" in finding.message
    assert finding.severity is Severity.NOTE


def test_r10_44_a_schedule_that_does_not_touch_the_disks_servers_says_nothing(
    found, setting, reference
) -> None:
    assert not found("R10-44", setting(reference, nightly__servers=("rackpool",)))


def test_r10_46_two_disks_flushed_in_series_take_longer(reference) -> None:
    second = replace(reference.arrays["linkeddisk"], name="seconddisk", address="192.0.2.33")
    servers = {
        n: replace(s, arrays=("linkeddisk", "seconddisk")) if "linkeddisk" in s.arrays else s
        for n, s in reference.servers.items()
    }
    two = replace(reference, arrays={**reference.arrays, "seconddisk": second}, servers=servers)
    long = replace(separate(two), linkage=replace(two.linkage, flush_limit_s=600.0))
    night = long.schedules["nightly"]
    assert needed_gap(long, second, night).total == max(
        420 + 600 + 720 + 360 + 600, 420 + 2 * 600 + 420 + 360 + 720
    )
