"""What a program that carries out a command makes of it: done it, refused it, or it is not known."""

from __future__ import annotations

from realtime.commands import Ended
from sequencer.ports import Accepted, Receipt


def receipt_of(ended: Ended) -> Receipt:
    """0 is accepted, another exit code refused. Killed at its limit or by a signal it may have been done."""
    if ended.code == 0:
        return Receipt(Accepted.YES)
    known = not ended.started or (ended.code is not None and ended.code > 0)
    return Receipt(Accepted.NO if known else Accepted.UNKNOWN, ended.words)
