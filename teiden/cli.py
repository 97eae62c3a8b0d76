"""The command line: `teiden COMMAND`. Says what there is; each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Any

import click

from teiden.commands import console
from teiden.commands.account import account
from teiden.commands.broadcast import broadcast
from teiden.commands.certificates import certificates
from teiden.commands.check import check
from teiden.commands.compare import compare
from teiden.commands.config_apc import config_apc
from teiden.commands.doctor import doctor
from teiden.commands.emulate import emulate
from teiden.commands.explore import explore
from teiden.commands.import_ import import_
from teiden.commands.init import init
from teiden.commands.live import live
from teiden.commands.measure import measure
from teiden.commands.plan import plan
from teiden.commands.plot import plot
from teiden.commands.probe import probe
from teiden.commands.products import products
from teiden.commands.prove import prove
from teiden.commands.reload import reload_
from teiden.commands.report import report
from teiden.commands.requests import hold, off, on, release
from teiden.commands.run import run
from teiden.commands.schema import schema
from teiden.commands.send import send
from teiden.commands.stats import stats
from teiden.commands.status import status
from teiden.commands.sweep import sweep
from teiden.commands.table import table
from teiden.commands.told import told
from teiden.commands.tree import tree
from teiden.commands.version import version
from teiden.commands.web import web
from teiden.language.say import t


class Teiden(click.Group):
    """Turns what can go wrong into a message and an exit code; bad input never ends in a traceback."""

    def main(self, *args: Any, **settings: Any) -> Any:
        console.speak_to_anybody()
        return super().main(*args, **settings)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            console.stop_speaking()
            ctx.exit(console.PIPE_CLOSED)
        except KeyboardInterrupt:
            click.echo(t("interrupted"), err=True)
            ctx.exit(console.INTERRUPTED)
        except console.NotCarriedOut as error:
            click.echo(str(error), err=True)
            ctx.exit(console.NOT_DONE)
        except Exception as error:
            from teiden.files.source import InputError

            if not isinstance(error, InputError):
                raise
            click.echo(str(error), err=True)
            ctx.exit(console.WRONG_INPUT)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which a site is prepared, not of the alphabet."""
        return list(self.commands)


@click.group(
    cls=Teiden,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit codes: 0 all hold, 1 something does not, 2 the input is wrong,\n"
    "3 it could not be carried out, 130 interrupted.\n\n" + console.example("run scenarios/site-outage.yaml"),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda ctx, option, wanted: _say_version(ctx) if wanted else None,
    help="Say which version this is.",
)
def main() -> None:
    """Rehearse a machine room's power cut in virtual time: prove a site's settings before the mains fail."""


def _say_version(ctx: click.Context) -> None:
    click.echo(f"teiden {_version()}")
    ctx.exit()


def _version() -> str:
    """As installed. The name of its record says it; reading records takes longer than all the rest."""
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder):
                if name.startswith("teiden-") and name.endswith(".dist-info"):
                    return name.removeprefix("teiden-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version("teiden")


for command in (
    init,
    import_,
    check,
    tree,
    plan,
    run,
    prove,
    sweep,
    explore,
    plot,
    table,
    schema,
    products,
    broadcast,
    config_apc,
    emulate,
    compare,
    live,
    web,
    account,
    certificates,
    status,
    send,
    reload_,
    stats,
    report,
    measure,
    probe,
    doctor,
    off,
    on,
    hold,
    release,
    told,
    version,
):
    main.add_command(command)
