"""All that the last days of a service say: read once, judged nowhere in here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from operator import itemgetter

from teiden.files.site_file import SiteFile
from teiden.trust.acts import Act, acts
from teiden.trust.batteries import Batteries, BatterySeen, losses
from teiden.trust.blips import Blip, blips
from teiden.trust.samples import EVERY_S, samples
from teiden.trust.silences import Silence, silences
from teiden.trust.spans import Span, between, inside, joined, total_s
from teiden.trust.streams import Piece, Timed, pieces

DAY_S = 86_400.0
HOLE_S = 3 * EVERY_S
"""Three readings in a row that were not taken: the service was not there."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The service was stopped or asleep."""

    at_s: float
    lost_s: float
    cause: str
    node: str


@dataclass(slots=True)
class Alarms:
    """Of one rule."""

    rule: str
    times: int = 0
    alone: int = 0
    """So many of them with no incident open: nothing explains them."""
    last_s: float = 0.0
    last_text: str = ""


@dataclass(frozen=True)
class Week:
    window: Span
    nodes: tuple[str, ...]
    armed: frozenset[bool]
    """How the service ran: watching, armed, one after the other."""
    lives: int
    """How often it was started."""
    covered: tuple[Span, ...]
    holes: tuple[Span, ...]
    with_this_file_s: float
    """Covered by a service with the very site file that is asked about."""
    other_files: int
    acts: tuple[Act, ...]
    blips: tuple[Blip, ...]
    silences: tuple[Silence, ...]
    gaps: tuple[Gap, ...]
    alarms: tuple[Alarms, ...]
    broken: tuple[tuple[float, str, str], ...]
    """Invariants that the service itself saw broken: when, which, and what."""
    batteries: tuple[BatterySeen, ...]
    has_readings: bool
    unreadable: int
    """Lines of event files that are no events."""
    troubles: tuple[str, ...]
    """Files of which nothing could be read."""
    late_s: float | None = None
    """The most by which the running service was late since it started; None: nobody has told it."""

    @property
    def covered_s(self) -> float:
        return total_s(self.covered)


@dataclass(slots=True)
class _Read:
    heard: list[Span] = field(default_factory=list)
    """Around each reading."""
    any: bool = False


def week(
    site_file: SiteFile,
    paths: Iterable[str],
    *,
    days: float,
    now_s: float | None = None,
    exactly: bool = False,
    late_s: float | None = None,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> Week:
    """Of event files, or of a service's folder, the last `days`.

    `now_s`: seconds since 1970; None: the last that the files tell, and that too if it is later, but for
    `exactly`. `told` hears how many of the files are read. Raises OSError for an unreadable folder.
    """
    given = list(paths)
    since_s = now_s - days * DAY_S if now_s is not None else float("-inf")
    read = pieces(given, since_s, told)
    last_s = max((piece.last_s for piece in read if not piece.trouble), default=0.0)
    if now_s is None or (last_s > now_s and not exactly):  # an emulated room may be ahead of us
        now_s = last_s
        since_s = now_s - days * DAY_S
    runs = _runs(read)  # of a quiet life the last word may be older than the window, and the next one in it
    read = [_until(piece, now_s) for piece in read if piece.trouble or _reaches(piece, since_s, now_s)]
    window = Span(since_s, now_s)
    known = sorted((timed for piece in read for timed in piece.events), key=itemgetter(0))
    timeline = [timed for timed in known if timed[0] >= since_s]
    done = [act for act in acts(known) if act.deeds[-1].at_s >= since_s]
    batteries, readings = _batteries(given, timeline, done, window)
    spans = [span for _, span in runs]
    covered = inside(_without(joined([*spans, *readings.heard], within_s=EVERY_S), timeline), window)
    ours = [span for file, span in _files(runs, readings.heard) if file == site_file.hash]
    return Week(
        window=window,
        nodes=tuple(dict.fromkeys(piece.node for piece in read if piece.node)),
        armed=frozenset(piece.armed for piece in read if piece.armed is not None),
        lives=len({(piece.node, piece.life) for piece in read if piece.life}),
        covered=tuple(covered),
        holes=tuple(hole for hole in between(covered, window) if hole.for_s > HOLE_S),
        with_this_file_s=total_s(inside(joined(ours), window)),
        other_files=len({file for file, _ in runs} - {site_file.hash}),
        acts=tuple(done),
        blips=tuple(blip for blip in blips(known) if blip.at_s >= since_s),
        silences=tuple(silences(read, _outages(done, window), window)),
        gaps=tuple(_gaps(timeline)),
        alarms=tuple(_alarms(known, since_s)),
        broken=tuple(
            (at_s, str(event.details.get("rule", "")), str(event.details.get("text", "")))
            for at_s, event in timeline
            if event.name == "rule.broken"
        ),
        batteries=tuple(batteries.seen(site_file.site, site_file.model)),
        has_readings=readings.any,
        unreadable=sum(piece.unreadable for piece in read),
        troubles=tuple(piece.trouble for piece in read if piece.trouble),
        late_s=late_s,
    )


def _reaches(piece: Piece, since_s: float, now_s: float) -> bool:
    return piece.last_s >= since_s and piece.first_s <= now_s


def _until(piece: Piece, now_s: float) -> Piece:
    events = [timed for timed in piece.events if timed[0] <= now_s]
    return replace(piece, events=events, last_s=min(piece.last_s, now_s))


def _batteries(
    given: list[str], timeline: list[Timed], done: list[Act], window: Span
) -> tuple[Batteries, _Read]:
    """What the readings say, in one pass: of batteries, and that somebody was there to read."""
    lost = losses((at_s, event.subject) for at_s, event in timeline if event.name == "ups.on_battery")
    sent_s = sorted(deed.at_s for act in done for deed in act.sent)
    batteries, read = Batteries(lost, sent_s), _Read()
    last_s = 0.0
    for folder in given:
        if not os.path.isdir(folder):
            continue
        for sample in samples(folder, window.from_s, window.to_s):
            batteries.take(sample)
            if sample.at_s != last_s:
                near = read.heard and sample.at_s - read.heard[-1].to_s <= HOLE_S
                from_s = read.heard.pop().from_s if near else sample.at_s
                read.heard.append(Span(min(from_s, sample.at_s), sample.at_s))
                last_s = sample.at_s
            read.any = True
    return batteries, read


def _outages(done: list[Act], window: Span) -> list[Span]:
    return [
        Span(act.at_s, window.to_s if act.until_s is None else act.until_s) for act in done if act.begun_by
    ]


def _runs(read: Iterable[Piece]) -> list[tuple[str, Span]]:
    """From the first to the last that each life has told, and by which site file. In between it lived."""
    found: dict[tuple[str, str, str], Span] = {}
    for piece in read:
        if piece.trouble:
            continue
        key = (piece.node, piece.life, piece.site_hash)
        now = found.get(key, Span(piece.first_s, piece.last_s))
        found[key] = Span(min(now.from_s, piece.first_s), max(now.to_s, piece.last_s))
    return [(key[2], span) for key, span in sorted(found.items(), key=lambda item: item[1])]


def _files(runs: list[tuple[str, Span]], heard: list[Span]) -> Iterable[tuple[str, Span]]:
    """What was read after a life's last word, and before the next life's first, was read by it."""
    for n, (file, span) in enumerate(runs):
        next_s = min((after.from_s for _, after in runs[n + 1 :]), default=float("inf"))
        yield file, span
        for one in heard:
            if one.to_s > span.to_s and one.from_s < next_s:
                yield file, Span(max(one.from_s, span.to_s), min(one.to_s, next_s))


def _without(spans: list[Span], timeline: list[Timed]) -> list[Span]:
    """Less the stretches in which it was there, and asleep."""
    asleep = joined(Span(gap.at_s - gap.lost_s, gap.at_s) for gap in _gaps(timeline))
    return [left for span in spans for left in between(asleep, span)]


def _gaps(timeline: Iterable[Timed]) -> list[Gap]:
    found = []
    for at_s, event in timeline:
        lost_s = event.details.get("lost_s")
        if event.name == "clock.gap" and isinstance(lost_s, int | float):
            found.append(Gap(at_s, float(lost_s), str(event.details.get("cause", "")), event.by))
    return found


def _alarms(known: Iterable[Timed], since_s: float) -> list[Alarms]:
    """By rule, the most frequent first. An incident may have been opened before."""
    found: dict[str, Alarms] = {}
    down: set[str] = set()
    for at_s, event in known:
        if event.name == "incident.opened":
            down.add(event.by)
        elif event.name == "incident.closed":
            down.discard(event.by)
        elif event.name == "alarm.raised" and at_s >= since_s:
            rule = str(event.details.get("rule", ""))
            of = found.setdefault(rule, Alarms(rule))
            of.times += 1
            of.alone += not down
            of.last_s, of.last_text = at_s, str(event.details.get("text", ""))
    return sorted(found.values(), key=lambda of: -of.times)
