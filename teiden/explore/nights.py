"""When a history begins, and the schedules that are added to the site: nights that meet what happens."""

from __future__ import annotations

from datetime import datetime, timedelta

from sequencer.schedules import Schedule
from sequencer.site import Site
from teiden.explore.dice import Dice
from teiden.explore.ground import Ground
from teiden.explore.swarm import Habit, Swarm

ORDINARY = "2026-11-20 14:00"
CHANGES = (("2026-03-29 00:30", "Europe/Berlin"), ("2026-10-25 00:30", "Europe/Berlin"))
"""Nights when the clocks change, and where: 02:00 to 03:00 is not there, or is there twice (T2)."""
GAPS_MIN = (1, 5, 20, 39, 40, 41, 48, 60, 120, 400)
"""From off to on: a restart (S21), too short for the array, on both sides of G (S22), and long."""
FORM = "%Y-%m-%d %H:%M"


def starts(seed: int, site: Site, kinds: Swarm) -> tuple[str, str]:
    """Wall time at the start, and the time zone that it is in; empty: the site's own."""
    if kinds.has(Habit.SCHEDULE) and kinds.has(Habit.CHANGE_OF_CLOCKS):
        return Dice(seed, "starts").one_of(CHANGES)
    return ORDINARY, ""


def nights(seed: int, ground: Ground, kinds: Swarm, start: str, calm_s: float) -> tuple[Schedule, ...]:
    """One night for all or one for each UPS; sometimes the control side sleeps within it, or restarts."""
    if not kinds.has(Habit.SCHEDULE):
        return ()
    dice, site = Dice(seed, "nights"), ground.site
    latest_min = max(10, min(int(calm_s / 60), 180))
    off_min, gap_min = int(dice.between(2, latest_min)), dice.one_of(GAPS_MIN)
    linked = tuple(server.name for server in site.linked_servers)
    found: list[Schedule] = []
    if linked and dice.happens(0.85):
        groups = [linked] if dice.happens(0.6) else _by_ups(site)
        for n, servers in enumerate(groups, 1):
            later = dice.one_of((0, 0, 10, 30)) if n > 1 else 0
            found.append(_night(f"night{n}", servers, start, off_min + later, gap_min))
    if dice.happens(0.3) or not found:
        begins, lasts = off_min + dice.one_of((0, 2, 15, 30)), dice.one_of((1, 30, 120))
        found.append(_night("nodes", site.cluster.nodes, start, begins, lasts))
    return tuple(found)


def _by_ups(site: Site) -> list[tuple[str, ...]]:
    """Every linked server once."""
    groups: list[tuple[str, ...]] = []
    seen: set[str] = set()
    for ups in site.upses:
        servers = tuple(s for s in site.linked_servers if ups in s.upses and s.name not in seen)
        seen |= {server.name for server in servers}
        if servers:
            groups.append(tuple(server.name for server in servers))
    return groups


def _night(name: str, servers: tuple[str, ...], start: str, off_min: int, gap_min: int) -> Schedule:
    begins = datetime.strptime(start, FORM)
    off, on = (begins + timedelta(minutes=m) for m in (off_min, off_min + gap_min))
    return Schedule(name, servers, off=f"{off:%H:%M}", on=f"{on:%H:%M}")
