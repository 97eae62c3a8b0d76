"""The difference of two site files, line by line: whatever might be a pass phrase is stars in it (SEC-14)."""

from __future__ import annotations

import pytest

from teiden.configuration.changes import changed_keys, unified
from teiden.files import yaml_marks
from tests.site_files import POLLED
from tests.two_nodes import TWO


def keys(ours: str, theirs: str) -> list[tuple[str | int, ...]]:
    (one,), (other,) = yaml_marks.parse(ours, "a"), yaml_marks.parse(theirs, "b")
    return changed_keys(one, other)


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("a: 1", "a: 1", []),
        ("a: 1\nb: 2", "b: 2\na: 1", []),
        ("a: {b: 1, c: 2}", "a: {b: 1, c: 3}", [("a", "c")]),
        ("a: {b: 1}", "{}", [("a", "b")]),
        ("{}", "a: {b: {c: 1}}", [("a", "b", "c")]),
        ("a: [1, 2]", "a: [1, 3]", [("a",)]),
        ("a: [1]", "a: {b: 1}", [("a",)]),
        ("a: {}", "b: {}", [("a",), ("b",)]),
    ],
)
def test_what_has_changed_by_key(ours: str, theirs: str, expected: list[tuple[str, ...]]) -> None:
    assert keys(ours, theirs) == expected


def test_a_difference_shows_both_lines_and_both_names() -> None:
    lines = unified(TWO, POLLED, "control2/site.yaml", "control1/site.yaml")
    assert lines[:2] == ["--- control2/site.yaml", "+++ control1/site.yaml"]
    assert [line for line in lines if line.startswith("-polling")]
    assert [line for line in lines if "on_line: 9s" in line]


@pytest.mark.parametrize(
    "line",
    [
        "snmp: {user: teiden, secret: hunter2hunter2}",
        "live: {alarms: {webhook: 'https://teiden:hunter2hunter2@alarms.example'}}",
        "password: hunter2hunter2",
        "community: 'hunter2hunter2'",
    ],
)
def test_sec_14_no_pass_phrase_stands_in_a_difference(line: str) -> None:
    for broken in ("", "\n{"):  # also where the file cannot be read
        shown = "\n".join(unified("a: 1", f"a: 1\n{line}{broken}", "ours", "theirs"))
        if broken and "://" in line:
            continue  # no key says that it is one
        assert "hunter2" not in shown
        assert "***" in shown


def test_where_a_secret_stands_is_shown() -> None:
    assert "cred:snmp-auth" in "\n".join(unified("", "secret: cred:snmp-auth", "a", "b"))
