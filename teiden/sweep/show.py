"""What a person reads after a sweep: what broke and how often, how close it was, and what to look at next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from teiden.language.say import t
from teiden.narration.words import duration
from teiden.plan.columns import columns, folded, width
from teiden.sweep.examples import Broken, Examples, Labelled, never_judged, parameters_of
from teiden.sweep.folder import BROKEN, RUNS, TABLE
from teiden.sweep.interval import Share
from teiden.sweep.subject import Subject
from teiden.sweep.summary import MOST_REPLAYS, Summary
from teiden.sweep.telling import Group, Telling
from teiden.sweep.worst import CHARGE, is_duration

HEAD = 12
"""Cells of the key at the left."""
WIDTH = 110
MOST_BROKEN = 12
MOST_TELLING = 3
MOST_PARAMETERS = 4
MOST_BESIDE = 2
"""Parameters beside a worst value: the table has them all."""
MOST_CHARGES = 6


def report(
    subject: Subject, summary: Summary, out: Path, replays: Sequence[str], took_s: float, played: int
) -> list[str]:
    """`played`: runs of this session; the others were there before."""
    examples = Examples(subject, summary)
    lines = [subject.sentence, heading(subject), ""]
    lines += items(t("broken"), _broken(examples.invariants(), subject))
    lines += items(t("unmet"), _broken(examples.expectations(), subject))
    lines += items(t("errors"), _errors(summary))
    lines += items(t("untested"), folded(_untested(summary), WIDTH - HEAD))
    lines += items(t("worst"), _worst(examples.margins()))
    lines += items(t("lowest"), _lowest(summary))
    lines += items(t("telling"), _telling(summary.telling) if summary.broken else [])
    lines += items(t("replay"), _replay(out, replays, summary))
    lines += items(t("files"), [_files(out, summary)])
    return [*lines, "", verdict(subject, summary, took_s, played)]


def heading(subject: Subject) -> str:
    """`1,000 runs of long-outage, seed 0; varied: length, health.ups1 and 5 more`."""
    about = subject.about
    text = t("{n} runs of {story}, seed {seed}", n=f"{about.runs:,}", story=about.story, seed=about.seed)
    names = list(subject.parameters)
    if not names:
        return text
    if len(names) > MOST_PARAMETERS + 1:
        names = [
            t(
                "{names} and {n} more",
                names=", ".join(names[:MOST_PARAMETERS]),
                n=len(names) - MOST_PARAMETERS,
            )
        ]
    return t("{what}; varied: {names}", what=text, names=", ".join(names))


def items(key: str, lines: Sequence[str]) -> Iterator[str]:
    """Lines of a report behind their key."""
    head = "  " + key
    for n, line in enumerate(lines):
        yield (head + " " * max(1, HEAD - width(head)) if n == 0 else " " * HEAD) + line


def per_cent(share: float) -> str:
    """Two digits that mean something: `0.38`, `1.2`, `27`."""
    pct = 100 * share
    return f"{pct:.0f}" if pct >= 10 or pct == 0 else f"{pct:.2g}"


def probability(share: Share, *, by_chance: bool) -> str:
    """`1.2 % (0.69 .. 2.1 %)`: the interval holds the true value 95 times of 100."""
    if not by_chance:
        return t("{pct} %", pct=per_cent(share.share))
    low, high = per_cent(share.low), per_cent(share.high)
    if not share.k:
        return t("at most {pct} %", pct=high)
    return t("{pct} % ({low} .. {high} %)", pct=per_cent(share.share), low=low, high=high)


def _broken(found: Sequence[Broken], subject: Subject) -> list[str]:
    rows = [
        (
            _name(broken, subject),
            t("{k} of {n} runs", k=f"{broken.share.k:,}", n=f"{broken.share.n:,}"),
            probability(broken.share, by_chance=subject.by_chance),
            broken.text,
        )
        for broken in found[:MOST_BROKEN]
    ]
    lines = columns(rows, "<><<", gaps=("",)) if rows else []
    if len(found) > MOST_BROKEN:
        lines.append(t("and {n} more", n=len(found) - MOST_BROKEN))
    return lines


def _name(broken: Broken, subject: Subject) -> str:
    """An expectation by where it stands."""
    if broken.first_run is None:
        return broken.name
    return f"{subject.file}:{broken.name.partition(':')[0]}"


def _errors(summary: Summary) -> list[str]:
    lines = [t("run {run}: {error}", run=run, error=error) for run, error in summary.first_errors[:3]]
    if summary.errors > len(lines):
        lines.append(t("and {n} more", n=summary.errors - len(lines)))
    return lines


def _untested(summary: Summary) -> str:
    """A rule that no run put to the test held for free."""
    silent = never_judged(summary)
    if not silent or not summary.runs:
        return ""
    return t("{rules}: no run put them to the test", rules=" ".join(silent))


def _worst(found: Sequence[Labelled]) -> list[str]:
    rows = [
        (
            label,
            duration(worst.value) if is_duration(key) else t("{n} s", n=f"{worst.value:.0f}"),
            t("run {n}", n=worst.run),
            parameters_of(worst.parameters.items(), MOST_BESIDE),
        )
        for key, label, worst in found
    ]
    return columns(rows, "<>><", gaps=("",)) if rows else []


def _lowest(summary: Summary) -> list[str]:
    worsts = summary.worst.of(CHARGE)
    names = sorted(worsts, key=lambda key: (worsts[key].value, key))
    cells = [
        t(
            "{ups} {pct} % in run {run}",
            ups=key.removeprefix(CHARGE).removesuffix("_pct"),
            pct=f"{worsts[key].value:.0f}",
            run=worsts[key].run,
        )
        for key in names[:MOST_CHARGES]
    ]
    if len(names) > MOST_CHARGES:
        cells.append(t("the other {n} higher", n=len(names) - MOST_CHARGES))
    return _side_by_side(cells)


def _side_by_side(cells: Sequence[str]) -> list[str]:
    """As many in a line as fit, none of them torn apart."""
    lines: list[str] = []
    for cell in cells:
        if lines and width(lines[-1]) + width(cell) + 3 <= WIDTH - HEAD:
            lines[-1] += "   " + cell
        else:
            lines.append(cell)
    return lines


def _telling(found: Sequence[Telling]) -> list[str]:
    """Parameters whose values make a difference that chance does not explain."""
    tell = sorted(
        (telling for telling in found if telling.tells),
        key=lambda telling: telling.least.share.share - telling.most.share.share,
    )
    rows = [(telling.name, _of(telling.most), _of(telling.least)) for telling in tell[:MOST_TELLING]]
    if not rows:
        return [t("no parameter by itself")]
    return [t("{name}: {most}, {least}", name=name, most=most, least=least) for name, most, least in rows]


def _of(group: Group) -> str:
    values = group.first if group.first == group.last else f"{group.first} .. {group.last}"
    return t("{k} of {n} broke at {values}", k=f"{group.broken:,}", n=f"{group.n:,}", values=values)


def _replay(out: Path, replays: Sequence[str], summary: Summary) -> list[str]:
    if not replays:
        return []
    lines = [f"teiden run {(out / replays[0]).as_posix()} --plot failure.svg"]
    if len(replays) > 1:
        text = t("{n} such files in {folder}", n=len(replays), folder=(out / BROKEN).as_posix())
        if summary.broken > len(replays):
            text = t("{text}: the first {most} that broke, and the worst", text=text, most=MOST_REPLAYS)
        lines.append(text)
    return lines


def _files(out: Path, summary: Summary) -> str:
    table, runs = (out / TABLE).as_posix(), (out / RUNS).as_posix()
    return t("{table}, {runs} (sha256 {checksum})", table=table, runs=runs, checksum=summary.checksum)


def verdict(subject: Subject, summary: Summary, took_s: float, played: int) -> str:
    """`BROKEN  988 of 1,000 runs hold: 1.2 % (0.69 .. 2.1 %) break   seed 0   14 s, 71 runs a second`."""
    n, share = f"{summary.runs:,}", summary.share
    chance = probability(share, by_chance=subject.by_chance)
    if summary.broken:
        text = t("BROKEN  {k} of {n} runs break: {chance}", k=f"{share.k:,}", n=n, chance=chance)
    elif summary.errors:
        text = t("BROKEN  {k} runs could not be played, the other {n} hold", k=f"{summary.errors:,}", n=n)
    elif subject.by_chance:
        text = t("HOLDS  all {n} runs: {chance} break, 95 times of 100", n=n, chance=chance)
    else:
        text = t("HOLDS  all {n} runs", n=n)
    speed = (
        f"{played / took_s:,.0f}"
        if took_s > 0 and played / took_s >= 10
        else f"{played / max(took_s, 1e-9):.1f}"
    )
    pace = t("{time}, {n} runs a second", time=duration(took_s), n=speed)
    return "   ".join((text, t("seed {n}", n=subject.about.seed), pace))
