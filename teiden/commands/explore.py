"""`teiden explore SITE`: random histories of a site by the thousand, each judged by every rule."""

from __future__ import annotations

from typing import Any

import click

from teiden.commands import console
from teiden.commands.exploring import Wish, carried_out
from teiden.commands.language import lang
from teiden.commands.sweep import THERE, span_s
from teiden.language.say import t


def _span(ctx: click.Context, option: click.Parameter, text: str | None) -> float | None:
    return None if text is None else span_s(ctx, option, text)


@click.command(
    short_help="Draw random histories of a site and look for one that breaks a rule.",
    epilog=console.example("explore scenarios/sites/reference.yaml --runs 100"),
)
@click.argument("site")
@click.option(
    "--runs", type=click.IntRange(min=1), help="How many histories. Default: 1000, or as --time says."
)
@click.option("--time", "time_s", metavar="TIME", callback=_span, help="Go on for so long, e.g. 5m or 8h.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the first; the next has one more.",
)
@click.option("--faults", metavar="NAME,...", help="Only these, by name or id; none: no faults at all.")
@click.option("--crowded", is_flag=True, help="Four to nine faults each: what breaks is found sooner.")
@click.option(
    "--shrink",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    help="So many kinds of failures are made short.",
)
@click.option("-o", "--out", metavar="DIR", help="Keep a journal, the summary and short stories here.")
@click.option("--resume", is_flag=True, help="Go on where this exploration was ended.")
@click.option("--overwrite", is_flag=True, help="Start anew in a folder that holds one.")
@click.option(
    "--workers", type=click.IntRange(1, 1024), help="Processes; else one a core. 1: in this process."
)
@click.option("--scheduler", metavar="ADDRESS", help="A Dask cluster instead: tls://HOST:8786 or tcp://.")
@click.option("--tls-ca", type=THERE, help="With tls://: the certificate of the cluster's own CA.")
@click.option("--tls-cert", type=THERE, help="With tls://: our certificate, signed by it.")
@click.option("--tls-key", type=THERE, help="With tls://: the key to our certificate.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary for scripts instead of the report.")
@click.option("--plain", is_flag=True, help="Neither colours nor a progress bar, even on a terminal.")
@lang
@click.pass_context
def explore(ctx: click.Context, /, site: str, **options: Any) -> None:
    """Draw random histories of a site, play each in the pretend room, and judge it by every rule.

    Seed n is always the same history: cuts, faults, requests, hands, clocks and nights. In its first part
    anything goes and safety must hold; then the faults end, and whoever is well must come up again. A
    history that breaks a rule, which none of its faults excuses, is shrunk to a short story for `teiden run`.

    Exit code 0 if all hold, 1 if one does not, 3 if one could not be played.
    """
    wish = Wish(**options)
    _refuse_what_does_not_go_together(ctx, wish)
    ctx.exit(carried_out(site, wish))


def _refuse_what_does_not_go_together(ctx: click.Context, wish: Wish) -> None:
    tls = (wish.tls_ca, wish.tls_cert, wish.tls_key)
    clashes = (
        (bool(wish.workers and wish.scheduler), t("--workers and --scheduler exclude each other")),
        (wish.resume and wish.overwrite, t("--resume and --overwrite exclude each other")),
        ((wish.resume or wish.overwrite) and not wish.out, t("--resume and --overwrite go with -o")),
        (any(tls) and not all(tls), t("--tls-ca, --tls-cert and --tls-key go together")),
        (any(tls) and not wish.scheduler, t("--tls-ca, --tls-cert and --tls-key go with --scheduler")),
    )
    for clash, message in clashes:
        if clash:
            raise click.UsageError(message, ctx)
