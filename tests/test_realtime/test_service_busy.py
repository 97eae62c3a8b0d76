"""While something happens neither the site file nor the life of a service is changed (R6-34, R6-45)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sim.story import MainsChange
from tests.living import living, small_story


def test_r6_45_with_an_outage_suspected_or_an_incident_open_nothing_is_reloaded(tmp_path: Path) -> None:
    """Another life would let the confirm time begin anew."""

    async def lived() -> None:
        async with living(small_story(tmp_path), tmp_path / "room", armed=False) as its:
            its_service = its.service
            await its.until(lambda: its.events("lease.taken"))
            await its.until(lambda: not its_service.busy())
            assert await its_service.reload() == "this service keeps no eye on its site file"
            its.happen(MainsChange(0.0, "utility", lost=True))
            await its.until(lambda: "are away" in its_service.busy())
            await its.until(lambda: its.events("incident.opened"))
            await its.until(lambda: its_service.busy() == "incident 1 is open")

    asyncio.run(lived())
