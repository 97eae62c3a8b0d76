"""The command in the wild: start-up, closed pipes, terminals without Japanese, Ctrl-C from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from tests.thinned import thinned

ROOT = Path(__file__).parents[2]
SITE = str(ROOT / "scenarios" / "sites" / "reference.yaml")
BLIP = str(ROOT / "scenarios" / "short-blip.yaml")
BACK = str(ROOT / "scenarios" / "mains-back-mid-shutdown.yaml")
HEAVY = {"simpy", "pydantic", "yaml", "pandas", "numpy", "matplotlib", "pysnmp", "rich", "asyncio"}

AS_COMMAND = [sys.executable, "-m", "teiden"]
HEARS_CTRL_C = [
    *(sys.executable, "-c"),
    (
        "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "runpy.run_module('teiden', run_name='__main__', alter_sys=True)"
    ),
]
"""As at a desk: what a script starts in the background is deaf to it, and so are the tests run there."""

LISTS_MODULES = """
import json
import sys
from contextlib import redirect_stdout
from io import StringIO
from teiden.cli import main
from tests.thinned import thinned
found = {}
for line in sys.argv[1:]:
    said = StringIO()
    try:
        with redirect_stdout(said):
            main(line.split(), prog_name="teiden")
    except SystemExit as end:
        assert not end.code
    found[line] = [len(said.getvalue()), [*sys.modules]]
print(json.dumps(found))
"""


def environment(**settings: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **settings}


def teiden(*args: str, **settings: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*AS_COMMAND, *args], env=environment(**settings), capture_output=True, check=False, timeout=60
    )


ASKS = ("--help", "--version", "run --help", "check --help")
READS = (f"check {SITE}", f"tree {SITE}", f"plan {SITE}", f"run {BLIP}")


@cache
def loaded_after() -> dict[str, set[str]]:
    """The packages there are after each command line, all of them given to one process, one after another."""
    line = [sys.executable, "-c", LISTS_MODULES, *ASKS, *READS]
    done = subprocess.run(line, env=environment(), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert [line for line, (said, _) in found.items() if not said] == []
    return {line: {name.partition(".")[0] for name in modules} for line, (_, modules) in found.items()}


def test_help_and_version_import_nothing_heavy() -> None:
    for line in ASKS:
        assert not loaded_after()[line] & HEAVY, line


def test_nothing_that_prints_text_needs_pandas_or_matplotlib_or_rich_where_nobody_looks() -> None:
    for line in READS:
        assert not loaded_after()[line] & {"pandas", "numpy", "matplotlib", "pysnmp", "rich"}, line


def test_python_m_teiden_is_the_command() -> None:
    done = teiden("tree", SITE)
    assert done.returncode == 0
    assert "制御端末1" in done.stdout.decode("utf-8")


@pytest.mark.parametrize(
    "args",
    thinned([["run", BACK], ["schema", "site"], ["tree", SITE], ["run", BLIP, "--events", "-"]], 4),
    ids=lambda a: a[0],
)
def test_a_reader_that_leaves_early_gets_no_traceback(args: list[str]) -> None:
    process = subprocess.Popen(
        [*AS_COMMAND, *args], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaints = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) == 141
    assert "Traceback" not in complaints
    assert "BrokenPipe" not in complaints


SPEAKING = (("run", BLIP), ("tree", SITE))
NARROW = ({"PYTHONIOENCODING": "cp932"}, {"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"})


@pytest.mark.parametrize("case", thinned(product(SPEAKING, NARROW), 6), ids=lambda c: f"{c[0][0]}-{c[1]}")
def test_a_terminal_without_japanese_is_spoken_to_all_the_same(
    case: tuple[tuple[str, ...], dict[str, str]],
) -> None:
    args, settings = case
    done = teiden(*args, **settings)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.long
def test_where_no_box_can_be_drawn_the_tree_is_drawn_in_ascii() -> None:
    """With `ascii`, click writes UTF-8 all the same; other narrow encodings are taken at their word."""
    drawn = teiden("tree", SITE, PYTHONIOENCODING="latin-1").stdout.decode("latin-1")
    assert "`-- SSC" in drawn
    assert "????1" in drawn


@pytest.mark.long
def test_what_machines_read_is_utf8_whatever_the_locale() -> None:
    done = teiden("run", BLIP, "--events", "-", PYTHONIOENCODING="ascii")
    header = json.loads(done.stdout.decode("utf-8").splitlines()[0])
    assert header["devices"]["ups1"]["label"] == "制御端末1"


def test_an_error_about_a_japanese_name_is_told_in_latin_too(tmp_path: Path) -> None:
    done = teiden("check", str(tmp_path / "停電.yaml"), PYTHONIOENCODING="latin-1")
    assert done.returncode == 2
    assert b"??.yaml: error: no such file" in done.stderr


def interrupted(process: subprocess.Popen[bytes]) -> bytes:
    """What it says when Ctrl-C is pressed, and pressed again while nothing comes of it.

    A signal that meets Python between its last look for one and the read that blocks is not heard before
    that read ends: so it is with every program in Python, and what somebody at a desk does about it.
    """
    try:
        for _ in range(6):
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                return process.communicate(timeout=10)[1]
        raise AssertionError("Ctrl-C is not heard")
    finally:
        process.kill()
        process.communicate()


def test_ctrl_c_ends_with_130_and_without_a_traceback(tmp_path: Path) -> None:
    """The pipe that is not read holds the command up; then it is interrupted."""
    fifo = tmp_path / "events"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [*HEARS_CTRL_C, "plot", str(fifo), "-o", str(tmp_path / "x.svg")],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with fifo.open("wb"):  # opens when the command has opened its end: now it reads
        complaints = interrupted(process)
    assert process.returncode == 130
    assert complaints == b"interrupted\n"
