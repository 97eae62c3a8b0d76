"""Crash points: the service of a node is killed before or after each thing it writes or commands.

After it the room must end as it does undisturbed, and no rule may be broken on the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import ClassVar

from sequencer.events import Event
from sequencer.site import Site
from sim.chance import draw
from sim.server import State
from teiden.judge.invariants.invariant import Breach
from teiden.proof.case import Case, Outcome
from teiden.proof.gate import NEVER, Cut, Point, When
from teiden.proof.history import History, breaches, lived
from teiden.proof.stories import OUTAGES, outage

AGAIN_S = (1.0, 20.0, 300.0, NEVER)
"""When the next life begins (reliability §5.3)."""
OF_A_RETURN = 8
"""Of each return but the story's own so many times fewer second kills are tried: there are many returns."""
OWED = ("L1", "L3")
AT_ITS_END = ("L1", "L2", "L3")


@lru_cache(maxsize=64)
def undisturbed(name: str, back_s: float | None) -> History:
    return lived(outage(name, back_s))


@dataclass(frozen=True, slots=True)
class Crash:
    """A story, when its mains return (None: as it says), and who is killed where."""

    story: str
    back_s: float | None
    cuts: tuple[Cut, ...]
    word: ClassVar[str] = "crash"

    def __str__(self) -> str:
        back = "-" if self.back_s is None else f"{self.back_s:g}"
        return f"{self.word} {self.story} {back} {'+'.join(map(str, self.cuts))}"

    @classmethod
    def parsed(cls, story: str, back: str, cuts: str) -> Crash:
        return cls(
            story, None if back == "-" else float(back), tuple(Cut.parsed(cut) for cut in cuts.split("+"))
        )

    def history(self) -> History:
        return lived(outage(self.story, self.back_s), self.cuts)

    def played(self) -> Outcome:
        return self.judged(self.history())

    def judged(self, history: History) -> Outcome:
        outcome = Outcome(histories=1, lived_s=history.lived_s, deaths=history.deaths)
        if not history.deaths:
            outcome.blame(self, "gate", "nobody died")
        story = outage(self.story, self.back_s)
        forgiven = Forgiven(history, story.site)
        excused, left = breaches(history.events, story)
        outcome.excused.update(one.breach.id for one in excused)
        for breach in left:
            if forgiven.breach(breach):
                outcome.excused[breach.id] += 1
            else:
                outcome.blame(self, breach.id, breach.text)
        end = undisturbed(self.story, self.back_s).end
        other = {name: state for name, state in history.end.items() if state != end[name]}
        if not forgiven.halted_all and (
            left_over := {n: s for n, s in other.items() if n not in forgiven.ends}
        ):
            words = ", ".join(f"{name} {state} and not {end[name]}" for name, state in left_over.items())
            outcome.blame(self, "end", words)
        return outcome


class Forgiven:
    """What a machine that dies excuses: nobody owes it a boot while its cluster runs without it.

    Dies the last machine that was not on its way down, all are halted with their power on, and nobody is
    left to tell anybody anything: that takes somebody's hand (R10-02), and the battery of whoever has not
    been told to go off by then ends.
    Dies a service that has told its own machine to go, nobody begins it anew: what it had still to tell
    its own UPSes and its disks' is not told, and their batteries end (ADR 0028).
    Knows nobody of an incident but such a node, and machines that have died, it is closed by nobody; and that
    node is halted with its power on, and whoever comes up without it knows of no reason to wake it. What he
    finds dark then he leaves so (S28); that is forgiven for what an alarm names, and whose journal to ask.
    """

    def __init__(self, history: History, site: Site) -> None:
        self._site = site
        self._facts = [e for e in history.events if e.is_fact]
        self.nodes: set[str] = set()
        """Whose machines have died."""
        self.halted_all = False
        self.untold: set[str] = set()
        """UPSes that nobody tells to go off any more; most often those that are told last, by a node that
        goes: its own, and those of its disks."""
        self.left: set[str] = set()
        """Nodes whose service has died after it had told its machine to go, all other machines being dead."""
        for cut, at_s in history.died:
            self._dies(cut, at_s)
        lost = {node for node in self.nodes | self.left if history.end[node] != State.UP.value}
        known_to_none = bool(history.open_at) and history.open_at <= lost
        if not known_to_none:
            self.left.clear()
        self.ends = self.nodes | self.left
        if known_to_none:
            self.ends |= {"incident", *told_dark(lost, history, site)}
        """Whose state at the end may be another than undisturbed."""

    def _dies(self, cut: Cut, at_s: float) -> None:
        site = self._site
        before = [e for e in self._facts if e.t <= at_s]
        going = {node for node in site.cluster.nodes if is_going(node, before)}
        if cut.again_s == NEVER:
            self.nodes.add(cut.node)
            if not set(site.cluster.nodes) - going - self.nodes:
                told = told_to_go(before)
                self.halted_all |= not told.intersection(ups.name for ups in site.node_upses)
                self.untold |= {ups.name for ups in site.control_upses} | (set(site.upses) - told)
        if cut.node in going:
            node = site.servers[cut.node]
            disks = (site.arrays[name].upses for name in node.arrays)
            self.untold |= {*node.upses, *(ups for upses in disks for ups in upses)}
            if self.nodes.issuperset(set(site.cluster.nodes) - {cut.node}):
                self.left.add(cut.node)

    def breach(self, breach: Breach) -> bool:
        if breach.id == "S18" and breach.subject in self.untold:
            return True
        if self.halted_all and breach.id in AT_ITS_END:
            return True
        return breach.id in OWED and breach.subject in self.nodes | self.left


def told_dark(lost: Set[str], history: History, site: Site) -> set[str]:
    """UPSes, and who lives on them, of which an alarm says that one of these nodes has to be asked."""
    told = [e for e in history.events if e.name == "alarm.raised" and e.subject in lost]
    upses = {
        ups for e in told if e.details.get("rule") == "L1" for ups in names_in(e.details.get("upses", ""))
    }
    servers = {server.name for ups in upses for server in site.servers_on(ups)}
    return upses | servers | {array.name for ups in upses for array in site.arrays_on(ups)}


def names_in(text: str) -> list[str]:
    return [name for name in text.split(", ") if name]


def is_going(node: str, facts: Sequence[Event]) -> bool:
    """On its way down, or down, and not begun anew since."""
    names = ("server.shutting_down", "server.halted", "server.booting", "server.up")
    told = [e.name for e in facts if e.subject == node and e.name in names]
    return bool(told) and told[-1] in names[:2]


def told_to_go(facts: Sequence[Event]) -> set[str]:
    """The UPSes that have been told to go off, and have not come on again since."""
    told: set[str] = set()
    for e in facts:
        if e.name == "ups.off_armed":
            told.add(e.subject)
        elif e.name == "ups.output_on":
            told.discard(e.subject)
    return told


def cuts_at(points: tuple[Point, ...]) -> Iterator[Cut]:
    for point, when, again_s in product(points, When, AGAIN_S):
        yield Cut(point.node, point.n, when, again_s)


@dataclass(frozen=True, slots=True)
class CrashSingles:
    """Every point of every story; `returns`: of each of its returns, too."""

    returns: bool
    name: ClassVar[str] = "crashes"
    sentence: ClassVar[str] = "services killed before and after everything they write and command"

    def cases(self) -> tuple[Case, ...]:
        return _singles(self.returns)


@lru_cache(maxsize=2)
def _singles(returns: bool) -> tuple[Case, ...]:
    return tuple(
        Crash(name, back_s, (cut,))
        for name, (_, more) in OUTAGES.items()
        for back_s in (None, *(more if returns else ()))
        for cut in cuts_at(undisturbed(name, back_s).points)
    )


@dataclass(frozen=True, slots=True)
class CrashPair:
    """A first kill, and after it so many second ones, drawn from all that are left; 0: every one."""

    first: Crash
    seconds: int
    word: ClassVar[str] = "crash-pair"

    def __str__(self) -> str:
        return f"{self.word} {self.seconds} {str(self.first).partition(' ')[2]}"

    @classmethod
    def parsed(cls, seconds: str, *first: str) -> CrashPair:
        return cls(Crash.parsed(*first), int(seconds))

    def played(self) -> Outcome:
        (cut,) = self.first.cuts
        points = self.first.history().points
        at = next(i for i, p in enumerate(points) if (p.node, p.n) == (cut.node, cut.n))
        outcome = Outcome()
        for second in self._drawn(list(cuts_at(points[at + 1 :]))):
            outcome.add(Crash(self.first.story, self.first.back_s, (cut, second)).played())
        return outcome

    def _drawn(self, cuts: list[Cut]) -> list[Cut]:
        if not self.seconds or len(cuts) <= self.seconds:
            return cuts
        n = len(cuts)
        places = sorted({int(draw(0, str(self.first), "second", k) * n) for k in range(self.seconds)})
        return [cuts[place] for place in places]


@dataclass(frozen=True, slots=True)
class CrashPairs:
    """As many second kills where the mains return as the story says; of its other returns a part of them."""

    seconds: int
    name: ClassVar[str] = "crash-pairs"
    sentence: ClassVar[str] = "services killed twice"

    def cases(self) -> tuple[Case, ...]:
        returned = math.ceil(self.seconds / OF_A_RETURN)
        firsts = (case for case in _singles(True) if isinstance(case, Crash))
        return tuple(CrashPair(c, self.seconds if c.back_s is None else returned) for c in firsts)
