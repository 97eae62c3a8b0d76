"""Loads the stories of a scenario file, one for each document and each combination of its `vary:`."""

from __future__ import annotations

import os
from pathlib import PurePath

from teiden.files import yaml_marks
from teiden.files.document import Document
from teiden.files.edges import edge_problems
from teiden.files.recipe import Recipe
from teiden.files.source import InputError, Problem
from teiden.files.story_sites import Sites
from teiden.files.text import read_text
from teiden.files.variations import middle
from teiden.story import Story


def load_stories(path: str | os.PathLike[str]) -> list[Story]:
    """Every item of the file, in its order; InputError holds all that is wrong with it and its sites."""
    name = os.fspath(path)
    return stories_from_text(read_text(name).text, name)


def stories_from_text(text: str, file: str) -> list[Story]:
    """As `load_stories`; sites are looked for beside `file`."""
    stories: list[Story] = []
    problems: list[Problem] = []
    recipes = recipes_from_text(text, file, Sites(os.path.dirname(file)), problems)
    for recipe in recipes:
        try:
            stories += _items(recipe)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return stories


def recipes_from_text(text: str, file: str, sites: Sites, problems: list[Problem]) -> list[Recipe]:
    """The stories of a file before their values are chosen; what is wrong with others joins `problems`."""
    recipes: list[Recipe] = []
    first: dict[str, Document] = {}
    for n, document in enumerate(yaml_marks.parse(text, file), 1):
        name = _name(document, file, n)
        if name in first:
            place = document.place(("name",))
            hint = f"the first begins on line {first[name].start.line}; give this one another name:"
            problems.append(Problem(place, f"two stories are named {name}", hint))
        first[name] = document
        try:
            recipes.append(Recipe(document, name, sites))
        except InputError as error:
            problems += error.problems
    return recipes


def _name(document: Document, file: str, n: int) -> str:
    """`site-outage`; of further documents `site-outage#2`, or with their own name `site-outage#long`."""
    stem = PurePath(file).stem
    own = document.get("name")
    if isinstance(own, str):
        return f"{stem}#{own}"
    return stem if n == 1 else f"{stem}#{n}"


def _items(recipe: Recipe) -> list[Story]:
    """One story for each point of the axes, everything that is drawn at its middle."""
    items: list[Story] = []
    problems: list[Problem] = []
    for axes in recipe.variation.grid():
        item, found = recipe.item(axes, middle)
        problems += found
        if item is not None:
            items.append(item)
    problems += edge_problems(recipe)
    if problems:
        raise InputError(problems)
    return items
