"""The LAN between the control nodes and everything else, and the little it loses and delays.

All requests cross it. It works while at least one LAN switch has power (with several switches any
one of them is taken to connect everybody), or always where the site names no switch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import simpy

from sequencer.ports import Accepted, Answer, Receipt
from sim.chance import Stream
from sim.later import after

if TYPE_CHECKING:
    from sim.card import Card
    from sim.model import NetworkModel

T = TypeVar("T")


class Path:
    """The way from one node to one device, with its own draws of loss and latency.

    Draws are counted by the millisecond at which a request leaves, so that a poll that was never
    simulated draws the same as one that was.
    """

    def __init__(self, model: NetworkModel, seed: int, name: str, far_end: Card | None = None) -> None:
        """`far_end`: a card whose answers may take longer (U20)."""
        self._model = model
        self._far_end = far_end
        self._loss = Stream(seed, name, "loss")
        self._latency = Stream(seed, name, "latency")
        self._phase = Stream(seed, name, "phase")

    def lost(self, at_s: float) -> bool:
        return self._model.loss > 0 and self._loss.happens(round(at_s * 1000), self._model.loss)

    def latency_s(self, at_s: float) -> float:
        """Half to one and a half times the typical latency."""
        latency_s = self._latency.between(round(at_s * 1000), 0.5, 1.5) * self._model.latency_s
        return latency_s if self._far_end is None else latency_s + self._far_end.slow_s(at_s)

    @property
    def longest_latency_s(self) -> float:
        longest_s = 1.5 * self._model.latency_s
        return longest_s if self._far_end is None else longest_s + self._far_end.slowest_s

    def phase(self) -> float:
        """Where in its period this path's polling began, 0..1."""
        return self._phase(0)

    @property
    def loses(self) -> bool:
        return self._model.loss > 0


class Lan:
    """Up or down; tells whoever listens when that changes."""

    def __init__(self) -> None:
        self.up = True
        self._switches: dict[str, bool] = {}
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def forget(self, listener: Callable[[], None]) -> None:
        self._listeners.remove(listener)

    def switch_power(self, name: str, powered: bool) -> None:
        self._switches[name] = powered
        up = any(self._switches.values())
        if up != self.up:
            self.up = up
            for listener in list(self._listeners):
                listener()


def request(
    env: simpy.Environment,
    path: Path,
    reachable: Callable[[], bool],
    act: Callable[[], Receipt | None],
    timeout_s: float,
) -> Answer[Receipt]:
    """Send a command: it arrives after the latency and is answered at once, or nobody ever answers.

    A reply that is lost leaves the command done and its sender ignorant (U6). Commands are sent
    once; whoever sent them looks before sending again.
    """
    answer: Answer[Receipt] = Answer(env)
    sent_s = float(env.now)
    latency_s = path.latency_s(sent_s)

    def arrive() -> None:
        receipt = act() if reachable() else None
        if receipt is not None and not path.lost(sent_s):
            answer.succeed(receipt)
        else:
            silence = Receipt(Accepted.UNKNOWN, f"no answer in {timeout_s:g} s")
            after(env, timeout_s - latency_s, lambda: answer.succeed(silence))

    after(env, latency_s, arrive)
    return answer
