"""Reading quickly is reading with care: neither lets a line pass that the other refuses."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from sequencer.events import Event
from teiden import events_file
from teiden.files.source import InputError
from teiden.reading import quick, reader
from teiden.reading.line import MOST_PROBLEMS, Lines
from teiden.reading.quick import Quick
from teiden.reading.reader import Reader
from tests.streams import OUTAGE, recorded

TEXT = OUTAGE.read_text(encoding="utf-8")
LINES = TEXT.splitlines()
TELLING = [next(line for line in LINES if f'"{name}"' in line) for name in ("mains.lost", "command.sent")]
"""One without details and one with some."""


def carefully(line: str) -> Event | None:
    row = Lines("x").row(1, line)
    return None if row is None else Event(*row[:-1])


def quickly(text: str) -> list[Event] | None:
    columns = Quick().columns(text)
    return None if columns is None else columns.events()


def read(path: Path, block: int) -> tuple[list[Event], Reader]:
    found = Reader(str(path), block=block)
    return [event for columns in found for event in columns.events()], found


def test_every_line_that_we_write_is_read_quickly_and_to_the_same_events() -> None:
    assert quickly(TEXT) == list(recorded())


def test_a_line_without_spaces_is_read_quickly_too() -> None:
    bare = "".join(json.dumps(json.loads(line), separators=(",", ":")) + "\n" for line in LINES)
    assert r"\u" in bare  # the Japanese of the header
    assert quickly(bare) == list(recorded())


@pytest.mark.parametrize("line", TELLING, ids=["mains.lost", "command.sent"])
def test_whatever_happens_to_a_line_quick_and_careful_agree(line: str) -> None:
    """Each character left out, doubled, or replaced by one that means something in JSON, in turn."""
    refused = accepted = 0
    for at in range(len(line)):
        before, here, after = line[:at], line[at], line[at + 1 :]
        for changed in ("", here * 2, '"', "\\", "{", "}", ",", "9", "\t", "e", "\x7f"):
            broken = before + changed + after
            events = quickly(broken + "\n")
            if events is None:
                refused += 1
            else:
                accepted += 1
                assert events == [carefully(broken)], broken
    assert refused > 1000
    assert accepted > 50


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-11-20T", "2026-02-30T"),
        ('"source": "fact"}', '"source": "fact", "t": 7}'),
        ('"source": "fact"}', '"source": "fact", "n": 1}, {"n": 2}'),
        ('"source": "fact"}', '"source": "fact", }'),
        ('"source": "fact"}', '"source": "fact", "n": NaN}'),
        ('"source": "fact"}', '"source": "fact", "n": [1, 2}'),
        ('"fact"', '"rumour"'),
        ("600.0", "999999999"),
        ("600.0", "0600.0"),
        ("600.0", "６００.0"),
    ],
)
def test_what_only_looks_like_an_event_is_left_to_the_careful_one(old: str, new: str) -> None:
    assert old in TELLING[0]
    assert quickly(TELLING[0] + "\n") is not None
    assert quickly(TELLING[0].replace(old, new) + "\n") is None


@pytest.mark.parametrize("block", [1, 100, 4096, 65536])
def test_a_file_reads_the_same_in_blocks_of_any_size(block: int) -> None:
    events, found = read(OUTAGE, block)
    assert events == list(recorded())
    assert found.start == events_file.read(str(OUTAGE)).start
    assert not found.cut_short


def test_a_bad_line_far_down_is_named_with_its_number_among_good_ones(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    lines = [*LINES, TELLING[0].replace("mains.lost", "mains.losst"), *LINES, TELLING[0][:-1], *LINES]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(path, 4096)
    assert [problem.place.line for problem in caught.value.problems] == [276, 552]


def test_bytes_that_are_no_text_are_named_with_their_place_in_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode() + b"\xff\n")
    at = 3 + len(TEXT.encode())
    with pytest.raises(InputError, match=rf"byte {at} \(line 276\) is not UTF-8"):
        read(path, 1000)


def test_a_file_with_a_byte_order_mark_and_foreign_line_ends_is_read(tmp_path: Path) -> None:
    path = tmp_path / "foreign.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert read(path, 4096)[0] == list(recorded())


@pytest.mark.parametrize("cut", ["in the middle of a character", "in the middle of a word"])
def test_a_last_line_that_ends_anywhere_is_left_out_and_told(tmp_path: Path, cut: str) -> None:
    path = tmp_path / "live.jsonl"
    last = TELLING[1].encode() + "連".encode()
    path.write_bytes(TEXT.encode() + (last[:-1] if cut == "in the middle of a character" else last[:60]))
    events, found = read(path, 4096)
    assert events == list(recorded())
    assert found.cut_short


def test_standard_input_is_read_in_blocks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(TEXT.encode())))
    found = Reader("-", block=512)
    assert [event for columns in found for event in columns.events()] == list(recorded())


def test_a_line_is_refused_even_when_nobody_wants_to_read_more_complaints(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("{}\n" * MOST_PROBLEMS + TELLING[0].replace('"fact"', '"rumour"') + "\n")
    with pytest.raises(InputError) as caught:
        events_file.read(str(path))
    assert len(caught.value.problems) == MOST_PROBLEMS


def test_a_clock_at_the_end_of_days_is_refused_and_not_subtracted_from(tmp_path: Path) -> None:
    path = tmp_path / "old.jsonl"
    line = TELLING[0].replace("2026-11-20T14:10:00.000+09:00", "0001-01-01T00:00:00+09:00")
    path.write_text(line + "\n")
    assert quickly(line.replace("00+09:00", "00.000+09:00") + "\n") is None
    with pytest.raises(InputError, match="of our days"):
        events_file.read(str(path))


def test_only_a_line_of_another_make_is_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a million events cost is one look at each block, and one at each different detail."""
    looked_at: list[str] = []

    class Counting(Lines):
        def row(self, number: int, line: str):  # type: ignore[no-untyped-def]
            looked_at.append(line)
            return super().row(number, line)

    monkeypatch.setattr(reader, "Lines", Counting)
    found = Reader(str(OUTAGE), block=8192)
    assert sum(map(len, found)) == len(LINES)
    assert looked_at == LINES[:1]  # it tells when the run began


def test_equal_names_and_details_are_one_object() -> None:
    columns = Quick().columns(TEXT * 3)
    assert columns is not None
    third = len(LINES)
    assert all(columns.subject[n] is columns.subject[n + third] for n in range(third))
    assert all(columns.details[n] is columns.details[n + third] for n in range(third))


def test_a_file_of_ever_new_details_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "MOST_KNOWN", 200)
    reader = Quick()
    for block in range(4):
        new = (TELLING[0].replace("}", f', "n": {block}.{n}}}') + "\n" for n in range(150))
        assert len(reader.columns("".join(new)) or ()) == 150
        assert len(reader._details) <= 200 + 150
