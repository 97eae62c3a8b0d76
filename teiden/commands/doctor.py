"""`teiden doctor SITE`: reach every device, read back what it really is set to, and say what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from realtime.contacts import Contacts
    from teiden.doctor.examine import Examined, Told
    from teiden.files.site_file import SiteFile


@click.command(
    short_help="Reach every device and hold what it really is set to against SITE.",
    epilog=console.example("doctor my-site.yaml --node control1")
    + "\n  ./run teiden doctor my-site.yaml --write-wiring wiring.yaml",
)
@click.argument("site")
@click.option(
    "--node", metavar="NAME", help="Which control node this is. Default: the one called like this machine."
)
@click.option(
    "--book", metavar="FILE", help="The book of an emulated room: its devices instead of the site's own."
)
@click.option("--only", multiple=True, metavar="DEVICE", help="Look at this one alone; may be said again.")
@click.option(
    "--try-write", is_flag=True, help="Write one setting of each card back as it is, to see whether we may."
)
@click.option("--wiring", metavar="FILE", help="The record of what hangs on which UPS.")
@click.option(
    "--write-wiring",
    metavar="FILE",
    help="Make that record, as a form to fill in, and stop. One that is there is kept as far as it fits.",
)
@click.option(
    "--limit",
    "limit_s",
    type=click.FloatRange(1, 3600),
    default=120.0,
    show_default=True,
    metavar="SECONDS",
    help="For all of it.",
)
@click.option("--steps", is_flag=True, help="By the steps of bringing a site up, and which one comes next.")
@click.option("--json", "as_json", is_flag=True, help="For scripts; always in English.")
@click.option("--plain", is_flag=True, help="No colours and no progress, even on a terminal.")
@lang
@click.pass_context
def doctor(
    ctx: click.Context,
    site: str,
    node: str | None,
    book: str | None,
    only: tuple[str, ...],
    try_write: bool,
    wiring: str | None,
    write_wiring: str | None,
    limit_s: float,
    steps: bool,
    as_json: bool,
    plain: bool,
) -> None:
    """Reach every device of SITE from this control node, and say what is well, what is not, and what to do.

    Nothing is commanded and nothing is written, unless --try-write. A device that cannot be reached is a row
    of the table. Exit code 1 if anything fails.
    """
    from pathlib import Path

    from teiden import compose
    from teiden.emulator import book as books
    from teiden.files.site_file import load_site

    opened = None if book is None else books.read(Path(book))
    site_file = load_site(site) if opened is None else compose.site_of(opened)
    if write_wiring is not None:
        _write_form(site_file, Path(write_wiring))
        return
    orders = compose.orders(site_file, node, armed=False, book=opened)
    _refuse_unknown(site_file, only)
    settings = {"emulated": opened is not None, "try_write": try_write, "wiring": _readable(wiring)}
    language = "en" if as_json else None
    found = _examined(
        site_file, orders.contacts, orders.me, settings, only, limit_s, _progress(plain or as_json), language
    )
    _tell(found, site_file, orders.me, steps=steps, as_json=as_json, plain=plain)
    ctx.exit(found.exit_code)


def _examined(
    site_file: SiteFile,
    contacts: Contacts,
    me: str,
    settings: dict[str, object],
    only: tuple[str, ...],
    limit_s: float,
    progress: AbstractContextManager[Told],
    language: str | None,
) -> Examined:
    import asyncio

    from teiden.doctor.examine import examine
    from teiden.doctor.opening import opened
    from teiden.language import say

    async def look() -> Examined:
        async with opened(site_file, contacts, me, **settings) as ctx:  # type: ignore[arg-type]
            with progress as told:
                return await examine(ctx, only=only, limit_s=limit_s, told=told)

    with say.speaking(language or say.language()):
        return asyncio.run(look())


def _tell(found: Examined, site_file: SiteFile, me: str, *, steps: bool, as_json: bool, plain: bool) -> None:
    from teiden.doctor import show

    if as_json:
        console.speak_utf8()
        click.echo(show.as_json(found, site=site_file.site.name, site_hash=site_file.hash, node=me))
        return
    colour = console.in_colour(plain=plain)
    wide = min(console.columns(plain=plain) or show.WIDE, 120)
    lines = show.by_steps if steps else show.table
    for level, line in lines(found, wide=wide):
        if colour and level is not None:
            mark = show.MARKS[level]
            line = line.replace(
                mark, click.style(mark, fg=show.COLOURS[level], bold=level.value == "fail"), 1
            )
        click.echo(line, color=True if colour else None)


def _progress(plain: bool) -> AbstractContextManager[Told]:
    """A line that counts, on a terminal where a person waits."""
    import sys
    from collections.abc import Iterator
    from contextlib import contextmanager

    shown = not plain and console.is_terminal(plain=plain) and sys.stderr.isatty()

    @contextmanager
    def counting() -> Iterator[Told]:
        def told(done: int, all_: int) -> None:
            if shown:
                click.echo("\r" + t("{done} of {all} checks", done=done, all=all_), nl=False, err=True)

        try:
            yield told
        finally:
            if shown:
                click.echo("\r\033[K", nl=False, err=True)

    return counting()


def _refuse_unknown(site_file: SiteFile, only: tuple[str, ...]) -> None:
    site = site_file.site
    known = (site.name, site.cluster.name, *site.upses, *site.arrays, *site.servers)
    for name in only:
        if name not in known:
            raise click.UsageError(
                t("{name} is no device of this site; known: {known}", name=name, known=", ".join(known))
            )


def _readable(wiring: str | None) -> str:
    """A record that cannot be read is wrong input, told before anything is looked at."""
    from pathlib import Path

    from teiden.doctor import wiring as records

    if wiring is None:
        return ""
    records.read(Path(wiring))
    return wiring


def _write_form(site_file: SiteFile, path: object) -> None:
    from pathlib import Path

    from teiden.doctor import wiring as records

    assert isinstance(path, Path)
    try:
        records.write_form(site_file.site, path)
    except OSError as error:
        raise console.NotCarriedOut(f"{path}: {error.strerror}") from None
    click.echo(t("{path}: fill it in, then: teiden doctor SITE --wiring {path}", path=path))
