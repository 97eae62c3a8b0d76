"""Switching UPSes off: arm a delayed OFF, cut at once, see it off.

Every command here passes its guard with a fresh look, and an OFF is written down before it is sent:
sent again while it counts down it would start anew (S15), so it is sent again only when a look
shows that nothing counts down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import simpy

from sequencer import conditions as when
from sequencer import guards, timing
from sequencer.adopt import adopt, counting_down, gone_or_going, is_unheard_since, may_have_been_told
from sequencer.cards import dead_at_s, not_too_soon
from sequencer.comes_back import carried
from sequencer.falls_together import asleep_until_all_fall_s
from sequencer.flushed import is_flushing
from sequencer.held_ups import may_be_told
from sequencer.journal import Goal, Kind
from sequencer.ports import Accepted, Off, Os, Receipt, Steps, Unreachable
from sequencer.proof import falls_at_s, halted, mains_back, seen_off
from sequencer.reboots import may_take_s
from sequencer.run import Run
from sequencer.safe_mode import without_a_journal
from sequencer.site import OffMode, Server, Ups
from sequencer.wants import wants

T = TypeVar("T")

ATTEMPTS = 3
"""A command that was lost or refused by the card is sent this often, each time after a look (X-09)."""

LISTENED_S = 15.0
"""A card that did not answer to its OFF may take this long to answer a look, if it cannot be rebooting."""


def note_off(run: Run, ups: Ups, how: Off) -> Steps[None]:
    """Write down that a UPS is about to be told to go off, where there may be no time for it later (N1).

    Not what is refused as it stands: with its card silent the other node, or our next life, would force who
    boots on it, or not tell it when it is to go, for an OFF that nobody has told (S1, S15, S30). Nor what
    another page has just sent: that is told, whether its card shows it yet or not, and takes who hangs (S2).
    Nor what counted down when its card was heard last: another has told it (S15).
    """
    told = is_sent(run, ups) or counting_down(run, ups) is not None
    if not (gone_or_going(run, ups) or told or seen_off(run, ups, [])):
        run.to_be_told.add(ups.name)
        delay_s = delay_as_read_back(run, ups, how)
        if delay_s < longest_s(run, ups, run.site.servers_on(ups.name)):
            return
        yield from run.commit(Kind.OFF_ARMED, ups.name, falls_in_s=delay_s, **of_its_off(run, ups, how))
        run.noted.add(ups.name)


def is_sent(run: Run, ups: Ups) -> bool:
    """By this life, since that was written down last, and its time is not over."""
    armed, sent_s = run.facts.armed.get(ups.name), run.told_off_s.get(ups.name)
    if armed is None or sent_s is None or armed.life != run.life:
        return False
    return armed.heard_s <= sent_s and run.now < armed.falls_at_s


def of_its_off(run: Run, ups: Ups, how: Off) -> dict[str, Any]:
    """Of its row: when it is told; whether it is to come back with the mains, and who is wanted down."""
    names = [server.name for server in run.site.servers_on(ups.name)]
    down = [run.facts.wants[name].at_s for name in names if wants(run, name, Goal.DOWN)]
    words = {"returns": how is Off.UNTIL_MAINS, "sleeps": how is Off.SLEEP, "wanted_down": bool(down)}
    after = {"after_s": max(down)} if down else {}  # our clock may have been put back since they were said
    return {"wall_s": run.wall_s(), **{word: True for word, is_so in words.items() if is_so}, **after}


def arm(
    run: Run, ups: Ups, how: Off, loads: list[Server], *, sleep_s: float = 0.0
) -> Steps[guards.Refusal | None]:
    """Tell a UPS to go off later, when all its loads have accepted their shutdown; or why it was not told.

    `sleep_s`: one that is to come back with the mains does so after that, or with them where it cannot sleep.
    """
    if not (yield from may_be_told(run, ups, loads)):
        yield from adopt(run, ups)
        return None
    return (yield from one_at_a_time(run, ups, arm_now(run, ups, how, loads, sleep_s), run.telling_off))


def one_at_a_time(run: Run, ups: Ups, steps: Steps[T], telling: set[str]) -> Steps[T]:
    """Two pages of the runbook may be about one UPS; the second looks only when the first has sent (S15).

    `telling`: of which UPSes a page does so now, to go off (`run.telling_off`) or on (`run.telling_on`).
    """
    yield from run.until(lambda: ups.name not in telling, ups.name)
    telling.add(ups.name)
    try:
        return (yield from steps)
    finally:
        telling.discard(ups.name)
        if not run.over:
            run.announce(ups.name)


def arm_now(
    run: Run, ups: Ups, how: Off, loads: list[Server], sleep_s: float
) -> Steps[guards.Refusal | None]:
    port = run.ports.upses[ups.name]
    yield from look_before_its_off(run, ups)
    if may_have_been_told(run, ups) and not gone_or_going(run, ups):
        # By another page or life, in vain it seems: not again within a poll, nor without an answer (S33, S15)
        if ups.name not in run.told_off_s:
            yield from run.pause(run.site.polling.on_battery_s)
        if not (yield from heard_again(run, ups)):
            return None
        yield from nobody_held_there(run, ups, loads)
    if gone_or_going(run, ups) or seen_off(run, ups, loads):
        return None
    delay_s = delay_as_read_back(run, ups, how)
    if how in (Off.UNTIL_MAINS, Off.SLEEP):
        sleep_s = max(sleep_s, asleep_until_all_fall_s(run, ups, loads))
    return (
        yield from send_off(
            run,
            ups,
            how,
            delay_s,
            lambda: guards.arm_off(
                ups,
                port.seen(),
                {s.name: s.name in run.asked_to_stop or halted(run, s) for s in loads},
                delay_s=delay_s,
                longest_limit_s=longest_s(run, ups, loads),
                # One that comes back by itself strands nobody; its nodes are on their way down already.
                mains_back=mains_back(run, ups.name) and how not in (Off.UNTIL_MAINS, Off.SLEEP),
            ),
            sleep_s=sleep_s,
            afresh=partial(nobody_held_there, run, ups, loads),
        )
    )


def nobody_held_there(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """Before it is told once more: its card was silent meanwhile, perhaps for minutes, and who is held there
    may have been booted since (S1, S27)."""
    yield from may_be_told(run, ups, loads)


def look_before_its_off(run: Run, ups: Ups) -> Steps[None]:
    """Another page may have told it a moment ago, perhaps in vain, and with no delay at all: then nothing
    counts down, nor is that time to come (S33)."""
    port = run.ports.upses[ups.name]
    yield from port.look()
    if not gone_or_going(run, ups) and (yield from not_too_soon(run, ups, run.told_off_s)):
        yield from port.look()
    yield from adopt(run, ups)


def longest_s(run: Run, ups: Ups, loads: Iterable[Server]) -> float:
    """Until all are down whom it would cut off, if it is told together with them."""
    at_once = ups.off is OffMode.WITH_SHUTDOWN
    cut_off = [s for s in loads if at_once and not halted(run, s) and not carried(run, s, ups)]
    return max((may_take_s(run, s, ups) for s in cut_off), default=0.0)


def delay_as_read_back(run: Run, ups: Ups, how: Off) -> float:
    """The delay that the card's own settings give, as it told last; of one never heard the site file's (S29).

    One that is silent for a moment, on a network that loses much, has its settings still (U9).
    """
    status = run.ports.upses[ups.name].seen().status
    match how:
        case Off.NOW | Off.CONSERVE:
            planned_s = timing.immediate_off_s(ups)
            told_s = planned_s if status is None else status.immediate_off_s
        case Off.DELAYED:
            planned_s = timing.delayed_off_s(ups)
            told_s = planned_s if status is None else status.delayed_off_s
        case _:  # graceful, until the mains return, for a sleep
            planned_s = timing.graceful_off_s(ups)
            told_s = planned_s if status is None else status.graceful_off_s
    if abs(told_s - planned_s) > timing.AS_PLANNED_S:
        text = f"{ups.name} goes off after {told_s:g} s; the site file says {planned_s:g} s"
        run.alarm(ups.name, text, "S29")
    return told_s


def cut(
    run: Run,
    ups: Ups,
    guard: Callable[[], guards.Refusal | None],
    afresh: Callable[[], Steps[None]],
) -> Steps[guards.Refusal | None]:
    """OFF now, and wait until it is seen; or why it was not sent.

    `afresh`: looks at what the guard rests on, where somebody held the UPS or its card was silent meanwhile.
    """
    refusal = yield from one_at_a_time(run, ups, cut_now(run, ups, guard, afresh), run.telling_off)
    if guards.cause_is_gone(refusal) or (refusal is not None and refusal.rule == "S2"):
        return refusal
    yield from see_off(run, ups, [])
    return None


def cut_now(
    run: Run, ups: Ups, guard: Callable[[], guards.Refusal | None], afresh: Callable[[], Steps[None]]
) -> Steps[guards.Refusal | None]:
    yield from look_before_its_off(run, ups)
    told = ups.name in run.facts.armed and is_unheard_since(run, ups)
    if told or gone_or_going(run, ups) or seen_off(run, ups, []):
        return None
    delay_s = delay_as_read_back(run, ups, Off.NOW)
    return (yield from send_off(run, ups, Off.NOW, delay_s, guard, afresh=afresh))


def send_off(
    run: Run,
    ups: Ups,
    how: Off,
    delay_s: float,
    guard: Callable[[], guards.Refusal | None],
    *,
    sleep_s: float = 0.0,
    afresh: Callable[[], Steps[None]],
) -> Steps[guards.Refusal | None]:
    port = run.ports.upses[ups.name]
    for attempt in range(ATTEMPTS):
        waited = attempt > 0 or run.in_other_hands(ups.name) is not None
        yield from run.released(ups.name)
        if waited:
            yield from afresh()
        if not (yield from safe_without_a_journal(run, ups)):
            return None
        yield from not_too_soon(run, ups, run.told_on_s)
        refusal = guard()
        if refusal is not None:
            run.refused(ups.name, "off", refusal)
            return refusal
        if attempt or not (ups.name in run.noted and is_news(run, ups, how, delay_s)):
            yield from run.commit(Kind.OFF_ARMED, ups.name, falls_in_s=delay_s, **of_its_off(run, ups, how))
        run.to_be_told.discard(ups.name)  # now: by an older row it would fall too soon (H1)
        run.announce(ups.name)  # whoever is to force a hung system before the cut can count down now
        sent = Off.SLEEP if how is Off.UNTIL_MAINS and sleep_s > 0.0 else how
        sleeps = {"sleep_s": round(sleep_s, 3)} if sent is Off.SLEEP else {}
        asked_at_s = run.told_off_s[ups.name] = run.now
        receipt = yield from run.command(
            ups.name,
            "off",
            partial(port.switch_off, sent, sleep_s=sleep_s),
            guard,
            how=sent.value,
            falls_in_s=delay_s,
            **sleeps,
        )
        if receipt.ok:
            yield from note_what_it_took(run, ups, how, delay_s, receipt, asked_at_s)
            return None
        if receipt.accepted is Accepted.NO and how is Off.UNTIL_MAINS:
            sleep_s = 0.0  # an outlet group, and NUT, know of no sleep
        yield from run.pause(run.site.polling.on_battery_s)
        if not (yield from heard_again(run, ups)):
            break  # it may have taken the OFF, and would count down anew (S15)
        if gone_or_going(run, ups):
            return None
    run.alarm(ups.name, f"{ups.name} {in_vain(run, ups, receipt)}", "X-09")
    return None


def in_vain(run: Run, ups: Ups, receipt: Receipt) -> str:
    """Of a card that has answered neither its OFF nor a look since, it is not known whether it took it."""
    if not receipt.sent:
        return f"was not told to go off: {receipt.reason}"
    if receipt.accepted is Accepted.UNKNOWN and not run.ports.upses[ups.name].seen().fresh:
        return "is silent; whether it took its OFF is not known"
    return "did not take its OFF"


def is_news(run: Run, ups: Ups, how: Off, delay_s: float) -> bool:
    """What stands in the journal about it is this OFF, only just written; else it would fall too soon by it.
    A sleep that has become too short meanwhile is another one, and so is one of which its card has told
    another delay since (S29)."""
    armed = run.facts.armed.get(ups.name)
    if armed is None or armed.returns is not (how is Off.UNTIL_MAINS):
        return False
    if abs(armed.falls_in_s - delay_s) > timing.AS_PLANNED_S:
        return False
    return armed.falls_at_s > run.now + delay_s - LISTENED_S


def note_what_it_took(
    run: Run, ups: Ups, how: Off, delay_s: float, receipt: Receipt, asked_at_s: float
) -> Steps[None]:
    """It counts down from something else than its settings promised: go on with what it answered (S29).

    Some cards tell what is left of it, which has become less since it was asked.
    """
    told_s = receipt.falls_in_s
    if told_s is None or delay_s - (run.now - asked_at_s) - 1.0 <= told_s <= delay_s + 1.0:
        return
    run.alarm(ups.name, f"{ups.name} goes off after {told_s:g} s; its settings said {delay_s:g} s", "S29")
    yield from run.commit(Kind.OFF_ARMED, ups.name, falls_in_s=told_s, **of_its_off(run, ups, how))


def heard_again(run: Run, ups: Ups) -> Steps[bool]:
    """A look that is answered, of a card that did not answer to its OFF; whether there was one."""
    port = run.ports.upses[ups.name]
    by_s = max(run.now + LISTENED_S, dead_at_s(run, ups))  # it may reboot (U1)
    while isinstance((yield from port.look()), Unreachable):
        if run.now >= by_s:
            return False
        yield from run.wait(port.until(when.ANSWERS, eager=True), by_s=by_s)
    return True


def safe_without_a_journal(run: Run, ups: Ups) -> Steps[bool]:
    """In safe mode: until its servers are seen down, as long as they may take; else it stays on, loudly,
    until they are (`may_go_after_all`).

    An array that flushes yet past its limit may take that once more: left on, its battery runs empty (S18).
    """
    servers, arrays = run.site.servers_on(ups.name), run.site.arrays_on(ups.name)
    limits_s = [server.stop_limit_s for server in servers]
    limits_s += [run.site.linkage.flush_limit_s for array in arrays if is_flushing(run, array)]
    by_s = run.now + max(limits_s, default=0.0)
    while (refusal := without_a_journal(run, ups.name, "off")) is not None:
        run.refused(ups.name, "off", refusal)
        if run.now >= by_s:
            run.alarm(ups.name, f"{ups.name} is left on: {refusal.reason}", "S30")
            run.left_on.add(ups.name)
            return False
        yield from run.wait(run.news(), *goes_down_further(run, ups), by_s=by_s)
    run.left_on.discard(ups.name)
    return True


def may_go_after_all(run: Run, ups: Ups) -> Steps[None]:
    """It was left on for want of a journal: until what hangs on it is seen down, however late (S18), or it is
    off all the same."""
    while without_a_journal(run, ups.name, "off") is not None and not seen_off(run, ups, []):
        falls = run.ports.upses[ups.name].until(when.OUTPUT_OFF)
        yield from run.wait(run.news(), falls, *goes_down_further(run, ups))
    run.left_on.discard(ups.name)


def goes_down_further(run: Run, ups: Ups) -> list[simpy.Event]:
    """Until somebody on it is seen halted who is not now, or flushed."""
    disks = [run.ports.arrays[array.name] for array in run.site.arrays_on(ups.name)]
    machines = [run.ports.servers[server.name] for server in run.site.servers_on(ups.name)]
    flushes = [port.until(when.FLUSHED) for port in disks if not guards.flushed(port.seen())]
    halts = (p.until(when.HALTED, eager=True) for p in machines if not guards.is_seen(p.seen(), Os.HALTED))
    return [*flushes, *halts]


def see_off(run: Run, ups: Ups, loads: list[Server]) -> Steps[None]:
    """Wait until the UPS is seen off; past the limit nobody waits for it any longer, loudly.

    The arrays go on then: a flush harms nobody (DESIGN §3).
    """
    port = run.ports.upses[ups.name]
    due_s = falls_at_s(run, ups) or run.now
    proof_at_s = due_s + timing.EVIDENCE_EXTRA_S
    limit_s = due_s + run.site.linkage.seen_off_limit_s
    its, on_again = {ups.name, *(array.name for array in run.site.arrays_on(ups.name))}, set[str]()
    while not seen_off(run, ups, loads):
        on_again |= run.settled & its
        run.settled -= its  # it came on, or a hand has switched it on, as it was to be told (O1, S3, S5)
        if run.now >= limit_s:
            late_s = run.now - due_s
            run.alarm(ups.name, f"{ups.name} not seen off {late_s:.0f} s after it should be", "S3")
            run.given_up.add(ups.name)
            break
        next_s = proof_at_s if run.now < proof_at_s else limit_s
        yield from run.wait(port.until(when.OUTPUT_OFF, eager=True), by_s=next_s)
    else:
        yield from note_seen_off(run, ups)
    run.settled |= {ups.name, *on_again}
    run.announce(ups.name)


def note_seen_off(run: Run, ups: Ups) -> Steps[None]:
    """A life that begins when its card is dark could not see it any more, and would wait for it in vain.

    Of servers' UPSes, and where an array has others that fall after it: nobody waits for the last one.
    """
    waited_for = run.site.servers_on(ups.name) or any(len(a.upses) > 1 for a in run.site.arrays_on(ups.name))
    if waited_for and run.facts.down and ups.name not in run.facts.seen_off:
        yield from run.commit(Kind.SEEN_OFF, ups.name)
