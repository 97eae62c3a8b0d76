"""The systemd unit: it can be read, tells no secret, starts for ever, and may do very little."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

import house_rules

PACKAGING = house_rules.ROOT / "packaging"
UNIT = PACKAGING / "teiden.service"
CONSOLE = PACKAGING / "teiden-web.service"
EXPOSURE = 2.0
"""Of 10, as systemd-analyze counts; the rest is that it needs the network."""


def settings(unit: Path = UNIT) -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in unit.read_text(encoding="utf-8").splitlines():
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


def test_its_user_is_one_that_systemd_sysusers_makes() -> None:
    """A colon in the name of a user would end the field in /etc/passwd: sysusers refuses the whole line."""
    lines = (PACKAGING / "teiden.sysusers").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if not line.startswith("#")]
    kind, name, number, told, home = shlex.split(line)
    assert (kind, name, number, home) == ("u", settings()["User"][0], "-", "/var/lib/teiden")
    assert ":" not in told


# The console's unit


def test_the_console_is_ordered_after_the_service_and_needs_it_for_nothing() -> None:
    its = settings(CONSOLE)
    assert "teiden.service" in its["After"][0].split()
    for key in ("Requires", "Requisite", "BindsTo", "PartOf", "Wants", "Upholds", "Conflicts", "Before"):
        assert key not in its, key
    assert "teiden-web" not in UNIT.read_text(encoding="utf-8")


def test_the_console_is_the_first_to_wait_and_the_first_to_go() -> None:
    its, services = settings(CONSOLE), settings()
    for key in ("OOMScoreAdjust", "Nice"):
        assert int(its[key][0]) > 0 > int(services[key][0])
    for key in ("CPUWeight", "IOWeight"):
        assert int(its[key][0]) < 100 < int(services[key][0])
    assert its["CPUQuota"] == ["50%"]
    assert its["MemoryMax"] == ["384M"]
    assert int(its["TasksMax"][0]) <= 64


def test_the_console_is_hardened_as_the_service_is() -> None:
    its, services = settings(CONSOLE), settings()
    own = {"StateDirectory", "SystemCallFilter", "MemoryMax", "TasksMax", "LimitNOFILE"}
    start = list(services).index("LimitCORE")
    for key in [*list(services)[start:], "User", "Group", "UMask", "MemorySwapMax", "Environment"]:
        if key not in own and key != "WantedBy":
            assert its[key] == services[key], key


def test_the_console_writes_nothing_of_the_service_and_reads_no_secret_of_a_device() -> None:
    its = settings(CONSOLE)
    assert its["StateDirectory"] == ["teiden/web"]
    assert "RuntimeDirectory" not in its  # the service's folder must not go when the console does
    assert "ReadWritePaths" not in its
    assert "LoadCredential" not in its
    assert its["InaccessiblePaths"] == ["-/etc/teiden/credentials -/etc/teiden/secrets -/etc/teiden/keys"]


@pytest.mark.long
@pytest.mark.parametrize("unit", [UNIT, CONSOLE], ids=lambda unit: unit.stem)
def test_systemd_reads_it_and_finds_it_hardened(tmp_path: Path, unit: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not here (Debian: systemd)")
    tried = tmp_path / unit.name
    text = unit.read_text(encoding="utf-8").replace("/opt/teiden/bin/teiden", "/bin/true")
    tried.write_text(text, encoding="utf-8")
    checked = subprocess.run([analyze, "verify", str(tried)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    argv = [analyze, "security", "--offline=yes", f"--threshold={EXPOSURE * 10:.0f}", str(tried)]
    counted = subprocess.run(argv, capture_output=True, text=True)
    if "--offline" in counted.stderr:
        pytest.skip("systemd-analyze security knows no --offline (systemd 250 does)")
    assert counted.returncode == 0, counted.stdout
