"""Each kind of picture from the files it is made of, and which files and options fit together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from teiden.language.say import later, said, t

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sequencer.events import Event
    from teiden.plots.sweep_folder import SweepFolder


@dataclass(frozen=True, slots=True)
class Kind:
    """`takes`: how its files are written on the command line; `few`, `most`: how many there may be."""

    takes: str
    few: int
    most: int
    options: frozenset[str] = frozenset()


KINDS: Mapping[str, Kind] = {
    "timeline": Kind(later("EVENTS"), 1, 1, frozenset(("no_breaks",))),
    "waterfall": Kind(later("SITE.yaml [EVENTS]"), 1, 2),
    "comparison": Kind(later("EVENTS EVENTS"), 2, 2, frozenset(("no_breaks", "names", "everybody"))),
    "band": Kind(later("SWEEP_FOLDER"), 1, 1, frozenset(("reserve",))),
    "heat": Kind(later("SWEEP_FOLDER"), 1, 1, frozenset(("x", "y", "value"))),
    "strip": Kind(later("SWEEP_FOLDER [SITE.yaml]"), 1, 2),
}


def check(kind: str, paths: Sequence[str], given: Mapping[str, str]) -> None:
    """Refuse what does not fit together, and say what does. `given`: options by their key, as written."""
    wanted = KINDS[kind]
    if not wanted.few <= len(paths) <= wanted.most:
        takes = said(wanted.takes)
        raise click.UsageError(
            t("--as {kind} takes {takes}; files given: {n}", kind=kind, takes=takes, n=len(paths))
        )
    strange = [written for key, written in given.items() if key not in wanted.options]
    if strange:
        fits = [name for name, other in KINDS.items() if all(key in other.options for key in given)]
        hint = t("; it goes with --as {kinds}", kinds=", ".join(fits)) if fits else ""
        told = ", ".join(strange)
        raise click.UsageError(t("--as {kind} has no {options}", kind=kind, options=told) + hint)
    first = paths[0]
    if Path(first).is_dir() and "SWEEP" not in wanted.takes:
        kinds = ", ".join(name for name, other in KINDS.items() if other.takes.startswith("SWEEP"))
        raise click.UsageError(
            t("{path} is a folder: of a sweep --as {kinds} can be drawn", path=first, kinds=kinds)
        )
    if first.endswith((".yaml", ".yml")) and not wanted.takes.startswith("SITE"):
        raise click.UsageError(
            t("{path} is no {takes}: --as waterfall draws a site", path=first, takes=said(wanted.takes))
        )


def waterfall(paths: Sequence[str], **_: Any) -> Figure:
    from teiden.files.site_file import load_site
    from teiden.plots import waterfall as picture

    site = load_site(paths[0])
    events = _events(paths[1]) if len(paths) > 1 else ()
    return picture.draw(site, events or None)


def comparison(
    paths: Sequence[str], *, names: str | None, everybody: bool, no_breaks: bool, **_: Any
) -> Figure:
    from teiden.plots import comparison as picture

    a, b = (_events(path) for path in paths)
    return picture.draw(a, b, _two(names), everybody=everybody, breaks=not no_breaks)


def _two(names: str | None) -> tuple[str, str] | None:
    if names is None:
        return None
    both = [name.strip() for name in names.split(",")]
    if len(both) != 2 or not all(both):
        raise click.UsageError(t("--names takes two names, e.g. --names before,after"))
    return both[0], both[1]


def band(paths: Sequence[str], *, reserve: str | None, **_: Any) -> Figure:
    from teiden.plots import band as picture
    from teiden.plots.quantiles import reach, spread

    folder = _folder(paths[0])
    found = spread(folder.charges(), *reach(folder.charges()))
    reserve_pct = _percent(reserve) if reserve is not None else None
    return picture.draw(
        found.charges,
        runs=found.runs,
        empty=found.empty,
        lowest=found.lowest,
        reserve=reserve_pct,
        provenance=folder.provenance,
    )


def _percent(text: str) -> float:
    from teiden.files.units import UnitError, percent

    try:
        return percent(text)
    except UnitError as error:
        raise click.UsageError(f"--reserve: {error}") from None


def heat(paths: Sequence[str], *, x: str | None, y: str | None, value: str, **_: Any) -> Figure:
    from teiden.plots import heat as picture
    from teiden.plots.cells import parameters

    folder = _folder(paths[0])
    if x is None or y is None:
        varied = ", ".join(parameters(folder.runs)) or t("none")
        raise click.UsageError(t("--as heat needs --x and --y; varied: {names}", names=varied))
    return picture.draw(folder.runs, x, y, value, provenance=folder.provenance)


def strip(paths: Sequence[str], **_: Any) -> Figure:
    from teiden.files.site_file import load_site
    from teiden.plots import strip as picture
    from teiden.plots.fonts import in_words_that_print
    from teiden.plots.stretches import phases

    folder = _folder(paths[0])
    told = []
    if len(paths) > 1:
        site = load_site(paths[1]).site
        with in_words_that_print():
            told = phases(site)
    return picture.draw(folder.runs, phases=told, provenance=folder.provenance)


def _folder(path: str) -> SweepFolder:
    from teiden.plots.sweep_folder import read

    return read(path)


def _events(path: str) -> Sequence[Event]:
    from teiden.events_file import read

    return read(path).events


DRAW: Mapping[str, Callable[..., Figure]] = {
    "waterfall": waterfall,
    "comparison": comparison,
    "band": band,
    "heat": heat,
    "strip": strip,
}
