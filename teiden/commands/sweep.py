"""`teiden sweep SCENARIO`: a story many times, as its `vary:` says, or with every return of the mains."""

from __future__ import annotations

from typing import Any

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.commands.sweeping import Wish, carried_out
from teiden.language.say import t

FILE = click.Path(dir_okay=False)
THERE = click.Path(exists=True, dir_okay=False)


def span_s(ctx: click.Context, option: click.Parameter, text: str) -> float:
    """A duration as in story files, and not nothing."""
    from teiden.files.units import UnitError, duration_s

    try:
        seconds = duration_s(text)
    except UnitError as error:
        raise click.BadParameter(str(error), ctx, option) from None
    if not seconds:
        raise click.BadParameter(t("longer than nothing"), ctx, option)
    return seconds


@click.command(
    short_help="Play a story many times, with what it says may vary.",
    epilog=console.example("sweep scenarios/mains-back-mid-shutdown.yaml -o sweep")
    + "\n  ./run teiden sweep scenarios/site-outage.yaml --restore --every 60s -o restore",
)
@click.argument("scenario")
@click.option("-o", "--out", metavar="DIR", help="The folder for its files; else NAME.sweep or NAME.restore.")
@click.option(
    "--runs",
    type=click.IntRange(min=1),
    help="How many; else every combination of `vary:` once, or 1000 where values are drawn.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of all that is drawn."
)
@click.option("--item", metavar="NAME", help="One story of the file, or one item of its `vary:`.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), help="Processes; else one a core. 1: in this process."
)
@click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster instead: tls://HOST:8786 or tcp://.")
@click.option("--tls-ca", type=THERE, help="With tls://: the certificate of the cluster's own CA.")
@click.option("--tls-cert", type=THERE, help="With tls://: our certificate, signed by it.")
@click.option("--tls-key", type=THERE, help="With tls://: the key to our certificate.")
@click.option("--charges", is_flag=True, help="Keep every battery's charge over time: charges.jsonl.")
@click.option("--csv", type=FILE, metavar="FILE", help="Write the table here too.")
@click.option("--parquet", type=FILE, metavar="FILE", help="Write the table as Parquet.")
@click.option("--json", "as_json", is_flag=True, help="Print summary.json instead of the report.")
@click.option("--resume", is_flag=True, help="Go on where this sweep was ended.")
@click.option("--overwrite", is_flag=True, help="Start anew in a folder that holds a sweep.")
@click.option("--restore", is_flag=True, help="Let the mains return after 0 s, 1 s, 2 s ... instead.")
@click.option("--every", metavar="TIME", default="1s", show_default=True, callback=span_s, help="Its step.")
@click.option("--up-to", metavar="TIME", default="1h", show_default=True, callback=span_s, help="Its end.")
@click.option("--plain", is_flag=True, help="Neither colours nor a progress bar, even on a terminal.")
@lang
@click.pass_context
def sweep(ctx: click.Context, /, scenario: str, **options: Any) -> None:
    """Play a story many times, each run with values of its own, and say how often it breaks, and where.

    What varies stands under `vary:` in the story. Every run is known by the seed and its number: the
    table is the same, byte for byte, for any number of workers, and after Ctrl-C and --resume.

    With --restore the mains return at every second of the sequence instead, and whoever is left
    stranded or is cut unsafely is told.

    Exit code 0 if all runs hold, 1 if one does not, 3 if one could not be played.
    """
    wish = Wish(**options)
    _refuse_what_does_not_go_together(ctx, wish)
    ctx.exit(carried_out(scenario, wish))


def _refuse_what_does_not_go_together(ctx: click.Context, wish: Wish) -> None:
    given = {
        name
        for name in ctx.params
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE
    }
    tls = {"tls_ca", "tls_cert", "tls_key"}
    clashes = (
        (bool(wish.workers and wish.scheduler), t("--workers and --scheduler exclude each other")),
        (wish.resume and wish.overwrite, t("--resume and --overwrite exclude each other")),
        (bool(given & tls) and not tls <= given, t("--tls-ca, --tls-cert and --tls-key go together")),
        (
            bool(given & tls) and not wish.scheduler,
            t("--tls-ca, --tls-cert and --tls-key go with --scheduler"),
        ),
        (bool(given & {"every", "up_to"}) and not wish.restore, t("--every and --up-to go with --restore")),
        (wish.restore and bool(wish.runs or wish.charges), t("--restore takes neither --runs nor --charges")),
    )
    for clash, message in clashes:
        if clash:
            raise click.UsageError(message, ctx)
