"""R6-14: the control side outlives the linked stop, by the document's own numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer import timing
from sequencer.site import Array, ArrayRole, ControlStop, FlushOrder, OffMode, Site
from teiden.plan.course import whole_site
from teiden.rules.finding import Severity
from teiden.rules.registry import called


def margins(site: Site) -> list[float]:
    """Of the rule itself, with late looks, with silent cards, with a UPS never seen off."""
    (rule,) = called("R6-14")
    return [m.left for m in rule.found(site)[1]]


def with_second_array(site: Site, order: FlushOrder = FlushOrder.SERIAL) -> Site:
    second = Array("seconddisk", ArrayRole.LINKED, ("ups4",), ("ups4",), "192.0.2.33")
    servers = {**site.servers, "rack2": replace(site.servers["rack2"], arrays=("linkeddisk", "seconddisk"))}
    arrays = {**site.arrays, "seconddisk": second}
    linkage = replace(site.linkage, flush_order=order)
    return replace(site, arrays=arrays, servers=servers, linkage=linkage)


def test_r6_14_the_reference_site_needs_750_and_has_900(reference) -> None:
    assert margins(reference) == [150.0, 141.0, 111.0, 81.0]


def test_r6_14_ver1_with_its_1200_s_flush_needs_1650_and_is_750_short(found, setting, reference) -> None:
    (finding,) = found("R6-14", setting(reference, product="ver1.02", linkage__flush_limit_s=1200.0))
    assert finding.severity is Severity.ERROR
    assert finding.path == ("upses", "ups3", "confirm")
    assert (finding.margin.needs.total, finding.margin.has.total, finding.margin.short) == (1650, 900, 750)
    words = "30 (ups4 confirm) + 420 (ups5, ups6 off) + 1200 (flush_limit)"
    assert finding.margin.needs.in_words() == words


def test_r6_14_two_arrays_in_series_need_1050_and_at_once_750(found, reference) -> None:
    (finding,) = found("R6-14", with_second_array(reference))
    assert (finding.margin.needs.total, finding.margin.short) == (1050, 150)
    assert finding.margin.brief == "30 + 420 + 2 x 300"
    assert margins(with_second_array(reference, FlushOrder.PARALLEL))[0] == 150.0


@pytest.mark.parametrize(("confirm_s", "severity"), [(749.0, Severity.ERROR), (750.0, Severity.WARNING)])
def test_r6_14_one_second_decides(found, setting, reference, confirm_s, severity) -> None:
    (finding,) = found("R6-14", setting(reference, ups3__confirm_s=confirm_s))
    assert finding.severity is severity


def test_r6_14_late_looks_are_a_warning_from_758_and_fine_from_759(found, setting, reference) -> None:
    (late,) = found("R6-14", setting(reference, ups3__confirm_s=758.0))
    assert (late.severity, late.margin.short) == (Severity.WARNING, 1)
    assert all(f.severity is Severity.NOTE for f in found("R6-14", setting(reference, ups3__confirm_s=759.0)))


def test_r6_14_silent_cards_are_a_note_where_the_control_side_holds_and_else_a_warning(
    found, setting, reference
) -> None:
    tight = setting(reference, ups3__confirm_s=788.0)
    (held,) = found("R6-14", tight)
    (stops,) = found("R6-14", setting(tight, control_stop=ControlStop.DOCUMENT))
    (flat,) = found("R6-14", setting(tight, ups3__runtime_s=None))
    assert held.severity is Severity.NOTE
    assert stops.severity is flat.severity is Severity.WARNING
    assert stops.margin.needs.total == 789
    assert not found("R6-14", setting(reference, ups3__confirm_s=819.0, control_stop=ControlStop.DOCUMENT))


def test_r6_14_the_smallest_confirm_of_the_control_side_counts_whoever_has_it(
    found, setting, reference
) -> None:
    (finding,) = found("R6-14", setting(reference, ups2__confirm_s=700.0))
    assert finding.path == ("upses", "ups2", "confirm")


def test_r6_14_an_old_card_that_waits_its_grace_adds_it(setting, reference) -> None:
    old = setting(reference, ups4__immediate_off_honours_grace=True)
    assert margins(old)[0] == 900 - 930
    assert whole_site(old).linked_end.total == timing.linked_stop_s(old)


def test_r6_14_an_off_sent_after_the_halt_adds_the_longest_shutdown(setting, reference) -> None:
    assert margins(setting(reference, ups5__off=OffMode.AFTER_HALT))[0] == 900 - 30 - 180 - 420 - 300


def test_r6_14_without_linked_arrays_the_servers_alone_are_outlived(reference) -> None:
    arrays = {"controldisk": reference.arrays["controldisk"]}
    servers = {
        n: replace(s, arrays=tuple(a for a in s.arrays if a in arrays)) for n, s in reference.servers.items()
    }
    assert margins(replace(reference, arrays=arrays, servers=servers))[0] == 900 - 60 - 420


def test_r6_14_a_site_without_a_linked_side_has_nothing_to_outlive(found, reference) -> None:
    arrays = {"controldisk": reference.arrays["controldisk"]}
    bare = replace(
        reference, arrays=arrays, servers={n.name: n for n in reference.control_nodes}, schedules={}
    )
    assert not found("R6-14", bare)
    assert margins(bare) == []


def test_r6_14_a_redundant_linked_disk_stops_only_when_its_last_ups_is_confirmed(setting, reference) -> None:
    """Fed by ups4 (30 s) and a second UPS (200 s), it fails after 200 s: the servers go at their own 60 s."""
    second = replace(reference.upses["ups4"], name="ups7", number=7, card="192.0.2.17", confirm_s=200.0)
    disk = replace(reference.arrays["linkeddisk"], controllers=("ups4", "ups7"), enclosures=("ups4", "ups7"))
    site = replace(
        reference,
        upses={**reference.upses, "ups7": second},
        arrays={**reference.arrays, "linkeddisk": disk},
    )
    assert whole_site(site).linked_end.total == 60 + 420 + 300
    late = setting(site, ups7__confirm_s=700.0)
    assert whole_site(late).linked_end.total == 700 + 300


@pytest.mark.parametrize("flush_limit_s", [60.0, 300.0, 440.0])
@pytest.mark.parametrize("order", list(FlushOrder))
def test_r6_14_counts_what_the_timing_formulas_count(setting, reference, flush_limit_s, order) -> None:
    site = setting(with_second_array(reference, order), linkage__flush_limit_s=flush_limit_s)
    assert whole_site(site).linked_end.total == timing.linked_stop_s(site)


def test_r6_14_proposes_the_values_of_the_example(setting, reference, as_file) -> None:
    from teiden.rules.report import main_text

    text, code = main_text(as_file(setting(reference, product="ver1.02", linkage__flush_limit_s=1200.0)))
    assert code == 1
    assert (
        "set    ups3 confirm: 1660s and ups1, ups2 confirm: 1690s   "
        "(each control battery then needs 2410 s)\n"
        "     or   flush_limit: 440s or less, if the array's manual allows it\n"
    ) in text


def test_r6_14_proposes_a_larger_battery_along_with_a_later_stop(setting, reference, as_file) -> None:
    from teiden.rules.report import main_text

    weak = setting(reference, linkage__flush_limit_s=1200.0, ups1__runtime_s=1700.0, ups2__runtime_s=1700.0)
    text, _ = main_text(as_file(weak))
    assert (
        "set    ups3 confirm: 1720s and ups1, ups2 confirm: 1750s "
        "and a battery of 2470s or more behind ups1, ups2   (each"
    ) in text
