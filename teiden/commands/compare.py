"""`teiden compare SCENARIO...`: every story in virtual time and over real sockets; is it the same?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.emulator.comparison import Comparison


@click.command(
    short_help="Play stories in both rooms and hold them against each other.",
    epilog=console.example("compare scenarios/short-blip.yaml --rate 20"),
)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--rate",
    type=click.FloatRange(min=1.0, max=50.0),
    default=20.0,
    show_default=True,
    help="Seconds of the story in one of yours, at most.",
)
@click.option(
    "--item", "items", metavar="NAME", multiple=True, help="Only this story, or this item of a `vary:`."
)
@click.option("--report", "report_file", metavar="FILE", help="Write all differences as Markdown.")
@click.option("--folder", metavar="DIR", help="Keep event files and logs of each story here.")
@lang
@click.pass_context
def compare(
    ctx: click.Context,
    scenarios: tuple[str, ...],
    rate: float,
    items: tuple[str, ...],
    report_file: str | None,
    folder: str | None,
) -> None:
    """Play each story in virtual time, then over sockets with the real service on every control node, and say
    what differs: commands and facts that are missing or more, that changed places, or lie too far apart.

    A story takes minutes. Exit code 1 if one differs. Ctrl-C keeps the report of those that were played.
    """
    from pathlib import Path

    from realtime.extra import ExtraMissing, needed
    from teiden.commands.run import chosen, loaded
    from teiden.files.source import InputError

    try:
        needed("live", "pysnmp", "asyncssh", "aiohttp", "cryptography")
    except ExtraMissing as why:
        raise console.NotCarriedOut(str(why)) from None
    stories, refused = loaded(scenarios)
    if refused:
        raise InputError(problem for error in refused for problem in error.problems)
    from teiden.emulator import both_rooms

    found: list[Comparison] = []
    for story in chosen(stories, items):
        where = None if folder is None else Path(folder) / story.name
        with _progress(story.name) as progress:
            found.append(both_rooms.play_both(story, rate=rate, folder=where, progress=progress))
        for line in both_rooms.lines(found[-1]):
            click.echo(line)
        if report_file is not None:  # after each: whatever ends this, what has been played is told
            Path(report_file).write_text(both_rooms.report(found, rate), encoding="utf-8", newline="\n")
    ctx.exit(console.HOLDS if both_rooms.all_hold(found) else console.BROKEN)


@contextmanager
def _progress(name: str) -> Iterator[Callable[[float, float], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not console.is_terminal():
        yield lambda at_s, until_s: None
        return
    from rich.progress import Progress

    with Progress(transient=True) as bar:
        task = bar.add_task(t("{story} over sockets", story=name), total=None)
        yield lambda at_s, until_s: bar.update(task, total=until_s, completed=max(0.0, at_s))
