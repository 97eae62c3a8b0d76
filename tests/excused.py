"""What a run broke beyond what its faults excuse, by both judges: `tests/safety.py` and `teiden.judge`."""

from __future__ import annotations

from collections.abc import Iterable

from sim.faults import catalogue
from teiden.judge.verdict import Status, judge
from tests.safety import unsafe
from tests.tale import Tale


def unexcused(tale: Tale, faults: Iterable[str]) -> list[str]:
    """Rules of safety and liveness; of those that a fault excuses for somebody nothing is said."""
    said = {"", *(str(e.details.get("rule")) for e in tale.all("alarm.raised *"))}
    excuses = [excuse for name in faults for excuse in catalogue.named(name).excuses]
    excused = {excuse.rule for excuse in excuses if excuse.said in said}
    wrong = [offence for offence in unsafe(tale) if offence.split(" ")[0] not in excused]
    for result in judge(tale.events, tale.room.site).invariants:
        if result.status is Status.BROKEN and result.id not in excused:
            wrong.append(f"{result.id} {result.breaches[0].text}")
    return wrong


def holds(tale: Tale, *faults: str) -> None:
    wrong = unexcused(tale, faults)
    assert not wrong, "\n".join(wrong) + f"\n\n{tale}"
