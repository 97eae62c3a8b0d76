"""What a system's own uptime proves: it has been down since something was wanted of it (R2-08, R10-41).

A service may be dead while its system goes down as wanted, or its journal broken; its next life has read of
no end of that. Few tell their uptime, and a wall clock may have been set meanwhile: where nothing is proved
all goes on as it is written down.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from math import inf, isinf

from sequencer import conditions as when
from sequencer import guards
from sequencer.beside import out_or_off
from sequencer.cards import is_off
from sequencer.force import LOOKS_APART_S, boots
from sequencer.journal import LATER_S, REACHED, WANTS, Armed, Goal, Kind
from sequencer.ports import Os, Steps
from sequencer.power_falls import count_down, is_about_to_fall
from sequencer.proof import without_power
from sequencer.run import Run
from sequencer.scope import scope
from sequencer.standing import says_it_commands
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.uptime import booted_since_wanted, booted_wall_s
from sequencer.wants import still_wants, wanted_down_s, wants

THEN = ", then "
"""In the id of a word that is only the boot of a node: between what it ends and the life that begins."""

CLAIM_S = 3.0
"""As long as a claim is none of the command yet: one look at whoever may be silent, and a row."""


def still_to_come(node: str) -> str:
    """How the id of a word begins by which nobody asked for it: a commander waits for its start."""
    return f"{node} of "


@dataclass(frozen=True)
class Before:
    """What our own journal says at our boot, before we hear of others."""

    slept_by: str = ""
    """By which word we are down as wanted; '': by none."""
    epoch: int = 0
    """Of the last incident."""
    word: str = ""
    """Which wants us down, carried out or not; '': none."""
    returns: tuple[Armed, ...] = ()
    """And how our power had been told by then to come back with the mains (T7)."""


NOTHING = Before()


def before(run: Run) -> Before:
    armed = (run.facts.armed.get(ups) for ups in run.site.servers[run.me].upses)
    said_s, want = wanted_down_s(run, run.me), run.facts.wants.get(run.me)
    returns = tuple(off for off in armed if off is not None and off.wakes(said_s))
    if want is None or want.goal is not Goal.DOWN:
        return Before(epoch=run.facts.epoch, returns=returns)
    slept_by = want.cause if run.facts.reached(run.me) else ""
    return Before(slept_by, run.facts.epoch, want.cause, returns)


def was_to_return(run: Run, past: Before) -> bool:
    """With the mains, whatever that word says which wants us down: our power had been told so, and had yet to
    fall when it was said; and we have not booted since.

    Whoever knows of a word was up when it was told: an OFF that had fallen by then had not taken him down,
    nor had one that was told only when he was down, of which he knows nothing (S9, L1).
    """
    want = run.facts.wants[run.me]
    returns = any(not had_fallen(off, want.at_s) for off in past.returns)
    return returns and not has_booted_again(run, run.me)


def had_fallen(off: Armed | None, wall_s: float) -> bool:
    """By that time, as far as its writer's clock tells."""
    if off is None or off.wall_s is None:
        return False
    return off.wall_s + off.falls_in_s + EVIDENCE_EXTRA_S < wall_s


def wake_up(run: Run, past: Before = NOTHING) -> Steps[None]:
    """We have slept, or were switched on again by hand: what the same word stopped is wanted up again.

    Control nodes from now on, whatever fell due meanwhile: they have been started. The others as if that word
    had ended when it was told: what was said of them since, by whoever was up, goes on (S28, T7). Who woke
    before us may never have heard of what had stopped us, as our journal had it: his boot has ended an older
    word, and ours ends this one (L1). One that found us down has stopped nobody by that: it goes on (S28).
    """
    slept = yield from have_slept(run, past)
    if may_take_it_yet(run):
        yield from run.race(run.until(lambda: not may_take_it_yet(run)), run.pause(CLAIM_S))
    down = (run.ports.servers[name] for name in run.ports.peers if wants(run, name, Goal.DOWN))
    yield from run.all_of(*[port.look() for port in down if not port.seen().fresh])  # booted since?
    unheard = never_heard(run, slept or bool(past.slept_by))
    causes = list(unheard.values())
    if past.slept_by and (slept or is_woken_by_another(run, past.epoch)):
        causes.append(past.slept_by)
    if slept and not (past.slept_by and found_us_down(run)):
        causes.append(run.facts.wants[run.me].cause)
    if is_about_to_fall(run, run.site.servers[run.me]):
        return  # whoever pressed our button was too early: we go down again
    tell_who_wants_it_yet(run, unheard, {past.slept_by, *causes[len(unheard) :]})
    for cause in dict.fromkeys(causes):
        yield from end(run, cause, also=[run.me] if slept and cause == past.slept_by else [])


def found_us_down(run: Run) -> bool:
    """As our own journal has us down by an earlier word; unless that one has stopped us in a boot since."""
    return run.facts.stopped_in_boot.get(run.me, -inf) < run.facts.wants[run.me].at_s


def hears_no_disk(run: Run) -> bool:
    """At our boot: nothing tells yet whether a stop in which we crashed has come to its end. Before we
    command that is asked once more, or we would begin it anew (S9, S31)."""
    return not any(run.ports.upses[ups.name].seen().fresh for ups in run.site.control_array_upses)


def is_woken_by_another(run: Run, epoch: int) -> bool:
    """Whoever it was has booted, and knew that we were down as he was; or he did not know that at all.

    Whose word for us is of an earlier incident than the one in which we went has never heard of that. Who
    has, and wants us up all the same, leaves down whom else that word keeps down: that goes on (S28). Nor had
    he heard of it who waits for us by his own word: he waits for nobody who is wanted down. Nor has who says
    so only since we are up woken us: our boot had ended that word.
    """
    want = run.facts.wants.get(run.me)
    if want is None or want.goal is not Goal.UP:
        return False
    unknown = want.epoch < epoch or want.cause.startswith(still_to_come(run.me))
    return THEN in want.cause or unknown or run.cluster.down_as_told


def tell_who_wants_it_yet(run: Run, unheard: dict[str, str], done: Collection[str]) -> None:
    """Whoever asked for a stop was told that it is to come, and it does not. He need not hear of one that has
    come before somebody booted that node, or us, nor of one that was refused: he knows (S9, O1)."""
    for node, cause in unheard.items():
        if not (cause in done or cause in run.facts.refused or run.facts.reached(node)):
            who = run.facts.asked_by.get(cause, "")
            text = f"the stop {cause} is over by the boot of {node}; ask anew while it is meant"
            if who:
                text = f"the stop {cause} of {who} is over by the boot of {node}; ask anew while it is meant"
            run.alarm(node, text, "S9")


def never_heard(run: Run, slept: bool) -> dict[str, str]:
    """By node: words that want it down which commands now, and has never heard of them: it has booted since,
    or has refused them, and we that had not have slept meanwhile. Else it would go, or have ended them.

    Told now, hours later perhaps, they would stop what it has brought back, and somebody has long done by
    hand (S9). Not where it goes down just now, could not be stopped (S27), or is back with its mains (T7).
    """
    over = (name for name, peer in run.ports.peers.items() if says_it_commands(peer))
    return {name: run.facts.wants[name].cause for name in over if has_outlived(run, name, slept)}


def may_go_down(run: Run, node: str) -> bool:
    """By the open incident; of one that it had not heard of when it took the command we are the first to
    tell. What we did not hear it may have written."""
    told = run.facts.epoch if isinf(run.cluster.told_all_s) else run.facts.led.get(node, run.facts.epoch)
    return run.facts.down and told >= run.facts.epoch


def may_take_it_yet(run: Run) -> bool:
    """One that is to stop by the open incident says that it commands, and has known of that by no lease of
    its own: it may only claim the command yet, back as soon as we are, and write down what it knows as it
    takes that."""
    if not run.facts.down:
        return False
    claim = (name for name, peer in run.ports.peers.items() if says_it_commands(peer))
    return any(still_wants(run, name, Goal.DOWN) and not may_go_down(run, name) for name in claim)


def has_outlived(run: Run, node: str, slept: bool) -> bool:
    if may_go_down(run, node) or run.in_other_hands(node) is not None:
        return False
    if not wants(run, node, Goal.DOWN):
        return False
    if slept and run.facts.wants[node].cause in run.facts.refused:
        return True
    return booted_since_wanted(run, node) and not returns_with_mains(run, node)


def end(run: Run, cause: str, also: Collection[str] = ()) -> Steps[None]:
    """`also`: whom another word wants down that came when this one had."""
    known = run.facts.wants
    stopped = [name for name, want in known.items() if want.cause == cause or name in also]
    nodes = [name for name in stopped if name in run.site.cluster.nodes]
    others = [name for name in stopped if name not in nodes]
    ended_s = max((known[name].at_s + LATER_S for name in others), default=0.0)
    ends = f"{cause}{THEN}{run.life}"
    for names, wall_s in ((others, ended_s), (nodes, run.facts.later_s(run.wall_s(), nodes))):
        if names:
            yield from run.commit(Kind.WANTED, ends, servers=names, goal=Goal.UP.value, wall_s=wall_s)


def wake_up_late(run: Run, past: Before = NOTHING) -> Steps[None]:
    """Never returns. A peer that we did not hear at our boot tells later that we were down as wanted (N2)."""
    while True:
        yield from run.until(lambda: was_down_before(run, past), REACHED)
        yield from run.ports.servers[run.me].look()
        if guards.is_seen(run.ports.servers[run.me].seen(), Os.UP):
            yield from wake_up(run)
            if was_down_before(run, past):  # our power counts down: we would look without end
                falling = count_down(run, run.site.servers[run.me].upses)
                stays = (run.ports.upses[name].until(when.NOTHING_ARMED) for name in falling)
                yield from run.wait(*stays, by_s=run.now + LOOKS_APART_S)
        else:
            yield from run.until(lambda: not was_down_before(run, past), REACHED)


def heed_boots(run: Run) -> Steps[None]:
    """Never returns. Another node that was down as wanted is up again: whoever booted it wants it up (O1).

    It says so itself when it has looked round; but we may not hear that (N2, C4), or stop it first.
    """
    while True:
        yield from run.until(lambda: bool(down_as_wanted(run)), REACHED)
        known = down_as_wanted(run)
        yield from run.race(otherwise(run, known), *(comes_up(run, *of) for of in known.items()))
        for node, cause in known.items():
            if is_up_again(run, node):
                yield from end(run, cause)
                run.announce()


def returns_with_mains(run: Run, node: str) -> bool:
    """Its power was told to come back with them: that word has not stopped it, perhaps (T7)."""
    armed = [run.facts.armed.get(ups) for ups in run.site.servers[node].upses]
    wakes = any(off is not None and off.wakes(wanted_down_s(run, node)) for off in armed)
    return wakes and not has_booted_again(run, node)


def had_told_itself(run: Run, node: str) -> bool:
    """To come back with them, as it went; we that noted it down as wanted hear that only now (C2)."""
    armed = [run.facts.armed.get(ups) for ups in run.site.servers[node].upses]
    its_own = any(off is not None and off.life.rpartition("/")[0] == node for off in armed)
    return its_own and returns_with_mains(run, node)


def note_our_return(run: Run, past: Before) -> Steps[None]:
    """Our power has come back as it was told, and we with it; what was wanted of us is still to come (T7).

    Should we go down unheard, or crash, before that, whoever boots us again wants us up (O1, S9)."""
    said_s = wanted_down_s(run, run.me)
    returns = said_s is not None and was_to_return(run, past)
    for ups in run.site.servers[run.me].upses if returns else ():
        off, now_s = run.facts.armed.get(ups), run.wall_s()
        if off is not None and off.wakes(said_s) and off.back_s is None and had_fallen(off, now_s):
            yield from run.commit(Kind.SEEN_ON, ups, wall_s=now_s)


def has_booted_again(run: Run, node: str) -> bool:
    """Since it came back with its power, by its own word, as far as its system tells."""
    armed = (run.facts.armed.get(ups) for ups in run.site.servers[node].upses)
    back_s, booted_s = [off.back_s for off in armed if off is not None], booted_wall_s(run, node)
    return booted_s is not None and any(at_s is not None and booted_s > at_s for at_s in back_s)


def otherwise(run: Run, known: dict[str, str]) -> Steps[None]:
    yield from run.until(lambda: down_as_wanted(run) != known, WANTS)


def down_as_wanted(run: Run) -> dict[str, str]:
    """Other nodes, and by which word."""
    wanted = (name for name in run.ports.peers if wants(run, name, Goal.DOWN) and run.facts.reached(name))
    return {name: run.facts.wants[name].cause for name in wanted}


def comes_up(run: Run, node: str, cause: str) -> Steps[None]:
    """And has had time to say so itself."""
    port = run.ports.servers[node]
    yield from run.until_seen(port, when.OUT_OF_WORK)
    run.cluster.slept[node] = cause
    yield from run.until_seen(port, when.UP)
    yield from run.pause(run.site.start.first_look_limit_s)


def is_up_again(run: Run, node: str) -> bool:
    """It was seen down by the word that wants it down still. Power that counts down takes it down again."""
    slept_by = run.cluster.slept.get(node)
    is_up = guards.is_seen(run.ports.servers[node].seen(), Os.UP)
    is_wanted_so = slept_by is not None and down_as_wanted(run).get(node) == slept_by
    by_hand = not (is_about_to_fall(run, run.site.servers[node]) or had_told_itself(run, node))
    return is_up and is_wanted_so and by_hand


def stays_as_it_is(run: Run, node: str) -> bool:
    """A control node that no outage brings down, and nobody wants down, or not any more (S9)."""
    out = scope(run.site, out_or_off(run))
    if node not in run.site.cluster.nodes or out.control or node in out.nodes:
        return False
    return is_up_again(run, node) or not (wants(run, node, Goal.DOWN) or node in run.scope.nodes)


def says_why_it_booted(run: Run, node: str) -> Steps[None]:
    """A node that boots, and that only a word brings down: it may have gone by that, unheard, and somebody
    have booted it since. Then it says so, when it is up and has looked round, and is not stopped (O1, S9).

    Waited for as long as a boot may take; not for who is to go for an outage, or on power that counts down.
    """
    if boots(run, node) and goes_by_a_word(run, node):
        otherwise, limit_s = run.until(lambda: not goes_by_a_word(run, node)), run.site.start.server_limit_s
        yield from run.race(looks_round(run, node), otherwise, run.pause(limit_s))


def looks_round(run: Run, node: str) -> Steps[None]:
    yield from run.until_seen(run.ports.servers[node], when.UP_OR_HALTED)
    yield from run.pause(run.site.start.first_look_limit_s + run.site.polling.timeout_s)


def goes_by_a_word(run: Run, node: str) -> bool:
    out = scope(run.site, out_or_off(run))
    word = wants(run, node, Goal.DOWN) and not (out.control or node in out.nodes)
    return word and not is_about_to_fall(run, run.site.servers[node])


def was_down_before(run: Run, past: Before) -> bool:
    """This life has begun since that was wanted; who sees himself go down notes it himself."""
    if not wants(run, run.me, Goal.DOWN) or not run.facts.reached(run.me) or was_to_return(run, past):
        return False
    return run.facts.wants[run.me].at_s < run.wall_s() - (run.now - run.born_s)


def has_commanded_since_its_boot(run: Run) -> bool:
    """An earlier life of ours, in this same system: it was at that stop itself, and did not wake (C1)."""
    if run.ports.booted:
        return False
    booted_s, watched_s = booted_wall_s(run, run.me), run.facts.watched_by.get(run.me)
    return booted_s is not None and watched_s is not None and watched_s > booted_s


def boots_by_its_restart(run: Run) -> bool:
    """We went down to boot again, by our own word, and have; not where our system tells that it was booted
    later than that: we have crashed since, and somebody has booted us (O1, C2)."""
    at_s, booted_s = run.facts.restarted_s(run.me), booted_wall_s(run, run.me)
    limit_s = run.site.servers[run.me].stop_limit_s + run.site.start.server_limit_s
    return at_s is not None and (booted_s is None or booted_s <= at_s + limit_s)


def have_slept(run: Run, past: Before) -> Steps[bool]:
    """We are down as wanted, or were: noted; or our system has booted since, and nobody else stayed up.

    Having crashed in the midst of that stop we go on with it: then another node is up, and the control disks
    have their power. Not if it was of us alone, or the manager's own, who stops all: whoever has booted us
    since wants us up (O1). And so we do if we only restarted, by our own word, if our power was told before
    to come back with the mains (T7), or if somebody holds us: nobody could stop us then (S27).
    """
    if not wants(run, run.me, Goal.DOWN):
        return False
    yield from run.ports.servers[run.me].look()
    if guards.is_seen(run.ports.servers[run.me].seen(), Os.SHUTTING_DOWN):
        return False  # another has told us to just now, and noted that: it is no end of a sleep
    word, returns = run.facts.wants[run.me].cause, was_to_return(run, past)
    # Another has noted it who never heard how our power had been told: he was down then, perhaps (C2).
    if run.facts.reached(run.me) and not (returns and past.slept_by != word):
        return True
    returns = returns or (past.word != word and returns_with_mains(run, run.me))
    if boots_by_its_restart(run) or returns or run.in_other_hands(run.me) is not None:
        return False
    yield from run.all_of(*(port.look() for port in run.ports.servers.values()))
    yield from run.all_of(*(port.look() for port in run.ports.peers.values()))
    if has_commanded_since_its_boot(run):
        return False
    alone = run.facts.named_by(word) == [run.me] or word in run.facts.carried_out
    # What stood in our journal we had heard before that boot, also where a clock has been put back (T4).
    booted = (run.ports.booted and past.word == word) or booted_since_wanted(run, run.me)
    return booted and (alone or has_come_to_its_end(run))


def has_come_to_its_end(run: Run) -> bool:
    """That stop: another node is noted down by it, or was woken since; all others are down; or a control disk
    has no power, and had not lost that before, in an outage that is being turned round yet (T7)."""
    site = run.site
    word = run.facts.wants[run.me].cause
    for node in (others := [site.servers[name] for name in site.cluster.nodes if name != run.me]):
        want = run.facts.wants.get(node.name)
        woken = want is not None and THEN in want.cause and want.at_s > run.facts.wants[run.me].at_s
        if woken or (want is not None and want.cause == word and run.facts.reached(node.name)):
            return True
    ports = run.ports.servers
    down = [guards.is_seen(ports[n.name].seen(), Os.HALTED) or without_power(run, n) for n in others]
    told_s, armed = run.facts.wants[run.me].at_s, run.facts.armed
    since = (ups for ups in site.control_array_upses if not had_fallen(armed.get(ups.name), told_s))
    return (bool(down) and all(down)) or any(is_off(run, ups) for ups in since)
