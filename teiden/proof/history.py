"""One history: a story played in the pretend room with its services killed and its journals spoiled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sequencer.events import Event
from sequencer.facts import Facts
from sim.node import Node
from sim.room import Room
from teiden.garbage import few_collections
from teiden.judge.excuses import Excused, judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.verdict import judge
from teiden.language.say import speaking
from teiden.play import opening, run_until
from teiden.proof.disk import Spoiled
from teiden.proof.gate import Cut, Gate, Killed, Point
from teiden.story import Story


@dataclass(frozen=True, slots=True)
class History:
    """How it went."""

    events: list[Event]
    points: tuple[Point, ...]
    """What the nodes wrote and commanded, in the order of time."""
    end: dict[str, str]
    """The state of every device when it ended, and of the incident."""
    open_at: frozenset[str]
    """Nodes whose own journal says at the end that an incident is open."""
    died: tuple[tuple[Cut, float], ...]
    """Of which cuts services died, and when; the earliest first."""
    failed: bool
    """A journal came to the write at which it was to fail."""
    lived_s: float

    @property
    def deaths(self) -> int:
        return len(self.died)

    @property
    def died_s(self) -> float:
        """When the first service died; infinity if none did."""
        return self.died[0][1] if self.died else float("inf")


def lived(story: Story, cuts: Sequence[Cut] = (), spoiled: Spoiled | None = None) -> History:
    """Play it; what a service is told to die of is no exception to anybody outside."""
    room = Room(story.site, story.model, seed=story.seed, horizon_s=story.until_s, start=story.start)
    gates = [
        Gate(
            room.env,
            node,
            room.servers[name],
            {cut.n: cut for cut in cuts if cut.node == name},
            spoiled if spoiled is not None and spoiled.node == name else None,
        )
        for name, node in room.nodes.items()
    ]
    room.stream.fact(0.0, "run.started", story.site.name, **opening(story, room, story.seed))
    room.happen(story.happenings)
    with few_collections():
        room.begin()
        _run(room, story.until_s)
    for ups in room.upses.values():
        ups.tell_charge()
    room.stream.fact(story.until_s, "run.ended", story.site.name)
    points = sorted((p for gate in gates for p in gate.points), key=lambda p: (p.at_s, p.node, p.n))
    return History(
        room.stream.events,
        tuple(points),
        end_of(room),
        frozenset(name for name, node in room.nodes.items() if known_by(node).open),
        tuple(sorted((death for gate in gates for death in gate.died), key=lambda death: death[1])),
        any(gate.disk.failed for gate in gates),
        story.until_s,
    )


def _run(room: Room, until_s: float) -> None:
    while True:
        try:
            run_until(room, until_s)
        except Killed as killed:
            killed.die()
        else:
            return


def end_of(room: Room) -> dict[str, str]:
    """In a few words a device: what a person would look at in the morning."""
    end = {name: server.state.value for name, server in room.servers.items()}
    end |= {name: "on" if ups.output else "off" for name, ups in room.upses.items()}
    end |= {name: "ready" if array.ready else "not ready" for name, array in room.arrays.items()}
    end[room.cluster.name] = room.cluster.state.value
    end["incident"] = "open" if known_by(*room.nodes.values()).open else "closed"
    return end


def known_by(*nodes: Node) -> Facts:
    """What stands in their journals together."""
    facts = Facts()
    for node in nodes:
        facts.learn(node.rows, 0.0)
    return facts


def breaches(events: Sequence[Event], story: Story) -> tuple[list[Excused], list[Breach]]:
    """What is broken and excused by a fault of the story, and what nothing excuses."""
    with speaking("en"):
        verdict = judge(events, story.site)
    found = [breach for result in verdict.invariants for breach in result.breaches]
    return judged(found, events, story.happenings, story.site)
