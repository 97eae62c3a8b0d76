"""Cards that fall silent (U1, U2, U16): silence is no outage and no all-clear, and strands nobody."""

from __future__ import annotations

import pytest

from sequencer.site import Ups
from tests.excused import holds, unexcused
from tests.safety import stranded, unsafe, well
from tests.thinned import thinned
from tests.worlds import fault, lost, out, play, reference_model, reference_site, with_more, with_settings

UPSES = [f"ups{n}" for n in range(1, 7)]
LONG = 10 * 3600.0


@pytest.mark.parametrize("ups", UPSES)
def test_s12_u1_a_card_that_reboots_in_calm_times_changes_nothing(ups: str) -> None:
    tale = play(fault("card_silent", ups, 0, 90), until_s=3600)
    tale.never("command.sent *", "outage.suspected *", "incident.opened *")


@pytest.mark.parametrize("ups", UPSES)
def test_x_03_s12_u2_a_card_that_dies_in_calm_times_changes_nothing(ups: str) -> None:
    play(fault("card_silent", ups, 0), until_s=24 * 3600).never("command.sent *", "outage.suspected *")


@pytest.mark.parametrize("ups", UPSES)
@pytest.mark.parametrize("from_to_s", thinned([(-300, 9000), (-300, None), (-60, 60), (10, 9000), (10, None),
                                               (10, 200), (100, 600), (440, 520), (640, 700), (1000, 1100),
                                               (7000, 7700), (7210, 8000)], 3), ids=str)  # fmt: skip
def test_u1_u2_whenever_a_card_is_silent_nobody_is_hurt_or_stranded(
    ups: str, from_to_s: tuple[int, int | None]
) -> None:
    well(play(out(0, 7200), fault("card_silent", ups, *from_to_s), until_s=LONG))


def test_u16_a_ups_that_is_silent_while_its_whole_feed_is_out_is_out_too() -> None:
    """Else the linked array would never be flushed, and lose its data when its battery ends."""
    tale = play(lost(), fault("card_silent", "ups4", -300), until_s=4 * 3600)
    assert not unsafe(tale)
    tale.near("outage.confirmed ups4", 35, late_s=5)
    tale.before("array.flushed linkeddisk", "ups.exhausted ups4")
    tale.never("array.lost_data *")


PRESSED_UNHEARD = fault("enclosures_cut", "linkeddisk", -580, -500)
"""Off and on by a hand; its card, silent in between, has told that it is off."""


@pytest.mark.parametrize("answers_s", [None, 300])
def test_u16_o1_l2_nor_is_one_left_to_its_end_that_a_hand_switched_on_when_its_card_was_silent(
    answers_s: int | None,
) -> None:
    """An array answers that it feeds alone, and is written to."""
    tale = play(PRESSED_UNHEARD, fault("card_silent", "ups4", -550, answers_s), lost(), until_s=4 * 3600)
    tale.near("outage.confirmed ups4", 35, late_s=5)
    tale.before("array.flushed linkeddisk", "array.off linkeddisk")
    assert not tale.times("array.lost_data linkeddisk")


def test_u16_o1_such_a_one_is_back_with_its_feed_too() -> None:
    tale = play(PRESSED_UNHEARD, fault("card_silent", "ups4", -550), out(0, 20), until_s=3600)
    tale.once("outage.cleared ups4")
    tale.never("outage.confirmed *", "command.sent *")


def test_u16_a_ups_that_is_silent_while_another_loses_its_own_input_is_left_alone() -> None:
    """The others of its feed have their mains: this is no outage of the feed."""
    tale = play(out(0, 7200, "ups6"), fault("card_silent", "ups5", -300, 9000), until_s=LONG)
    well(tale)
    tale.never("outage.confirmed ups5", "command.sent blade1 *", "command.sent ups5 *")


def test_s12_on_battery_and_then_silent_the_confirm_time_goes_on() -> None:
    tale = play(out(0, 7200), fault("card_silent", "ups4", 15, 9000), until_s=LONG)
    well(tale)
    tale.near("outage.confirmed ups4", 30, late_s=10)
    assert "then silent" in tale.all("outage.confirmed ups4")[0].details["because"]


def test_s12_its_own_input_lost_and_then_silent_it_is_not_cleared_by_its_neighbours() -> None:
    tale = play(out(0, 7200, "ups4"), fault("card_silent", "ups4", 15, 9000), until_s=LONG)
    assert not unsafe(tale)
    assert not stranded(tale)
    tale.near("outage.confirmed ups4", 30, late_s=10)


def test_u16_a_silent_ups_is_taken_to_be_back_with_its_feed() -> None:
    tale = play(out(0, 20), fault("card_silent", "ups4", 8, 9000), until_s=3600)
    tale.never("outage.confirmed *", "command.sent *")


def test_n6_u16_s5_so_is_the_last_that_fell_silent_which_heard_nobody_of_its_feed_by_then() -> None:
    """It was taken to drain on, and the nodes went for its battery hours later (69020)."""
    others = [h for ups in UPSES if ups != "ups3" for h in fault("card_silent", ups, 60, 600)]
    tale = play(out(0, 300), others, fault("card_silent", "ups3", 80, 9000), until_s=LONG)
    well(tale)
    tale.once("outage.cleared ups3")
    tale.never("command.sent ssccluster command=stop")


def test_x_03_s3_an_off_that_nobody_saw_accepted_is_no_evidence_of_off() -> None:
    """ups5 is deaf: its servers halt, its OFF gets no answer, and only the limit lets the flush begin."""
    tale = play(out(0, 7200), fault("card_silent", "ups5", 10, 9000), until_s=LONG)
    well(tale)
    (unknown,) = tale.all("alarm.raised ups5 rule=X-09")
    assert unknown.details["text"] == "ups5 is silent; whether it took its OFF is not known"
    assert ("S3", "ups5") in tale.alarms()
    tale.before("alarm.raised ups5", "command.sent linkeddisk command=flush")


def test_u2_l3_servers_on_a_ups_with_a_dead_card_are_woken_when_the_mains_are_back() -> None:
    """It never went off: they are halted with power, and answer."""
    tale = play(out(0, 1000), fault("card_silent", "ups5", -300), until_s=LONG)
    well(tale)
    assert tale.times("command.sent blade1 command=wake")


def test_u2_a_dead_card_on_one_servers_ups_does_not_hold_up_the_other() -> None:
    tale = play(out(0, 7200), fault("card_silent", "ups5", -300), until_s=LONG)
    assert tale.at("server.up rack1") <= 7200 + 25 * 60


def test_u2_s17_a_dead_card_tells_no_charge_and_is_not_waited_for_for_ever() -> None:
    tale = play(out(0, 7200), fault("card_silent", "ups1", 8000), until_s=LONG)
    well(tale)
    tale = play(out(0, 7200), fault("card_silent", "ups1", -300), until_s=LONG)
    well(tale)
    assert ("S17", "ups1") in tale.alarms()


def test_l3_a_node_whose_ups_never_went_off_is_woken_by_the_other() -> None:
    tale = play(out(0, 1200), fault("off_ignored", "ups1", -1, 5000), until_s=LONG)
    well(tale)
    assert tale.times("command.sent control1 command=wake")


@pytest.mark.parametrize("pair", [("ups4", "ups5"), ("ups5", "ups6"), ("ups3", "ups4"), ("ups1", "ups3")])
def test_u2_two_silent_cards_strand_nobody_once_they_answer_again(pair: tuple[str, str]) -> None:
    silent = [h for ups in pair for h in fault("card_silent", ups, -300, 9000)]
    well(play(out(0, 7200), silent, until_s=LONG))


@pytest.mark.parametrize("runtime_s", [20, 100, 300, 600, 800, 1000])
def test_n1_r1_11_a_lan_switch_that_dies_first_strands_nobody(runtime_s: int) -> None:
    """Nothing can be commanded any more; the batteries end it, and afterwards everything comes up."""
    ups7 = Ups("ups7", 7, "utility", 3000.0, return_delay_s=60.0, runtime_s=float(runtime_s))
    site = with_settings(with_more(reference_site(), ups7), lan1__upses=("ups7",))
    tale = play(
        out(0, 7200), site=site, model=reference_model(ups7__runtime_s=float(runtime_s)), until_s=LONG
    )
    assert not stranded(tale)
    assert not unsafe(tale), tale


def test_s13_n2_a_node_that_cannot_see_its_peer_does_not_follow_it() -> None:
    """The LAN is gone when the cluster stops: control1 held the group, and may be at work."""
    ups7 = Ups("ups7", 7, "utility", 3000.0, return_delay_s=60.0, runtime_s=1000.0)
    site = with_settings(with_more(reference_site(), ups7), lan1__upses=("ups7",))
    tale = play(out(0, 7200), site=site, model=reference_model(ups7__runtime_s=1000.0), until_s=LONG)
    sent = [e for e in tale.all("command.sent *", by="control2") if e.t - tale.zero_s < 3000]
    assert {e.subject for e in sent} <= {"control2"}
    assert not [e for e in tale.all("lease.taken *", by="control2") if e.t - tale.zero_s < 3000]
    assert tale.all("alarm.raised control1 rule=L5", by="control2"), "it says why it stays away"
    assert tale.all("alarm.raised ssccluster rule=L3", by="control1"), "it stays up and says why"
    tale.never("server.halted control1", "server.halted control2")


def test_u17_s17_a_card_that_takes_nothing_for_an_hour_is_as_dead_and_its_mains_are_taken_for_its_feeds() -> (
    None
):
    """Its own go alone, and are back just before its node is woken; an alarm has said that nobody waits."""
    tale = play(
        fault("authentication_fails", "ups2", -50, 3550, amount=3600.0),
        out(0, 297),
        out(320, 1521, "ups3"),
        out(1541, 2537, "ups2"),
        until_s=4200,
    )
    holds(tale, "authentication_fails")
    assert [wrong.split(" ")[0] for wrong in unexcused(tale, [])] == ["S17"]
    tale.before("alarm.raised ups2 rule=S17", "command.sent control2 command=wake")


@pytest.mark.parametrize("silent", ["ups5", "ups6"])
def test_u16_s31_what_is_back_by_its_feed_since_another_fell_silent_is_not_declared_over_and_over(
    silent: str,
) -> None:
    """ups1 has lost its mains alone, and said so until it went off: when it is silent as well, all who answer
    on that feed have their mains. The node wrote two rows a hundredth of a second, and came to nothing."""
    tale = play(out(0, 651), out(201, 4000, "ups1"), fault("card_silent", silent, -260, 3400), until_s=LONG)
    assert len(tale.times("incident.opened *")) <= 2
    well(tale)
