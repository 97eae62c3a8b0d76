"""The room that the contract suites ask: `pytest tests/contract --room sim`, or `snmp` for the live ports.

The option is that of our own plugin (`teiden/pytest_plugin.py`), where stories have it as well. The live
ports take as long as they say, at `live_room.RATE`: minutes, so they are asked by a command of their own
(with `-n 8` they wait side by side).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.live_room import LiveRoom
from tests.contract.rooms import PretendRoom

LENT = ("test_journal_port", "test_peer_port", "test_request_port")


@pytest.fixture
def room(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[PretendRoom]:
    if pytestconfig.getoption("--room") != "snmp":
        yield PretendRoom()
        return
    if request.path.stem in LENT:
        pytest.skip("this room lends that port from the pretend one")
    room = LiveRoom()
    yield room
    room.close()
