"""How close it was, and what held: `tables.margins`, `lowest_charge`, `invariants`, `expectations`.

A rehearsal brings its verdict along. Any other run, a recorded one of the real room too, is judged here,
for which the site is needed: a file's path, or what `load_site` gave. Texts are English, as in all tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from sequencer.site import Site
from teiden.tables.runs import of_runs
from teiden.tables.schemas import (
    EXPECTATIONS,
    INVARIANTS,
    LOWEST_CHARGE,
    MARGINS,
    TEXT,
    Column,
    names,
)
from teiden.tables.told import Kept, Rehearsed, told

if TYPE_CHECKING:
    import pandas as pd

    from teiden.files.site_file import SiteFile
    from teiden.judge.verdict import ExpectationResult, Verdict

AnySite: TypeAlias = "Site | SiteFile | str | os.PathLike[str]"


@of_runs
def margins(source: Kept, *, site: AnySite | None = None) -> pd.DataFrame:
    """`key, label, value_s, plan_s, limit_s`: those that this run has; see `schemas.MARGINS`."""
    found = verdict(source, site).margins.margins
    return _frame(MARGINS, ((m.key, m.label, m.value_s, m.plan_s, m.limit_s) for m in found))


@of_runs
def lowest_charge(source: Kept, *, site: AnySite | None = None) -> pd.DataFrame:
    """`ups, charge_pct`: of each battery, from the loss of mains on, in the order of the site file."""
    return _frame(LOWEST_CHARGE, verdict(source, site).margins.lowest_charge.items())


@of_runs
def invariants(source: Kept, *, site: AnySite | None = None) -> pd.DataFrame:
    """`id, sentence, status, ok, declared, put_to_test, happened`; see `schemas.INVARIANTS`."""
    from teiden.language.say import speaking

    judged = verdict(source, site)
    with speaking("en"):
        rows = [
            (r.id, r.sentence, r.status.value, r.ok, r.declared, r.put_to_test, r.happened)
            for r in judged.invariants
        ]
    return _frame(INVARIANTS, rows)


@of_runs
def expectations(source: Kept) -> pd.DataFrame:
    """`file, line, kind, expected, status, ok, happened`; a chain of the story has a row for each pair.

    Expectations stand in the story, so they are known of a rehearsal only.
    """
    if not isinstance(source, Rehearsed):
        raise TypeError("expectations stand in the story and not in the stream: it takes a rehearsal")
    return _frame(EXPECTATIONS, map(_expectation, source.verdict.expectations))


def _expectation(r: ExpectationResult) -> tuple[str | int, ...]:
    kind = type(r.expectation).__name__.lower()
    return r.place.file, r.place.line, kind, r.expected, r.status.value, r.ok, r.happened


def verdict(source: Kept, site: AnySite | None) -> Verdict:
    """The one a rehearsal has, or that of the judge on this stream and this site."""
    if isinstance(source, Rehearsed):
        return source.verdict
    if site is None:
        raise TypeError("a run is judged by its site: give site=, or a rehearsal, which knows its own")
    from teiden.judge.verdict import judge
    from teiden.language.say import speaking

    with speaking("en"):
        return judge(told(source).events(), _built(site))


def _built(site: AnySite) -> Site:
    if isinstance(site, str | os.PathLike):
        from teiden.files.site_file import load_site

        return load_site(site).site
    return site if isinstance(site, Site) else site.site


def _frame(schema: Sequence[Column], rows: Iterable[tuple[Any, ...]]) -> pd.DataFrame:
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=names(tuple(schema)))
    return frame.astype({c.name: "str" if c.type == TEXT else c.type for c in schema})
