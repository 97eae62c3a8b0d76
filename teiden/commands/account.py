"""`teiden account ...`: who may log in at the console on this node, and whether its audit log is whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from teiden.commands import console
from teiden.commands.language import lang
from teiden.commands.web import FOLDER
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.web.guard.accounts import Accounts

F = TypeVar("F", bound=Callable[..., Any])
ROLES = ("viewer", "operator")


def _asked(command: F) -> F:
    folder = click.option(
        "--folder",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path(FOLDER),
        show_default=True,
        metavar="DIR",
        help="Where the console keeps its own things.",
    )
    return folder(lang(command))


@click.group(
    short_help="Who may log in at the console.",
    epilog=console.example("account add mori --role operator") + "\n  ./run teiden account list",
)
def account() -> None:
    """Accounts of the console on this node. Without any it only shows.

    A viewer looks; an operator may also ask for something. What is changed here counts at once, also for
    those who are logged in.
    """


@account.command(short_help="Make one.", epilog=console.example("account add mori --role operator"))
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What it may.")
@click.option("--stdin", is_flag=True, help="The password is the first line of standard input.")
@_asked
def add(name: str, role: str, stdin: bool, folder: Path) -> None:
    """Make an account. The password is asked for, twice, and never given as an argument."""
    with _accounts(folder) as accounts:
        from teiden.web.guard.roles import Role

        accounts.add(name, Role(role), _password(stdin))
    click.echo(t("{name}: {role}", name=name, role=role))


@account.command(short_help="Another password.", epilog=console.example("account password mori"))
@click.argument("name")
@click.option("--stdin", is_flag=True, help="The password is the first line of standard input.")
@_asked
def password(name: str, stdin: bool, folder: Path) -> None:
    """Change a password."""
    with _accounts(folder) as accounts:
        accounts.change_password(name, _password(stdin))
    click.echo(t("the password of {name} is another now", name=name))


@account.command(short_help="Another role.", epilog=console.example("account role mori viewer"))
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@_asked
def role(name: str, role: str, folder: Path) -> None:
    """Let an account do more, or less."""
    with _accounts(folder) as accounts:
        from teiden.web.guard.roles import Role

        accounts.change_role(name, Role(role))
    click.echo(t("{name}: {role}", name=name, role=role))


@account.command(short_help="Take one away.", epilog=console.example("account remove mori"))
@click.argument("name")
@_asked
def remove(name: str, folder: Path) -> None:
    """Take an account away. Who is logged in with it is out at once."""
    with _accounts(folder) as accounts:
        accounts.remove(name)
    click.echo(t("{name} is no account any more", name=name))


@account.command("list", short_help="Who there is.", epilog=console.example("account list"))
@_asked
def everybody(folder: Path) -> None:
    """All accounts, by name."""
    with _accounts(folder) as accounts:
        found = accounts.all()
    if not found:
        click.echo(t("there are no accounts: the console only shows"))
    for one in found:
        click.echo(f"{one.name:<20} {one.role.value:<10} {one.since}")


@account.command(short_help="Whether the audit log is whole.", epilog=console.example("account audit"))
@_asked
def audit(folder: Path) -> None:
    """Follow the chain of the audit log. Exit code 1 where a line was changed or taken out.

    The last hash, written down elsewhere now and then, shows whether lines were cut off the end.
    """
    from teiden.web.guard import audit as log

    path = folder / log.FILE
    try:
        lines, last = log.verify(path)
    except log.Broken as error:
        click.echo(f"{path}: {error}", err=True)
        raise SystemExit(console.BROKEN) from None
    except OSError as error:
        raise console.NotCarriedOut(f"{path}: {error.strerror}") from None
    click.echo(t("{path}: whole, {lines} lines, the last is {last}", path=path, lines=lines, last=last))


@contextmanager
def _accounts(folder: Path) -> Iterator[Accounts]:
    from realtime.extra import ExtraMissing, needed

    try:
        needed("web", "argon2")
    except ExtraMissing as why:
        raise console.NotCarriedOut(str(why)) from None
    from teiden.web.guard.accounts import Accounts, NotPossible

    try:
        yield Accounts(folder)
    except NotPossible as error:
        raise console.NotCarriedOut(str(error)) from None


def _password(stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt(
        t("Password"), hide_input=True, confirmation_prompt=t("The same once more"), err=True
    )
    return typed
