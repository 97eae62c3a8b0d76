"""P1 to P14 and U1 to U20 in an outage of the reference site: safe, and up again, but for what is excused."""

from __future__ import annotations

import pytest

from sequencer.site import AcLink
from sim.faults import cards, catalogue, mains
from sim.faults.fault import Fault, Kind
from sim.story import Happening
from teiden.judge.verdict import judge
from tests.safety import stranded, unsafe, well
from tests.tale import Tale
from tests.worlds import fault, out, play, reference_model, reference_site

O2H = out(0, 7200)
LONG = 10 * 3600.0
FAULTS = (*mains.FAULTS, *cards.FAULTS)
UPSES = tuple(reference_site().upses)
PLAYED_BELOW = {"P3", "P4", "P5", "P8", "P13", "P14", "U1", "U2", "U5", "U6", "U8", "U9", "U18", "U19"}
"""Each in a test of its own; all of them at every stage in the long ones."""


def holds(tale: Tale, what: Fault) -> None:
    """By both judges. Excused rules may break; L1 among them, something may be down at the end."""
    excused = {excuse.rule for excuse in what.excuses}
    verdict = judge(tale.events, tale.room.site)
    broken = [f"{r.id} {r.happened}" for r in verdict.invariants if not r.ok and r.id not in excused]
    broken += [offence for offence in unsafe(tale) if offence.split(" ")[0] not in excused]
    broken += [] if "L1" in excused else stranded(tale)
    assert not broken, "\n".join(broken) + f"\n\n{tale}"


def story_of(what: Fault, subject: str, from_s: float, to_s: float | None) -> list[Happening]:
    """Mains that are at fault are an outage by themselves; whatever else fails does so in one."""
    if what.of is Kind.INPUT:
        return fault(what.name, subject, from_s, to_s or 9000)  # mains that never stay would leave all off
    return [*O2H, *fault(what.name, subject, from_s, to_s)]


@pytest.mark.parametrize("what", [f for f in FAULTS if not PLAYED_BELOW.intersection(f.ids)], ids=repr)
def test_each_fault_on_its_own_in_an_outage_harms_nobody_beyond_its_excuses(what: Fault) -> None:
    subject = "utility" if what.of is Kind.INPUT else "ups5"
    holds(play(story_of(what, subject, -1, 5000), until_s=LONG), what)


@pytest.mark.long
@pytest.mark.parametrize(("from_s", "to_s"), [(-1, None), (-1, 3000), (200, 5000), (7300, 8000)])
@pytest.mark.parametrize("subject", UPSES)
@pytest.mark.parametrize("what", FAULTS, ids=repr)
def test_each_fault_of_each_ups_at_any_stage_harms_nobody_beyond_its_excuses(
    what: Fault, subject: str, from_s: float, to_s: float | None
) -> None:
    holds(play(story_of(what, subject, from_s, to_s), until_s=LONG), what)


@pytest.mark.long
@pytest.mark.parametrize("back_s", range(20, 1300, 60))
@pytest.mark.parametrize("what", cards.FAULTS, ids=repr)
def test_each_fault_of_a_card_with_mains_that_return_at_any_moment(what: Fault, back_s: int) -> None:
    for subject in ("ups3", "ups4", "ups5"):
        holds(play(out(0, back_s), fault(what.name, subject), until_s=LONG), what)


@pytest.mark.parametrize(
    ("what", "subject"),
    [
        ("P9", "ups4"),
        ("P10", "ups5"),
        ("ups_boosts", "ups5"),
        ("P12", "ups4"),
        ("U4", "ups5"),
        ("U16", "ups5"),
    ],
)
def test_s9_nothing_is_told_to_anybody_while_the_mains_are_there(what: str, subject: str) -> None:
    tale = play(fault(what, subject, 0), until_s=3600)
    tale.never("command.sent *", "incident.opened *")


# Mains


def test_p3_s7_l10_while_the_mains_flap_nothing_starts_and_all_goes_down_and_up_at_most_once() -> None:
    tale = play(out(0, 600), fault("P3", "utility", 600, 1800), until_s=3 * 3600)
    well(tale)
    assert len(tale.times("server.shutting_down blade1")) == 1
    assert len(tale.times("ups.output_on ups5")) == 1
    assert tale.at("command.sent ups4 command=on") > 1800


def test_p4_s17_after_the_first_outage_nothing_starts_that_the_second_could_not_stop() -> None:
    tale = play(fault("P4", "utility", 0, None, 1500), until_s=4 * 3600)
    well(tale)
    tale.never("ups.exhausted *", "server.crashed *")


def test_p5_s18_a_battery_that_is_found_to_be_weak_puts_its_array_on_the_emergency_path() -> None:
    tale = play(O2H, fault("P5", "ups4", 200), until_s=LONG)
    well(tale)
    holds(tale, catalogue.named("P8"))  # which excuses nothing
    assert ("S18", "linkeddisk") in tale.alarms()
    tale.never("array.lost_data *")


def test_p8_s18_without_the_low_flag_time_and_estimate_do() -> None:
    tale = play(O2H, fault("P5", "ups4"), fault("P8", "ups4"), until_s=LONG)
    well(tale)
    tale.never("array.lost_data *", "ups.low_battery ups4")
    assert ("S18", "linkeddisk") in tale.alarms()


def test_p12_a_test_as_long_as_an_outage_is_confirmed_as_usual_and_all_is_up_again() -> None:
    tale = play(fault("P12", "ups5", 0, None, 600), until_s=LONG)
    assert not stranded(tale)
    tale.near("outage.confirmed ups5", 60)
    tale.never("server.crashed *")


# Outputs that are gone


def test_p13_s33_a_ups_that_refuses_its_on_is_asked_every_few_minutes_and_goes_on_when_repaired() -> None:
    never_on = fault("P13", "ups5", 100, 20_000)
    tale = play(O2H, never_on, until_s=LONG)
    asked = tale.times("command.sent ups5 command=on")
    assert 20 < len(asked) < 80
    assert ("L3", "ups5") in tale.alarms()
    assert not unsafe(tale)
    assert not stranded(tale)


def test_p13_a_nodes_ups_that_was_repaired_in_the_dark_comes_on_with_the_mains() -> None:
    """Whoever repairs it leaves it so; nobody has to switch it on."""
    tale = play(O2H, fault("P13", "ups2", 100, 3000), until_s=LONG)
    well(tale)
    tale.never("command.sent ups2 command=on")
    assert tale.at("ups.output_on ups2") > 7200


def test_l3_a_nodes_ups_that_comes_back_by_itself_is_left_alone() -> None:
    tale = play(O2H, until_s=LONG)
    tale.never("command.sent ups1 command=on", "command.sent ups2 command=on")


def test_p14_l3_an_arrays_ups_that_tripped_is_switched_on_again() -> None:
    tale = play(O2H, fault("P14", "ups3", -1, 9000, 0.0), until_s=LONG)
    well(tale)
    assert len(tale.times("command.sent ups3 command=on")) > 1
    assert tale.at("array.ready controldisk") > 9000


def test_p14_s7_servers_that_trip_their_ups_each_time_are_not_crashed_all_night() -> None:
    tale = play(O2H, fault("P14", "ups5"), until_s=LONG)
    assert not unsafe(tale)
    assert len(tale.times("server.crashed blade1")) < 15
    assert {("P14", "ups5"), ("L3", "ups5")} & set(tale.alarms())


def test_p14_servers_that_are_woken_one_by_one_trip_nothing() -> None:
    asleep = {f"{name}__ac_link": AcLink.STAY_OFF for name in ("blade1", "blade2")}
    tale = play(O2H, fault("P14", "ups5", -1, None, 2.0), site=reference_site(**asleep), until_s=LONG)
    well(tale)
    assert tale.alarms() == []


# Cards


def test_u1_an_off_waits_for_a_card_that_reboots_and_no_alarm_is_raised() -> None:
    tale = play(O2H, fault("U1", "ups5", -1, None, 60.0), until_s=LONG)
    well(tale)
    assert tale.at("ups.off_armed ups5") > 59
    assert tale.alarms() == []


def test_u2_x_09_a_dead_card_is_given_up_after_two_minutes() -> None:
    tale = play(O2H, fault("U2", "ups5"), until_s=LONG)
    gave_up_s = [e.t - tale.zero_s for e in tale.all("alarm.raised ups5 rule=X-09")]
    assert len(gave_up_s) == 1
    assert 110 <= gave_up_s[0] <= 135


def test_u6_s15_an_off_whose_answer_was_lost_is_not_sent_again() -> None:
    tale = play(O2H, fault("U6", "ups5"), until_s=LONG)
    well(tale)
    tale.once("ups.off_armed ups5", "command.sent ups5 command=off")


def test_u7_l3_an_off_that_was_dropped_when_the_mains_came_back_leaves_nobody_halted() -> None:
    tale = play(out(0, 430), fault("U7", "ups5"), until_s=LONG)
    well(tale)
    tale.never("ups.output_off ups5")
    tale.once("server.up blade1")


def test_u8_s1_s29_an_off_that_would_come_too_soon_waits_for_its_loads_to_halt() -> None:
    tale = play(O2H, fault("U8", "ups5"), until_s=LONG)
    well(tale)
    assert tale.alarms() == [("S29", "ups5")]
    tale.before("server.halted blade1", "ups.off_armed ups5", "ups.output_off ups5")
    tale.before("ups.output_off ups5", "command.sent linkeddisk command=flush")


def test_u9_s29_delays_that_a_card_has_forgotten_are_planned_with_as_they_are_read_back() -> None:
    tale = play(O2H, fault("U9", "ups5"), until_s=LONG)
    well(tale)
    assert tale.alarms() == [("S29", "ups5")]
    tale.near("ups.output_off ups5", 30 + 20 + 120 + 120)


@pytest.mark.parametrize("ups", ["ups3", "ups5"])
def test_u18_s17_a_charge_that_no_card_tells_is_not_waited_for(ups: str) -> None:
    """There is nothing that would ever tell it; the operator is told so."""
    tale = play(O2H, fault("U18", ups), until_s=LONG)
    well(tale)
    assert tale.alarms() == [("S17", ups)]


def test_u18_l3_nor_is_one_that_its_card_ceases_to_tell_while_it_is_waited_for() -> None:
    """The linked disk's battery had a third of its charge, and was to have half of it by 11,000 s."""
    tale = play(O2H, fault("U18", "ups4", 9000), model=reference_model(ups4__charge_pct=70.0), until_s=LONG)
    well(tale)
    assert tale.alarms() == [("S17", "ups4")]
    assert 9000 < tale.at("server.up blade1", -1) < 9600


def test_u18_a_card_that_has_just_booted_gets_two_minutes_to_know_its_ups() -> None:
    """Its charge is told 90 s after it has answered again."""
    tale = play(out(0, 7200), fault("U18", "ups4", 7100, 7310), until_s=LONG)
    well(tale)
    assert tale.alarms() == []


def test_u19_an_output_that_feeds_another_load_is_the_one_thing_that_nobody_can_see() -> None:
    tale = play(O2H, fault("U19", "ups6", -1, 3000), until_s=LONG)
    assert [offence for offence in unsafe(tale) if offence.startswith("S1 control1")]
    assert not stranded(tale)


def test_every_excuse_names_a_rule_and_says_why_in_words() -> None:
    known = {r.id for r in judge([], reference_site()).invariants}
    for what in catalogue.ALL:
        for excuse in what.excuses:
            assert excuse.rule in known
            assert excuse.why
