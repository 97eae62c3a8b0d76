"""The small language of expectations: `EVENT [SUBJECT | every ROLE] [key=value ...]`, `a < 100s < b`.

Everything that could make an expectation silently true is refused: an event, a device, a role or a
detail that cannot be. A `never` with a slip of the pen would else hold for ever.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sequencer.events import NAMES
from sequencer.journal import Goal
from sequencer.requests import Wish
from teiden.files.source import Place
from teiden.files.units import UnitError, duration_s
from teiden.files.wording import did_you_mean, listed
from teiden.judge.expectations import At, Before, Count, Finally, Never, Pattern, Within
from teiden.judge.names import Names, prefix


class LanguageError(ValueError):
    """What is wrong with an expectation, and where in its text."""

    def __init__(self, message: str, offset: int, allowed: str, width: int = 1, text: str = "") -> None:
        super().__init__(f"{message}; {allowed}" if allowed else message)
        self.message = message
        self.offset = offset
        """Counts from 0, in `text`."""
        self.allowed = allowed
        self.width = width
        self.text = text
        """The text the offset counts in: of `within` there are two, the key's and the value's."""


COMMANDS = ("shutdown", "force", "off", "on", "flush", "stop", "start", "restart", "wake", "reboot")
HOWS = ("now", "graceful", "delayed", "until_mains", "conserve", "sleep")
WISHES = tuple(wish.value for wish in Wish)
GOALS = tuple(goal.value for goal in Goal)
REQUEST = {"wish": WISHES, "id": (), "of": (), "asked_by": ()}
SENT: Mapping[str, tuple[str, ...]] = {"epoch": (), "age_s": ()}
JOB = {"job": (), "when": ("start", "stop")}
DETAILS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "run.started": {"site": (), "site_hash": (), "story": (), "seed": ()},
    "ups.off_armed": {"how": HOWS, "falls_at": ()},
    "ups.output_off": {"cause": ("command", "exhausted", "fault")},
    "ups.output_on": {"cause": ("command", "return", "button")},
    "ups.charge": {"charge_pct": (), "runtime_s": ()},
    "ups.low_battery": {"runtime_s": ()},
    "server.halted": {"forced": ("true", "false")},
    "server.crashed": {"cause": ()},
    "cluster.stopped": {"cause": ()},
    "cluster.running": {"holder": ()},
    "cluster.failed_over": {"holder": (), "was": ()},
    "cluster.runs_without": {"nodes": ()},
    "array.dirty": {"bytes": ()},
    "array.flushing": {"bytes": ()},
    "array.flush_timed_out": {"limit_s": ()},
    "array.lost_data": {"cause": ()},
    "outage.suspected": {"confirm_s": ()},
    "outage.cleared": {"after_s": ()},
    "outage.confirmed": {"because": (), "first_seen": ()},
    "incident.opened": {"cause": (), "epoch": ()},
    "step.started": {"step": (), "limit_s": ()},
    "step.waiting": {"step": (), "limit_s": (), "rule": (), "reason": (), "eta_s": ()},
    "step.done": {"step": (), "limit_s": ()},
    "step.timed_out": {"step": (), "limit_s": ()},
    "step.overtaken": {"step": ()},
    "command.sent": {"command": COMMANDS, "how": HOWS, "falls_in_s": (), "sleep_s": (), **SENT},
    "command.refused": {"command": COMMANDS, "rule": (), "reason": ()},
    "command.failed": {"command": COMMANDS, "reason": ()},
    "journal.committed": {"kind": (), "epoch": (), "falls_in_s": (), "wakes": ()},
    "journal.heard": {"epoch": ()},
    "schedule.fired": {"id": (), "goal": GOALS, "servers": (), "late_s": ()},
    "request.accepted": REQUEST,
    "request.refused": {"wish": WISHES, "id": (), "reason": ()},
    "hold.set": {"asked_by": ()},
    "hold.released": {"asked_by": ()},
    "clock.stepped": {"by_s": (), "skew_s": ()},
    "service.died": {"cause": ()},
    "service.begun": {},
    "service.stalled": {"for_s": ()},
    "job.started": {**JOB, "limit_s": ()},
    "job.finished": {**JOB, "result": ("done", "failed", "timed out", "no answer")},
    "alarm.raised": {"rule": (), "text": (), "upses": ()},
    "alarm.cleared": {"rule": (), "text": ()},
    "alarm.queued": {"rule": ()},
    "rule.broken": {"rule": (), "text": ()},
}
"""Details that a story may ask for, and their values where these are known; `by=` fits every event."""

_TOKEN = re.compile(r'[^\s="]+="[^"]*"|\S+')


# What stands in a story


def parse_at(text: str, at_s: float, tolerance_s: float, place: Place, names: Names) -> list[At]:
    """`ups.output_off ups5: 450s`."""
    return [At(parse_pattern(text, names), at_s, tolerance_s, place, text.strip())]


def parse_before(chain: str, place: Place, names: Names) -> list[Before]:
    """`a < b < 100s < c`: one expectation for each adjacent pair, all at the chain's place."""
    parts = _parts(chain)
    if len(parts) < 2:
        raise LanguageError(
            "nothing to compare", 0, "write `a < b`: the first `a` before any `b`", len(chain), chain
        )
    pairs: list[Before] = []
    first: Pattern | None = None
    gap_s, gap_at = 0.0, -1
    for offset, part in parts:
        if _is_gap(part):
            if first is None or gap_at >= 0:
                raise LanguageError(
                    f"`{part}` stands alone", offset, "a gap stands between two events", len(part), chain
                )
            gap_s, gap_at = _duration_s(part, offset, chain), offset
            continue
        second = _pattern(part, offset, chain, names)
        if first is not None:
            gap = f"{_written(chain, gap_at)} < " if gap_at >= 0 else ""
            pairs.append(Before(first, second, gap_s, place, f"{first} < {gap}{second}"))
        first, gap_s, gap_at = second, 0.0, -1
    if gap_at >= 0:
        raise LanguageError("the chain ends in a gap", gap_at, "a gap stands between two events", 1, chain)
    return pairs


def parse_within(text: str, limit: str, place: Place, names: Names) -> list[Within]:
    """`ups.output_off ups4` and `10s after array.flushed linkeddisk`."""
    what = parse_pattern(text, names)
    found = re.fullmatch(r"\s*(\S+)\s+after\s+(\S.*?)\s*", limit)
    if not found:
        raise LanguageError(
            "not a limit after an event", 0, "e.g. `10s after array.flushed linkeddisk`", len(limit), limit
        )
    limit_s = _duration_s(found[1], found.start(1), limit)
    after = _pattern(found[2], found.start(2), limit, names)
    return [Within(what, limit_s, after, place, f"{what} within {found[1]} after {after}")]


def parse_never(text: str, place: Place, names: Names) -> list[Never]:
    """`server.crashed`: of nothing, at no time."""
    return [Never(parse_pattern(text, names), place, f"never {text.strip()}")]


def parse_count(text: str, n: int, place: Place, names: Names) -> list[Count]:
    """`command.sent ssccluster command=restart: 1`."""
    return [Count(parse_pattern(text, names), n, place, text.strip())]


def parse_finally(text: str, place: Place, names: Names) -> list[Finally]:
    """`server.up every linked`: in the state that this event sets, when the run ends."""
    what = parse_pattern(text, names)
    at = text.find(what.event)
    if NAMES[what.event].aspect is None:
        stateful = [name for name, m in NAMES.items() if m.aspect and prefix(name) == prefix(what.event)]
        allowed = f"one of {listed(stateful or [n for n, m in NAMES.items() if m.aspect])}"
        raise LanguageError(f"{what.event} sets no state to end in", at, allowed, len(what.event), text)
    if what.details:
        raise LanguageError("a state has no details", at, f"write `{what.event}` and its subject", 1, text)
    if not what.subject and not what.every:
        subjects = names.subjects(what.event)
        if len(subjects) != 1:
            allowed = f"name one, or `{what.event} every {names.roles(what.event)[0]}`"
            raise LanguageError(f"{what.event} of what?", at, allowed, len(what.event), text)
        what = Pattern(what.event, subjects[0])
    return [Finally(what, place, f"finally {text.strip()}")]


def parse_pattern(text: str, names: Names) -> Pattern:
    """One event, told from all others."""
    return _pattern(text, 0, text, names)


# A pattern


def _pattern(part: str, offset: int, text: str, names: Names) -> Pattern:
    tokens = [(match[0], offset + match.start()) for match in _TOKEN.finditer(part)]
    if not tokens:
        raise LanguageError("an event is missing here", offset, "e.g. `ups.output_off ups5`", 1, text)
    (event, at), *rest = tokens
    if not names.known_event(event):
        raise LanguageError(f"no event is called `{event}`", at, _events_like(event), len(event), text)
    subject = every = ""
    if rest and rest[0][0] == "every":
        every = _role(event, rest, text, names)
        rest = rest[2:]
    elif rest and "=" not in rest[0][0]:
        subject = _subject(event, *rest[0], text, names)
        rest = rest[1:]
    return Pattern(event, subject, every, dict(_detail(event, token, at, text) for token, at in rest))


def _events_like(event: str) -> str:
    family = [name for name in NAMES if prefix(name) == prefix(event)]
    return did_you_mean(event, NAMES) + f"known: {listed(family or dict.fromkeys(map(prefix, NAMES)))}"


def _role(event: str, rest: list[tuple[str, int]], text: str, names: Names) -> str:
    roles = names.roles(event)
    allowed = f"every {' | '.join(roles)}" if roles else f"{event} takes no `every`"
    if len(rest) < 2:
        raise LanguageError("every what?", rest[0][1], allowed, len("every"), text)
    role, at = rest[1]
    if role not in roles:
        raise LanguageError(
            f"`every {role}` is nothing that {event} happens to",
            at,
            did_you_mean(role, roles) + allowed,
            len(role),
            text,
        )
    return role


def _subject(event: str, name: str, at: int, text: str, names: Names) -> str:
    subjects = names.subjects(event)
    if name in subjects:
        return name
    wanted = " or ".join(names.kinds(event))
    kind = names.kind(name)
    if kind:
        message = f"{name} is a {kind}; {event} happens to a {wanted}"
    else:
        message = f"no {wanted} is called `{name}`"
    raise LanguageError(
        message, at, did_you_mean(name, subjects) + f"known: {listed(subjects)}", len(name), text
    )


def _detail(event: str, token: str, at: int, text: str) -> tuple[str, str]:
    key, equals, value = token.partition("=")
    known = {**DETAILS.get(event, {}), "by": ()}
    if not equals:
        raise LanguageError(
            f"`{token}` is one name too many", at, "one subject, then key=value", len(token), text
        )
    if key not in known:
        raise LanguageError(
            f"{event} has no detail `{key}`",
            at,
            did_you_mean(key, known) + f"known: {listed(known)}",
            len(key),
            text,
        )
    value = value.strip('"')
    if known[key] and value not in known[key]:
        raise LanguageError(
            f"{key} is never `{value}`",
            at + len(key) + 1,
            did_you_mean(value, known[key]) + f"known: {listed(known[key])}",
            max(1, len(value)),
            text,
        )
    return key, value


# A chain


def _parts(chain: str) -> list[tuple[int, str]]:
    """What stands between the `<`, each with its offset, blanks stripped."""
    wrong = re.search(r"[>≤≥]|<=", chain)
    if wrong:
        message = f"`{wrong[0]}` means nothing here"
        raise LanguageError(message, wrong.start(), "write `a < b`: a before b", len(wrong[0]), chain)
    parts, at = [], 0
    for piece in chain.split("<"):
        parts.append((at + len(piece) - len(piece.lstrip()), piece.strip()))
        at += len(piece) + 1
    return parts


def _written(chain: str, offset: int) -> str:
    """The part of a chain that begins here, as it was written."""
    return chain[offset:].partition("<")[0].strip()


def _is_gap(part: str) -> bool:
    return part[:1].isdigit()


def _duration_s(text: str, offset: int, whole: str) -> float:
    try:
        return duration_s(text)
    except UnitError as error:
        raise LanguageError(error.message, offset, error.hint, len(text), whole) from None
