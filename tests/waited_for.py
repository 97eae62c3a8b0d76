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


def cut_and_undone(telling: Any, taken_s: float) -> Any:
    """ups4 is told at 907 s to go off, takes that by then, and a hand undoes it before any poll."""
    down = [f"906 room server.halted {name}" for name in ("blade1", "blade2", "rack1", "rack2")]
    return lost(telling, "ups4").plus(
        *down,
        "907 control1 command.sent ups4 command=off how=now falls_in_s=0",
        f"{taken_s} room ups.off_armed ups4 how=now falls_at={taken_s + 600}",
        f"{taken_s} room ups.output_off ups4 cause=command",
        f"{taken_s + 0.2} room ups.output_on ups4 cause=button",
    )
