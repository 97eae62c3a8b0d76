"""An OFF that nobody here has told: whom it takes goes down in time, and his disks are flushed (C12, O1).

Somebody has pressed it at the card's own page, or another program has. Nobody can call it back, so it is met
as one of ours is: the alarm, the shutdowns, the flush, the force before the cut. Nothing else is switched,
and what it has taken is not brought back: who pressed OFF wanted it off (docs/adr/0033). A card that does not
tell that it counts down leaves nothing to be seen.
"""

from __future__ import annotations

from math import inf

import simpy

from sequencer import conditions as when
from sequencer import guards
from sequencer.adopt import adopt, is_written_down
from sequencer.array_off import note_flush
from sequencer.journal import Kind
from sequencer.last_call import attended
from sequencer.ports import ArrayStatus, Flush, Steps
from sequencer.power_falls import array_falls, count_down, is_off
from sequencer.proof import servers_down
from sequencer.run import Run
from sequencer.scope import array_fails
from sequencer.shortage import is_lost
from sequencer.site import Array, ArrayRole, Server, Ups
from sequencer.step import Ask, request, step
from sequencer.task import Task


def heed_foreign_offs(run: Run) -> Steps[None]:
    """Never returns. Who runs on such power is told by `last_call.heed_countdowns`.

    Not for the way down: there everything is looked at before it is told. But see `heed_offs_beside`.
    """
    yield from heed_offs_of(run, list(run.site.upses.values()))


def heed_offs_beside(run: Run) -> list[Steps[None]]:
    """While others go down, of the linked arrays that stay: no page looks at these. None if all go."""
    stay = [array for array in run.site.linked_arrays if array.name not in run.scope.arrays]
    names = dict.fromkeys(ups for array in stay for ups in array.upses)
    return [heed_offs_of(run, [run.site.upses[name] for name in names])] if names else []


def heed_offs_of(run: Run, upses: list[Ups]) -> Steps[None]:
    """Never returns."""
    met: dict[str, Task] = {}
    while True:
        yield from run.wait(*(watched(run, ups, met) for ups in upses))


def watched(run: Run, ups: Ups, met: dict[str, Task]) -> simpy.Event:
    """When it is to be looked at again. What counts down, and is not ours, is met once."""
    port = run.ports.upses[ups.name]
    if count_down(run, (ups.name,)):
        if ups.name not in met and not is_ours(run, ups):
            met[ups.name] = run.spawn(meet(run, ups))
        return port.until(when.NOTHING_ARMED)
    if ups.name in met and not port.seen().fresh:
        return port.until(when.NOTHING_ARMED)  # silence says nothing (S11)
    if ups.name in met:
        page = met.pop(ups.name)
        if not has_taken_a_disk(run, ups):
            page.close()
    return port.until(when.COUNTS_DOWN)


def has_taken_a_disk(run: Run, ups: Ups) -> bool:
    """It has fallen, and a linked disk with it: its page goes on, and says what it could not save."""
    off = {name for name in run.site.upses if is_off(run, name)}
    disks = (array for array in run.site.arrays_on(ups.name) if array.role is ArrayRole.LINKED)
    return ups.name in off and any(array_fails(array, off) for array in disks)


def is_ours(run: Run, ups: Ups) -> bool:
    """One of the nodes has written it down as its own, and it may count down yet."""
    armed = run.facts.armed.get(ups.name)
    return armed is not None and armed.wall_s is not None and is_written_down(run, ups)


def meet(run: Run, ups: Ups) -> Steps[None]:
    """Said, written down, and whoever lives on it told; then its disks."""
    if not belongs_to_a_stop(run):
        yield from run.commit(Kind.PLANNED, f"an OFF of {ups.name} that nobody here has told")
    yield from adopt(run, ups)
    run.pages.needed()
    disks = [array for array in run.site.arrays_on(ups.name) if array.role is ArrayRole.LINKED]
    yield from run.together(*(flush_before_it_falls(run, array) for array in disks))


def belongs_to_a_stop(run: Run) -> bool:
    """An incident is open, or a planned stop has its page; else what follows opens one of its own (S30)."""
    return run.facts.open or (bool(run.facts.planned) and not run.facts.closed)


def flush_before_it_falls(run: Run, array: Array) -> Steps[None]:
    """A page of the runbook that flushes it goes first. One on two UPSes falls with the last of them."""
    while array_falls(run, array) and not is_saved(run, array):
        if array.name in run.pages.attended or goes_down_too(run, array):
            yield run.pages.loss
        else:
            yield from attended(run, array, flush_until_it_goes_too(run, array))


def flush_until_it_goes_too(run: Run, array: Array) -> Steps[None]:
    joins = run.until(lambda: goes_down_too(run, array), array.name)
    yield from run.race(flush_in_time(run, array), joins)


def goes_down_too(run: Run, array: Array) -> bool:
    """By the outage that is on its way down; its page sees to it."""
    return run.facts.down and array.name in run.scope.arrays


def is_saved(run: Run, array: Array) -> bool:
    """It was flushed, or given up, since its UPS was first seen to count down."""
    since_s = min(run.facts.armed[ups].heard_s for ups in count_down(run, array.upses))
    return array.name in run.facts.flush_settled and run.facts.flush_asked.get(array.name, -1.0) >= since_s


def flush_in_time(run: Run, array: Array) -> Steps[None]:
    """As soon as its users are down: their UPSes stay on, and a flush harms nobody (S3, S2)."""
    port = run.ports.arrays[array.name]
    text = (
        f"{array.name} is about to lose its power; its servers go down, and it is flushed while there is time"
    )
    run.alarm(array.name, text, "S18")
    if array.name in run.facts.flush_asked or array.name in run.facts.flush_settled:
        yield from run.commit(Kind.USED_AGAIN, array.name)  # that one was of another day
    while still_up := [s for s in run.site.users_of(array.name) if not is_out_of_it(run, s, array)]:
        halts = (run.ports.servers[s.name].until(when.HALTED, eager=True) for s in still_up)
        yield from run.wait(run.news(), *halts)
    limit_s = run.site.linkage.flush_limit_s

    def by_s() -> float:
        return inf if is_over(run, array) is None else run.now

    def refusal() -> guards.Refusal | None:
        down = {s.name: is_out_of_it(run, s, array) for s in run.site.users_of(array.name)}
        return guards.flush_array(array, down, {}, mains_back=False) or is_over(run, array)

    ask: Ask[ArrayStatus] = Ask(
        "flush",
        port.flush,
        refusal,
        under_way=lambda status: status.flush is Flush.UNDER_WAY,
        before=lambda: note_flush(run, array, refusal),
    )
    if guards.flushed(port.seen()):  # of another day, as far as it says
        yield from request(run, array.name, ask)
    outcome = yield from step(run, array.name, port, when.FLUSHED, limit_s=limit_s, ask_by_s=by_s, ask=ask)
    if not outcome.met:
        run.tell("array.flush_timed_out", array.name, limit_s=limit_s)
        run.alarm(
            array.name, f"{array.name} not flushed when its power fell; what its cache held is unknown", "S25"
        )
    yield from run.commit(Kind.FLUSH_SETTLED, array.name, flushed=outcome.met)


def is_over(run: Run, array: Array) -> guards.Refusal | None:
    """Its power does not count down any more: it has fallen meanwhile, while somebody held the array perhaps,
    and a flush saves nothing now (S9). A card that only fell silent says nothing (S11)."""
    unheard = [u for u in array.upses if not (run.ports.upses[u].seen().fresh or is_off(run, u))]
    if unheard or array_falls(run, array):
        return None
    return guards.Refusal("S9", f"the power of {array.name} does not count down any more")


def is_out_of_it(run: Run, server: Server, array: Array) -> bool:
    """Down, or given up and silent; no longer is waited for it."""
    return servers_down(run, array)[server.name] or is_lost(run, server)
