"""A node whose own power fails goes alone, while the cluster goes on elsewhere; or is it the last one?"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.batteries import until_at_floor, ups_at_floor
from sequencer.beside import out_or_off
from sequencer.comes_back import went_before_we_came
from sequencer.feeds import is_back
from sequencer.goes_last import Floors, counted, hold
from sequencer.journal import Goal
from sequencer.ports import ClusterState, Os, Steps
from sequencer.power_falls import is_about_to_fall
from sequencer.proof import cluster_is, still_to_fall
from sequencer.run import Run
from sequencer.scope import scope
from sequencer.shortage import on_battery
from sequencer.site import Server
from sequencer.standing import feeds, members, staying, takes_part
from sequencer.stays_up import silent_end_s
from sequencer.wants import still_wants, wants
from sequencer.watch import gives_output


def goes_alone(run: Run, node: Server) -> Steps[bool]:
    """Whether it is still to go alone. While an outage is timed that may take all of them, another may come
    back with its mains: that is asked once more (S31)."""
    upses = [run.site.upses[u] for u in node.upses]
    floors = timing.cluster_floors_s
    if cluster_is(run, ClusterState.STOPPED, ClusterState.WAITING_FOR_DISK):
        floors = timing.systems_floors_s
    floors_s = floors(run.site, upses)
    asked_s = -inf
    while asked_s < run.now:
        yield from another_may_take_it(run, node, floors_s)
        asked_s = run.now
        yield from outage_of_all_is_timed(run, node, floors_s)
    return not run.scope.control


def another_may_take_it(run: Run, node: Server, floors_s: Mapping[str, float]) -> Steps[None]:
    """While another boots, or restarts, the cluster can go on there soon, and nobody else need stop (S31): it
    is waited for as long as our own battery waits, as it told last. So is one that goes down, until it has:
    whether it boots again nobody has told us."""
    by_s = run.now + run.site.start.server_limit_s
    others = [run.site.servers[name] for name in run.site.cluster.nodes if name != node.name]
    halted_by_s = run.now + max((other.stop_limit_s for other in others), default=0.0)
    yield from run.all_of(*(run.ports.servers[other.name].look() for other in others))
    while not ups_at_floor(run, floors_s) and not run.scope.control:
        latest_s = min(by_s, silent_end_s(run, floors_s))
        boots = [o.name for o in others if boots_or_restarts(run, o)]
        if not boots and (boots := [o.name for o in others if goes_untold(run, o)]):
            latest_s = min(latest_s, halted_by_s)
        if run.now >= latest_s or not boots or any(goes_on_there(run, other) for other in others):
            break
        words = f"{', '.join(boots)} to be up"
        run.tell_once("step.waiting", node.name, words, step=words)
        ends = [run.ports.servers[name].until(when.UP_OR_HALTED) for name in boots]
        yield from run.wait(run.news(), *ends, *until_at_floor(run, floors_s), by_s=latest_s)


def goes_with_its_cluster(run: Run, node: Server, floors: Floors) -> Steps[bool]:
    """Whether it is the last one; asked once more when the linked side was waited for: who was halted, or on
    his way down, may boot by then, or be up (S31)."""
    if not (yield from is_last_node(run, node)):
        return False
    asked_s = run.now
    yield from hold(run, "stop", floors)
    if run.now == asked_s or not (yield from goes_alone(run, node)):
        return True
    return (yield from is_last_node(run, node))


def boots_or_restarts(run: Run, other: Server) -> bool:
    """It says that it boots; or that it goes down, and it was told to restart. Where the network is silent,
    its last word is that it boots, or it was told to restart (N1)."""
    seen = run.ports.servers[other.name].seen()
    told = other.name in run.rebooting or still_wants(run, other.name, Goal.REBOOT)
    if not seen.fresh and is_deaf(run):
        return told or (seen.status is not None and seen.status.os is Os.BOOTING)
    return guards.is_seen(seen, Os.BOOTING) or (told and guards.is_seen(seen, Os.SHUTTING_DOWN))


def goes_untold(run: Run, other: Server) -> bool:
    """It goes down, and neither for its own power, nor because it is wanted so, nor past its limit: another
    manager may have told it to restart (C12)."""
    falls = any(still_to_fall(run, run.site.upses[name]) for name in other.upses)
    wanted = other.name in run.scope.nodes or wants(run, other.name, Goal.DOWN)
    known = falls or wanted or other.name in run.given_up
    return not known and guards.is_seen(run.ports.servers[other.name].seen(), Os.SHUTTING_DOWN)


def goes_on_there(run: Run, other: Server) -> bool:
    """It carries the cluster on now; a node that has just come up joins it first."""
    return may_carry_on(run, other) and takes_part(run, other.name)


def outage_of_all_is_timed(run: Run, node: Server, floors_s: Mapping[str, float]) -> Steps[None]:
    """While a control disk, or every other node, lives on its battery, and that outage is not confirmed yet;
    or has its mains for a moment, and may lose them again.

    A blink that not every poll has met lets one UPS's time run on, and begins another's anew. When it is
    confirmed the whole control side goes, its disk too: gone before, nobody is left to tell that (S18, L2).
    Not if somebody wants this node down, or shuts it down: then its UPS is to be told before it is gone (L3).
    """
    names = [ups.name for ups in run.site.control_upses if ups.name not in node.upses]
    back_s: dict[str, float] = {}
    while goes_for_its_power(run, node) and not ups_at_floor(run, floors_s):
        settles_s = {name: settles_at_s(run, name, back_s) for name in names}
        timed = {name for name, at_s in settles_s.items() if at_s > run.now} - counted(run)
        own = own_mains_away(run, node)
        if not own:
            yield from until_its_mains_go(run, node)
            continue
        if not timed or not scope(run.site, out_or_off(run) | timed).control:
            return
        words = f"the outage of {', '.join(sorted(timed))} to be confirmed, or to be over"
        run.tell_once("step.waiting", node.name, words, step=words)
        moves = [(name, when.MAINS_BACK if on_battery(run, name) else when.MAINS_AWAY) for name in timed]
        moves += [(name, when.MAINS_BACK) for name in own]
        turns = (run.ports.upses[name].until(move) for name, move in sorted(moves, key=lambda m: m[0]))
        by_s = min(settles_s[name] for name in timed)
        going = run.ports.servers[node.name].until(when.LEAVES)
        yield from run.wait(
            run.news(), going, *turns, *until_at_floor(run, floors_s), by_s=by_s if by_s < inf else None
        )


def until_its_mains_go(run: Run, node: Server) -> Steps[None]:
    """In a blink, for now, or as its card tells at last: nothing is asked while they are there (S5, L10)."""
    upses = [run.ports.upses[name] for name in node.upses]
    while goes_for_its_power(run, node) and not own_mains_away(run, node):
        going = run.ports.servers[node.name].until(when.LEAVES)
        yield from run.wait(run.news(), going, *(port.until(when.MAINS_AWAY) for port in upses))


def own_mains_away(run: Run, node: Server) -> list[str]:
    return [name for name in node.upses if not is_back(run, run.site.upses[name])]


def settles_at_s(run: Run, ups: str, back_s: dict[str, float]) -> float:
    """When its mains have been back for long enough; never, while it lives on its battery.

    `back_s`: since when those are back that we have found away, for in that very moment nobody has noted it.
    """
    seen, since_s = run.ports.upses[ups].seen(), run.mains[ups].on_line_since_s
    if not (seen.fresh and seen.status is not None and seen.status.mains):
        back_s[ups] = inf if on_battery(run, ups) else -inf
        return back_s[ups]
    back_s[ups] = min(back_s.get(ups, -inf), run.now)
    return (back_s[ups] if since_s is None else since_s) + run.site.start.mains_stable_s


def goes_for_its_power(run: Run, node: Server) -> bool:
    """For nothing else, and it is not on its way yet."""
    return not (run.scope.control or wants(run, node.name, Goal.DOWN)) and node.name in staying(run)


def is_last_node(run: Run, node: Server) -> Steps[bool]:
    """Every other control node is seen down, by a fresh look; or says nothing by any way, nor has power.

    One that went down with its power has no controller that could say so. Nor does one take the cluster on
    that is up and no member of it, nor one whose own power fails as well and who goes too: each would rely on
    the other; nor one whose power counts down, whoever told it to (C12). Without an order to the cluster the
    last one leaves it for its operator to start (R9-01).
    """
    going = {n for n in run.scope.nodes if run.in_other_hands(n) is None}
    others = [n for n in run.site.cluster.nodes if n != node.name]
    yield from run.all_of(*(run.ports.servers[n].look() for n in others), run.ports.cluster.look())
    going |= {n for n in others if is_about_to_fall(run, run.site.servers[n])}
    stay = [n for n in others if n not in going and may_carry_on(run, run.site.servers[n])]
    return not any(takes_part(run, n) for n in stay)


def may_carry_on(run: Run, other: Server) -> bool:
    """It is up; or silent, and its service answers, its manager names it, or a UPS of it is on.

    Where we hear no card, not even our own UPS's, the network is silent, and its last word counts (N1, N3),
    unless its manager names it, or its service answers, when its time to go down is over: it has booted.
    """
    seen, ourselves, deaf = run.ports.servers[other.name].seen(), other.name == run.me, is_deaf(run)
    member = other.name in (members(run) or ())
    if seen.status is not None and (seen.fresh or ourselves or deaf):
        gone_s = seen.at_s + (other.stop_limit_s if seen.status.os is Os.SHUTTING_DOWN else 0.0)
        has_booted = (member and run.now >= gone_s) or answers_since(run, other.name, gone_s)
        return seen.status.os is Os.UP or (not seen.fresh and has_booted)
    powered = feeds if deaf else gives_output
    known = ourselves or member or heard(run, other.name)
    left = [u for u in other.upses if not went_before_we_came(run, run.site.upses[u])]
    return known or any(powered(run.ports.upses[u]) for u in left)


def is_deaf(run: Run) -> bool:
    """We hear no card, not even our own UPS's: the network is silent."""
    return not any(ups.seen().fresh for ups in run.ports.upses.values())


def heard(run: Run, node: str) -> bool:
    """Its service answers."""
    return run.ports.peers[node].seen().fresh


def answers_since(run: Run, node: str, at_s: float) -> bool:
    """Its service has answered after that, and does now."""
    peer = run.ports.peers.get(node)
    return peer is not None and peer.seen().fresh and peer.seen().at_s > at_s
