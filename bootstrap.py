"""Make the project's own Python environment, once, and run a command in it.

Standard library only, and no syntax newer than Python 3.6, so that a Python that is too old can say so.
The environment is `.venv`, or the folder named by TEIDEN_VENV when the checkout is read-only. Nothing here
names a package index: PIP_INDEX_URL, PIP_NO_INDEX, PIP_FIND_LINKS, proxies and pip's own files pass through.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit(
        "bootstrap.py: Python %d.%d is too old; teiden needs Python 3.11 or newer" % sys.version_info[:2]
    )

import contextlib
import hashlib
import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent
LOCKS = {"build backend": "build.lock", "packages": "requirements.lock"}
TOOLS = {"tools": "develop.lock"}  # all of it, at the same versions: what tests, checks and documents need
PIP_INSTALL = ("pip", "install", "--no-compile")  # compiling what may never be imported is half of the time
HASHED = ("--require-hashes", "--only-binary", ":all:")
LEADING_ASTRAY = {"PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONPATH", "PYTHONHOME"}
LOG = "teiden-setup.log"
STAMP = "teiden-setup"  # in the environment: which packages, project and tools it was made from
UNFINISHED = "unfinished\n"

USAGE = """\
usage: ./run COMMAND [ARGUMENT...]        (Windows: py bootstrap.py COMMAND [ARGUMENT...])

  demo         the reference site rides out a two-hour power cut; draws site-outage.png
  teiden ...   the command line itself: ./run teiden --help
  test ...     the test suite; what follows goes to pytest
  check        formatting, lint, types, import arrows, links and truth of the documents, lock files
  docs         the documents as a site, in build/docs; every warning is an error
  test-long    the tests that take minutes
  bench ...    the benchmarks, as ratios within one run
  branches     whether the tests take every branch of the sequencer
  proof ...    every fault, crash point and failing write, and random histories: a night, or --quick

The first call makes the environment (.venv, or the folder TEIDEN_VENV names); PYTHON names another Python.
"""


class SetupFailed(Exception):
    """The environment could not be made; the text says why and what to do, in a line or a few."""


# What can be asked for -----------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    """Run one command in the environment, making that first where it is not ready; its exit code is ours."""
    command, *rest = arguments or ["--help"]
    if command in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0
    if command not in COMMANDS:
        print(f"run: no command {command!r}\n\n{USAGE}", end="", file=sys.stderr)
        return 2
    try:
        python = environment(tools=command in NEED_TOOLS)
    except (SetupFailed, OSError) as trouble:
        print(f"run: {trouble}", file=sys.stderr)
        return 1
    return COMMANDS[command](python, rest)


def demo(python: Path, arguments: list[str]) -> int:
    story = (
        "scenarios/site-outage.yaml" if Path.cwd() == ROOT else str(ROOT / "scenarios" / "site-outage.yaml")
    )
    return teiden(python, ["run", story, "--plot", "site-outage.png", *arguments])


def teiden(python: Path, arguments: list[str]) -> int:
    """Stay in the caller's folder, for the files they name; -P keeps a `sim/` lying there out of the way."""
    return become(python, "-P", "-m", "teiden", *arguments)


def test(python: Path, arguments: list[str]) -> int:
    """The whole suite on all cores, a stretch of files to each; a part, named by its path, at once on one."""
    os.chdir(ROOT)
    part = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    return become(
        python, "-m", "pytest", *(() if part else ("-n", "auto", "--dist", "worksteal")), *arguments
    )


def test_long(python: Path, arguments: list[str]) -> int:
    """On all cores, too: many of them only wait for sockets and processes."""
    return test(python, ["-m", "long", *arguments])


def in_the_root(*line: str) -> Callable[[Path, list[str]], int]:
    """A command that is this line, carried out in the project's folder, and what was given after it."""

    def command(python: Path, arguments: list[str]) -> int:
        os.chdir(ROOT)
        return become(python, *line, *arguments)

    return command


COMMANDS: dict[str, Callable[[Path, list[str]], int]] = {
    "demo": demo,
    "teiden": teiden,
    "test": test,
    "check": in_the_root(".ci/check.py"),  # every check that is not a test; the file itself says which
    "docs": in_the_root(".ci/docs_build.py"),
    "test-long": test_long,
    "bench": in_the_root("benchmarks"),
    "branches": in_the_root(".ci/branches.py"),
    "proof": in_the_root("-m", "teiden.proof"),
}
NEED_TOOLS = ("test", "check", "test-long", "docs", "branches")


def become(python: Path, *arguments: str) -> int:
    """Turn this process into the command, so that signals and exit codes are its own."""
    line = [str(python), *arguments]
    if os.name == "posix":
        sys.stdout.flush()
        os.execv(python, line)
    return subprocess.run(line).returncode  # Windows' exec returns to the shell before the command ends


# The environment -----------------------------------------------------------------------------------------


def environment(tools: bool = False) -> Path:
    """The Python of an environment that matches the locks and the project, made or mended first.

    `tools`: with those of developers; whoever only plays stories does not wait for them.
    """
    venv = Path(os.path.abspath(os.environ.get("TEIDEN_VENV") or ROOT / ".venv"))
    keep_caches_out_of_a_read_only_checkout(venv)
    prints = fingerprints(venv)
    wanted = [name for name in prints if tools or name != "tools"]
    if all(prints[name] in stamp_of(venv) for name in wanted):
        return python_of(venv)
    leave_any_environment(venv)
    with only_one_at_a_time(venv):
        done = stamp_of(venv)  # again: the one we waited for may have done it
        for name in wanted:
            if prints[name] in done:
                continue
            if name == "packages":
                make(venv)
                done = ""  # whatever else was there has gone
            elif name == "project":
                install_project(venv)
            else:
                install_tools(venv)
            done = "".join(line for line in done.splitlines(True) if not line.startswith(name + " "))
            done += prints[name]
            (venv / STAMP).write_text(done)  # after each: without its line a part is not there
    return python_of(venv)


def fingerprints(venv: Path) -> dict[str, str]:
    """A line each for what the packages, the project and the tools in the environment follow from.

    Apart, because an edit in pyproject.toml asks for the project's own metadata anew, not for every package.
    """
    packages = hashlib.sha256("\0".join([sys.version, sys.base_prefix, str(venv)]).encode())
    for lock_file in LOCKS.values():
        packages.update((ROOT / lock_file).read_bytes())
    project = hashlib.sha256(str(ROOT).encode() + b"\0" + (ROOT / "pyproject.toml").read_bytes())
    tools = hashlib.sha256(b"".join((ROOT / lock_file).read_bytes() for lock_file in TOOLS.values()))
    made = {"packages": packages, "project": project, "tools": tools}
    return {name: f"{name} {made[name].hexdigest()}\n" for name in made}


def stamp_of(venv: Path) -> str:
    """What the environment says it was made from: UNFINISHED when there is none, or its Python has gone."""
    try:
        return (venv / STAMP).read_text() if python_of(venv).exists() else UNFINISHED
    except OSError:
        return UNFINISHED


def python_of(venv: Path) -> Path:
    return venv / "Scripts" / "python.exe" if os.name == "nt" else venv / "bin" / "python"


def base_python() -> str:
    """The Python that environments are made with: ours, or the one below when we run inside one."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def leave_any_environment(venv: Path) -> None:
    """An environment cannot rebuild itself while in use: start again with the Python it was made from."""
    if sys.prefix == sys.base_prefix or base_python() == sys.executable:
        return
    if os.name == "posix":
        os.execv(base_python(), [base_python(), "-I", *sys.argv])
    if venv.exists() and os.path.samefile(sys.prefix, venv):
        raise SetupFailed("an environment cannot rebuild itself; call `py bootstrap.py`")


@contextlib.contextmanager
def only_one_at_a_time(venv: Path) -> Iterator[None]:
    """Hold a lock file beside the environment; a second call waits here and then finds the work done."""
    beside = venv.with_name(venv.name + ".lock")
    try:
        venv.parent.mkdir(parents=True, exist_ok=True)
        held = beside.open("a")
    except OSError as trouble:
        advice = "set TEIDEN_VENV to a folder that can be written"
        raise SetupFailed(f"cannot write beside {venv} ({trouble.strerror}); {advice}") from None
    os.set_inheritable(held.fileno(), True)  # a pip that outlives us keeps the lock until it is done
    with held:
        if not lock(held.fileno()):
            print(f"run: another ./run is setting up {venv}; waiting for it", file=sys.stderr)
            while not lock(held.fileno()):
                time.sleep(0.2)
        yield


def lock(file_number: int) -> bool:
    """Try once for the lock; the system gives it back when the file is closed, also after a crash."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file_number, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file_number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True  # a file system without locks: better two set-ups at once than one that waits for ever
    return True


def keep_caches_out_of_a_read_only_checkout(venv: Path) -> None:
    if os.access(ROOT, os.W_OK):
        return
    caches = venv / "cache"
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(caches / "pycache"))
    os.environ.setdefault("RUFF_CACHE_DIR", str(caches / "ruff"))
    os.environ.setdefault("MYPY_CACHE_DIR", str(caches / "mypy"))
    os.environ.setdefault("PYTEST_ADDOPTS", f"-o cache_dir='{caches / 'pytest'}'")


# Ways to make it -----------------------------------------------------------------------------------------


class Way(NamedTuple):
    """How one tool makes an environment, and how it installs into it."""

    tool: str
    make: list[str]
    install: list[str]


def ways(venv: Path) -> Iterator[Way]:
    """What this machine offers, the plainest first; the base's own pip where ensurepip brings none."""
    base, python = [base_python(), "-I", "-m"], str(python_of(venv))
    uv = shutil.which("uv")
    if has("venv", "ensurepip"):
        yield Way("venv", [*base, "venv", str(venv)], [python, "-I", "-m", *PIP_INSTALL])
    if uv:
        make = [uv, "venv", "--allow-existing", "--no-project", "--python", base_python(), str(venv)]
        yield Way("uv", make, [uv, "pip", "install", "--python", python])
    if has("venv", "pip") and not has("ensurepip"):
        make = [*base, "venv", "--without-pip", str(venv)]
        yield Way("pip of the base Python", make, [*base, "pip", "--python", python, *PIP_INSTALL[1:]])


def has(*modules: str) -> bool:
    """Whether this Python came complete: Debian's, for one, keeps ensurepip in a package of its own."""
    return all(importlib.util.find_spec(module) is not None for module in modules)


def make(venv: Path) -> None:
    """Make the environment with every locked package in it; the first way that gets to the end wins."""
    version = "%d.%d.%d" % sys.version_info[:3]
    offered = list(ways(venv))
    if not offered:
        package = "python%d.%d-venv" % sys.version_info[:2]
        raise SetupFailed(
            f"Python {version} ({base_python()}) cannot make an environment, it lacks ensurepip:"
            f" `sudo apt-get install {package}` (Debian, Ubuntu), or set PYTHON to another"
        )
    clear(venv)
    (venv / LOG).unlink(missing_ok=True)
    print(f"run: setting up {venv} with Python {version} (once)", file=sys.stderr)
    reasons = []
    for way in offered:
        try:
            quietly("environment", venv, way.make)
            for title, lock_file in LOCKS.items():
                quietly(title, venv, [*way.install, *HASHED, "-r", str(ROOT / lock_file)])
            return
        except SetupFailed as failure:
            reasons.append(f"with {way.tool}: {failure}")
            clear(venv)
    reasons.append(
        "if no index was reached: PIP_INDEX_URL, PIP_FIND_LINKS and HTTPS_PROXY are passed on to pip"
    )
    raise SetupFailed("\n".join(reasons))


def install_project(venv: Path) -> None:
    """Install the project itself, editable; it brings nothing along, and is built by the locked backend."""
    install(venv, "teiden", ["--no-deps", "--no-build-isolation", "-e", str(ROOT)])


def install_tools(venv: Path) -> None:
    """Install what developers need on top of what is there."""
    for title, lock_file in TOOLS.items():
        install(venv, title, [*HASHED, "-r", str(ROOT / lock_file)])


def install(venv: Path, title: str, what: list[str]) -> None:
    failure = SetupFailed(f"nothing can install into {venv}; remove it and call again")
    for way in ways(venv):
        try:
            return quietly(title, venv, [*way.install, *what])
        except SetupFailed as reason:  # an environment made by uv has no pip of its own: uv comes next
            failure = reason
    raise failure


def clear(venv: Path) -> None:
    """Empty a half-made environment; refuse a folder that is not ours."""
    stamp = venv / STAMP
    if venv.exists() and not stamp.exists() and any(venv.iterdir()):
        raise SetupFailed(f"{venv} was not made by ./run: remove it, or name another folder in TEIDEN_VENV")
    venv.mkdir(parents=True, exist_ok=True)
    stamp.write_text(UNFINISHED)  # first of all: whatever happens from here on, the folder is known as ours
    for entry in venv.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name not in (STAMP, LOG):
            entry.unlink()


def quietly(title: str, venv: Path, line: list[str]) -> None:
    """Run one command with its output in a log, showing only what it is for and how long it has taken."""
    log = venv / LOG
    rewrite = "\r" if sys.stderr.isatty() else ""
    start = time.monotonic()
    with log.open("ab") as output:
        output.write(f"$ {' '.join(line)}\n".encode())
        output.flush()
        before = output.tell()
        child = subprocess.Popen(
            line,
            env=pip_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            close_fds=False,  # all but the lock are closed in the child anyway
        )
        while not ended(child):
            if rewrite:
                print(f"\r  {title} {time.monotonic() - start:4.0f} s", end="", file=sys.stderr, flush=True)
    print(f"{rewrite}  {title} {time.monotonic() - start:4.1f} s", file=sys.stderr)
    if child.returncode:
        said = log.read_bytes()[before:].decode(errors="replace").strip().splitlines()
        raise SetupFailed("\n".join([f"`{title}` failed; {log} says:", *(line[:200] for line in said[-5:])]))


def ended(child: "subprocess.Popen[bytes]") -> bool:
    try:
        child.wait(0.2)
    except subprocess.TimeoutExpired:
        return False
    return True


def pip_environment() -> dict[str, str]:
    """The caller's environment, less what would send packages elsewhere than into ours."""
    environment = {name: value for name, value in os.environ.items() if name not in LEADING_ASTRAY}
    # uv brings certificates of its own, and fails behind a proxy that pip, with the system's, gets through.
    environment.setdefault("UV_SYSTEM_CERTS", "1")
    if "PIP_INDEX_URL" in environment:
        environment.setdefault("UV_DEFAULT_INDEX", environment["PIP_INDEX_URL"])
    return {**environment, "PIP_USER": "0"}


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
