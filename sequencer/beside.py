"""What draws from two UPSes lives on the other when one is out; not when that other is off (X-04, P11).

Its mains may be there: its battery has run empty in the outage before, it has tripped, or somebody has
switched it off. Then the outage of one alone takes the power from what hangs on both.
"""

from __future__ import annotations

from collections.abc import Mapping, Set

from sequencer import conditions as when
from sequencer.feeds import is_back
from sequencer.ports import Steps
from sequencer.run import OUTAGE, Run
from sequencer.site import Site
from sequencer.timing import CARD_REBOOT_S


def beside(site: Site) -> dict[str, frozenset[str]]:
    """By UPS: the others that feed a server or an array that it feeds too, where there are any."""
    found: dict[str, frozenset[str]] = {}
    for ups in site.upses:
        fed_by = [*(s.upses for s in site.servers_on(ups)), *(a.upses for a in site.arrays_on(ups))]
        if others := frozenset(name for upses in fed_by for name in upses) - {ups}:
            found[ups] = others
    return found


def off_beside(run: Run, out: Set[str], neighbours: Mapping[str, frozenset[str]]) -> set[str]:
    """UPSes that are off as far as anybody knows, and share a load with one of these that carries nobody."""
    return {
        name
        for name, others in neighbours.items()
        if name not in out
        and not others.isdisjoint(out)
        and is_off(run, name)
        and not all(carries_again(run, other) for other in others & out)
    }


def carries_again(run: Run, ups: str) -> bool:
    """On, with its mains: its outage counts yet, for another goes on, but what hangs on it lives (S9)."""
    return is_back(run, run.site.upses[ups]) and not is_off(run, ups)


def look_beside(run: Run, out: Set[str], neighbours: Mapping[str, frozenset[str]]) -> Steps[set[str]]:
    """The same by a fresh look at whoever answers: what came on a second ago is off to the last poll (S31).
    Those that count already are not looked at again."""
    off = off_beside(run, out, neighbours) - run.off_beside
    cards = [run.ports.upses[name] for name in sorted(off)]
    yield from run.all_of(*(card.look() for card in cards if card.seen().fresh))
    return off & off_beside(run, out, neighbours)


def is_off(run: Run, ups: str) -> bool:
    """As it told last; or this life has never heard it, though a card that reboots would be back (U1).

    Off, and without mains for its card, it looks just like that (A9); nobody may rely on it (S11).
    """
    status = run.ports.upses[ups].seen().status
    return run.now >= unheard_at_s(run) if status is None else not status.output_on


def unheard_at_s(run: Run) -> float:
    return run.born_s + CARD_REBOOT_S


def out_or_off(run: Run) -> set[str]:
    """Confirmed to be without mains, and off beside one of these: in this outage they count as out."""
    run.off_beside |= off_beside(run, run.facts.confirmed, beside(run.site))
    return run.facts.confirmed | run.off_beside


def heed_falls(run: Run) -> Steps[None]:
    """Who goes off in mid-outage beside one that is out may widen it."""
    yield from run.together(*(_heed_fall(run, name) for name in beside(run.site)))


def _heed_fall(run: Run, ups: str) -> Steps[None]:
    port = run.ports.upses[ups]
    if port.seen().status is None and run.now < unheard_at_s(run):
        yield from run.wait(port.until(when.ANSWERS), by_s=unheard_at_s(run))
        run.announce(OUTAGE)
    while True:
        yield from run.until_seen(port, when.OUTPUT_OFF)
        run.announce(OUTAGE)
        yield from run.until_seen(port, when.OUTPUT_ON)
