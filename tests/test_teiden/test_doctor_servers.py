"""Doctor at a server: its controller, its way over SSH and its clock; each trouble with what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import CommandContact, Contacts, ServerContact, WakeContact
from sequencer.site import AcLink
from teiden.doctor.context import Context
from teiden.doctor.context import Machine as ThisMachine
from teiden.doctor.finding import Found
from teiden.doctor.server_sight import broadcasts
from teiden.emulator.certificate import Authority
from tests.doctored import FAIL, OK, WARN, found, look, only, reference, with_site
from tests.test_realtime.machine import MAC, OTHER_KEY, PASSWORD, Machine, machine, pinned

ROUTES = """\
Main:
  +-- 0.0.0.0/0 3 0 5
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.255
           /32 link BROADCAST
        |-- 192.0.2.2
           /32 host LOCAL
"""


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BMC", PASSWORD)


def at_blade1(
    folder: Path,
    *ids: str,
    trouble: Callable[[Machine], Any] = lambda made: None,
    contact: Callable[[Machine], ServerContact] = lambda made: made.contact("bmc", "ssh"),
    mac: str = MAC,
    **settings: Any,
) -> dict[str, list[Found]]:
    """What these checks find, all at one machine."""
    blade = replace(reference().site.servers["blade1"], mac=mac)
    site_file = with_site(servers={**reference().site.servers, "blade1": blade})

    async def run() -> dict[str, list[Found]]:
        async with machine(folder) as made:
            waited = trouble(made)
            if waited is not None:
                await waited
            contacts = Contacts(servers={"blade1": contact(made)})
            return {id: await found(id, contacts, "blade1", site_file=site_file, **settings) for id in ids}

    return asyncio.run(run())


ALL = (
    *("server.state", "server.seen_halted", "server.clock", "server.wake", "server.certificate"),
    *("server.ac_link", "server.mac", "server.ssh", "server.forced"),
)


def in_the_rooms_time(ctx: Context) -> None:
    ctx.emulated = True


def test_of_a_server_that_is_well_every_row_is_ok(tmp_path: Path) -> None:
    rows = at_blade1(tmp_path, *ALL, prepare=in_the_rooms_time)
    words = {id: [(row.level, row.words) for row in found] for id, found in rows.items()}
    ((level, told),) = words.pop("server.certificate")
    assert level is OK
    assert told.startswith("the pinned one; valid until 20")
    assert words == {
        "server.state": [(OK, "up, by its controller, its SSH port")],
        "server.seen_halted": [],
        "server.clock": [(OK, "+0.0 s against ours, limit 30 s")],
        "server.wake": [],
        "server.ac_link": [(OK, "it boots, as in the site file")],
        "server.mac": [(OK, f"{MAC}, as in the site file")],
        "server.ssh": [(OK, "the pinned host key, our key, and `state` answers up")],
        "server.forced": [(OK, "a command that is none of ours is refused")],
    }


def test_a_clock_that_differs_fails(tmp_path: Path) -> None:
    """The pretend room's clock stands where its story began."""
    level, words, do = only(at_blade1(tmp_path, "server.clock")["server.clock"])
    assert level is FAIL
    assert words.endswith("s against ours, limit 30 s")
    assert "time server" in do


def test_bios_and_mac_are_held_against_the_site_file(tmp_path: Path) -> None:
    def otherwise(made: Machine) -> None:
        made.bmc.ac_link = AcLink.STAY_OFF
        made.bmc.mac = "02:00:00:00:00:99"

    rows = at_blade1(tmp_path, "server.ac_link", "server.mac", trouble=otherwise)
    level, words, do = only(rows["server.ac_link"])
    assert (level, words) == (FAIL, "it stays off; the site file says: it boots")
    assert "BIOS" in do
    level, words, _ = only(rows["server.mac"])
    assert (level, words) == (FAIL, f"{MAC} in the site file; it has 02:00:00:00:00:99")


def test_a_controller_that_names_no_interface_proves_nothing(tmp_path: Path) -> None:
    def names_none(made: Machine) -> None:
        made.bmc.mac = ""

    level, words, _ = only(at_blade1(tmp_path, "server.mac", trouble=names_none)["server.mac"])
    assert (level, words) == (WARN, f"{MAC} in the site file; its controller names none")


def test_a_certificate_of_another_ca_fails_and_one_that_ends_soon_is_renewed(tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    other.write_text(Authority().pem)

    def by_other_ca(made: Machine) -> ServerContact:
        return ServerContact(bmc=made.bmc_contact(ca=str(other)))

    level, words, do = only(
        at_blade1(tmp_path, "server.certificate", contact=by_other_ca)["server.certificate"]
    )
    assert level is FAIL
    assert words.startswith("its certificate is not trusted")
    assert "pin it anew" in do

    def in_a_fortnight(ctx: Context) -> None:
        ctx.wall = lambda: time.time() + 15 * 86400.0

    rows = at_blade1(tmp_path, "server.certificate", prepare=in_a_fortnight)
    level, _, do = only(rows["server.certificate"])
    assert (level, do) == (WARN, "renew it, and pin the new one")


def test_another_host_key_is_never_simply_pinned(tmp_path: Path) -> None:
    def changed(made: Machine) -> ServerContact:
        return ServerContact(ssh=made.ssh_contact(host_key=pinned(OTHER_KEY)))

    level, words, do = only(at_blade1(tmp_path, "server.ssh", contact=changed)["server.ssh"])
    assert level is FAIL
    assert words.endswith("its host key is not the one that is pinned")
    assert "console" in do


def test_a_key_that_is_not_let_in_fails_with_where_it_belongs(tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.touch(0o600)
    stranger.write_bytes(OTHER_KEY.export_private_key())

    def with_it(made: Machine) -> ServerContact:
        return ServerContact(ssh=made.ssh_contact(key=str(stranger)))

    level, _, do = only(at_blade1(tmp_path, "server.ssh", contact=with_it)["server.ssh"])
    assert level is FAIL
    assert do == f"put the public half of {stranger} into authorized_keys of teiden"


def test_a_key_that_opens_a_shell_fails(tmp_path: Path) -> None:
    def unforced(made: Machine) -> None:
        made.ssh.runs_anything = True

    level, words, do = only(at_blade1(tmp_path, "server.forced", trouble=unforced)["server.forced"])
    assert (level, words) == (FAIL, "the key runs any command: `uname` was answered uname was run")
    assert "restrict,command=" in do


def test_a_halted_server_is_asked_nothing_over_ssh(tmp_path: Path) -> None:
    def halted(made: Machine) -> Any:
        made.server.force()
        return made.settled()

    rows = at_blade1(tmp_path, "server.state", "server.ssh", "server.forced", trouble=halted)
    level, words, do = only(rows["server.state"])
    assert (level, words) == (WARN, "halted, by its controller, its SSH port")
    assert "look again when it is up" in do
    assert rows["server.ssh"] == rows["server.forced"] == []


def test_a_server_whose_controller_is_gone_is_a_row(tmp_path: Path) -> None:
    level, words, do = only(
        at_blade1(tmp_path, "server.state", trouble=lambda made: made.power(False))["server.state"]
    )
    assert (level, words) == (FAIL, "controller: nothing listens there")
    assert "its controller, its SSH port" in do


def test_a_server_nobody_sees_halted_is_to_be_looked_at(tmp_path: Path) -> None:
    contact = ServerContact(command=CommandContact({"shutdown": ("true",)}))
    level, words, do = only(look("server.seen_halted", Contacts(servers={"blade1": contact}), "blade1"))
    assert (level, words) == (WARN, "nobody would see that it has halted")
    assert "bmc" in do


@pytest.mark.parametrize(
    ("where", "level"), [("192.0.2.255", OK), ("255.255.255.255", OK), ("198.51.100.255", WARN)]
)
def test_a_wake_up_packet_must_reach_a_network_of_ours(tmp_path: Path, where: str, level: object) -> None:
    routes = tmp_path / "fib_trie"
    routes.write_text(ROUTES)
    contact = ServerContact(wake=WakeContact(MAC, where))
    contacts = Contacts(servers={"blade1": contact})
    (row,) = look("server.wake", contacts, "blade1", machine=ThisMachine(routes=str(routes)))
    assert row.level is level
    assert broadcasts(str(routes)) == {"192.0.2.255"}
