"""`teiden stats`: a week of readings of every UPS, from what the service on this node has kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from collections.abc import Iterable

    from teiden.stats import Reading, Summary

FOLDER = "/var/lib/teiden/events"
NOT_TOLD = "?"


@click.command(
    short_help="A week of readings of every UPS, as this node has kept them.",
    epilog=console.example("stats --days 1") + "\n  ./run teiden stats --csv > readings.csv",
)
@click.option(
    "--events",
    "folder",
    metavar="FOLDER",
    default=FOLDER,
    show_default=True,
    help="Where the service keeps them: `live.events` of the site file.",
)
@click.option(
    "--days",
    type=click.FloatRange(min=0.01, max=8),
    default=7.0,
    show_default=True,
    help="So many of the last; no more than eight are kept.",
)
@click.option("--csv", "as_csv", is_flag=True, help="Every single reading, for a spreadsheet.")
@click.option("--json", "as_json", is_flag=True, help="For scripts: what the table says of each UPS.")
@lang
def stats(folder: str, days: float, as_csv: bool, as_json: bool) -> None:
    """Show of each UPS how often it was heard, its charge and runtime, and how often it was on battery.

    Every control node keeps readings of all of them, one in five minutes. Exit code 3 if there are none.
    """
    import json
    from itertools import chain

    from teiden import stats as week

    if as_csv and as_json:
        raise click.UsageError(t("--csv or --json, not both"))
    console.speak_utf8()
    try:
        read = week.readings(folder, days=days)
        first = next(read, None)
        if first is None:
            raise console.NotCarriedOut(t("{folder}: no readings of these days", folder=folder))
        told = chain([first], read)
        if as_csv:
            _print_csv(told)
        elif as_json:
            found = [one.as_json() for one in week.summaries(told)]
            click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            console.say(_table(week.summaries(told)))
    except week.NoReadings as error:
        raise console.NotCarriedOut(str(error)) from None


def _print_csv(read: Iterable[Reading]) -> None:
    """Line by line: a hall's week is half a million of them."""
    import csv
    import sys

    from realtime.readings import VALUES

    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("time", "ups", *VALUES))
    for one in read:
        table.writerow((one.at.isoformat(), one.ups, *(_cell(one.values[key]) for key in VALUES)))


def _cell(value: object) -> object:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else value


def _table(found: Iterable[Summary]) -> list[str]:
    from teiden.plan.columns import columns

    rows = [
        ("UPS", t("heard"), t("charge, least"), t("now"), t("lasts, least"), t("now"), t("on battery")),
    ]
    for one in found:
        told = one.as_json()
        rows.append(
            (
                one.ups,
                f"{100 * one.heard / one.readings:.0f} %",
                _percent(told["charge_pct_least"]),
                _percent(told["charge_pct_last"]),
                _minutes(told["runtime_s_least"]),
                _minutes(told["runtime_s_last"]),
                t("{n} of {all}", n=one.on_battery, all=one.readings),
            )
        )
    return columns(rows, "<>>>>>>", gaps=("",))


def _percent(value: float | None) -> str:
    return NOT_TOLD if value is None else f"{value:.0f} %"


def _minutes(value_s: float | None) -> str:
    return NOT_TOLD if value_s is None else f"{value_s / 60:.0f} min"
