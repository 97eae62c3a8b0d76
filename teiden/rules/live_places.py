"""The rule of places in live mode: what the service needs lies where its own power cuts do not reach."""

from __future__ import annotations

import ntpath
import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath, PureWindowsPath

from realtime.contacts import Contacts, Live
from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import KeyPath
from teiden.rules.finding import Broken, Found, Remedy, Severity
from teiden.rules.live_secrets import secrets_of
from teiden.rules.registry import live_rule

DRIVE = re.compile(r"[A-Za-z]:")
PATHS = ("journal", "events", "socket", "manager_socket", "stop_file")


@live_rule(
    "LIVE-2",
    Severity.ERROR,
    "nothing that the service needs lies on an array of the site",
    why="""
    Every array loses its power in an outage, because we cut it. A journal on it is gone when it is needed
    most, and with the keys and pass phrases that lie there nobody can switch the array on again. `mounts:` of
    an array names its mount points on a control node. Paths are compared as they are written: what a link,
    a volume group or a block device hides only the service sees, and refuses at its start; `teiden
    doctor` tells it before.
    """,
    also=("S30", "A10"),
)
def nothing_lies_on_an_array(site: Site, contacts: Contacts) -> Iterator[Found]:
    for array, places in contacts.mounts.items():
        for place in places:
            lost = {where: key for where, key in _needed(contacts) if where and is_below(where, place)}
            if not lost:
                continue
            first, *more = lost
            told = {"path": first, "n": len(more), "array": array, "place": place}
            yield Broken(
                t("{path} and {n} more lie on {array}, which is switched off ({place})", **told)
                if more
                else t("{path} lies on {array}, which is switched off ({place})", **told),
                _pointed(contacts, lost[first], array),
                remedies=(Remedy(remark=t("a path on the node's own disk")),),
            )


def is_below(path: str, place: str) -> bool:
    """As they are written, and as their system compares them: `D:\\Data` holds `d:/data/x`."""
    if DRIVE.match(place):
        return PureWindowsPath(ntpath.normpath(path)).is_relative_to(ntpath.normpath(place))
    return PurePosixPath(posixpath.normpath(path)).is_relative_to(posixpath.normpath(place))


def _pointed(contacts: Contacts, key: KeyPath, array: str) -> KeyPath:
    """A path that is no more than a default stands nowhere: then the array says what is wrong."""
    is_default = any(
        key == ("live", name) and getattr(contacts.live, name) == getattr(Live(), name) for name in PATHS
    )
    return ("arrays", array, "mounts") if is_default else key


def _needed(contacts: Contacts) -> Iterator[tuple[str, KeyPath]]:
    """Every file and folder of the service, the journal first, and where the site file says so."""
    for name in PATHS:
        yield getattr(contacts.live, name), ("live", name)
    for name in ("ca", "certificate", "key"):
        yield getattr(contacts.identity, name), ("live", "identity", name)
    yield contacts.alarms.ca, ("live", "alarms", "ca")
    for name, server in contacts.servers.items():
        if server.ssh is not None:
            yield server.ssh.key, ("servers", name, "shutdown", "key")
        if server.bmc is not None:
            yield server.bmc.ca, ("servers", name, "bmc", "ca")
    for where, key in secrets_of(contacts):
        if where.startswith("file:"):
            yield where.removeprefix("file:"), key
