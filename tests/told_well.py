"""What every verdict owes its reader, whatever it says: who, when, what shows it, and that it was asked."""

from __future__ import annotations

from sequencer.site import Site
from teiden.judge.verdict import Verdict

CALM = """
    -600 room run.started reference
    -590 control1 lease.taken reference
"""
"""A stream begins: the room, and a node that commands."""


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
