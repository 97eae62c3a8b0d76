"""A told outage in which the cluster is told to stop, and whom that stop should have waited for (S5)."""

from __future__ import annotations

from typing import Any

STOP = "control1 command.sent ssccluster command=stop"


def lost(telling: Any, *upses: str) -> Any:
    """These UPSes, and the control disk's, are out and confirmed."""
    for ups in (*upses, "ups3"):
        telling = telling.plus(f"0 room mains.lost {ups}", f"905 control1 outage.confirmed {ups}")
    return telling


def waits_for(telling: Any) -> str:
    """What the cluster's stop at 910 s should have waited for."""
    told = telling.plus(f"910 {STOP}")
    if "S5" not in told.broken:
        return ""
    return str(told.breach("S5").partition(" while ")[2])
