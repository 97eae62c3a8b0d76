"""`teiden config-apc read|write`: the linkage as Ver.1.0x of the product keeps it (R6-46..R6-48)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang

if TYPE_CHECKING:
    from collections.abc import Iterable

    from teiden.files.source import Problem


@click.group(
    "config-apc",
    short_help="Read or set the array linkage in Ver.1.0x's config.apc.",
    epilog=console.example("config-apc read tests/fixtures/config.apc"),
)
def config_apc() -> None:
    """Read or set the section [AcStorage] of config.apc; everything else in it stays as it is."""


@config_apc.command(epilog=console.example("config-apc read tests/fixtures/config.apc"))
@click.argument("file")
@lang
def read(file: str) -> None:
    """Show what config.apc says of the array linkage, as lines of a site file."""
    from teiden.apc import of_site, on_disk, storage

    reading = storage.read(on_disk.load(file))
    click.echo(of_site.fragment(reading.storage), nl=False)
    _warn(reading.warnings)


@config_apc.command(
    epilog=console.example("config-apc write scenarios/sites/ver1.yaml tests/fixtures/config.apc --check")
)
@click.argument("site")
@click.argument("file")
@click.option("--check", "only_compare", is_flag=True, help="Only compare; exit code 1 if they differ.")
@click.pass_context
@lang
def write(ctx: click.Context, site: str, file: str, only_compare: bool) -> None:
    """Set the array linkage in config.apc as the site file has it, and show the difference."""
    from teiden.apc import of_site, on_disk, storage
    from teiden.files.site_file import load_site
    from teiden.language.say import t

    loaded = load_site(site)
    wanted = of_site.wanted(loaded.site, loaded.place)
    document = on_disk.load(file)
    before = bytes(document)
    old = document.text
    had_newline = document.ends_with_newline
    storage.write(document, wanted)
    if bytes(document) == before:
        click.echo(t("{file} says what {site} says", file=file, site=site))
        return
    _show_difference(old, document.text, file, newline_missing=not had_newline)
    if only_compare:
        click.echo(t("{file} differs from {site}; nothing was written", file=file, site=site))
        ctx.exit(console.BROKEN)
    try:
        on_disk.save(document, before)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        message = t("{file}: cannot be written: {reason}; it is as it was", file=file, reason=reason)
        raise console.NotCarriedOut(message) from None
    click.echo(t("{file} written. Set the same on every control node (R6-44);", file=file))
    click.echo(
        t("it counts after a restart of the cluster, or of ESMPRO/ARC Service on all of them (R6-45).")
    )


def _show_difference(old: str, new: str, file: str, *, newline_missing: bool) -> None:
    from difflib import unified_diff

    from teiden.language.say import t

    for line in unified_diff(old.splitlines(), new.splitlines(), file, file, lineterm=""):
        click.echo(line)
    if newline_missing:
        click.echo(t("and a newline at the end of the file (R6-47)"))


def _warn(warnings: Iterable[Problem]) -> None:
    from teiden.language.say import t

    for warning in warnings:
        place = warning.place
        said = t("{place}: warning: {message}", place=place, message=warning.message)
        click.echo("\n".join([said, *place.caret_lines(), f"   {warning.allowed}"]), err=True)
