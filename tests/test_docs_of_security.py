"""docs/explanation/security.md: every requirement on security has a test that there is, or a reason."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "security.md"
ROW = re.compile(r"^\| SEC-(\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
REASONS = ("Not met", "In part", "Does not apply")


def rows() -> dict[int, tuple[str, str]]:
    return {int(id): (asked, shown) for id, asked, shown in ROW.findall(PAGE.read_text(encoding="utf-8"))}


@cache
def names() -> frozenset[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        found.update(re.findall(r"def (test_\w+)\(", path.read_text(encoding="utf-8")))
    return frozenset(found)


def named(shown: str) -> list[str]:
    return re.findall(r"`(test_\w+)`", shown)


def test_every_requirement_has_its_row() -> None:
    assert list(rows()) == list(range(1, 31))


def test_a_requirement_is_shown_by_tests_that_there_are_or_has_a_reason() -> None:
    for id in range(1, 31):
        _, shown = rows()[id]
        assert [name for name in named(shown) if name not in names()] == [], id
        assert named(shown) or shown.startswith(REASONS), id


def test_what_carries_the_id_of_a_requirement_is_named_with_it() -> None:
    for id in range(1, 31):
        carrying = {name for name in names() if name.startswith(f"test_sec_{id}_")}
        assert not carrying or carrying & set(named(rows()[id][1])), id


def test_a_test_that_there_is_not_is_seen() -> None:
    assert "test_no_such_thing" not in names()
    assert named("`test_no_such_thing`, and so on") == ["test_no_such_thing"]
