"""A site's own repository, as the tests of the pytest plugin find it: one site and a few stories."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

# Imported here, once: a pytest that runs inside this one forgets what it has imported, and neither numpy
# nor pydantic can be imported twice.
import teiden.cause
import teiden.events_file
import teiden.files.story_file
import teiden.harness.artifacts
import teiden.harness.collect
import teiden.harness.room_of_a_test
import teiden.plots.timeline
import teiden.rehearsal
import teiden.report
import teiden.reports.properties
import teiden.rules.text  # noqa: F401
from teiden.rules.registry import all_rules

all_rules()

SCENARIOS = Path(__file__).parents[1] / "scenarios"

BLIP = """\
schema: teiden/story/1
story: The mains blink for {length}; nothing is commanded.
site: sites/reference.yaml
until: 30m
tags: [fast, power-quality]
vary:
  length: [2s, 25s]
events:
  - {at: 10m, mains: utility, lost_for: "{length}"}
expect:
  never: [command.sent]
"""
FLUSH = """\
# The worst the linked disk can do.
schema: teiden/story/1
story: The linked disk never finishes its flush; the control site still stops afterwards.
site: sites/reference.yaml
until: 4h
tags: [slow]
events:
  - {at: 10m, mains: utility, lost_for: 2h}
  - {at: 0s, fault: flush_never_ends, subject: linkeddisk}
expect:
  at:
    - cluster.stopping ssccluster: 900s
  before: [ups.output_off ups4 < 100s < cluster.stopping ssccluster]
"""


class Repository:
    """`scenarios/` with the reference site and two stories, three items in all; it holds."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.path = pytester.path
        sites = self.path / "scenarios" / "sites"
        sites.mkdir(parents=True)
        shutil.copy(SCENARIOS / "sites" / "reference.yaml", sites)
        self.write("scenarios/blip.yaml", BLIP)
        self.write("scenarios/flush.yaml", FLUSH)

    def write(self, name: str, text: str) -> None:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).write_text(text, encoding="utf-8", newline="\n")

    def lower_the_control_confirm_time(self) -> None:
        """To 700 s, which is not enough for the linked stop: the flush story and the site's check break."""
        file = self.path / "scenarios" / "sites" / "reference.yaml"
        file.write_text(
            file.read_text(encoding="utf-8").replace("confirm: 900s", "confirm: 700s"), encoding="utf-8"
        )

    def run(self, *arguments: str) -> pytest.RunResult:
        """pytest, in this process, as it stands in a project of somebody else, on a desk."""
        with pytest.MonkeyPatch.context() as desk:
            for variable in ("CI", "BUILD_NUMBER"):  # there pytest repeats whole failures in its summary
                desk.delenv(variable, raising=False)
            return self.pytester.runpytest_inprocess(
                "-p", "no:cacheprovider", "-p", "no:hypothesispytest", *arguments
            )

    def ids(self, *arguments: str) -> list[str]:
        """What is collected."""
        lines = self.run("--collect-only", "-q", *arguments).outlines
        return [line for line in lines if "::" in line]
