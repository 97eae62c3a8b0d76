"""The restore sweep as a subject: its story file, and the file that plays one of its returns again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from teiden.files.text import read_text
from teiden.files.units import written_s
from teiden.play import versions
from teiden.story import Story
from teiden.sweep.folder import About
from teiden.sweep.restore import BACK, Returns, returns
from teiden.sweep.work import Work


@dataclass(frozen=True)
class Restored:
    """One story, its mains back after 0 s, every_s, 2 every_s ... up to up_to_s."""

    original: Story
    file: str
    seed: int
    every_s: float
    up_to_s: float

    @property
    def about(self) -> About:
        settings = {"every": written_s(self.every_s)}
        runs = int(self.up_to_s / self.every_s + 1e-9) + 1
        return About(
            "restore", self.original.name, self._hash, self.seed, runs, False, versions(), settings
        )

    @cached_property
    def _hash(self) -> str:
        texts = f"{read_text(self.file).hash}\n{self.original.site_hash}"
        return sha256(texts.encode()).hexdigest()

    @property
    def sentence(self) -> str:
        return self.original.sentence

    @cached_property
    def returns(self) -> Returns:
        return returns(self.original, self.every_s, self.up_to_s, self.seed)

    @property
    def work(self) -> Work:
        return self.returns

    @property
    def parameters(self) -> tuple[str, ...]:
        return (BACK,)

    @property
    def by_chance(self) -> bool:
        return False

    def story(self, run: int) -> Story:
        return self.returns.story_of(run)

    def document(self, run: int, folder: str) -> str:
        raise NotImplementedError


def load(file: str, item: str | None, seed: int, every_s: float, up_to_s: float) -> Restored:
    """InputError when the file holds more than one story, or none whose mains are lost."""
    stories = load_stories(file)
    named = [story for story in stories if item is None or item in names_of(story)]
    if len(named) != 1:
        names = listed(story.name for story in named or stories)
        message = t("--restore plays one story") if named else t("no story here is called {item}", item=quoted(item))
        raise InputError([Problem(Place(file), message, t("--item one of: {names}", names=names))])
    restored = Restored(named[0], file, seed, every_s, up_to_s)
    restored.returns  # noqa: B018 - says what is wrong with it
    return restored
