"""U1 to U20: the pretend UPSes and their cards really do what each fault says."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer import conditions as when
from sequencer.notices import unnoticed
from sequencer.ports import Accepted, Off, Receipt, Unreachable, UpsStatus
from sequencer.site import Polling
from sim.faults import catalogue
from sim.model import NetworkModel
from sim.network import Lan
from sim.ports import Link, UpsPort
from tests.thrown import set_back, throw


def port(room: Any, ups: str = "ups5", **network: float) -> UpsPort:
    """As one life of control1 has it."""
    lan = Lan()
    link = Link(room.env, "control1", "life", lan, NetworkModel(**network), Polling(), 0, 1e6)
    return UpsPort(link, room.upses[ups], unnoticed)


def answer(room: Any, event: Any, within_s: float = 5.0) -> Any:
    told: list[tuple[float, Any]] = []
    event.callbacks.append(lambda e: told.append((float(room.env.now), e.value)))
    room.go(float(room.env.now) + within_s)
    return told[0]


def test_u1_a_card_that_reboots_is_silent_for_so_long_and_counts_its_uptime_anew(bare_room: Any) -> None:
    throw(bare_room, "U1", "ups5", 45.0)
    bare_room.go(44)
    assert bare_room.upses["ups5"].read() is None
    bare_room.go(50)
    assert bare_room.upses["ups5"].read().card_uptime_s == 5
    assert bare_room.told("card.answering", "ups5") == [45]


def test_u1_set_back_it_is_there_at_once_and_nothing_follows_later(bare_room: Any) -> None:
    throw(bare_room, "U1", "ups5", 45.0)
    bare_room.go(10)
    set_back(bare_room, "U1", "ups5")
    bare_room.go(100)
    assert bare_room.upses["ups5"].read().card_uptime_s == 90


def test_u1_a_card_that_hangs_as_well_stays_silent(bare_room: Any) -> None:
    throw(bare_room, "U2", "ups5")
    throw(bare_room, "U1", "ups5", 45.0)
    bare_room.go(100)
    assert bare_room.upses["ups5"].read() is None


def test_u3_without_traps_the_room_is_as_it_was_for_it_only_polls(bare_room: Any) -> None:
    before = bare_room.upses["ups5"].read()
    throw(bare_room, "U3", "ups5")
    assert bare_room.upses["ups5"].read() == before


def test_u4_an_old_trap_wakes_whoever_watches_to_poll_at_once(bare_room: Any) -> None:
    watching, asleep = port(bare_room), port(bare_room)
    bare_room.go(21)
    watching.seen()
    at_s = [watching.seen().at_s]
    throw(bare_room, "U4", "ups5", 8.0)
    for second in range(22, 30):
        bare_room.go(second)
        at_s.append(watching.seen().at_s)
    assert len(set(at_s)) > 5  # by itself it polls every 5 s
    assert "_sight" not in vars(asleep)


def test_u4_the_same_traps_come_at_the_same_times(bare: Any) -> None:
    def times() -> list[float]:
        room, heard = bare(), []
        room.upses["ups5"].trap_listeners.append(lambda: heard.append(float(room.env.now)))
        throw(room, "U4", "ups5")
        room.go(100)
        return heard

    assert times() == times()
    assert len(times()) == 10


def test_u6_a_command_whose_answer_is_lost_is_carried_out(bare_room: Any) -> None:
    throw(bare_room, "U6", "ups5")
    control = port(bare_room)
    _, receipt = answer(bare_room, control.switch_off(Off.GRACEFUL))
    assert receipt.accepted is Accepted.UNKNOWN
    assert bare_room.upses["ups5"].read().off_armed
    _, status = answer(bare_room, control.look())
    assert isinstance(status, UpsStatus)


def test_u7_an_off_on_mains_is_acknowledged_and_forgotten(bare_room: Any) -> None:
    throw(bare_room, "U7", "ups5")
    assert bare_room.upses["ups5"].switch_off(Off.GRACEFUL).ok
    assert not bare_room.upses["ups5"].read().off_armed


def test_u7_an_off_that_is_due_when_the_mains_are_back_is_forgotten_then(bare_room: Any) -> None:
    throw(bare_room, "U7", "ups5")
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.GRACEFUL)
    bare_room.go(400)
    bare_room.mains(True)
    bare_room.go(419)
    assert bare_room.upses["ups5"].read().off_armed
    bare_room.go(500)
    assert bare_room.upses["ups5"].output
    assert not bare_room.upses["ups5"].read().off_armed


def test_u7_without_mains_it_falls_as_it_was_told(bare_room: Any) -> None:
    throw(bare_room, "U7", "ups5")
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.GRACEFUL)
    bare_room.go(500)
    assert bare_room.told("ups.output_off", "ups5") == [420]


def test_u8_every_delay_is_the_same_and_is_read_back_so(bare_room: Any) -> None:
    throw(bare_room, "U8", "ups5", 60.0)
    status = bare_room.upses["ups5"].read()
    assert (status.graceful_off_s, status.delayed_off_s, status.immediate_off_s) == (60.0, 60.0, 0.0)
    bare_room.upses["ups5"].switch_off(Off.GRACEFUL)
    bare_room.go(100)
    assert bare_room.told("ups.output_off", "ups5") == [60]
    set_back(bare_room, "U8", "ups5")
    assert bare_room.upses["ups5"].read().graceful_off_s == 420


def test_u8_whoever_polls_learns_the_new_delay_at_the_next_poll(bare_room: Any) -> None:
    control = port(bare_room)
    control.seen()
    bare_room.go(20)
    throw(bare_room, "U8", "ups5", 60.0)
    bare_room.go(26)
    seen = control.seen().status
    assert seen is not None
    assert seen.graceful_off_s == 60.0


def test_u9_its_settings_are_those_it_was_made_with_until_somebody_sets_it_up(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    throw(bare_room, "U9", "ups5")
    assert ups.read().graceful_off_s == 20 + 120 + 120
    assert (ups.settings.return_delay_s, ups.settings.min_return_charge_pct) == (0.0, 0.0)
    set_back(bare_room, "U9", "ups5")
    assert ups.read().graceful_off_s == 420
    assert ups.settings.return_delay_s == 60.0


def test_u10_minutes_taken_for_seconds_and_a_crossing_where_the_reading_crosses(bare_room: Any) -> None:
    ups = bare_room.upses["ups4"]
    throw(bare_room, "U10", "ups4", 1 / 60)
    assert ups.read().runtime_s == pytest.approx(ups.battery.runtime_at(0) / 60)
    assert ups.read().charge_pct == 100
    bare_room.mains(False)
    crossing_s = ups.crossing_s(when.runtime_below(20.0))
    assert crossing_s == pytest.approx(1500 - 1200)
    bare_room.go(crossing_s)
    assert ups.read().runtime_s == pytest.approx(20.0)


def test_u11_only_a_card_counts_seconds_on_battery_and_no_sequencer_reads_them(bare_room: Any) -> None:
    before = bare_room.upses["ups5"].read()
    throw(bare_room, "U11", "ups5")
    assert bare_room.upses["ups5"].read() == before
    assert bare_room.upses["ups5"].quirks.keeps_seconds


def test_u12_an_off_that_could_be_called_back_cannot(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    ups.switch_off(Off.GRACEFUL)
    ups.cancel_off()
    assert not ups.read().off_armed
    throw(bare_room, "U12", "ups5")
    ups.switch_off(Off.GRACEFUL)
    ups.cancel_off()
    bare_room.go(500)
    assert bare_room.told("ups.output_off", "ups5") == [420]


def test_u13_some_go_on_counting_where_others_begin_anew(bare_room: Any) -> None:
    throw(bare_room, "U13", "ups5")
    ups = bare_room.upses["ups5"]
    ups.switch_off(Off.GRACEFUL)
    bare_room.go(400)
    assert ups.switch_off(Off.GRACEFUL) == Receipt(Accepted.YES, "already counting down", 20.0)
    bare_room.go(1000)
    assert bare_room.told("ups.output_off", "ups5") == [420]


def test_u14_a_cold_start_from_the_battery_is_refused_or_done(bare_room: Any) -> None:
    ups = bare_room.upses["ups5"]
    bare_room.mains(False)
    ups.switch_off(Off.NOW)
    assert ups.switch_on().accepted is Accepted.NO
    throw(bare_room, "U14", "ups5")
    assert ups.switch_on().ok
    assert ups.on_battery


def test_u14_an_empty_battery_starts_nothing(bare_room: Any) -> None:
    throw(bare_room, "U14", "ups5")
    bare_room.mains(False)
    bare_room.go(2000)
    assert bare_room.told("ups.exhausted", "ups5")
    assert bare_room.upses["ups5"].switch_on().accepted is Accepted.NO


def test_u15_told_to_stay_off_it_comes_back_with_the_mains(bare_room: Any) -> None:
    throw(bare_room, "U15", "ups5")
    bare_room.mains(False)
    bare_room.upses["ups5"].switch_off(Off.NOW)
    bare_room.go(300)
    bare_room.mains(True)
    bare_room.go(1000)
    assert bare_room.told("ups.output_on", "ups5") == [360]


def test_u16_its_card_is_silent_exactly_on_battery(bare_room: Any) -> None:
    throw(bare_room, "U16", "ups5")
    assert bare_room.upses["ups5"].read() is not None
    bare_room.go(10)
    bare_room.mains(False)
    assert bare_room.upses["ups5"].read() is None
    bare_room.go(40)
    bare_room.mains(True)
    assert bare_room.upses["ups5"].read() is not None
    assert bare_room.told("card.silent", "ups5") == [10]


def test_u16_thrown_or_set_back_on_battery_it_counts_at_once(bare_room: Any) -> None:
    bare_room.mains(False)
    throw(bare_room, "U16", "ups5")
    assert bare_room.upses["ups5"].read() is None
    set_back(bare_room, "U16", "ups5")
    assert bare_room.upses["ups5"].read() is not None


def test_u17_nobody_is_let_in_for_a_while_and_the_card_has_not_rebooted(bare_room: Any) -> None:
    throw(bare_room, "U17", "ups5", 100.0)
    control = port(bare_room)
    _, status = answer(bare_room, control.look())
    _, receipt = answer(bare_room, control.switch_off(Off.GRACEFUL))
    assert isinstance(status, Unreachable)
    assert receipt.accepted is Accepted.UNKNOWN
    bare_room.go(200)
    assert bare_room.upses["ups5"].read().card_uptime_s > 86000
    assert not bare_room.upses["ups5"].read().off_armed


def test_u18_neither_charge_nor_runtime_and_whoever_polls_learns_it(bare_room: Any) -> None:
    control = port(bare_room)
    control.seen()
    bare_room.go(20)
    throw(bare_room, "U18", "ups5")
    bare_room.go(26)
    seen = control.seen().status
    assert seen is not None
    assert (seen.charge_pct, seen.runtime_s, seen.mains) == (None, None, True)


def test_u19_its_off_takes_the_power_from_the_loads_of_another(bare_room: Any) -> None:
    throw(bare_room, "U19", "ups5")  # with ups6
    bare_room.go(10)
    bare_room.upses["ups5"].switch_off(Off.NOW)
    assert bare_room.told("server.crashed", "rack1") == [10]
    assert bare_room.told("server.crashed", "blade1") == []
    assert bare_room.upses["ups5"].load_pct == 0
    set_back(bare_room, "U19", "ups5")
    assert bare_room.told("server.crashed", "blade1") == [10]


def test_u19_two_of_them_undone_in_any_order_leave_everything_as_it_was(bare_room: Any) -> None:
    plugged = {name: list(ups.loads) for name, ups in bare_room.upses.items()}
    throw(bare_room, "U19", "ups4")
    throw(bare_room, "U19", "ups5")
    set_back(bare_room, "U19", "ups4")
    set_back(bare_room, "U19", "ups5")
    assert {name: ups.loads for name, ups in bare_room.upses.items()} == plugged
    assert all(ups.outlet == name for name, ups in bare_room.upses.items())
    bare_room.go(10)
    assert not any(e.name == "server.crashed" for e in bare_room.stream)


def test_u20_a_slow_card_answers_later_and_what_was_asked_before_as_before(bare_room: Any) -> None:
    control = port(bare_room, latency_s=0.02)
    bare_room.go(10)
    throw(bare_room, "U20", "ups5", 0.5)
    at_s, status = answer(bare_room, control.look())
    assert isinstance(status, UpsStatus)
    assert 10.51 <= at_s <= 10.53
    set_back(bare_room, "U20", "ups5")
    sent_s = float(bare_room.env.now)
    at_s, _ = answer(bare_room, control.look())
    assert at_s - sent_s < 0.04


def test_every_fault_of_the_catalogue_from_p1_to_u20_is_there() -> None:
    wanted = {f"P{n}" for n in range(1, 15)} | {f"U{n}" for n in range(1, 21)}
    assert wanted <= set(catalogue.BY_ID)


def test_u20_a_wait_for_charge_ends_with_a_reading_that_has_it_when_the_card_is_quick_again(
    bare_room: Any,
) -> None:
    """The poll that was to tell it was planned while the card was slow."""
    ups5 = port(bare_room)
    assert ups5.seen().status is None  # from here on it is polled
    bare_room.go(10)
    bare_room.mains(False)
    bare_room.go(400)
    bare_room.mains(True)
    bare_room.go(410)
    told: list[bool] = []

    def note(goal: Any) -> Any:
        return lambda _: told.append(goal.met(ups5.seen().status))

    for step_s in range(40):  # by where in its poll that charge is reached
        throw(bare_room, "card_slow", "ups5", 0.8)
        goal = when.charge_at_least(ups5.seen().status.charge_pct + 0.5 + 0.01 * step_s)
        ups5.until(goal).callbacks.append(note(goal))
        set_back(bare_room, "card_slow", "ups5")
        bare_room.go(600.0 * (step_s + 1) + 410)
    assert told
    assert all(told)
