"""Who shares a UPS, what feeds the switches, and whose card is whose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.site import Server, ServerRole, Switch, Timing
from teiden.rules.finding import Severity


@pytest.mark.parametrize(
    ("change", "ups", "both"),
    [
        ({"rack1__upses": ("ups1",)}, "ups1", ("the control side", "servers")),
        ({"rack1__upses": ("ups6", "ups2")}, "ups2", ("the control side", "servers")),
        ({"rackpool__upses": ("ups3",)}, "ups3", ("the control side", "servers")),
        ({"rack1__upses": ("ups4",)}, "ups4", ("servers", "a linked disk")),
        ({"linkeddisk__enclosures": ("ups3",)}, "ups3", ("the control side", "a linked disk")),
    ],
)
def test_r12_05_a_ups_for_two_parts_of_the_site_is_an_error(
    found, setting, reference, change, ups, both
) -> None:
    (finding,) = found("R12-05", setting(reference, **change))
    assert finding.path == ("upses", ups)
    assert all(part in finding.message for part in both)


def test_r12_05_a_control_node_and_its_disk_may_share_a_ups(found, setting, reference) -> None:
    shared = setting(reference, controldisk__controllers=("ups1",), controldisk__enclosures=("ups1",))
    assert not found("R12-05", shared)


def test_s24_and_o3_are_the_same_rule(found, setting, reference) -> None:
    site = setting(reference, rack1__upses=("ups1",))
    assert found("S24", site) == found("O3", site) == found("R12-05", site) != []


def test_r6_05_a_ups_that_feeds_nothing_is_a_note(found, setting, reference) -> None:
    spare = replace(reference.upses["ups6"], name="ups7", number=7, card="192.0.2.17")
    (finding,) = found("R6-05", replace(reference, upses={**reference.upses, "ups7": spare}))
    assert finding.severity is Severity.NOTE
    assert not found("R6-05", reference)


def test_r1_11_a_switch_on_no_ups_is_an_error(found, setting, reference) -> None:
    (finding,) = found("R1-11", setting(reference, switches={"lan1": Switch("lan1", ())}))[:1]
    assert finding.severity is Severity.ERROR
    assert finding.path == ("switches", "lan1", "upses")


def test_r1_11_a_site_without_a_lan_switch_is_a_warning(found, setting, reference) -> None:
    (finding,) = found("R1-11", setting(reference, switches={"fc1": Switch("fc1", ("ups4",), kind="fc")}))
    assert finding.severity is Severity.WARNING


def test_n1_a_switch_on_a_servers_ups_is_switched_off_before_the_flush(found, setting, reference) -> None:
    (finding,) = found("N1", setting(reference, lan1__upses=("ups5",)))
    assert (finding.margin.needs.total, finding.margin.has.total) == (1650, 450)


def test_n1_a_ups_of_its_own_must_last_as_long_as_the_control_side(found, setting, reference) -> None:
    own = replace(reference.upses["ups6"], name="ups7", number=7, card="192.0.2.17", runtime_s=1650.0)
    site = setting(replace(reference, upses={**reference.upses, "ups7": own}), lan1__upses=("ups7",))
    assert not found("N1", site)
    (finding,) = found("N1", setting(site, ups7__runtime_s=1649.0))
    assert finding.margin.short == 1
    assert found("N1", setting(site, ups7__runtime_s=None))


def test_n1_a_switch_that_needs_two_supplies_needs_two_that_last(found, setting, reference) -> None:
    site = setting(reference, lan1__upses=("ups1", "ups5"))
    assert not found("N1", site)
    assert found("N1", setting(site, lan1__minimum_supplies=2))


def test_n1_the_control_disks_ups_stops_with_the_control_side(found, setting, reference) -> None:
    assert not found("N1", setting(reference, lan1__upses=("ups3",)))


def test_r1_08_one_card_for_two_upses_is_an_error(found, setting, reference) -> None:
    (finding,) = found("R1-08", setting(reference, ups6__card="192.0.2.15"))
    assert "ups5, ups6" in finding.message
    (finding,) = found("R1-08", setting(reference, ups6__number=5))
    assert finding.path == ("upses", "ups6", "number")


def test_r1_08_a_ups_without_a_card_is_a_warning(found, setting, reference) -> None:
    (finding,) = found("R1-08", setting(reference, ups6__card=""))
    assert finding.severity is Severity.WARNING


def test_r6_24_the_factory_value_is_a_note_and_any_other_is_not(found, setting, reference) -> None:
    (finding,) = found("R6-24", reference)
    assert finding.severity is Severity.NOTE
    chosen = {f"ups{n}__low_battery_runtime_s": 180.0 for n in range(1, 7)}
    assert not found("R6-24", setting(reference, **chosen))
    (lcd,) = found("R6-24", setting(reference, **chosen, ups6__timing=Timing.LCD))
    assert lcd.path == ("upses", "ups6", "power_off_delay")


def test_r12_05_a_pool_server_counts_as_a_server(found, reference) -> None:
    pool = Server("spare", ServerRole.POOL, ("ups4",))
    assert found("R12-05", replace(reference, servers={**reference.servers, "spare": pool}))
