"""Where a journal may stand: on a disk of the node's own, by the kernel's own tables."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from realtime.journal.disk import Mount, NoDisk, _number, mount_of, refuse_unfit
from realtime.journal.journal import Journal, NoJournal
from tests.test_realtime.injected import Injected

TABLE = """\
22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
23 22 0:21 / /dev/shm rw - tmpfs tmpfs rw
24 22 0:44 / /srv/linked rw - nfs4 192.0.2.60:/linked rw
25 22 253:3 / /srv/my\\040disk rw shared:4 master:2 - xfs /dev/mapper/vg-journal rw
26 22 0:50 / /merged rw - overlay overlay rw
27 22 0:51 / /home/share rw - fuse.sshfs somebody@192.0.2.9: rw
28 22 8:17 / /srv/array rw - ext4 /dev/sdb1 rw
29 28 8:33 / /srv/array rw - ext4 /dev/sdc1 rw
"""


@pytest.fixture
def mounts(tmp_path: Path) -> str:
    path = tmp_path / "mountinfo"
    path.write_text(TABLE + "a line of another kind\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def sysfs(tmp_path: Path) -> str:
    """sda2 and sdb1 are parts of sda and sdb; vg-journal lies on sdb1."""
    block = tmp_path / "block"
    for disk, number, part, its in (("sda", "8:0", "sda2", "8:2"), ("sdb", "8:16", "sdb1", "8:17")):
        folder = tmp_path / "devices" / disk / part
        folder.mkdir(parents=True)
        (folder / "partition").write_text("1\n")
        (folder / "dev").write_text(f"{its}\n")
        (folder.parent / "dev").write_text(f"{number}\n")
        block.mkdir(exist_ok=True)
        (block / its).symlink_to(folder)
        (block / number).symlink_to(folder.parent)
    mapped = tmp_path / "devices" / "dm-3"
    (mapped / "slaves").mkdir(parents=True)
    (mapped / "slaves" / "sdb1").symlink_to(tmp_path / "devices" / "sdb" / "sdb1")
    (block / "253:3").symlink_to(mapped)
    return str(block)


def test_the_longest_mount_point_counts_and_of_two_alike_the_last_one(mounts: str) -> None:
    assert mount_of("/srv/my disk/teiden", mounts) == Mount(
        "/srv/my disk", "xfs", "/dev/mapper/vg-journal", "253:3"
    )
    assert mount_of("/srv/my disks", mounts) == Mount("/", "ext4", "/dev/sda2", "8:2")
    array = mount_of("/srv/array", mounts)
    assert array is not None
    assert array.device == "8:33"


@pytest.mark.parametrize(
    ("folder", "reason"),
    [
        ("/srv/linked", "nfs4, which may be gone when the power is"),
        ("/home/share", r"fuse\.sshfs, which may be gone when the power is"),
        ("/dev/shm/x", "tmpfs, which forgets everything with the power"),
        ("/merged", "overlay, a container's layer, which goes with the container"),
    ],
)
def test_a_disk_that_is_not_the_node_s_own_is_refused_with_its_kind(
    mounts: str, folder: str, reason: str
) -> None:
    with pytest.raises(NoDisk, match=f"{folder}.*{reason}; put the journal on the node's own disk"):
        refuse_unfit(f"{folder}/journal.db", mounts=mounts)


def test_the_node_s_own_disk_is_fine(mounts: str, sysfs: str) -> None:
    refuse_unfit("/srv/my disk/journal.db", ["/srv/array", "/dev/null"], mounts=mounts, sysfs=sysfs)


def test_a_mount_of_an_array_is_refused(mounts: str, sysfs: str) -> None:
    with pytest.raises(NoDisk, match="stands on /srv/array, an array of this site"):
        refuse_unfit("/srv/array/teiden/journal.db", ["/srv/array"], mounts=mounts, sysfs=sysfs)


@pytest.mark.parametrize("number", [(253, 3), (8, 17), (8, 16)])
def test_a_device_of_an_array_is_found_through_parts_and_volumes(
    mounts: str, sysfs: str, number: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only root may make a device's node, so its number is told by the test."""
    monkeypatch.setattr("realtime.journal.disk._number", {"/dev/its": "{}:{}".format(*number)}.get)
    with pytest.raises(NoDisk, match="stands on /dev/its, an array"):
        refuse_unfit("/srv/my disk/journal.db", ["/dev/its"], mounts=mounts, sysfs=sysfs)
    monkeypatch.setattr("realtime.journal.disk._number", {"/dev/its": "8:0"}.get)
    refuse_unfit("/srv/my disk/journal.db", ["/dev/its"], mounts=mounts, sysfs=sysfs)


def test_a_device_whose_node_is_hidden_is_known_by_its_name(tmp_path: Path) -> None:
    """As in the hardened unit, where /dev holds no disks."""
    for known, number, mapped in (("sdz9", "8:255", ""), ("dm-3", "253:3", "vg-journal")):
        folder = tmp_path / known / "dm"
        folder.mkdir(parents=True)
        (folder.parent / "dev").write_text(f"{number}\n")
        (folder / "name").write_text(f"{mapped}\n")
    assert _number("/dev/sdz9", str(tmp_path)) == "8:255"
    assert _number("/dev/mapper/vg-journal", str(tmp_path)) == "253:3"
    assert _number("/dev/gone", str(tmp_path)) is None
    assert _number("/srv/sdz9", str(tmp_path)) is None
    assert _number("/dev/null", str(tmp_path)) is None


def test_a_system_that_does_not_tell_its_mounts_is_not_trusted(tmp_path: Path) -> None:
    with pytest.raises(NoDisk, match="does not tell which disk"):
        refuse_unfit("/srv/journal.db", mounts=str(tmp_path / "nothing"))


def test_on_this_machine_memory_is_refused_and_a_rehearsal_may_use_it() -> None:
    memory = mount_of("/dev/shm")
    if memory is None or memory.kind != "tmpfs":
        pytest.skip("/dev/shm is no tmpfs here")
    path = f"/dev/shm/teiden-test-{os.getpid()}.db"
    with pytest.raises(NoJournal, match="forgets everything"):
        Journal(Injected(), path)
    try:
        Journal(Injected(), path, allow_any_disk=True, ballast_bytes=0).close()
    finally:
        subprocess.run(["rm", "-f", path, f"{path}.lock"], check=True)


def test_the_kernel_s_table_of_this_machine_can_be_read(tmp_path: Path) -> None:
    mount = mount_of(os.path.realpath(tmp_path))
    assert mount is not None
    assert os.path.ismount(mount.point)
