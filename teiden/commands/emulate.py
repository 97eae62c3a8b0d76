"""`teiden emulate SITE`: the pretend room on real sockets, for the service, training, and other clients."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.language.say import t

if TYPE_CHECKING:
    from pathlib import Path

    from sequencer.events import Event
    from teiden.beside import Beside
    from teiden.story import Story

WEB = "127.0.0.1:7480"


@click.command(
    short_help="Put the pretend room on the network: cards, servers, arrays.",
    epilog=console.example("emulate scenarios/sites/reference.yaml --folder room")
    + "\n  ./run teiden live scenarios/sites/reference.yaml --node control1 --book room/book.json"
    + "\n  ./run teiden emulate --tell room lose utility",
)
@click.argument("site", required=False)
@click.argument("rest", nargs=-1, metavar="[SCENARIO]")
@click.option("--folder", metavar="DIR", help="Where its book, keys and sockets lie. Default: a new one.")
@click.option(
    "--rate",
    type=click.FloatRange(min=0.1, max=50.0),
    default=1.0,
    show_default=True,
    help="Seconds that pass in it in one of yours; services that go by its book keep step.",
)
@click.option(
    "--tell", metavar="DIR", help="Say the words to a room that runs there: `--tell DIR lose utility`."
)
@click.option(
    "--web",
    is_flag=False,
    flag_value=WEB,
    metavar="[ADDRESS:PORT]",
    help="For training: the service on every control node, armed, and the console for a browser over it, "
    f"at {WEB} if nothing else is said.",
)
@lang
def emulate(
    site: str | None,
    rest: tuple[str, ...],
    folder: str | None,
    rate: float,
    tell: str | None,
    web: str | None,
) -> None:
    """Every UPS of SITE becomes an SNMP card on a port of this machine, every server a management controller
    and an SSH server, every array its service, the cluster its commands. With SCENARIO its story happens to
    them. Loopback only.

    While it runs its keyboard, and `--tell DIR WORDS...` from elsewhere, take mains away, throw faults and
    press buttons; `help` lists what can be said. With --web the page Room of its console does the same.
    """
    import asyncio
    import sys
    import tempfile
    from dataclasses import replace
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from realtime.extra import ExtraMissing, needed

    if tell is not None:
        _tell(Path(tell), " ".join([*([site] if site else []), *rest]))
        return
    if site is None:
        raise click.UsageError("Missing argument 'SITE'.")
    if len(rest) > 1:
        raise click.UsageError(t("one SCENARIO at most"))
    try:
        needed("live", "pysnmp", "asyncssh", "aiohttp", "cryptography")
    except ExtraMissing as why:
        raise console.NotCarriedOut(str(why)) from None
    from teiden.emulator.process import DidNotStart
    from teiden.emulator.standing import stand

    story = _story(site, rest[0] if rest else None)
    if web is not None and not rest:
        story = replace(story, start=datetime.now(ZoneInfo(story.site.time_zone)))
    where = Path(folder or tempfile.mkdtemp(prefix="teiden-")).absolute()
    lines = sys.stdin.isatty()
    beside = None if web is None else _console(site, story, where, web)
    standing = stand(story, where, rate=rate, say=click.echo, happened=_happened, lines=lines, beside=beside)
    try:
        asyncio.run(standing)
    except DidNotStart as why:
        raise console.NotCarriedOut(str(why)) from None
    except OSError as error:
        raise console.NotCarriedOut(f"{error.filename or where}: {error.strerror}") from None


def _console(site: str, story: Story, folder: Path, web: str) -> Beside:
    """The console of the first node, which outlives that node."""
    from teiden.beside import Beside
    from teiden.emulator.standing import BOOK

    node = story.site.cluster.nodes[0]
    click.echo(t("the console: http://{address}, of {node}", address=web, node=node))
    line = f"teiden account add NAME --role operator --folder {folder / node / 'web'}"
    click.echo(t("whoever is to do something there needs an account: {line}", line=line))
    return Beside(["web", site, "--node", node, "--listen", web, "--book", str(folder / BOOK)])


def _story(site: str, scenario: str | None) -> Story:
    from pathlib import Path

    from teiden.emulator.standing import quiet
    from teiden.files.site_file import load_site
    from teiden.files.story_file import load_stories

    if scenario is None:
        return quiet(load_site(site))
    load_site(site)
    story = load_stories(scenario)[0]
    if Path(story.site_file).resolve() != Path(site).resolve():
        raise click.UsageError(t("{scenario} is about {other}", scenario=scenario, other=story.site_file))
    return story


def _happened(event: Event) -> None:
    if event.name not in ("ups.charge", "run.started"):
        details = " ".join(f"{key}={value}" for key, value in event.details.items())
        click.echo(f"{event.t:10.1f} s  {event.subject:<14} {event.name} {details}".rstrip())


def _tell(folder: Path, line: str) -> None:
    import asyncio

    from teiden.emulator.control import tell

    try:
        code, answer = asyncio.run(tell(folder, line))
    except OSError as error:
        raise console.NotCarriedOut(
            t("no emulated room runs in {folder}: {why}", folder=folder, why=error)
        ) from None
    if answer:
        click.echo(answer, err=code != console.HOLDS)
    if code:
        raise SystemExit(code)
