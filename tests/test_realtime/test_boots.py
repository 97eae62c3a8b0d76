"""A service is told whether its machine has booted since the last one began (T4, C2)."""

from __future__ import annotations

from pathlib import Path

from realtime.boots import has_booted


def boots(tmp_path: Path, boot: str) -> bool:
    (tmp_path / "boot_id").write_text(f"{boot}\n", encoding="ascii")
    return has_booted(str(tmp_path / "journal"), str(tmp_path / "boot_id"))


def test_t4_c2_a_machine_has_booted_when_its_kernel_says_another_id_and_once_for_each(tmp_path: Path) -> None:
    assert not boots(tmp_path, "first"), "of no earlier service is anything known"
    assert not boots(tmp_path, "first"), "the service has begun anew"
    assert boots(tmp_path, "second")
    assert not boots(tmp_path, "second")


def test_t4_what_the_kernel_does_not_say_or_cannot_be_kept_proves_nothing(tmp_path: Path) -> None:
    assert not boots(tmp_path, "first")
    assert not has_booted(str(tmp_path / "journal"), str(tmp_path / "no such file"))
    assert not boots(tmp_path, "")
    (tmp_path / "boot_id").write_text("second", encoding="ascii")
    assert not has_booted(str(tmp_path / "no such folder" / "journal"), str(tmp_path / "boot_id"))
