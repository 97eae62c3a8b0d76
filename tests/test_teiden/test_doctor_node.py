"""Doctor at the node it runs on: disk, secrets, keys, time, service, rivals, and the product beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from realtime.commands import Ended
from realtime.contacts import ArrayContact, Contacts, Live, ServerContact, SshContact
from teiden.doctor.context import Machine
from teiden.doctor.finding import Level
from tests.doctored import FAIL, OK, WARN, look, only, reference, with_site

MOUNTS = "36 25 8:1 / / rw - {kind} /dev/sda1 rw\n"


def keeping(folder: Path) -> Contacts:
    live = Live(
        journal=str(folder / "journal.db"),
        events=str(folder / "events"),
        socket=str(folder / "requests.sock"),
        stop_file=str(folder / "stop"),
    )
    return Contacts(live=live)


def on(folder: Path, kind: str) -> Machine:
    mounts = folder / "mountinfo"
    mounts.write_text(MOUNTS.format(kind=kind))
    return Machine(mounts=str(mounts), sysfs=str(folder))


@pytest.mark.parametrize(
    ("kind", "level"),
    [("ext4", OK), ("nfs4", FAIL), ("tmpfs", FAIL), ("overlay", FAIL), ("fuse.sshfs", FAIL)],
)
def test_the_journal_stands_on_a_disk_of_the_nodes_own(tmp_path: Path, kind: str, level: Level) -> None:
    contacts = replace(keeping(tmp_path), mounts={"linkeddisk": (), "controldisk": ("/srv/cluster",)})
    (row,) = look("node.journal", contacts, machine=on(tmp_path, kind))
    assert row.level is level
    assert ("live.journal" in row.do) is (level is FAIL)


def test_a_journal_on_an_array_fails_where_a_link_hides_it_too(tmp_path: Path) -> None:
    array, link = tmp_path / "array", tmp_path / "own"
    array.mkdir()
    link.symlink_to(array)
    mounts = {"linkeddisk": (str(array),), "controldisk": ()}
    contacts = replace(keeping(link), mounts=mounts)
    level, words, _ = only(look("node.journal", contacts, machine=on(tmp_path, "ext4")))
    assert level is FAIL
    assert f"stands on {array}, an array of this site" in words


def test_what_the_arrays_hold_here_has_to_be_said(tmp_path: Path) -> None:
    contacts = replace(keeping(tmp_path), mounts={"linkeddisk": ()})
    level, words, do = only(look("node.journal", contacts, machine=on(tmp_path, "ext4")))
    assert level is WARN
    assert words.endswith("nobody says what of controldisk is mounted here")
    assert "arrays.controldisk.mounts" in do


def test_in_a_rehearsal_a_journal_may_lie_anywhere(tmp_path: Path) -> None:
    (row,) = look("node.journal", keeping(tmp_path), machine=on(tmp_path, "tmpfs"), emulated=True)
    assert row.level is WARN


def test_space_is_measured_where_the_folder_will_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    contacts = keeping(tmp_path / "not" / "yet" / "there")
    level, words, _ = only(look("node.space", contacts))
    assert level in (OK, WARN)
    assert words.endswith(f"MB free at {tmp_path}")
    for free, level in ((20e6, FAIL), (100e6, WARN), (1e9, OK)):
        monkeypatch.setattr("shutil.disk_usage", lambda path, free=free: Usage(free))
        assert only(look("node.space", contacts))[0] is level


class Usage:
    def __init__(self, free: float) -> None:
        self.free = free


def test_folders_that_everybody_may_write_into_fail(tmp_path: Path) -> None:
    assert only(look("node.folders", keeping(tmp_path)))[:2] == (OK, "nobody else may write into them")
    tmp_path.chmod(0o777)
    level, words, do = only(look("node.folders", keeping(tmp_path)))
    tmp_path.chmod(0o700)
    assert (level, words) == (FAIL, f"everybody may write into {tmp_path}")
    assert do == f"chmod o-w {tmp_path}"
    journal = tmp_path / "journal.db"
    journal.touch()
    journal.chmod(0o666)
    assert only(look("node.folders", keeping(tmp_path)))[:2] == (FAIL, f"others may write {journal}")
    assert only(look("node.folders", keeping(tmp_path / "gone")))[0] is WARN


# Secrets


def with_secret(where: str) -> Contacts:
    return Contacts(arrays={"linkeddisk": ArrayContact("127.0.0.1", 9, secret=where)})


def test_a_secret_that_can_be_had_is_counted_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHRASE", "correct horse battery")
    (row,) = look("node.secrets", with_secret("env:PHRASE"))
    assert (row.level, row.words) == (OK, "1 of 1, each readable for us alone, none that everybody knows")
    assert "horse" not in repr(row)


@pytest.mark.parametrize(
    ("where", "words", "do"),
    [
        ("env:NOBODY_SETS_THIS", "linkeddisk: the environment has no NOBODY_SETS_THIS", "cred: or file:"),
        ("cred:snmp", "linkeddisk: cred:snmp: this process was given no credentials", "systemd-run --pty"),
        ("file:/no/such/file", "linkeddisk: /no/such/file: No such file or directory", "chmod 600"),
        ("env:WEAK", "env:WEAK of linkeddisk: it is one that makers ship", "12 characters"),
        ("env:SHORT", "env:SHORT of linkeddisk: it has fewer than 12 characters", "12 characters"),
    ],
)
def test_each_trouble_with_a_secret_has_its_cure(
    monkeypatch: pytest.MonkeyPatch, where: str, words: str, do: str
) -> None:
    monkeypatch.setenv("WEAK", "public")
    monkeypatch.setenv("SHORT", "abc")
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    (row,) = look("node.secrets", with_secret(where))
    assert row.level is FAIL
    assert row.words.startswith(words)
    assert do in row.do


def test_the_pass_phrase_that_ssc_1_3_demands_is_only_to_be_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R5-05."""
    monkeypatch.setenv("FIXED", "ac_passwd")
    old = with_site(product="ver1.0", ssc="1.3")
    assert only(look("node.secrets", with_secret("env:FIXED"), site_file=old))[0] is WARN
    assert only(look("node.secrets", with_secret("env:FIXED")))[0] is FAIL


def test_a_secret_or_a_key_that_others_may_read_fails(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("correct horse battery")
    secret.chmod(0o644)
    level, words, do = only(look("node.secrets", with_secret(f"file:{secret}")))
    assert level is FAIL
    assert "others may read it" in words
    contacts = Contacts(servers={"blade1": ServerContact(ssh=SshContact("192.0.2.51", key=str(secret)))})
    level, words, do = only(look("node.keys", contacts))
    assert (level, words, do) == (FAIL, f"others may read {secret}", f"chmod 600 {secret}")
    secret.chmod(0o600)
    assert only(look("node.keys", contacts))[0] is OK
    secret.unlink()
    assert only(look("node.keys", contacts))[1] == f"{secret}: No such file or directory"


def test_the_emergency_stop_must_not_be_there(tmp_path: Path) -> None:
    contacts = keeping(tmp_path)
    assert only(look("node.stop_file", contacts))[0] is OK
    (tmp_path / "stop").touch()
    level, words, do = only(look("node.stop_file", contacts))
    assert (level, words) == (FAIL, f"{tmp_path / 'stop'} is there: nothing is commanded")
    assert "remove it" in do


# Its system, whose programs print what the test says: this machine may have no systemd


def printing(output: str, code: int = 0) -> Machine:
    async def run(words: Sequence[str], limit_s: float) -> Ended:
        return Ended(code, output)

    return Machine(run=run)


@pytest.mark.parametrize(
    ("output", "code", "level"), [("yes\n", 0, OK), ("no\n", 0, WARN), ("", 1, WARN), ("perhaps\n", 0, WARN)]
)
def test_a_clock_nobody_keeps_is_to_be_looked_at(output: str, code: int, level: Level) -> None:
    (row,) = look("node.time", machine=printing(output, code))
    assert row.level is level


@pytest.mark.parametrize(
    ("states", "level", "words"),
    [
        (("loaded", "enabled", "active"), OK, "teiden.service is enabled and runs"),
        (("loaded", "enabled", "inactive"), WARN, "teiden.service is enabled, and does not run now"),
        (("loaded", "disabled", "active"), WARN, "teiden.service does not start at boot"),
        (("not-found", "", "inactive"), WARN, "teiden.service is not installed"),
    ],
)
def test_the_service_must_be_there_after_the_power_cut(
    states: tuple[str, str, str], level: Level, words: str
) -> None:
    keys = ("LoadState", "UnitFileState", "ActiveState")
    output = "".join(f"{key}={state}\n" for key, state in zip(keys, states, strict=True))
    assert only(look("node.service", machine=printing(output)))[:2] == (level, words)


def test_programs_that_switch_upses_too_fail(tmp_path: Path) -> None:
    """R12-04."""
    for pid, name in (("1", "systemd"), ("77", "upsmon"), ("78", "pbeagent"), ("79", "UPSManager")):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "comm").write_text(f"{name}\n")
    rows = look("node.rivals", machine=Machine(processes=str(tmp_path)))
    assert [(row.level, row.words) for row in rows] == [
        (FAIL, "ESMPRO/UPSManager runs here"),
        (FAIL, "NUT upsmon runs here"),
        (FAIL, "PowerChute Business Edition runs here"),
    ]
    assert only(look("node.rivals", machine=Machine(processes=str(tmp_path / "1"))))[0] is OK


# The product beside it


VERSION_TXT = "[型番]\t：UL1282-201\n[製品名]\t：Power Control\n[バージョン]\t：{version}\n"


def installed(folder: Path, version: str = "2.10", asks: str = "192.0.2.20") -> dict[str, Any]:
    (folder / "info").mkdir()
    (folder / "info" / "Version.txt").write_text(VERSION_TXT.format(version=version), encoding="cp932")
    (folder / "ac_pvm.exe.config").write_text(f'<add key="url" value="net.tcp://{asks}:26102/"/>')
    cluster = replace(reference().site.cluster, floating_ip="192.0.2.20")
    return {"machine": Machine(product=folder), "site_file": with_site(cluster=cluster, product="ver2.1")}


def test_the_products_version_and_address_are_read(tmp_path: Path) -> None:
    """R5-04, R5-06."""
    settings = installed(tmp_path)
    assert only(look("node.product", **settings))[:2] == (OK, "Version.txt: UL1282-201 2.10")
    assert only(look("node.product_asks", **settings))[:2] == (OK, "192.0.2.20")


def test_an_old_version_and_localhost_fail(tmp_path: Path) -> None:
    """R5-02, R5-04, R5-06."""
    settings = installed(tmp_path, "2.00", "localhost")
    level, words, do = only(look("node.product", **settings))
    assert (level, words) == (FAIL, "Version.txt: UL1282-201 2.00")
    assert "UL1282-201 2.10" in do
    level, words, do = only(look("node.product_asks", **settings))
    assert level is FAIL
    assert words.endswith("says localhost")
    assert do.endswith("192.0.2.20")


def test_a_linux_machine_tells_its_version_in_another_file(tmp_path: Path) -> None:
    """R5-10."""
    (tmp_path / ".reginfo_utf8.ini").write_bytes(b"PackKind003Ver = 2.10\n")
    settings = {"machine": Machine(product=tmp_path), "site_file": with_site(product="ver2.1")}
    assert only(look("node.product", **settings))[:2] == (OK, ".reginfo_utf8.ini: UL1282-201 2.10")


def test_without_the_product_nothing_is_said_of_it(tmp_path: Path) -> None:
    settings = {"machine": Machine(product=tmp_path / "none")}
    assert look("node.product", **settings) == look("node.product_asks", **settings) == []
