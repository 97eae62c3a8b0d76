"""`teiden prove SITE STORY...`: what must be shown of a site file before it may command hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from pathlib import Path

    from teiden.files.site_file import SiteFile
    from teiden.proved import Record
    from teiden.rehearsal import Rehearsal
    from teiden.story import Story


@click.command(
    short_help="Check a site and play its stories, so that it may be armed.",
    epilog=console.example("prove my-site.yaml my-outage.yaml"),
)
@click.argument("site")
@click.argument("scenarios", nargs=-1, required=True, metavar="STORY...")
@click.option("--plain", is_flag=True, help="No colours, even on a terminal.")
@lang
@click.pass_context
def prove(ctx: click.Context, site: str, scenarios: tuple[str, ...], plain: bool) -> None:
    """Hold every rule against SITE and play every story of these files that is about it.

    The rules of live mode are held too, also against a file without a `live:` key.

    What was shown is written beside the site file, as SITE.proved.json, with the file's hash. `teiden live
    --arm` goes by it: after any change of the site file, prove it again. Stories about other sites are
    passed over. Exit code 1 if a rule or a story does not hold.
    """
    from pathlib import Path

    from teiden import proved, report
    from teiden.commands.run import loaded
    from teiden.files.site_file import load_site
    from teiden.files.source import InputError

    site_file = load_site(site)
    found, refused = loaded(scenarios)
    if refused:
        raise InputError(problem for error in refused for problem in error.problems)
    stories = [story for story in found if _is_about(story, Path(site))]
    if not stories:
        raise click.UsageError(t("none of these stories is about {site}", site=site))
    rehearsals = []
    colour = console.in_colour(plain=plain)
    widest = max(len(story.name) for story in stories)
    for rehearsal in _played(stories):
        console.say([report.item_line(rehearsal, widest)], colour=colour)
        rehearsals.append(rehearsal)
    record = proved.record(site_file, rehearsals)
    path = _written(record, site_file)
    if record.broken:
        console.say(["", *_broken(record)], colour=colour)
    why_not = record.why_not()
    said = t("not to be armed: {why}", why=why_not) if why_not else t("it may be armed: {path}", path=path)
    console.say(["", said], colour=colour)
    ctx.exit(console.BROKEN if why_not else console.HOLDS)


def _is_about(story: Story, site: Path) -> bool:
    from pathlib import Path

    return Path(story.site_file).resolve() == site.resolve()


def _played(stories: list[Story]) -> list[Rehearsal]:
    from teiden.rehearsal import rehearse

    return [rehearse(story) for story in stories]


def _broken(record: Record) -> list[str]:
    """Each as `teiden check` says it."""
    from teiden.rules.finding import Severity
    from teiden.rules.text import word

    return [f"{rule.place}: {word(Severity.ERROR)} {rule.id}: {rule.message}" for rule in record.broken]


def _written(record: Record, site_file: SiteFile) -> Path:
    from teiden import proved

    path = proved.path_of(site_file.path)
    try:
        proved.write(record, path)
    except OSError as error:
        raise console.NotCarriedOut(f"{path}: {error.strerror}") from None
    return path
