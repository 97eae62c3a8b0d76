"""A disk of its own, so small that a test can fill it. Needs root, as a container of CI mostly has it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def disk_of(size: int, folder: Path) -> Iterator[Path]:
    """So many bytes of memory, mounted there; skips the test where that is not allowed."""
    folder.mkdir()
    argv = ["mount", "-t", "tmpfs", "-o", f"size={size}", "teiden-test", str(folder)]
    try:
        done = subprocess.run(argv, capture_output=True).returncode == 0
    except FileNotFoundError:
        done = False
    if not done:
        pytest.skip("no disk can be mounted here (not root, or not allowed)")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def change(folder: Path, how: str) -> None:
    """`ro`, `rw`, `size=1m`."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(folder)], check=True)


def fill(folder: Path) -> None:
    """With a file called `filling`."""
    with (folder / "filling").open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return
