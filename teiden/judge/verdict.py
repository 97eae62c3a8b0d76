"""The verdict on a run: every expectation and every invariant, held or broken, and why.

`judge` reads the stream of events and the site, nothing else; so it judges a pretend room and a real
one alike. A story may declare what it breaks: then exactly that must break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.files.source import Place
from teiden.judge.expectations import At, Before, Count, Expectation
from teiden.judge.fulfilment import Fulfilment, Outcome
from teiden.judge.history import History
from teiden.judge.invariants.catalogue import INVARIANTS, watch
from teiden.judge.invariants.invariant import Breach, Invariant
from teiden.judge.ledger.room import Room
from teiden.judge.margins import Margins, margins
from teiden.judge.names import Names
from teiden.judge.words import seconds
from teiden.language.say import later, said, t

JUDGE = "judge"


class Status(Enum):
    HELD = "held"
    BROKEN = "broken"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """One expectation; of a chain, one pair."""

    expectation: Expectation
    status: Status
    expected: str
    """`ups.output_off ups4 < 100s < cluster.stopping ssccluster`."""
    happened: str
    """`754 s, then 756 s: 2 s apart, 98 s too close`; times count from the loss of mains."""
    events: tuple[Event, ...] = ()
    """What shows it."""

    @property
    def ok(self) -> bool:
        return self.status is not Status.BROKEN

    @property
    def place(self) -> Place:
        return self.expectation.place

    @property
    def sentence(self) -> str:
        """`cluster.stopping ssccluster expected at 900 s (10 s either way), was 756 s`."""
        if isinstance(self.expectation, At):
            return t("{expected}, {happened}", expected=self.expected, happened=self.happened)
        return f"{self.expected}: {self.happened}"


@dataclass(frozen=True, slots=True)
class InvariantResult:
    """One invariant over the whole run."""

    id: str
    sentence: str
    status: Status
    breaches: tuple[Breach, ...] = ()
    declared: bool = False
    """The story says that it breaks this one."""
    put_to_test: int = 0
    """How often it had something to judge; 0: held, but this run proves nothing about it."""
    why_not: str = ""
    """Not applicable: why."""

    @property
    def ok(self) -> bool:
        """Broken exactly if the story declares it."""
        return (self.status is Status.BROKEN) == self.declared

    @property
    def happened(self) -> str:
        if self.breaches:
            n, text = len(self.breaches) - 1, self.breaches[0].text
            return t("{text} (and {n} more)", text=text, n=n) if n else text
        if self.why_not:
            return self.why_not
        return t("the story declares that this breaks, and it held") if self.declared else t("held")


@dataclass(frozen=True, slots=True)
class Verdict:
    expectations: tuple[ExpectationResult, ...]
    invariants: tuple[InvariantResult, ...]
    margins: Margins
    zero_s: float
    """What the times in all texts count from, in seconds since the start of the run."""

    @property
    def holds(self) -> bool:
        return all(result.ok for result in self.results())

    def results(self) -> Iterator[ExpectationResult | InvariantResult]:
        yield from self.expectations
        yield from self.invariants

    def failures(self) -> list[ExpectationResult | InvariantResult]:
        return [result for result in self.results() if not result.ok]

    @property
    def expected(self) -> tuple[int, int]:
        """How many of how many expectations came true; a chain of the story counts once."""
        chains: dict[object, bool] = {}
        for number, result in enumerate(self.expectations):
            chain = result.place if isinstance(result.expectation, Before) else number
            chains[chain] = chains.get(chain, True) and result.ok
        return sum(chains.values()), len(chains)

    @property
    def upheld(self) -> tuple[int, int]:
        """How many of how many invariants came out as they should."""
        return sum(result.ok for result in self.invariants), len(self.invariants)

    def summary(self) -> str:
        """`22 of 22 expectations, 45 of 45 invariants`, and which of them broke as declared."""
        (met, of), (held, all_) = self.expected, self.upheld
        broken = [r.id for r in self.invariants if r.ok and r.status is Status.BROKEN]
        summary = t("{n} of {all} invariants", n=held, all=all_)
        if of:
            expected = later("{n} of {all} expectation") if of == 1 else later("{n} of {all} expectations")
            summary = t(", ").join((said(expected, n=met, all=of), summary))
        if broken:
            summary = t(
                "{words_summary} ({rules} broken, as declared)",
                words_summary=summary,
                rules=", ".join(broken),
            )
        return summary

    def rule_events(self) -> list[Event]:
        """Every breach as a `rule.broken`, to be put behind the stream for pictures and tables."""
        return [
            Event(b.t, "rule.broken", b.subject, JUDGE, Source.SEEN, {"rule": b.id, "text": b.text})
            for result in self.invariants
            for b in result.breaches
        ]


def judge(
    events: Sequence[Event],
    site: Site,
    expectations: Sequence[Expectation] = (),
    breaks: Sequence[str] = (),
) -> Verdict:
    """Every expectation and every invariant, against the whole stream of one run.

    `breaks`: ids of invariants that must break, each of them; `SENTENCES` of the catalogue knows them.
    """
    history = History(events)
    room = Room(site, history)
    invariants = watch(room, history)
    fulfilment = Fulfilment(history, Names(site))
    return Verdict(
        tuple(expectation_result(e, fulfilment.of(e)) for e in expectations),
        (*(_invariant(i, breaks) for i in invariants), *_unknown(breaks)),
        margins(history, room),
        history.zero_s,
    )


def expectation_result(expectation: Expectation, outcome: Outcome) -> ExpectationResult:
    """What became of one expectation, in words."""
    status = Status.HELD if outcome.held else Status.BROKEN
    if not outcome.applies:
        status = Status.NOT_APPLICABLE
    return ExpectationResult(expectation, status, _expected(expectation), outcome.happened, outcome.events)


def _expected(expectation: Expectation) -> str:
    match expectation:
        case At():
            what, at = expectation.what, seconds(expectation.at_s)
            if not expectation.tolerance_s:
                return t("{what} expected at {time}", what=what, time=at)
            about = seconds(expectation.tolerance_s)
            return t("{what} expected at {time} ({about} either way)", what=what, time=at, about=about)
        case Count():
            times = {0: t("never"), 1: t("once"), 2: t("twice")}.get(expectation.n)
            return f"{times or t('{n} times', n=expectation.n)} {expectation.what}"
        case _:
            return expectation.text


def _invariant(invariant: Invariant, breaks: Sequence[str]) -> InvariantResult:
    status = Status.BROKEN if invariant.breaches else Status.HELD
    if invariant.not_applicable and not invariant.breaches:
        status = Status.NOT_APPLICABLE
    return InvariantResult(
        invariant.id,
        said(invariant.sentence),
        status,
        tuple(sorted(invariant.breaches, key=lambda breach: breach.t)),
        invariant.id in breaks,
        invariant.put_to_test,
        invariant.not_applicable,
    )


def _unknown(breaks: Sequence[str]) -> Iterator[InvariantResult]:
    """A declared id that is no invariant can never break, so it fails, in words."""
    known = [invariant.id for invariant in INVARIANTS]
    for name in dict.fromkeys(breaks):
        if name not in known:
            why = t("no invariant is called {name}; known: {known}", name=name, known=", ".join(known))
            yield InvariantResult(name, why, Status.NOT_APPLICABLE, declared=True, why_not=why)
