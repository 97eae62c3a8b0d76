"""The control side's own stop, to the edge: whom it waits for, what it asks the cluster, who goes last."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.before_we_go import is_out_of_our_hands, still_here
from sequencer.control_stop import rows_of_disks, stop_cluster, stop_control
from sequencer.floors import needs_nobody, was_never_heard
from sequencer.goes_alone import heard, is_last_node
from sequencer.held_ups import is_in_other_hands
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.scope import Scope
from sequencer.site import Array, ArrayRole, ControlStop, Site
from tests.hands import NO, YES, HandRoom
from tests.worlds import with_more, with_settings

STOPPED = ClusterStatus(ClusterState.STOPPED, None)
LINKED_SIDE = Scope(server_upses=frozenset({"ups5"}), control=True)


def room_of(site: Site, *, out: bool = True) -> HandRoom:
    """The whole site is out; ups5 of the linked side is still on, and the control side is to stop."""
    room = HandRoom(site)
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    if out:
        for ups in room.upses.values():
            ups.lose_mains()
        rows += [Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in site.upses]
    room.run.hear(*rows)
    room.run.scope = LINKED_SIDE
    return room


@pytest.fixture
def room(site: Site) -> HandRoom:
    return room_of(site)


def goes(room: HandRoom) -> None:
    room.run.spawn(stop_control(room.run))
    room.until(room.run.now + 5)


def linked_side_is_off(room: HandRoom) -> None:
    room.upses["ups5"].show(output_on=False)
    room.run.settled.add("ups5")
    room.run.announce()
    room.until(room.run.now + 5)


def refused(room: HandRoom) -> list[tuple[str, str, str]]:
    return [(e["subject"], e["command"], e["rule"]) for e in room.told("command.refused")]


def told_to_stop(room: HandRoom) -> list[str]:
    return [name for name in ("control1", "control2") if "shutdown" in room.servers[name].sent]


# Whom it waits for


def test_s5_the_cluster_stops_when_the_linked_side_is_off_and_the_nodes_after_it(room: HandRoom) -> None:
    goes(room)
    assert room.cluster.sent == []
    assert refused(room) == [("ssccluster", "stop", "S5")]
    linked_side_is_off(room)
    assert room.cluster.sent == ["stop"]
    assert told_to_stop(room) == []
    room.cluster.show(STOPPED)
    room.until(room.run.now + 5)
    assert told_to_stop(room) == ["control1", "control2"]


def test_s5_when_the_cluster_has_stopped_already_the_nodes_wait_for_the_linked_side_all_the_same(
    room: HandRoom,
) -> None:
    room.cluster.show(STOPPED)
    goes(room)
    assert told_to_stop(room) == []
    assert refused(room) == [("ssccluster", "shutdown", "S5")]
    linked_side_is_off(room)
    assert told_to_stop(room) == ["control1", "control2"]


def test_s5_where_the_site_asks_for_the_documents_way_nobody_waits_for_the_linked_side(site: Site) -> None:
    room = room_of(with_settings(site, control_stop=ControlStop.DOCUMENT))
    goes(room)
    assert room.cluster.sent == ["stop"]
    assert refused(room) == []


def test_s5_what_it_waits_for_no_longer_is_told_of_the_cluster(room: HandRoom) -> None:
    room.cluster.show(STOPPED)
    for name in ("ups1", "ups2"):
        room.upses[name].show(low_battery=True)
    goes(room)
    (alarm,) = [e for e in room.told("alarm.raised") if e["rule"] == "S5"]
    assert alarm["subject"] == "ssccluster"
    assert alarm["text"] == "ups1 holds no longer; not waiting for ups5"
    assert alarm["upses"] == "ups1"


def test_s9_nothing_is_asked_of_the_cluster_while_the_mains_are_back(room: HandRoom) -> None:
    linked_side_is_off(room)
    for name, ups in room.upses.items():
        ups.regain_mains()
        room.run.mains[name].on_line_since_s = 0.0
    goes(room)
    assert (room.cluster.sent, refused(room)) == ([], [])
    for ups in room.upses.values():
        ups.lose_mains()
    room.until(room.run.now + 5)
    assert room.cluster.sent == ["stop"]


@pytest.mark.parametrize(("out", "stops"), [(True, []), (False, ["stop"])])
def test_r10_a_cluster_that_is_left_to_itself_in_an_outage_is_stopped_when_somebody_wants_it_down(
    site: Site, out: bool, stops: list[str]
) -> None:
    room = room_of(with_settings(site, cluster__stop_at_outage=False), out=out)
    linked_side_is_off(room)
    goes(room)
    assert room.cluster.sent == stops


def mains_return(room: HandRoom) -> None:
    for name, ups in room.upses.items():
        ups.regain_mains()
        room.run.mains[name].on_line_since_s = room.run.now


def mains_go(room: HandRoom) -> None:
    for ups in room.upses.values():
        ups.lose_mains()


def test_s9_nor_of_the_nodes_when_they_return_while_these_wait_for_the_linked_side(room: HandRoom) -> None:
    room.cluster.show(STOPPED)
    goes(room)
    mains_return(room)
    linked_side_is_off(room)
    assert told_to_stop(room) == []
    mains_go(room)
    room.until(room.run.now + 5)
    assert told_to_stop(room) == ["control1", "control2"]


def test_s9_nothing_is_stopped_before_the_outage_is_one_of_the_control_side(room: HandRoom) -> None:
    linked_side_is_off(room)
    room.run.scope = Scope(server_upses=frozenset({"ups5"}))
    goes(room)
    assert room.cluster.sent == []
    room.run.scope = LINKED_SIDE
    room.run.announce()
    room.until(room.run.now + 5)
    assert room.cluster.sent == ["stop"]


def test_s5_a_server_that_is_waited_for_is_to_be_seen_down_soon(room: HandRoom) -> None:
    room.run.scope = Scope(servers=frozenset({"blade1"}), control=True)
    goes(room)
    assert [eager for _, _, eager in room.servers["blade1"].watchers] == [True]


def test_s30_the_offs_of_others_are_written_down_before_our_own(room: HandRoom) -> None:
    """Should we die amid it, whoever follows knows of these."""
    room.cluster.show(STOPPED)
    linked_side_is_off(room)
    goes(room)
    rows = [row.subject for row in room.journal.kept if row.kind is Kind.OFF_ARMED]
    assert rows == ["ups3", "ups2", "ups1"]


# The cluster


def test_s9_a_cluster_that_refused_is_not_asked_again_while_the_mains_are_back(room: HandRoom) -> None:
    linked_side_is_off(room)
    room.cluster.replies = [NO, YES]
    goes(room)
    mains_return(room)
    room.until(60)
    assert room.cluster.sent == ["stop"]
    assert refused(room) == [("ssccluster", "stop", "S9")]
    mains_go(room)
    room.until(70)
    assert room.cluster.sent == ["stop", "stop"]


def test_s26_a_cluster_that_does_not_stop_is_forced_at_its_limit_and_told(room: HandRoom) -> None:
    linked_side_is_off(room)
    over_s = room.run.now + room.site.cluster.shutdown_limit_s
    room.run.spawn(stop_cluster(room.run))
    room.until(room.run.now + 1)
    room.cluster.show(state=ClusterState.STOPPING)
    room.until(over_s)
    assert room.cluster.sent == ["stop"]
    room.until(over_s + 1)
    assert room.cluster.sent == ["stop", "force"]
    assert [(e["subject"], e["rule"]) for e in room.told("alarm.raised")] == [("ssccluster", "S26")]
    assert [row.subject for row in room.journal.kept if row.kind is Kind.CLUSTER_STOP_ASKED] == ["ssccluster"]


def test_s26_one_that_stops_already_is_not_asked_again(room: HandRoom) -> None:
    room.cluster.show(state=ClusterState.STOPPING)
    room.run.spawn(stop_cluster(room.run))
    room.until(60)
    assert room.cluster.sent == []


@pytest.mark.parametrize(
    ("other", "last"),
    [
        ({"os": Os.HALTED}, True),
        ({"os": Os.BOOTING}, True),
        ({"os": Os.SHUTTING_DOWN}, True),
        ({"os": Os.UP}, False),
        (None, False),
    ],
    ids=["halted", "boots", "goes down", "up", "silent"],
)
def test_s11_a_node_is_the_last_when_each_other_is_seen_not_to_run(
    room: HandRoom, other: dict[str, Any] | None, last: bool
) -> None:
    port = room.servers["control2"]
    if other is None:
        port.fall_silent()
    else:
        port.show(**other)
    outcomes: list[bool] = []

    def steps() -> Any:
        outcomes.append((yield from is_last_node(room.run, room.site.servers["control1"])))

    room.run.spawn(steps())
    room.until(5)
    assert outcomes == [last]
    assert (port.looks, room.servers["control1"].looks) == (1, 0)


# What the nodes need not wait for


@pytest.mark.parametrize(
    ("name", "held", "is_held"),
    [
        ("ups5", "ups5", True),
        ("ups5", "blade1", True),
        ("ups5", "rack1", False),
        ("blade1", "blade1", True),
        ("blade1", "ups5", False),
        ("linkeddisk", "linkeddisk", True),
        ("linkeddisk", "ups4", True),
        ("linkeddisk", "rack1", True),
        ("linkeddisk", "ups6", True),
        ("linkeddisk", "bladepool", False),
        ("linkeddisk", "ups5", False),
    ],
)
def test_s27_what_waits_for_somebodys_hold(room: HandRoom, name: str, held: str, is_held: bool) -> None:
    """ups5 is off already: that somebody holds it holds up nothing of its disk, which has been flushed."""
    linked_side_is_off(room)
    room.run.hear(Row(Kind.FLUSH_SETTLED, "linkeddisk", 1, "control1/1", 0.0, {}))
    details = {"held": True, "cause": "r1", "wall_s": 1.0}
    room.run.hear(Row(Kind.HELD, held, 1, "control1/1", 0.0, details))
    assert is_in_other_hands(room.run, name) is is_held


def test_s18_what_counts_down_or_has_lost_its_power_needs_nobody(site: Site) -> None:
    split = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), enclosures=("ups5", "ups6"))
    room = room_of(with_more(site, split))
    assert not any(needs_nobody(room.run, name) for name in ("ups5", "linkeddisk", "blade1"))
    room.upses["ups5"].show(off_armed=True)
    assert needs_nobody(room.run, "ups5")
    room.upses["ups5"].show(off_armed=False, output_on=False)
    assert not needs_nobody(room.run, "linkeddisk"), "ups6 feeds its enclosures yet"
    room.upses["ups6"].show(output_on=False)
    assert needs_nobody(room.run, "linkeddisk")
    room.upses["ups6"].show(output_on=True)
    room.upses["ups4"].show(output_on=False)
    assert needs_nobody(room.run, "linkeddisk"), "without its controllers"


def unheard(room: HandRoom, *names: str) -> None:
    """As to a node that has just booted, and whom none of these answers."""
    hands = {**room.upses, **room.servers, **room.arrays}
    for name in names:
        hands[name].status = None
        hands[name].fall_silent()


BLADES = ("ups5", "blade1", "blade2", "bladepool")


@pytest.mark.parametrize("heard_of", [*BLADES, "ups4", "linkeddisk"])
def test_p4_whoever_answers_since_we_booted_or_feeds_one_that_does_is_heard(
    room: HandRoom, heard_of: str
) -> None:
    unheard(room, *(name for name in (*BLADES, "ups4", "linkeddisk") if name != heard_of))
    assert was_never_heard(room.run, "ups5") is (heard_of not in BLADES)
    assert was_never_heard(room.run, "linkeddisk") is (heard_of in BLADES)
    hands = {**room.upses, **room.servers, **room.arrays}
    hands[heard_of].fall_silent()
    assert was_never_heard(room.run, "ups5") is (heard_of not in BLADES), "its last word is known"


def test_l2_nobody_lets_the_control_disk_run_empty_for_whom_he_has_never_heard(room: HandRoom) -> None:
    """They went off in the outage before, and wait for their mains; ups3 lasts for its own OFF only."""
    room.cluster.show(STOPPED)
    room.run.scope = Scope(server_upses=frozenset({"ups5"}), arrays=frozenset({"linkeddisk"}), control=True)
    unheard(room, "ups4", "linkeddisk", *BLADES)
    goes(room)
    assert told_to_stop(room) == []
    room.upses["ups3"].show(runtime_s=300.0)
    room.until(room.run.now + 5)
    assert told_to_stop(room) == ["control1", "control2"]


def test_s5_whoever_has_been_heard_is_waited_for_though_the_control_disk_runs_empty(room: HandRoom) -> None:
    room.cluster.show(STOPPED)
    goes(room)
    room.upses["ups3"].show(runtime_s=300.0)
    room.until(room.run.now + 5)
    assert told_to_stop(room) == []


def test_s4_the_upses_of_arrays_that_share_one_fall_in_one_row_and_those_of_others_beside_it(
    site: Site,
) -> None:
    def disk(name: str, controllers: str, enclosures: str) -> Array:
        return Array(name, ArrayRole.CONTROL, (controllers,), enclosures=(enclosures,))

    arrays = disk("controldisk", "ups3", "ups4"), disk("alone", "ups5", "ups5"), disk("third", "ups6", "ups4")
    rows = rows_of_disks(with_more(site, *arrays))
    assert [[ups.name for ups in row] for row in rows] == [["ups5"], ["ups3", "ups4", "ups6"]]


# Other nodes


@pytest.mark.parametrize(
    ("os", "its_service", "out"),
    [
        (Os.UP, True, False),
        (Os.UP, False, False),
        (Os.BOOTING, True, False),
        (Os.BOOTING, False, False),
        (Os.SHUTTING_DOWN, True, True),
        (Os.SHUTTING_DOWN, False, False),
        (Os.HALTED, True, True),
        (Os.HALTED, False, True),
    ],
)
def test_c7_another_node_is_out_of_our_hands_when_it_is_down_or_its_service_sees_to_the_rest(
    room: HandRoom, os: Os, its_service: bool, out: bool
) -> None:
    room.servers["control2"].show(os=os)
    if not its_service:
        room.peers["control2"].fall_silent()
    assert heard(room.run, "control2") is its_service
    assert is_out_of_our_hands(room.run, "control2") is out


def test_c7_who_is_waited_for_before_we_go(room: HandRoom) -> None:
    run = room.run
    stops = {"control2": run.spawn(run.pause(60.0))}
    assert still_here(run, stops, {"control2"}, set()) == ["control2"]
    run.on_their_way.add("control2")
    assert still_here(run, stops, {"control2"}, set()) == [], "it sees to the rest itself"
    assert still_here(run, stops, set(), set()) == ["control2"], "nobody would force it, should it hang"
    run.given_up.add("control2")
    assert still_here(run, stops, set(), set()) == []
    assert still_here(run, stops, {"control2"}, {"control2"}) == ["control2"], "it boots, and may be up yet"
    run.given_up.clear()
    room.until(61)
    assert still_here(run, stops, set(), set()) == [], "it is down"
