"""Whom a fall of power would have cut off, or whose disks: what the commander knew, and did not look at.

Each is a shrunk history that was broken once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from sequencer.duty import duty
from sequencer.journal import Kind, Row
from sequencer.ourselves import watch_our_end
from sequencer.outage import note_what_is_off
from sequencer.ports import Flush, Os
from sequencer.systems import note_fed
from sequencer.told_anew import tell_anew
from sim.story import Asked, Booted, Happening, Managed, Manager, Pressed, Wish
from tests.hands import HandRoom
from tests.safety import unsafe
from tests.tale import Tale
from tests.worlds import LINKED, fault, lost, out, play

HISTORIES: dict[str, tuple[Happening | Iterable[Happening], ...]] = {
    "s1 h1 a node that hangs is forced though everybody is to go off since it was told": (
        fault("node_hangs", "control1"),
        out(0, 3600, "ups1"),
        Asked(1200.0, Wish.POWER_OFF, ()),
    ),
    "s1 h1 nor does mains that come back for a moment let us forget that we hang on our own way down": (
        fault("node_hangs", "control1"),
        fault("server_hangs", "control2", 0.0),
        out(0, 1245, "ups2"),
        out(60, 1245),
    ),
    "s1 h1 nor does it take an outage that a node is forced which hangs on its way down alone": (
        fault("server_hangs", "control1"),
        Managed(1200.0, Manager.SHUTDOWN, "control1"),
    ),
    "s1 h3 nor does another stop give who has had his limit on power that counts down a new one": (
        fault("production_down", "network", 0.0),
        Asked(10.0, Wish.POWER_OFF, LINKED),
        Managed(213.0, Manager.SHUTDOWN, "ssccluster"),
    ),
    "s2 s27 a node that has booted while the other one was held is told anew": (
        Asked(1.0, Wish.HOLD, ("control1",)),
        lost(0.0, "ups1"),
        out(0, 1200),
        Booted(1300.0, "control2"),
        Asked(1350.0, Wish.RELEASE, ("control1",)),
    ),
    "s2 h6 nor is it cut under one that has booted while the last one waits for the linked side": (
        Asked(301.0, Wish.POWER_OFF, ()),
        fault("management_down", "network", 709.0, 3291.6),
        Managed(792.0, Manager.SHUTDOWN, "control1"),
        Booted(3411.0, "control1"),
    ),
    "s1 h5 who boots onto power that falls is forced before the last node goes": (
        fault("comes_back", "rack1"),
        Asked(0.0, Wish.POWER_OFF, ("rack1", "rack2")),
        Managed(60.0, Manager.SHUTDOWN, "ssccluster"),
    ),
    "s1 h5 and so he is by a node that boots onto such power itself": (
        fault("comes_back", "blade1"),
        Managed(-29.0, Manager.SHUTDOWN, "ssccluster"),
        out(0, 43),
        Booted(156.0, "control1"),
    ),
    "s1 h1 who hangs past his limit is forced before the nodes restart": (
        fault("server_hangs", "rack1", 0.0),
        out(0, 55),
        Managed(100.0, Manager.REBOOT, "ssccluster"),
    ),
    "s1 n5 c12 who takes the command has watched when the power began to count down": (
        fault("production_down", "network"),
        out(0, 420),
        Managed(300.0, Manager.SHUTDOWN, "control1"),
    ),
    "s1 n5 who lets nobody in is forced before the nodes restart": (
        fault("production_down", "network"),
        out(0, 3600),
        Managed(300.0, Manager.REBOOT, "ssccluster"),
    ),
    "s3 o1 u2 whoever boots on a ups that was seen off and has fallen silent tells that it is on": (
        Asked(0.0, Wish.POWER_OFF, ()),
        Pressed(600.0, "ups6"),
        fault("card_silent", "ups6", 600.0),
    ),
    "s3 o1 before an array is asked to flush its servers are looked at": (
        Asked(0.0, Wish.HOLD, ("rack1",)),
        Asked(1.0, Wish.POWER_OFF, LINKED),
        Asked(480.0, Wish.RELEASE, ("rack1",)),
        Pressed(899.0, "ups5"),
    ),
    "s1 h9 a node that is stuck in its boot is forced where the batteries do not last for its boot's time": (
        fault("server_does_not_boot", "control2", -600.0),
        out(-600, 1200),
        out(1800, 2880),
        out(3000, 4530),
    ),
    "s1 s27 nobody is booted on a held ups while he is held himself, and cut off when that is released": (
        Asked(-600.0, Wish.HOLD, ("ups5",)),
        Asked(-600.0, Wish.HOLD, ("bladepool",)),
        out(-600, 7230, "ups4"),
        Booted(0.0, "bladepool"),
        Asked(600.0, Wish.RELEASE, ("ups5",)),
    ),
    "s1 h5 u2 who goes down and boots again is forced in time though the card under him falls silent": (
        fault("comes_back", "rack2", -600.0, amount=0.0),
        out(0, 3600),
        fault("cards_swizzled", "network", 0.0),
    ),
    "s1 h3 who lets nobody in is forced before the only node restarts that is not dark": (
        fault("shutdown_refused", "blade1"),
        out(0, 3600, "ups1"),
        out(1500, 1890, "ups5"),
        Managed(1893.0, Manager.REBOOT, "ssccluster"),
    ),
    "s1 h1 who hangs past his limit is forced though no card counted down yet when that was looked at": (
        Asked(0.0, Wish.HOLD, ("rack1",)),
        out(0, 1110),
        fault("server_hangs", "rack2"),
        Asked(1060.0, Wish.RELEASE, ("rack1",)),
    ),
    "s1 s2 h3 the commander that lets nobody in, not even us, is forced whoever has booted it": (
        fault("shutdown_refused", "control1", 900.0),
        out(0, 1800, "ups1"),
        out(1530, 2220),
        Asked(2250.0, Wish.POWER_OFF, ()),
    ),
    "s1 h3 who takes the command on power that counts down, its mains back, forces himself if need be": (
        fault("shutdown_refused", "control2"),
        out(0, 1157.5, "ups2"),
        Managed(1304.5, Manager.REBOOT, "control1"),
    ),
    "s1 h3 and while he waits for the other one that boots, its mains away": (
        fault("shutdown_refused", "control2"),
        out(0, 4800, "ups2"),
        Managed(1304.5, Manager.REBOOT, "control1"),
    ),
    "s1 h3 c2 and when nobody is left to force him": (
        fault("shutdown_refused", "control2"),
        out(0, 1157.5, "ups2"),
        fault("node_crashes", "control1", 1304.5),
    ),
}


@pytest.mark.parametrize("history", HISTORIES.values(), ids=HISTORIES)
def test_nobody_is_cut_off_nor_flushed_under(history: tuple[Happening | Iterable[Happening], ...]) -> None:
    tale = play(*history, until_s=4200.0)
    assert [words for words in unsafe(tale) if words.startswith(("S1 ", "S2 ", "S3 "))] == []
    assert lost_power(tale) == []


def lost_power(tale: Tale) -> list[str]:
    return [e.subject for e in tale.all("server.crashed *", whole=True) if e.details.get("cause") == "power"]


@pytest.mark.parametrize(
    ("os", "given_up", "anew"),
    [
        (Os.BOOTING, False, True),
        (Os.UP, False, True),
        (Os.HALTED, False, False),
        (Os.SHUTTING_DOWN, False, False),
        (Os.UP, True, False),
    ],
)
def test_s27_s1_who_is_told_anew_when_we_are_released(
    by_hand: HandRoom, os: Os, given_up: bool, anew: bool
) -> None:
    run = by_hand.run
    was = run.spawn(run.pause(0.0))
    others = {"control2": was}
    by_hand.servers["control2"].show(os=os)
    run.asked_to_stop.add("control2")
    run.on_their_way.add("control2")
    if given_up:
        run.given_up.add("control2")
    tell_anew(run, others)
    assert (others["control2"] is not was) is anew
    assert ("control2" not in run.asked_to_stop | run.on_their_way) is anew


def test_s27_nor_is_one_whose_stop_is_not_over(by_hand: HandRoom) -> None:
    others = {"control2": by_hand.run.spawn(by_hand.run.pause(60.0))}
    was = others["control2"]
    tell_anew(by_hand.run, others)
    assert others["control2"] is was


@pytest.mark.parametrize(
    ("silent", "given_up", "upses", "settled"),
    [
        (True, False, ("ups5",), False),
        (False, False, ("ups5",), True),  # it answers, and knows it best
        (True, True, ("ups5",), True),  # nobody had seen it off, loudly
        (True, False, ("ups5", "ups6"), True),  # it lives on the other
        (True, False, ("ups5", "ups4"), False),  # which is off
        (False, False, ("ups5", "ups4"), True),
    ],
)
def test_o1_s3_whoever_runs_on_a_ups_that_does_not_answer_tells_that_it_is_on(
    by_hand: HandRoom, silent: bool, given_up: bool, upses: tuple[str, ...], settled: bool
) -> None:
    run = by_hand.run
    run.settled.update(upses)
    for name in ("ups4", "ups5"):
        by_hand.upses[name].show(output_on=False)
    if silent:
        by_hand.upses["ups5"].fall_silent()
    if given_up:
        run.given_up.add("ups5")
    run.spawn(note_fed(run, replace(by_hand.site.servers["blade1"], upses=upses)))
    by_hand.until(5)
    assert ("ups5" in run.settled) is settled


@pytest.mark.parametrize(
    ("lived_s", "since", "cut", "anew"),
    [
        (60, (), False, {"linkeddisk"}),
        (60, (Kind.FLUSH_ASKED,), False, set()),
        (0, (Kind.FLUSH_ASKED,), False, {"linkeddisk"}),  # nobody has watched its users since
        (0, (Kind.FLUSH_ASKED, Kind.FLUSH_SETTLED), False, {"linkeddisk"}),
        (60, (), True, set()),
        (0, (Kind.FLUSH_ASKED,), True, set()),
    ],
)
def test_s2_c2_what_was_used_since_it_was_asked_to_flush_is_asked_anew_by_the_next_life(
    by_hand: HandRoom, lived_s: float, since: tuple[Kind, ...], cut: bool, anew: set[str]
) -> None:
    """Flushed, it says; but who only booted may have written no more than it could see. `lived_s`: so long
    before it is heard this life has begun."""
    run = by_hand.run
    if lived_s:
        by_hand.until(lived_s)
    by_hand.arrays["linkeddisk"].show(flush=Flush.DONE)
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/0", 0.0, {"was_running": []}))
    kinds = (Kind.FLUSH_ASKED, Kind.USED_AGAIN, *since)
    run.hear(*(Row(kind, "linkeddisk", 1, "control1/0", 0.0) for kind in kinds))
    if cut:
        run.settled.add("linkeddisk")
    run.spawn(note_what_is_off(run))
    by_hand.until(lived_s + 1)
    assert run.used_again == anew


@pytest.mark.parametrize(("asked_s", "alike"), [(60.0, False), (350.0, False), (350.0, True)])
def test_s2_c9_a_flush_of_before_our_command_is_asked_for_anew_where_another_may_have_commanded_unread(
    by_hand: HandRoom, asked_s: float, alike: bool
) -> None:
    """Who goes by another site file may have started its users unheard. Else nothing is done twice (X-07)."""
    run = by_hand.run
    by_hand.peers["control2"].show(keeps=True, alike=alike)
    by_hand.arrays["linkeddisk"].show(flush=Flush.DONE)
    by_hand.upses["ups4"].lose_mains()
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    for name in ("ups5", "ups6"):
        by_hand.upses[name].show(output_on=False)
    by_hand.until(asked_s)
    for kind, subject in (
        (Kind.DECLARED, "reference"),
        (Kind.CONFIRMED, "ups4"),
        (Kind.FLUSH_ASKED, "linkeddisk"),
    ):
        run.hear(Row(kind, subject, 1, "control2/0", 0.0, {"was_running": []}))
    run.spawn(duty(run))
    by_hand.until(400.0)
    assert run.commands
    assert ("flush" in by_hand.arrays["linkeddisk"].sent) is not alike


def test_s2_x_02_an_array_is_flushed_anew_if_a_user_may_have_run_while_every_node_was_down() -> None:
    """Flushed in a hurry, before its servers' UPSes fell; one of them boots meanwhile, and falls with his."""
    tale = play(
        fault("battery_aged", "ups4"),
        out(0, 3600, "ups4"),
        Managed(40.0, Manager.REBOOT, "ssccluster"),
        Booted(300.0, "rack2"),
        until_s=1200.0,
    )
    tale.before("command.sent linkeddisk command=flush", "server.booting rack2", "array.flushed linkeddisk")
    tale.before("server.booting rack2", "server.crashed rack2", "server.up control1", "ups.output_off ups4")
    assert len(tale.all("command.sent linkeddisk command=flush")) == 2, "it says that it is flushed already"


def test_s2_c2_who_is_forced_in_his_boot_by_who_goes_has_been_started_for_who_follows() -> None:
    """Flushed, and on the way up; the mains are lost anew, and the manager reboots who commands."""
    tale = play(out(0, 456), out(668, 3000), Managed(712.0, Manager.REBOOT, "control1"), until_s=1500)
    assert tale.at("server.booting blade2") < tale.at("server.forced blade2") < tale.at("lease.taken *", -1)
    cut_s = tale.at("ups.output_off ups4")
    assert [t for t in tale.times("command.sent linkeddisk command=flush") if 712 < t < cut_s]


@pytest.mark.parametrize(
    ("ups", "heard_s", "ours", "out", "forced"),
    [
        ("ups3", 1.0, True, False, False),
        ("ups3", 200.0, True, False, True),
        ("ups3", 200.0, False, False, False),
        ("ups3", 200.0, False, True, True),
        ("ups1", 200.0, False, False, True),
    ],
)
def test_s31_h1_who_restarts_while_no_card_is_heard_is_forced_by_no_word_of_before_its_boot(
    by_hand: HandRoom, ups: str, heard_s: float, ours: bool, out: bool, forced: bool
) -> None:
    """Read from its journal, an OFF of long ago seems to be just told, for no card says that it is over.

    Nor, but in an outage, for a stranger's OFF of its disk: it would not come back (C12, L3, ADR 0033)."""
    room, run = by_hand, by_hand.run
    run.commands = False
    for card in room.upses.values():
        card.fall_silent()
    run.spawn(watch_our_end(run))
    room.until(heard_s)
    if out:
        run.hear(Row(Kind.DECLARED, "reference", 0, "control2/0", 0.0, {"was_running": []}))
    written = {"wall_s": run.wall_s()} if ours else {}
    run.hear(Row(Kind.OFF_ARMED, ups, 0, "control2/0", 0.0, {"falls_in_s": 180.0, **written}))
    room.until(heard_s + 100.0)
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    room.until(heard_s + 170.0)
    assert ("force" in room.servers["control1"].sent) is forced


def test_c12_l3_h1_whom_the_manager_reboots_is_not_forced_for_a_strangers_off_of_his_disk() -> None:
    """Halted by that with his power on he would stay so (ADR 0033)."""
    reboot = Managed(300.0, Manager.REBOOT, "control1")
    tale = play(fault("foreign_off", "ups3", 5.0), reboot, until_s=700.0)
    assert not tale.all("command.sent control1 command=force")
    assert tale.at("server.booting control1") < tale.at("ups.output_off ups3") < tale.at("server.up control1")
