"""A running service and its site file: what waits, what another node sends, what a reload takes up."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from realtime.status import ConfigurationView
from teiden.configuration.examine import Examined, NotExamined, examined
from teiden.configuration.lying import keep_received
from tests.site_files import LATER, POLLED, Node, digest, here, idle, offer, proof
from tests.two_nodes import TWO


@pytest.fixture
def node(tmp_path: Path) -> Node:
    return Node(tmp_path)


def looked(node: Node) -> ConfigurationView:
    asyncio.run(node.keeping.look())
    return node.keeping.view()


# Active against pending


def test_r6_45_nothing_waits_while_the_file_is_the_one_of_the_start(node: Node) -> None:
    assert looked(node) == ConfigurationView(str(node.written))


def test_r6_45_a_changed_file_waits_and_says_what_it_needs(node: Node) -> None:
    node.write(LATER)
    view = looked(node)
    assert (view.pending, view.need, view.changed) == (digest(LATER), "service", 1)
    assert [(one.key, one.need, one.of) for one in view.changes] == [
        ("upses.ups3.confirm", "service", ("control1", "control2"))
    ]
    assert "nothing was proved" in view.not_armed
    node.write(LATER, proved=True)
    assert looked(node).not_armed == "", "the record is looked at as well"
    node.write(TWO)
    assert looked(node).pending == ""


def test_a_file_that_is_wrong_or_gone_is_told_of(node: Node) -> None:
    node.write("schema: teiden/site/1\nsite: small\n")
    assert "site.yaml:" in looked(node).wrong
    node.written.write_bytes(b"\xff\xfe")
    assert looked(node).wrong == "it is not UTF-8"
    node.written.unlink()
    assert looked(node).wrong.startswith("the site file cannot be read; no such file")


def test_a_file_is_looked_over_once_and_again_where_nobody_could(tmp_path: Path) -> None:
    asked: list[str] = []

    async def fails_first(*told: str | None) -> Examined:
        asked.append(str(told[1]))
        if len(asked) == 1:
            raise NotExamined("no memory is left")
        return await here(*told)  # type: ignore[arg-type]

    node = Node(tmp_path, look_over=fails_first)
    node.write(POLLED)
    assert looked(node).wrong == "no memory is left"
    assert looked(node).need == "reload"
    looked(node)
    assert len(asked) == 2


# What another node sends (R6-34)


def take(node: Node, text: str = POLLED, over: str = TWO, busy: str = "", **told: object) -> str:
    return asyncio.run(node.keeping.take(offer(text, over, **told), "control1", lambda: busy))


def test_r6_34_a_proved_file_is_taken_and_waits(node: Node) -> None:
    assert take(node) == ""
    assert (node.next.digest, node.next.sender) == (digest(POLLED), "control1")
    view = node.keeping.view()
    assert (view.pending, view.pending_from, view.not_armed) == (digest(POLLED), "control1", "")
    assert node.written.read_text(encoding="utf-8") == TWO


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"busy": "incident 3 is open"}, "incident 3 is open"),
        ({"text": POLLED.replace("confirm: 90s", "confirm: 90")}, "its check fails here; "),
        ({"text": POLLED.replace("site: small", "site: large")}, "another site"),
        ({"text": POLLED.replace("control2", "control9")}, "control2 is no control node in it"),
        ({"version": "99.0"}, "its check fails here; it was proved with Teiden 99.0"),
        ({"holds": False}, "its check fails here; the mains fail did not hold"),
        ({"over": LATER}, "the file there has changed since it was shown"),
    ],
)
def test_r6_34_a_file_is_refused_whole_and_nothing_of_it_is_left(
    node: Node, told: dict[str, str], refusal: str
) -> None:
    assert refusal in take(node, **told)
    assert (node.next.digest, node.next.sender) == (digest(TWO), "")
    assert list(node.state.iterdir()) == []


def test_r6_34_a_record_that_is_about_another_file_is_none(node: Node) -> None:
    forged = replace(offer(POLLED, TWO), proof=proof(LATER))
    assert "has changed since" in asyncio.run(node.keeping.take(forged, "control1", idle))
    broken = replace(offer(POLLED, TWO), proof=b"{\xff")
    assert asyncio.run(node.keeping.take(broken, "control1", idle)) == "its check fails here; it is not UTF-8"


def test_r6_34_an_incident_that_begins_during_the_check_refuses_it_as_well(node: Node) -> None:
    said = iter(["", "incident 3 is open"])
    refusal = asyncio.run(node.keeping.take(offer(POLLED, TWO), "control1", lambda: next(said)))
    assert refusal == "incident 3 is open"
    assert node.next.digest == digest(TWO)


def test_r6_04_one_file_is_taken_at_a_time(tmp_path: Path) -> None:
    async def both() -> list[str]:
        first = node.keeping.take(offer(POLLED, TWO), "control1", idle)
        second = node.keeping.take(offer(LATER, TWO), "control3", idle)
        return list(await asyncio.gather(first, second))

    async def slow(*told: str | None) -> Examined:
        await asyncio.sleep(0)
        return await here(*told)  # type: ignore[arg-type]

    node = Node(tmp_path, look_over=slow)
    assert asyncio.run(both()) == ["", "another site file is just being taken"]
    assert node.next.digest == digest(POLLED)


def test_r6_33_a_disk_that_is_full_changes_nothing(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*told: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("teiden.configuration.lying.write_whole", full)
    assert take(node) == "it could not be written; no space left on device"
    assert node.next.digest == digest(TWO)


def test_r8_01_whoever_asks_is_told_which_file_is_next(node: Node) -> None:
    told = asyncio.run(node.keeping.lying())
    assert (told["next"], told["active"]) == (digest(TWO), digest(TWO))
    take(node)
    assert asyncio.run(node.keeping.lying())["next"] == digest(POLLED)
    node.written.unlink()
    assert "no such file" in asyncio.run(node.keeping.lying())["refused"]


# Reload


def reload(node: Node, busy: str = "") -> str:
    return asyncio.run(node.keeping.reload(lambda: busy))


def test_r6_45_a_reload_begins_another_life_by_what_lies_there(node: Node) -> None:
    node.write(POLLED, proved=True)
    assert reload(node) == ""
    assert [one.digest for one in node.begun] == [digest(POLLED)]


def test_r6_45_a_reload_takes_up_what_another_node_has_sent(node: Node) -> None:
    keep_received(node.written, node.state, POLLED.encode(), proof(POLLED), TWO.encode(), "control1")
    assert reload(node) == ""
    assert [one.sender for one in node.begun] == ["control1"]


@pytest.mark.parametrize(
    ("text", "proved", "busy", "refusal"),
    [
        (TWO, True, "", "the file on the disk is the one that is gone by"),
        (LATER, True, "", "upses.ups3.confirm needs more than a reload (service): see `teiden status`"),
        (POLLED, False, "", "an armed service goes by a proved file only; nothing was proved of it"),
        (POLLED, True, "incident 3 is open", "not now; incident 3 is open"),
        (POLLED, True, "the mains of ups4 are away", "not now; the mains of ups4 are away"),
        ("site: [", True, "", "site.yaml:"),
    ],
)
def test_r6_45_what_a_reload_does_not_take_up(
    node: Node, text: str, proved: bool, busy: str, refusal: str
) -> None:
    node.write(text, proved=proved)
    assert refusal in reload(node, busy)
    assert node.begun == []


def test_x12_a_watching_service_reloads_without_a_proof(tmp_path: Path) -> None:
    node = Node(tmp_path, armed=False)
    node.write(POLLED)
    assert reload(node) == ""


def test_a_file_that_cannot_be_taken_up_leaves_the_life_as_it_is(node: Node) -> None:
    node.write(POLLED, proved=True)
    node.keeping._again = lambda file: (_ for _ in ()).throw(ValueError("no"))
    assert reload(node) == "it could not be taken up; no"


# The process that looks files over


@pytest.mark.long
def test_another_process_finds_the_same(node: Node) -> None:
    told = (TWO, LATER, proof(LATER).decode(), str(node.written), "control2")
    apart = asyncio.run(examined(*told))
    assert asdict(apart) == asdict(asyncio.run(here(*told)))
    assert (apart.need, apart.not_armed) == ("service", "")


def test_a_process_that_says_nothing_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("teiden.configuration.examine.MODULE", "teiden.no_such_module")
    with pytest.raises(NotExamined, match="could not be looked over"):
        asyncio.run(examined(TWO, LATER, None, "site.yaml", "control2"))
