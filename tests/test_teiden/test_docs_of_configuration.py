"""The page on changing the site file: its table is the code's, and its commands do what it shows."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from teiden.configuration.needs import TABLE, Need
from tests.test_teiden.test_docs_of_live import STORY, background, came, missing, page, teiden, typed

PAGE = "configuration.md"


def test_r6_45_the_table_of_the_page_is_that_of_the_code() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", page(PAGE).partition("## Prove it")[0], re.MULTILINE)
    said = {key: what for keys, what in rows for key in re.findall(r"`([\w.]+)`", keys)}
    light = {".".join(row) for row, need in TABLE.items() if need is Need.RELOAD and "*" not in row}
    assert {key for key, what in said.items() if what.startswith("a reload")} == light | {"label"}
    heavy = {".".join(row) for row, need in TABLE.items() if need is Need.SERVERS}
    assert {key for key, what in said.items() if what.startswith("a reboot")} == heavy
    assert said["cluster"].startswith("a restart of the cluster")
    below = {".".join(r) for r, need in TABLE.items() if r[0] == "cluster" and need is Need.SERVICE}
    assert {key for key, what in said.items() if what == "a restart of the service"} == below


def without_hashes(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{12}\b", "HASH", text)


@pytest.fixture
def two_disks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The site of the page on the disk of control1, and the same on that of control2.

    In a folder whose path is short: a longer one is folded where a status is printed.
    """
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.chdir(folder)
        yield filled(Path(folder))
        monkeypatch.undo()


def filled(folder: Path) -> Path:
    (whole, *_) = re.findall(r"^```yaml\n(.*?)^```", page("connections.md"), re.MULTILINE | re.DOTALL)
    Path("other").mkdir()
    for path in (Path("annex.yaml"), Path("other/annex.yaml")):
        path.write_text(whole, encoding="utf-8")
    Path("power-cut.yaml").write_text(STORY, encoding="utf-8")
    return folder


@pytest.mark.long
def test_r6_34_the_page_typed_into_an_emulated_room(two_disks: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changed on control1, sent to control2, taken up there and then here, by two real processes."""
    shown = {command: [without_hashes(line) for line in lines] for command, lines in typed(PAGE)}
    monkeypatch.setattr("tests.test_teiden.test_docs_of_live.teiden", hashless(teiden))
    with background("teiden emulate annex.yaml --folder room") as room:
        room.until(lambda text: "`help` says" in text)
        live = "--book room/book.json --arm --node"
        with (
            background(f"teiden live annex.yaml {live} control1"),
            background(f"teiden live other/annex.yaml {live} control2"),
        ):
            monkeypatch.setenv("TEIDEN_SOCKET", "room/control1/requests.sock")
            came(["annex: control1 commands: the node you are on"])
            text = Path("annex.yaml").read_text(encoding="utf-8")
            changed = text.replace("feeds: [utility]\n", "feeds: [utility]\npolling: {on_line: 6s}\n")
            Path("annex.yaml").write_text(changed, encoding="utf-8")
            came(shown["teiden status"])
            assert "proved file only" in teiden("teiden reload")
            teiden("teiden prove annex.yaml power-cut.yaml")
            (send,) = [command for command in shown if command.startswith("teiden send")]
            printed = teiden(f"{send} --yes --book room/book.json")
            asked = [line for line in shown[send] if not line.startswith("Send it to")]
            assert missing(asked, printed) is None, printed
            for node in ("control2", "control1"):
                monkeypatch.setenv("TEIDEN_SOCKET", f"room/{node}/requests.sock")
                came(["it needs a reload of the service on each control node: teiden reload"])
                assert missing(shown["teiden reload"], teiden("teiden reload")) is None
                until_gone(node)
            came(["  control2  stands by"])
            assert len(list(Path("room/control2/events").glob("events-*.jsonl"))) == 2, "two lives"
            assert Path("other/annex.yaml").read_text(encoding="utf-8") == text


def hashless(run: Callable[[str], str]) -> Callable[[str], str]:
    return lambda command: without_hashes(run(command))


def until_gone(node: str) -> None:
    """The next life tells of no file that waits."""
    from tests.test_realtime.serving import until

    def quiet() -> bool:
        told = teiden("teiden status")
        return told.startswith("annex:") and "SITE FILE" not in told

    until(quiet, 60.0)
