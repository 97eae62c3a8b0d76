"""Drivers that need a package the base installation does not bring."""

from __future__ import annotations

from importlib.util import find_spec


class ExtraMissing(Exception):
    """What to install; `extra` is its name in pyproject.toml."""

    def __init__(self, extra: str, missing: str | None) -> None:
        super().__init__(f'{missing} is not installed; pip install "teiden[{extra}]"')
        self.extra = extra


def needed(extra: str, *modules: str) -> None:
    """Raises ExtraMissing, with the first of these that is not installed."""
    for module in modules:
        if find_spec(module) is None:
            raise ExtraMissing(extra, module)
