"""A node that goes down to boot again, on a UPS whose card makes less of the delay (S1, S29, U9)."""

from __future__ import annotations

import pytest

from sequencer import timing
from sequencer.journal import Kind, Row
from sequencer.ports import Off, Os
from sequencer.power_off import arm, note_off
from sequencer.reboots import out_of_its_reboot
from sequencer.site import Site
from tests.hands import HandRoom
from tests.worlds import with_settings

TOLD = ["off until_mains"]


def tell(
    room: HandRoom,
    *,
    restarts: bool = True,
    delay_s: float = 260.0,
    mains: bool = True,
    runtime_s: float | None = None,
    ups: str = "ups1",
    server: str = "control1",
) -> list[str]:
    """This UPS to go off under that server; what it was sent."""
    run = room.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.until(60)
    run.asked_to_stop.add(server)
    if restarts:
        run.hear(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 1, "control1/1", run.now))
    room.upses[ups].show(graceful_off_s=delay_s, mains=mains, runtime_s=runtime_s)
    run.spawn(arm(run, room.site.upses[ups], Off.UNTIL_MAINS, [room.site.servers[server]]))
    room.until(70)
    return room.upses[ups].sent


def test_s1_u9_with_its_mains_it_is_not_cut_in_its_boot(site: Site) -> None:
    """It is through with that, and looks round; nobody would be up to force it (seed 882754)."""
    room = HandRoom(site)
    assert tell(room) == []
    assert [e["rule"] for e in room.told("command.refused", "ups1")] == ["S1"]


def test_s18_l3_one_that_goes_for_good_is_cut_as_soon_as_it_is_down(site: Site) -> None:
    assert tell(HandRoom(site), restarts=False) == TOLD


@pytest.mark.parametrize(("spare_s", "told"), [(None, TOLD), (-1.0, TOLD), (1.0, [])])
def test_s18_s1_a_battery_waits_for_nobody_that_does_not_last_until_he_has_booted_and_for_its_off(
    site: Site, spare_s: float | None, told: list[str]
) -> None:
    node, ups = site.servers["control1"], site.upses["ups1"]
    need_s = node.stop_limit_s + site.start.server_limit_s + timing.stop_off_s(site, ups)
    runtime_s = None if spare_s is None else need_s + spare_s
    assert tell(HandRoom(site), mains=False, runtime_s=runtime_s) == told


@pytest.mark.parametrize(("os", "boots_yet"), [(Os.SHUTTING_DOWN, True), (Os.BOOTING, True), (Os.UP, False)])
def test_s1_u9_who_is_away_in_his_reboot_as_a_battery_ends_boots_yet_though_nobody_waits_for_that(
    site: Site, os: Os, boots_yet: bool
) -> None:
    """His cluster's manager reboots him (R2-08), and that of his disk lasts no longer (seed 121102)."""
    room = HandRoom(site)
    run = room.run
    run.rebooting.add("control1")
    room.servers["control1"].show(os=os)
    room.upses["ups3"].show(mains=False, on_battery=True, runtime_s=10.0)
    away = run.spawn(out_of_its_reboot(run, site.servers["control1"]))
    room.until(5)
    assert away.over
    assert ("control1" in run.rebooting) is boots_yet
    run.asked_to_stop.add("control1")
    room.upses["ups1"].show(graceful_off_s=260.0)
    run.spawn(arm(run, site.upses["ups1"], Off.UNTIL_MAINS, [site.servers["control1"]]))
    room.until(10)
    assert room.upses["ups1"].sent == ([] if boots_yet else TOLD)


def test_s18_of_the_linked_side_he_is_told_as_any_other_then(site: Site) -> None:
    room = HandRoom(site)
    room.run.rebooting.add("blade1")
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.upses["ups5"].show(mains=False, on_battery=True, runtime_s=10.0)
    room.run.spawn(out_of_its_reboot(room.run, site.servers["blade1"]))
    room.until(5)
    assert room.run.rebooting == set()


def test_s1_u8_a_delay_that_is_no_shorter_is_told(site: Site) -> None:
    assert tell(HandRoom(site), delay_s=420.0) == TOLD


def test_s2_s18_a_ups_that_feeds_its_disk_too_is_told(site: Site) -> None:
    together = with_settings(site, controldisk__controllers=("ups1",), controldisk__enclosures=("ups1",))
    assert tell(HandRoom(together)) == TOLD


def test_s1_who_is_no_node_goes_for_good(site: Site) -> None:
    assert tell(HandRoom(site), ups="ups5", server="blade1") == TOLD


@pytest.mark.parametrize(("restarts", "noted"), [(True, False), (False, True)])
def test_s1_s30_what_is_not_told_to_go_is_not_written_down_ahead_either(
    site: Site, restarts: bool, noted: bool
) -> None:
    """Its card silent, another life would believe that it counts down, and force whoever boots on it."""
    room = HandRoom(site)
    told = tell(room, restarts=restarts)
    room.run.facts.armed.clear()
    room.upses["ups1"].show(off_armed=False)
    room.run.spawn(note_off(room.run, room.site.upses["ups1"], Off.UNTIL_MAINS))
    room.until(71)
    assert bool(told) is noted
    assert ("ups1" in room.run.facts.armed) is noted
    assert "ups1" in room.run.to_be_told
