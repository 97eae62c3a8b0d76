"""What `teiden explore` does once its options are in order: play, shrink, and tell."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.sweeping import progress_shown, where_asked
from teiden.language.say import t

if TYPE_CHECKING:
    from sim.faults.fault import Fault
    from teiden.explore.carry_out import Found, Kept
    from teiden.explore.tally import Tally
    from teiden.explore.work import Exploring
    from teiden.sweep.chunk import Chunk
    from teiden.sweep.progress import Count

RUNS = 1_000
"""Where neither a number nor a time is given."""
NONE = "none"


@dataclass(frozen=True)
class Wish:
    """What was asked for beside the site, as click hands it over."""

    runs: int | None
    time_s: float | None
    seed: int
    faults: str | None
    crowded: bool
    shrink: int
    out: str | None
    resume: bool
    overwrite: bool
    workers: int | None
    scheduler: str | None
    tls_ca: str | None
    tls_cert: str | None
    tls_key: str | None
    as_json: bool
    plain: bool


def carried_out(site: str, wish: Wish) -> int:
    """The exit code."""
    from teiden.sweep.trouble import CannotGoOn

    try:
        return _carried_out(site, wish)
    except CannotGoOn as error:
        raise console.NotCarriedOut(str(error)) from None


def _carried_out(site: str, wish: Wish) -> int:
    from teiden.commands.outputs import written
    from teiden.explore.carry_out import Kept, summary, write_summary
    from teiden.explore.ground import ground
    from teiden.explore.tally import Tally
    from teiden.explore.work import Exploring
    from teiden.files.site_file import load_site

    drawn_on = ground(load_site(site), faults_asked(wish.faults), crowded=wish.crowded)
    work = Exploring(drawn_on, wish.seed)
    tally, kept = Tally(work.ground), None
    if wish.out:
        with written(wish.out):
            kept = Kept(Path(wish.out), work, resume=wish.resume, overwrite=wish.overwrite)
            kept.again(tally)
    count = _count(wish, tally.runs)
    ended = _played(work, wish, tally, kept, count)
    took_s = count.took_s
    again = partial(replay, site, wish)
    found = [] if ended else _shrunk(work, wish, tally, kept)
    told = summary(work, tally, found, again)
    if kept is not None:
        kept.journal.close()
        with written(str(kept.path)):
            write_summary(kept.path, told)
    if wish.as_json:
        console.speak_utf8()
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        from teiden.explore import show

        lines = show.report(work, tally, found, kept.path if kept else None, again)
        lines.append(show.verdict(tally, took_s, count.played))
        console.say(lines, colour=console.in_colour(plain=wish.plain))
    return _exit_code(tally, ended=ended)


def _exit_code(tally: Tally, *, ended: bool) -> int:
    if ended:
        return console.INTERRUPTED
    if tally.errors:
        return console.NOT_DONE
    return console.BROKEN if tally.broken else console.HOLDS


def faults_asked(names: str | None) -> tuple[Fault, ...] | None:
    """Those that may come; None: all. InputError's like: a name that is none is told with those that are."""
    from sim.faults import catalogue
    from teiden.files.wording import did_you_mean, listed

    if names is None:
        return None
    found = []
    for name in (name.strip() for name in names.split(",") if name.strip() != NONE):
        fault = catalogue.known(name)
        if fault is None:
            known = list(catalogue.BY_NAME)
            wrong = t(
                "no fault is called {name}; {hint}known: {known}",
                name=name,
                hint=did_you_mean(name, known),
                known=listed(known),
            )
            raise click.BadParameter(wrong, param_hint="'--faults'")
        found.append(fault)
    return tuple(dict.fromkeys(found))


def replay(site: str, wish: Wish, seed: int) -> str:
    """The command that plays this one history again."""
    faults = f" --faults {shlex.quote(wish.faults)}" if wish.faults is not None else ""
    crowded = " --crowded" if wish.crowded else ""
    return f"teiden explore {shlex.quote(site)} --seed {seed} --runs 1{faults}{crowded}"


def _count(wish: Wish, kept: int) -> Count:
    from teiden.explore.progress import Timed
    from teiden.sweep.progress import Count

    if wish.time_s is not None:
        return Timed(wish.time_s, kept)
    return Count(wish.runs or RUNS, kept)


def _played(work: Exploring, wish: Wish, tally: Tally, kept: Kept | None, count: Count) -> bool:
    """True: Ctrl-C. What was played is in the tally, and in the journal if there is one."""
    from teiden.explore.carry_out import ENDLESS, play

    time_s = wish.time_s
    runs = range(tally.runs, wish.runs or (RUNS if time_s is None else ENDLESS))

    def keep(chunk: Chunk) -> None:
        if kept is not None:
            kept.journal.add(chunk)
        tally.take(chunk.lines)
        told(chunk)

    def over() -> bool:
        return time_s is not None and count.took_s >= time_s

    try:
        with progress_shown(count, plain=wish.plain) as told:
            play(work, where_asked(wish), runs, keep, over)
    except KeyboardInterrupt:
        return True
    return False


def _shrunk(work: Exploring, wish: Wish, tally: Tally, kept: Kept | None) -> list[Found]:
    """The most frequent kinds; Ctrl-C leaves it at those that are done."""
    from teiden.explore.carry_out import shrink

    kinds = tally.worst_first()[: wish.shrink]
    found: list[Found] = []
    out = kept.path if kept is not None else None
    again = partial(replay, work.ground.file, wish)
    try:
        for n, kind in enumerate(kinds, 1):
            text = t(
                "shrinking {n} of {all}: {rule}, seed {seed}",
                n=n,
                all=len(kinds),
                rule=kind.rule,
                seed=kind.seed,
            )
            click.echo(text, err=True)
            found += shrink(work, [kind], again, out)
    except KeyboardInterrupt:
        click.echo(t("interrupted"), err=True)
    return found
