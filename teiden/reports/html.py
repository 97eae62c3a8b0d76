"""A run as one page for a browser: the verdict, an interactive timeline, the table, the numbers, the events.

The page is a file that needs nothing else: no server, no network, no font. Everything is in it without a
script too; the script only zooms, points and filters. A policy in its head allows that script and that style
sheet, by their hashes, and nothing else. The same run gives the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from teiden import report
from teiden.language.say import language, t
from teiden.plots import time_axis
from teiden.reports import batteries, findings, listing, paint, strokes
from teiden.reports import clock as on_clock
from teiden.reports.legend import legend
from teiden.reports.picture import Picture, picture, together
from teiden.reports.scene import Scene, scene
from teiden.reports.words import words

if TYPE_CHECKING:
    from jinja2 import Environment

    from teiden.rehearsal import Rehearsal

PARTS = "page"
"""The folder with templates, style sheet and script."""
SCRIPTS = ("draw.js", "cursor.js", "lists.js")
"""One script, in this order."""


def page(rehearsal: Rehearsal) -> str:
    """The whole page, in the language of this run."""
    told = scene(rehearsal)
    style = f"{paint.variables()}{paint.rules()}{_part('page.css')}"
    script = "\n\n".join(_part(name) for name in SCRIPTS)
    return (
        _environment()
        .get_template("page.html")
        .render(
            lang=language(),
            w=SimpleNamespace(**words()),
            policy=_policy(script, style),
            style=_as_it_is(style),
            script=_as_it_is(script),
            head=_head(rehearsal, told),
            **_timeline(told),
            **_lists(rehearsal, told),
        )
    )


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _as_it_is(text: str) -> Any:
    """Ours, from a file of the package: not escaped, so it must not end its own element."""
    from markupsafe import Markup

    assert "</" not in text, "would end the element it stands in"
    return Markup(text)


@cache
def _part(name: str) -> str:
    return (files(__package__) / PARTS / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_part),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _head(rehearsal: Rehearsal, told: Scene) -> dict[str, Any]:
    story = rehearsal.story
    started = next((e.details for e in rehearsal.events if e.name == "run.started"), {})
    versions = started.get("versions")
    return {
        "sentence": story.sentence,
        "name": story.name,
        "holds": rehearsal.verdict.holds,
        "summary": rehearsal.spoken.summary(),
        "numbers": told.numbers,
        "file": f"{story.place.file}:{story.place.line}" if story.place is not None else "",
        "site": story.site.name,
        "site_file": story.site_file,
        "hash": story.site_hash,
        "start": story.start.isoformat(sep=" "),
        "seed": rehearsal.seed,
        "versions": versions if isinstance(versions, dict) else {},
        "covers": story.covers,
        "parameters": story.parameters,
        "replay": report.replay(rehearsal),
    }


def _timeline(told: Scene) -> dict[str, Any]:
    drawn = picture(told)
    panel = batteries.panel(told, drawn.low)
    clock, axis = told.clock, told.axis
    ticks = [
        (told.u(at_s), on_clock.since(clock, at_s), on_clock.of_day(clock, at_s, short=True))
        for at_s in axis.ticks(clock.zero, 0.78)
    ]
    cuts = [
        (
            told.u(before.t1),
            told.u(after.t0),
            t("{time} cut out, nothing happens", time=time_axis.told(after.t0 - before.t1)),
        )
        for before, after in axis.gaps
    ]
    knots = [[round(at_s, 3), told.u(at_s)] for piece in axis.pieces for at_s in (piece.t0, piece.t1)]
    start = clock.start
    return {
        "pic": drawn,
        "panel": panel,
        "ticks": ticks,
        "cuts": cuts,
        "shades": list(_shades(drawn, panel.low)),
        "legend": legend(drawn),
        "hatches": paint.hatches(),
        "hatched": [hatch.state for hatch in paint.hatches()],
        "strokes": strokes,
        "moments": [moment for moment, _ in together(told)],
        "since": told.since,
        "date": "" if start is None else t("clock {date}", date=f"{clock.at(clock.zero):%Y-%m-%d}"),
        "data": json.dumps(
            {
                "knots": knots,
                "zero": clock.zero,
                "run": list(told.run),
                "start": None if start is None else on_clock.start_ms(start),
                "offsets": [] if start is None else on_clock.offsets(start, told.run[1]),
            }
        ),
    }


def _shades(drawn: Picture, low: float) -> Iterator[dict[str, float]]:
    """A feed darkens the whole panel; the input of one UPS only its row."""
    told = drawn.scene
    at = {name: lane.y for lane in drawn.lanes for name in lane.row.names}
    for dark in told.shades:
        end = told.axis.t1 if dark.t1 is None else dark.t1
        if end > told.axis.t0 and dark.t0 < told.axis.t1:
            one = dark.subject in at
            y, high = (at[dark.subject] - drawn.pitch / 2, drawn.pitch) if one else (0.0, low)
            yield {"a": told.u(dark.t0), "b": told.u(end), "y": y, "high": high}


def _lists(rehearsal: Rehearsal, told: Scene) -> dict[str, Any]:
    found = listing.events(rehearsal, told.clock)
    file = rehearsal.story.place.file if rehearsal.story.place is not None else rehearsal.story.name
    notice = t(
        "{n} events share {lines} lines here, without readings, steps and rows of the journal. "
        "All of them: teiden run {file} --events FILE",
        n=found.of,
        lines=len(found.lines),
        file=file,
    )
    return {
        "rows": listing.told(rehearsal, told.clock),
        "stream": found,
        "notice": notice if found.folded else "",
        "failures": findings.failures(rehearsal),
        "causes": findings.why(rehearsal),
        "expectations": findings.expectations(rehearsal),
        "invariants": findings.invariants(rehearsal),
        "margins": findings.margins(rehearsal),
        "lowest": findings.lowest(rehearsal),
    }
