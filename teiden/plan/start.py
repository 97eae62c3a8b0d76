"""How the whole site comes back after its mains return: typical times, each with its limit."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.site import Array, Server, Site, Ups
from sim.model import ArrayModel, Model, ServerModel
from teiden.language.say import later, said, t
from teiden.plan.arithmetic import names, number
from teiden.plan.step import PlannedStep


def plan_start(site: Site, model: Model) -> list[PlannedStep]:
    """Seconds after mains restored; nothing where the site waits for the operator's button (R10-03)."""
    if not site.start.auto:
        return []
    nodes = list(_nodes(site, model))
    first_up_s = min(step.until_s for step in nodes)
    all_up_s = max(step.until_s for step in nodes)
    steps = [*nodes]
    ready_s = max(first_up_s, site.start.mains_stable_s)
    control = list(
        _arrays(
            site, model, site.control_arrays, ready_s, later("mains stable {n} s, a control node up"), 0.0
        )
    )
    steps += control
    ready_s = max((step.until_s for step in control), default=first_up_s)
    cluster = _cluster(site, model, max(ready_s, min(all_up_s, first_up_s + site.start.peer_limit_s)))
    steps.append(cluster)
    held_s = site.start.ready_hold_s
    why = later("cluster running, all its UPSes have mains")
    linked = list(_arrays(site, model, site.linked_arrays, cluster.until_s, why, held_s))
    steps += linked
    ready_s = max((step.until_s for step in linked), default=cluster.until_s)
    steps += _servers(site, model, ready_s)
    return steps


def _nodes(site: Site, model: Model) -> Iterator[PlannedStep]:
    alike: dict[tuple[float, float], list[Server]] = {}
    for node in site.control_nodes:
        delays = sorted(site.upses[u].return_delay_s for u in node.upses)
        power_s = delays[node.minimum_supplies - 1]
        boot_s = _server(model, node).boot_s
        alike.setdefault((power_s, boot_s), []).append(node)
    for (power_s, boot_s), nodes in alike.items():
        upses = list(dict.fromkeys(u for n in nodes for u in n.upses))
        yield PlannedStep(
            power_s,
            power_s + boot_s,
            tuple(n.name for n in nodes),
            t("boot by AC-Link"),
            t("{ups} return by themselves", ups=names(upses)),
        )


def _arrays(
    site: Site, model: Model, arrays: tuple[Array, ...], from_s: float, why: str, held_s: float
) -> Iterator[PlannedStep]:
    """Rank by rank: the next waits until this one is ready (R9-26)."""
    why = said(why, n=number(site.start.mains_stable_s))
    for rank in sorted({_rank(site, a) for a in arrays}):
        until_s = from_s
        of_rank = [a for a in arrays if _rank(site, a) == rank]
        for array in of_rank:
            start_s = model.arrays.get(array.name, ArrayModel()).start_s
            switched = (*array.enclosures, *array.controllers_alone)
            what = t("{ups} on, ready", ups=t(", then ").join(switched))
            if held_s:
                what = t("{what}, held {n} s", what=what, n=number(held_s))
            end_s = from_s + start_s + held_s
            limit_s = site.start.array_limit_s
            yield PlannedStep(from_s, end_s, (array.name,), what, why, limit_s=limit_s)
            until_s = max(until_s, end_s)
        from_s, why = (
            until_s,
            t("{names} ready (rank {rank})", names=names(a.name for a in of_rank), rank=rank),
        )


def _cluster(site: Site, model: Model, from_s: float) -> PlannedStep:
    """With control disks it was up without them: its nodes restart once more (R9-23)."""
    takes_s = model.cluster.start_s
    what, why = t("start"), t("its nodes up")
    if site.control_arrays:
        nodes = [_server(model, n) for n in site.control_nodes]
        takes_s += max(n.shutdown_s + n.boot_s for n in nodes)
        what, why = t("restart, once"), t("{names} ready", names=names(a.name for a in site.control_arrays))
    limit_s = site.start.cluster_limit_s
    return PlannedStep(from_s, from_s + takes_s, (site.cluster.name,), what, why, limit_s=limit_s)


def _servers(site: Site, model: Model, from_s: float) -> Iterator[PlannedStep]:
    """The servers' UPSes one after the other, low ranks first (R10-26)."""
    upses = sorted(
        (u for u in site.server_upses if _linked_on(site, u)), key=lambda u: (u.warm_up_rank, u.number)
    )
    if not upses:
        return
    servers = [s for s in site.linked_servers if any(u.name in s.upses for u in upses)]
    end_s = from_s
    for turn, ups in enumerate(upses):
        boots_s = max(_server(model, s).boot_s for s in _linked_on(site, ups))
        end_s = max(end_s, from_s + turn * site.start.gap_s + boots_s)
    arrays, hold_s = names(a.name for a in site.linked_arrays), number(site.start.ready_hold_s)
    why = t("cluster running, charge for a full stop")
    if arrays:
        why = t("{names} ready {n} s, charge for a full stop", names=arrays, n=hold_s)
    yield PlannedStep(
        from_s,
        end_s,
        tuple(s.name for s in servers),
        _one_after_the_other([u.name for u in upses], site.start.gap_s),
        why,
        limit_s=site.start.server_limit_s,
    )


def _one_after_the_other(upses: list[str], gap_s: float) -> str:
    first, *others = upses
    if not others:
        return t("{ups} on", ups=first)
    if len(others) == 1:
        return t("{first} on, {other} on {n} s later", first=first, other=others[0], n=number(gap_s))
    rest = names(others, most=2)
    return t("{first} on, {others} each {n} s later", first=first, others=rest, n=number(gap_s))


def _linked_on(site: Site, ups: Ups) -> list[Server]:
    return [s for s in site.linked_servers if ups.name in s.upses]


def _rank(site: Site, array: Array) -> int:
    return min(site.upses[u].warm_up_rank for u in array.upses)


def _server(model: Model, server: Server) -> ServerModel:
    return model.servers.get(server.name, ServerModel())
