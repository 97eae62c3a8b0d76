"""R6-14, requirements §0 item 5: 1650 s and 1050 s against 900 s, the same in `check`, `plan` and `run`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main

REFERENCE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"

STORY = """
schema: teiden/story/1
story: The mains fail for two hours.
site: site.yaml
start: 2026-11-21 14:00
until: 4h
with:
  control_stop: document
  model.arrays.linkeddisk.dirty: DIRTY
events:
  - {at: 10m, mains: utility, lost_for: 2h}
expect:
  never: [array.lost_data]
"""

VER1 = [("product: ver2.1 ", "product: ver1.02 "), ("flush_limit: 300s", "flush_limit: 1200s")]
ADDRESS = "    address: 192.0.2.32\n"
SECOND = """\
    enclosures: {upses: [ups4]}
    controllers: {upses: [ups4]}
  seconddisk:
    role: linked
    address: 192.0.2.33
"""
TWO_ARRAYS = [
    (ADDRESS, ADDRESS + SECOND),
    ('arrays: [linkeddisk], mac: "02:00:5e:00:06:02"', 'arrays: [seconddisk], mac: "02:00:5e:00:06:02"'),
]
SLOW = ("flush_rate: 64MiB/s}", "flush_rate: 64MiB/s}, seconddisk: {start: 180s, dirty: 18GiB}")


@pytest.mark.parametrize(
    ("changes", "dirty", "needs", "brief"),
    [
        (VER1, "72GiB", 1650, "30 + 420 + 1200"),
        ([*TWO_ARRAYS, SLOW], "18GiB", 1050, "30 + 420 + 2 x 300"),
    ],
    ids=["ver1", "two arrays"],
)
def test_r6_14_an_unsafe_site_is_told_alike_by_check_plan_and_run(
    tmp_path, changes, dirty, needs, brief
) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "story.yaml").write_text(STORY.replace("DIRTY", dirty), encoding="utf-8")

    checked = teiden("check", tmp_path / "site.yaml", "--format", "json")
    (found,) = [f for f in json.loads(checked)["findings"] if f["rule"] == "R6-14"]
    assert (found["needs"], found["has"], found["margin"]) == (needs, 900, 900 - needs)

    told = teiden("check", tmp_path / "site.yaml")
    assert f"needs {needs} s = " in told
    assert f"has    900 s   {needs - 900} s short" in told

    planned = teiden("plan", tmp_path / "site.yaml")
    assert f"needs {needs} s, has 900 s: {needs - 900} s short" in planned

    played = teiden("run", tmp_path / "story.yaml")
    assert "cause    R6-14" in played
    assert f"needs {needs} s ({brief}), has 900 s" in " ".join(played.split())


def teiden(*args: object) -> str:
    done = CliRunner().invoke(main, [str(arg) for arg in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.output
