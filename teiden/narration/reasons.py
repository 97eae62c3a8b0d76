"""Because of what: for each event the function that knows, from it and from what was told before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from teiden.narration import decided, machines, supply
from teiden.narration.groups import Group
from teiden.narration.past import Past


def reason(group: Group, past: Past) -> str:
    because = REASONS.get(group.name)
    return because(group, past) if because is not None else ""


REASONS: Mapping[str, Callable[[Group, Past], str]] = {
    "run.ended": decided.ended,
    "outage.confirmed": decided.confirmed,
    "outage.cleared": decided.cleared,
    "incident.closed": decided.closed,
    "command.sent": decided.commanded,
    "schedule.fired": decided.scheduled,
    "request.accepted": decided.asked,
    "request.refused": decided.failed,
    "clock.stepped": decided.stepped,
    "command.refused": decided.refused,
    "command.failed": decided.failed,
    "alarm.raised": decided.rule_and_text,
    "alarm.cleared": decided.rule_and_text,
    "rule.broken": decided.text,
    "step.waiting": decided.rule_and_text,
    "step.started": decided.limit,
    "step.timed_out": decided.limit,
    "server.shutting_down": machines.stopping,
    "server.halted": machines.halted,
    "server.forced": machines.halted,
    "server.crashed": machines.crashed,
    "array.flushing": machines.flushing,
    "array.flushed": machines.flushed,
    "array.flush_timed_out": decided.limit,
    "array.lost_data": machines.lost_data,
    "ups.output_on": supply.output_on,
    "ups.low_battery": supply.low_battery,
    "cluster.stopping": supply.cluster_stopping,
    "cluster.stopped": supply.cluster_stopped,
    "cluster.failed_over": supply.failed_over,
}
"""Nothing for the others: they speak for themselves."""
