"""What `clpacmode` says: whether the cluster tells the power service of its shutdowns (R7-08, R12-08).

Run without arguments it prints the present setting. Only the words the reference document shows are
taken for an answer; everything else is unknown, and unknown is never enabled.
"""

from __future__ import annotations

import re
from enum import Enum

from realtime.program_output import text_of

SETTING = re.compile(r"^[ \t]*current[ \t]+acmode[ \t]*[:：][ \t]*(\S+)[ \t]*$", re.IGNORECASE | re.MULTILINE)
FAILED = re.compile(r"^[ \t]*command[ \t]+failed\b", re.IGNORECASE | re.MULTILINE)


class AcMode(Enum):
    ENABLED = "enabled"
    DISABLED = "disabled"
    """`clpacmode enable` on every cluster server, then stop and start the cluster (R7-09)."""
    UNKNOWN = "unknown"
    """The command failed, or said something else."""


def ac_mode(output: bytes | str) -> AcMode:
    """The setting that the command's output names; UNKNOWN if it names none, or two."""
    text = text_of(output)
    settings = {found.lower() for found in SETTING.findall(text)}
    if FAILED.search(text) or len(settings) != 1:
        return AcMode.UNKNOWN
    return {"enabled": AcMode.ENABLED, "disabled": AcMode.DISABLED}.get(settings.pop(), AcMode.UNKNOWN)
