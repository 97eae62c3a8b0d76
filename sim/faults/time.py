"""Clocks and schedules: T1 to T7. Most lie in the settings, and change the scene before the room begins."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sequencer.schedules import Schedule
from sequencer.site import ServerRole
from sequencer.timing import shortest_night_s
from sim.faults.fault import Amount, Fault, Kind, Turn, Unit, nothing
from sim.later import after
from sim.model import ServerModel
from sim.server import State

if TYPE_CHECKING:
    from sim.faults.scene import Scene
    from sim.room import Room

DAY_S = 24 * 3600.0
ZONE = "Europe/Berlin"
"""Where clocks are changed in a fault that needs it."""
FORWARD, BACK = datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
"""When they were in 2026 (tz database): 02:00 becomes 03:00, and 03:00 becomes 02:00."""


# Clocks


def _step(room: Room, server: str, by_s: float) -> None:
    clock = room.clocks[server]
    skew_s = round(clock.skew_s + by_s, 3)
    room.stream.fact(float(room.env.now), "clock.stepped", server, by_s=by_s, skew_s=skew_s)
    clock.step(by_s)


def _steps_forward(room: Room, server: str, turn: Turn) -> None:
    if turn.on:
        _step(room, server, turn.amount)


def _steps_back(room: Room, server: str, turn: Turn) -> None:
    if turn.on:
        _step(room, server, -turn.amount)


def _skewed(scene: Scene, server: str, at_s: float, amount: float) -> Scene:
    servers = dict(scene.model.servers)
    servers[server] = replace(servers.get(server, ServerModel()), clock_skew_s=amount)
    return replace(scene, model=replace(scene.model, servers=servers))


def _wrong_at_boot(room: Room, node: str, turn: Turn) -> None:
    """Its battery is empty: the next boot begins in 1970, until a time service has set the clock."""
    clock, server = room.clocks[node], room.servers[node]
    clock.forgets = turn.on
    if turn.on:
        server.listen(lambda _: _boots(room, node, turn.amount))


def _boots(room: Room, node: str, right_after_s: float) -> None:
    clock, server = room.clocks[node], room.servers[node]
    if server.state is State.BOOTING and clock.forgets:
        clock.forgets = False
        shown_s = clock.now().timestamp()
        _step(room, node, -shown_s)
        after(room.env, right_after_s, lambda: _step(room, node, shown_s))


# Schedules


def _of_array(scene: Scene, array: str) -> list[str]:
    users = scene.site.users_of(array)
    return [server.name for server in users if server.role is ServerRole.LINKED]


def scheduled(scene: Scene, servers: Iterable[str], at_s: float, off_s: float) -> Scene:
    """One more schedule: these servers go off at this time of the run, and on so much later.

    None for nobody: no site file may have one, and it would fire for no servers.
    """
    site, servers = scene.site, tuple(servers)
    if not servers:
        return scene
    zone = ZoneInfo(site.time_zone)
    off_at = (scene.start.astimezone(UTC) + timedelta(seconds=at_s)).replace(microsecond=0)
    off, on = (at.astimezone(zone) for at in (off_at, off_at + timedelta(seconds=round(off_s))))
    name = f"at-{at_s:g}s"
    schedule = Schedule(
        name,
        servers,
        days=f"{off:%Y-%m-%d}",
        off=f"{off:%H:%M:%S}",
        on=f"{on:%H:%M:%S}",
        on_days=f"{on:%Y-%m-%d}" if off_s >= DAY_S else "",
    )
    return replace(scene, site=replace(site, schedules={**site.schedules, name: schedule}))


def _goes_off(scene: Scene, array: str, at_s: float, amount: float) -> Scene:
    return scheduled(scene, _of_array(scene, array), at_s, amount)


def _restarts(scene: Scene, array: str, at_s: float, _: float) -> Scene:
    return scheduled(scene, _of_array(scene, array), at_s, 60.0)


def _too_short(scene: Scene, array: str, at_s: float, amount: float) -> Scene:
    night_s = shortest_night_s(scene.site, scene.site.arrays[array])
    return scheduled(scene, _of_array(scene, array), at_s, night_s - amount)


def _long_enough(scene: Scene, array: str, at_s: float, amount: float) -> Scene:
    night_s = shortest_night_s(scene.site, scene.site.arrays[array])
    return scheduled(scene, _of_array(scene, array), at_s, night_s + amount)


def _put_forward(scene: Scene, array: str, at_s: float, amount: float) -> Scene:
    """Off at 02:15, which that night has not; it counts as 03:00, when the clocks are put forward."""
    return _off_at(scene, array, FORWARD - timedelta(seconds=at_s), FORWARD, "02:15:00", amount)


def _put_back(scene: Scene, array: str, at_s: float, amount: float) -> Scene:
    """Off at 02:59, which that night has twice: a minute before the clocks are put back, and 59 after."""
    off_at = BACK - timedelta(seconds=60)
    return _off_at(scene, array, off_at - timedelta(seconds=at_s), off_at, "02:59:00", amount)


def _off_at(scene: Scene, array: str, start: datetime, off_at: datetime, off: str, amount: float) -> Scene:
    """The run begins at `start` instead, in a zone whose clocks change."""
    zone = ZoneInfo(ZONE)
    there = replace(scene, site=replace(scene.site, time_zone=ZONE), start=start.astimezone(zone))
    if not _of_array(there, array):
        return there
    made = scheduled(there, _of_array(there, array), (off_at - start).total_seconds(), amount)
    *_, (name, schedule) = made.site.schedules.items()
    schedules = {**made.site.schedules, name: replace(schedule, off=off)}
    return replace(made, site=replace(made.site, schedules=schedules))


CLOCK_STEPS_FORWARD = Fault(
    ("T1",),
    "clock_steps_forward",
    Kind.SERVER,
    "somebody sets its clock forward",
    _steps_forward,
    amount=Amount("by how much", Unit.SECONDS, 300.0, 0.0, DAY_S),
    ends=False,
    pretend=True,
)

CLOCK_STEPS_BACK = Fault(
    ("T1",),
    "clock_steps_back",
    Kind.SERVER,
    "somebody sets its clock back",
    _steps_back,
    amount=Amount("by how much", Unit.SECONDS, 300.0, 0.0, DAY_S),
    ends=False,
    pretend=True,
)

CLOCKS_PUT_FORWARD = Fault(
    ("T2",),
    "clocks_put_forward",
    Kind.ARRAY,
    "its servers are to go off at a time of day that is not there: the clocks are put forward",
    nothing,
    amount=Amount("until they are to be on again", Unit.SECONDS, 7200.0, 3600.0, DAY_S / 2),
    ends=False,
    prepare=_put_forward,
    pretend=True,
)

CLOCKS_PUT_BACK = Fault(
    ("T2",),
    "clocks_put_back",
    Kind.ARRAY,
    "its servers are to go off at a time of day that is there twice: the clocks are put back",
    nothing,
    amount=Amount("until they are to be on again", Unit.SECONDS, 7500.0, 7200.0, DAY_S / 2),
    ends=False,
    prepare=_put_back,
    pretend=True,
)

CLOCK_SKEWED = Fault(
    ("T3",),
    "clock_skewed",
    Kind.SERVER,
    "its clock has been ahead of the true time from the start",
    nothing,
    amount=Amount("by how much", Unit.SECONDS, 90.0, 0.0, DAY_S),
    ends=False,
    prepare=_skewed,
    pretend=True,
)

CLOCK_WRONG_AT_BOOT = Fault(
    ("T4",),
    "clock_wrong_at_boot",
    Kind.NODE,
    "at its next boot its clock shows 1970, until a time service has set it",
    _wrong_at_boot,
    amount=Amount("until it is set", Unit.SECONDS, 600.0, 0.0, DAY_S),
    pretend=True,
)

SCHEDULED_RESTART = Fault(
    ("T5",),
    "scheduled_restart",
    Kind.ARRAY,
    "a schedule has its servers off then, and on a minute later",
    nothing,
    ends=False,
    prepare=_restarts,
    pretend=True,
)

NIGHT_TOO_SHORT = Fault(
    ("T6",),
    "night_too_short",
    Kind.ARRAY,
    "a schedule has its servers off then, and on just before it could have been switched off",
    nothing,
    amount=Amount("what lacks to a night that is long enough", Unit.SECONDS, 1.0, 1.0, 1200.0),
    ends=False,
    prepare=_too_short,
    pretend=True,
)

NIGHT_LONG_ENOUGH = Fault(
    ("T6",),
    "night_long_enough",
    Kind.ARRAY,
    "a schedule has its servers off then, just long enough for it to be switched off",
    nothing,
    amount=Amount("how much longer than needed", Unit.SECONDS, 0.0, 0.0, DAY_S / 2),
    ends=False,
    prepare=_long_enough,
    pretend=True,
)

SCHEDULED_OFF = Fault(
    ("T7",),
    "scheduled_off",
    Kind.ARRAY,
    "a schedule has its servers off then, whatever the mains do",
    nothing,
    amount=Amount("until they are to be on again", Unit.SECONDS, 3600.0, 61.0, 7 * DAY_S),
    ends=False,
    prepare=_goes_off,
    pretend=True,
)

FAULTS = (
    CLOCK_STEPS_FORWARD,
    CLOCK_STEPS_BACK,
    CLOCKS_PUT_FORWARD,
    CLOCKS_PUT_BACK,
    CLOCK_SKEWED,
    CLOCK_WRONG_AT_BOOT,
    SCHEDULED_RESTART,
    NIGHT_TOO_SHORT,
    NIGHT_LONG_ENOUGH,
    SCHEDULED_OFF,
)
