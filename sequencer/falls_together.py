"""UPSes that feed a node side by side fall so that its power goes (L3, X-04).

One that has its mains comes back a moment after it has fallen. Where the other falls only then the node is
never without power: halted it stays so, and nobody is left to wake it. So it is with a card that has lost
its settings, and counts down from less (U9), and with one that was told sooner than the other (C2, C12).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sequencer import timing
from sequencer.proof import falls_at_s, may_fall_at_s, seen_off, still_to_fall
from sequencer.run import Run
from sequencer.scope import server_fails
from sequencer.site import Server, ServerRole, Ups


def asleep_until_all_fall_s(run: Run, ups: Ups, loads: Iterable[Server]) -> float:
    """How long it is to sleep, told now, if it would be back before another one of these nodes has fallen; 0:
    it would not. A card rounds it to the nearest step (R10-56)."""
    nodes = (node for node in loads if node.role is ServerRole.CONTROL)
    late_s = [fall_s(run, other) - run.now for node in nodes for other in beside(run, node, ups)]
    gap_s = max(late_s, default=0.0) - told_now_s(run, ups)
    return gap_s + timing.SLEEP_STEP_S / 2 if gap_s > least_off_s(run, ups) else 0.0


def is_back_too_soon(run: Run, ups: Ups, node: Server) -> bool:
    """It counts down, and is on again before the others fall that are told now."""
    status = run.ports.upses[ups.name].seen().status
    if status is None or not status.mains or not still_to_fall(run, ups):
        return False
    back_s = (may_fall_at_s(run, ups) or fall_s(run, ups)) + least_off_s(run, ups) - run.now
    return any(told_now_s(run, u) > back_s for u in beside(run, node, ups) if not still_to_fall(run, u))


def beside(run: Run, node: Server, ups: Ups) -> Iterator[Ups]:
    """What carries the node when this one is off."""
    if not server_fails(node, {ups.name}):
        others = (run.site.upses[name] for name in node.upses if name != ups.name)
        yield from (other for other in others if not seen_off(run, other, []))


def fall_s(run: Run, ups: Ups) -> float:
    at_s = falls_at_s(run, ups) if still_to_fall(run, ups) else None
    return run.now + told_now_s(run, ups) if at_s is None else at_s


def told_now_s(run: Run, ups: Ups) -> float:
    """Its delay, by the settings that its card told last (S29)."""
    status = run.ports.upses[ups.name].seen().status
    return timing.graceful_off_s(ups) if status is None else status.graceful_off_s


def least_off_s(run: Run, ups: Ups) -> float:
    """A card whose delay is not the site file's may have lost the one of its return as well (U9)."""
    is_as_planned = abs(told_now_s(run, ups) - timing.graceful_off_s(ups)) <= timing.AS_PLANNED_S
    return timing.REBOOT_OFF_S + (ups.return_delay_s if is_as_planned else 0.0)
