"""Plays one story in the pretend room: its whole event stream, from the state at the start to the end."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from sequencer import timing
from sequencer.events import ROOM, Event, Source, Stream
from sequencer.site import Site, Timing, Ups
from sim.room import Room
from teiden.garbage import few_collections
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
"""Events at one instant of virtual time; the largest hall needs some hundreds."""


def run_until(room: Room, until_s: float) -> None:
    """Let the room live up to this time. A sequencer that runs in circles is our mistake, and is said so."""
    env, instant_s, events = room.env, -1.0, 0
    step, peek = env.step, env.peek
    while peek() < until_s:
        step()
        events += 1
        if events == IN_CIRCLES:
            assert env.now > instant_s, f"{events} events at {instant_s} s: the sequencer runs in circles"
            instant_s, events = env.now, 0
    env.run(until=until_s)


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
    }


@cache
def versions() -> dict[str, str]:
    """What can make two runs of one story differ; read once, it takes longer than a story."""
    return {name: version(name) for name in ("teiden", "simpy")}


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


def devices(site: Site) -> dict[str, dict[str, Any]]:
    """What each subject of the stream is and hangs on, in the order in which a picture shows them."""
    table: dict[str, dict[str, Any]] = {
        feed: {"kind": "feed", "role": "", "group": "FEEDS", "label": ""} for feed in site.feeds
    }
    for ups in site.upses.values():
        about = {"kind": "ups", "role": "", "group": "UPS", "label": ups.label}
        table[ups.name] = {**about, "off_terms_s": off_terms_s(ups)}
    for array in site.arrays.values():
        table[array.name] = _described("array", array.role.value, "ARRAYS", array.label, array.upses)
    for server in (*site.linked_servers, *site.pool_servers):
        hangs_on = server.upses, server.arrays
        table[server.name] = _described("server", server.role.value, "SERVERS", server.label, *hangs_on)
    for node in site.control_nodes:
        table[node.name] = _described("node", "control", "CONTROL", node.label, node.upses, node.arrays)
    table[site.cluster.name] = {"kind": "cluster", "role": "control", "group": "CONTROL", "label": ""}
    for switch in site.switches.values():
        table[switch.name] = _described("switch", switch.kind, "CONTROL", "", switch.upses)
    for address in site.lan_watch.hosts:
        table[address] = {"kind": "host", "role": "", "group": "LAN", "label": ""}
    return table


def _described(
    kind: str, role: str, group: str, label: str, upses: tuple[str, ...], arrays: tuple[str, ...] = ()
) -> dict[str, Any]:
    what = {"kind": kind, "role": role, "group": group, "label": label, "upses": list(upses)}
    return {**what, "arrays": list(arrays)} if arrays else what


def off_terms_s(ups: Ups) -> list[float]:
    """What the delay of a graceful OFF is made of: shutdown delay, low-battery runtime, the card's 2 min."""
    if ups.timing is not Timing.LEGACY:
        return [timing.graceful_off_s(ups)]
    return [ups.shutdown_delay_s, ups.low_battery_runtime_s, timing.LEGACY_EXTRA_S]


__all__ = ["ROOM", "Event", "Source", "play"]
