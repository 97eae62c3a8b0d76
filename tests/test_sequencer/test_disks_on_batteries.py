"""The last node that goes tells the control disks that live on their batteries: nobody else will (S18)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.control_stop import disks_on_their_batteries
from sequencer.site import Site
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import HOUR_S, fault, out, play, reference_model, with_more

DARK = fault("foreign_off", "ups2", -500)
"""control2 has no power, and it is no outage."""


@pytest.mark.parametrize("back_s", [1000, 8000])
def test_s18_c12_a_disk_whose_outage_is_timed_yet_goes_with_the_last_node_whose_battery_ends(
    back_s: float,
) -> None:
    """And everybody is up again when the mains are back, soon or late."""
    tale = play(out(0, back_s), DARK, until_s=6 * HOUR_S, model=reference_model(ups1__charge_pct=37.0))
    holds(tale, "foreign_off")
    tale.before("cluster.stopped ssccluster", "command.sent ups3 command=off", "server.halted control1")
    tale.never("ups.exhausted ups3", "outage.confirmed ups3")
    assert tale.at("ups.output_off ups3") > tale.at("server.halted control1")
    tale.once("ups.output_on ups3")


def test_s31_one_that_has_its_mains_stays_on() -> None:
    tale = play(out(0, 3000, "ups1"), DARK, until_s=2 * HOUR_S)
    holds(tale, "foreign_off")
    assert tale.at("server.halted control1") < 3000
    tale.never("command.sent ups3 command=off")


@pytest.fixture
def dark(site: Site) -> HandRoom:
    """control2 and its UPS are off; ups3 lives on its battery."""
    room = HandRoom(site)
    room.servers["control2"].fall_silent()
    room.upses["ups2"].show(output_on=False)
    room.upses["ups3"].lose_mains()
    return room


def falls(room: HandRoom) -> list[tuple[str, list[str]]]:
    rows = disks_on_their_batteries(room.run)
    return [(ups.name, [node.name for node in nodes]) for row in rows for ups, nodes in row]


def test_s1_whoever_may_run_on_it_is_waited_for(dark: HandRoom) -> None:
    assert falls(dark) == [("ups3", ["control1"])]
    dark.upses["ups2"].show(output_on=True)
    assert falls(dark) == [("ups3", ["control1", "control2"])]


def test_s31_x_04_one_that_has_mains_by_one_of_its_upses_is_left_on(site: Site) -> None:
    ups7, disk = replace(site.upses["ups3"], name="ups7", number=7), site.arrays["controldisk"]
    room = HandRoom(with_more(site, ups7, replace(disk, controllers=("ups3", "ups7"))))
    room.upses["ups3"].lose_mains()
    assert falls(room) == []
    room.upses["ups7"].lose_mains()
    assert [ups for ups, _ in falls(room)] == ["ups7", "ups3"], "its enclosures last (S4)"
