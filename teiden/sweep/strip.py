"""The picture of a restore sweep: its outcome against the instant at which the mains returned."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.language.say import t
from teiden.play import play
from teiden.sweep.restored import Restored

Phase = tuple[float, float, str]


def draw_strip(subject: Restored, folder: Path, path: Path) -> None:
    """The one call into the plots."""
    from teiden.plots import strip, sweep_folder, timeline

    swept = sweep_folder.read(str(folder))
    figure = strip.draw(swept.runs, phases=phases(subject), provenance=swept.provenance)
    timeline.save(figure, str(path))


def phases(subject: Restored) -> list[Phase]:
    """What was going on on the way down, in seconds after the loss of mains, as long as they stay away."""
    run = subject.about.runs - 1
    story = subject.story(run)
    events = play(story, seed=story.seed).stream.events
    way_down = _WayDown(events, subject.returns.lost_s, subject.returns.back_s(run))
    return list(_phases(way_down, story.site))


def _phases(way_down: _WayDown, site: Site) -> Iterator[Phase]:
    linked = {server.name for server in site.linked_servers}
    arrays = {array.name for array in site.linked_arrays}
    server_upses = {ups.name for ups in site.server_upses}
    array_upses = {ups.name for ups in site.linked_array_upses}
    control_upses = {ups.name for ups in (*site.node_upses, *site.control_array_upses)}
    for label, begins, ends in (
        (t("servers stop"), ("server.shutting_down", linked), ("ups.output_off", server_upses)),
        (t("flush, cut"), ("array.flushing", arrays), ("ups.output_off", array_upses)),
        (
            t("control side stops"),
            ("cluster.stopping", {site.cluster.name}),
            ("ups.output_off", control_upses),
        ),
    ):
        began, ended = way_down.times(*begins), way_down.times(*ends)
        if began and ended and began[0] < ended[-1]:
            yield began[0], ended[-1], label


class _WayDown:
    def __init__(self, events: Collection[Event], lost_s: float, back_s: float) -> None:
        self._lost_s = lost_s
        self._facts = [e for e in events if e.source is Source.FACT and lost_s <= e.t <= lost_s + back_s]

    def times(self, name: str, subjects: Collection[str]) -> list[float]:
        return [e.t - self._lost_s for e in self._facts if e.name == name and e.subject in subjects]
