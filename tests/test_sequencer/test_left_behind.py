"""What an earlier life left behind, and what nobody had heard yet: neither forgotten nor guessed (X-07)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.duty import declare, duty
from sequencer.feeds import is_left
from sequencer.journal import Kind, Row
from sequencer.left_behind import leave_behind
from sequencer.ports import ClusterState, ClusterStatus, Os, ServerStatus
from sequencer.scope import Scope
from sequencer.site import Site
from sequencer.systems import stop_system
from sequencer.timing import CARD_REBOOT_S
from sequencer.turn import goes_unwatched
from tests.hands import HandRoom, calm_ups


def left_behind(room: HandRoom, *kept: tuple[Kind, str]) -> None:
    """An incident whose way down was under way when this node's last life ended."""
    rows = [Row(kind, subject, 1, "control1/0", 0.0, {"falls_in_s": 300.0}) for kind, subject in kept]
    declared = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})
    room.journal.kept += [declared, *rows]
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1"))


def turned(room: HandRoom) -> bool:
    return Kind.TURNED in [row.kind for row in room.journal.kept]


def test_s11_a_confirmed_ups_that_has_not_answered_yet_may_be_on_battery_and_is_waited_for(
    by_hand: HandRoom,
) -> None:
    left_behind(by_hand, (Kind.CONFIRMED, "ups3"))
    by_hand.upses["ups3"].status = None
    by_hand.upses["ups3"].fall_silent()
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(100)
    assert not turned(by_hand)
    by_hand.upses["ups3"].show(replace(calm_ups(by_hand.site, "ups3"), mains=False, on_battery=True))
    by_hand.until(105)
    assert not turned(by_hand)
    assert by_hand.run.scope.control, "and its outage goes on at once, its mains need not be timed anew"


def test_s5_what_our_own_watch_confirmed_before_we_took_the_command_belongs_to_the_outage(
    by_hand: HandRoom,
) -> None:
    """The control disk's outage is an old one; the linked disk's began while we waited for the cluster."""
    left_behind(by_hand, (Kind.CONFIRMED, "ups3"))
    for name in ("ups3", "ups4"):
        by_hand.upses[name].lose_mains()
    by_hand.run.mains["ups4"].confirmed = True
    by_hand.journal.takes_s = 0.5  # a disk that is slower than a look at the cluster
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(30)
    assert by_hand.run.scope.control
    assert by_hand.servers["blade1"].sent == ["shutdown"]
    written = [row.kind for row in by_hand.journal.kept]
    assert Kind.CLUSTER_STOP_ASKED not in written, "the linked side goes first"


def test_u2_one_whose_card_is_dead_is_not_waited_for_for_ever(by_hand: HandRoom) -> None:
    left_behind(by_hand, (Kind.CONFIRMED, "ups3"))
    by_hand.upses["ups3"].status = None
    by_hand.upses["ups3"].fall_silent()
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(CARD_REBOOT_S + 5)
    assert turned(by_hand)


def test_one_that_was_told_to_go_off_is_off_if_it_is_silent(by_hand: HandRoom) -> None:
    left_behind(by_hand, (Kind.CONFIRMED, "ups3"), (Kind.OFF_ARMED, "ups3"))
    by_hand.upses["ups3"].status = None
    by_hand.upses["ups3"].fall_silent()
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(by_hand.site.start.first_look_limit_s + 5)
    assert turned(by_hand)


@pytest.mark.parametrize(
    ("alone", "rows", "os", "others", "goes_on"),
    [
        (True, (Kind.OFF_ARMED,), Os.UP, None, True),
        (True, (), Os.UP, None, True),
        (True, (Kind.OFF_ARMED,), Os.HALTED, None, False),
        (False, (Kind.OFF_ARMED,), Os.UP, None, False),
        (True, (Kind.OFF_ARMED,), Os.UP, True, False),
        (True, (Kind.OFF_ARMED,), Os.UP, False, True),
    ],
    ids=["runs", "was never told", "is down", "has another feed", "others have mains", "others have none"],
)
def test_l2_u16_but_not_if_somebody_runs_on_it_alone(
    site: Site, alone: bool, rows: tuple[Kind, ...], os: Os, others: bool | None, goes_on: bool
) -> None:
    """Its OFF got no answer, and a hand has booted him since: he goes down before its battery ends, if nobody
    tells that its mains are back (S11)."""
    upses = ("ups5",) if alone else ("ups5", "ups6")
    blades = {name: replace(site.servers[name], upses=upses) for name in ("blade1", "blade2", "bladepool")}
    room = HandRoom(replace(site, servers={**site.servers, **blades}))
    left_behind(room, (Kind.CONFIRMED, "ups5"), *((kind, "ups5") for kind in rows))
    for name, ups in room.upses.items():
        if name == "ups5" or others is None:
            ups.status = None
            ups.fall_silent()
        elif not others:
            ups.lose_mains()
    for name in blades:
        room.servers[name].show(os=Os.HALTED)
    room.servers["blade1"].show(os=os)
    room.run.spawn(duty(room.run))
    room.until(CARD_REBOOT_S + 5)
    assert (not turned(room), room.servers["blade1"].sent == ["shutdown"]) == (goes_on, goes_on)


def test_l2_u16_who_runs_on_it_is_looked_at_by_a_life_that_has_not_heard_him_yet(by_hand: HandRoom) -> None:
    left_behind(by_hand, (Kind.CONFIRMED, "ups5"), (Kind.OFF_ARMED, "ups5"))
    blade1, others = by_hand.servers["blade1"], [by_hand.servers[name] for name in ("blade2", "bladepool")]
    for device in (*by_hand.upses.values(), blade1, *others):
        device.status = None
        device.fall_silent()
    look = blade1.look

    def looked_at() -> Any:
        blade1.show(ServerStatus(Os.UP))
        return look()

    blade1.look = looked_at  # type: ignore[method-assign]
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(CARD_REBOOT_S + 10)
    assert (turned(by_hand), blade1.sent) == (False, ["shutdown"])


def test_a_ups_that_has_left_the_site_file_ends_nobodys_duty(by_hand: HandRoom) -> None:
    left_behind(by_hand, (Kind.CONFIRMED, "ups99"), (Kind.OFF_ARMED, "ups99"))
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(600)
    assert by_hand.run.facts.confirmed == set()
    assert by_hand.told("incident.closed")


def test_s28_a_server_that_nobody_had_heard_when_the_outage_was_declared_is_started_again(
    by_hand: HandRoom,
) -> None:
    room, run = by_hand, by_hand.run
    blade1 = room.servers["blade1"]
    blade1.status = None
    blade1.fall_silent()
    run.commands = True
    room.upses["ups5"].lose_mains()
    run.mains["ups5"].confirmed = True
    run.spawn(declare(run))
    room.until(5)
    assert "blade1" not in run.facts.was_running
    run.scope = Scope(servers=frozenset({"blade1"}))
    blade1.show(ServerStatus(Os.UP))
    run.spawn(stop_system(run, room.site.servers["blade1"]))
    room.until(6)
    assert blade1.sent == ["shutdown"]
    assert "blade1" in run.facts.was_running
    assert [row.subject for row in room.journal.kept if row.kind is Kind.RAN] == ["blade1"]


def test_o1_h6_who_says_that_he_runs_is_shut_down_though_his_ups_is_taken_for_off(by_hand: HandRoom) -> None:
    """A hand has switched it on while its card was silent; taken for powerless he would be told for ever."""
    room, run = by_hand, by_hand.run
    run.commands = True
    room.upses["ups5"].lose_mains()
    run.mains["ups5"].confirmed = True
    run.spawn(declare(run))
    room.until(5)
    room.upses["ups5"].show(output_on=False)
    room.upses["ups5"].fall_silent()
    run.scope = Scope(servers=frozenset({"blade1"}))
    room.servers["blade1"].show(ServerStatus(Os.UP))
    run.spawn(stop_system(run, room.site.servers["blade1"]))
    room.until(6)
    assert room.servers["blade1"].sent == ["shutdown"]


def after_a_boot(room: HandRoom, *, returns: bool = True) -> HandRoom:
    """An earlier life told ups2 to go off until its mains return, and turned round; its card is silent."""
    off = {"falls_in_s": 420.0, "returns": returns}
    confirmed = Row(Kind.CONFIRMED, "ups2", 1, "control1/1", 0.0)
    room.run.learn(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        confirmed,
        Row(Kind.OFF_ARMED, "ups2", 1, "control1/1", 0.0, off),
        Row(Kind.TURNED, "reference", 1, "control1/1", 0.0),
    )
    for port in (room.upses["ups2"], room.servers["control2"]):
        port.status = None
        port.fall_silent()
    room.peers["control2"].fall_silent()
    return room


def test_l3_who_hangs_on_a_ups_that_an_earlier_life_switched_off_for_its_mains_is_waited_for(
    by_hand: HandRoom,
) -> None:
    """Its feed has mains, so it is its own that are away, or only its card's life: both are waited for."""
    room = after_a_boot(by_hand)
    leave_behind(room.run, unseen=True)
    assert is_left(room.run, "ups2")
    room.until(5000)
    assert is_left(room.run, "ups2")
    room.upses["ups2"].show(replace(calm_ups(room.site, "ups2"), output_on=False, mains=False))
    room.until(5001)
    assert is_left(room.run, "ups2")
    room.upses["ups2"].regain_mains()
    assert not is_left(room.run, "ups2")


def test_s18_one_of_them_that_is_on_its_battery_after_all_is_news_and_not_left(by_hand: HandRoom) -> None:
    room = after_a_boot(by_hand)
    leave_behind(room.run, unseen=True)
    room.upses["ups2"].show(replace(calm_ups(room.site, "ups2"), mains=False, on_battery=True))
    room.until(1)
    assert not is_left(room.run, "ups2")


def test_u2_one_whose_node_answers_is_on_and_one_that_stays_off_whatever_its_mains_do_is_not_waited_for(
    by_hand: HandRoom,
) -> None:
    room = after_a_boot(by_hand, returns=False)
    leave_behind(room.run, unseen=True)
    assert not is_left(room.run, "ups2")
    room = after_a_boot(by_hand)
    leave_behind(room.run, unseen=True)
    room.until(60)
    assert is_left(room.run, "ups2")
    room.servers["control2"].show(ServerStatus(Os.BOOTING))
    room.until(61)
    assert not is_left(room.run, "ups2")
    room = after_a_boot(by_hand)
    room.servers["control2"].show(ServerStatus(Os.UP))
    leave_behind(room.run, unseen=True)
    assert not is_left(room.run, "ups2")


def test_n5_nor_one_whose_node_answers_by_its_service_alone(by_hand: HandRoom) -> None:
    """Its controller is silent as the cards are, on a network of their own."""
    room = after_a_boot(by_hand)
    leave_behind(room.run, unseen=True)
    room.until(60)
    assert is_left(room.run, "ups2")
    room.peers["control2"].show()
    room.until(61)
    assert not is_left(room.run, "ups2")


@pytest.mark.parametrize(
    ("now", "is_left_behind"),
    [
        ("it is on its battery", False),
        ("it is off", True),
        ("its OFF counts down", True),
        ("it is held", True),
        ("who lives on it has another feed", True),
    ],
)
def test_s18_one_that_ought_to_be_off_and_is_on_its_battery_when_the_others_are_turned_round_is_news(
    by_hand: HandRoom, now: str, is_left_behind: bool
) -> None:
    """Its mains went anew while that was written down. Who is off, or in somebody's hands, is waited for."""
    run, battery = by_hand.run, replace(calm_ups(by_hand.site, "ups5"), mains=False, on_battery=True)
    run.learn(
        Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}),
        Row(Kind.CONFIRMED, "ups5", 1, "control1/1", 0.0),
    )
    by_hand.upses["ups5"].show(replace(battery, output_on=now != "it is off", on_battery=now != "it is off"))
    if now == "its OFF counts down":
        by_hand.upses["ups5"].show(off_armed=True)
        run.learn(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 420.0}))
    if now == "it is held":
        run.hear(Row(Kind.HELD, "ups5", 1, "control1/1", 0.0, {"cause": "r1", "held": True, "wall_s": 1.0}))
    if now == "who lives on it has another feed":
        fed = {s.name: replace(s, upses=("ups5", "ups6")) for s in by_hand.site.servers_on("ups5")}
        run.site = replace(by_hand.site, servers={**by_hand.site.servers, **fed})
    leave_behind(run)
    assert is_left(run, "ups5") is is_left_behind


@pytest.mark.parametrize(
    ("ups", "told", "others", "left"),
    [
        ("ups1", True, "have mains", True),
        ("ups1", True, "one is out", False),
        ("ups1", True, "are silent", False),
        ("ups1", False, "have mains", False),
        ("ups2", True, "have mains", False),
    ],
)
def test_l3_u2_nobody_waits_for_the_off_of_his_own_ups_that_he_has_booted_on_since(
    by_hand: HandRoom, ups: str, told: bool, others: str, left: bool
) -> None:
    """Its card is dead: as long as he runs on it nobody can tell it, and halted he would not come back. What
    another runs on he may tell of, and goes by himself."""
    room, run = by_hand, by_hand.run
    kinds = [Kind.CONFIRMED, *([Kind.OFF_ARMED] if told else [])]
    declared = Row(Kind.DECLARED, "reference", 1, "control1/0", 0.0, {"was_running": []})
    run.hear(declared, *(Row(kind, ups, 1, "control1/0", 0.0, {"falls_in_s": 300.0}) for kind in kinds))
    room.upses[ups].status = None
    room.upses[ups].fall_silent()
    if others == "one is out":
        room.upses["ups6"].lose_mains()
    for name in room.upses if others == "are silent" else ():
        room.upses[name].fall_silent()
    room.until(320)
    assert not goes_unwatched(run, room.site.upses[ups]), "it may count down yet"
    room.until(340)
    assert goes_unwatched(run, room.site.upses[ups]) is left
