"""The room at one instant of a run: its clock, and what a live view says of each device."""

from __future__ import annotations

from teiden.scene import Scene
from tests.streams import fact, recorded, seen


def test_times_count_from_the_first_loss_of_mains_even_after_a_schedule() -> None:
    """As in the table that follows the view."""
    scene = Scene()
    scene.take(seen(100.0, "schedule.fired", "nightly", goal="down"))
    assert scene.zero_s == 100.0
    for t in (300.0, 900.0):
        scene.take(fact(t, "mains.lost", "utility"))
        scene.take(seen(t + 1, "request.accepted", "x", wish="power_on"))
    assert scene.zero_s == 300.0


def test_a_watched_host_is_answering_or_silent() -> None:
    """R8-04."""
    scene = Scene()
    details = {"initial": {"192.0.2.101": {"presence": "answering"}}, "devices": {}}
    scene.take(fact(0.0, "run.started", "x", **details))
    host = scene.devices["192.0.2.101"]
    assert scene.word(host) == "answering"
    scene.take(fact(5.0, "host.silent", "192.0.2.101"))
    assert scene.word(host) == "silent"


def test_the_recorded_outage_ends_with_everything_up() -> None:
    scene = Scene()
    for event in recorded():
        scene.take(event)
    words = {device.kind: scene.word(device) for device in scene.devices.values() if device.role != "pool"}
    assert (words["ups"], words["array"], words["node"], words["server"]) == ("on line", "ready", "up", "up")
