"""What a run broke beyond what its faults excuse, by both judges: `tests/safety.py` and `teiden.judge`."""

from __future__ import annotations

from collections.abc import Iterable

from sim.faults import catalogue
from sim.faults.fault import Fault
from sim.story import FaultChange
from teiden.judge.excuses import judged
from teiden.judge.verdict import judge
from tests.safety import unsafe
from tests.tale import Tale


def unexcused(tale: Tale, faults: Iterable[str]) -> list[str]:
    """Rules of safety and liveness that these faults excuse for none of those who broke them.

    The second judge does not say who did; of a rule that one of them names it says nothing.
    """
    named = [catalogue.named(name) for name in faults]
    said = {"", *(str(e.details.get("rule")) for e in tale.all("alarm.raised *"))}
    excused = {excuse.rule for fault in named for excuse in fault.excuses if excuse.said in said}
    wrong = [offence for offence in unsafe(tale) if offence.split(" ")[0] not in excused]
    return [*wrong, *unexcused_by_the_judge(tale, named)]


def unexcused_by_the_judge(tale: Tale, faults: Iterable[Fault]) -> list[str]:
    """For whom the faults excuse it, and from when on, it knows."""
    site, named = tale.room.site, set(faults)
    theirs = [h for h in tale.happenings if isinstance(h, FaultChange) and h.fault in named]
    breaches = [b for result in judge(tale.events, site).invariants for b in result.breaches]
    return [f"{b.id} {b.text}" for b in judged(breaches, tale.events, theirs, site)[1]]


def holds(tale: Tale, *faults: str) -> None:
    wrong = unexcused(tale, faults)
    assert not wrong, "\n".join(wrong) + f"\n\n{tale}"
