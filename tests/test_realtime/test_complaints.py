"""What is wrong with a peer stands in the log once, and again when it changes or an hour has passed."""

from __future__ import annotations

import logging

import pytest

from realtime.peers import complaints
from realtime.peers.complaints import AGAIN_S, MOST, Complaints


def test_the_same_is_said_once_until_it_changes_or_an_hour_has_passed(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = [1000.0]
    monkeypatch.setattr(complaints.time, "monotonic", lambda: now_s[0])
    log = Complaints(logging.getLogger("peers"))
    for words in ("no answer", "no answer", "refused", "", "refused"):
        log.say("control2", words)
    log.say("control3", "refused")
    assert [r.message for r in caplog.records] == [
        "control2: no answer",
        "control2: refused",
        "control2: refused",
        "control3: refused",
    ]
    now_s[0] += AGAIN_S
    log.say("control3", "refused")
    assert len(caplog.records) == 5


def test_only_so_many_subjects_are_remembered() -> None:
    log = Complaints(logging.getLogger("peers"))
    for n in range(3 * MOST):
        log.say(f"node{n}", "refused")
    assert len(log._said) == MOST
