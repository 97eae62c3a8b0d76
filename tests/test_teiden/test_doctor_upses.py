"""Doctor at a UPS, each trouble at a card of its own. Six of them at once: test_doctor_six_cards.py."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from realtime.contacts import Contacts, SnmpContact
from sequencer.ports import Off
from sequencer.site import Timing
from sim.model import UpsModel
from teiden.doctor.finding import Found
from teiden.emulator.snmp import apc, rfc1628
from teiden.emulator.snmp.objects import Refusal
from tests.carded import USERS, Carded
from tests.doctored import FAIL, OK, WARN, at_a_card, carded, fine, found, look, only, reference, with_site

pytestmark = pytest.mark.long
"""Every card and every engine takes pysnmp a tenth of a second to make."""

SILENT_S = 0.1


# Reached, and why not


def test_a_card_that_answers_is_told_with_what_it_is() -> None:
    level, words, _ = only(at_a_card("ups.reached", fine()))
    assert (level, words) == (OK, "Pretend Smart-UPS, firmware 1.0, MIB apc; card up for 24 h")


def test_silence_of_version_2c_may_be_a_wrong_community() -> None:
    rows = at_a_card("ups.reached", fine(), contact={"user": "wrong"}, look_limit_s=SILENT_S)
    level, words, do = only(rows)
    assert (level, words) == (FAIL, f"no answer within {SILENT_S} s")
    assert "A wrong community is answered by silence too" in do


def test_a_wrong_key_is_authentication_and_not_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "quite another phrase")

    async def run() -> list[Found]:
        agent = fine().agent(users=USERS)
        await agent.start()
        contact = SnmpContact("127.0.0.1", agent.port, user="reader", auth="sha1", secret="env:KEY")
        try:
            return await found("ups.reached", Contacts(upses={"ups1": contact}), "ups1")
        finally:
            await agent.close()

    level, words, do = only(asyncio.run(run()))
    assert level is FAIL
    assert words.startswith("authentication: ")
    assert "pass phrases alike at the card and in the site file" in do


def test_a_card_that_has_lost_its_ups_is_a_trouble_of_its_own() -> None:
    card = fine()
    card.card.faults.no_comm = True
    level, words, do = only(at_a_card("ups.reached", card))
    assert (level, words) == (FAIL, "the card has lost its UPS")
    assert "cable" in do


def test_a_card_of_another_mib_is_told_with_the_mib_that_it_answers() -> None:
    level, words, do = only(at_a_card("ups.reached", Carded(rfc1628)))
    assert level is FAIL
    assert words.endswith("it answers the MIB rfc1628")
    assert do == "set mib: rfc1628 at this UPS in the site file"


def test_a_ups_nobody_has_written_down_is_a_row_and_no_error() -> None:
    level, words, do = only(look("ups.reached", name="ups3"))
    assert (level, words) == (FAIL, "the site file does not say how its card is reached")
    assert "connections.md" in do


def test_a_missing_secret_is_told_where_it_was_looked_for() -> None:
    contacts = Contacts(upses={"ups1": SnmpContact("127.0.0.1", user="power", secret="env:NOBODY_SETS_THIS")})
    level, words, _ = only(look("ups.reached", contacts, "ups1"))
    assert (level, words) == (FAIL, "the environment has no NOBODY_SETS_THIS")


@pytest.mark.parametrize(
    "id", ["ups.odd", "ups.power", "ups.battery", "ups.latency", "ups.settings", "ups.firmware", "ups.write"]
)
def test_of_a_ups_that_is_not_reached_nothing_more_is_said(id: str) -> None:
    assert look(id, name="ups3") == []


# Its power and its battery


def test_on_mains_and_on_is_well() -> None:
    assert only(at_a_card("ups.power", fine()))[:2] == (OK, "mains, output on, load 0 %")


def test_on_battery_nothing_is_commissioned() -> None:
    card = fine()
    card.ups.set_mains(False)
    level, words, do = only(at_a_card("ups.power", card))
    assert (level, words) == (FAIL, "no mains: it is on battery now")
    assert "wait" in do


def test_an_output_that_is_off_and_one_that_is_about_to_be_are_told() -> None:
    card = fine()
    card.ups.switch_off(Off.GRACEFUL)
    assert only(at_a_card("ups.power", card))[:2] == (FAIL, "an OFF counts down")
    card.go(3600)
    assert only(at_a_card("ups.power", card))[:2] == (WARN, "its output is off: nothing behind it has power")


def test_a_battery_that_needs_replacing_fails() -> None:
    card = fine()
    card.card.faults.instead[apc.powernet("2.2.4")] = 2
    level, words, do = only(at_a_card("ups.battery", card))
    assert (level, words) == (FAIL, "the card says that its battery needs replacing")
    assert do == "replace the battery"


def test_a_battery_that_lasts_shorter_than_the_site_counts_on_fails() -> None:
    card = fine()
    card.card.faults.instead[apc.RUNTIME] = 1800 * 100
    level, words, _ = only(at_a_card("ups.battery", card))
    assert level is FAIL
    assert words == "charge 100 %, lasts 30 min now; the site file counts on 60 min at full load"


def test_before_it_is_charged_a_short_runtime_is_no_proof() -> None:
    card = fine()
    card.card.faults.instead |= {apc.RUNTIME: 1800 * 100, apc.CHARGE: 50, apc.CHARGE_TENTHS: 500}
    level, _, do = only(at_a_card("ups.battery", card))
    assert (level, do) == (WARN, "look again when it is charged")


def test_values_that_cannot_be_meant_are_unknown_and_told() -> None:
    card = fine()
    card.card.faults.instead[apc.RUNTIME] = 2**32 - 1
    assert only(at_a_card("ups.odd", card))[:2] == (WARN, "runtime 4294967295 ticks")
    assert only(at_a_card("ups.battery", card))[:2] == (
        WARN,
        "it does not tell its charge, or how long it lasts",
    )


# How fast


def test_looks_are_timed_against_the_time_out_of_the_site() -> None:
    patient = with_site(polling=replace(reference().site.polling, timeout_s=20.0))
    level, words, _ = only(at_a_card("ups.latency", fine(), site_file=patient))
    assert level is OK
    assert words.endswith("ms, limit 20 s")


def test_a_card_slower_than_the_time_out_fails() -> None:
    card = fine()
    card.card.faults.delay_s = 0.02
    slow = with_site(polling=replace(reference().site.polling, timeout_s=0.01))
    level, _, do = only(at_a_card("ups.latency", card, site_file=slow))
    assert level is FAIL
    assert "raise polling.timeout" in do


# Its settings


def test_settings_as_in_the_site_file_are_listed() -> None:
    level, words, _ = only(at_a_card("ups.settings", fine()))
    assert level is OK
    assert words == (
        "as in the site file: shutdown delay 180 s, low-battery runtime 120 s, return delay 60 s,"
        " least charge to return 15 %"
    )


def test_a_shorter_delay_fails_and_a_longer_one_is_to_be_looked_at() -> None:
    rows = at_a_card("ups.settings", fine(shutdown_delay_s=20.0, return_delay_s=180.0))
    assert [(row.level, row.words) for row in rows] == [
        (FAIL, "shutdown delay: 180 s in the site file, 20 s at the card"),
        (WARN, "return delay: 60 s in the site file, 180 s at the card"),
    ]
    assert rows[0].do == ("set it at the card, or write 20 s into the site file and check it again")


def test_what_a_card_rounds_is_told_beside_it() -> None:
    upses = reference().site.upses
    asked = with_site(upses={**upses, "ups1": replace(upses["ups1"], shutdown_delay_s=200.0)})
    (row,) = at_a_card("ups.settings", fine(shutdown_delay_s=300.0), site_file=asked)
    assert row.level is WARN
    assert row.words.endswith("300 s at the card; cards of this kind make 300 s of it")


def test_a_setting_that_the_card_does_not_tell_is_to_be_looked_at() -> None:
    card = fine()
    card.card.faults.instead[apc.powernet("5.2.9")] = None
    (row,) = at_a_card("ups.settings", card)
    assert (row.level, row.words) == (
        WARN,
        "return delay: 60 s in the site file; the card does not tell it",
    )


def test_an_outlet_group_is_held_against_its_own_delay() -> None:
    card = fine(timing=Timing.LCD, power_off_delay_s=30.0)
    upses = reference().site.upses
    lcd = replace(upses["ups1"], timing=Timing.LCD, power_off_delay_s=90.0)
    rows = at_a_card(
        "ups.settings", card, contact={"outlet_group": 1}, site_file=with_site(upses={**upses, "ups1": lcd})
    )
    assert (rows[0].level, rows[0].words) == (
        FAIL,
        "power-off delay: 90 s in the site file, 30 s at the card",
    )


def test_the_rules_are_held_against_what_the_cards_are_set_to() -> None:
    """600 s instead of 180 s: longer than the control side waits for the linked side."""
    rows = at_a_card("site.real_settings", fine(shutdown_delay_s=600.0), "ups5")
    level, words, do = only(rows)
    assert level is FAIL
    assert words.startswith("with what the cards are set to, the site breaks R")
    assert "teiden check --explain R" in do


def test_a_difference_that_breaks_no_rule_is_told_as_such() -> None:
    level, words, _ = only(at_a_card("site.real_settings", fine(return_delay_s=180.0)))
    assert level is OK
    assert "every rule that holds for the site file holds" in words


def test_two_names_for_one_card_are_found_by_the_serial_number() -> None:
    async def run() -> list[Found]:
        async with carded() as (_, contact):
            return await found("site.twins", Contacts(upses={"ups1": contact, "ups2": contact}), "reference")

    level, words, do = only(asyncio.run(run()))
    assert level is FAIL
    assert words.startswith("ups1, ups2 are one and the same UPS (serial number PT")
    assert "one of the addresses of ups1, ups2 is wrong" in do


# Firmware, and whether writes are let in


def test_bad_firmware_is_to_be_looked_at() -> None:
    card = fine()
    card.card.faults.instead[apc.powernet("1.2.1")] = "UPS 09.8 (ID18)"
    level, words, do = only(at_a_card("ups.firmware", card))
    assert level is WARN
    assert "TLStorm" in words
    assert "newer firmware" in do
    assert only(at_a_card("ups.firmware", fine()))[0] is OK


def test_writing_is_not_tried_unless_it_is_asked_for() -> None:
    level, words, do = only(at_a_card("ups.write", fine()))
    assert (level, words) == (WARN, "not tried: it takes a write")
    assert "--try-write" in do


def test_a_write_that_is_asked_for_changes_nothing() -> None:
    card = fine()
    before = card.card.settings
    assert only(at_a_card("ups.write", card, try_write=True))[0] is OK
    assert card.card.settings == before
    card = Carded(rfc1628, UpsModel(), timing=Timing.RFC1628)
    assert only(at_a_card("ups.write", card, contact={"mib": "rfc1628"}, try_write=True))[0] is OK


def test_a_card_that_only_lets_us_read_fails_with_write_plus() -> None:
    card = fine()
    card.card.faults.set_refused = Refusal.NO_ACCESS
    level, words, do = only(at_a_card("ups.write", card, try_write=True))
    assert level is FAIL
    assert words.startswith("noAccess")
    assert "Write+" in do


def test_a_version_that_is_only_read_fails_without_a_write() -> None:
    rows = at_a_card("ups.write", fine(), contact={"allow_insecure": False}, try_write=True)
    level, words, _ = only(rows)
    assert (level, words) == (FAIL, "SNMP version 2c is only read: every command would be refused")


def test_without_being_asked_no_set_leaves_us(monkeypatch: pytest.MonkeyPatch) -> None:
    card, written = fine(), list[int]()
    write = card.mib.write
    monkeypatch.setattr(card.mib, "write", lambda bound: (written.append(len(bound)), write(bound))[1])
    at_a_card("ups.settings", card)
    at_a_card("ups.write", card)
    assert written == []
    at_a_card("ups.write", card, try_write=True)
    assert written == [1]
