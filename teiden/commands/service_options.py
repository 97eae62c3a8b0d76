"""Options of the commands that ask the service on this node: where it listens, how long they wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

SOCKET = click.option(
    "--socket",
    metavar="PATH",
    envvar="TEIDEN_SOCKET",
    show_envvar=True,
    help="Where the service listens.  [default: /run/teiden/requests.sock]",
)


def timeout(default_s: float) -> Callable[[F], F]:
    return click.option(
        "--timeout",
        "timeout_s",
        type=click.FloatRange(min=0.1, max=3600),
        default=default_s,
        show_default=True,
        metavar="SECONDS",
        help="Wait this long for an answer.",
    )
