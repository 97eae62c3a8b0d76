"""The way up of arrays: their UPSes on, rank by rank, enclosures first; then wait until they are ready."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.cards import is_off, missed_at_s
from sequencer.ports import Steps
from sequencer.power_falls import array_falls, count_down
from sequencer.power_on import AGAIN_S, note_powered, power_on, tell_wait
from sequencer.proof import falls_at_s
from sequencer.run import TURNS, Run
from sequencer.scope import array_fails
from sequencer.shortage import on_battery
from sequencer.site import Array, ArrayRole, Ups
from sequencer.step import Outcome, step


def start_arrays(run: Run, arrays: tuple[Array, ...]) -> Steps[None]:
    """Warm-up rank by rank, strictly: the next rank waits even while this one has no mains (R9-26)."""
    for rank in sorted({rank_of(run, a) for a in arrays}):
        yield from run.together(*(start_array(run, a, arrays) for a in arrays if rank_of(run, a) == rank))


def rank_of(run: Run, array: Array) -> int:
    return min((run.site.upses[u].warm_up_rank for u in array.upses), default=1)


def start_array(
    run: Run, array: Array, beside: tuple[Array, ...] = (), wakes_s: float | None = None
) -> Steps[None]:
    """All its UPSes must have mains (R10-19); enclosures, then controllers; then wait until ready.

    `beside`: arrays that are started with it, whose UPSes of lower rank go on before its own of a higher.
    `wakes_s`: wall time at which its servers are to be up; its controllers wait for their own lead (R10-47).
    """
    silent = [name for name in array.upses if not run.ports.upses[name].seen().fresh]
    if silent:
        yield from run.race(all_on(run, array, beside, wakes_s), silent_ones(run, array, silent))
    else:
        yield from all_on(run, array, beside, wakes_s)
    yield from run.race(comes_ready(run, array), keep_on(run, array))
    run.ready_since.setdefault(array.name, run.now)


def all_on(run: Run, array: Array, beside: tuple[Array, ...], wakes_s: float | None) -> Steps[None]:
    upses = run.site.upses
    unit = [upses[name] for name in array.upses]
    for name, rank in ranks_in_turn(run, array).items():
        if name not in array.enclosures:
            yield from enclosures_first(run, array)
        if wakes_s is not None and name not in array.enclosures:
            lead_s = timing.warm_up_lead_s(run.site, array, enclosures=False)
            lead = datetime.fromtimestamp(wakes_s - lead_s, UTC)
            yield from run.wait(run.ports.wall.until(lead))
        after = partial(after_lower_ranks, run, rank, beside)
        linked = array.role is ArrayRole.LINKED
        yield from power_on(run, upses[name], unit, feeds_of(run, array), turn=after, linked=linked)
        note_powered(run, upses[name])


def enclosures_first(run: Run, array: Array) -> Steps[None]:
    """Controllers are of no use without them (S6): while none goes on they are asked again, loudly."""
    enclosures = [run.site.upses[name] for name in array.enclosures]
    while enclosures and all(is_off(run, ups) for ups in enclosures):
        for ups in enclosures:
            run.alarm(ups.name, f"{ups.name} did not go on", "L3")
        yield from run.pause(AGAIN_S)
        yield from ask_again(run, array, enclosures)


def ask_again(run: Run, array: Array, upses: Iterable[Ups]) -> Steps[None]:
    """Those of them that are off."""
    unit, feeds = [run.site.upses[name] for name in ranks_in_turn(run, array)], feeds_of(run, array)
    linked = array.role is ArrayRole.LINKED
    for ups in upses:
        if is_off(run, ups):
            yield from power_on(run, ups, unit, feeds, linked=linked, retry_s=AGAIN_S)


def feeds_of(run: Run, array: Array) -> list[Ups]:
    """On what a full stop of it would live (S17)."""
    unit = [run.site.upses[name] for name in array.upses]
    return unit if array.role is ArrayRole.LINKED else [*unit, *run.site.node_upses]


def silent_ones(run: Run, array: Array, names: list[str]) -> Steps[None]:
    """Never returns. The array waits for all its UPSes (R10-19), and somebody should see to these."""
    yield from run.together(*(misses(run, array, run.site.upses[name]) for name in names))
    yield from run.until(lambda: False, array.name)


def misses(run: Run, array: Array, ups: Ups) -> Steps[None]:
    """Until it answers."""
    port = run.ports.upses[ups.name]
    while not port.seen().fresh:
        at_s = missed_at_s(run, ups)
        if at_s is not None and run.now >= at_s:
            text = f"{ups.name} does not answer, though its feed has mains; {array.name} waits for it"
            run.alarm(ups.name, text, "U2")
            yield from run.wait(port.until(when.ANSWERS))
        else:
            yield from run.wait(port.until(when.ANSWERS), run.news(), by_s=at_s)


def comes_ready(run: Run, array: Array) -> Steps[None]:
    port = run.ports.arrays[array.name]
    limit_s = run.site.start.array_limit_s
    outcome = yield from step(run, array.name, port, when.READY, limit_s=limit_s)
    if outcome is not Outcome.ALREADY:
        run.ready_since.pop(array.name, None)
    if not outcome.met:
        run.alarm(array.name, f"{array.name} is not ready after {limit_s:g} s", "A8")
    while not guards.ready(port.seen()):
        yield from run.wait(port.until(when.READY, eager=True))


def keep_on(run: Run, array: Array) -> Steps[None]:
    """Never returns. One that would not go on, or went off again, is asked again: it may be repaired."""
    unit = [run.site.upses[name] for name in ranks_in_turn(run, array)]
    while True:
        if any(is_off(run, ups) for ups in unit):
            yield from run.pause(AGAIN_S)
        yield from ask_again(run, array, unit)
        if not any(is_off(run, ups) for ups in unit):
            yield from run.wait(*(run.ports.upses[ups.name].until(when.OUTPUT_OFF) for ups in unit))


def is_unheard(run: Run, array: Array) -> bool:
    """A card of it is silent: it may be off, though the array has power."""
    return not all(run.ports.upses[name].seen().fresh for name in array.upses)


def keep_disk(run: Run, array: Array) -> Steps[None]:
    """Never returns. One that is ready without its own power, its cables mixed up, loses it when they are put
    right; and a card that was silent all the while says only then that it is off (U19, L3)."""
    port = run.ports.arrays[array.name]
    while not guards.ready(port.seen()):  # as long it is being started, and its power is asked for
        yield from run.wait(port.until(when.READY, eager=True))
    yield from keep_on(run, array)


def has_its_power(run: Run, array: Array) -> Steps[None]:
    """Until it is ready, or none of its UPSes says that it is off."""
    port = run.ports.arrays[array.name]
    while not guards.ready(port.seen()):
        off = [name for name in array.upses if is_off(run, run.site.upses[name])]
        if not off:
            return
        on = (run.ports.upses[name].until(when.OUTPUT_ON) for name in off)
        yield from run.wait(port.until(when.READY), *on)


def ranks_in_turn(run: Run, array: Array) -> dict[str, int]:
    """Its UPSes in the order in which they go on, each with a rank that is not below the one before."""
    rank, ranks = 0, {}
    for part in (array.enclosures, array.controllers_alone):
        for name in sorted(part, key=lambda u: run.site.upses[u].warm_up_rank):
            rank = ranks[name] = max(rank, run.site.upses[name].warm_up_rank)
    return ranks


def after_lower_ranks(run: Run, rank: int, arrays: tuple[Array, ...]) -> Steps[None]:
    """Wait until the arrays' UPSes of a lower warm-up rank are on, or would not go on (R6-21).

    A linked array that has to wait for mains or charge holds up no other; a control array does (R9-26), and
    is brought back first where it was on, and has gone again since.
    """

    def is_waited_for(array: Array) -> bool:
        if array.role is ArrayRole.LINKED and not run.held_up.isdisjoint(array.upses):
            return False
        return not run.powered.issuperset(u for u, r in ranks_in_turn(run, array).items() if r < rank)

    yield from run.until(lambda: not any(is_waited_for(a) for a in arrays), TURNS)
    lower = [(u, a) for a in arrays for u, r in ranks_in_turn(run, a).items() if r < rank]
    while gone := [(u, a) for u, a in lower if a.role is ArrayRole.CONTROL and has_gone(run, u, a)]:
        disks = {a.name: a for _, a in gone}
        on = (run.ports.upses[u].until(when.OUTPUT_ON) for u, _ in gone)
        back = run.wait(*on, *(run.ports.arrays[name].until(when.READY) for name in disks))
        yield from run.race(back, *(keep_on(run, disk) for disk in disks.values()))


def has_gone(run: Run, ups: str, array: Array) -> bool:
    """Its card says that it is off; or it is silent, and so is the array."""
    unheard = not run.ports.upses[ups].seen().fresh and not run.ports.arrays[array.name].seen().fresh
    return unheard or is_off(run, run.site.upses[ups])


def held_ready(run: Run, array: Array, *, kept: bool = False, waits: Ups | None = None) -> Steps[None]:
    """Ready, and still ready `ready_hold` later (A7).

    `kept`: it was started, and no page asks for its power any more should that go off again (O1, P14).
    `waits`: whose turn it is to go on then; it holds up no other while the array is gone again. What the last
    poll told of one that has just been cut may be that it is ready (L3).
    """
    port = run.ports.arrays[array.name]
    while True:
        if not guards.ready(port.seen()):  # nor when it has fallen silent
            says_so = comes_to_say_so(run, array.name)
            if waits is not None:
                yield from held_up(run, waits, says_so)
            else:
                yield from run.race(says_so, keep_on(run, array)) if kept else says_so
            continue
        if is_about_to_go(run, array):
            falls = its_power_falls(run, array)
            yield from held_up(run, waits, falls) if waits is not None else falls
            continue
        since_s = run.ready_since.setdefault(array.name, run.now)
        yield from run.pause(since_s + run.site.start.ready_hold_s - run.now)
        yield from port.look()
        if guards.ready(port.seen()):
            return
        run.ready_since.pop(array.name, None)


def off_its_battery(run: Run, array: Array, waits: Ups) -> Steps[None]:
    """Ready it is, but its mains are away, and somebody holds it, so that nobody cuts it: whoever boots with
    this ON would fill a cache that is lost at that battery's end (S27, L2). A wake waits for them, too (S17).
    """
    while on_its_battery(run, array):
        upses = [name for name in array.upses if on_battery(run, name)]
        tell_wait(run, waits, guards.Refusal("S17", f"mains of {upses[0]} not stable yet"))
        yield from held_up(run, waits, one_is_back(run, upses))
        yield from held_ready(run, array, waits=waits)


def one_is_back(run: Run, upses: list[str]) -> Steps[None]:
    """Or has fallen silent, which is for who asks to see."""
    yield from run.wait(*(run.ports.upses[name].until(when.MAINS_BACK) for name in upses))


def on_its_battery(run: Run, array: Array) -> bool:
    """As its cards say that answer: nobody waits for the word of one that is silent."""
    upses = {name for name in array.upses if run.ports.upses[name].seen().fresh and on_battery(run, name)}
    return array_fails(array, upses)


def has_lost_its_power(run: Run, array: Array) -> bool:
    """It is ready by its last word, and its cards have said since that it is off."""
    seen = run.ports.arrays[array.name].seen()
    if not guards.ready(seen):
        return False
    cards = {name: run.ports.upses[name].seen() for name in array.upses}
    later = {name: card.status for name, card in cards.items() if card.fresh and card.at_s > seen.at_s}
    return array_fails(array, {name for name, word in later.items() if word and not word.output_on})


def outlives_its_word(run: Run, array: Array, waits: Ups) -> Steps[None]:
    """Asked again it answers, its cables being mixed up (U19); or that it was ready is an old story in a
    moment, and it is waited for anew (S8, S11)."""
    port, polling = run.ports.arrays[array.name], run.site.polling
    yield from port.look()
    if has_lost_its_power(run, array):
        yield from run.pause(port.seen().at_s + polling.stale_after_s(polling.on_line_s) - run.now)
    if not guards.ready(port.seen()) or has_lost_its_power(run, array):
        yield from held_ready(run, array, waits=waits)


def held_up(run: Run, ups: Ups, steps: Steps[None]) -> Steps[None]:
    run.held_up.add(ups.name)
    run.announce(TURNS)
    yield from steps
    run.held_up.discard(ups.name)


def comes_to_say_so(run: Run, array: str) -> Steps[None]:
    """Until it says that it is ready. If it does not now, it has not been so without a break (S8)."""
    port = run.ports.arrays[array]
    if not guards.ready(port.seen()):
        run.ready_since.pop(array, None)
    yield from run.wait(port.until(when.READY, eager=True))


def is_held_ready(run: Run, array: str) -> bool:
    """Ready now, and without a break for `ready_hold` (S8), and not about to go.

    Whoever asks while it is not ready learns of the break, and the hold begins anew with its next word. When
    an OFF that counted down has fallen, its cards say so before the array falls silent (C12).
    """
    if not guards.ready(run.ports.arrays[array].seen()):
        run.ready_since.pop(array, None)
        return False
    since_s = run.ready_since.setdefault(array, run.now)
    held = run.now >= since_s + run.site.start.ready_hold_s
    disk = run.site.arrays[array]
    return held and not (is_about_to_go(run, disk) or has_lost_its_power(run, disk))


def is_about_to_go(run: Run, array: Array) -> bool:
    """A linked one whose power counts down, whoever has told it: who is started now would write what nobody
    flushes any more (S2, C12), and nobody calls that back (S16). Of a control disk the nodes see to that."""
    return array.role is ArrayRole.LINKED and array_falls(run, array)


def its_power_falls(run: Run, array: Array) -> Steps[None]:
    """Or does not, as its cards say; of one that is silent until the time of its OFF is over."""
    for ups in (run.site.upses[name] for name in count_down(run, array.upses)):
        by_s = max(run.now, falls_at_s(run, ups) or run.now) + timing.EVIDENCE_EXTRA_S
        yield from run.until_seen(run.ports.upses[ups.name], when.NOTHING_ARMED, by_s=by_s)
