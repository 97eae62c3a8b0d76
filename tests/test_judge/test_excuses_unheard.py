"""Who cannot have heard of it: words and boots on the other side of a parted network, cards of a slow one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach

STRUCK_S = 700.0


def said_to(t: float, name: str, by: str, subject: str = "reference", **details: str) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


@pytest.mark.parametrize(
    ("rule", "word", "other"),
    [
        ("S28", ("request.accepted", {"id": "r1"}), ("request.accepted", {"id": "r2"})),
        ("S28", ("schedule.fired", {"id": "r1"}), ("request.accepted", {"id": "r1"})),
        ("S27", ("hold.set", {"subject": "ups5"}), ("hold.set", {"subject": "ups6"})),
        ("S5", ("schedule.fired", {"id": "r1"}), ("schedule.fired", {"id": "r2"})),
        ("S9", ("request.accepted", {"id": "r1"}), ("request.accepted", {"id": "r2"})),
        ("S31", ("request.accepted", {"id": "r1"}), ("request.accepted", {"id": "r2"})),
        ("S9", ("incident.closed", {}), ("request.accepted", {"id": "None"})),
    ],
)
def test_n2_a_node_that_hears_nothing_of_the_others_is_excused_for_what_only_they_were_told(
    site: Site, rule: str, word: tuple[str, dict[str, str]], other: tuple[str, dict[str, str]]
) -> None:
    to_control2 = said_to(STRUCK_S + 10, word[0], "control2", **word[1])
    deed = said_to(STRUCK_S + 60, "command.sent", "control1", "ups5", command="on")
    broken = [Breach(rule, deed.t, "ups5", "it was switched on", (to_control2, deed))]
    heard_s = site.polling.stale_after_s(site.polling.on_line_s)

    def left(*more: Event, fault: str = "nodes_parted", ended_s: float | None = None) -> list[Breach]:
        story = [FaultChange(STRUCK_S, named(fault), "control1")]
        if ended_s is not None:
            story.append(FaultChange(ended_s, named(fault), "control1", present=False))
        return excused(broken, story, site, [to_control2, *more, deed])[1]

    parts = "nodes_parted", "peers_apart", "site_file_differs", "service_upgraded", "production_down"
    for fault in parts:
        assert left(fault=fault) == [], fault
    assert left(said_to(deed.t, word[0], "control1", **word[1])) == broken, "it was told, too"
    assert left(said_to(deed.t + 1, word[0], "control1", **word[1])) == [], "too late"
    assert left(said_to(STRUCK_S, other[0], "control1", **other[1])) == [], "another word"
    assert left(ended_s=deed.t - heard_s) == []
    assert left(ended_s=deed.t - heard_s - 1) == broken, "they have heard each other since"
    assert left(fault="service_upgraded", ended_s=STRUCK_S + 11) == [], "that one does not end"


def test_n2_who_has_not_heard_that_another_outage_was_declared_is_excused_for_going_on_with_the_one_before(
    site: Site,
) -> None:
    declared = said_to(STRUCK_S + 10, "journal.committed", "control2", kind="declared", epoch="2")
    deed = said_to(STRUCK_S + 60, "command.sent", "control1", "ssccluster", command="stop")

    def left(name: str, told: Event = declared, by_s: float = 50, counted: str = "0", **details: str) -> int:
        broken = [Breach("S31", deed.t, "ssccluster", "it is stopped", (told, deed))]
        story = [FaultChange(STRUCK_S, named("production_down"), "control1")]
        his = said_to(STRUCK_S + by_s, name, "control1", **details)
        before = said_to(STRUCK_S + 9, "journal.committed", "control1", kind="declared", epoch=counted)
        return len(excused(broken, story, site, sorted([told, before, his, deed], key=lambda e: e.t))[1])

    assert left("journal.heard", epoch="1") == left("journal.committed", kind="confirmed", epoch="1") == 0
    assert left("journal.heard", epoch="2") == left("journal.committed", kind="confirmed", epoch="3") == 1
    assert left("journal.heard", by_s=61, epoch="2") == 0, "too late"
    assert left("outage.suspected", epoch="2") == 0
    assert left("journal.committed", counted="3", kind="confirmed", epoch="3") == 0, "he counts by himself"
    assert left("journal.heard", counted="3", epoch="4") == 1
    assert left("journal.heard", counted="1", epoch="2") == 1
    row = replace(declared, details={"kind": "confirmed", "epoch": "2"})
    assert left("journal.heard", told=row, epoch="1") == 1, "that declares nothing"
    alarm = replace(declared, name="alarm.raised")
    assert left("journal.heard", told=alarm, epoch="1") == 1


def test_n2_who_was_told_of_it_by_nobody_since_is_excused_until_another_node_is_there_again(
    site: Site,
) -> None:
    """The one that was told is down when the network is whole again; who boots then has never met it."""
    word = said_to(STRUCK_S + 10, "request.accepted", "control2", id="r1")
    down = Event(STRUCK_S + 20, "server.halted", "control2", "room", Source.FACT, {})
    ended_s = STRUCK_S + 100
    deed = said_to(ended_s + 9000, "command.sent", "control1", "ups5", command="on")
    broken = [Breach("S28", deed.t, "ups5", "it was switched on", (word, deed))]
    story = [
        FaultChange(STRUCK_S, named("nodes_parted"), "control1"),
        FaultChange(ended_s, named("nodes_parted"), "control1", present=False),
    ]
    heard_s = ended_s + site.polling.stale_after_s(site.polling.on_line_s)

    def left(*events: Event) -> list[Breach]:
        return excused(broken, story, site, sorted((word, *events, deed), key=lambda e: e.t))[1]

    def says(t: float) -> Event:
        return said_to(t, "journal.heard", "control2")

    assert left() == broken, "it has been there all the while"
    assert left(down) == []
    assert left(down, says(heard_s)) == broken, "its service is there when they hear each other"
    assert left(down, says(heard_s + 0.1)) == broken, "it has come since"
    assert left(down, says(deed.t)) == broken
    gone = Event(heard_s, "server.halted", "control2", "room", Source.FACT, {})
    assert left(down, says(heard_s), gone) == [], "it is gone in that very moment"
    assert left(down, says(deed.t + 0.1)) == [], "too late"
    boots = Event(heard_s + 1, "server.up", "control1", "room", Source.FACT, {})
    assert left(down, boots) == []
    went = Event(heard_s - 1, "server.halted", "control1", "room", Source.FACT, {})
    assert left(went, down, says(heard_s), gone, boots) == [], "he was down then"
    assert left(went, down, says(heard_s + 0.5), replace(gone, t=heard_s + 0.9), boots) == []
    assert left(went, down, says(heard_s + 1), boots) == broken, "he has come since"
    going = replace(went, name="server.shutting_down")
    assert left(going, down, says(heard_s + 0.5), replace(gone, t=heard_s + 0.9)) == broken, "not down yet"


def test_n1_o1_who_cannot_see_that_somebody_was_booted_goes_on_with_the_stop_that_this_ends(
    site: Site,
) -> None:
    """Both were told of the stop; the other one is booted by hand, and its word comes through to nobody. Who
    has just seen it up waits until it has looked round, and would say so (seed 67985)."""
    stop = said_to(STRUCK_S + 10, "request.accepted", "control2", id="r1")
    boot = Event(STRUCK_S + 40, "server.up", "control2", "room", Source.FACT)
    deed = said_to(STRUCK_S + 90, "command.sent", "control1", "control2", command="force")
    own = said_to(STRUCK_S + 90, "command.sent", "control2", "control2", command="force")
    heard = said_to(STRUCK_S + 10, "request.accepted", "control1", id="r1")

    def left(*more: Event, by: Event = deed, fault: str = "nodes_parted", of: str = "control1") -> int:
        broken = [Breach("S9", by.t, "control2", "nobody wanted it", (stop, boot, by))]
        return len(excused(broken, [FaultChange(STRUCK_S, named(fault), of)], site, [heard, *more, by])[1])

    assert left() == left(fault="switch_dies", of="lan1") == 0
    assert left(by=own) == 1, "it knows of its own boot"
    for t, seen in ((39, 0), (40, 1), (60, 1), (61, 0)):
        assert left(said_to(STRUCK_S + t, "server.up", "control1", "control2")) == seen
    assert left(said_to(STRUCK_S + 50, "server.up", "control1", "blade1")) == 0, "another one"
    assert left(said_to(STRUCK_S + 50, "server.booting", "control1", "control2")) == 0
    assert left(said_to(STRUCK_S + 50, "server.up", "control2", "control2")) == 0, "it says that to itself"


def test_n2_of_all_that_has_taken_a_stop_back_who_goes_on_with_it_must_have_heard_nothing(site: Site) -> None:
    """Another node was told of it, has been booted since, and is told that all are wanted up, too."""
    stop = said_to(STRUCK_S + 10, "request.accepted", "control2", id="r1")
    boot = Event(STRUCK_S + 40, "server.up", "control2", "room", Source.FACT)
    start = said_to(STRUCK_S + 50, "request.accepted", "control2", id="r2")
    deed = said_to(STRUCK_S + 90, "command.sent", "control1", "blade2", command="shutdown")

    def left(*more: Event, wants: tuple[Event, ...] = (stop, boot, start)) -> int:
        broken = [Breach("S9", deed.t, "blade2", "nobody wanted it", (*wants, deed))]
        parted = [FaultChange(STRUCK_S, named("nodes_parted"), "control1")]
        return len(excused(broken, parted, site, [*wants, *more, deed])[1])

    seen = said_to(STRUCK_S + 55, "server.up", "control1", "control2")
    heard = said_to(STRUCK_S + 30, "request.accepted", "control1", id="r1")
    assert left() == 0
    assert left(heard) == left(seen) == 0, "of the other half it has heard nothing"
    assert left(heard, seen) == 1, "it knows what that boot has ended"
    for t, knows in ((89, 1), (91, 0)):
        told = said_to(STRUCK_S + t, "request.accepted", "control1", id="r2")
        assert left(told) == left(told, wants=(start, stop, boot)) == knows
    ups = said_to(STRUCK_S + 45, "ups.output_on", "control1", "ups5")
    assert left(wants=(stop, boot, ups, start)) == 0, "that is no word"


@pytest.mark.parametrize(("fault", "of"), [("nodes_parted", "control1"), ("node_hangs", "control2")])
def test_n2_c7_who_had_not_heard_of_a_stop_cannot_know_that_its_own_boot_has_ended_it(
    site: Site, fault: str, of: str
) -> None:
    """It fires the same instant once more; who hangs has heard nothing, and the other one has gone since."""
    stop = said_to(STRUCK_S + 10, "schedule.fired", "control1", id="nodes/off")
    gone = Event(STRUCK_S + 20, "server.halted", "control1", "room", Source.FACT)
    boot = Event(STRUCK_S + 1000, "server.up", "control2", "room", Source.FACT)
    deed = said_to(STRUCK_S + 1060, "command.sent", "control2", "control2", command="shutdown")

    def left(heard_s: float, *others: Event) -> int:
        heard = said_to(STRUCK_S + heard_s, "schedule.fired", "control2", id="nodes/off")
        broken = [Breach("S9", deed.t, "control2", "nobody wanted it", (stop, boot, deed))]
        events = sorted([stop, heard, gone, *others, boot, deed], key=lambda event: event.t)
        return len(excused(broken, [FaultChange(STRUCK_S, named(fault), of)], site, events)[1])

    assert left(1050) == left(1001) == 0
    assert left(1000) == left(15) == 1, "it had heard of it by then"
    up = Event(STRUCK_S + 990, "server.up", "control1", "room", Source.FACT)
    assert left(1050, up) == (fault == "node_hangs"), "somebody is there to tell it"


@pytest.mark.parametrize("rule", ["S9", "S27", "S28", "S31"])
def test_c7_what_was_said_while_a_node_hung_it_hears_of_when_another_is_there_that_does_not_hang(
    site: Site, rule: str
) -> None:
    """The one that was told hangs in its turn before the first is at work again: then nobody tells it."""
    ended_s = STRUCK_S + 1000

    def left(
        *story: FaultChange, said_s: float = STRUCK_S + 10, by: str = "control2", up_s: float = 0.0
    ) -> int:
        hold = said_to(said_s, "hold.set", "control1", "ups6")
        deed = said_to(ended_s + 300, "command.sent", by, "ups6", command="off")
        boots = [Event(up_s, "server.up", "control2", "room", Source.FACT)] if up_s else []
        events = sorted([hold, *boots, deed], key=lambda event: event.t)
        hung = [hangs("control2", STRUCK_S), hangs("control2", ended_s, begins=False)]
        changes = sorted([*hung, *story], key=lambda change: change.at_s)
        return len(excused([Breach(rule, deed.t, "ups6", "held", (hold, deed))], changes, site, events)[1])

    def hangs(node: str, at_s: float, *, begins: bool = True) -> FaultChange:
        return FaultChange(at_s, named("node_hangs"), node, present=begins)

    other = hangs("control1", ended_s)
    assert left(other) == 0
    assert left() == left(hangs("control1", ended_s + 1)) == 1, "it was told at once"
    assert left(hangs("control1", STRUCK_S + 20), hangs("control1", ended_s, begins=False)) == 1
    assert left(other, by="control1") == 1, "who was told, and has done it all the same"
    assert left(other, said_s=STRUCK_S) == left(other, said_s=ended_s) == 0
    assert left(other, said_s=STRUCK_S - 1) == left(other, said_s=ended_s + 1) == 1, "it did not hang then"
    assert left(other, up_s=ended_s - 1) == 1, "it has booted, and the other one was at work then"
    assert left(hangs("control1", ended_s - 1), up_s=ended_s - 1) == 0


def test_n2_c6_s27_nor_does_he_hear_of_his_own_word_that_his_journal_has_lost(site: Site) -> None:
    """The other one knows it, and hears nothing of him."""
    hold = said_to(STRUCK_S + 10, "hold.set", "control1", "ups1")
    deed = said_to(STRUCK_S + 1060, "command.sent", "control1", "ups1", command="off")
    torn = FaultChange(STRUCK_S, named("journal_torn"), "control1", amount=100.0)
    parted = FaultChange(STRUCK_S, named("nodes_parted"), "control2")
    broken = [Breach("S27", deed.t, "ups1", "off of ups1, held", (hold, deed))]

    def left(*story: FaultChange, node: str = "control1", at_s: float = STRUCK_S + 20) -> int:
        gone = Event(at_s, "server.halted", node, "room", Source.FACT)
        events = sorted([hold, gone, deed], key=lambda event: event.t)
        return len(excused(broken, story, site, events)[1])

    assert left(torn, parted) == left(torn, parted, at_s=deed.t) == 0
    assert left(parted) == 1, "his journal has kept it"
    assert left(torn) == 1, "the other one would have told him"
    assert left(torn, parted, node="control2") == 1, "he has been up all the while"
    assert left(torn, parted, at_s=hold.t) == left(torn, parted, at_s=deed.t + 1) == 1


@pytest.mark.parametrize("fault", ["network_slow", "network_loses", "management_down"])
def test_n3_n5_who_begins_while_no_card_answers_goes_on_with_the_outage_that_he_knows(
    site: Site, fault: str
) -> None:
    up = Event(STRUCK_S + 10, "server.up", "control1", "room", Source.FACT)
    deed = said_to(STRUCK_S + 60, "command.sent", "control1", "linkeddisk", command="flush")
    told = said_to(STRUCK_S + 50, "card.silent", "control1", "ups4")
    broken = [Breach("S9", deed.t, "linkeddisk", "the mains had been back", (deed,))]
    story = [FaultChange(STRUCK_S, named(fault), "network", amount=40.0)]
    opened = said_to(STRUCK_S - 60, "incident.opened", "control1", site.name)
    assert excused(broken, story, site, [opened, up, deed])[1] == []
    assert excused(broken, story, site, [opened, up, told, deed])[1] == broken
    assert excused(broken, story, site, [opened, deed])[1] == broken, "it has heard them before"
    assert excused(broken, story, site, [up, deed])[1] == broken, "there is none that it could know"


def test_c4_s26_a_node_whose_cluster_tells_it_nothing_forces_it_at_the_limit_of_a_stop_that_is_over(
    site: Site,
) -> None:
    """The cluster has stopped, and runs anew on another node; but whoever is forced beside it is."""
    stop = said_to(STRUCK_S, "command.sent", "control1", "ssccluster", command="stop")
    force = said_to(STRUCK_S + 300, "command.sent", "control1", "ssccluster", command="force")
    struck = [FaultChange(STRUCK_S, named("cluster_mistaken"), "control1")]

    def left(subject: str, at_s: float = force.t) -> list[Breach]:
        broken = [Breach("S26", at_s, subject, "it was forced", (force,))]
        return excused(broken, struck, site, [stop, force])[1]

    assert left("ssccluster") == []
    assert left("control2")
    assert left("ssccluster", STRUCK_S - 1), "it had not struck"


def test_c4_l8_who_heard_that_a_cluster_ran_ends_that_incident_without_it_and_no_later_one(
    site: Site,
) -> None:
    """When its service tells the truth again the cluster stands still, as if somebody had just stopped it."""
    mistaken, name = named("cluster_mistaken"), "incident.closed"
    first, second = said_to(STRUCK_S + 900, name, "control1"), said_to(STRUCK_S + 9000, name, "control1")
    stays = next(e for e in mistaken.excuses if e.rule == "L8" and e.stays)
    story = [FaultChange(STRUCK_S, replace(mistaken, excuses=(stays,)), "control1")]
    broken = [Breach("L8", e.t, "reference", "the cluster was stopped", (e,)) for e in (first, second)]
    assert excused(broken, story, site, [first, second])[1] == broken[1:]


C9 = {"rule": "C9"}


@pytest.mark.parametrize(
    ("alarm", "forgotten"),
    [
        ((40.0, "control1", C9), True),
        ((20.0, "control1", C9), True),  # as it begins
        ((60.0, "control1", C9), True),  # in that moment
        ((19.0, "control1", C9), False),  # in a life that is over
        ((61.0, "control1", C9), False),
        ((40.0, "control2", C9), False),
        ((40.0, "control1", {"rule": "C12"}), False),
    ],
)
def test_c5_c9_nor_does_a_node_remember_what_only_one_knows_that_goes_by_another_site_file(
    site: Site, alarm: tuple[float, str, dict[str, str]], forgotten: bool
) -> None:
    """Its journal has kept nothing of the hold, and it reads nothing of the other one, whose own is well."""
    told = said_to(STRUCK_S + 10, "hold.set", "control1", "ups5")
    deed = said_to(STRUCK_S + 60, "command.sent", "control1", "ups5", command="off")
    died = Event(STRUCK_S + 20, "service.died", "control1", "room", Source.FACT, {})
    says = said_to(STRUCK_S + alarm[0], "alarm.raised", alarm[1], "control1", **alarm[2])

    def left(deed: Event, node: str = "control1") -> list[Breach]:
        broken = [Breach("S27", deed.t, "ups5", "it is held", (told, deed))]
        story = [FaultChange(STRUCK_S, named("journal_broken"), node, amount=1.0)]
        return excused(broken, story, site, sorted([told, died, says, deed], key=lambda e: e.t))[1]

    assert (left(deed) == []) is forgotten
    assert left(deed, "control2") != [], "its own journal is well"
    assert left(replace(deed, by="control2")) != [], "who knows it"


def test_l1_c8_who_commands_does_not_know_who_was_asked_for_in_a_journal_that_he_cannot_read(
    site: Site,
) -> None:
    word = said_to(STRUCK_S + 10, "request.accepted", "control2", id="r1", wish="power_on", of="")
    taken = said_to(STRUCK_S + 20, "lease.taken", "control1")
    broken = [Breach("L1", STRUCK_S + 900, "blade1", "it is not up")]
    story = [FaultChange(STRUCK_S, named("service_upgraded"), "control2", amount=20.0)]
    assert excused(broken, story, site, [word, taken])[1] == []
    assert excused(broken, story, site, [word, replace(word, by="control1"), taken])[1] == broken


def test_n2_t7_s28_who_cannot_hear_why_another_boots_takes_that_for_the_end_of_the_word_that_he_has_heard(
    site: Site,
) -> None:
    word = said_to(STRUCK_S + 30, "request.accepted", "control1", id="r1")
    deed = said_to(STRUCK_S + 90, "command.sent", "control1", "blade1", command="wake")

    def left(told_s: float, *, ended_s: float = 1000.0) -> int:
        back = said_to(STRUCK_S + told_s, "command.sent", "control2", "ups2", command="off")
        broken = [Breach("S28", deed.t, "blade1", "it is woken", (word, back, deed))]
        fault = named("nodes_parted")
        over = FaultChange(STRUCK_S + ended_s, fault, "control1", present=False)
        return len(
            excused(broken, [FaultChange(STRUCK_S, fault, "control1"), over], site, [back, word, deed])[1]
        )

    assert left(0) == left(20) == left(40) == 0
    assert left(-1) == 1, "he heard that yet"
    assert left(20, ended_s=31) == 1, "he has met the other since"


def test_n2_s28_who_takes_anothers_word_for_it_that_a_boot_has_ended_one_goes_by_what_that_one_had_heard(
    site: Site,
) -> None:
    """control1 has restarted the cluster; control2 cannot hear that, and says when they meet that somebody
    has booted it."""
    word = said_to(STRUCK_S + 30, "request.accepted", "control2", id="r1")
    over = said_to(STRUCK_S + 90, "journal.committed", "control2", "r1, then control2/2", kind="wanted")
    deed = said_to(STRUCK_S + 200, "command.sent", "control1", "ups5", command="on")

    def left(told_s: float, ended_s: float, *shown: Event) -> int:
        restart = said_to(STRUCK_S + told_s, "command.sent", "control1", "ssccluster", command="restart")
        broken = [Breach("S28", deed.t, "ups5", "it is switched on", (word, restart, *shown, deed))]
        fault = named("nodes_parted")
        ends = FaultChange(STRUCK_S + ended_s, fault, "control1", present=False)
        events = [word, restart, over, deed]
        return len(excused(broken, [FaultChange(STRUCK_S, fault, "control1"), ends], site, events)[1])

    assert left(60, 150, over) == 0
    assert left(60, 150) == 1, "he has told that himself, and nobody says that it is over"
    assert left(-1, 150, over) == 1, "that was told before they were parted"
    assert left(60, 35, over) == 1, "they had met again by then"
