"""Why the commander decided something, or did not: confirmations, commands, refusals, alarms."""

from __future__ import annotations

from collections.abc import Iterable

from sequencer.events import Event
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import duration, listed, number_in, whole

READY_S = 300.0
"""An array that has been ready for longer is not what was waited for."""


def confirmed(group: Group, past: Past) -> str:
    """`on battery 30 s, first seen at 2 s`."""
    seen = [s for e in group.events if (s := number_in(e, "first_seen")) is not None]
    because = retold(str(group.first.details.get("because", "")))
    first = t("first seen at {time}", time=whole(min(seen) - past.zero_s)) if seen else ""
    return t(", ").join(filter(None, (because, first)))


def cleared(group: Group, past: Past) -> str:
    after_s = number_in(group.first, "after_s")
    return t("mains back") if after_s is None else t("mains back after {time}", time=whole(after_s))


def commanded(group: Group, past: Past) -> str:
    match group.first.details.get("command"):
        case "off":
            return _off(group, past)
        case "restart" | "start":
            return _disks_ready(group.t, past)
        case "wake":
            return t("has power and does not boot by itself")
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
        return t("output off in {time}", time=whole(falls_in_s)) + _made_of(upses[0], falls_in_s, past)
    parts = (t("{upses} off in {time}", upses=listed(u, past), time=whole(s)) for s, u in sorted(of.items()))
    return t(", ").join(parts)


def _made_of(ups: str, falls_in_s: float, past: Past) -> str:
    terms = past.described(ups).get("off_terms_s")
    if not isinstance(terms, list | tuple) or len(terms) < 2 or abs(sum(terms) - falls_in_s) > 0.5:
        return ""
    return " = " + " + ".join(f"{term:g}" for term in terms)


def _disks_ready(now_s: float, past: Past) -> str:
    disks = past.of_kind("array", "control")
    ready = [disk for disk in disks if now_s - past.last_s("array.ready", disk, now_s) < READY_S]
    return t("{names} ready", names=listed(ready, past)) if ready else ""


def refused(group: Group, past: Past) -> str:
    """`S5  linkeddisk is still flushing, until 754 s at the latest`."""
    text, told = rule_and_text(group, past), _told(group, past)
    if "flushing" not in told:
        return text
    arrays = [array for array in past.of_kind("array") if array in told]
    ends = [end for array in arrays if (end := past.flush_limit_ends_s(array, group.t)) is not None]
    return (
        t("{text}, until {time} at the latest", text=text, time=whole(max(ends) - past.zero_s))
        if ends
        else text
    )


def failed(group: Group, past: Past) -> str:
    text = retold(str(group.first.details.get("reason", "")))
    n, time = len(group.events), duration(group.last_t - group.t)
    return text if n == 1 else t("{text}, {n} times in {time}", text=text, n=n, time=time)


def rule_and_text(group: Group, past: Past) -> str:
    return f"{group.first.details.get('rule', '')}  {retold(_told(group, past))}".strip()


def _told(group: Group, past: Past) -> str:
    """As it stands in the stream, with the names of all whom it concerns."""
    details = group.first.details
    text = str(details.get("text") or details.get("reason") or "")
    if len(group.subjects) > 1:
        text = text.replace(group.first.subject, listed(group.subjects, past))
    return text


def text(group: Group, past: Past) -> str:
    return retold(str(group.first.details.get("text") or ""))


def limit(group: Group, past: Past) -> str:
    limit_s = number_in(group.first, "limit_s")
    return "" if limit_s is None else t("limit {time}", time=whole(limit_s))


def closed(group: Group, past: Past) -> str:
    restored_s = past.last_s("mains.restored", "", group.t)
    if restored_s <= past.start_s:
        return ""
    return t("{time} after the mains", time=duration(group.t - restored_s))


def ended(group: Group, past: Past) -> str:
    """What the site still waits for."""
    waits = past.last("step.waiting", "", group.t)
    reason = str(waits.details.get("reason", "")) if waits is not None else ""
    return t("; ").join(filter(None, (t("the incident is still open"), retold(reason))))


def scheduled(group: Group, past: Past) -> str:
    """`blade1, blade2`."""
    return str(group.first.details.get("servers", ""))


def asked(group: Group, past: Past) -> str:
    """`blade1, blade2; asked by operator`: a request for several devices is told under the site's name."""
    names, who = str(group.first.details.get("of") or ""), group.first.details.get("asked_by")
    some = names if names != group.first.subject else ""
    return t("; ").join(filter(None, (some, t("asked by {who}", who=who) if who else "")))


def stepped(group: Group, past: Past) -> str:
    by_s = number_in(group.first, "by_s")
    return "" if by_s is None else t("by {n} s", n=f"{by_s:+g}")


# What others say of a decision


def confirmations(events: Iterable[Event], past: Past) -> str:
    """`ups3 outage confirmed (900 s)`."""
    found = list(events)
    if not found:
        return ""
    because = retold(str(found[0].details.get("because", ""))).removeprefix(t("on battery")).lstrip()
    upses = listed([e.subject for e in found], past)
    if not because:
        return t("{upses} outage confirmed", upses=upses)
    return t("{upses} outage confirmed ({because})", upses=upses, because=because)


def took(group: Group, past: Past, since: str) -> str:
    """How long, since an event of the same device: `192 s, limit 300 s`."""
    subject = group.first.subject
    since_s = past.last_s(since, subject, group.t)
    if since_s < past.start_s:
        return ""
    step = past.last("step.started", subject, group.t)
    limit_s = number_in(step, "limit_s") if step is not None else None
    limit_ = "" if limit_s is None else t("limit {time}", time=whole(limit_s))
    return t(", ").join(filter(None, (whole(group.t - since_s), limit_)))
