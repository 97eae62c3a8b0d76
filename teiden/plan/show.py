"""What `teiden plan SITE` prints: STOP, START, BATTERIES and the schedules."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from sequencer.schedules import Schedule
from sequencer.site import Site
from sim.model import Model
from teiden.language.say import speaking, t
from teiden.plan.arithmetic import number
from teiden.plan.batteries import BatteryLine, battery_needs
from teiden.plan.columns import columns
from teiden.plan.runbook import night
from teiden.plan.start import plan_start
from teiden.plan.step import PlannedStep
from teiden.plan.stop import Stop, plan_stop

WIDEST_WHO = 25
"""`blade1 blade2 rack1 rack2` still stands in full."""


class SiteFile(Protocol):
    @property
    def site(self) -> Site: ...
    @property
    def model(self) -> Model: ...


@dataclass(frozen=True)
class Plan:
    site: Site
    stop: Stop
    start: tuple[PlannedStep, ...]
    batteries: tuple[BatteryLine, ...]


def plan(site_file: SiteFile) -> Plan:
    site = site_file.site
    return Plan(site, plan_stop(site), tuple(plan_start(site, site_file.model)), tuple(battery_needs(site)))


def main_text(site_file: SiteFile) -> str:
    return render(plan(site_file))


def main_json(site_file: SiteFile) -> str:
    """The same numbers, for scripts: in English, whoever asks."""
    with speaking("en"):
        return json.dumps(as_dict(plan(site_file)), indent=2, ensure_ascii=False)


def render(planned: Plan) -> str:
    blocks = [_stop(planned.stop), _start(planned), _batteries(planned.batteries)]
    blocks += [[_schedule(planned.site, s)] for s in planned.site.schedules.values()]
    return "\n\n".join("\n".join(lines) for lines in blocks if lines) + "\n"


def _stop(stop: Stop) -> list[str]:
    rows = [(t("from"), t("until"), t("who"), t("what"), t("waits for"), t("margin"))]
    for step in stop.steps:
        margin = "" if step.margin_s is None else t("{n} s", n=f"{step.margin_s:+.0f}")
        rows.append((*_times(step), short(step.who), step.what, step.waits_for or "-", margin))
    head = t("STOP, whole site (seconds after mains lost; limits, not typical values)")
    return [head, *_steps(rows, ">"), sums(stop)]


def sums(stop: Stop) -> str:
    """`needs 750 s, has 900 s: margin 150 s`: whether the control side outlives the linked one."""
    if not stop.needs_s:
        return t("nothing but the control side stops")
    needs, has = number(stop.needs_s), number(stop.has_s)
    if stop.margin_s < 0:
        lacks = number(-stop.margin_s)
        return t(
            "needs {needs} s, has {has} s: {n} s short; see `teiden check`", needs=needs, has=has, n=lacks
        )
    return t(
        "needs {needs} s, has {has} s: margin {n} s ({late} s when every look comes late)",
        needs=needs,
        has=has,
        n=number(stop.margin_s),
        late=number(stop.margin_s - stop.late_looks_s),
    )


def _start(planned: Plan) -> list[str]:
    if not planned.start:
        return [t("START: everything stays off until the operator's button (start: auto is false)")]
    rows = [(t("from"), t("until"), t("who"), t("what"), t("waits for"), t("limit"))]
    for step in planned.start:
        limit = "" if step.limit_s is None else t("{n} s", n=number(step.limit_s))
        rows.append((*_times(step), short(step.who), step.what, step.waits_for, limit))
    head = t(
        "START (seconds after mains restored; typical durations from model:, waits and limits from the site)"
    )
    return [head, *_steps(rows, ">")]


def _batteries(lines: Iterable[BatteryLine]) -> list[str]:
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for line in lines:
        has, margin = t("not stated"), ""
        if line.has is not None:
            has = t("{n} s", n=number(line.has.total))
            margin = t("{n} s", n=f"{line.has.total - line.needs.total:+.0f}")
        cells = (t("{n} s", n=number(line.needs.total)), has, margin, worst_case(line))
        groups.setdefault(cells, []).append(line.ups)
    rows = [(t("BATTERIES (at full load)"), t("needs"), t("has"), t("margin"), t("worst case"))]
    rows += [(f"  {short(tuple(upses))}", *cells) for cells, upses in groups.items()]
    return columns(rows, "<>>><", gaps=("", "  ", "  ", "  ", "   ")) if groups else []


def worst_case(line: BatteryLine) -> str:
    """What the longest stop of this battery is made of."""
    if line.whole_site_s is None or line.whole_site_s == line.needs.total:
        return line.needs.brief
    whole_site = number(line.whole_site_s)
    return t("own confirm {sum} (whole site: {n})", sum=line.needs.brief, n=whole_site)


def _schedule(site: Site, schedule: Schedule) -> str:
    said = " | ".join(f"{at} {what}".strip() for at, what in night(site, schedule))
    return t("SCHEDULE {name} {days}  {steps}", name=schedule.name, days=schedule.days, steps=said)


def _steps(rows: list[tuple[str, str, str, str, str, str]], last: str) -> list[str]:
    return columns(rows, f">><<<{last}", gaps=("  ", "   ", "  ", "  ", "  ", "  "))


def _times(step: PlannedStep) -> tuple[str, str]:
    return number(step.from_s), number(step.until_s)


def short(who: tuple[str, ...]) -> str:
    """Names, or of many the first and the last."""
    said = " ".join(who)
    return said if len(said) <= WIDEST_WHO else f"{who[0]} .. {who[-1]}"


def as_dict(planned: Plan) -> dict[str, Any]:
    stop = planned.stop
    return {
        "site": planned.site.name,
        "stop": [asdict(step) for step in stop.steps],
        "linked_stop": {
            "needs_s": stop.needs_s,
            "has_s": stop.has_s,
            "margin_s": stop.margin_s,
            "margin_with_late_looks_s": stop.margin_s - stop.late_looks_s,
        },
        "start": [asdict(step) for step in planned.start],
        "batteries": [dict(_battery(line)) for line in planned.batteries],
        "schedules": [
            {
                "schedule": s.name,
                "days": s.days,
                "steps": [{"at": at, "what": what} for at, what in night(planned.site, s)],
            }
            for s in planned.site.schedules.values()
        ],
    }


def _battery(line: BatteryLine) -> Iterator[tuple[str, Any]]:
    yield "ups", line.ups
    yield "needs_s", line.needs.total
    yield "has_s", None if line.has is None else line.has.total
    yield "margin_s", None if line.has is None else line.has.total - line.needs.total
    yield "worst_case", line.needs.in_words()
    yield "whole_site_s", line.whole_site_s
