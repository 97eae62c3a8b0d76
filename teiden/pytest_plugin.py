"""What pytest loads of Teiden: hooks only; everything heavy is imported when a story is collected.

pytest loads this in every project where Teiden is installed. A YAML file that is not ours costs a look at
its first lines, an option that a project calls like one of ours stays the project's.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from teiden.harness import options

if TYPE_CHECKING:
    from teiden.testing import Room


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(parser: pytest.Parser) -> Generator[None]:
    """After the project's own conftests: whoever has a `--seed` already keeps it."""
    result = yield
    options.add_short(parser)
    return result


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "teiden: a story or a site file of Teiden")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Each story and each site file; all other YAML is left alone, right or wrong."""
    if file_path.suffix.lower() not in (".yaml", ".yml"):
        return None
    from teiden.files.kind import kind_of

    kind = kind_of(file_path)
    if not kind:
        return None
    from teiden.harness import collect

    return collect.collector(kind, file_path, parent)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before anything is deselected, so that an item's folder has the same name in every selection."""
    if ours := _ours(items):
        from teiden.harness import artifacts

        artifacts.name_folders(ours)


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    ours = _ours(items)
    if not ours or config.get_verbosity() < 0:
        return []
    from teiden.harness import collect

    return [collect.headline(config, ours)]


def _ours(items: list[pytest.Item]) -> list[pytest.Item]:
    return [item for item in items if item.get_closest_marker("teiden") is not None]
