"""Plays one story in the pretend room: its whole event stream, from the state at the start to the end."""

from __future__ import annotations

from typing import Any

from sequencer.events import ROOM, Event, Source, Stream
from sequencer.site import Polling, Site
from sim.room import Room
from teiden.garbage import few_collections
from teiden.opening import devices, versions
from teiden.story import Story


def play(story: Story, *, seed: int | None = None, stream: Stream | None = None) -> Room:
    """Run the story in virtual time, with its own seed or another.

    The room it leaves behind holds the stream and the devices.
    """
    seed = story.seed if seed is None else seed
    stream = stream if stream is not None else Stream()
    room = Room(story.site, story.model, seed=seed, horizon_s=story.until_s, stream=stream, start=story.start)
    stream.fact(0.0, "run.started", story.site.name, **opening(story, room, seed))
    room.happen(story.happenings)
    with few_collections():
        room.begin()
        run_until(room, story.until_s)
    for ups in room.upses.values():
        ups.tell_charge()
    stream.fact(story.until_s, "run.ended", story.site.name)
    return room


IN_CIRCLES = 20_000
"""Events in half a minute of virtual time: a history of six hours has 1,400, and the busiest half minute of a
hall of 680 devices, which may have more, 20,000."""
CIRCLES_S = 30.0


def run_until(room: Room, until_s: float) -> None:
    """Let the room live up to this time. A sequencer that runs in circles is our mistake, and is said so."""
    env, begun_s, events, most = room.env, -CIRCLES_S, 0, most_events(room.site)
    step, peek = env.step, env.peek
    while peek() < until_s:
        step()
        events += 1
        if events == most:
            text = f"{events} events from {begun_s:g} to {env.now:g} s: the sequencer runs in circles"
            assert env.now > begun_s + CIRCLES_S, text
            begun_s, events = env.now, 0
    env.run(until=until_s)


def most_events(site: Site) -> int:
    """Where many devices are, or are looked at more often than usual, more may happen."""
    devices = len(site.upses) + len(site.servers) + len(site.arrays)
    often = min(
        site.polling.on_line_s / Polling().on_line_s, site.polling.on_battery_s / Polling().on_battery_s
    )
    return round((IN_CIRCLES + 60 * devices) * max(1.0, 1.0 / often))


def opening(story: Story, room: Room, seed: int) -> dict[str, Any]:
    """What a reader of the stream must know before anything happens."""
    return {
        "site": story.site.name,
        "site_hash": story.site_hash,
        "story": story.name,
        "sentence": story.sentence,
        "seed": seed,
        "start": story.start.isoformat(),
        "time_zone": story.site.time_zone,
        "until_s": story.until_s,
        "versions": versions(),
        "initial": initial(room),
        "devices": devices(story.site),
        **({"skew_s": skews} if (skews := skew_s(room)) else {}),
    }


def skew_s(room: Room) -> dict[str, float]:
    """How far each clock is ahead of the true time from the start, where it is (T3)."""
    return {name: clock.skew_s for name, clock in room.clocks.items() if clock.skew_s}


def initial(room: Room) -> dict[str, dict[str, str]]:
    """The state of every device at the start, by aspect, in the words of `sequencer.events.NAMES`."""
    states: dict[str, dict[str, str]] = {feed: {"mains": "present"} for feed in room.site.feeds}
    for ups in room.upses.values():
        states[ups.name] = {"supply": "on line", "output": "on", "card": "answering"}
    for array in room.arrays.values():
        states[array.name] = {"service": "ready", "cache": "dirty" if array.dirty else "flushed"}
    for server in room.servers.values():
        states[server.name] = {"os": server.state.value}
    for address, host in room.hosts.items():
        states[address] = {"presence": "answering" if host.present else "silent"}
    states[room.cluster.name] = {"cluster": room.cluster.state.value}
    return states


__all__ = ["ROOM", "Event", "Source", "play"]
