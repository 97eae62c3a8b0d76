"""What a management controller tells of its machine, read from a Redfish ComputerSystem.

Property and value names are those of DMTF DSP2046: PowerState, BootProgress.LastState,
PowerRestorePolicy, Actions/#ComputerSystem.Reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sequencer.site import AcLink

POWER_STATES = ("On", "Off", "PoweringOn", "PoweringOff", "Paused")
OS_RUNNING = "OSRunning"
SAYS_NOTHING = ("", "None", "OEM")
"""Boot progress that is no news of the system."""
POLICIES = {"AlwaysOn": AcLink.BOOT, "AlwaysOff": AcLink.STAY_OFF, "LastState": AcLink.LAST_STATE}


class NotUnderstood(Exception):
    """An answer without what it must have."""


@dataclass(frozen=True, slots=True)
class Controller:
    power: str
    """One of POWER_STATES."""
    progress: str = ""
    """BootProgress.LastState; empty: it does not tell."""
    ac_link: AcLink | None = None
    """What the machine does when its power comes back; None: it does not tell."""


def told_by(system: Mapping[str, Any]) -> Controller:
    """Raises NotUnderstood where it tells no power state; the rest may be missing, or odd."""
    power = system.get("PowerState")
    if power not in POWER_STATES:
        raise NotUnderstood(f"its power state is {str(power)[:40]!r}")
    progress = system.get("BootProgress")
    last = progress.get("LastState") if isinstance(progress, dict) else None
    policy = system.get("PowerRestorePolicy")
    return Controller(
        power=power,
        progress=last if isinstance(last, str) and last not in SAYS_NOTHING else "",
        ac_link=POLICIES.get(policy) if isinstance(policy, str) else None,
    )


def reset_action(system: Mapping[str, Any]) -> dict[str, Any]:
    actions = system.get("Actions")
    action = actions.get("#ComputerSystem.Reset") if isinstance(actions, dict) else None
    return action if isinstance(action, dict) else {}


def not_offered(action: Mapping[str, Any], kind: str) -> str:
    """Why this kind of reset cannot be asked for, or empty; a controller need not list what it offers."""
    offered = action.get("ResetType@Redfish.AllowableValues")
    if not isinstance(offered, list) or not offered or kind in offered:
        return ""
    known = ", ".join(sorted(str(value)[:40] for value in offered[:12]))
    return f"it offers no {kind}, only {known}"
