"""The network interfaces that a controller tells of, and what it may tell instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from realtime.servers.redfish import MOST_INTERFACES
from sequencer.ports import Unreachable
from tests.test_realtime.test_redfish_way import at

SYSTEM = "/redfish/v1/Systems/1"
NICS = f"{SYSTEM}/EthernetInterfaces"


def told(folder: Path, members: Any, interface: Any, system: Any = None) -> tuple[Any, list[str]]:
    """What is read of a controller that answers so, and which paths were asked for."""
    asked: list[str] = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request.path)
        if request.path == SYSTEM:
            whole = {"PowerState": "On", "EthernetInterfaces": {"@odata.id": NICS}}
            return web.json_response(whole if system is None else system)
        return web.json_response({"Members": members} if request.path == NICS else interface)

    return at(folder, handler, lambda redfish: redfish.macs()), asked


def test_every_interface_is_asked_for_its_addresses(tmp_path: Path) -> None:
    members = [{"@odata.id": f"{NICS}/{n}"} for n in (1, 2)]
    macs, asked = told(tmp_path, members, {"MACAddress": "02:AA:00:00:00:01", "PermanentMACAddress": "02:bb"})
    assert macs == ("02:bb", "02:aa:00:00:00:01")
    assert asked == [SYSTEM, NICS, f"{NICS}/1", f"{NICS}/2"]


@pytest.mark.parametrize(
    "members", [None, 5, "x", {}, [5], [{}], [{"@odata.id": "https://elsewhere.example.net/"}], [[]]]
)
def test_a_list_that_is_none_names_nothing(tmp_path: Path, members: Any) -> None:
    assert told(tmp_path, members, {}) == ((), [SYSTEM, NICS])


@pytest.mark.parametrize("system", [{}, {"EthernetInterfaces": 5}, {"EthernetInterfaces": {"@odata.id": 5}}])
def test_a_controller_that_knows_no_interfaces_names_nothing(tmp_path: Path, system: Any) -> None:
    assert told(tmp_path, [], {}, system) == ((), [SYSTEM])


def test_no_more_of_them_are_asked_for_than_a_machine_has(tmp_path: Path) -> None:
    members = [{"@odata.id": f"{NICS}/{n}"} for n in range(1000)]
    macs, asked = told(tmp_path, members, {"MACAddress": 5})
    assert macs == ()
    assert len(asked) == 2 + MOST_INTERFACES


def test_an_answer_that_is_no_object_is_a_reason(tmp_path: Path) -> None:
    macs, _ = told(tmp_path, [{"@odata.id": f"{NICS}/1"}], ["no object"])
    assert isinstance(macs, Unreachable)
    assert macs.reason.startswith("controller: ")
