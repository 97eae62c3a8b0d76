"""What a node is asked that does not command: the commander's word binds (R8-01, S28, S35)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.asked import hear, hear_passed_on
from sequencer.journal import Kind, Row
from sequencer.passed_on import ANSWER_LIMIT_S
from sequencer.ports import Os, PeerStatus, ServerStatus
from sequencer.requests import Request, Wish
from sequencer.site import Site
from sim.faults.nodes import PEERS_APART
from sim.story import Asked, FaultChange
from tests.hands import HandRoom
from tests.standing import COMMANDS, IDLE
from tests.worlds import LINKED, play

OFF = Request("r1", Wish.POWER_OFF, ("blade1", "blade2"), "backup")
ANSWERED_S = ANSWER_LIMIT_S + 10.0


class Standby:
    """control2 hears a request, and control1 is moved by hand."""

    def __init__(self, site: Site, peer: PeerStatus = COMMANDS) -> None:
        self.room = HandRoom(site, "control2")
        self.run = self.room.run
        self.run.commands = False
        self.peer = self.room.peers["control1"]
        self.peer.show(peer)
        self.run.spawn(hear(self.run))
        self.run.spawn(hear_passed_on(self.run))
        self.room.until(1.0)

    def hears(self, *rows: Row) -> None:
        self.run.hear(*rows)

    @property
    def refusals(self) -> list[str]:
        return [refusal for _, refusal in self.room.replied]

    @property
    def passed_on(self) -> list[Row]:
        return [row for row in self.peer.copies if row.kind is Kind.ASKED]


def refused(reason: str) -> Row:
    return Row(Kind.REFUSED, OFF.id, 0, "control1/1", 3.0, {"reason": reason, "wall_s": 1.8e9})


def accepted() -> Row:
    said = {"servers": list(OFF.of), "goal": "down", "wall_s": 1.8e9}
    return Row(Kind.WANTED, OFF.id, 0, "control1/1", 3.0, said)


def test_s28_what_the_commander_refused_the_standby_refuses_with_his_words(site: Site) -> None:
    standby = Standby(site)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(1.5)
    standby.hears(refused("blade3 may run"))
    standby.room.until(ANSWERED_S)
    assert standby.refusals == ["blade3 may run"]
    assert not standby.run.facts.wants
    assert standby.room.told("request.refused")
    assert not standby.passed_on, "both have heard it"


def test_what_the_commander_accepted_the_standby_says_yes_to(site: Site) -> None:
    standby = Standby(site)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(1.5)
    standby.hears(accepted())
    standby.room.until(ANSWERED_S)
    assert standby.refusals == [""]
    assert not standby.room.told("request.accepted"), "the commander has said so"


def test_r8_01_a_request_that_the_standby_alone_hears_is_passed_on_to_the_commander(site: Site) -> None:
    standby = Standby(site)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(4.0)
    (row,) = standby.passed_on
    commander = HandRoom(site)
    commander.run.spawn(hear_passed_on(commander.run))
    commander.until(1.0)
    commander.run.hear(row)
    commander.until(5.0)
    (told,) = commander.told("request.accepted")
    assert (told["wish"], told["of"], told["asked_by"]) == ("power_off", "blade1, blade2", "backup")
    standby.hears(*commander.peers["control2"].copies)
    standby.room.until(ANSWERED_S)
    assert standby.refusals == [""]
    assert standby.room.run.facts.asked_by == {told["id"]: "backup"}, "who is told if it does not come (S9)"


@pytest.mark.parametrize("wish", [Wish.POWER_OFF, Wish.POWER_ON, Wish.HOLD])
@pytest.mark.parametrize("known", [True, False])
def test_n3_s28_a_commander_who_is_asked_again_says_again_what_he_decided(
    site: Site, wish: Wish, known: bool
) -> None:
    """His copy was lost; else the other one would refuse what is being done, or do what was refused."""
    commander = HandRoom(site)
    if wish is Wish.POWER_OFF:
        commander.servers["bladepool"].show(ServerStatus(Os.UP))
    commander.run.spawn(hear(commander.run))
    commander.run.spawn(hear_passed_on(commander.run))
    request = Request("r1", wish, ("blade1",), "backup")
    commander.mailbox.deliver(request)
    commander.mailbox.deliver(Request("r2", Wish.HOLD, ("ups3",), "another"))
    commander.until(2.0)
    peer = commander.peers["control2"]
    first = [row for row in peer.copies if row.subject != "ups3"]
    peer.copies.clear()
    said = {"wish": wish.value, "servers": ["blade1"], "asked_by": "backup"}
    commander.run.commands = known
    commander.run.hear(Row(Kind.ASKED, "r1", 0, "control2/1", 4.0, said))
    commander.until(4.0)
    assert first
    assert peer.copies == (first if known else [])


def test_s28_a_standby_that_has_become_commander_meanwhile_decides_itself(site: Site) -> None:
    """The other one is only silent, and nobody knows whether he has heard it; but nobody else decides now."""
    standby = Standby(site)
    standby.peer.fall_silent()
    standby.room.mailbox.deliver(OFF)
    standby.room.until(4.0)
    standby.run.commands = True
    standby.room.until(ANSWERED_S)
    assert standby.refusals == [""]
    assert standby.run.facts.wants["blade1"].cause == OFF.id


def test_a_commander_that_says_nothing_leaves_it_refused_and_not_taken_over(site: Site) -> None:
    """Nor is it carried out hours later, when somebody has long done it by hand."""
    standby = Standby(site)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(ANSWERED_S)
    (refusal,) = standby.refusals
    assert "control1 may command" in refusal
    assert len(standby.passed_on) > 1
    standby.peer.show(IDLE)
    standby.run.commands = True
    standby.room.until(100.0)
    assert not standby.run.facts.wants


def test_s27_what_somebody_holds_or_lets_go_counts_for_whoever_hears_it_though_the_commander_says_nothing(
    site: Site,
) -> None:
    """He may have heard it too, and they do not hear each other: whoever follows him knows of it."""
    standby = Standby(site)
    standby.room.mailbox.deliver(Request("r1", Wish.HOLD, ("rack1",), "operator"))
    standby.room.until(ANSWER_LIMIT_S - 1)
    assert not standby.refusals
    standby.room.until(ANSWERED_S)
    assert standby.refusals == [""]
    assert standby.run.facts.held == {"rack1"}
    standby.room.mailbox.deliver(Request("r2", Wish.RELEASE, ("rack1",), "operator"))
    standby.room.until(2 * ANSWERED_S)
    assert not standby.run.facts.held
    assert len(standby.passed_on) > 1, "he is asked first"


@pytest.mark.parametrize("gone", ["idle", "halted"])
def test_a_commander_that_is_gone_leaves_it_to_the_standby(site: Site, gone: str) -> None:
    standby = Standby(site)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(4.0)
    if gone == "idle":
        standby.peer.show(IDLE)
    else:
        standby.peer.fall_silent()
        standby.room.servers["control1"].show(ServerStatus(Os.HALTED))
    standby.room.until(ANSWERED_S)
    assert standby.refusals == [""]
    assert standby.run.facts.wants["blade1"].cause == OFF.id


def test_a_commander_that_is_only_silent_may_have_refused_it(site: Site) -> None:
    standby = Standby(site)
    standby.peer.fall_silent()
    standby.room.mailbox.deliver(OFF)
    standby.room.until(ANSWERED_S)
    (refusal,) = standby.refusals
    assert "ask again" in refusal


def test_c9_of_one_with_another_site_file_nobody_knows_what_it_wrote_down(site: Site) -> None:
    standby = Standby(site, replace(IDLE, alike=False))
    standby.room.mailbox.deliver(OFF)
    standby.room.until(ANSWERED_S)
    assert all(standby.refusals)


def test_of_two_idle_nodes_the_lower_numbered_decides_first(site: Site) -> None:
    standby = Standby(site, IDLE)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(2.5)
    assert not standby.refusals
    standby.hears(refused("first"))
    standby.room.until(ANSWERED_S)
    assert standby.refusals == ["first"]


def test_what_the_commander_heard_itself_and_is_passed_on_too_is_decided_once(site: Site) -> None:
    """While it still looks at the machines."""
    standby = Standby(site)
    standby.room.mailbox.deliver(OFF)
    standby.room.until(4.0)
    commander = HandRoom(site)
    commander.run.spawn(hear(commander.run))
    commander.run.spawn(hear_passed_on(commander.run))
    commander.until(1.0)
    commander.mailbox.deliver(OFF)
    commander.run.hear(*standby.passed_on)
    commander.until(20.0)
    assert len(commander.told("request.accepted")) == 1
    assert [refusal for _, refusal in commander.replied] == [""]


def test_what_is_passed_on_to_one_who_does_not_command_is_not_decided_there(site: Site) -> None:
    asked = Standby(site)
    asked.hears(Row(Kind.ASKED, "r2", 0, "control1/1", 1.0, {"wish": "hold", "servers": [], "asked_by": ""}))
    asked.room.until(ANSWERED_S)
    asked.run.commands = True
    asked.room.until(60.0)
    assert not asked.run.facts.refused


def test_s28_a_refusal_of_the_commander_holds_in_a_whole_room(site: Site) -> None:
    """blade1 alone is refused; the standby sees the same room, and says the same."""
    tale = play(Asked(0, Wish.POWER_OFF, ("blade1",), "backup"))
    reasons = {str(e.details["reason"]) for e in tale.all("request.refused blade1")}
    assert len(reasons) == 1
    tale.never("request.accepted *", "server.shutting_down *")


def test_n2_asked_apart_the_commander_carries_it_out_and_the_standby_says_that_it_does_not_know() -> None:
    tale = play(FaultChange(-60, PEERS_APART, "control2"), Asked(0, Wish.POWER_OFF, LINKED))
    assert {e.by for e in tale.all("request.accepted *")} == {"control1"}
    (refused,) = tale.all("request.refused *", by="control2")
    assert "control1 may command" in refused.details["reason"]
