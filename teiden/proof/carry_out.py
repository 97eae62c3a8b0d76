"""Carries a proof out, each part from where it was ended; what is played is on the disk at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from teiden.opening import versions
from teiden.proof.programme import Section
from teiden.proof.stories import SCENARIOS
from teiden.sweep.folder import About, Folder
from teiden.sweep.journal import Journal
from teiden.sweep.progress import Count, Told, lines
from teiden.sweep.trouble import told as trouble_told
from teiden.sweep.where import Where

SOURCES = ("sequencer", "sim", "teiden/judge", "teiden/proof", "teiden/explore", "scenarios/sites")
"""What makes the histories and their judgement; another state of it is another proof."""


def source_hash(root: Path = SCENARIOS.parent) -> str:
    found = sha256()
    for folder in SOURCES:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in (".py", ".yaml"):
                found.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return found.hexdigest()


def about(section: Section, seed: int, code: str) -> About:
    return About("proof", section.name, code, seed, section.runs, False, versions(), {})


def carry_out(
    section: Section, folder: Path, where: Where, about: About, say: Callable[[str], None], *, overwrite: bool
) -> None:
    """Plays what its folder does not hold yet. InputError: that holds another proof's. Ctrl-C: it is kept."""
    assert section.work is not None
    place = Folder(folder / section.name)
    place.begin(about, resume=not overwrite, overwrite=overwrite)
    with Journal(place.path, charges=False) as journal:
        count = Count(section.runs, journal.kept)
        with lines(count, lambda line: say(f"  {section.name}: {line}")) as told:
            _play(section, journal, where, told)
        say(f"  {section.name}: {count.line()}")


def _play(section: Section, journal: Journal, where: Where, told: Told) -> None:
    assert section.work is not None
    with closing(where.plays(section.work, range(journal.kept, section.runs))) as chunks:
        try:
            for chunk in chunks:
                journal.add(chunk)
                told(chunk)
        except Exception as error:
            meaning = trouble_told(error)
            if meaning is None or meaning is error:
                raise
            raise meaning from error
