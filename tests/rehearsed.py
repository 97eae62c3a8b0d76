"""Stories played once for everybody who looks at their reports."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from teiden.files.story_file import load_stories
from teiden.rehearsal import Rehearsal, rehearse

SCENARIOS = Path(__file__).parents[1] / "scenarios"
SENTENCE = "The linked disk never finishes its flush."


@cache
def played(name: str) -> Rehearsal:
    """The first story of a scenario file of the project, in English. Only to be read."""
    return rehearse(load_stories(str(SCENARIOS / f"{name}.yaml"))[0])


def broken_file(folder: Path, sentence: str = SENTENCE) -> Path:
    """The flush never ends, and the control site stops too early for that."""
    path = folder / "flush-never-ends.yaml"
    text = f"""schema: teiden/story/1
story: {sentence!r}
site: {(SCENARIOS / "sites" / "reference.yaml").as_posix()}
with: {{upses.ups1.confirm: 730s, upses.ups2.confirm: 730s, upses.ups3.confirm: 700s}}
until: 4h
events:
  - {{at: 10m, mains: utility, lost_for: 2h}}
  - {{at: 0s, fault: flush_never_ends, subject: linkeddisk}}
expect:
  tolerance: 10s
  at: [cluster.stopping ssccluster: 900s]
  before: [ups.output_off ups4 < 100s < cluster.stopping ssccluster]
  never: [server.crashed]
"""
    path.write_text(text, encoding="utf-8")
    return path


def broken(folder: Path, sentence: str = SENTENCE) -> Rehearsal:
    return rehearse(load_stories(str(broken_file(folder, sentence)))[0])
