"""What somebody wants otherwise in mid-incident: a stop on the way down, a start on the way up."""

from __future__ import annotations

from sequencer import conditions as when
from sequencer.feeds import is_left
from sequencer.journal import WANTS, Goal, Want
from sequencer.ports import Steps
from sequencer.proof import falls_at_s, is_up, still_to_fall
from sequencer.run import Run
from sequencer.scope import Scope, scope, server_fails
from sequencer.site import Ups
from sequencer.systems import outage_goes_on
from sequencer.timing import EVIDENCE_EXTRA_S
from sequencer.wants import planned_scope, wants


def other_stop(run: Run) -> Steps[None]:
    """Until the control side is to stop, or no longer; or, before it goes, somebody else is (R10-45).

    While the mains are back nothing new is stopped for that: the outage is over before it begins (S9, T7).
    Nor is anything stopped any more that only a want brought down which is over, whatever they do (S31); nor
    for an incident that another node has followed up by its own: who tells us that has turned it round (C2).
    A word that a peer tells as he is heard again is an old one in his journal: it is said (L4).
    """
    before, known = stops_with_us(run), dict(run.facts.wants)
    while stops_with_us(run) == before and not (called_off(run) or is_overtaken(run)):
        changes, falls = changed(run, before, dict(run.facts.wants)), only_fall(run)
        if falls:
            yield from run.race(changes, fallen(run, falls))
        else:
            yield from changes
    if stops_with_us(run) != before and not (called_off(run) or is_overtaken(run)):
        yield from outage_goes_on(run)
    if any(want.by != run.me and known.get(name) != want for name, want in run.facts.wants.items()):
        run.tell("journal.heard", run.site.name, epoch=run.facts.epoch)


def changed(run: Run, stops: tuple[list[str], list[Want]], wanted: dict[str, Want]) -> Steps[None]:
    while run.facts.wants == wanted and stops_with_us(run) == stops and not is_overtaken(run):
        yield run.news(WANTS)


def is_overtaken(run: Run) -> bool:
    """What the open incident is, and whom it stops, is another node's word by now: all of that word, for
    which UPSes are out comes after it."""
    facts = run.facts
    return facts.epoch != run.cluster.of_epoch and bool(facts.confirmed or facts.stop)


def fallen(run: Run, upses: list[Ups]) -> Steps[None]:
    """The first of these: whoever went down with it is in nobody's way any more."""
    by_s = min((falls_at_s(run, ups) or run.now) + EVIDENCE_EXTRA_S for ups in upses)
    off = [run.ports.upses[ups.name].until(when.OUTPUT_OFF, eager=True) for ups in upses]
    yield from run.wait(*off, by_s=max(by_s, run.now + run.site.polling.on_battery_s))


def called_off(run: Run) -> bool:
    """Of what is being stopped of the linked side, something is neither out nor wanted down any more."""
    now, stops = run.scope, brought_down(run)
    servers = now.servers - stops.servers - falling(run).servers
    return bool(servers or now.server_upses - stops.server_upses or now.arrays - stops.arrays)


def brought_down(run: Run) -> Scope:
    return scope(run.site, run.facts.confirmed | run.off_beside) | planned_scope(run)


def falling(run: Run) -> Scope:
    """Whose power counts down goes down with it, though nobody wants that any more (S1).

    Of a card that is silent only memory says so; who is silent then, too, may long have been without power.
    """
    site, ports = run.site, run.ports
    falls = {ups.name for ups in site.server_upses if still_to_fall(run, ups)}
    told = {name for name in falls if ports.upses[name].seen().fresh}
    servers = (
        s for s in (*site.linked_servers, *site.pool_servers) if s.upses and not falls.isdisjoint(s.upses)
    )
    down = (s.name for s in servers if server_fails(s, falls if ports.servers[s.name].seen().fresh else told))
    return Scope(servers=frozenset(down))


def only_fall(run: Run) -> list[Ups]:
    """UPSes of those that go down for no other reason."""
    names = run.scope.servers - brought_down(run).servers
    upses = dict.fromkeys(ups for name in sorted(names) for ups in run.site.servers[name].upses)
    return [run.site.upses[ups] for ups in upses if still_to_fall(run, run.site.upses[ups])]


def stops_with_us(run: Run) -> tuple[list[str], list[Want]]:
    """Wants, not names alone: a later word may be for a longer night, in which the arrays sleep too."""
    return nodes_wanted_down(run), [
        run.facts.wants[name] for name in wanted_down(run)
    ] if run.scope.control else []


def other_wants(run: Run) -> Steps[None]:
    """Until a schedule or a request wants others of the linked side down than now, or other nodes (S28, L3).

    Whoever waits on the way up, for charge perhaps, was to be started by what was wanted when it began. Or
    until a peer tells whom it had stopped in an incident of its own, and could not tell before (C4, C9): by
    its number nobody sees that this one is news, so it is said (L4).
    """
    before, stopped = (wanted_down(run), nodes_wanted_down(run)), run.facts.was_running
    yield from run.until(
        lambda: (wanted_down(run), nodes_wanted_down(run)) != before or not run.facts.was_running <= stopped
    )
    if not run.facts.was_running <= stopped:
        run.tell("journal.heard", run.site.name, epoch=run.facts.epoch)


def is_to_stop_beside(run: Run) -> bool:
    """Somebody is wanted down while others are waited for: theirs is a stop of its own, with its flush."""
    left = any(is_left(run, ups) for ups in run.site.upses)
    return left and any(is_up(run, name) for name in wanted_down(run))


def nodes_wanted_down(run: Run) -> list[str]:
    return [name for name in run.site.cluster.nodes if wants(run, name, Goal.DOWN)]


def wanted_down(run: Run) -> list[str]:
    return [s.name for s in run.site.linked_servers if wants(run, s.name, Goal.DOWN)]
