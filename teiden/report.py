"""What an operator reads after a run: the verdict in one line, how close it was, and why it broke."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from sequencer.events import Event
from teiden.cause import causes
from teiden.judge.expectations import At, Before, Count, Finally, Never, Within
from teiden.judge.verdict import ExpectationResult, InvariantResult
from teiden.language.say import t
from teiden.narrate import Row, main_rows
from teiden.narration.table import table
from teiden.narration.words import duration
from teiden.plan.columns import folded, width
from teiden.rehearsal import Rehearsal
from teiden.story import Story

Failure = ExpectationResult | InvariantResult

WIDTH = 110
MOST_ALSO = 6
MOST_CHARGES = 12
BEFORE, AFTER = 5, 2
"""Rows shown around what broke."""
TELLING = (Before, Within, Never, At, Count, Finally)
"""Which kind of broken expectation explains most: an order more than a time."""


def body(rehearsal: Rehearsal, *, details: bool = False, wide: int | None = None) -> list[str]:
    """The sentence, the whole table, the numbers, and what broke: all but the verdict line.

    `wide`: columns of the terminal; what goes into a file or a pipe is folded only where it is prose.
    """
    marked = broken_events(rehearsal)
    rows = rehearsal.rows if details else main_rows(rehearsal.rows, also=marked)
    lines = [rehearsal.story.sentence]
    lines += table(rows, rehearsal.past.zero_s, rehearsal.story.start, marked=marked, wide=wide)
    if not rows:
        lines.append("  " + t("nothing happened"))
    lines += ["", *numbers(rehearsal, wide)]
    if not rehearsal.verdict.holds:
        lines += ["", *explained(rehearsal, wide), *again(rehearsal), ""]
    return lines


def broken(
    rehearsal: Rehearsal, *, head: str = "", files: Sequence[str] = (), wide: int | None = None
) -> list[str]:
    """The same for a story among many that broke: only the rows around it.

    `head`: the first line, where it is not the name and the sentence. `files`: what was left to look at.
    """
    lines = [head or f"{rehearsal.story.name}  {rehearsal.story.sentence}", "", *explained(rehearsal, wide)]
    lines += ["", *near(rehearsal, broken_events(rehearsal), wide=wide)]
    return [*lines, "", *again(rehearsal, files)]


# Numbers


def verdict_line(rehearsal: Rehearsal, notes: Sequence[str] = ()) -> str:
    """`HOLDS  22 of 22 expectations, 45 of 45 invariants   4 h in 9 ms   seed 0   picture outage.svg`."""
    seed = t("seed {n}", n=rehearsal.seed)
    return "   ".join((f"{word(rehearsal)}  {rehearsal.spoken.summary()}", _speed(rehearsal), seed, *notes))


def item_line(rehearsal: Rehearsal, name_width: int) -> str:
    """One line for a story among many."""
    name = rehearsal.story.name.ljust(name_width)
    held = word(rehearsal)
    return f"{held}{' ' * (6 - width(held))}  {name}  {rehearsal.spoken.summary()}   {_speed(rehearsal)}"


def count_line(stories: Sequence[Story], broken: int, took_s: float, notes: Sequence[str]) -> str:
    """`HOLDS  all 20 stories   98 h in 260 ms   seed 0`, or how many do not."""
    hours = duration(sum(story.until_s for story in stories))
    held = len(stories) - broken
    if broken:
        counted = t("BROKEN  {held} of {n} stories hold", held=held, n=len(stories))
    else:
        counted = t("HOLDS  all {n} stories", n=held)
    return "   ".join((counted, t("{time} in {ms} ms", time=hours, ms=f"{took_s * 1000:.0f}"), *notes))


def word(rehearsal: Rehearsal) -> str:
    return t("HOLDS") if rehearsal.verdict.holds else t("BROKEN")


def _speed(rehearsal: Rehearsal) -> str:
    time, ms = duration(rehearsal.story.until_s), f"{rehearsal.took_s * 1000:.0f}"
    return t("{time} in {ms} ms", time=time, ms=ms)


def numbers(rehearsal: Rehearsal, wide: int | None = None) -> list[str]:
    """The margins beside those of the plan, and the lowest charge of each battery."""
    lowest = rehearsal.verdict.margins.lowest_charge
    if len(lowest) > MOST_CHARGES:
        shown = sorted(lowest, key=lambda ups: lowest[ups])[:MOST_CHARGES]
        rest = t("the other {n} higher", n=len(lowest) - len(shown))
    else:
        shown, rest = list(lowest), ""
    charges = [f"{ups} {lowest[ups]:.0f} %" for ups in shown]
    margins = [str(margin) for margin in rehearsal.spoken.margins.margins]
    return [
        *_folded(_head(t("margins")), margins, "   ", wide or WIDTH),
        *_folded(_head(t("lowest")), [*charges, rest], "  ", wide or WIDTH),
    ]


def _head(key: str) -> str:
    return "  " + _padded(key, 10)


def _padded(text: str, cells: int) -> str:
    """Wide characters take two cells."""
    return text + " " * max(1, cells - width(text)) if text else " " * cells


def _folded(head: str, parts: Sequence[str], gap: str, wide: int) -> Iterator[str]:
    """Parts side by side, none of them torn apart at the end of a line."""
    line = head
    for part in filter(None, parts):
        if line != head and width(line) + width(part) > wide:
            yield line.rstrip()
            line = " " * width(head)
        line += part + gap
    if line.strip() and line != head:
        yield line.rstrip()


# What broke


def explained(rehearsal: Rehearsal, wide: int | None = None) -> list[str]:
    """The failure that explains most, the others in a line each, and the cause."""
    room = max(40, (wide or WIDTH) - 9)
    first, *others = failures(rehearsal)
    lines = _item(t("broken"), _place(first), *folded(_expected(first), room))
    if not _says_what_was(first):
        lines += _item(t("was"), *folded(first.happened, room))
    for other in others[:MOST_ALSO]:
        lines += _item(t("also"), *folded(_also(other), room))
    if len(others) > MOST_ALSO:
        lines += _item("", t("and {n} more", n=len(others) - MOST_ALSO))
    for cause in causes(rehearsal.story):
        lines += _item(t("cause"), *folded(cause, room))
    return lines


def again(rehearsal: Rehearsal, files: Sequence[str] = ()) -> list[str]:
    """How to see it again, and what there is to look at."""
    return [*_item(t("replay"), replay(rehearsal)), *_item(t("files"), *files)]


def near(rehearsal: Rehearsal, marked: Sequence[Event], *, wide: int | None = None) -> list[str]:
    """The rows around these events, which carry a `>`; every row, when there are none."""
    rows = around(main_rows(rehearsal.rows, also=marked), marked)
    return table(rows, rehearsal.past.zero_s, marked=marked, heading=False, wide=wide)


def failures(rehearsal: Rehearsal) -> list[Failure]:
    """Everything that did not come out as it should, what explains most first; none: it holds."""
    return sorted(rehearsal.spoken.failures(), key=_telling)


def _telling(failure: Failure) -> tuple[int, int]:
    if isinstance(failure, InvariantResult):
        return TELLING.index(Never), 1
    return TELLING.index(type(failure.expectation)), 0


def _item(key: str, *lines: str) -> list[str]:
    return [f"{_padded(key if n == 0 else '', 8)} {line}" for n, line in enumerate(filter(None, lines))]


def _place(failure: Failure) -> str:
    if isinstance(failure, InvariantResult):
        return f"{failure.id}  {failure.sentence}"
    return f"{failure.place.file}:{failure.place.line}"


def _expected(failure: Failure) -> str:
    if _says_what_was(failure):
        return failure.sentence
    return failure.expected if isinstance(failure, ExpectationResult) else ""


def _says_what_was(failure: Failure) -> bool:
    """`... expected at 900 s (10 s either way), was 756 s` is one sentence."""
    return isinstance(failure, ExpectationResult) and isinstance(failure.expectation, At)


def _also(failure: Failure) -> str:
    if isinstance(failure, InvariantResult):
        return f"{failure.id}: {failure.happened}"
    return t("line {n}: {text}", n=failure.place.line, text=failure.sentence)


def replay(rehearsal: Rehearsal) -> str:
    """The command that shows it again, with a picture."""
    story = rehearsal.story
    file = story.place.file if story.place is not None else story.name
    item = [] if story.name == _stem(file) else ["--item", story.name]
    seed = ["--seed", str(rehearsal.seed)]
    return shlex.join(["teiden", "run", file, *item, *seed, *rehearsal.played_with, "--plot", "failure.svg"])


def _stem(file: str) -> str:
    return file.rpartition("/")[2].rpartition(".")[0]


def broken_events(rehearsal: Rehearsal) -> list[Event]:
    """What shows that something broke: marked in the table."""
    found: dict[int, Event] = {}
    for failure in rehearsal.verdict.failures():
        breaches = failure.breaches if isinstance(failure, InvariantResult) else ()
        events = failure.events if isinstance(failure, ExpectationResult) else ()
        for event in (*events, *(event for breach in breaches for event in breach.events)):
            found[id(event)] = event
    return list(found.values())


def around(rows: Sequence[Row], marked: Sequence[Event]) -> list[Row]:
    """The rows with marked events and a few before and after each; all, when nothing is marked."""
    marks = {id(event) for event in marked}
    hits = [n for n, row in enumerate(rows) if any(id(event) in marks for event in row.events)]
    if not hits:
        return list(rows)
    near = {n for hit in hits for n in range(hit - BEFORE, hit + AFTER + 1)}
    return [row for n, row in enumerate(rows) if n in near]
