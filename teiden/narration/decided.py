"""Why the commander decided something, or did not: confirmations, commands, refusals, alarms."""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.events import Event
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import duration, listed, number_in, whole

READY_S = 300.0
"""An array that has been ready for longer is not what was waited for."""


def confirmed(group: Group, past: Past) -> str:
    """`on battery 30 s, first seen at 2 s`."""
    seen = [t for e in group.events if (t := number_in(e, "first_seen")) is not None]
    first = f", first seen at {whole(min(seen) - past.zero_s)}" if seen else ""
    return f"{group.first.details.get('because', '')}{first}".removeprefix(", ")


def cleared(group: Group, past: Past) -> str:
    after_s = number_in(group.first, "after_s")
    return "mains back" if after_s is None else f"mains back after {whole(after_s)}"


def commanded(group: Group, past: Past) -> str:
    match group.first.details.get("command"):
        case "off":
            return _off(group, past)
        case "restart" | "start":
            return _disks_ready(group.t, past)
        case "wake":
            return "has power and does not boot by itself"
    return ""


def _off(group: Group, past: Past) -> str:
    """`output off in 420 s = 180 + 120 + 120`; with several delays, the UPSes of each."""
    of: dict[float, list[str]] = {}
    for event in group.events:
        falls_in_s = number_in(event, "falls_in_s")
        if falls_in_s:
            of.setdefault(falls_in_s, []).append(event.subject)
    if len(of) == 1:
        ((falls_in_s, upses),) = of.items()
        return f"output off in {whole(falls_in_s)}{_made_of(upses[0], falls_in_s, past)}"
    return ", ".join(f"{listed(upses, past)} off in {whole(s)}" for s, upses in sorted(of.items()))


def _made_of(ups: str, falls_in_s: float, past: Past) -> str:
    terms = past.described(ups).get("off_terms_s")
    if not isinstance(terms, list | tuple) or len(terms) < 2 or abs(sum(terms) - falls_in_s) > 0.5:
        return ""
    return " = " + " + ".join(f"{term:g}" for term in terms)


def _disks_ready(t: float, past: Past) -> str:
    disks = past.of_kind("array", "control")
    ready = [disk for disk in disks if t - past.last_s("array.ready", disk, t) < READY_S]
    return f"{listed(ready, past)} ready" if ready else ""


def refused(group: Group, past: Past) -> str:
    """`S5  linkeddisk is still flushing, until 754 s at the latest`."""
    text = rule_and_text(group, past)
    if "flushing" not in text:
        return text
    arrays = [array for array in past.of_kind("array") if array in text]
    ends = [end for array in arrays if (end := past.flush_limit_ends_s(array, group.t)) is not None]
    return f"{text}, until {whole(max(ends) - past.zero_s)} at the latest" if ends else text


def failed(group: Group, past: Past) -> str:
    text = str(group.first.details.get("reason", ""))
    n = len(group.events)
    return text if n == 1 else f"{text}, {n} times in {duration(group.last_t - group.t)}"


def rule_and_text(group: Group, past: Past) -> str:
    details = group.first.details
    text = str(details.get("text") or details.get("reason") or "")
    if len(group.subjects) > 1:
        text = text.replace(group.first.subject, listed(group.subjects, past))
    return f"{details.get('rule', '')}  {text}".strip()


def text(group: Group, past: Past) -> str:
    return str(group.first.details.get("text") or "")


def limit(group: Group, past: Past) -> str:
    limit_s = number_in(group.first, "limit_s")
    return "" if limit_s is None else f"limit {whole(limit_s)}"


def closed(group: Group, past: Past) -> str:
    restored_s = past.last_s("mains.restored", "", group.t)
    return f"{duration(group.t - restored_s)} after the mains" if restored_s > past.start_s else ""


def ended(group: Group, past: Past) -> str:
    """What the site still waits for."""
    waits = past.last("step.waiting", "", group.t)
    reason = str(waits.details.get("reason", "")) if waits is not None else ""
    return "the incident is still open" + (f"; {reason}" if reason else "")


# What others say of a decision


def confirmations(events: Iterable[Event], past: Past) -> str:
    """`ups3 outage confirmed (900 s)`."""
    found = list(events)
    if not found:
        return ""
    because = str(found[0].details.get("because", "")).removeprefix("on battery ")
    how = f" ({because})" if because else ""
    return f"{listed([e.subject for e in found], past)} outage confirmed{how}"


def took(group: Group, past: Past, since: str) -> str:
    """How long, since an event of the same device: `192 s, limit 300 s`."""
    subject = group.first.subject
    since_s = past.last_s(since, subject, group.t)
    if since_s < past.start_s:
        return ""
    step = past.last("step.started", subject, group.t)
    limit_s = number_in(step, "limit_s") if step is not None else None
    return whole(group.t - since_s) + ("" if limit_s is None else f", limit {whole(limit_s)}")
