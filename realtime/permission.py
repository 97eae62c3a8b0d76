"""Whether a service may send anything now: armed, and no emergency stop pulled (X-12, SEC-30)."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.guards import Refusal


class Permission:
    """Asked before every command of a life, by the sequencer, as its very last question.

    `stopped`: says why nothing may be sent any more, with a fresh look; '' if it may.
    """

    def __init__(self, *, armed: bool, stopped: Callable[[], str]) -> None:
        self.armed = armed
        self.stopped = stopped

    def __call__(self, device: str, command: str) -> Refusal | None:
        why = self.stopped()
        if why:
            return Refusal("SEC-30", why)
        if not self.armed:
            return Refusal("X-12", "not armed: this is what would be sent")
        return None
