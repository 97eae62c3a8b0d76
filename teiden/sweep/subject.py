"""What is swept, as the command and its report see it; the engine only sees its work."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Protocol

from teiden.opening import versions
from teiden.story import Story
from teiden.sweep.folder import About
from teiden.sweep.row import played
from teiden.sweep.template import Template
from teiden.sweep.work import Played, Work

RUNS = 1_000
"""Where values are drawn and nobody says how many runs."""


class Subject(Protocol):
    """A sweep over what a story varies, or over the instant at which its mains return."""

    @property
    def about(self) -> About: ...

    @property
    def sentence(self) -> str: ...

    @property
    def file(self) -> str:
        """The scenario file, as it was named."""
        ...

    @property
    def work(self) -> Work: ...

    @property
    def parameters(self) -> tuple[str, ...]:
        """The columns of what varies."""
        ...

    @property
    def by_chance(self) -> bool:
        """A share of its runs estimates a probability."""
        ...

    def story(self, run: int) -> Story: ...

    def document(self, run: int, folder: str) -> str:
        """A story file that plays this run alone, its site as seen from the folder."""
        ...


@dataclass(frozen=True)
class Drawn:
    """The work of a sweep: run n of a template, as the root seed draws it."""

    template: Template
    root_seed: int
    charges: bool = False

    def play(self, run: int) -> Played:
        story = self.template.story(self.root_seed, run)
        return played(run, story, self.template.parameters(self.root_seed, run), charges=self.charges)


@dataclass(frozen=True)
class Varied:
    """What a story says may vary."""

    template: Template
    file: str
    seed: int
    runs: int
    charges: bool = False

    @property
    def about(self) -> About:
        template = self.template
        return About("sweep", template.name, template.hash, self.seed, self.runs, self.charges, versions())

    @property
    def sentence(self) -> str:
        return self.template.sentence

    @property
    def work(self) -> Work:
        return Drawn(self.template, self.seed, self.charges)

    @property
    def parameters(self) -> tuple[str, ...]:
        return (*self.template.axes, *self.template.draws)

    @property
    def by_chance(self) -> bool:
        return bool(self.template.draws) or self.runs > self.template.grid_size

    def story(self, run: int) -> Story:
        return self.template.story(self.seed, run)

    def document(self, run: int, folder: str) -> str:
        return self.template.document(self.seed, run, folder)


def default_runs(template: Template) -> int:
    """Every combination once; where values are drawn, or nothing varies but the seed, a thousand runs,
    every combination equally often."""
    if not template.draws and template.grid_size > 1:
        return template.grid_size
    return ceil(RUNS / template.grid_size) * template.grid_size
