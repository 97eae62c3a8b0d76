"""Checks of the outlets: somebody confirmed what hangs on which UPS, for the UPSes of today's site file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.doctor.wiring import Record, read, wired
from teiden.language.say import t

WHY = """
    A cable in the wrong outlet makes every proof worthless: the wrong machine is cut, running. No
    protocol tells which plug is where; somebody pulls one supply at a time and watches.
    """


@cache
def record(path: str) -> Record:
    return read(Path(path))


async def _of_device(ctx: Context, name: str) -> Rows:
    if not ctx.wiring:
        return
    told, asked = record(ctx.wiring).get(name, {}), wired(ctx.site)[name]
    do = t(
        "pull the plug of one supply at a time, watch, and write it into {file}", file=Path(ctx.wiring).name
    )
    stale = sorted(set(told) - set(asked))
    missing = [ups for ups in asked if ups not in told or not told[ups].whole]
    if stale:
        words = t(
            "confirmed for other UPSes ({then}); the site file says {now}",
            then=", ".join(stale),
            now=", ".join(asked),
        )
        yield warn(words, do)
    elif missing:
        yield warn(t("not confirmed: {upses}", upses=", ".join(missing)), do)
    else:
        yield ok(t(", ").join(f"{ups} ({told[ups].by}, {told[ups].at})" for ups in asked))


@check("server.outlets", Kind.SERVER, "outlets", why=WHY)
async def of_server(ctx: Context, name: str) -> Rows:
    async for found in _of_device(ctx, name):
        yield found


@check("array.outlets", Kind.ARRAY, "outlets", why=WHY)
async def of_array(ctx: Context, name: str) -> Rows:
    async for found in _of_device(ctx, name):
        yield found


@check("site.outlets", Kind.SITE, "outlets", why=WHY)
async def of_site(ctx: Context, name: str) -> Rows:
    if not ctx.wiring:
        yield warn(
            t("nobody has recorded what hangs on which UPS"),
            t("`teiden doctor SITE --write-wiring FILE` makes a form; fill it in, then --wiring FILE"),
        )
        return
    for switch in ctx.site.switches:
        async for found in _of_device(ctx, switch):
            yield type(found)(found.level, f"{switch}: {found.words}", found.do)
    strange = sorted(record(ctx.wiring).keys() - wired(ctx.site).keys())
    if strange:
        yield warn(
            t(
                "{file} names what is not in the site: {devices}",
                file=Path(ctx.wiring).name,
                devices=", ".join(strange),
            ),
            t("make the form anew with --write-wiring: what still fits is kept"),
        )
