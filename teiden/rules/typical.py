"""Limits held against `model:`: what is typical must fit into what is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Site
from sim.model import Model
from teiden.plan.arithmetic import KeyPath, amount
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import model_rule


@model_rule(
    "R9-06",
    Severity.ERROR,
    "the cluster is expected to stop within its limit",
    why="""
    Past the cluster's limit its operating systems are forced down. The document demands that the
    expected time is not longer than the limit; measure it from the command to the message that the
    conditions for power-off are met (R9-10).
    """,
    also=("R9-10", "R7-03"),
)
def cluster_stops_within_its_limit(site: Site, model: Model) -> Iterator[Found]:
    yield from _fits(
        f"{site.cluster.name} typically stops",
        model.cluster.stop_s,
        site.cluster.shutdown_limit_s,
        ("cluster", "shutdown_limit"),
        "every stop would be forced",
    )


@model_rule(
    "H1",
    Severity.WARNING,
    "every server is expected to shut down within its limit",
    why="""
    A server that is typically slower than its limit is forced off, or counted as lost, in every single
    outage.
    """,
)
def servers_stop_within_their_limits(site: Site, model: Model) -> Iterator[Found]:
    for server in site.servers.values():
        if server.name in model.servers:
            yield from _fits(
                f"{server.name} typically shuts down",
                model.servers[server.name].shutdown_s,
                server.shutdown_limit_s,
                ("servers", server.name, "shutdown", "limit"),
                "it would be forced off every time",
            )


@model_rule(
    "A1",
    Severity.WARNING,
    "every linked array is expected to flush within the limit",
    why="""
    Past the flush limit the disk is cut, flushed or not. A cache that typically takes longer loses data
    every time.
    """,
)
def arrays_flush_within_the_limit(site: Site, model: Model) -> Iterator[Found]:
    for array in site.linked_arrays:
        typical = model.arrays.get(array.name)
        if typical and typical.flush_rate > 0:
            yield from _fits(
                f"{array.name} typically flushes",
                typical.dirty_bytes / typical.flush_rate,
                site.linkage.flush_limit_s,
                ("linkage", "flush_limit"),
                "it would be cut with data in its cache",
            )


def _fits(what: str, typical_s: float, limit_s: float, path: KeyPath, otherwise: str) -> Iterator[Found]:
    margin = Margin(
        f"{what} within its limit",
        amount(typical_s, "model:"),
        amount(limit_s, "limit", path),
        "typical, from model:",
        headline=False,
    )
    yield margin
    if margin.short:
        yield Broken(
            f"{what} in {typical_s:g} s, its limit is {limit_s:g} s; {otherwise}",
            path,
            margin,
            (Remedy((Change(path, typical_s, "or more"),)),),
        )
