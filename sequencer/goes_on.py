"""Who takes the command in an incident that goes down: whether its outage goes on, or is over by now (S31).

The commander before us may have died in the midst of it, or brought everybody up without our hearing of it.
"""

from __future__ import annotations

from sequencer import conditions as when
from sequencer import timing
from sequencer.beside import out_or_off
from sequencer.feeds import is_over, others_on_its_feed, stable_at_s
from sequencer.journal import WANTS
from sequencer.left_to_force import linked_side
from sequencer.on_unheard import look_who_lives_unheard
from sequencer.ports import Condition, Steps, UpsStatus
from sequencer.power_falls import count_down
from sequencer.proof import runs
from sequencer.run import Run
from sequencer.scope import Scope, array_fails, scope, server_fails
from sequencer.site import Site, Ups
from sequencer.timing import CARD_REBOOT_S
from sequencer.wants import control_goes_first, control_stop, planned_scope
from sequencer.watch import gives_output, tells


def lasts(run: Run) -> Steps[bool]:
    """For whoever has declared none of it himself."""
    if not (yield from goes_on(run)):
        return False
    yield from mains_settle(run)
    return not is_another(run)


def told_of(run: Run) -> Steps[None]:
    """A stop of the control side that another node tells us, when it is up again perhaps.

    If it has slept by that it says so a moment later, when it has looked round: nobody is stopped (O1, S9).
    """
    limit_s = run.site.start.first_look_limit_s + run.site.polling.timeout_s
    if control_stop(run):
        yield from run.race(run.until(lambda: not control_stop(run), WANTS), run.pause(limit_s))


def goes_on(run: Run) -> Steps[bool]:
    """After a boot: a declared outage stays declared while one of its UPSes is seen on battery.

    And so it is when the stop is called off that had gone on whatever the mains do, or in no outage (T7).

    Those that are off or silent cannot be stopped any further; what they feed is brought back when
    they have mains. But one that nobody told to go off may live on its battery behind a card that is
    only slow: it is waited for as long as a card takes that reboots (U1, S11). Whoever runs on a silent one
    can be stopped, and the last that is known of it is its outage (U16, L2).
    """
    yield from look_who_lives_unheard(run)
    by_s = run.born_s + CARD_REBOOT_S
    while not on_battery(run) and not (control_stop(run) and control_goes_first(run)):
        unheard = [name for name in sorted(run.facts.confirmed) if may_be_on_battery(run, name)]
        if not unheard or run.now >= by_s:
            return any(feeds_somebody(run, run.site.upses[name]) for name in unheard)
        yield from run.wait(*(run.ports.upses[name].until(when.ANSWERS) for name in unheard), by_s=by_s)
    return True


def mains_settle(run: Run) -> Steps[None]:
    """Some have their mains, and a life that has just begun cannot know since when: whom only their outage
    brings down is not stopped before it is known whether they stay (S31).

    Waited for as long as that takes, or until they go again; and not while the battery of one that is out
    lasts for no more than the stop of what it feeds (S18).
    """
    site, ports = run.site, run.ports.upses
    while not is_another(run) and not (control_stop(run) and control_goes_first(run)):
        stable_s = {name: stable_at_s(run, site.upses[name]) for name in sorted(run.facts.confirmed)}
        back_s = {name: at_s for name, at_s in stable_s.items() if at_s is not None}
        out = set(stable_s) - set(back_s)
        calls = last_calls(run, out)
        short = any(tells(run, site.upses[name], (call,)) for name, call in calls.items())
        if not back_s or short or scope(site, out) == scope(site, set(stable_s)):
            return
        turns = [ports[name].until(when.MAINS_AWAY) for name in back_s]
        turns += [ports[name].until(call) for name, call in calls.items()]
        yield from run.wait(*turns, by_s=min(back_s.values()))


def last_calls(run: Run, upses: set[str]) -> dict[str, Condition[UpsStatus]]:
    """By those that nobody has told to go off yet: its battery lasts for the stop of what it feeds only."""
    left = (name for name in sorted(upses) if not count_down(run, (name,)))
    return {name: when.battery_ends(timing.last_call_s(run.site, run.site.upses[name])) for name in left}


def is_another(run: Run) -> bool:
    """Some whose outage was confirmed have had their mains back for long: whoever is out yet, or anew, is
    declared anew, and what only those had stopped is left alone (S31)."""
    over = any(is_good(run, run.site.upses[name]) for name in run.facts.confirmed)
    return over and not (control_stop(run) and control_goes_first(run))


def nobody_is_to_stop(run: Run) -> bool:
    """By any schedule or request; and the control side is not just going, noted down already (S16)."""
    return planned_scope(run) == Scope() and not control_goes_first(run)


def on_battery(run: Run) -> bool:
    """One of the UPSes whose outage was confirmed is seen on battery; its outage need not be timed anew.

    Not one whose mains were back, though we never heard that the others were brought up meanwhile (C8, N2).
    Nor where others are off or silent, and who is on these does not need them: nodes with mains went again
    after each boot, for what was off already, until these batteries were empty (X-04, L10).
    """
    declared = [name for name in sorted(run.facts.confirmed) if not is_over(run, name)]
    for name in declared:
        seen, view = run.ports.upses[name].seen(), run.mains[name]
        if seen.fresh and seen.status is not None and seen.status.on_battery and not view.confirmed:
            view.confirmed = view.as_told = True
    out = {name for name in declared if run.mains[name].confirmed}
    gone = {name for name in out_or_off(run) - out if not gives_output(run.ports.upses[name])}
    return bool(out) and (not gone or any(is_needed(run.site, name, gone | out) for name in out))


def is_needed(site: Site, ups: str, out: set[str]) -> bool:
    """Somebody on it has too few supplies left without these (X-04)."""
    servers, arrays = site.servers_on(ups), site.arrays_on(ups)
    return any(server_fails(s, out) for s in servers) or any(array_fails(a, out) for a in arrays)


def may_be_on_battery(run: Run, ups: str) -> bool:
    """Not heard in this life yet, and nobody told it to go off; or it did not, by who runs on it."""
    unheard = run.ports.upses[ups].seen().status is None
    return unheard and (ups not in run.facts.armed or feeds_somebody(run, run.site.upses[ups]))


def feeds_somebody(run: Run, ups: Ups) -> bool:
    """A server of the linked side runs on it alone, and nobody on its feed is known to have mains."""
    linked = {s.name for s in linked_side(run) if s.upses == (ups.name,) and runs(run, s.name)}
    return bool(linked) and not any(mains for _, mains in others_on_its_feed(run, ups))


def is_good(run: Run, ups: Ups) -> bool:
    """Its mains have been there for `mains_stable`."""
    stable_s = stable_at_s(run, ups)
    return stable_s is not None and run.now >= stable_s
