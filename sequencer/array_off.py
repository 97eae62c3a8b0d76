"""A linked array's way down: flushed when every user is down, and cut when flushed, or past the limit.

Its own page of the runbook in `outage.py`, entered again from the top like the others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sequencer import conditions as when
from sequencer import guards
from sequencer.feeds import others_on_its_feed
from sequencer.flushed import (
    Asked,
    flush_is_over,
    is_flushing,
    is_unflushed,
    is_used_again,
    left_to_flush_s,
    note_writing,
    says_flushed,
)
from sequencer.force import force_who_would_write
from sequencer.journal import Kind
from sequencer.last_call import attended
from sequencer.on_again import goes_on_again, may_take_it_yet, note_off_no_more
from sequencer.ports import ArrayStatus, Flush, Steps
from sequencer.power_off import cut, may_go_after_all
from sequencer.proof import mains_back, on_by_hand, seen_off, servers_down
from sequencer.run import Run
from sequencer.shortage import (
    beside_who_is_held,
    down_by_its_end,
    in_a_hurry,
    in_hands,
    is_short,
    its_turn,
    lost_ones,
    only_held,
    unless_heard,
    users_are_off,
    writes_no_more,
)
from sequencer.site import Array, FlushOrder, Server
from sequencer.step import Ask, Outcome, request, step
from sequencer.systems import outage_goes_on


def flush_and_cut(run: Run, array: Array) -> Steps[None]:
    """Flush when every user is down and its UPS is off; cut when flushed, or past the limit, loudly."""
    yield from comes_into_scope(run, array)
    yield from attended(run, array, flush_and_cut_again(run, array))


def comes_into_scope(run: Run, array: Array) -> Steps[None]:
    """Until an outage brings it down. It may have been off as this page was opened, and be switched on by
    then: it is to be flushed and cut like any other, though its card should tell nothing more (O1, N3)."""
    while array.name not in run.scope.arrays:
        off = [name for name in array.upses if seen_off(run, run.site.upses[name], [])]
        on_again = (run.ports.upses[name].until(when.OUTPUT_ON) for name in off)
        yield from run.wait(run.news(array.name), *on_again)
        run.settled -= on_by_hand(run).intersection((array.name, *array.upses))


def flush_and_cut_again(run: Run, array: Array) -> Steps[None]:
    """Never returns: somebody may press its button, also of one that was off when this page was opened."""
    if run.settled.issuperset((array.name, *array.upses)):
        yield from pressed_on(run, array)
    while True:
        yield from flush_and_cut_once(run, array)
        yield from pressed_on(run, array)


def flush_and_cut_once(run: Run, array: Array) -> Steps[None]:
    """Begun anew as often as somebody has used it since it was flushed (S2). Once, too, where it says itself
    that it was, whoever did: some write after every flush, and it is cut all the same (A4, H10)."""
    again = anew = False
    while True:
        yield from users_are_off(run, array)
        if run.site.linkage.flush_order is FlushOrder.SERIAL and not is_short(run, array):
            yield from run.released(array.name)
            yield from its_turn(run, array, earlier_are_flushed)
        yield from outage_goes_on(run, array.name)
        yield from force_who_would_write(run, array)
        if is_unflushed(run, array) and not anew:  # it was given up unheard, and so was its cut, perhaps
            run.used_again.add(array.name)
        if (yield from is_used_again(run, array)):
            again = True
            continue
        held = yield from beside_who_is_held(run, array, unless_heard(run, array, flush(run, array, again)))
        was_flushed = says_flushed(run, array) and not anew
        again = yield from is_used_again(run, array)
        if again:
            continue
        # Flushed in a hurry, while some were silent: they may write until their UPS is off, or given up.
        yield from unless_heard(run, array, writes_no_more(run, array, held))
        again = yield from is_used_again(run, array)
        if not again and (yield from cut_all(run, array, was_flushed)):
            break
        anew = anew or is_unflushed(run, array)
    run.settled.add(array.name)
    run.ready_since.pop(array.name, None)
    run.announce(array.name)


def pressed_on(run: Run, array: Array) -> Steps[None]:
    """It was cut, and somebody pressed its button (O1): in an outage it is cut again before we go (S5)."""
    gone = [run.site.upses[name] for name in array.upses]
    unseen = {ups.name for ups in gone if may_take_it_yet(run, ups)} & run.given_up
    if left_on := run.left_on.intersection(array.upses):
        yield from run.together(*(may_go_after_all(run, run.site.upses[name]) for name in left_on))
        return
    yield from run.race(*(goes_on_again(run, ups) for ups in gone))
    yield from run.until(lambda: run.facts.down)
    yield from look_at_users(run, array)  # they may have come back with it (S3)
    yield from run.ports.arrays[array.name].look()
    run.settled -= on_by_hand(run)
    run.alarm_is_over(array.name, in_a_hurry(run, array), "S18")  # cut, its card tells nobody that it is off
    yield from note_off_no_more(run)
    run.announce(array.name)
    for ups in gone:
        if ups.name not in run.settled | unseen:
            run.alarm(ups.name, f"{ups.name} was switched on in mid-outage, and goes off again", "O1")


def cut_all(run: Run, array: Array, was_flushed: bool) -> Steps[bool]:
    """Controllers before enclosures. False: somebody uses it again, and it is to be flushed anew (S2).

    `was_flushed`: it was seen so, and may be asked once whether it is so still.
    """
    afresh = partial(look_around, run, array)
    for name in array.upses:
        guard = partial(refusal_to_cut, run, array, name)
        while True:
            yield from released_or_used(run, array, name)
            if array.name in run.used_again:
                return False
            yield from outage_goes_on(run, array.name)
            yield from look_at_users(run, array)
            if was_flushed and name in array.controllers:
                yield from note_writing(run, array)
            refusal = yield from cut(run, run.site.upses[name], guard, afresh)
            if refusal is not None and refusal.rule == "S2":
                return False
            if not guards.cause_is_gone(refusal):
                break
    return True


def released_or_used(run: Run, array: Array, ups: str) -> Steps[None]:
    """Somebody may hold it to its battery's end; whoever is booted meanwhile fills the cache anew (L2)."""
    if run.in_other_hands(ups) is not None:
        used = run.until(lambda: array.name in run.used_again, array.name)
        yield from run.race(run.released(ups), used)
        yield from look_around(run, array)


def look_around(run: Run, array: Array) -> Steps[None]:
    """At everybody whom a cut concerns, heard or not: a hold or a silent card may take hours (S2, S4)."""
    site, ports = run.site, run.ports
    upses = (*array.upses, *(ups.name for ups in site.server_upses_of(array.name)))
    users = [ports.servers[server.name].look() for server in site.users_of(array.name)]
    yield from run.all_of(*(ports.upses[name].look() for name in upses), *users)
    yield from ports.arrays[array.name].look()


def may_be_used(run: Run, array: Array) -> bool:
    """One of its users is fed, or one of their UPSes has mains, and a hand may have switched it on by now."""
    settled = all(run.settled.issuperset(server.upses) for server in run.site.users_of(array.name))
    seen = (run.ports.upses[ups.name].seen() for ups in run.site.server_upses_of(array.name))
    return not settled or any(s.fresh and s.status is not None and s.status.mains for s in seen)


def look_at_users(run: Run, array: Array) -> Steps[None]:
    """Once more before what cannot be undone (H6, O1): their UPSes that answer, and who is fed yet, or may be
    again: a hand is quicker than a card that has just got its mains back. Who is silent is waited for first:
    else the answers of the others would be as old as that."""
    site, ports = run.site, run.ports
    upses = [ports.upses[ups.name] for ups in site.server_upses_of(array.name)]
    users = (s for s in site.users_of(array.name) if not run.settled.issuperset(s.upses) or may_be_on(run, s))
    fed = [ports.servers[server.name] for server in users]
    yield from run.all_of(*(port.look() for port in fed if not port.seen().fresh))
    heard = (port for port in fed if port.seen().fresh)
    yield from run.all_of(*(port.look() for port in upses if port.seen().fresh), *(p.look() for p in heard))


def may_be_on(run: Run, server: Server) -> bool:
    """A UPS of it is silent, as one without mains is that was cut; but others on its feed have theirs."""
    silent = [run.site.upses[u] for u in server.upses if not run.ports.upses[u].seen().fresh]
    return any(mains for ups in silent for _, mains in others_on_its_feed(run, ups))


def earlier_are_flushed(run: Run, array: Array) -> bool:
    """One after the other; but one that somebody holds has no turn until it is released (S27, S18), nor has
    one that was cut in an incident before this one: it has nothing left to flush, and no row of this one."""
    arrays = run.site.linked_arrays
    earlier = (a for a in arrays[: arrays.index(array)] if a.name in run.scope.arrays)
    over = all(flush_is_over(run, a) or run.in_other_hands(a.name) is not None for a in earlier)
    return over and not any(a is not array and is_flushing(run, a) for a in arrays)


def flush(run: Run, array: Array, again: bool = False) -> Steps[None]:
    """An array that does not answer is asked all the same, and waited for as long (R10-13).

    `again`: it was used since its flush began, and what it says of that one does not count (S2). Nor does
    what it says of one that this incident has not asked for: who has run since then, perhaps for moments, or
    before this life began, nobody has seen.
    """
    if flush_is_over(run, array):
        return
    port = run.ports.arrays[array.name]
    whole_s = run.site.linkage.flush_limit_s
    limit_s = whole_s if again else left_to_flush_s(run, array)
    unknown = f"{array.name} not flushed after {whole_s:g} s; what its cache held is unknown"
    asked = Asked(run, array)
    refusal = partial(refusal_to_flush, run, array)
    ask: Ask[ArrayStatus] = Ask(
        "flush",
        asked.flush,
        refusal,
        under_way=lambda status: status.flush is Flush.UNDER_WAY,
        before=lambda: note_flush(run, array, refusal),
        accepted=asked.taken,
        overtaken=lambda: array.name in run.used_again,
    )
    if again or array.name not in run.facts.flush_asked:
        run.alarm_is_over(array.name, unknown, "S25")  # should this one not end either, that is news
        yield from flush_anew(run, array, ask, asked)
    left_s = limit_s
    while True:
        yield from outage_goes_on(run, array.name)
        outcome = yield from step(run, array.name, port, when.FLUSHED, limit_s=left_s, ask=ask)
        if outcome is Outcome.OVERTAKEN:
            return
        left_s = asked.left_s(limit_s)
        if outcome.met or left_s <= 0:
            break
    if not outcome.met:
        run.tell("array.flush_timed_out", array.name, limit_s=whole_s)
        run.alarm(array.name, unknown, "S25")
    yield from run.commit(Kind.FLUSH_SETTLED, array.name, flushed=outcome.met)
    run.announce(array.name)


def note_flush(run: Run, array: Array, refusal: Callable[[], guards.Refusal | None]) -> Steps[None]:
    """Its users may have been booted since they were seen down, or it was asked: they are looked at (S3).
    What is refused for that is not asked, and its limit has not begun (S25)."""
    if array.name in run.facts.flush_asked or may_be_used(run, array):
        yield from look_at_users(run, array)
    if refusal() is None:
        yield from run.commit(Kind.FLUSH_ASKED, array.name)


def flush_anew(run: Run, array: Array, ask: Ask[ArrayStatus], asked: Asked) -> Steps[None]:
    """The old flush ends first: to be flushed while it flushes it takes for done. Then it is asked once more.

    Silent for a moment it flushes on, by its last word (S11). Who only booted may have written no more than
    the array could see, and it says that it is flushed still.
    """
    limit_s = run.site.linkage.flush_limit_s
    port = run.ports.arrays[array.name]
    if not port.seen().fresh:
        yield from port.look()
    if (told := port.seen().status) is not None and told.flush is Flush.UNDER_WAY:
        yield from run.until_seen(port, when.NOT_FLUSHING, by_s=run.now + limit_s, eager=True)
    while says_flushed(run, array) and asked.left_s(limit_s) > 0 and array.name not in run.used_again:
        yield from outage_goes_on(run, array.name)
        if (yield from request(run, array.name, ask)):
            return
        yield from run.wait(run.news(array.name), by_s=run.now + ask.retry_s)


def refusal_to_flush(run: Run, array: Array) -> guards.Refusal | None:
    short = is_short(run, array)
    on = short or only_held(run, array)
    upses = {u.name: on or u.name in run.settled for u in run.site.server_upses_of(array.name)}
    down = servers_down(run, array)
    lost = lost_ones(run, array) | in_hands(run, array) if short else {}
    return guards.flush_array(array, down | lost, upses, mains_back=mains_back(run, array.name))


def refusal_to_cut(run: Run, array: Array, ups: str) -> guards.Refusal | None:
    return guards.cut_array(
        array,
        run.site.upses[ups],
        flush_settled=flush_is_over(run, array) and array.name not in run.used_again,
        controllers_off={u: is_off_for_good(run, array, u) for u in array.controllers},
        servers=down_by_its_end(run, array),
        mains_back=mains_back(run, array.name),
    )


def is_off_for_good(run: Run, array: Array, ups: str) -> bool:
    """Seen off; or waited for no longer, and its array, whose controllers would answer, is silent (S4)."""
    if ups not in run.settled:
        return False
    return seen_off(run, run.site.upses[ups], []) or not run.ports.arrays[array.name].seen().fresh
