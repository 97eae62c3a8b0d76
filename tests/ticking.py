"""A poller that really polls, tick by tick, beside the pretend room's sight of the same device: an oracle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf

import simpy

from sequencer.ports import Condition
from sequencer.site import Polling
from sim.device import Device
from sim.later import after
from sim.model import NetworkModel
from sim.network import Path
from sim.sight import Sight

POLLING = Polling()
ENDS_S = 300.0


@dataclass(frozen=True)
class Shown:
    """A status with a discrete value, a drifting one, and a reason to poll fast."""

    value: int
    fast: bool = False
    level: float = 0.0


class Toy(Device[Shown]):
    """A device whose status the test sets; its level rises by one a second."""

    def __init__(self, env: simpy.Environment) -> None:
        super().__init__()
        self.env = env
        self.shown: Shown | None = Shown(0)

    def show(self, shown: Shown | None) -> None:
        self.shown = shown
        self.changed()

    def read(self) -> Shown | None:
        return None if self.shown is None else self.drifted(self.shown, float(self.env.now))

    def drifted(self, status: Shown, at_s: float) -> Shown:
        return Shown(status.value, status.fast, at_s)

    def same(self, a: Shown, b: Shown) -> bool:
        return (a.value, a.fast) == (b.value, b.fast)

    def fast(self, status: Shown) -> bool:
        return status.fast

    def crossing_s(self, condition: Condition[Shown]) -> float | None:
        return condition.charge_above_pct


@dataclass
class Ticking:
    """A poller as a driver would be: it really polls, waits for each reply, and looks at its watch.

    A reply counts if the device answered from before the request to the reply: of a poll that leaves at
    the very instant at which a silence ends nothing is expected, in whatever order the two happen. When
    the rate changes, the next poll is the new period after the last one (or the first such moment yet
    to come), and one that is on its way is not waited for.
    """

    env: simpy.Environment
    device: Toy
    path: Path
    notices: list[tuple[float, int | None]] = field(default_factory=list)
    status: Shown | None = None
    stale: bool = False
    known_at_s: float = -inf
    eager: set[int] = field(default_factory=set)
    """Steps that wait eagerly."""

    def __post_init__(self) -> None:
        self.period_s = self.was_s = POLLING.on_line_s
        self.changed_s = -inf
        self.anchor_s = self.last_poll_s = float(self.env.now) - self.path.phase() * self.period_s
        self.k = 0
        self.round = 0
        self.answers_since_s = -inf if self.device.shown is not None else inf
        self.device.add_sight(self.heard)
        self.env.process(self.polls(self.round))

    def heard(self) -> None:
        if self.device.shown is None:
            self.answers_since_s = inf
        elif self.answers_since_s == inf:
            self.answers_since_s = float(self.env.now)

    def polls(self, round_: int) -> Iterator[simpy.Event]:
        while True:
            self.k += 1
            poll_s = self.anchor_s + self.k * self.period_s
            if poll_s <= self.env.now and (self.k > 1 or poll_s < self.env.now or round_):
                continue
            yield self.env.timeout(max(0.0, poll_s - self.env.now))
            if self.round != round_:
                return
            self.last_poll_s = poll_s
            self.ask(poll_s, round_)

    def ask(self, poll_s: float, round_: int) -> None:
        def reply() -> None:
            status = self.device.read()
            unbroken = self.answers_since_s < poll_s and self.round == round_
            if unbroken and status is not None and not self.path.lost(poll_s):
                self.learn(status, poll_s)

        after(self.env, self.path.latency_s(poll_s), reply)

    def look(self, tries: int = 2) -> None:
        """Ask beside the polls, and once more after a time-out."""
        sent_s = float(self.env.now)

        def reply() -> None:
            status = self.device.read()
            if status is not None and not self.path.lost(sent_s):
                self.learn(status, sent_s)
            elif tries > 1:
                after(self.env, POLLING.timeout_s, lambda: self.look(tries - 1))
            else:
                after(self.env, POLLING.timeout_s, lambda: self.turn_stale(float(self.env.now), sent_s))

        after(self.env, self.path.latency_s(sent_s), reply)

    def learn(self, status: Shown, poll_s: float) -> None:
        if self.stale or self.status is None or not self.device.same(status, self.status):
            self.notices.append((round(float(self.env.now), 6), status.value))
        self.status, self.stale = status, False
        self.known_at_s = max(self.known_at_s, poll_s)
        self.rate(poll_s)
        self.expect_silence()

    def rate(self, asked_at_s: float | None) -> None:
        fast = bool(self.eager) or (self.status is not None and self.status.fast)
        period_s = POLLING.on_battery_s if fast else POLLING.on_line_s
        if period_s == self.period_s:
            return
        now_s = float(self.env.now)
        due_s = self.anchor_s + self.k * self.period_s
        if self.changed_s < due_s <= now_s + 1e-9:
            self.last_poll_s = due_s  # it leaves at this very instant, whichever of the two comes first
        self.anchor_s = self.last_poll_s = asked_at_s if asked_at_s is not None else self.last_poll_s
        self.changed_s = now_s if asked_at_s is None else asked_at_s
        self.was_s, self.period_s, self.k = self.period_s, period_s, 0
        self.round += 1
        self.env.process(self.polls(self.round))

    def wait(self, step: int, *, ends: bool = False) -> None:
        """A step begins or ends to wait eagerly."""
        self.eager = self.eager - {step} if ends else self.eager | {step}
        self.rate(None)
        self.expect_silence()

    def good_until_s(self) -> float:
        good_s = POLLING.stale_after_s(self.period_s)
        if self.known_at_s < self.changed_s:
            good_s = max(good_s, POLLING.stale_after_s(self.was_s))
        return self.known_at_s + good_s

    def turn_stale(self, at_s: float, unless_since_s: float) -> None:
        if self.status is None or self.stale or self.known_at_s >= unless_since_s:
            return
        self.stale = True
        self.notices.append((round(at_s, 6), None))
        self.eager = set()  # whoever waits is told that it is silent
        self.rate(None)

    def expect_silence(self) -> None:
        if self.status is None or self.stale:
            return

        def overdue() -> None:
            if self.env.now >= self.good_until_s():
                self.turn_stale(self.good_until_s(), inf)

        # A hair later: a poll of that very moment leaves first.
        after(self.env, self.good_until_s() + 1e-7 - float(self.env.now), overdue)


def path(seed: int, loss: float) -> Path:
    return Path(NetworkModel(latency_s=0.020, loss=loss), seed, "control1/1>toy")


@dataclass(frozen=True)
class Both:
    """A sight and a ticking poller of the same device, with the same draws."""

    env: simpy.Environment
    toy: Toy
    sight: Sight[Shown]
    ticking: Ticking
    noticed: list[tuple[float, int | None]]


def both(seed: int, loss: float) -> Both:
    env = simpy.Environment()
    toy, noticed = Toy(env), []
    ticking = Ticking(env, toy, path(seed, loss))

    def notice(_: Shown | None, new: Shown | None) -> None:
        noticed.append((round(float(env.now), 6), None if new is None else new.value))

    # What happens after the end of a run is nobody's business; the comparison stops well before it.
    sight = Sight(env, toy, path(seed, loss), POLLING, horizon_s=ENDS_S + 60.0, noticed=notice)
    return Both(env, toy, sight, ticking, noticed)
