"""Rules of who may share a UPS: switching it off must hit nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import ArrayRole, ServerRole, Site
from teiden.plan.arithmetic import names
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.registry import rule


@rule(
    "R12-05",
    Severity.ERROR,
    "no UPS feeds devices that go off at different times",
    why="""
    A UPS goes off as a whole. One that feeds linked servers and a control node takes the node's power
    minutes too early, and the node is what flushes and cuts the linked disk. One that feeds servers and
    their own disk cannot be seen off before the flush, because it has to feed the flush. The reference
    product forbids it too.
    """,
    also=("S24", "O3"),
)
def nobody_else_is_hit(site: Site) -> Iterator[Found]:
    for ups in site.upses.values():
        parts = {
            "the control side": [
                *(s.name for s in site.servers_on(ups.name) if s.role is ServerRole.CONTROL),
                *(a.name for a in site.arrays_on(ups.name) if a.role is ArrayRole.CONTROL),
            ],
            "servers": [s.name for s in site.servers_on(ups.name) if s.role is not ServerRole.CONTROL],
            "a linked disk": [a.name for a in site.arrays_on(ups.name) if a.role is ArrayRole.LINKED],
        }
        present = {part: who for part, who in parts.items() if who}
        if len(present) > 1:
            said = " and ".join(f"{part} ({names(who)})" for part, who in present.items())
            *_, moved = present.values()
            yield Broken(
                f"{ups.name} feeds {said}; its OFF for one is a power cut for the other",
                ("upses", ups.name),
                remedies=(Remedy(remark=f"feed {names(moved)} from UPSes of their own"),),
            )


@rule(
    "R6-05",
    Severity.NOTE,
    "every UPS feeds something",
    why="""
    A UPS that nothing names as its power is watched, but no outage switches it off and its battery is
    not counted. Perhaps a device of it is missing from the file.
    """,
)
def every_ups_feeds_something(site: Site) -> Iterator[Found]:
    for ups in site.upses.values():
        if not (site.servers_on(ups.name) or site.arrays_on(ups.name) or site.switches_on(ups.name)):
            yield Broken(f"nothing draws from {ups.name}", ("upses", ups.name))
