"""A node that cannot know that a word was taken back may act on it (S9, S31)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from typing import Any

import pytest

from tests.told_well import CALM

OFF = "0 control1 request.accepted reference wish=power_off id=r1 of=rack1"
ON = "100 control2 request.accepted reference wish=power_on id=r2 of=rack1"
AWAY = ("10 room server.shutting_down control1", "70 room server.halted control1")
GONE = ("150 room server.shutting_down control2", "210 room server.halted control2")
BACK = ("220 room server.booting control1", "460 room server.up control1")
MET = "439 room server.up control2"
STOP = "470 control1 command.sent rack1 command=shutdown"


def stops(telling: Any, rule: str = "S9") -> bool:
    return bool(telling.result(rule).breaches)


def test_S9_who_cannot_know_that_a_word_was_taken_back_may_act_on_it(tell: Any) -> None:
    """control1 was down when control2 was told, and that was down when control1 was up again."""
    parted = tell(CALM).plus(OFF, ON, *AWAY, *GONE, *BACK, STOP)
    assert not stops(parted)
    assert stops(parted.plus(MET)), "they have met since"
    assert stops(parted.without(*AWAY, *BACK)), "it was up"
    assert stops(parted.without(OFF)), "nobody ever wanted it"
    assert stops(
        parted.without(OFF).plus("5 control1 request.accepted reference wish=power_on id=r3 of=rack1")
    )
    been = parted.plus("1 room server.shutting_down rack1", "91 room server.halted rack1")
    assert not stops(been), "it has been down by that word, and by all that is known is to be"
    restart = "470 control1 command.sent rack1 command=restart"
    up = been.without("command=shutdown").plus("120 room server.booting rack1", "210 room server.up rack1")
    assert stops(up.plus(restart)), "but not to be restarted"


def test_S9_S31_what_the_other_has_said_in_the_same_instant_is_still_on_its_way(tell: Any) -> None:
    """Both are up; seed 910019, where a node that a hand had booted said so as its shutdown left."""
    late = tell(CALM).plus(OFF, ON, STOP.replace("470 ", "100.02 "))
    out = ("50 room mains.lost ups5", "90 control2 journal.committed ups5 kind=confirmed")
    assert not stops(late)
    assert not stops(late.plus(*out), "S31")
    assert stops(late.without("command=shutdown").plus(STOP.replace("470 ", "100.1 "))), "it has arrived"
    assert stops(late.without(ON).plus(ON.replace("control2", "control1"))), "its own it knows at once"
    assert stops(late.without(OFF)), "nobody ever wanted it"


def test_S9_S31_who_does_what_is_wanted_may_do_it_though_only_the_other_was_told(tell: Any) -> None:
    parted = tell(CALM).plus(ON.replace("power_on", "power_off"), *AWAY, *GONE, *BACK, STOP)
    out = ("300 room mains.lost ups5", "365 control2 journal.committed ups5 kind=confirmed")
    assert not stops(parted)
    assert not stops(parted.plus(*out), "S31")


def test_S9_who_goes_down_tells_the_other_what_he_hears_until_he_is_halted(tell: Any) -> None:
    going = tell(CALM).plus(OFF, *GONE, ON.replace("100 ", "160 "), STOP)
    assert stops(going), "control1 was up, and heard of it"
    assert not stops(going.plus(*AWAY, *BACK)), "it was down by then, and so was the other when it was back"


def test_S9_so_it_is_with_a_restart(tell: Any) -> None:
    fired = "control1 schedule.fired reference id=nodes/1/off goal=reboot servers=rack1"
    parted = tell(CALM).plus(
        f"0 {fired}",
        *AWAY,
        ON,
        "130 room server.up rack1",
        *GONE,
        *BACK,
        "470 control1 command.sent rack1 command=restart",
    )
    assert not stops(parted)
    assert stops(parted.plus(MET))
    assert stops(parted.without("schedule.fired"))
    been = parted.plus("2 room server.booting rack1", "92 room server.up rack1")
    assert stops(been), "it has been restarted"
    assert stops(been.without("command=restart").plus(STOP)), "and that is no reason to stop it"


def test_S31_so_it_is_with_whom_no_outage_concerns(tell: Any) -> None:
    out = ("300 room mains.lost ups5", "365 control2 journal.committed ups5 kind=confirmed")
    parted = tell(CALM).plus(OFF, ON, *AWAY, *GONE, *BACK, *out, STOP)
    assert not stops(parted, "S31")
    assert stops(parted.plus(MET), "S31")
    (breach,) = parted.plus(MET).result("S31").breaches
    assert [event.name for event in breach.events] == ["request.accepted", "command.sent"], "for the excuses"


def test_S9_c1_a_node_whose_service_is_dead_hears_nothing_until_the_next_one_says_something(
    tell: Any,
) -> None:
    dead = tell(CALM).plus(OFF, "10 room service.died control1", ON, *GONE, STOP)
    assert not stops(dead)
    assert stops(dead.plus("209 control1 lease.taken reference")), "control2 was not down yet"
    assert not stops(dead.plus("211 control1 lease.taken reference"))
    assert stops(dead.without("service.died"))


def test_S9_a_boot_is_a_word_only_to_whom_can_know_of_the_stop_that_it_ends(tell: Any) -> None:
    """control2 is told of a stop, and goes by it with control1, which is booted alone by hand."""
    word = "100 control2 request.accepted reference wish=power_off id=r1"
    goes = [
        f"{t} room server.{what} control1"
        for t, what in ((120, "shutting_down"), (180, "halted"), (460, "up"))
    ]
    fired = "465 control1 schedule.fired reference id=nodes/x/off goal=down late_s=900 servers=control1"
    telling = tell(CALM).plus("10 room service.died control1", word, *goes, *GONE, fired)
    stop = "470 control1 command.sent control1 command=shutdown"
    assert not stops(telling.plus(stop)), "by all that control1 knows the schedule is the last word"
    assert stops(telling.without("service.died").plus(stop)), "its boot is a later one than that"


def test_S9_nor_is_a_boot_a_word_to_who_knows_of_the_stop_and_cannot_know_of_the_boot(tell: Any) -> None:
    """control1 was down for its manager when control2 went by that stop, was booted, and went again."""
    every = "0 control1 request.accepted reference wish=power_off id=r1"
    own = "5 control1 request.accepted control1 wish=server_shutdown id=r2 of=control1"
    boots = [
        f"{t} room server.{what} control2"
        for t, what in ((80, "shutting_down"), (90, "halted"), (100, "booting"), (120, "up"))
    ]
    alone = tell(CALM).plus(every, own, *AWAY, *boots, *GONE, *BACK, STOP)
    assert not stops(alone)
    assert stops(alone.plus(MET)), "it has been told"
    assert stops(alone.without(*AWAY, *BACK)), "it was there"


def test_S9_c7_who_hangs_and_is_forced_as_wanted_was_down_and_is_wanted_up_by_whoever_boots_it(
    tell: Any,
) -> None:
    """It did not even begin to shut down."""
    told = tell(CALM).plus("0 control1 request.accepted reference wish=power_off id=r1")
    again = "470 control1 command.sent ssccluster command=stop"
    forced = told.plus(
        "10 room server.forced control2", "10 room server.halted control2", "460 room server.up control2"
    )
    assert stops(forced.plus(again))
    assert not stops(forced.without("server.forced").plus(again)), "it had not begun to go down"
    before = forced.plus("-5 room server.shutting_down control2")
    assert not stops(before.plus(again)), "it was on its way before that, and is to go again (T7)"
    halted = before.plus("-4 room server.halted control2", "-2 room server.up control2")
    assert stops(halted.plus(again)), "that was another time"
    restarts = told.plus("5 control1 command.sent ssccluster command=restart")
    assert not stops(restarts.plus("10 room server.forced control2", "460 room server.up control2", again))


@pytest.mark.parametrize(("up_s", "counts"), [(None, False), (5, True)])
def test_S9_t4_a_request_counts_after_the_last_word_that_its_node_can_know(
    tell: Any, up_s: float | None, counts: bool
) -> None:
    """Its clock is behind; control2 was down, or dead, when the other one was told."""
    told = tell(CALM).plus(
        "-100 room clock.stepped control2 by_s=-7200 skew_s=-7200",
        "-50 room service.died control2",
        "0 control1 request.accepted reference wish=power_on id=r1 of=blade1",
        "9 room service.died control1",
        "10 control2 request.accepted reference wish=power_off id=r2 of=blade1",
        "20 control2 command.sent blade1 command=shutdown",
        "30 control1 outage.suspected ups5",
        "40 control1 command.sent blade1 command=shutdown",
    )
    told = told if up_s is None else told.plus(f"{up_s} control2 outage.suspected ups5")
    assert [b.t - 600 for b in told.result("S9").breaches] == ([] if counts else [40])


def cites(telling: Any) -> list[tuple[str, str]]:
    (breach,) = telling.result("S9").breaches
    return [(e.name, e.by) for e in breach.events[:-1]]


def test_S9_a_breach_tells_which_words_or_boots_had_taken_back_the_last_one(tell: Any) -> None:
    """An excuse asks whether who did it was told."""
    taken_back = tell(CALM).plus(OFF, ON, STOP)
    assert cites(taken_back) == [("request.accepted", "control2")]
    assert cites(taken_back.without(OFF)) == [], "it was never wanted otherwise"
    assert cites(taken_back.without(OFF, ON)) == []
    again = "120 control1 request.accepted reference wish=power_on id=r3 of=rack1"
    said_twice = [("request.accepted", "control2"), ("request.accepted", "control1")]
    assert cites(taken_back.plus(again)) == said_twice, "whoever knew of either had no cause left"
    wanted_down = "110 control1 request.accepted reference wish=power_off id=r4 of=rack1"
    assert cites(taken_back.plus(wanted_down, again)) == said_twice[1:]
    fired = '0 control1 schedule.fired reference id=r/1/off goal=reboot servers="rack1"'
    restarted = tell(CALM).plus(fired, ON, STOP)
    assert cites(restarted) == [("request.accepted", "control2")]
    word = "0 control1 request.accepted reference wish=cluster_shutdown id=r1"
    boots = ("10 room server.shutting_down control2", "70 room server.halted control2")
    up = ("90 room server.booting control2", "330 room server.up control2")
    stop = "470 control1 command.sent control2 command=shutdown"
    booted = tell(CALM).plus(word, *boots, *up, stop)
    assert cites(booted) == [("request.accepted", "control1"), ("server.up", "room")]


def test_S9_r9_23_who_cannot_know_that_the_incident_was_closed_brings_the_cluster_back_in_it(
    tell: Any,
) -> None:
    """control1 goes in the midst of it, control2 closes it and goes, too; control1 is booted alone."""
    opened = "5 control2 incident.opened reference cause=ups5 epoch=4"
    closed = "140 control2 incident.closed reference"
    parted = tell(CALM).plus(*AWAY, *GONE, *BACK)

    def restarts(*incident: str, knows: str = "epoch=4") -> Any:
        return parted.plus(*incident, f"470 control1 command.sent ssccluster command=restart {knows}")

    assert not stops(restarts(opened, closed))
    assert not stops(restarts(opened, closed, knows="epoch=5"))
    assert not stops(restarts("-9 control2 incident.closed reference", opened, closed))
    met = restarts(opened, closed, MET)
    assert stops(met), "the other one has told it since"
    assert cites(met) == [("incident.closed", "control2")], "for the excuses"
    for nothing in (
        restarts(opened, closed, knows="epoch=3"),
        restarts(opened, closed, knows=""),
        restarts(opened, "8 control1 incident.closed reference"),
        restarts(closed),
    ):
        assert cites(nothing) == [], "he has not heard of it, or has closed it himself, or there was none"
    again = restarts(opened, closed, "142 control2 incident.closed reference", MET)
    assert [e.t - 600 for e in again.result("S9").breaches[0].events] == [140, 470], "the first ended it"


DECLARED = "120 control2 journal.committed reference kind=declared"


def test_S9_n2_who_has_not_heard_of_another_outage_goes_on_with_the_one_before(tell: Any) -> None:
    """ups5, whose card is silent, is no part of the second one; ups6 has been heard to have its mains."""
    out = ("-500 room mains.lost ups5", "-500 room mains.lost ups6")
    told = [f"-430 control1 outage.confirmed {ups}" for ups in ("ups5", "ups6")]
    back = ("-100 room mains.restored ups5", "-90 room card.silent ups5", "130 room mains.restored ups6")
    first = tell(CALM).plus(
        *out, *told, "-429 control1 incident.opened reference", *back, *AWAY, *GONE, *BACK
    )
    assert not stops(first.plus(STOP)), "by that one it may be on its battery yet"
    second = first.plus(DECLARED)
    assert not stops(second.plus(STOP)), "and it has heard of no other"
    assert stops(second.plus(STOP, MET)), "it has been told"
    heard = second.without("card.silent")
    assert stops(heard.plus(STOP)), "all are back"
    anew = "300 room mains.lost ups4", "465 control1 outage.confirmed ups4"
    assert not stops(heard.plus(*anew, STOP)), "and another is out since, as it knows itself"
    assert not stops(second.without("130 room mains.restored").plus(STOP, MET)), "ups6 is away yet"


CLOSED = "140 control2 incident.closed reference"


def test_S31_c4_who_cannot_know_that_an_incident_is_over_goes_on_with_it_and_whom_it_concerned(
    tell: Any,
) -> None:
    """control2 has closed it, and begun another stop; ups3 loses its mains again, and ups4 is confirmed."""
    out = "-430 control1 outage.confirmed ups3"
    first = tell(CALM).plus("-700 control1 incident.closed reference", "-500 room mains.lost utility", out)
    again = "465 control1 outage.confirmed ups4", "470 control1 command.sent control2 command=shutdown"
    second = first.plus(CLOSED, DECLARED.replace("120", "141"), *AWAY, *GONE, *BACK, *again)
    assert not stops(second, "S31")
    assert stops(second.plus(MET), "S31"), "it has been told"
    assert stops(second.without(*AWAY, *BACK), "S31"), "it was there"
    assert stops(second.without(out), "S31"), "that was no outage of its disk"
    late = "75 control2 outage.confirmed ups3"
    assert stops(second.without(out).plus(late), "S31"), "nor has it heard of that one"
    cluster = second.without("command=shutdown").plus("470 control1 command.sent ssccluster command=stop")
    assert not stops(cluster, "S31")
    node = cluster.without(out).plus("-430 control1 outage.confirmed ups1", "200 room server.halted control2")
    assert not stops(node, "S31"), "with the last node that runs the cluster goes"


def test_S9_c4_an_outage_is_a_cause_until_its_end_is_known(tell: Any) -> None:
    out = "-500 room mains.lost utility", "-430 control1 outage.confirmed ups6"
    parted = tell(CALM).plus(*out, CLOSED, *AWAY, *GONE, *BACK, STOP)
    assert not stops(parted)
    assert stops(parted.plus(MET)), "it has been told"
    assert stops(parted.without(CLOSED).plus(CLOSED.replace("control2", "control1"))), "by itself"
    assert stops(parted.plus("200 room mains.restored utility")), "the mains have been back"


def test_S31_c4_and_stops_those_only_whom_the_outage_concerned_of_whose_end_he_cannot_know(tell: Any) -> None:
    """For the others there is nothing open, by anybody's word."""
    out = "-500 room mains.lost ups6", "-430 control1 outage.confirmed ups6"
    parted = tell(CALM).plus(*out, CLOSED, *AWAY, *GONE, *BACK)
    assert not stops(parted.plus(STOP), "S31")
    other = parted.plus(STOP.replace("rack1", "blade1"))
    assert not stops(other), "an outage is a cause until its end is known"
    (breach,) = other.result("S31").breaches
    assert "the outage of ups6 does not concern it" in breach.text
    assert not stops(other.plus(MET), "S31"), "it knows of none: that is S9's"
    assert stops(other.plus(MET))


@pytest.mark.parametrize(("halted_s", "told"), [(331, True), (329, False)])
def test_S9_who_comes_up_while_the_other_one_goes_down_is_told_what_was_wanted_meanwhile(
    tell: Any, halted_s: float, told: bool
) -> None:
    """Its boot ends the word by which it was down, not what control1 heard since, whose service lives yet."""
    word = "0 control1 request.accepted reference wish=power_off id=r1 of=control2"
    down = "10 room server.shutting_down control2", "70 room server.halted control2"
    boots = "100 room server.booting control2", "330 room server.up control2"
    going = "300 room server.shutting_down control1", f"{halted_s} room server.halted control1"
    again = word.replace("0 ", "120 ", 1).replace("r1", "r2")
    telling = tell(CALM).plus(word, *down, *boots, again, *going)
    assert stops(telling.plus("470 control2 command.sent control2 command=shutdown")) is not told


def test_S9_n2_and_with_what_he_knows_of_this_one(tell: Any) -> None:
    """ups4 is out by an outage of which he has heard nothing: it is no cause of his."""
    out = ("-500 room mains.lost ups6", "-430 control1 outage.confirmed ups6")
    back = ("-429 control1 incident.opened reference", "130 room mains.restored ups6")
    second = tell(CALM).plus(*out, *back, *AWAY, *GONE, *BACK, DECLARED, "121 room mains.lost ups4")
    assert stops(second.plus("122 control2 outage.confirmed ups4", STOP))
    assert not stops(second.plus("465 control1 outage.confirmed ups4", STOP))
    assert not stops(second.plus("122 control2 outage.confirmed ups4", STOP, MET))


@pytest.mark.parametrize("by", ["control1", "control2"])
def test_S9_S31_a_breach_tells_what_another_node_has_declared_or_closed_since_an_outage_that_was_a_cause(
    tell: Any, by: str
) -> None:
    """For the excuses: control1 may not have heard it, and goes on with the outage of its disk."""
    first = tell(CALM).plus("-500 room mains.lost ups3", "-430 control1 outage.confirmed ups3")
    back = "10 room mains.restored ups3"
    declared = DECLARED.replace("control2", by)
    other = "121 room mains.lost ups4", "160 control2 outage.confirmed ups4"
    stop = "470 control1 command.sent ssccluster command=stop"

    def told(telling: Any, rule: str) -> list[str]:
        (breach,) = telling.plus(stop).result(rule).breaches
        return [event.name for event in breach.events[:-1]]

    second = first.plus(back, declared, *other, "300 room mains.lost ups3")
    another = by == "control2"
    assert told(second, "S31") == (["journal.committed"] if another else []), "its own it has heard"
    assert told(second.without("outage.confirmed ups3"), "S31") == [], "that was no outage of its disk"
    third = second.plus("200 control2 journal.committed reference kind=declared")
    assert told(third, "S31") == ["journal.committed", "journal.committed"][: 2 if another else 0]
    closed = first.plus(f"140 {by} incident.closed reference")
    assert told(closed, "S9") == (["incident.closed"] if another else [])
    assert told(tell(CALM).plus(f"140 {by} incident.closed reference"), "S9") == []
    over = second.plus("165 room mains.restored ups4")
    late = told(over, "S9")
    assert late == (["journal.committed"] if another else [])
    assert told(over.without("300 room mains.lost"), "S9") == [], "nothing is out by that one either"


def test_S9_n5_a_breach_tells_by_which_boot_a_restart_had_come_about_that_somebody_begins_anew(
    tell: Any,
) -> None:
    """For the excuses: control1 fires the same instant, which another one has fired, and never told it."""
    once = "10 control2 schedule.fired reference id=nodes/1/off goal=reboot servers=control1"
    went = "20 room server.shutting_down control1", "80 room server.halted control1"
    boots = "80 room server.booting control1", "320 room server.up control1"
    telling = tell(CALM).plus(once, *went, *boots)

    def told(telling: Any) -> list[str]:
        (breach,) = telling.plus("330 control1 command.sent control1 command=restart").result("S9").breaches
        return [f"{event.t:g} {event.name}" for event in breach.events[:-1]]

    assert [words.split()[1] for words in told(telling)] == ["schedule.fired", "server.up"]
    again = "325 room server.shutting_down control1", "326 room server.halted control1"
    later = "326 room server.booting control1", "329 room server.up control1"
    assert told(telling.plus(*again, *later)) == told(telling), "the first of them"
    assert told(tell(CALM)) == [], "nobody ever wanted it"
    off = telling.plus("1 control2 schedule.fired reference id=nodes/1/on goal=up servers=control1")
    assert told(off) == told(telling), "what was wanted before that says nothing"


def test_S31_an_outage_of_which_who_stops_somebody_cannot_know_does_not_concern_him(tell: Any) -> None:
    """control2 was down all the while, and is up since control1 is not."""
    down = "-100 room server.shutting_down control2", "-40 room server.halted control2"
    known = "0 control1 outage.confirmed ups5", "10 control1 incident.closed reference"
    again = "20 control1 outage.confirmed ups5", *AWAY, "90 room server.up control2"
    told = tell(CALM).plus(*down, *known, *again, "100 control2 command.sent rack1 command=shutdown")
    assert stops(told, "S31")


def test_S9_who_has_confirmed_an_outage_himself_need_not_have_heard_of_the_other_who_did(tell: Any) -> None:
    """control1 had declared it anew, and was down when control2 came up (hard seed 50430)."""
    away = ("10 room server.shutting_down control2", "70 room server.halted control2")
    out = ("300 room mains.lost ups5", "365 control1 outage.confirmed ups5")
    declared = "364 control1 journal.committed reference kind=declared epoch=2"
    gone = ("370 room server.shutting_down control1", "430 room server.halted control1")
    back, stop = (
        "460 room server.up control2",
        STOP.replace("control1", "control2").replace("rack1", "blade1"),
    )
    parted = tell(CALM).plus(*away, *out, declared, *gone, back, stop.replace("470", "600"))
    own = "590 control2 outage.confirmed ups5"

    assert stops(parted), "by all that it knows nothing is out"
    assert not stops(parted.plus(own))
    assert stops(parted.plus(own.replace("590", "601")))
    assert stops(parted.plus(own.replace("control2", "control1"))), "another"
    assert stops(parted.plus(own.replace("ups5", "ups6")))
    assert stops(parted.plus("580 control2 outage.confirmed ups5", "585 control2 incident.closed reference"))
    begun = parted.plus(own, "595 room service.died control2", "596 room service.begun control2")
    assert stops(begun), "its next life knows nothing of what was only said"
    row = "591 control2 journal.committed ups5 kind=confirmed epoch=1"
    assert not stops(begun.plus(row, "592 control2 outage.confirmed ups5"))
