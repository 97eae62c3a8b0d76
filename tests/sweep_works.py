"""Works for the tests of the sweep engine: one that only draws numbers, and a story that varies."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from sim.chance import draw
from teiden.sweep.folder import About
from teiden.sweep.work import Played

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "scenarios" / "sites" / "reference.yaml"
OUTAGE = ROOT / "scenarios" / "site-outage.yaml"

WEAK = f"""schema: teiden/story/1
story: The mains fail for {{length}}, and the batteries are as old as they are.
site: {SITE.as_posix()}
until: 6h
vary:
  length: {{uniform: [5m, 40m]}}
  health: {{set: model.upses.ups3.health, uniform: [30%, 100%]}}
events:
  - {{at: 10m, mains: utility, lost_for: "{{length}}"}}
expect:
  never: [ups.exhausted]
  within:
    - ups.output_off ups4: 800s after mains.lost
"""
"""Both an invariant and its expectations break in some of the first runs."""

GRID = f"""schema: teiden/story/1
story: The mains fail for {{length}}.
site: {SITE.as_posix()}
until: 4h
vary: {{length: [20s, 5m]}}
events:
  - {{at: 10m, mains: utility, lost_for: "{{length}}"}}
"""


@dataclass(frozen=True)
class Numbers:
    """Runs that draw a number and do nothing else; every tenth or so breaks S1."""

    seed: int = 0
    wrong: frozenset[int] = frozenset()
    """Runs that cannot be played."""
    deadly: int | None = None
    """The run that takes its process with it, if that is not the one of the tests."""
    home: int = 0
    charges: bool = False

    def play(self, run: int) -> Played:
        if run in self.wrong:
            raise AssertionError(f"run {run} runs in circles")
        if run == self.deadly and os.getpid() != self.home:
            os.kill(os.getpid(), signal.SIGKILL)
        u = draw(self.seed, "tests", "sweep", run)
        points = {"ups1": [(0.0, 100.0), (60.0, round(100 * u, 1))]} if self.charges else None
        return Played(
            {
                "run": run,
                "seed": self.seed,
                "holds": u >= 0.1,
                "broken": "" if u >= 0.1 else "S1",
                "unmet": "",
                "u": f"{u:.3f}",
                "margin.linked_stop_s": round(1000 * u, 3),
                "judged": "S1 S2",
            },
            points,
        )


def about(runs: int = 10, *, kind: str = "sweep", seed: int = 0, charges: bool = False) -> About:
    return About(kind, "numbers", "c0ffee", seed, runs, charges, {"teiden": "0.1.0"})
