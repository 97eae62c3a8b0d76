"""The seam to random histories: `teiden.explore` as one more part, if this checkout has it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from teiden.files.site_file import load_site
from teiden.proof.stories import SCENARIOS
from teiden.sweep.work import Work

NAME = "explored"
SENTENCE = "random histories of the reference site"
SITE = "reference"


def exploring(first_seed: int) -> Work | None:
    """Its run n is the history of seed `first_seed + n`; None: there is no exploration here."""
    if find_spec("teiden.explore") is None:
        return None
    ground = import_module("teiden.explore.ground").ground(load_site(SCENARIOS / "sites" / f"{SITE}.yaml"))
    work: Work = import_module("teiden.explore.work").Exploring(ground, first_seed)
    return work


def states() -> tuple[str, ...]:
    """The rare states that its histories must come to, all together."""
    if find_spec("teiden.explore") is None:
        return ()
    sometimes = import_module("teiden.explore.sometimes")
    site = load_site(SCENARIOS / "sites" / f"{SITE}.yaml").site
    return tuple(name for name in sometimes.SOMETIMES if sometimes.possible(name, site))


def replay(seed: int) -> str:
    return f"./run teiden explore scenarios/sites/{SITE}.yaml --seed {seed} --runs 1"
