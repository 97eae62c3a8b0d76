"""A node that goes for its own power, and whose whole control side goes by then: one page tells everybody."""

from __future__ import annotations

from sim.story import Managed, Manager
from tests.excused import holds
from tests.worlds import fault, out, play


def test_s18_p3_r2_08_once_its_disk_is_out_as_well_the_others_are_asked_before_the_last_node_goes() -> None:
    """control1, shut down by its manager, has no power and a silent card. The outage of the disk was
    confirmed while control2 stopped the cluster for its own battery; it then went without having asked
    control1, so that the OFF of their disk was refused (S1), and nobody was left to send it."""
    tale = play(
        Managed(-600, Manager.SHUTDOWN, "control1"),
        fault("mains_flap", "utility", 1240.7, amount=2500.0),
        out(5580, 5940, "ups2"),
        until_s=9540,
        seed=9400013,
    )
    holds(tale, "mains_flap")
    last = tale.all("server.halted control2")[-1]
    told = [e.t for e in tale.all("command.sent ups3 command=off", by="control2") if e.t < last.t]
    assert told, "control2 has told the disk's UPS before it went for good"
