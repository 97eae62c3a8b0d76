"""`teiden plan SITE`: the way down and up with computed times; `--tune`: the values that make it safe."""

from __future__ import annotations

from typing import Any

import click

from teiden.commands import console
from teiden.commands.language import lang

STDOUT = "-"


def _seconds(ctx: click.Context, option: click.Parameter, text: str) -> float:
    """A duration as in site files; a bare number is refused with what to write."""
    from teiden.files.units import UnitError, duration_s

    try:
        return duration_s(text)
    except UnitError as error:
        raise click.BadParameter(str(error), ctx, option) from None


@click.command(
    short_help="The way down and up again, computed from the limits.",
    epilog=console.example("plan scenarios/sites/reference.yaml")
    + "\n  ./run teiden plan scenarios/sites/reference.yaml --tune --margin 60s",
)
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="The same numbers for scripts.")
@click.option("--tune", "tuned", is_flag=True, help="Propose the smallest change that makes the site safe.")
@click.option(
    "--margin",
    "margin_s",
    metavar="TIME",
    default="60s",
    show_default=True,
    callback=_seconds,
    help="With --tune: how far every rule is to be from breaking.",
)
@click.option(
    "--keep",
    metavar="KEY",
    multiple=True,
    help="With --tune: leave these as they are; may be repeated. `runtime`, `ups5`, `linkage.flush_limit`.",
)
@click.option(
    "--write",
    metavar="PATCH",
    help="With --tune: write the unified diff here; `-`: alone to the standard output.",
)
@lang
@click.pass_context
def plan(ctx: click.Context, /, site: str, as_json: bool, tuned: bool, **tuning: Any) -> None:
    """Show when what is stopped and started, computed from the limits alone, and what batteries must last.

    With --tune: propose the confirm times, delays, flush limit and batteries that make the site safe.
    Exit code 0 if it is safe as it is, 1 if something has to be changed.
    """
    if tuned:
        ctx.exit(_tune(site, as_json=as_json, **tuning))
    _refuse_tuning_alone(ctx)
    from teiden.files.site_file import load_site
    from teiden.plan import show

    loaded = load_site(site)
    if as_json:
        console.speak_utf8()
        click.echo(show.main_json(loaded))
    else:
        click.echo(show.main_text(loaded), nl=False)


def _refuse_tuning_alone(ctx: click.Context) -> None:
    for name, option in (("margin_s", "--margin"), ("keep", "--keep"), ("write", "--write")):
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"{option} goes with --tune.", ctx)


def _tune(site: str, *, as_json: bool, margin_s: float, keep: tuple[str, ...], write: str | None) -> int:
    if as_json and write == STDOUT:
        raise click.UsageError(
            "--json and --write - both want the standard output; the JSON holds the patch."
        )
    from contextlib import nullcontext

    from teiden.language.say import speaking
    from teiden.tune import show
    from teiden.tune.proposal import Result, tune

    with speaking("en") if as_json else nullcontext():
        found = tune(site, margin_s, keep)
        if as_json:
            console.speak_utf8()
            click.echo(show.main_json(found))
        else:
            click.echo(show.text(found), nl=False, err=write == STDOUT)
    if found.not_written:
        raise console.NotCarriedOut(found.not_written)
    if found.patch:
        _write(found.patch, write, shown=not as_json)
    return console.HOLDS if found.result is Result.SAFE else console.BROKEN


def _write(patch: str, path: str | None, *, shown: bool) -> None:
    """Into the file, or on the standard output: below the table, or alone where `-` asks for it."""
    from teiden.commands.outputs import written

    if path not in (None, STDOUT):
        with written(path), open(path, "w", encoding="utf-8", newline="") as file:
            file.write(patch)
    elif path == STDOUT or shown:
        if path == STDOUT:
            console.speak_utf8()
        click.echo(patch if path == STDOUT else f"\n{patch}", nl=False)
