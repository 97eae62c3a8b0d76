"""`teiden run SCENARIO...`: plays stories in the pretend room and says whether they hold, and why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.commands.outputs import Outputs, page, picture
from teiden.commands.outputs import report as junit_report
from teiden.language.say import speaking, t

if TYPE_CHECKING:
    from teiden.files.source import InputError
    from teiden.rehearsal import Rehearsal
    from teiden.story import Story


@click.command(
    short_help="Play stories in the pretend room and judge them.",
    epilog=console.example("run scenarios/site-outage.yaml --plot outage.svg"),
)
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option(
    "--events", metavar="FILE", help="Write the stream of events as JSON Lines; `-` for standard output."
)
@click.option("--plot", metavar="FILE", callback=picture, help="Draw the timeline: .png, .svg or .pdf.")
@click.option(
    "--html",
    metavar="FILE",
    callback=page,
    help="A page to look through it in a browser; needs nothing else.",
)
@click.option(
    "--junit",
    metavar="FILE",
    callback=junit_report,
    help="All verdicts as JUnit XML, for CI servers: one file.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict for scripts instead of the table.")
@click.option("--seed", type=click.IntRange(min=0), help="Of all chance in the room. Default: the story's.")
@click.option(
    "--room",
    type=click.Choice(["sim", "snmp"]),
    default="sim",
    show_default=True,
    help="sim: in virtual time. snmp: over real sockets, with the real service on every control node.",
)
@click.option(
    "--rate",
    type=click.FloatRange(min=0.1, max=50.0),
    help="With --room snmp: seconds of the story in one of yours. Default: 10.",
)
@click.option(
    "--item", "items", metavar="NAME", multiple=True, help="Only this story, or this item of a `vary:`."
)
@click.option("--details", is_flag=True, help="Every row, also those that follow from others.")
@click.option("--watch", is_flag=True, help="Watch it happen, ten minutes a second, then read the table.")
@click.option("--plain", is_flag=True, help="Neither colours nor live view, even on a terminal.")
@lang
@click.pass_context
def run(
    ctx: click.Context,
    scenarios: tuple[str, ...],
    events: str | None,
    plot: str | None,
    html: str | None,
    junit: str | None,
    as_json: bool,
    seed: int | None,
    room: str,
    rate: float | None,
    items: tuple[str, ...],
    details: bool,
    watch: bool,
    plain: bool,
) -> None:
    """Play stories in the pretend room; every expectation and every invariant is judged.

    One story is told as a table, several in a line each. Exit code 1 if one of them does not hold, 2 if a
    file is wrong: the stories of the others are played all the same.

    With --room snmp the devices of the room stand on real sockets of this machine, and `teiden live` runs
    on each control node as a process that dies with it; the same stream, the same judge.
    """
    if rate is not None and room == "sim":
        raise click.UsageError(t("--rate is for --room snmp; virtual time takes no time"))
    if as_json and events == "-":
        raise click.UsageError(t("--json and --events - both want standard output; give --events a file"))
    found, refused = loaded(scenarios)
    stories = chosen(found, items)
    outputs = Outputs(events, plot, html, junit, several=len(stories) > 1)
    outputs.refused(refused)
    performed = performances(
        stories, seed, live=not as_json and not plain, watch=watch, room=room, rate=rate or RATE
    )
    try:
        if as_json:
            held = print_json(performed, outputs, seeds(stories, seed))
        elif len(stories) == 1:
            (held,) = [tell(rehearsal, outputs, details=details, plain=plain) for rehearsal in performed]
        else:
            held = tell_all(performed, outputs, stories, seeds=seeds(stories, seed), plain=plain)
    finally:
        outputs.finish()  # after Ctrl-C too: what was played is reported
    if refused:
        click.echo("\n".join(["", *map(str, refused)]), err=True)
    outputs.complain()
    ctx.exit(console.WRONG_INPUT if refused else console.HOLDS if held else console.BROKEN)


# Which stories


def loaded(paths: tuple[str, ...]) -> tuple[list[Story], list[InputError]]:
    """All stories of the files that can be read, and what is wrong with each of the others.

    InputError with all of it where there is nothing to play.
    """
    from teiden.files.source import InputError
    from teiden.files.story_file import load_stories

    stories: list[Story] = []
    refused: list[InputError] = []
    for path in dict.fromkeys(paths):
        try:
            stories += load_stories(path)
        except InputError as error:
            refused.append(error)
    if refused and not stories:
        raise InputError(problem for error in refused for problem in error.problems)
    return stories, refused


def chosen(stories: list[Story], items: tuple[str, ...]) -> list[Story]:
    """`--item` takes a story's whole name, its name without parameters, or the parameters alone."""
    if not items:
        return stories
    for item in items:
        if not any(item in names_of(story) for story in stories):
            from teiden.files.wording import did_you_mean, listed

            known = [name for story in stories for name in names_of(story)[:1]]
            hint = did_you_mean(item, [name for story in stories for name in names_of(story)])
            wrong = t(
                "no story here is called {item}; {hint}known: {known}",
                item=item,
                hint=hint,
                known=listed(known),
            )
            raise click.BadParameter(wrong, param_hint="'--item'")
    return [story for story in stories if set(items) & set(names_of(story))]


def names_of(story: Story) -> list[str]:
    """`story[back=25s]`, `story`, `back=25s`, and of `file#name` the name."""
    base, _, parameters = story.name.partition("[")
    return [story.name, base, *filter(None, (parameters.removesuffix("]"), base.partition("#")[2]))]


# Playing


def seeds(stories: list[Story], seed: int | None) -> list[int]:
    """The one that was asked for, or those that the stories have."""
    return [seed] if seed is not None else list(dict.fromkeys(story.seed for story in stories))


RATE = 10.0


def performances(
    stories: list[Story],
    seed: int | None,
    *,
    live: bool,
    watch: bool,
    room: str = "sim",
    rate: float = RATE,
) -> Iterator[Rehearsal]:
    from sequencer.events import Stream
    from teiden.compose import rehearse

    if not (live and console.is_terminal()):
        yield from (rehearse(story, room=room, rate=rate, seed=seed) for story in stories)
        return
    from teiden import live_view

    for story in stories:
        stream = Stream()
        with live_view.following(stream, story):
            rehearsal = rehearse(story, room=room, rate=rate, seed=seed, stream=stream)
        stopped = watch and not live_view.watch(rehearsal)
        yield rehearsal  # it was played: the table is told all the same
        if stopped:
            raise KeyboardInterrupt


# Telling


def tell(rehearsal: Rehearsal, outputs: Outputs, *, details: bool, plain: bool) -> bool:
    from teiden import report

    err, colour = outputs.to_stdout, console.in_colour(plain=plain)
    wide = console.columns(plain=plain)
    console.say(report.body(rehearsal, details=details, wide=wide), colour=colour, err=err)
    notes = [*outputs.write(rehearsal), *outputs.finish()]
    console.say([report.verdict_line(rehearsal, notes)], colour=colour, err=err)
    return rehearsal.verdict.holds


def tell_all(
    performed: Iterator[Rehearsal], outputs: Outputs, stories: list[Story], *, seeds: list[int], plain: bool
) -> bool:
    """A line for each as soon as it is known, then what broke, then the count."""
    from teiden import report

    err, colour = outputs.to_stdout, console.in_colour(plain=plain)
    widest = max(len(story.name) for story in stories)
    wide = console.columns(plain=plain)
    broken: list[list[str]] = []
    took_s = 0.0
    for rehearsal in performed:
        console.say([report.item_line(rehearsal, widest)], colour=colour, err=err)
        took_s += rehearsal.took_s
        outputs.write(rehearsal)
        if not rehearsal.verdict.holds:
            broken.append(report.broken(rehearsal, wide=wide))  # lines: a stream of events is large
    for lines in broken:
        console.say(["", *lines], colour=colour, err=err)
    seed = t("seed {n}", n=seeds[0]) if len(seeds) == 1 else t("seeds of the stories")
    last = report.count_line(stories, len(broken), took_s, [seed, *outputs.notes()])
    console.say(["", last], colour=colour, err=err)
    return not broken


def print_json(performed: Iterator[Rehearsal], outputs: Outputs, seeds: list[int]) -> bool:
    """`seed` is null where the stories have different ones; each tells its own."""
    import json

    from teiden.verdict_json import as_dict

    console.speak_utf8()
    told = []
    for rehearsal in performed:
        outputs.write(rehearsal)
        with speaking("en"):
            told.append(as_dict(rehearsal))
    held = all(story["holds"] for story in told)
    seed = seeds[0] if len(seeds) == 1 else None
    click.echo(json.dumps({"holds": held, "seed": seed, "stories": told}, indent=2, ensure_ascii=False))
    return held
