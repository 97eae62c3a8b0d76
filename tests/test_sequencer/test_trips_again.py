"""A UPS of a node that trips over what starts there is switched on anew before the disks are (P14, L3)."""

from __future__ import annotations

from sequencer.node_start import power_who_stays_off
from sequencer.ports import ArrayStatus, Flush, Service
from sequencer.power_on import AGAIN_S
from sequencer.site import Site
from tests.hands import HandRoom


def test_p14_l3_one_that_has_tripped_is_asked_again_while_the_disks_wait_for_their_charge(site: Site) -> None:
    """It took its ON, tripped at once, and was left for half an hour, until the disks were there (54056)."""
    room = HandRoom(site, "control1")
    ups2 = room.upses["ups2"]
    ups2.show(output_on=False, charge_pct=100.0)
    for view in room.run.mains.values():
        view.on_line_since_s = -site.start.mains_stable_s
    room.arrays["controldisk"].show(ArrayStatus(Service.STARTING, Flush.NOT_ASKED))
    room.run.spawn(power_who_stays_off(room.run))
    room.until(site.start.mains_stable_s + site.upses["ups2"].return_delay_s + 1)
    assert ups2.sent == ["on"]
    ups2.show(output_on=True)
    room.until(room.run.now + 1)
    ups2.show(output_on=False)
    tripped_s = room.run.now
    room.until(tripped_s + AGAIN_S - 5)
    assert ups2.sent == ["on"]
    room.until(tripped_s + AGAIN_S + 5)
    assert ups2.sent == ["on", "on"]
    room.arrays["controldisk"].show(service=Service.READY)
    ups2.show(output_on=True)
    room.until(room.run.now + 1)
    ups2.show(output_on=False)
    room.until(room.run.now + 2 * AGAIN_S)
    assert ups2.sent == ["on", "on"], "from then on it has its page"
