"""Only one UPS loses its input: what depends on it stops, the rest goes on (§9.2, §9.3, S31)."""

from __future__ import annotations

import pytest

from tests.safety import unsafe, well
from tests.worlds import LINKED, lost, out, play

LONG = 10 * 3600.0


@pytest.mark.parametrize("only", [f"ups{n}" for n in range(1, 7)])
@pytest.mark.parametrize("for_s", [20, 100, 700, 1000, 1500, 7200])
def test_s31_the_outage_of_one_ups_is_ridden_out(only: str, for_s: int) -> None:
    well(play(out(0, for_s, only), until_s=LONG))


@pytest.mark.parametrize("only", [f"ups{n}" for n in range(1, 7)])
def test_s31_one_that_never_ends_leaves_its_part_safely_down(only: str) -> None:
    tale = play(lost(0, only), until_s=LONG)
    assert not unsafe(tale)
    tale.never("array.lost_data *")


def test_r9_30_the_linked_disk_alone_stops_its_servers_first_though_they_have_mains() -> None:
    tale = play(out(0, 7200, "ups4"), until_s=LONG)
    for name in LINKED:
        tale.before(f"server.halted {name}", "array.flushing linkeddisk", "ups.output_off ups4")
    tale.before("ups.output_off ups5", "array.flushing linkeddisk")
    tale.never("cluster.stopping *")


def test_the_blades_ups_alone_stops_only_the_blades() -> None:
    tale = play(out(0, 7200, "ups5"), until_s=LONG)
    tale.near("outage.confirmed ups5", 60)
    tale.near("ups.output_off ups5", 60 + 420)
    tale.never("server.shutting_down rack1", "array.flushing *", "ups.output_off ups6", "cluster.stopping *")


def test_r9_20_the_control_disk_alone_stops_the_cluster_and_leaves_the_linked_side_up() -> None:
    tale = play(out(0, 7200, "ups3"), until_s=LONG)
    tale.near("cluster.stopping ssccluster", 900)
    tale.never("server.shutting_down blade1", "array.flushing *", "ups.output_off ups4")


def test_l8_r9_23_it_ends_with_a_cluster_that_has_its_disks() -> None:
    """Absent for longer than the confirm time: the booted nodes do not stop again (R9-20)."""
    tale = play(out(0, 7200, "ups3"), until_s=LONG)
    well(tale)
    tale.before("ups.output_on ups3", "array.ready controldisk", "command.sent ssccluster command=restart")
    tale.once("command.sent ssccluster command=stop", "command.sent ssccluster command=restart")


def test_the_ups_of_one_node_stops_that_node_and_the_cluster_fails_over() -> None:
    tale = play(out(0, 7200, "ups1"), until_s=LONG)
    well(tale)
    tale.before("server.halted control1", "ups.output_off ups1")
    assert tale.times("cluster.failed_over ssccluster")
    tale.never("cluster.stopping *", "server.shutting_down control2", "command.sent ups3 *")
