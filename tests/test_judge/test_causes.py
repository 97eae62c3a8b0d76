"""Nothing is stopped without a cause, and nobody else along with it: S9, S24, S31."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Server, ServerRole
from tests.told_well import CALM
from tests.worlds import reference_site

NAMED = "control1 request.accepted reference wish=power_off id=r1 asked_by=backup of="

NODES = ("control1", "control2")


def test_S9_a_shutdown_out_of_the_blue_is_reported(tell: Any) -> None:
    telling = tell(CALM).plus("0 control1 command.sent blade1 command=shutdown")

    assert telling.broken == ["S9"]
    assert telling.breach("S9") == (
        "shutdown of blade1 at 600 s: no outage was confirmed, no schedule and no request wanted it"
    )


@pytest.mark.parametrize(
    "command",
    ["ups5 command=off", "linkeddisk command=flush", "ssccluster command=stop", "rack1 command=force"],
)
def test_S9_every_kind_of_stop_needs_a_cause(tell: Any, command: str) -> None:
    assert "S9" in tell(CALM).plus(f"0 control1 command.sent {command}").broken


def test_S9_a_suspected_outage_is_no_cause(outage: Any) -> None:
    early = outage.moved("command.sent rack2 command=shutdown", 20)

    assert early.broken == ["S9"]


def test_S9_a_request_is_a_cause_for_those_it_names_and_for_nobody_else(tell: Any) -> None:
    asked = tell(CALM).plus(f"0 {NAMED}blade1")

    assert asked.plus("1 control1 command.sent blade1 command=shutdown").broken == []
    assert asked.plus("1 control1 command.sent rack1 command=shutdown").broken == ["S9"]


def test_S9_a_request_that_was_refused_is_no_cause(tell: Any) -> None:
    refused = tell(CALM).plus("0 control1 request.refused blade1 wish=power_off id=r1 reason=R12-05")

    assert refused.plus("1 control1 command.sent blade1 command=shutdown").broken == ["S9"]


def test_S9_a_request_that_names_nobody_means_everybody(tell: Any) -> None:
    asked = tell(CALM).plus("0 control1 request.accepted reference wish=power_off id=r1")

    assert asked.plus("1 control1 command.sent control2 command=shutdown").broken == []


def test_S9_what_fired_means_its_own_servers(night: Any) -> None:
    assert night.broken == []
    assert night.changed("goal=down", "blade1, blade2, ", "").broken[:1] == ["S9"]


def test_S9_what_is_wanted_up_again_is_not_stopped_any_more(tell: Any) -> None:
    back = tell(CALM).plus(
        f"0 {NAMED}blade1", "9 control1 request.accepted reference wish=power_on id=r2 of=blade1"
    )

    assert back.plus("10 control1 command.sent blade1 command=shutdown").broken == ["S9"]


def test_S9_the_mains_are_back_and_nothing_new_is_stopped(outage: Any) -> None:
    back = outage.until(990).plus("960 room mains.restored utility")

    assert back.plus("970 control1 command.sent control2 command=shutdown").broken == []  # not seen yet
    late = back.plus("985 control1 command.sent control2 command=shutdown")
    assert late.broken == ["S9"]
    assert late.breach("S9") == "shutdown of control2 at 985 s: the mains had been back for 25 s"


def test_S9_what_comes_back_by_itself_and_what_hangs_may_still_go(outage: Any) -> None:
    back = outage.until(990).plus("960 room mains.restored utility")

    assert back.plus("985 control1 command.sent ups2 command=off how=until_mains").broken == []
    assert "S9" not in back.plus("985 control1 command.sent rack1 command=force").broken


def test_S9_a_silent_card_cannot_say_that_the_mains_are_back(outage: Any) -> None:
    back = outage.until(990).plus("950 room card.silent ups3", "960 room mains.restored utility")

    assert back.plus("985 control1 command.sent control2 command=shutdown").broken == []


def test_S9_an_outage_that_is_none_is_no_cause(tell: Any) -> None:
    """P9, U11: a flag or a stale counter on a card, with the mains there."""
    false = tell(CALM).plus('0 control1 outage.confirmed ups4 because="low battery"')

    assert false.broken == ["S9"]
    assert false.breach("S9") == "ups4 was confirmed to be out at 600 s and had mains"
    assert tell(CALM).plus("-9 room card.silent ups4", "0 control1 outage.confirmed ups4").broken == []


def test_S9_a_low_battery_on_battery_is_a_cause(tell: Any) -> None:
    low = tell(CALM).plus(
        "0 room mains.lost ups5",
        '9 control1 outage.confirmed ups5 because="low battery"',
        "9 control1 command.sent blade1 command=shutdown",
    )

    assert low.broken == []


def test_S9_a_row_of_the_journal_confirms_too(tell: Any) -> None:
    """A node that takes over has timed the mains itself, and only writes it down."""
    told = tell(CALM).plus("0 room mains.lost ups5", "70 control1 journal.committed ups5 kind=confirmed")

    assert told.plus("71 control1 command.sent blade1 command=shutdown").broken == []


def test_S9_a_restart_of_the_cluster_belongs_to_an_incident_or_to_a_word(tell: Any) -> None:
    restart = "10 control1 command.sent ssccluster command=restart"
    fired = 'control1 schedule.fired reference id=control/1/off goal=reboot servers="control1, control2"'

    assert tell(CALM).plus(restart).broken == ["S9"]
    assert tell(CALM).plus(f"0 {fired}", restart).broken == []
    assert tell(CALM).plus("0 control1 incident.opened reference cause=r1", restart).broken == []


def test_S9_a_restart_in_no_incident_names_the_word_that_wants_its_nodes_up(tell: Any) -> None:
    """An excuse asks whether who did it had been told of that."""
    word = '{} control1 request.accepted reference wish={} id={} of="control1, control2"'
    times = (10, "shutting_down"), (70, "halted"), (100, "booting"), (300, "up")
    moves = [f"{t} room server.{to} {node}" for t, to in times for node in NODES]
    words = word.format(1, "power_off", "r1"), word.format(90, "power_on", "r2")
    told = tell(CALM).plus(*words, *moves, "400 control1 command.sent ssccluster command=restart")
    (breach,) = told.result("S9").breaches
    assert [event.details.get("id") for event in breach.events] == ["r2", None]


def test_S9_a_boot_that_began_before_the_word_is_no_restart(tell: Any) -> None:
    """R10-41: it came up twelve seconds after the word, and is restarted; once it has been, not again."""
    fired = "0 control1 schedule.fired reference id=night/1/off goal=reboot servers=blade1"
    up, restart = "12 room server.up blade1", "30 control1 command.sent blade1 command=restart"
    boots = "room server.booting blade1"

    assert tell(CALM).plus(f"-9 {boots}", fired, up, restart).broken == []
    assert tell(CALM).plus(fired, f"5 {boots}", up, restart).broken == ["S9"]
    assert tell(CALM).plus(fired, "5 room server.shutting_down blade1", up, restart).broken == ["S9"]


def test_S24_a_ups_that_feeds_somebody_who_runs_is_not_switched_off(tell: Any) -> None:
    """R12-05: only one of its two servers is asked for."""
    telling = tell(CALM).plus(f"0 {NAMED}blade1", "1 control1 command.sent ups5 command=off")

    assert telling.broken == ["S24"]
    assert telling.breach("S24") == "ups5 was told to go off at 1 s, but blade2 ran and was not to stop"


def test_S24_both_are_asked_for_or_the_other_is_down(tell: Any) -> None:
    off = "60 control1 command.sent ups5 command=off"

    assert tell(CALM).plus(f'0 {NAMED}"blade1, blade2"', off).broken == []
    halted = ("-90 room server.shutting_down blade2", "-9 room server.halted blade2")
    assert tell(CALM).plus(f"0 {NAMED}blade1", *halted, off).broken == []


def test_S24_a_machine_with_another_feed_is_not_in_danger(tell: Any) -> None:
    telling = tell(CALM).plus(f"0 {NAMED}blade1", "1 control1 command.sent ups5 command=off")
    two = replace(telling.site.servers["blade2"], upses=("ups5", "ups6"))
    redundant = telling.at_site(servers={**telling.site.servers, "blade2": two})

    assert redundant.broken == []
    assert redundant.plus("-9 room ups.off_armed ups6 falls_at=9999").broken == ["S24"]


def test_S31_an_outage_of_one_disk_stops_nobody_else(tell: Any) -> None:
    telling = tell(CALM).plus(
        "0 room mains.lost ups5",
        "62 control1 outage.confirmed ups5",
        "62 control1 command.sent blade1 command=shutdown",
        "62 control1 command.sent ups5 command=off",
    )

    assert telling.broken == []
    wide = telling.plus("63 control1 command.sent rack1 command=shutdown")
    assert wide.broken == ["S31"]
    assert wide.breach("S31") == "shutdown of rack1 at 63 s: the outage of ups5 does not concern it"


@pytest.mark.parametrize(
    ("out", "concerned", "others"),
    [
        ("ups4", "blade1 rack2 ups5 ups6 ups4 linkeddisk", "control1 ups1 ups3 ssccluster controldisk"),
        ("ups3", "control1 control2 ups1 ups2 ups3 ssccluster", "blade1 ups5 ups4 linkeddisk"),
        ("ups1", "control1 ups1", "control2 ups2 ups3 ssccluster blade1 linkeddisk"),
        ("ups6", "rack1 rack2 rackpool ups6", "blade1 ups5 ups4 linkeddisk ssccluster bladepool"),
    ],
)
def test_S31_the_scope_of_every_single_outage(tell: Any, out: str, concerned: str, others: str) -> None:
    lost = tell(CALM).plus(f"0 room mains.lost {out}", f"950 control1 outage.confirmed {out}")

    def stopped(name: str) -> bool:
        command = "off" if name.startswith("ups") else "flush" if "disk" in name else "shutdown"
        return "S31" in lost.plus(f"951 control1 command.sent {name} command={command}").broken

    assert [name for name in concerned.split() if stopped(name)] == []
    assert [name for name in others.split() if not stopped(name)] == []


def test_S31_a_pool_server_goes_with_the_ups_that_feeds_it(outage: Any) -> None:
    assert outage.plus("33 control1 command.sent bladepool command=shutdown").broken == []
    servers = {**outage.site.servers, "alone": Server("alone", ServerRole.POOL, ("ups9",))}
    ups9 = replace(outage.site.upses["ups5"], name="ups9", feed="other")
    more = outage.at_site(
        servers=servers, feeds=("utility", "other"), upses={**outage.site.upses, "ups9": ups9}
    )
    assert more.plus("33 control1 command.sent alone command=shutdown").broken == ["S31"]


def test_S31_a_second_restart_with_the_disks_there_is_reported(outage: Any) -> None:
    """R9-23: exactly one."""
    twice = outage.plus("8100 control1 command.sent ssccluster command=restart")

    assert twice.broken == ["S31"]
    assert twice.breach("S31") == (
        "ssccluster was restarted at 7684 s and again at 8100 s, with its disks there all the while"
    )


def test_S31_after_the_disk_was_away_again_another_restart_is_due(outage: Any) -> None:
    restart = "8100 control1 command.sent ssccluster command=restart"

    assert "S31" not in outage.plus("8090 room mains.lost ups3", restart).broken
    assert "S31" not in outage.plus("7690 control1 command.failed ssccluster command=restart", restart).broken


DARK = ("40 control1 card.silent ups5", "50 room mains.restored ups5")


def test_S9_mains_that_the_node_could_not_hear_of_are_no_mains_to_it(tell: Any) -> None:
    """N1, N3: the card answers, and its answers do not arrive."""
    card = "-5 room card.silent ups6"  # the room itself tells of its cards
    lost = tell(CALM).plus(card, "0 room mains.lost ups5", "62 control1 outage.confirmed ups5")
    stop = "200 control1 command.sent blade1 command=shutdown"

    assert lost.plus("70 room mains.restored ups5", stop).broken == ["S9"]
    assert lost.plus(*DARK, stop).broken == []
    assert lost.plus(*DARK, "150 control1 card.answering ups5", stop).broken == ["S9"]
    assert lost.plus(*DARK, "195 control1 card.answering ups5", stop).broken == [], "just now"
    other = lost.plus(*(line.replace("control1", "control2") for line in DARK), stop)
    assert other.broken == ["S9"], "control1 hears it"
    confirmed = "200 control1 outage.confirmed ups5"
    again = tell(CALM).plus(card, "0 room mains.lost ups5")
    assert again.plus("50 room mains.restored ups5", confirmed).broken == ["S9"]
    assert "S9" not in again.plus(*DARK, confirmed).broken
    begun_anew = lost.plus(*DARK, "100 room server.up control1", "101 control1 lease.taken reference", stop)
    assert begun_anew.broken == ["S9"], "what an earlier life could not hear says nothing of this one"


def test_S9_n1_a_card_that_was_dark_from_the_beginning_and_answers_when_none_is_heard_tells_nothing(
    tell: Any,
) -> None:
    """Its outage is that of its feed (U17; crowded seed 5700024 of separate-enclosures)."""
    others = [name for name in reference_site().upses if name != "ups2"]
    told = tell(CALM).plus(
        "-600 room card.silent ups2",
        *(f"-600 room ups.charge {name} charge_pct=100" for name in others),
        "0 room mains.lost utility",
        *(f"50 control1 card.silent {name}" for name in others[1:]),
        "60 room mains.restored utility",
        "70 room card.answering ups2",
        "200 control1 outage.confirmed ups2",
    )
    assert told.result("S9").breaches, "ups1 is heard, and the network carries that of ups2 as well"
    deaf = told.plus("50 control1 card.silent ups1")
    assert not deaf.result("S9").breaches
    assert deaf.without("-600 room card.silent ups2").result("S9").breaches, "it was heard before"


def test_S31_a_node_whom_nobody_commands_stops_itself_and_its_own_ups(tell: Any) -> None:
    """ADR 0029: control1 is gone, and has confirmed ups4 only."""
    left = tell(CALM).plus("0 room mains.lost utility", "31 control1 outage.confirmed ups4")
    itself = (
        "900 control2 command.sent control2 command=shutdown",
        "901 control2 command.sent ups2 command=off",
    )

    assert "S31" not in left.plus(*itself).broken
    assert (
        "S31" in left.plus("900 control2 command.sent rack1 command=shutdown".replace("rack1", "ups3")).broken
    )
    assert "S31" in left.plus("901 control2 command.sent ups1 command=off").broken
    assert "S31" in left.plus("800 room mains.restored utility", *itself).broken, "it has mains"
    assert "S31" in left.plus(itself[0].replace("control2", "control1")).broken, "who commands confirms first"


def test_S31_the_ups_of_a_node_that_stopped_itself_follows_also_if_it_commands_by_then(tell: Any) -> None:
    """Halted with its power on it would not come back (L3). Who has booted since may wait to be confirmed."""
    left = tell(CALM).plus("0 room mains.lost utility", "31 control1 outage.confirmed ups4")
    stops = "900 control2 command.sent control2 command=shutdown"
    taken, off = "901 control2 lease.taken reference", "902 control2 command.sent ups2 command=off"

    assert "S31" not in left.plus(stops, taken, off).broken
    assert "S31" in left.plus(taken, off).broken
    assert "S31" in left.plus(stops, "901 room server.booting control2", taken, off).broken
    assert "S31" in left.plus(stops, taken, off.replace("ups2", "ups3")).broken, "not its own"
    assert "S31" in left.plus(stops, taken, stops.replace("900", "903")).broken, "it commands now"


def test_S31_its_own_is_what_feeds_it_alone_and_it_has_no_mains_by_any_of_its_upses(tell: Any) -> None:
    lost = (f"0 room mains.lost {ups}" for ups in ("ups2", "ups4", "ups5"))
    left = tell(CALM).plus(*lost, "31 control1 outage.confirmed ups4")
    shutdown, off = (
        f"900 control2 command.sent {what}" for what in ("control2 command=shutdown", "ups2 command=off")
    )

    def breaks(*lines: str, **upses: tuple[str, ...]) -> bool:
        servers = left.site.servers
        moved = {name: replace(servers[name], upses=theirs) for name, theirs in upses.items()}
        return "S31" in left.at_site(servers={**servers, **moved}).plus(*lines).broken

    assert not breaks(shutdown)
    assert not breaks(off)
    assert breaks(off, blade1=("ups2",)), "blade1 lives on it too"
    assert breaks(shutdown.replace("900 control2", "900 ssccluster")), "no node at all"
    assert not breaks(shutdown, control2=("ups2", "ups5"))
    assert breaks(shutdown, control2=("ups2", "ups6")), "one of its UPSes has mains"


@pytest.mark.parametrize(
    ("goes", "carries_on"),
    [
        (("900 room server.shutting_down control2", "900 room ups.off_armed ups2 falls_at=1920"), False),
        (("900 room server.shutting_down control2",), True),  # it may be a reboot
        (("900 room ups.off_armed ups2 falls_at=1920",), True),  # it is up yet
        (("900 room server.shutting_down control2", "900 room ups.off_armed ups3 falls_at=1920"), True),
    ],
)
def test_S31_a_node_that_goes_down_with_its_power_does_not_carry_the_cluster_on(
    tell: Any, goes: tuple[str, ...], carries_on: bool
) -> None:
    """Its mains are back, and its outage belongs to an incident before this one."""
    out = ("0 room mains.lost ups1", "931 control1 outage.confirmed ups1")
    stop = "940 control1 command.sent ssccluster command=stop"
    assert ("S31" in tell(CALM).plus(*goes, *out, stop).broken) is carries_on
