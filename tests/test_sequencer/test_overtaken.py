"""An outage that a node takes up at its boot, while another has followed it up by its own (C2, S31)."""

from __future__ import annotations

from tests.excused import holds
from tests.worlds import HOUR_S, out, play


def test_s31_c2_a_stop_for_an_outage_that_another_node_had_turned_round_ends_when_that_says_so() -> None:
    """control2 had brought the disk back, and reboots with its cluster as the mains fail anew; control1 boots
    just then, and reads in its own journal of the disk's outage. It went on to stop the whole control side
    for it when control2 was up again and told of the new one, of the linked side alone (seed 78527)."""
    tale = play(
        out(0, 1800, "ups3"), out(1380, 2040, "ups1"), out(2220, 2220 + HOUR_S), until_s=3240, seed=78527
    )
    holds(tale)
    told = tale.all("command.refused ssccluster command=stop rule=S5", by="control1")
    (heard,) = (e.t for e in tale.all("journal.heard reference epoch=2", by="control1"))
    assert told
    assert told[-1].t < heard, "until then it would have stopped the cluster"
    assert not [t for t in tale.times("command.sent ssccluster command=stop") if t > heard]
