"""What a failure leaves to look at: its events, a picture and a page, in a folder of its own."""

from __future__ import annotations

import hashlib
import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from teiden.harness.options import shown
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.harness.item import TeidenItem
    from teiden.rehearsal import Rehearsal

LONGEST = 80
"""Characters of a folder's name: some file systems take no more than 255 bytes, and 260 for a whole path."""
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")
"""What Windows takes for a device, whatever stands behind the dot."""


def write(rehearsal: Rehearsal, folder: Path) -> list[str]:
    """Write all of it; the lines that tell where. What cannot be written is told: the verdict stands."""
    written, troubles = [], []
    for name, writer in WRITERS.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a font, in a project that makes errors of warnings
                writer(rehearsal, folder / name)
        except Exception as error:
            troubles.append(_trouble(folder / name, error))
        else:
            written.append(name)
    return [*([_row(folder, written)] if written else []), *troubles]


def _events(rehearsal: Rehearsal, path: Path) -> None:
    from teiden.events_file import write as write_events

    write_events(rehearsal.told, rehearsal.story.start, str(path))


def _picture(rehearsal: Rehearsal, path: Path) -> None:
    from teiden.plots import timeline

    timeline.save(timeline.draw(rehearsal.told, title=rehearsal.story.sentence), str(path))


def _page(rehearsal: Rehearsal, path: Path) -> None:
    from teiden.reports.html import page

    path.write_text(page(rehearsal), encoding="utf-8", newline="\n")


WRITERS: dict[str, Callable[[Rehearsal, Path], None]] = {
    "events.jsonl": _events,
    "timeline.svg": _picture,
    "report.html": _page,
}


def _row(folder: Path, names: Sequence[str]) -> str:
    """`artifacts/flush-never-ends/{events.jsonl,timeline.svg,report.html}`, as a shell takes it."""
    inside = names[0] if len(names) == 1 else "{" + ",".join(names) + "}"
    return f"{shown(folder).replace(chr(92), '/')}/{inside}"


def _trouble(path: Path, error: Exception) -> str:
    reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()
    return t("{path}: cannot be written: {reason}", path=shown(path), reason=reason)


# Names of folders


def name_folders(items: Sequence[TeidenItem]) -> None:
    """Each its own folder, the same for any number of workers; two of one name are told apart by id."""
    names = {item.nodeid: folder_name(item.name) for item in items}
    times = Counter(name.lower() for name in names.values())
    for item in items:
        name = names[item.nodeid]
        alone = times[name.lower()] == 1
        item.folder = name if alone else f"{name}-{hashlib.sha256(item.nodeid.encode()).hexdigest()[:8]}"


def folder_name(name: str) -> str:
    """A name that every file system takes: `mains-back-mid-shutdown[back=25s]` loses its brackets."""
    plain = re.sub(r"[^\w.=+-]+", "-", name)[:LONGEST].strip("-. ")
    return f"_{plain}" if not plain or RESERVED.match(plain) else plain
