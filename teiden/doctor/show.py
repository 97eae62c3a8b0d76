"""What was found, as a table for a terminal of eighty columns, or as JSON for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from teiden.doctor.examine import Examined
from teiden.doctor.finding import Level, Row
from teiden.doctor.registry import Kind, all_checks
from teiden.doctor.steps import Taken, missing, taken
from teiden.language.say import said, t
from teiden.plan.columns import folded, width

WIDE = 80
MARKS = {Level.OK: "ok", Level.WARN: "warn", Level.FAIL: "FAIL"}
COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
LONGEST_MARK = 4
NOTHING = "-"
"""Of a step: there was nothing to look at."""
MOST_REPEATED = 20
"""Of those that failed, at the end: in a hall whose network is down it would be hundreds."""


def table(found: Examined, *, wide: int = WIDE) -> Iterator[tuple[Level | None, str]]:
    """Lines, each with the level whose mark begins it; None for all others."""
    titles = max((width(row.title) for row in found.rows), default=0)
    for (kind, subject), rows in groupby(found.rows, key=lambda row: (row.kind, row.subject)):
        yield None, _heading(kind, subject)
        for row in rows:
            yield from _lines(row, titles, wide)
    yield None, ""
    failed = [row for row in found.rows if row.level is Level.FAIL]
    for row in failed[:MOST_REPEATED]:
        yield Level.FAIL, f"{MARKS[row.level]}  {_heading(row.kind, row.subject)}: {row.title}"
    if len(failed) > MOST_REPEATED:
        yield None, t("and {n} more", n=len(failed) - MOST_REPEATED)
    yield None, summary(found)


def by_steps(found: Examined, *, wide: int = WIDE) -> Iterator[tuple[Level | None, str]]:
    """The steps in which a site is brought up, what is not well under each, and the one that comes next."""
    steps = taken(found.rows)
    for step in steps:
        mark = NOTHING if step.level is None else MARKS[step.level]
        yield step.level, f"{step.number:2}  {mark:<{LONGEST_MARK}}  {said(step.step.title)}"
        wrong = [row for row in step.rows if row.level is not Level.OK]
        for row in wrong[:MOST_REPEATED]:
            about = f"{_heading(row.kind, row.subject)}: {row.title}"
            for at, line in enumerate(folded(f"{about}: {row.words}", wide - 14)):
                yield None, " " * (10 if at == 0 else 12) + line
        if len(wrong) > MOST_REPEATED:
            yield None, " " * 10 + t("and {n} more", n=len(wrong) - MOST_REPEATED)
    first = missing(steps)
    yield None, ""
    if first is None:
        yield None, t("every step is done")
    else:
        yield None, t("next: step {n}, {title}", n=first.number, title=said(first.step.title))
    yield None, summary(found)


def _heading(kind: str, subject: str) -> str:
    if kind == Kind.NODE.value:
        return t("{node}, this node", node=subject)
    return t("{site}, the site", site=subject) if kind == Kind.SITE.value else subject


def _lines(row: Row, titles: int, wide: int) -> Iterator[tuple[Level | None, str]]:
    mark = f"  {MARKS[row.level]:<{LONGEST_MARK}}  {row.title}{' ' * (titles - width(row.title))}  "
    blank = " " * width(mark)
    words = folded(row.words, wide - len(blank)) or [""]
    yield row.level, mark + words[0]
    for line in words[1:]:
        yield None, blank + line
    for at, line in enumerate(folded(row.do, wide - len(blank) - 2)):
        yield None, blank + ("> " if at == 0 else "  ") + line


def summary(found: Examined) -> str:
    return t(
        "{fail} failed, {warn} to look at, {ok} well",
        fail=found.count(Level.FAIL),
        warn=found.count(Level.WARN),
        ok=found.count(Level.OK),
    )


def as_json(found: Examined, *, site: str, site_hash: str, node: str) -> str:
    told = {
        "site": site,
        "site_hash": site_hash,
        "node": node,
        "holds": found.exit_code == 0,
        "rows": [_data(row) for row in found.rows],
        "steps": [_step(step) for step in taken(found.rows)],
        "why": {check.id: check.why for check in all_checks()},
    }
    return json.dumps(told, ensure_ascii=False, allow_nan=False, indent=2)


def _step(step: Taken) -> dict[str, object]:
    level = None if step.level is None else step.level.value
    return {"step": step.number, "title": step.step.title, "level": level, "checks": list(step.step.checks)}


def _data(row: Row) -> dict[str, str]:
    return {
        "check": row.check,
        "kind": row.kind,
        "subject": row.subject,
        "level": row.level.value,
        "title": row.title,
        "found": row.words,
        "do": row.do,
    }
