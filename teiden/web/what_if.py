"""What would happen if: a story put together at the console, or one of the files beside the site.

In virtual time, on this very site, by the same sequencer and the same judge as `teiden run`. Nothing of the
real room is touched or asked.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from sequencer.site import Site
from sim.faults import catalogue
from sim.faults.fault import Fault
from sim.faults.subjects import subjects
from sim.room import START
from sim.story import FaultChange, Happening, MainsChange
from teiden import report
from teiden.emulator.standing import quiet
from teiden.files.site_file import SiteFile
from teiden.files.source import InputError
from teiden.files.story_file import load_stories
from teiden.language.say import speaking, t
from teiden.narrate import Importance, main_rows
from teiden.narration.table import clocks
from teiden.narration.words import whole
from teiden.rehearsal import Rehearsal, rehearse
from teiden.story import Story
from teiden.web.course import svg

AT_S = 60.0
"""When the mains go, or a fault strikes; minutes that are asked for count from here."""
LONGEST_MIN = 24 * 60
AFTER_S = 3 * 3600.0
"""What is played after the last thing has happened."""
FOR_GOOD_S = 6 * 3600.0
LONGEST_STORY_S = 8 * 86400.0
MOST_ROWS = 1_500
MOST_ITEMS = 40
"""Of a story with a `vary:`; of a longer one the first are offered."""
MOST_FILES = 200
SITE_LINE = re.compile(rb"^site:[ \t]*([^\s#]+)", re.MULTILINE)
FILES = ("*.yaml", "*.yml")


class NotToBePlayed(Exception):
    """Why, in words."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was chosen at the console. Hashable: the same question has the same answer."""

    mains: str = ""
    """A feed, a UPS, or nothing."""
    minutes: float | None = None
    """None: for good."""
    fault: str = ""
    device: str = ""
    after_min: float = 0.0
    """The fault strikes so long after the mains went."""
    file: str = ""
    """One of `stories(site_file)`; then the rest counts for nothing."""
    item: str = ""
    """Of a file with several stories; the first, if nothing is said."""


@dataclass(frozen=True)
class Answer:
    name: str
    sentence: str
    holds: bool
    verdict: str
    numbers: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    """Which rule or expectation, and what happened."""
    rows: tuple[tuple[str, str, str, str, str], ...]
    """After, clock, what, because, tone."""
    left_out: int
    """Rows that are too many to be shown."""
    picture: bytes
    took_s: float
    other_site: bool
    """Played on the site's file as it is now, which has changed since the console was started."""


def faults(site: Site) -> Iterator[tuple[Fault, list[str]]]:
    """Those that can strike in the middle of a day, with the devices that can have them."""
    for fault in catalogue.ALL:
        if fault.prepare is None and (of := subjects(site, fault.of)):
            yield fault, of


def stories(site_file: SiteFile) -> dict[str, Path]:
    """Files beside the site, above it and in `scenarios/` there, that are about it; by their names."""
    own = Path(os.path.abspath(site_file.path))
    folders = dict.fromkeys((own.parent, own.parent / "scenarios", own.parent.parent))
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(p for kind in FILES for p in folder.glob(kind))[:MOST_FILES]:
            if path != own and _is_about(path, own):
                found.setdefault(path.stem, path)
    return dict(sorted(found.items()))


def _is_about(path: Path, site: Path) -> bool:
    """By its `site:` line alone: what is wrong with the rest is said when it is to be played."""
    try:
        named = SITE_LINE.findall(path.read_bytes())
    except OSError:
        return False
    text = [name.decode("utf-8", "replace").strip("\"'") for name in named]
    return any(os.path.abspath(path.parent / name) == str(site) for name in text)


def items(site_file: SiteFile, file: str) -> list[str]:
    """The names of the stories in this file. Raises NotToBePlayed."""
    return [story.name for story in _loaded(site_file, file)[:MOST_ITEMS]]


def answer(site_file: SiteFile, question: Question, language: str) -> Answer | str:
    """It takes a rehearsal, and a picture; or why it cannot be played, in words."""
    with speaking(language):
        try:
            story = _chosen(site_file, question) if question.file else _made(site_file, question)
            return _told(rehearse(story), site_file)
        except NotToBePlayed as error:
            return str(error)


def _chosen(site_file: SiteFile, question: Question) -> Story:
    found = _loaded(site_file, question.file)
    story = next((story for story in found if story.name == question.item), found[0])
    if story.until_s > LONGEST_STORY_S:
        raise NotToBePlayed(
            t("{story} goes on for more than 8 days; play it with `teiden run`", story=story.name)
        )
    return story


def _loaded(site_file: SiteFile, file: str) -> list[Story]:
    path = stories(site_file).get(file)
    if path is None:
        raise NotToBePlayed(t("there is no such story beside the site"))
    own = os.path.abspath(site_file.path)
    try:
        found = [s for s in load_stories(path) if os.path.abspath(s.site_file) == own]
    except InputError as error:
        raise NotToBePlayed("\n".join(map(str, error.problems))) from None
    if not found:
        raise NotToBePlayed(t("there is no such story beside the site"))
    return found


def _made(site_file: SiteFile, question: Question) -> Story:
    happenings = tuple(sorted(_happenings(site_file.site, question), key=lambda one: one.at_s))
    last_s = max((one.at_s for one in happenings), default=0.0)
    for_good = question.minutes is None and bool(question.mains)
    return replace(
        quiet(site_file),
        name=t("what if"),
        start=START.astimezone(ZoneInfo(site_file.site.time_zone)),
        happenings=happenings,
        until_s=last_s + (FOR_GOOD_S if for_good else AFTER_S),
    )


def _happenings(site: Site, question: Question) -> Iterator[Happening]:
    if question.mains:
        if question.mains not in (*site.feeds, *site.upses):
            raise NotToBePlayed(t("there is no such device"))
        yield MainsChange(AT_S, question.mains, lost=True)
        if question.minutes is not None:
            yield MainsChange(AT_S + 60.0 * question.minutes, question.mains, lost=False)
    if question.fault:
        fault = catalogue.BY_NAME.get(question.fault)
        if fault is None or fault.prepare is not None:
            raise NotToBePlayed(t("there is no such fault"))
        if question.device not in subjects(site, fault.of):
            of = ", ".join(subjects(site, fault.of)) or "-"
            raise NotToBePlayed(t("{fault} can strike: {devices}", fault=fault.name, devices=of))
        at_s = AT_S + 60.0 * question.after_min
        yield FaultChange(at_s, fault, question.device, amount=catalogue.default_amount(fault))


TONES = {Importance.TROUBLE: "bad", Importance.MAIN: "", Importance.DETAIL: "off"}


def _told(rehearsal: Rehearsal, site_file: SiteFile) -> Answer:
    from teiden.plots import timeline

    marked = report.broken_events(rehearsal)
    rows = main_rows(rehearsal.rows, also=marked)
    at = clocks([row.t for row in rows], rehearsal.story.start)
    marks = {id(event) for event in marked}
    told = tuple(
        (
            whole(row.t - rehearsal.past.zero_s),
            clock,
            row.what,
            row.because,
            "bad" if any(id(event) in marks for event in row.events) else TONES[row.importance],
        )
        for row, clock in zip(rows, at, strict=True)
    )
    return Answer(
        rehearsal.story.name,
        rehearsal.story.sentence,
        rehearsal.verdict.holds,
        rehearsal.spoken.summary(),
        tuple(line.strip() for line in report.numbers(rehearsal)),
        tuple(_broken(rehearsal)),
        told[:MOST_ROWS],
        max(0, len(told) - MOST_ROWS),
        svg(timeline.draw(rehearsal.told)),
        rehearsal.took_s,
        not rehearsal.story.changes and rehearsal.story.site_hash != site_file.hash,
    )


def _broken(rehearsal: Rehearsal) -> Iterator[tuple[str, str]]:
    from teiden.judge.verdict import InvariantResult

    for failure in report.failures(rehearsal):
        if isinstance(failure, InvariantResult):
            yield f"{failure.id}  {failure.sentence}", failure.happened
        else:
            yield failure.sentence, failure.happened
