"""A history as a story file that `teiden run` plays: its events, its schedules, and where it is from."""

from __future__ import annotations

import os
from typing import Any

from sequencer.schedules import Schedule
from sequencer.site import Site
from teiden.explore.deeds import ends_s, entry
from teiden.explore.ground import Ground
from teiden.explore.history import History
from teiden.explore.trial import RAISED, Failure
from teiden.files.units import written_s
from teiden.sweep.replay import dumped, from_folder


def scenario(history: History, failure: Failure, ground: Ground, folder: str, replay: str) -> str:
    """The file's text for a folder. `replay`: the command that plays the whole history again."""
    head = [
        f"# {failure.text}" if failure.rule != RAISED else f"# {failure.subject}: {failure.text}",
        f"# Shrunk from the history of seed {history.seed}; the whole of it: {replay}",
    ]
    return "\n".join(head) + "\n" + dumped(values(history, failure, ground, folder))


def values(history: History, failure: Failure, ground: Ground, folder: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "schema": "teiden/story/1",
        "story": sentence(history, failure),
        "site": from_folder(folder, os.path.abspath(ground.file)),
        "start": history.start,
        "until": written_s(history.until_s),
        "seed": history.seed,
    }
    changes = laid_over(history, ground.site)
    if changes:
        found["with"] = changes
    events = [entry(deed) for deed in sorted(history.deeds, key=lambda deed: (deed.at_s, ends_s(deed)))]
    if events:
        found["events"] = events
    return found


def sentence(history: History, failure: Failure) -> str:
    n = len(history.deeds) + len(history.schedules)
    if failure.rule == RAISED:
        return f"The sequencer fails with {failure.subject} ({n} events)."
    return f"{failure.rule} breaks at {failure.subject} ({n} events)."


def laid_over(history: History, site: Site) -> dict[str, Any]:
    """What differs from the site file: schedules that are not there, or that are, and the time zone."""
    changes: dict[str, Any] = {"time_zone": history.time_zone} if history.time_zone else {}
    changes |= {f"schedules.{name}": None for name in site.schedules}
    return changes | {f"schedules.{s.name}": _schedule(s) for s in history.schedules}


def _schedule(schedule: Schedule) -> dict[str, Any]:
    return {"servers": list(schedule.servers), "off": schedule.off, "on": schedule.on}
