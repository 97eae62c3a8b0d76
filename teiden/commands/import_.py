"""`teiden import FILE...`: a draft of a site file from what other programs and spreadsheets know."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang

if TYPE_CHECKING:
    from teiden.importing.draft import Draft

KINDS = ("nut", "config-apc", "csv")


@click.command(
    "import",
    short_help="A draft of a site from NUT's files, config.apc, an inventory.",
    epilog=console.example("import csv --template")
    + "\n  ./run teiden import config-apc tests/fixtures/config.apc",
)
@click.argument("files", nargs=-1, metavar="[nut|config-apc|csv] FILE...")
@click.option("--output", "-o", metavar="SITE.yaml", help="Where the draft goes; without it to the terminal.")
@click.option("--template", is_flag=True, help="Print an empty inventory with its columns, to be filled in.")
@lang
@click.pass_context
def import_(ctx: click.Context, files: tuple[str, ...], output: str | None, template: bool) -> None:
    """Make a draft of a site file from NUT's files, from config.apc, or from an inventory (CSV).

    Files of all kinds may be given together; what each is, its content says, or the word in front of them.
    NAME=FILE says which machine a file is of: web1=upsmon.conf. What the files cannot tell is marked in the
    draft with TO DO; what was not understood is listed. No secret is copied into the draft.
    """
    told = files[0] if files and files[0] in KINDS else None
    paths = files[1:] if told else files
    if template:
        _template(ctx, told, paths)
        return
    if not paths:
        raise click.UsageError("Missing argument 'FILE...'.", ctx)
    from teiden.importing import reading, writing

    if output is not None:
        _refuse_what_is_there(output)
    given = [reading.given(path) for path in paths]
    draft = reading.draft_of(given, told)
    text = writing.text_of(draft, [one.path for one in given])
    _list_unread(draft)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)
    _tell(draft, output)


def _template(ctx: click.Context, told: str | None, paths: tuple[str, ...]) -> None:
    if told not in (None, "csv") or paths:
        raise click.UsageError("--template takes no files: teiden import csv --template", ctx)
    from teiden.importing.inventory import template

    click.echo(template(), nl=False)


def _refuse_what_is_there(output: str) -> None:
    from teiden.files.source import InputError, Place, Problem
    from teiden.language.say import t

    if os.path.lexists(output):
        hint = t("nothing was written; name another file, or move this one")
        raise InputError([Problem(Place(output), t("is there already"), hint)])


def _write(output: str, text: str) -> None:
    from teiden.language.say import t

    try:
        with open(output, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise console.NotCarriedOut(
            t("{path}: cannot be written: {reason}", path=output, reason=reason)
        ) from None


def _list_unread(draft: Draft) -> None:
    from teiden.files.source import SHOWN_PROBLEMS, in_file_order
    from teiden.language.say import t

    unread = in_file_order(draft.unread)
    for one in unread[:SHOWN_PROBLEMS]:
        said = t("{place}: warning: {message}", place=one.place, message=one.message)
        lines = [
            said,
            *(one.place.caret_lines() if one.place.line else ()),
            *([f"   {one.allowed}"] if one.allowed else []),
        ]
        click.echo("\n".join(lines), err=True)
    if (more := len(unread) - SHOWN_PROBLEMS) > 0:
        click.echo(t("... and {n} more", n=more), err=True)


def _tell(draft: Draft, output: str | None) -> None:
    """How much was found and how much is left, beside the draft and not in it."""
    from teiden.language.say import t

    counts = ", ".join(f"{kind} {len(found)}" for kind, found in draft.devices.items() if found)
    left = len(list(draft.open()))
    click.echo(
        t(
            "found: {counts}; to do: {left}; not understood: {n}",
            counts=counts or t("none"),
            left=left,
            n=len(draft.unread),
        ),
        err=True,
    )
    if output is not None:
        click.echo(t("{path} written. What it lacks says: teiden check {path}", path=output), err=True)
