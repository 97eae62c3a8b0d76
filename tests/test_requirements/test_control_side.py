"""The cluster's own stop and start, and who starts the others (§3, §7, §9.1, §10.1)."""

from __future__ import annotations

import pytest

from sequencer.site import Site
from sim.story import Managed, Manager
from tests.safety import unsafe, well
from tests.tale import Tale
from tests.thinned import thinned
from tests.worlds import LINKED, NODES, fault, lost, out, play, reference_model, reference_site

LONG = 5 * 3600.0
LINKED_SIDE = ("ups4", "ups5", "ups6")


# The way down


@pytest.mark.parametrize(
    ("upses", "for_s"), [(("ups3",), 899), (("ups1",), 929), (("ups2",), 929), (("ups4",), 29)]
)
def test_r9_02_mains_back_a_second_before_the_confirm_time_change_nothing(
    upses: tuple[str, ...], for_s: int
) -> None:
    tale = play(out(0, for_s, *upses), until_s=3600)
    tale.never("outage.confirmed *", "command.sent *", "incident.opened *", "cluster.stopping *")
    assert tale.times(f"outage.cleared {upses[0]}")


@pytest.mark.parametrize(
    ("ups", "confirm_s"),
    [("ups1", 930), ("ups2", 930), ("ups3", 900), ("ups4", 30), ("ups5", 60), ("ups6", 60)],
)
def test_r6_10_each_ups_is_confirmed_at_its_own_time(ups: str, confirm_s: int) -> None:
    tale = play(out(0, confirm_s + 60, ups), until_s=3600)
    tale.near(f"outage.confirmed {ups}", confirm_s, late_s=6)
    assert {e.subject for e in tale.all("outage.confirmed *")} == {ups}


def test_r1_09_the_control_nodes_stop_and_start_together(dark_room: Tale) -> None:
    for event in ("server.shutting_down", "server.up"):
        one_s, other_s = (dark_room.at(f"{event} {node}") for node in NODES)
        assert abs(one_s - other_s) < 10, event


def test_r9_03_after_the_confirm_time_the_whole_cluster_is_shut_down_once(dark_room: Tale) -> None:
    dark_room.near("cluster.stopping ssccluster", 900)
    dark_room.once("command.sent ssccluster command=stop", "cluster.stopped ssccluster")
    for node in NODES:
        dark_room.before("cluster.stopped ssccluster", f"server.shutting_down {node}")


def test_r9_05_the_output_falls_after_the_system_has_halted(dark_room: Tale) -> None:
    for name, server in dark_room.room.servers.items():
        for ups in server.settings.upses:
            if dark_room.times(f"server.halted {name}"):
                dark_room.before(f"server.halted {name}", f"ups.output_off {ups}")


@pytest.mark.parametrize(
    ("setting", "event", "later_s"),
    [
        ({"ups3__confirm_s": 920.0}, "cluster.stopping ssccluster", 20),
        ({"cluster__shutdown_limit_s": 360.0}, "cluster.forced ssccluster", 60),
        ({"ups1__shutdown_delay_s": 300.0}, "ups.output_off ups1", 120),
    ],
    ids=["confirm time of the UPS", "limit of the cluster", "shutdown delay of the UPS"],
)
def test_r9_09_each_of_the_three_times_has_its_own_setting(
    setting: dict[str, float], event: str, later_s: float
) -> None:
    """The cluster hangs, so that its limit decides."""

    def night(site: Site) -> Tale:
        return play(out(0, 7200), fault("cluster_stop_hangs", "ssccluster", 0, 3600), site=site)

    before, after = night(reference_site()), night(reference_site(**setting))
    assert abs(after.at(event) - before.at(event) - later_s) < 10


@pytest.mark.parametrize("stop_s", [60.0, 120.0, 240.0])
def test_r9_10_the_clusters_stop_is_measured_from_the_command_to_its_end(stop_s: float) -> None:
    tale = play(out(0, 7200), model=reference_model(cluster__stop_s=stop_s))
    took_s = tale.at("cluster.stopped ssccluster") - tale.at("command.sent ssccluster command=stop")
    assert abs(took_s - stop_s) < 3
    tale.before("cluster.stopped ssccluster", "server.shutting_down control1")


def test_r9_01_r7_02_without_the_linkage_each_shutdown_is_a_fault_and_the_last_needs_a_hand() -> None:
    """The nodes stop all the same, but not as a cluster: the document's own warning."""
    site = reference_site(cluster__stop_at_outage=False)
    alone = play(out(0, 7200), site=site, until_s=LONG)
    assert not unsafe(alone)
    alone.never("command.sent ssccluster command=stop", "cluster.running *", "ups.output_on ups4")
    assert ("L8", "ssccluster") in alone.alarms()
    well(play(out(0, 7200), Managed(9000, Manager.START, "ssccluster"), site=site, until_s=LONG))


# The way up


def test_r9_11_afterwards_every_device_is_as_it_was_before() -> None:
    def states(tale: Tale) -> dict[str, str]:
        room = tale.room
        return (
            {name: server.state.value for name, server in room.servers.items()}
            | {name: f"output {ups.output}" for name, ups in room.upses.items()}
            | {name: f"ready {array.ready}" for name, array in room.arrays.items()}
            | {room.cluster.name: room.cluster.state.value}
        )

    after = play(out(0, 7200), until_s=LONG)
    assert states(after) == states(play(until_s=3600))
    after.once("incident.opened reference", "incident.closed reference")


@pytest.mark.parametrize("start_s", [90.0, 550.0, 1190.0])
def test_r3_02_r7_12_a_cluster_that_takes_its_time_to_answer_is_waited_for(start_s: float) -> None:
    tale = play(out(0, 7200), model=reference_model(cluster__start_s=start_s), until_s=LONG)
    well(tale)
    assert tale.alarms() == []
    tale.once("command.sent ssccluster command=restart")
    tale.before("cluster.running ssccluster", "command.sent ups4 command=on")


def test_r9_28_where_nothing_is_to_come_back_by_itself_the_control_side_stays_off() -> None:
    """Only its disk lost the mains; the same with auto-start ends with everything up again (R9-24)."""
    tale = play(out(0, 7200, "ups3"), site=reference_site(start__auto=False), until_s=LONG)
    assert not unsafe(tale)
    tale.near("cluster.stopping ssccluster", 900)
    tale.never("ups.output_on *", "server.booting *", "server.shutting_down blade1")
    by_itself = play(out(0, 7200, "ups3"), until_s=LONG)
    well(by_itself)
    by_itself.before("mains.restored ups3", "array.ready controldisk", "cluster.running ssccluster")


@pytest.mark.parametrize("gone", [("ups1", "ups2"), ("ups1", "ups2", "ups3")])
def test_r10_14_without_a_control_node_nothing_of_the_linked_side_starts(gone: tuple[str, ...]) -> None:
    tale = play(out(0, 7200), [lost(10, ups) for ups in gone], until_s=LONG)
    assert not unsafe(tale)
    assert not [e for ups in LINKED_SIDE for e in tale.all(f"ups.output_on {ups}")]
    tale.never(*(f"server.booting {name}" for name in LINKED))


@pytest.mark.parametrize(("gone", "node"), [("ups1", "control2"), ("ups2", "control1")])
def test_r10_14_one_control_node_starts_them_all(gone: str, node: str) -> None:
    """The other one's UPS has its mains back hours later, and only then is the incident closed."""
    tale = play(out(0, 7200), out(10, 12000, gone), until_s=LONG)
    well(tale)
    assert tale.all("command.sent ups4 command=on", by=node)
    up = [tale.times(f"server.up {name}")[-1] for name in LINKED]
    assert max(up) < 12000 < min(tale.times("incident.closed reference"))


# The document's star: from the control disk's start to the linked servers' the cluster may be restarted
STAR = range(7255, 8470, 90)


@pytest.mark.parametrize("at_s", thinned(STAR, 4))
@pytest.mark.parametrize("of", ["ssccluster", *NODES])
def test_r10_20_the_cluster_or_a_node_may_be_rebooted_at_any_instant_of_the_way_up(
    of: str, at_s: int
) -> None:
    well(play(out(0, 7200), Managed(at_s, Manager.REBOOT, of), until_s=LONG))


@pytest.mark.long
@pytest.mark.parametrize("of", ["ssccluster", *NODES])
def test_r10_20_and_once_more_while_it_is_at_it(of: str) -> None:
    for at_s in range(STAR.start, STAR.stop, 20):
        for again_s in (5, 60, 260):
            twice = (Managed(at_s, Manager.REBOOT, of), Managed(at_s + again_s, Manager.REBOOT, of))
            well(play(out(0, 7200), twice, until_s=LONG))
