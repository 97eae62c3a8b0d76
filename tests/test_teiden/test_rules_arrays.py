"""The arrays: which are linked, how many, in which order they start, and when they are given up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.site import Array, ArrayRole, ControlStop, Site
from teiden.rules.finding import Severity


def with_linked_arrays(site: Site, count: int) -> Site:
    more = {
        f"disk{n}": Array(f"disk{n}", ArrayRole.LINKED, ("ups4",), ("ups4",), f"192.0.2.{100 + n}")
        for n in range(2, count + 1)
    }
    return replace(site, arrays={**site.arrays, **more})


def with_own_enclosures(site: Site, *, controllers: int, enclosures: int) -> Site:
    """The linked disk's enclosures on a UPS of their own, with these warm-up ranks."""
    ups4 = replace(site.upses["ups4"], warm_up_rank=controllers)
    ups7 = replace(ups4, name="ups7", number=7, card="192.0.2.17", warm_up_rank=enclosures)
    disk = replace(site.arrays["linkeddisk"], enclosures=("ups7",))
    arrays = {**site.arrays, "linkeddisk": disk}
    return replace(site, upses={**site.upses, "ups4": ups4, "ups7": ups7}, arrays=arrays)


@pytest.mark.parametrize(("product", "most"), [("ver2.1", 10), ("ver1.02", 1), ("ver1.0", 1)])
def test_r1_07_links_as_many_arrays_as_the_product_can(found, setting, reference, product, most) -> None:
    site = setting(reference, product=product)
    assert not found("R1-07", with_linked_arrays(site, most))
    (finding,) = found("R1-07", with_linked_arrays(site, most + 1))
    assert finding.severity is Severity.ERROR
    assert finding.path == ("arrays", f"disk{most + 1}")


def test_r6_25_a_linked_server_on_the_control_disk_is_an_error(found, setting, reference) -> None:
    (finding,) = found("R6-25", setting(reference, rack1__arrays=("controldisk",)))
    assert finding.path == ("servers", "rack1", "arrays")


def test_r1_06_a_control_node_on_a_linked_disk_is_an_error(found, setting, reference) -> None:
    assert found("R1-06", setting(reference, control1__arrays=("controldisk", "linkeddisk")))
    assert not found("R1-06", reference)


def test_r1_06_a_control_disk_with_a_linked_disks_address_is_an_error(found, setting, reference) -> None:
    (finding,) = found("R1-06", setting(reference, linkeddisk__address="192.0.2.31"))
    assert finding.rule == "R6-40"


def test_r6_40_a_linked_array_without_an_address_is_a_warning(found, setting, reference) -> None:
    (finding,) = found("R6-40", setting(reference, linkeddisk__address=""))
    assert finding.severity is Severity.WARNING
    assert not found("R6-40", setting(reference, controldisk__address=""))


def test_r6_20_disk_upses_of_one_side_that_restart_differently_are_an_error(
    found, setting, reference
) -> None:
    two = with_own_enclosures(reference, controllers=2, enclosures=1)
    (finding,) = found("R6-20", setting(two, ups7__reboot_on_restore=False))
    assert finding.path == ("upses", "ups7", "reboot_on_restore")
    assert not found("R6-20", setting(two, ups7__reboot_on_restore=False, ups4__reboot_on_restore=False))
    assert not found("R6-20", setting(reference, ups4__reboot_on_restore=False))


@pytest.mark.parametrize(("time_s", "up_s"), [(700.0, 720.0), (719.0, 720.0), (721.0, 1080.0), (1.0, 360.0)])
def test_r6_22_a_warm_up_time_off_the_six_minutes_is_an_error(
    found, setting, reference, time_s, up_s
) -> None:
    (finding,) = found("R6-22", setting(reference, ups3__warm_up_time_s=time_s))
    assert finding.remedies[0].changes[0].value == up_s
    assert not found("R6-22", setting(reference, ups3__warm_up_time_s=up_s))


def test_r10_28_enclosures_need_a_lower_rank_than_their_controllers(found, reference) -> None:
    assert not found("R10-28", with_own_enclosures(reference, controllers=2, enclosures=1))
    for controllers, enclosures in ((1, 1), (1, 2)):
        site = with_own_enclosures(reference, controllers=controllers, enclosures=enclosures)
        (finding,) = found("R10-28", site)
        assert finding.path == ("upses", "ups4", "warm_up", "rank")


@pytest.mark.parametrize(("own", "both", "ok"), [(1, 1, True), (2, 1, True), (1, 2, False)])
def test_r10_28_controllers_own_upses_go_on_no_earlier_than_one_that_feeds_both(
    found, reference, own, both, ok
) -> None:
    site = with_own_enclosures(reference, controllers=own, enclosures=both)
    disk = replace(site.arrays["linkeddisk"], controllers=("ups4", "ups7"))
    site = replace(site, arrays={**site.arrays, "linkeddisk": disk})
    assert [f.remedies[0].changes[0].value for f in found("R10-28", site)] == ([] if ok else [2])


def test_r10_28_one_ups_for_both_has_no_order(found, reference) -> None:
    assert not found("R10-28", reference)


def test_r10_21_a_flush_limit_below_the_products_own_is_a_note(found, setting, reference) -> None:
    (finding,) = found("R10-21", setting(reference, linkage__flush_limit_s=299.0))
    assert finding.severity is Severity.NOTE
    assert found("R10-21", setting(reference, product="ver1.02", linkage__flush_limit_s=1199.0))
    assert not found("R10-21", setting(reference, product="ver1.02", linkage__flush_limit_s=1200.0))


def test_s5_a_control_side_that_does_not_hold_is_a_note(found, setting, reference) -> None:
    (finding,) = found("S5", setting(reference, control_stop=ControlStop.DOCUMENT))
    assert finding.severity is Severity.NOTE
    assert not found("S5", reference)


def test_r6_03_a_linked_array_that_nobody_uses_is_a_warning(found, reference) -> None:
    (finding,) = found("R6-03", with_linked_arrays(reference, 2))
    assert (finding.severity, finding.path) == (Severity.WARNING, ("arrays", "disk2"))


def test_r6_03_a_server_without_an_array_is_allowed(found, setting, reference) -> None:
    assert not found("R6-03", setting(reference, rack1__arrays=()))
