"""Who is booted in mid-outage goes down again, or is forced in time, and uses its arrays (H5, H6)."""

from __future__ import annotations

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Os, Receipt
from sequencer.power_falls import to_be_forced_at_s
from sequencer.requests import Wish
from sequencer.run import Run
from sequencer.site import Site
from sequencer.systems import down_again, forget_its_stop, keep_down, note_stopping
from sim.story import Asked, Booted
from tests.hands import NO, YES, HandRoom, HandServer
from tests.nights import night_site, nightly, tonight
from tests.worlds import LINKED, NODES, fault, out, play, reference_model


def room_of(site: Site) -> HandRoom:
    """An outage of ups5 is declared; its blades ran, and are up."""
    room = HandRoom(site)
    room.upses["ups5"].lose_mains()
    ran = {"was_running": ["blade1", "blade2"]}
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, ran),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    return room


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


@pytest.fixture
def blade1(room: HandRoom) -> HandServer:
    return room.servers["blade1"]


def alarms(room: HandRoom) -> list[tuple[str, str]]:
    return [(e["subject"], e["rule"]) for e in room.told("alarm.raised")]


def test_h6_s2_who_is_booted_again_uses_its_arrays_from_then_on(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    heard = run.spawn(run.until(lambda: "linkeddisk" in run.used_again, "linkeddisk"))
    blade1.show(os=Os.HALTED)
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.until(10)
    assert run.used_again == set()
    blade1.show(os=Os.BOOTING)
    room.until(11)
    assert (run.used_again, alarms(room)) == ({"linkeddisk"}, [("blade1", "H6")])
    assert heard.over
    assert blade1.sent == [], "it lets nobody in yet"
    run.used_again.clear()  # flushed meanwhile
    blade1.show(os=Os.UP)
    room.until(12)
    assert run.used_again == {"linkeddisk"}
    assert blade1.sent == ["shutdown"]


def test_h5_one_booted_onto_a_countdown_goes_down_again_although_the_mains_are_back(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    """The OFF is carried out, mains or not."""
    blade1.show(os=Os.HALTED)
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.until(10)
    room.upses["ups5"].regain_mains()
    run.mains["ups5"].on_line_since_s = 10.0
    room.upses["ups5"].show(off_armed=True)
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 10.0, {"falls_in_s": 300.0}))
    blade1.show(os=Os.UP)
    room.until(11)
    assert blade1.sent == ["shutdown"]


def test_s9_one_booted_while_the_mains_are_back_is_left_alone_until_they_go_again(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    blade1.show(os=Os.HALTED)
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.until(10)
    room.upses["ups5"].regain_mains()
    run.mains["ups5"].on_line_since_s = 10.0
    blade1.show(os=Os.UP)
    room.until(20)
    assert (blade1.sent, alarms(room), room.told("command.refused")) == ([], [], [])
    room.upses["ups5"].lose_mains()
    room.until(21)
    assert blade1.sent == ["shutdown"]


def test_h6_one_that_was_given_up_and_says_nothing_when_its_power_is_on_again_has_not_been_booted(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    run.given_up.add("blade1")
    run.settled.add("ups5")
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.until(10)
    blade1.fall_silent()
    run.settled.discard("ups5")
    run.announce("blade1")
    room.until(60)
    assert (blade1.sent, alarms(room)) == ([], [])


def test_h5_one_that_hangs_in_its_boot_is_forced_before_its_power_falls(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    blade1.show(os=Os.BOOTING)
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.upses["ups5"].show(off_armed=True)
    details = {"falls_in_s": 300.0, "wall_s": run.wall_s()}
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, details))
    room.until(239)
    assert blade1.sent == []
    room.until(241)
    assert blade1.sent == ["force"]


def test_h6_one_that_was_given_up_with_its_power_off_is_told_again_when_that_is_on_again(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    run.given_up.add("blade1")
    run.settled.add("ups5")
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.until(10)
    assert (blade1.sent, alarms(room)) == ([], [])
    run.settled.discard("ups5")
    run.announce("blade1")
    room.until(11)
    assert blade1.sent == ["shutdown"]
    assert ("blade1", "H6") in alarms(room)


def test_s1_what_runs_again_has_accepted_nothing_and_uses_its_arrays(room: HandRoom, run: Run) -> None:
    server = room.site.servers["blade1"]
    note_stopping(run, server)
    run.given_up.add("blade1")
    heard = run.spawn(run.until(lambda: "blade1" not in run.asked_to_stop, "blade1"))
    forget_its_stop(run, server)
    room.until(1)
    assert run.asked_to_stop == run.on_their_way == run.given_up == set()
    assert run.used_again == {"linkeddisk"}
    assert heard.over


def test_s1_that_one_has_accepted_is_announced(room: HandRoom, run: Run) -> None:
    heard = run.spawn(run.until(lambda: "blade1" in run.on_their_way, "blade1"))
    note_stopping(run, room.site.servers["blade1"])
    room.until(1)
    assert heard.over


def test_h6_one_that_is_down_again_waits_until_it_is_up(room: HandRoom, run: Run, blade1: HandServer) -> None:
    blade1.show(os=Os.BOOTING)
    run.spawn(down_again(run, room.site.servers["blade1"]))
    room.until(60)
    assert blade1.sent == []


def test_h6_one_that_goes_off_again_in_its_boot_is_not_asked_and_the_next_boot_is_seen(
    room: HandRoom, run: Run, blade1: HandServer
) -> None:
    blade1.show(os=Os.BOOTING)
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.until(10)
    blade1.show(os=Os.HALTED)
    room.until(20)
    assert blade1.sent == []
    blade1.show(os=Os.UP)
    room.until(30)
    assert blade1.sent == ["shutdown"]


@pytest.mark.parametrize("reply", [YES, NO])
def test_l4_its_shutdown_says_that_it_has_come_about(
    room: HandRoom, run: Run, blade1: HandServer, reply: Receipt
) -> None:
    """Whoever waits to force it may hear of that first."""
    blade1.replies = [reply]
    blade1.show(os=Os.BOOTING)
    run.spawn(keep_down(run, room.site.servers["blade1"]))
    room.upses["ups5"].show(off_armed=True)
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 300.0, "wall_s": run.wall_s()}))
    room.until(10)
    blade1.show(os=Os.UP)
    room.until(20)
    blade1.show(os=Os.HALTED)
    room.until(21)
    assert set(blade1.sent) == {"shutdown"}
    assert len(room.told("step.started", "blade1")) == len(room.told("step.done", "blade1")) == 1


def test_s1_l4_who_was_told_long_before_and_booted_since_is_forced_before_its_power_falls() -> None:
    """Its night ends while it boots, and the page of its stop is entered again: its old shutdown is no word
    of this one, and its limit is no longer than its power."""
    site = night_site(nightly("22:05"))
    everybody = (*NODES, *LINKED)
    tale = tonight(
        Asked(-50, Wish.HOLD, ("control1",), by="mori"),
        Asked(90, Wish.POWER_OFF, everybody, by="mori"),
        Booted(177, "rack1"),
        Booted(230, "rackpool"),
        site=site,
        until_s=1800.0,
    )
    for name in ("rack1", "rackpool"):
        tale.before(f"command.sent {name} command=force", "ups.output_off ups6")
    assert not tale.all("server.crashed *")


def test_s18_l2_h6_who_runs_on_a_battery_that_ends_before_its_off_is_forced_before_that() -> None:
    """It had enough for the OFF when that was told; a hand has booted another one on it since."""
    tale = play(
        out(0, 4000, "ups5"),
        fault("shutdown_refused", "blade1", 0.0),
        Booted(100.0, "bladepool"),
        model=reference_model(ups5__health=0.32),
        until_s=1200,
    )
    off_s = tale.at("ups.off_armed ups5") + 420.0
    assert tale.at("server.forced blade1") < off_s - 120.0 < tale.at("ups.output_off ups5 cause=command")
    tale.never("server.crashed *", "ups.exhausted ups5")


@pytest.mark.parametrize(("output_on", "at_s"), [(True, 340.0), (False, None)])
def test_h1_nobody_is_forced_for_the_off_of_a_disk_that_is_off_and_silent_since(
    room: HandRoom, run: Run, output_on: bool, at_s: float | None
) -> None:
    """Its battery had run empty before that fell."""
    run.hear(Row(Kind.OFF_ARMED, "ups3", 1, run.life, 0.0, {"falls_in_s": 400.0, "wall_s": run.wall_s()}))
    room.upses["ups3"].show(off_armed=output_on, output_on=output_on)
    room.upses["ups3"].fall_silent()
    room.arrays["controldisk"].fall_silent()
    room.until(1)
    assert to_be_forced_at_s(run, room.site.servers["control2"]) == at_s


@pytest.mark.parametrize(
    ("charge_pct", "at_s"), [(100.0, 340.0), (30.0, 36.0), (None, 36.0)], ids=["full", "low", "not told"]
)
def test_p9_s26_who_goes_down_is_not_forced_for_a_card_that_says_low_on_a_full_battery(
    room: HandRoom, run: Run, charge_pct: float | None, at_s: float
) -> None:
    """Its OFF falls in 400 s and its card says 100 s: less two late looks, and a minute before that."""
    run.hear(Row(Kind.OFF_ARMED, "ups2", 1, run.life, 0.0, {"falls_in_s": 400.0, "wall_s": run.wall_s()}))
    low = {"mains": False, "on_battery": True, "low_battery": True, "runtime_s": 100.0}
    room.upses["ups2"].show(off_armed=True, charge_pct=charge_pct, **low)
    assert to_be_forced_at_s(run, room.site.servers["control2"]) == at_s
