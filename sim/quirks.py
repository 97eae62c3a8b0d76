"""What is wrong with one UPS and the firmware of its card: switches that faults throw; at first none is."""

from __future__ import annotations

from dataclasses import dataclass

from sim.inrush import Inrush


@dataclass(slots=True)
class Quirks:
    # The UPS
    broken: bool = False
    """P13: no output, whatever it is told."""
    ran: bool = False
    """Its output was on when it broke."""
    inrush: Inrush | None = None
    """P14: what trips it when loads start."""
    bypassed: bool = False
    """P10: the mains feed its loads past its battery."""
    boosts: bool = False
    """P10: it makes up for a sag of its mains. Only a card says so; nothing else changes."""
    testing: bool = False
    """P12: it runs from its battery although its mains are there, and does not say why."""
    tests: int = 0
    """How many tests have begun or ended: who ends one looks whether it is still the same."""
    load_times: float = 1.0
    """P7: what it feeds, by what was planned."""

    # What it makes of a command
    ignores_off: bool = False
    """U5: accepts an OFF and does nothing."""
    drops_off_on_mains: bool = False
    """U7: an OFF while the mains are there is accepted and forgotten, and so is one that ends then."""
    keeps_off: bool = False
    """U12: an OFF that counts down cannot be called back, though cards of its kind can do so."""
    counts_once: bool = False
    """U13, the other way: an OFF sent again leaves the first countdown as it is."""
    cold_starts: bool = False
    """U14: an ON without mains starts it from its battery."""
    comes_back: bool = False
    """U15: it comes back with the mains, however it went off."""
    off_after_s: float | None = None
    """U8: what its card makes of every delay."""

    # What its card tells
    never_low: bool = False
    """P8: no flag, however little is left."""
    false_low: bool = False
    """P9: low, with nothing left, whatever the battery holds."""
    runtime_times: float = 1.0
    """U10: the runtime in another unit."""
    tells_no_battery: bool = False
    """U18: neither charge nor runtime."""
    quiet_on_battery: bool = False
    """U16: silent exactly while it runs from its battery."""
    loses_traps: bool = False
    """U3. Only a card sends traps; the pretend room polls."""
    keeps_seconds: bool = False
    """U11: its counter of seconds on battery is not set back. Only a card has one; no sequencer reads it."""

    def end_test(self, *, unless: bool) -> None:
        """Without mains, or without output, no test goes on; nor is it taken up again with them (P12)."""
        if self.testing and not unless:
            self.testing, self.tests = False, self.tests + 1

    @property
    def shown_times(self) -> float:
        """By how much the runtime that is told is off."""
        return 0.0 if self.false_low else self.runtime_times
