"""Rules of who may share a UPS: switching it off must hit nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import ArrayRole, ServerRole, Site
from teiden.language.say import t
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
            t("the control side"): [
                *(s.name for s in site.servers_on(ups.name) if s.role is ServerRole.CONTROL),
                *(a.name for a in site.arrays_on(ups.name) if a.role is ArrayRole.CONTROL),
            ],
            t("the servers"): [s.name for s in site.servers_on(ups.name) if s.role is not ServerRole.CONTROL],
            t("a linked disk"): [a.name for a in site.arrays_on(ups.name) if a.role is ArrayRole.LINKED],
        }
        present = {part: who for part, who in parts.items() if who}
        if len(present) > 1:
            said = t(" and ").join(f"{part} ({names(who)})" for part, who in present.items())
            *_, moved = present.values()
            yield Broken(
                t(
                    "{ups} feeds {said}; its OFF for one is a power cut for the other",
                    ups=ups.name,
                    said=said,
                ),
                ("upses", ups.name),
                remedies=(Remedy(remark=t("feed {moved} from UPSes of their own", moved=names(moved))),),
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
            yield Broken(t("nothing draws from {ups}", ups=ups.name), ("upses", ups.name))


@rule(
    "P11",
    Severity.NOTE,
    "redundant supplies hang on different feeds",
    why="""
    Two supplies on two UPSes survive a broken UPS. Where the site has several feeds they can survive the
    loss of one of them too, but only if the two UPSes do not hang on the same one.
    """,
    also=("X-04",),
)
def supplies_hang_on_different_feeds(site: Site) -> Iterator[Found]:
    if len({u.feed for u in site.upses.values()}) < 2:
        return
    for server in site.servers.values():
        feeds = {site.upses[u].feed for u in server.upses}
        if len(server.upses) > max(1, server.minimum_supplies) and len(feeds) == 1:
            yield Broken(
                t(
                    "all supplies of {server} ({upses}) hang on feed {feed}",
                    server=server.name,
                    upses=names(server.upses),
                    feed=feeds.pop(),
                ),
                ("servers", server.name, "upses"),
            )
