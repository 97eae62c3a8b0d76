"""The rooms that the contract suites ask: one in virtual time, one over real sockets with the live drivers.

Both are asked by default, but of the sockets only what is marked `quick`; all of it is `long`, or asked by
`pytest tests/contract --room snmp`. (The option is that of our own plugin, `teiden/pytest_plugin.py`.)
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.rooms import PretendRoom

VIRTUAL, SOCKETS = "virtual time", "sockets"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quick: asked over sockets in the normal suite too")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "room" not in metafunc.fixturenames:
        return
    all_of_it = metafunc.config.getoption("--room") == "snmp"
    quick = metafunc.definition.get_closest_marker("quick") is not None
    sockets = pytest.param(SOCKETS, marks=() if all_of_it or quick else pytest.mark.long)
    metafunc.parametrize("room", [sockets] if all_of_it else [VIRTUAL, sockets], indirect=True)


@pytest.fixture
def room(request: pytest.FixtureRequest) -> Iterator[PretendRoom]:
    if request.param == VIRTUAL:
        yield PretendRoom()
        return
    from tests.contract.socket_room import SocketRoom

    room = SocketRoom()
    yield room
    room.close()
