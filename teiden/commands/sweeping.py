"""What `teiden sweep` does once its options are in order: play, sum up, and tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from teiden.commands import console
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.sweep.carry_out import Found
    from teiden.sweep.journal import Journal
    from teiden.sweep.progress import Count, Told
    from teiden.sweep.subject import Subject
    from teiden.sweep.where import Where


@dataclass(frozen=True)
class Wish:
    """What was asked for beside the scenario, as click hands it over."""

    out: str | None
    runs: int | None
    seed: int
    item: str | None
    workers: int | None
    scheduler: str | None
    tls_ca: str | None
    tls_cert: str | None
    tls_key: str | None
    charges: bool
    csv: str | None
    parquet: str | None
    as_json: bool
    resume: bool
    overwrite: bool
    restore: bool
    every: float
    up_to: float
    plain: bool


def carried_out(scenario: str, wish: Wish) -> int:
    """The exit code."""
    from teiden.sweep.trouble import CannotGoOn

    try:
        return _carried_out(scenario, wish)
    except CannotGoOn as error:
        raise console.NotCarriedOut(str(error)) from None


def _carried_out(scenario: str, wish: Wish) -> int:
    from teiden.commands.outputs import written
    from teiden.sweep.carry_out import begun, finish
    from teiden.sweep.folder import Folder
    from teiden.sweep.progress import Count

    where = where_asked(wish)
    if wish.parquet:
        from teiden.sweep.table import parquet

        parquet()  # before anything is played
    subject = _subject(scenario, wish)
    out = Path(wish.out or f"{subject.about.story.partition('[')[0]}.{subject.about.kind}")
    with written(str(out)):
        journal = begun(subject, Folder(out), resume=wish.resume, overwrite=wish.overwrite)
    with journal:
        count = Count(subject.about.runs, journal.kept)
        if not _play(subject, journal, where, count, out, plain=wish.plain):
            click.echo(_kept(journal, subject, out), err=True)
            return console.INTERRUPTED
    with written(str(out)):
        found = finish(subject, out)
    _copies(found, out, wish)
    _tell(subject, found, out, count, wish)
    _draw(subject, out)
    if found.summary.errors:
        return console.NOT_DONE
    return console.HOLDS if found.summary.holds else console.BROKEN


class Workers(Protocol):
    """Where to play, as every command asks for it."""

    @property
    def workers(self) -> int | None: ...
    @property
    def scheduler(self) -> str | None: ...
    @property
    def tls_ca(self) -> str | None: ...
    @property
    def tls_cert(self) -> str | None: ...
    @property
    def tls_key(self) -> str | None: ...


def where_asked(wish: Workers) -> Where:
    from teiden.sweep.cluster import Tls, address_problem, open_to_all
    from teiden.sweep.where import Where

    if not wish.scheduler:
        return Where(wish.workers)
    tls = None
    if wish.tls_ca and wish.tls_cert and wish.tls_key:
        tls = Tls(wish.tls_ca, wish.tls_cert, wish.tls_key)
    if problem := address_problem(wish.scheduler, tls):
        raise click.BadParameter(problem, param_hint="'--scheduler'")
    if open_to_all(wish.scheduler):
        text = t(
            "warning: {address} is not encrypted, and whoever reaches it can run code there; use tls://",
            address=wish.scheduler,
        )
        click.echo(text, err=True)
    return Where(scheduler=wish.scheduler, tls=tls)


def _subject(scenario: str, wish: Wish) -> Subject:
    """InputError when its first run cannot be made."""
    subject: Subject
    if wish.restore:
        from teiden.sweep.restored import load

        subject = load(scenario, wish.item, wish.seed, wish.every, wish.up_to)
    else:
        from teiden.sweep.subject import Varied, default_runs
        from teiden.sweep.template import Template

        template = Template.load(scenario, wish.item)
        runs = wish.runs or default_runs(template)
        subject = Varied(template, scenario, wish.seed, runs, wish.charges)
    subject.story(0)
    return subject


# Playing


def _play(subject: Subject, journal: Journal, where: Where, count: Count, out: Path, *, plain: bool) -> bool:
    """False: Ctrl-C. Whatever ends it, what was played is kept, and how to go on is told."""
    from teiden.sweep.carry_out import play
    from teiden.sweep.trouble import CannotGoOn

    try:
        with progress_shown(count, plain=plain) as told:
            play(subject, journal, where, told)
    except KeyboardInterrupt:
        return False
    except CannotGoOn as error:
        kept = [_kept(journal, subject, out)] if journal.kept else []
        raise CannotGoOn("\n".join((str(error), *kept))) from None
    return True


@contextmanager
def progress_shown(count: Count, *, plain: bool) -> Iterator[Told]:
    from teiden.sweep import progress

    shown: AbstractContextManager[Told]
    if console.is_terminal(plain=plain):
        shown = progress.bar(count)
    else:
        shown = progress.lines(count, lambda line: click.echo(line, err=True))
    with shown as told:
        yield told


def _kept(journal: Journal, subject: Subject, out: Path) -> str:
    n, runs = f"{journal.kept:,}", f"{subject.about.runs:,}"
    return t(
        "{n} of {runs} runs kept in {folder}; go on with --resume", n=n, runs=runs, folder=out.as_posix()
    )


# Telling


def _copies(found: Found, out: Path, wish: Wish) -> None:
    from teiden.commands.outputs import written
    from teiden.sweep.table import write_csv, write_parquet

    columns = found.summary.columns
    for path, write in ((wish.csv, write_csv), (wish.parquet, write_parquet)):
        if path is not None:
            with written(path):
                write(out, columns, Path(path))


def _draw(subject: Subject, out: Path) -> None:
    from teiden.commands.outputs import written
    from teiden.sweep.folder import STRIP
    from teiden.sweep.restored import Restored

    if isinstance(subject, Restored):
        from teiden.sweep.strip import draw_strip

        with written(str(out / STRIP)):
            draw_strip(subject, out, out / STRIP)


def _tell(subject: Subject, found: Found, out: Path, count: Count, wish: Wish) -> None:
    if wish.as_json:
        console.speak_utf8()
        click.echo(found.as_json)
        return
    from teiden.sweep import show, show_returns

    lines = show.report(subject, found.summary, out, found.replays, count.took_s, count.played)
    if found.returns:
        lines[2:2] = ["", *show_returns.table(found.returns)]
    console.say(lines, colour=console.in_colour(plain=wish.plain))
