"""PowerNet's tables over a pretend UPS: what they tell, and what a written control does to the room."""

from __future__ import annotations

import pytest

from sequencer.site import Timing
from sim.model import UpsModel
from teiden.emulator.snmp.apc import (
    BATTERY_STATUS,
    CHARGE,
    CHARGE_TENTHS,
    COMMUNICATION,
    INPUT_V,
    OUTPUT_STATUS,
    RUNTIME,
    STATE,
    UPS,
    powernet,
)
from teiden.emulator.snmp.objects import Kind, Refusal, Refused
from teiden.emulator.snmp.system import UPTIME
from tests.carded import Carded

GRACEFUL_S = 180 + 120 + 120
DELAYED_S = 180.0
ON_LINE, ON_BATTERY, TIMED_SLEEP, OFF, UNTIL_POWER = 2, 3, 5, 7, 11
TIME_ON_BATTERY, FAIL_CAUSE = powernet("2.1.2"), powernet("3.2.5")
CONSERVE, UPS_OFF, REBOOT, SLEEP, TURN_ON = map(powernet, ("6.1.1", "6.2.1", "6.2.2", "6.2.3", "6.2.6"))
MIN_CHARGE, LOW_RUNTIME, RETURN_DELAY, SHUTOFF_DELAY, SLEEP_TIME = map(
    powernet, ("5.2.6", "5.2.8", "5.2.9", "5.2.10", "5.2.11")
)
GROUP_STATE, GROUP_PENDING = (*UPS, 12, 1, 2, 1, 3, 1), (*UPS, 12, 1, 2, 1, 4, 1)
GROUP_OFF_DELAY, GROUP_CONTROL = (*UPS, 12, 2, 2, 1, 4, 1), (*UPS, 12, 3, 2, 1, 3, 1)


@pytest.fixture
def room() -> Carded:
    return Carded()


def flags(room: Carded) -> set[int]:
    state = str(room.get(STATE))
    assert len(state) == 64
    return {number for number, flag in enumerate(state, start=1) if flag == "1"}


def refusal(room: Carded, oid: tuple[int, ...], value: int, kind: Kind = Kind.INTEGER) -> Refusal:
    with pytest.raises(Refused) as refused:
        room.set(oid, value, kind)
    return refused.value.refusal


def test_on_line_everything_is_well(room: Carded) -> None:
    assert room.get(OUTPUT_STATUS) == ON_LINE
    assert room.get(BATTERY_STATUS) == 2
    assert (room.get(CHARGE), room.get(CHARGE_TENTHS)) == (100, 1000)
    assert (room.get(INPUT_V), room.get(TIME_ON_BATTERY), room.get(FAIL_CAUSE)) == (100, 0, 1)
    assert flags(room) == {4, 6, 19}


def test_on_battery_it_says_so_and_counts(room: Carded) -> None:
    room.go(100)
    room.ups.set_mains(False)
    room.go(130)
    assert (room.get(OUTPUT_STATUS), room.get(INPUT_V), room.get(FAIL_CAUSE)) == (ON_BATTERY, 0, 4)
    assert room.get(TIME_ON_BATTERY) == 3000
    assert flags(room) == {2, 6, 19}
    room.ups.set_mains(True)
    assert (room.get(TIME_ON_BATTERY), room.get(FAIL_CAUSE)) == (0, 4)


def test_a_low_battery_is_told() -> None:
    room = Carded(model=UpsModel(charge_pct=0.02))
    room.ups.set_mains(False)
    room.go(1)
    assert room.get(BATTERY_STATUS) == 3
    assert 3 in flags(room)


def test_a_charge_is_not_reached_before_it_is() -> None:
    room = Carded(model=UpsModel(charge_pct=89.96))
    assert (room.get(CHARGE), room.get(CHARGE_TENTHS)) == (89, 899)


def test_controls_always_read_one(room: Carded) -> None:
    room.set(UPS_OFF, 3)
    assert [room.get(oid) for oid in (CONSERVE, UPS_OFF, REBOOT, SLEEP, TURN_ON)] == [1] * 5


def test_off_at_once_stays_off(room: Carded) -> None:
    room.set(UPS_OFF, 2)
    assert (room.get(OUTPUT_STATUS), flags(room)) == (OFF, {6, 58})
    assert not room.ups.returns


@pytest.mark.parametrize(
    ("control", "value", "falls_s"),
    [(UPS_OFF, 3, GRACEFUL_S), (REBOOT, 3, GRACEFUL_S), (SLEEP, 3, GRACEFUL_S), (SLEEP, 2, DELAYED_S)],
)
def test_an_off_that_counts_down_raises_flag_22(
    room: Carded, control: tuple[int, ...], value: int, falls_s: float
) -> None:
    room.set(control, value)
    room.go(falls_s - 1)
    assert flags(room) == {4, 6, 19, 22}
    room.go(falls_s + 1)
    assert 22 not in flags(room)
    assert room.told("ups.output_off") == [falls_s]


def test_told_to_wait_for_the_mains_it_sleeps_until_they_return(room: Carded) -> None:
    room.ups.set_mains(False)
    room.set(REBOOT, 3)
    room.go(GRACEFUL_S + 1)
    assert (room.get(OUTPUT_STATUS), flags(room)) == (UNTIL_POWER, {6, 18, 58})
    room.ups.set_mains(True)
    room.go(GRACEFUL_S + 60)
    assert room.get(OUTPUT_STATUS) == ON_LINE


def test_a_reboot_at_once_is_back_after_some_seconds(room: Carded) -> None:
    room.set(REBOOT, 2)
    assert room.get(OUTPUT_STATUS) == UNTIL_POWER
    room.go(9)
    assert room.get(OUTPUT_STATUS) == ON_LINE


def test_conserving_is_refused_on_line_with_gen_err(room: Carded) -> None:
    assert refusal(room, CONSERVE, 2) is Refusal.GEN_ERR
    room.ups.set_mains(False)
    room.set(CONSERVE, 2)
    assert room.get(OUTPUT_STATUS) == UNTIL_POWER


def test_it_sleeps_as_long_as_it_was_set_to(room: Carded) -> None:
    room.set(SLEEP_TIME, 1260 * 100, Kind.TICKS)
    assert room.get(SLEEP_TIME) == 1440 * 100
    room.set(SLEEP, 3)
    room.go(GRACEFUL_S + 1)
    assert (room.get(OUTPUT_STATUS), 17 in flags(room)) == (TIMED_SLEEP, True)
    room.go(GRACEFUL_S + 1439)
    assert room.get(OUTPUT_STATUS) == TIMED_SLEEP
    room.go(GRACEFUL_S + 1441)
    assert room.told("ups.output_on") == [GRACEFUL_S + 1440]


def test_it_is_switched_on_when_there_are_mains(room: Carded) -> None:
    room.set(UPS_OFF, 2)
    room.ups.set_mains(False)
    assert refusal(room, TURN_ON, 2) is Refusal.GEN_ERR
    room.ups.set_mains(True)
    room.set(TURN_ON, 2)
    assert room.get(OUTPUT_STATUS) == ON_LINE


def test_an_off_while_it_is_off_is_refused(room: Carded) -> None:
    room.set(UPS_OFF, 2)
    assert refusal(room, UPS_OFF, 2) is Refusal.GEN_ERR
    assert refusal(room, UPS_OFF, 4) is Refusal.WRONG_VALUE


@pytest.mark.parametrize(
    ("oid", "asked", "kept", "kind"),
    [
        (SHUTOFF_DELAY, 20000, 30000, Kind.TICKS),
        (SHUTOFF_DELAY, 4294967295, 60000, Kind.TICKS),
        (LOW_RUNTIME, 30000, 30000, Kind.TICKS),
        (RETURN_DELAY, 100, 6000, Kind.TICKS),
        (MIN_CHARGE, 16, 50, Kind.INTEGER),
    ],
)
def test_r6_23_settings_are_rounded_and_read_back(
    room: Carded, oid: tuple[int, ...], asked: int, kept: int, kind: Kind
) -> None:
    room.set(oid, asked, kind)
    assert room.get(oid) == kept


def test_written_settings_count_for_the_next_off(room: Carded) -> None:
    room.set(SHUTOFF_DELAY, 2000, Kind.TICKS)
    room.set(LOW_RUNTIME, 30000, Kind.TICKS)
    room.set(UPS_OFF, 3)
    room.set(SHUTOFF_DELAY, 60000, Kind.TICKS)
    room.go(20 + 300 + 120 + 1)
    assert room.told("ups.output_off") == [20 + 300 + 120]


def test_a_written_return_delay_counts_for_a_return_that_is_waited_for(room: Carded) -> None:
    room.ups.set_mains(False)
    room.set(CONSERVE, 2)
    room.set(RETURN_DELAY, 30000, Kind.TICKS)
    room.ups.set_mains(True)
    room.go(299)
    assert not room.ups.output
    room.go(320)
    assert room.ups.output


@pytest.mark.parametrize(("oid", "kind"), [(SHUTOFF_DELAY, Kind.INTEGER), (UPS_OFF, Kind.TICKS)])
def test_the_wrong_type_changes_nothing(room: Carded, oid: tuple[int, ...], kind: Kind) -> None:
    assert refusal(room, oid, 2, kind) is Refusal.WRONG_TYPE
    assert room.ups.output


def test_a_self_test_is_under_way_and_then_passed(room: Carded) -> None:
    result = powernet("7.2.3")
    assert room.get(result) == 3
    room.set(powernet("7.2.2"), 2)
    assert (room.get(result), 29 in flags(room)) == (4, True)
    room.go(10)
    assert (room.get(result), 29 in flags(room)) == (1, False)


def test_a_card_that_lost_its_ups_says_so_and_goes_on_telling_the_old(room: Carded) -> None:
    assert room.get(OUTPUT_STATUS) == ON_LINE
    runtime = room.get(RUNTIME)
    room.card.faults.no_comm = True
    room.ups.set_mains(False)
    room.go(50)
    assert (room.get(COMMUNICATION), room.get(OUTPUT_STATUS), room.get(RUNTIME)) == (2, ON_LINE, runtime)
    assert 6 not in flags(room)
    assert refusal(room, UPS_OFF, 2) is Refusal.GEN_ERR
    room.card.faults.no_comm = False
    assert (room.get(COMMUNICATION), room.get(OUTPUT_STATUS)) == (1, ON_BATTERY)


def test_u5_an_off_may_be_a_lie(room: Carded) -> None:
    room.card.faults.off_ignored = True
    room.set(UPS_OFF, 2)
    room.set(UPS_OFF, 3)
    room.go(1000)
    assert (room.get(OUTPUT_STATUS), flags(room)) == (ON_LINE, {4, 6, 19})


def test_sentinels_are_told_in_place_of_the_truth(room: Carded) -> None:
    room.card.faults.instead = {RUNTIME: 4294967295, CHARGE: 0, CHARGE_TENTHS: None}
    assert (room.get(RUNTIME), room.get(CHARGE), room.get(CHARGE_TENTHS)) == (4294967295, 0, None)


def test_uptime_begins_anew_with_the_card(room: Carded) -> None:
    room.go(100)
    assert room.get(UPTIME) == (86400 + 100) * 100
    room.card.reboot(30)
    assert not room.card.answers
    room.go(140)
    assert room.card.answers
    assert room.get(UPTIME) == 1000


def test_uptime_begins_anew_after_497_days(room: Carded) -> None:
    room.go(2**32 / 100 - 86400 + 5)
    assert room.get(UPTIME) in (499, 500)


def test_its_name_is_written_with_eight_letters_at_most(room: Carded) -> None:
    room.set(powernet("1.1.2"), b"rack 7", Kind.STRING)
    assert room.get(powernet("1.1.2")) == "rack 7"
    with pytest.raises(Refused, match="wrongLength"):
        room.set(powernet("1.1.2"), b"rack 7 left", Kind.STRING)


# Outlet groups


@pytest.fixture
def grouped() -> Carded:
    return Carded(timing=Timing.LCD, power_off_delay_s=90.0)


def test_only_models_with_a_display_have_an_outlet_group(room: Carded, grouped: Carded) -> None:
    assert (room.get(GROUP_STATE), grouped.get(GROUP_STATE)) == (None, 1)


def test_a_groups_off_waits_its_delay_and_says_that_it_is_pending(grouped: Carded) -> None:
    grouped.set(GROUP_OFF_DELAY, 60)
    grouped.ups.set_mains(False)
    grouped.set(GROUP_CONTROL, 10)
    assert (grouped.get(GROUP_PENDING), grouped.get(GROUP_STATE), grouped.get(GROUP_CONTROL)) == (1, 1, 8)
    grouped.go(61)
    assert (grouped.get(GROUP_PENDING), grouped.get(GROUP_STATE)) == (2, 2)
    assert grouped.get(OUTPUT_STATUS) == UNTIL_POWER
    assert grouped.told("ups.output_off") == [60]


def test_a_pending_command_of_a_group_can_be_cancelled(grouped: Carded) -> None:
    grouped.set(GROUP_CONTROL, 5)
    grouped.go(30)
    grouped.set(GROUP_CONTROL, 7)
    grouped.go(200)
    assert (grouped.get(GROUP_PENDING), grouped.get(GROUP_STATE)) == (2, 1)


def test_a_group_is_switched_off_and_on(grouped: Carded) -> None:
    grouped.set(GROUP_CONTROL, 2)
    assert grouped.get(GROUP_STATE) == 2
    grouped.set(GROUP_CONTROL, 1)
    assert grouped.get(GROUP_STATE) == 1
    assert refusal(grouped, GROUP_CONTROL, 8) is Refusal.WRONG_VALUE
