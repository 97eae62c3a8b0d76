"""Holds every check against what it is about, all at the same time, within one limit for the whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from teiden.doctor.context import Context
from teiden.doctor.finding import Level, Row
from teiden.doctor.registry import Check, Kind, all_checks
from teiden.language.say import said, t

LIMIT_S = 120.0
"""For all of it. Forty-eight devices at a time, each silent to its limit, are some hundreds in this time."""

Told = Callable[[int, int], None]
"""How many are done, of how many."""


@dataclass(frozen=True)
class Examined:
    rows: tuple[Row, ...]
    """Grouped by what they are about: the site, this node, the cluster, then every device."""
    checks: int

    def count(self, level: Level) -> int:
        return sum(row.level is level for row in self.rows)

    @property
    def exit_code(self) -> int:
        return 1 if self.count(Level.FAIL) else 0


def subjects(ctx: Context) -> list[tuple[Kind, str]]:
    """Everything that is examined, in the order of the rows."""
    site = ctx.site
    return [
        (Kind.SITE, site.name),
        (Kind.NODE, ctx.me),
        (Kind.CLUSTER, site.cluster.name),
        *((Kind.UPS, name) for name in site.upses),
        *((Kind.ARRAY, name) for name in site.arrays),
        *((Kind.SERVER, name) for name in site.servers),
    ]


async def examine(
    ctx: Context,
    *,
    only: Sequence[str] = (),
    limit_s: float = LIMIT_S,
    told: Told = lambda done, all_: None,
) -> Examined:
    """`only`: names of devices; nothing: all of them, and what the site is as a whole."""
    about = [(kind, name) for kind, name in subjects(ctx) if not only or name in only]
    jobs = [(check, name) for kind, name in about for check in all_checks() if check.kind is kind]
    tasks = [asyncio.create_task(_held(ctx, check, name)) for check, name in jobs]
    done = 0

    def one_more(_: object) -> None:
        nonlocal done
        done += 1
        told(done, len(tasks))

    for task in tasks:
        task.add_done_callback(one_more)
    if tasks:
        await asyncio.wait(tasks, timeout=limit_s)
    rows: list[Row] = []
    for (check, name), task in zip(jobs, tasks, strict=True):
        rows += await _rows(check, name, task, limit_s)
    return Examined(tuple(rows), len(jobs))


async def _rows(check: Check, name: str, task: asyncio.Task[list[Row]], limit_s: float) -> list[Row]:
    if task.done():
        return task.result()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    late = t("not finished within {limit:g} s", limit=limit_s)
    do = t("look at this one alone: --only {name}", name=name)
    return [Row(check.id, said(check.title), check.kind.value, name, Level.FAIL, late, do)]


async def _held(ctx: Context, check: Check, name: str) -> list[Row]:
    """A file of this machine that this user may not read is a row too."""
    title, kind, rows = said(check.title), check.kind.value, list[Row]()
    try:
        async for f in check.look(ctx, name):
            rows.append(Row(check.id, title, kind, name, f.level, f.words, f.do))
    except PermissionError as error:
        words = t("{path}: this user may not look", path=error.filename)
        rows.append(Row(check.id, title, kind, name, Level.WARN, words, t("run it as the service's user")))
    return rows
