"""The patch of `plan --tune`: values change where they stand, and nothing else does."""

from __future__ import annotations

import json
import shutil
import subprocess
from itertools import product
from pathlib import Path

import pytest

from sequencer.site import Site
from teiden.files import yaml_marks
from teiden.files.site_file import site_from_text
from teiden.tune.case import Values, with_values
from teiden.tune.edit import NotEditable, as_written, diff, edited
from teiden.tune.proposal import tune
from tests.thinned import thinned

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "scenarios" / "sites" / "reference.yaml").read_text(encoding="utf-8")
UPS3 = ("upses", "ups3", "confirm")


def changed(text: str, values: Values) -> list[tuple[str, str]]:
    """The lines that differ; the file means what was asked for, and nothing else."""
    site: Site = site_from_text(text).site
    new = edited(text, site, values)
    assert site_from_text(new).site == with_values(site, values)
    before, after = text.split("\n"), new.split("\n")
    if len(before) != len(after):
        return [("", line) for line in after if line not in before]
    return [(a, b) for a, b in zip(before, after, strict=True) if a != b]


def test_a_value_changes_where_it_stands() -> None:
    ((old, new),) = changed(REFERENCE, {UPS3: 1710.0})
    assert new == old.replace("confirm: 900s", "confirm: 1710s")


def test_a_comment_stays_in_its_column() -> None:
    ((old, new),) = changed(REFERENCE, {("linkage", "flush_limit"): 1200.0})
    assert new.index("#") == old.index("#")
    assert new.split() == old.replace("300s", "1200s").split()


def test_a_comment_that_has_no_room_moves_but_stays_a_comment() -> None:
    text = REFERENCE.replace("flush_limit: 300s                #", "flush_limit: 300s #")
    ((_, new),) = changed(text, {("linkage", "flush_limit"): 1200.0})
    assert "flush_limit: 1200s # " in new


def test_several_values_of_one_line_are_all_set() -> None:
    values: Values = {UPS3: 1710.0, ("upses", "ups3", "runtime"): 3000.0}
    ((_, new),) = changed(REFERENCE, values)
    assert "confirm: 1710s, runtime: 50m," in new


def test_a_value_from_the_defaults_is_added_at_the_one_ups_that_differs() -> None:
    ((old, new),) = changed(REFERENCE, {("upses", "ups5", "shutdown_delay"): 300.0})
    assert new == old.replace("label: Bladeサーバ}", "label: Bladeサーバ, shutdown_delay: 300s}")


def test_a_value_that_all_inherit_changes_in_the_defaults() -> None:
    values: Values = {("upses", f"ups{n}", "shutdown_delay"): 300.0 for n in range(1, 7)}
    ((_, new),) = changed(REFERENCE, values)
    assert new.startswith("  shutdown_delay: 300s             # ")


def test_one_ups_with_its_own_value_does_not_hinder_the_defaults() -> None:
    text = REFERENCE.replace("label: Bladeサーバ}", "label: Bladeサーバ, shutdown_delay: 20s}")
    values: Values = {("upses", f"ups{n}", "shutdown_delay"): 300.0 for n in (1, 2, 3, 4, 6)}
    assert len(changed(text, values)) == 1


def test_a_flush_limit_that_followed_from_the_product_is_written_out() -> None:
    text = REFERENCE.replace("  flush_limit: 300s                # キャッシュフラッシュのタイムアウト\n", "")
    ((_, new),) = changed(text, {("linkage", "flush_limit"): 360.0})
    assert new == "  flush_limit: 360s"


def test_a_missing_section_is_added_at_the_end() -> None:
    start = REFERENCE.index("linkage:")
    text = REFERENCE[:start] + REFERENCE[REFERENCE.index("arrays:", start) :]
    assert changed(text, {("linkage", "flush_limit"): 360.0}) == [("", "linkage: {flush_limit: 360s}")]


def test_a_file_without_a_last_newline_keeps_it_so() -> None:
    start = REFERENCE.index("linkage:")
    text = (REFERENCE[:start] + REFERENCE[REFERENCE.index("arrays:", start) :]).rstrip("\n")
    new = edited(text, site_from_text(text).site, {("linkage", "flush_limit"): 360.0})
    assert new == f"{text}\nlinkage: {{flush_limit: 360s}}"
    assert diff(text, new, "site.yaml").count("\\ No newline at end of file\n") == 2


def test_a_nested_key_is_added_in_braces() -> None:
    ((_, new),) = changed(REFERENCE, {("upses", "ups5", "warm_up", "time"): 360.0})
    assert new.endswith("label: Bladeサーバ, warm_up: {time: 360s}}")


def test_a_ups_written_as_a_block_gets_a_line_of_its_own() -> None:
    block = "ups6:\n    number: 6\n    confirm: 60s     # long\n    runtime: 20m   # measured\n"
    start = REFERENCE.index("ups6: {")
    text = REFERENCE[:start] + block + REFERENCE[REFERENCE.index("\n", start) + 1 :]
    assert changed(text, {("upses", "ups6", "confirm"): 1200.0}) == [
        ("    confirm: 60s     # long", "    confirm: 1200s   # long")
    ]
    assert changed(text, {("upses", "ups6", "shutdown_delay"): 300.0}) == [("", "    shutdown_delay: 300s")]


def test_windows_line_ends_and_quotes_stay() -> None:
    text = REFERENCE.replace("confirm: 900s", 'confirm: "900s"').replace("\n", "\r\n")
    ((_, new),) = changed(text, {UPS3: 1710.0})
    assert 'confirm: "1710s"' in new
    added = edited(text, site_from_text(text).site, {("linkage", "seen_off_limit"): 90.0})
    assert "  seen_off_limit: 90s\r\n" in added
    assert "\n" not in added.replace("\r\n", "")


def test_an_alias_becomes_a_value_of_its_own() -> None:
    text = REFERENCE.replace("192.0.2.11, confirm: 930s", "192.0.2.11, confirm: &nodes 930s")
    text = text.replace("192.0.2.12, confirm: 930s", "192.0.2.12, confirm: *nodes")
    ((_, new),) = changed(text, {("upses", "ups2", "confirm"): 960.0})
    assert "confirm: 960s" in new


def test_a_value_that_others_refer_to_is_not_changed_behind_their_back() -> None:
    text = REFERENCE.replace("192.0.2.11, confirm: 930s", "192.0.2.11, confirm: &nodes 930s")
    text = text.replace("192.0.2.12, confirm: 930s", "192.0.2.12, confirm: *nodes")
    with pytest.raises(NotEditable, match=r"upses\.ups1\.confirm: other values refer to it \(&nodes\)"):
        edited(text, site_from_text(text).site, {("upses", "ups1", "confirm"): 960.0})


def test_nothing_is_set_through_an_alias_of_a_whole_mapping() -> None:
    text = REFERENCE.replace(
        "warm_up: {rank: 1, time: 720s}, label: 制御", "warm_up: &w {rank: 1, time: 720s}, label: 制御"
    )
    text = text.replace("warm_up: {rank: 1, time: 720s}, label: 連動", "warm_up: *w, label: 連動")
    with pytest.raises(NotEditable, match="under an alias"):
        edited(text, site_from_text(text).site, {("upses", "ups4", "warm_up", "time"): 1080.0})


@pytest.mark.parametrize(
    ("path", "value", "old", "expected"),
    [
        (UPS3, 1710.0, "900s", "1710s"),
        (UPS3, 1800.0, "15m", "30m"),
        (UPS3, 1710.0, "15m", "1710s"),
        (UPS3, 7200.0, "1h", "2h"),
        (UPS3, 5400.0, "1h30m", "5400s"),
        (("upses", "ups3", "warm_up", "rank"), 2.0, "1", "2"),
        (("upses", "ups3", "reboot_on_restore"), True, "false", "true"),
        (("schedules", "nightly", "on"), "23:06", "22:48", "23:06"),
        (("upses", "ups3", "min_return_charge"), 15.0, "0%", "15%"),
    ],
)
def test_values_are_written_as_the_file_writes_them(path, value, old, expected) -> None:
    assert as_written(path, value, old) == expected


def test_json_is_yaml_too_and_stays_json() -> None:
    (document,) = yaml_marks.parse(REFERENCE, "site.yaml")
    text = json.dumps(document.value, ensure_ascii=False, indent=1)
    site = site_from_text(text).site
    new = edited(text, site, {UPS3: 1710.0, ("upses", "ups5", "shutdown_delay"): 300.0})
    upses = json.loads(new)["upses"]
    assert (upses["ups3"]["confirm"], upses["ups5"]["shutdown_delay"]) == ("1710s", "300s")


TOOLS = (("patch", "-p0", "-i"), ("git", "apply", "-p0"))
MARKS = (b"", b"\xef\xbb\xbf")
ENDS = ("\n", "\r\n")


@pytest.mark.parametrize("case", thinned(product(TOOLS, MARKS, ENDS), 3), ids=str)
def test_the_patch_applies_to_the_original_file(tmp_path: Path, monkeypatch, case) -> None:
    tool, mark, ends = case
    if shutil.which(tool[0]) is None:
        pytest.skip(f"no {tool[0]} here")
    monkeypatch.chdir(tmp_path)
    text = REFERENCE.replace("product: ver2.1", "product: ver1.02").replace(
        "flush_limit: 300s", "flush_limit: 1200s"
    )
    (tmp_path / "sites").mkdir()
    path = tmp_path / "sites" / "site.yaml"
    path.write_bytes(mark + text.replace("\n", ends).encode())
    tuned = tune(path, 60.0)
    (tmp_path / "site.patch").write_bytes(tuned.patch.encode())
    done = subprocess.run([*tool, "site.patch"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert path.read_bytes().startswith(mark)
    assert tune(path, 60.0).patch == ""
    assert path.read_bytes().count(ends.encode()) == text.count("\n")
