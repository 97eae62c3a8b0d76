"""The Debian package: built, installed in a root of its own, upgraded, removed, purged; nothing starts."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import house_rules

PACKAGING = house_rules.ROOT / "packaging"
SCRIPTS = sorted((PACKAGING / "debian").iterdir())
PYTHON = "/usr/bin/python3"
DATED = {"SOURCE_DATE_EPOCH": "1700000000"}
"""Without it the last commit's time counts, and somebody may commit between two builds."""
LIMIT_S = 1800.0
"""Of wall time: a hundred megabytes of packages are fetched, compiled and compressed."""

Run = Callable[..., str]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_of_the_package_is_a_shell_script_that_ends_at_the_first_error(script: Path) -> None:
    lines = script.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/bin/sh"
    assert "set -e" in lines
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", str(script)], check=True, timeout=20)


def test_no_script_starts_enables_or_arms_anything_nor_asks() -> None:
    code = "\n".join(
        line
        for script in SCRIPTS
        for line in script.read_text(encoding="utf-8").splitlines()
        if "echo" not in line
    )
    for word in ("systemctl start", "systemctl restart", "systemctl enable", "--arm", "debconf", "read "):
        assert word not in code


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("dpkg-deb") is None or shutil.which("dpkg") is None:
        pytest.skip("dpkg-deb is not here (Debian: dpkg)")
    if not Path(PYTHON).exists():
        pytest.skip(f"{PYTHON} is not here (Debian: python3-venv)")
    folder = tmp_path_factory.mktemp("deb")
    line = [str(PACKAGING / "deb"), str(folder)]
    subprocess.run(line, env=os.environ | DATED, check=True, timeout=LIMIT_S, stdout=subprocess.DEVNULL)
    (built,) = folder.glob("*.deb")
    return built


@pytest.fixture
def dpkg(tmp_path: Path) -> Run:
    """dpkg on a root of its own, whose scripts run outside of it and are told where it is."""
    database = tmp_path / "var/lib/dpkg"
    for name in ("info", "updates", "triggers"):
        (database / name).mkdir(parents=True)
    for name in ("status", "available"):
        (database / name).touch()
    (tmp_path / "etc").mkdir()  # where the service's user is written down
    settings = ["--force-script-chrootless", "--force-depends", "--force-not-root", f"--root={tmp_path}"]

    def run(*argv: object) -> str:
        line = ["dpkg", *settings, *map(str, argv)]
        done = subprocess.run(line, capture_output=True, text=True, timeout=LIMIT_S)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.mark.long
def test_the_package_holds_the_environment_the_units_the_user_and_the_documents(package: Path) -> None:
    names = subprocess.run(
        ["dpkg-deb", "--contents", str(package)], capture_output=True, text=True, check=True, timeout=300
    ).stdout
    for path in (
        "./opt/teiden/bin/teiden",
        "./usr/bin/teiden -> ../../opt/teiden/bin/teiden",
        "./usr/lib/systemd/system/teiden.service",
        "./usr/lib/systemd/system/teiden-web.service",
        "./usr/lib/sysusers.d/teiden.conf",
        "./usr/share/polkit-1/rules.d/50-teiden.rules",
        "./usr/share/doc/teiden/docs/howto/service.md",
        "./usr/share/doc/teiden/examples/teiden-answer",
    ):
        assert f" {path}\n" in names, path
    assert "/site-packages/teiden/web/templates/base.html" in names
    assert "/etc/" not in names
    assert "/var/" not in names
    assert all(line.split()[1] == "root/root" for line in names.splitlines())


@pytest.mark.long
def test_it_is_installed_upgraded_removed_and_purged_without_touching_what_is_the_operators(
    package: Path, dpkg: Run, tmp_path: Path
) -> None:
    dpkg("--install", package)
    python = tmp_path / "opt/teiden/bin/python"
    assert not list((tmp_path / "etc").rglob("*.wants"))
    assert (tmp_path / "etc/passwd").read_text(encoding="utf-8").startswith("teiden:")
    story = house_rules.ROOT / "scenarios" / "site-outage.yaml"
    line = [str(python), "-I", "-m", "teiden", "run", str(story)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=300, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    for module in ("asyncssh", "pysnmp", "aiohttp", "teiden.web.app"):
        subprocess.run([str(python), "-I", "-c", f"import {module}"], check=True, timeout=120)
    assert str(tmp_path) not in (tmp_path / "opt/teiden/bin/teiden").read_text(encoding="utf-8")
    assert (
        (tmp_path / "opt/teiden/bin/teiden")
        .read_text(encoding="utf-8")
        .startswith("#!/opt/teiden/bin/python")
    )

    site, journal = tmp_path / "etc/teiden/site.yaml", tmp_path / "var/lib/teiden/journal.db"
    site.write_text("mine", encoding="utf-8")
    journal.parent.mkdir(parents=True)
    journal.write_text("kept", encoding="utf-8")
    assert "systemctl restart teiden" in dpkg("--install", package)
    assert (site.read_text(encoding="utf-8"), journal.read_text(encoding="utf-8")) == ("mine", "kept")

    dpkg("--remove", "teiden")
    assert not (tmp_path / "opt/teiden").exists()
    assert not (tmp_path / "usr/lib/systemd/system/teiden.service").exists()
    assert (site.read_text(encoding="utf-8"), journal.read_text(encoding="utf-8")) == ("mine", "kept")

    dpkg("--purge", "teiden")
    assert not journal.parent.exists()
    assert site.read_text(encoding="utf-8") == "mine"


@pytest.mark.long
def test_built_twice_it_is_the_same_file(package: Path, tmp_path: Path) -> None:
    line = [str(PACKAGING / "deb"), str(tmp_path)]
    subprocess.run(line, env=os.environ | DATED, check=True, timeout=LIMIT_S, stdout=subprocess.DEVNULL)
    assert (tmp_path / package.name).read_bytes() == package.read_bytes()
