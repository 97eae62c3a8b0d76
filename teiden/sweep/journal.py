"""What a sweep has done: a line a run, in the order of the runs, so that it can go on where it was ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.sweep.chunk import Chunk
from teiden.sweep.folder import CHARGES, RUNS


class Journal:
    """Appends to `runs.jsonl` and, where charges are kept, to `charges.jsonl`."""

    def __init__(self, folder: Path, *, charges: bool) -> None:
        """Opens what is there; a last line that was torn is dropped, and so is what only one file has."""
        self.folder = folder
        names = (RUNS, CHARGES) if charges else (RUNS,)
        self.kept = min(_whole_lines(folder / name)[0] for name in names)
        """Runs that are in the journal."""
        self._files: list[BinaryIO] = []
        for name in names:
            _, end = _whole_lines(folder / name, most=self.kept)
            file = open(folder / name, "ab")  # noqa: SIM115 - closed by close()
            file.truncate(end)
            self._files.append(file)

    def add(self, chunk: Chunk) -> None:
        """In order, and at once on its way to the disk: only the machine itself can lose it now."""
        assert chunk.first == self.kept, f"run {chunk.first} comes after run {self.kept - 1}"
        for file, lines in zip(self._files, (chunk.lines, chunk.charges), strict=False):
            file.write(lines)
            file.flush()
        self.kept += chunk.runs

    def close(self) -> None:
        for file in self._files:
            with suppress(OSError):  # a full disk was told when the chunk did not go there
                file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _whole_lines(path: Path, most: int | None = None) -> tuple[int, int]:
    """How many whole lines there are, `most` at most, and where the last of them ends.

    Only the last line of a file may be torn; anything else is no journal of ours.
    """
    whole, end = 0, 0
    torn = False
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return 0, 0
    with file:
        for line in file:
            if whole == most:
                break
            if torn:
                message = t("this is not the line of run {run}", run=whole)
                hint = t("somebody else wrote here; --overwrite starts anew")
                raise InputError([Problem(Place(str(path), whole + 1, 1), message, hint)])
            torn = _run_of(line) != whole
            if not torn:
                whole, end = whole + 1, end + len(line)
    return whole, end


def _run_of(line: bytes) -> Any:
    """The run that a line tells of; None: it is not whole."""
    if not line.endswith(b"\n"):
        return None
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row.get("run") if isinstance(row, dict) else None


def rows(folder: Path) -> Iterator[dict[str, Any]]:
    """Every run that is kept, one after the other; never all of them in memory."""
    with (folder / RUNS).open("rb") as file:
        for line in file:
            yield json.loads(line)
