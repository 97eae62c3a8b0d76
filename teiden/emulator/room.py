"""A pretend room whose devices stand on real sockets of this machine, and how each of them is reached.

Every UPS has an SNMP card, every server a management controller and an SSH server, every array its line
service, the cluster its programs and its REST status. All on loopback, on free ports; the LAN's switches
are real in so far as nothing answers while they have no power.
"""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import TypeVar

import asyncssh

from realtime.clock import WallClock
from realtime.contacts import (
    ArrayContact,
    ClusterContact,
    Contacts,
    Live,
    PeerContact,
    PeerIdentity,
    RedfishContact,
    ServerContact,
    SnmpContact,
    SshContact,
    UpsContact,
    WakeContact,
)
from realtime.secret import Secret
from sequencer.events import Stream
from sequencer.requests import Request, Wish
from sim.deeds import MANAGER
from sim.node import Life
from sim.room import Room
from sim.server import Server
from sim.ups import Ups
from teiden.emulator.array_service import ArrayService
from teiden.emulator.bmc import Bmc
from teiden.emulator.cable import Cable
from teiden.emulator.certificate import Authority
from teiden.emulator.cluster_rest import ClusterRest
from teiden.emulator.cluster_standins import ClusterStandins
from teiden.emulator.snmp import apc, rfc1628
from teiden.emulator.snmp.access import Community, User
from teiden.emulator.snmp.agent import Agent
from teiden.emulator.snmp.card import SnmpCard
from teiden.emulator.ssh_server import SshServer
from teiden.emulator.wake_listener import WakeListener
from teiden.story import Story

T = TypeVar("T")

LOOPBACK = "127.0.0.1"
USER = "teiden"
READER = "reader"
COMMUNITY = "public-read"


class EmulatedRoom:
    """Built at time 0, which is when `clock.begin` says; `open` puts it on sockets, `close` takes it off.

    `folder`: for keys, certificates and what the nodes keep. `life`: what runs on its control nodes.
    """

    def __init__(
        self,
        story: Story,
        folder: Path,
        *,
        rate: float,
        seed: int = 0,
        stream: Stream | None = None,
        clock: WallClock | None = None,
        life: Callable[[Server], Life],
    ) -> None:
        """`clock`: one of your own, in place of `rate`."""
        self.site = story.site
        self.folder = folder
        self.clock = WallClock(rate=rate, origin_s=inf) if clock is None else clock
        self.room = Room(
            story.site,
            story.model,
            seed=seed,
            horizon_s=story.until_s,
            stream=stream,
            start=story.start,
            env=self.clock,
            life=life,
        )
        self.agents: dict[str, Agent] = {}
        self.cards: dict[str, SnmpCard] = {}
        self._story = story
        self._secret = secrets.token_hex(16)
        self._stack = AsyncExitStack()
        self._upses: dict[str, UpsContact] = {}
        self._servers: dict[str, ServerContact] = {}
        self._arrays: dict[str, ArrayContact] = {}
        self._cluster = ClusterContact()
        self._standins: ClusterStandins | None = None
        self._peers: dict[str, PeerContact] = {}

    def act(self, do: Callable[[], T]) -> T:
        """What comes from a socket happens in the room at the clock's now."""
        return self.clock.act(do)

    def reachable(self) -> bool:
        return self.room.lan.up

    async def open(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._write("secret", self._secret)
        authority = Authority()
        self._write("ca.pem", authority.pem)
        key = asyncssh.generate_private_key("ssh-ed25519")
        self._write("ssh_key", key.export_private_key().decode())
        for ups in self.room.upses.values():
            await self._open_card(ups)
        tls = authority.context_for(LOOPBACK)
        for server in self.room.servers.values():
            await self._open_server(server, tls, key)
        await self._open_wake()
        for array in self.room.arrays.values():
            service = ArrayService(array, self.act, reachable=self.reachable)
            await service.start()
            self._stack.push_async_callback(service.close)
            self._arrays[array.name] = ArrayContact(LOOPBACK, service.port)
        await self._open_cluster()

    async def close(self) -> None:
        await self._stack.aclose()
        await self.clock.close()

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")

    @property
    def _secret_at(self) -> str:
        return f"file:{self.folder / 'secret'}"

    # The devices

    async def _open_card(self, ups: Ups) -> None:
        snmp = self.site.upses[ups.name].snmp
        card = SnmpCard(ups, self.clock)
        mib = rfc1628.tables(card) if snmp.mib == "rfc1628" else apc.tables(card)
        word = Secret(self._secret)
        agent = Agent(
            mib,
            (LOOPBACK, 0),
            act=self.act,
            communities=[Community(Secret(COMMUNITY))],
            users=[User(USER, word, word, may_write=True), User(READER, word, word)],
            card=card,
            folder=self.folder,
            reachable=self.reachable,
        )
        await agent.start()
        self._stack.push_async_callback(agent.close)
        self._stack.callback(card.close)
        self.agents[ups.name], self.cards[ups.name] = agent, card
        self._upses[ups.name] = SnmpContact(
            LOOPBACK, agent.port, mib=snmp.mib, user=USER, auth="sha1", secret=self._secret_at
        )

    async def _open_server(self, server: Server, tls: ssl.SSLContext, key: asyncssh.SSHKey) -> None:
        bmc = Bmc(server, self.act, user=USER, password=self._secret, tls=tls)
        await bmc.start()
        self._stack.push_async_callback(bmc.close)
        public = key.export_public_key().decode().strip()
        ssh = SshServer(server, self.act, authorized_key=public)
        await ssh.start()
        self._stack.push_async_callback(ssh.close)
        self._servers[server.name] = ServerContact(
            bmc=RedfishContact(
                f"https://{LOOPBACK}:{await self._cable_to(bmc.port)}",
                user=USER,
                secret=self._secret_at,
                ca=str(self.folder / "ca.pem"),
            ),
            ssh=SshContact(
                LOOPBACK,
                await self._cable_to(ssh.port),
                user=USER,
                key=str(self.folder / "ssh_key"),
                host_key=ssh.host_key,
            ),
        )

    async def _open_wake(self) -> None:
        """As the site says: a server with a MAC is woken by it, not by its controller."""
        with_mac = [server for server in self.room.servers.values() if server.settings.mac]
        listener = WakeListener(with_mac, self.act, reachable=self.reachable)
        await listener.start()
        self._stack.push_async_callback(listener.close)
        for server in with_mac:
            wake = WakeContact(server.settings.mac, LOOPBACK, listener.port)
            self._servers[server.name] = replace(self._servers[server.name], wake=wake)

    async def _open_cluster(self) -> None:
        nodes = {name: self.room.servers[name] for name in self.site.cluster.nodes}
        standins = ClusterStandins(
            self.room.cluster, nodes, self.act, ac_mode=self.site.cluster.ac_mode, told=self._told
        )
        await standins.start()
        self._stack.push_async_callback(standins.close)
        rest = ClusterRest(self.room.cluster, nodes, self.act)
        await rest.start()
        self._stack.push_async_callback(rest.close)
        self._standins = standins
        self._cluster = ClusterContact(standins.commands("{node}"), rest_url=rest.url)

    def _told(self, node: str, wish: Wish) -> None:
        """The cluster's manager tells the service on the node where it was asked (R2-08)."""
        self.room.lives[node].hear(Request(secrets.token_hex(4), wish, (), f"{MANAGER} on {node}"))

    # How it is reached

    async def connect(self, listening: dict[str, int]) -> None:
        """Cables between the services, which the LAN's switches pull: `listening`, where each is."""
        for node, port in listening.items():
            self._peers[node] = PeerContact(LOOPBACK, await self._cable_to(port))

    async def _cable_to(self, port: int) -> int:
        """Its other end. Without the LAN connections stay open and silent, and new ones hang."""
        cable = Cable(lambda: (LOOPBACK, port), self.reachable)
        await cable.start()
        self._stack.push_async_callback(cable.close)
        return cable.port

    def contacts(self) -> Contacts:
        assert self._standins is not None, "it has not been opened"
        node = str(self.folder / "{node}")
        return Contacts(
            upses=dict(self._upses),
            servers=dict(self._servers),
            arrays=dict(self._arrays),
            cluster=self._cluster,
            peers=dict(self._peers),
            identity=PeerIdentity(
                ca=str(self.folder / "peers" / "ca.pem"),
                certificate=str(self.folder / "peers" / "{node}.pem"),
                key=str(self.folder / "peers" / "{node}.key"),
            ),
            power_off=self._standins.system("{node}", "poweroff"),
            power_reboot=self._standins.system("{node}", "reboot"),
            power_force=self._standins.system("{node}", "poweroff", "--force"),
            own_job=self._standins.system("{node}", "job", "{job}"),
            live=Live(
                journal=f"{node}/journal.db",
                events=f"{node}/events",
                socket=f"{node}/requests.sock",
                manager_socket=f"{node}/manager.sock",
                stop_file=f"{node}/stop",
            ),
        )
