"""Setting up: two commands on a machine with nothing but Python, or a plain word on what is missing."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
import house_rules

ROOT = house_rules.ROOT

on_posix = pytest.mark.skipif(
    os.name == "nt", reason="run is a shell script; Windows calls bootstrap.py itself"
)


# ./run ----------------------------------------------------------------------------------------------------


@on_posix
@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"], ["help"]])
def test_run_tells_what_it_can_do(arguments: list[str]) -> None:
    done = run(*arguments, PYTHON=sys.executable)

    assert done.returncode == 0
    assert "usage: ./run COMMAND" in done.stdout
    assert all(f"\n  {command} " in done.stdout for command in bootstrap.COMMANDS)


@on_posix
def test_a_command_that_does_not_exist_is_told_so() -> None:
    done = run("dmeo", PYTHON=sys.executable)

    assert done.returncode == 2
    assert done.stderr.startswith("run: no command 'dmeo'")


@on_posix
def test_a_named_python_that_is_no_good_is_told_so(tmp_path: Path) -> None:
    done = run("demo", PYTHON=tmp_path / "python")

    assert done.returncode == 1
    assert one_line(done.stderr).endswith("is not Python 3.11 or newer; name one that is, or unset PYTHON")


@on_posix
def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    done = run("demo", PATH=tmp_path, TEIDEN_VENV=tmp_path / "none")

    assert done.returncode == 1
    assert "no Python 3.11 or newer on PATH" in one_line(done.stderr)
    assert "apt-get install" in done.stderr


def test_a_python_too_old_says_so_in_one_line() -> None:
    pretend = (
        "import sys, runpy; sys.version_info = (3, 8, 18); runpy.run_path(sys.argv[1], run_name='__main__')"
    )

    done = subprocess.run(
        [sys.executable, "-c", pretend, ROOT / "bootstrap.py"], capture_output=True, text=True, timeout=30
    )

    assert done.returncode == 1
    assert one_line(done.stderr) == "bootstrap.py: Python 3.8 is too old; teiden needs Python 3.11 or newer"


def test_a_python_too_old_can_read_the_file_far_enough_to_say_so() -> None:
    ast.parse((ROOT / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_exit_code_of_a_command_is_passed_on() -> None:
    become = "import bootstrap, sys; bootstrap.become(sys.executable, '-c', 'raise SystemExit(7)')"

    assert subprocess.run([sys.executable, "-c", become], cwd=ROOT, timeout=30).returncode == 7


# When the environment is made, and when not ---------------------------------------------------------------


class Site:
    """A checkout with locks and a project of its own, where making an environment only leaves a note."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.venv = root / ".venv"
        self.done: list[str] = []
        for name in ("build.lock", "requirements.lock", "develop.lock", "pyproject.toml"):
            (root / name).write_text(f"# {name}\n")

    def make(self, venv: Path) -> None:
        self.done.append("make")
        python = bootstrap.python_of(venv)
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    def install_project(self, venv: Path) -> None:
        self.done.append("project")

    def install_tools(self, venv: Path) -> None:
        self.done.append("tools")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    site = Site(tmp_path)
    monkeypatch.delenv("TEIDEN_VENV", raising=False)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "make", site.make)
    monkeypatch.setattr(bootstrap, "install_project", site.install_project)
    monkeypatch.setattr(bootstrap, "install_tools", site.install_tools)
    monkeypatch.setattr(bootstrap, "leave_any_environment", lambda venv: None)
    return site


def test_the_environment_is_made_once(checkout: Site) -> None:
    assert bootstrap.environment() == bootstrap.environment() == bootstrap.python_of(checkout.venv)

    assert checkout.done == ["make", "project"]


@pytest.mark.parametrize("lock", ["build.lock", "requirements.lock"])
def test_a_changed_lock_makes_it_anew(checkout: Site, lock: str) -> None:
    bootstrap.environment()
    (checkout.root / lock).write_text("# other\n")

    bootstrap.environment()

    assert checkout.done == ["make", "project", "make", "project"]


def test_tools_come_on_top_when_a_command_needs_them(checkout: Site) -> None:
    bootstrap.environment()
    assert checkout.done == ["make", "project"]

    bootstrap.environment(tools=True)
    bootstrap.environment(tools=True)
    bootstrap.environment()

    assert checkout.done == ["make", "project", "tools"]


def test_other_tools_leave_the_packages_alone(checkout: Site) -> None:
    bootstrap.environment(tools=True)
    (checkout.root / "develop.lock").write_text("# other\n")

    bootstrap.environment()
    assert checkout.done == ["make", "project", "tools"]
    bootstrap.environment(tools=True)

    assert checkout.done == ["make", "project", "tools", "tools"]


def test_an_environment_made_anew_has_no_tools_yet(checkout: Site) -> None:
    bootstrap.environment(tools=True)
    (checkout.root / "requirements.lock").write_text("# other\n")

    bootstrap.environment(tools=True)

    assert checkout.done == ["make", "project", "tools"] * 2


@pytest.mark.parametrize(
    ("command", "tools"), [("demo", False), ("teiden", False), ("test", True), ("check", True)]
)
def test_only_tests_and_checks_wait_for_the_tools(
    monkeypatch: pytest.MonkeyPatch, command: str, tools: bool
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(bootstrap, "environment", lambda tools: asked.append(tools) or Path())
    monkeypatch.setitem(bootstrap.COMMANDS, command, lambda python, rest: 0)

    assert bootstrap.main([command]) == 0
    assert asked == [tools]


def test_another_python_makes_it_anew(checkout: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap.environment()
    monkeypatch.setattr(sys, "version", "3.99.0 (tags/v3.99.0)")

    bootstrap.environment()

    assert checkout.done == ["make", "project", "make", "project"]


def test_a_changed_project_is_installed_again_and_nothing_else(checkout: Site) -> None:
    bootstrap.environment()
    (checkout.root / "pyproject.toml").write_text("# other\n")

    bootstrap.environment()

    assert checkout.done == ["make", "project", "project"]


def test_a_project_that_did_not_install_is_tried_again_without_the_packages(
    checkout: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(venv: Path) -> None:
        raise bootstrap.SetupFailed("pyproject.toml: no closing bracket")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(bootstrap, "install_project", broken)
        with pytest.raises(bootstrap.SetupFailed):
            bootstrap.environment()

    bootstrap.environment()

    assert checkout.done == ["make", "project"]


def test_a_half_made_environment_is_made_anew(checkout: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(venv: Path) -> None:
        checkout.make(venv)
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(bootstrap, "make", killed)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.environment()

    bootstrap.environment()

    assert checkout.done == ["make", "make", "project"]


def test_an_environment_whose_python_has_gone_is_made_anew(checkout: Site) -> None:
    bootstrap.environment().unlink()

    bootstrap.environment()

    assert checkout.done == ["make", "project", "make", "project"]


def test_a_read_only_checkout_may_have_it_elsewhere(checkout: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = checkout.root / "else" / "where"
    monkeypatch.setenv("TEIDEN_VENV", str(elsewhere))

    assert bootstrap.environment() == bootstrap.python_of(elsewhere)
    assert not checkout.venv.exists()


@on_posix
def test_two_calls_at_once_do_not_clash(checkout: Site) -> None:
    with bootstrap.only_one_at_a_time(checkout.venv), (checkout.root / ".venv.lock").open("a") as second:
        assert not bootstrap.lock(second.fileno())
    with (checkout.root / ".venv.lock").open("a") as third:
        assert bootstrap.lock(third.fileno())


def test_a_half_made_environment_is_emptied(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "half").touch()
    (tmp_path / bootstrap.STAMP).write_text("packages 0\nproject 0\n")

    bootstrap.clear(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == [bootstrap.STAMP]
    assert (tmp_path / bootstrap.STAMP).read_text() == bootstrap.UNFINISHED


def test_a_folder_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()

    with pytest.raises(bootstrap.SetupFailed, match=r"was not made by \./run"):
        bootstrap.clear(tmp_path)

    assert (tmp_path / "thesis.txt").exists()


# How it is made -------------------------------------------------------------------------------------------


def test_a_python_without_venv_is_told_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEIDEN_VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(bootstrap, "leave_any_environment", lambda venv: None)
    monkeypatch.setattr(bootstrap, "has", lambda *modules: False)
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: None)

    assert bootstrap.main(["demo"]) == 1

    said = one_line(capsys.readouterr().err)
    assert f"`sudo apt-get install python3.{sys.version_info.minor}-venv`" in said
    assert not (tmp_path / "venv").exists()


@pytest.mark.parametrize(
    ("modules", "uv", "tools"),
    [
        ({"venv", "ensurepip", "pip"}, "uv", ["venv", "uv"]),
        ({"venv", "pip"}, None, ["pip of the base Python"]),
        ({"venv"}, "uv", ["uv"]),
        (set(), None, []),
    ],
)
def test_what_the_machine_offers_is_tried_the_plainest_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, modules: set[str], uv: str | None, tools: list[str]
) -> None:
    monkeypatch.setattr(bootstrap, "has", lambda *wanted: modules.issuperset(wanted))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: uv)

    assert [way.tool for way in bootstrap.ways(tmp_path)] == tools


def test_when_one_way_fails_the_next_is_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = pretend_ways(monkeypatch, failing={"first"})

    bootstrap.make(tmp_path)

    assert [line[0] for line in asked] == ["first", "second", "second", "second"]


def test_when_every_way_fails_each_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pretend_ways(monkeypatch, failing={"first", "second"})

    with pytest.raises(bootstrap.SetupFailed) as failure:
        bootstrap.make(tmp_path)

    assert "with first: no first here" in str(failure.value)
    assert "with second: no second here" in str(failure.value)


def test_every_package_is_checked_against_a_hash_and_none_is_built(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = pretend_ways(monkeypatch, failing=set())

    bootstrap.make(tmp_path)

    installed = [line for line in asked if "install" in line]
    assert [Path(line[-1]).name for line in installed] == ["build.lock", "requirements.lock"]
    assert all("--require-hashes" in line and ":all:" in line for line in installed)


def test_what_goes_wrong_in_pip_is_shown_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(bootstrap.SetupFailed, match="hash mismatch"):
        bootstrap.quietly("packages", tmp_path, [sys.executable, "-c", "raise SystemExit('hash mismatch')"])


def test_the_callers_index_reaches_pip_and_uv_but_no_other_target(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example/python")
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")

    environment = bootstrap.pip_environment()

    assert environment["PIP_INDEX_URL"] == environment["UV_DEFAULT_INDEX"] == "https://mirror.example/python"
    assert "PIP_TARGET" not in environment
    assert environment["PIP_USER"] == "0"


# -----------------------------------------------------------------------------------------------------------


def run(*arguments: str, **environment: object) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHON", "TEIDEN_VENV")}
    told = {name: str(value) for name, value in environment.items()}
    line = ["/bin/sh", str(ROOT / "run"), *arguments]
    return subprocess.run(line, env=inherited | told, capture_output=True, text=True, timeout=30)


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def pretend_ways(monkeypatch: pytest.MonkeyPatch, failing: set[str]) -> list[list[str]]:
    """Two tools, which only note what they were asked; those failing fail."""
    asked: list[list[str]] = []

    def noted(title: str, venv: Path, line: list[str]) -> None:
        asked.append(line)
        if line[0] in failing:
            raise bootstrap.SetupFailed(f"no {line[0]} here")

    offered = [bootstrap.Way(tool, [tool, "make"], [tool, "install"]) for tool in ("first", "second")]
    monkeypatch.setattr(bootstrap, "ways", lambda venv: iter(offered))
    monkeypatch.setattr(bootstrap, "quietly", noted)
    return asked
