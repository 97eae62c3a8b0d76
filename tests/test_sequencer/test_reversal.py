"""Before the way is reversed: who is left behind is off, and a flush that has begun comes to its end."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sequencer.journal import Kind, Row
from sequencer.planned import too_late
from sequencer.ports import Os
from sequencer.turn import turned
from sequencer.watch import RETURNS
from tests.hands import HandRoom
from tests.worlds import LINKED


@pytest.fixture
def racks_back(by_hand: HandRoom) -> HandRoom:
    """ups6 has its mains again, ups5 has none and has not gone off yet; all its servers are down."""
    by_hand.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}),
        *(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in ("ups5", "ups6")),
    )
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    by_hand.upses["ups5"].lose_mains()
    by_hand.run.mains["ups6"].on_line_since_s = -1000.0
    return by_hand


def test_s18_nobody_turns_round_before_the_ups_that_is_left_behind_has_gone_off(
    racks_back: HandRoom,
) -> None:
    """From then on nobody looks after its battery."""
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(100)
    assert not task.over
    assert [e["step"] for e in racks_back.told("step.waiting")] == ["ups5 is to go off first"]
    racks_back.upses["ups5"].show(output_on=False)
    racks_back.until(101)
    assert task.over


def test_s7_nor_before_its_mains_are_stable_if_they_come_back_first(racks_back: HandRoom) -> None:
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(100)
    racks_back.run.mains["ups5"].on_line_since_s = 100.0
    racks_back.upses["ups5"].regain_mains()
    racks_back.run.announce("ups5", RETURNS)
    stable_s = 100.0 + racks_back.site.start.mains_stable_s
    racks_back.until(stable_s - 1)
    assert not task.over
    racks_back.until(stable_s + 1)
    assert task.over


def test_l3_h1_one_that_hangs_on_its_way_down_and_whom_nobody_of_us_has_told_is_waited_for_to_its_limit(
    racks_back: HandRoom,
) -> None:
    """Its cluster's manager, perhaps. On the way up it is forced (C7)."""
    racks_back.upses["ups5"].show(output_on=False)
    racks_back.servers["control2"].show(os=Os.SHUTTING_DOWN)
    task = racks_back.run.spawn(turned(racks_back.run))
    limit_s = racks_back.site.servers["control2"].stop_limit_s
    racks_back.until(limit_s - 1)
    assert not task.over
    assert [e["step"] for e in racks_back.told("step.waiting")] == ["control2 is shutting down"]
    racks_back.until(limit_s + 1)
    assert task.over


def test_l3_one_that_comes_up_and_goes_down_again_meanwhile_has_its_whole_limit_anew(
    racks_back: HandRoom,
) -> None:
    racks_back.upses["ups5"].show(output_on=False)
    node = racks_back.servers["control2"]
    node.show(os=Os.SHUTTING_DOWN)
    racks_back.servers["rack1"].show(os=Os.SHUTTING_DOWN)  # or nothing would be in the way meanwhile
    task = racks_back.run.spawn(turned(racks_back.run))
    racks_back.until(50)
    node.show(os=Os.UP)
    racks_back.run.announce()
    racks_back.until(60)
    node.show(os=Os.SHUTTING_DOWN)
    limit_s = racks_back.site.servers["control2"].stop_limit_s
    racks_back.servers["rack1"].show(os=Os.HALTED)
    racks_back.until(60 + limit_s - 1)
    assert not task.over
    racks_back.until(60 + limit_s + 1)
    assert task.over


@pytest.mark.parametrize("asked", [True, False])
def test_r10_46_a_night_whose_lead_has_come_waits_for_a_flush_that_has_begun_and_for_no_other(
    by_hand: HandRoom, asked: bool
) -> None:
    run, linkeddisk = by_hand.run, by_hand.site.arrays["linkeddisk"]
    run.hear(Row(Kind.PLANNED, "r1", 1, "control1/1", 0.0))
    if asked:
        run.hear(Row(Kind.FLUSH_ASKED, "linkeddisk", 1, "control1/1", 0.0))
    task = run.spawn(too_late(run, linkeddisk, datetime.fromtimestamp(run.wall_s() + 50.0, UTC)))
    by_hand.until(49)
    assert not task.over
    by_hand.until(100)
    assert task.over is not asked
    run.hear(Row(Kind.FLUSH_SETTLED, "linkeddisk", 1, "control1/1", 100.0, {"flushed": True}))
    by_hand.until(101)
    assert task.over
