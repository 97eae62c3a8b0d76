"""What pytest loads of Teiden: hooks only; everything heavy is imported when a story is collected.

pytest loads this in every project where Teiden is installed. A YAML file that is not ours costs a look at
its first lines, an option that a project calls like one of ours stays the project's.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from teiden.harness import options

if TYPE_CHECKING:
    from teiden.testing import Room

YAML = (".yaml", ".yml")


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None, Any, Any]:
    """After the project's own conftests: whoever has a `--seed` already keeps it."""
    result = yield
    options.add_short(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "teiden: a story or a site file of Teiden")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Each story and each site file; all other YAML is left alone, right or wrong."""
    if file_path.suffix.lower() not in YAML:
        return None
    from teiden.files.kind import kind_of

    kind = kind_of(file_path)
    if not kind:
        return None
    from teiden.harness import collect

    return collect.collector(kind, file_path, parent)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before anything is deselected, so that an item's folder has the same name in every selection."""
    if ours := _ours(items):
        from teiden.harness import artifacts, collect

        if not hasattr(config, "workerinput"):
            collect.refuse_what_cannot_be(config)
        artifacts.name_folders(ours)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: list[str]) -> None:
    """With pytest-xdist only the process that started the workers can refuse without a traceback."""
    if any(id.partition("::")[0].lower().endswith(YAML) for id in ids):
        from teiden.harness import collect

        collect.refuse_what_cannot_be(node.config)


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    ours = _ours(items)
    if not ours or config.get_verbosity() < 0:
        return []
    from teiden.harness import collect

    return [collect.headline(config, ours)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Of a test that failed in its `room`, what was played there is kept as of a story."""
    report = yield
    if call.when == "call" and report.failed and "room" in getattr(item, "funcargs", {}):
        from teiden.harness import room_of_a_test

        room_of_a_test.keep(item, report)
    return report


@pytest.fixture
def room(request: pytest.FixtureRequest) -> Generator[Room]:
    """A pretend room to tell a story in, beside the test's own file.

    room.site("sites/reference.yaml"); room.at("10m").lose("utility", for_="2h"); run = room.play(until="4h")
    """
    from teiden.harness import room_of_a_test

    yield from room_of_a_test.room(request)


def _ours(items: list[pytest.Item]) -> list[Any]:
    return [i for i in items if i.path.suffix.lower() in YAML and i.get_closest_marker("teiden") is not None]
