"""`teiden plot EVENTS -o FILE`: the timeline of any run, from its stream of events."""

from __future__ import annotations

import click

from teiden.commands import console
from teiden.commands.outputs import draw, picture


@click.command(
    short_help="Draw the timeline of a run from its events.",
    epilog=console.example("plot tests/fixtures/reference-outage.jsonl -o outage.svg"),
)
@click.argument("events")
@click.option(
    "-o", "--output", metavar="FILE", required=True, callback=picture, help="The picture: .png, .svg or .pdf."
)
@click.option("--no-breaks", is_flag=True, help="Keep the time axis whole, however long nothing happens.")
def plot(events: str, output: str, no_breaks: bool) -> None:
    """Draw the timeline of a run from its events; `-` reads standard input.

    `teiden run STORY --events FILE` writes such a file, and so does every live run.
    """
    from teiden.events_file import read

    recording = read(events)
    sentence = recording.header.get("sentence")
    draw(recording.events, output, title=str(sentence) if sentence else None, breaks=not no_breaks)
    cut_short = ", whose last line is not finished" if recording.cut_short else ""
    click.echo(f"{output}: {len(recording.events)} events{cut_short}")
