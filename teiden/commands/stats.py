"""`teiden stats`: what every UPS has shown lately, from the samples that the service on this node keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.stats.samples import Kept

FOLDER = "/var/lib/teiden/events"
DAY_S = 86_400
HOUR_S = 3600


@click.command(
    short_help="Outages, load and battery of every UPS, as this node has seen them.",
    epilog=console.example("stats --days 1") + "\n  ./run teiden stats --csv > readings.csv",
)
@click.argument("site", required=False)
@click.option(
    "--events",
    "folder",
    metavar="FOLDER",
    default=None,
    help=f"Where the service keeps them: `live.events` of SITE, else {FOLDER}.",
)
@click.option(
    "--days",
    type=click.FloatRange(min=0.01, max=400),
    default=7.0,
    show_default=True,
    help="So many of the last. A week is kept in full, 400 days by the hour.",
)
@click.option(
    "--csv", "as_csv", is_flag=True, help="Every single reading of the last week, for a spreadsheet."
)
@click.option("--parquet", metavar="FILE", help="The same as a Parquet file (needs teiden[parquet]).")
@click.option("--json", "as_json", is_flag=True, help="For scripts: what the tables say of each UPS.")
@lang
def stats(
    site: str | None, folder: str | None, days: float, as_csv: bool, parquet: str | None, as_json: bool
) -> None:
    """Show of each UPS how well it was heard, its outages, its load, and how its battery ages.

    With SITE, batteries are also held against its model. Every control node keeps readings of all UPSes,
    one in ten seconds. Exit code 3 if there are none.
    """
    import time

    from teiden.files.site_file import load_site
    from teiden.stats.samples import NoReadings, kept

    if as_csv + as_json + (parquet is not None) > 1:
        raise click.UsageError(t("one of --csv, --json and --parquet"))
    console.speak_utf8()
    site_file = None if site is None else load_site(site)
    where = folder or (site_file.contacts.live.events if site_file is not None else FOLDER)
    since = int(time.time() - days * DAY_S)
    try:
        with kept(where) as found:
            if found.until is None or found.until // HOUR_S * HOUR_S + HOUR_S < since:
                raise console.NotCarriedOut(t("{folder}: no readings of these days", folder=where))
            if as_csv or parquet is not None:
                _rows(found, since, parquet)
                return
            from teiden.stats.summary import summaries

            told = summaries(found, since, site_file=site_file)
    except NoReadings as error:
        raise console.NotCarriedOut(str(error)) from None
    if as_json:
        import json

        click.echo(json.dumps([one.as_json() for one in told], ensure_ascii=False, indent=2))
        return
    from teiden.stats.show import lines

    console.say(lines(told))


def _rows(found: Kept, since: int, parquet: str | None) -> None:
    from teiden.stats import rows
    from teiden.sweep.trouble import CannotGoOn

    if parquet is None:
        rows.print_csv(found, since)
        return
    try:
        rows.write_parquet(found, since, parquet)
    except CannotGoOn as error:
        raise console.NotCarriedOut(str(error)) from None
    except OSError as error:
        raise console.NotCarriedOut(f"{parquet}: {error.strerror or error}") from None
