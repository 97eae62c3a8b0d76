"""Tells from a file's name and content what it is: one of NUT's, config.apc, or an inventory."""

from __future__ import annotations

import os
import re
from enum import Enum

from teiden.importing.text import Text

NUT_FILES = ("ups.conf", "upsd.conf", "upsd.users", "upsmon.conf", "upssched.conf")


class Kind(Enum):
    """What a file is."""

    UPS_CONF = "ups.conf"
    UPSD_CONF = "upsd.conf"
    UPSD_USERS = "upsd.users"
    UPSMON_CONF = "upsmon.conf"
    UPSSCHED_CONF = "upssched.conf"
    CONFIG_APC = "config-apc"
    CSV = "csv"


NUT = frozenset(Kind) - {Kind.CONFIG_APC, Kind.CSV}
MARKS = (
    (Kind.CONFIG_APC, re.compile(r"[ \t]*\[[ \t]*acstorage[ \t]*\]", re.IGNORECASE)),
    (Kind.UPSMON_CONF, re.compile(r"[ \t]*(MONITOR|MINSUPPLIES|SHUTDOWNCMD|POWERDOWNFLAG)[ \t]")),
    (
        Kind.UPSSCHED_CONF,
        re.compile(r"[ \t]*(AT[ \t]+\S+[ \t]+\S+[ \t]+[A-Z]+-?|CMDSCRIPT[ \t]|PIPEFN[ \t])"),
    ),
    (Kind.UPSD_CONF, re.compile(r"[ \t]*LISTEN[ \t]")),
    (Kind.UPS_CONF, re.compile(r"[ \t]*driver[ \t]*=")),
    (Kind.UPSD_USERS, re.compile(r"[ \t]*(instcmds[ \t]*=|upsmon[ \t]+(primary|secondary|master|slave))")),
    (Kind.CSV, re.compile(r"[^,;\t]*[,;\t]")),
)
"""What a line of each looks like, the surest first."""


def kind_of(text: Text, told: str | None = None) -> Kind | None:
    """What the file is; `told`: `nut`, `config-apc` or `csv`, as the person says. None: it cannot be told."""
    if told in ("csv", "config-apc"):
        return Kind(told)
    name = os.path.basename(text.file).lower()
    if name in NUT_FILES:
        return Kind(name)
    if told is None and name.endswith((".csv", ".tsv")):
        return Kind.CSV
    lines = [line for line in text.lines if line.strip() and not line.lstrip().startswith(("#", ";"))]
    for kind, mark in MARKS:
        if (told is None or kind in NUT) and any(mark.match(line) for line in lines):
            return kind
    return None
