"""R2-09: told that its own node goes down, a service says so to its peers, which then need not tell it to."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from teiden import requests
from tests.living import Living, living, small_story


@pytest.mark.long
def test_r2_09_a_node_that_its_manager_shuts_down_goes_down_for_all_who_look(tmp_path: Path) -> None:
    async def steps(its: Living) -> None:
        await its.until(lambda: its.events("lease.taken"))
        socket = its.service.orders.contacts.live.manager_socket
        before = its.service.own.going_down
        told = await asyncio.to_thread(requests.tell, "shutdown", "control1", socket=socket, timeout_s=10)
        assert told.accepted
        assert (before, its.service.own.going_down) == (False, True)
        assert not its.events("command.sent", "control1"), "its manager does that"

    async def main() -> None:
        async with living(small_story(tmp_path), tmp_path / "room") as its:
            await steps(its)

    asyncio.run(main())
