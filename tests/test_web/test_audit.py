"""The audit log: whole unless somebody touched it, and then it says where (SEC-17)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from teiden.web.guard.audit import FILE, Audit, Broken, NotKept, verify


@pytest.fixture
def log(tmp_path: Path) -> Path:
    audit = Audit(tmp_path)
    for n in range(5):
        audit.note("mori", "127.0.0.1", "power_off", (f"blade{n}",), request=f"r{n}")
    return tmp_path / FILE


def test_a_log_that_nobody_touched_is_whole(log: Path) -> None:
    assert verify(log)[0] == 5


def test_sec_17_one_changed_byte_anywhere_is_found(log: Path) -> None:
    whole = log.read_bytes()
    for place in range(0, len(whole), 7):
        changed = bytes([whole[place] ^ 1])
        log.write_bytes(whole[:place] + changed + whole[place + 1 :])
        with pytest.raises((Broken, UnicodeDecodeError)):
            verify(log)


def test_a_line_that_was_taken_out_is_found(log: Path) -> None:
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:2] + lines[3:]))
    with pytest.raises(Broken, match="line 3"):
        verify(log)


def test_lines_that_were_exchanged_are_found(log: Path) -> None:
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join([lines[0], lines[2], lines[1], *lines[3:]]))
    with pytest.raises(Broken, match="line 2"):
        verify(log)


def test_the_last_hash_tells_whether_lines_were_cut_off(log: Path) -> None:
    before = verify(log)
    log.write_text("".join(log.read_text().splitlines(keepends=True)[:-1]))
    assert verify(log) != before


def test_a_console_that_was_started_anew_goes_on_with_the_chain(log: Path) -> None:
    Audit(log.parent).note("sato", "127.0.0.1", "login")
    assert verify(log)[0] == 6


def test_a_torn_line_is_put_aside_and_the_next_file_names_it(log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-20])
    Audit(log.parent).note("sato", "127.0.0.1", "login")
    assert verify(log)[0] == 1
    aside = log.with_name(json.loads(log.read_text())["after"])
    with pytest.raises(Broken, match="line 5: it is torn"):
        verify(aside)


def test_what_cannot_be_written_is_said_and_leaves_no_half_line(log: Path) -> None:
    before = log.read_bytes()
    log.unlink()
    log.mkdir()
    with pytest.raises(NotKept):
        Audit(log.parent).note("mori", "", "login")
    log.rmdir()
    log.write_bytes(before)
    assert verify(log)[0] == 5


def test_the_last_lines_come_newest_first(log: Path) -> None:
    found = Audit(log.parent).last(2)
    assert [one["of"] for one in found] == [["blade4"], ["blade3"]]
