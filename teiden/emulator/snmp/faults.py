"""What can be wrong with a pretend card. Every switch may be thrown while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from teiden.emulator.snmp.objects import Oid, Refusal, Value


@dataclass(slots=True)
class Faults:
    silent: bool = False
    """Hears and answers nothing, and sends no traps."""
    delay_s: float = 0.0
    """Every answer comes this much later; seconds of wall time."""
    no_comm: bool = False
    """The card has lost its UPS: it says so, goes on telling what it knew last, and passes nothing on."""
    set_ignored: bool = False
    """Every SET is answered with noError, and nothing happens."""
    set_refused: Refusal | None = None
    """Every SET is refused, as a card of access type Write does while somebody is logged in on it."""
    off_ignored: bool = False
    """Accepts an OFF and does nothing (U5)."""
    instead: dict[Oid, Value | None] = field(default_factory=dict)
    """Told in place of the truth: runtime 4294967295, charge 0, an empty name. It must fit the object's type.
    None: not there at all."""
