"""What was said and nobody knows any more: the journals that had kept it have lost it (C5, C6, A10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from math import inf

from sequencer.events import Event
from sim.faults.fault import Kind
from sim.story import FaultChange
from teiden.judge.alone import UP
from teiden.judge.fed import is_fed
from teiden.judge.invariants.invariant import Breach
from teiden.judge.lives import Lives
from teiden.judge.spoken import WORDS

BROKEN = "S30"
"""Of an alarm that says that a journal is broken;"""
UNLIKE = "C9"
"""and that another node has another site file, and is not read."""
GOES_DOWN = "server.shutting_down"


class Forgotten:
    def __init__(self, lives: Lives, forgets_s: Mapping[str, float]) -> None:
        """`forgets_s`: by node: since when its journal may lose what it keeps."""
        self._lives, self._forgets_s = lives, forgets_s
        self._raised: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
        for e in lives.events:
            if e.name == "alarm.raised" and e.details.get("rule") in (BROKEN, UNLIKE):
                self._raised[e.by, str(e.details["rule"])].append(e.t)

    def before_all(self, change: FaultChange, breach: Breach) -> bool:
        """Nobody knows the word that this deed goes against but by what a journal has kept of it.

        And nobody is there whose journal is well, and who was there when it was said; or he goes by another
        site file, and who did it does not read him, as he has said (C9). An array keeps what is said while it
        has power: of a word that a boot has ended, that it had been carried out by then.
        """
        told, deed = breach.events[0], breach.events[-1]
        if told.name not in WORDS:
            return False
        if change.fault.of is Kind.ARRAY and self._kept(change.subject, self._last_kept_s(breach)):
            return False
        heard = self._have_heard(told, max(change.at_s, told.t), deed.t)
        know = (heard & self._lives.up_at(deed.t)) - {
            n for n, at_s in self._forgets_s.items() if at_s <= deed.t
        }
        if know and not self._reads_nothing_of(know, deed):
            return False
        return all(any(told.t < t <= deed.t for t in self._lives.ended_s[node]) for node in heard - know)

    def _have_heard(self, told: Event, lost_s: float, deed_s: float) -> set[str]:
        """Who was there, or came and was told; not whose service stood still, nor who did not hear the
        others, until the last who knew had gone, and it was lost."""
        lives = self._lives
        again_s = max((to_s for from_s, to_s in lives.apart if from_s <= told.t < to_s), default=-inf)
        up, there = lives.up_at(told.t), {told.by} if again_s > told.t else lives.at_work(told.t)
        knew = there & lives.up_at(lost_s)
        gone_s = max((next((t for t in lives.ended_s[n] if t > lost_s), inf) for n in knew), default=lost_s)
        last_s = gone_s if knew else self._has_gone_s(told, lost_s, deed_s)
        heard = {told.by} if last_s < again_s else up - lives.alone.idle_through(told.t, gone_s)
        comes = (e for e in lives.systems if e.name == UP and told.t < e.t <= lost_s - lives.hears_s)
        return heard | {e.subject for e in comes if self._meets(e, heard)}

    def _has_gone_s(self, told: Event, lost_s: float, deed_s: float) -> float:
        """When who was told it went, if it was lost before he came up again; inf: it was not."""
        boots = (e.t for e in self._lives.systems if (e.name, e.subject) == (UP, told.by) and e.t > told.t)
        lost = lost_s < next(boots, inf) <= deed_s
        return next((t for t in self._lives.ended_s[told.by] if t > told.t), inf) if lost else inf

    def _meets(self, boot: Event, others: Collection[str]) -> bool:
        """One of these was there, too, when it had looked who is, and nothing parted them."""
        looked_s = boot.t + self._lives.hears_s
        there = self._lives.at_work(looked_s)
        apart = any(from_s <= looked_s and boot.t <= to_s for from_s, to_s in self._lives.apart)
        return not apart and boot.subject in there and not there.isdisjoint(others)

    def _reads_nothing_of(self, others: Collection[str], deed: Event) -> bool:
        """Of the one other that there is: who did this has said so in the life in which he did it."""
        said_so = self._says(deed.by, UNLIKE, deed.t)
        return said_so and len(others) == 1 and deed.by not in others

    def _says(self, node: str, rule: str, at_s: float) -> bool:
        """In the life of its service that it lives then, by then."""
        begun_s = self._lives.begun_s(node, at_s)
        return any(begun_s <= t <= at_s for t in self._raised[node, rule])

    def _last_kept_s(self, breach: Breach) -> float:
        """When what this deed goes against was said; or whom a boot proves to have gone by it went."""
        told, *later = breach.events
        boot = next((e for e in later[:-1] if e.name == UP), None)
        if boot is None:
            return told.t
        went = (
            e.t for e in self._lives.events if (e.name, e.subject) == (GOES_DOWN, boot.subject) and e.is_fact
        )
        return max([told.t, *(t for t in went if t < boot.t)])

    def _kept(self, array: str, at_s: float) -> bool:
        """It had power; and somebody was up whose journal was not broken before, as he has said (C5). Another
        one's was by then, too, for it takes a copy of each row: it breaks with that, and says nothing."""
        lives = self._lives
        up = lives.up_at(at_s)
        told = [t for (_, rule), times in self._raised.items() if rule == BROKEN for t in times]
        in_vain_s = [t for t in told if t <= at_s and not is_fed(lives.events, array, t)]
        broken = {n for n in up for t in in_vain_s if lives.begun_s(n, at_s) <= t and n in lives.up_at(t)}
        broken |= {node for node in up if self._says(node, BROKEN, at_s)}
        return up != broken and is_fed(lives.events, array, at_s)
