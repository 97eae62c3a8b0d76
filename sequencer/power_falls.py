"""When the power under a system falls, as far as it was told, seen, or is reckoned from its batteries."""

from __future__ import annotations

from math import inf

from simpy import Event

from sequencer import conditions as when
from sequencer import guards
from sequencer.adopt import began_later
from sequencer.comes_back import answer, went_before_we_came
from sequencer.held_ups import is_anybodys
from sequencer.ports import Os, Steps
from sequencer.proof import falls_at_s, may_fall_at_s, seen_off, still_to_fall
from sequencer.run import Run
from sequencer.scope import array_fails, server_fails
from sequencer.shortage import is_short
from sequencer.site import Array, ArrayRole, Server, ServerRole, Ups
from sequencer.timing import last_call_s, late_looks_s
from sequencer.watch import holds_enough


def to_be_forced_at_s(run: Run, server: Server) -> float | None:
    """None: nothing under it is to fall, as far as this life knows.

    On a UPS that somebody holds its battery's end takes it, which nobody tells (S27, L2). One whose
    limit is over is forced at once where its array's battery does not last until then and for the flush: that
    would be begun too late (S18, X-02).
    """
    cut_s = next_cut_s(run, server)
    if cut_s is None:
        return held_battery_ends_s(run, server)
    disks = [a for a in run.site.linked_arrays if a.name in server.arrays]
    if server.name in run.given_up and any(is_short(run, array) for array in disks):
        return min(run.now, cut_s - run.site.force_before_s)
    return cut_s - run.site.force_before_s


def held_battery_ends_s(run: Run, server: Server) -> float | None:
    """When so little is left to a server of the linked side that it can just be forced yet, of UPSes that are
    held, or who runs on them; None: others take it, or nothing does (S27, L2)."""
    if server.role is ServerRole.CONTROL or run.in_other_hands(server.name) is not None:
        return None
    ends_s = sorted(held_ends_s(run, run.site.upses[name]) for name in server.upses)
    at_s = ends_s[len(ends_s) - server.minimum_supplies] if ends_s else inf
    return at_s if at_s < inf else None


def held_batteries_end(run: Run, server: Server) -> list[Event]:
    """When such a battery tells that it ends: who boots there takes from it what nobody had reckoned with."""
    if held_battery_ends_s(run, server) is None:
        return []
    end = when.battery_ends(run.site.force_before_s + late_looks_s(run.site))
    cards = {name: run.ports.upses[name] for name in server.upses}
    told = {name: answer(card) for name, card in cards.items()}
    return [cards[name].until(end) for name, status in told.items() if status and not end.met(status)]


def held_ends_s(run: Run, ups: Ups) -> float:
    return runs_empty_s(run, ups) - run.site.force_before_s if is_anybodys(run, ups) else inf


def runs_empty_s(run: Run, ups: Ups) -> float:
    """By what its card tells now, and late looks; infinity: it has its mains, or tells nothing.

    A battery that holds enough for a full stop lasts for its own, whatever else that says: who goes down
    keeps his time (P9, U10).
    """
    status = answer(run.ports.upses[ups.name])
    if status is None or not when.ON_BATTERY.met(status) or status.runtime_s is None:
        return inf
    least_s = last_call_s(run.site, ups) if holds_enough(run, ups) else 0.0
    return run.now + max(least_s, status.runtime_s) - late_looks_s(run.site)


def may_take_until_s(run: Run, server: Server) -> float:
    """Its own time, unless an OFF counts down under it, as far as it is known where its card is silent: then
    as long as it can still be forced (S1)."""
    force_at_s = to_be_forced_at_s(run, server)
    falls = any(still_to_fall(run, run.site.upses[name]) for name in power_under(run, server))
    if not falls or force_at_s is None or force_at_s <= run.now:
        return inf
    return force_at_s


def is_to_be_forced(run: Run, server: Server) -> Steps[bool]:
    """It runs, an OFF counts down under it, and it is late: whoever commanded before has not forced it (S1).

    No time is left to wait for its own stop, nor for its boot, in which it lets nobody in.
    """
    force_at_s = to_be_forced_at_s(run, server)
    if force_at_s is None or force_at_s > run.now or not count_down(run, power_under(run, server)):
        return False
    port = run.ports.servers[server.name]
    yield from port.look()
    return any(guards.is_seen(port.seen(), os) for os in (Os.UP, Os.SHUTTING_DOWN, Os.BOOTING))


def next_cut_s(run: Run, server: Server) -> float | None:
    """When the first of the UPSes under it is to fall, as far as this life knows; but as long as others say
    that they carry it, or its disk, when so many have fallen that these are too few (X-04). Who hangs on his
    way down by our word is forced as the first one falls all the same, but never before his own limit (H1).

    One that is still to be told counts down from then; who forced himself before would tell nobody. And that
    of a disk which is off has fallen, whatever time its OFF had: who goes down has his own time.
    """
    under, times = set(power_under(run, server)), []
    for upses, needed in parts_under(run, server):
        cuts_s = [its_cut_s(run, server, name) for name in upses if name in under]
        falls_s = [at_s for at_s in cuts_s if at_s is not None]
        if not falls_s:
            continue
        stays_s = [runs_empty_s(run, run.site.upses[name]) for name in upses if carries(run, name)]
        known_s = sorted([*falls_s, *stays_s])
        at_s = known_s[max(len(known_s) - needed, 0)]
        if at_s == inf and upses == server.upses and server.name in run.pages.goes_since_s:
            past_limit_s = run.pages.goes_since_s[server.name] + server.stop_limit_s
            at_s = max(min(falls_s), past_limit_s + run.site.force_before_s)
        times.append(at_s)
    at_s = min(times, default=inf)
    return at_s if at_s < inf else None


def parts_under(run: Run, server: Server) -> list[tuple[tuple[str, ...], int]]:
    """What of it needs which UPSes, and how many of them: itself, and the parts of its disks."""
    arrays = (run.site.arrays[name] for name in server.arrays)
    parts = [(part, 1) for array in arrays for part in (array.controllers, array.enclosures)]
    return [(server.upses, server.minimum_supplies), *parts]


def carries(run: Run, name: str) -> bool:
    """It says that it is on, for good as far as anybody knows. One that is still to be told goes later."""
    status = answer(run.ports.upses[name])
    told = name not in run.to_be_told and was_told_by_us(run, name)
    return status is not None and not when.GOES_OFF.met(status) and not told


def carriers_of(run: Run, server: Server) -> list[str]:
    return [name for name in power_under(run, server) if carries(run, name)]


def its_cut_s(run: Run, server: Server, name: str) -> float | None:
    if name in run.to_be_told or (name not in server.upses and is_off(run, name)):
        return None
    ups = run.site.upses[name]
    at_s = falls_at_s(run, ups)
    if at_s is None or not (was_told_by_us(run, name) or still_to_fall(run, ups)):
        return None
    return soonest_cut_s(run, server, ups, at_s)


def not_shown_yet(run: Run, server: Server) -> list[str]:
    """Another life has written down that it tells these to go off, and no card of theirs counts down yet."""
    found = []
    for ups in (run.site.upses[name] for name in power_under(run, server) if name not in run.to_be_told):
        at_s = falls_at_s(run, ups)
        shown = was_told_by_us(run, ups.name) or still_to_fall(run, ups)
        if at_s is not None and at_s > run.now and not shown:
            found.append(ups.name)
    return found


def was_told_by_us(run: Run, ups: str) -> bool:
    """By this life, and its time is not over; its card may not show it yet."""
    armed = run.facts.armed.get(ups)
    return armed is not None and armed.life == run.life and armed.falls_at_s > run.now


def soonest_cut_s(run: Run, server: Server, ups: Ups, falls_at_s: float) -> float:
    """When it may fall. Where nobody knows that, who runs on it is waited for as long as his stop may take.

    He was told before the OFF was, and at the very end of its delay it is too late to force him (S1). Its
    battery may end before that: a hand has booted somebody there since it was told to go off (S18, H6).
    """
    return min(soonest_off_s(run, server, ups, falls_at_s), runs_empty_s(run, ups))


def soonest_off_s(run: Run, server: Server, ups: Ups, falls_at_s: float) -> float:
    """One that we have seen begin when the OFF of its row was over is another's, who is not heard (N2)."""
    if began_later(run, ups.name, run.facts.armed[ups.name]):
        return run.ports.countdowns_s[ups.name] + server.stop_limit_s + run.site.force_before_s
    if (may_fall_s := may_fall_at_s(run, ups)) is not None:
        return may_fall_s
    heard_s = run.facts.armed[ups.name].heard_s
    return min(falls_at_s, heard_s + server.stop_limit_s + run.site.force_before_s)


def is_about_to_fall(run: Run, node: Server) -> bool:
    """Its UPSes say that they count down, and what is left is not enough."""
    falling = count_down(run, node.upses)
    return bool(falling) and server_fails(node, off_or_falling(run, node.upses, falling))


def off_or_falling(run: Run, upses: tuple[str, ...], falling: list[str]) -> set[str]:
    """What carries nobody: these, and whichever is off already, as the other feed of a pair may be (X-04); or
    went before this life could hear it, as it was told.

    Not one that has been switched on since it was heard.
    """
    gone = {name for name in upses if is_off(run, name) or went_before_we_came(run, run.site.upses[name])}
    return gone.union(falling)


def is_off(run: Run, ups: str) -> bool:
    """Seen off, and nobody of us has told it to come on since."""
    return seen_off(run, run.site.upses[ups], []) and not told_on_since(run, ups)


def told_on_since(run: Run, ups: str) -> bool:
    told_s = run.told_on_s.get(ups)
    return told_s is not None and told_s >= run.ports.upses[ups].seen().at_s


def falls_under(run: Run, server: Server) -> bool:
    """Its own power counts down, or that of its linked disks, which are to be flushed without it (S2)."""
    return is_about_to_fall(run, server) or any(
        array_falls(run, array) for array in linked_disks(run, server)
    )


def array_falls(run: Run, array: Array) -> bool:
    """Its UPSes say that they count down, and what is left does not carry it."""
    falling = count_down(run, array.upses)
    return bool(falling) and array_fails(array, off_or_falling(run, array.upses, falling))


def linked_disks(run: Run, server: Server) -> list[Array]:
    arrays = (run.site.arrays[name] for name in server.arrays)
    return [array for array in arrays if array.role is ArrayRole.LINKED]


def count_down(run: Run, upses: tuple[str, ...]) -> list[str]:
    """Those of them that say so now; or are silent, and it was their last word or we have told them, until
    the time of that is over, and it has not been seen off before: nobody can call an OFF back (S16).
    Otherwise silence says nothing (S11)."""
    return [name for name in upses if counts_down(run, run.site.upses[name])]


def counts_down(run: Run, ups: Ups) -> bool:
    seen, at_s = run.ports.upses[ups.name].seen(), falls_at_s(run, ups)
    said = seen.status is not None and seen.status.off_armed
    if seen.fresh:
        return said
    told = said or (was_told_by_us(run, ups.name) and not is_off(run, ups.name))
    return told and at_s is not None and run.now < at_s


def power_under(run: Run, server: Server) -> tuple[str, ...]:
    """UPSes that must not fall while its system runs: its own, and those of its control disks.

    For a stranger's OFF of these nobody goes while no outage brings anybody down, and nobody is forced who
    only boots again: halted with his power on he would not come back (ADR 0033, L3). Those of its linked
    disks fall when it is down, unless somebody else has told them (C12).
    """
    control = (a for a in run.site.control_arrays if a.name in server.arrays)
    below = [ups for disk in control for ups in disk.upses if run.facts.down or not is_strangers(run, ups)]
    linked = (a for a in linked_disks(run, server) if array_falls(run, a))
    return (*server.upses, *below, *(ups for disk in linked for ups in disk.upses))


def is_strangers(run: Run, ups: str) -> bool:
    """Its OFF is none that a node has written down as its own."""
    armed = run.facts.armed.get(ups)
    return armed is not None and armed.wall_s is None
