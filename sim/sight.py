"""How one node sees one device: fixed-rate polls, of which only those that tell something new happen.

A device's state can be noticed only at a poll, so a change schedules one event: the first poll
after it that is answered. Nothing else is simulated; `seen()` computes what the last poll told. A
device that falls silent is noticed when the last reading turns stale. With loss in the network the
polls that would be lost in a row are found by looking at their draws, not by playing them.

Polls run at `on_line_s`, and at `on_battery_s` while the device is seen on battery or a step waits
for it; the new rate counts from the last poll. One that is on its way then, or when a silence ends,
is not waited for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import floor, inf
from typing import Generic, TypeVar

import simpy

from sequencer.ports import Answer, Condition, Seen, Unreachable
from sequencer.site import Polling
from sim.device import Device
from sim.later import after
from sim.network import Path

S = TypeVar("S")

SEARCHED_S = 1800.0
"""How far ahead losses in a row are looked for at once; most plans are overtaken long before."""


class Sight(Generic[S]):
    """One node's view of one device, for one life of that node."""

    def __init__(
        self,
        env: simpy.Environment,
        device: Device[S],
        path: Path,
        polling: Polling,
        *,
        horizon_s: float = inf,
        reachable: Callable[[], bool] = lambda: True,
        noticed: Callable[[S | None, S | None], None] = lambda old, new: None,
    ) -> None:
        self._env = env
        self._device = device
        self._path = path
        self._polling = polling
        self._reachable = reachable
        self._noticed = noticed
        self._horizon_s = horizon_s
        self._status: S | None = None
        self._stale = False
        self._known_at_s = -inf
        """Of the last poll or look that was played and answered."""
        self._silent_since_s: float | None = None
        self._period_s = self._was_period_s = polling.on_line_s
        self._anchor_s = float(env.now) - path.phase() * self._period_s
        self._changed_s = -inf
        """When the rate changed last."""
        self._settled_s = self._anchor_s
        """What polls that left up to here have told is in `_known_at_s`."""
        self._watchers: list[tuple[Condition[S], Answer[Seen[S]], bool]] = []
        self._plan_id = 0
        self._network_changes = path.changes
        self._closed = False
        self._stopped = False
        """The life does nothing for a while (C7): no poll leaves, and no answer is read."""
        self._unread: list[Callable[[], None]] = []
        self._drawn = (-inf, -inf)
        """The last poll whose latency was drawn, and its reply; most are asked for several times."""
        self._told_at_s = self._told_until_s = -inf
        self._told: tuple[tuple[S, float, bool], Seen[S]] | None = None
        self._fast = False
        """Its status is a reason to poll at the faster rate."""
        device.add_sight(self.plan)
        if self._read() is None:
            self._silent_since_s = float(env.now)
        self.plan()

    def close(self) -> None:
        """The life is over: no poll of it happens any more."""
        self._closed = True
        self._plan_id += 1
        self._watchers.clear()
        self._device.remove_sight(self.plan)

    def stop(self) -> None:
        """Its life is stopped where it is (C7). What it has read by now it reads once more when it goes on,
        and how the device stood then is not kept for ever."""
        self.seen()
        self._known_at_s = self._last_answered_s(float(self._env.now))
        self._stopped = True
        self._plan_id += 1

    def go_on(self) -> Answer[S | Unreachable]:
        """Its life goes on: nothing that was read before counts, until this look has answered."""
        self._stopped = False
        if self._status is not None and not self._stale:
            self._turn_stale(self._known_at_s)
        self.plan()
        unread, self._unread = self._unread, []
        for ask_again in unread:
            ask_again()
        return self.look()

    # Looking

    def seen(self) -> Seen[S]:
        if self._status is None:
            return Seen(None, -inf, fresh=False)
        now_s = float(self._env.now)
        if (now_s == self._told_at_s or now_s < self._told_until_s) and self._told is not None:
            return self._told[1]  # nothing has been noticed since, and no poll has been answered
        at_s = self._last_answered_s(now_s)
        good_until_s = self._good_until_s(at_s)
        fresh = not self._stale and now_s <= good_until_s + 1e-9
        key = (self._status, at_s, fresh)
        if self._told is not None and self._told[0][:2] == key[:2] and not fresh:
            self._told = (key, replace(self._told[1], fresh=False))
        elif self._told is None or self._told[0] != key:
            # A device answers with what holds when the request arrives, a latency after it left.
            answered_s = min(now_s, at_s + self._path.latency_s(at_s))
            self._told = (key, Seen(self._device.drifted(self._status, answered_s), at_s, fresh))
        self._told_at_s = now_s
        self._told_until_s = min(self._next_poll_s(now_s, at_s), good_until_s if fresh else inf)
        return self._told[1]

    def look(self) -> Answer[S | Unreachable]:
        """Ask now, and once more after a time-out."""
        answer: Answer[S | Unreachable] = Answer(self._env)
        self._try_look(answer, tries=2)
        return answer

    def until(self, condition: Condition[S], *, eager: bool = False) -> Answer[Seen[S]]:
        answer: Answer[Seen[S]] = Answer(self._env, withdraw=lambda: self._forget(answer))
        seen = self.seen()
        if seen.fresh and seen.status is not None and condition.met(seen.status):
            answer.succeed(seen)
            return answer
        self._watchers.append((condition, answer, eager))
        if self._set_period() or self._threshold(condition):
            self.plan()
        return answer

    def _forget(self, answer: Answer[Seen[S]]) -> None:
        before = len(self._watchers)
        self._watchers = [w for w in self._watchers if w[1] is not answer]
        if len(self._watchers) != before and self._set_period():
            self.plan()

    def _try_look(self, answer: Answer[S | Unreachable], tries: int) -> None:
        sent_s = float(self._env.now)

        def arrive() -> None:
            if self._closed:
                return
            if self._stopped:  # what left before the stop does not count after it
                self._unread.append(lambda: self._try_look(answer, tries))
                return
            status = None if self._path.lost(sent_s) else self._read()
            if status is not None:
                self._learn(status, sent_s)
                answer.succeed(status)
            elif tries > 1:
                after(self._env, self._polling.timeout_s, lambda: self._try_look(answer, tries - 1))
            else:
                after(self._env, self._polling.timeout_s, lambda: self._look_failed(answer, sent_s))

        after(self._env, min(self._path.latency_s(sent_s), self._polling.timeout_s), arrive)

    def _look_failed(self, answer: Answer[S | Unreachable], sent_s: float) -> None:
        """Nobody answered twice: whatever was read before is no longer good for anything (S11)."""
        if self._closed:
            return
        if self._stopped:
            self._unread.append(lambda: self._try_look(answer, tries=1))
            return
        if self._status is not None and not self._stale and self.seen().at_s < sent_s:
            self._plan_id += 1
            self._turn_stale()
        answer.succeed(Unreachable())

    def _read(self) -> S | None:
        return self._device.read() if self._reachable() else None

    # Which poll is the next that tells something

    def plan(self) -> None:
        """Something may have changed: schedule the one poll, or the one silence, that will show it."""
        if self._stopped:
            return
        self._plan_id += 1
        self._told_at_s = self._told_until_s = -inf
        self._drawn = (-inf, -inf)  # its card may be slower now, or quicker
        now_s = float(self._env.now)
        if self._network_changes != self._path.changes:
            self._network_changes = self._path.changes
            self._settle(now_s)
        if not (self._reachable() and self._device.answers()):
            self._plan_silence(now_s)
        elif self._silent_since_s is not None:
            # What it answered before its silence is settled now; polls that leave later count.
            self._settle(now_s)
            self._silent_since_s = None
            self._plan_news(now_s, news=True)
        else:
            self._plan_news(now_s, self._status is None or self._stale or self._device.differs(self._status))

    def _plan_silence(self, now_s: float) -> None:
        if self._silent_since_s is None:
            self._silent_since_s = now_s
        if self._status is not None and not self._stale:
            self._schedule(self._good_until_s(self._last_answered_s(now_s)), self._turn_stale)

    def _plan_news(self, now_s: float, news: bool) -> None:
        at_s = self._next_answer_s(now_s) if news else inf
        for condition, _, _ in self._watchers:
            crossing_s = self._device.crossing_s(condition) if self._threshold(condition) else None
            if crossing_s is not None:
                at_s = min(at_s, self._next_answer_s(max(crossing_s, now_s)))
        gaps = self._path.loses or self._known_at_s < self._settled_s
        if gaps and self._status is not None and not self._stale:
            searched_s = min(at_s, self._horizon_s, now_s + SEARCHED_S)
            lapse_s = self._next_lapse_s(now_s, searched_s)
            if lapse_s < searched_s:
                self._schedule(lapse_s, self._turn_stale)
                return
            if searched_s < min(at_s, self._horizon_s) and self._path.loses:
                self._schedule(searched_s, self.plan)
                return
        self._schedule(at_s, self._poll)

    def _schedule(self, at_s: float, do: Callable[[], None]) -> None:
        if at_s == inf:
            return
        plan_id = self._plan_id
        after(self._env, at_s - float(self._env.now), lambda: do() if self._plan_id == plan_id else None)

    def _poll(self) -> None:
        status = self._read()
        if status is None:
            self.plan()
        else:
            self._learn(status, self._last_poll_s(float(self._env.now)))

    def _learn(self, status: S, asked_at_s: float) -> None:
        old = None if self._stale else self._status
        told_anew = self._stale or self._status is None or not self._device.same(status, self._status)
        self._status, self._stale = status, False
        self._fast = self._device.fast(status)
        self._told_at_s = self._told_until_s = -inf
        self._known_at_s = max(self._known_at_s, asked_at_s)
        self._silent_since_s = None
        self._set_period(asked_at_s)
        if told_anew:
            self._noticed(old, status)
        self._wake(status)
        self.plan()

    def _turn_stale(self, known_at_s: float | None = None) -> None:
        now_s = float(self._env.now)
        self._known_at_s = self._last_answered_s(now_s) if known_at_s is None else known_at_s
        self._stale = True
        self._told_at_s = self._told_until_s = -inf
        self._noticed(self._status, None)
        seen = self.seen()
        watchers, self._watchers = self._watchers, []
        for _, answer, _ in watchers:
            answer.succeed(seen)
        self._set_period()
        if self._read() is not None:
            self._schedule(self._next_answer_s(float(self._env.now)), self._poll)

    def _wake(self, status: S) -> None:
        met = [w for w in self._watchers if w[0].met(status)]
        if met:
            self._watchers = [w for w in self._watchers if w not in met]
            seen = self.seen()
            for _, answer, _ in met:
                answer.succeed(seen)
            self._set_period()

    @staticmethod
    def _threshold(condition: Condition[S]) -> bool:
        return condition.runtime_below_s is not None or condition.charge_above_pct is not None

    # The arithmetic of polls

    def _good_until_s(self, at_s: float) -> float:
        """When a reading of that time turns stale. A change of the rate makes none stale sooner."""
        good_s = self._polling.stale_after_s(self._period_s)
        if at_s < self._changed_s:
            good_s = max(good_s, self._polling.stale_after_s(self._was_period_s))
        return at_s + good_s

    def _set_period(self, asked_at_s: float | None = None) -> bool:
        """Poll faster or slower, from the poll that told so or from the last one. Whether that changed."""
        fast = self._fast
        for watcher in self._watchers:
            fast = fast or watcher[2]
        period_s = self._polling.on_battery_s if fast else self._polling.on_line_s
        if period_s == self._period_s:
            return False
        now_s = float(self._env.now)
        polls = max(0, floor((now_s - self._anchor_s) / self._period_s + 1e-9))
        last_s = self._anchor_s + polls * self._period_s
        if last_s <= self._changed_s:
            last_s = self._anchor_s  # none has left since the rate changed last
        at_s = now_s if asked_at_s is None else asked_at_s
        self._settle(at_s)
        self._anchor_s = last_s if asked_at_s is None else asked_at_s
        self._was_period_s, self._period_s, self._changed_s = self._period_s, period_s, at_s
        return True

    def _settle(self, at_s: float) -> None:
        """Keep what the polls have told so far; only those that leave after this time count from here on."""
        self._known_at_s = self._last_answered_s(float(self._env.now))
        self._settled_s = at_s
        self._told_at_s = self._told_until_s = -inf

    def _replied_by(self, poll_s: float, end_s: float) -> bool:
        """Whether the reply to this poll was there by then; the draw is looked at only if it matters."""
        return poll_s + self._path.longest_latency_s <= end_s or self._reply_s(poll_s) <= end_s + 1e-9

    def _reply_s(self, poll_s: float) -> float:
        if poll_s != self._drawn[0]:
            self._drawn = (poll_s, poll_s + self._path.latency_s(poll_s))
        return self._drawn[1]

    def _last_poll_s(self, now_s: float) -> float:
        """The instant at which the poll left whose reply comes now."""
        k = max(0, floor((now_s - self._anchor_s) / self._period_s + 1e-9))
        while k > 0 and not self._replied_by(self._anchor_s + k * self._period_s, now_s):
            k -= 1
        return self._anchor_s + k * self._period_s

    def _first_from(self, from_s: float) -> int:
        """Number of the first poll that left after the last settlement and is replied at or after this."""
        k = max(1, floor((from_s - self._anchor_s) / self._period_s))
        while (poll_s := self._anchor_s + k * self._period_s) <= self._settled_s or (
            poll_s < from_s and self._reply_s(poll_s) < from_s - 1e-9
        ):
            k += 1
        return k

    def _next_answer_s(self, from_s: float) -> float:
        """The first reply at or after this time that is not lost; inf: none up to the horizon."""
        if self._path.hopeless:
            return inf  # as it is now; a network that gets better is planned for anew
        k = self._first_from(from_s)
        while self._path.lost(poll_s := self._anchor_s + k * self._period_s):
            k += 1
            if self._anchor_s + k * self._period_s > self._horizon_s:
                return inf
        return self._reply_s(poll_s)

    def _last_answered_s(self, now_s: float) -> float:
        """When the poll left whose reply is the last so far, played or not."""
        if self._stale:
            return self._known_at_s
        end_s = now_s if self._silent_since_s is None else min(now_s, self._silent_since_s)
        k = floor((end_s - self._anchor_s) / self._period_s + 1e-9)
        while (poll_s := self._anchor_s + k * self._period_s) > self._settled_s:
            if self._replied_by(poll_s, end_s) and not self._path.lost(poll_s):
                return max(self._known_at_s, poll_s)
            k -= 1
        return self._known_at_s

    def _next_poll_s(self, now_s: float, at_s: float) -> float:
        """Until when the last answer, of a poll of that time, stays the last; now where one is on its way."""
        if self._stale or (self._silent_since_s is not None and self._silent_since_s <= now_s):
            return inf
        k = floor((now_s - self._anchor_s) / self._period_s + 1e-9)
        if at_s < self._anchor_s + k * self._period_s > self._settled_s:
            return now_s
        return self._anchor_s + (k + 1) * self._period_s - 1e-6

    def _next_lapse_s(self, from_s: float, until_s: float) -> float:
        """When so many polls in a row had no answer that the reading turns stale; inf: not before then."""
        good_until_s = self._good_until_s(self._last_answered_s(from_s))
        k = self._first_from(from_s)
        loses, longest_s = self._path.loses, self._path.longest_latency_s
        while good_until_s < until_s:
            poll_s = self._anchor_s + k * self._period_s
            # The draw of its latency is looked at only where it matters.
            if poll_s + longest_s > good_until_s and self._reply_s(poll_s) > good_until_s:
                return good_until_s
            if not loses:
                return inf
            if not self._path.lost(poll_s):
                good_until_s = self._good_until_s(poll_s)
            k += 1
        return inf
