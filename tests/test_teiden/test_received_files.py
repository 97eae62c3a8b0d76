"""Which site file a start goes by: the written one, or the one that another node has sent since."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from teiden.configuration import lying
from teiden.configuration.in_force import in_force
from teiden.configuration.lying import (
    gone_by,
    keep_received,
    next_file,
    note_gone_by,
    note_sent,
    sent_last,
    write_whole,
)
from teiden.proved import path_of, why_not_armed
from tests.site_files import LATER, POLLED, digest, proof
from tests.two_nodes import TWO


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "etc" / "site.yaml"
    path.parent.mkdir()
    path.write_text(TWO, encoding="utf-8")
    return path


def received(written: Path, folder: Path, text: str = POLLED) -> Path:
    return keep_received(written, folder, text.encode(), proof(text), written.read_bytes(), "control1")


def test_without_anything_received_the_written_file_counts(written: Path, tmp_path: Path) -> None:
    found = next_file(written, tmp_path / "site")
    assert (found.path, found.sender, found.digest) == (written, "", digest(TWO))


def test_r6_34_what_was_received_stands_instead_and_the_one_before_is_kept_beside(
    written: Path, tmp_path: Path
) -> None:
    path = received(written, tmp_path / "site")
    found = next_file(written, tmp_path / "site")
    assert (found.path, found.sender, found.digest) == (path, "control1", digest(POLLED))
    assert path.name == "site.yaml"
    assert path.with_name("site.yaml.before").read_text(encoding="utf-8") == TWO
    assert why_not_armed(path, digest(POLLED)) == ""
    assert written.read_text(encoding="utf-8") == TWO, "what somebody wrote is his"
    assert path.stat().st_mode & 0o077 == 0


def test_r6_04_whoever_changes_the_written_file_later_counts_again(written: Path, tmp_path: Path) -> None:
    """By its hash: a clock that is behind on one of the nodes decides nothing."""
    received(written, tmp_path / "site")
    written.write_text(LATER, encoding="utf-8")
    os.utime(written, (0, 0))
    assert next_file(written, tmp_path / "site").digest == digest(LATER)


@pytest.mark.parametrize("torn", ["", "site: small\n", POLLED[:-1]])
def test_a_received_file_that_is_torn_does_not_count(written: Path, tmp_path: Path, torn: str) -> None:
    received(written, tmp_path / "site").write_text(torn, encoding="utf-8")
    assert next_file(written, tmp_path / "site").path == written


@pytest.mark.parametrize("told", ["", "{", "[]", '{"file": "x"}', '{"file": 1, "sha256": 2}'])
def test_what_nobody_understands_does_not_count(written: Path, tmp_path: Path, told: str) -> None:
    received(written, tmp_path / "site")
    (tmp_path / "site" / "received" / "current.json").write_text(told, encoding="utf-8")
    assert next_file(written, tmp_path / "site").path == written


@pytest.mark.parametrize("write", range(4))
def test_r6_33_a_cut_of_the_power_at_any_write_leaves_the_old_file_or_the_new_one(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: int
) -> None:
    folder = tmp_path / "site"
    received(written, folder)
    done: list[Path] = []

    def cut(path: Path, content: bytes, mode: int = 0o600) -> None:
        if len(done) == write:
            path.with_name(path.name + ".new").write_bytes(content[:10])
            raise OSError("the power is gone")
        done.append(path)
        write_whole(path, content, mode)

    monkeypatch.setattr(lying, "write_whole", cut)
    with pytest.raises(OSError, match="gone"):
        received(written, folder, LATER)
    found = next_file(written, folder)
    assert found.digest == digest(POLLED)
    assert why_not_armed(found.path, found.digest) == ""


def test_old_ones_are_dropped(written: Path, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for n in range(lying.KEPT + 5):
        received(written, folder, f"{POLLED}# {n}\n")
        note_gone_by(folder, f"{n}".encode())
    assert len([p for p in (folder / "received").iterdir() if p.is_dir()]) == lying.KEPT
    assert len(list((folder / "gone-by").iterdir())) == lying.KEPT
    assert next_file(written, folder).content.endswith(f"# {lying.KEPT + 4}\n".encode())


def test_a_node_knows_what_it_has_gone_by_and_sent(tmp_path: Path) -> None:
    note_gone_by(tmp_path, b"one")
    note_sent(tmp_path / "new", "control2", "5f1c")
    note_sent(tmp_path / "new", "control3", "5f1d")
    assert gone_by(tmp_path, digest("one")) == b"one"
    assert gone_by(tmp_path, digest("two")) is None
    assert sent_last(tmp_path / "new") == {"control2": "5f1c", "control3": "5f1d"}
    (tmp_path / "gone-by" / f"{digest('one')}.yaml").write_bytes(b"other")
    assert gone_by(tmp_path, digest("one")) is None
    (tmp_path / "new" / "sent.json").write_text(json.dumps({"control2": 7}))
    assert sent_last(tmp_path / "new") == {}


def test_r6_34_live_starts_with_the_received_file(tmp_path: Path) -> None:
    site = TWO + f"live: {{journal: '{tmp_path}/{{node}}/journal.db'}}\n"
    path = tmp_path / "site.yaml"
    path.write_text(site, encoding="utf-8")
    assert in_force(str(path), "control2").loaded is not None
    text = site.replace("on_line: 8s", "on_line: 9s")
    folder = tmp_path / "control2" / "site"
    keep_received(path, folder, text.encode(), proof(text), site.encode(), "control1")
    found = in_force(str(path), "control2")
    assert found.site_file.site.polling.on_line_s == 9
    assert found.site_file.hash == digest(text)
    assert path_of(found.site_file.path).is_file()
    assert in_force(str(path), "control1").site_file.site.polling.on_line_s == 8, "it is the other node's"
