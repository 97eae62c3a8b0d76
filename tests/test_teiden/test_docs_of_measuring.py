"""The pages on measuring and on trust, typed: what they show is what comes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.files.site_file import load_site
from tests.measuring import SCENARIOS, SITE
from tests.watched_week import DAY_S, blip, keep, keep_readings, seen, small_outage

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)


def typed(name: str) -> list[tuple[str, list[str]]]:
    """Each command of a page, with the lines that it shows."""
    found = []
    for block in CONSOLE.findall((HOWTO / name).read_text("utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            found.append((command, [line for line in shown if line.strip() not in ("", "...")]))
    return found


def assert_shows_what_comes(page: str) -> None:
    for command, shown in typed(page):
        words = shlex.split(command)
        assert words[0] == "teiden"
        printed = iter(CliRunner().invoke(main, words[1:]).output.splitlines())
        for line in shown:
            pattern = re.escape(line).replace(r"\.\.\.", ".*")
            assert any(re.fullmatch(pattern, one.rstrip()) for one in printed), f"{command}: {line}"


def test_measuring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "reference.yaml").write_bytes(SITE.read_bytes())
    for name in ("site-outage", "cluster-stop-hangs"):
        (tmp_path / f"{name}.yaml").write_bytes((SCENARIOS / f"{name}.yaml").read_bytes())
    assert_shows_what_comes("measure.md")
    assert "+  shutdown_limit: 450s" in (tmp_path / "limits.patch").read_text("utf-8")


def test_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "annex.yaml").write_bytes(SITE.read_bytes())
    (tmp_path / "events").mkdir()
    skewed = "the clock of rack1 is 40 s ahead of that of control1"
    events = [
        *blip(DAY_S, "ups1", 4),
        *small_outage(2 * DAY_S),
        seen(3 * DAY_S, "card.silent", "ups4"),
        seen(3 * DAY_S + 300, "card.answering", "ups4"),
        *blip(4 * DAY_S, "ups5", 55),
        seen(5 * DAY_S, "alarm.raised", "rack1", text=skewed, rule="T3"),
    ]
    keep(tmp_path / "events", events, load_site(SITE).hash)
    keep_readings(
        tmp_path / "events", load_site(SITE).site.upses, discharge=("ups4", 2 * DAY_S, 2 * DAY_S + 900, 0.06)
    )
    assert_shows_what_comes("trust.md")
