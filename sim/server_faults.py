"""What can be wrong with one pretend server: each the fault of the catalogue it names."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.site import AcLink


@dataclass(slots=True)
class ServerFaults:
    hangs: bool = False
    """H1: a shutdown never ends."""
    refuses: bool = False
    """H3: who asks it to shut down is not let in."""
    boots: bool = True
    """H9 when false: never gets through its boot."""
    told_down_after_s: float | None = None
    """H2: so long after it began to go down it says that it is halted, and its system still runs."""
    controller_needs_system: bool = False
    """H4: its management controller answers only while its system is on."""
    comes_back_after_s: float | None = None
    """H5: so long after it has halted something boots it again."""
    ac_link: AcLink | None = None
    """H7, H8: what its BIOS is really set to."""
