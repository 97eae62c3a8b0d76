"""What the tests of the journal stand on: a clock, a path, a small disk, and what was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_realtime.injected import Injected
from tests.test_realtime.small_disks import disk_of


@pytest.fixture
def env() -> Injected:
    return Injected()


@pytest.fixture
def path(tmp_path: Path) -> str:
    return str(tmp_path / "journal.db")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk_of(512 * 1024, tmp_path / "small") as folder:
        yield folder


@pytest.fixture
def told() -> list[str]:
    return []
