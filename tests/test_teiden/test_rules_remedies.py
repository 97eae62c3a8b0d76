"""What `check` proposes really mends what it is proposed for, and breaks nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sequencer.site import AcLink, ControlStop, FlushOrder, OffMode, Timing
from teiden.plan.stop import plan_stop
from teiden.rules.finding import Change, Finding, Remedy, Severity
from teiden.rules.registry import all_rules
from teiden.rules.remedies import applied, words
from teiden.rules.report import check

BROKEN = [
    {"product": "ver1.02", "linkage__flush_limit_s": 1200.0},
    {"ups3__confirm_s": 749.0},
    {"ups3__confirm_s": 750.0},
    {"ups3__confirm_s": 788.0, "control_stop": ControlStop.DOCUMENT},
    {"ups1__confirm_s": 700.0},
    {"ups2__confirm_s": 931.0},
    {"ups1__confirm_s": 900.0, "ups2__confirm_s": 900.0},
    {"ups6__confirm_s": 30.0},
    {"ups4__confirm_s": 900.0},
    {"ups1__runtime_s": 1649.0},
    {"ups3__runtime_s": 100.0},
    {"ups4__runtime_s": 749.0},
    {"ups5__runtime_s": 479.0},
    {"blade1__shutdown_limit_s": 421.0},
    {"control1__shutdown_limit_s": 181.0},
    {"rack1__shutdown_limit_s": 361.0},
    {"ups6__timing": Timing.LCD},
    {"lan1__upses": ("ups5",)},
    {"lan1__upses": ()},
    {"ups3__warm_up_time_s": 700.0},
    {"ups4__warm_up_time_s": 1000.0},
    {"rack1__ac_link": AcLink.STAY_OFF},
    {"control1__ac_link": AcLink.LAST_STATE},
    {"rackpool__ac_link": AcLink.BOOT},
    {"ups5__reboot_on_restore": False},
    {"nightly__on": "22:39"},
    {"nightly__on": "22:47"},
]
"""Smallest changes that break a rule with a value to set."""


Wrong = dict[tuple[str, tuple[str | int, ...]], Finding]


def wrong(site, as_file) -> Wrong:
    """With the remedies that a reader sees."""
    return {f.key: f for f in check(as_file(site)).findings if f.counts}


def still_wrong(site, as_file) -> Wrong:
    model = as_file(site).model
    return {f.key: f for r in all_rules() for f in r.check(site, model) if f.counts}


@pytest.mark.parametrize("change", BROKEN, ids=lambda c: " ".join(c))
def test_a_broken_setting_comes_with_values_that_mend_it(setting, reference, as_file, change) -> None:
    site = setting(reference, **change)
    findings = wrong(site, as_file)
    assert findings
    for finding in findings.values():
        proposed = [r for r in finding.remedies if r.changes]
        assert proposed, finding.message
        for remedy in proposed:
            then = still_wrong(applied(site, remedy.changes), as_file)
            assert finding.key not in then, words(remedy)
            assert not {k for k, f in then.items() if f.severity is Severity.ERROR} - set(findings), words(
                remedy
            )


@pytest.mark.parametrize("change", BROKEN, ids=lambda c: " ".join(c))
def test_following_the_first_proposal_again_and_again_makes_the_site_safe(
    setting, reference, as_file, change
) -> None:
    site = setting(reference, **change)
    for _ in range(5):
        findings = wrong(site, as_file)
        if not findings:
            break
        site = applied(site, next(iter(findings.values())).remedies[0].changes)
    assert not still_wrong(site, as_file)


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "ups1__confirm_s": st.integers(10, 2000).map(float),
        "ups3__confirm_s": st.integers(10, 2000).map(float),
        "ups4__confirm_s": st.integers(10, 2000).map(float),
        "ups5__confirm_s": st.integers(10, 2000).map(float),
        "ups1__runtime_s": st.none() | st.integers(60, 4000).map(float),
        "ups4__runtime_s": st.none() | st.integers(60, 4000).map(float),
        "ups3__shutdown_delay_s": st.integers(0, 600).map(float),
        "ups5__shutdown_delay_s": st.integers(0, 600).map(float),
        "ups5__off": st.sampled_from(OffMode),
        "ups6__timing": st.sampled_from(Timing),
        "ups4__immediate_off_honours_grace": st.booleans(),
        "ups4__warm_up_time_s": st.integers(0, 2000).map(float),
        "linkage__flush_limit_s": st.integers(1, 2000).map(float),
        "linkage__flush_order": st.sampled_from(FlushOrder),
        "cluster__shutdown_limit_s": st.integers(1, 900).map(float),
        "control1__shutdown_limit_s": st.integers(1, 900).map(float),
        "rack1__shutdown_limit_s": st.integers(1, 900).map(float),
        "rack2__upses": st.sampled_from([("ups6",), ("ups5",), ("ups5", "ups6"), ("ups1",), ("ups4",)]),
        "linkeddisk__enclosures": st.sampled_from([("ups4",), ("ups3",), ("ups4", "ups6")]),
        "control_stop": st.sampled_from(ControlStop),
        "nightly__on": st.integers(0, 1439).map(lambda m: f"{m // 60:02}:{m % 60:02}"),
    },
)


@pytest.mark.long
@given(change=SETTINGS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_set_no_proposal_is_wrong_and_plan_and_check_agree(
    setting, reference, as_file, change
) -> None:
    site = setting(reference, **change)
    report = check(as_file(site))
    findings = {f.key: f for f in report.findings if f.counts}
    for finding in findings.values():
        for remedy in finding.remedies:
            if remedy.changes:
                then = still_wrong(applied(site, remedy.changes), as_file)
                assert finding.key not in then
                assert not {k for k, f in then.items() if f.severity is Severity.ERROR} - set(findings)
    (judged,) = [j for j in report.judged if j.rule.id == "R6-14"]
    assert judged.margins[0].left == plan_stop(site).margin_s


def test_values_are_told_as_the_file_writes_them() -> None:
    changes = (
        Change(("upses", "ups1", "confirm"), 1690.0),
        Change(("upses", "ups2", "confirm"), 1690.0),
        Change(("upses", "ups4", "warm_up", "rank"), 2),
        Change(("upses", "ups5", "runtime"), 480.0),
        Change(("cluster", "shutdown_limit"), 200.0, "or less"),
        Change(("switches", "lan1", "upses"), ("ups1", "ups2")),
        Change(("upses", "ups3", "reboot_on_restore"), True),
    )
    assert words(Remedy(changes, ", if you like")) == (
        "ups1, ups2 confirm: 1690s and ups4 warm_up rank: 2 and a battery of 480s or more behind ups5 "
        "and cluster shutdown_limit: 200s or less and lan1 upses: [ups1, ups2] "
        "and ups3 reboot_on_restore: true, if you like"
    )


def test_a_proposal_that_would_break_something_else_is_not_made(setting, reference, as_file) -> None:
    """Less than two minutes of flush would be needed: no such limit is proposed."""
    site = setting(reference, ups3__confirm_s=500.0)
    (finding,) = [f for f in check(as_file(site)).findings if f.rule == "R6-14"]
    assert [words(r) for r in finding.remedies] == [
        "ups3 confirm: 760s   (each control battery then needs 1650 s)"
    ]


def test_a_change_sets_nothing_else(reference) -> None:
    then = applied(reference, [Change(("schedules", "nightly", "on"), "23:00")])
    night = replace(reference.schedules["nightly"], on="23:00")
    assert then == replace(reference, schedules={"nightly": night})
