"""A UPS that was given up while nobody heard it, and is heard: what is on is told to go off once more."""

from __future__ import annotations

import pytest

from sequencer import proof, timing
from sequencer.array_off import flush_and_cut_once, pressed_on
from sequencer.journal import Kind, Row
from sequencer.outage import switch_off
from sequencer.ports import Flush, Os
from sequencer.scope import Scope
from sequencer.systems import note_stopping
from sim.story import Pressed
from tests.excused import holds
from tests.hands import NO, NO_ANSWER, HandRoom
from tests.worlds import LINKED, fault, out, play


@pytest.fixture
def on_its_way_down(by_hand: HandRoom) -> HandRoom:
    """An outage of everybody is declared, and the servers have accepted their shutdown."""
    for ups in by_hand.upses.values():
        ups.lose_mains()
    run = by_hand.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": []}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses))
    run.scope = Scope(server_upses=frozenset({"ups5", "ups6"}), arrays=frozenset({"linkeddisk"}))
    run.asked_to_stop.update(LINKED, ("bladepool", "rackpool"))
    return by_hand


def written(room: HandRoom, kind: Kind) -> list[str]:
    return [row.subject for row in room.journal.kept if row.kind is kind]


def alarms(room: HandRoom, ups: str) -> list[str]:
    return [str(e["rule"]) for e in room.told("alarm.raised", ups)]


def show_loads(room: HandRoom, os: Os) -> None:
    for server in room.site.servers_on("ups5"):
        room.servers[server.name].show(os=os)


def heard_after_its_limit(room: HandRoom) -> int:
    """Nobody there was heard either, and all were declared lost; how often ups5 had been told by then."""
    run, ups5 = room.run, room.upses["ups5"]
    run.given_up.update(server.name for server in room.site.servers_on("ups5"))
    ups5.replies = [NO_ANSWER]
    ups5.fall_silent()
    run.spawn(switch_off(run, room.site.upses["ups5"]))
    room.until(1000)
    sent = len(ups5.sent)
    ups5.show()
    room.until(1010)
    return sent


@pytest.mark.parametrize("os", [Os.UP, Os.BOOTING])
def test_s1_n1_who_was_given_up_unheard_and_runs_is_told_before_his_ups_is(
    on_its_way_down: HandRoom, os: Os
) -> None:
    room, run = on_its_way_down, on_its_way_down.run
    show_loads(room, os)
    sent, loads = heard_after_its_limit(room), room.site.servers_on("ups5")
    assert len(room.upses["ups5"].sent) == sent
    assert (run.asked_to_stop | run.given_up).isdisjoint(s.name for s in loads), "they are to be told anew"
    for server in loads:
        note_stopping(run, server)
    room.until(1020)
    assert len(room.upses["ups5"].sent) > sent


def test_s1_h1_one_that_hangs_there_is_forced_before_that_falls(on_its_way_down: HandRoom) -> None:
    room, ups5 = on_its_way_down, on_its_way_down.site.upses["ups5"]
    show_loads(room, Os.HALTED)
    room.servers["blade1"].show(os=Os.SHUTTING_DOWN)
    sent = heard_after_its_limit(room)
    assert len(room.upses["ups5"].sent) > sent
    room.upses["ups5"].show(off_armed=True)
    forced_s = 1000 + timing.graceful_off_s(ups5) - room.site.force_before_s
    room.until(forced_s - 5)
    assert room.servers["blade1"].sent == []
    room.until(forced_s + 15)
    assert room.servers["blade1"].sent == ["force"]


def test_s5_u1_a_servers_ups_that_is_heard_on_after_its_limit_is_told_once_more(
    on_its_way_down: HandRoom,
) -> None:
    run, ups5 = on_its_way_down.run, on_its_way_down.upses["ups5"]
    show_loads(on_its_way_down, Os.HALTED)
    ups5.replies = [NO_ANSWER]
    ups5.fall_silent()
    run.spawn(switch_off(run, on_its_way_down.site.upses["ups5"]))
    on_its_way_down.until(1000)
    assert "ups5" in run.settled & run.given_up
    sent = len(ups5.sent)
    ups5.show()
    on_its_way_down.until(1010)
    assert len(ups5.sent) > sent
    assert "ups5" not in run.settled | run.given_up
    assert alarms(on_its_way_down, "ups5")[-1] == "S5"


def test_s15_one_that_answers_and_does_not_go_off_is_not_told_once_more(on_its_way_down: HandRoom) -> None:
    run, ups5 = on_its_way_down.run, on_its_way_down.upses["ups5"]
    ups5.replies = [NO]
    run.spawn(switch_off(run, on_its_way_down.site.upses["ups5"]))
    on_its_way_down.until(1000)
    assert "ups5" in run.settled & run.given_up
    sent = len(ups5.sent)
    ups5.show()
    on_its_way_down.until(2000)
    assert len(ups5.sent) == sent


@pytest.mark.parametrize("heard", [{"output_on": False, "on_battery": False}, {"off_armed": True}])
def test_s15_nor_one_that_is_heard_to_be_off_or_to_count_down(
    on_its_way_down: HandRoom, heard: dict[str, bool]
) -> None:
    run, ups5 = on_its_way_down.run, on_its_way_down.upses["ups5"]
    ups5.replies = [NO_ANSWER]
    ups5.fall_silent()
    run.spawn(switch_off(run, on_its_way_down.site.upses["ups5"]))
    on_its_way_down.until(1000)
    sent = len(ups5.sent)
    ups5.show(**heard)
    on_its_way_down.until(1100)
    assert len(ups5.sent) == sent
    assert "ups5" in run.settled


def test_s5_o1_one_that_came_on_and_is_off_again_is_waited_for_no_longer(on_its_way_down: HandRoom) -> None:
    """Mains that came and went switched it on; nobody is left there to be told, and nobody answers."""
    room, run, ups5 = on_its_way_down, on_its_way_down.run, on_its_way_down.upses["ups5"]
    goes_off_in_silence(room)
    assert "ups5" in run.settled
    ups5.show(output_on=True)
    room.until(20)
    assert "ups5" not in run.settled
    ups5.show(output_on=False)
    ups5.fall_silent()
    room.until(40)
    assert "ups5" in run.settled


def goes_off_in_silence(room: HandRoom) -> None:
    """ups5 goes off, and nobody on it is heard; its page has seen that after 10 s."""
    for name in ("blade1", "blade2", "bladepool"):
        room.servers[name].fall_silent()
    room.upses["ups5"].show(output_on=False)
    room.run.spawn(switch_off(room.run, room.site.upses["ups5"]))
    room.until(10)


def test_s5_o1_those_who_say_nothing_there_are_waited_for_as_long_as_one_boot_may_take(
    on_its_way_down: HandRoom,
) -> None:
    room, ups5 = on_its_way_down, on_its_way_down.upses["ups5"]
    goes_off_in_silence(room)
    ups5.show(output_on=True)
    room.until(10 + room.site.start.server_limit_s - 1)
    assert ups5.sent == []
    room.until(10 + room.site.start.server_limit_s + 5)
    assert ups5.sent == ["off graceful"]


def test_s9_nor_is_anybody_told_while_the_mains_are_back(on_its_way_down: HandRoom) -> None:
    run, ups5 = on_its_way_down.run, on_its_way_down.upses["ups5"]
    show_loads(on_its_way_down, Os.HALTED)
    ups5.replies = [NO_ANSWER]
    ups5.fall_silent()
    run.spawn(switch_off(run, on_its_way_down.site.upses["ups5"]))
    on_its_way_down.until(1000)
    sent = len(ups5.sent)
    for ups in on_its_way_down.upses.values():
        ups.regain_mains()
    on_its_way_down.until(1100)
    assert len(ups5.sent) == sent
    assert "ups5" in run.settled
    for ups in on_its_way_down.upses.values():
        ups.lose_mains()
    on_its_way_down.until(1200)
    assert len(ups5.sent) > sent


def given_up(room: HandRoom, flush: Flush, *, by_a_page: bool = True) -> None:
    run, ups4, disk = room.run, room.upses["ups4"], room.arrays["linkeddisk"]
    run.hear(Row(Kind.FLUSH_SETTLED, "linkeddisk", 1, "control1/1", 0.0))
    run.settled.update(("ups4", "linkeddisk"))
    run.given_up.add("ups4")
    disk.show(flush=flush)
    disk.fall_silent()
    ups4.fall_silent()
    if by_a_page:
        run.spawn(pressed_on(run, room.site.arrays["linkeddisk"]))
    room.until(10)
    disk.show()
    ups4.show()
    room.until(20)


def test_s2_s5_an_array_that_was_given_up_unheard_is_to_be_flushed_before_it_is_cut(
    on_its_way_down: HandRoom,
) -> None:
    given_up(on_its_way_down, Flush.NOT_ASKED)
    run = on_its_way_down.run
    assert {"ups4", "linkeddisk"}.isdisjoint(run.settled | run.given_up)
    assert alarms(on_its_way_down, "ups4") == ["S5"], "nobody has pressed its button"
    assert asked_then(on_its_way_down) == (["flush"], [])


def test_s5_one_that_was_flushed_before_it_fell_silent_is_only_to_be_cut(on_its_way_down: HandRoom) -> None:
    given_up(on_its_way_down, Flush.DONE)
    assert {"ups4", "linkeddisk"}.isdisjoint(on_its_way_down.run.settled)
    assert asked_then(on_its_way_down) == ([], ["off now"])


def test_s2_s5_nor_is_it_cut_unflushed_when_the_page_was_entered_anew_before_it_was_heard(
    on_its_way_down: HandRoom,
) -> None:
    """Its UPS counts as given up still, and so does its flush."""
    given_up(on_its_way_down, Flush.NOT_ASKED, by_a_page=False)
    assert asked_then(on_its_way_down) == (["flush"], [])


def asked_then(room: HandRoom) -> tuple[list[str], list[str]]:
    """Of the disk and its UPS, when its servers are down and their UPSes off."""
    for name in LINKED:
        room.servers[name].show(os=Os.HALTED)
    room.run.settled.update(("ups5", "ups6"))
    room.run.spawn(flush_and_cut_once(room.run, room.site.arrays["linkeddisk"]))
    room.until(40)
    return room.arrays["linkeddisk"].sent, room.upses["ups4"].sent


def test_n1_a3_s5_a_lan_that_is_heard_again_before_the_control_side_goes_saves_the_linked_disk() -> None:
    tale = play(out(0, 3600), fault("switch_dies", "lan1", 150.0, 905.0), until_s=2400.0)
    tale.never("array.lost_data *", "server.crashed *")
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "server.shutting_down control1")


@pytest.mark.parametrize("os", [Os.UP, Os.HALTED])
def test_o1_s11_off_as_its_last_word_does_not_count_while_somebody_answers_who_lives_on_it(
    by_hand: HandRoom, os: Os
) -> None:
    """Its button was pressed, and its card does not tell: a controller that answers has power (H4, S3)."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    ups, loads = run.site.upses["ups5"], list(run.site.servers_on("ups5"))
    ups5.show(output_on=False)
    for server in loads:
        by_hand.servers[server.name].fall_silent()
    by_hand.servers["blade1"].show(os=os)
    assert proof.seen_off(run, ups, loads), "it says so now, and knows it best"
    ups5.fall_silent()
    assert not proof.seen_off(run, ups, loads)
    by_hand.servers["blade1"].fall_silent()
    assert proof.seen_off(run, ups, loads)


@pytest.mark.parametrize("os", [Os.UP, Os.HALTED])
def test_o1_s3_nor_that_its_time_is_over(by_hand: HandRoom, os: Os) -> None:
    """It counted down when it was heard last, and whoever would be seen down is heard to have power."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    ups, loads = run.site.upses["ups5"], list(run.site.servers_on("ups5"))
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 420.0}))
    show_loads(by_hand, Os.HALTED)
    ups5.show(off_armed=True)
    by_hand.until(425)
    ups5.fall_silent()
    for server in loads:
        by_hand.servers[server.name].fall_silent()
    by_hand.until(455)
    assert proof.seen_off(run, ups, loads)
    by_hand.servers["blade1"].show(os=os)
    assert not proof.seen_off(run, ups, loads)
    assert not proof.seen_off(run, ups, [])


def test_n3_s3_nor_that_it_was_off_when_somebody_there_has_answered_since_and_is_silent_by_now(
    by_hand: HandRoom,
) -> None:
    """A network that loses much lets a boot be heard, and then nothing for a while."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    ups, loads = run.site.upses["ups5"], list(run.site.servers_on("ups5"))
    for server in loads:
        by_hand.servers[server.name].fall_silent()
    ups5.show(output_on=False)
    by_hand.until(10)
    ups5.fall_silent()
    by_hand.until(10 + run.site.polling.timeout_s)
    by_hand.servers["blade1"].fall_silent()
    assert proof.seen_off(run, ups, loads), "asked before it fell, it may be heard that much later"
    by_hand.until(20)
    by_hand.servers["blade1"].fall_silent()
    assert not proof.seen_off(run, ups, loads)
    ups5.show()
    ups5.fall_silent()
    assert proof.seen_off(run, ups, loads), "it has said so since"


def test_n1_s3_s11_nor_that_its_time_is_over_when_somebody_there_has_answered_since_and_is_silent_by_now(
    by_hand: HandRoom,
) -> None:
    """Also where nobody asks whether its loads were seen down: entered anew the outage took it for off."""
    run, ups5 = by_hand.run, by_hand.upses["ups5"]
    ups = run.site.upses["ups5"]
    run.hear(Row(Kind.OFF_ARMED, "ups5", 1, "control1/1", 0.0, {"falls_in_s": 420.0}))
    ups5.show(off_armed=True)
    by_hand.until(10)
    ups5.fall_silent()
    over_s = 420 + timing.EVIDENCE_EXTRA_S + run.site.polling.timeout_s
    for at_s, off in ((over_s, True), (over_s + 1, False)):
        by_hand.until(at_s)
        for server in run.site.servers_on("ups5"):
            by_hand.servers[server.name].show(os=Os.UP)
            by_hand.servers[server.name].fall_silent()
        assert proof.seen_off(run, ups, []) is off
        assert not proof.without_power(run, run.site.servers["blade1"]), "he runs yet, by all that was heard"


def test_o1_s3_that_it_is_on_again_is_written_down_for_a_life_that_may_not_hear_its_card(
    on_its_way_down: HandRoom,
) -> None:
    room, run, ups5 = on_its_way_down, on_its_way_down.run, on_its_way_down.upses["ups5"]
    goes_off_in_silence(room)
    assert (written(room, Kind.SEEN_OFF), written(room, Kind.SEEN_ON)) == (["ups5"], [])
    ups5.show(output_on=True)
    room.until(20)
    assert written(room, Kind.SEEN_ON) == ["ups5"]
    assert run.facts.seen_off == set()
    ups5.show(output_on=False)
    room.until(30)
    assert written(room, Kind.SEEN_OFF) == ["ups5", "ups5"], "and that it is off once more"


def test_o1_s4_so_it_is_of_an_arrays_ups_that_another_falls_after(on_its_way_down: HandRoom) -> None:
    room, run, ups4 = on_its_way_down, on_its_way_down.run, on_its_way_down.upses["ups4"]
    run.hear(Row(Kind.SEEN_OFF, "ups4", 1, "control1/1", 0.0))
    run.settled.update(("ups4", "linkeddisk"))
    ups4.show(output_on=False)
    run.spawn(pressed_on(run, room.site.arrays["linkeddisk"]))
    room.until(10)
    ups4.show(output_on=True)
    room.until(20)
    assert written(room, Kind.SEEN_ON) == ["ups4"]


def test_s18_l2_who_says_nothing_on_a_ups_that_a_hand_has_switched_on_is_waited_for_as_the_disk_can() -> None:
    """Its controller is dead: nobody hears whether rack2 boots, nor that it was forced as it did. Waited for
    as a boot may take, its UPS fell when the disk's battery had run empty under a full cache."""
    rack2 = fault("controller_dies", "rack2")
    tale = play(out(0.0, 7200.0, "ups4"), rack2, Pressed(564.0, "ups6"), seed=2)  # polls that see it boot
    tale.before("ups.output_on ups6", "array.dirty linkeddisk", "array.off linkeddisk")
    assert not tale.all("array.lost_data linkeddisk")
    holds(tale, "controller_dies")
