"""What lies dark when a service begins, and no journal here says why: another node's may (C1, C2).

A node that died before an outage was declared hears of it from the other one. If that one is halted with its
power on, nobody tells it, nor does the cluster stand still where its disks never lost their power. Who
switched the linked side off, and whether anybody wants it on again, is not known (S28); so an alarm says that
there is a journal to be asked, or, where all of them have been, that somebody has to say it (C6).
"""

from __future__ import annotations

from collections.abc import Iterator

from sequencer import conditions as when
from sequencer.cards import is_off
from sequencer.comes_back import limit_s
from sequencer.journal import PLANS, Goal, Kind
from sequencer.ports import Accepted, Steps
from sequencer.run import OUTAGE, Run
from sequencer.site import Ups
from sequencer.step import RETRY_S
from sequencer.wants import comes_back, wants


def open_again(run: Run) -> Steps[None]:
    """Never returns. Another node has planned stops, or had another incident, while one is open, as our
    journal or a peer's has it: he had not heard of that, or has said that it is over. If not, it is opened
    anew, when his is over; or nobody would bring back who had run before it (L1, N2)."""
    facts = run.facts
    while True:
        yield from run.until(lambda: is_left_open(run), PLANS)
        yield from ask_whether_it_is_over(run)
        if facts.left_open is not None and is_left_open(run):
            *_, ran = facts.left_open
            yield from run.commit(Kind.DECLARED, run.site.name, was_running=sorted(ran))
            run.tell("incident.opened", run.site.name, cause="", epoch=facts.epoch)
            run.announce(OUTAGE)


def ask_whether_it_is_over(run: Run) -> Steps[None]:
    """Whoever is heard, until he answers: that it was closed may have been lost on the way as well (N3)."""
    for peer in run.ports.peers.values():
        while (yield from peer.fetch()).accepted is Accepted.UNKNOWN and peer.seen().fresh:
            yield from run.pause(RETRY_S)


def is_left_open(run: Run) -> bool:
    """What the other one has open by now is over first. One of the same number, of which he has closed his
    own, is open here all the same: who commands goes on with it (C9)."""
    facts, left = run.facts, run.facts.left_open
    return left is not None and (not facts.open or (left[0] == facts.epoch and not run.commands))


def look_for_the_forgotten(run: Run) -> None:
    """While no incident is open. Where all is on nobody waits for it."""
    if forgotten(run):
        run.spawn(tell_who_may_know(run))


def tell_who_may_know(run: Run) -> Steps[None]:
    """What comes on by itself has had its time then, and the other node its time to be heard."""
    yield from run.pause(max((limit_s(run, ups) for ups in forgotten(run)), default=0.0))
    dark, nodes = [ups.name for ups in forgotten(run)], silent_nodes(run)
    if not dark or run.facts.open:
        return
    names, others = ", ".join(dark), ", ".join(nodes)
    if nodes:
        text = f"{names} have mains and are off, and no journal that is heard says why; boot {others}"
    else:
        text = f"{names} have mains and are off, and no journal says why; ask for their start, or hold them"
    run.alarm((nodes or dark)[0], text, "L1", upses=names)
    run.spawn(is_over_when_they_are_on(run, dark, (nodes or dark)[0], text))


def is_over_when_they_are_on(run: Run, dark: list[str], subject: str, text: str) -> Steps[None]:
    """Whichever of them goes off after that is news again."""
    for name in dark:
        yield from run.until_seen(run.ports.upses[name], when.OUTPUT_ON)
    run.alarm_is_over(subject, text, "L1")


def silent_nodes(run: Run) -> list[str]:
    return [name for name, peer in run.ports.peers.items() if not peer.seen().fresh]


def forgotten(run: Run) -> list[Ups]:
    """UPSes of the linked side that say that they are off, with their mains there; nobody wants them so."""
    return [ups for ups in linked_upses(run) if is_off(run, ups) and is_left_without_a_word(run, ups)]


def linked_upses(run: Run) -> Iterator[Ups]:
    """Of whoever comes up after an outage: arrays, then servers."""
    site = run.site
    up = [s for s in site.linked_servers if comes_back(site, s.name) and not wants(run, s.name, Goal.DOWN)]
    names = [*(ups for s in up for a in s.arrays for ups in site.arrays[a].upses)]
    names += [ups for s in up for ups in s.upses]
    return (site.upses[name] for name in dict.fromkeys(names))


def is_left_without_a_word(run: Run, ups: Ups) -> bool:
    """It has mains, no OFF of ours is written down, and nobody holds it."""
    status = run.ports.upses[ups.name].seen().status
    has_mains = status is not None and status.mains
    return has_mains and ups.name not in run.facts.armed and run.in_other_hands(ups.name) is None
