"""A node that goes for its own power, and whose whole control side goes by then, or whose mains are back; or
that is the last one."""

from __future__ import annotations

import pytest

from sequencer.control_stop import stop_node
from sequencer.goes_alone import may_carry_on
from sequencer.journal import Kind, Row
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.scope import Scope
from sim.story import Asked, Managed, Manager, Pressed
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import LINKED, fault, out, play


def test_s18_p3_r2_08_once_its_disk_is_out_as_well_the_others_are_asked_before_the_last_node_goes() -> None:
    """control1, shut down by its manager, has no power and a silent card. The outage of the disk was
    confirmed while control2 stopped the cluster for its own battery; it then went without having asked
    control1, so that the OFF of their disk was refused (S1), and nobody was left to send it."""
    tale = play(
        Managed(-600, Manager.SHUTDOWN, "control1"),
        fault("mains_flap", "utility", 1240.7, amount=2500.0),
        out(5580, 5940, "ups2"),
        until_s=9540,
        seed=9400013,
    )
    holds(tale, "mains_flap")
    last = tale.all("server.halted control2")[-1]
    told = [e.t for e in tale.all("command.sent ups3 command=off", by="control2") if e.t < last.t]
    assert told, "control2 has told the disk's UPS before it went for good"


def test_s5_n6_who_could_not_be_told_to_go_stays_when_its_card_tells_at_last_that_its_mains_are_there() -> (
    None
):
    """control1 is up alone. Its card falls silent amid the outage, so that halted it would not come back; it
    is heard again when the mains have long been back, before that of the linked disk (seed 8902)."""
    tale = play(
        Managed(-600, Manager.SHUTDOWN, "ssccluster"),
        Asked(-600, Wish.POWER_OFF, LINKED),
        Pressed(0, "ups1"),
        out(120, 1008.5),
        fault("cards_swizzled", "network", 840, 1850),
        Pressed(1500, "ups4"),
        until_s=3600,
        seed=8902,
    )
    holds(tale, "cards_swizzled")
    assert tale.times("alarm.raised ssccluster rule=L3"), "it was to go, and nobody could tell its UPS"
    assert not tale.times("command.sent ups1 command=off")


def test_s5_c12_a_node_does_not_go_alone_while_the_power_of_the_other_one_counts_down() -> None:
    """All were wanted down; the other one, of which somebody else has told the UPS to go off, is wanted up
    again. It falls amid the flush, and nobody would have cut the disk (seed 38055)."""
    tale = play(
        Asked(0, Wish.POWER_OFF),
        fault("foreign_off", "ups1", 100),
        Asked(130, Wish.POWER_ON, ("control1",)),
        until_s=7200,
    )
    holds(tale, "foreign_off")
    assert tale.times("array.flushed linkeddisk")[0] <= min(tale.times("command.sent ups2 command=off"))


@pytest.mark.parametrize("boots", [True, False])
def test_s31_another_node_that_boots_when_another_outage_is_over_is_waited_for(
    by_hand: HandRoom, boots: bool
) -> None:
    """Down for a long outage, it came back with its mains in that very moment, and the only node that was up
    stopped the cluster (seed 54423)."""
    run, (control1, control2) = by_hand.run, by_hand.site.control_nodes
    for ups in ("ups1", "ups3"):
        by_hand.upses[ups].lose_mains()
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(Row(Kind.CONFIRMED, "ups1", 1, "control1/1", 0.0))
    run.scope = Scope(nodes=frozenset({control1.name}))
    other, ourselves = by_hand.servers[control2.name], by_hand.servers[control1.name]
    other.show(os=Os.HALTED)
    run.spawn(stop_node(run, control1))
    by_hand.until(5)
    by_hand.upses["ups3"].regain_mains()
    by_hand.until(10)
    other.show(os=Os.BOOTING if boots else Os.HALTED)
    by_hand.until(20 + by_hand.site.start.mains_stable_s)
    assert (by_hand.cluster.sent, ourselves.sent) == (["stop"] * (not boots), [])
    other.show(os=Os.UP)
    by_hand.until(run.now + 5)
    assert ourselves.sent == ["shutdown"] * boots
    assert by_hand.cluster.sent == ["stop"] * (not boots)


def test_s31_n5_a_node_that_answers_goes_on_with_the_cluster_though_no_controller_is_heard() -> None:
    """control2 was down with its power off when the management network died; a hand switched it on, and the
    cluster began to run there. control1, whose own mains had been away, stopped it (seed 169315)."""
    tale = play(
        Managed(-600, Manager.SHUTDOWN, "control2"),
        out(0, 900, "ups1"),
        fault("management_down", "network", 600, 6000),
        Pressed(3000, "ups2"),
        until_s=3900,
        seed=169315,
    )
    holds(tale, "management_down")
    (began,) = (event.t for event in tale.all("server.up control2"))
    assert not [told for told in tale.times("command.sent ssccluster command=stop") if told > began]


@pytest.mark.parametrize(
    ("os", "answers", "carries_on"),
    [
        (Os.HALTED, True, True),
        (Os.HALTED, False, False),
        (Os.SHUTTING_DOWN, True, False),
        (Os.BOOTING, True, True),
    ],
)
def test_n5_s31_where_no_card_is_heard_a_service_that_answers_since_has_booted(
    by_hand: HandRoom, os: Os, answers: bool, carries_on: bool
) -> None:
    by_hand.servers["control2"].show(os=os)
    for port in (*by_hand.servers.values(), *by_hand.upses.values(), by_hand.peers["control2"]):
        port.fall_silent()
    control2 = by_hand.site.servers["control2"]
    assert not may_carry_on(by_hand.run, control2)
    by_hand.until(5)
    if answers:
        by_hand.peers["control2"].show(commands=False)
    assert may_carry_on(by_hand.run, control2) is carries_on


def test_s9_r2_08_a_last_node_that_its_manager_shuts_down_takes_no_power_that_would_stay_off() -> None:
    """A hand has shut control1 down, and no wake reaches it; in no outage its UPS would not come back by
    itself, and nobody wanted it off (seed 170761)."""
    tale = play(
        fault("server_pressed", "control1", -600),
        out(-600, 0, "ups6"),
        fault("production_down", "network", -600),
        Managed(1200, Manager.SHUTDOWN, "control2"),
        until_s=1800,
        seed=170761,
    )
    holds(tale, "server_pressed", "production_down")
    assert tale.times("command.sent ups2 command=off")
    assert not tale.times("command.sent ups1 command=off")
