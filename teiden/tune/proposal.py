"""Tunes one site file: searches, sets the values in its text, and proves the result before it is shown."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from enum import Enum

from teiden.files.site_file import SiteFile, site_from
from teiden.files.source import InputError, Place, Problem
from teiden.files.text import FileText, read_text
from teiden.files.wording import did_you_mean, listed
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, KeyPath
from teiden.plan.batteries import battery_needs
from teiden.products import PRODUCTS
from teiden.rules.report import Report, check
from teiden.tune.case import Case, State, Values
from teiden.tune.edit import NotEditable, diff, edited, mark_of, shown
from teiden.tune.search import Stuck, search
from teiden.tune.settings import Keep, Setting, every_path, in_order, key, kind, value_of
from teiden.tune.wants import Demand, Want, warnings
from teiden.tune.ways import Ways, grouped

GRIDS_S = (10.0, 1.0)
"""Round values first; single seconds only where round ones leave no room."""


class Result(Enum):
    SAFE = "safe"
    PROPOSED = "proposed"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Row:
    """Values of one key, set alike for one and the same reason."""

    paths: tuple[KeyPath, ...]
    before: Setting
    after: Setting
    because: Want | None
    """What is demanded where only these values stay as they were; None: no single demand."""


@dataclass(frozen=True)
class Obstacle:
    """A demand that cannot be met."""

    want: Want
    kept: tuple[KeyPath, ...]
    """Values that would help and are to stay as they are."""


@dataclass(frozen=True)
class Tuned:
    site_file: SiteFile
    margin_s: float
    result: Result
    rows: tuple[Row, ...] = ()
    patch: str = ""
    report: Report | None = None
    """`teiden check` of the site as it will be; None where nothing makes it safe."""
    unstated: tuple[tuple[str, Amount], ...] = ()
    """UPSes whose battery nobody states, and what it has to last without the margin."""
    left: tuple[Want, ...] = ()
    """Margins below the stated one of rules that only warn: nothing can be set for them."""
    obstacles: tuple[Obstacle, ...] = ()
    given_up: bool = False
    not_written: str = ""
    """Why there is no patch although values were found."""


def tune(path: str | os.PathLike[str], margin_s: float, keep: tuple[str, ...] = ()) -> Tuned:
    """The smallest change that makes the site safe with this margin, s; InputError for wrong input."""
    name = os.fspath(path)
    content = read_text(name)
    loaded = site_from(content, name)
    kept = _kept(keep, loaded)
    case, found = _solved(loaded, margin_s, kept)
    if isinstance(found, Stuck):
        return Tuned(
            loaded,
            margin_s,
            Result.IMPOSSIBLE,
            _rows(case, found.state),
            obstacles=tuple(_obstacles(case, found)),
            given_up=found.given_up,
        )
    return _told(case, found, loaded, content)


def _kept(keys: tuple[str, ...], loaded: SiteFile) -> Keep:
    keep = Keep(tuple(part.strip() for key in keys for part in key.split(",") if part.strip()))
    unknown = keep.unknown(loaded.site)
    if unknown:
        known = sorted({kind(p)[-1] for p in every_path(loaded.site)} | {*loaded.site.upses})
        raise InputError(
            Problem(
                Place("--keep"),
                t("{key} is no value that could be changed", key=key),
                did_you_mean(key, known) + t("e.g. {keys}", keys=listed(EXAMPLES)),
            )
            for key in unknown
        )
    return keep


EXAMPLES = ("runtime", "ups5", "ups5.runtime", "linkage.flush_limit", "schedules")


def _solved(loaded: SiteFile, margin_s: float, keep: Keep) -> tuple[Case, State | Stuck]:
    """The first grid on which it works; margins of mere warnings are let go where nothing reaches them."""
    first: tuple[Case, Stuck] | None = None
    limit_s = PRODUCTS[loaded.site.product].flush_limit_s
    for grid_s in GRIDS_S:
        demand = Demand(loaded.model, margin_s, warnings(loaded.site, loaded.model))
        while True:
            case = Case(loaded.site, demand, keep, limit_s, grid_s)
            found = search(case)
            if isinstance(found, State):
                return case, found
            soft = [want for want in found.wants if want.only_warns]
            if found.given_up or len(soft) < len(found.wants):
                first = first or (case, found)
                break
            demand = replace(
                demand,
                bare=demand.bare | {want.rule.id for want in soft if want.stated},
                known=demand.known | {want.finding.key for want in soft if want.finding},
            )
        if found.given_up:
            break
    assert first is not None
    return first


def _told(case: Case, found: State, loaded: SiteFile, content: FileText) -> Tuned:
    site = case.at(found)
    told = Tuned(
        loaded,
        case.demand.margin_s,
        Result.PROPOSED if found.values else Result.SAFE,
        _rows(case, found),
        report=check(loaded, live=False) if not found.values else None,
        unstated=tuple((line.ups, line.needs) for line in battery_needs(site) if line.has is None),
        left=tuple(w for w in replace(case.demand, bare=frozenset()).unmet(site) if w.only_warns),
    )
    if not found.values:
        return told
    try:
        text = edited(content.text, case.site, found.values)
        report = _proved(case, found, text, loaded.path)
    except NotEditable as error:
        return replace(told, not_written=str(error))
    mark = mark_of(loaded.path)
    return replace(told, report=report, patch=diff(mark + content.text, mark + text, shown(loaded.path)))


def _proved(case: Case, found: State, text: str, path: str) -> Report:
    """The text is read again and held against every rule; NotEditable if it does not say what was meant."""
    try:
        again = site_from(FileText(text, hashlib.sha256(text.encode()).hexdigest()), path)
    except InputError as error:
        raise NotEditable(str(error)) from None
    report = check(again, live=False)
    if again.site != case.at(found) or report.exit_code or case.demand.unmet(again.site):
        raise NotEditable(t("the changed file does not say what was computed; please report this"))
    return report


def _rows(case: Case, found: State) -> tuple[Row, ...]:
    groups: dict[tuple[str, Setting, Setting], list[KeyPath]] = {}
    for path in in_order(case.site, found.values):
        groups.setdefault((key(path), value_of(case.site, path), found.values[path]), []).append(path)
    rows = []
    for (_, before, after), paths in groups.items():
        rest: Values = {at: to for at, to in found.values.items() if at not in paths}
        wants = case.demand.unmet(case.at(State(rest)))
        because = max(wants, key=lambda w: (w.stated, w.short), default=None)
        rows.append(Row(tuple(paths), before, after, because))
    return tuple(rows)


def _obstacles(case: Case, stuck: Stuck) -> list[Obstacle]:
    """One of each kind, with what would help if it were not kept."""
    site = case.at(stuck.state)
    free = Ways(replace(case, keep=Keep()), stuck.state)
    found = []
    for group in grouped(site, stuck.wants):
        helping = {path for way in free.of(group) for path in way} if case.keep != Keep() else set()
        kept = in_order(case.site, (path for path in helping if path in case.keep))
        found.append(Obstacle(max(group, key=lambda want: want.short), tuple(kept)))
    return found
