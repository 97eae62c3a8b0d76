"""The wall clock of live mode: SimPy's events, each at its time of day, driven by an asyncio loop.

The loop is asked to wake us for the first event only. Whatever is due then is run in slices, and sockets
have their turn in between. News from outside is brought in at the wall's now, after all that was due
before it: a trap at 0.5 s followed by "confirm 0.4 s" confirms at 0.9 s. Late work is counted, never refused.

After a gap (the machine slept, we were stopped) it is first eyes, then timers: whoever looks at devices is
asked to look again, and only when all have, or a limit has passed, is run what has become overdue: at
the wall's now, each with all that follows from it, so that no limit that begins then has passed already.
Where nobody looks (the emulator's room) it is run at once, at its own times. See docs/adr/0024.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from math import inf, isfinite
from typing import Any, NoReturn, TypeVar

import simpy
from simpy.core import SimTime
from simpy.events import NORMAL, URGENT, EventPriority

from realtime.eyes import Eyes, Look
from realtime.gaps import BOOTTIME, Gap, Sleep
from realtime.lateness import Lateness
from realtime.overdue import Overdue
from realtime.wanted import Wanted
from realtime.work import Work, unused
from sequencer.ports import Answer

T = TypeVar("T")

SLICE_S = 0.005
"""Events are run for this long at a time, seconds of wall time; then sockets have their turn."""

BEAT_S = 1.0
"""We wake at least this often, seconds of wall time: a gap is noticed although nothing is due."""

STALL_S = 2.0
"""Woken this much later than we asked to be, seconds of wall time, we have missed something."""

LOOK_LIMIT_S = 5.0
"""After a gap nobody is waited for longer than this, seconds of wall time: two time-outs and more."""

GAPS_KEPT = 1000

log = logging.getLogger(__name__)


def quietly(seconds: float, cause: str) -> None:
    """Nobody wants to be told of gaps; they are kept in `gaps` all the same."""


class WallClock(simpy.Environment):
    """`live` drives it. Everything is used on the loop's thread but `inject`, which any thread may call.

    `origin_s`: the time.monotonic() at which env.now is 0; None: now. Processes of one machine that are
    given the same origin and rate show the same time; before it env.now stands at 0. `rate`: seconds of
    env.now in a second of wall time. `told(seconds, cause)` is called at each gap, at the wall's now if
    somebody looks at devices. `monotonic` and `boottime` are the system's clocks.
    """

    def __init__(
        self,
        *,
        rate: float = 1.0,
        origin_s: float | None = None,
        stall_s: float = STALL_S,
        look_limit_s: float = LOOK_LIMIT_S,
        told: Callable[[float, str], None] = quietly,
        monotonic: Callable[[], float] = time.monotonic,
        boottime: Callable[[], float] | None = BOOTTIME,
    ) -> None:
        self._monotonic = monotonic
        self._rate = checked(rate)
        self._origin_s = monotonic() if origin_s is None else origin_s
        super().__init__(0.0 if origin_s is None else max(0.0, self.wall_now))
        self.told = told
        self.lateness = Lateness()
        self.gaps: deque[Gap] = deque(maxlen=GAPS_KEPT)
        """The last ones, oldest first."""
        self._stall_s = stall_s
        self._sleep = Sleep(monotonic, boottime)
        self._work = Work(self._fail)
        self._eyes = Eyes(self._work, look_limit_s)
        """While they look, after a gap, nothing is run."""
        self._overdue = Overdue()
        self._ended: asyncio.Future[None] | None = None
        self._broken: BaseException | None = None
        self._busy = False
        """An event is being run, or news is brought in: this very moment is env.now."""
        self._timer: asyncio.Handle | None = None
        self._wake_s = inf
        """When the loop is to wake us, as `monotonic` tells it; inf: it is not."""
        self._live_from_s = -inf
        self.wanted = Wanted()
        self._pace_changed = asyncio.Event()
        """Set, and another one taken, whenever origin or rate are no longer what sleepers went by."""

    # Time

    def begin(self, origin_s: float) -> None:
        """env.now is 0 at this time.monotonic(): said to a clock that stands at 0 and waits for it."""
        assert self._now == 0.0, "it has begun already"
        self._origin_s = origin_s
        self._disarm()
        self._arm()

    @property
    def wall_now(self) -> float:
        """Env time at this very moment; `now` is the last event's."""
        return (self._monotonic() - self._origin_s) * self._rate

    @property
    def rate(self) -> float:
        return self._rate

    @property
    def origin_s(self) -> float:
        """For another process that is to show the same time from now on, together with `rate`."""
        return self._origin_s

    def set_rate(self, rate: float) -> None:
        """Go on faster or slower from this moment. Other processes are not told."""

        def change() -> None:
            monotonic_s = self._monotonic()
            now_s = (monotonic_s - self._origin_s) * self._rate
            self._rate = checked(rate)
            self._origin_s = monotonic_s - now_s / self._rate
            self._changed_pace()

        self.act(change)

    def after(self, delay_s: float, do: Callable[[], object]) -> None:
        """Call `do` after this delay. Whoever may change its mind compares a plan number inside `do`."""

        def happen(_: simpy.Event) -> None:
            do()

        self.timeout(max(0.0, delay_s)).callbacks.append(happen)

    def keep_to(self, origin_s: float, rate: float) -> None:
        """Go by another process's clock from now on. Where that is behind, ours stands until it has come."""
        self._origin_s, self._rate = origin_s, checked(rate)
        self._changed_pace()
        self._disarm()
        self._arm()

    async def passes(self, seconds: float) -> None:
        """So much time from now, whatever the pace becomes meanwhile; also while eyes look after a gap."""
        ends_s = self.wall_now + seconds
        while (rest_s := ends_s - self.wall_now) > 0:
            changed = self._pace_changed
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), rest_s / self._rate)

    def _changed_pace(self) -> None:
        changed, self._pace_changed = self._pace_changed, asyncio.Event()
        changed.set()

    def skip_quiet(self) -> None:
        """The next event is due now. For a rehearsal that nobody watches: other clocks are not told."""
        quiet_s = self.peek() - max(self.wall_now, self._now)
        if 0 < quiet_s < inf:
            self._origin_s -= quiet_s / self._rate
            self._changed_pace()
            self._disarm()
            self._arm()

    # News from outside

    def act(self, do: Callable[[], T]) -> T:
        """All that is due is run first, then `do` at the wall's now. Callbacks of sockets use this.

        While eyes look after a gap nothing is run, but `do` is. What it raises is the caller's; raises
        RuntimeError when an event has failed, of which `live` tells more.
        """
        if self._busy:
            return do()
        self._busy = True
        try:
            self._run_due(inf)
            self._now = max(self._now, self.wall_now)
            return do()
        finally:
            self._busy = False
            self._arm()

    def inject(self, do: Callable[[], object]) -> None:
        """`act` from any thread. What `do` raises ends `live`. Raises RuntimeError if no loop runs us."""
        if self._work.loop is None:
            raise RuntimeError("no loop drives this clock yet")
        self._work.loop.call_soon_threadsafe(self._injected, do)

    def _injected(self, do: Callable[[], object]) -> None:
        try:
            self.act(do)
        except Exception as error:
            self._fail(error)

    def ask(self, work: Awaitable[T], trouble: Callable[[str], T]) -> Answer[T]:
        """Let the loop do this work; answers at the wall's now, with `trouble(why)` if the work raises.

        Withdrawn, the work is still done, and what comes of it is forgotten.
        """
        wanted = True

        def forget() -> None:
            nonlocal wanted
            wanted = False

        async def done() -> None:
            try:
                value = await work
            except Exception as error:
                log.exception("a request of ours failed")
                value = trouble(f"{type(error).__name__}: {error}")
            if wanted:
                self.act(lambda: answer.succeed(value))

        answer: Answer[T] = Answer(self, withdraw=forget)
        self.start(done()).add_done_callback(lambda _: unused(work))
        return answer

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let the loop do this; `close` cancels it. What it raises ends `live`."""
        return self._work.start(work)

    # Driving

    async def live(self, until: simpy.Event | float | None = None) -> None:
        """Drive it until this event has been run or this time has come; None: for ever.

        Raises what an event has failed with for which nobody waited. May be called again afterwards.
        """
        assert self._ended is None, "it is driven already"
        if isinstance(until, simpy.Event) and until.processed:
            return
        self._work.loop = asyncio.get_running_loop()
        self._ended = self._work.loop.create_future()
        self._live_from_s = self._monotonic()
        try:
            if until is not None:
                self._end_at(until, self._ended)
            self._arm()
            await self._ended
        finally:
            self._ended = None
            self._disarm()

    def run(self, until: SimTime | simpy.Event | None = None) -> NoReturn:
        """Nobody can hurry the wall's time."""
        raise RuntimeError("a wall clock is driven by live()")

    async def close(self) -> None:
        """Cancel what the loop still does for us. Nothing is answered any more."""
        await self._work.close()

    def _end_at(self, until: simpy.Event | float, ended: asyncio.Future[None]) -> None:
        def came(event: simpy.Event) -> None:
            if ended.done():
                return
            if event.ok:
                ended.set_result(None)
            else:
                event.defused = True
                error = event.value
                assert isinstance(error, BaseException)
                ended.set_exception(error)

        if not isinstance(until, simpy.Event):
            end = self.event()
            end._ok, end._value = True, None
            self.schedule(end, URGENT, max(0.0, until - self._now))  # before all that is due then
            until = end
        until.callbacks.append(came)

    def _fail(self, error: BaseException) -> None:
        if self._broken is None:
            self._broken = error
        if self._ended is not None and not self._ended.done():
            self._ended.set_exception(error)

    def _pump(self) -> None:
        """What the loop wakes us for."""
        self._timer = None
        self._busy = True
        try:
            self._run_due(SLICE_S)
        except Exception as error:
            self._fail(error)
        finally:
            self._busy = False
            self._arm()

    def _run_due(self, for_s: float) -> None:
        """Run what is due now, for so many seconds of wall time at most."""
        if self._broken is not None:
            raise RuntimeError("an event has failed") from self._broken
        self._mind_the_gap(self._wake_s)
        begun_s = monotonic_s = self._monotonic()
        until_s = (begun_s - self._origin_s) * self._rate
        while not self._eyes.looking and monotonic_s - begun_s < for_s and self._is_next(until_s):
            try:
                self.step()
            except Exception as error:
                self._fail(error)
                raise
            monotonic_s = self._monotonic()
            due_s = max(self._origin_s + self._now / self._rate, self._live_from_s)
            self.lateness.add(monotonic_s - due_s)
            if self._ended is not None and self._ended.done():
                break
        self._mind_the_gap(begun_s)  # a single event that takes so long is a stall too

    def _is_next(self, until_s: float) -> bool:
        """Whether an event is due; of those overdue since a gap one at a time, when nothing else is."""
        if self._queue and self._queue[0][0] <= until_s:
            return True
        return self._overdue.next(self._queue, until_s)

    def schedule(self, event: simpy.Event, priority: EventPriority = NORMAL, delay: SimTime = 0) -> None:
        super().schedule(event, priority, delay)
        if not self._busy and self._ended is not None:
            self._arm()

    def _arm(self) -> None:
        """Ask the loop to wake us for what is due first, and for the beat at the latest."""
        loop = self._work.loop
        if loop is None or self._ended is None or self._ended.done():
            return
        head_s = inf if self._eyes.looking else -inf if self._overdue else self.peek()
        monotonic_s = self._monotonic()
        wake_s = min(max(self._origin_s + head_s / self._rate, monotonic_s), monotonic_s + BEAT_S)
        if self._timer is not None and self._wake_s <= wake_s:
            return  # we shall see then
        self._disarm()
        self._wake_s = wake_s
        if wake_s <= monotonic_s:
            self._timer = loop.call_soon(self._pump)
        else:
            self._timer = loop.call_later(wake_s - monotonic_s, self._pump)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._wake_s = None, inf

    # Gaps

    def on_gap(self, look: Look) -> Callable[[], None]:
        """After a gap call `look`: at once nothing read before counts any more, and when what it returns
        is done, it has been read anew. Gives a function that takes this back.
        """
        return self._eyes.add(look)

    def _mind_the_gap(self, expected_s: float) -> None:
        """Were we away? By then we should have been awake; inf: nobody knows."""
        late_s = max(0.0, self._monotonic() - expected_s)
        slept_s = self._sleep.slept_s()
        if not slept_s and late_s <= self._stall_s:
            return
        self._disarm()  # that time has passed; it is not late once more
        self._origin_s -= slept_s
        self._changed_pace()
        gap = Gap(self.wall_now, slept_s + late_s, "suspend" if slept_s else "stall")
        self.gaps.append(gap)
        log.warning("%.1f s were lost: %s", gap.lost_s, gap.cause)
        if self._eyes:
            self._queue = self._overdue.set_aside(self._queue)
            self._now = max(self._now, self.wall_now)
            self._eyes.look(self._looked)
        self.told(gap.lost_s, gap.cause)

    def _looked(self) -> None:
        self._queue = self._overdue.take_back(self._queue, self.wall_now)
        self._arm()


def checked(rate: float) -> float:
    if not (isfinite(rate) and rate > 0):
        raise ValueError(f"a rate of {rate} is no rate: it must be above 0")
    return rate
