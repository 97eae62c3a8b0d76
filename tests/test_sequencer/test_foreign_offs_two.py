"""Two OFFs that nobody here has told, one after the other: whom the first takes goes on going (C12, L4)."""

from __future__ import annotations

from sequencer.foreign import heed_foreign_offs
from sequencer.last_call import heed_countdowns
from sequencer.ports import Os
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import fault, play


def steps(room: HandRoom, event: str) -> list[str]:
    return [told["subject"] for told in room.told(event) if told["step"] == "halted"]


def test_c12_l4_who_is_on_his_way_down_for_one_is_waited_for_when_another_is_told(by_hand: HandRoom) -> None:
    by_hand.run.spawn(heed_countdowns(by_hand.run))
    by_hand.run.spawn(heed_foreign_offs(by_hand.run))
    by_hand.until(5)
    by_hand.upses["ups5"].show(off_armed=True)
    for name in ("blade1", "blade2"):
        by_hand.servers[name].show(os=Os.SHUTTING_DOWN)
    by_hand.until(30)
    by_hand.upses["ups6"].show(off_armed=True)
    by_hand.until(60)
    for name in ("blade1", "blade2"):
        by_hand.servers[name].show(os=Os.HALTED)
    by_hand.until(90)
    assert {"blade1", "blade2"} <= set(steps(by_hand, "step.started"))
    assert sorted(steps(by_hand, "step.done")) == ["blade1", "blade2"]
    assert by_hand.servers["blade1"].sent in ([], ["shutdown"]), "nobody is asked twice"


def test_c12_l4_an_off_of_the_disk_after_that_of_its_servers_ends_what_was_begun() -> None:
    """Of seed 25357."""
    tale = play(fault("foreign_off", "ups5", 0.0), fault("foreign_off", "ups4", 60.0), until_s=1800)
    holds(tale, "foreign_off")
    done = {e.subject for e in tale.all("step.done *") if e.details["step"] == "halted"}
    assert done >= {"blade1", "blade2", "rack1", "rack2"}
