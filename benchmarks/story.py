"""What a whole story costs, as ratios of one run: `python benchmarks/story.py [--quick]`.

The reference story: the mains of the whole site away for two hours, everything stops and comes back.
Printed as a Markdown table; the counts are exact and the same on every machine, the ratios are not.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

from anchor import TIMEOUTS, bare_timeouts, cpu_s, in_timeouts, timeout_us

from sequencer.site import Site
from sim.room import Room
from teiden.files.story_file import load_stories
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.story import Story

REFERENCE = Path(__file__).resolve().parents[1] / "scenarios" / "site-outage.yaml"
WEEK_S = 7 * 86_400.0
OUTAGE_S = 7200.0


def main() -> None:
    story = load_stories(REFERENCE)[0]
    room, rounds = play(story), 3 if "--quick" in sys.argv else 9
    assert judged(story, room), "the reference story does not hold: its cost means nothing"
    whole = in_timeouts(lambda: judged(story, play(story)), rounds=rounds)
    playing = in_timeouts(lambda: play(story), rounds=rounds)
    speeds = [story.until_s / cpu_s(lambda: play(story)) for _ in range(rounds)]
    quiet = [environment_events(play(unharmed(story, until_s))) for until_s in (3600.0, WEEK_S)]

    print(f"one bare SimPy timeout here: {timeout_us():.2f} us of processor time\n")
    print("| what | measured | goal |\n|---|---|---|")
    row("story with judge, in bare timeouts", whole, "<= 15,000")
    row("story without judge", playing, "")
    row("a timeout among 60 pending, as the story has, in bare ones", crowded(), "")
    row("environment events of the story", f"{environment_events(room):,}", "")
    row("... per device", f"{environment_events(room) / devices(story.site):.1f}", "<= 60")
    row("events of the stream", f"{len(room.stream):,}", "")
    row("events of a quiet hour, of a quiet week", f"{quiet[0]}, {quiet[1]}", "equal")
    row("simulated seconds per second", f"{median(speeds):,.0f} (best {max(speeds):,.0f})", ">= 1,000,000")


def crowded() -> str:
    """What the same timeout costs in a calendar as full as the reference room's."""
    ratios = [cpu_s(lambda: bare_timeouts(60)) / cpu_s(bare_timeouts) for _ in range(5)]
    return f"{median(ratios):.2f}"


def row(what: str, measured: object, goal: str) -> None:
    print(f"| {what} | {measured} | {goal} |")


def environment_events(room: Room) -> int:
    """Everything that was ever put into the calendar of this room: SimPy numbers its events."""
    return int(next(room.env._eid))


def devices(site: Site) -> int:
    return len(site.upses) + len(site.arrays) + len(site.servers) + len(site.switches)


def judged(story: Story, room: Room) -> bool:
    return judge(room.stream.events, story.site, story.expectations, story.breaks).holds


def unharmed(story: Story, until_s: float) -> Story:
    """The same room when nothing happens in it, nor by a schedule."""
    site = replace(story.site, schedules={})
    return replace(story, site=site, happenings=(), expectations=(), until_s=until_s)


def hall(story: Story, racks: int) -> Story:
    """The same story in a larger room: this many racks of one UPS and four linked servers."""
    site, model = story.site, story.model
    kept = {n: s for n, s in site.servers.items() if s in site.control_nodes}
    ups, server = site.server_upses[0], site.linked_servers[0]
    names = [f"rack{i}" for i in range(racks)]
    servers = {
        f"{rack}-{i}": replace(server, name=f"{rack}-{i}", upses=(rack,)) for rack in names for i in range(4)
    }
    upses = {n: u for n, u in site.upses.items() if u not in site.server_upses}
    first = len(upses) + 1
    upses |= {rack: replace(ups, name=rack, number=first + i) for i, rack in enumerate(names)}
    larger = replace(site, upses=upses, servers=kept | servers, groups=(), schedules={})
    model = replace(
        model,
        upses=model.upses | dict.fromkeys(names, model.upses[ups.name]),
        servers=model.servers | dict.fromkeys(servers, model.servers[server.name]),
    )
    # Their UPSes are switched on one after the other, a gap apart.
    until_s = story.until_s + racks * site.start.gap_s
    return replace(story, site=larger, model=model, expectations=(), until_s=until_s)


def yardstick_s() -> float:
    return cpu_s(bare_timeouts) / TIMEOUTS


if __name__ == "__main__":
    main()
