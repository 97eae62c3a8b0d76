"""Files that went wrong: read, or refused in words with their place; never a traceback, never for ever."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from teiden.apc import storage
from teiden.apc.document import Document
from teiden.events_file import read
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError, Place, Problem
from teiden.files.story_file import stories_from_text
from teiden.rules.report import check
from teiden.rules.text import report_text
from tests.examples import few, many
from tests.garbled import garbled

ROOT = Path(__file__).parents[2]
SITES = [
    (ROOT / f"scenarios/sites/{name}.yaml").read_text(encoding="utf-8")
    for name in ("reference", "two-feeds", "separate-enclosures", "ver1")
]
STORIES = [
    (ROOT / f"scenarios/{name}.yaml").read_text(encoding="utf-8")
    for name in ("site-outage", "control-disk-outage", "dst-night", "jobs", "flapping-mains", "power-off-api")
]
CONFIG = (ROOT / "tests/fixtures/config.apc").read_bytes()
EVENTS = b"".join(
    (ROOT / "tests/fixtures/reference-outage.jsonl").read_bytes().splitlines(keepends=True)[:40]
)
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
LIMIT_S = 10.0
"""Of CPU: far more than any file needs, far less than a hang."""


def told(refused: InputError, file: str = "") -> None:
    """Every problem says what is wrong, and where unless it is about the whole file."""
    assert refused.problems
    if file:
        assert file in str(refused)
        return
    for problem in refused.problems:
        assert problem.message
        assert problem.place.line or "empty" in problem.message, problem.message
        assert "Traceback" not in str(problem)


def site_is_read_or_refused(text: str) -> None:
    began_s = process_time()
    try:
        report = check(site_from_text(text))
    except InputError as refused:
        told(refused)
    else:
        assert report_text(report)
    assert process_time() - began_s < LIMIT_S


def story_is_read_or_refused(text: str) -> None:
    began_s = process_time()
    try:
        assert stories_from_text(text, str(ROOT / "scenarios/drawn.yaml"))
    except InputError as refused:
        told(refused)
    assert process_time() - began_s < LIMIT_S


@few(5)
@given(garbled(SITES))
@example(BOMB)
@example("[" * 100_000)
@example("- " * 100_000)
@example("a: " * 1000)
@example("{" + "a: 1, " * 500 + "}")
@example("secret:" + " " * 100_000 + "env:X {")
def test_a_garbled_site_is_read_or_refused(text: str) -> None:
    site_is_read_or_refused(text)


@pytest.mark.long
@many(1000)
@given(garbled(SITES, most=8) | st.text(max_size=300))
def test_any_garbled_site_is_read_or_refused(text: str) -> None:
    site_is_read_or_refused(text)


@few(5)
@given(garbled(STORIES))
@example(BOMB)
def test_a_garbled_story_is_read_or_refused(text: str) -> None:
    story_is_read_or_refused(text)


@pytest.mark.long
@many(500)
@given(garbled(STORIES, most=8) | st.text(max_size=300))
def test_any_garbled_story_is_read_or_refused(text: str) -> None:
    story_is_read_or_refused(text)


def test_problems_of_a_line_of_megabytes_are_shown_at_once() -> None:
    line = "a" * (4 << 20)
    began_s = process_time()
    shown = str(
        InputError(Problem(Place("site.yaml", 1, 10 * n + 1, line, 10**6), f"no {n}") for n in range(50))
    )
    assert process_time() - began_s < 2.0
    assert max(map(len, shown.splitlines())) < 200


@st.composite
def broken_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    """Cut, and with some bytes in it that were not there."""
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(content)))
        to = min(len(content), at + draw(st.sampled_from((0, 1, 4, 30))))
        content = (
            content[:at]
            + draw(st.sampled_from((b"", b"\n", b'"', b"{", b"9" * 400)) | st.binary(max_size=6))
            + content[to:]
        )
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


def bytes_are_read_or_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    try:
        load_site(path)
    except InputError as refused:
        told(refused, path.name)


@few(4)
@given(broken_bytes(SITES[0].encode()) | st.binary(max_size=50))
def test_a_site_of_broken_bytes_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    bytes_are_read_or_refused(content, tmp_path / "site.yaml")


@pytest.mark.long
@many(1000)
@given(broken_bytes(SITES[0].encode()) | st.binary())
def test_any_site_of_broken_bytes_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    bytes_are_read_or_refused(content, tmp_path / "site.yaml")


def config_is_read_or_refused(content: bytes) -> None:
    document = Document(content, "config.apc")
    assert bytes(document) == content
    wanted = storage.Storage(True, "192.0.2.32", 6001, 300)
    try:
        storage.read(document)
        storage.write(document, wanted)
    except InputError as refused:
        told(refused, "config.apc")
    else:
        assert storage.read(Document(bytes(document), "config.apc")).storage == wanted


@few(15)
@given(broken_bytes(CONFIG) | st.binary())
def test_a_garbled_config_apc_is_read_or_refused(content: bytes) -> None:
    config_is_read_or_refused(content)


@pytest.mark.long
@many(1000)
@given(broken_bytes(CONFIG) | st.binary())
def test_any_garbled_config_apc_is_read_or_refused(content: bytes) -> None:
    config_is_read_or_refused(content)


def events_are_read_or_refused(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    try:
        recording = read(str(path))
    except InputError as refused:
        told(refused, path.name)
    else:
        assert recording.events or recording.cut_short


def lines_with(value: str) -> bytes:
    first, second, *_ = EVENTS.splitlines(keepends=True)
    fields = second.decode().rstrip("\n").removesuffix("}")
    return first + f'{fields}, "odd": {value}}}\n'.encode()


@few(8)
@given(broken_bytes(EVENTS) | st.binary(max_size=80))
@example(lines_with("9" * 5000))
@example(lines_with("[" * 50_000))
@example(lines_with("NaN"))
@example(lines_with(json.dumps("\ud800")))
def test_a_garbled_event_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    events_are_read_or_refused(content, tmp_path / "run.jsonl")


@pytest.mark.long
@many(1000)
@given(broken_bytes(EVENTS) | st.binary())
def test_any_garbled_event_file_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    events_are_read_or_refused(content, tmp_path / "run.jsonl")
