"""Hears what somebody outside asks for, refuses what must not be, and writes the rest down.

Every node hears; the one that commands decides, and brings it about (R8-01, S28). What the cluster's
manager does by itself is only told to us: we see to the power (R2-08, R2-09).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from sequencer.journal import ASKED, Goal, Kind
from sequencer.passed_on import (
    MOST_TEXT,
    by_the_commander,
    can_decide,
    is_answered,
    note_refused,
    passed_on,
    say_again,
)
from sequencer.ports import ClusterState, Os, Steps, Unreachable
from sequencer.proof import cluster_is, halted, without_power
from sequencer.requests import MANAGERS, REBOOTS, Request, Wish
from sequencer.run import Run
from sequencer.site import Server, Site
from sequencer.wants import control_wanted_down

COMMANDER_FIRST_S = 1.0
"""What every node hears the commander writes down and copies; the others step in if it does not."""


def hear(run: Run) -> Steps[None]:
    """Never returns."""
    while True:
        request = yield from run.ports.requests.next()
        if request.wish in MANAGERS:
            yield from hear_news(run, request)
        elif run.commands:
            yield from answer(run, request)
        else:
            run.spawn(answer_as_standby(run, request))


def hear_news(run: Run, request: Request) -> Steps[None]:
    """Of the cluster's manager: it is so, whoever commands."""
    run.cluster.shutdown_told = run.cluster.shutdown_told or request.wish is Wish.CLUSTER_SHUTDOWN
    if request.wish in REBOOTS:
        run.rebooting.update(request.of or run.site.cluster.nodes)
    if request.wish is Wish.CLUSTER_REBOOT:  # should it come no further, it is brought back (L3)
        run.cluster.reboot_told_s = run.now
    if run.me in (request.of or run.site.cluster.nodes):  # whom this word wakes starts nobody any more (S6)
        yield from run.ports.servers[run.me].look()
    if not run.commands:
        yield from run.pause(COMMANDER_FIRST_S)
    if request.id not in run.facts.causes:
        yield from note(run, request)
    run.ports.requests.reply(request)


def answer_as_standby(run: Run, request: Request) -> Steps[None]:
    """The commander's word counts. Of two who could both take it the lower-numbered node does (S28)."""
    yield from run.pause(COMMANDER_FIRST_S * (1 + run.site.cluster.nodes.index(run.me)))
    if not is_answered(run, request) and not can_decide(run):
        yield from by_the_commander(run, request)
    yield from answer(run, request)


def answer(run: Run, request: Request) -> Steps[None]:
    yield from decide(run, request)
    refusal = run.facts.refused.get(request.id, "")
    if refusal and request.id not in run.facts.causes:
        words = {"wish": request.wish.value, "id": request.id, "reason": refusal}
        run.tell("request.refused", subject(run.site, request), **words)
        run.ports.requests.reply(request, refusal=refusal)
    else:
        run.ports.requests.reply(request)


def decide(run: Run, request: Request) -> Steps[None]:
    """Once, for both nodes; a refusal is as durable as what is accepted."""
    if request.id in run.deciding:  # heard, and passed on to us too
        yield from run.until(lambda: is_answered(run, request))
    if is_answered(run, request):
        return
    run.deciding.add(request.id)
    refusal = yield from refusal_of(run, request)
    if refusal:
        yield from note_refused(run, request, refusal)
    else:
        yield from note(run, request)


def hear_passed_on(run: Run) -> Steps[None]:
    """What another node was asked falls to us while we command. Never returns."""
    run.passed_on.clear()  # whoever still waits for an answer says it again
    while True:
        yield from run.until(lambda: bool(run.passed_on), ASKED)
        request = passed_on(run.passed_on.pop(0))
        if run.commands and is_answered(run, request):
            yield from say_again(run, request)
        elif run.commands:
            yield from decide(run, request)


def subject(site: Site, request: Request) -> str:
    return request.of[0] if len(request.of) == 1 else site.name


def note(run: Run, request: Request) -> Steps[None]:
    """Durable first, then said."""
    holds = request.wish in (Wish.HOLD, Wish.RELEASE)
    yield from hands(run, request) if holds else wanted(run, request)
    run.tell(
        "request.accepted",
        subject(run.site, request),
        wish=request.wish.value,
        id=request.id,
        of=", ".join(request.of),
        asked_by=request.by,
    )
    run.announce()


def hands(run: Run, request: Request) -> Steps[None]:
    """These devices are in somebody's hands from now on, or no longer."""
    held = request.wish is Wish.HOLD
    for device in request.of:
        yield from run.commit(Kind.HELD, device, held=held, cause=request.id, **now(run, [device]))
        run.tell("hold.set" if held else "hold.released", device, asked_by=request.by)


def wanted(run: Run, request: Request) -> Steps[None]:
    up = request.wish is Wish.POWER_ON
    if up and not request.of:
        yield from run.commit(Kind.START_ASKED, run.site.name)
    servers = meant(run.site, request)
    yield from run.commit(
        Kind.WANTED,
        request.id,
        servers=servers,
        goal=(Goal.UP if up else Goal.DOWN).value,
        **now(run, servers),
        **({"asked_by": request.by[:MOST_TEXT]} if request.by else {}),
        **({"reboots": True} if request.wish is Wish.CLUSTER_REBOOT else {}),
        **({"carried_out": True} if request.wish in MANAGERS - REBOOTS else {}),
    )


def now(run: Run, names: Sequence[str]) -> dict[str, float]:
    """When it is said of these; and after what, as we know: another who hears it may have a clock that is
    behind, and not have heard that (T1, C8)."""
    known_s = run.facts.known_s(names)
    after = {"after_s": known_s} if known_s > -inf else {}
    return {"wall_s": run.facts.later_s(run.wall_s(), names), **after}


def meant(site: Site, request: Request) -> list[str]:
    """The servers that a request is about; pool servers are nobody's to start (R6-32).

    What reboots comes back by itself, with the power on all the while: nothing is wanted of us.
    """
    if request.wish in REBOOTS:
        return []
    if request.of:
        return list(request.of)
    if request.wish is Wish.CLUSTER_SHUTDOWN:
        return list(site.cluster.nodes)
    return [s.name for s in (*site.linked_servers, *site.control_nodes)]


def refusal_of(run: Run, request: Request) -> Steps[str]:
    """Why not, in words; or ''."""
    site = run.site
    if request.wish in (Wish.HOLD, Wish.RELEASE):
        devices = {*site.upses, *site.servers, *site.arrays, site.cluster.name}
        unknown = [name for name in request.of if name not in devices]
        if not request.of:
            return f"{request.wish.value}: of which device?"
        return f"no device is called {', '.join(unknown)}" if unknown else ""
    can = {s.name for s in (*site.linked_servers, *site.control_nodes)}
    unknown = [name for name in request.of if name not in can]
    if unknown:
        return f"no server that can be switched is called {', '.join(unknown)}"
    if request.wish is Wish.POWER_ON:
        return goes_down(run, request)
    return (yield from would_die(run, request))


def goes_down(run: Run, request: Request) -> str:
    """S16: the control side has told its own UPSes to go off, and nobody can call that back.

    Nor can anybody call back its manager, who shuts it down: the nodes would halt with their power on (L3).
    A node that went before that word was said, and is to come back with the mains, hears of no later one when
    the last has gone, and goes down by it (T7).
    """
    nodes = run.site.cluster.nodes
    leaves = run.cluster.shutdown_told and not cluster_is(run, ClusterState.RUNNING)
    down = (run.facts.reached(node.name) or halted(run, node) for node in run.site.control_nodes)
    gone = control_wanted_down(run) and (leaves or all(down))
    if not gone or set(nodes).isdisjoint(meant(run.site, request)):
        return ""
    return "the control side goes off, and nobody can call that back; the buttons of its UPSes start it again"


def would_die(run: Run, request: Request) -> Steps[str]:
    """R12-05, S24: their UPS must not take a machine along that nobody asked for."""
    site = run.site
    asked = set(meant(site, request))
    for name in sorted(asked):
        for ups in site.servers[name].upses:
            for other in site.servers_on(ups):
                redundant = len(set(other.upses) - {ups}) >= other.minimum_supplies
                if other.name not in asked and not redundant and (yield from may_run(run, other)):
                    return f"{ups} of {name} also feeds {other.name}, which may run; ask for both (R12-05)"
    nodes = set(site.cluster.nodes) & asked
    if nodes and nodes != set(site.cluster.nodes):
        return "the control nodes go off together; one alone is for the cluster's manager (R1-09)"
    return ""


def may_run(run: Run, server: Server) -> Steps[bool]:
    """By a fresh look; one that does not answer may run, unless its power is off (S11)."""
    status = yield from run.ports.servers[server.name].look()
    if isinstance(status, Unreachable):
        return not without_power(run, server)
    return status.os is not Os.HALTED
