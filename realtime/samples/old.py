"""Readings of earlier versions, a line in five minutes: nobody reads them, and they go after a week."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = re.compile(r"readings-(\d{8})\.jsonl")
KEPT = timedelta(days=7)


def prune_old(folder: Path, at: int) -> None:
    """`at`: seconds since 1970. Raises OSError."""
    today = datetime.fromtimestamp(at, UTC).date()
    for path in folder.iterdir():
        if (name := NAME.fullmatch(path.name)) is None:
            continue
        with suppress(ValueError):  # no day of any calendar: not ours
            if datetime.strptime(name[1], "%Y%m%d").date() < today - KEPT:
                path.unlink()
