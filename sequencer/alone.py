"""A node whom nobody commands any more stops itself before its battery ends, and its own UPS with it.

Whoever commanded is silent, and nothing proves that he is down; so nobody may follow him (S13). A node
may always stop itself, and a UPS that feeds nobody else.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.ports import Off, Steps
from sequencer.power_off import arm
from sequencer.proof import mains_back
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.site import Server
from sequencer.standing import is_our_own
from sequencer.systems import note_stopping
from sequencer.watch import tell_confirmed

NOT_YET_S = 5.0
"""Until it is looked at again whether somebody commands."""


def stop_when_left_alone(run: Run) -> Steps[None]:
    """Returns only where its power is not its own: halted with it on, it would not come back (L3)."""
    me = run.site.servers[run.me]
    if not all(is_our_own(run, name) for name in me.upses):
        return
    while True:
        yield from run.until(
            lambda: not run.commands and (run.facts.down or run.cluster.unled), run.site.name
        )
        yield from own_power_ends(run, me)
        yield from run.all_of(*(peer.look() for peer in run.ports.peers.values()))  # one may just have begun
        if (run.facts.down or is_without_mains(run, me)) and is_left_alone(run):
            yield from stop_alone(run, me)
        yield from run.pause(NOT_YET_S)


def is_without_mains(run: Run, me: Server) -> bool:
    """Its own outage counts by its own watch, though nobody who is heard has told of an incident (N2, N5)."""
    return server_fails(me, {name for name in me.upses if run.mains[name].confirmed})


def own_power_ends(run: Run, me: Server) -> Steps[None]:
    """Until none of its batteries has more left than the node needs to halt and its UPS to go off."""
    ends = {
        run.ports.upses[name]: when.battery_ends(
            timing.stop_off_s(run.site, run.site.upses[name]) + me.stop_limit_s
        )
        for name in me.upses
    }
    for port, end in ends.items():
        yield from run.until_seen(port, end)


def is_left_alone(run: Run) -> bool:
    """It does not command, nor is about to, and hears nobody who does. Who does sees to the disks, too."""
    commanders = (port.seen() for port in run.ports.peers.values())
    return not (run.commands or run.claims) and not any(
        s.fresh and s.status is not None and s.status.commands for s in commanders
    )


def stop_alone(run: Run, me: Server) -> Steps[None]:
    names = ", ".join(me.upses)
    text = f"{names} holds no longer, and nobody is heard who commands; {me.name} stops itself"
    run.alarm(me.name, text, "S5", upses=names)
    for name in me.upses:
        tell_confirmed(run, name)
    receipt = yield from run.command(
        me.name,
        "shutdown",
        run.ports.servers[me.name].shut_down,
        lambda: guards.shut_down_server(
            cause=run.facts.down or is_without_mains(run, me),
            mains_back=run.facts.down and mains_back(run),
        ),
    )
    if receipt.ok:
        note_stopping(run, me)
        upses = [run.site.upses[name] for name in me.upses]
        yield from run.together(*(arm(run, ups, Off.UNTIL_MAINS, [me]) for ups in upses))
        yield from run.pause(me.stop_limit_s)
