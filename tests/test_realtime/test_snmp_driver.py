"""Our driver against a pretend card on a real socket: what it sees, and what becomes of its commands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from realtime.snmp.driver import State
from sequencer.ports import Accepted, Off, Unreachable
from sequencer.site import Timing
from teiden.emulator.snmp.apc import CHARGE, CHARGE_TENTHS, INPUT_V, LOAD, OUTPUT_STATUS, RUNTIME, powernet
from teiden.emulator.snmp.objects import Refusal
from tests.cards import PRIVATE, PUBLIC, READER, Cards, on_its_loop, shared, status

LOAD_TENTHS = powernet("4.3.3")


@pytest.fixture(scope="module")
def cards() -> Iterator[Cards]:
    yield from shared()


@on_its_loop
async def test_an_outage_is_seen_and_the_delays_are_those_of_the_card(cards: Cards) -> None:
    async with cards.card(shutdown_delay_s=180.0, low_battery_runtime_s=120.0) as c:
        asked = replace(c.pretend.ups.settings, shutdown_delay_s=20.0)
        driver = c.driver(ups=asked)
        seen = status(await driver.read())
        assert (seen.mains, seen.output_on, seen.on_battery, seen.off_armed) == (True, True, False, False)
        assert (seen.graceful_off_s, seen.delayed_off_s, seen.immediate_off_s) == (420.0, 180.0, 0.0)
        assert driver.state is State.OK
        c.pretend.ups.set_mains(False)
        seen = status(await driver.read())
        assert (seen.mains, seen.on_battery) == (False, True)


@on_its_loop
async def test_its_load_is_told(cards: Cards) -> None:
    async with cards.card() as c:
        c.agent.faults.instead = {LOAD: 42, LOAD_TENTHS: 424}
        assert status(await c.driver().read()).load_pct == 42.4
        c.agent.faults.instead = {LOAD: 255, LOAD_TENTHS: None}
        assert status(await c.driver().read()).load_pct is None


@on_its_loop
async def test_a_graceful_off_is_accepted_when_it_counts_down_and_falls_in_time(cards: Cards) -> None:
    async with cards.card() as c:
        driver = c.driver()
        receipt = await driver.switch_off(Off.GRACEFUL)
        assert (receipt.accepted, receipt.falls_in_s) == (Accepted.YES, 420.0)
        assert status(await driver.read()).off_armed
        c.pretend.go(421.0)
        assert not status(await driver.read()).output_on
        assert (await driver.switch_off(Off.NOW)).reason == "badValue: the output is off"
        assert (await driver.switch_on()).ok
        assert status(await driver.read()).output_on
        assert (await driver.switch_on()).reason == "already on"


@pytest.mark.parametrize("how", [Off.SLEEP, Off.DELAYED])
@on_its_loop
async def test_a_sleep_sets_its_time_first(cards: Cards, how: Off) -> None:
    async with cards.card() as c:
        receipt = await c.driver().switch_off(how, sleep_s=1300.0)
        assert receipt.falls_in_s == (420.0 if how is Off.SLEEP else 180.0)
        slept_s = {Off.SLEEP: 1440.0, Off.DELAYED: 999 * 360.0}[how]
        assert c.pretend.card.sleep_s == slept_s
        c.pretend.go(500.0)
        assert not c.pretend.ups.output
        c.pretend.go(420.0 + 1500.0)
        assert c.pretend.ups.output is (how is Off.SLEEP)


@on_its_loop
async def test_conserve_is_refused_on_line_and_done_on_battery(cards: Cards) -> None:
    async with cards.card() as c:
        driver = c.driver()
        assert (await driver.switch_off(Off.CONSERVE)).accepted is Accepted.NO
        c.pretend.ups.set_mains(False)
        receipt = await driver.switch_off(Off.CONSERVE)
        assert (receipt.accepted, receipt.falls_in_s) == (Accepted.YES, 0.0)
        assert (await driver.switch_on()).reason == "badValue: no mains"


@on_its_loop
async def test_an_accepted_off_that_shows_nowhere_is_unknown_and_not_sent_again(cards: Cards) -> None:
    """U5: a noError is no obedience."""
    async with cards.card() as c:
        c.agent.faults.off_ignored = True
        receipt = await c.driver().switch_off(Off.GRACEFUL)
        assert receipt.accepted is Accepted.UNKNOWN
        assert receipt.reason == "accepted, but nothing counts down"
        assert c.pretend.told("ups.off_armed") == []


@on_its_loop
async def test_a_sleep_whose_time_the_card_ignores_is_not_begun(cards: Cards) -> None:
    async with cards.card() as c:
        c.agent.faults.set_ignored = True
        receipt = await c.driver().switch_off(Off.DELAYED)
        assert receipt.accepted is Accepted.NO
        assert receipt.reason.startswith("the command itself was not sent: the card was told")


@on_its_loop
async def test_a_refused_set_is_told_by_its_name_and_what_it_means(cards: Cards) -> None:
    async with cards.card() as c:
        by_reader = await c.driver(READER).switch_off(Off.NOW)
        assert by_reader.accepted is Accepted.NO
        assert by_reader.reason.startswith("noAccess: ")
        assert "Write+" in by_reader.reason
        c.agent.faults.set_refused = Refusal.GEN_ERR
        assert (await c.driver().switch_off(Off.NOW)).reason.startswith("genErr: ")
        assert c.pretend.ups.output


@on_its_loop
async def test_sec_1_nothing_is_commanded_in_the_clear_unless_the_site_says_so(cards: Cards) -> None:
    async with cards.card() as c:
        driver = c.driver(PRIVATE)
        assert status(await driver.read()).output_on
        for receipt in (await driver.switch_off(Off.NOW), await driver.switch_on()):
            assert receipt.accepted is Accepted.NO
            assert receipt.reason.startswith("SEC-1: ")
        differing = replace(c.pretend.ups.settings, shutdown_delay_s=300.0)
        (difference,) = await c.driver(PRIVATE, ups=differing).settle()
        assert difference.reason.startswith("SEC-1: ")
        assert c.pretend.ups.output
        assert c.pretend.ups.settings.shutdown_delay_s == 180.0
        assert (await c.driver(PRIVATE, allow_insecure=True).switch_off(Off.NOW)).ok
        assert not c.pretend.ups.output


@pytest.mark.parametrize("mib", ["apc", "rfc1628"])
@on_its_loop
async def test_a_card_without_its_ups_is_a_trouble_of_its_own(cards: Cards, mib: str) -> None:
    async with cards.card(mib) as c:
        driver = c.driver(PUBLIC)
        c.agent.faults.no_comm = True
        assert await driver.read() == Unreachable("the card has lost its UPS")
        assert driver.state is State.LOST_ITS_UPS


@on_its_loop
async def test_silence_is_unreachable_and_a_command_into_it_is_not_sent(cards: Cards) -> None:
    async with cards.card() as c:
        driver = c.driver(PUBLIC, limit_s=0.1, allow_insecure=True)
        c.agent.faults.silent = True
        answer = await driver.read()
        assert isinstance(answer, Unreachable)
        assert answer.reason.startswith("no answer")
        assert driver.state is State.UNREACHABLE
        receipt = await driver.switch_off(Off.NOW)
        assert receipt.accepted is Accepted.UNKNOWN
        assert receipt.reason.startswith("nothing was sent: no answer")


@on_its_loop
async def test_what_a_card_does_not_say_is_asked_again_at_the_next_poll(cards: Cards) -> None:
    async with cards.card() as c:
        driver = c.driver(PUBLIC)
        c.agent.faults.instead = {OUTPUT_STATUS: None, powernet("11.1.1"): None}
        answer = await driver.read()
        assert answer == Unreachable(
            "the card does not say whether the output is on, nor whether it is on battery"
        )
        assert driver.state is State.SAYS_TOO_LITTLE
        c.agent.faults.instead.clear()
        assert status(await driver.read()).output_on


@on_its_loop
async def test_nonsense_in_one_value_does_not_hide_an_outage(cards: Cards) -> None:
    async with cards.card() as c:
        c.agent.faults.instead = {RUNTIME: 4294967295, CHARGE: 0, CHARGE_TENTHS: 0, INPUT_V: None}
        c.pretend.ups.set_mains(False)
        seen = status(await c.driver(PUBLIC).read())
        assert (seen.on_battery, seen.runtime_s, seen.charge_pct) == (True, None, None)
        assert not seen.low_battery


@on_its_loop
async def test_a_card_that_starts_anew_is_asked_again_for_its_settings(cards: Cards) -> None:
    async with cards.card() as c:
        driver = c.driver(PUBLIC)
        assert status(await driver.read()).delayed_off_s == 180.0
        c.pretend.card.set(replace(c.pretend.card.settings, shutdown_delay_s=300.0))
        assert status(await driver.read()).delayed_off_s == 180.0
        c.pretend.card.reboot(0.0)
        assert status(await driver.read()).card_uptime_s < 1.0
        assert status(await driver.read()).delayed_off_s == 300.0


@on_its_loop
async def test_s29_settings_are_written_read_back_and_what_was_rounded_is_told(cards: Cards) -> None:
    async with cards.card() as c:
        asked = replace(c.pretend.ups.settings, shutdown_delay_s=200.0, return_delay_s=60.0)
        driver = c.driver(ups=asked)
        found = await driver.differences()
        assert not isinstance(found, Unreachable)
        assert {d.setting: d.got for d in found} == {"shutdown_delay_s": 180.0, "return_delay_s": 0.0}
        (difference,) = await driver.settle()
        assert str(difference) == "ups1: shutdown_delay_s 200 is asked for, the card has 300"
        assert status(await driver.read()).delayed_off_s == 300.0


@on_its_loop
async def test_an_outlet_group_is_commanded_by_its_own_delay(cards: Cards) -> None:
    async with cards.card(timing=Timing.LCD) as c:
        driver = c.driver(outlet_group=1)
        receipt = await driver.switch_off(Off.DELAYED)
        assert (receipt.accepted, receipt.falls_in_s) == (Accepted.YES, 90.0)
        assert (await driver.switch_off(Off.SLEEP, sleep_s=3600.0)).accepted is Accepted.NO
        c.pretend.go(91.0)
        assert not status(await driver.read()).output_on
        assert (await driver.switch_on()).ok


@on_its_loop
async def test_rfc_1628_is_told_first_whether_it_comes_back_and_reads_the_countdown(cards: Cards) -> None:
    async with cards.card("rfc1628", power_off_delay_s=90.0, reboot_on_restore=True) as c:
        driver = c.driver()
        receipt = await driver.switch_off(Off.GRACEFUL)
        assert (receipt.accepted, receipt.falls_in_s) == (Accepted.YES, 90.0)
        c.pretend.go(91.0)
        assert not c.pretend.ups.returns
        assert (await driver.switch_on()).ok
        c.pretend.ups.set_mains(False)
        assert (await driver.switch_off(Off.UNTIL_MAINS)).ok
        c.pretend.go(200.0)
        assert c.pretend.ups.returns


@on_its_loop
async def test_a_reading_ends_within_its_limit_and_a_lookup_goes_on_where_it_was_cut(cards: Cards) -> None:
    """A card so slow that it cannot tell in one limit what it has."""
    async with cards.card() as c:
        driver = c.driver(PUBLIC, limit_s=0.25)
        c.agent.faults.delay_s = 0.11
        answers = [await driver.read() for _ in range(3)]
        assert isinstance(answers[0], Unreachable)
        assert not isinstance(answers[-1], Unreachable)


@on_its_loop
async def test_a_ups_of_rfc_1628_sleeps_for_its_time_and_no_shorter(cards: Cards) -> None:
    async with cards.card("rfc1628", power_off_delay_s=90.0) as c:
        driver = c.driver()
        receipt = await driver.switch_off(Off.SLEEP, sleep_s=1440.0)
        assert (receipt.accepted, receipt.falls_in_s) == (Accepted.YES, 90.0)
        c.pretend.go(1000.0)
        assert not status(await driver.read()).output_on
        c.pretend.go(2000.0)
        assert status(await driver.read()).output_on
