"""What is stopped for the power of a disk that counts down, and when mains are back (S9, S31, C12, P12)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM
from tests.worlds import LINKED

ARMED = "100 room ups.off_armed ups4 how=graceful falls_at=1110"
"""The power of linkeddisk, by an OFF that none of ours has told."""
OUTAGE = (
    "0 room mains.lost ups6",
    "60 control1 outage.confirmed ups6",
    "60 control1 incident.opened reference cause=ups6",
)
BACK = "62 room mains.restored ups6"
FLUSH = "linkeddisk command=flush"


def breaks(telling: Any, what: str, *lines: str) -> bool:
    """S9, by this command at 110 s."""
    return "S9" in telling.plus(*lines, f"110 control1 command.sent {what}").broken


@pytest.mark.parametrize("times", [(), (*OUTAGE, BACK)], ids=["calm", "the mains are back"])
@pytest.mark.parametrize("what", [FLUSH, "blade1 command=shutdown", "blade1 command=force"])
def test_S9_c12_a_disk_whose_power_counts_down_is_flushed_and_who_uses_it_stopped(
    tell: Any, times: tuple[str, ...], what: str
) -> None:
    told = tell(CALM).plus(*times)
    assert breaks(told, what)
    assert not breaks(told, what, ARMED)
    assert breaks(told, what, ARMED.replace("ups4", "ups3")), "none of its own"


@pytest.mark.parametrize(
    "what",
    ["ups5 command=off", "linkeddisk command=stop", "blade1 command=flush", "control2 command=shutdown"],
)
def test_S9_c12_nothing_else_is_done_for_it(tell: Any, what: str) -> None:
    assert breaks(tell(CALM), what, ARMED)


def test_S9_c12_a_node_is_not_stopped_for_the_control_disk(tell: Any) -> None:
    """Nobody flushes that; the cluster goes with its power, and somebody has to see to it."""
    assert breaks(tell(CALM), "control2 command=shutdown", ARMED.replace("ups4", "ups3"))


def test_S9_u8_one_that_has_come_up_since_goes_until_its_disk_has_fallen(tell: Any) -> None:
    armed = ARMED.replace("ups4", "ups3")
    told = tell(CALM).plus("50 room server.halted control2", "60 room server.booting control2")
    late, early = told.plus("105 room server.up control2"), told.plus("95 room server.up control2")
    assert not breaks(late, "control2 command=shutdown", armed)
    assert breaks(late, "control2 command=shutdown", ARMED), "nobody of it uses that"
    assert breaks(late, "control1 command=shutdown", armed), "it was up all the time"
    assert breaks(early, "control2 command=shutdown", armed)
    assert breaks(told.plus("100 room server.up control2"), "control2 command=shutdown", armed), (
        "in that moment"
    )
    gone = late.plus("106 room server.halted control2")
    assert breaks(gone, "control2 command=shutdown", armed)


def test_S9_u8_nor_has_it_come_up_since_when_one_of_two_that_fall_under_its_disk_was_told_later(
    tell: Any,
) -> None:
    told = tell(CALM).plus("50 room server.halted control2", "60 room server.booting control2")
    disk = replace(told.site.arrays["controldisk"], enclosures=("ups4",))
    late = told.plus("105 room server.up control2").at_site(arrays={**told.site.arrays, disk.name: disk})
    controllers, enclosures = ARMED.replace("ups4", "ups3"), ARMED
    assert not breaks(late, "control2 command=shutdown", controllers, enclosures)
    later = enclosures.replace("100 ", "106 ")
    assert breaks(late, "control2 command=shutdown", controllers, later)


@pytest.mark.parametrize(
    ("off", "broken"),
    [
        ("control2 command.sent ups2 command=off how=until_mains", False),
        ("control2 command.sent ups2 command=off how=sleep", False),
        ("control2 command.sent ups2 command=off how=graceful", True),
        ("control2 command.sent ups1 command=off how=until_mains", True),
        ("control1 command.sent ups2 command=off how=until_mains", True),
    ],
)
def test_S9_u8_and_its_own_ups_goes_with_it_if_that_comes_back_by_itself(
    tell: Any, off: str, broken: bool
) -> None:
    armed, goes = ARMED.replace("ups4", "ups3"), "107 room server.shutting_down control2"
    told = tell(CALM).plus("50 room server.halted control2", "60 room server.booting control2")
    late, early = told.plus("105 room server.up control2"), told.plus("95 room server.up control2")
    assert ("S9" in late.plus(armed, goes, f"110 {off}").broken) is broken
    assert "S9" in early.plus(armed, goes, f"110 {off}").broken, "it had known of that before"
    assert "S9" in late.plus(armed, f"110 {off}").broken, "it does not go"
    assert "S9" in late.plus(ARMED, goes, f"110 {off}").broken, "its disk stays"


@pytest.mark.parametrize(
    ("how", "broken"),
    [("now", True), ("graceful", True), ("until_mains", False), ("sleep", False)],
)
def test_S9_with_the_mains_back_only_an_off_after_which_they_bring_it_back_is_told(
    tell: Any, how: str, broken: bool
) -> None:
    assert breaks(tell(CALM), f"ups6 command=off how={how}", *OUTAGE, BACK) is broken


def test_S9_p12_nobody_can_tell_a_test_of_the_battery_from_the_outage_going_on(tell: Any) -> None:
    shutdown = "rack1 command=shutdown"
    lives = "63 room ups.on_line ups6"
    assert breaks(tell(CALM), shutdown, *OUTAGE, BACK, lives)
    tests = (lives, "70 room ups.on_battery ups6")
    assert not breaks(tell(CALM), shutdown, *OUTAGE, BACK, *tests)


def test_S31_c12_who_uses_a_disk_whose_power_counts_down_is_stopped_in_anybodys_outage(tell: Any) -> None:
    """The outage is ups6's, and blade1 hangs on ups5; both it and the disk are none of its matter else."""
    out = tell(CALM).plus(*OUTAGE)
    for what in (FLUSH, "blade1 command=shutdown"):
        told = out.plus(f"110 control1 command.sent {what}")
        assert "S31" in told.broken
        assert "S31" not in told.plus(ARMED).broken


def test_S31_who_is_wanted_down_and_is_down_is_told_once_more_in_nobodys_outage(tell: Any) -> None:
    down = (
        "61 control1 request.accepted reference wish=power_off id=r1 of=blade1",
        "70 room server.shutting_down blade1",
        "80 room server.halted blade1",
    )
    told = tell(CALM).plus(*OUTAGE, "110 control1 command.sent blade1 command=shutdown")
    assert "S31" in told.broken
    assert "S31" not in told.plus(*down).broken


def test_S9_a_cluster_is_restarted_for_one_node_that_somebody_wants_up(tell: Any) -> None:
    restart = tell(CALM).plus("110 control1 command.sent ssccluster command=restart")
    halted = restart.plus("10 room server.shutting_down control2", "20 room server.halted control2")
    assert "S9" in halted.broken
    wish = "100 control1 request.accepted reference wish=power_on id=r1 of=control2"
    assert "S9" not in halted.plus(wish).broken


SHORT = "199 control1 alarm.raised linkeddisk rule=S18 text=short"


@pytest.mark.parametrize(("out", "rule"), [("ups4", "S9"), ("ups5", "S31")])
def test_S9_S31_p4_the_flush_of_a_disk_that_nobody_uses_is_no_stop_while_its_battery_is_short(
    tell: Any, out: str, rule: str
) -> None:
    """Whosever outage it was, mains or not; but an alarm says so, and nobody writes to it."""
    halted = [f"90 room server.halted {name}" for name in LINKED]
    told = tell(CALM).plus(*halted, f"0 room mains.lost {out}", f"61 control1 outage.confirmed {out}")
    told = told.plus(f"100 room mains.restored {out}") if rule == "S9" else told
    told = told.plus(f"200 control1 command.sent {FLUSH}")
    assert rule in told.broken
    assert rule not in told.plus(SHORT).broken
    assert rule in told.plus(SHORT, "150 room server.booting rack1").broken
    assert rule in told.plus(SHORT.replace("linkeddisk", "ups6")).broken
    assert rule in told.plus(SHORT).changed("200 control1", "flush", "off").broken
    if rule == "S9":  # on the way up of a night its battery may be short, too (seed 6465)
        night = told.without(f"61 control1 outage.confirmed {out}")
        assert rule in night.broken
        assert rule not in night.plus(SHORT).broken
    ready = "199.5 room array.ready linkeddisk"
    assert rule not in told.plus(SHORT, ready).broken, "who hung tells anew that it is so still (seed 139157)"
    assert rule in told.plus(SHORT, "199.2 room array.off linkeddisk", ready).broken
    control = told.plus(SHORT.replace("linked", "control")).changed("200 control1", "linked", "control")
    assert rule in control.broken
