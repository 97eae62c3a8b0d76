"""What `teiden check` prints: summary, tightest margins, findings with place and caret, verdict."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.site import AcLink
from teiden.files.site_file import load_site, site_from_text
from teiden.rules.registry import rules_for
from teiden.rules.report import check, main_text
from teiden.rules.text import render

REFERENCE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"


def test_the_reference_site_is_safe_with_exactly_one_note() -> None:
    text, code = main_text(load_site(REFERENCE))
    assert code == 0
    summary, table, note, verdict = text.strip().split("\n\n")
    assert summary == (
        "reference: 6 UPSes, 2 arrays, 6 servers, 2 pool servers, 1 cluster, 1 schedule (ver2.1, Asia/Tokyo)"
    )
    assert [" ".join(line.split()) for line in table.splitlines()] == [
        "tightest rules needs has margin",
        "R10-09 control nodes halt before the control disk is cut 120 s 180 s +60 s ups3 off = grace 180",
        "R6-14 control outlives the linked stop 750 s 900 s +150 s 30 + 420 + 300",
        "R10-09 linked servers halt before their UPS is off 180 s 420 s +240 s 180 + 120 + 120",
        "R10-46 night gap long enough to switch linkeddisk off 2400 s 2880 s +480 s 420 + 600 + 1380",
    ]
    assert note.startswith("  note  R6-24  ")
    assert f"reference.yaml:{line_of('low_battery_runtime: 120s')}: low_battery_runtime 120s" in note
    assert verdict == (
        f"safe: 0 errors, 0 warnings, 1 note in {len(rules_for(live=False))} rules. "
        "`--all` lists every rule, `--explain R6-14` the reasoning."
    )


def test_ver1_points_at_the_control_disks_confirm_time_and_names_the_line_of_the_flush_limit(
    tmp_path,
) -> None:
    site = tmp_path / "ver1.yaml"
    text = REFERENCE.read_text().replace("product: ver2.1 ", "product: ver1.02")
    site.write_text(text.replace("flush_limit: 300s ", "flush_limit: 1200s"))
    answer, code = main_text(load_site(site))
    assert code == 1
    line = line_of("  ups3:")
    confirm = REFERENCE.read_text().splitlines()[line - 1]
    col = confirm.index("900s") + 1
    assert f"{site}:{line}:{col}: error R6-14: the control site stops while linkeddisk may still be" in answer
    assert f"{line:>5} | {confirm}\n      | {' ' * (col - 1)}^^^^\n" in answer
    where = line_of("flush_limit: 300s")
    assert (
        f"   needs 1650 s = 30 (ups4 confirm) + 420 (ups5, ups6 off) + 1200 (flush_limit, line {where})"
        in answer
    )
    assert "   has    900 s   750 s short\n   set    ups3 confirm: 1660s" in answer
    assert "unsafe: 2 errors" in answer


def test_a_missing_value_is_placed_at_its_device() -> None:
    text = REFERENCE.read_text().replace(', mac: "02:00:5e:00:06:01"', "")
    answer, _ = main_text(site_from_text(text, "mine.yaml"))
    assert f"mine.yaml:{line_of('  rack1:')}:3: warning R4-01: rack1 has no MAC address" in answer


def test_the_caret_stands_below_its_value_behind_wide_characters() -> None:
    text = REFERENCE.read_text().replace("ups3: {number: 3,", "ups3: {label: 共有, number: 3,")
    text = text.replace(", label: 制御端末の共有ディスク", "").replace("confirm: 900s", "confirm: 700s")
    answer, _ = main_text(site_from_text(text))
    lines = answer.splitlines()
    row = next(n for n, line in enumerate(lines) if "confirm: 700s" in line and "|" in line)
    assert lines[row + 1].index("^") == lines[row].index("700s") + 2


def test_all_lists_every_rule_with_its_margins() -> None:
    text, _ = main_text(load_site(REFERENCE), all_rules=True)
    for rule in rules_for(live=False):
        assert f"  {rule.id:6}  {rule.title}\n" in text
    assert "when every look comes late: needs 759 s, has 900 s, +141 s (30 + 420 + 300 + 9)" in text
    assert "`--all`" not in text


def test_errors_come_first_and_warnings_alone_are_safe(setting, reference, as_file) -> None:
    site = setting(reference, rackpool__ac_link=AcLink.BOOT)
    assert check(as_file(site)).exit_code == 0
    report = check(as_file(setting(site, blade1__shutdown_limit_s=421.0)))
    assert report.exit_code == 1
    assert [f.severity.value for f in report.findings] == ["error", "warning", "note"]


def test_the_verdict_explains_the_worst_finding(setting, reference, as_file) -> None:
    text, _ = main_text(as_file(setting(reference, blade1__shutdown_limit_s=421.0)))
    assert "`--explain R10-09`" in text


@pytest.mark.parametrize("colour", [True, False])
def test_colour_changes_no_word(setting, reference, as_file, colour) -> None:
    from rich.console import Console

    report = check(as_file(setting(reference, ups3__confirm_s=700.0)))
    console = Console(force_terminal=colour, width=60, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    render(report, console)
    console.file.close()
    assert console.export_text() == main_text(report.site_file)[0] + "\n"


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(REFERENCE.read_text().splitlines(), 1) if text in line)
