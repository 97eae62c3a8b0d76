"""Before anything is asked of the cards they get the settings of the site, and say what they made of them.

Only the commander of an armed service does so, and not in an incident: a setting written while an OFF counts
down may start it anew.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from sequencer.ports import Unreachable

if TYPE_CHECKING:
    from realtime.life import Life

log = logging.getLogger(__name__)


async def settle(life: Life) -> None:
    """Every card that can be written, one after the other; what still differs is an alarm of the life."""
    from realtime.snmp.driver import SnmpUps

    for name, port in life.upses.items():
        driver = life.machines.upses[name]
        if not isinstance(driver, SnmpUps):
            continue
        if life.run.over or not life.run.commands or life.run.facts.open:
            return
        if life.run.permit(name, "settings") is not None:
            return
        async with port.turn:
            found = await driver.settle()
        if isinstance(found, Unreachable):
            log.info("the settings of %s were not looked at: %s", name, found.reason)
            continue
        for difference in found:
            life.env.act(partial(life.run.alarm, name, str(difference), "S29"))
