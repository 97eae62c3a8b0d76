"""A pretend server on real sockets of this machine, for drivers to be tried at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh

from realtime.contacts import RedfishContact, ServerContact, SshContact, WakeContact
from realtime.secret import Secret
from sequencer.site import Job
from sim.model import JobModel
from sim.room import Room
from teiden.emulator.bmc import Bmc
from teiden.emulator.certificate import Authority
from teiden.emulator.ssh_server import SshServer
from teiden.emulator.wake_listener import WakeListener
from tests.worlds import reference_model, reference_site

LIMIT_S = 20.0
MAC = "02:00:00:00:00:51"
JOBS = (Job("export", ("/opt/export",)), Job("broken", ("/opt/broken",)), Job("slow", ("/opt/slow",), 2.0))
PASSWORD = "one long pass phrase"

AUTHORITY = Authority()
TLS = AUTHORITY.context_for("127.0.0.1")
HOST_KEY = asyncssh.generate_private_key("ssh-ed25519")
OWN_KEY = asyncssh.generate_private_key("ssh-ed25519")
OTHER_KEY = asyncssh.generate_private_key("ssh-ed25519")


def secret(where: str) -> Secret:
    return Secret({"env:BMC": PASSWORD}.get(where, "wrong"))


def pinned(key: asyncssh.SSHKey) -> str:
    return key.export_public_key().decode().strip()


class Machine:
    """`blade1` of the reference site; `go` lets the pretend room's time pass."""

    def __init__(self, folder: Path) -> None:
        site = reference_site()
        blade = replace(site.servers["blade1"], mac=MAC, start_jobs=JOBS, shutdown_limit_s=180.0)
        model = reference_model()
        jobs = {"broken": JobModel(fails=True), "slow": JobModel(takes_s=10.0)}
        model = replace(
            model, servers={**model.servers, "blade1": replace(model.servers["blade1"], jobs=jobs)}
        )
        self.room = Room(replace(site, servers={**site.servers, "blade1": blade}), model, horizon_s=1e6)
        for ups in self.room.upses.values():
            ups.begin()
        self.server = self.room.servers["blade1"]
        self.settings = blade
        self.ssh = SshServer(self.server, self.act, authorized_key=pinned(OWN_KEY), host_key=HOST_KEY)
        self.bmc = Bmc(self.server, self.act, user="teiden", password=PASSWORD, tls=TLS)
        self.ears = WakeListener([self.server], self.act)
        self.key = folder / "id"
        self.ca = folder / "ca.pem"
        self.key.touch(0o600)
        self.key.write_bytes(OWN_KEY.export_private_key())
        self.ca.write_text(AUTHORITY.pem)

    @staticmethod
    def act(do: Any) -> Any:
        return do()

    async def go(self, for_s: float) -> None:
        self.room.env.run(until=float(self.room.env.now) + for_s)
        await self.settled()

    async def power(self, on: bool) -> None:
        self.room.upses["ups5"]._set_output(on, "the test")
        await self.settled()

    async def settled(self) -> None:
        await self.ssh.settled()
        await self.bmc.settled()

    def ssh_contact(self, **changes: Any) -> SshContact:
        contact = SshContact("127.0.0.1", self.ssh.port, key=str(self.key), host_key=pinned(HOST_KEY))
        return replace(contact, **changes)

    def bmc_contact(self, **changes: Any) -> RedfishContact:
        contact = RedfishContact(self.bmc.url, user="teiden", secret="env:BMC", ca=str(self.ca))
        return replace(contact, **changes)

    def contact(self, *ways: str) -> ServerContact:
        return ServerContact(
            bmc=self.bmc_contact() if "bmc" in ways else None,
            ssh=self.ssh_contact() if "ssh" in ways else None,
            wake=WakeContact(MAC, "127.0.0.1", self.ears.port) if "wake" in ways else None,
        )


@asynccontextmanager
async def machine(folder: Path) -> AsyncIterator[Machine]:
    made = Machine(folder)
    await made.ssh.start()
    await made.bmc.start()
    await made.ears.start()
    try:
        yield made
    finally:
        await made.ssh.close()
        await made.bmc.close()
        await made.ears.close()
        await asyncio.sleep(0)
