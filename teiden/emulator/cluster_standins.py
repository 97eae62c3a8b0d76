"""Stand-ins for CLUSTERPRO's commands on the nodes of a pretend room: clpstat, clpcl, clpstdn, clpacmode.

Small programs, one folder a node, that ask this process over a Unix socket what they should print and
end with. They know of the options what docs/howto/cluster.md uses, and refuse the others.
"""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from sequencer.ports import Receipt
from sequencer.requests import Wish
from sim.cluster import Cluster
from sim.server import Server
from teiden.emulator.array_service import Act
from teiden.emulator.cluster_view import view
from teiden.emulator.pretend_job import run_job

MOST_BYTES = 4096
"""Of a request."""
PROGRAMS = ("clpstat", "clpcl", "clpstdn", "clpacmode", "cluster-force", "poweroff", "reboot", "job")
"""`cluster-force` is nobody's: it tells the pretend room that it was forced, for which no product has a
command. The last three are the system's own, and whatever a job would run there."""
ASK = """\
import sys, _socket  # not `socket`: importing that takes longer than all the rest
asked = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
try:
    asked.connect(sys.argv[1])
except OSError as error:
    sys.exit(f"Command failed. The pretend room is not there: {error.strerror}")
asked.sendall("\\0".join(sys.argv[2:]).encode())
asked.shutdown(_socket.SHUT_WR)
heard = bytearray()
while piece := asked.recv(4096):
    heard += piece
code, _, text = heard.decode().partition("\\n")
sys.stdout.write(text)
sys.exit(int(code or 1))
"""
SUCCEEDED = "Command succeeded.\n"


class ClusterStandins:
    """`told`: hears on which node the manager is about to do what, while its AC mode is on (R2-08, R7-08)."""

    def __init__(
        self,
        cluster: Cluster,
        nodes: Mapping[str, Server],
        act: Act,
        *,
        ac_mode: bool = True,
        told: Callable[[str, Wish], None] | None = None,
    ) -> None:
        self._cluster = cluster
        self._nodes = nodes
        self._act = act
        self._told = told
        self._folder: Path | None = None
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.Task[None]] = set()
        self.ac_mode = ac_mode
        self.silent = False
        """Fault: the programs hang."""

    async def start(self) -> None:
        """Write the programs into a folder of their own, and answer them."""
        self._folder = Path(tempfile.mkdtemp(prefix="teiden-"))  # short: the path of a socket has 100 bytes
        socket = self._folder / "manager"
        self._server = await asyncio.start_unix_server(self._serve, socket)
        ask = self._folder / "ask.py"
        ask.write_text(ASK, encoding="utf-8")
        for node in self._nodes:
            (self._folder / "nodes" / node).mkdir(parents=True)
            for name in PROGRAMS:
                words = [sys.executable, "-I", "-S", str(ask), str(socket), node, name]
                program = self._program(node, name)
                program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n', encoding="utf-8")
                program.chmod(0o755)

    async def close(self) -> None:
        assert self._server is not None
        assert self._folder is not None
        self._server.close()
        callers = list(self._callers)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def folder(self, node: str) -> Path:
        """Where this node's programs stand, to be put in front of its PATH."""
        assert self._folder is not None
        return self._folder / "nodes" / node

    def commands(self, node: str) -> dict[str, tuple[str, ...]]:
        """What `ClusterContact.commands` names on this node: CLUSTERPRO's own, here."""
        return {
            "state": (str(self._program(node, "clpstat")),),
            "stop": (str(self._program(node, "clpcl")), "-t", "-a"),
            "start": (str(self._program(node, "clpcl")), "-s", "-a"),
            "restart": (str(self._program(node, "clpstdn")), "-r"),
            "force": (str(self._program(node, "cluster-force")),),
        }

    def system(self, node: str, *words: str) -> tuple[str, ...]:
        """A node's own `poweroff`, `poweroff --force` and `reboot`, and `job NAME`."""
        name, *options = words
        return (str(self._program(node, name)), *options)

    def _program(self, node: str, name: str) -> Path:
        return self.folder(node) / name

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = asyncio.current_task()
        assert caller is not None
        self._callers.add(caller)
        try:
            asked = await reader.read(MOST_BYTES)
            while not reader.at_eof() and len(asked) < MOST_BYTES:
                asked += await reader.read(MOST_BYTES - len(asked))
            node, *words = asked.decode("utf-8", "replace").split("\0")
            if self.silent:
                await asyncio.Event().wait()
            if words[:1] == ["job"] and node in self._nodes:
                text, code = await run_job(self._nodes[node], self._act, *words[1:2])
            else:
                code, text = self._act(lambda: self._answer(node, words))
            writer.write(f"{code}\n{text}".encode())
            await writer.drain()
        except (OSError, asyncio.CancelledError):
            pass  # the program was killed, or we are closing
        finally:
            self._callers.discard(caller)
            writer.close()

    def _answer(self, node: str, words: list[str]) -> tuple[int, str]:
        """Exit code and output."""
        if node not in self._nodes or not self._nodes[node].works:
            return _failed("the node is down")
        if words[0] in ("poweroff", "reboot"):
            return _system(self._nodes[node], words)
        cluster = self._cluster
        match words:
            case ["clpstat"] | ["clpstat", "--long"]:
                return 0, view(cluster, self._nodes).screen(node)
            case ["clpcl", "-t" | "-s" as way, "-a"]:
                return _outcome(cluster.stop() if way == "-t" else cluster.start())
            case ["clpstdn"]:
                return self._shut_down(node, Wish.CLUSTER_SHUTDOWN)
            case ["clpstdn", "-r"]:
                return self._shut_down(node, Wish.CLUSTER_REBOOT)
            case ["clpacmode"]:
                return 0, f"{SUCCEEDED}current acmode: {'enabled' if self.ac_mode else 'disabled'}\n"
            case ["clpacmode", "enable" | "disable" as setting]:
                self.ac_mode = setting == "enable"
                return 0, SUCCEEDED
            case ["cluster-force"]:
                return _outcome(cluster.force())
        return _failed("these options are not known here")

    def _shut_down(self, node: str, wish: Wish) -> tuple[int, str]:
        """Told before it is done, so that whoever is told is still there to hear it."""
        if self.ac_mode and self._told is not None:
            self._told(node, wish)
        reboot = wish is Wish.CLUSTER_REBOOT
        return _outcome(self._cluster.restart() if reboot else self._cluster.shut_down())


def _system(node: Server, words: list[str]) -> tuple[int, str]:
    match words:
        case ["poweroff"]:
            return _outcome(node.shut_down())
        case ["poweroff", "--force"]:
            return _outcome(node.force())
        case ["reboot"]:
            return _outcome(node.reboot())
    return _failed("these options are not known here")


def _outcome(receipt: Receipt) -> tuple[int, str]:
    return (0, SUCCEEDED) if receipt.ok else _failed(receipt.reason)


def _failed(reason: str) -> tuple[int, str]:
    return 1, f"Command failed. {reason}\n"
