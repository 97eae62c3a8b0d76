"""Before the control side goes: who is timed yet is waited for, who may be on again is looked at (S5)."""

from __future__ import annotations

import pytest

from sequencer import guards
from sequencer.control_stop import stop_control, stop_node
from sequencer.goes_last import look_who_may_be_on, waits_for
from sequencer.journal import Kind, Row
from sequencer.ports import Answer, ClusterState, ClusterStatus, Os, Receipt, ServerStatus, Unreachable
from sequencer.scope import Scope, scope
from sequencer.site import Site
from sequencer.timing import control_floor_s, off_call_s
from sequencer.watch import watch
from tests.hands import NO, NO_ANSWER, HandRoom

LINKED = ("ups4", "ups5", "ups6")
CONTROL = ("ups1", "ups2", "ups3")
TIMED = "is on its battery, and its outage is not confirmed yet"


def declared(room: HandRoom, *upses: str) -> None:
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    confirm(room, *upses)


def confirm(room: HandRoom, *upses: str) -> None:
    room.run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in upses))
    room.run.scope |= scope(room.site, room.run.facts.confirmed)
    room.run.announce()


@pytest.fixture
def room(site: Site) -> HandRoom:
    """The outage of the control side is confirmed; what the linked side lives on has its mains."""
    room = HandRoom(site)
    for name in CONTROL:
        room.upses[name].lose_mains()
    declared(room, *CONTROL)
    return room


def on(room: HandRoom, for_s: float = 5.0) -> None:
    room.until(room.run.now + for_s)


# Whose outage is timed yet


def test_s18_who_has_his_mains_is_not_waited_for(room: HandRoom) -> None:
    room.run.spawn(stop_control(room.run))
    on(room)
    assert room.cluster.sent == ["stop"]


def test_s18_nobody_goes_before_an_outage_of_the_linked_side_is_confirmed(room: HandRoom) -> None:
    """A node that has just booted times it from its boot on: gone before, nobody is left to tell them."""
    room.upses["ups6"].lose_mains()
    room.run.spawn(stop_control(room.run))
    on(room, 60.0)
    assert room.cluster.sent == []
    refused = room.told("command.refused", "ssccluster")
    assert [told["reason"] for told in refused] == [f"ups6 {TIMED}"]
    confirm(room, "ups6")
    on(room, 60.0)
    assert room.cluster.sent == [], "now it is to go off"
    room.upses["ups6"].show(output_on=False)
    room.run.settled.add("ups6")
    room.run.announce()
    on(room)
    assert room.cluster.sent == ["stop"]


def test_s18_nor_before_that_is_over(room: HandRoom) -> None:
    room.upses["ups6"].lose_mains()
    room.run.spawn(watch(room.run, room.site.upses["ups6"]))
    room.run.spawn(stop_control(room.run))
    on(room, 30.0)
    assert room.cluster.sent == []
    room.upses["ups6"].regain_mains()
    on(room)
    assert room.cluster.sent == ["stop"]


def test_s5_but_not_where_the_battery_holds_no_longer(room: HandRoom) -> None:
    room.upses["ups6"].lose_mains()
    room.run.spawn(stop_control(room.run))
    on(room)
    room.upses["ups1"].show(runtime_s=control_floor_s(room.site, room.site.upses["ups1"]))
    on(room)
    assert room.cluster.sent == ["stop"]
    assert [told["upses"] for told in room.told("alarm.raised", "ssccluster")] == ["ups1"]


def test_s18_the_last_node_waits_for_it_as_well(room: HandRoom) -> None:
    room.upses["ups2"].regain_mains()
    room.upses["ups3"].regain_mains()
    room.run.facts.confirmed -= {"ups2", "ups3"}
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.HALTED)
    room.upses["ups4"].lose_mains()
    room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    on(room, 20.0)
    assert (room.cluster.sent, room.servers["control1"].sent) == ([], [])


def test_s11_what_a_silent_card_said_last_is_no_outage(room: HandRoom) -> None:
    room.upses["ups6"].lose_mains()
    assert set(waits_for(room.run)) == {"ups6"}
    room.upses["ups6"].fall_silent()
    assert waits_for(room.run) == {}


def test_s5_who_goes_down_anyway_is_waited_for_once(room: HandRoom) -> None:
    """His disk's outage is confirmed: that of his own UPS brings down nobody else."""
    for name in LINKED:
        room.upses[name].lose_mains()
    confirm(room, "ups4")
    room.run.settled |= {"linkeddisk", *LINKED}
    for name in LINKED:
        room.upses[name].show(output_on=False)
    room.run.settled -= {"ups6"}
    room.upses["ups6"].show(output_on=True)
    assert waits_for(room.run) == {"ups6": "is not off yet"}


# Who may be on again


@pytest.fixture
def dark(room: HandRoom) -> HandRoom:
    """And the linked side is off, in the same outage."""
    confirm(room, *LINKED)
    for name in LINKED:
        room.upses[name].lose_mains()
        room.upses[name].show(output_on=False)
    room.run.settled |= {"linkeddisk", *LINKED}
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    return room


def comes_on_unheard(room: HandRoom, ups: str) -> None:
    """Between two polls."""
    hand = room.upses[ups]
    look = hand.look

    def looked_at() -> object:
        hand.show(output_on=True)
        return look()

    hand.look = looked_at


@pytest.mark.parametrize("name", LINKED)
def test_s5_what_has_its_mains_again_is_looked_at_before_we_go(dark: HandRoom, name: str) -> None:
    dark.upses[name].regain_mains()
    comes_on_unheard(dark, name)
    dark.run.spawn(stop_control(dark.run))
    on(dark, 60.0)
    assert dark.servers["control1"].sent == []
    assert {told["rule"] for told in dark.told("command.refused", "ssccluster")} == {"S5"}


def test_s5_without_mains_it_stays_off(dark: HandRoom) -> None:
    dark.run.spawn(stop_control(dark.run))
    on(dark)
    assert [dark.upses[name].looks for name in LINKED] == [0, 0, 0]
    assert dark.servers["control1"].sent == ["shutdown"]


def test_n1_s5_who_was_heard_last_before_others_fell_silent_is_looked_at_too(dark: HandRoom) -> None:
    """The management network was down, and a hand has pressed a button meanwhile: it is not polled yet."""
    run = dark.run
    run.spawn(watch(run, dark.site.upses["ups1"]))
    on(dark, 20.0)
    for name in LINKED:
        dark.upses[name].fall_silent()
    look = run.spawn(look_who_may_be_on(run))
    on(dark)
    assert [dark.upses[name].looks for name in LINKED] == [0, 0, 0], "off they have no power for their cards"
    dark.upses["ups1"].fall_silent()
    on(dark, 20.0)
    dark.upses["ups1"].show()
    comes_on_unheard(dark, "ups5")
    look = run.spawn(look_who_may_be_on(run))
    on(dark)
    assert [dark.upses[name].looks for name in LINKED] == [1, 1, 1]
    assert look.value, "it is on"


def test_s5_one_whose_off_was_given_up_is_not_asked_again(dark: HandRoom) -> None:
    dark.upses["ups5"].regain_mains()
    dark.run.given_up.add("ups5")
    dark.run.spawn(look_who_may_be_on(dark.run))
    on(dark)
    assert dark.upses["ups5"].looks == 0


def test_s5_what_says_that_it_is_on_is_off_for_nobody(dark: HandRoom) -> None:
    """It was off when the outage was entered, and a hand has pressed it before anybody wanted it down."""
    dark.upses["ups4"].show(output_on=True)
    assert waits_for(dark.run) == {"linkeddisk": "is not flushed and cut yet"}
    dark.run.given_up.add("ups4")
    assert waits_for(dark.run) == {}


def test_s5_t7_who_is_wanted_down_is_waited_for_though_his_ups_stays_on_for_another(room: HandRoom) -> None:
    """All of it had lost its mains, and has them again; nobody wants blade1 down, and it keeps ups5 on."""
    run = room.run
    confirm(room, *LINKED)
    wanted = {"servers": ["control1", "control2", "blade2"], "goal": "down", "wall_s": run.wall_s()}
    run.hear(Row(Kind.WANTED, "request-1", 1, "control1/1", 0.0, wanted))
    for name, ups in room.upses.items():
        ups.regain_mains()
        run.mains[name].on_line_since_s = 0.0
    assert "blade2" in waits_for(run)
    on(room, room.site.start.mains_stable_s)
    assert waits_for(run) == {"blade2": "is not down yet"}
    room.servers["blade2"].show(os=Os.HALTED)
    assert waits_for(run) == {}


def test_s1_s2_h6_a_node_that_was_down_is_looked_at_before_its_power_is_told_to_go(dark: HandRoom) -> None:
    """Its UPS was off; its button was pressed since the last poll, or its mains are back."""
    node = dark.servers["control2"]
    node.fall_silent()
    dark.upses["ups2"].show(output_on=False)
    node.replies = [NO]
    look = node.look

    def looked_at() -> Answer[ServerStatus | Unreachable]:
        node.show(os=Os.BOOTING)
        return look()

    node.look = looked_at  # type: ignore[method-assign]
    dark.run.spawn(stop_control(dark.run))
    on(dark)
    assert node.sent == ["shutdown"]
    assert (dark.servers["control1"].sent, dark.upses["ups3"].sent) == ([], [])


def test_s2_h6_one_whose_power_comes_back_while_that_is_told_is_told_anew(dark: HandRoom) -> None:
    """The look at the node had found none yet, and that at its UPS finds it on: it boots."""
    node, ups2 = dark.servers["control2"], dark.upses["ups2"]
    node.fall_silent()
    ups2.show(output_on=False)
    node.replies = [NO]
    look_at_ups, look_at_node = ups2.look, node.look

    def ups_looked_at() -> object:
        if "ups3" in dark.run.facts.armed:
            ups2.show(output_on=True)
        return look_at_ups()

    def node_looked_at() -> Answer[ServerStatus | Unreachable]:
        if ups2.seen().status.output_on:
            node.show(os=Os.BOOTING)
        return look_at_node()

    ups2.look, node.look = ups_looked_at, node_looked_at  # type: ignore[method-assign]
    dark.run.spawn(stop_control(dark.run))
    on(dark)
    assert node.sent == ["shutdown"]
    assert (dark.servers["control1"].sent, dark.upses["ups3"].sent) == ([], [])


@pytest.mark.parametrize(("left_s", "waits"), [(184.0, False), (186.0, True)])
def test_s18_who_is_forced_and_does_not_answer_keeps_no_ups_from_its_off(
    dark: HandRoom, left_s: float, waits: bool
) -> None:
    """The cluster has taken its whole limit: the disk's battery lasts for its OFF and two polls."""
    node = dark.servers["control2"]
    node.replies = [NO]
    dark.run.spawn(stop_control(dark.run))
    on(dark, 122.0)
    assert (node.sent[-1], dark.servers["control1"].sent) == ("force", [])
    dark.upses["ups3"].show(runtime_s=left_s)
    on(dark, 1.0)
    assert dark.servers["control1"].sent == ([] if waits else ["shutdown"])
    on(dark, 6.0)
    assert (dark.servers["control1"].sent, dark.upses["ups3"].sent) == (["shutdown"], ["off delayed"])


def test_s18_nor_does_a_ups_of_another_node_that_does_not_answer(dark: HandRoom) -> None:
    ups2 = dark.upses["ups2"]
    dark.servers["control2"].show(os=Os.HALTED)
    ups2.fall_silent()
    ups2.replies = [NO_ANSWER]
    dark.upses["ups3"].show(runtime_s=190.0)
    dark.run.spawn(stop_control(dark.run))
    on(dark, 4.0)
    assert dark.servers["control1"].sent == []
    dark.upses["ups3"].show(runtime_s=184.0)
    on(dark, 2.0)
    assert (dark.servers["control1"].sent, dark.upses["ups3"].sent) == (["shutdown"], ["off delayed"])


def test_s5_who_is_forced_draws_nothing_any_more_and_his_battery_lasts_for_others_yet(dark: HandRoom) -> None:
    """A hand has booted the other node on a battery that lasts for its OFF only, and somebody is left."""
    run, node, ups2 = dark.run, dark.servers["control2"], dark.upses["ups2"]
    dark.upses["ups6"].show(output_on=True)
    run.settled.discard("ups6")
    node.show(os=Os.BOOTING)
    node.replies = [NO]

    def force() -> Answer[Receipt]:
        node.after(0.5, lambda: node.show(os=Os.HALTED))
        node.after(0.4, lambda: ups2.show(runtime_s=9000.0))
        return node.command("force")

    node.force = force  # type: ignore[method-assign]
    ups2.show(runtime_s=off_call_s(dark.site, dark.site.upses["ups2"]))
    run.spawn(stop_control(run))
    on(dark, 60.0)
    assert node.sent[-1] == "force"
    assert ups2.sent == ["off until_mains"], "nobody lives on it any more"
    assert (dark.servers["control1"].sent, dark.upses["ups3"].sent) == ([], [])


@pytest.mark.parametrize("ends", ["he is down", "our battery"])
def test_s33_who_was_let_through_and_is_not_to_go_asks_every_other_second_and_goes_at_once_when_he_may(
    dark: HandRoom, monkeypatch: pytest.MonkeyPatch, ends: str
) -> None:
    """The guard and the page behind it may be of two minds, as where a runtime swings about its floor."""
    monkeypatch.setattr(guards, "stop_cluster", lambda *_, **__: None)
    dark.servers["control2"].show(os=Os.HALTED)
    dark.upses["ups2"].show(output_on=False)
    dark.upses["ups6"].show(output_on=True)
    dark.run.settled.discard("ups6")
    dark.run.spawn(stop_control(dark.run))
    on(dark, 11.0)
    assert dark.servers["control1"].sent == []
    assert max(ups.looks for ups in dark.upses.values()) < 20
    if ends == "he is down":
        dark.upses["ups6"].show(output_on=False)
        dark.run.settled.add("ups6")
        dark.run.announce("ups6")
    else:
        dark.upses["ups1"].show(runtime_s=100.0)
    on(dark, 0.5)
    assert dark.servers["control1"].sent == ["shutdown"]
