"""What one life knows of how the cluster may have come to stand, or goes: brought back, left alone (L3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf


@dataclass
class ClusterView:
    took_our_stop: bool = False
    """It took our stop, and has neither been seen stopped nor been told to restart since."""
    hangs: bool = False
    """It had its whole limit to stop in, and was still at it when nobody could wait any longer (C11)."""
    takes_no_start: bool = False
    """It says that it stands, and has not taken our start of it: it may run, and its word be old (C4)."""
    reboot_told_s: float = -inf
    """When its manager told us last that it reboots all of it, on our own clock."""
    shutdown_told: bool = False
    """Its manager has told this life that it shuts all of it down."""
    disk_went: bool = False
    """A control disk was away or silent, and the cluster has not been seen to begin to run since."""
    mistaken: bool = False
    """It said that it runs while a disk of it was off, as we began the way up, and has not moved since."""
    brought_back: bool = False
    """An incident is being opened on its way up: it is no outage, though not every row of it is written."""
    told_all_s: float = inf
    """When our peers had told us at our boot all that they knew: a row that comes after that is new."""
    down_as_told: bool = False
    """At our boot nobody who was up wanted us up: who does by now has said so, or come up, since then."""
    outlived: str = ""
    """Whom the cluster names as its holder though he was down for as long as his group takes to move."""
    disowned: str = ""
    """Who holds the group here, and has said for long that he commands nobody: so it is with him (C4)."""
    missed: dict[str, float] = field(default_factory=dict)
    """Nodes that were down when it ceased to run, by whose word we command, or took no part, unseen; and from
    when one that is up and not heard may be at work: it has not heard that. Never, until it is seen up."""
    lets_us: set[str] = field(default_factory=set)
    """Nodes that were heard to let us command since we do, and have not been seen down or booting since."""
    slept: dict[str, str] = field(default_factory=dict)
    """Other nodes that were seen down, or in their boot, when a word had brought them down; and by which."""
    entered: int = 0
    """Epoch of the incident that this life has declared, or asked of whether it goes on."""
    of_epoch: int = -1
    """Epoch of the incident of which the pages of this life remember whom they gave up, and what is off; -1:
    of none yet."""
    led_since_s: float = -inf
    """When this life took the command last."""
    unled: bool = False
    """Nobody has been heard to command, and nothing proved that we may: we may be on our own since."""
    goes_without: set[str] = field(default_factory=set)
    """Of the linked side, in this outage: whom the control side waits for no longer (S5)."""
