"""Every UPS is told while its battery lasts for its OFF yet, whoever hangs or lets nobody in (S18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.scope import Scope
from sequencer.site import Site
from sequencer.systems import stop_system
from sequencer.timing import ASKED_S, last_call_s
from sim.story import Managed, Manager
from tests.hands import NO, YES, HandRoom
from tests.safety import unsafe
from tests.worlds import fault, out, play

OFF_S = 420.0 + 4.0
"""The OFF of a servers' UPS, and two polls."""


def test_s18_a_stop_is_begun_with_a_look_or_two_to_spare(site: Site) -> None:
    assert last_call_s(site, site.upses["ups5"]) == OFF_S
    assert last_call_s(site, site.upses["ups3"]) == 300 + 180 + 4


@pytest.mark.parametrize("refuses", ["", "control1", "control2"])
def test_c11_h3_a_cluster_that_hangs_up_to_its_limit_leaves_its_disk_the_time_for_its_off(
    refuses: str,
) -> None:
    """Outages in a row have used its battery up to that; each look may be a poll late. No time is left to
    wait for a node that lets nobody in, nor for ourselves."""
    outages = [*out(0, 2400), *out(3600, 3870), *out(3900, 7500)]
    more = [fault("shutdown_refused", refuses, 3500.0)] if refuses else []
    tale = play(outages, fault("cluster_stop_hangs", "ssccluster", -1, 10_800), *more, until_s=5_400)
    tale.before("cluster.forced ssccluster", "ups.output_off ups3 cause=command")
    tale.never("ups.exhausted ups3", "server.crashed *")
    assert {"S1", "S2", "S18"}.isdisjoint(words.split()[0] for words in unsafe(tale))


@pytest.mark.parametrize("out_s", [2153.6, 2155.6, 2157.6])
def test_c11_s18_nor_is_time_left_to_ask_a_node_that_has_long_been_dark(out_s: float) -> None:
    """Its manager shut control1 down, and its card is silent without mains: two looks at it, and an
    order that nobody takes, took 5 s, and the disk's OFF came that much too late."""
    shut = Managed(59.8, Manager.SHUTDOWN, "control1")
    hangs = fault("cluster_stop_hangs", "ssccluster", 2400.0)
    tale = play(out(0, 1650, "ups3"), shut, out(138, 943), out(out_s, 4051), hangs, until_s=4_000)
    assert ("S18", "ssccluster") in tale.alarms(), "the cluster is waited for as long as that battery lasts"
    assert [e.details["cause"] for e in tale.all("ups.output_off ups3")] == ["command", "command"]
    tale.never("ups.exhausted ups3", "server.crashed *")


@pytest.mark.parametrize(
    ("ups", "runtime_s", "all_go", "after_s"),
    [
        ("ups3", 184.0, True, 1.0),
        ("ups3", 284.0, True, 100.0),
        ("ups3", 184.0, False, 120.0),
        ("ups2", 424.0, False, 1.0),
        ("ups2", 524.0, True, 100.0),
    ],
)
def test_s18_h3_a_node_has_no_more_time_for_an_answer_than_its_battery_or_its_disks_has(
    site: Site, ups: str, runtime_s: float, all_go: bool, after_s: float
) -> None:
    room = HandRoom(site)
    room.upses[ups].lose_mains()
    room.upses[ups].show(runtime_s=runtime_s)
    room.run.scope = Scope(nodes=frozenset({"control2"}), control=all_go)
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.servers["control2"].replies = [NO]
    room.run.spawn(stop_system(room.run, room.site.servers["control2"]))
    room.until(after_s - 0.5)
    assert room.run.given_up == set()
    room.until(after_s + 0.5)
    assert room.run.given_up == {"control2"}


@pytest.mark.parametrize(
    ("silent", "runtime_s", "asked"), [(True, 184.0, False), (True, 186.0, True), (False, 184.0, True)]
)
def test_s18_c11_a_node_that_is_silent_is_not_asked_when_its_disks_battery_lasts_for_its_off_only(
    site: Site, silent: bool, runtime_s: float, asked: bool
) -> None:
    room = HandRoom(site)
    room.upses["ups3"].lose_mains()
    room.upses["ups3"].show(runtime_s=runtime_s)
    room.run.scope = Scope(nodes=frozenset({"control2"}), control=True)
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.servers["control2"].replies = [NO]
    if silent:
        room.servers["control2"].fall_silent()
    room.run.spawn(stop_system(room.run, room.site.servers["control2"]))
    room.until(0.5)
    assert room.run.given_up == (set() if asked else {"control2"})
    room.until(3.0)
    assert ("shutdown" in room.servers["control2"].sent) is asked


# Who takes no shutdown


def room_of(site: Site) -> HandRoom:
    """An outage of the linked disk is declared, ups5 is on its battery too, and blade1 takes no shutdown."""
    room = HandRoom(site)
    for ups in ("ups4", "ups5"):
        room.upses[ups].lose_mains()
    room.run.hear(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["blade1"]}),
        Row(Kind.CONFIRMED, "ups4", 1, "control1/1", 0.0),
    )
    room.servers["blade1"].replies = [NO]
    return room


def given_up(room: HandRoom, by_s: float) -> list[str]:
    """What is said of it by then, and that it was not said before."""
    room.run.spawn(stop_system(room.run, room.run.site.servers["blade1"]))
    room.until(by_s - 6)
    assert room.told("alarm.raised", "blade1") == []
    room.until(by_s + 6)
    return [e["text"] for e in room.told("alarm.raised", "blade1")]


NO_LONGER = "blade1 has not taken its shutdown, and its power lasts no longer"
AT_ITS_LIMIT = "blade1 is not halted after 180 s"


@pytest.mark.parametrize(
    ("runtime_s", "by_s"),
    [(OFF_S + 60, 60.0), (OFF_S + 150, 150.0), (OFF_S - 100, ASKED_S), (OFF_S, ASKED_S)],
)
def test_s18_h3_who_has_taken_no_shutdown_is_given_up_when_his_battery_lasts_for_its_off_only(
    site: Site, runtime_s: float, by_s: float
) -> None:
    """Its UPS is told then, and he is forced before that falls; later it would be empty first."""
    room = room_of(site)
    room.upses["ups5"].show(runtime_s=runtime_s)
    assert given_up(room, by_s) == [NO_LONGER]
    assert "blade1" in room.run.asked_to_stop & room.run.given_up


def test_s18_h6_also_when_that_lasts_for_less_than_it_seemed_to_when_he_was_first_asked(site: Site) -> None:
    """Somebody boots another one there meanwhile."""
    room = room_of(site)
    ups5 = room.upses["ups5"]
    ups5.show(runtime_s=OFF_S + 150)
    ups5.after(20, lambda: ups5.show(runtime_s=OFF_S + 40))
    assert given_up(room, 60.0) == [NO_LONGER]


@pytest.mark.parametrize(
    "changes",
    [
        {"runtime_s": OFF_S + 200},
        {"runtime_s": None},
        {"runtime_s": 100.0, "mains": True, "on_battery": False},
        {"runtime_s": OFF_S, "off_armed": True},
    ],
)
def test_h3_and_else_at_his_limit(site: Site, changes: dict[str, object]) -> None:
    """There is time, or nobody knows; or it has mains; or it has been told already."""
    room = room_of(site)
    room.upses["ups5"].show(**changes)
    assert given_up(room, 180.0) == [AT_ITS_LIMIT]


def test_h3_nor_for_what_a_card_has_told_before_it_fell_silent(site: Site) -> None:
    room = room_of(site)
    room.upses["ups5"].show(runtime_s=OFF_S)
    room.upses["ups5"].fall_silent()
    assert given_up(room, 180.0) == [AT_ITS_LIMIT]


@pytest.mark.parametrize(("needs", "by_s", "text"), [(1, 180.0, AT_ITS_LIMIT), (2, 60.0, NO_LONGER)])
def test_h3_x04_what_he_draws_from_another_ups_counts_if_that_is_enough(
    site: Site, needs: int, by_s: float, text: str
) -> None:
    both = replace(site.servers["blade1"], upses=("ups5", "ups6"), minimum_supplies=needs)
    room = room_of(replace(site, servers={**site.servers, "blade1": both}))
    room.upses["ups5"].show(runtime_s=OFF_S + 60)
    assert given_up(room, by_s) == [text]


def test_h3_whoever_has_taken_it_has_his_whole_limit(site: Site) -> None:
    room = room_of(site)
    room.upses["ups5"].show(runtime_s=OFF_S + 60)
    room.servers["blade1"].replies = [NO, YES]
    room.run.spawn(stop_system(room.run, room.site.servers["blade1"]))
    room.until(7)
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    room.until(180)
    assert room.told("alarm.raised", "blade1") == []
    room.until(190)
    (alarm,) = room.told("alarm.raised", "blade1")
    assert alarm["text"] == AT_ITS_LIMIT
