"""Without auto-start the operator presses the buttons (R10-03, R10-05, R6-19, R9-28)."""

from __future__ import annotations

from sequencer.requests import Wish
from sim.story import Asked, Pressed
from tests.safety import unsafe, well
from tests.worlds import out, play, reference_site

BY_HAND = reference_site(start__auto=False)
CONTROL = (Pressed(7300, "ups1"), Pressed(7300, "ups2"))
DISKS = (Pressed(7700, "ups3"), Pressed(9000, "ups4"))
LONG = 4 * 3600.0


def test_r10_05_buttons_in_the_right_order_bring_everything_back_and_nothing_is_switched_by_us() -> None:
    late = (Pressed(9300, "ups5"), Pressed(9310, "ups6"))
    tale = play(out(0, 7200), CONTROL, DISKS, late, site=BY_HAND, until_s=LONG)
    well(tale)
    assert not [e for e in tale.all("command.sent *") if e.details["command"] == "on"]
    tale.once("command.sent ssccluster command=restart")
    assert not [e for e in tale.all("alarm.raised *") if e.details.get("rule") == "S8"]


def test_r10_05_a_button_that_is_pressed_before_the_disk_is_ready_is_caught() -> None:
    early = (Pressed(9010, "ups5"), Pressed(9310, "ups6"))
    tale = play(out(0, 7200), CONTROL, DISKS, early, site=BY_HAND, until_s=LONG)
    (alarm,) = [e for e in tale.all("alarm.raised *") if e.details.get("rule") == "S8"]
    assert alarm.subject == "ups5"
    assert "linkeddisk" in alarm.details["text"]


def test_r10_03_the_operator_may_ask_for_the_rest() -> None:
    tale = play(out(0, 7200), CONTROL, Asked(8000, Wish.POWER_ON, by="operator"), site=BY_HAND, until_s=LONG)
    well(tale)
    tale.before(
        "command.sent ups3 command=on", "command.sent ups4 command=on", "command.sent ups5 command=on"
    )


def test_r6_19_nothing_comes_back_by_itself() -> None:
    tale = play(out(0, 7200), site=BY_HAND, until_s=LONG)
    assert not unsafe(tale)
    tale.never("ups.output_on *", "server.booting *")
