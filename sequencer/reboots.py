"""Systems that go down only to boot again: out of their reboot, back up, as it was wanted."""

from __future__ import annotations

from math import inf

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.comes_back import answer
from sequencer.journal import Armed, Goal, Kind
from sequencer.on_unheard import fed_alone
from sequencer.ports import Condition, Os, Steps, UpsStatus
from sequencer.proof import runs, seen_off, still_to_fall
from sequencer.run import Run
from sequencer.site import Server, Ups
from sequencer.wants import still_wants, wanted_down_s
from sequencer.watch import tells


def out_of_its_reboot(run: Run, server: Server) -> Steps[None]:
    """On its way down to come up again it would take our shutdown for granted, and then boot (S1).

    It may hang there, or never be heard again; so it is waited for no longer than the batteries last that
    its own stop needs, and the flush of its arrays after it (S18, L2).
    """
    if server.name in run.rebooting or still_wants(run, server.name, Goal.REBOOT):
        port = run.ports.servers[server.name]
        yield from port.look()
        by_s = run.now + server.stop_limit_s + run.site.start.server_limit_s
        ends = battery_last_calls(run, server)
        while run.now < by_s and not (is_out_of_it(run, server) or any(tells(run, *end) for end in ends)):
            fed_by = [u for u in server.upses if not seen_off(run, run.site.upses[u], [])]
            off = [run.ports.upses[u].until(when.OUTPUT_OFF) for u in fed_by]
            calls = [run.ports.upses[ups.name].until(end) for ups, (end,) in ends]
            yield from run.wait(port.until(when.UP, eager=True), *off, *calls, by_s=by_s)
        if server.name in run.rebooting and is_back_up(run, server):
            yield from note_restarted(run, server.name)
        boots_yet = run.now < by_s and not is_out_of_it(run, server)  # and no battery waits for that
        if not (boots_yet and server.name in run.site.cluster.nodes):
            run.rebooting.discard(server.name)


def battery_last_calls(run: Run, server: Server) -> list[tuple[Ups, tuple[Condition[UpsStatus]]]]:
    """Of the UPSes that feed it and its arrays: that the battery lasts for no more than what is to come."""
    site = run.site
    names = dict.fromkeys([*server.upses, *(u for a in server.arrays for u in site.arrays[a].upses)])
    upses = [site.upses[name] for name in names]
    return [(ups, (when.battery_ends(timing.last_call_s(site, ups)),)) for ups in upses]


def is_out_of_it(run: Run, server: Server) -> bool:
    """It is up again; or it will not be: halted, and nobody here has sent it through a reboot; or its power
    counts down or is off, as an earlier life left it."""
    seen = run.ports.servers[server.name].seen()
    if guards.is_seen(seen, Os.UP) or (guards.is_seen(seen, Os.HALTED) and server.name not in run.rebooting):
        return True
    upses = [run.site.upses[u] for u in server.upses]
    return bool(upses) and all(still_to_fall(run, ups) or seen_off(run, ups, []) for ups in upses)


def is_back_up(run: Run, server: Server) -> bool:
    """It has gone down and come up again meanwhile, as a reboot does; one that hangs is still at it."""
    return runs(run, server.name)


def note_reached(run: Run, server: str, *, in_boot: bool = False) -> Steps[None]:
    """It is down as a schedule or a request wanted it; from here on nobody is fought over it (O1).

    Not yet if its UPS was told to come back with the mains before anybody wanted it down: no hand is at work
    when it boots then, and it goes down again (T7, S28). One that is on for good has come back already.
    """
    upses = [run.site.upses[name] for name in run.site.servers[server].upses]
    said_s = wanted_down_s(run, server)
    if still_wants(run, server, Goal.DOWN) and not any(is_to_return(run, ups, said_s) for ups in upses):
        yield from run.commit(Kind.REACHED, server, wall_s=run.facts.wants[server].at_s, in_boot=in_boot)


def is_to_return(run: Run, ups: Ups, said_s: float | None) -> bool:
    """It was told to go off until the mains return, whatever is wanted since `said_s`, and has not done both
    yet.

    Its card may be silent; but who lives on it runs, or did a moment ago, and that was to fall before (N6).
    """
    off, status = run.facts.armed.get(ups.name), answer(run.ports.upses[ups.name])
    before = run.facts.armed_before.get(ups.name)
    if status is None and before is not None and before.wakes(said_s) and not has_come_back(run, ups, before):
        return True  # what it was told since it may not have heard
    if off is None or not (off.wakes(said_s) or may_be_its_own(run, off, said_s)):
        return False
    told_s = max(off.heard_s, run.told_off_s.get(ups.name, off.heard_s)) + run.site.polling.timeout_s
    tells_of_it = run.ports.upses[ups.name].seen().at_s > told_s  # what it said before that is no answer
    if status is None:
        return not has_come_back(run, ups, off)
    return not (status.output_on and not status.off_armed and tells_of_it)


def may_be_its_own(run: Run, off: Armed, said_s: float | None) -> bool:
    """Nobody here knows who told it; it counted down when somebody on it was wanted down: he may have told it
    so himself as he went, and his journal have lost that since (C6, N2)."""
    met_s = run.wall_s() - (run.now - off.heard_s)
    return off.wall_s is None and said_s is not None and met_s < said_s


def has_come_back(run: Run, ups: Ups, off: Armed) -> bool:
    """By our wall clock; who is on it alone is not in the dark."""
    fell_s = inf if off.wall_s is None else off.wall_s + off.falls_in_s + timing.EVIDENCE_EXTRA_S
    servers, _ = fed_alone(run, ups)
    seen = [port.seen() for port in servers]
    return run.wall_s() > fell_s and any(s.fresh and s.status.os is not Os.HALTED for s in seen if s.status)


def note_restarted(run: Run, server: str) -> Steps[None]:
    """It was to be restarted, and has been, or is about to be for another reason: that is it (R10-41, S9)."""
    if still_wants(run, server, Goal.REBOOT):
        yield from run.commit(Kind.REACHED, server, wall_s=run.facts.wants[server].at_s)


def note_restarts(run: Run, server: Server) -> None:
    """It was off when it was to be restarted, and boots for that; no outage changes that (R10-41)."""
    is_up = guards.is_seen(run.ports.servers[server.name].seen(), Os.UP)
    if still_wants(run, server.name, Goal.REBOOT) and not is_up:
        run.rebooting.add(server.name)


def cluster_restarts(run: Run) -> bool:
    """Another node has told it to, just now. What was heard at our boot is why we have booted.

    Or its manager reboots it, as another says who goes; it told that while we were down (R2-08). That an
    outage was declared since, or something else wanted, calls no restart back.
    """
    facts = run.facts
    asked_s = max((s for s in (facts.restarts_s, facts.rebooted_s) if s is not None), default=-inf)
    at_boot_s = min(run.born_s + run.site.start.first_look_limit_s, run.cluster.told_all_s)
    if asked_s <= at_boot_s:
        return False
    return run.now <= asked_s + run.site.cluster.shutdown_limit_s + run.site.polling.on_line_s


def may_take_s(run: Run, server: Server, ups: Ups) -> float:
    """Until it is down for good. A node that goes only to boot again takes as long as the site file's delay:
    a shorter one ends in its boot, when nobody is up to force it (S1, U9)."""
    boots = server.name in run.rebooting or cluster_restarts(run)
    if presses(run, server, ups) or server.name not in run.site.cluster.nodes or not boots:
        return server.stop_limit_s
    return max(server.stop_limit_s, timing.graceful_off_s(ups))


def presses(run: Run, server: Server, ups: Ups) -> bool:
    """It is to be told now, and not when who lives on it has booted: its battery may not last until then, and
    for its OFF; or it feeds a disk that is to fall, or tells nothing."""
    status = answer(run.ports.upses[ups.name])
    if status is None or run.site.arrays_on(ups.name):
        return True
    site, on_battery = run.site, not status.mains
    need_s = server.stop_limit_s + site.start.server_limit_s + timing.stop_off_s(site, ups)
    return on_battery and (status.runtime_s is None or status.runtime_s < need_s)
