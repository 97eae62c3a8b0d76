"""As long as others carry all that hangs on a UPS, nobody has to tell it anything (X-04): S18, L2."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from teiden.judge.its_turn import goes_with
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room


def alone_since_s(room: Room, ups: str) -> float:
    """Since when, in the outage of this UPS, so few of those are left that carry somebody who goes with it.

    Infinity: others have carried them all. What draws from it alone has hung on it always.
    """
    lost_s, loads = room.power.mains_lost_s.get(ups, ALWAYS), list(goes_with(room.site, ups))
    if any(ups in upses and len(upses) <= needed for upses, needed in loads):
        return ALWAYS

    def fails_s(upses: Sequence[str], needed: int) -> float:
        gone_s = sorted(ALWAYS if u == ups else _gone_s(room, u, lost_s) for u in upses)
        return gone_s[max(len(gone_s) - needed, 0)]

    return min((fails_s(*load) for load in loads), default=ALWAYS)


def was_carried(room: Room, ups: str, began_s: float, ended_s: float) -> bool:
    """All that time so many others gave all of them power, and had mains."""

    def carries(other: str) -> bool:
        power = room.power
        fell = power.fell.get(other)
        on = power.on_since[other] <= began_s and (power.output[other] or (fell and fell.t >= ended_s))
        return other != ups and bool(on) and power.had_mains(other, began_s, ended_s)

    loads = list(goes_with(room.site, ups))
    return bool(loads) and all(sum(map(carries, upses)) >= needed for upses, needed in loads)


def _gone_s(room: Room, ups: str, lost_s: float) -> float:
    """When its mains went that were not back by then, or its output; infinity: neither has."""
    power = room.power
    away_s = next((began_s for began_s, back_s in power.spells(ups) if back_s > lost_s), inf)
    fell = power.fell.get(ups)
    if power.output[ups]:
        return away_s
    return ALWAYS if fell is None else min(away_s, fell.t)
