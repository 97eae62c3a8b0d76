"""What a reading proves, and what it does not: ready, flushed, off. Silence alone proves nothing (S11)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer import guards
from sequencer.ports import ArrayStatus, Flush, Seen, Service, UpsStatus
from sequencer.site import Site
from tests.hands import calm_ups


def seen(status: Any, *, fresh: bool = True) -> Seen[Any]:
    return Seen(status, 100.0, fresh)


@pytest.fixture
def calm(site: Site) -> UpsStatus:
    return calm_ups(site, "ups5")


def test_s11_only_a_fresh_reading_proves_ready_or_flushed() -> None:
    done = ArrayStatus(Service.READY, Flush.DONE)
    assert guards.ready(seen(done))
    assert guards.flushed(seen(done))
    assert not guards.ready(seen(done, fresh=False))
    assert not guards.flushed(seen(done, fresh=False))
    assert not guards.ready(seen(None, fresh=False))
    assert not guards.ready(seen(None))
    assert not guards.flushed(seen(None))
    assert not guards.flushed(seen(ArrayStatus(Service.READY, Flush.UNDER_WAY)))


def off(status: UpsStatus | None, *, fresh: bool = True, **changes: Any) -> bool:
    facts = {"now_s": 455.0, "falls_at_s": 420.0, "loads_halted": True, "extra_s": 30.0} | changes
    return guards.off(seen(status, fresh=fresh), **facts)


def test_s3_a_ups_that_says_it_is_off_is_off(calm: UpsStatus) -> None:
    assert off(replace(calm, output_on=False), falls_at_s=None, loads_halted=False)
    assert not off(calm)


def test_s3_off_as_its_last_word_and_silent_since_is_off(calm: UpsStatus) -> None:
    """Off without mains its card is dead, and it stays off."""
    assert off(replace(calm, output_on=False), fresh=False, falls_at_s=None)


def test_s3_an_armed_off_that_has_run_out_with_its_loads_halted_is_off_when_silent(calm: UpsStatus) -> None:
    armed = replace(calm, off_armed=True)
    assert off(armed, fresh=False)
    assert off(armed, fresh=False, now_s=450.0)
    assert not off(armed, fresh=False, now_s=449.9), "its delay and the extra time are not over"
    assert not off(armed, fresh=False, loads_halted=False)
    assert not off(armed, fresh=False, falls_at_s=None), "no OFF is known"


def test_s3_a_ups_that_still_says_on_is_not_off_whatever_was_armed(calm: UpsStatus) -> None:
    assert not off(replace(calm, off_armed=True), fresh=True)


def test_s11_silence_alone_is_no_evidence_of_off(calm: UpsStatus) -> None:
    assert not off(calm, fresh=False, falls_at_s=None)
    assert not off(calm, fresh=False), "an OFF was sent, and nobody has seen it counting down"
    assert not off(None, fresh=False, falls_at_s=None)
