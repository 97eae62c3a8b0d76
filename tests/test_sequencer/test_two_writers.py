"""Never two writers (S13, S14): peers apart, a commander that stalls, a stale site file, a stale lease."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest

from sequencer.requests import Wish
from sequencer.site import Start
from sequencer.standing import SWITCHES_OFF
from sim.story import Asked, Booted, ClockStep, Happening, Managed, Manager, Pressed
from tests.excused import holds
from tests.safety import stranded, unsafe
from tests.tale import Tale
from tests.worlds import NODES, fault, lost, out, play

LONG = 7 * 3600.0
STAGES = (33, 500, 905, 960, 7505)
EVERY_10_S = (*range(-30, 1100, 10), *range(7250, 8100, 10))


def takers(tale: Tale) -> set[str]:
    """Nodes that took something away from somebody else while the other one held the lease."""
    holder, found = "", set()
    for event in tale.events:
        if event.name == "lease.taken":
            holder = event.by
        elif event.name in ("server.halted", "service.died") and event.subject == holder:
            holder = ""
        elif event.name == "command.sent" and event.by not in (event.subject, holder):
            found |= {event.by} if event.details["command"] in SWITCHES_OFF and holder else set()
    return found


Struck = Callable[[float], list[Happening]]


def stalls(node: str, for_s: float) -> Struck:
    return lambda at_s: fault("service_stalls", node, at_s, amount=for_s)


def stale_lease(at_s: float) -> list[Happening]:
    """The group moves, and the node that had it goes on hearing that it has it."""
    return [
        *fault("cluster_mistaken", "control1", at_s, at_s + 100),
        *fault("group_moves", "ssccluster", at_s + 5),
    ]


def moved_while_it_stalled(at_s: float) -> list[Happening]:
    return [*stalls("control1", 60)(at_s), *fault("group_moves", "ssccluster", at_s + 5)]


ALONE: dict[str, Struck] = {
    "stalled 60 s": stalls("control1", 60),
    "stalled 300 s": stalls("control1", 300),
    "the standby stalled": stalls("control2", 300),
    "moved while it stalled": moved_while_it_stalled,
    "a stale lease": stale_lease,
}


def one_writer(struck: Struck, at_s: float) -> None:
    tale = play(out(0, 7200), struck(at_s), until_s=LONG)
    assert not unsafe(tale), tale
    assert not takers(tale), tale
    assert not stranded(tale, but=("incident",)), tale
    holds(tale, "service_stalls", "cluster_mistaken")


@pytest.mark.parametrize("what", ALONE)
@pytest.mark.parametrize("at_s", [960])
def test_s13_s14_c7_c4_one_node_writes_while_the_cluster_is_stopped(what: str, at_s: float) -> None:
    one_writer(ALONE[what], at_s)


@pytest.mark.long
@pytest.mark.parametrize("what", ALONE)
def test_s13_s14_one_node_writes_whenever_it_strikes(what: str) -> None:
    for at_s in EVERY_10_S:
        one_writer(ALONE[what], at_s)


def apart(at_s: float, until_s: float) -> Tale:
    return play(out(0, 7200), fault("peers_apart", "control1", at_s, until_s), until_s=LONG)


def one_commands(tale: Tale) -> None:
    holds(tale, "peers_apart")
    assert not unsafe(tale), tale
    assert not stranded(tale, but=("incident",)), tale
    assert not takers(tale), tale


@pytest.mark.parametrize("at_s", [500])
def test_n2_c4_s13_of_two_that_do_not_hear_each_other_one_switches_off(at_s: float) -> None:
    tale = apart(at_s, at_s + 600)
    one_commands(tale)
    sent_off = {e.by for e in tale.all("command.sent *") if e.details["command"] in ("off", "flush", "stop")}
    assert sent_off == {"control1"}


@pytest.mark.long
@pytest.mark.parametrize("for_s", [60, 600, LONG])
def test_n2_c4_whenever_they_are_parted(for_s: float) -> None:
    for at_s in EVERY_10_S:
        one_commands(apart(at_s, at_s + for_s))


@pytest.mark.parametrize("node", NODES)
def test_c9_s13_a_node_with_a_stale_site_file_does_not_take_the_command_beside_the_other(node: str) -> None:
    tale = play(out(0, 7200), fault("site_file_differs", node, -300), until_s=LONG)
    holds(tale, "site_file_differs")
    assert ("C9", "control2") in [
        (str(e.details.get("rule")), e.subject) for e in tale.events if e.name == "alarm.raised"
    ]
    assert not takers(tale)
    down = [e.by for e in tale.all("command.sent *") if e.t - tale.zero_s < 2000]
    assert set(down) == {"control1"}, "it held the group, and goes on"


@pytest.mark.parametrize("node", NODES)
def test_c9_h1_s2_who_takes_no_rows_and_hangs_forces_itself_before_its_disk_falls(
    node: str,
) -> None:
    """It takes no rows of another site file; the cards alone tell it that its disks' power has been told."""
    told = fault("site_file_differs", node, -300), fault("server_hangs", "control2", 100)
    tale = play(out(0, 1440), *told, until_s=LONG)
    holds(tale, "site_file_differs")
    tale.never("array.lost_data *")
    tale.before("server.halted control2", "array.off controldisk")


@pytest.mark.parametrize("mended_s", [2600, 5242])
def test_c9_l3_who_was_stopped_by_a_node_that_nobody_could_read_is_started_when_his_rows_come_in_mid_way(
    mended_s: int,
) -> None:
    """ups5 waits for its charge when control1 tells whom it had stopped; blade1 does not boot by itself."""
    tale = play(
        out(0, 665),
        fault("site_file_differs", "control1", -600, mended_s, amount=7.4),
        fault("group_moves", "ssccluster", 735),
        out(1351, 2165),
        fault("battery_aged", "ups5", -127, 6246, amount=10),
        fault("ac_link_unset", "blade1", 1186, 5915),
        until_s=LONG,
    )
    tale.once("server.up blade1")


@pytest.mark.long
@pytest.mark.parametrize("node", NODES)
def test_c9_whenever_the_other_file_comes(node: str) -> None:
    for at_s in EVERY_10_S:
        tale = play(out(0, 7200), fault("site_file_differs", node, at_s), until_s=LONG)
        holds(tale, "site_file_differs")
        assert not takers(tale)


def test_c4_s3_a_commander_that_does_not_know_of_a_countdown_waits_for_its_end() -> None:
    """The peer told the UPSes to go off, and its row did not arrive: they count as just told."""
    happened: Iterable[Happening] = [
        *fault("cluster_mistaken", "control1", 1, 101),
        *fault("group_moves", "ssccluster", 21),
        *fault("peers_apart", "control1", 1, 101),
    ]
    tale = play(out(0, 7200), happened, until_s=LONG)
    assert not [o for o in unsafe(tale) if not o.startswith("S13")], tale
    tale.before("ups.output_off ups5", "command.sent linkeddisk command=flush")


def test_s14_whoever_hears_of_a_later_lease_sends_nothing_more_under_his_own() -> None:
    moved = [*stalls("control1", 300)(500), *fault("group_moves", "ssccluster", 505)]
    tale = play(lost(), moved, until_s=3600)
    assert not unsafe(tale), tale
    mine = [e.t for e in tale.all("lease.taken *", by="control1")]
    theirs = [e.t for e in tale.all("lease.taken *", by="control2")]
    assert theirs, "control2 took it meanwhile"
    sent = [
        e.t for e in tale.all("command.sent *", by="control1") if e.t > theirs[0] and e.subject != "control1"
    ]
    assert not sent or max(mine) > theirs[0], "it takes the command anew first"


@pytest.mark.parametrize("name", ["nodes_parted", "production_down"])
def test_n2_n5_l1_an_incident_that_its_successor_never_hears_of_is_closed_by_nobody(name: str) -> None:
    """Booted first, control2 holds the cluster again, and takes no row of the stop that control1 began."""
    tale = play(
        fault(name, "network" if name == "production_down" else "control1", -100),
        Managed(0, Manager.SHUTDOWN, "ssccluster"),
        Booted(600, "control2"),
        Pressed(1100, "ups1"),
        Booted(1100.5, "control1"),
        Asked(1200, Wish.POWER_ON, ()),
        ClockStep(4 * 3600.0, "rackpool", 1.0),
        until_s=5 * 3600.0,
    )
    tale.before("incident.opened *", "cluster.running ssccluster", "server.up control1")
    tale.never("incident.closed *")
    holds(tale, name)


def test_s13_c4_n3_two_that_are_both_told_that_they_hold_the_group_take_it_once_in_a_peer_limit() -> None:
    """Neither hears the other but by its rows: who lets go for a later lease leaves it to him up to then
    (seed 157486: forty leases a second, each of them written to a disk)."""
    tale = play(
        *fault("cluster_mistaken", "control1", 0, 6000),
        *fault("network_loses", "network", 1500, 6000, amount=100),
        *fault("group_moves", "ssccluster", 3900),
        until_s=LONG,
    )
    taken = [event.t for event in tale.events if event.name == "lease.taken" and event.t > 3900]
    apart_s = [later - earlier for earlier, later in pairwise(taken)]
    assert len(apart_s) > 2, "both go on to be told that they hold it"
    assert min(apart_s) >= Start().peer_limit_s
