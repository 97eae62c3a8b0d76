"""Which breaches the faults of a story explain, because nobody could have kept the rule, and which not.

A fault excuses the rules that it names, for those whom it reaches, from the moment it strikes: what a
UPS that dies without warning does to its own loads excuses nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sim.faults.fault import Excuse, Kind
from sim.story import FaultChange, Happening
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.last_node import LastNode
from teiden.judge.owed import RETURNS, still_owed
from teiden.judge.reach import covers

UP = "server.up"
SYSTEMS = (UP, "server.shutting_down", "server.halted", "server.booting", "server.crashed")

ENDS = (UP, "server.halted", "server.forced", "server.crashed", "service.died")
"""With these, at the latest, a life of a node's service is over."""

WORDS = ("hold.set", "request.accepted", "schedule.fired")


def word(event: Event) -> tuple[str, ...]:
    """Which it is: a request or an instant has an id, a hold is one of its device."""
    return event.name, event.subject if event.name == WORDS[0] else str(event.details.get("id"))


@dataclass(frozen=True, slots=True)
class Excused:
    """A breach, and the fault that makes up for it."""

    breach: Breach
    by: FaultChange
    """The first fault of the story that does."""
    excuse: Excuse

    @property
    def why(self) -> str:
        return self.excuse.why


def judged(
    breaches: Iterable[Breach], events: Sequence[Event], happenings: Sequence[Happening], site: Site
) -> tuple[list[Excused], list[Breach]]:
    """The same of a whole run, where a fault that is over owes everybody his return (L1, L3)."""
    found, left = excused(breaches, happenings, site, events)
    if any(e.breach.id in RETURNS for e in found):
        owed = still_owed(events, site, happenings)
        found = [e for e in found if e.breach.id not in RETURNS or e.breach not in owed]
        left = [b for b in left if b.id not in RETURNS] + owed
    return found, left


def excused(
    breaches: Iterable[Breach], happenings: Iterable[Happening], site: Site, events: Iterable[Event] = ()
) -> tuple[list[Excused], list[Breach]]:
    """Those that a fault excuses, with which one and why; and those that nothing excuses.

    `happenings`: those of the story, their times counted from the start of the run, as a breach's are.
    `events`: of the run; some excuses count only where an alarm has said so, or nobody was there to say it,
    or to do anything.
    """
    events = tuple(events)
    last = LastNode(events, site)
    changes = [h for h in happenings if isinstance(h, FaultChange)]
    struck = sorted((h for h in changes if h.present), key=lambda h: h.at_s)
    hears_s = site.polling.stale_after_s(site.polling.on_line_s)
    apart_s = {(h.fault.name, h.subject): h.at_s + hears_s for h in changes if h.fault.ends and not h.present}
    said = Said(events, site, apart_s)
    found: list[Excused] = []
    left: list[Breach] = []
    for breach in breaches:
        why = _excuse(breach, struck, site, said, last)
        if why is None:
            left.append(breach)
        else:
            found.append(why)
    return found, left


def _excuse(
    breach: Breach, struck: Iterable[FaultChange], site: Site, said: Said, last: LastNode
) -> Excused | None:
    for change in struck:
        if change.at_s > breach.t + TICK_S:
            return None
        for excuse in change.fault.excuses:
            if excuse.rule != breach.id or not covers(excuse.reach, change.subject, breach.subject, site):
                continue
            if excuse.above is not None and change.amount <= excuse.above(site, change.subject):
                continue
            if holds(excuse, change, breach, said, last):
                return Excused(breach, change, excuse)
    return None


def holds(excuse: Excuse, change: FaultChange, breach: Breach, said: Said, last: LastNode) -> bool:
    """What it asks for besides its rule and its reach."""
    if excuse.told and not told_off_by(breach, change.at_s):
        return False
    if breach.t > change.at_s + excuse.within_s:
        return False
    if excuse.last and not last.fell_by(change.subject, breach.t):
        return False
    if excuse.apart and not said.elsewhere(change, breach):
        return False
    if excuse.forgets and not said.before_all(breach):
        return False
    return not excuse.said or said.of(change, excuse.said, breach.t)


def told_off_by(breach: Breach, at_s: float) -> bool:
    """The OFF that this breach tells of was on its way by then."""
    return any(e.details.get("command") == "off" and e.t <= at_s + TICK_S for e in breach.events)


class Said:
    """Which alarms were raised; and of a control node, that no other was up to raise one about it.

    And which words each node was told, or told of: holds, requests, what fired; and when it forgot them.

    One that hangs while it is the last, the others halted with their power on or without any, is noticed by
    nobody: there is no alarm then, and no fewer reasons.
    """

    def __init__(
        self, events: Iterable[Event], site: Site, apart_s: Mapping[tuple[str, str], float] | None = None
    ) -> None:
        """`apart_s`: by fault and subject, until when its last end has let nodes hear each other again."""
        self._apart_s = apart_s or {}
        self._nodes = site.cluster.nodes
        self._alarms: set[tuple[str, str]] = set()
        self._systems: list[Event] = []
        self._words: dict[tuple[str, ...], float] = {}
        self._ended_s: dict[str, list[float]] = {node: [] for node in self._nodes}
        for e in events:
            if e.name in WORDS:
                self._words.setdefault((e.by, *word(e)), e.t)
            elif e.name == "alarm.raised":
                rule = str(e.details.get("rule"))
                of = str(e.details.get("text", "")).partition(" ")[0] if rule == "S5" else e.subject
                self._alarms.add((of, rule))
            elif e.is_fact and e.subject in self._nodes and e.name in SYSTEMS:
                self._systems.append(e)
            if e.is_fact and e.subject in self._nodes and e.name in ENDS:
                self._ended_s[e.subject].append(e.t)

    def of(self, change: FaultChange, rule: str, until_s: float) -> bool:
        if change.fault.of in (Kind.NETWORK, Kind.SWITCH):
            return any(rule == said for _, said in self._alarms)
        return (change.subject, rule) in self._alarms or self._alone(change.subject, change.at_s, until_s)

    def elsewhere(self, change: FaultChange, breach: Breach) -> bool:
        """The word that this deed goes against was said to another node, and never to who did it.

        Nor has he been told of it since they heard each other again.
        """
        told, deed = breach.events[0], breach.events[-1]
        if told.name not in WORDS or deed.t > self._apart_s.get((change.fault.name, change.subject), inf):
            return False
        return self._words.get((deed.by, *word(told)), inf) > deed.t

    def before_all(self, breach: Breach) -> bool:
        """Nobody knows the word that this deed goes against but by what a journal has kept of it."""
        told, deed = breach.events[0], breach.events[-1]
        if told.name not in WORDS:
            return False
        return all(any(told.t < t <= deed.t for t in ended) for ended in self._ended_s.values())

    def _alone(self, node: str, since_s: float, until_s: float) -> bool:
        """All others were down, or on their way down, all that time; a run begins with every node up."""
        if node not in self._nodes:
            return False
        up = set(self._nodes)
        for e in self._systems:
            if e.t > since_s and up - {node}:
                return False
            if e.t > until_s:
                return True
            (up.add if e.name == UP else up.discard)(e.subject)
        return not up - {node}
