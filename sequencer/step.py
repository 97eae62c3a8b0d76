"""A step is a goal: look first, ask at most once, wait, give up at a named limit.

It may be entered again, after a crash or on the other node: a goal that is met passes at once, a
request that is under way is not repeated. A command that got no answer is sent again only after a
look has shown that it had no effect (S15).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Any, Generic, TypeVar

import simpy

from sequencer.guards import Refusal
from sequencer.ports import Accepted, Answer, Condition, Looker, Progress, Receipt, Seen, Steps, Unreachable
from sequencer.run import Run
from sequencer.safe_mode import without_a_journal
from sequencer.timing import ASKED_S, silent_look_s

S = TypeVar("S")

RETRY_S = 5.0
"""Between two attempts at a command that was not answered or was refused by the device."""


class Outcome(Enum):
    """How a step ended. Device trouble is an outcome, not an exception."""

    ALREADY = "already"
    DONE = "done"
    TIMED_OUT = "timed out"
    OVERTAKEN = "overtaken"

    @property
    def met(self) -> bool:
        return self in (Outcome.ALREADY, Outcome.DONE)


def nothing() -> None:
    pass


def never() -> float:
    return inf


@dataclass(frozen=True)
class Ask(Generic[S]):
    """The command that brings a goal about."""

    command: str
    send: Callable[[], Answer[Receipt]]
    guard: Callable[[], Refusal | None]
    under_way: Callable[[S], bool] = lambda _: False
    """Whether a status shows that the device is at it already."""
    drops: Condition[S] | None = None
    """When one that was at it by itself is at it no more, and is to be asked after all."""
    before: Callable[[], Steps[None]] | None = None
    """The write-ahead row."""
    accepted: Callable[[], None] = nothing
    """Called when the device has taken the command, or needs none."""
    retry_s: float = RETRY_S
    """Until it is asked again when it did not answer or refused."""
    overtaken: Callable[[], bool] | None = None
    """Whether it has become pointless; whoever makes it so announces it."""
    rests_on: tuple[Looker[Any], ...] = ()
    """What the guard needs a fresh reading of (S11)."""


def step(
    run: Run,
    device: str,
    port: Looker[S],
    goal: Condition[S],
    *,
    limit_s: float,
    latest_s: float = inf,
    ask_by_s: Callable[[], float] = never,
    ask: Ask[S] | None = None,
) -> Steps[Outcome]:
    """Bring one goal about.

    The limit counts from when the device took the request, or is seen to be at it; until then from
    the first look, which `timing.looking_s` counts; and it is over at `latest_s`, whoever is still to answer
    then, or at `ask_by_s` for what has not taken it by then: that is asked each time anew, for what boots
    meanwhile lives on the same battery. What somebody holds
    is not asked, and its limit does not begin (S27), also when he takes it before it has taken the request;
    but what comes about by itself has come about.
    """
    status = yield from looked_at(run, device, port, goal, ask, lambda: min(latest_s, ask_by_s()))
    if progress(status, goal, ask) is Progress.MET:
        return met_already(run, device, goal, ask)
    run.pages.begin(device, goal.words)
    run.tell("step.started", device, step=goal.words, limit_s=limit_s)
    deadline_s = min(run.now + limit_s, latest_s, ask_by_s())
    to_ask, may_drop = ask, None if ask is None else ask.drops
    drops: Condition[S] | None = None
    while run.now < deadline_s and goes_on(status, goal, ask):
        if to_ask is not None:
            under_way = progress(status, goal, ask) is Progress.UNDER_WAY
            if not under_way and (yield from out_of_other_hands(run, device, port, goal, ask)):
                deadline_s, status = min(run.now + limit_s, latest_s, ask_by_s()), reading(port.seen())
                run.tell("step.started", device, step=goal.words, limit_s=limit_s)
                continue
            if under_way or (yield from request(run, device, to_ask, latest_s)):
                deadline_s = min(run.now + limit_s, latest_s)
                to_ask.accepted()
                to_ask, drops = None, may_drop if under_way else None
            else:
                deadline_s = min(deadline_s, ask_by_s())
        by_s = deadline_s if to_ask is None else again_s(run, to_ask, deadline_s)
        turns = [*overtakes(run, ask), *falls_out(port, drops)]
        answer = yield from run.wait(port.until(goal, eager=True), *turns, by_s=by_s)
        status = yield from heard(run, port, answer, deadline_s)
        if drops is not None and not isinstance(status, Unreachable) and drops.met(status):
            to_ask, drops, may_drop = ask, None, None
    run.pages.ends(device, goal.words)
    if is_overtaken(ask):
        run.tell("step.overtaken", device, step=goal.words)
        return Outcome.OVERTAKEN
    if progress(status, goal, ask) is not Progress.MET:
        run.tell("step.timed_out", device, step=goal.words, limit_s=limit_s)
        return Outcome.TIMED_OUT
    if to_ask is not None:
        to_ask.accepted()
    run.tell("step.done", device, step=goal.words)
    return Outcome.DONE


def met_already(run: Run, device: str, goal: Condition[S], ask: Ask[S] | None) -> Outcome:
    """Perhaps a page had begun it that was closed in the very moment in which it came about (L4)."""
    if ask is not None:
        ask.accepted()
    if run.pages.ends(device, goal.words):
        run.tell("step.done", device, step=goal.words)
    return Outcome.ALREADY


def looked_at(
    run: Run, device: str, port: Looker[S], goal: Condition[S], ask: Ask[S] | None, by_s: Callable[[], float]
) -> Steps[S | Unreachable]:
    """Out of other hands, also when it has been looked at: somebody may take it meanwhile (S27, L4)."""
    while True:
        yield from out_of_other_hands(run, device, port, goal, ask)
        status = yield from heard(run, port, None, by_s())
        is_taken = ask is not None and run.in_other_hands(device) is not None
        if not is_taken or progress(status, goal, ask) is not Progress.NOT_ASKED:
            return status


def out_of_other_hands(
    run: Run, device: str, port: Looker[S], goal: Condition[S], ask: Ask[S] | None
) -> Steps[bool]:
    """Wait until nobody holds what is to be asked, or its goal has come about; whether somebody held it."""
    if ask is None or run.in_other_hands(device) is None:
        return False
    yield from run.race(run.released(device), run.until_seen(port, goal, eager=True))
    return True


def again_s(run: Run, ask: Ask[S], deadline_s: float) -> float:
    """When it is asked again; when the step is over, where no time is left for a look and an answer."""
    at_s = run.now + ask.retry_s
    answered_s = at_s + silent_look_s(run.site) + run.site.polling.timeout_s
    return at_s if answered_s <= deadline_s else deadline_s


def request(run: Run, device: str, ask: Ask[S], by_s: float = inf) -> Steps[bool]:
    """Write ahead, pass the guard, send. Whether the device took it, as it says by then.

    What a broken journal forbids is not written ahead either: a peer would take it for done (S30).
    """
    refusal = ask.guard() or without_a_journal(run, device, ask.command)
    if refusal is not None:
        run.refused(device, ask.command, refusal)
        return False
    if ask.before is not None:
        yield from ask.before()
    receipt = yield from run.command(
        device, ask.command, ask.send, ask.guard, by_s=if_soon(run, by_s), **run.age(*ask.rests_on)
    )
    return receipt.accepted is Accepted.YES


def if_soon(run: Run, by_s: float) -> float | None:
    """Later all that is asked now has been answered, if it ever is: no timer is wound up for that."""
    return by_s if by_s < run.now + ASKED_S else None


def goes_on(status: S | Unreachable, goal: Condition[S], ask: Ask[S] | None) -> bool:
    return not is_overtaken(ask) and progress(status, goal, ask) is not Progress.MET


def is_overtaken(ask: Ask[S] | None) -> bool:
    return ask is not None and ask.overtaken is not None and ask.overtaken()


def overtakes(run: Run, ask: Ask[S] | None) -> list[simpy.Event]:
    """Nothing else that is announced wakes it: it would ask again at each of them, sooner than `retry_s`."""
    return [run.news_when(ask.overtaken)] if ask is not None and ask.overtaken is not None else []


def falls_out(port: Looker[S], drops: Condition[S] | None) -> list[simpy.Event]:
    return [] if drops is None else [port.until(drops)]


def heard(run: Run, port: Looker[S], answer: simpy.Event | None, by_s: float) -> Steps[S | Unreachable]:
    """What the device has told; nothing: it is looked at. One that is silent no longer than the step may
    take: no budget counts the seconds in which it does not answer (S18)."""
    if answer is None and port.seen().fresh:
        return (yield from port.look())
    if answer is None and run.now < by_s:
        yield from run.wait(port.look(), by_s=if_soon(run, by_s))
    return reading(port.seen())


def reading(seen: Seen[S]) -> S | Unreachable:
    return seen.status if seen.fresh and seen.status is not None else Unreachable("silent")


def progress(status: S | Unreachable, goal: Condition[S], ask: Ask[S] | None) -> Progress:
    if isinstance(status, Unreachable):
        return Progress.NOT_ASKED  # silence is no evidence of anything
    if goal.met(status):
        return Progress.MET
    return Progress.UNDER_WAY if ask is not None and ask.under_way(status) else Progress.NOT_ASKED
