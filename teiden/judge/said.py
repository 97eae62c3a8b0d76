"""What was said by a moment, and by whom: alarms, words, and of nodes that nobody was there to say more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from math import inf

from sequencer.events import Event
from sequencer.site import Site
from sequencer.slept import THEN
from sequencer.timing import followed_s
from sim.faults.fault import Kind, Reach
from sim.story import FaultChange
from teiden.judge.alone import SYSTEMS, UP, whole_stop_s
from teiden.judge.forgotten import BROKEN, Forgotten
from teiden.judge.hearing import Hearing
from teiden.judge.invariants.invariant import TICK_S, Breach
from teiden.judge.invariants.stages import stages
from teiden.judge.lives import Lives
from teiden.judge.reach import next_ups
from teiden.judge.spoken import WORDS, declares, epoch, is_word, word
from teiden.judge.standing_alarms import FOLLOWS, MISSED, StandingAlarms, Stood, told_to_be_missed
from teiden.judge.struck import Struck
from teiden.judge.wiring import Wiring

GOES = "S5"
"""Of an alarm: the control side goes, or a node does, for these UPSes hold no longer;"""
STAYS = "L3"
"""the nodes stay up, for what hangs on these UPSes would not come back."""

NO_HEIR = "C5"
"""A node's own: its journal is broken, and there is no other one that can take the command;"""
UNTOLD = "S17"
"""What this UPS holds nobody learns, or waits for any longer;"""
HANGS = "H1"
"""Of an alarm: this system is not down within its limit."""

UNPROVED = "nothing proves that"
"""Why an OFF was refused, as `not_proven` of the sequencer says it (S13)."""

COMMAND = "command.sent"
TOLD = ("command.sent", "command.refused")


class Said:
    """Which alarms were raised; and of a control node, that no other was up to raise one about it.

    And which words each node was told, or told of: holds, requests, what fired; and when it forgot them.

    One that hangs while it is the last, the others halted with their power on or without any, is noticed by
    nobody: there is no alarm then, and no fewer reasons.
    """

    def __init__(self, events: Iterable[Event], site: Site, faults: Iterable[Struck] = ()) -> None:
        """`faults`: of the story; with some a service does nothing, or nodes do not hear each other."""
        events, faults = tuple(events), tuple(faults)
        self._nodes = site.cluster.nodes
        self._site = site
        self.stop_s = whole_stop_s(site)
        self.seen_s = site.polling.stale_after_s(site.polling.on_battery_s)
        """Until a fault that is over is no longer what the last look at its device showed."""
        self._followed_s = followed_s(site)
        self.way_up_s = stages(site, Wiring(site)).all_s
        self.events = events
        forgetful = [f.by for f in faults if any(e.forgets for e in f.by.fault.excuses)]
        self._forgets_s: dict[str, float] = {}
        """By node: since when its journal may lose what it keeps."""
        for f in forgetful:
            for name in [f.subject] if f.fault.of is Kind.NODE else self._nodes:
                self._forgets_s[name] = min(f.at_s, self._forgets_s.get(name, inf))
        self.hearing = Hearing(events, site)
        self._lives = Lives(events, site, faults)
        self.forgotten = Forgotten(self._lives, self._forgets_s)
        self._standing = StandingAlarms(events, self._nodes)
        self._missed = list(told_to_be_missed(events))
        self._alarms: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        self._words: dict[tuple[str, ...], float] = {}
        up = set(self._nodes)
        for e in events:
            if e.name in WORDS:
                self._words.setdefault((e.by, *word(e)), e.t)
            elif e.name == "alarm.raised":
                rule = str(e.details.get("rule"))
                if rule == GOES and e.subject in self._nodes and up - {e.subject}:
                    continue  # it goes alone, and another stays, who commands
                upses = str(e.details.get("upses", "")).split(", ")
                for of in upses if rule in (GOES, STAYS) else (e.subject,):
                    self._alarms[of, rule].append(e.t)
            elif e.is_fact and e.subject in self._nodes and e.name in SYSTEMS:
                (up.add if e.name == UP else up.discard)(e.subject)

    def of(
        self, change: FaultChange, rule: str, until_s: float, whom: Collection[str] = (), last_s: float = inf
    ) -> bool:
        """Since it struck, and by then; that the nodes go is an old story when they have been up again.

        `whom`: of whom the breach is. `last_s`: one that was raised later than this is of something else.
        """
        by_s = min(until_s, last_s) + TICK_S
        told = (t for t in self._told(change, rule, whom, until_s) if change.at_s - TICK_S <= t <= by_s)
        if any(rule != GOES or self.up_s(t, until_s) <= self.stop_s for t in told):
            return True
        return self.was_alone(change, until_s)

    def nobody_may_follow(self, change: FaultChange, until_s: float, spare_s: float = 0.0) -> bool:
        """As an alarm says that stands then, or was over so short a time before (L5); it may have been raised
        before this struck, for another reason. Or there was nobody who would have raised one. Of mixed-up
        loads: only while the node of which it tells is down, for they have taken it."""
        names = self._named(change, FOLLOWS)
        up = self._lives.up_at(until_s) if change.fault.of is Kind.UPS else ()
        found = (a for a in self._standing.all if (names is None or a.of in names) and a.of not in up)
        return self.was_alone(change, until_s) or any(
            self._stands(a, change, until_s, spare_s, before=a.of == change.subject) for a in found
        )

    def lacked_proof(self, change: FaultChange, breach: Breach) -> bool:
        """Of a UPS whose OFF, or whose disk's flush, was refused last, and of what its end took: somebody has
        followed, without the cluster, and nothing proved that another was down (S13). He switches nobody off;
        and nobody else commands, or not for long."""
        fell = (e.subject for e in breach.events if e.name in ("ups.exhausted", "ups.output_off"))
        ups = next(fell, breach.subject)
        disks = (array.name for array in self._site.arrays.values() if ups in array.upses)
        its = {(ups, "off"), *((disk, "flush") for disk in disks)}
        told = (e for e in self.events if e.name in TOLD and change.at_s <= e.t <= breach.t)
        off = [e for e in told if (e.subject, e.details.get("command")) in its]
        if not off or off[-1].name != "command.refused" or UNPROVED not in str(off[-1].details):
            return False
        last, by_s = off[-1], breach.t - self.stop_s
        taken = (e for e in self.events if e.name == "lease.taken" and last.t <= e.t <= by_s)
        return all(e.by == last.by for e in taken)

    def follows_nobody(self, change: FaultChange, until_s: float, spare_s: float = 0.0) -> bool:
        """As an alarm says that its device has raised itself since, about another."""
        its = (a for a in self._standing.all if a.by == change.subject)
        return any(self._stands(a, change, until_s, spare_s, before=False) for a in its)

    def _stands(
        self, alarm: Stood, change: FaultChange, until_s: float, spare_s: float, *, before: bool
    ) -> bool:
        """Who has raised it may have gone since: that changes nothing until somebody else is up. `before`: it
        may have been raised before this struck."""
        struck_s = change.at_s - TICK_S
        if alarm.since_s > until_s + TICK_S or (alarm.until_s if before else alarm.since_s) < struck_s:
            return False
        return self.up_s(alarm.until_s, until_s, but=alarm.of) <= spare_s

    def was_alone(self, change: FaultChange, until_s: float) -> bool:
        """A node that does nothing; and nobody else was there who would have said so."""
        return change.fault.idles and self._lives.alone.has_been(change.subject, change.at_s, until_s)

    def _told(self, change: FaultChange, rule: str, whom: Collection[str], until_s: float) -> list[float]:
        """When an alarm said so of its device; that somebody hangs, or of a network's that a card is not
        waited for, of him. That he hangs is over when he boots anew. That a journal is broken is over with
        the life of whoever said it, when somebody has been up since for as long as a way up may take."""
        names = whom if rule == HANGS else self._named(change, rule)
        if names is None and rule != UNTOLD:
            return [t for (_, said), times in self._alarms.items() if said == rule for t in times]
        if rule == MISSED:
            return [a.since_s for a in self._missed if a.of in (names or ()) and a.until_s > until_s]
        found = ((name, t) for name in (whom if names is None else names) for t in self._alarms[name, rule])
        if rule == HANGS:
            return [t for name, t in found if not self._has_booted(name, t, until_s)]
        if rule not in (BROKEN, NO_HEIR):
            return [t for _, t in found]
        lives = (
            (t, next((end_s for end_s in self._lives.ended_s[name] if end_s > t), inf)) for name, t in found
        )
        return [t for t, end_s in lives if self.up_s(end_s, until_s) <= self.way_up_s]

    def _has_booted(self, server: str, from_s: float, to_s: float) -> bool:
        boots = (e.t for e in self.events if e.is_fact and (e.name, e.subject) == ("server.booting", server))
        return any(from_s < t <= to_s for t in boots)

    def _named(self, change: FaultChange, rule: str) -> frozenset[str] | None:
        """Whom an alarm is about that tells of this fault. A network's is told of who is not heard (None:
        anybody), that of a disk of journals by the nodes; that a UPS is off, perhaps of a node on
        it; of mixed-up loads either UPS (U19), or a node that hangs on it and is not followed."""
        if change.fault.of in (Kind.NETWORK, Kind.SWITCH):
            return None
        if change.fault.of is Kind.ARRAY and rule == BROKEN:
            return frozenset(self._nodes)
        if rule == MISSED:
            on_it = (n.name for n in self._site.control_nodes if change.subject in n.upses)
            return frozenset((change.subject, *on_it))
        if not any(excuse.reach is Reach.MIXED for excuse in change.fault.excuses):
            return frozenset((change.subject,))
        both = {change.subject, next_ups(change.subject, self._site)}
        nodes = (n for n in self._site.control_nodes if rule == FOLLOWS and not both.isdisjoint(n.upses))
        return frozenset((*both, *(node.name for node in nodes)))

    def up_s(self, from_s: float, to_s: float, but: str = "") -> float:
        """For how long of that time a node, but this one, was up, and could do what had been held up."""
        if from_s >= to_s:
            return 0.0
        up, since_s, found_s = {*self._nodes} - {but}, from_s, 0.0
        for e in (e for e in self._lives.systems if e.subject != but):
            if e.t >= to_s:
                break
            at_s = max(e.t, from_s)
            found_s += at_s - since_s if up else 0.0
            since_s = at_s
            (up.add if e.name == UP else up.discard)(e.subject)
        return found_s + (to_s - since_s if up else 0.0)

    def is_unclosed(self, change: FaultChange, breach: Breach) -> bool:
        """By any node's word, before that was done of which the breach is."""
        return not any(e.name == "incident.closed" and change.at_s < e.t < breach.t for e in self.events)

    def is_left(self, change: FaultChange, breach: Breach) -> bool:
        """It is on its way down; another node has gone since for its own battery, and has said that it waits
        no longer; and no other one is up by now."""
        its = [e.name for e in self._lives.systems if e.subject == change.subject and e.t < breach.t]
        if its[-1:] != ["server.shutting_down"]:
            return False
        told = (e for e in self.events if e.name == "alarm.raised" and e.details.get("rule") == GOES)
        goes = (e.t for e in told if e.by == e.subject != change.subject and e.details.get("upses"))
        said_so = any(change.at_s - TICK_S <= t <= breach.t for t in goes)
        return said_so and not self._lives.up_at(breach.t) - {change.subject}

    def elsewhere(self, change: FaultChange, breach: Breach) -> bool:
        """The word that this deed goes against was said to another node, and never to who did it, as far as
        his journal has kept it; nor were those that said the same after it.

        Nor has he been told of it since they could hear each other again: another was there, or has come
        since; unless it counts as older, by the clock of who was told it, than what he had been told before
        (T1). Or it was a boot that has ended a word, and he has not seen who booted; or had not heard that
        word by then, and cannot know what it ended. Where a node hung, it was said meanwhile, and he is that;
        or before, to that one, and he has come up since. Who takes another's word for it that a boot has
        ended one goes by what that one had heard.
        """
        *told, deed = breach.events
        if told and THEN in told[-1].subject:
            *told, deed = told
        if not told or not is_word(told[0]):
            return False
        spans = (span for span in self._lives.apart if span[0] <= change.at_s <= span[1])
        from_s, again_s = next(spans, (-inf, inf))
        if change.fault.idles and change.fault.ends:
            again_s = self._lives.alone.idle_until_s(change)
            if not self._was_away(change, told[0], deed, again_s):
                return False
        met = deed.t > again_s and self._has_met(deed.by, again_s, deed.t)
        if met and not self._counts_before(told[0], deed):
            return False
        followed = zip(told, [*told[1:], None], strict=True)
        return all(self._passed_by(deed, e, then, from_s) for e, then in followed if is_word(e))

    def _counts_before(self, word: Event, deed: Event) -> bool:
        """Who was told it had not heard what the other one had been asked before, and his clock was so far
        behind: which of the two is later no row tells."""
        asked = [e for e in self.events if e.name == "request.accepted" and e.by == deed.by and e.t < word.t]
        clock_s = self._lives.clock_s(word.by, word.t)
        later = (e for e in asked if self._lives.clock_s(e.by, e.t) > clock_s)
        return any(self._heard_s(word.by, e) > word.t for e in later)

    def _was_away(self, hangs: FaultChange, word: Event, deed: Event, again_s: float) -> bool:
        if word.by != hangs.subject:
            return deed.by == hangs.subject and hangs.at_s <= word.t <= again_s
        return word.t < hangs.at_s and not self._lives.have_met(deed.by, word.t, hangs.at_s)

    def _passed_by(self, deed: Event, told: Event, then: Event | None, from_s: float) -> bool:
        """Who did it has not heard this word by then; or of one that a boot has ended, of the boot. `from_s`:
        since when they do not hear each other; both up before that, he had heard it."""
        heard_s = told.t if told.by == deed.by else self._heard_s(deed.by, told)
        before_s = from_s - self._lives.hears_s
        both_up = self._lives.at_work(before_s) >= {deed.by, told.by}
        heard_s = min(heard_s, from_s) if told.t <= before_s and both_up else heard_s
        if self._has_forgotten(deed.by, heard_s, deed.t):
            return True
        if then is not None and then.name == COMMAND:
            return then.t >= from_s
        if then is not None and then.name == UP:
            return heard_s > then.t or not self._has_seen(deed.by, then, deed.t)
        return heard_s > deed.t

    def _heard_s(self, node: str, told: Event) -> float:
        """Of an incident by the first that he writes down, or has heard of, which is as late. Who had counted
        as far by himself before that, while they did not hear each other, shows it by a later one only."""
        if not declares(told):
            return self._words.get((node, *word(told)), inf)
        his = [e for e in self.events if e.by == node and e.name in ("journal.committed", "journal.heard")]
        counted = max((epoch(e) for e in his if e.t < told.t), default=0)
        least = max(epoch(told), counted + 1)
        return next((e.t for e in his if epoch(e) >= least), inf)

    def _has_forgotten(self, node: str, heard_s: float, by_s: float) -> bool:
        """He was down since, and his journal may not have kept it: the others know it, and he hears none."""
        since_s = max(heard_s, self._forgets_s.get(node, inf))
        return any(heard_s < t and since_s <= t <= by_s for t in self._lives.ended_s[node])

    def _has_met(self, node: str, from_s: float, to_s: float) -> bool:
        """Both were up, and the other did not hang, when they could hear each other again, or he was when
        that one has said something since."""
        up, others = self._lives.up_at(from_s), set(self._nodes) - {node}
        if node in up and (up - self._lives.alone.idle_at(from_s)) & others:
            return True
        return any(
            e.by in others and from_s < e.t <= to_s and self._lives.is_up(node, e.t) for e in self.events
        )

    def _has_seen(self, node: str, boot: Event, by_s: float) -> bool:
        """For as long as that one looks round before it says what its boot has ended. Of his own he knows."""
        told = (e.t for e in self.events if e.by == node and (e.name, e.subject) == (UP, boot.subject))
        looks_s = self._site.start.first_look_limit_s
        return node == boot.subject or any(boot.t <= t <= by_s - looks_s for t in told)

    def nobody_follows(self, change: FaultChange, breach: Breach) -> bool:
        """Nobody has been there to raise an alarm either."""
        up, since_s = set(self._nodes), max(change.at_s, breach.t - self._followed_s)
        for e in self._lives.systems:
            if e.t >= breach.t - TICK_S:
                break
            if e.t > since_s and up - {change.subject}:
                return False
            (up.add if e.name == UP else up.discard)(e.subject)
        return not up - {change.subject}
