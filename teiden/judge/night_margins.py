"""How close a scheduled night was: arrays ready before their servers, flush over before the control side."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer import timing
from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import Array, Site
from teiden.judge.history import History
from teiden.judge.ledger.room import Room
from teiden.judge.margin import Margin
from teiden.language.say import t


def night_margins(history: History, room: Room) -> Iterator[Margin]:
    """Those that this run has; nothing for a run without schedules."""
    if not history.tells("schedule.fired"):
        return
    for array in room.wiring.linked_arrays:
        yield from _ready_before_on(history, room, array)
        yield from _flushed_before_control(history, room, array)


def _events(history: History, *names: str) -> list[Event]:
    moments = [m for name in names for m in history.of(name)]
    return [m.event for m in sorted(moments, key=lambda m: m.place)]


def _is_fired(event: Event, goal: Goal, servers: set[str]) -> bool:
    """An instant of a schedule that wants this of one of these servers."""
    named = str(event.details.get("servers", "")).split(", ")
    return event.details.get("goal") == goal.value and not servers.isdisjoint(named)


def _ready_before_on(history: History, room: Room, array: Array) -> Iterator[Margin]:
    """From ready to the instant at which its first servers are to go on; negative: too late (R10-55).

    Of nights in which the array was off; the smallest. An open incident is no night.
    """
    users = set(room.nights.users[array.name])
    was_off, ready_s, due_s, outage = False, None, None, False
    left: list[float] = []
    names = ("array.off", "array.ready", "schedule.fired", "incident.opened", "incident.closed")
    for event in _events(history, *names):
        if event.name in ("incident.opened", "incident.closed"):
            outage, was_off, due_s = event.name == "incident.opened", False, None
        elif event.name == "schedule.fired":
            if was_off and not outage and _is_fired(event, Goal.UP, users):
                was_off, due_s = False, event.t if ready_s is None else None
                if ready_s is not None:
                    left.append(event.t - ready_s)
        elif event.subject == array.name:
            ready_s = event.t if event.name == "array.ready" else None
            was_off = was_off or event.name == "array.off"
            if ready_s is not None and due_s is not None:
                left.append(due_s - ready_s)
            due_s = None if ready_s is not None else due_s
    if left:
        label = t("{name} ready -> servers' on", name=array.name)
        yield Margin(f"ready_before_on.{array.name}_s", label, min(left), _lead_left_s(room.site, array))


def _lead_left_s(site: Site, array: Array) -> float:
    """What a lead has beyond the warm-up itself: 6 min and the flush limit (R10-47, R10-48)."""
    parts = ((True, array.enclosures), (False, array.controllers))
    return min(
        timing.warm_up_lead_s(site, array, enclosures=enclosures)
        - max(site.upses[u].warm_up_time_s for u in upses)
        for enclosures, upses in parts
    )


def _flushed_before_control(history: History, room: Room, array: Array) -> Iterator[Margin]:
    """From the end of the night's flush to the instant of the control side's off; negative: R10-45 saved it.

    Planned: the gap between the two offs less ① + 10 min + the flush limit.
    """
    site, nodes = room.site, set(room.site.cluster.nodes)
    users = set(room.nights.users[array.name])
    off_s, flushed_s, control_s = None, None, None
    found: list[tuple[float, float]] = []
    for event in _events(history, "schedule.fired", "array.flushed", "array.flush_timed_out"):
        if event.name != "schedule.fired":
            flushed_s = event.t if event.subject == array.name else flushed_s
        elif _is_fired(event, Goal.DOWN, users):
            off_s, flushed_s, control_s = event.t, None, None
        elif _is_fired(event, Goal.DOWN, nodes):
            control_s = event.t
        if off_s is not None and flushed_s is not None and control_s is not None:
            found.append((control_s - flushed_s, control_s - off_s))
            off_s = None
    if found:
        lead_s = max(timing.warm_up_lead_s(site, array, enclosures=e) for e in (True, False))
        left_s, apart_s = min(found)
        plan_s = apart_s - (timing.document_night_s(site, array) - lead_s + site.linkage.flush_limit_s)
        label = t("{name} flushed -> control side's off", name=array.name)
        yield Margin(f"flushed_before_control.{array.name}_s", label, left_s, plan_s)
