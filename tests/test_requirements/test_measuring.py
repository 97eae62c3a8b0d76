"""R9-10: the cluster's stop is measured from the command to its end, before the systems stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.events import Source
from teiden.measure.recorded import measured
from teiden.measure.stopwatch import Kind
from tests.measuring import kept, played, told

WAY_S = 0.1
"""A command is some milliseconds on its way; it is no part of what the model says."""
LOOK_S = 3.0
"""A node sees what has changed at its next look."""


@pytest.mark.parametrize("stop_s", [45.0, 120.0, 240.0])
def test_r9_10_what_is_measured_in_a_pretend_run_is_what_its_model_says(
    stop_s: float, tmp_path: Path
) -> None:
    run = played("site-outage", stop_s)
    found = {(one.kind, one.device): one for one in measured([kept(run, tmp_path)])}
    cluster = found[Kind.CLUSTER_STOP, "ssccluster"]
    assert (cluster.whole, cluster.by_command, cluster.fact) == (True, True, True)
    assert stop_s <= cluster.took_s < stop_s + WAY_S
    model = run.story.model
    array = model.arrays["linkeddisk"]
    for kind, device, modelled_s in (
        (Kind.SERVER_STOP, "blade1", model.servers["blade1"].shutdown_s),
        (Kind.SERVER_STOP, "control2", model.servers["control2"].shutdown_s),
        (Kind.FLUSH, "linkeddisk", array.dirty_bytes / array.flush_rate),
        (Kind.BOOT, "rack2", model.servers["rack2"].boot_s),
        (Kind.BOOT, "linkeddisk", array.start_s),
        (Kind.BOOT, "ssccluster", model.cluster.start_s),
    ):
        assert found[kind, device].took_s == pytest.approx(modelled_s, abs=WAY_S), (kind, device)


def test_r9_10_the_cluster_stop_is_over_before_the_systems_stop(tmp_path: Path) -> None:
    found = measured([kept(played("site-outage"), tmp_path)])
    cluster = next(one for one in found if one.kind is Kind.CLUSTER_STOP)
    nodes = [one for one in found if one.kind is Kind.SERVER_STOP and one.device.startswith("control")]
    assert nodes
    ended_s = cluster.at.timestamp() + cluster.took_s
    assert all(node.at.timestamp() >= ended_s for node in nodes)


def test_r9_10_the_same_is_measured_from_what_a_node_saw_up_to_a_look_later(tmp_path: Path) -> None:
    """A live stream holds no facts."""
    run = played("site-outage")
    seen = [event for event in run.events if event.source is Source.SEEN]
    found = {(one.kind, one.device): one for one in measured([told(tmp_path, seen)])}
    cluster = found[Kind.CLUSTER_STOP, "ssccluster"]
    assert not cluster.fact
    assert 120.0 <= cluster.took_s < 120.0 + WAY_S
    assert 90.0 <= found[Kind.SERVER_STOP, "blade1"].took_s <= 90.0 + LOOK_S
    assert 192.0 <= found[Kind.FLUSH, "linkeddisk"].took_s <= 192.0 + LOOK_S
