"""The event file: the same bytes each time, and no bad line gets past it or breaks it."""

from __future__ import annotations

import io
import json
import sys
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from sequencer.events import Event, Source
from teiden import events_file
from teiden.files.source import InputError
from teiden.reading.line import MOST_PROBLEMS
from tests.streams import OUTAGE

START = datetime.fromisoformat("2026-11-20T14:00:00+09:00")
LINE = events_file.dumps_line(Event(600.0, "mains.lost", "utility", "room", Source.FACT), START)


def event(t: float = 0.0, **details: object) -> Event:
    return Event(t, "ups.on_battery", "ups1", "control1", Source.SEEN, details)


def problems(path: Path, text: str | bytes) -> list[str]:
    """What is wrong with a file of this content, as the user reads it."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InputError) as caught:
        events_file.read(str(path))
    return [str(problem) for problem in caught.value.problems]


def test_a_line_has_the_fixed_keys_first_and_then_the_details_as_they_were_given() -> None:
    line = json.loads(events_file.dumps_line(event(32.0, zebra=1, ant="連動"), START))
    assert list(line) == ["t", "time", "event", "subject", "by", "source", "zebra", "ant"]
    assert line["time"] == "2026-11-20T14:00:32.000+09:00"


def test_what_was_read_is_written_again_byte_for_byte(tmp_path: Path) -> None:
    recording = events_file.read(str(OUTAGE))
    events_file.write(recording.events, recording.start, str(tmp_path / "again.jsonl"))
    assert (tmp_path / "again.jsonl").read_bytes() == OUTAGE.read_bytes()
    assert recording.header["site"] == "reference"
    assert recording.start == START
    assert not recording.cut_short


def test_times_and_details_are_told_to_the_millisecond_and_japanese_stays_japanese() -> None:
    line = events_file.dumps_line(event(-0.0001, pct=[0.1 + 0.2, {"deep": 1 / 3}], label="連動"), START)
    assert '"t": 0.0,' in line
    assert '"pct": [0.3, {"deep": 0.333}]' in line
    assert "連動" in line


def test_a_clock_change_in_the_middle_of_a_run_moves_the_offset_and_not_the_instant() -> None:
    start = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # clocks go back at three
    lines = [json.loads(events_file.dumps_line(event(t), start)) for t in (0.0, 3600.0)]
    assert [line["time"] for line in lines] == [
        "2026-10-25T02:30:00.000+02:00",
        "2026-10-25T02:30:00.000+01:00",
    ]


def test_a_detail_may_not_hide_a_fixed_key() -> None:
    with pytest.raises(AssertionError, match="'source'"):
        events_file.dumps_line(event(source="elsewhere"), START)


def test_a_dash_is_standard_output_and_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    events_file.write([event(1.0, n=1)], START, "-")
    told = capsys.readouterr().out
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(told.encode())))
    assert events_file.read("-").events == (event(1.0, n=1),)


def test_a_stream_that_begins_in_the_middle_has_no_header_but_a_start(tmp_path: Path) -> None:
    (tmp_path / "live.jsonl").write_text(LINE + "\n")
    recording = events_file.read(str(tmp_path / "live.jsonl"))
    assert recording.header == {}
    assert recording.start == START


def test_an_unfinished_last_line_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "live.jsonl").write_text(f"{LINE}\n{LINE[:40]}")
    recording = events_file.read(str(tmp_path / "live.jsonl"))
    assert len(recording.events) == 1
    assert recording.cut_short


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (LINE[:40], "2:22: error: is not JSON"),
        (LINE.replace("mains.lost", "mains.losst"), 'unknown event "mains.losst"'),
        (LINE.replace("mains.lost", "mains.losst"), "did you mean mains.lost?"),
        (LINE.replace('"by": "room", ', ""), "missing key 'by'"),
        (LINE.replace("600.0", '"600"'), 't: wrong value "600"'),
        (LINE.replace("600.0", "true"), "t: wrong value true"),
        (LINE.replace("600.0", "1e999"), "t: wrong value"),
        (LINE.replace("600.0", "NaN"), "NaN is no JSON number"),
        (LINE.replace("+09:00", ""), "ISO 8601 with an offset"),
        (LINE.replace('"fact"', '"rumour"'), "fact or seen"),
        (LINE.replace('"utility"', "null"), "subject: wrong value null"),
        ("[1, 2]", "a JSON object is expected"),
        ("[" * 100_000 + "\n", "is not JSON"),
    ],
)
def test_a_bad_line_is_named_with_its_place(tmp_path: Path, line: str, complaint: str) -> None:
    text = "\n".join(problems(tmp_path / "bad.jsonl", f"{LINE}\n{line}\n"))
    assert complaint in text
    assert f"{tmp_path}/bad.jsonl:2:" in text
    assert len(text) < 2000


def test_the_caret_stands_under_the_wrong_value(tmp_path: Path) -> None:
    [text] = problems(tmp_path / "bad.jsonl", LINE.replace("mains.lost", "mains.losst") + "\n")
    source, caret = text.split("\n")[1:3]
    assert source[caret.index("^") : caret.rindex("^") + 1] == '"mains.losst"'


def test_every_bad_line_is_named_at_once_but_not_thousands(tmp_path: Path) -> None:
    assert len(problems(tmp_path / "bad.jsonl", "{}\n" * 3)) == 3
    assert len(problems(tmp_path / "bad.jsonl", "{}\n" * 5000)) == MOST_PROBLEMS


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x7fELF\x00\x01", "NUL bytes"),
        (b'{"t": 0}\n\xff\xfe', "byte 9 (line 2) is not UTF-8"),
        (b"site: reference\n", "is not JSON"),
    ],
)
def test_what_is_no_event_file_is_refused_with_a_hint(tmp_path: Path, content: bytes, complaint: str) -> None:
    [text] = problems(tmp_path / "odd.jsonl", content)
    assert complaint in text
    assert "teiden run STORY --events" in text


def test_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    for path, complaint in ((tmp_path / "none.jsonl", "no such file"), (tmp_path, "is a directory")):
        with pytest.raises(InputError, match=complaint) as caught:
            events_file.read(str(path))
        assert str(path) in str(caught.value)


def test_a_path_that_cannot_be_written_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        events_file.write([event()], START, str(tmp_path / "nowhere" / "out.jsonl"))
