"""Nodes that would not come back when halted stay up, and a person is told before they crash (L2, L3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from sequencer.comes_back import comes_back
from sequencer.journal import Goal, Kind, Row
from sequencer.on_unheard import gives_power
from sequencer.ports import Steps
from sequencer.requests import Wish
from sequencer.run import Run
from sequencer.site import Server, Site
from sequencer.stays_up import PERSON_S, stay_up, stay_up_if_untold
from sequencer.watch import watch
from sim.story import Asked, Managed, Manager
from teiden.files.site_file import load_site
from tests.excused import holds, unexcused
from tests.hands import HandRoom
from tests.worlds import fault, out, play, reference_site, with_settings

TWO_FEEDS = Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml"
FULL_S = 3600.0
Stays = Callable[[Run, Sequence[Server]], Steps[None]]


@pytest.fixture(scope="module")
def site() -> Site:
    return load_site(TWO_FEEDS).site


@pytest.fixture
def room(site: Site) -> HandRoom:
    """All batteries hold an hour, and the card of ups1 has just died."""
    room = HandRoom(site)
    room.run.hear(
        Row(Kind.DECLARED, site.name, 1, "control1/1", 0.0, {"was_running": []}),
        *(Row(Kind.CONFIRMED, ups.name, 1, "control1/1", 0.0) for ups in site.control_upses),
    )
    for ups in room.upses.values():
        ups.lose_mains()
        ups.show(runtime_s=FULL_S)
    room.upses["ups1"].fall_silent()
    room.until(1)
    room.run.spawn(stay_up(room.run, site.control_nodes))
    return room


def floor_s(room: HandRoom) -> float:
    return room.site.servers["control1"].stop_limit_s + PERSON_S


def told(room: HandRoom) -> list[str]:
    return [e["text"] for e in room.told("alarm.raised") if e["rule"] == "L2"]


def test_u8_l3_the_last_node_stays_up_for_a_ups_that_would_cut_it_while_it_stops() -> None:
    """The other one was shut down by the manager, and stays off; a hand was asked for in time (ADR 0019)."""
    tale = play(
        Managed(-600.0, Manager.SHUTDOWN, "control1"),
        out(-600, 1800, "ups3"),
        out(2400, 4190),
        fault("delay_rounded", "ups2", 3000.0, amount=0.0),
        until_s=4100.0,
    )
    (stays,) = tale.all("alarm.raised ssccluster rule=L3")
    assert stays.details["upses"] == "ups2"
    tale.before("alarm.raised ssccluster rule=L2", "ups.exhausted ups3")
    holds(tale, "delay_rounded")
    assert unexcused(tale, []), "nothing else makes up for it"


def test_u2_l2_a_silent_battery_is_taken_to_drain_since_it_was_heard_last(room: HandRoom) -> None:
    room.until(FULL_S - floor_s(room) - 1)
    assert told(room) == []
    room.until(FULL_S - floor_s(room) + 1)
    assert told(room) == [
        "control1, control2 lose their power soon, and their disks; halt them and switch ups1 off by hand"
    ]
    room.until(2 * FULL_S)
    assert len(told(room)) == 1


def test_l3_they_stay_up_also_when_somebody_was_told_until_one_of_them_would_come_back(site: Site) -> None:
    room = HandRoom(site)
    for ups in site.control_upses:
        room.upses[ups.name].lose_mains()
    room.upses["ups1"].fall_silent()
    room.upses["ups2"].show(low_battery=True)
    stays = room.run.spawn(stay_up(room.run, site.control_nodes))
    room.until(FULL_S)
    assert (len(told(room)), stays.over) == (1, False)
    room.upses["ups1"].show()
    room.until(FULL_S + 1)
    assert stays.over


@pytest.mark.parametrize(
    ("down", "over"),
    [([], True), (["control1"], True), (["control2"], False), (["control1", "control2"], True)],
)
@pytest.mark.parametrize("stays_up", [stay_up, stay_up_if_untold])
def test_l3_s28_who_is_wanted_down_does_not_come_back_for_the_other(
    stays_up: Stays, down: list[str], over: bool
) -> None:
    """Its UPS stays off; and the one of control1 answers nobody. If nobody is to come back, all may go."""
    room = HandRoom(reference_site())
    details = {"servers": down, "goal": Goal.DOWN.value, "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 0, "control1/1", 0.0, details))
    for ups in room.upses.values():
        ups.lose_mains()
    room.upses["ups2"].show(off_armed=stays_up is stay_up_if_untold)
    room.upses["ups1"].fall_silent()
    stays = room.run.spawn(stays_up(room.run, room.site.control_nodes))
    room.until(10)
    assert stays.over is over


def test_l3_where_one_of_them_comes_back_nobody_is_told(site: Site) -> None:
    """It wakes the other."""
    room = HandRoom(with_settings(site, control2__upses=("ups3",)))
    for ups in site.control_upses:
        room.upses[ups.name].show(mains=False, on_battery=True, low_battery=True)
    room.upses["ups1"].fall_silent()
    stays = room.run.spawn(stay_up(room.run, room.site.control_nodes))
    room.until(1)
    assert (told(room), stays.over) == ([], True)


@pytest.mark.parametrize(
    ("last_word", "goes"),
    [({}, False), ({"off_armed": True}, True), ({"output_on": False, "mains": False}, True)],
    ids=["untold", "counts down", "is off"],
)
def test_n6_l3_before_the_last_node_goes_somebody_has_been_told_to_come_back(
    site: Site, last_word: dict[str, bool], goes: bool
) -> None:
    """Its card answered when this was asked first, and fell silent before it was told."""
    room = HandRoom(with_settings(site, control2__upses=("ups3",)))
    room.upses["ups3"].show(**last_word)
    for ups in site.control_upses:
        room.upses[ups.name].fall_silent()
    room.until(1)
    stays = room.run.spawn(stay_up_if_untold(room.run, room.site.control_nodes))
    room.until(2)
    assert stays.over is goes
    room.upses["ups3"].show()
    room.until(3)
    assert stays.over


def test_c5_l3_nobody_goes_for_one_that_would_come_back_and_know_of_nothing() -> None:
    """Its journal is broken. Who knew stayed halted with its power on, and the linked side down."""
    tale = play(
        fault("card_silent_on_battery", "ups2", 0.0),
        fault("journal_broken", "control1", 0.0, 1200.0),
        out(0, 1200),
        until_s=5000.0,
    )
    holds(tale, "card_silent_on_battery", "journal_broken")
    tale.before("mains.restored utility", "server.halted control2")
    tale.once("server.up rack2")


@pytest.mark.parametrize("unlike", [{"keeps": False}, {"alike": False}], ids=["broken", "another file"])
def test_c5_c9_l3_they_go_when_the_service_of_who_comes_back_has_begun_anew(
    site: Site, unlike: dict[str, bool]
) -> None:
    room = HandRoom(with_settings(site, control2__upses=("ups3",)))
    for ups in site.control_upses:
        room.upses[ups.name].show(mains=False, on_battery=True, runtime_s=FULL_S)
    room.upses["ups1"].fall_silent()
    room.peers["control2"].show(**unlike)
    room.until(1)
    stays = room.run.spawn(stay_up(room.run, room.site.control_nodes))
    room.until(100)
    room.peers["control2"].fall_silent()
    room.until(200)
    assert not stays.over
    room.peers["control2"].show(keeps=True, alike=True)
    room.until(201)
    assert stays.over


def test_c5_l3_where_nobody_keeps_anything_nobody_waits_for_one_that_does(site: Site) -> None:
    room = HandRoom(with_settings(site, control2__upses=("ups3",)))
    for ups in site.control_upses:
        room.upses[ups.name].show(mains=False, on_battery=True, runtime_s=FULL_S)
    room.upses["ups1"].fall_silent()
    room.peers["control2"].show(keeps=False)
    room.journal.healthy = False
    room.until(1)
    stays = room.run.spawn(stay_up(room.run, room.site.control_nodes))
    room.until(2)
    assert stays.over


@pytest.mark.parametrize(("low", "over"), [(False, True), (True, False)], ids=["stays off", "card dead"])
def test_c5_p13_l2_who_keeps_nothing_goes_where_the_other_one_is_off_and_stays_so(
    low: bool, over: bool
) -> None:
    """The UPS of control2 has failed, its battery good: it does not come on with the mains. The nodes stayed
    up for it until their batteries and the disk's ended, and came back no sooner."""
    room = HandRoom(reference_site())
    for ups in room.site.control_upses:
        room.upses[ups.name].lose_mains()
    room.upses["ups2"].show(output_on=low, low_battery=low)
    room.until(1)
    for hand in (room.upses["ups2"], room.servers["control2"], room.peers["control2"]):
        hand.fall_silent()
    room.journal.healthy = False
    stays = room.run.spawn(stay_up(room.run, room.site.control_nodes))
    room.until(2)
    assert stays.over is over


def test_l2_the_slower_of_the_nodes_is_given_its_time(site: Site) -> None:
    room = HandRoom(with_settings(site, control2__shutdown_limit_s=2000.0))
    for ups in site.control_upses:
        room.upses[ups.name].lose_mains()
    room.upses["ups1"].fall_silent()
    room.run.spawn(stay_up(room.run, room.site.control_nodes))
    room.upses["ups2"].show(runtime_s=2000.0 + PERSON_S + 1)
    room.until(1)
    assert told(room) == []
    room.upses["ups2"].show(runtime_s=2000.0 + PERSON_S)
    room.until(2)
    assert len(told(room)) == 1


def test_l2_one_that_answers_and_does_not_say_how_long_it_lasts_is_not_taken_to_end(room: HandRoom) -> None:
    """Its low flag comes in time; of a silent one nothing comes."""
    room.upses["ups2"].show(runtime_s=None)
    room.run.announce()
    room.until(100)
    assert told(room) == []


@pytest.mark.parametrize("ups", ["ups2", "ups3"])
def test_l2_one_that_answers_says_so_itself_also_one_of_the_disk(room: HandRoom, ups: str) -> None:
    room.until(100)
    room.upses[ups].show(runtime_s=floor_s(room) + 1)
    room.until(110)
    assert told(room) == []
    room.upses[ups].show(runtime_s=floor_s(room))
    room.until(120)
    assert len(told(room)) == 1


def test_s11_of_one_that_never_told_how_long_it_lasts_the_worst_is_taken(site: Site) -> None:
    room = HandRoom(site)
    for ups in site.control_upses:
        room.upses[ups.name].lose_mains()
    room.upses["ups1"].show(runtime_s=None)
    room.upses["ups1"].fall_silent()
    room.run.spawn(stay_up(room.run, site.control_nodes))
    room.until(1)
    assert told(room)


def test_nobody_is_told_of_a_silent_one_whose_feed_has_its_mains_back(room: HandRoom) -> None:
    for ups in ("ups3", "ups5", "ups7"):
        room.upses[ups].regain_mains()
    room.until(100)
    room.until(2 * FULL_S)
    assert told(room) == []


def test_l3_it_is_over_when_the_card_answers(room: HandRoom) -> None:
    room.until(10)
    room.upses["ups1"].show()
    room.until(2 * FULL_S)
    assert told(room) == []


@pytest.mark.parametrize(("mains_for_s", "comes"), [(30.0, True), (600.0, False)])
@pytest.mark.parametrize("silent", [True, False])
def test_l3_c12_a_ups_that_is_off_and_has_had_its_mains_for_long_brings_nobody_back(
    mains_for_s: float, comes: bool, silent: bool
) -> None:
    """Somebody else has told it to go off; that it has mains was taken for a promise to come on with them."""
    room = HandRoom(reference_site())
    ups2 = room.upses["ups2"]
    ups2.lose_mains()
    ups2.show(output_on=False)
    room.servers["control2"].fall_silent()
    room.peers["control2"].fall_silent()
    room.run.spawn(watch(room.run, room.site.upses["ups2"]))
    room.until(100.0)
    ups2.regain_mains()
    room.until(100.0 + mains_for_s)
    if silent:
        ups2.fall_silent()
        room.until(101.0 + mains_for_s)
    assert comes_back(room.run, room.site.servers["control2"]) is comes


def test_l1_c12_the_last_node_is_not_halted_for_one_whose_ups_somebody_else_has_switched_off() -> None:
    """No card is heard, so its own UPS cannot be told to go: nobody else would wake it."""
    tale = play(
        fault("foreign_off", "ups2"),
        out(0, 240, "ups3"),
        out(30, 1207, "ups5"),
        fault("network_loses", "network", 180, 4010, amount=100.0),
        fault("cards_swizzled", "network", 600, 1297),
        until_s=3 * 3600,
    )
    holds(tale, "foreign_off", "network_loses", "cards_swizzled")
    tale.never("server.halted control1")


def test_l3_s27_the_last_node_does_not_go_for_one_that_was_off_for_good_and_is_wanted_up_since() -> None:
    """Its own UPS is held, so its power would not go; and nobody else would switch the other one's on."""
    tale = play(
        Managed(-180, Manager.SHUTDOWN, "control1"),
        out(0, 1320),
        Asked(820, Wish.HOLD, ("ups2",), by="explore"),
        Asked(880, Wish.POWER_ON, ("control1",), by="explore"),
        until_s=4000.0,
    )
    holds(tale)
    tale.never("server.halted control2")
    tale.once("server.up control1")


@pytest.fixture
def deaf() -> HandRoom:
    """Both nodes' UPSes went as we did, in an outage; since our boot no card answers, and no controller."""
    room = HandRoom(reference_site())
    room.run.hear(
        Row(Kind.DECLARED, room.site.name, 1, "control1/1", 0.0, {"was_running": []}),
        *(
            Row(Kind.OFF_ARMED, ups.name, 1, "control1/1", 0.0, {"falls_in_s": 420.0, "returns": True})
            for ups in room.site.node_upses
        ),
    )
    for hand in (*room.upses.values(), room.servers["control2"], *room.peers.values()):
        hand.fall_silent()
    for ups in room.upses.values():
        ups.status = None
    return room


def test_n5_l3_what_we_have_booted_on_did_not_stay_off_and_we_stay_up(deaf: HandRoom) -> None:
    """A night fell due as the nodes booted after an outage, and the management network was down: they were
    halted with their power on (seeds 601917, 608157)."""
    nodes = deaf.site.servers
    assert not comes_back(deaf.run, nodes["control1"])
    assert comes_back(deaf.run, nodes["control2"]), "nothing is heard of it"


def test_n5_l3_nor_did_what_another_node_lives_on_whose_service_answers(deaf: HandRoom) -> None:
    deaf.peers["control2"].show()
    assert not comes_back(deaf.run, deaf.site.servers["control2"])


def test_x_04_its_service_does_not_say_which_of_two_it_lives_on(site: Site) -> None:
    room = HandRoom(site)
    room.peers["control2"].show()
    assert not gives_power(room.run, site.upses["ups1"])
