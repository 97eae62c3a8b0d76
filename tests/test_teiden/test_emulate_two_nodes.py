"""Two services: the cable between them pulled, the LAN dead, and two different site files. One commands."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from realtime.contacts import PeerContact
from sequencer.events import Event, Stream
from teiden.cli import main
from teiden.emulator.cable import Cable
from teiden.emulator.rehearsal import Playing
from teiden.emulator.room import LOOPBACK, EmulatedRoom
from tests.living import small_story, states
from tests.two_nodes import TWO, at_once, commands

pytestmark = pytest.mark.proof

RATE = 15.0


def play(folder: Path, rate: float = RATE) -> tuple[Playing, list[Event]]:
    story = small_story(folder, site=TWO, lost_for="1h", until="420s")
    playing = Playing(story, folder / "room", rate=rate, seed=0, until_s=story.until_s, stream=Stream())
    return playing, asyncio.run(playing.play(lambda t: None))


def all_off(playing: Playing) -> bool:
    return not any(ups.output for ups in playing.room.room.upses.values())


def test_s13_the_cable_between_two_services_is_pulled_and_never_do_both_tell_a_device_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They reach the cards and not each other. While the cluster runs its word decides; once it has stopped
    control2 may take the command, and tells nobody anything before it has seen control1 halted.
    """
    monkeypatch.setattr("teiden.emulator.room.EmulatedRoom.connect", pulled_at(30.0))
    playing, events = play(tmp_path, rate=6.0)  # calls to nobody take their time on the wall
    others = [sent for sent in commands(events) if sent[2] not in ("control1", "control2")]
    first = [t for t, node, _, _ in others if node == "control1"]
    second = [t for t, node, _, _ in others if node == "control2"]
    (halted_s,) = [e.t for e in events if e.is_fact and (e.name, e.subject) == ("server.halted", "control1")]
    assert first
    assert max(first) < halted_s < min(second, default=float("inf"))
    upses = playing.room.room.upses
    assert not any(upses[name].output for name in ("ups3", "ups4", "ups5")), states(playing.room)
    assert not (upses["ups1"].output and upses["ups2"].output), "somebody comes back with the mains"
    assert not [e for e in events if e.name in ("server.crashed", "array.lost_data")]


def pulled_at(t: float) -> Callable[..., object]:
    async def connect(room: EmulatedRoom, listening: dict[str, int]) -> None:
        for node, port in listening.items():
            cable = Cable(lambda port=port: (LOOPBACK, port), lambda: float(room.clock.wall_now) < t)  # type: ignore[misc]
            await cable.start()
            room._stack.push_async_callback(cable.close)
            room._peers[node] = PeerContact(LOOPBACK, cable.port)

    return connect


def test_c9_two_site_files_make_one_commander_and_an_alarm(tmp_path: Path) -> None:
    """One byte more in the file of control2, whose service is started by the same book otherwise."""
    script = tmp_path / "another.py"
    script.write_text(ANOTHER, encoding="utf-8")
    story = small_story(tmp_path, site=TWO, lost_for="1h", until="420s")
    (tmp_path / "another.yaml").write_text(TWO + "# a word more\n", encoding="utf-8")
    program = (sys.executable, str(script), str(Path(__file__).parents[2]), str(tmp_path / "another.yaml"))
    playing = Playing(
        story, tmp_path / "room", rate=RATE, seed=0, until_s=story.until_s, stream=Stream(), program=program
    )
    events = asyncio.run(playing.play(lambda t: None))
    assert at_once(events) == []
    told = [e for e in events if e.name == "alarm.raised" and e.details.get("rule") == "C9"]
    assert told
    assert {node for _, node, device, _ in commands(events) if device not in ("control1", "control2")} == {
        "control1"
    }
    assert all_off(playing), states(playing.room)


ANOTHER = """
import json, sys
from pathlib import Path
root, site, *words = sys.argv[1:]
sys.path.insert(0, root)
if words[words.index("--node") + 1] == "control2":
    place = words.index("--book") + 1
    book = json.loads(Path(words[place]).read_text())
    words[place] += ".another"
    Path(words[place]).write_text(json.dumps({**book, "site": site}))
sys.argv = ["teiden", *words]
from teiden.cli import main
main()
"""


def test_the_event_files_of_a_live_night_are_drawn_and_become_tables(tmp_path: Path) -> None:
    """And the LAN dies with the UPSes of both nodes while they are still at it."""
    playing, events = play(tmp_path)
    assert at_once(events) == []
    assert all_off(playing), states(playing.room)
    files = sorted(tmp_path.glob("room/*/events/events-*.jsonl"))
    assert len(files) == 2
    for path in files:
        drawn = CliRunner().invoke(main, ["plot", str(path), "-o", str(path.with_suffix(".svg"))])
        assert drawn.exit_code == 0, drawn.output
        assert path.with_suffix(".svg").stat().st_size > 10_000
        table = CliRunner().invoke(main, ["table", str(path), "-o", str(path.with_suffix(".csv"))])
        assert table.exit_code == 0, table.output
        assert "ups5" in path.with_suffix(".csv").read_text(encoding="utf-8")
