"""Doctor and the service that runs here: whether it goes by this very site file, or by what it was before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from realtime.contacts import Contacts, Live
from realtime.status_json import to_json
from realtime.status_lines import StatusLines
from teiden.doctor.finding import Level
from tests.doctored import OK, WARN, look, only, reference
from tests.test_realtime.serving import serving
from tests.test_realtime.statuses import BORN, calm_day


def beside(path: Path) -> Contacts:
    return Contacts(live=Live(socket=str(path)))


@pytest.mark.parametrize(
    ("site_hash", "level", "words"),
    [
        ("", OK, f"this very site file, since {BORN} (watching)"),
        ("5f1c9a", WARN, f"another site file than this one, since {BORN} (watching)"),
    ],
)
def test_what_was_set_since_its_start_is_pending(
    tmp_path: Path, site_hash: str, level: Level, words: str
) -> None:
    """R3-03, R6-45, R7-06."""
    path = tmp_path / "s"
    told = replace(calm_day(), site_hash=site_hash or reference().hash, armed=False, since=BORN)
    with serving(path, status=StatusLines(lambda: to_json(told))):
        found, said, do = only(look("node.running", beside(path)))
    assert (found, said) == (level, words)
    assert ("start the service anew" in do) is (level is WARN)


def test_a_service_that_does_not_run_says_nothing(tmp_path: Path) -> None:
    assert look("node.running", beside(tmp_path / "nobody")) == []


def test_a_socket_that_nobody_answers_is_to_be_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "left"
    path.touch()
    level, words, do = only(look("node.running", beside(path)))
    assert level is WARN
    assert str(path) in words
    assert "as the service's user" in do
