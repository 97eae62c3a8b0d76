"""A card that fell silent as it counted down, and its servers before that was over (S3, S11)."""

from __future__ import annotations

import pytest

from sequencer import timing
from sequencer.journal import Kind, Row
from sequencer.outage import note_what_is_off
from sequencer.ports import Os
from sequencer.proof import off_with_its_loads, without_power
from sequencer.run import Run
from tests.hands import HandRoom

FALLS_IN_S = 420.0
OVER_S = FALLS_IN_S + timing.EVIDENCE_EXTRA_S + 1.0


@pytest.fixture
def run(by_hand: HandRoom) -> Run:
    """An outage of everybody is declared, and ups5 counts down."""
    run = by_hand.run
    for ups in by_hand.upses.values():
        ups.lose_mains()
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses))
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": FALLS_IN_S}))
    by_hand.upses["ups5"].show(off_armed=True)
    return run


def silence(room: HandRoom, last: Os, *, but_one: Os | None = None) -> None:
    """From its tenth second on nobody hears the card, nor its servers; one may have said something else."""
    room.until(10)
    for server in room.site.servers_on("ups5"):
        room.servers[server.name].show(os=last)
    if but_one is not None:
        room.servers["blade1"].show(os=but_one)
    room.upses["ups5"].fall_silent()
    for server in room.site.servers_on("ups5"):
        room.servers[server.name].fall_silent()
    room.until(OVER_S)


@pytest.mark.parametrize("last", [Os.UP, Os.SHUTTING_DOWN, Os.HALTED])
def test_s1_s3_s11_a_silent_ups_is_off_by_its_time_where_its_servers_were_seen_down(
    by_hand: HandRoom, run: Run, last: Os
) -> None:
    """Entered anew the outage took it for off: their disk was flushed and cut at once, and nobody told."""
    silence(by_hand, last)
    blade1 = run.site.servers["blade1"]
    run.spawn(note_what_is_off(run))
    by_hand.until(OVER_S + 10)
    assert ("ups5" in run.settled) is (last is Os.HALTED)
    assert without_power(run, blade1) is (last is Os.HALTED)


def test_s1_s3_all_of_them_are_asked_of_a_ups_and_of_a_server_he_alone(by_hand: HandRoom, run: Run) -> None:
    silence(by_hand, Os.HALTED, but_one=Os.UP)
    servers = run.site.servers
    assert not off_with_its_loads(run, run.site.upses["ups5"])
    assert not without_power(run, servers["blade1"])
    assert without_power(run, servers["blade2"])


def test_s3_what_says_that_it_is_off_is_off_whoever_was_on_it(by_hand: HandRoom, run: Run) -> None:
    silence(by_hand, Os.UP)
    by_hand.upses["ups5"].show(output_on=False)
    assert off_with_its_loads(run, run.site.upses["ups5"])
    assert without_power(run, run.site.servers["blade1"])
