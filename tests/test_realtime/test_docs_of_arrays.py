"""What docs/array-protocol.md shows: its conversation, its numbers, its script."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path

import pytest

from realtime.arrays.lines import LineArray
from realtime.arrays.protocol import Handshake
from realtime.arrays.words import FLUSHES, SERVICES
from realtime.contacts import ArrayContact
from sequencer.ports import Accepted, ArrayStatus, Flush, Receipt, Service
from tests.test_realtime.hostile import WORD, array_service, listening

PAGE = (Path(__file__).parents[2] / "docs" / "array-protocol.md").read_text(encoding="utf-8")


def test_the_conversation_is_had_as_shown() -> None:
    lines = re.findall(r"^    ([<>]) (.*)$", PAGE, re.MULTILINE)
    assert len(lines) == 9

    async def run() -> None:
        async with array_service() as service:
            reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
            for direction, line in lines:
                if direction == ">":
                    if line.startswith("4"):
                        service.room.env.run(until=3600)
                    writer.write(line.encode() + b"\n")
                else:
                    assert (await reader.readline()).decode() == line + "\n"
            writer.close()

    asyncio.run(run())


def test_the_proofs_shown_are_right() -> None:
    handshake = Handshake("linkeddisk", "a" * 32, "b" * 32)
    assert f"P = {handshake.proof(WORD, 'client')}\n" in PAGE
    assert f"Q = {handshake.proof(WORD, 'service')}\n" in PAGE


def test_every_word_of_a_state_is_explained() -> None:
    for word in (*SERVICES, *FLUSHES):
        assert f"| `{word}` |" in PAGE


def test_the_script_shown_is_a_service(tmp_path: Path) -> None:
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("no sh on this machine")
    (script,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "service").write_text(script)
    for program, content in (("array-is-ready", "exit 0"), ("array-flush", f'cat "{tmp_path}/gate"')):
        (tmp_path / program).write_text(f"#!/bin/sh\n{content}\n")
        (tmp_path / program).chmod(0o755)
    os.mkfifo(tmp_path / "gate")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "RUNTIME_DIRECTORY": str(tmp_path)}

    programs: list[asyncio.subprocess.Process] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As systemd does: the connection is its standard input and output."""
        connection = writer.get_extra_info("socket").fileno()
        blocking = os.dup(connection)
        os.set_blocking(blocking, True)
        writer.transport.pause_reading()
        program = await asyncio.create_subprocess_exec(
            shell, tmp_path / "service", stdin=blocking, stdout=blocking, env=environment
        )
        os.close(blocking)
        programs.append(program)
        await program.wait()

    async def run() -> None:
        async with listening(serve) as port:
            array = LineArray(ArrayContact("127.0.0.1", port), "linkeddisk", limit_s=5)
            assert await array.read() == ArrayStatus(Service.READY, Flush.NOT_ASKED)
            assert await array.flush() == await array.flush() == Receipt(Accepted.YES)
            assert await array.read() == ArrayStatus(Service.READY, Flush.UNDER_WAY)
            with open(tmp_path / "gate", "w"):
                pass  # the flush ends
            while (await array.read()) != ArrayStatus(Service.READY, Flush.DONE):
                await asyncio.sleep(0.005)
            await array.close()
            for program in programs:
                await program.wait()  # a loop that closes before its children are reaped leaves a warning

    asyncio.run(asyncio.wait_for(run(), 10))
