"""What may still be done when the journal keeps nothing any more (C5, S30): only what needs no memory.

A shutdown and a flush can be asked for again and harm nobody. An OFF that counts down could not be
told from one that was never sent, so a UPS goes off only when all that hangs on it is seen down.
Nothing is started: what ran before may not be known. Where another node is well it commands instead
(`handover.py`); this is for one who is alone, or on his way down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer.guards import Refusal
from sequencer.handover import is_well
from sequencer.ports import Flush, Os
from sequencer.site import Array, ArrayRole

if TYPE_CHECKING:
    from sequencer.run import Run

STARTS = ("on", "wake", "start", "restart", "reboot")


def without_a_journal(run: Run, device: str, command: str) -> Refusal | None:
    """Why this must not be sent while the journal is broken; None while it is well, or if it may."""
    if run.ports.journal.healthy:
        return None
    if command in STARTS:
        return Refusal("S30", "the journal is broken: nothing is started")
    if command == "off" and (still := still_up(run, device)):
        return Refusal("S30", f"the journal is broken, and {', '.join(still)} not seen down")
    return None


def still_up(run: Run, ups: str) -> list[str]:
    """What hangs on this UPS and is not seen halted or flushed by a fresh reading.

    When we are on our way nobody is left to see it, and a node halted with its power on stays so (L3). So we
    do not count then, nor another node that is on its way and whose service would force it: it has heard of
    the OFF, and its journal keeps it.
    """
    site, ports = run.site, run.ports
    up = []
    for server in site.servers_on(ups):
        if goes_with_us(run, server.name):
            continue
        machine = ports.servers[server.name].seen()
        if not (machine.fresh and machine.status is not None and machine.status.os is Os.HALTED):
            up.append(server.name)
    for array in site.arrays_on(ups):
        disk = ports.arrays[array.name].seen()
        flushed = disk.fresh and disk.status is not None and disk.status.flush is Flush.DONE
        if array.role is ArrayRole.LINKED and not (flushed or is_dark(run, array)):
            up.append(array.name)
    return up


def is_dark(run: Run, array: Array) -> bool:
    """Its controllers were seen off: it answers nobody any more, and its enclosures hold nothing."""
    return (run.settled - run.given_up).issuperset(array.controllers)


def goes_with_us(run: Run, node: str) -> bool:
    if not run.on_their_way.issuperset((run.me, node)):
        return False
    return node == run.me or (node in run.ports.peers and is_well(run.ports.peers[node]))
