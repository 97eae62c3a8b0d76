"""Which disk a file would stand on, and why a journal may not stand there (reliability, §5.2).

The journal must be there when everything else has lost its power: on a disk of the node's own, that
keeps what it is told to keep. Read from the kernel's table of mounts and from sysfs; Linux only.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

BY_NETWORK = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "coda", "ceph", "glusterfs", "lustre"),
        *("beegfs", "gpfs", "gfs2", "ocfs2"),  # the last two: on a disk that the nodes share
    )
)
IN_MEMORY = frozenset(("tmpfs", "ramfs", "devtmpfs"))
LAYERED = frozenset(("overlay", "aufs", "unionfs"))
ESCAPED = re.compile(r"\\([0-7]{3})")


class NoDisk(Exception):
    """Why no journal is kept here, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of the kernel's table of mounts."""

    point: str
    kind: str
    """`ext4`, `xfs`, `nfs4`."""
    source: str
    device: str
    """`major:minor`."""


def refuse_unfit(
    path: str,
    forbidden: Collection[str] = (),
    *,
    mounts: str = "/proc/self/mountinfo",
    sysfs: str = "/sys/dev/block",
) -> None:
    """Raise `NoDisk` unless this path stands on a disk of the node's own.

    `forbidden`: mount points and block devices of the site's arrays, which we ourselves switch off.
    """
    folder = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    mount = mount_of(folder, mounts)
    if mount is None:
        raise NoDisk(f"{path}: {mounts} does not tell which disk that is; {INSTEAD}")
    below = set(_devices_below(mount, Path(sysfs)))
    for place in forbidden:
        if _stands_on(folder, mount, below, place, mounts):
            raise NoDisk(f"{path} stands on {place}, an array of this site, which is switched off; {INSTEAD}")
    if reason := _unfit(mount.kind):
        raise NoDisk(f"{path}: {mount.point} is {mount.kind}, {reason}; {INSTEAD}")


INSTEAD = "put the journal on the node's own disk"


def _unfit(kind: str) -> str:
    """Why not, in words; or ''. A file system of FUSE can be anything, and mostly is one of a network."""
    if kind in BY_NETWORK or kind.startswith("fuse"):
        return "which may be gone when the power is"
    if kind in IN_MEMORY:
        return "which forgets everything with the power"
    if kind in LAYERED:
        return "a container's layer, which goes with the container"
    return ""


def mount_of(folder: str, mounts: str = "/proc/self/mountinfo") -> Mount | None:
    """The mount a folder stands on: the longest mount point above it, of those alike the last one made."""
    found = None
    for mount in _table(mounts):
        if _is_in(folder, mount.point) and (found is None or len(mount.point) >= len(found.point)):
            found = mount
    return found


def _table(mounts: str) -> Iterator[Mount]:
    """See proc_pid_mountinfo(5): optional fields end with a dash."""
    try:
        lines = Path(mounts).read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return
    for line in lines:
        front, dash, back = line.partition(" - ")
        fields, source = front.split(" "), back.split(" ")
        if dash and len(fields) >= 5 and len(source) >= 2:
            yield Mount(_plain(fields[4]), source[0], _plain(source[1]), fields[2])


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match[1], 8)), text)


def _is_in(folder: str, place: str) -> bool:
    return place == "/" or folder == place or folder.startswith(place.rstrip("/") + "/")


def _stands_on(folder: str, mount: Mount, below: set[str], place: str, mounts: str) -> bool:
    place = os.path.realpath(place)
    device = _number(place)
    if device is not None:
        return device in below
    its = mount_of(place, mounts)
    return _is_in(folder, place) or (its is not None and its.point == place == mount.point)


def _number(path: str, names: str = "/sys/class/block") -> str | None:
    """`major:minor` of a block device; None for anything else.

    By its name where its node cannot be seen: the hardened unit hides them (PrivateDevices=).
    """
    try:
        status = os.stat(path)
    except OSError:
        return _number_by_name(os.path.basename(path), Path(names)) if path.startswith("/dev/") else None
    if not stat.S_ISBLK(status.st_mode):
        return None
    return f"{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"


def _number_by_name(name: str, names: Path) -> str | None:
    """`sdb1`, or what device mapper calls it: `vg-journal`."""
    for known in _names(names):
        if name in (known, _text(names / known / "dm" / "name")):
            return _text(names / known / "dev") or None
    return None


def _devices_below(mount: Mount, sysfs: Path) -> Iterator[str]:
    """The mounted device, the disk that it is a part of, and what device mapper and RAID put below it."""
    ahead = [mount.device, *filter(None, [_number(mount.source)])]  # btrfs tells a number of its own making
    seen = set[str]()
    while ahead:
        device = ahead.pop()
        if device in seen:
            continue
        seen.add(device)
        yield device
        node = (sysfs / device).resolve()
        numbers = [node / "slaves" / name / "dev" for name in _names(node / "slaves")]
        if (node / "partition").exists():
            numbers.append(node.parent / "dev")
        ahead += filter(None, map(_text, numbers))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
