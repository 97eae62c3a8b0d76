"""Whether who commands has ever heard of the incident that another node opened, or of its last word (C8, C9).

Nodes of two versions, or with two site files, take no rows of each other. Then the cluster may go to one that
does not know whom the other has stopped, and starts nobody of those (S28). So it is where every journal that
kept that is broken or torn: a life that begins then reads of nothing (C5, C6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sequencer.events import Event
from teiden.judge.invariants.invariant import TICK_S
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.wants import WISHES as WANTED

WISHES = {wish: goal.value for wish, goal in WANTED.items()}
"""What requests want of servers; holds and releases want nothing."""
BEGINS = ("server.up", "service.begun")
GOES = ("server.shutting_down", "server.halted", "server.crashed", "service.died")
RAN = ("server.up", "server.shutting_down", "array.ready", "array.flushing")
"""Whoever does one of these is up, or was until then."""


def unread(events: Sequence[Event], t_s: float) -> bool:
    """By then who took the command last has told of nothing of the last incident that was opened; where he is
    gone, nobody has who is up."""
    before = [e for e in events if e.t <= t_s + TICK_S]
    opened = next((e for e in reversed(before) if e.name == "incident.opened"), None)
    taken = next((e for e in reversed(before) if e.name == "lease.taken"), None)
    if opened is None or taken is None:
        return False
    nodes = {e.by for e in before if not e.is_fact}
    gone = not is_up(taken.by, [e for e in before if e.t >= taken.t])
    heirs = [node for node in nodes if is_up(node, before)] if gone else []
    return all(knows_nothing(node, opened, before) for node in heirs or (who_commands(events, t_s),))


def who_commands(events: Sequence[Event], t_s: float) -> str:
    """Who took the command last, by then; or the next one to take it, where he is down."""
    taken = [e for e in events if e.name == "lease.taken"]
    last = next((e.by for e in reversed(taken) if e.t <= t_s + TICK_S), "")
    if last and not is_up(last, [e for e in events if e.t <= t_s + TICK_S]):
        return next((e.by for e in taken if e.t > t_s + TICK_S), last)
    return last


def is_up(node: str, events: Sequence[Event]) -> bool:
    moves = (e for e in reversed(events) if e.is_fact and e.subject == node and e.name in (*BEGINS, *GOES))
    last = next(moves, None)
    return last is None or last.name in BEGINS


def _was_up(node: str, events: Sequence[Event], at_s: float) -> bool:
    return is_up(node, [e for e in events if e.t <= at_s])


def knows_nothing(node: str, opened: Event, events: Sequence[Event]) -> bool:
    """It has not opened this incident in the life that it lives last, nor has this told of reading of it. A
    number that somebody has given to a stop that he only planned tells nothing of it, nor does what a life
    reads as it begins, if its node had declared an outage under that number itself, unheard."""
    begins = (e.t for e in events if e.is_fact and e.subject == node and e.name in BEGINS)
    begun_s, epoch = max(begins, default=ALWAYS), opened.details["epoch"]
    if node == opened.by and begun_s <= opened.t:
        return False
    further = any(_has_come_further(e, node, epoch) for e in events if e.t < opened.t - TICK_S)
    since = (e for e in events if e.t >= max(opened.t - TICK_S, begun_s))  # what this life of it has read
    reads = [e for e in since if e.name == "journal.heard" and e.by == node]
    if any(_has_declared(e, node, epoch) for e in events if e.t < opened.t - TICK_S):
        reads = [e for e in reads if e.t > begun_s + TICK_S or e.details["epoch"] != epoch]
    heard = {e.details["epoch"] for e in reads}
    heard -= {e.details["epoch"] for e in events if _only_planned(e, opened, events)}
    return all(of < epoch or (further and of > epoch) for of in heard)


def _only_planned(event: Event, opened: Event, events: Sequence[Event]) -> bool:
    """Since this one was opened, by who knew of none; or before, and whoever opened it had not heard of that:
    he would have given it a later number."""
    if event.details.get("kind") != "planned":
        return False
    epoch = event.details["epoch"]
    told = (e for e in events if e.name == "journal.heard" and e.by == opened.by and e.t <= opened.t)
    return event.t > opened.t or (event.by != opened.by and all(e.details["epoch"] < epoch for e in told))


def _has_come_further(event: Event, node: str, epoch: int) -> bool:
    """It knows of a later incident than this."""
    knows = event.by == node and event.name in ("journal.committed", "journal.heard")
    return knows and event.details.get("epoch", epoch) > epoch


def _has_declared(event: Event, node: str, epoch: int) -> bool:
    """Whoever opens another one of that number has not heard of this."""
    its = event.name == "journal.committed" and event.by == node
    return its and (event.details.get("kind"), event.details.get("epoch")) == ("declared", epoch)


def missed(events: Sequence[Event], subject: str, t_s: float, parted_s: float = ALWAYS) -> bool:
    """By then who took the command last has never heard the last word about it, which wants this one up; and
    that has not come about, or he keeps it down by a word that he knows: whom he stops for an outage he owes
    it. What was said before they were parted he has heard, if he was up then.
    """
    before = [e for e in events if e.t <= t_s + TICK_S]
    commander = next((e.by for e in reversed(before) if e.name == "lease.taken"), "")
    told: dict[str, list[Event]] = {}
    for event in (e for e in before if e.name != "request.refused"):
        if event.details.get("goal") or event.details.get("wish") in WISHES:
            told.setdefault(str(event.details["id"]), []).append(event)
    words = [same for same in told.values() if _is_about(same[0], subject)]
    his = [
        same[0]
        for same in words
        if commander in {e.by for e in same}
        or (same[0].t < parted_s and _was_up(commander, before, same[0].t))
    ]
    last = max((same[0] for same in words), key=lambda e: e.t, default=None)
    if last is None or commander == "" or last in his:
        return False
    ran = any(e.is_fact and e.subject == subject and e.name in RAN and e.t > last.t for e in before)
    own = max(his, key=lambda e: e.t, default=None)
    keeps = own is not None and "down" in _goals(own)
    return "up" in _goals(last) and (keeps or not ran)


def met_again(events: Sequence[Event], nodes: Iterable[str], since_s: float, t_s: float) -> bool:
    """Another than who commands was up when nothing parted them any more, or has come up since."""
    told = [e for e in events if e.t <= t_s]
    commander = next((e.by for e in reversed(told) if e.name == "lease.taken"), "")
    others = {*nodes} - {commander}
    came = (e.subject for e in told if e.is_fact and e.name in BEGINS and e.t > since_s)
    there = any(_was_up(node, told, since_s) for node in others)
    return since_s <= t_s and (there or not others.isdisjoint(came))


def wants_up(word: Event, server: str) -> bool:
    return _is_about(word, server) and "up" in _goals(word)


def _is_about(word: Event, server: str) -> bool:
    names = str(word.details.get("of", word.details.get("servers", "")))
    return not names or server in names.split(", ")  # a request that names nobody is about everybody


def _goals(word: Event) -> tuple[object, object]:
    return word.details.get("goal"), WISHES.get(str(word.details.get("wish")))
