"""An incident that another node, which had not heard of it, has planned stops over is opened anew (L1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.duty import duty
from sequencer.forgotten import open_again
from sequencer.journal import Kind, Row
from sequencer.ports import Answer, ClusterState, ClusterStatus, Receipt
from sequencer.site import Site
from sequencer.standstill import bring_back
from sim.story import Happening, Managed, Manager, Pressed
from tests.excused import holds, unexcused
from tests.hands import NO, NO_ANSWER, YES, HandRoom
from tests.worlds import NODES, fault, out, play, with_settings

DECLARED = Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": ["rack1", "blade1"]})
PLANNED = Row(Kind.PLANNED, "nightly/off", 2, "control2/1", 0.0)
CLOSED = Row(Kind.CLOSED, "reference", 1, "control2/1", 0.0)


def opened(room: HandRoom) -> list[tuple[int, list[str]]]:
    return [(r.epoch, r.details["was_running"]) for r in room.journal.kept if r.kind is Kind.DECLARED]


@pytest.fixture
def left_open(by_hand: HandRoom) -> HandRoom:
    by_hand.run.spawn(open_again(by_hand.run))
    by_hand.run.hear(DECLARED)
    by_hand.until(10)
    by_hand.run.hear(PLANNED)
    return by_hand


def test_l1_it_is_opened_anew_for_whoever_ran_then_once_it_was_asked_whether_it_is_over(
    left_open: HandRoom,
) -> None:
    left_open.until(20)
    assert left_open.peers["control2"].sent == ["fetch"]
    assert opened(left_open) == [(3, ["blade1", "rack1"])]
    assert left_open.run.facts.open
    (told,) = left_open.told("incident.opened", "reference")
    assert told["epoch"] == 3, "as whoever reads the stream has to know (C5)"
    left_open.until(100)
    assert len(opened(left_open)) == 1


def test_n3_s28_not_when_the_other_one_says_that_it_was_closed(
    left_open: HandRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That copy was lost, and what he has written down later was heard."""
    peer = left_open.peers["control2"]
    fetched = peer.fetch

    def tells() -> Answer[Receipt]:
        left_open.run.hear(CLOSED)
        return fetched()

    monkeypatch.setattr(peer, "fetch", tells)
    left_open.until(20)
    assert peer.sent == ["fetch"]
    assert opened(left_open) == []


def test_n3_s28_who_is_heard_is_asked_again_when_his_answer_is_lost(
    left_open: HandRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    peer = left_open.peers["control2"]
    peer.replies = [NO_ANSWER, YES]
    fetched = peer.fetch

    def tells() -> Answer[Receipt]:
        if peer.sent:
            left_open.run.hear(CLOSED)
        return fetched()

    monkeypatch.setattr(peer, "fetch", tells)
    left_open.until(30)
    assert peer.sent == ["fetch", "fetch"]
    assert opened(left_open) == []


@pytest.mark.parametrize("lost", [NO_ANSWER, NO])
def test_l1_c8_nobody_is_waited_for_who_is_silent_or_is_not_read(left_open: HandRoom, lost: Receipt) -> None:
    peer = left_open.peers["control2"]
    peer.replies = [lost]
    if lost is NO_ANSWER:
        peer.fall_silent()
    left_open.until(30)
    assert peer.sent == ["fetch"]
    assert opened(left_open) == [(3, ["blade1", "rack1"])]


@pytest.mark.parametrize(
    ("life", "more", "over"),
    [
        ("control2/1", (), True),
        ("control2/2", (), False),  # his journal may have lost that he had opened it
        ("control2/1", (replace(DECLARED, life="control1/1"),), False),  # another one has its number (C9)
        ("control2/1", (replace(PLANNED, life="control1/1"),), False),  # another had overtaken it before
    ],
)
def test_n3_s28_who_plans_a_stop_in_the_life_that_has_opened_it_has_closed_it_though_that_word_was_lost(
    by_hand: HandRoom, life: str, more: tuple[Row, ...], over: bool
) -> None:
    """He cannot be asked any more; and whom a hand has shut down since nobody starts."""
    by_hand.run.spawn(open_again(by_hand.run))
    by_hand.peers["control2"].fall_silent()
    by_hand.run.hear(replace(DECLARED, life="control2/1"), *more, replace(PLANNED, epoch=3, life=life))
    by_hand.until(10)
    assert opened(by_hand) == ([] if over else [(4, ["blade1", "rack1"])])


def test_l1_who_boots_and_reads_of_it_comes_to_its_end(by_hand: HandRoom) -> None:
    by_hand.journal.kept += [DECLARED, PLANNED]
    by_hand.run.spawn(duty(by_hand.run))
    by_hand.until(300)
    (closed,) = (row for row in by_hand.journal.kept if row.kind is Kind.CLOSED)
    assert (closed.epoch, closed.details["opened_by"]) == (3, [by_hand.run.life])


def of_his_own(kind: Kind, epoch: int, **details: object) -> Row:
    return Row(kind, "reference", epoch, "control2/1", 0.0, {"was_running": [], "knew": [], **details})


def test_l1_n2_that_of_who_had_an_incident_of_his_own_meanwhile_waits_until_his_is_over(
    by_hand: HandRoom,
) -> None:
    by_hand.run.spawn(open_again(by_hand.run))
    by_hand.run.hear(DECLARED, of_his_own(Kind.DECLARED, 2))
    by_hand.until(20)
    assert opened(by_hand) == []
    by_hand.run.hear(of_his_own(Kind.CLOSED, 2, opened_by=["control2/1"]))
    by_hand.until(40)
    assert opened(by_hand) == [(3, ["blade1", "rack1"])]
    (row,) = (row for row in by_hand.journal.kept if row.kind is Kind.DECLARED)
    assert row.details["knew"] == ["control1/1", "control2/2"]


@pytest.mark.parametrize("commands", [True, False])
def test_l1_c9_beside_one_of_the_same_number_it_is_opened_anew_for_who_commands_and_has_closed_his(
    by_hand: HandRoom, commands: bool
) -> None:
    by_hand.run.commands = commands
    by_hand.run.spawn(open_again(by_hand.run))
    by_hand.run.hear(DECLARED, of_his_own(Kind.CLOSED, 1, opened_by=["control2/1"]))
    by_hand.until(20)
    assert opened(by_hand) == ([] if commands else [(2, ["blade1", "rack1"])])


@pytest.mark.parametrize("before", [out(600, 1617, "ups6"), out(600, 1617, "ups6") + out(1830, 2003, "ups5")])
def test_l1_n2_who_waits_in_an_incident_that_the_commander_has_not_heard_of_comes_up_when_he_does(
    before: list[Happening],
) -> None:
    """control1 has had one or two of his own, by the same number or a later one; control2 one for which ups6
    is short of charge when its cluster fails, and control1 takes the command (seed 861802)."""
    tale = play(
        fault("production_down", "network", 0, 10700),
        before,
        fault("group_moves", "ssccluster", 3000),
        out(3005, 3600),
        fault("enclosures_cut", "controldisk", 5061, 7182),
        until_s=8 * 3600,
    )
    holds(tale, "production_down", "group_moves", "enclosures_cut")


def test_l1_c5_one_that_is_told_as_who_commands_would_open_his_own_is_gone_on_with(site: Site) -> None:
    """Whoever comes up then tells of it and wants the nodes up in one breath: who had run in it is known to
    him alone (crowded seed 911493)."""
    room = HandRoom(with_settings(site, start__auto=False))
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.upses["ups3"].show(output_on=False)
    room.run.spawn(bring_back(room.run))
    room.until(100)
    up = {"servers": list(NODES), "goal": "up", "wall_s": room.run.wall_s()}
    room.run.hear(Row(Kind.WANTED, "r1", 1, "control2/2", 100.0, up), replace(DECLARED, life="control2/1"))
    room.until(110)
    assert opened(room) == []
    assert room.run.facts.was_running == {"blade1", "rack1"}
    assert room.run.facts.start_asked, "where it is started by hand it is so now"


def test_l1_c5_so_it_is_when_the_time_of_its_start_is_over_in_that_moment(site: Site) -> None:
    """Nobody has asked for it; so it is started by hand where that is the site's way."""
    room = HandRoom(site)
    room.cluster.show(ClusterStatus(ClusterState.WAITING_FOR_DISK, None))
    room.arrays["controldisk"].fall_silent()
    due_s = site.start.cluster_limit_s
    heard = replace(DECLARED, life="control2/1")
    room.env.timeout(due_s).callbacks.append(lambda _: room.run.hear(heard))
    room.run.spawn(bring_back(room.run))
    room.until(due_s + 10)
    assert opened(room) == []
    assert room.run.facts.open
    assert not room.run.facts.start_asked


def test_l1_c5_a_node_without_a_journal_brings_back_who_had_run_when_the_other_one_tells_him() -> None:
    """People stop the cluster in an outage, and press the nodes' buttons later: control1, whose journal keeps
    nothing, is up first (crowded seed 911493)."""
    tale = play(
        fault("journal_broken", "control1", -600, 6600, amount=1),
        fault("card_silent", "ups6", 0, 6658.6),
        out(0, 1800),
        Managed(60, Manager.SHUTDOWN, "ssccluster"),
        Pressed(6300, "ups1"),
        Pressed(6600, "ups2"),
        until_s=7 * 3600,
    )
    late = [words for words in unexcused(tale, ["journal_broken", "card_silent"]) if "ups4" not in words]
    assert late == [], "the battery of ups4 ended, for people had stopped both nodes"


@pytest.mark.parametrize("back_s", [10701.9, 10560.0], ids=["the next one counts", "the mains are back"])
@pytest.mark.parametrize("held", [True, False], ids=["their UPS is held", "their UPS goes off"])
def test_l1_s28_c2_whom_we_have_stopped_for_one_that_had_been_closed_long_before_is_brought_back(
    back_s: float, held: bool
) -> None:
    """control1 boots alone into the next outage, and the one in which it had gone is still open in its
    journal; that it is over it hears when control2 has booted, too (crowded seed 911450)."""
    tale = play(
        out(0, 1910, "ups3"),
        fault("ups_in_maintenance", "ups5", 0, 14500) if held else [],
        out(1200, 10112, "ups1"),
        Managed(10170, Manager.REBOOT, "ssccluster"),
        out(10360, back_s),
        until_s=8 * 3600,
    )
    holds(tale, *(["ups_in_maintenance"] if held else []))
    tale.before("server.halted blade1", "lease.lost *", "server.up blade1")
    tale.before("server.halted rack1", "lease.lost *", "server.up rack1")
    tale.never("journal.committed blade1 kind=shut_down", "journal.committed rack1 kind=shut_down")


def test_s28_who_has_left_the_command_while_it_was_open_brings_nobody_back_after_its_end() -> None:
    """control2 has, and a hand has shut blade1 down since, when control1 commands again."""
    tale = play(
        out(0, 700, "ups5"),
        fault("group_moves", "ssccluster", 300),
        fault("server_pressed", "blade1", 3600),
        fault("group_moves", "ssccluster", 5400),
        until_s=3 * 3600,
    )
    tale.before("command.sent blade1 command=shutdown", "incident.closed *")
    assert [event.by for event in tale.all("lease.taken *")] == ["control2", "control1"]
    assert len(tale.all("incident.opened *")) == len(tale.times("server.booting blade1")) == 1
    holds(tale, "group_moves", "server_pressed")
