"""Only one UPS loses its input: what depends on it stops, the rest goes on (§9.2, §9.3, S31)."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import pytest

from sequencer.site import Array, ArrayRole, Site
from tests.excused import holds
from tests.safety import unsafe, well
from tests.thinned import thinned
from tests.worlds import LINKED, NODES, fault, lost, out, play, reference_site, with_more

LONG = 10 * 3600.0


@pytest.mark.parametrize("only", [f"ups{n}" for n in range(1, 7)])
@pytest.mark.parametrize("for_s", thinned([20, 100, 700, 1000, 1500, 7200]))
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


@pytest.mark.parametrize("back_s", range(31, 711, 34))
def test_r9_36_the_linked_disks_mains_back_at_any_time_leave_nothing_half_done(back_s: int) -> None:
    tale = play(out(0, back_s, "ups4"), until_s=3 * 3600.0)
    well(tale)
    tale.never("cluster.stopping *", "array.lost_data *")
    if back_s < 640:
        tale.never("ups.output_off ups4")


@pytest.mark.parametrize("pair", [*combinations([f"ups{n}" for n in range(1, 7)], 2)], ids="-".join)
def test_s31_any_two_upses_are_ridden_out(pair: tuple[str, str]) -> None:
    well(play(out(0, 7200, *pair), until_s=LONG))


@pytest.mark.parametrize("pair", [*permutations(["ups3", "ups4", "ups5"], 2)], ids="-".join)
@pytest.mark.parametrize("later_s", thinned([200, 500, 1000, 1300]))
def test_s31_one_ups_after_another_is_ridden_out(pair: tuple[str, str], later_s: int) -> None:
    first, second = pair
    well(play(out(0, 7200, first), out(later_s, 5400, second), until_s=LONG))


def five_control_disks() -> Site:
    """The control disk in five, on UPSes of warm-up ranks 1 to 5 (R9-25)."""
    site = reference_site()
    upses = [
        replace(site.upses["ups3"], name=f"cd{n}", number=10 + n, warm_up_rank=n, runtime_s=3600.0)
        for n in range(1, 6)
    ]
    arrays = [Array(f"disk{n}", ArrayRole.CONTROL, (f"cd{n}",), (f"cd{n}",)) for n in range(1, 6)]
    nodes = [replace(site.servers[n], arrays=tuple(a.name for a in arrays)) for n in NODES]
    linked = {name: array for name, array in site.arrays.items() if array.role is ArrayRole.LINKED}
    kept = {name: ups for name, ups in site.upses.items() if name != "ups3"}
    return with_more(replace(site, arrays=linked, upses=kept), *upses, *arrays, *nodes)


@pytest.mark.parametrize("rank", range(1, 6))
def test_r9_25_r9_26_r9_27_control_disks_start_rank_by_rank_whichever_of_them_was_out(rank: int) -> None:
    tale = play(out(0, 7200, f"cd{rank}"), until_s=LONG, site=five_control_disks())
    for n in range(1, 6):
        tale.near(f"ups.output_off cd{n}", 900 + 120 + 180)
    for n in range(1, 5):
        tale.before(f"array.ready disk{n}", f"command.sent cd{n + 1} command=on")
    back_s = tale.at(f"mains.restored cd{rank}")
    for n in range(1, 6):
        assert (tale.at(f"ups.output_on cd{n}") > back_s) == (n >= rank)
    tale.before("array.ready disk5", "command.sent ssccluster command=restart", "cluster.running ssccluster")
    tale.once("command.sent ssccluster command=restart", "cluster.running ssccluster")
    tale.never("server.shutting_down blade1", "server.crashed *", "array.lost_data *")


def test_r9_26_s6_a_control_disk_that_has_gone_again_is_brought_back_before_those_of_a_higher_rank() -> None:
    """It had been on while they had no mains; they were switched on, and their cluster could not start."""
    losses = [out(0, 1500, "cd1"), out(0, 6000, "cd2")]
    tale = play(*losses, fault("ups_fails", "cd1", 3400, 8000), until_s=LONG, site=five_control_disks())
    holds(tale, "ups_fails")
    assert 8000 <= tale.at("ups.output_on cd1", -1) < tale.at("command.sent cd2 command=on")
