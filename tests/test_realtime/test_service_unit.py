"""The systemd unit: it can be read, tells no secret, starts for ever, and may do very little."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

import house_rules

PACKAGING = house_rules.ROOT / "packaging"
UNIT = PACKAGING / "teiden.service"
EXPOSURE = 2.0
"""Of 10, as systemd-analyze counts; the rest is that it needs the network."""


def settings() -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", "[")):
            key, equals, value = line.partition("=")
            assert equals, line
            found[key].append(value)
    return found


def test_its_lines_are_settings_in_three_sections() -> None:
    sections = re.findall(r"^\[(\w+)\]$", UNIT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sections == ["Unit", "Service", "Install"]
    assert settings()["Type"] == ["notify"]


def test_no_secret_stands_in_it_or_in_an_argument() -> None:
    its = settings()
    assert its["ExecStart"] == ["/opt/teiden/bin/teiden live /etc/teiden/site.yaml"]
    assert its["Environment"] == ["PYTHONDONTWRITEBYTECODE=1"]
    assert "EnvironmentFile" not in its
    assert "SetCredential" not in its
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "LoadCredential" in line:
            assert re.fullmatch(r"#LoadCredential(Encrypted)?=[\w-]+:/etc/teiden/credentials/[\w.-]+", line)


def test_it_commands_nothing_before_somebody_arms_it() -> None:
    assert "--arm" not in settings()["ExecStart"][0]


def test_it_is_started_again_for_ever_and_watched() -> None:
    its = settings()
    assert its["Restart"] == ["always"]
    assert its["StartLimitIntervalSec"] == ["0"]
    assert its["WatchdogSec"] == ["30"]


def test_it_is_not_held_up_by_a_lan_whose_switches_still_boot() -> None:
    its = settings()
    assert not [value for key in ("After", "Wants", "Requires") for value in its[key] if "online" in value]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("User", "teiden"),
        ("UMask", "0077"),
        ("LimitCORE", "0"),
        ("MemorySwapMax", "0"),
        ("StateDirectory", "teiden teiden/events"),
    ],
)
def test_it_may_do_very_little(key: str, value: str) -> None:
    assert settings()[key] == [value]


def test_its_user_may_start_named_units_and_nothing_else() -> None:
    rules = (PACKAGING / "50-teiden.rules").read_text(encoding="utf-8")
    assert 'subject.user !== "teiden"' in rules
    assert re.findall(r'"([\w-]+\.service)"', rules) == [
        "teiden-cluster-stop.service",
        "teiden-cluster-restart.service",
        "teiden-force-off.service",
    ]


@pytest.mark.long
def test_systemd_reads_it_and_finds_it_hardened(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here (Debian: systemd)")
    unit = tmp_path / "teiden.service"
    text = UNIT.read_text(encoding="utf-8").replace("/opt/teiden/bin/teiden", "/bin/true")
    unit.write_text(text, encoding="utf-8")
    checked = subprocess.run([analyze, "verify", str(unit)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    argv = [analyze, "security", "--offline=yes", f"--threshold={EXPOSURE * 10:.0f}", str(unit)]
    counted = subprocess.run(argv, capture_output=True, text=True)
    if "--offline" in counted.stderr:
        pytest.skip("systemd-analyze security knows no --offline (systemd 250 does)")
    assert counted.returncode == 0, counted.stdout
