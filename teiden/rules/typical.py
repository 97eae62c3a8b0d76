"""Limits held against `model:`: what is typical must fit into what is allowed."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Site
from sim.model import Model
from teiden.language.say import t
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
        t("{cluster} typically stops", cluster=site.cluster.name),
        model.cluster.stop_s,
        site.cluster.shutdown_limit_s,
        ("cluster", "shutdown_limit"),
        t("every stop would be forced"),
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
                t("{server} typically shuts down", server=server.name),
                model.servers[server.name].shutdown_s,
                server.shutdown_limit_s,
                ("servers", server.name, "shutdown", "limit"),
                t("it would be forced off every time"),
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
                t("{array} typically flushes", array=array.name),
                typical.dirty_bytes / typical.flush_rate,
                site.linkage.flush_limit_s,
                ("linkage", "flush_limit"),
                t("it would be cut with data in its cache"),
            )


@model_rule(
    "A8",
    Severity.WARNING,
    "every array is expected to be ready within its limit",
    why="""
    Past `array_limit` an alarm says that the array does not come, and its servers go on waiting. Some
    arrays charge the batteries of their cache first, for up to two hours: the limit has to be longer
    than the data sheet says.
    """,
)
def arrays_are_ready_in_time(site: Site, model: Model) -> Iterator[Found]:
    for name, typical in model.arrays.items():
        yield from _fits(
            t("{array} is typically ready", array=name),
            typical.start_s,
            site.start.array_limit_s,
            ("start", "array_limit"),
            t("every start would raise an alarm"),
        )


@model_rule(
    "H9",
    Severity.WARNING,
    "every server is expected to boot within its limit",
    why="""
    Past `server_limit` a server counts as one that does not boot. One that is typically slower raises an
    alarm at every start, and a real one is not noticed among them.
    """,
)
def servers_boot_in_time(site: Site, model: Model) -> Iterator[Found]:
    for name, typical in model.servers.items():
        yield from _fits(
            t("{server} typically boots", server=name),
            typical.boot_s,
            site.start.server_limit_s,
            ("start", "server_limit"),
            t("every start would raise an alarm"),
        )


@model_rule(
    "R3-02",
    Severity.WARNING,
    "the cluster is expected to run within its limit",
    why="""
    After a restart the cluster takes a while until its services answer; until then it is not ready, and
    that is no fault. Past `cluster_limit` it is one.
    """,
    also=("R7-12",),
)
def cluster_runs_in_time(site: Site, model: Model) -> Iterator[Found]:
    yield from _fits(
        t("{cluster} typically starts", cluster=site.cluster.name),
        model.cluster.start_s,
        site.start.cluster_limit_s,
        ("start", "cluster_limit"),
        t("every start would raise an alarm"),
    )


def _fits(what: str, typical_s: float, limit_s: float, path: KeyPath, otherwise: str) -> Iterator[Found]:
    margin = Margin(
        t("{what} within its limit", what=what),
        amount(typical_s, "model:"),
        amount(limit_s, t("limit"), path),
        t("typical, from model:"),
        headline=False,
    )
    yield margin
    if margin.short:
        yield Broken(
            t(
                "{what} in {typical_s:g} s, its limit is {limit_s:g} s; {otherwise}",
                what=what,
                typical_s=typical_s,
                limit_s=limit_s,
                otherwise=otherwise,
            ),
            path,
            margin,
            (Remedy((Change(path, typical_s, t("or more")),)),),
        )
