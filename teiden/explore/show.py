"""What a person reads after an exploration: what broke, how to see it again, and what was never reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from teiden.explore.carry_out import Found
from teiden.explore.tally import Tally
from teiden.explore.work import Exploring
from teiden.judge.invariants.catalogue import SENTENCES
from teiden.language.say import said, t
from teiden.narration.words import duration
from teiden.plan.columns import columns, folded
from teiden.sweep.progress import a_second
from teiden.sweep.show import HEAD, WIDTH, items


def report(
    work: Exploring, tally: Tally, found: Sequence[Found], out: Path | None, replay: Callable[[int], str]
) -> list[str]:
    lines = [heading(work, tally), ""]
    lines += items(t("broken"), _broken(tally))
    lines += items(t("errors"), tally.errors[:3])
    lines += items(t("reached"), _reached(work, tally))
    lines += items(t("never"), _never(work, tally))
    lines += items(t("untested"), folded(" ".join(_untested(tally)), WIDTH - HEAD))
    lines += items(t("replay"), [replay(kind.seed) for kind in tally.worst_first()[:1]])
    for one in found:
        lines += ["", *_shrunk(one, out)]
    return [*lines, ""]


def heading(work: Exploring, tally: Tally) -> str:
    """`1,000 histories of reference, seeds 0 to 999, 13 kinds of faults, 0.76 years`."""
    first, n = work.first_seed, tally.runs
    text = t(
        "{n} histories of {site}, seeds {first} to {last}, {faults} kinds of faults, {years} years",
        n=f"{n:,}",
        site=work.ground.site.name,
        first=first,
        last=first + max(0, n - 1),
        faults=len(work.ground.fault_names),
        years=f"{tally.years:.2g}",
    )
    return f"{text}, {t('four to nine faults each')}" if work.ground.crowded else text


def _broken(tally: Tally) -> list[str]:
    rows = [
        (
            kind.rule,
            kind.role,
            t("{k} of {n} runs", k=f"{kind.runs:,}", n=f"{tally.runs:,}"),
            t("first seed {n}", n=kind.seed),
        )
        for kind in tally.worst_first()
    ]
    return columns(rows, "<<><", gaps=("",)) if rows else []


def _reached(work: Exploring, tally: Tally) -> list[str]:
    """Every rare state by the number of runs, in two columns."""
    there = [(name, f"{n:,}") for name, n in tally.coverage(work.ground.site).items() if n]
    half = (len(there) + 1) // 2
    rows = [
        (name, n, *(there[half + i] if half + i < len(there) else ("", "")))
        for i, (name, n) in enumerate(there[:half])
    ]
    return columns(rows, "<><>", gaps=("",)) if rows else []


def _never(work: Exploring, tally: Tally) -> list[str]:
    names = [name for name, n in tally.coverage(work.ground.site).items() if not n]
    return [line for name in names for line in folded(name, WIDTH - HEAD)]


def _untested(tally: Tally) -> Iterator[str]:
    return (rule for rule in SENTENCES if not tally.judged[rule])


def _shrunk(found: Found, out: Path | None) -> Iterator[str]:
    kind, shrunk = found.kind, found.shrunk
    n = len(shrunk.history.deeds) + len(shrunk.history.schedules)
    sentence = said(SENTENCES[kind.rule]) if kind.rule in SENTENCES else kind.rule
    yield t("{rule}, {role}: {sentence}", rule=kind.rule, role=kind.role, sentence=sentence)
    yield "  " + shrunk.failure.text
    if out is not None:
        file = (out / found.file).as_posix()
        yield "  " + t("seed {seed}, shrunk to {n} events: teiden run {file}", seed=kind.seed, n=n, file=file)
        return
    yield "  " + t("seed {seed}, shrunk to {n} events:", seed=kind.seed, n=n)
    yield ""
    yield from ("    " + line for line in found.text.splitlines())


def verdict(tally: Tally, took_s: float, played: int) -> str:
    n = f"{tally.runs:,}"
    if tally.broken:
        text = t("BROKEN  {k} of {n} histories", k=f"{tally.broken:,}", n=n)
    elif tally.errors:
        text = t("BROKEN  {k} runs could not be played, the other {n} hold", k=len(tally.errors), n=n)
    else:
        text = t("HOLDS  all {n} histories", n=n)
    rate = a_second(played / took_s) if took_s > 0 else "-"
    pace = t("{time}, {n} runs a second", time=duration(took_s), n=rate)
    return "   ".join((text, t("checksum {checksum}", checksum=tally.checksum), pace))
