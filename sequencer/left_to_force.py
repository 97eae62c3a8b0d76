"""Who is left on power that falls, when nobody is left to force him: whoever goes last forces him first."""

from __future__ import annotations

from sequencer.force import boots, falls_unseen, runs_past_its_limit
from sequencer.power_falls import is_about_to_fall
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.shortage import on_battery
from sequencer.site import Server


def left_to_be_forced(run: Run) -> list[Server]:
    """On power that counts down: given up at their limit and seen to run, or of the linked side and booting.

    They were to be told when they are up, or forced shortly before that falls; when we are gone nobody is
    left to do it (S1, H5). Nor for who boots on a battery that somebody holds, to its end (S27, L2); nor for
    who is silent, given up or down, on power that we have told to go: a hand may have booted him (S11, H6).
    """
    linked = linked_side(run)
    left = [
        s for s in about_to_fall(run) if runs_past_its_limit(run, s) or (s in linked and boots(run, s.name))
    ]
    left += [s for s in linked if s not in left and boots_on_battery(run, s)]
    return left + [s for s in (*linked, *other_nodes(run)) if falls_unseen(run, s)]


def given_up_anew(run: Run) -> None:
    """Another stop gives everybody his limit anew, but who has had it on power that counts down: when that is
    over nobody may be left to force him (H3, S1)."""
    run.given_up &= {server.name for server in left_to_be_forced(run)}


def boots_on_battery(run: Run, server: Server) -> bool:
    """It is to go down when it is up, and lives on its battery, which no silent card tells (U16). Not
    while all are brought up: whom the way down had concerned is started just now (S31)."""
    goes = server.name in run.scope.servers and (run.facts.down or not run.facts.open)
    goes = goes and run.in_other_hands(server.name) is None
    drained = {name for name in server.upses if on_battery(run, name) or run.mains[name].confirmed}
    return goes and boots(run, server.name) and server_fails(server, drained)


def about_to_fall(run: Run) -> list[Server]:
    """Servers of the linked side, and other nodes, on power that counts down."""
    return [server for server in (*linked_side(run), *other_nodes(run)) if is_about_to_fall(run, server)]


def linked_side(run: Run) -> tuple[Server, ...]:
    return (*run.site.linked_servers, *run.site.pool_servers)


def other_nodes(run: Run) -> list[Server]:
    return [node for node in run.site.control_nodes if node.name != run.me]
