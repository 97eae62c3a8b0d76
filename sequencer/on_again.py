"""UPSes that give power after their OFF: a hand pressed the button, or the card was only silent (O1, U1)."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.ports import Steps
from sequencer.proof import on_by_hand, seen_off, still_to_fall
from sequencer.run import Run
from sequencer.site import Ups
from sequencer.systems import forget_its_stop, outage_goes_on


def goes_on_again(run: Run, ups: Ups) -> Steps[None]:
    """It was off; or nobody knew, and it is heard to be on."""
    if not seen_off(run, ups, []):
        if (yield from heard_on(run, ups)):
            return
        yield from run.until_seen(run.ports.upses[ups.name], when.OUTPUT_OFF)
    yield from run.until_seen(run.ports.upses[ups.name], when.OUTPUT_ON)


def heard_on(run: Run, ups: Ups) -> Steps[bool]:
    """Given up while its card was silent, and on when that answers: it is told to go off once more (U1, S5).

    One that answered all the while would not take its OFF this time either.
    """
    port = run.ports.upses[ups.name]
    if port.seen().fresh:
        return False
    yield from run.until_seen(port, when.ANSWERS)
    if seen_off(run, ups, []) or still_to_fall(run, ups):
        return False
    yield from run.until(lambda: run.facts.down)
    yield from outage_goes_on(run, ups.name)
    run.given_up.discard(ups.name)
    run.settled -= on_by_hand(run)
    run.alarm(ups.name, f"{ups.name} is heard again, and is still on; it is told to go off once more", "S5")
    run.announce()
    return True


def note_on_by_hand(run: Run) -> None:
    """What a hand has switched on again is off no more; whoever it feeds has accepted nothing yet (S1, S5).

    They may boot with it: told to go off by what they accepted before, it would fall under them.
    """
    on = on_by_hand(run)
    run.settled -= on
    for ups in run.site.server_upses:
        for server in run.site.servers_on(ups.name) if ups.name in on else ():
            forget_its_stop(run, server)
