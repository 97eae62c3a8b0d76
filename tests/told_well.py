"""What every verdict owes its reader, whatever it says: who, when, what shows it, and that it was asked."""

from __future__ import annotations

from sequencer.site import Site
from teiden.judge.verdict import Verdict

CALM = """
    -600 room run.started reference
    -590 control1 lease.taken reference
"""
"""A stream begins: the room, and a node that commands."""

PARTED = (
    "10 room server.shutting_down control1",
    "70 room server.halted control1",
    "150 room server.shutting_down control2",
    "210 room server.halted control2",
    "220 room server.booting control1",
    "460 room server.up control1",
)
"""What control2 is told while control1 is down it cannot pass on: it is down when that is up again."""


def told_well(verdict: Verdict, site: Site) -> Verdict:
    """The same verdict. Each breach has a time, somebody of the site, and events in their order."""
    for result in verdict.invariants:
        for breach in result.breaches:
            about = f"{result.id}: {breach.text}"
            times = [event.t for event in breach.events]
            assert isinstance(breach.t, float), about
            assert breach.subject in known(site), about
            assert times == sorted(times), f"what shows it is told out of order: {about}"
        asked = result.put_to_test
        assert asked >= 0, result.id
        assert asked or not result.breaches, f"{result.id} is broken, and was never put to the test"
    return verdict


def known(site: Site) -> set[str]:
    devices = {*site.upses, *site.servers, *site.arrays, *site.switches, *site.feeds, *site.schedules}
    return devices | {site.name, site.cluster.name}
