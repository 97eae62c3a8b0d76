"""A node that its mains brought back is still to go as wanted; a later boot is a hand's (T7, O1)."""

from __future__ import annotations

import pytest

from sequencer.asleep import heed_boots, note_our_return, wake_up_late
from sequencer.journal import Armed, Goal, Kind, Row
from sequencer.ports import Off, Os, ServerStatus, Steps
from sequencer.power_off import of_its_off
from sequencer.reboots import is_to_return
from sequencer.requests import Wish
from sequencer.slept import NOTHING, Before, before, have_slept, returns_with_mains
from sequencer.wants import wanted_down_s, wants
from sim.story import Asked, Booted
from tests.hands import HandRoom
from tests.nights import control_nights, night_site, tonight
from tests.worlds import NODES, fault, out, play

LOOKED_S = 4000.0
"""When it is looked at, by the life's clock,"""
TOLD_S, FALLS_IN_S = 1000.0, 420.0
"""and when its UPS was told to go off until the mains return."""
SAID_S = TOLD_S + 10.0
"""When it was wanted down."""
CAME = Before(word="r1", returns=(Armed(0.0, FALLS_IN_S, returns=True),))


@pytest.mark.parametrize("crashes", [True, False])
def test_s9_o1_t7_who_crashes_when_its_mains_have_brought_it_back_is_wanted_up_by_whoever_boots_it(
    crashes: bool,
) -> None:
    """It had gone for its own outage when all were wanted down, and is to go again by that."""
    hand = (fault("node_crashes", "control2", 2740.0), Booted(3000.0, "control2")) if crashes else ()
    tale = play(out(0, 2400, "ups2"), Asked(950.0, Wish.POWER_OFF), *hand, until_s=6000.0)
    assert tale.at("journal.committed ups2 kind=seen_on") < tale.at("lease.taken *")
    goes = [t for t in tale.times("command.sent control2 command=shutdown") if t > 2700]
    assert bool(goes) is not crashes
    assert [e.t for e in tale.all("command.sent ssccluster command=stop") if e.t - tale.zero_s > 2700] == []
    assert bool(tale.all("cluster.running *")) is crashes


def test_s28_t7_a_word_that_only_who_was_up_has_heard_is_not_over_when_the_other_is_back_with_its_mains() -> (
    None
):
    """control2, which has been down for its own outage, is asked to switch all off; it does not know what
    control1, that went meanwhile, has told its own UPS (seed 20732)."""
    outages = (*out(0, 1800, "ups2"), *out(1800, 2820))
    dark = fault("mains_missing", "linkeddisk", 1800.0)
    tale = play(outages, dark, Asked(3180.0, Wish.POWER_OFF), until_s=9000.0)
    tale.before("server.halted control1", "request.accepted reference", "server.up control1")
    assert tale.times("command.sent * command=on") == []
    assert tale.times("command.sent ssccluster command=restart") == []


def test_s28_t7_c6_so_it_is_not_when_its_own_journal_has_lost_what_it_told_its_ups() -> None:
    """control1 goes for its own outage while the nodes do not hear each other (N2); control2 sees an OFF that
    nobody known to it has told, and is asked to switch all off then (seed 142762)."""
    deaf, torn = (
        fault("nodes_parted", "control2", 920.0, 1120.0),
        fault("journal_torn", "control1", 920.0, None, 1e6),
    )
    tale = play(out(0, 1500, "ups1"), deaf, torn, Asked(1200.0, Wish.POWER_OFF), until_s=6000.0)
    tale.before("server.halted control1", "request.accepted reference", "ups.output_off ups1 cause=command")
    word_s = tale.at("request.accepted reference")
    assert tale.at("server.up control1") > word_s
    assert [t for t in tale.times("command.sent * command=on") if t > word_s] == []
    assert [t for t in tale.times("command.sent * command=wake") if t > word_s] == []


def test_s28_t7_a_word_that_finds_nodes_on_their_way_down_is_not_over_when_they_boot() -> None:
    """By their schedule, and their UPSes return with the mains; meanwhile all is switched off by
    hand. They are back by their schedule, which says nothing of the servers (seed 8239)."""
    tale = tonight(
        out(2580, 4500),
        out(4560, 4800),
        Asked(5160.0, Wish.POWER_OFF),
        site=night_site(control_nights("23:01", "23:31")),
    )
    word_s, on = tale.at("request.accepted reference"), tale.at("schedule.fired control goal=up")
    assert tale.at("server.shutting_down control1") < word_s < on
    assert tale.at("cluster.running *") > on
    assert [t for t in tale.times("command.sent ups5 command=on") if t > word_s] == []


@pytest.fixture
def room(by_hand: HandRoom) -> HandRoom:
    """control1, which was wanted down when its UPS counted down; both nodes are heard."""
    wall_s = by_hand.run.wall_s()
    want = {"servers": NODES, "goal": Goal.DOWN.value, "wall_s": wall_s + SAID_S}
    by_hand.run.hear(Row(Kind.WANTED, "r1", 0, "control2/0", 0.0, want))
    for ups in ("ups1", "ups2"):
        told = {"falls_in_s": FALLS_IN_S, "returns": True, "wall_s": wall_s + TOLD_S}
        by_hand.run.hear(Row(Kind.OFF_ARMED, ups, 0, "control2/0", 0.0, told))
    by_hand.servers["control2"].status = ServerStatus(Os.HALTED)
    return by_hand


def comes_back(room: HandRoom, at_s: float, past: Before = CAME) -> int:
    """How often that is noted by a life that looks then."""
    room.until(at_s)
    room.run.spawn(note_our_return(room.run, past))
    room.until(at_s + 1)
    return len(room.told("journal.committed"))


def slept(room: HandRoom, booted_s: float, past: Before = CAME) -> bool:
    room.servers["control1"].status = ServerStatus(Os.UP, up_s=LOOKED_S - booted_s)
    room.until(LOOKED_S)
    answers: list[bool] = []

    def asked() -> Steps[None]:
        answers.append((yield from have_slept(room.run, past)))

    room.run.spawn(asked())
    room.until(LOOKED_S + 5)
    return answers[0]


def test_t7_that_it_is_back_is_noted_once_when_that_off_has_fallen(room: HandRoom) -> None:
    assert comes_back(room, TOLD_S + FALLS_IN_S, CAME) == 0, "it may count down yet"
    assert comes_back(room, 2500, NOTHING) == 0, "it is back for another reason"
    assert comes_back(room, 2600) == comes_back(room, 2700) == 1


@pytest.mark.parametrize(("booted_s", "is_hands"), [(2599.0, False), (2601.0, True)])
def test_s9_t7_only_a_boot_after_that_is_a_hands(room: HandRoom, booted_s: float, is_hands: bool) -> None:
    comes_back(room, 2600)
    assert slept(room, booted_s) is is_hands


@pytest.mark.parametrize(("told_s", "returns"), [(SAID_S - 1, True), (SAID_S, False)])
def test_t7_s28_also_if_it_was_told_so_for_an_older_word_but_not_for_this_one(
    room: HandRoom, told_s: float, returns: bool
) -> None:
    """That found it on its way down; so it is not over, though it was halted then."""
    run, ups1 = room.run, room.site.upses["ups1"]
    off = Armed(0.0, FALLS_IN_S, returns=True, wanted_down=True, wall_s=run.wall_s() + told_s)
    run.facts.armed["ups1"] = off
    assert before(run).returns == (off,) * returns
    assert is_to_return(run, ups1, wanted_down_s(run, "control1")) is returns
    assert not is_to_return(run, ups1, None)


@pytest.mark.parametrize(("known_s", "returns"), [(SAID_S, False), (SAID_S - 1, True)])
def test_s9_t4_what_was_told_in_knowledge_of_a_word_is_no_older_though_its_clock_was_put_back(
    room: HandRoom, known_s: float, returns: bool
) -> None:
    """Its row says which word was known by then; else the night would be slept again at every boot (T7)."""
    wall_s = room.run.wall_s()
    words = {"returns": True, "wanted_down": True, "wall_s": wall_s - 7200, "after_s": wall_s + known_s}
    row = Row(Kind.OFF_ARMED, "ups1", 1, "control1/1", 0.0, {"falls_in_s": FALLS_IN_S, **words})
    room.run.facts.apply(row, 0.0)
    assert room.run.facts.armed["ups1"].wakes(wanted_down_s(room.run, "control1")) is returns


def test_s9_t4_the_row_of_an_off_says_which_word_was_known_however_the_clock_stands(room: HandRoom) -> None:
    run = room.run
    said_s = wanted_down_s(run, "control1")
    assert said_s is not None
    assert run.wall_s() < said_s, "the clock has been put back since"
    assert of_its_off(run, room.site.upses["ups1"], Off.UNTIL_MAINS)["after_s"] == said_s


def test_t7_where_nobody_has_noted_it_any_boot_may_be_that_of_its_mains(room: HandRoom) -> None:
    assert not slept(room, 2601)


def test_t7_so_it_is_with_another_node(room: HandRoom) -> None:
    """Which tells how long it is up."""
    run, wall_s = room.run, room.run.wall_s()
    room.until(LOOKED_S)
    assert returns_with_mains(run, "control2")
    run.hear(Row(Kind.SEEN_ON, "ups2", 0, "control2/1", 0.0, {"wall_s": wall_s + 2600}))
    assert returns_with_mains(run, "control2"), "it does not tell"
    for later_s, (booted_s, returns) in enumerate(((2590.0, True), (2610.0, False)), 1):
        room.servers["control2"].show(os=Os.UP, up_s=LOOKED_S - booted_s)
        room.until(LOOKED_S + later_s)
        assert returns_with_mains(run, "control2") is returns


def reached(room: HandRoom, node: str) -> None:
    """Noted by the other node, which found it down."""
    at_s = room.run.facts.wants[node].at_s
    room.run.hear(Row(Kind.REACHED, node, 0, "control2/1", 0.0, {"wall_s": at_s}))


@pytest.mark.parametrize(
    ("word", "slept_by", "is_over"),
    [("", "", False), ("r1", "", False), ("r1", "r1", True), ("r0", "r0", False)],
)
def test_s28_t7_that_another_found_it_down_as_wanted_does_not_make_its_return_a_hands(
    room: HandRoom, word: str, slept_by: str, is_over: bool
) -> None:
    """Where its own journal has not: the other may never have heard how its power had been told."""
    reached(room, "control1")
    assert slept(room, 2600, Before(slept_by, 0, word, CAME.returns)) is is_over


def test_s28_t7_nor_when_it_hears_of_that_late(room: HandRoom) -> None:
    run = room.run
    room.servers["control1"].status = ServerStatus(Os.UP)
    room.until(2000)
    run.born_s = run.now
    for past, goal in ((CAME, Goal.DOWN), (NOTHING, Goal.UP)):
        run.spawn(wake_up_late(run, past))
        reached(room, "control1")
        room.until(run.now + 10)
        assert wants(run, "control1", goal)


@pytest.mark.parametrize(
    ("by", "returns", "is_over"),
    [("control2/0", True, False), ("control1/0", True, True), ("control2/0", False, True)],
)
def test_s28_t7_nor_for_the_other_that_hears_by_then_how_it_had_told_itself(
    room: HandRoom, by: str, returns: bool, is_over: bool
) -> None:
    """Of what we have told it ourselves we knew when we noted it down."""
    run = room.run
    told = {"falls_in_s": FALLS_IN_S, "returns": returns, "wall_s": run.wall_s() + TOLD_S}
    run.hear(Row(Kind.OFF_ARMED, "ups2", 0, by, 0.0, told))
    reached(room, "control2")
    run.spawn(heed_boots(run))
    room.until(2000)
    room.servers["control2"].show(os=Os.UP)
    room.until(2100)
    assert wants(run, "control2", Goal.UP if is_over else Goal.DOWN)
