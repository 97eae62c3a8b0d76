"""One life of the sequencer on a real control node: its ports, its stream, its number, its end.

What `sim.node.Node` is for the pretend room. It decides nothing: the same `duty` runs here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import TypeVar

from realtime.clock import WallClock
from realtime.driver import ArrayDriver, ClusterDriver, HostDriver, ServerDriver, UpsDriver
from realtime.ports import ArrayPort, ClusterPort, HostPort, Link, ServerPort, UpsPort
from sequencer import notices
from sequencer.duty import duty
from sequencer.events import Stream
from sequencer.guards import Refusal
from sequencer.notices import Noticed
from sequencer.ports import JournalPort, PeerPort, Ports, RequestPort, UpsStatus, WallPort
from sequencer.run import Run
from sequencer.site import Site

S = TypeVar("S")

COMMAND_LIMIT_S = 15.0
"""A command and its first proof: a UPS is asked for up to 5 s whether its OFF counts down. Env seconds."""


@dataclass(frozen=True)
class Machines:
    """A driver for every device of the site."""

    upses: Mapping[str, UpsDriver]
    servers: Mapping[str, ServerDriver]
    arrays: Mapping[str, ArrayDriver]
    cluster: ClusterDriver
    hosts: Mapping[str, HostDriver]


@dataclass(frozen=True)
class Memory:
    """What outlives a life, and who else is there."""

    journal: JournalPort
    wall: WallPort
    requests: RequestPort
    peers: Mapping[str, PeerPort]
    booted: bool = False
    """The system has booted since an earlier life began on it."""


class Life:
    """`begin` it when its ports may be used; `end` it once."""

    def __init__(
        self,
        env: WallClock,
        site: Site,
        me: str,
        link: Link,
        machines: Machines,
        memory: Memory,
        stream: Stream,
        *,
        name: str,
        permit: Callable[[str, str], Refusal | None],
    ) -> None:
        self._stream = stream
        self._me = me
        self.env = env
        self.machines = machines
        self.link = link
        since_s, found_s = dict[str, float](), dict[str, float]()
        offs_s, moved_s = dict[str, float](), dict[str, float]()
        self.upses = {
            n: UpsPort(
                link, n, d, self._counting(n, since_s, found_s, offs_s), command_limit_s=COMMAND_LIMIT_S
            )
            for n, d in machines.upses.items()
        }
        self.servers = {
            n: ServerPort(link, n, d, self._noticed(n, notices.of_server), command_limit_s=COMMAND_LIMIT_S)
            for n, d in machines.servers.items()
        }
        self.arrays = {
            n: ArrayPort(link, n, d, self._noticed(n, notices.of_array), command_limit_s=COMMAND_LIMIT_S)
            for n, d in machines.arrays.items()
        }
        cluster = site.cluster.name
        self.cluster = ClusterPort(
            link,
            cluster,
            machines.cluster,
            notices.moving(self._noticed(cluster, notices.of_cluster), env, moved_s),
        )
        hosts = {
            n: HostPort(link, n, d, self._noticed(n, notices.of_host)) for n, d in machines.hosts.items()
        }
        self.peers = dict(memory.peers)
        ports = Ports(
            upses={**self.upses},
            servers={**self.servers},
            arrays={**self.arrays},
            cluster=self.cluster,
            peers={**memory.peers},
            journal=memory.journal,
            wall=memory.wall,
            requests=memory.requests,
            hosts={**hosts},
            countdowns_s=since_s,
            found_s=found_s,
            offs_s=offs_s,
            moved_s=moved_s,
            booted=memory.booted,
        )
        self.run = Run(env, site, me, ports, stream, name)
        self.run.permit = permit

    def begin(self) -> None:
        """Entered from the top: every boot is a recovery boot."""
        self.run.spawn(duty(self.run))
        for server in self.servers.values():
            server.seen()  # polled from now on: whoever asks for the status is told of everything
        for array in self.arrays.values():
            array.seen()

    def end(self) -> None:
        self.run.end()
        self.link.close()

    def poke(self, device: str) -> None:
        """A trap came from this UPS's card."""
        if device in self.upses:
            self.upses[device].poke()

    def _noticed(self, name: str, news: Callable[[S | None, S | None], list[str]]) -> Noticed[S]:
        return notices.noticing(news, self.env, self._stream, name, self._me)

    def _counting(self, ups: str, *noted: dict[str, float]) -> Noticed[UpsStatus]:
        return notices.counting(self._noticed(ups, notices.of_ups), self.env, ups, *noted)


def life_name(me: str, now: datetime) -> str:
    """Of no other life of this node, also where its clock begins in 1970 at every boot (T4)."""
    return f"{me}/{now:%Y%m%dT%H%M%S}-{token_hex(2)}"
