"""The LAN between the control nodes and everything else, and the little it loses and delays.

All requests cross it. It works while at least one LAN switch has power (with several switches any
one of them is taken to connect everybody), or always where the site names no switch. Two nets share its
switches: each may be down while the other is up (N5), and what joins the nodes may be cut alone (N2).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, TypeVar

import simpy

from sequencer.ports import Accepted, Answer, Receipt
from sim.chance import Stream, draw
from sim.later import after
from sim.trouble import Trouble

if TYPE_CHECKING:
    from sim.card import Card
    from sim.model import NetworkModel

T = TypeVar("T")


class Path:
    """The way from one node to one device, with its own draws of loss and latency.

    Draws are counted by the millisecond at which a request leaves, so that a poll that was never
    simulated draws the same as one that was.
    """

    def __init__(
        self,
        model: NetworkModel,
        seed: int,
        name: str,
        trouble: Trouble | None = None,
        timeout_s: float = inf,
        far_end: Card | None = None,
    ) -> None:
        """`timeout_s`: what comes later is not waited for. `far_end`: a card that may be slow (U20)."""
        self._model = model
        self._trouble = Trouble() if trouble is None else trouble
        self._timeout_s = timeout_s
        self._far_end = far_end
        self._seed = seed
        self._name = name
        self._latency = Stream(seed, name, "latency")

    @cached_property
    def _loss(self) -> Stream:
        return Stream(self._seed, self._name, "loss")

    def lost(self, at_s: float) -> bool:
        """A poll that leaves then gets no answer, or none in time."""
        loss = self._model.loss
        if not self._trouble.ever:
            return loss > 0 and self._loss.happens(round(at_s * 1000), loss)
        loss = max(loss, self._trouble.at(at_s)[0])
        if loss > 0 and self._loss.happens(round(at_s * 1000), loss):
            return True
        return self.longest_latency_s > self._timeout_s and self.latency_s(at_s) > self._timeout_s

    def latency_s(self, at_s: float) -> float:
        """Half to one and a half times the typical latency."""
        typical_s = self._model.latency_s
        if self._trouble.ever:
            typical_s = max(typical_s, self._trouble.at(at_s)[1])
        latency_s = self._latency.between(round(at_s * 1000), 0.5, 1.5) * typical_s
        return latency_s if self._far_end is None else latency_s + self._far_end.slow_s(at_s)

    @property
    def longest_latency_s(self) -> float:
        longest_s = self._model.latency_s
        if self._trouble.ever:
            longest_s = max(longest_s, self._trouble.slowest_s)
        longest_s *= 1.5
        return longest_s if self._far_end is None else longest_s + self._far_end.slowest_s

    def phase(self) -> float:
        """Where in its period this path's polling began, 0..1."""
        return draw(self._seed, self._name, "phase", 0)

    @property
    def loses(self) -> bool:
        """As things are, some of it."""
        loss, latency_s = self._trouble.now
        return self._model.loss > 0 or loss > 0 or 1.5 * latency_s > self._timeout_s

    @property
    def changes(self) -> int:
        """How often that has changed."""
        return self._trouble.changes

    @property
    def hopeless(self) -> bool:
        """As things are nothing will ever be answered."""
        loss, latency_s = self._trouble.now
        return max(self._model.loss, loss) >= 1 or latency_s / 2 > self._timeout_s


class Net(Enum):
    """What a request crosses: cards, arrays and management controllers hang on a net of their own."""

    MANAGEMENT = "management"
    PRODUCTION = "production"
    """The servers' systems, the other control nodes, and the hosts that are watched."""


class Lan:
    """Up or down; tells whoever listens when that changes."""

    def __init__(self) -> None:
        self.up = True
        self.trouble = Trouble()
        self.broadcasts = True
        """Fault N7 when false: no magic packet arrives."""
        self._switches: dict[str, bool] = {}
        self._down: set[Net] = set()
        self._parted: set[str] = set()
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
            self._tell()

    def carries(self, net: Net) -> bool:
        return self.up and not (self._down and net in self._down)

    def joins(self, node: str, other: str) -> bool:
        """Whether these two control nodes hear each other."""
        return self.carries(Net.PRODUCTION) and self._parted.isdisjoint((node, other))

    def net_fails(self, net: Net, fails: bool) -> None:
        """Fault N5."""
        (self._down.add if fails else self._down.discard)(net)
        self._tell()

    def part(self, node: str, parted: bool) -> None:
        """Fault N2: it and the other control nodes hear nothing of each other."""
        (self._parted.add if parted else self._parted.discard)(node)
        self._tell()

    def worsen(self, at_s: float, *, loss: float | None = None, latency_s: float | None = None) -> None:
        """Fault N3, or its end: so much is lost from now on, or takes so long."""
        self.trouble.change(at_s, loss=loss, latency_s=latency_s)
        self._tell()

    def _tell(self) -> None:
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

    A reply that is lost, or comes too late, leaves the command done and its sender ignorant (U6). Commands
    are sent once; whoever sent them looks before sending again.
    """
    answer: Answer[Receipt] = Answer(env)
    sent_s = float(env.now)
    latency_s = path.latency_s(sent_s)
    silence = Receipt(Accepted.UNKNOWN, f"no answer in {timeout_s:g} s")

    def arrive() -> None:
        receipt = act() if reachable() else None
        if receipt is not None and not path.lost(sent_s) and latency_s <= timeout_s:
            answer.succeed(receipt)
        elif latency_s <= timeout_s:
            after(env, timeout_s - latency_s, lambda: answer.succeed(silence))

    after(env, latency_s, arrive)
    if latency_s > timeout_s:
        after(env, timeout_s, lambda: answer.succeed(silence))
    return answer
