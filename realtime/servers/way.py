"""One way to a server, and what can come back from it besides an answer.

A way that could not carry a command to the other side is not one that was refused there: the next
way may be tried then, without anything being done twice.
"""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.ports import Accepted, Receipt


@dataclass(frozen=True, slots=True)
class NotSent:
    """The command never left, or was let in nowhere; why."""

    reason: str


Told = Receipt | NotSent


def accepted(reason: str = "") -> Receipt:
    return Receipt(Accepted.YES, reason)


def refused(reason: str) -> Receipt:
    return Receipt(Accepted.NO, reason)


def unknown(reason: str) -> Receipt:
    return Receipt(Accepted.UNKNOWN, reason)
