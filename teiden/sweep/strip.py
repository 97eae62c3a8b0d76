"""The picture of a restore sweep: its outcome against the instant at which the mains returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sequencer.events import Event, Source
from teiden.language.say import t
from teiden.play import play
from teiden.sweep.journal import rows
from teiden.sweep.restored import Restored

COLUMNS = ("back_s", "holds", "outcome", "broken", "up_again_s")
Phase = tuple[float, float, str]


def draw_strip(subject: Restored, folder: Path, path: Path) -> None:
    """The one call into the plots."""
    import pandas as pd

    from teiden.plots import strip, timeline

    frame = pd.DataFrame.from_records(
        [[row[name] for name in COLUMNS] for row in rows(folder) if "error" not in row], columns=COLUMNS
    )
    timeline.save(strip.draw(frame, phases=phases(subject)), str(path))


def phases(subject: Restored) -> list[Phase]:
    """What the sequence was at, had the mains stayed away: in seconds after their loss, with its name."""
    story = subject.story(subject.about.runs - 1)
    events = play(story, seed=story.seed).stream.events
    return list(_phases(events, subject.returns.lost_s))


def _phases(events: Sequence[Event], lost_s: float) -> Iterator[Phase]:
    spans = (
        (t("servers stop"), "server.shutting_down", "server.halted", "linked"),
        (t("flush"), "array.flushing", "array.flushed", "linked"),
    )
    for label, begin, end, _ in spans:
        begun = [e.t for e in events if e.name == begin and e.source is Source.FACT]
        ended = [e.t for e in events if e.name == end and e.source is Source.FACT]
        if begun and ended:
            yield begun[0] - lost_s, ended[-1] - lost_s, label
