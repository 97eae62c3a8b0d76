"""Another control node is down, or not heard in any way, in no incident, and nobody wants it so (L1, C2).

Nobody wakes it. A system that has died with its power on looks just like one that somebody has switched off
to be at it; and why one went when nobody was up, who is now, is not known (S28). But nobody is left to
follow who commands, and he may be next: so a person is told, who boots it, or holds it.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards
from sequencer.comes_back import limit_s
from sequencer.journal import Goal
from sequencer.ports import Os, Steps, UpsPort
from sequencer.run import Run
from sequencer.site import Server
from sequencer.wants import still_wants, wants


def heed_who_is_missed(run: Run, node: Server) -> Steps[None]:
    """Never returns."""
    text = (
        f"{node.name} is down, or not heard, and nobody wants it so; boot it, or hold it while that is meant"
    )
    while True:
        if not is_away(run, node):
            run.alarm_is_over(node.name, text, "L1")
            yield from until_away(run, node)
        yield from run.race(until_there(run, node), tell_who_is_missed(run, node, text))


def is_away(run: Run, node: Server) -> bool:
    """Halted; or neither its machine nor its service answers, which may be a network's doing (S11)."""
    machine, peer = run.ports.servers[node.name].seen(), run.ports.peers[node.name].seen()
    return guards.is_seen(machine, Os.HALTED) or not (machine.fresh or peer.fresh)


def until_away(run: Run, node: Server) -> Steps[None]:
    machine, peer = run.ports.servers[node.name], run.ports.peers[node.name]
    while not is_away(run, node):
        yield from run.wait(machine.until(when.HALTED), peer.until(when.PEER_IS_GONE))


def until_there(run: Run, node: Server) -> Steps[None]:
    machine, peer = run.ports.servers[node.name], run.ports.peers[node.name]
    while is_away(run, node):
        silent = [] if machine.seen().fresh else [peer.until(when.PEER_ANSWERS)]
        yield from run.wait(machine.until(when.RUNS), *silent)


def tell_who_is_missed(run: Run, node: Server, text: str) -> Steps[None]:
    """Never returns. What comes back by itself with its mains, or its power, has had its time then."""
    start, cards = run.site.start, [run.ports.upses[name] for name in node.upses]
    for_s = max((limit_s(run, run.site.upses[name]) for name in node.upses), default=start.peer_limit_s)
    moved = True
    while moved:
        for card in cards:
            yield from run.until_seen(card, when.MAINS_BACK)
        moves = (card.until(when.OUTPUT_OFF if is_on(card) else when.OUTPUT_ON) for card in cards)
        moved = (yield from run.wait(*moves, by_s=run.now + for_s)) is not None
    yield from run.until(lambda: not is_meant(run, node))
    run.alarm(node.name, text, "L1")
    yield run.env.event()


def is_on(card: UpsPort) -> bool:
    status = card.seen().status
    return status is not None and status.output_on


def is_meant(run: Run, node: Server) -> bool:
    """Somebody wants it down, or holds it; or it is to come yet, and whoever waits for it says so."""
    held = any(run.in_other_hands(name) is not None for name in (node.name, *node.upses))
    down = wants(run, node.name, Goal.DOWN) or still_wants(run, node.name, Goal.REBOOT)
    return held or down or still_wants(run, node.name, Goal.UP)
