"""Carries a sweep out, from an empty folder or from where it was ended, and writes all its files."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from teiden.language.say import t
from teiden.sweep.chunk import Chunk
from teiden.sweep.folder import SUMMARY, TABLE, Folder, replace
from teiden.sweep.intervals import Interval, intervals
from teiden.sweep.journal import Journal, rows
from teiden.sweep.progress import Told
from teiden.sweep.replay_files import write_replays
from teiden.sweep.restored import Restored
from teiden.sweep.subject import Subject
from teiden.sweep.summary import Summary, summed_up
from teiden.sweep.summary_json import as_dict
from teiden.sweep.table import write_csv
from teiden.sweep.trouble import CannotGoOn
from teiden.sweep.trouble import told as trouble_told
from teiden.sweep.where import Where


@dataclass(frozen=True, slots=True)
class Found:
    """What came out."""

    summary: Summary
    replays: list[str]
    returns: list[Interval]
    """Of a restore sweep only."""
    as_json: str
    """`summary.json`."""


def begun(subject: Subject, folder: Folder, *, resume: bool, overwrite: bool) -> Journal:
    """The journal, open at its end; InputError when the folder holds something else."""
    about = subject.about
    folder.begin(about, resume=resume, overwrite=overwrite)
    return Journal(folder.path, charges=about.charges)


def play(subject: Subject, journal: Journal, where: Where, told: Told) -> None:
    """All runs that are not in the journal. CannotGoOn, KeyboardInterrupt: what was played is in it."""
    runs = range(journal.kept, subject.about.runs)
    with closing(where.plays(subject.work, runs)) as chunks:
        try:
            for chunk in chunks:
                _keep(journal, chunk)
                told(chunk)
        except Exception as error:
            meaning = trouble_told(error)
            if meaning is None or meaning is error:
                raise
            raise meaning from error


def _keep(journal: Journal, chunk: Chunk) -> None:
    try:
        journal.add(chunk)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        where = journal.folder.as_posix()
        raise CannotGoOn(t("{path}: cannot be written: {reason}", path=where, reason=reason)) from None


def finish(subject: Subject, folder: Path) -> Found:
    """Sum up the journal and write what follows from it: table, summary, replays."""
    summary = summed_up(folder, subject.parameters)
    write_csv(folder, summary.columns, folder / TABLE)
    replays = write_replays(folder, summary.replays(), subject.document)
    returns = intervals(rows(folder)) if isinstance(subject, Restored) else []
    text = json.dumps(as_dict(subject, summary, replays, returns), indent=2, ensure_ascii=False)
    replace(folder / SUMMARY, text + "\n")
    return Found(summary, replays, returns, text)
