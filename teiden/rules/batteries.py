"""Rules of the batteries: each lasts as long as a full stop needs it."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import names
from teiden.plan.batteries import battery_needs
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule


@rule(
    "R9-07",
    Severity.ERROR,
    "every battery lasts for a full stop",
    why="""
    A stop can begin only if every UPS of the site can run to its end: a battery that dies while the
    cluster stops damages the cluster and its operating systems (R9-08); one that dies during a flush
    loses the cache. Control nodes: own confirm time + cluster limit + the UPS's own delay. Control
    disk: the control side's confirm time + cluster limit + its delay. Linked disk: its confirm time +
    the servers' UPSes going off + every flush at its limit. Servers: own confirm time + their UPS's
    delay. All at full load, from `runtime:` of the UPS; what stands under `model:` proves nothing.
    """,
    also=("S18", "R1-03", "R9-08", "P8"),
)
def batteries_last(site: Site) -> Iterator[Found]:
    unstated = []
    for line in battery_needs(site):
        ups = site.upses[line.ups]
        path = ("upses", ups.name, "runtime")
        if line.has is None:
            unstated.append(line)
            continue
        margin = Margin(
            t("batteries last for a full stop"), line.needs, line.has, f"{ups.name}: {line.needs.brief}"
        )
        yield margin
        if margin.short:
            yield Broken(
                t("{ups}'s battery ends before the stop does", ups=ups.name),
                path,
                margin,
                (Remedy((Change(path, line.needs.total),)), *_sooner(site, line.ups, margin.short)),
            )
    if unstated:
        most = max(unstated, key=lambda line: line.needs.total)
        yield Broken(
            t(
                "no runtime is stated for {upses}: nothing proves the battery",
                upses=names(line.ups for line in unstated),
            ),
            ("upses", unstated[0].ups, "runtime"),
            remedies=(
                Remedy(
                    remark=t(
                        "runtime: what it lasts at full load, measured or from the maker's table; "
                        "{ups} needs {needs_s:g} s",
                        ups=most.ups,
                        needs_s=most.needs.total,
                    )
                ),
            ),
            severity=Severity.WARNING,
        )


def _sooner(site: Site, ups: str, short_s: float) -> Iterator[Remedy]:
    """What could be over earlier, if the devices really are that fast."""
    linked_array = site.upses[ups] in site.linked_array_upses
    if linked_array and len(site.linked_arrays) == 1 and site.linkage.flush_limit_s - short_s >= 60:
        change = Change(("linkage", "flush_limit"), site.linkage.flush_limit_s - short_s, t("or less"))
        yield Remedy((change,), t(", if the array's manual allows it"))
    control = site.upses[ups] in (*site.node_upses, *site.control_array_upses)
    if control and site.cluster.shutdown_limit_s - short_s >= 60:
        change = Change(("cluster", "shutdown_limit"), site.cluster.shutdown_limit_s - short_s, t("or less"))
        yield Remedy((change,), t(", if the cluster really stops that fast"))
