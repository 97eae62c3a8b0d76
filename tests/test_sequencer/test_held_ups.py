"""A UPS that somebody holds is not switched on until he releases it, whatever it does meanwhile (S27)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sequencer.asleep import wake_up
from sequencer.held_ups import is_in_other_hands
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import Os, ServerStatus
from sequencer.power_on import power_on
from sequencer.requests import Wish
from sequencer.site import Site
from sequencer.wants import wants
from sim.story import Asked, Booted, Managed, Manager, Pressed
from teiden.files.site_file import load_site
from teiden.play import run_until
from tests.excused import holds
from tests.hands import HandRoom, HandUps
from tests.worlds import HOUR_S, LINKED, fault, lost, out, play


def hold(room: HandRoom, *, held: bool) -> None:
    details = {"held": held, "cause": f"r{held}", "wall_s": room.run.now}
    room.run.hear(Row(Kind.HELD, "ups5", 0, "control1/1", room.run.now, details))


@pytest.fixture
def ups5(by_hand: HandRoom) -> HandUps:
    """Its mains have been good for long; somebody holds it, and it is wanted on."""
    by_hand.run.mains["ups5"].on_line_since_s = -1000.0
    ups = by_hand.site.upses["ups5"]
    hold(by_hand, held=True)

    def steps() -> Any:
        yield from power_on(by_hand.run, ups, [ups], [ups])

    ups5 = by_hand.upses["ups5"]
    ups5.show(output_on=False)
    ups5.after(1, lambda: by_hand.run.spawn(steps()))
    return ups5


def test_s27_s16_one_that_is_held_while_it_counts_down_is_waited_for(
    by_hand: HandRoom, ups5: HandUps
) -> None:
    """It is on, and will not stay on; that is nothing to look at again at once."""
    ups5.show(output_on=True, off_armed=True)
    room: Any = by_hand
    run_until(room, 50.0)  # it says so if the sequencer runs in circles
    ups5.show(output_on=False, off_armed=False)
    by_hand.until(100)
    assert ups5.sent == []
    hold(by_hand, held=False)
    by_hand.until(110)
    assert ups5.sent == ["on"]


def test_s27_one_that_somebody_switches_on_by_hand_is_on(by_hand: HandRoom, ups5: HandUps) -> None:
    by_hand.until(50)
    ups5.show(output_on=True)
    by_hand.until(60)
    hold(by_hand, held=False)
    by_hand.until(70)
    assert ups5.sent == []
    assert by_hand.run.held_up == set()


@pytest.mark.parametrize(
    ("back_s", "heard_s", "pressed"), [(1800, 3870, []), (600, 3880, [Pressed(3000.0, "ups5")])]
)
def test_s27_s2_s4_what_was_seen_before_a_hold_says_nothing_when_it_ends(
    back_s: float, heard_s: float, pressed: list[Pressed]
) -> None:
    """The controllers are on, unheard, and perhaps the servers; the enclosures were held for an hour."""
    file = load_site(Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "separate-enclosures.yaml")
    tale = play(
        Asked(-600.0, Wish.HOLD, ("ups8",)),
        out(0, back_s),
        fault("management_down", "network", 390, heard_s),
        pressed,
        Asked(3870.0, Wish.RELEASE, ("ups8",)),
        site=file.site,
        model=file.model,
        until_s=4000,
    )
    holds(tale, "management_down")


def test_o2_l2_who_shares_a_ups_with_one_that_is_held_is_stopped_before_its_battery_ends() -> None:
    """It booted, and let nobody in for all of its limit; its UPS is not told to go off."""
    tale = play(Asked(-30.0, Wish.HOLD, ("blade1",), "me"), out(0, 4000), Booted(33.0, "bladepool"))
    asked_in_vain_s, ends_s = tale.at("alarm.raised bladepool"), tale.at("ups.exhausted ups5")
    assert asked_in_vain_s < tale.at("server.halted bladepool") < ends_s


def test_o2_l2_who_runs_on_a_held_ups_is_stopped_though_the_others_come_up_meanwhile() -> None:
    """The whole room was down, and waits for its charge: whoever was booted on the held one goes first."""
    tale = play(
        Asked(-240.0, Wish.HOLD, ("ups5",), "me"),
        out(0, 8740),
        Booted(10000.0, "bladepool"),
        lost(10500.0, "ups5"),
        Booted(11000.0, "blade1"),
        until_s=13500,
    )
    assert 10500 < tale.at("server.halted bladepool", -1) < 11000
    assert tale.at("server.halted blade1", -1) > 11000
    assert not [
        t for name in ("bladepool", "blade1") for t in tale.times(f"server.crashed {name}") if t > 8740
    ]


def test_s27_l3_who_refuses_on_a_held_ups_that_nobody_hears_is_not_waited_for() -> None:
    """Nobody could watch over that battery; the others are brought up all the same."""
    tale = play(
        Asked(-240.0, Wish.HOLD, ("ups5",), "me"),
        out(0, 8740),
        Booted(10000.0, "bladepool"),
        fault("shutdown_refused", "bladepool", 10100.0),
        lost(10500.0, "ups5"),
        fault("card_silent", "ups5", 10600.0),
        until_s=11200,
    )
    given_up_s = tale.at("alarm.raised bladepool rule=H1")
    assert [
        t for t in tale.times("journal.committed reference kind=turned") if given_up_s <= t < given_up_s + 10
    ]


def test_s27_l4_who_was_booted_while_the_array_was_held_is_waited_for_before_its_flush_has_a_limit() -> None:
    """The blades were off, and somebody presses the button of their UPS; then he lets the array go."""
    tale = play(
        Asked(0.0, Wish.POWER_OFF, (), "me"),
        Asked(20.0, Wish.HOLD, ("linkeddisk",), "me"),
        Pressed(950.0, "ups5"),
        Asked(1000.0, Wish.RELEASE, ("linkeddisk",), "me"),
        until_s=3600,
    )
    (begins_s,) = tale.times("step.started linkeddisk step=flushed")
    assert tale.at("ups.output_off ups5", -1) < begins_s < tale.at("array.flushing linkeddisk")


def test_s27_l2_who_refuses_on_a_held_ups_is_forced_when_his_disks_battery_waits_no_longer() -> None:
    """Nothing counts down under him: that UPS has its mains, and somebody holds it."""
    tale = play(
        Asked(-30.0, Wish.HOLD, ("ups6",), "me"),
        fault("shutdown_refused", "rack1", 0.0),
        out(0, 4000, "ups4"),
        until_s=3000,
    )
    flushed_s = tale.at("array.flushed linkeddisk")
    assert tale.at("server.forced rack1") < tale.at("array.flushing linkeddisk") < flushed_s
    assert flushed_s < tale.at("ups.output_off ups4")
    tale.never("array.lost_data linkeddisk", "command.sent ups6 command=off")


def test_s27_h3_l2_who_refuses_on_a_held_ups_is_forced_before_its_battery_ends() -> None:
    held, refuses = Asked(-30.0, Wish.HOLD, ("ups6",), "me"), fault("shutdown_refused", "rackpool", 0.0)
    tale = play(held, refuses, Booted(-900.0, "rackpool"), out(0, 8000, "ups6"), until_s=4000)
    tale.before("ups.low_battery ups6", "server.forced rackpool")
    assert tale.at("server.forced rackpool") < tale.at("ups.low_battery ups6") + 120, "when that says so"
    tale.never("server.crashed *", "command.sent ups6 command=off")


def test_s27_h6_l2_who_is_booted_on_a_held_battery_at_its_end_is_forced_in_his_boot() -> None:
    """Somebody holds his neighbour, who runs until it is empty; he is not held."""
    held, mains = Asked(-30.0, Wish.HOLD, ("rack1",), "me"), out(0, 8000, "ups6")
    ends_s = play(held, mains, until_s=6000).at("ups.exhausted ups6")
    tale = play(held, mains, Booted(ends_s - 120, "rack2"), until_s=6000)
    assert tale.at("server.booting rack2") < tale.at("server.forced rack2") < tale.at("ups.exhausted ups6")
    tale.never("server.crashed rack2", "server.forced rack1")


def test_s27_l2_an_array_that_is_used_again_while_its_ups_is_held_is_flushed_again_and_not_cut() -> None:
    """It was flushed, and waited for the release; a hand switches its servers on meanwhile."""
    tale = play(
        out(0, 2000, "ups4"), Asked(500.0, Wish.HOLD, ("ups4",), "me"), Pressed(700.0, "ups5"), until_s=2000
    )
    dirty_s, flushed_s = tale.at("array.dirty linkeddisk"), tale.at("array.flushed linkeddisk", -1)
    assert dirty_s < flushed_s < tale.at("ups.exhausted ups4")
    tale.never("array.lost_data linkeddisk", "command.sent ups4 command=off")


def test_s27_l2_nobody_turns_round_before_a_held_array_is_flushed_that_is_left_on_its_battery() -> None:
    """A node that crashed could be woken as soon as its users' UPSes are off: that waits for the flush, and
    nobody is switched on who would write to it, until its mains are back."""
    tale = play(
        fault("node_crashes", "control1", 0.0),
        out(0, 2000, "ups4"),
        Asked(420.0, Wish.HOLD, ("ups4",), "me"),
        Asked(1900.0, Wish.RELEASE, ("ups4",), "me"),
        until_s=4 * HOUR_S,
    )
    flushed_s, turned_s = tale.at("array.flushed linkeddisk"), tale.at("journal.committed * kind=turned")
    assert flushed_s < turned_s < tale.at("server.up control1") < tale.at("ups.exhausted ups4") < 2000.0
    assert 2000.0 < tale.at("array.ready linkeddisk") < tale.at("command.sent ups5 command=on")
    tale.never("array.lost_data linkeddisk", "command.sent ups4 command=off")


def test_s27_h6_l2_who_is_booted_on_a_held_array_after_the_turn_is_stopped_and_it_is_flushed_anew() -> None:
    tale = play(
        fault("node_crashes", "control1", 0.0),
        Asked(-30.0, Wish.HOLD, ("ups4",), "me"),
        out(0, 4000, "ups4"),
        Pressed(720.0, "ups5"),
        until_s=2400,
    )
    turned_s, dirty_s = tale.at("journal.committed * kind=turned"), tale.at("array.dirty linkeddisk", -1)
    assert (
        turned_s < 720.0 < dirty_s < tale.at("array.flushed linkeddisk", -1) < tale.at("ups.exhausted ups4")
    )
    tale.never("array.lost_data linkeddisk", "command.sent ups4 command=off")


@pytest.mark.parametrize("held", ["linkeddisk", "rack1"])
def test_s27_l3_a_flush_that_a_hold_forbids_is_waited_for_by_nobody(held: str) -> None:
    """The array itself is held, or one who writes to it: whoever has mains comes up before those let go."""
    tale = play(
        fault("node_crashes", "control1", 0.0),
        Asked(-30.0, Wish.HOLD, ("ups4", held), "me"),
        out(0, 4000, "ups4"),
        until_s=1400,
    )
    assert tale.at("journal.committed * kind=turned") < 1400.0
    tale.never("command.sent linkeddisk command=flush", "command.sent ups4 command=off")


def test_s27_s2_nor_is_it_cut_at_once_when_it_is_released_and_somebody_boots_on_it() -> None:
    """The release is a second after the button: whoever boots then is looked at before the cut."""
    tale = play(
        out(0, 2000, "ups4"),
        Asked(500.0, Wish.HOLD, ("ups4",), "me"),
        Pressed(700.0, "ups5"),
        Asked(701.0, Wish.RELEASE, ("ups4",), "me"),
        until_s=2000,
    )
    assert tale.at("server.up blade1") < tale.at("server.halted blade1", -1) < tale.at("ups.output_off ups4")
    tale.never("array.lost_data linkeddisk")


def test_s27_l2_who_is_booted_on_a_held_ups_as_the_nodes_go_is_forced_while_somebody_is_there() -> None:
    """They go when their disk's battery has no more than they need; he is up when they are on their way."""
    held = Asked(-30.0, Wish.HOLD, ("ups6",), "me")
    stops_s = play(held, out(0, 4000), until_s=3000).at("cluster.stopping ssccluster")
    tale = play(held, out(0, 4000), Booted(stops_s + 20.0, "rackpool"), until_s=3000)
    tale.before("server.booting rackpool", "server.forced rackpool", "server.halted control1")
    tale.never("server.crashed *")


def test_s27_l2_what_the_others_wrote_is_flushed_before_the_battery_ends_under_one_that_is_held() -> None:
    """He runs to the end, and what he writes is lost with it: nobody may stop him, nor cut his disk."""
    tale = play(out(0, 4000), fault("server_in_maintenance", "rack1", -100.0), until_s=3000)
    holds(tale, "server_in_maintenance")
    tale.before("array.flushed linkeddisk", "ups.exhausted ups4")
    assert tale.at("array.flushing linkeddisk") == pytest.approx(1500.0 - 304.0, abs=2.0), "its last call"
    tale.never("command.sent ups4 command=off", "server.forced rack1")


@pytest.mark.parametrize(("released_s", "flushes_s"), [(650.0, (601, 741)), (900.0, (601, 991))])
def test_s2_a4_who_is_released_under_the_flush_or_after_it_is_flushed_anew_when_he_is_down(
    released_s: float, flushes_s: tuple[int, int]
) -> None:
    """The first flush was hurried, for its card said that its battery was low."""
    low = fault("low_flag_false", "ups4", 600.0)
    held = Asked(-100.0, Wish.HOLD, ("rack1",), "me"), Asked(released_s, Wish.RELEASE, ("rack1",), "me")
    tale = play(out(0, 4000), held, low, until_s=2500)
    holds(tale, "low_flag_false")
    assert [round(at_s) for at_s in tale.times("array.flushing linkeddisk")] == list(flushes_s)
    flushed_s = tale.at("array.flushed linkeddisk", -1)
    assert tale.at("server.halted rack1") < flushed_s < tale.at("ups.output_off ups4")
    tale.never("array.lost_data *")


def test_s2_s25_a_flush_that_is_refused_for_who_fell_silent_was_not_asked_and_has_no_limit() -> None:
    """The racks hang on ups5 in truth, and are silent when that is off; ups6, which is held, may feed one."""
    held, released = (
        Asked(at_s, wish, ("ups6",)) for at_s, wish in ((-100.0, Wish.HOLD), (700.0, Wish.RELEASE))
    )
    tale = play(
        fault("loads_mixed_up", "ups5", -300.0),
        held,
        released,
        Asked(0.0, Wish.POWER_OFF, LINKED),
        until_s=4000,
    )
    holds(tale, "loads_mixed_up")
    assert tale.all("command.refused linkeddisk command=flush rule=S3")
    tale.before("ups.output_off ups6", "array.flushed linkeddisk", "ups.output_off ups4")
    tale.never("array.lost_data *", "alarm.raised linkeddisk rule=S25")


def test_s28_s27_nobody_is_started_for_a_held_node_that_its_mains_boot_when_all_were_wanted_off() -> None:
    """Its battery ended while nobody might stop it: it was not down as wanted, and no hand wants it up."""
    hold, off = Asked(10.0, Wish.HOLD, ("control2",)), Asked(2500.0, Wish.POWER_OFF, ())
    tale = play(out(0, 9000), hold, off, until_s=8 * HOUR_S)
    assert [e.details["cause"] for e in tale.all("server.crashed control2")] == ["power"]
    assert tale.at("server.up control2") > 9000.0
    tale.never("command.sent ups5 command=on", "command.sent ups6 command=on")
    tale.never("journal.committed control2 kind=reached")


@pytest.mark.parametrize("held", [True, False])
def test_s28_s27_who_was_held_has_not_slept_by_a_word_though_the_other_has(site: Site, held: bool) -> None:
    """It has booted since that was wanted, and the other one is down: but nobody could stop it."""
    room = HandRoom(site, "control1")
    wanted = {"servers": ["control1", "control2"], "goal": "down", "wall_s": room.run.wall_s() + 10.0}
    hold = {"held": held, "cause": "r2", "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/0", 0.0, wanted))
    room.run.hear(Row(Kind.HELD, "control1", 0, "control1/0", 0.0, hold))
    room.servers["control1"].status = ServerStatus(Os.UP, up_s=20.0)
    room.servers["control2"].status = ServerStatus(Os.HALTED)
    room.until(100.0)
    room.run.spawn(wake_up(room.run))
    room.until(105.0)
    assert wants(room.run, "control1", Goal.UP) is not held


TO_GO = {
    "ups5": [Asked(60.0, Wish.HOLD, ("ups5",), "me"), Managed(90.0, Manager.REBOOT, "control1")],
    "ups5, unheard": [
        Asked(60.0, Wish.HOLD, ("ups5",), "me"),
        Managed(90.0, Manager.REBOOT, "control1"),
        fault("card_silent", "ups5", 100.0),
    ],
    "ups6": [
        Asked(-600.0, Wish.HOLD, ("rackpool",), "me"),
        Asked(-300.0, Wish.POWER_OFF, ("rack1", "rack2"), "me"),
        Booted(-60.0, "rackpool"),
    ],
}


@pytest.mark.parametrize("held", TO_GO)
def test_s27_s16_l2_a_hold_calls_no_off_back_and_whoever_waits_for_that_ups_hears_that_it_is_off(
    held: str,
) -> None:
    """It was told before the hold, by the commander of then, or by a request; its disk is flushed and cut."""
    tale = play(out(0, 4000), *TO_GO[held], until_s=2500)
    ups = held[:4]
    assert tale.at(f"ups.output_off {ups}") < tale.at("step.started linkeddisk step=flushed")
    tale.before("array.flushed linkeddisk", "ups.output_off ups4")
    tale.never("array.lost_data linkeddisk", "ups.exhausted ups4", f"alarm.raised {ups} rule=S3")


@pytest.mark.parametrize(
    ("held", "settled", "waited_for"),
    [
        ("ups4", "", True),
        ("rackpool", "", False),
        ("ups6", "", False),
        ("rack1", "ups6", True),
        ("rack1", "ups6, given up", False),
        ("linkeddisk", "", False),
        ("rackpool", "ups6", True),
        ("ups6", "ups6", True),
        ("ups2", "", True),
    ],
)
def test_s27_l2_nor_does_the_control_disk_run_empty_for_an_array_that_waits_for_whom_somebody_holds(
    by_hand: HandRoom, held: str, settled: str, waited_for: bool
) -> None:
    """Who is held on its users' UPS may use no array at all: that UPS is not told, nor the array flushed. One
    whose own UPS is held is flushed like any other, and waits for that hold with its cut alone (S3). Who is
    off is waited for by nobody (seed 161924)."""
    by_hand.run.settled |= {settled[:4]}
    by_hand.run.given_up |= {settled[:4]} if settled.endswith("given up") else set()
    by_hand.run.hear(Row(Kind.HELD, held, 0, "control1/1", 0.0, {"held": True, "cause": "r", "wall_s": 0.0}))
    assert is_in_other_hands(by_hand.run, "linkeddisk") is not waited_for
