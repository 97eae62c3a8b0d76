"""The runs that broke something, as stories of their own that `teiden run` plays the same again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from teiden.files.source import InputError
from teiden.sweep.folder import BROKEN

Document = Callable[[int, str], str]
"""The text of a run's story, its site written as seen from a folder."""


def write_replays(folder: Path, runs: Iterable[int], document: Document) -> list[str]:
    """Their names, relative to the folder. A run whose story cannot be made has none."""
    written: list[str] = []
    place = folder / BROKEN
    for old in place.glob("run-*.yaml"):  # of an earlier part of this sweep
        old.unlink()
    for run in runs:
        try:
            text = document(run, str(place))
        except InputError:
            continue
        place.mkdir(exist_ok=True)
        (place / name_of(run)).write_text(text, encoding="utf-8", newline="\n")
        written.append(f"{BROKEN}/{name_of(run)}")
    return written


def name_of(run: int) -> str:
    return f"run-{run:06d}.yaml"
