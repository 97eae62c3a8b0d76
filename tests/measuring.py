"""Event files to be measured: of stories as they were played, and of a service, written line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from sequencer.events import Event, Source
from teiden.events_file import write
from teiden.files.story_file import load_stories
from teiden.rehearsal import Rehearsal, rehearse

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SITE = SCENARIOS / "sites" / "reference.yaml"
START = datetime(2026, 11, 20, 14, 0, tzinfo=timezone(timedelta(hours=9)))


@cache
def played(name: str, stop_s: float | None = None) -> Rehearsal:
    """`stop_s`: what the model says that the cluster's stop takes."""
    (story,) = load_stories(SCENARIOS / f"{name}.yaml")
    if stop_s is not None:
        cluster = replace(story.model.cluster, stop_s=stop_s)
        story = replace(story, model=replace(story.model, cluster=cluster))
    return rehearse(story)


def kept(run: Rehearsal, folder: Path, name: str = "run.jsonl") -> str:
    path = folder / name
    write(run.events, run.story.start, str(path))
    return str(path)


def seen(t: float, name: str, subject: str, by: str = "control1", **details: Any) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


def told(
    folder: Path, events: Sequence[Event], *, by: str = "control1", life: str = "a", later_s: float = 0.0
) -> str:
    """A file of a service on this node; `later_s`: its own t = 0 against that of the others."""
    path = folder / f"{by}-{life}-{later_s:g}.jsonl"
    head = seen(0.0, "run.started", "reference", by, life=f"{by}/{life}")
    write([head, *events], START + timedelta(seconds=later_s), str(path))
    return str(path)
