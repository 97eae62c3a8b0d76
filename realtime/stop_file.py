"""The emergency stop."""

from __future__ import annotations

import os
from collections.abc import Callable


class StopFile:
    def __init__(self, path: str, on_change: Callable[[bool], None]) -> None:
        self.path = path

    @property
    def why(self) -> str:
        return f"emergency stop: {self.path} is there" if os.path.exists(self.path) else ""

    async def __aenter__(self) -> StopFile:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass
