"""An array behind any program: its words, its exit codes, and a program that hangs."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from realtime.arrays.command import CommandArray
from realtime.contacts import CommandContact
from sequencer.ports import Accepted, ArrayStatus, Flush, Receipt, Service, Unreachable


@pytest.fixture
def program(tmp_path: Path) -> str:
    if sys.platform == "win32":
        pytest.skip("its programs are written in sh")
    return "sh"


def array(limit_s: float = 5.0, **commands: tuple[str, ...]) -> CommandArray:
    return CommandArray(CommandContact(commands, limit_s), "linkeddisk")


def test_it_tells_its_state_in_two_words(program: str) -> None:
    looked = asyncio.run(array(state=(program, "-c", "echo ready under_way; echo more")).read())
    assert looked == ArrayStatus(Service.READY, Flush.UNDER_WAY)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("echo fine", "it said 'fine', which is no state"),
        ("true", "it said '', which is no state"),
        ("echo ready done; exit 3", "exit code 3: ready done"),
        ("echo no such array >&2; exit 1", "exit code 1: no such array"),
    ],
)
def test_what_is_no_state_is_unknown(program: str, script: str, reason: str) -> None:
    assert asyncio.run(array(state=(program, "-c", script)).read()) == Unreachable(reason)


def test_it_is_told_which_array_is_meant(program: str, tmp_path: Path) -> None:
    flush = (program, "-c", f'echo "$1" >"{tmp_path}/flushed"', program, "{name}")
    assert asyncio.run(array(flush=flush).flush()) == Receipt(Accepted.YES)
    assert (tmp_path / "flushed").read_text() == "linkeddisk\n"


def test_a_flush_that_fails_is_refused_with_its_first_line(program: str) -> None:
    receipt = asyncio.run(array(flush=(program, "-c", "echo not permitted; exit 1")).flush())
    assert receipt == Receipt(Accepted.NO, "exit code 1: not permitted")


def test_a_program_that_hangs_leaves_it_unknown(program: str) -> None:
    hangs = array(0.05, state=("sleep", "9"), flush=("sleep", "9"))
    assert asyncio.run(hangs.read()) == Unreachable("timed out after 0.05 s")
    assert asyncio.run(hangs.flush()) == Receipt(Accepted.UNKNOWN, "timed out after 0.05 s")


def test_a_program_that_is_killed_leaves_it_unknown(program: str) -> None:
    receipt = asyncio.run(array(flush=(program, "-c", "kill -9 $$")).flush())
    assert receipt.accepted is Accepted.UNKNOWN


def test_no_program_is_a_refusal_since_nothing_was_asked() -> None:
    assert asyncio.run(array(flush=("/nowhere/flush",)).flush()).accepted is Accepted.NO
    assert "no program is named" in asyncio.run(array().flush()).reason
    looked = asyncio.run(array().read())
    assert isinstance(looked, Unreachable)
    assert "no program is named" in looked.reason
