"""Flags for what must never happen, or only loudly: losses, alarms, broken rules. Each kind is said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sequencer.events import Event
from teiden.judge.history import History
from teiden.language.retell import retold
from teiden.language.say import language, t
from teiden.plots.moment import Moment
from teiden.plots.rows import Row
from teiden.plots.words import word

AT_ONCE_S = 2.0
"""An alarm this close to a trouble of the same device is about that."""
TOGETHER_S = 300.0
"""The same alarm of several devices within this is one."""


def troubles(history: History, rows: Sequence[Row]) -> list[Moment]:
    """Bars that ended badly, timeouts, alarms, broken rules; in the order of time."""
    bad = list(_bad(history, rows))
    found = [*_losses(bad), *_alarms(history, bad), *_broken(history)]
    return sorted(found, key=lambda m: (m.t, m.rank))


Bad = tuple[float, str, str]
"""When, what, who."""


def _bad(history: History, rows: Sequence[Row]) -> Iterator[Bad]:
    for row in rows:
        yield from ((bar.t0, bar.trouble, row.name) for bar in row.bars if bar.trouble)
    for moment in history.of("array.flush_timed_out"):
        yield moment.event.t, "flush timed out", moment.event.subject


def _losses(bad: Sequence[Bad]) -> Iterator[Moment]:
    """Several of one kind at one time share a flag."""
    together: dict[tuple[int, str], list[tuple[float, str]]] = {}
    for at_s, what, who in bad:
        together.setdefault((round(at_s), what), []).append((at_s, who))
    for (_, what), found in together.items():
        names = list(dict.fromkeys(name for _, name in found))
        yield Moment(min(found)[0], f"{_some(names)} {word(what)}", 0, trouble=True)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) <= 2 else t("{n} devices", n=len(names))


def _alarms(history: History, bad: Sequence[Bad]) -> Iterator[Moment]:
    """What the commander called for, unless the loss itself is flagged."""
    found: dict[tuple[str, str], list[Event]] = {}
    for moment in history.of("alarm.raised"):
        event = moment.event
        if any(who == event.subject and abs(event.t - at_s) < AT_ONCE_S for at_s, _, who in bad):
            continue
        kind = (str(event.details.get("rule") or ""), _text(event).replace(event.subject, "{}"))
        found.setdefault(kind, []).append(event)
    for (rule, _), events in found.items():
        while events:
            first = events[0]
            once = [e for e in events if e.t - first.t <= TOGETHER_S]
            names = list(dict.fromkeys(e.subject for e in once))
            who = first.subject if len(names) == 1 else f"{first.subject} +{len(names) - 1}"
            text = _short(_text(first).replace(first.subject, who))
            times = f" ×{len(once)}" if len(once) > len(names) else ""
            yield Moment(first.t, f"{rule} {text}{times}".strip(), 2, trouble=True)
            events = events[len(once) :]


def _text(event: Event) -> str:
    return str(event.details.get("text") or event.subject)


def _short(text: str) -> str:
    """Its first clause: the flag is short, the table has the rest."""
    return retold(text) if language() == "ja" else text.partition("; ")[0]


def _broken(history: History) -> Iterator[Moment]:
    """Each rule once, at its first time, with how often; those of one moment share a flag."""
    times: dict[str, list[float]] = {}
    for moment in history.of("rule.broken"):
        rule = str(moment.event.details.get("rule") or moment.event.subject)
        times.setdefault(rule, []).append(moment.event.t)
    together: dict[int, list[str]] = {}
    for rule, found in sorted(times.items(), key=lambda pair: min(pair[1])):
        n = len(found)
        together.setdefault(round(min(found)), []).append(f"{rule} ×{n}" if n > 1 else rule)
    for at_s, rules in together.items():
        yield Moment(float(at_s), t("{rules} broken", rules=", ".join(rules)), 0, trouble=True)
