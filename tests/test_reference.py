"""docs/reference/ is true: every key, command, event, rule and invariant is there, as the code has it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import reference
import reference_events
import reference_files
from house_rules import ROOT
from reference_values import written
from sequencer.events import NAMES
from teiden.cli import main
from teiden.files.schema import schema
from teiden.judge.invariants.catalogue import SENTENCES
from teiden.rules.registry import all_rules
from tests.tale import Tale


def text(name: str) -> str:
    return (ROOT / reference.PAGES / name).read_text(encoding="utf-8")


def test_every_page_says_what_the_code_says() -> None:
    assert list(reference.stale(ROOT)) == []


def test_a_page_that_was_edited_by_hand_or_is_not_ours_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference, "WRITERS", {"events.md": ("the test", lambda root: iter(["# Events"]))})
    reference.write(tmp_path)
    assert list(reference.stale(tmp_path)) == []

    (tmp_path / reference.PAGES / "events.md").write_text("# Events, and more")
    (tmp_path / reference.PAGES / "mine.md").write_text("# Mine")

    edited, unknown = reference.stale(tmp_path)
    assert edited.startswith("docs/reference/events.md: not what stands in the code any more")
    assert unknown.startswith("docs/reference/mine.md: nobody writes this page")


@pytest.mark.parametrize("kind", ["site", "story"])
def test_every_key_of_a_file_is_in_its_reference(kind: str) -> None:
    made, page = schema(kind), text(f"{kind}.md")

    keys = {key for part in (made, *made["$defs"].values()) for key in part["properties"]}
    headings = [line for line in page.splitlines() if line.startswith("## `")]

    assert [key for key in sorted(keys) if f"\n| `{key}` | " not in page] == []
    assert len(headings) == len(made["$defs"])


def test_every_kind_of_value_is_told_by_its_name() -> None:
    """A pattern that nobody has named would be shown as bare text."""
    for kind in ("site", "story"):
        for part in patterns(schema(kind)):
            assert written(part, {}) not in ("text", ""), part


def patterns(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [found for inner in part for found in patterns(inner)]
    if not isinstance(part, dict):
        return []
    own = [part] if isinstance(part.get("pattern"), str) and "examples" in part else []
    return own + [found for inner in part.values() for found in patterns(inner)]


def test_every_command_rule_and_invariant_has_its_section() -> None:
    commands, rules, invariants = text("commands.md"), text("rules.md"), text("invariants.md")

    assert [name for name in main.commands if f"\n## teiden {name}\n" not in commands] == []
    assert [rule.id for rule in all_rules() if f"\n### {rule.id}\n" not in rules] == []
    assert [id for id in SENTENCES if f"\n## {id}\n" not in invariants] == []


def test_every_event_is_described_and_none_that_is_not() -> None:
    assert reference_events.EVENTS.keys() == NAMES.keys()


def test_who_tells_an_event_is_as_a_run_has_it(dark_room: Tale) -> None:
    tellers = {"fact": "room", "seen": "nodes"}
    told = {(event.name, tellers[event.source.value]) for event in dark_room.events}

    assert len(told) > 40
    assert [(n, who) for n, who in sorted(told) if who not in reference_events.EVENTS[n].by] == []


def test_a_key_says_what_counts_without_it() -> None:
    told = reference_files.told

    assert told({"description": "How long.", "default": "5s"}, {}, required=True) == ("How long.", "required")
    assert told({"description": "How long. Default 5s.", "default": "5s"}, {}, required=False) == (
        "How long.",
        "`5s`",
    )
    assert told({"description": "Where. Default: there, or here."}, {}, required=False) == (
        "Where.",
        "there, or here",
    )
