"""UPSes that give power after their OFF: a hand pressed the button, or the card was only silent (O1, U1)."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.force import force_before_the_cut
from sequencer.journal import Kind
from sequencer.ports import Os, Steps
from sequencer.proof import halted, is_on, on_by_hand, runs, seen_off, still_to_fall
from sequencer.reboots import battery_last_calls
from sequencer.run import Run
from sequencer.site import Server, Ups
from sequencer.systems import forget_its_stop, note_stopping, outage_goes_on
from sequencer.watch import tells


def goes_on_again(run: Run, ups: Ups) -> Steps[None]:
    """It was off; or nobody knew, and it is heard to be on."""
    if not seen_off(run, ups, []):
        if (yield from heard_on(run, ups)):
            return
        yield from run.until_seen(run.ports.upses[ups.name], when.OUTPUT_OFF)
    run.given_up.discard(ups.name)  # it has gone after all
    yield from run.until_seen(run.ports.upses[ups.name], when.OUTPUT_ON)


def heard_on(run: Run, ups: Ups) -> Steps[bool]:
    """Given up while its card was silent, and on when that answers; or with its mains there, and on when they
    go again, for some forget an OFF while they have mains: it is told to go off once more (U1, U7, S5).

    One that answered all the while, on its battery, would not take its OFF this time either.
    """
    if not may_take_it_yet(run, ups):
        return False
    port = run.ports.upses[ups.name]
    silent = not port.seen().fresh
    yield from run.until_seen(port, when.ANSWERS if silent else when.OFF_OR_AWAY)
    if seen_off(run, ups, []) or still_to_fall(run, ups):
        return False
    yield from run.until(lambda: run.facts.down)
    yield from outage_goes_on(run, ups.name)
    run.given_up.discard(ups.name)
    run.settled -= on_by_hand(run)
    text = f"{ups.name} has lost its mains again, and is still on; it is told to go off once more"
    if silent:
        text = f"{ups.name} is heard again, and is still on; it is told to go off once more"
    run.alarm(ups.name, text, "S5")
    run.announce()
    return True


def may_take_it_yet(run: Run, ups: Ups) -> bool:
    """Once more: its card is silent, or it has its mains."""
    return not tells(run, ups, (when.MAINS_AWAY,))


def switched_on_by_hand(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """It was off, and somebody has pressed its button (O1): what boots there goes down again, and then it.

    While no outage goes on nobody is fought; but what its servers use is not taken from them (S2, S3).
    """
    port = run.ports.upses[ups.name]
    if not seen_off(run, ups, loads):
        if (yield from heard_on(run, ups)):
            yield from heard_to_run(run, ups, loads)
            return
        yield from run.until_seen(port, when.OUTPUT_OFF)  # given up at its limit, it may fall yet
    while seen_off(run, ups, []) or (ups.name in run.settled and not port.seen().fresh):
        others = [] if port.seen().fresh else [run.news(ups.name)]  # whoever has booted tells of it, too
        yield from run.wait(port.until(when.OUTPUT_ON), *others)
    run.settled.discard(ups.name)
    for server in loads:
        forget_its_stop(run, server)
    run.announce(ups.name)
    yield from note_off_no_more(run)
    yield from run.until(lambda: run.facts.down)
    run.alarm(ups.name, f"{ups.name} was switched on in mid-outage, and goes off again", "O1")
    yield from outage_goes_on(run, ups.name)
    by_s = run.now + run.site.start.server_limit_s
    for server in loads:
        yield from down_or_told(run, ups, server, by_s)


def heard_to_run(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """Who was given up while nobody heard him has accepted nothing: he is told now, before his power is (S1).

    One that hangs on its way down is forced shortly before that, as he would have been.
    """
    yield from run.all_of(*(run.ports.servers[server.name].look() for server in loads))
    by_s = run.now + run.site.start.server_limit_s
    for server in loads:
        seen = run.ports.servers[server.name].seen()
        if guards.is_seen(seen, Os.SHUTTING_DOWN):
            run.spawn(force_before_the_cut(run, server))
        elif runs(run, server.name):
            forget_its_stop(run, server)
    run.announce(ups.name)
    for server in loads:
        yield from down_or_told(run, ups, server, by_s)


def down_or_told(run: Run, ups: Ups, server: Server, by_s: float) -> Steps[None]:
    """Not all of them boot with their power, and that may go again meanwhile. One that says nothing is waited
    for as a boot may take, all of them together; and no longer than the batteries last that its own stop
    needs, and the flush of its arrays after it (S18, L2)."""
    port, output = run.ports.servers[server.name], run.ports.upses[ups.name]
    ends = battery_last_calls(run, server)
    while not (server.name in run.asked_to_stop or halted(run, server) or seen_off(run, ups, [])):
        if run.now >= by_s or any(tells(run, *end) for end in ends):
            break
        off = output.until(when.OUTPUT_OFF)
        calls = [run.ports.upses[of.name].until(end) for of, (end,) in ends]
        yield from run.wait(run.news(), port.until(when.HALTED, eager=True), off, *calls, by_s=by_s)
    if halted(run, server) or not port.seen().fresh or seen_off(run, ups, []):
        note_stopping(run, server)


def note_on_by_hand(run: Run) -> Steps[None]:
    """What a hand has switched on again is off no more; whoever it feeds has accepted nothing yet (S1, S5).

    They may boot with it: told to go off by what they accepted before, it would fall under them.
    """
    on = on_by_hand(run)
    run.settled -= on
    for ups in run.site.server_upses:
        for server in run.site.servers_on(ups.name) if ups.name in on else ():
            forget_its_stop(run, server)
    yield from note_off_no_more(run)


def note_off_no_more(run: Run) -> Steps[None]:
    """What another life would take for off, should it never hear its card: seen off once, and on now (S3)."""
    for name in sorted(run.facts.seen_off - run.settled):
        if is_on(run, run.site.upses[name]):
            yield from run.commit(Kind.SEEN_ON, name)
