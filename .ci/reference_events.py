"""The reference of events: what each says, which state it sets, what details it has, and who tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOM, NODE, BOTH, JUDGE = "room", "nodes", "room, nodes", "judge"


@dataclass(frozen=True)
class Told:
    """What the vocabulary itself does not say about an event."""

    by: str
    means: str


EVENTS = {
    "run.started": Told(ROOM, "The run begins; the state of every device, and what is played."),
    "run.ended": Told(ROOM, "The run is over, and judged."),
    "mains.lost": Told(
        ROOM, "A feed, or the input of one UPS, loses its mains. Times in stories count from here."
    ),
    "mains.restored": Told(ROOM, "They are back."),
    "ups.on_battery": Told(BOTH, "It feeds its output from the battery."),
    "ups.on_line": Told(BOTH, "It has mains."),
    "ups.low_battery": Told(BOTH, "What is left is less than its low-battery runtime."),
    "ups.exhausted": Told(ROOM, "Its battery is empty, and the output falls with it."),
    "ups.output_off": Told(BOTH, "What it feeds has lost its power."),
    "ups.output_on": Told(BOTH, "What it feeds has power."),
    "ups.off_armed": Told(BOTH, "An OFF counts down and cannot be called back."),
    "ups.charge": Told(
        ROOM, "Charge and runtime left, wherever their slope changes; pictures are drawn from it."
    ),
    "card.silent": Told(BOTH, "Its SNMP card answers no more. Nothing else follows from that."),
    "card.answering": Told(BOTH, "Its SNMP card answers again."),
    "server.shutting_down": Told(BOTH, "Its system has begun to go down."),
    "server.halted": Told(BOTH, "Its system is down."),
    "server.booting": Told(BOTH, "It has begun to start."),
    "server.up": Told(BOTH, "Its system is up."),
    "server.forced": Told(ROOM, "It was switched off without its system being asked."),
    "server.crashed": Told(ROOM, "It lost its power while its system ran."),
    "cluster.stopping": Told(BOTH, "The cluster has begun to stop on all its nodes."),
    "cluster.stopped": Told(BOTH, "The cluster runs on no node."),
    "cluster.starting": Told(ROOM, "The cluster has begun to start."),
    "cluster.running": Told(ROOM, "The cluster runs, with its disks."),
    "cluster.forced": Told(ROOM, "The cluster was stopped by force at its limit."),
    "cluster.failed_over": Told(ROOM, "The group, and with it the command, has moved to another node."),
    "cluster.runs_without": Told(
        ROOM, "These nodes are up, and no members of the cluster that runs: it cannot go on there."
    ),
    "array.dirty": Told(ROOM, "Its cache holds what is not on its disks."),
    "array.flushing": Told(BOTH, "It writes its cache to its disks."),
    "array.flushed": Told(BOTH, "The cache is written."),
    "array.flush_timed_out": Told(
        NODE, "The flush has not ended within its limit; nobody waits for it any more."
    ),
    "array.lost_data": Told(ROOM, "It lost its power with something in the cache."),
    "array.starting": Told(BOTH, "It has power and gets ready."),
    "array.ready": Told(BOTH, "It serves its disks."),
    "array.off": Told(ROOM, "It has no power."),
    "outage.suspected": Told(NODE, "A UPS was seen on battery; its confirm time begins."),
    "outage.confirmed": Told(NODE, "It was on battery for its confirm time: this is an outage."),
    "outage.cleared": Told(NODE, "The mains were back before that."),
    "incident.opened": Told(NODE, "Something is to be stopped; from here on all is brought back in the end."),
    "incident.closed": Told(NODE, "Everything that may run is up again."),
    "step.started": Told(NODE, "A step of the runbook begins, with its limit."),
    "step.waiting": Told(NODE, "What a step waits for, and until when."),
    "step.done": Told(NODE, "Its goal is met."),
    "step.timed_out": Told(NODE, "Its limit is over and its goal is not met."),
    "step.overtaken": Told(
        NODE, "It has become pointless within its limit: nothing is done for it any more."
    ),
    "command.sent": Told(NODE, "A device is told to do something."),
    "command.refused": Told(NODE, "A guard forbids a command; the rule and the reason."),
    "command.failed": Told(NODE, "A device did not take a command, or did not answer."),
    "journal.committed": Told(NODE, "A fact is written down that must outlive the node."),
    "journal.heard": Told(
        NODE, "It knows of an incident now that it did not know: from its own memory at its boot, or a peer."
    ),
    "lease.taken": Told(NODE, "This node commands from now on."),
    "lease.lost": Told(NODE, "This node commands no more."),
    "hold.set": Told(NODE, "Somebody wants this device left alone."),
    "hold.released": Told(NODE, "It may be commanded again."),
    "schedule.fired": Told(NODE, "A schedule wants its servers off, on, or restarted."),
    "request.accepted": Told(NODE, "What somebody asked for will be done."),
    "request.refused": Told(NODE, "What somebody asked for will not be done, and why."),
    "clock.gap": Told(NODE, "The service was stopped or asleep; everything is looked at again first."),
    "clock.stepped": Told(ROOM, "Somebody has set a server's clock."),
    "service.died": Told(ROOM, "The service on a node has ended, and its system has not."),
    "service.begun": Told(ROOM, "One that had died has been begun anew; with its system it begins untold."),
    "service.stalled": Told(ROOM, "The service on a node does nothing, and will go on where it was."),
    "host.silent": Told(BOTH, "A watched host of the LAN answers no more."),
    "host.answering": Told(BOTH, "A watched host answers again."),
    "job.started": Told(NODE, "A program of a server's `jobs:` was started."),
    "job.finished": Told(NODE, "It has ended, or nobody waits for it any more."),
    "alarm.raised": Told(NODE, "Something that an operator has to know."),
    "alarm.cleared": Told(NODE, "It is over."),
    "alarm.queued": Told(
        NODE, "It stands in the outbox, on its way to those who are to know; live mode only."
    ),
    "rule.broken": Told(
        JUDGE, "An invariant is broken, by its id. The judge puts it into the stream when the run is over."
    ),
}

HEAD = """\
# Events

Every run yields one stream of events. `--events FILE` writes it as JSON Lines, one object a line; tables,
pictures, reports and verdicts are all made from it.

```json
{example}
```

| key | meaning |
|---|---|
| `t` | seconds since the run began |
| `time` | the same as a date, in the site's time zone |
| `event` | one of the names below |
| `subject` | the device it is about |
| `by` | who tells it: a node, or `room` |
| `source` | `fact`: the room's own truth, of a pretend room only; `seen`: what a node saw, decided or did |

Whatever changes in a device is told twice in a pretend run: as a fact when it happens, and as seen when a
node notices. The judge takes facts where there are facts. In a story an event is written
`EVENT [SUBJECT | every ROLE] [detail=value ...]`; `by=control1` fits every event, and a detail or a value
that cannot be is an error.

*Sets* is the state that an event leaves its subject in: one state for each side of a device, and the last
event of a side counts for `finally:` and for the bars of a picture."""


def page(root: Path) -> Iterator[str]:
    yield from HEAD.replace("{example}", example(root)).splitlines()
    group = ""
    for name, row in rows():
        if name.partition(".")[0] != group:
            group = name.partition(".")[0]
            yield from (
                "",
                f"## {group}",
                "",
                "| event | says | sets | told by | details |",
                "|---|---|---|---|---|",
            )
        yield row


def example(root: Path) -> str:
    """A line of a real run: the linked disk's outage is confirmed."""
    from teiden.events_file import dumps_line
    from teiden.files.story_file import load_stories
    from teiden.rehearsal import rehearse

    (story,) = load_stories(root / "scenarios" / "site-outage.yaml")
    run = rehearse(story)
    return next(dumps_line(event, story.start) for event in run.told if event.name == "outage.confirmed")


def rows() -> Iterator[tuple[str, str]]:
    """Each event with its line; groups as the vocabulary has them. KeyError: one is not described here."""
    from sequencer.events import NAMES
    from teiden.judge.language import DETAILS

    groups = list(dict.fromkeys(name.partition(".")[0] for name in NAMES))
    for name, meaning in sorted(NAMES.items(), key=lambda item: groups.index(item[0].partition(".")[0])):
        told = EVENTS[name]
        sets = f"{meaning.aspect}: {meaning.state}" if meaning.aspect else ""
        details = "; ".join(_detail(key, values) for key, values in DETAILS.get(name, {}).items())
        yield name, f"| `{name}` | {told.means} | {sets} | {told.by} | {details} |"


def _detail(key: str, values: tuple[str, ...]) -> str:
    return f"`{key}`: {', '.join(values)}" if values else f"`{key}`"
