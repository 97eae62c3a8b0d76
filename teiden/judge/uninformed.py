"""Whether whoever commands has never heard of the incident that another node has opened (N2, C4, C8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sequencer.events import Event


def is_uninformed(events: Iterable[Event], t_s: float) -> bool:
    """By then, by the latest epoch that he has told of. Nobody commands: no.

    What another one wrote down never reached him; and he who wrote it may not command beside him (S13).
    """
    commander, opened = "", 0
    heard: defaultdict[str, int] = defaultdict(int)
    for event in events:
        if event.t > t_s:
            break
        epoch = event.details.get("epoch")
        if isinstance(epoch, int):
            heard[event.by] = max(heard[event.by], epoch)
        match event.name:
            case "lease.taken":
                commander = event.by
            case "lease.lost":
                commander = "" if event.by == commander else commander
            case "incident.opened":
                opened = heard[event.by]
            case "incident.closed":
                opened = 0
            case _:
                pass
    return bool(commander) and heard[commander] < opened
