"""What the judge knows of a stop that is overtaken: a restart is none, a countdown stays, nobody is there."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sim.story import Managed, Manager
from teiden.judge.verdict import judge
from tests.told_well import CALM
from tests.worlds import out, play

ALL_DOWN = """
-600 room run.started reference
-590 control1 lease.taken reference
-500 control1 request.accepted reference wish=cluster_shutdown id=r1
-400 room server.shutting_down control1
-340 room server.halted control1
"""
STOP = "0 control1 command.sent ssccluster command=stop"


@pytest.fixture
def down(tell: Any) -> Any:
    return tell(ALL_DOWN)


def test_S9_a_node_that_restarts_is_still_wanted_down(down: Any) -> None:
    """R2-08: halted and booting in one instant."""
    again = down.plus("-340 room server.booting control1", "-100 room server.up control1", STOP)
    assert "S9" not in again.broken


def test_S9_a_node_that_somebody_boots_is_wanted_up_from_then_on(down: Any) -> None:
    by_hand = down.plus("-330 room server.booting control1", "-90 room server.up control1", STOP)
    assert "S9" in by_hand.broken


@pytest.mark.parametrize(
    ("ends", "broken"),
    [
        ((), False),
        (("-450 room cluster.forced ssccluster",), True),
        (('-450 room cluster.stopped ssccluster cause="controldisk is gone"',), True),
        (("-450 room cluster.stopped ssccluster cause=command",), False),
        (("-450 room cluster.stopped ssccluster",), False),  # in a live room nobody says why
        (("-399 room cluster.forced ssccluster",), False),  # it is on its way, and boots again
    ],
)
def test_S9_s28_r2_08_a_restart_that_hangs_until_it_is_forced_boots_nobody_again(
    down: Any, ends: tuple[str, ...], broken: bool
) -> None:
    """Who is told to stop after that has gone for good: whoever boots him then wants him up (920186)."""
    boots = ("-330 room server.booting control1", "-90 room server.up control1")
    told = down.plus("-550 control1 command.sent ssccluster command=restart", *ends, *boots, STOP)
    assert any(b.t == told.lost_s for b in told.result("S9").breaches) is broken


def test_S9_a_node_that_is_booted_onto_its_countdown_is_not(down: Any) -> None:
    falling = "-395 room ups.off_armed ups1 how=graceful falls_at=625"
    boots = ("-330 room server.booting control1", "-90 room server.up control1")
    again = "0 control1 command.sent control1 command=shutdown"
    assert "S9" not in down.plus(falling, *boots, again).broken
    assert "S9" in down.plus(*boots, again).broken


def test_S9_t7_nor_is_one_that_went_down_with_a_power_that_comes_back_with_its_mains(down: Any) -> None:
    """An outage before that word has taken it along, and it has come back as it was told then."""
    boots = ("-330 room server.booting control1", "-90 room server.up control1")
    told = "-450 control1 command.sent {} command=off how={}"
    assert "S9" not in down.plus(told.format("ups1", "until_mains"), *boots, STOP).broken
    for other in (told.format("ups1", "graceful"), told.format("ups2", "until_mains")):
        assert "S9" in down.plus(other, *boots, STOP).broken


@pytest.mark.parametrize(
    ("row", "subject", "broken"),
    [
        ("-85 control1 journal.committed {} kind=wanted", "r1, then control1/2", False),
        ("-85 control2 journal.committed {} kind=wanted", "r1, then control2/2", True),
        ("-85 control1 journal.committed {} kind=wanted", "r2, then control1/2", True),  # another word
        ("-85 control1 journal.committed {} kind=reached", "r1, then control1/2", True),
        ("-91 control1 journal.committed {} kind=wanted", "r1, then control1/2", True),  # an earlier boot
        ("-90 control1 journal.committed {} kind=wanted", "r1, then control1/2", False),
        ("-60 control1 journal.committed {} kind=wanted", "r1, then control1/2", False),
        ("-59 control1 journal.committed {} kind=wanted", "r1, then control1/2", True),  # a later one
        ("-85 control1 journal.committed {} kind=wanted", "r1", True),  # that is no end of it
    ],
)
def test_S9_t4_of_nodes_that_boot_at_once_the_clock_of_who_says_so_counts(
    down: Any, row: str, subject: str, broken: bool
) -> None:
    """control1's is 300 s behind: it ends that stop at -390 s by it, and fires an off of -300 s."""
    both = down.plus("-400 room server.shutting_down control2", "-340 room server.halted control2")
    boots = [f"-{t} room server.booting {node}" for t, node in ((330, "control2"), (329, "control1"))]
    up = "-90 room server.up control2", "-89 room server.up control1"
    fired = '0 control1 schedule.fired reference id=n/1/off goal=down late_s=0 servers="control1, control2"'
    stop = "5 control1 command.sent ssccluster command=stop"
    night = both.plus(
        "-595 room clock.stepped control1 by_s=-300", *boots, *up, row.format("ROW"), fired, stop
    )
    events = [replace(e, subject=subject) if e.subject == "ROW" else e for e in night.events]
    found = {result.id for result in judge(events, night.site).invariants if result.breaches}
    assert ("S9" in found) is broken


SECOND = """
-600 room run.started reference
-590 control1 lease.taken reference
0 room mains.lost ups3
2 control1 ups.on_battery ups3
"""
EARLY = '300 control1 outage.confirmed ups3 because="the battery lasts for its own stop only" first_seen=602'


@pytest.mark.parametrize(("runtime_s", "broken"), [(770, False), (1200, True)])
def test_S10_a_control_battery_that_covers_its_stop_only_waits_no_longer(
    tell: Any, runtime_s: int, broken: bool
) -> None:
    """480 s are needed, and 300 s have gone by; by what it holds, not by what is said (P4)."""
    told = tell(SECOND).plus(f"0 room ups.charge ups3 charge_pct=30 runtime_s={runtime_s}", EARLY)
    assert ("S10" in told.broken) is broken


@pytest.mark.parametrize(
    ("ups", "runtime_s", "broken"),
    [("ups5", 440, False), ("ups5", 900, True), ("ups4", 740, False), ("ups4", 900, True)],
)
def test_S10_nor_does_one_of_the_linked_side(tell: Any, ups: str, runtime_s: int, broken: bool) -> None:
    """ups5 needs 420 s for its own stop, ups4 720 s with the flush; 20 s have gone by (P3)."""
    told = tell(SECOND.replace("ups3", ups)).plus(
        f"0 room ups.charge {ups} charge_pct=30 runtime_s={runtime_s}",
        EARLY.replace("300", "20", 1).replace("ups3", ups),
    )
    assert ("S10" in told.broken) is broken


def broken(*happenings: Any) -> set[str]:
    tale = play(*happenings, until_s=6 * 3600.0)
    verdict = judge(tale.room.stream.events, tale.room.site)
    return {result.id for result in verdict.invariants if result.breaches}


def test_L2_nobody_is_blamed_for_what_batteries_take_while_every_node_is_down() -> None:
    """R10-14: the manager has shut the cluster down; and what comes back by itself is nobody's start (S8)."""
    stop = Managed(0.0, Manager.SHUTDOWN, "ssccluster")
    assert not broken(stop, out(900, 5000)) & {"L2", "S8", "S18"}


def test_L2_is_broken_by_a_node_that_was_there_and_did_not_act(tell: Any) -> None:
    """It was up once the mains were away, if only for a moment."""
    lost = (
        "0 room mains.lost ups5",
        "1200 room ups.exhausted ups5",
        "1200 room ups.output_off ups5 cause=exhausted",
        "1200 room server.crashed blade1 cause=power",
    )
    halted = ("-340 room server.halted control2",)
    assert "L2" not in tell(ALL_DOWN).plus(*halted, *lost).broken
    assert "L2" in tell(ALL_DOWN).plus(*halted, "700 room server.up control2", *lost).broken


RACKS_ON = "0 control1 command.sent ups6 command=on"
ALL_OFF = "control1 request.accepted reference wish=power_off id=r2"
BOOTED = ("-330 room server.booting control1", "-90 room server.up control1")


@pytest.mark.parametrize(("told_s", "broken"), [(-380, False), (-320, True)])
def test_S28_who_boots_a_node_that_stopped_already_when_it_was_wanted_down_wants_up_all_of_that_word(
    down: Any, told_s: int, broken: bool
) -> None:
    """It is down as that word wants it. One that came while it was booting again ends with no boot."""
    told = down.plus(f"{told_s} {ALL_OFF}", *BOOTED, RACKS_ON)
    assert ("S28" in told.broken) is broken


@pytest.mark.parametrize("by_s", [0, 7200])
def test_S28_t4_so_it_is_though_the_clock_that_heard_the_word_was_ahead(down: Any, by_s: int) -> None:
    skewed = f"-450 room clock.stepped control2 by_s={by_s} skew_s={by_s}"
    told = down.plus(skewed, f"-420 {ALL_OFF.replace('control1', 'control2', 1)}", *BOOTED, RACKS_ON)
    assert "S28" not in told.broken


GONE_BEFORE = (
    "-595 room server.shutting_down control1",
    "-594 control1 request.accepted control1 wish=server_shutdown id=r0 of=control1",
    "-550 room server.halted control1",
    "-500 control2 request.accepted reference wish=power_off id=r2",
    "-490 room server.shutting_down rack2",
    "-400 room server.halted rack2",
    "-300 room server.crashed control2",
)
WOKEN = "-290 room server.booting control1", "-250 room server.up control1"
AT_WORK = "-540 room server.booting control1", "-520 room server.up control1"
BACK = "-100 room server.up control2", "0 control2 command.sent rack2 command=wake"


@pytest.mark.parametrize(
    ("more", "broken"),
    [
        (WOKEN, False),
        ((), False),  # that one is down as wanted
        (AT_WORK, True),  # it was up when that word came, and goes on with it
        (("-505 room clock.stepped control2 by_s=7200", *WOKEN), True),
    ],
)
def test_S28_who_fell_at_the_end_of_a_stop_has_been_stopped_by_it_though_another_was_woken_since(
    tell: Any, more: tuple[str, ...], broken: bool
) -> None:
    """That one has not heard that word; its own had stopped it alone. By the clocks its boot came later."""
    told = tell(CALM).plus(*GONE_BEFORE, *more, *BACK)
    assert ("S28" in told.broken) is broken


@pytest.mark.parametrize(("off_s", "broken"), [(-510, True), (-490, False)])
def test_S28_nor_is_a_stop_at_its_end_for_a_control_disk_that_was_off_before_it_was_wanted(
    tell: Any, off_s: int, broken: bool
) -> None:
    """An outage had taken that, and it waited for its charge (ver1, 63116)."""
    told = tell(CALM).plus(*GONE_BEFORE, *AT_WORK, f"{off_s} room ups.output_off ups3 cause=command", *BACK)
    assert ("S28" in told.broken) is broken


def test_S28_c2_r2_08_who_crashes_as_it_restarts_and_is_booted_in_that_time_takes_that_for_its_restart(
    tell: Any,
) -> None:
    """More its system's uptime does not tell: that word is still to come."""

    def broken(noted_s: int = -450, boots_s: float = -120, kind: str = "restarts") -> bool:
        told = tell(CALM).plus(
            *GONE_BEFORE,
            *WOKEN,
            f"{noted_s} control2 journal.committed control2 kind={kind}",
            f"{boots_s} room server.booting control2",
            f"{boots_s + 1} room server.up control2",
            f"{boots_s + 2} control2 command.sent rack2 command=wake",
        )
        return "S28" in told.broken

    site = tell(CALM).site
    by_s = -450 + site.servers["control2"].stop_limit_s + site.start.server_limit_s
    assert broken()
    assert broken(boots_s=by_s)
    assert not broken(boots_s=by_s + 1), "that is too late for it"
    assert not broken(kind="reached")
    assert not broken(noted_s=-501), "that was before"


NO_BOOT = "-280 control1 request.accepted reference wish=power_on id=r3 of=control1"


@pytest.mark.parametrize(("more", "broken"), [(WOKEN, False), (AT_WORK, True), ((*AT_WORK, NO_BOOT), True)])
def test_S28_a_boot_before_that_word_proves_nothing_of_its_end(
    tell: Any, more: tuple[str, ...], broken: bool
) -> None:
    """It is about the other node, and who was woken before goes on with it."""
    told = tell(CALM).plus(*GONE_BEFORE, *more, *BACK).changed("id=r2", "id=r2", 'id=r2 of="control2, rack2"')
    assert ("S28" in told.broken) is broken


def test_S28_a_node_that_cannot_have_heard_that_it_is_wanted_up_ends_the_word_that_stopped_it(
    tell: Any,
) -> None:
    """Whoever heard that its schedule's on had come is down, and has told nobody (C2)."""
    fired = '-500 control2 schedule.fired reference id=nodes/1/on goal=up servers="control1, control2"'
    alone = tell(CALM).plus(
        f"-595 {ALL_OFF}",
        "-590 room server.shutting_down control1",
        "-540 room server.halted control1",
        fired,
        "-300 room server.crashed control2",
        *WOKEN,
        RACKS_ON,
    )
    assert "S28" not in alone.broken
    assert "S28" in alone.moved("server.crashed control2", -240).broken, "it is told"
    restart = fired.replace("goal=up", "goal=reboot")
    assert "S28" in alone.without("schedule.fired").plus(restart).broken, "nobody wants it up by that"


@pytest.mark.parametrize(("fell_s", "is_over"), [(-590, False), (-480, True), (None, False)])
def test_S9_t7_a_disk_that_was_off_before_that_word_is_no_end_of_a_stop_in_which_nodes_fell(
    tell: Any, fell_s: int | None, is_over: bool
) -> None:
    """Both nodes come back together, and that outage is being turned round yet (seed 71684)."""
    off = [f"{fell_s} room ups.output_off ups3 cause=command"] * (fell_s is not None)
    nodes = [
        f"{t} room server.{what} {node}"
        for node in ("control1", "control2")
        for t, what in ((-300, "crashed"), (-290, "booting"), (-250, "up"))
    ]
    told = tell(CALM).plus("-500 control1 request.accepted reference wish=power_off id=r1", *off, *nodes)
    stop = "0 control1 command.sent ssccluster command=stop"
    assert ("S9" in told.plus(stop).broken) is is_over


def test_S28_a_node_that_another_has_woken_with_itself_ends_the_word_that_had_stopped_it_before(
    tell: Any,
) -> None:
    """The other one's boot has ended a later word, about both of them."""
    first_up = tell(CALM).plus(
        '-595 control2 request.accepted reference wish=power_off id=r0 of="control2, rack2"',
        "-590 room server.shutting_down control2",
        "-540 room server.halted control2",
        '-500 control1 request.accepted reference wish=power_off id=r1 of="control1, control2, blade1"',
        "-490 room server.shutting_down control1",
        "-430 room server.halted control1",
        *WOKEN,
    )
    assert "S28" not in first_up.plus("-140 room server.booting control2", *BACK).broken
    assert "S28" in first_up.plus("0 control1 command.sent rack2 command=wake").broken, (
        "its own ends nothing of that"
    )


ASKED = "-300 control2 request.accepted reference wish=power_on id=r3 of=control1"
NIGHT = '-300 control2 schedule.fired reference id=nodes/1/off goal=down servers="control1, control2"'
RESTART = NIGHT.replace("goal=down", "goal=reboot")
DEAF = "-596 room server.crashed control2", "-400 room server.up control2"
GONE = ("-299 room server.crashed control2",)


@pytest.mark.parametrize(
    ("more", "ends", "says_s", "broken"),
    [
        ((*DEAF, ASKED), "r2", -245, False),
        ((*DEAF, ASKED), "r2", -215, True),  # that is of another boot
        ((*DEAF, ASKED), "r1", -245, True),
        ((ASKED,), "r2", -245, True),  # who asks for it knew, and leaves the others down
        ((NIGHT,), "r2", -245, False),
        ((NIGHT,), "r1", -245, True),
        ((RESTART,), "r2", -245, True),  # it has heard of that
        ((RESTART, *GONE), "r2", -245, False),
        ((RESTART, *GONE), "r1", -245, True),
    ],
)
def test_S28_a_boot_may_end_the_word_by_which_that_node_is_down_though_another_is_about_it_since(
    tell: Any, more: tuple[str, ...], ends: str, says_s: int, broken: bool
) -> None:
    """If somebody says so: wanted down once more, restarted unheard, or asked for by who had not heard of it
    (C2, O1)."""
    row = f"{says_s} control1 journal.committed ROW kind=wanted"
    gone = "-590 room server.shutting_down control1", "-540 room server.halted control1"
    told = tell(CALM).plus(f"-595 {ALL_OFF}", *gone, *more, *WOKEN, row, RACKS_ON)
    says = f"{ends}, then control1/2"
    events = [replace(e, subject=says) if e.subject == "ROW" else e for e in told.events]
    found = {result.id for result in judge(events, told.site).invariants if result.breaches}
    assert ("S28" in found) is broken
