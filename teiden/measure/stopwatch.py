"""A stopwatch over a stream of events: cluster stops, server stops, flushes, boots, of every device.

It starts at our command and stops when the device is done; where the command is another node's, or a hand's,
it starts when the device is first seen at it, which is up to one look later. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum

from sequencer.events import Event, Source

ECHO_S = 30.0
"""So long after the end another node may still tell of the beginning: it looks later, and begins nothing."""
AWAY_S = 1.0
"""A service that was stopped for no longer than this has missed nothing."""


class Kind(Enum):
    CLUSTER_STOP = "cluster-stop"
    SERVER_STOP = "server-stops"
    FLUSH = "flushes"
    BOOT = "boots"
    """Of a server, an array, the cluster."""


class Cut(Enum):
    """Why a duration is not known: it was longer than this."""

    TIMED_OUT = "timed out"
    FORCED = "forced"
    POWER_LOST = "lost its power"
    NOT_SEEN = "not seen to end"
    AWAY = "the service was away"
    """Nobody looked in between: neither longer nor shorter than anything."""


@dataclass(frozen=True, slots=True)
class Measured:
    kind: Kind
    device: str
    at: datetime
    """When it began, UTC."""
    took_s: float
    """With a `cut`: at least so long."""
    cut: Cut | None
    by_command: bool
    """It was begun by a command in this stream; else by what was seen."""
    fact: bool
    """A pretend room's own truth; else as it was seen, up to one look late."""

    @property
    def whole(self) -> bool:
        return self.cut is None

    @property
    def longer(self) -> bool:
        """It says that something takes longer than this."""
        return self.cut is not None and self.cut is not Cut.AWAY


@dataclass(slots=True)
class _Open:
    began_s: float
    last_s: float
    by: str
    by_command: bool
    cut: Cut | None = None
    cut_s: float = 0.0
    away: bool = False


COMMANDS = {
    "stop": Kind.CLUSTER_STOP,
    "shutdown": Kind.SERVER_STOP,
    "flush": Kind.FLUSH,
    "wake": Kind.BOOT,
}
BEGINS = {
    "cluster.stopping": Kind.CLUSTER_STOP,
    "server.shutting_down": Kind.SERVER_STOP,
    "array.flushing": Kind.FLUSH,
    "server.booting": Kind.BOOT,
    "array.starting": Kind.BOOT,
    "cluster.starting": Kind.BOOT,
}
ENDS = {
    "cluster.stopped": Kind.CLUSTER_STOP,
    "server.halted": Kind.SERVER_STOP,
    "array.flushed": Kind.FLUSH,
    "server.up": Kind.BOOT,
    "array.ready": Kind.BOOT,
    "cluster.running": Kind.BOOT,
}
CUTS = {
    "cluster.forced": ((Kind.CLUSTER_STOP, Cut.FORCED), (Kind.BOOT, Cut.NOT_SEEN)),
    "cluster.stopping": ((Kind.BOOT, Cut.NOT_SEEN),),
    "cluster.stopped": ((Kind.BOOT, Cut.NOT_SEEN),),
    "cluster.starting": ((Kind.CLUSTER_STOP, Cut.NOT_SEEN),),
    "cluster.running": ((Kind.CLUSTER_STOP, Cut.NOT_SEEN),),
    "server.forced": ((Kind.SERVER_STOP, Cut.FORCED), (Kind.BOOT, Cut.FORCED)),
    "server.crashed": ((Kind.SERVER_STOP, Cut.POWER_LOST), (Kind.BOOT, Cut.POWER_LOST)),
    "server.shutting_down": ((Kind.BOOT, Cut.NOT_SEEN),),
    "server.halted": ((Kind.BOOT, Cut.NOT_SEEN),),
    "server.booting": ((Kind.SERVER_STOP, Cut.NOT_SEEN),),
    "server.up": ((Kind.SERVER_STOP, Cut.NOT_SEEN),),
    "array.lost_data": ((Kind.FLUSH, Cut.POWER_LOST),),
    "array.off": ((Kind.FLUSH, Cut.POWER_LOST), (Kind.BOOT, Cut.POWER_LOST)),
}
"""What shows that something which was under way will not end any more."""
GOALS = {
    "stopped": Kind.CLUSTER_STOP,
    "halted": Kind.SERVER_STOP,
    "flushed": Kind.FLUSH,
    "up": Kind.BOOT,
    "ready": Kind.BOOT,
    "running": Kind.BOOT,
}
"""Steps by their goal, as `step.timed_out` names it."""
DONE_BY_FORCE = frozenset(("cluster.stopped", "server.halted"))


@dataclass(slots=True)
class Stopwatch:
    """Give it every event of one timeline, `instant_s` in seconds since 1970, then `close` it.

    `facts`: the stream knows what really happened to devices; what nodes saw of them does not count then.
    """

    facts: bool
    told: Callable[[Measured], None]
    _open: dict[tuple[Kind, str], _Open] = field(default_factory=dict)
    _over_s: dict[tuple[Kind, str], float] = field(default_factory=dict)
    _lives: dict[str, str] = field(default_factory=dict)

    def take(self, instant_s: float, event: Event) -> None:
        if event.name in _DEEDS:
            _DEEDS[event.name](self, instant_s, event)
        elif event.name in _CHANGES and (event.source is Source.FACT) is self.facts:
            self._change(instant_s, event)

    def begin(self, kind: Kind, device: str, instant_s: float) -> None:
        """By hand: from now on, whoever gave the command."""
        self._open[kind, device] = _Open(instant_s, instant_s, "", by_command=True)

    def close(self, instant_s: float | None = None) -> None:
        """The stream is over. What is still under way was not seen to end.

        `instant_s`: until when everything that happened is known; None: only what was told is.
        """
        for kind, device in list(self._open):
            self._cut(kind, device, instant_s, Cut.NOT_SEEN)

    # Deeds of the sequencer

    def _sent(self, instant_s: float, event: Event) -> None:
        command = _text(event, "command")
        if command == "force":
            why = Cut.NOT_SEEN if _own(event) else Cut.FORCED
            self._cut(Kind.CLUSTER_STOP, event.subject, instant_s, why)
            self._cut(Kind.SERVER_STOP, event.subject, instant_s, why)
        if command not in COMMANDS:
            return
        kind = COMMANDS[command]
        running = self._open.get((kind, event.subject))
        if running is None:
            self._open[kind, event.subject] = _Open(instant_s, instant_s, event.by, by_command=True)
        elif not running.by_command and instant_s - running.began_s < ECHO_S:
            running.by_command, running.began_s = True, min(running.began_s, instant_s)

    def _failed(self, instant_s: float, event: Event) -> None:
        """Nobody knows whether it had an effect: then the device is seen at it, and that begins."""
        kind = COMMANDS.get(_text(event, "command"))
        running = self._open.get((kind, event.subject)) if kind is not None else None
        if kind is not None and running is not None and running.last_s == running.began_s:
            del self._open[kind, event.subject]

    def _timed_out(self, instant_s: float, event: Event) -> None:
        kind = Kind.FLUSH if event.name == "array.flush_timed_out" else GOALS.get(_text(event, "step"))
        running = self._open.get((kind, event.subject)) if kind is not None else None
        if running is not None and running.cut is None and not _own(event):
            running.cut, running.cut_s = Cut.TIMED_OUT, instant_s

    def _gap(self, instant_s: float, event: Event) -> None:
        lost_s = event.details.get("lost_s")
        if self.facts or not isinstance(lost_s, int | float) or lost_s > AWAY_S:
            self._away(event.by)

    def _started(self, instant_s: float, event: Event) -> None:
        """Another life of this node: what its earlier one had begun was not looked at in between."""
        life = _text(event, "life")
        if life and self._lives.setdefault(event.by, life) != life:
            self._lives[event.by] = life
            self._away(event.by)

    def _away(self, by: str) -> None:
        for running in self._open.values():
            running.away = running.away or running.by == by

    # Changes of devices

    def _change(self, instant_s: float, event: Event) -> None:
        device = event.subject
        for kind, why in CUTS.get(event.name, ()):
            self._cut(kind, device, instant_s, why)
        ended = ENDS.get(event.name)
        if ended is not None:
            self._end(ended, instant_s, event)
        begun = BEGINS.get(event.name)
        if begun is not None:
            self._begun(begun, instant_s, event)

    def _begun(self, kind: Kind, instant_s: float, event: Event) -> None:
        running = self._open.get((kind, event.subject))
        if running is not None:
            running.last_s = instant_s
            return
        over_s = self._over_s.get((kind, event.subject))
        if not self.facts and over_s is not None and instant_s - over_s < ECHO_S:
            return
        self._open[kind, event.subject] = _Open(instant_s, instant_s, event.by, by_command=False)

    def _end(self, kind: Kind, instant_s: float, event: Event) -> None:
        running = self._open.pop((kind, event.subject), None)
        self._over_s[kind, event.subject] = instant_s
        if running is None:
            return
        cut = Cut.AWAY if running.away else None
        if event.name in DONE_BY_FORCE and event.details.get("forced") is True:
            cut = Cut.FORCED
        elif event.name == "cluster.stopped" and event.details.get("cause", "command") != "command":
            cut = Cut.POWER_LOST
        self._tell(kind, event.subject, running, instant_s, cut)

    def _cut(self, kind: Kind, device: str, instant_s: float | None, why: Cut) -> None:
        running = self._open.pop((kind, device), None)
        if running is None:
            return
        until_s = running.last_s if instant_s is None else instant_s
        if why is Cut.NOT_SEEN and not self.facts:
            until_s = running.last_s  # silence is no evidence that it went on
        if running.cut is not None:
            why, until_s = (why if why is Cut.FORCED else running.cut), max(running.cut_s, running.last_s)
        if running.away:
            why = Cut.AWAY
        if instant_s is not None:
            self._over_s[kind, device] = instant_s
        self._tell(kind, device, running, until_s, why)

    def _tell(self, kind: Kind, device: str, running: _Open, until_s: float, cut: Cut | None) -> None:
        at = datetime.fromtimestamp(running.began_s, UTC)
        took_s = round(until_s - running.began_s, 3)
        self.told(Measured(kind, device, at, took_s, cut, running.by_command, self.facts))


def _own(event: Event) -> bool:
    """A node about itself: nobody sees his own end, so that he did not see it says nothing."""
    return event.by == event.subject


def _text(event: Event, key: str) -> str:
    value = event.details.get(key)
    return value if isinstance(value, str) else ""


_DEEDS: Mapping[str, Callable[[Stopwatch, float, Event], None]] = {
    "command.sent": Stopwatch._sent,
    "command.failed": Stopwatch._failed,
    "step.timed_out": Stopwatch._timed_out,
    "array.flush_timed_out": Stopwatch._timed_out,
    "clock.gap": Stopwatch._gap,
    "run.started": Stopwatch._started,
}
_CHANGES = frozenset((*BEGINS, *ENDS, *CUTS))
WANTED = frozenset((*_DEEDS, *_CHANGES, "run.ended"))
"""Events that a stopwatch needs; all others may be left out."""
