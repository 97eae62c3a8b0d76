"""`teiden table EVENTS`: a run as a tidy table, for a spreadsheet, a notebook or the next one in a pipe."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    import pandas as pd

    from teiden.tables.told import Told

STREAM = ("events", "states", "charges")
JUDGED = ("margins", "lowest-charge", "invariants")
SUFFIXES = (".csv", ".parquet")


def table_file(ctx: click.Context, option: click.Parameter, path: str | None) -> str | None:
    """Refuse a file of another kind before anything is read."""
    if path is not None and os.path.splitext(path)[1].lower() not in SUFFIXES:
        text = t("{path}: the name of a table ends in {kinds}", path=path, kinds=", ".join(SUFFIXES))
        raise click.BadParameter(text, ctx, option)
    return path


def above_zero(ctx: click.Context, option: click.Parameter, text: str | None) -> float | None:
    """A duration as in site files; a bare number is refused with what to write."""
    from teiden.files.units import UnitError, duration_s

    if text is None:
        return None
    try:
        seconds = duration_s(text)
    except UnitError as error:
        raise click.BadParameter(str(error), ctx, option) from None
    if seconds <= 0:
        raise click.BadParameter(t("{time} is no distance in time", time=text), ctx, option)
    return seconds


@click.command(
    short_help="The events, states, batteries or margins of a run as CSV or Parquet.",
    epilog=console.example("table tests/fixtures/reference-outage.jsonl --kind states -o states.csv")
    + "\n  ./run teiden table tests/fixtures/reference-outage.jsonl --kind margins"
    + " --site scenarios/sites/reference.yaml",
)
@click.argument("events")
@click.option(
    "--kind", type=click.Choice((*STREAM, *JUDGED)), default="events", show_default=True, help="Which table."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    callback=table_file,
    help="The file: .csv or .parquet. Without it: CSV on the standard output.",
)
@click.option("--site", metavar="SITE", help="The site file by which margins and invariants are judged.")
@click.option(
    "--details",
    metavar="NAME",
    multiple=True,
    help="With --kind events: a column for this detail in place of all as JSON; may be repeated.",
)
@click.option(
    "--every",
    "every_s",
    metavar="TIME",
    callback=above_zero,
    help="With --kind charges: on an even grid of time, every `60s`.",
)
@click.option("--bom", is_flag=True, help="Begin a CSV with a byte order mark, so that Excel sees UTF-8.")
@lang
def table(
    events: str,
    kind: str,
    output: str | None,
    site: str | None,
    details: tuple[str, ...],
    every_s: float | None,
    bom: bool,
) -> None:
    """Make a table of a run from its events; `-` reads standard input.

    `teiden run STORY --events FILE` writes such a file, and so does every live run. Columns and units
    are described in docs/howto/tables.md.
    """
    from teiden.tables.told import told

    _refuse(kind, site, details, every_s)
    run = told(events)
    frame = _judged(run, kind, str(site)) if kind in JUDGED else _of_stream(run, kind, details, every_s)
    if run.cut_short:
        click.echo(t("{file}: the last line is not finished and left out", file=events), err=True)
    if output is None:
        _print(frame, bom)
    else:
        _write(frame, output, bom)


def _refuse(kind: str, site: str | None, details: tuple[str, ...], every_s: float | None) -> None:
    """What does not go together is said, and not passed over."""
    if kind in JUDGED and site is None:
        raise click.UsageError(t("--kind {kind} is judged by the site: give --site", kind=kind))
    for option, given, wanted in (
        ("--details", details, "events"),
        ("--every", every_s is not None, "charges"),
    ):
        if given and kind != wanted:
            raise click.UsageError(t("{option} goes with --kind {kind}", option=option, kind=wanted))


def _of_stream(run: Told, kind: str, details: tuple[str, ...], every_s: float | None) -> pd.DataFrame:
    from teiden import tables

    match kind:
        case "states":
            return tables.states(run)
        case "charges":
            return tables.charges(run) if every_s is None else tables.charges_at(run, every_s=every_s)
    return tables.events(run, details=details or None)


def _judged(run: Told, kind: str, site: str) -> pd.DataFrame:
    from teiden import tables
    from teiden.files.site_file import load_site

    judged_by = load_site(site)
    make = {"margins": tables.margins, "lowest-charge": tables.lowest_charge, "invariants": tables.invariants}
    frame = make[kind](run, site=judged_by)
    if run.header.get("site_hash") not in (None, judged_by.hash):
        click.echo(t("{site} is not, or no longer, what this run was played with", site=site), err=True)
    return frame


def _print(frame: pd.DataFrame, bom: bool) -> None:
    from teiden.tables.files import write_csv

    console.speak_utf8()
    if bom:
        click.echo("\ufeff", nl=False)
    write_csv(frame, sys.stdout)


def _write(frame: pd.DataFrame, path: str, bom: bool) -> None:
    from teiden.commands.outputs import written
    from teiden.tables.files import NeedsPyarrow, save

    try:
        with written(path):
            save(frame, path, bom=bom)
    except NeedsPyarrow as error:
        raise console.NotCarriedOut(str(error)) from None
    click.echo(t("{file}: {n} rows", file=path, n=len(frame)))
