"""A gate before everything a control node writes: it counts, and kills the service where it is told to.

A point is one write of the journal or one command. *Before* it: the service dies with the write or the
command never made. *After* it: it is done, and the answer is the last that the service hears; it may still
say so, but nothing that it then does leaves it, not even a copy to its peer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import Any

import simpy

from sequencer.journal import Row
from sequencer.ports import Answer, JournalPort, Ports
from sequencer.run import Run
from sequencer.site import Job
from sim.later import after
from sim.node import Node
from sim.server import Server
from teiden.proof.disk import Disk, Spoiled

COMMANDS = (
    "switch_off", "switch_on",
    "shut_down", "force", "wake", "reboot", "run",
    "flush",
    "stop", "start", "restart",
)  # fmt: skip
"""Of all ports. What only looks passes by no gate."""
NEVER = float("inf")


class When(Enum):
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Point:
    """Something that a node was about to do for the n-th time, counted over all its lives."""

    node: str
    n: int
    what: str
    """`commit declared reference`, `flush linkeddisk`."""
    at_s: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The service on a node is killed at its n-th point, and begins again."""

    node: str
    n: int
    when: When
    again_s: float
    """Seconds until a new life begins; NEVER: its whole machine dies, and the other node takes over."""

    def __str__(self) -> str:
        again = "never" if self.again_s == NEVER else f"{self.again_s:g}"
        return f"{self.node}:{self.n}:{self.when.value}:{again}"

    @classmethod
    def parsed(cls, text: str) -> Cut:
        """As `str` writes it; ValueError else."""
        node, n, when, again = text.split(":")
        return cls(node, int(n), When(when), NEVER if again == "never" else float(again))


class Killed(BaseException):
    """Unwinds all that the service was just doing, up to whoever drives the clock; he calls `die`."""

    def __init__(self, die: Callable[[], None]) -> None:
        super().__init__()
        self.die = die


class Gate:
    """Before one node, through all its lives."""

    def __init__(
        self,
        env: simpy.Environment,
        node: Node,
        server: Server,
        cuts: Mapping[int, Cut],
        spoiled: Spoiled | None = None,
    ) -> None:
        """Lies over the node's ports from its next life on."""
        self._env = env
        self._node = node
        self._server = server
        self._cuts = cuts
        self.disk = Disk(node, spoiled)
        self._dying: Cut | None = None
        """It has heard the answer that is its last, in this very instant."""
        self.died: list[tuple[Cut, float]] = []
        """Of which cuts, and when."""
        self.points: list[Point] = []
        node.layer = self._laid

    @property
    def deaths(self) -> int:
        return len(self.died)

    def _laid(self, ports: Ports) -> Ports:
        devices: dict[str, Any] = {**ports.upses, **ports.servers, **ports.arrays, "cluster": ports.cluster}
        for name, port in devices.items():
            for command in COMMANDS:
                send = getattr(port, command, None)
                if send is not None:
                    setattr(port, command, partial(self._command, f"{command} {name}", send))
        for peer in ports.peers.values():
            setattr(peer, "copy", partial(self._copy, peer.copy))  # noqa: B010 - a method is laid over
        self.disk.begin(ports.journal)
        return replace(ports, journal=_Journal(ports.journal, self, self.disk))

    def _command(self, what: str, send: Callable[..., Answer[Any]], *given: Any, **more: Any) -> Answer[Any]:
        job = f" {given[0].name}" if given and isinstance(given[0], Job) else ""
        return self.passed(what + job, lambda: send(*given, **more))

    def passed(self, what: str, do: Callable[[], Answer[Any]]) -> Answer[Any]:
        """The answer; raises `Killed` where the service dies before it."""
        if self._dying is not None:
            raise Killed(partial(self._die, self._dying))
        n = len(self.points)
        self.points.append(Point(self._node.name, n, what, float(self._env.now)))
        cut = self._cuts.get(n)
        if cut is not None and cut.when is When.BEFORE:
            raise Killed(partial(self._die, cut))
        answer = do()
        if cut is not None:
            assert answer.callbacks is not None, f"{what} was answered in no time"
            answer.callbacks.append(partial(self._dies_of, cut, self._node.run))
        return answer

    def _dies_of(self, cut: Cut, run: Run | None, _: simpy.Event) -> None:
        """The answer has come. A life that ended meanwhile died of something else."""
        if self._node.run is run:
            self._dying = cut
            after(self._env, 0.0, partial(self._die, cut))

    def _copy(self, copy: Callable[..., None], *rows: Row) -> None:
        if self._dying is None:
            copy(*rows)

    def _die(self, cut: Cut) -> None:
        """Once: whoever has died at the next point already does not die again."""
        if any(cut == died_of for died_of, _ in self.died):
            return
        at_s = round(float(self._env.now), 3)  # as events tell their time
        self.died.append((cut, at_s))
        self._dying = None
        if cut.again_s == NEVER:
            self._server.crash()
            return
        self._node.kill(cut.again_s, "a cut of the proof")


class _Journal:
    """Behind the gate, on a disk that may fail."""

    def __init__(self, journal: JournalPort, gate: Gate, disk: Disk) -> None:
        self._gate = gate
        self._disk = disk
        self.rows = journal.rows

    @property
    def healthy(self) -> bool:
        return self._disk.healthy

    def commit(self, row: Row) -> Answer[None]:
        n = len(self._gate.points)
        what = f"commit {row.kind.value} {row.subject}"
        return self._gate.passed(what, lambda: self._disk.commit(n, row))
