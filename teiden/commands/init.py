"""`teiden init [FOLDER]`: a first site and three stories to edit, which can be checked and played at once."""

from __future__ import annotations

import os
import re

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import language, t

SOURCE = r"[a-z][a-z+]*://[^\s;]+"


def _source(ctx: click.Context, option: click.Parameter, given: str | None) -> str | None:
    if given is not None and not re.fullmatch(SOURCE, given):
        wrong = t("{given} is not an address, e.g. git+https://git.example.net/teiden.git", given=repr(given))
        raise click.BadParameter(wrong, ctx, option)
    return given


@click.command(
    short_help="Write a first site and three stories to edit.",
    epilog=console.example("init my-site --ci github"),
)
@click.argument("folder", required=False, default=".")
@click.option(
    "--product",
    type=click.Choice(["ver1.0", "ver1.02", "ver2.1"]),
    default="ver2.1",
    show_default=True,
    help="Generation of the power-control product.",
)
@click.option(
    "--ci", type=click.Choice(["github", "gitlab"]), help="Also write the file that lets CI play it all."
)
@click.option(
    "--from",
    "source",
    metavar="ADDRESS",
    callback=_source,
    help="What requirements.txt installs Teiden from, e.g. git+https://... or https://.../teiden.whl. "
    "Left out: where this one came from.",
)
@lang
def init(folder: str, product: str, ci: str | None, source: str | None) -> None:
    """Write a small site, three stories and what CI needs into FOLDER, to be edited.

    The files hold as they are, so that whatever breaks later follows from an edit. Nothing that is there
    already is written over: then nothing is written at all. With --lang ja their comments are Japanese.
    """
    from pathlib import Path

    from teiden.init import folder as writing
    from teiden.init.source import requirement

    wanted = requirement(source)
    texts = writing.files(product=product, lang=language(), ci=ci, requirement=wanted)
    try:
        writing.fill(Path(folder), texts)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        path = error.filename or folder
        raise console.NotCarriedOut(
            t("{path}: cannot be written: {reason}", path=path, reason=reason)
        ) from None
    for line in told(folder, list(texts), wanted):
        click.echo(line)


def told(folder: str, names: list[str], wanted: str) -> list[str]:
    """What was written, and what to do with it."""
    steps = [
        ("teiden check site.yaml", t("which settings would hurt, and what to set instead")),
        ("teiden plan site.yaml", t("who stops when, and with which margin")),
        ("teiden run scenarios/power-cut.yaml", t("play a power cut")),
        ("pip install -r requirements.txt", t("once; then")),
        ("pytest", t("the site and every story, as CI does")),
    ]
    if os.path.normpath(folder) != ".":
        steps.insert(0, (f"cd {folder}", ""))
    told = [t("Written, and it holds as it is:"), *(f"  {name}" for name in names)]
    told += ["", t("Next: edit site.yaml, and ask after every change"), *_columns(steps)]
    if "==" in wanted:
        told += [
            "",
            t("Your package index has to offer {wanted}; --from names another source", wanted=wanted),
        ]
    return told


def _columns(steps: list[tuple[str, str]]) -> list[str]:
    wide = max(len(command) for command, _ in steps)
    return [f"  {command:<{wide}}  {why}".rstrip() for command, why in steps]
