"""`teiden plan`: stop, start, batteries and nights, with the numbers of `check`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.site import Array, ArrayRole, ControlStop, FlushOrder, OffMode, Site, Timing
from teiden.files.site_file import load_site
from teiden.plan.arithmetic import Amount, amount, names
from teiden.plan.course import whole_site
from teiden.plan.nights import clock
from teiden.plan.show import main_json, main_text
from teiden.plan.start import plan_start
from teiden.plan.step import PlannedStep
from teiden.plan.stop import plan_stop
from teiden.rules.report import check
from tests.worlds import reference_site

REFERENCE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"


def times(steps: list[PlannedStep] | tuple[PlannedStep, ...]) -> dict[str, tuple[float, float]]:
    return {f"{' '.join(s.who)}: {s.what.split(',')[0]}": (s.from_s, s.until_s) for s in steps}


def with_second_array(site: Site, order: FlushOrder) -> Site:
    ups7 = replace(site.upses["ups4"], name="ups7", number=7, card="192.0.2.17", confirm_s=40.0)
    second = Array("seconddisk", ArrayRole.LINKED, ("ups7",), ("ups7",), "192.0.2.33")
    return replace(
        site,
        upses={**site.upses, "ups7": ups7},
        arrays={**site.arrays, "seconddisk": second},
        servers={**site.servers, "rack2": replace(site.servers["rack2"], arrays=("seconddisk",))},
        linkage=replace(site.linkage, flush_order=order),
    )


def test_stop_of_the_reference_site_is_the_documents_own(reference) -> None:
    assert times(plan_stop(reference).steps) == {
        "ups4: outage confirmed": (30, 30),
        "blade1 blade2 rack1 rack2: shut down (limit 180 s)": (30, 210),
        "ups5 ups6: OFF": (30, 450),
        "linkeddisk: flush (limit 300 s)": (450, 750),
        "ups4: OFF now": (750, 750),
        "ssccluster: stop (limit 300 s)": (900, 1200),
        "control1 control2: shut down (limit 120 s)": (1200, 1320),
        "ups3: OFF": (1200, 1380),
        "ups1 ups2: OFF": (1200, 1620),
    }


def test_start_of_the_reference_site_adds_up_typical_times(reference, reference_model) -> None:
    assert times(plan_start(reference, reference_model)) == {
        "control1 control2: boot by AC-Link": (60, 300),
        "controldisk: ups3 on": (300, 480),
        "ssccluster: restart": (480, 870),
        "linkeddisk: ups4 on": (870, 1060),
        "blade1 blade2 rack1 rack2: ups5 on": (1060, 1250),
    }


def test_the_printed_plan_of_the_reference_site() -> None:
    text = main_text(load_site(REFERENCE))
    rows = [" ".join(line.split()) for line in text.splitlines()]
    assert "30 210 blade1 blade2 rack1 rack2 shut down (limit 180 s) - +240 s" in rows
    assert "750 750 ups4 OFF now flushed, or limit and alarm +150 s" in rows
    assert "900 1200 ssccluster stop (limit 300 s) ups3 confirmed 900 s, ups4 off" in rows
    assert "needs 750 s, has 900 s: margin 150 s (141 s when every look comes late)" in rows
    assert "480 870 ssccluster restart, once controldisk ready 1200 s" in rows
    assert "ups1 ups2 1650 s 3600 s +1950 s own confirm 930 + 300 + 420 (whole site: 1620)" in rows
    assert "ups4 750 s 1500 s +750 s 30 + 420 + 300" in rows
    assert (
        "SCHEDULE nightly mon-fri 22:00 servers stop | 22:07 ups5, ups6 off | flush, then ups4 off "
        "| 22:25 to 22:36 ups4 on | 22:48 servers start"
    ) in rows


def test_json_holds_the_same_numbers() -> None:
    plan = json.loads(main_json(load_site(REFERENCE)))
    assert plan["linked_stop"] == {
        "needs_s": 750,
        "has_s": 900,
        "margin_s": 150,
        "margin_with_late_looks_s": 141,
    }
    assert {b["ups"]: b["margin_s"] for b in plan["batteries"]} == {
        "ups1": 1950,
        "ups2": 1950,
        "ups3": 1320,
        "ups4": 750,
        "ups5": 720,
        "ups6": 720,
    }
    assert [s["until_s"] for s in plan["start"]] == [300, 480, 870, 1060, 1250]


@pytest.mark.parametrize(
    ("order", "flushes"),
    [
        (FlushOrder.SERIAL, {"linkeddisk": (460, 760), "seconddisk": (760, 1060)}),
        (FlushOrder.PARALLEL, {"linkeddisk": (460, 760), "seconddisk": (460, 760)}),
    ],
)
def test_two_arrays_are_flushed_in_series_or_at_once(reference, order, flushes) -> None:
    """rack2 uses the second one, whose UPS confirms after 40 s; it shares ups6, which falls at 460 then."""
    steps = [s for s in plan_stop(with_second_array(reference, order)).steps if s.what.startswith("flush")]
    assert {s.who[0]: (s.from_s, s.until_s) for s in steps} == flushes


def test_controllers_are_cut_before_enclosures_and_wait_for_old_cards(setting, reference) -> None:
    ups7 = replace(reference.upses["ups4"], name="ups7", number=7, card="192.0.2.17")
    site = setting(
        replace(reference, upses={**reference.upses, "ups7": ups7}),
        linkeddisk__enclosures=("ups7",),
        ups4__immediate_off_honours_grace=True,
    )
    cuts = {s.who[0]: (s.from_s, s.until_s) for s in plan_stop(site).steps if s.who[0] in ("ups4", "ups7")}
    assert cuts["ups4"] == (750, 930)
    assert cuts["ups7"] == (930, 930)
    assert plan_stop(site).margin_s == -30


def test_each_servers_ups_has_its_own_delay(setting, reference) -> None:
    site = setting(
        reference, ups6__timing=Timing.LCD, ups6__power_off_delay_s=240.0, ups5__off=OffMode.AFTER_HALT
    )
    spans = times(plan_stop(site).steps)
    assert spans["ups6: OFF"] == (30, 270)
    assert spans["ups5: OFF"] == (210, 630)
    assert spans["linkeddisk: flush (limit 300 s)"] == (630, 930)


def test_a_held_control_side_waits_for_the_linked_side_and_a_documented_one_does_not(
    setting, reference
) -> None:
    long = setting(reference, linkage__flush_limit_s=1200.0)
    (held,) = [s for s in plan_stop(long).steps if s.who == ("ssccluster",)]
    assert (held.from_s, held.waits_for) == (1650, "ups3 confirmed 900 s, ups4 off; held 750 s")
    (stops,) = [
        s
        for s in plan_stop(setting(long, control_stop=ControlStop.DOCUMENT)).steps
        if s.who == ("ssccluster",)
    ]
    assert (stops.from_s, stops.waits_for) == (900, "ups3 confirmed 900 s")


def test_the_hold_ends_where_the_battery_covers_only_the_control_stop(setting, reference) -> None:
    site = setting(reference, linkage__flush_limit_s=1200.0, ups3__runtime_s=1500.0)
    (step,) = [s for s in plan_stop(site).steps if s.who == ("ssccluster",)]
    assert step.from_s == 1500 - 300 - 180


def test_a_site_without_linked_arrays_has_a_plan(reference, reference_model, as_file) -> None:
    arrays = {"controldisk": reference.arrays["controldisk"]}
    servers = {
        n: replace(s, arrays=tuple(a for a in s.arrays if a in arrays)) for n, s in reference.servers.items()
    }
    site = replace(reference, arrays=arrays, servers=servers)
    text = main_text(as_file(site))
    assert "needs 480 s, has 900 s: margin 420 s" in text
    assert "cluster running, charge for a full stop" in text
    assert plan_stop(site).steps[0].who == ("ups5", "ups6")


def test_a_site_without_a_control_disk_starts_its_cluster_without_a_restart(
    reference, reference_model
) -> None:
    site = replace(reference, arrays={"linkeddisk": reference.arrays["linkeddisk"]})
    (cluster,) = [s for s in plan_start(site, reference_model) if s.who == ("ssccluster",)]
    assert (cluster.from_s, cluster.until_s, cluster.what) == (300, 390, "start")


def test_a_site_of_control_nodes_alone_has_a_plan(reference, as_file) -> None:
    bare = replace(
        reference,
        arrays={"controldisk": reference.arrays["controldisk"]},
        servers={n.name: n for n in reference.control_nodes},
        schedules={},
    )
    assert "nothing but the control side stops" in main_text(as_file(bare))


def test_control_arrays_start_rank_by_rank(setting, reference, reference_model) -> None:
    ups7 = replace(reference.upses["ups3"], name="ups7", number=7, card="192.0.2.17", warm_up_rank=2)
    second = Array("controldisk2", ArrayRole.CONTROL, ("ups7",), ("ups7",), "192.0.2.34")
    site = replace(
        reference,
        upses={**reference.upses, "ups7": ups7},
        arrays={**reference.arrays, "controldisk2": second},
    )
    spans = times(plan_start(site, reference_model))
    assert spans["controldisk: ups3 on"] == (300, 480)
    assert spans["controldisk2: ups7 on"] == (480, 660)
    assert spans["ssccluster: restart"] == (660, 1050)


def test_a_site_that_waits_for_the_button_has_no_start(setting, reference, as_file) -> None:
    assert "START: everything stays off until the operator's button" in main_text(
        as_file(setting(reference, start__auto=False))
    )


def test_an_unstated_battery_is_not_made_up_from_the_model(setting, reference, as_file) -> None:
    text = main_text(as_file(setting(reference, ups5__runtime_s=None)))
    assert any(line.split()[:5] == ["ups5", "480", "s", "not", "stated"] for line in text.splitlines())


@pytest.mark.parametrize(
    ("on", "says"),
    [
        ("22:01", "22:00 servers restart, no disk is touched"),
        ("22:39", "linkeddisk stays on: needs 2400 s, has 2340 s"),
        ("22:40", "22:17 to 22:28 ups4 on | 22:40 servers start"),
        ("06:00", "05:37 to 05:48 ups4 on | 06:00 servers start"),
    ],
)
def test_a_night_is_told_by_the_clock(setting, reference, as_file, on, says) -> None:
    assert says in main_text(as_file(setting(reference, nightly__on=on)))


def test_a_night_with_a_server_left_out_keeps_its_ups_and_the_disk_on(setting, reference, as_file) -> None:
    text = main_text(as_file(setting(reference, nightly__servers=("blade1", "blade2", "rack1"))))
    assert "blade1, blade2, rack1 stop | 22:07 ups5 off | linkeddisk stays on, rack2 use it" in text


def test_enclosures_on_their_own_ups_are_switched_on_first(setting, reference, as_file) -> None:
    ups7 = replace(reference.upses["ups4"], name="ups7", number=7, card="192.0.2.17", warm_up_time_s=1080.0)
    site = setting(
        replace(reference, upses={**reference.upses, "ups7": ups7}),
        linkeddisk__enclosures=("ups7",),
        nightly__on="23:30",
    )
    assert "23:01 to 23:12 ups7 on | 23:07 to 23:18 ups4 on" in main_text(as_file(site))


def test_plan_and_check_have_one_number(reference, as_file) -> None:
    report = check(as_file(reference))
    plan = plan_stop(reference)
    margins = {j.rule.id: j.margins for j in report.judged}
    assert (margins["R6-14"][0].needs.total, margins["R6-14"][0].has.total) == (plan.needs_s, plan.has_s)


def test_sums_tell_what_they_are_made_of() -> None:
    total = (
        amount(30, "ups4 confirm").plus(420, "off").plus(300, "flush").plus(300, "flush").plus(0, "nothing")
    )
    assert total.total == 1050
    assert total.brief == "30 + 420 + 2 x 300"
    assert total.in_words() == "30 (ups4 confirm) + 420 (off) + 2 x 300 (flush)"
    assert Amount().brief == "0"


def test_long_lists_of_names_show_their_ends() -> None:
    assert names(["a", "b"]) == "a, b"
    assert names(["a", "b", "c", "d", "e"]) == "a .. e"


def test_clock_wraps_around_midnight() -> None:
    assert clock("23:50", 1200) == "00:10"
    assert clock("00:05", -600) == "23:55"
    assert clock("22:00", 2399) == "22:39:59"


def test_an_array_whose_servers_hang_on_the_control_side_is_planned_all_the_same() -> None:
    """None of its users has a UPS of its own to go off: flushed as soon as it is confirmed."""
    on_ups1 = {f"{name}__upses": ("ups1",) for name in ("blade1", "blade2", "rack1", "rack2")}
    course = whole_site(reference_site(**on_ups1, ups4__confirm_s=0.0))
    assert course.flushes["linkeddisk"].start.total == 0.0
