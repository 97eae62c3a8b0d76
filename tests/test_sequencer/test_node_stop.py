"""One node stops alone, or the last one with its cluster; what the nodes wait for before they go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.control_stop import stop_cluster, stop_control, stop_node
from sequencer.floors import needs_nobody
from sequencer.goes_alone import may_carry_on
from sequencer.journal import Goal, Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Os
from sequencer.scope import Scope
from sequencer.site import Array, ArrayRole, Job, Site
from sequencer.timing import cluster_floors_s
from tests.hands import HandRoom
from tests.worlds import with_more

STOPPED = ClusterStatus(ClusterState.STOPPED, None)
NODES = ("control1", "control2")
LAST = Scope(server_upses=frozenset({"ups5"}), nodes=frozenset(NODES))


@pytest.fixture
def room(site: Site) -> HandRoom:
    """Everything is out of mains; each node saves something before it goes."""
    save = (Job("save", ("save",), 60.0),)
    nodes = {name: replace(site.servers[name], stop_jobs=save) for name in NODES}
    room = HandRoom(replace(site, servers={**site.servers, **nodes}))
    mains_go(room)
    rows = [Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []})]
    rows += [Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in site.upses]
    room.run.hear(*rows)
    return room


def mains_go(room: HandRoom) -> None:
    for ups in room.upses.values():
        ups.lose_mains()


def mains_return(room: HandRoom) -> None:
    for name, ups in room.upses.items():
        ups.regain_mains()
        room.run.mains[name].on_line_since_s = room.run.now


def soon(room: HandRoom) -> None:
    room.until(room.run.now + 5)


def fall_silent(room: HandRoom) -> None:
    """The network that tells of power and systems; services hear each other yet (N1)."""
    for ups in room.upses.values():
        ups.fall_silent()
    room.servers["control2"].fall_silent()


def settled(room: HandRoom) -> None:
    room.upses["ups5"].show(output_on=False)
    room.run.settled.add("ups5")
    room.run.announce()
    soon(room)


def stops(room: HandRoom, node: str) -> None:
    room.run.spawn(stop_node(room.run, room.site.servers[node]))
    soon(room)


def disk_has_mains(room: HandRoom) -> None:
    """The control disk stays, whoever goes."""
    room.upses["ups3"].regain_mains()


def begun(room: HandRoom) -> list[str]:
    """The nodes whose stop has begun, with their jobs."""
    return [name for name in NODES if room.servers[name].sent]


def test_s9_a_node_begins_nothing_while_the_mains_are_back(room: HandRoom) -> None:
    room.run.scope = Scope(nodes=frozenset({"control2"}))
    mains_return(room)
    stops(room, "control2")
    assert begun(room) == []
    mains_go(room)
    soon(room)
    assert begun(room) == ["control2"]


def test_s9_nor_when_they_return_while_it_waits_for_a_card(room: HandRoom) -> None:
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.upses["ups1"].fall_silent()
    stops(room, "control1")
    mains_return(room)
    soon(room)
    assert begun(room) == []


def test_s31_a_node_that_stops_with_the_whole_control_side_does_not_stop_by_itself(room: HandRoom) -> None:
    room.run.scope = Scope()
    stop = room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    soon(room)
    assert not stop.over
    room.run.scope = Scope(control=True)
    room.run.announce()
    soon(room)
    assert (stop.over, begun(room)) == (True, [])


def test_s5_s9_the_last_node_stops_its_cluster_when_the_linked_side_is_off_and_goes_when_that_has_stopped(
    room: HandRoom,
) -> None:
    disk_has_mains(room)
    room.run.scope = LAST
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    stops(room, "control2")
    assert room.cluster.sent == []
    settled(room)
    assert room.cluster.sent == ["stop"]
    mains_return(room)
    room.cluster.show(STOPPED)
    soon(room)
    assert begun(room) == []
    mains_go(room)
    soon(room)
    assert begun(room) == ["control2"]


def test_s5_or_when_its_own_battery_holds_no_longer_and_not_the_other_nodes(room: HandRoom) -> None:
    room.run.scope = LAST
    room.servers["control1"].show(os=Os.SHUTTING_DOWN)
    room.upses["ups1"].show(low_battery=True)
    stops(room, "control2")
    assert room.cluster.sent == []
    room.upses["ups2"].show(low_battery=True)
    soon(room)
    assert room.cluster.sent == ["stop"]


def test_s31_while_another_node_boots_the_last_one_waits_for_it_and_the_cluster_goes_on_there(
    room: HandRoom,
) -> None:
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.BOOTING)
    stops(room, "control1")
    assert (room.cluster.sent, begun(room)) == ([], [])
    assert [told["step"] for told in room.told("step.waiting", "control1")] == ["control2 to be up"]
    room.servers["control2"].show(os=Os.UP)
    soon(room)
    assert (room.cluster.sent, begun(room)) == ([], ["control1"])


@pytest.mark.parametrize("told", ["by us", "wanted", ""])
def test_s31_so_it_does_while_the_other_goes_down_only_to_restart_or_nobody_knows_why(
    room: HandRoom, told: str
) -> None:
    disk_has_mains(room)
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.SHUTTING_DOWN)
    if told == "by us":
        room.run.rebooting.add("control2")
    elif told:
        details = {"servers": ["control2"], "goal": "reboot", "wall_s": 1.0}
        room.run.hear(Row(Kind.WANTED, "a request", 1, "control1/1", 0.0, details))
    stops(room, "control1")
    assert room.cluster.sent == []
    room.servers["control2"].show(os=Os.BOOTING)
    soon(room)
    room.servers["control2"].show(os=Os.UP)
    soon(room)
    assert (room.cluster.sent, begun(room)) == ([], ["control1"])


@pytest.mark.parametrize("ends", ["battery", "limit", "halted", "silent"])
def test_s31_but_not_longer_than_its_battery_lasts_and_a_boot_may_take(room: HandRoom, ends: str) -> None:
    disk_has_mains(room)
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.BOOTING)
    stops(room, "control1")
    match ends:
        case "battery":
            room.upses["ups1"].show(low_battery=True)
        case "limit":
            room.until(room.site.start.server_limit_s - 1)
            assert room.cluster.sent == []
        case "halted":
            room.servers["control2"].show(os=Os.HALTED)
        case "silent":
            room.servers["control2"].fall_silent()
            room.peers["control2"].fall_silent()
            room.upses["ups2"].show(output_on=False)
    soon(room)
    assert room.cluster.sent == ["stop"]


def test_n1_s31_who_hears_no_card_waits_for_whose_last_word_was_that_he_boots(room: HandRoom) -> None:
    """By what his own battery told last: silent it tells of no floor."""
    disk_has_mains(room)
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    floor_s = cluster_floors_s(room.site, [room.site.upses["ups1"]])["ups1"]
    room.upses["ups1"].show(runtime_s=floor_s + 100.0)
    room.servers["control2"].show(os=Os.BOOTING)
    room.peers["control2"].fall_silent()  # its service begins when it is up
    stops(room, "control1")
    fall_silent(room)
    room.until(104.0)
    assert room.cluster.sent == []
    soon(room)
    assert room.cluster.sent == ["stop"]


@pytest.mark.parametrize("joins", [True, False])
def test_n1_s31_and_for_whom_he_knows_to_be_restarted_until_the_cluster_goes_on_there(
    room: HandRoom, joins: bool
) -> None:
    """His controller is as silent; the cluster's word comes another way."""
    disk_has_mains(room)
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.run.rebooting.add("control2")
    room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1", frozenset({"control1"})))
    fall_silent(room)
    room.until(1)
    stops(room, "control1")
    assert room.cluster.sent == []
    if joins:
        room.cluster.show(ClusterStatus(ClusterState.RUNNING, "control1", frozenset(NODES)))
        room.run.announce()
    room.until(room.run.now + room.site.start.server_limit_s + 5)
    assert room.cluster.sent == ([] if joins else ["stop"])


def test_s31_who_waits_for_the_linked_side_asks_once_more_whether_he_is_the_last(room: HandRoom) -> None:
    """The other was down when that was asked first, and has been booted since (O1)."""
    disk_has_mains(room)
    room.run.scope = Scope(server_upses=frozenset({"ups5"}), nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.HALTED)
    stops(room, "control1")
    room.servers["control2"].show(os=Os.BOOTING)
    settled(room)
    assert (room.cluster.sent, begun(room)) == ([], [])
    room.servers["control2"].show(os=Os.UP)
    soon(room)
    assert (room.cluster.sent, begun(room)) == ([], ["control1"])


def test_s31_nor_is_it_his_own_if_the_whole_control_side_is_to_stop_by_then(room: HandRoom) -> None:
    disk_has_mains(room)
    room.run.scope = Scope(server_upses=frozenset({"ups5"}), nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.HALTED)
    stops(room, "control1")
    room.run.scope = Scope(control=True)
    settled(room)
    assert room.cluster.sent == ["stop"]


def test_s18_while_another_node_carries_on_it_does_not_wait_for_that(room: HandRoom) -> None:
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    stops(room, "control1")
    assert begun(room) == ["control1"]
    assert room.cluster.sent == []


def test_s31_nor_if_the_whole_control_side_is_to_stop_by_then(room: HandRoom) -> None:
    room.run.scope = Scope(nodes=frozenset({"control1"}))
    room.servers["control2"].show(os=Os.BOOTING)
    stop = room.run.spawn(stop_node(room.run, room.site.servers["control1"]))
    soon(room)
    room.run.scope = Scope(control=True)
    room.run.announce()
    soon(room)
    assert (stop.over, room.cluster.sent, begun(room)) == (True, [], [])


def test_s9_no_node_begins_its_jobs_when_the_mains_return_while_all_wait_for_the_linked_side(
    room: HandRoom,
) -> None:
    room.run.scope = Scope(server_upses=frozenset({"ups5"}), control=True)
    room.cluster.show(STOPPED)
    room.run.spawn(stop_control(room.run))
    soon(room)
    mains_return(room)
    settled(room)
    assert begun(room) == []
    mains_go(room)
    soon(room)
    assert begun(room) == ["control1", "control2"]


def test_s9_nor_do_we_when_they_return_while_we_wait_for_the_other_node(room: HandRoom) -> None:
    """Its service says nothing: it is to be seen down first (C7). Nothing is written down meanwhile."""
    room.run.scope = Scope(control=True)
    room.cluster.show(STOPPED)
    room.peers["control2"].fall_silent()
    room.run.spawn(stop_control(room.run))
    soon(room)
    assert "shutdown" in room.servers["control2"].sent
    mains_return(room)
    room.servers["control2"].show(os=Os.HALTED)
    soon(room)
    assert [row for row in room.journal.kept if row.kind is Kind.OFF_ARMED] == []
    assert "shutdown" not in room.servers["control1"].sent
    mains_go(room)
    soon(room)
    assert "shutdown" in room.servers["control1"].sent


def test_l3_no_node_goes_while_none_would_come_back(room: HandRoom) -> None:
    room.run.scope = Scope(control=True)
    room.cluster.show(STOPPED)
    for ups in ("ups1", "ups2"):
        room.upses[ups].fall_silent()
    room.run.spawn(stop_control(room.run))
    soon(room)
    assert begun(room) == []
    room.upses["ups2"].show()
    soon(room)
    assert begun(room) == ["control1", "control2"]


def test_s30_that_the_cluster_is_forced_is_written_down_first(room: HandRoom) -> None:
    room.run.spawn(stop_cluster(room.run))
    room.until(room.site.cluster.shutdown_limit_s + 1)
    assert room.cluster.sent[-1] == "force"
    assert [row.subject for row in room.journal.kept if row.kind is Kind.FORCED] == ["ssccluster"]


def test_s5_what_has_all_its_mains_back_needs_no_battery(site: Site) -> None:
    split = Array("linkeddisk", ArrayRole.LINKED, ("ups4",), enclosures=("ups5", "ups6"))
    room = HandRoom(with_more(site, split))
    mains_go(room)
    room.until(1)
    for ups in ("ups4", "ups5"):
        room.upses[ups].regain_mains()
        room.run.mains[ups].on_line_since_s = 1.0
    assert not needs_nobody(room.run, "linkeddisk")
    assert needs_nobody(room.run, "ups5")
    room.upses["ups6"].regain_mains()
    room.run.mains["ups6"].on_line_since_s = 1.0
    assert needs_nobody(room.run, "linkeddisk")


@pytest.mark.parametrize("node", ["control2", "control1"])
def test_o1_that_a_node_is_down_as_it_was_wanted_is_written_down_when_it_is_of_ourselves_before_we_go(
    site: Site, node: str
) -> None:
    room = HandRoom(site)
    room.run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    room.run.scope = Scope(nodes=frozenset({node}))
    details = {"servers": [node], "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, f"off {node}", 1, "control1/1", 0.0, details))

    def reached() -> list[str]:
        return [row.subject for row in room.journal.kept if row.kind is Kind.REACHED]

    room.run.spawn(stop_node(room.run, site.servers[node]))
    room.until(30)
    assert room.servers[node].sent == ["shutdown"]
    assert reached() == ([node] if node == room.run.me else [])
    room.servers[node].show(os=Os.HALTED)
    room.until(60)
    assert reached() == [node]


@pytest.mark.parametrize(
    ("os", "one_card", "carries_on"),
    [
        (Os.UP, False, True),
        (Os.HALTED, False, False),
        (Os.UP, True, False),
    ],
)
def test_n3_s31_where_we_do_not_hear_any_card_the_last_word_of_the_other_counts(
    room: HandRoom, os: Os, one_card: bool, carries_on: bool
) -> None:
    """A slow network; the other node may be down without power only if we hear the rest of the room."""
    room.servers["control2"].show(os=os)
    for port in (*room.servers.values(), *room.peers.values(), *room.upses.values()):
        port.fall_silent()
    if one_card:
        room.upses["ups3"].show()
    assert may_carry_on(room.run, room.site.servers["control2"]) is carries_on


@pytest.mark.parametrize("output_on", [True, False])
def test_n3_s31_or_of_its_ups_if_its_machine_was_never_heard(room: HandRoom, output_on: bool) -> None:
    room.upses["ups2"].show(output_on=output_on)
    room.servers["control2"].status = None
    for port in (*room.servers.values(), *room.peers.values(), *room.upses.values()):
        port.fall_silent()
    assert may_carry_on(room.run, room.site.servers["control2"]) is output_on
    room.upses["ups3"].show()
    assert not may_carry_on(room.run, room.site.servers["control2"])
