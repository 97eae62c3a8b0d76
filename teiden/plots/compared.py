"""What two runs have in common and what not: the devices to show, the conclusion, and the notes."""

from __future__ import annotations

from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.plots.headline import Number
from teiden.plots.measures import Measure, measures
from teiden.plots.paired import Side, pairs
from teiden.plots.words import word

MOST_PAIRS = 14


class Compared:
    """What differs between two runs, and the words for it."""

    def __init__(
        self, a: Side, b: Side, names: tuple[str, str] | None, tolerance_s: float, everybody: bool
    ) -> None:
        self.a, self.b, self.tolerance_s = a, b, tolerance_s
        self.named_here = names is None
        self.names = names if names is not None else (t("planned"), t("actual"))
        self.found = pairs(a, b, tolerance_s)
        if not self.found:
            what = t("the two runs have no device in common")
            raise InputError([Problem(Place(self.names[1]), what, t("give two runs of the same site"))])
        self.differing = [pair for pair in self.found if pair.differs]
        shown = self.found if everybody else self.differing
        most = sorted(shown, key=lambda pair: -pair.weight)[:MOST_PAIRS]
        self.shown = [pair for pair in shown if pair in most]
        self.left_out = [pair for pair in shown if pair not in most]
        self.alike = [] if everybody else [pair for pair in self.found if not pair.differs]
        self.measures = measures(a, b)

    def title(self) -> str:
        """Named by us, a run begins the sentence."""
        text = self._title()
        return text[0].upper() + text[1:] if self.named_here else text

    def _title(self) -> str:
        n = sum(len(pair.names) for pair in self.differing)
        m = sum(len(pair.names) for pair in self.found)
        a, b = self.names
        if not n:
            tolerance = f"{self.tolerance_s:g}"
            return t("{a} and {b} agree in all {m} devices, within {s} s", a=a, b=b, m=m, s=tolerance)
        most = [f"{x.what} {x.change_text}" for x in self.measures if moved(x, self.tolerance_s)][:1]
        if most:
            return t("{b} against {a}: {most}; {n} of {m} devices differ", a=a, b=b, most=most[0], n=n, m=m)
        return t("{b} against {a}: {n} of {m} devices differ", a=a, b=b, n=n, m=m)

    def numbers(self) -> list[Number]:
        far = [x for x in self.measures if moved(x, self.tolerance_s)]
        lost = [
            Number(f"{run}: {', '.join(names)} {word(trouble)}", trouble=True)
            for run, trouble, names in self._troubles()
        ]
        return [*lost, *(Number(f"{x.what} {x.text(x.a)} → {x.text(x.b)}") for x in far[1:4])]

    def _troubles(self) -> list[tuple[str, str, list[str]]]:
        """What went wrong in one of the runs only."""
        found: dict[tuple[str, str], list[str]] = {}
        for pair in self.differing:
            ours, theirs = ({bar.trouble for bar in row.bars if bar.trouble} for row in (pair.a, pair.b))
            for run, lone in ((self.names[0], ours - theirs), (self.names[1], theirs - ours)):
                for trouble in sorted(lone):
                    found.setdefault((run, trouble), []).extend(pair.names)
        return [(run, trouble, names) for (run, trouble), names in found.items()]

    def notes(self) -> list[str]:
        notes = []
        if self.alike:
            alike = [name for pair in self.alike for name in pair.names]
            told_ = f"{self.tolerance_s:g}"
            notes.append(t("alike within {s} s: {names}", s=told_, names=", ".join(alike)))
        if self.left_out:
            n = sum(len(pair.names) for pair in self.left_out)
            notes.append(t("{n} more devices differ and are not shown", n=n))
        for name, of, other in ((self.names[0], self.a, self.b), (self.names[1], self.b, self.a)):
            lone = [device for device in of.rows if device not in other.rows]
            if lone:
                notes.append(t("only in {run}: {names}", run=name, names=", ".join(lone)))
        return notes


def moved(measure: Measure, tolerance_s: float) -> bool:
    change = measure.change
    return change is not None and abs(change) > (tolerance_s if measure.unit == "s" else 1.0)
