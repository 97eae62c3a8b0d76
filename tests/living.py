"""A small site with everything in it, its pretend room on real sockets, and a service over it."""

from __future__ import annotations

from pathlib import Path

from teiden.emulator.room import EmulatedRoom
from teiden.files.story_file import load_stories
from teiden.story import Story

SITE = """\
schema: teiden/site/1
site: small
feeds: [utility]
polling: {on_line: 8s, on_battery: 4s, timeout: 6s}
ups_defaults: {timing: lcd, power_off_delay: 45s, return_delay: 5s, runtime: 60m, low_battery_runtime: 30s}
upses:
  ups1: {number: 1, feed: utility, confirm: 95s}
  ups3: {number: 3, feed: utility, confirm: 90s}
  ups4: {number: 4, feed: utility, confirm: 10s}
  ups5: {number: 5, feed: utility, confirm: 12s}
linkage: {flush_limit: 30s, seen_off_limit: 10s}
arrays:
  controldisk: {role: control, controllers: {upses: [ups3]}, enclosures: {upses: [ups3]}}
  linkeddisk: {role: linked, controllers: {upses: [ups4]}, enclosures: {upses: [ups4]}}
servers:
  control1: {role: control, upses: [ups1], arrays: [controldisk], shutdown: {by: cluster, limit: 30s}}
  blade1: {role: linked, upses: [ups5], arrays: [linkeddisk], shutdown: {by: ssh, host: 192.0.2.51, limit: 30s}}
cluster: {name: cluster, nodes: [control1], shutdown_limit: 40s}
force_before: 10s
start: {first_look_limit: 12s, mains_stable: 10s, ready_hold: 5s, gap: 5s}
model:
  servers: {control: {boot: 20s, shutdown: 10s}, linked: {boot: 20s, shutdown: 10s}}
  arrays: {controldisk: {start: 15s}, linkeddisk: {start: 15s, dirty: 1GiB, flush_rate: 200MiB/s}}
  cluster: {stop: 10s, start: 10s}
"""
"""One of each: a UPS for the control node, for its disk, for the linked disk, for a server."""

STORY = """\
schema: teiden/story/1
story: The mains fail, long enough for everything to stop, and come back.
site: site.yaml
until: {until}
events:
  - {{at: 20s, mains: {of}, lost_for: {lost_for}}}
"""


def small_story(folder: Path, *, of: str = "utility", lost_for: str = "600s", until: str = "1500s") -> Story:
    """The small site and a story of it, as files in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site.yaml").write_text(SITE, encoding="utf-8")
    path = folder / "outage.yaml"
    path.write_text(STORY.format(of=of, lost_for=lost_for, until=until), encoding="utf-8")
    (story,) = load_stories(path)
    return story


def states(room: EmulatedRoom) -> list[str]:
    """What every device really is, a line each."""
    inside = room.room
    return [
        *(f"{s.name} {s.state.value}" for s in inside.servers.values()),
        *(f"{u.name} {'on' if u.output else 'off'}" for u in inside.upses.values()),
        *(f"{a.name} {'off' if a.service is None else a.service.value}" for a in inside.arrays.values()),
        f"{inside.cluster.name} {inside.cluster.state.value}",
    ]
