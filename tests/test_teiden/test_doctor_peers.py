"""Doctor at the link to the other node, and at the ports that the firewall must let through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from realtime.contacts import (
    AlarmContact,
    ArrayContact,
    Contacts,
    PeerContact,
    RedfishContact,
    ServerContact,
    SnmpContact,
    SshContact,
)
from realtime.peers.link import installed_version
from teiden.doctor.context import Context
from teiden.doctor.finding import Found
from teiden.doctor.ports import doors, interfaces
from tests.doctored import FAIL, OK, WARN, found, look, only, reference
from tests.test_realtime.peering import LOOPBACK, NODES, Node, certified, identity, listening


def other(**settings: Any) -> Node:
    """control2, as it is when all is well."""
    told = {"site_hash": reference().hash, "version": installed_version(), **settings}
    return Node("control2", **told)


def beside(
    folder: Path, id: str, node: Node, *, prepare: Callable[[Context], None] = lambda ctx: None, **link: Any
) -> list[Found]:
    async def run() -> list[Found]:
        certified(folder)
        async with listening(node, folder, **link) as there:
            contacts = Contacts(
                peers={"control1": PeerContact(LOOPBACK, there.port), "control2": there},
                identity=identity(folder, "control1"),
            )
            return await found(id, contacts, prepare=prepare)

    return asyncio.run(run())


def test_a_node_that_is_well_is_told_in_one_row(tmp_path: Path) -> None:
    assert only(beside(tmp_path, "node.peers", other()))[:2] == (
        OK,
        "control2: same site file, same version, armed",
    )


def test_another_site_file_and_another_version_fail_each_in_a_row(tmp_path: Path) -> None:
    rows = beside(tmp_path, "node.peers", other(site_hash="another", version="0.0.1"))
    assert [(row.level, row.words) for row in rows] == [
        (FAIL, "control2 has another site file"),
        (FAIL, f"control2 runs Teiden 0.0.1, this node {installed_version()}"),
    ]


def test_a_clock_that_differs_fails(tmp_path: Path) -> None:
    rows = beside(tmp_path, "node.peers", other(), clock=lambda: time.time() + 90.0)
    level, words, do = only(rows)
    assert level is FAIL
    assert words.startswith("the clock of control2 differs by +90")
    assert "time server" in do


def test_a_node_without_a_service_fails_with_what_to_look_at(tmp_path: Path) -> None:
    certified(tmp_path)
    contacts = Contacts(
        peers={node: PeerContact(LOOPBACK, 9) for node in NODES}, identity=identity(tmp_path, "control1")
    )
    level, words, do = only(look("node.peers", contacts))
    assert level is FAIL
    assert words.startswith("control2: ")
    assert "does its service run" in do


def test_a_node_that_is_not_written_down_fails() -> None:
    level, words, do = only(look("node.peers"))
    assert (level, words) == (FAIL, "control2: the site file does not say where it listens")
    assert "live.peers" in do


def test_certificates_are_renewed_before_they_end(tmp_path: Path) -> None:
    rows = beside(tmp_path, "node.certificates", other())
    level, words, _ = only(rows)
    assert level is OK
    assert words.startswith("valid until ")
    for years, level in ((9.9, WARN), (10.1, FAIL)):
        folder = tmp_path / str(years)

        def later(ctx: Context, years: float = years) -> None:
            ctx.wall = lambda: time.time() + years * 365 * 86400.0

        row = only(beside(folder, "node.certificates", other(), prepare=later))
        assert row[0] is level
        assert "--renew" in row[2]


def test_without_certificates_it_says_how_to_make_them(tmp_path: Path) -> None:
    contacts = Contacts(peers={node: PeerContact(LOOPBACK, 9) for node in NODES})
    level, words, do = only(look("node.certificates", contacts))
    assert (level, words) == (FAIL, "the site names no file for the CA of this node")
    assert "teiden certificates SITE" in do


# Ports


def everything() -> Contacts:
    return Contacts(
        upses={"ups1": SnmpContact("192.0.2.11")},
        servers={
            "blade1": ServerContact(
                bmc=RedfishContact("https://192.0.2.151"), ssh=SshContact("192.0.2.51"), wake=None
            )
        },
        arrays={"linkeddisk": ArrayContact("192.0.2.32")},
        peers={"control1": PeerContact("192.0.2.21"), "control2": PeerContact("192.0.2.22")},
        alarms=AlarmContact(webhook="https://alarms.example.net/x", mail_server="mail.example.net"),
    )


def test_the_matrix_names_every_port_there_is() -> None:
    assert [(door.protocol, door.port, door.host) for door in doors(everything(), "control1")] == [
        ("udp", 161, "192.0.2.11"),
        ("tcp", 443, "192.0.2.151"),
        ("tcp", 22, "192.0.2.51"),
        ("tcp", 6001, "192.0.2.32"),
        ("tcp", 7401, "192.0.2.22"),
        ("tcp", 443, "alarms.example.net"),
        ("tcp", 587, "mail.example.net"),
    ]


def test_a_port_that_is_shut_is_told_with_who_is_behind_it() -> None:
    async def run() -> list[Found]:
        server = await asyncio.start_server(lambda reader, writer: writer.close(), LOOPBACK, 0)
        port = server.sockets[0].getsockname()[1]
        arrays = {"controldisk": ArrayContact(LOOPBACK, port), "linkeddisk": ArrayContact(LOOPBACK, 9)}
        try:
            return await found("ports.out", Contacts(arrays=arrays))
        finally:
            server.close()
            await server.wait_closed()

    open_, shut = asyncio.run(run())
    assert open_.level is OK
    assert open_.words.endswith("to arrays (1): open")
    assert (shut.level, shut.words) == (WARN, "tcp 9 to arrays (1): no answer from linkeddisk")


@pytest.mark.parametrize("id", ["ports.in"])
def test_the_way_in_is_tried_at_our_own_service(tmp_path: Path, id: str) -> None:
    level, words, _ = only(beside(tmp_path, id, other()))
    assert level is OK
    assert words.endswith("from the other nodes: the service listens")
    contacts = Contacts(peers={node: PeerContact(LOOPBACK, 9) for node in NODES})
    assert only(look(id, contacts))[0] is WARN


def test_of_a_room_on_loopback_no_network_is_judged() -> None:
    assert interfaces({LOOPBACK, "::1", "a-name", ""}) == set()
    contacts = Contacts(servers={"blade1": ServerContact(ssh=SshContact(LOOPBACK))})
    assert look("ports.apart", contacts) == []
