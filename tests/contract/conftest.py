"""The room that the contract suites ask: `pytest tests/contract --room=sim`; `snmp` comes with live mode.

The option is that of our own plugin (`teiden/pytest_plugin.py`), where stories have it as well.
"""

from __future__ import annotations

import pytest

from tests.contract.rooms import PretendRoom


@pytest.fixture
def room(pytestconfig: pytest.Config) -> PretendRoom:
    if pytestconfig.getoption("--room") == "snmp":
        pytest.skip("no SNMP room yet: it comes with live mode")
    return PretendRoom()
