"""`teiden plot FILES -o FILE`: the timeline of any run; with `--as` the other pictures."""

from __future__ import annotations

from typing import Any

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.commands.outputs import draw, picture, written
from teiden.commands.pictures import DRAW, KINDS, check
from teiden.language.say import t

OPTIONS = {
    "no_breaks": "--no-breaks",
    "names": "--names",
    "everybody": "--everybody",
    "reserve": "--reserve",
    "x": "--x",
    "y": "--y",
    "value": "--value",
}


@click.command(
    short_help="Draw the timeline of a run, and the other pictures.",
    epilog=console.example("plot tests/fixtures/reference-outage.jsonl -o outage.svg")
    + "\n  ./run teiden plot scenarios/sites/reference.yaml --as waterfall -o margin.svg",
)
@click.argument("paths", metavar="FILES", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="FILE", required=True, callback=picture, help="The picture: .png, .svg or .pdf."
)
@click.option(
    "--as",
    "kind",
    type=click.Choice(list(KINDS)),
    default="timeline",
    show_default=True,
    help="Which picture. See above.",
)
@click.option(
    "--no-breaks",
    is_flag=True,
    help="timeline, comparison: keep the time axis whole, however long nothing happens.",
)
@click.option(
    "--names", metavar="A,B", help="comparison: what the runs are called.  [default: planned,actual]"
)
@click.option("--everybody", is_flag=True, help="comparison: also devices that fared alike.")
@click.option("--reserve", metavar="PERCENT", help="band: what must stay in every battery, e.g. 15%.")
@click.option("--x", metavar="NAME", help="heat: the varied parameter from left to right.")
@click.option("--y", metavar="NAME", help="heat: the varied parameter from bottom to top.")
@click.option(
    "--value",
    metavar="NAME",
    default="broken",
    show_default=True,
    help="heat: broken, broken.S2, lowest_charge, or a column such as margin.linked_stop_s.",
)
@lang
@click.pass_context
def plot(ctx: click.Context, /, paths: tuple[str, ...], output: str, kind: str, **options: Any) -> None:
    """Draw a run from its events, or another picture; `-` reads standard input.

    `teiden run STORY --events FILE` writes such a file, and so does every live run.

    \b
    --as timeline    EVENTS                    a run, device by device
    --as waterfall   SITE.yaml [EVENTS]        what uses up the time until the control side stops
    --as comparison  EVENTS EVENTS             two runs: planned and actual, before and after
    --as band        SWEEP_FOLDER              battery charge over all runs (sweep with --charges)
    --as heat        SWEEP_FOLDER --x A --y B  the outcome over two varied parameters
    --as strip       SWEEP_FOLDER [SITE.yaml]  the outcome against the return of the mains
    """
    commandline = click.core.ParameterSource.COMMANDLINE
    given = {key: text for key, text in OPTIONS.items() if ctx.get_parameter_source(key) is commandline}
    check(kind, paths, given)
    if kind == "timeline":
        _timeline(paths[0], output, breaks=not options["no_breaks"])
        return
    from matplotlib.text import Text

    from teiden.plots import fonts, timeline

    figure = DRAW[kind](paths, **options)
    with written(output):
        timeline.save(figure, output)
    if advice := fonts.advice(()):
        click.echo(advice, err=True)
    title = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_gid() == "title")
    click.echo(f"{output}: {title}")


def _timeline(events: str, output: str, *, breaks: bool) -> None:
    from teiden.events_file import read

    recording = read(events)
    sentence = recording.header.get("sentence")
    advice = draw(recording.events, output, title=str(sentence) if sentence else None, breaks=breaks)
    if advice:
        click.echo(advice, err=True)
    n = len(recording.events)
    if recording.cut_short:
        click.echo(t("{file}: {n} events, whose last line is not finished", file=output, n=n))
    else:
        click.echo(t("{file}: {n} events", file=output, n=n))
