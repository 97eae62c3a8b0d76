"""A node whom nobody commands stops itself before its battery ends, and only then (S13, C7)."""

from __future__ import annotations

import pytest

from tests.excused import holds
from tests.safety import unsafe
from tests.worlds import fault, out, play

LONG = 7 * 3600.0


def test_c7_s13_the_commander_hangs_without_a_cluster_and_the_other_stops_only_itself() -> None:
    tale = play(out(0, 7200), fault("node_hangs", "control1", 960, 5000), until_s=LONG)
    assert ("L5", "control1") in tale.alarms()
    sent = [e for e in tale.all("command.sent *", by="control2") if e.t - tale.zero_s < 7200]
    assert {(e.subject, e.details["command"]) for e in sent} == {("control2", "shutdown"), ("ups2", "off")}
    assert len(sent) == 2
    (goes,) = (e for e in tale.all("alarm.raised control2") if e.details["rule"] == "S5")
    assert goes.details["upses"] == "ups2"
    tale.before("server.halted control2", "ups.output_off ups2")
    tale.never("server.crashed control2")
    assert tale.times("incident.closed *"), "with the mains both are back"


@pytest.mark.parametrize("at_s", [-300, 500, 960])
def test_c7_s1_the_standby_hangs_and_is_forced_before_the_commander_goes(at_s: float) -> None:
    tale = play(out(0, 7200), fault("node_hangs", "control2", at_s), until_s=LONG)
    assert not unsafe(tale), tale
    tale.before("server.forced control2", "server.shutting_down control1", "ups.output_off ups3")


@pytest.mark.parametrize("at_s", [-300, 500])
def test_c7_s13_who_commands_on_the_clusters_word_forces_the_one_it_declared_out(at_s: float) -> None:
    """Also when the cluster has stopped: the lower-numbered one hangs, and nothing else proves it down."""
    tale = play(out(0, 7200), fault("node_hangs", "control1", at_s), until_s=LONG)
    assert not unsafe(tale), tale
    tale.before("cluster.stopped ssccluster", "server.forced control1", "ups.output_off ups1")


def test_h3_s18_a_node_that_lets_nobody_in_tells_its_upses_before_it_forces_itself() -> None:
    tale = play(out(0, 3600), fault("shutdown_refused", "control1", -60), until_s=LONG)
    assert not unsafe(tale), tale
    forced_s = tale.at("server.forced control1")
    assert all(tale.at(f"ups.off_armed {ups}") < forced_s for ups in ("ups1", "ups3"))
    assert forced_s <= tale.at("ups.output_off ups3") - 50


@pytest.mark.parametrize("at_s", [890, 900])
def test_c7_l7_who_hangs_as_an_outage_is_about_to_count_is_followed_in_time(at_s: float) -> None:
    """The cluster's own time to move is no neglect: whoever follows him confirms it at once."""
    tale = play(out(0, 7200), fault("node_hangs", "control1", at_s, 7190), until_s=LONG)
    holds(tale, "node_hangs")
    taken_s = next(e.t - tale.zero_s for e in tale.all("lease.taken *", by="control2"))
    assert at_s < taken_s < at_s + 60
    assert all(t > 1000 for t in tale.times("alarm.raised control1")), "nobody had to say that he may not"
    assert 0 < tale.at("outage.confirmed ups2") - taken_s < 15


def test_c12_h1_s1_a_commander_alone_that_hangs_on_its_way_down_by_a_strangers_off_forces_itself() -> None:
    """It commands to its end, and has nobody else to do it."""
    hangs, off = fault("server_hangs", "control1", 0), fault("foreign_off", "ups1", 600)
    tale = play(fault("node_crashes", "control2", 0), off, hangs, until_s=LONG)
    holds(tale)
    tale.before("server.shutting_down control1", "server.forced control1", "ups.output_off ups1")
    tale.never("server.crashed control1")
