"""Whether a node that comes up has slept: by which word it went down, and what its power was told by then.

Its own journal tells, and what it hears; also of others a word is read so. `asleep` is what follows of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sequencer import guards
from sequencer.cards import is_off
from sequencer.journal import Armed, Goal
from sequencer.ports import Os, Steps
from sequencer.proof import without_power
from sequencer.run import Run
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.uptime import booted_since_wanted, booted_wall_s
from sequencer.wants import wanted_down_s, wants

THEN = ", then "
"""In the id of a word that is only the boot of a node: between what it ends and the life that begins."""


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
    gone: bool = False
    """We went down by a word, and are wanted up since."""


NOTHING = Before()


def before(run: Run) -> Before:
    armed = (run.facts.armed.get(ups) for ups in run.site.servers[run.me].upses)
    said_s, want = wanted_down_s(run, run.me), run.facts.wants.get(run.me)
    returns = tuple(off for off in armed if off is not None and off.wakes(said_s))
    if want is None or want.goal is not Goal.DOWN:
        return Before(epoch=run.facts.epoch, returns=returns, gone=run.facts.went_down(run.me))
    slept_by = want.cause if run.facts.reached(run.me) else ""
    return Before(slept_by, run.facts.epoch, want.cause, returns)


def was_to_return(run: Run, past: Before) -> bool:
    """With the mains, whatever that word says which wants us down: our power had been told so, and had yet to
    fall when it was said; and we have not booted since.

    Whose own journal knows of a word was up when it was told: an OFF that had fallen by then had not taken
    him down, nor had one that was told only when he was down, of which he knows nothing (S9, L1). Who hears
    of it only at his boot was down by then, perhaps, if those OFFs took all his power (S28, X-04).
    """
    want = run.facts.wants[run.me]
    yet_to_fall = any(not had_fallen(off, want.at_s) for off in past.returns)
    returns = yet_to_fall or (past.word != want.cause and took_all_power(run, past))
    return returns and not has_booted_again(run, run.me)


def took_all_power(run: Run, past: Before) -> bool:
    server = run.site.servers[run.me]
    return len(server.upses) - len(past.returns) < server.minimum_supplies


def had_fallen(off: Armed | None, wall_s: float) -> bool:
    """By that time, as far as its writer's clock tells."""
    if off is None or off.wall_s is None:
        return False
    return off.wall_s + off.falls_in_s + EVIDENCE_EXTRA_S < wall_s


def returns_with_mains(run: Run, node: str) -> bool:
    """Its power was told to come back with them: that word has not stopped it, perhaps (T7).

    Of it alone that word is the cluster's manager's, who stops whoever is up: what had fallen by then, had
    come back."""
    said_s, alone = wanted_down_s(run, node), is_of_it_alone(run, node)
    armed = (run.facts.armed.get(ups) for ups in run.site.servers[node].upses)
    before = (off for off in armed if off is not None and off.wakes(said_s))
    wakes = any(not (alone and said_s is not None and had_fallen(off, said_s)) for off in before)
    return wakes and not has_booted_again(run, node)


def is_of_it_alone(run: Run, node: str) -> bool:
    want = run.facts.wants.get(node)
    return want is not None and run.facts.named_by(want.cause) == [node]


def has_booted_again(run: Run, node: str) -> bool:
    """Since it came back with its power, by its own word, as far as its system tells."""
    armed = (run.facts.armed.get(ups) for ups in run.site.servers[node].upses)
    back_s, booted_s = [off.back_s for off in armed if off is not None], booted_wall_s(run, node)
    return booted_s is not None and any(at_s is not None and booted_s > at_s for at_s in back_s)


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
    # What stood in our journal we had heard before that boot, also where a clock has been put back (T4).
    booted = (run.ports.booted and past.word == word) or booted_since_wanted(run, run.me)
    its_own = is_of_it_alone(run, run.me) or word in run.facts.carried_out  # nobody else is to carry it out
    return booted and (its_own or has_come_to_its_end(run))


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
