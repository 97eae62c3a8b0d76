"""What a node may do while no cluster says who commands: whom it must know to be down first (S13, S14).

The cluster's word is the lease. While no cluster runs it goes on counting for whoever commanded on it
last; without proof that another is down nobody may follow him, and a node stops only itself.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from simpy import Event

from sequencer import conditions
from sequencer.conditions import (
    NOT_STOPPING,
    OUT_OF_WORK,
    OUTPUT_OFF,
    OUTPUT_ON,
    PEER_IS_IDLE,
    PEER_IS_WELL,
    PEER_LEAVES_IT,
    SERVER_ANSWERS,
    STOPS,
    UP,
)
from sequencer.guards import Refusal
from sequencer.ports import Os
from sequencer.timing import CARD_REBOOT_S

if TYPE_CHECKING:
    from sequencer.ports import PeerPort, Steps, UpsPort
    from sequencer.run import Run

SWITCHES_OFF = ("off", "shutdown", "force", "flush", "stop")
"""Commands that take something away from somebody."""


def stops_itself(run: Run, device: str, command: str) -> bool:
    """A node may always stop itself, and a UPS that feeds it alone (S13)."""
    if device == run.me:
        return command in ("shutdown", "force")
    return command == "off" and device in run.site.servers[run.me].upses and is_our_own(run, device)


def is_our_own(run: Run, ups: str) -> bool:
    """Whether this UPS feeds us and no other system or array. A LAN switch on it has served its turn."""
    site = run.site
    return not site.arrays_on(ups) and [server.name for server in site.servers_on(ups)] == [run.me]


def not_proven(run: Run, device: str, command: str) -> Refusal | None:
    """S13: without the cluster's word every lower-numbered node answers and lets us command, or is down.

    Of one that was never seen up nothing need be known to switch something on: its machine may be dead
    with its controller, and on is harmless twice. Nor of one that has let us, and whose system goes on: it
    follows nobody else without proof (N2, L1). That word was missed by whoever was down when the cluster
    ceased to run, or may have been: comes he up, and hears us as little as we him, he commands by his rank.
    """
    if holds_the_cluster(run):
        return None
    lower = run.site.cluster.nodes[: run.site.cluster.nodes.index(run.me)]
    if run.by_word:
        lower = tuple(n for n in lower if run.cluster.missed.get(n, inf) <= run.now and was_up(run, n))
    for name in lower:
        if run.ports.peers[name].seen().fresh or is_down(run, name) or is_without_a_sign(run, name):
            continue
        if command in SWITCHES_OFF or (was_up(run, name) and not goes_on_letting_us(run, name)):
            return Refusal("S13", f"nothing proves that {name} is down")
    return None


def goes_on_letting_us(run: Run, node: str) -> bool:
    """It has heard that we command, and its machine is seen not to have been down since."""
    return node in run.cluster.lets_us and run.ports.servers[node].seen().fresh


def heed_who_lets_us(run: Run) -> None:
    """While we command: of every lower-numbered node, who would else command by his rank."""
    run.cluster.lets_us.clear()
    for node in run.site.cluster.nodes[: run.site.cluster.nodes.index(run.me)]:
        run.spawn(lets_us(run, node))
        if not was_up(run, node) and not is_down(run, node):
            run.spawn(lives_after_all(run, node))


def lives_after_all(run: Run, node: str) -> Steps[None]:
    """It was taken for dead, since nothing of it was heard. Up when it is first seen, it has been at work
    unheard: it commands by its rank, and we would not have followed it (N2, N3, S13)."""
    machine, peer = run.ports.servers[node], run.ports.peers[node]
    yield from run.until_seen(machine, SERVER_ANSWERS)
    if was_up(run, node) and not (run.by_word or holds_the_cluster(run) or peer.seen().fresh):
        run.superseded, run.follower = True, node
        run.announce(node)


def lets_us(run: Run, node: str) -> Steps[None]:
    """Never returns. Whoever boots has heard nothing yet of who commands, until he is heard himself."""
    peer, machine = run.ports.peers[node], run.ports.servers[node]
    while True:
        yield from run.until_seen(machine, UP)
        yield from run.until_seen(peer, PEER_IS_IDLE)
        run.cluster.lets_us.add(node)
        yield from run.until_seen(machine, OUT_OF_WORK)
        run.cluster.lets_us.discard(node)


def holds_the_cluster(run: Run) -> bool:
    return cluster_holder(run) == run.me


def group_holder(run: Run) -> str | None:
    status = run.ports.cluster.seen().status
    return None if status is None else status.holder


def cluster_holder(run: Run) -> str | None:
    """Whom the cluster's word makes commander: the holder of its group, if he has not left it to another.

    Nor is down while the cluster hangs on its way down, and so moves nothing (C11), or was down for so long
    that it must have moved, whatever its service here goes on saying (C4). Nor says that he does not command.
    """
    holder = group_holder(run)
    if holder is None or has_left_it(run, holder) or is_left_behind(run, holder) or disowns_it(run, holder):
        return None
    return holder


def disowns_it(run: Run, holder: str) -> bool:
    """He has said so for too long, and does yet: heard no longer, he may have begun to command (C4, S13)."""
    peer = run.ports.peers.get(holder)
    says_so = peer is not None and peer.seen().fresh and not says_it_commands(peer)
    return run.cluster.disowned == holder and says_so


def is_left_behind(run: Run, holder: str) -> bool:
    """The group stays with a node that is proven to be down: its cluster is stopping, or does not tell here
    where it went. Having been down for so long it holds nothing before it is up again, or is heard."""
    if holder not in run.ports.peers or not (stops(run) or run.cluster.outlived == holder):
        return False
    machine = run.ports.servers[holder].seen()
    is_up = machine.fresh and machine.status is not None and machine.status.os is Os.UP
    if run.cluster.outlived == holder and not run.ports.peers[holder].seen().fresh:
        return not is_up
    return not is_up and is_down(run, holder)


def takes_part(run: Run, node: str) -> bool:
    """In a cluster that runs, as far as its manager tells (S11)."""
    named = members(run)
    return named is None or node in named


def members(run: Run) -> frozenset[str] | None:
    """Those whom its manager names now."""
    seen = run.ports.cluster.seen()
    return seen.status.members if seen.fresh and seen.status is not None else None


def stops(run: Run) -> bool:
    cluster = run.ports.cluster.seen()
    return cluster.fresh and cluster.status is not None and STOPS.met(cluster.status)


def until_left_behind(run: Run, holder: str) -> list[Event]:
    """What may make it so."""
    if not stops(run):
        return [run.ports.cluster.until(STOPS)]
    upses = [run.ports.upses[ups] for ups in run.site.servers[holder].upses]
    off = [port.until(OUTPUT_OFF) for port in upses if feeds(port)]
    return [run.ports.servers[holder].until(OUT_OF_WORK), *off]


def until_back(run: Run, holder: str) -> list[Event]:
    """What may end that."""
    upses = [run.ports.upses[ups] for ups in run.site.servers[holder].upses]
    on = [port.until(OUTPUT_ON) for port in upses if not feeds(port)]
    ends = [run.ports.cluster.until(NOT_STOPPING)] if stops(run) else []
    return [*ends, run.ports.servers[holder].until(UP), *on]


def has_left_it(run: Run, node: str) -> bool:
    """By its last word its journal is broken, and it does not command (C5); or we have left it ourselves.

    It leaves it to nobody while no other journal is well: then it only says that another one commands (S13).
    Nor does a word count that is older than his group: silent since, he may have begun anew. Nor does ours:
    the cluster means us.
    """
    moved_s = run.ports.moved_s.get(node, -inf)
    if node == run.me:
        return bool(run.heir) and run.left_s >= moved_s
    peer = run.ports.peers.get(node)
    if peer is None or (status := (seen := peer.seen()).status) is None:
        return False
    if not seen.fresh and seen.at_s < moved_s:
        return False
    return PEER_LEAVES_IT.met(status) and another_is_well(run, node)


def another_is_well(run: Run, node: str) -> bool:
    others = [peer.seen() for name, peer in run.ports.peers.items() if name != node]
    told = any(seen.fresh and seen.status is not None and PEER_IS_WELL.met(seen.status) for seen in others)
    return run.ports.journal.healthy or told


def says_it_commands(peer: PeerPort) -> bool:
    seen = peer.seen()
    return seen.fresh and seen.status is not None and seen.status.commands


def is_down(run: Run, node: str) -> bool:
    """Proof: its machine is seen halted or in its boot, or its power is seen off, or was to go off."""
    machine = run.ports.servers[node].seen()
    if machine.fresh and machine.status is not None and machine.status.os in (Os.HALTED, Os.BOOTING):
        return True
    return stays_down(run, node) or not any(
        feeds(run.ports.upses[ups]) for ups in run.site.servers[node].upses
    )


def stays_down(run: Run, node: str) -> bool:
    """An earlier life saw it halted, its power going off until the mains return, and they are away still.

    Its card has no power then, and nobody sees it off any more; without this proof whoever is left would
    let the batteries of the others run out. It ends when anything of that node is heard in this life, and
    when anybody on the feed of its UPSes has mains: it may be up again.
    """
    site, ports = run.site, run.ports
    upses = [site.upses[ups] for ups in site.servers[node].upses]
    statuses = [ports.upses[ups.name].seen().status for ups in upses]
    heard = [ports.servers[node].seen().status, ports.peers[node].seen().status, *statuses]
    return (
        node in run.facts.seen_down
        and all(status is None for status in heard)
        and all(is_dead(run, ups.feed) for ups in upses)
    )


def is_without_a_sign(run: Run, node: str) -> bool:
    """No service, no controller and no card of a UPS that may be on: this life has heard none of them.

    Each of these lives on the power of that node, and tells by another way than the others; a card that
    reboots would be back (U1), and cards of others answer. Who waits for more proof than that lets every
    battery run out: no UPS that has gone off without mains tells that it is off (S18, L2).
    """
    ports = run.ports
    cards = [ports.upses[ups] for ups in run.site.servers[node].upses if feeds(ports.upses[ups])]
    others = (ports.servers[node].seen().status, ports.peers[node].seen().status)
    heard = any(others) or any(card.seen().status for card in cards)
    return run.now >= run.born_s + CARD_REBOOT_S and not heard and hears_a_card(run)


def nodes_down(run: Run) -> list[str]:
    """Of whom this is still so when an incident begins anew: what its rows say is to be said again.

    Also if it was this life that saw it go down, and its UPSes off since.
    """
    return [name for name in run.ports.peers if stays_down(run, name) or has_seen_down(run, name)]


def has_seen_down(run: Run, node: str) -> bool:
    upses = run.site.servers[node].upses
    return node in run.facts.seen_down and not any(feeds(run.ports.upses[ups]) for ups in upses)


def is_dead(run: Run, feed: str) -> bool:
    """Somebody on it answers, and nobody who does has mains."""
    readings = [run.ports.upses[ups.name].seen() for ups in run.site.upses_on_feed(feed)]
    mains = [seen.status.mains for seen in readings if seen.fresh and seen.status is not None]
    return bool(mains) and not any(mains)


def feeds(ups: UpsPort) -> bool:
    """Its output was on when it was seen last, or it never was."""
    status = ups.seen().status
    return status is None or status.output_on


def was_up(run: Run, node: str) -> bool:
    """This life saw its system up, or on its way down, when it last saw it: its service may be at work."""
    status = run.ports.servers[node].seen().status
    return status is not None and status.os in (Os.UP, Os.SHUTTING_DOWN)


HEARD_S = 2.0
"""A service that works has told of itself so long after its machine is seen up: a poll of it."""


def named_last(run: Run, before: frozenset[str]) -> frozenset[str]:
    """Who takes part in the cluster, or did so last, as its manager tells; `before`: until now."""
    status = run.ports.cluster.seen().status
    return before if status is None or not status.members else status.members


def may_have_missed_that(run: Run, named: frozenset[str]) -> list[str]:
    """Who is down while the cluster ceases to run; or is not seen, and took no part in it (`named`): he may
    have gone, or be in his boot, and nobody could see it (N5)."""
    machines = run.ports.servers
    outside = {n for n in run.ports.peers if n not in named and not machines[n].seen().fresh} if named else ()
    return [name for name in run.ports.peers if name in outside or is_down(run, name)]


def missed_that(run: Run, node: str) -> Steps[None]:
    """He may be at work unheard once he could have been heard."""
    run.cluster.missed[node] = inf
    yield from run.until_seen(run.ports.servers[node], UP)
    run.cluster.missed[node] = run.now + HEARD_S


def hears_nobody(run: Run) -> bool:
    """No card, machine or array answers: we are cut off, and somebody may be at work beyond (N1, S13)."""
    ports = run.ports
    machines = any(port.seen().fresh for name, port in ports.servers.items() if name != run.me)
    return not (hears_a_card(run) or machines or any(port.seen().fresh for port in ports.arrays.values()))


def hears_a_card(run: Run) -> bool:
    return any(port.seen().fresh for port in run.ports.upses.values())


def somebody_answers(run: Run) -> list[Event]:
    """While nobody does: until a card or a machine is heard."""
    if not hears_nobody(run):
        return []
    cards = [port.until(conditions.ANSWERS) for port in run.ports.upses.values()]
    machines = [p.until(conditions.SERVER_ANSWERS) for name, p in run.ports.servers.items() if name != run.me]
    return [*cards, *machines]


def staying(run: Run) -> list[str]:
    """Nodes that are not seen on their way down, or down."""
    seen = {node: run.ports.servers[node].seen() for node in run.site.cluster.nodes}
    return [n for n, s in seen.items() if not (s.fresh and s.status and conditions.LEAVES.met(s.status))]


def nodes_go_by_two_files(run: Run) -> bool:
    """So says another: no row of his reaches us, and devices alone show what he has done (C9)."""
    statuses = (peer.seen().status for peer in run.ports.peers.values())
    return any(status is not None and not status.alike for status in statuses)
