"""Switching UPSes on, when it is safe: mains stable in the whole unit, charge for a full stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.cards import dumb, dumb_at_s, missed_at_s, not_too_soon, untold
from sequencer.cluster_first import cluster_runs, without_cluster
from sequencer.feeds import is_back, stable_at_s
from sequencer.journal import WANTS, Goal
from sequencer.on_unheard import (
    carries_alone,
    gives_power,
    off_by_what_is_known,
    others_carry,
    until_it_gives_power,
)
from sequencer.ports import Answer, Os, Receipt, Steps, UpsStatus
from sequencer.power_off import one_at_a_time
from sequencer.proof import falls_at_s, still_to_fall
from sequencer.run import TURNS, Run
from sequencer.safe_mode import without_a_journal
from sequencer.site import Server, Ups
from sequencer.step import RETRY_S, Ask, Outcome, nothing, step

AGAIN_S = 300.0
"""A UPS that would not go on, or not stay on, is asked again so much later, and no sooner (S33)."""

SELDOM_S = 3600.0
"""One that took its ON a few times and is off all the same: its loads crash each time, if it trips (P14).
Somebody who asks for it once more may have mended it, and is not kept waiting so long."""


def asked_again(run: Run, servers: Iterable[Server]) -> Steps[None]:
    """Until one of these is wanted up anew."""
    before = {server.name: run.facts.wants.get(server.name) for server in servers}

    def is_asked(name: str) -> bool:
        want = run.facts.wants.get(name)
        return want is not None and want.goal is Goal.UP and want != before[name]

    yield from run.until(lambda: any(map(is_asked, before)), WANTS)


def power_on(
    run: Run,
    ups: Ups,
    unit: Iterable[Ups],
    feeds: Iterable[Ups],
    also: Callable[[], guards.Refusal | None] = lambda: None,
    turn: Callable[[], Steps[None]] | None = None,
    *,
    linked: bool = False,
    retry_s: float = RETRY_S,
    taken: Callable[[], None] = nothing,
) -> Steps[Outcome]:
    """This UPS on, once the mains of its whole unit are stable and its charge allows a full stop.

    `unit`: UPSes that must all have their mains (S7). `feeds`: UPSes that a full stop of what is
    started here would live on (S17). `turn`: what to wait for when it is safe. `linked`: it is of the linked
    side, and goes on only while the cluster runs (S6). `taken`: called when it has accepted its ON.
    """
    port = run.ports.upses[ups.name]
    unit, feeds = list(unit), list(feeds)
    if on_to_stay(run, ups):  # what the last poll told; an ON looks again itself
        yield from port.look()
        if on_to_stay(run, ups):
            return Outcome.ALREADY
    asked: list[float] = []

    def switch_on() -> Answer[Receipt]:
        asked.append(run.now)
        run.told_on_s[ups.name] = run.now
        return port.switch_on()

    def unsafe() -> guards.Refusal | None:
        return (without_cluster(run) if linked else None) or refusal_to_power(run, ups, unit, feeds)

    while True:
        yield from safe_to_power(run, ups, unit, feeds)
        if linked:
            yield from runs_or_on(run, ups)
        if on_to_stay(run, ups):
            return Outcome.ALREADY
        if (yield from another_tells(run, ups, turn)):
            continue
        ask: Ask[UpsStatus] = Ask(
            "on",
            switch_on,
            lambda: unsafe() or also(),
            before=lambda: look_afresh(run, ups, unit, cluster=linked),
            rests_on=(port,),
            accepted=taken,
            retry_s=retry_s,
        )
        limit_s = run.site.start.switch_on_limit_s
        goes_on = step(run, ups.name, port, when.OUTPUT_ON, limit_s=limit_s, ask=ask)
        outcome = yield from one_at_a_time(run, ups, goes_on, run.telling_on)
        if outcome.met or asked or (unsafe() is None and also() is not None):
            return outcome
        # It was not safe for long enough, and it was never told: so it has not failed.


def runs_or_on(run: Run, ups: Ups) -> Steps[None]:
    """Until the cluster runs, or a hand has switched it on."""
    if without_cluster(run) is not None:
        on = run.until_seen(run.ports.upses[ups.name], when.OUTPUT_ON)
        yield from run.race(cluster_runs(run, ups.name), on)


def another_tells(run: Run, ups: Ups, turn: Callable[[], Steps[None]] | None) -> Steps[bool]:
    """Wait for its turn, and whether another page has told it meanwhile: then we look again.

    A disk that is ready on one of its feeds may be kept on by one page while another still starts it: both
    wait for the same battery's charge, and would tell the same UPS in one moment (S33).
    """
    if turn is not None:
        yield from turn()
    tells = ups.name in run.telling_on
    yield from run.until(lambda: ups.name not in run.telling_on, ups.name)
    return tells


def look_afresh(run: Run, ups: Ups, unit: Iterable[Ups], *, cluster: bool) -> Steps[None]:
    """Immediately before an ON: mains that went a moment ago are not stable; so with the cluster (S7, S6)."""
    yield from not_too_soon(run, ups, run.told_off_s)
    yield from not_too_soon(run, ups, run.told_on_s)  # by a page that was begun anew in the same moment
    looks = [run.ports.upses[u.name].look() for u in unit if u is not ups]
    yield from run.all_of(*looks, *((run.ports.cluster.look(),) if cluster else ()))


def on_to_stay(run: Run, ups: Ups) -> bool:
    """It says so; or its card is silent: somebody whom it alone feeds answers, or nobody misses it (U2)."""
    seen = run.ports.upses[ups.name].seen()
    if seen.fresh and seen.status is not None:
        on = seen.status.output_on
    else:
        on = gives_power(run, ups) or is_missed_by_nobody(run, ups)
    return on and not still_to_fall(run, ups)


def is_missed_by_nobody(run: Run, ups: Ups) -> bool:
    """Its card should have answered by now. By its last word it stays on, and all whom it feeds live on
    others; or somebody lives on it, now that these are off (X-04, L1)."""
    at_s = missed_at_s(run, ups)
    if at_s is None or run.now < at_s:
        return False
    if carries_alone(run, ups) or (stayed_on(run, ups) and others_carry(run, ups)):
        run.alarm(
            ups.name, f"{ups.name} does not answer; all on it have power, and it is not waited for", "U2"
        )
        return True
    return False


def stayed_on(run: Run, ups: Ups) -> bool:
    """It was not off as it was heard last, nor did it count down, or was told to; or nobody has heard it."""
    status = run.ports.upses[ups.name].seen().status
    counts_down = status is not None and status.off_armed
    return not (counts_down or ups.name in run.facts.armed or off_by_what_is_known(run, ups.name))


def refusal_to_power(run: Run, ups: Ups, unit: list[Ups], feeds: list[Ups]) -> guards.Refusal | None:
    if (held := run.in_other_hands(ups.name)) is not None:
        return held
    if guards.is_seen(run.ports.servers[run.me].seen(), Os.SHUTTING_DOWN):
        return guards.Refusal("S6", f"{run.me} is going down, and starts nobody any more")
    stable = {u.name: is_stable(run, u) for u in unit}
    charges = {u.name: charge_of(run, u) for u in awaited(run, unit, feeds)}
    refusal = guards.switch_on(ups, run.ports.upses[ups.name].seen(), stable, charges)
    return refusal or without_a_journal(run, ups.name, "on")


def awaited(run: Run, unit: list[Ups], feeds: list[Ups]) -> list[Ups]:
    """Those whose charge counts. Of the unit itself every one goes on, and its mains are waited for (S7)."""
    return [u for u in feeds if not (dumb if u in unit else untold)(run, u)]


def charge_of(run: Run, ups: Ups) -> guards.Charge:
    seen = run.ports.upses[ups.name].seen()
    has_pct = seen.status.charge_pct if seen.fresh and seen.status is not None else None
    return guards.Charge(has_pct, run.return_charge_pct(ups))


def is_stable(run: Run, ups: Ups) -> bool:
    at_s = stable_at_s(run, ups)
    return at_s is not None and run.now >= at_s


def safe_to_power(run: Run, ups: Ups, unit: list[Ups], feeds: list[Ups]) -> Steps[None]:
    """Wait for mains, for an armed OFF to fall, for charge: as long as it takes, and saying so.

    A UPS that comes back by itself in the meantime is on; there is nothing left to wait for.
    """
    port = run.ports.upses[ups.name]
    while not on_to_stay(run, ups) and (refusal := refusal_to_power(run, ups, unit, feeds)) is not None:
        run.held_up.add(ups.name)
        run.announce(TURNS)
        match refusal.rule:
            case "S7":
                tell_wait(run, ups, refusal)
                yield from run.race(stable(run, unit), run.wait(port.until(when.OUTPUT_ON)))
            case "S27":
                stays = when.NOTHING_ARMED if still_to_fall(run, ups) else when.OUTPUT_ON
                yield from run.race(run.released(ups.name), run.wait(port.until(stays)))
            case "S16":
                tell_wait(run, ups, refusal)
                yield from run.wait(port.until(when.NOTHING_ARMED, eager=True))
            case "S6":
                tell_wait(run, ups, refusal)
                yield from run.until_seen(run.ports.servers[run.me], when.OUT_OF_IT)
            case "S30":
                tell_wait(run, ups, refusal)
                yield from run.wait(port.until(when.OUTPUT_ON), by_s=run.now + AGAIN_S)
            case "S17":
                yield from charged(run, ups, awaited(run, unit, feeds), refusal)
            case _:
                tell_wait(run, ups, refusal)
                yield from heard_of(run, ups)
    run.held_up.discard(ups.name)


def heard_of(run: Run, ups: Ups) -> Steps[None]:
    """Until its card answers, or somebody whom it alone feeds, or nobody misses it (U2); after an OFF that
    may be to come."""
    answer = run.ports.upses[ups.name].until(when.ANSWERS)
    if still_to_fall(run, ups):
        yield from run.wait(answer, by_s=(falls_at_s(run, ups) or run.now) + timing.EVIDENCE_EXTRA_S)
        return
    answers = run.wait(answer, *until_it_gives_power(run, ups))
    yield from run.race(answers, comes_to_be_missed_by_nobody(run, ups))


def comes_to_be_missed_by_nobody(run: Run, ups: Ups) -> Steps[None]:
    while not is_missed_by_nobody(run, ups):
        at_s = missed_at_s(run, ups)
        yield from run.wait(run.news(), by_s=at_s if at_s is not None and at_s > run.now else None)


def tell_wait(run: Run, ups: Ups, refusal: guards.Refusal, **details: float) -> None:
    rule, reason = refusal.rule, refusal.reason
    words = f"{run.facts.epoch} {rule} {reason}"
    what = "safe to switch on"
    run.tell_once("step.waiting", ups.name, words, step=what, rule=rule, reason=reason, **details)


CHARGE_STEP_PCT = 5.0
"""How much more charge there must be before a wait for it is told again, with a new estimate."""


def charged(run: Run, ups: Ups, feeds: list[Ups], refusal: guards.Refusal) -> Steps[None]:
    """Wait for some more charge in the battery that lacks most; tell how long it takes at this rate.

    Its card may cease to tell it meanwhile: then what counts for one that never did counts for it (U18).
    """
    lacking = [u for u in feeds if not charge_of(run, u).enough]
    least = min(lacking, key=lambda u: (charge_of(run, u).has_pct or 0.0) - charge_of(run, u).need_pct)
    port = run.ports.upses[least.name]
    before = charge_of(run, least)
    has_pct = before.has_pct or 0.0
    if before.has_pct is None:
        tell_wait(run, ups, refusal)
        yield from run.wait(port.until(when.CHARGE_TOLD), by_s=max(run.now + 1.0, dumb_at_s(run, least)))
        return
    tell_wait(run, ups, refusal, **run.charge_eta(least.name, has_pct, before.need_pct))
    goal = when.charge_at_least(min(before.need_pct, has_pct + CHARGE_STEP_PCT))
    silent = port.until(when.CHARGE_UNTOLD)
    yield from run.wait(port.until(goal), silent, run.ports.upses[ups.name].until(when.OUTPUT_ON))


def stable(run: Run, unit: list[Ups]) -> Steps[None]:
    """Until the mains of all these UPSes are good, and have been for `mains_stable` (S7)."""
    for ups in unit:
        port = run.ports.upses[ups.name]
        while not is_stable(run, ups):
            at_s = stable_at_s(run, ups)
            if at_s is not None:
                yield from run.wait(port.until(when.MAINS_AWAY), by_s=at_s)
            elif is_back(run, ups):
                yield run.news()  # the watch has still to notice it
            else:
                yield from run.wait(port.until(when.MAINS_BACK))


def note_powered(run: Run, ups: Ups) -> None:
    run.powered.add(ups.name)
    run.announce(TURNS, *(s.name for s in run.site.servers_on(ups.name)))


STAYS_S = 10.0
"""A UPS that trips over what its loads draw at their start does so within seconds (P14)."""


def stays_on(run: Run, ups: Ups) -> Steps[bool]:
    port = run.ports.upses[ups.name]
    return not (yield from run.until_seen(port, when.OUTPUT_OFF, by_s=run.now + STAYS_S))
