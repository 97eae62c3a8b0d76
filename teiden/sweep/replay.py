"""One run of a sweep as a story file of its own: every value filled in, nothing left to chance."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import yaml

from teiden.files.conditions import ALWAYS, holds
from teiden.files.document import Value
from teiden.files.variations import written
from teiden.files.yaml_marks import scalar

if TYPE_CHECKING:
    from teiden.sweep.runs import Chosen, Filled

WIDTH = 110
LEFT_OUT = ("name", "vary", "with", "seed")
"""The file gives the story its name; the others are written anew, or there is nothing left to vary."""


def replay_text(name: str, scenario: str, chosen: Chosen, filled: Filled, folder: str) -> str:
    """The file's text, for a folder: it names its site from there."""
    seen = from_folder(folder, scenario)
    head = [
        f"# Run {chosen.run} of a sweep of {name} ({seen}), root seed {chosen.root_seed}.",
        *(f"# {key}: {written(value)}" for key, value in filled.parameters.items()),
    ]
    return "\n".join(head) + "\n" + dumped(_values(scenario, chosen, filled, folder))


def _values(scenario: str, chosen: Chosen, filled: Filled, folder: str) -> dict[str, Value]:
    told = filled.document.value
    site = os.path.normpath(os.path.join(os.path.dirname(scenario), told["site"]))
    values: dict[str, Value] = {}
    for key, value in told.items():
        if key not in LEFT_OUT:
            values[key] = value
        if key == "site":
            values[key] = from_folder(folder, site)
            values["seed"] = chosen.seed
            values |= {"with": filled.changes} if filled.changes else {}
    events = _events(told.get("events", []), filled.happened)
    values |= {"events": events} if events else {}
    if not events:
        values.pop("events", None)
    if "expect" in told:
        values["expect"] = _expectations(told["expect"], filled)
    return values


def _events(events: list[dict[str, Value]], happened: dict[int, bool]) -> list[dict[str, Value]]:
    """Those that happen in this run, without their chance."""
    kept = [event for i, event in enumerate(events) if happened.get(i, True)]
    return [{key: value for key, value in event.items() if key not in ("chance", "as")} for event in kept]


def _expectations(expect: dict[str, Value], filled: Filled) -> dict[str, Value]:
    """What stands under `when:` holds now, or does not concern this run."""
    values = {key: value for key, value in expect.items() if key != "when"}
    when = [
        {**block, "if": ALWAYS} for block in expect.get("when", []) if holds(block["if"], filled.parameters)
    ]
    return values | ({"when": when} if when else {})


def from_folder(folder: str, path: str) -> str:
    """The path from a folder, with slashes; on another drive there is no way from here to there."""
    try:
        found = os.path.relpath(path, os.path.abspath(folder))
    except ValueError:
        found = path
    return found.replace(os.sep, "/")


class _Dumper(yaml.SafeDumper):
    """Text that our reader would take for a number or a truth value stands in quotes."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if isinstance(scalar(text), str) else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dumped(values: dict[str, Value]) -> str:
    """As YAML that our reader reads as the same values; an event a line."""
    return yaml.dump(
        values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=WIDTH
    )
