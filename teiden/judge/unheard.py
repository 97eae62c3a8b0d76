"""Whether a node could know that somebody pressed a button: by a card, by its loads, by who booted; and what
it was told of who is down, or empty, and was not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.invariants.invariant import Breach
from teiden.judge.ledger.cards import Cards

TELLING = ("ups.", "card.answering", "server.")
DOWN = ("server.halted", "server.crashed")
GOES = ("server.shutting_down", "server.crashed")
UP = ("server.booting", "server.up")
SYSTEMS = (*DOWN, *GOES, *UP)
STARTS = ("wake", "on")


def unheard(events: Sequence[Event], site: Site, node: str, ups: str, from_s: float, to_s: float) -> bool:
    """Its card was silent for this node then, and until then neither it nor who draws from it was heard."""
    names = {ups, *(server.name for server in site.servers_on(ups))}
    told = (e for e in events if e.by == node and e.subject in names and from_s <= e.t <= to_s)
    if any(e.source is Source.SEEN and e.name.startswith(TELLING) for e in told):
        return False
    cards = Cards(events, frozenset(site.cluster.nodes))
    return cards.heard_since_s(node, ups, from_s) is None


def boots_unheard(events: Sequence[Event], site: Site, node: str, boot: Event, to_s: float) -> bool:
    """He is down by all that this node knows: it has seen him so, and has not started him since; nor, since
    his boot, heard him or a card of his."""
    upses = site.servers[boot.subject].upses
    its = [e for e in events if e.by == node and e.t <= to_s]
    his = [e for e in its if e.subject == boot.subject and e.source is Source.SEEN]
    seen = [e for e in his if e.name.startswith("server.")]
    if not seen or seen[-1].name != "server.halted" or seen[-1].t >= boot.t:
        return False
    sent = (e for e in its if e.subject in (boot.subject, *upses) and e.t >= seen[-1].t)
    if any(e.details.get("command") in STARTS for e in sent):
        return False
    return all(unheard(events, site, node, ups, boot.t, to_s) for ups in upses)


def done_unheard(events: Sequence[Event], site: Site, breach: Breach, since_s: float) -> bool:
    """Of a server that was started, his going; of an array that was cut, the boots of who used it."""
    if breach.subject in site.servers:
        return went_unheard(events, breach, since_s)
    return used_unheard(events, site, breach)


def used_unheard(events: Sequence[Event], site: Site, breach: Breach) -> bool:
    """Of an array that was cut: all who use it then have booted in this run, and who told its OFF last had
    heard nothing of any of them since, by then.
    """
    told = [e for e in breach.events if e.details.get("command") == "off"]
    users = running(events, {server.name for server in site.users_of(breach.subject)}, breach.t)
    if not told or not users or not all(users.values()):
        return False
    return not any(
        e.by == told[-1].by and (boot := users.get(e.subject)) and boot.t <= e.t <= told[-1].t
        for e in events
        if e.source is Source.SEEN and e.name.startswith("server.")
    )


def went_unheard(events: Sequence[Event], breach: Breach, since_s: float) -> bool:
    """Who was started had gone since then, and no node had heard that when the last incident was opened."""
    opened_s = max((e.t for e in events if e.name == "incident.opened" and e.t <= breach.t), default=since_s)
    its = [e for e in events if e.subject == breach.subject and since_s <= e.t < opened_s]
    systems = [e for e in its if e.is_fact and e.name in SYSTEMS]
    goes = next((e for e in systems if e.name in GOES), None)
    up = not systems or systems[-1].name in UP
    return goes is not None and not up and not any(e.source is Source.SEEN and e.t >= goes.t for e in its)


def was_emptied(events: Sequence[Event], site: Site, breach: Breach) -> bool:
    """The flush before this cut has been carried out, and nobody ran who uses the array, since that was asked
    for: what is in its cache again another has written."""
    asked, users = breach.events[0], {server.name for server in site.users_of(breach.subject)}
    if asked.details.get("command") != "flush" or running(events, users, asked.t):
        return False
    since = [e for e in events if e.is_fact and asked.t <= e.t <= breach.t]
    ended = any((e.name, e.subject) == ("array.flushed", breach.subject) for e in since)
    return ended and not any(e.name == "server.booting" and e.subject in users for e in since)


def is_believed_down(events: Sequence[Event], site: Site, name: str, breach: Breach, since_s: float) -> bool:
    """This one; and of a disk, or the cluster, each other of the linked side who runs then, and uses it."""
    if breach.subject in site.servers:
        return _is_believed_down(events, name, since_s, breach.t)
    users = site.users_of(breach.subject) if breach.subject in site.arrays else site.linked_servers
    run_on = running(events, {server.name for server in users}, breach.t)
    return name in run_on and all(_is_believed_down(events, one, since_s, breach.t) for one in run_on)


def _is_believed_down(events: Sequence[Event], server: str, since_s: float, at_s: float) -> bool:
    """One of ours has seen it halted, as it was told; it had not booted since then."""
    its = [e for e in events if e.subject == server and since_s <= e.t <= at_s]
    boots_s = (e.t for e in its if e.is_fact and e.name == "server.booting")
    begun_s = max(boots_s, default=since_s)
    return any(e.source is Source.SEEN and e.name == "server.halted" and e.t >= begun_s for e in its)


def running(events: Sequence[Event], names: Collection[str], at_s: float) -> dict[str, Event | None]:
    """Those of them whose system runs just before then, and with which boot it began; None: with the run."""
    found: dict[str, Event | None] = dict.fromkeys(names)
    for e in events:
        if e.t >= at_s:
            break
        if e.is_fact and e.subject in names and e.name == "server.booting":
            found[e.subject] = e
        elif e.is_fact and e.subject in names and e.name in DOWN:
            found.pop(e.subject, None)
    return found
