"""What every command shares: where words go, what a terminal can show, and the exit codes."""

from __future__ import annotations

import codecs
import os
import re
import shutil
import sys
from collections.abc import Iterable
from functools import cache

import click

from teiden.language.say import language, speaking, t

HOLDS, BROKEN, WRONG_INPUT, NOT_DONE, INTERRUPTED = 0, 1, 2, 3, 130
"""All hold; something checked does not; the input is wrong; it could not be carried out; Ctrl-C."""
PIPE_CLOSED = 141
"""As a shell reports a program whose reader has gone (128 + SIGPIPE)."""

EXAMPLE = "\b\nExample, from a clone:\n  ./run teiden {}"

PLAIN = str.maketrans({"─": "-", "│": "|", "├": "+", "└": "`", "━": "=", "█": "#", "░": ".", "→": ">"})


class NotCarriedOut(Exception):
    """The input is right, but the machine does not let us: exit code 3."""


def example(command: str) -> str:
    """The last lines of a command's help."""
    return EXAMPLE.format(command)


def speak_to_anybody() -> None:
    """A terminal or pipe that cannot write Japanese gets a `?`, never a traceback."""
    codecs.register_error("teiden", _nearest)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="teiden")


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(PLAIN)
    return "".join(c if c.isascii() else "?" for c in text), error.end


def speak_utf8() -> None:
    """For what machines read: JSON is UTF-8, whatever the locale."""
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="strict", newline="\n")


def stop_speaking() -> None:
    """The reader has gone: what is still in the buffer goes nowhere, and nobody complains."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def is_terminal(*, plain: bool = False) -> bool:
    """A person reads along, and the terminal can move its cursor."""
    return not plain and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def columns(*, plain: bool = False) -> int | None:
    """How wide the terminal is; None: it goes into a file or a pipe."""
    return shutil.get_terminal_size().columns if is_terminal(plain=plain) else None


def in_colour(*, plain: bool = False) -> bool:
    return is_terminal(plain=plain) and not os.environ.get("NO_COLOR")


Style = dict[str, str | bool]


@cache
def colours(lang: str) -> tuple[tuple[re.Pattern[str], Style], ...]:
    """What stands out in a report, in the words of this language."""
    with speaking(lang):
        keys = _any(t("broken"), t("was"), t("also"), t("cause"), t("replay"))
        after, clock, what, because = t("after"), t("clock"), t("what"), t("because")
        troubles = _any(t("CRASHED"), t("LOST DATA"), t("battery empty"), t("timed out"))
        notes = _any(t("alarm"), t("refused"), t("failed"))
        told: tuple[tuple[str, Style], ...] = (
            (rf"^{t('HOLDS')}(?!\S)", {"fg": "green", "bold": True}),
            (rf"^{t('BROKEN')}(?!\S)", {"fg": "red", "bold": True}),
            (rf"^{keys}(?!\S)", {"bold": True}),
            (rf"^ +{after} +(?:{clock} +)?{what} +{because}$", {"dim": True}),
            (r"^  > .*", {"bold": True}),
            (rf"{t('BROKEN {rule}', rule=RULE)}:|{troubles}|{t('forced {how}', how=HOW)}", {"fg": "red"}),
            (rf"{notes}: [^\s].*?(?=  |$)|{t('low battery')}", {"fg": "yellow"}),
        )
    return tuple((re.compile(pattern), style) for pattern, style in told)


RULE, HOW = r"[\w-]+", r"\w+"


def _any(*words: str) -> str:
    return f"(?:{'|'.join(map(re.escape, words))})"


def say(lines: Iterable[str], *, colour: bool = False, err: bool = False) -> None:
    """Print lines of a report; `colour` where a person reads them."""
    for line in lines:
        click.echo(coloured(line) if colour else line, err=err, color=True if colour else None)


def coloured(line: str) -> str:
    for pattern, style in colours(language()):
        line = pattern.sub(lambda found, style=style: click.style(found[0], **style), line)  # type: ignore[misc]
    return line
