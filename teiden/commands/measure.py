"""`teiden measure WHAT`: how long cluster stops, server stops, flushes and boots really take (R9-10)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from teiden.files.site_file import SiteFile
    from teiden.files.text import FileText
    from teiden.measure.limits import Proposal
    from teiden.measure.patch import Patch
    from teiden.measure.stopwatch import Kind, Measured

WHAT = ("cluster-stop", "server-stops", "flushes", "boots", "all")
SITES = (".yaml", ".yml")
MANY = 20
"""Files; from so many on a person sees how far it is."""


def _percent(ctx: click.Context, option: click.Parameter, text: str) -> float:
    found = re.fullmatch(r"(\d{1,4})\s*%", text.strip())
    if found is None:
        raise click.BadParameter(t("{text!r} is no margin; write it like 50%", text=text), ctx, option)
    return int(found[1]) / 100


def _seconds(ctx: click.Context, option: click.Parameter, text: str) -> float:
    from teiden.files.units import UnitError, duration_s

    try:
        return duration_s(text)
    except UnitError as error:
        raise click.BadParameter(str(error), ctx, option) from None


@click.command(
    short_help="How long stops, flushes and boots really take, and the limits they ask for.",
    epilog=console.example("run scenarios/site-outage.yaml --events outage.jsonl")
    + "\n  ./run teiden measure all scenarios/sites/reference.yaml --events outage.jsonl"
    + "\n  ./run teiden measure cluster-stop my-site.yaml --live",
)
@click.argument("what", type=click.Choice(WHAT))
@click.argument("given", nargs=-1, metavar="[SITE] [FILE]...")
@click.option(
    "--events",
    "events",
    multiple=True,
    metavar="FILE...",
    help="Recorded event files, or the folder of a service; pretend runs and live ones.",
)
@click.option("--live", is_flag=True, help="Follow the service on this node, from now on.")
@click.option(
    "--now", is_flag=True, help="With --live and cluster-stop: the command was given just now, by hand."
)
@click.option(
    "--for",
    "for_s",
    metavar="TIME",
    default="1h",
    show_default=True,
    callback=_seconds,
    help="With --live: for so long at most.",
)
@click.option(
    "--margin",
    default="50%",
    show_default=True,
    callback=_percent,
    help="So much above the longest that was measured.",
)
@click.option("--lower", is_flag=True, help="Propose to lower what is needlessly large, too.")
@click.option("--patch", "patch_to", metavar="FILE", help="Write the change of the site file here, a diff.")
@click.option("--apply", "apply", is_flag=True, help="Change the site file; comments and layout stay.")
@click.option("--json", "as_json", is_flag=True, help="The same for scripts.")
@lang
@click.pass_context
def measure(ctx: click.Context, /, what: str, given: tuple[str, ...], **options: Any) -> None:
    """Show of each device how long it took, and hold it against the limits of the site file.

    WHAT is cluster-stop, server-stops, flushes, boots, or all. The cluster's stop counts from the command to
    the message that the power may go, before the systems stop. With SITE limits are proposed.
    Exit code 1 if a limit is too small, or the change would break a rule; 3 if nothing was measured.
    """
    sites = [path for path in given if path.endswith(SITES)]
    files = [*options["events"], *(path for path in given if not path.endswith(SITES))]
    _refuse(ctx, what, sites, files, options)
    ctx.exit(_measure(what, sites[0] if sites else None, files, options))


def _refuse(
    ctx: click.Context, what: str, sites: Sequence[str], files: Sequence[str], options: dict[str, Any]
) -> None:
    if len(sites) > 1:
        raise click.UsageError(t("one site file, not {n}", n=len(sites)), ctx)
    if options["now"] and (what != "cluster-stop" or not options["live"] or not sites):
        raise click.UsageError(t("--now goes with cluster-stop, --live and a site file"), ctx)
    if options["live"] and len(files) > 1:
        raise click.UsageError(t("--live follows one folder"), ctx)
    if not options["live"] and not files:
        raise click.UsageError(t("say --events FILE..., or --live"), ctx)
    if options["live"] and not files and not sites:
        raise click.UsageError(t("--live needs a site file, or --events FOLDER"), ctx)
    if (options["patch_to"] or options["apply"] or options["lower"]) and not sites:
        raise click.UsageError(t("--patch, --apply and --lower need a site file"), ctx)


def _measure(what: str, site: str | None, files: list[str], options: dict[str, Any]) -> int:
    from contextlib import nullcontext

    from teiden.language.say import speaking
    from teiden.measure.patch import loaded
    from teiden.measure.stopwatch import Kind

    read = loaded(site) if site is not None else None
    kinds = tuple(Kind) if what == "all" else (Kind(what),)
    as_json = options["as_json"]
    interrupted = False
    with speaking("en") if as_json else nullcontext():
        if options["live"]:
            folder = files[0] if files else read[0].contacts.live.events if read else ""
            name = read[0].site.cluster.name if read and options["now"] else ""
            found, interrupted = _followed(folder, kinds, options["for_s"], name, told=not as_json)
        else:
            found = _recorded(files)
        code = _tell(found, kinds, read, options)
    if interrupted:
        raise KeyboardInterrupt
    return code


def _recorded(files: list[str]) -> list[Measured]:
    from teiden.measure.recorded import measured

    with _progress(len(files)) as told:
        return measured(files, told)


@contextmanager
def _progress(n: int) -> Iterator[Callable[[int, int], None]]:
    import sys

    if n < MANY or not sys.stderr.isatty():
        yield lambda done, of: None
        return
    with click.progressbar(length=n, file=sys.stderr) as bar:
        yield lambda done, of: bar.update(1)


def _followed(
    folder: str, kinds: tuple[Kind, ...], for_s: float, now_of: str, *, told: bool
) -> tuple[list[Measured], bool]:
    """What ended while it was followed, and whether somebody has interrupted it."""
    from pathlib import Path

    from teiden.measure import show
    from teiden.measure.following import Following
    from teiden.measure.stopwatch import Kind

    following = Following(Path(folder))
    if following.why_not:
        raise console.NotCarriedOut(following.why_not)
    if now_of:
        following.begin(Kind.CLUSTER_STOP, now_of)
    alone = kinds == (Kind.CLUSTER_STOP,)
    if told:
        until = t("until the cluster is seen stopped") if alone else t("until Ctrl-C")
        click.echo(t("follows {folder} {until}", folder=folder, until=until), err=True)

    def over() -> bool:
        return alone and any(one.kind is Kind.CLUSTER_STOP for one in following.found)

    try:
        for one in following.until(over, for_s):
            if told and one.kind in kinds:
                click.echo(show.line(one), err=True)
    except KeyboardInterrupt:
        following.close()
        return following.found, True
    following.close()
    return following.found, False


def _tell(
    found: list[Measured],
    kinds: tuple[Kind, ...],
    read: tuple[SiteFile, FileText] | None,
    options: dict[str, Any],
) -> int:
    import json

    from teiden.measure import show
    from teiden.measure.limits import proposal
    from teiden.measure.summary import summaries

    known = summaries(found, kinds)
    if not known:
        raise console.NotCarriedOut(t("nothing of this kind has happened there"))
    proposed: Proposal | None = None
    patch: Patch | None = None
    if read is not None:
        site_file, content = read
        proposed = proposal(site_file.site, known, margin=options["margin"], lower=options["lower"])
        patch = _patch(site_file, content, proposed)
    if options["as_json"]:
        console.speak_utf8()
        click.echo(
            json.dumps(show.as_json(known, proposed, patch, options["margin"]), ensure_ascii=False, indent=2)
        )
    else:
        console.say(show.durations(known))
        if proposed is not None and patch is not None:
            console.say(["", *show.limits(proposed, options["margin"]), "", *show.rules(patch)])
    if proposed is None or patch is None or read is None:
        return console.HOLDS
    _carry_out(read[0].path, patch, options)
    short = any(limit.verdict.value == "too small" for limit in proposed.limits)
    return console.BROKEN if short or patch.breaks or not _enough(proposed) else console.HOLDS


def _enough(proposed: Proposal) -> bool:
    return all(delay.enough for delay in proposed.delays)


def _patch(site_file: SiteFile, content: FileText, proposed: Proposal) -> Patch:
    from teiden.measure.patch import patched
    from teiden.tune.edit import NotEditable

    try:
        return patched(site_file, content, proposed.values)
    except NotEditable as error:
        raise console.NotCarriedOut(str(error)) from None


def _carry_out(path: str, patch: Patch, options: dict[str, Any]) -> None:
    """`--patch`, `--apply`, or else the change is shown."""
    from teiden.commands.outputs import written
    from teiden.measure.patch import write

    said = not options["as_json"]
    to = options["patch_to"]
    if not patch.diff:
        if said:
            click.echo("\n" + t("nothing to change"))
        return
    if to == "-":
        click.echo(patch.diff, nl=False)
    elif to:
        with written(to), open(to, "w", encoding="utf-8", newline="") as file:
            file.write(patch.diff)
    elif said and not options["apply"]:
        click.echo(f"\n{patch.diff}", nl=False)
    if options["apply"]:
        if patch.breaks:
            raise console.NotCarriedOut(
                t("{path} is left as it is: the change would break a rule; --patch writes it", path=path)
            )
        with written(path):
            write(path, patch.text)
        if said:
            changed = t("{path} is changed; prove it again (`teiden prove`) before it is armed", path=path)
            click.echo("\n" + changed)
