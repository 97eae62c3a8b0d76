"""A cluster whose nodes went down one by one waits for its operator: L1, L3 (R9-01)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

from teiden.judge.invariants.stages import stages
from teiden.judge.wiring import Wiring

END_S = 60000.0
RACK2 = ("server.booting rack2", "server.up rack2")


def left(outage: Any, *without: str, at_s: float = END_S, plus: tuple[str, ...] = ()) -> dict[str, str]:
    """What L3 says of each device, when these lines are taken out and those told."""
    telling = outage.without(*without).plus(*plus).until(at_s)
    return {breach.subject: breach.text for breach in telling.result("L3").breaches}


LAST = (
    "19000 room server.shutting_down control1",
    "19060 room server.halted control1",
    "20000 room server.shutting_down control2",
    "20000 room cluster.stopped ssccluster",
    "20060 room server.halted control2",
    "20060 room server.booting control2",
    "20300 room server.up control2",
)
"""A hand shuts its nodes down one by one, and boots the last again."""
BY_HAND = ("30000 room cluster.starting ssccluster", "30090 room cluster.running ssccluster")


def test_L1_L3_r9_01_a_cluster_whose_nodes_went_down_one_by_one_waits_for_its_operator(outage: Any) -> None:
    assert "ssccluster" not in left(outage, plus=LAST)
    told = ("20000 control1 command.sent control2 command=shutdown", *LAST)
    assert "since 20300 s" in left(outage, plus=told)["ssccluster"], "we told the last one"
    up = tuple(line for line in LAST if "control1" not in line)
    assert "ssccluster" in left(outage, plus=up), "control1 is there"
    without = ("19000 room cluster.runs_without ssccluster nodes=control1", *up)
    assert "ssccluster" not in left(outage, plus=without), "it hangs, and is no member"
    crashed = tuple(line for line in LAST if "shutting_down control2" not in line)
    assert "ssccluster" in left(outage, plus=crashed)
    stopped = ("19500 room cluster.stopping ssccluster", *LAST)
    assert "ssccluster" in left(outage, plus=stopped), "it was stopped before"
    assert "rack2" not in left(outage, plus=(*LAST, "20000 room server.halted rack2"))
    assert "controldisk" in left(outage, plus=(*LAST, "20400 room array.off controldisk")), "it alone waits"
    started = left(outage, plus=(*LAST, BY_HAND[0]))
    assert "since 30000 s" in started["ssccluster"]
    by_then = outage.without(*RACK2).plus(*LAST, *BY_HAND)
    all_s = stages(outage.site, Wiring(outage.site)).all_s
    assert not by_then.until(30000 + all_s - 1).result("L1").breaches
    assert by_then.until(30000 + all_s + 1).result("L1").breaches


def test_L1_L3_r9_01_so_does_one_whose_last_node_went_of_itself_and_heard_nobody_who_commands(
    outage: Any,
) -> None:
    """It may stop nobody but itself (ADR 0029)."""

    def owed(at_s: int = 19999, about: str = "control2", rule: str = "S5", by: str = "control2") -> bool:
        alarm = f"{at_s} control2 alarm.raised {about} rule={rule}"
        told = f"20000 {by} command.sent control2 command=shutdown"
        return "ssccluster" in left(outage, plus=(alarm, told, *LAST))

    assert not owed()
    assert owed(by="control1"), "the other one told it"
    assert owed(rule="L5"), "its own battery did not end"
    assert owed(about="control1"), "the other's did"
    assert owed(at_s=100), "that was before it came up last"
    cluster, node = outage.site.cluster, outage.site.servers["control2"]
    earliest_s = 20000 - cluster.shutdown_limit_s - node.stop_limit_s
    assert not owed(at_s=int(earliest_s))
    assert owed(at_s=int(earliest_s) - 1), "that was of another outage, which was turned round"
