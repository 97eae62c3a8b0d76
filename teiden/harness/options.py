"""The options that stories take from pytest: the room, the seed, where failures leave their artifacts."""

from __future__ import annotations

import argparse
import os
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from teiden.language.say import LANGUAGES, speaking

if TYPE_CHECKING:
    import pytest

ROOMS = ("sim", "snmp")
LANGUAGE = "TEIDEN_LANG"
ARTIFACTS = "teiden_artifacts"


def _seed(text: str) -> int:
    if not text.isascii() or not text.isdecimal():
        raise argparse.ArgumentTypeError(f"`{text}` is not a seed: a whole number from 0 on")
    return int(text)


SHORT: dict[str, dict[str, Any]] = {
    "--room": {
        "dest": "teiden_room",
        "choices": ROOMS,
        "default": "sim",
        "help": "The room for stories in files: sim, in virtual time; snmp, over real sockets.",
    },
    "--rate": {
        "dest": "teiden_rate",
        "type": float,
        "default": 10.0,
        "metavar": "N",
        "help": "With --room snmp: seconds of a story in one of yours, at most 50. Default: 10.",
    },
    "--seed": {
        "dest": "teiden_seed",
        "type": _seed,
        "metavar": "N",
        "help": "Of all chance in the room; without it each story's own seed.",
    },
}
"""Options with a name that others may want too; each is also `--teiden-...`, which nobody else has."""


def add(parser: pytest.Parser) -> None:
    """What nobody else is called."""
    group = parser.getgroup("teiden", "rehearsing power cuts (Teiden)")
    for name, settings in SHORT.items():
        group.addoption(name.replace("--", "--teiden-"), **settings)
    group.addoption(
        "--teiden-artifacts",
        dest=ARTIFACTS,
        metavar="DIR",
        help="Of each failure DIR/ITEM/events.jsonl, timeline.svg and report.html.",
    )
    parser.addini(ARTIFACTS, "folder for --teiden-artifacts, from the rootdir; always written then")


def add_short(parser: pytest.Parser) -> None:
    """`--room`, `--rate` and `--seed`, where they are still free."""
    group = parser.getgroup("teiden")
    for name, settings in SHORT.items():
        with suppress(ValueError, argparse.ArgumentError):
            group.addoption(name, **settings)


@dataclass(frozen=True)
class Settings:
    """What was asked for on the command line and in the project's settings."""

    room: str
    rate: float
    seed: int | None
    """None: each story's own."""
    artifacts: Path | None
    """An absolute path."""
    language: str
    """What a person reads of a failure is told in it."""

    @classmethod
    def of(cls, config: pytest.Config) -> Settings:
        artifacts = None
        if folder := config.getoption(ARTIFACTS):
            artifacts = config.invocation_params.dir / folder
        elif folder := config.getini(ARTIFACTS):
            artifacts = config.rootpath / folder
        return cls(
            config.getoption("teiden_room"),
            config.getoption("teiden_rate"),
            config.getoption("teiden_seed"),
            artifacts,
            os.environ.get(LANGUAGE) or "en",
        )

    def speaking(self) -> AbstractContextManager[None]:
        """A language that we do not speak is refused before anything is played."""
        return speaking(self.language if self.language in LANGUAGES else "en")


def shown(path: str | os.PathLike[str]) -> str:
    """The path as one would type it here; as it is, where it lies elsewhere."""
    with suppress(ValueError):  # another drive
        near = os.path.relpath(path)
        if not near.startswith(os.pardir):
            return near
    return os.fspath(path)
