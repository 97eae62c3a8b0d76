"""An exploration as the sweep's engine sees it: run n is the history of seed `first + n`."""

from __future__ import annotations

from dataclasses import dataclass

from teiden.explore.drawing import drawn
from teiden.explore.ground import Ground
from teiden.explore.history import History
from teiden.explore.trial import tried
from teiden.sweep.work import Played


@dataclass(frozen=True)
class Exploring:
    ground: Ground
    first_seed: int

    def history(self, run: int) -> History:
        return drawn(self.first_seed + run, self.ground)

    def play(self, run: int) -> Played:
        """The row tells what the report counts; never a time of day, so it is the same everywhere."""
        history = self.history(run)
        trial = tried(history, self.ground)
        return Played(
            {
                "run": run,
                "seed": history.seed,
                "holds": not trial.failures,
                "broken": " ".join(dict.fromkeys(failure.kind for failure in trial.failures)),
                "text": trial.failures[0].text if trial.failures else "",
                "excused": " ".join(trial.excused),
                "judged": " ".join(trial.judged),
                "faults": " ".join(dict.fromkeys(deed.fault.name for deed in history.troubles)),
                "reached": "; ".join(trial.reached),
                "until_s": history.until_s,
                "events": trial.events,
                "digest": trial.digest,
            }
        )
