"""Planned against actual: the same loss of mains, played on this site in virtual time, beside what happened.

What is played is typical: durations from the site's `model:`. The limits stand beside each step that is told.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.story import MainsChange
from teiden.emulator.standing import quiet
from teiden.files.site_file import SiteFile
from teiden.opening import devices
from teiden.play import play
from teiden.web.incident import Incident

TOGETHER_S = 120.0
"""Mains that go within this go at once: a look comes late, the more so in a hall."""
LEAD_S = 60.0
"""Before the mains go, in the story that is played."""
AFTER_S = 2.5 * 3600.0
"""What is played after the last change of the mains."""
DONE = {
    "server.halted": "stop",
    "server.forced": "stop",
    "server.crashed": "stop",
    "cluster.stopped": "stop",
    "array.flushed": "flush",
    "array.flush_timed_out": "flush",
    "ups.output_off": "stop",
    "server.up": "start",
    "cluster.running": "start",
    "array.ready": "start",
    "ups.output_on": "start",
}
"""What of a device is compared: when it was off, flushed, and on again."""
BEGINS = frozenset(("server.shutting_down", "cluster.stopping", "array.flushing", "ups.on_battery"))
"""Who was not planned to do anything is told of only if it did: a first look at it is no change."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Of one device; seconds since the mains were lost, None: it has not come about."""

    device: str
    what: str
    """An event of `DONE`."""
    planned_s: float | None
    actual_s: float | None


def losses(site: Site, incident: Incident) -> tuple[MainsChange, ...]:
    """What was lost and came back, the first of it at `LEAD_S`; (): no mains were lost in this incident."""
    lost = {ups: at for ups, at in incident.lost.items() if ups in site.upses}
    back = {ups: at for ups, at in incident.back.items() if ups in lost}
    changes = list(_changes(site, lost, back))
    begins = min((change.at_s for change in changes), default=0.0)
    shifted = [replace(change, at_s=round(change.at_s - begins + LEAD_S, 1)) for change in changes]
    return tuple(sorted(shifted, key=lambda change: change.at_s))


def planned(site_file: SiteFile, changes: tuple[MainsChange, ...], begun: datetime) -> list[Event]:
    """What would happen here with these changes; the first of them is at `begun`."""
    story = replace(
        quiet(site_file),
        start=begun - timedelta(seconds=LEAD_S),
        happenings=changes,
        until_s=changes[-1].at_s + AFTER_S,
    )
    return play(story).stream.events


def _changes(site: Site, lost: dict[str, float], back: dict[str, float]) -> Iterator[MainsChange]:
    """Of a feed, where all its UPSes tell it at about the same time; else of each UPS.

    A feed is back when the first of its UPSes is seen to be: the others may still be off.
    """
    groups = [(feed, [ups.name for ups in site.upses.values() if ups.feed == feed]) for feed in site.feeds]
    left = dict(lost)
    for feed, upses in groups:
        times = [left[ups] for ups in upses if ups in left]
        if upses and len(times) == len(upses) and max(times) - min(times) <= TOGETHER_S:
            yield from _of(feed, min(times), min((back[ups] for ups in upses if ups in back), default=None))
            for ups in upses:
                del left[ups]
    for ups, at in left.items():
        yield from _of(ups, at, back.get(ups))


def _of(name: str, lost_s: float, back_s: float | None) -> Iterator[MainsChange]:
    yield MainsChange(lost_s, name, lost=True)
    if back_s is not None:
        yield MainsChange(back_s, name, lost=False)


def moments(site: Site, planned: Sequence[Event], incident: Incident) -> list[Moment]:
    """In the order of the plan, then what happened though it was not planned."""
    ours = _first(event for event in planned if event.is_fact)
    theirs = _first(incident.events)
    known = {*site.upses, *site.servers, *site.arrays, site.cluster.name}
    known &= {event.subject for event in incident.events if event.name in BEGINS}
    zero = min(incident.lost.values(), default=0.0)
    keys = sorted(ours, key=lambda key: ours[key])
    keys += [key for key in theirs if key not in ours and key[0] in known]
    zero = min(incident.lost.values(), default=0.0)
    return [
        Moment(
            *key,
            ours[key] - LEAD_S if key in ours else None,
            theirs[key] - zero if key in theirs else None,
        )
        for key in keys
    ]


def _first(events: Iterable[Event]) -> dict[tuple[str, str], float]:
    """When each device first was so, after it had been something else: not what it was at the start."""
    found: dict[tuple[str, str], float] = {}
    went: set[str] = set()
    for event in events:
        kind = DONE.get(event.name)
        if kind == "stop":
            went.add(event.subject)
        if kind is not None and (kind != "start" or event.subject in went):
            found.setdefault((event.subject, event.name), event.t)
    return found


def picture(site: Site, planned: Sequence[Event], incident: Incident) -> bytes:
    """Both courses as SVG. InputError: they have no device in common.

    The plan is drawn by its facts, the other by what was seen: nobody sees what comes after the last node.
    """
    from teiden.plots import comparison

    planned = [replace(event, source=Source.SEEN) for event in planned if event.is_fact]
    about = Event(0.0, "run.started", site.name, "", Source.SEEN, {"devices": devices(site)})
    return svg(comparison.draw(planned, [about, *incident.events], everybody=True))


def svg(figure: object) -> bytes:
    """The same picture gives the same bytes."""
    from matplotlib.figure import Figure

    from teiden.plots.style import paper

    assert isinstance(figure, Figure)
    out = io.BytesIO()
    with paper():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "Teiden"})
    return out.getvalue()
