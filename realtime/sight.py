"""How this node sees one device: polled at a fixed rate, as long as this life lasts.

The live counterpart of `sim/sight.py`, with the same promises: polls leave on a grid that does not drift,
every `on_line_s`, and every `on_battery_s` while the device is seen on battery, a step waits for it, or a
command has just been sent; the new rate counts from the last poll. A reading turns stale two periods and a
time-out after its request left, or when a look has failed, or after a gap of the clock.

There is never more than one request on its way. A poll that is due meanwhile is left out; a look joins a
request that has not left yet, and follows one that has: what it answers left after it was asked for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from math import floor, inf
from typing import Generic, TypeVar

from realtime.clock import WallClock
from realtime.line import Line
from sequencer.ports import Answer, Condition, Seen, Unreachable
from sequencer.site import Polling

S = TypeVar("S")

TRIES = 2
"""A look asks once more after a time-out."""

POKE_S = 1.0
"""Whatever pokes (SNMP traps, which anybody can forge): no more early polls than one in this (SEC-4)."""

AFTER_COMMAND_S = 30.0
"""After a command a device is polled at the faster rate until it tells something new, or for this long."""

HAIR_S = 1e-9


@dataclass
class Looking(Generic[S]):
    """Somebody who asked for a fresh reading."""

    asked_s: float
    tell: Callable[[S | Unreachable], object]
    tries: int = TRIES


class Sight(Generic[S]):
    """`phase`: where in its period its polling begins, 0..1, so that not all devices are polled at once.

    `same`: whether two statuses differ in drifting values at most. `fast`: whether a status is a reason to
    poll at the faster rate. `noticed(old, new)` as in the pretend room; None: not known, or not any more.
    """

    def __init__(
        self,
        env: WallClock,
        line: Line,
        read: Callable[[], Awaitable[S | Unreachable]],
        polling: Polling,
        *,
        phase: float,
        same: Callable[[S, S], bool],
        fast: Callable[[S], bool],
        noticed: Callable[[S | None, S | None], None],
    ) -> None:
        self._env = env
        self._line = line
        self._read = read
        self._polling = polling
        self._same = same
        self._fast = fast
        self._noticed = noticed
        self.trouble = ""
        """Why the last request had no answer; "" if it had one."""
        self._status: S | None = None
        self._at_s = -inf
        """When the request left that brought it."""
        self._stale = False
        self._blind_s = -inf
        """What left before this does not count: we were away since."""
        self._period_s = self._was_period_s = polling.on_line_s
        self._changed_s = -inf
        """When the rate changed last."""
        self._anchor_s = self._polled_s = float(env.now) - phase * self._period_s
        """Polls leave at this and whole periods later; the last one did then."""
        self._hot_until_s = -inf
        """Until then a command may still show its effect."""
        self._poked_s = -inf
        self._poke_planned = False
        self._age_s = inf
        """When we look next whether the reading has turned stale."""
        self._plan = 0
        self._watchers: list[tuple[Condition[S], Answer[Seen[S]], bool]] = []
        self._looking: list[Looking[S]] = []
        self._wanted_s = -inf
        """A request must leave at or after this; if what is on its way left sooner, one more follows."""
        self._flight: asyncio.Task[None] | None = None
        self._closed = False
        self._forget_gaps = env.on_gap(self._after_gap)
        self._plan_poll()

    def close(self) -> None:
        """The life is over: nothing is asked or answered any more."""
        if self._closed:
            return
        self._closed = True
        self._watchers.clear()
        self._looking.clear()
        self._forget_gaps()
        if self._flight is not None:
            self._flight.cancel()

    # Looking

    def seen(self) -> Seen[S]:
        if self._status is None:
            return Seen(None, -inf, fresh=False)
        fresh = not self._stale and float(self._env.now) <= self._good_until_s() + HAIR_S
        return Seen(self._status, self._at_s, fresh)

    def look(self) -> Answer[S | Unreachable]:
        """Ask now, and once more after a time-out."""
        answer: Answer[S | Unreachable] = Answer(self._env)
        self._env.wanted.add(answer)
        self._look(answer.succeed)
        return answer

    def until(self, condition: Condition[S], *, eager: bool = False) -> Answer[Seen[S]]:
        answer: Answer[Seen[S]] = Answer(self._env, withdraw=lambda: self._forget(answer))
        seen = self.seen()
        if seen.fresh and seen.status is not None and condition.met(seen.status):
            answer.succeed(seen)
            return answer
        self._watchers.append((condition, answer, eager))
        self._set_period()
        return answer

    def poke(self) -> None:
        """Something may have happened: poll early, though never more often than once in `POKE_S`."""
        if not self._poke_planned and not self._closed:
            self._poke_planned = True
            self._env.act(lambda: self._env.after(self._poked_s + POKE_S - float(self._env.now), self._poked))

    def commanded(self) -> None:
        """A command was just answered: look at once what it does, and closely for a while."""
        if self._closed:
            return
        self._hot_until_s = float(self._env.now) + AFTER_COMMAND_S
        self._env.after(AFTER_COMMAND_S, self._set_period)
        self._set_period()
        self._ask_after_now()

    def _forget(self, answer: Answer[Seen[S]]) -> None:
        self._watchers = [w for w in self._watchers if w[1] is not answer]
        self._set_period()

    def _look(self, tell: Callable[[S | Unreachable], object]) -> None:
        self._looking.append(Looking(self._env.wall_now, tell))
        self._ask()

    def _poked(self) -> None:
        self._poke_planned = False
        self._poked_s = float(self._env.now)
        self._ask_after_now()

    async def _look_after_gap(self, answered: asyncio.Event) -> None:
        await answered.wait()

    def _after_gap(self) -> Awaitable[None]:
        """First eyes, then timers: nothing that was read before counts; done when it was read anew."""
        self._blind_s = self._env.wall_now
        if self._status is not None and not self._stale:
            self._turn_stale()
        answered = asyncio.Event()
        self._look(lambda _: answered.set())
        return self._look_after_gap(answered)

    # Asking

    def _plan_poll(self) -> None:
        self._plan += 1
        plan, now_s = self._plan, float(self._env.now)
        periods = floor((now_s - self._anchor_s) / self._period_s + HAIR_S) + 1
        due_s = self._anchor_s + periods * self._period_s
        self._env.after(due_s - now_s, lambda: self._poll(due_s) if plan == self._plan else None)

    def _poll(self, due_s: float) -> None:
        if self._closed:
            return
        self._polled_s = due_s
        self._ask()
        self._plan_poll()

    def _ask_after_now(self) -> None:
        self._wanted_s = self._env.wall_now
        self._ask()

    def _ask(self) -> None:
        if self._flight is None and not self._closed:
            self._flight = self._env.start(self._fly())

    async def _fly(self) -> None:
        told, sent_s = await self._line.read(self._read)
        if isinstance(told, Unreachable):
            # One that refuses at once is not asked more often than one that is silent: it may be booting.
            rest_s = sent_s + self._polling.timeout_s - self._env.wall_now
            await self._env.passes(rest_s)
        self._env.act(lambda: self._arrived(told, sent_s))

    def _arrived(self, told: S | Unreachable, sent_s: float) -> None:
        self._flight = None
        if self._closed:
            return
        if isinstance(told, Unreachable):
            self.trouble = told.reason
            self._missed(told, sent_s)
        else:
            self.trouble = ""
            if sent_s >= self._blind_s:
                self._learn(told, sent_s)
            self._tell([looking for looking in self._looking if looking.asked_s <= sent_s], told)
        if self._looking or sent_s < self._wanted_s:
            self._ask()

    def _missed(self, told: Unreachable, sent_s: float) -> None:
        given_up = []
        for looking in self._looking:
            if looking.asked_s <= sent_s:
                looking.tries -= 1
                if looking.tries == 0:
                    given_up.append(looking)
        if given_up and self._status is not None and not self._stale:
            # Nobody answered twice: whatever was read before is no longer good for anything (S11).
            self._turn_stale()
        self._tell(given_up, told)

    def _tell(self, those: list[Looking[S]], told: S | Unreachable) -> None:
        self._looking = [looking for looking in self._looking if looking not in those]
        for looking in those:
            looking.tell(told)

    # Knowing

    def _learn(self, status: S, sent_s: float) -> None:
        old = None if self._stale else self._status
        told_anew = self._stale or self._status is None or not self._same(status, self._status)
        self._status, self._at_s, self._stale = status, sent_s, False
        if told_anew:
            self._hot_until_s = -inf
        self._set_period(sent_s)
        self._watch_age()
        if told_anew:
            self._noticed(old, status)
        met = [w for w in self._watchers if w[0].met(status)]
        if met:
            self._watchers = [w for w in self._watchers if w not in met]
            self._wake(met)
            self._set_period()

    def _turn_stale(self) -> None:
        self._stale = True
        self._noticed(self._status, None)
        watchers, self._watchers = self._watchers, []
        self._wake(watchers)
        self._set_period()

    def _wake(self, watchers: list[tuple[Condition[S], Answer[Seen[S]], bool]]) -> None:
        seen = self.seen()
        for _, answer, _ in watchers:
            answer.succeed(seen)

    def _good_until_s(self) -> float:
        """When the reading turns stale. A change of the rate makes none stale sooner."""
        good_s = self._polling.stale_after_s(self._period_s)
        if self._at_s < self._changed_s:
            good_s = max(good_s, self._polling.stale_after_s(self._was_period_s))
        return self._at_s + good_s

    def _watch_age(self) -> None:
        """One look at its age is planned at a time, unless it is needed sooner."""
        good_until_s = self._good_until_s()
        if good_until_s >= self._age_s:
            return
        self._age_s = good_until_s

        def look() -> None:
            if self._age_s != good_until_s or self._closed:
                return
            self._age_s = inf
            if self._stale:
                return
            if float(self._env.now) + HAIR_S >= self._good_until_s():
                self._turn_stale()
            else:
                self._watch_age()

        self._env.after(good_until_s - float(self._env.now), look)

    def _set_period(self, told_at_s: float | None = None) -> None:
        """Poll faster or slower: from the poll that told so, or from the last one."""
        if self._closed:
            return
        fast = (
            float(self._env.now) < self._hot_until_s
            or any(eager for _, _, eager in self._watchers)
            or (self._status is not None and self._fast(self._status))
        )
        period_s = self._polling.on_battery_s if fast else self._polling.on_line_s
        if period_s == self._period_s:
            return
        self._changed_s = float(self._env.now) if told_at_s is None else told_at_s
        self._anchor_s = self._polled_s if told_at_s is None else told_at_s
        self._was_period_s, self._period_s = self._period_s, period_s
        self._plan_poll()
