"""The `--lang` option: which language a command speaks to its reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from teiden.language.say import LANGUAGES, speaking

F = TypeVar("F", bound=Callable[..., Any])

VARIABLE = "TEIDEN_LANG"


def lang(command: F) -> F:
    """Add `--lang`. The locale does not count: what a machine prints in CI must not hang on it."""
    option = click.option(
        "--lang",
        type=click.Choice(LANGUAGES),
        envvar=VARIABLE,
        show_envvar=True,
        is_eager=True,
        expose_value=False,
        callback=_speak,
        help="Language of what a person reads; events and JSON stay English.",
    )
    return option(command)


def _speak(ctx: click.Context, option: click.Parameter, wanted: str | None) -> None:
    """For the whole command line, so that an error after the command's own end is said in it too."""
    if wanted is not None:
        ctx.find_root().with_resource(speaking(wanted))
