"""The `room` fixture: named after its test, with pytest's seed, and what it played told to JUnit."""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

import pytest

from teiden.harness.options import Settings
from teiden.harness.room import Room


def room(request: pytest.FixtureRequest) -> Generator[Room]:
    settings = Settings.of(request.config)
    if settings.room != "sim":
        pytest.skip(f"--room {settings.room}: only stories in files are played there")
    room = Room(request.path, name=_name(request.node.name), seed=settings.seed)
    yield room
    if len(room.runs) == 1:  # of several nobody could tell whose number it is
        from teiden.reports.properties import properties

        request.node.user_properties += properties(room.runs[0].rehearsal).items()


def _name(test: str) -> str:
    """A name as stories have it: `test_mains_back[25s]` is `test_mains_back-25s`."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", test).strip("-")[:63]


def keep(item: pytest.Item, report: Any) -> None:
    """Leave the artifacts of the last run of a test that failed, and say where."""
    from teiden.harness import artifacts

    settings = Settings.of(item.config)
    room = item.funcargs["room"]  # type: ignore[attr-defined]
    if settings.artifacts is None or not isinstance(room, Room) or not room.runs:
        return
    folder = settings.artifacts / artifacts.folder_name(f"{item.path.stem}-{item.name}")
    report.sections.append(("teiden", "\n".join(artifacts.write(room.runs[-1].rehearsal, folder))))
