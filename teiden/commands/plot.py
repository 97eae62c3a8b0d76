"""`teiden plot EVENTS -o FILE`: the timeline of any run, from its stream of events."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.commands.outputs import draw, picture
from teiden.language.say import t


@click.command(
    short_help="Draw the timeline of a run from its events.",
    epilog=console.example("plot tests/fixtures/reference-outage.jsonl -o outage.svg"),
)
@click.argument("events")
@click.option(
    "-o", "--output", metavar="FILE", required=True, callback=picture, help="The picture: .png, .svg or .pdf."
)
@click.option("--no-breaks", is_flag=True, help="Keep the time axis whole, however long nothing happens.")
@lang
def plot(events: str, output: str, no_breaks: bool) -> None:
    """Draw the timeline of a run from its events; `-` reads standard input.

    `teiden run STORY --events FILE` writes such a file, and so does every live run.
    """
    from teiden.events_file import read

    recording = read(events)
    sentence = recording.header.get("sentence")
    advice = draw(recording.events, output, title=str(sentence) if sentence else None, breaks=not no_breaks)
    if advice:
        click.echo(advice, err=True)
    n = len(recording.events)
    if recording.cut_short:
        click.echo(t("{file}: {n} events, whose last line is not finished", file=output, n=n))
    else:
        click.echo(t("{file}: {n} events", file=output, n=n))
