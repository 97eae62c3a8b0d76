"""The same for scripts: every act, blip, silence and battery, and the verdict, in English."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sequencer.site import Site
from teiden.trust.acts import Act
from teiden.trust.batteries import BatterySeen
from teiden.trust.spans import Span
from teiden.trust.verdict import Verdict
from teiden.trust.week import DAY_S, Week


def as_json(week: Week, site: Site, found: Verdict, days: float) -> dict[str, Any]:
    """Unknown is null."""
    at = _Clock(site.time_zone)
    return {
        "site": site.name,
        "from": at(week.window.from_s),
        "to": at(week.window.to_s),
        "days": days,
        "covered_days": round(week.covered_s / DAY_S, 3),
        "covered_days_with_this_file": round(week.with_this_file_s / DAY_S, 3),
        "holes": [_span(hole, at) for hole in week.holes],
        "nodes": list(week.nodes),
        "armed": sorted(week.armed),
        "starts": week.lives,
        "against": list(found.against),
        "look": list(found.look),
        "unknown": list(found.unknown),
        "would_have_acted": sum(bool(act.would) for act in week.acts),
        "acted": sum(bool(act.sent) for act in week.acts),
        "acts": [_act(act, at) for act in week.acts],
        "losses_of_mains": [
            {
                "at": at(blip.at_s),
                "ups": blip.ups,
                "how": blip.how.value,
                "after_s": round(blip.after_s, 3),
                "confirm_s": blip.confirm_s,
            }
            for blip in week.blips
        ],
        "silent": [
            {
                "device": one.device,
                "kind": one.kind,
                "times": len(one.spans),
                "total_s": round(one.total_s, 3),
                "longest_s": round(one.longest_s, 3),
                "still": one.still,
            }
            for one in week.silences
        ],
        "gaps": [
            {"at": at(gap.at_s), "lost_s": gap.lost_s, "cause": gap.cause, "node": gap.node}
            for gap in week.gaps
        ],
        "late_s": week.late_s,
        "alarms": [
            {
                "rule": one.rule,
                "times": one.times,
                "with_no_incident": one.alone,
                "last": at(one.last_s),
                "text": one.last_text,
            }
            for one in week.alarms
        ],
        "broken": [{"at": at(at_s), "rule": rule, "text": text} for at_s, rule, text in week.broken],
        "batteries": [_battery(one) for one in week.batteries],
        "readings": week.has_readings,
        "unreadable_lines": week.unreadable,
        "unreadable_files": list(week.troubles),
    }


class _Clock:
    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)

    def __call__(self, instant_s: float) -> str:
        return datetime.fromtimestamp(instant_s, self._zone).isoformat(timespec="seconds")


def _span(span: Span, at: _Clock) -> dict[str, Any]:
    return {"from": at(span.from_s), "to": at(span.to_s), "for_s": round(span.for_s, 3)}


def _act(act: Act, at: _Clock) -> dict[str, Any]:
    return {
        "at": at(act.at_s),
        "until": at(act.until_s) if act.until_s is not None else None,
        "node": act.node,
        "begun_by": act.begun_by or None,
        "because": act.because,
        "commands": [
            {
                "after_s": round(deed.at_s - act.at_s, 3),
                "device": deed.device,
                "command": deed.command,
                "fate": deed.fate.value,
                **({"rule": deed.rule} if deed.rule else {}),
            }
            for deed in act.deeds
        ],
    }


def _battery(one: BatterySeen) -> dict[str, Any]:
    deepest = one.longest
    return {
        "ups": one.ups,
        "model_s": one.model_s,
        "told_full_s": one.told_s,
        "told_off": None if one.told_off is None else round(one.told_off, 3),
        "discharges": len(one.discharges),
        "seen_full_s": None if deepest is None else round(deepest.full_s, 1),
        "seen_off": None if one.seen_off is None else round(one.seen_off, 3),
        "rounding": None if deepest is None else round(deepest.within, 3),
    }
