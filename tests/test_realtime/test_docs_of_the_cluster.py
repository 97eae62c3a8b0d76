"""What docs/howto/cluster.md shows is typed at the stand-ins, and its scripts are run."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from realtime.clusters import clusterpro, words
from realtime.clusters.report import COMING, DOWN, GOING, UP
from sim.room import Room
from teiden.emulator.cluster_standins import ClusterStandins
from tests.worlds import reference_model, reference_site

PAGE = (Path(__file__).parents[2] / "docs" / "howto" / "cluster.md").read_text(encoding="utf-8")
CONSOLES = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


async def typed(folder: Path, *words: str) -> str:
    environment = {"PATH": f"{folder}:{os.environ['PATH']}"}
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(*words, env=environment, stdout=pipe, stderr=pipe)
    said, _ = await program.communicate()
    return said.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are programs of a POSIX system")
def test_what_is_typed_there_prints_what_is_shown() -> None:
    shown = [
        session
        for console in CONSOLES
        for session in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", console, re.M)
    ]
    assert len(shown) == 6

    async def run() -> None:
        site = reference_site()
        room = Room(site, reference_model(), horizon_s=1e6)
        standins = ClusterStandins(
            room.cluster, {n: room.servers[n] for n in site.cluster.nodes}, lambda do: do()
        )
        await standins.start()
        try:
            for command, output in shown:
                assert await typed(standins.folder("control1"), *command.split()) == output
        finally:
            await standins.close()

    asyncio.run(run())


@pytest.mark.skipif(sys.platform == "win32", reason="sh")
@pytest.mark.parametrize(("option", "news"), [((), "shutdown"), (("-r",), "reboot")])
def test_the_script_tells_first_and_shuts_down_also_when_nobody_hears(
    tmp_path: Path, option: tuple[str, ...], news: str
) -> None:
    (script,) = re.findall(r"^ +```sh\n(.*?)^ +```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "cluster-off").write_text(script.replace("\n   ", "\n").strip() + "\n")
    for program, code in (("teiden", 3), ("clpstdn", 0)):
        (tmp_path / program).write_text(
            f'#!/bin/sh\necho {program} "$1" "$2" >>"{tmp_path}/log"\nexit {code}\n'
        )
        (tmp_path / program).chmod(0o755)
    asyncio.run(typed(tmp_path, "sh", str(tmp_path / "cluster-off"), *option))
    first, second = (tmp_path / "log").read_text().splitlines()
    assert first == f"teiden told {news}"
    assert second.split() == ["clpstdn", *option]


def test_every_command_and_every_word_is_explained() -> None:
    for word, command in clusterpro.COMMANDS.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{word}` |"))
        assert f"`{' '.join(command)}`" in row or (not command and "(none)" in row)
    for word in (*words.STATES, *(f"`{w.title()}`" for w in (*UP, COMING, GOING, DOWN))):
        assert word in PAGE
