"""The numbers of a run that belong under its title."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from teiden.language.say import t
from teiden.plots.outages import Outage, all_in, all_off, restored, stopped
from teiden.plots.planned import Planned
from teiden.plots.rows import Row
from teiden.plots.time_axis import told
from teiden.plots.zero import Clock, wanted

FULL_PCT = 99.5
MOST_NIGHTS = 3


@dataclass(frozen=True, slots=True)
class Number:
    """`trouble`: to be read first."""

    text: str
    trouble: bool = False


def headline(
    darks: Sequence[Outage],
    rows: Sequence[Row],
    lowest: tuple[str, float] | None,
    plans: Sequence[Planned] = (),
    off: Collection[str] = (),
    clock: Clock | None = None,
) -> list[Number]:
    """Each in a few words. `lowest`: the UPS with the least charge, and that charge.

    `plans`: nights and requests, told where the mains stay on; `off`: who is meant to be off at the end.
    """
    if darks:
        found = list(_one_outage(rows, darks[0], off) if len(darks) == 1 else _many_outages(rows, darks, off))
    else:
        found = list(_planned(rows, plans, off, clock if clock is not None else Clock(None)))
    if lowest is not None and (darks or lowest[1] < FULL_PCT):
        battery = Number(
            t("lowest battery {ups} {pct} %", ups=lowest[0], pct=f"{lowest[1]:.0f}"), trouble=lowest[1] < 0.5
        )
        found.insert(min(len(found), 2), battery)
    return found


# Outages


def _one_outage(rows: Sequence[Row], outage: Outage, off: Collection[str]) -> Iterator[Number]:
    if not stopped(rows, outage):
        yield _nothing(outage)
        return
    yield from _control(rows, outage)
    dark = all_off(rows, outage)
    if dark is not None:
        yield Number(t("all off at {time}", time=told(dark - outage.lost)))
    yield _service(rows, outage, off)


def _nothing(outage: Outage) -> Number:
    if outage.back is None:
        return Number(t("nothing is stopped"))
    away = told(outage.back - outage.lost)
    if outage.returns:
        n = len(outage.returns) + 1
        return Number(t("mains away {n} times within {time}, nothing is stopped", n=n, time=away))
    return Number(t("mains away {time}, nothing is stopped", time=away))


def _control(rows: Sequence[Row], outage: Outage) -> Iterator[Number]:
    """The site stops when its last node does; while the cluster runs on, only that node has stopped."""
    nodes = [row for row in rows if row.device.kind == "node"]
    stop = all_in(nodes, "off", outage.lost, outage.until)
    if stop is not None:
        yield Number(t("control site stopped {time} after mains lost", time=told(stop - outage.lost)))
        return
    clusters = [row for row in rows if row.device.kind == "cluster"]
    down = [row for row in stopped(rows, outage) if row.device.kind == "node"]
    halts = [bar.t0 for row in down for bar in row.bars if bar.state == "off" and bar.t0 >= outage.lost]
    if halts and clusters and not any(row in stopped(rows, outage) for row in clusters):
        names, cluster = ", ".join(row.name for row in down), clusters[0].name
        time = told(min(halts) - outage.lost)
        stop_and_go = t("{names} stopped {time} after mains lost", names=names, time=time)
        yield Number(t(", ").join((stop_and_go, t("{cluster} runs on", cluster=cluster))))


def _service(rows: Sequence[Row], outage: Outage, off: Collection[str]) -> Number:
    if outage.back is None:
        return Number(t("mains not back by the end"))
    up = restored(rows, outage)
    if up is None:
        return _missing(rows, outage, off)
    if up <= outage.back:
        return Number(t("service restored {time} after mains return", time=told(0.0)))
    return Number(t("service restored {time} after mains return", time=told(up - outage.back)))


def _missing(rows: Sequence[Row], outage: Outage, off: Collection[str]) -> Number:
    """Who is not back at the end; that is trouble unless somebody wanted it."""
    last = max(bar.t1 for row in rows for bar in row.bars)
    missing = [
        row.name for row in stopped(rows, outage) if row.bars[-1].state != "running" or row.bars[-1].t1 < last
    ]
    wanted_up = [name for name in missing if name not in off]
    if missing and not wanted_up:
        return Number(t("meant to stay off: {names}", names=_some(missing)))
    if not missing:
        return Number(t("service not restored"), trouble=True)
    return Number(t("not restored: {names}", names=_some(wanted_up)), trouble=True)


def _some(names: Sequence[str]) -> str:
    some = ", ".join(names[:4])
    return some if len(names) <= 4 else t("{names} and {n} more", names=some, n=len(names) - 4)


def _many_outages(rows: Sequence[Row], darks: Sequence[Outage], off: Collection[str]) -> Iterator[Number]:
    """How long each took; where the next one came first, only how long the last took."""
    yield Number(t("{n} outages", n=len(darks)))
    last = darks[-1]
    times = [_took(rows, dark) for dark in darks]
    if times[-1] is None:
        yield _service(rows, last, off)
    elif None in times:
        yield Number(t("service restored {time} after the last mains return", time=times[-1]))
    else:
        some = ", ".join(filter(None, times[:4])) + (", ..." if len(times) > 4 else "")
        yield Number(t("service restored {time} after mains return", time=some))


def _took(rows: Sequence[Row], dark: Outage) -> str | None:
    """None: not before the mains went again, or not at all."""
    if not stopped(rows, dark):
        return t("at once")
    up = restored(rows, dark) if dark.back is not None else None
    return None if up is None or dark.back is None else told(up - dark.back)


# Nights and requests


def _planned(
    rows: Sequence[Row], plans: Sequence[Planned], off: Collection[str], clock: Clock
) -> Iterator[Number]:
    if not plans:
        yield Number(t("the mains stay on, nothing is stopped"))
    elif len(plans) == 1:
        yield from _one_plan(rows, plans[0], off, clock)
    else:
        for plan in plans[:MOST_NIGHTS]:
            parts = [number.text for number in _one_plan(rows, plan, off, clock)]
            yield Number(t(", ").join((parts[0], parts[-1])))
        if len(plans) > MOST_NIGHTS:
            yield Number(t("and {n} more", n=len(plans) - MOST_NIGHTS))


def _one_plan(rows: Sequence[Row], plan: Planned, off: Collection[str], clock: Clock) -> Iterator[Number]:
    begun, until = plan.window.lost, plan.window.until
    what = wanted(plan.asked, clock)
    yield Number(
        what
        if plan.asked.name == "schedule.fired"
        else t("{what} at {time}", what=what, time=clock.short(begun))
    )
    upses = [row for row in rows if row.group == "UPS"]
    falls = [b.t0 for row in upses for b in row.bars if b.state == "off" and begun <= b.t0 < until]
    if falls:
        first, last = told(min(falls) - begun), told(max(falls) - begun)
        if first == last:
            yield Number(t("power off {time} later", time=first))
        else:
            yield Number(t("power off {first} to {last} later", first=first, last=last))
    up = restored(rows, plan.window)
    if up is not None and up > begun:
        yield Number(t("all up at {time}", time=clock.short(up)))
    else:
        yield _missing(rows, plan.window, off)
