"""What is installed, and what a wheel carries: locked, named alike everywhere, and in nobody's way."""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

import pytest

import house_rules

ROOT = house_rules.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]


def test_lock_files_name_no_host() -> None:
    assert not list(house_rules.locks_name_no_host(ROOT))


@pytest.mark.parametrize("line", ["--index-url x", "a @ https://host/a.whl", "# file:///wheels"])
def test_a_lock_file_that_names_a_host_is_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "requirements.lock").write_text(f"a==1\n{line}\n")

    (offence,) = house_rules.locks_name_no_host(tmp_path)

    assert offence.startswith("requirements.lock:2: ")


def test_every_dependency_is_locked() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *(name for extra in extras.values() for name in extra)]

    assert named(PROJECT["project"]["dependencies"]) <= locked("requirements.lock")
    assert named(wanted) <= locked("develop.lock")
    assert named(PROJECT["dependency-groups"]["build"]) <= locked("build.lock")


def test_developers_have_the_same_versions_as_everybody() -> None:
    def pinned(name: str) -> set[str]:
        return {line.removesuffix(" \\") for line in (ROOT / name).read_text().splitlines() if "==" in line}

    def versions(lines: set[str]) -> set[str]:
        return {
            line.partition(" ; ")[0] for line in lines
        }  # more of them need it, so its marker may be wider

    assert versions(pinned("requirements.lock")) <= versions(pinned("develop.lock"))


def test_the_version_is_the_same_everywhere() -> None:
    newest = next(
        line
        for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("## ")
    )

    assert version("teiden") == PROJECT["project"]["version"]
    assert PROJECT["project"]["version"] in newest


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_ships_a_package_of_that_name(package: str) -> None:
    spec = find_spec(package)

    assert set(packages_distributions().get(package, ())) <= {"teiden"}
    assert spec is not None
    assert spec.origin == str(ROOT / package / "__init__.py")


def test_the_wheel_carries_the_packages_and_says_so(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(line, cwd=ROOT, check=True, capture_output=True, timeout=60)
    (wheel,) = tmp_path.glob("*.whl")

    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info" not in name}
        names = {name.split("/")[0] for name in inside}
        metadata = archive.read(f"teiden-{version('teiden')}.dist-info/METADATA").decode()

    assert names == set(PACKAGES)
    assert shipped() <= inside
    assert {"teiden/web/templates/base.html", "teiden/web/static/console.css", "teiden/py.typed"} <= inside
    assert {f"Import-Name: {package}" for package in PACKAGES} <= set(metadata.splitlines())


@pytest.mark.long
def test_two_wheels_of_one_checkout_are_the_same_file(tmp_path: Path) -> None:
    """Whoever builds it elsewhere, later, as somebody else, can compare."""
    digests = set()
    for number in (1, 2):
        copy = tmp_path / f"copy{number}"
        for name in (*PACKAGES, "pyproject.toml", "README.md", "LICENSE"):
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                copy.mkdir(exist_ok=True)
                shutil.copyfile(source, copy / name)
        for path in copy.rglob("*"):
            os.utime(path, (number * 1e9, number * 1e9))
        line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "out")]
        environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "TZ": f"UTC-{number}"}
        subprocess.run(line, cwd=copy, env=environment, check=True, capture_output=True, timeout=120)
        (wheel,) = (tmp_path / "out").glob("*.whl")
        digests.add(hashlib.sha256(wheel.read_bytes()).hexdigest())
    assert len(digests) == 1


def shipped() -> set[str]:
    """Every file of the packages: code, pages, pictures, schemas, first sites."""
    found = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    return {
        path.relative_to(ROOT).as_posix()
        for path in found
        if path.is_file() and "__pycache__" not in path.parts
    }


def locked(name: str) -> set[str]:
    return {line.split("==")[0].lower() for line in (ROOT / name).read_text().splitlines() if "==" in line}


def named(requirements: list[str]) -> set[str]:
    return {requirement.split(">")[0].lower() for requirement in requirements}
