"""Why power goes and comes, and why the cluster stops when it does."""

from __future__ import annotations

from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.decided import READY_S, confirmations, took
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import duration, in_order, listed, number_in, whole

JUST_S = 2.0
"""What came this shortly before may be the reason."""
WAITED_S = 60.0
"""Shorter waits are not worth a word."""


def output_on(group: Group, past: Past) -> str:
    """What was waited for: charge, a node that looks again, an array, the mains."""
    if group.first.details.get("cause") == "return":
        return _by_itself(group, past)
    return (
        _waited(group, past) or _node_up(group, past) or _array_ready(group, past) or _mains_back(group, past)
    )


def _by_itself(group: Group, past: Past) -> str:
    """It was told to come back with the mains."""
    itself = t("by itself") if len(group.subjects) == 1 else t("by themselves")
    restored_s = past.last_s("mains.restored", "", group.t)
    off_s = max(past.last_s("ups.output_off", ups, group.t) for ups in group.subjects)
    if restored_s <= past.start_s:
        return itself
    time = duration(group.t - max(restored_s, off_s))
    if restored_s > off_s:
        return t("{itself}, {time} after the mains", itself=itself, time=time)
    return t("{itself}, {time} after going off", itself=itself, time=time)


def _waited(group: Group, past: Past) -> str:
    """A rule had to be satisfied first, and it was said: `waited 1 h 7 min (S17)`."""
    ups = group.first.subject
    since_s = max(past.last_s("ups.output_off", ups, group.t), past.start_s)
    waits = past.next("step.waiting", ups, since_s, float("inf"))
    if waits is None or group.t - waits.t < WAITED_S:
        return ""
    rule = waits.details.get("rule")
    return t("waited {time}", time=duration(group.t - waits.t)) + (f" ({rule})" if rule else "")


def _node_up(group: Group, past: Past) -> str:
    looked = past.last("lease.taken", "", group.t)
    if looked is None or group.t - looked.t > JUST_S or past.last("server.up", looked.by, group.t) is None:
        return ""
    return t("{node} up, looked again from the top", node=looked.by)


def _array_ready(group: Group, past: Past) -> str:
    loads = (server for ups in group.subjects for server in past.loads_of(ups))
    arrays = in_order((array for server in loads for array in past.arrays_of(server)), past)
    ready = [at_s for array in arrays if (at_s := past.last_s("array.ready", array, group.t)) >= past.start_s]
    if not ready or group.t - max(ready) > READY_S:
        return ""
    return t("{names} ready for {time}", names=listed(arrays, past), time=whole(group.t - max(ready)))


def _mains_back(group: Group, past: Past) -> str:
    since_s = group.t - past.last_s("mains.restored", "", group.t)
    return t("mains back for {time}", time=whole(since_s)) if since_s < READY_S else ""


def low_battery(group: Group, past: Past) -> str:
    left_s = number_in(group.first, "runtime_s")
    return "" if left_s is None else t("{time} left", time=whole(left_s))


# The cluster


def cluster_stopping(group: Group, past: Past) -> str:
    """`ups3 outage confirmed (900 s); ups4 off for 257 s`."""
    confirmed = past.last("outage.confirmed", "", group.t)
    just = confirmed is not None and group.t - confirmed.t < JUST_S
    why = confirmations([confirmed] if just and confirmed else [], past) or _held(group, past)
    return t("; ").join(filter(None, (why, _linked_side(group.t, past))))


def _held(group: Group, past: Past) -> str:
    """It had been refused for a while; the alarm says so when the battery ended that."""
    cluster, lost_s = group.first.subject, past.lost_s(group.t)
    alarm = past.last("alarm.raised", cluster, group.t)
    if alarm is not None and group.t - alarm.t < JUST_S:
        return f"{alarm.details.get('rule', '')}  {retold(str(alarm.details.get('text', '')))}".strip()
    refused = past.next("command.refused", cluster, lost_s, group.t - lost_s)
    return t("held for {time}", time=whole(group.t - refused.t)) if refused is not None else ""


def _linked_side(now_s: float, past: Past) -> str:
    """How long the last linked array has been without power, or that it still flushes."""
    arrays = past.of_kind("array", "linked")
    flushing = [a for a in arrays if past.last_s("array.flushing", a, now_s) > _flush_over_s(a, now_s, past)]
    if flushing:
        return t("{names} still flushing", names=listed(flushing, past))
    upses = [ups for array in arrays for ups in past.upses_of(array)]
    off = {ups: now_s - since for ups in upses if (since := past.output_off_since_s(ups, now_s)) is not None}
    if not off:
        return ""
    least_s = min(off.values())
    if least_s < JUST_S:
        return t("{names} off", names=listed(off, past))
    return t("{names} off for {time}", names=listed(off, past), time=whole(least_s))


def _flush_over_s(array: str, now_s: float, past: Past) -> float:
    ends = ("array.flushed", "array.flush_timed_out", "array.off", "array.lost_data")
    return max(past.last_s(name, array, now_s) for name in ends)


def cluster_stopped(group: Group, past: Past) -> str:
    cause = str(group.first.details.get("cause", "command"))
    return took(group, past, "cluster.stopping") if cause == "command" else retold(cause)


def failed_over(group: Group, past: Past) -> str:
    holder, was = group.first.details.get("holder"), group.first.details.get("was")
    return t("to {holder}, {was} leaves", holder=holder, was=was)
