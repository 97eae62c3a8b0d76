"""A stop of the cluster that nobody wants any more when it is over: who has mains is brought back (L3)."""

from __future__ import annotations

from sequencer.requests import Wish
from sim.story import Asked
from tests.excused import holds
from tests.worlds import NODES, lost, out, play

LONG = 3 * 3600.0


def test_l3_t7_a_stop_of_the_cluster_that_is_called_off_is_turned_round_though_a_node_has_no_mains() -> None:
    """86775: control2 went for its own mains alone; a schedule's instants stop all nodes, and want them up
    again while the cluster stops."""
    off = Asked(4800.0, Wish.POWER_OFF, NODES, "operator")
    on = Asked(4900.0, Wish.POWER_ON, NODES, "operator")
    tale = play(lost(0.0, "ups2"), off, on, until_s=LONG)
    holds(tale)
    tale.before(
        "cluster.stopping ssccluster", "request.accepted * wish=power_on", "cluster.running ssccluster"
    )


def test_l3_o2_so_is_one_whose_mains_come_back_while_somebody_holds_a_node_that_has_none() -> None:
    """117550: the whole feed was out, and is back but for the node that is held."""
    hold = Asked(0.0, Wish.HOLD, ("control2",), "operator")
    tale = play(hold, out(0, 960), lost(600.0, "ups2"), until_s=4200.0)
    assert tale.at("cluster.running ssccluster") < 2400.0


def test_l3_o2_who_goes_for_his_battery_alone_goes_off_though_the_last_waits_for_who_is_held() -> None:
    """150709: the mains were back but for control2's, whose battery waited no longer for the linked side. Its
    UPS stayed on, and whoever would have turned round waited for its end."""
    hold = Asked(-600.0, Wish.HOLD, ("rack2",), "operator")
    mains = *out(0, 1020), *out(1080, 2250), *out(2220, 4110, "ups2"), *out(4140, 6070, "ups2")
    tale = play(hold, mains, until_s=5700.0)
    tale.before("server.halted control2", "ups.off_armed ups2 how=until_mains", "cluster.running ssccluster")
    assert tale.times("cluster.running ssccluster")[-1] < 4600.0
