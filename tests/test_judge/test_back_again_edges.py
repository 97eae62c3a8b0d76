"""Who is owed its return, from when, and for how long nobody may complain: L1 to the second."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Array, ArrayRole, Start, Ups
from teiden.judge.invariants.stages import Stages, stages
from teiden.judge.verdict import Status
from teiden.judge.wiring import Wiring
from tests.told_well import CALM

BACK_S = 7200.0
LATE_S = 30000.0


def all_s(site: Any) -> float:
    return stages(site, Wiring(site)).all_s


def late(outage: Any, *missing: str) -> Any:
    return outage.without(*missing).until(LATE_S)


def text(telling: Any) -> str:
    """What L1 says; '' if nothing."""
    breaches = telling.result("L1").breaches
    return str(breaches[0].text) if breaches else ""


def test_the_way_up_may_take_the_sum_of_its_stages() -> None:
    assert Stages(1, 20, 300, 4000, 50000).all_s == 54321


@pytest.mark.parametrize(
    ("never", "whom"),
    [
        (("server.up rack1", "server.up rack2"), "rack1 and rack2"),
        (("array.ready linkeddisk",), "linkeddisk"),
        (("cluster.running",), "ssccluster"),
        (("7986 room server.up control2",), "control2"),
    ],
)
def test_L1_servers_arrays_nodes_and_the_cluster_are_owed(outage: Any, never: Any, whom: str) -> None:
    after_s = LATE_S - BACK_S
    assert text(late(outage, *never)).startswith(
        f"{whom} not up {after_s:g} s after mains and charge were back"
    )


def test_L1_what_did_not_run_is_not_owed(outage: Any) -> None:
    """Nor are pool servers, whatever they did."""
    states = {
        **dict.fromkeys(("control1", "control2", "blade1", "blade2", "rack1", "rack2", "rackpool"), "up")
    }
    states |= {"bladepool": "halted", "controldisk": "ready", "linkeddisk": "off", "ssccluster": "stopped"}
    telling = late(outage, "array.ready linkeddisk", "cluster.running")
    assert "linkeddisk" in text(telling)
    assert text(replace(telling, initial=states)) == ""
    assert text(replace(late(outage), initial=states)) == "", "rackpool ran, and is nobody's to start"


def test_L1_a_node_whose_ups_needs_a_hand_is_not_owed_and_a_server_on_such_a_one_is(outage: Any) -> None:
    def by_hand(telling: Any, *names: str) -> Any:
        upses = {
            n: replace(u, reboot_on_restore=False) if n in names else u for n, u in telling.site.upses.items()
        }
        return telling.at_site(upses=upses)

    node = late(outage, "7986 room server.up control2")
    assert text(node)
    assert text(by_hand(node, "ups2")) == ""
    assert text(by_hand(node, "ups1")), "not its own"
    two = replace(node.site.servers["control2"], upses=("ups2", "ups1"))
    redundant = node.at_site(servers={**node.site.servers, "control2": two})
    assert text(by_hand(redundant, "ups1")) == "", "one of two is enough"
    assert text(by_hand(late(outage, "server.up rack2"), "ups6")), "rack2 is started by us"


@pytest.mark.parametrize(
    "word",
    [
        "control1 request.accepted reference wish=power_on id=r1 asked_by=operator",
        'control1 schedule.fired reference id=n/1/on goal=up servers="rack1, rack2" late_s=0',
    ],
)
def test_L1_r10_03_a_site_that_is_started_by_hand_owes_what_was_asked_for(outage: Any, word: str) -> None:
    by_hand = late(outage, "server.up rack2").at_site(start=Start(auto=False))
    assert by_hand.result("L1").why_not == "this site is started by hand"
    assert by_hand.result("L1").put_to_test == 0
    assert text(by_hand.plus(f"7300 {word}")).startswith("rack2 not up")


# From when


def test_L1_who_is_wanted_down_is_not_owed_and_who_is_wanted_up_again_is_from_then_on(outage: Any) -> None:
    def wish(at_s: float, what: str, of: str) -> str:
        return f"{at_s} control1 request.accepted reference wish={what} id={at_s} of={of}"

    telling = late(outage, "server.up rack2", "server.up rack1")
    down = telling.plus(wish(7300, "power_off", "rack1"), wish(7310, "power_off", "rack2"))
    assert text(down) == ""
    up = down.plus(wish(9000, "power_on", "rack2"))
    assert text(up) == "rack2 not up 21000 s after mains and charge were back"
    both = up.plus(wish(12000, "power_on", "rack1"))
    assert text(both) == "rack1 and rack2 not up 18000 s after mains and charge were back", "the last word"


def test_L1_what_is_held_is_not_owed_nor_what_needs_it(outage: Any) -> None:
    telling = late(outage, "server.up rack2")

    def held(device: str) -> bool:
        return text(telling.plus(f"7300 control1 hold.set {device}")) == ""

    assert [name for name in ("rack2", "ups6", "linkeddisk", "ups4") if not held(name)] == []
    assert [name for name in ("rack1", "ups5", "controldisk", "ups3", "ups1") if held(name)] == []
    array = late(outage, "array.ready linkeddisk")
    assert text(array.plus("7300 control1 hold.set ups4")) == ""
    assert text(array.plus("7300 control1 hold.set ups6"))
    cluster = late(outage, "cluster.running")
    assert text(cluster.plus("7300 control1 hold.set ssccluster")) == ""
    assert text(cluster.plus("7300 control1 hold.set ups6"))


def test_L1_what_is_released_is_owed_from_then_on(outage: Any) -> None:
    telling = late(outage, "server.up rack2").plus("7300 control1 hold.set ups6")
    assert text(telling.plus("12000 control1 hold.released ups6")) == (
        "rack2 not up 18000 s after mains and charge were back"
    )
    other = telling.plus("12000 control1 hold.released ups6", "7300 control1 hold.set ups5")
    assert text(other.plus("13000 control1 hold.released ups5")).startswith("rack2 not up 18000 s")


def test_L1_s27_what_only_a_node_has_heard_that_is_down_is_held_yet_for_the_other(outage: Any) -> None:
    """Nobody tells the one that comes up alone; when the first is back it tells it."""
    down = "room server.halted"
    apart = (f"9100 {down} control1", "9200 control2 hold.released ups6", f"9300 {down} control2")
    telling = late(outage, "server.up rack2").plus("7300 control1 hold.set ups6", *apart)
    alone = telling.plus("10000 room server.up control1")
    assert text(alone) == "control2 not up 22800 s after mains and charge were back"
    assert "rack2" in text(telling), "nobody is up"
    back = alone.plus("11000 room server.up control2")
    assert text(back) == "rack2 not up 19000 s after mains and charge were back"
    gone = back.plus("12000 room server.halted control2", "13000 room server.up control2")
    assert text(gone) == text(back), "the first knows it from then on"
    anew = alone.plus("11000 room server.crashed control1", "12000 room server.up control1")
    assert "rack2" not in text(anew)
    met = telling.plus("9250 room server.up control1", "10000 room server.up control1")
    assert "rack2" in text(met)


def test_L1_s28_who_comes_up_alone_knows_of_no_incident_that_only_the_other_has_heard_of(
    outage: Any,
) -> None:
    """Nobody tells it who ran; of itself it starts the control side alone."""
    telling = late(outage, "server.up rack2").changed("32 control1 incident.opened", "control1", "control2")
    telling = telling.without("incident.closed").plus("-100 room server.crashed control1")
    gone = telling.plus("7999 room server.halted control2")
    never = "7500 room server.up control1", "7986 room server.up control1"
    alone = gone.without(*never).plus("9000 room server.up control1")
    assert text(alone).startswith("control2 not up"), "and nobody else"
    assert text(alone.plus("9100 room server.up control2")).startswith("rack2 not up 20900 s")
    assert "rack2" in text(telling)


def test_L1_s27_an_incident_that_waits_for_what_nobody_knows_to_be_free_is_not_owed_its_end(
    outage: Any,
) -> None:
    down = "room server.halted"
    apart = (f"9100 {down} control1", "9200 control2 hold.released ups6", f"9300 {down} control2")
    opened = late(outage, "incident.closed").plus("7300 control1 hold.set ups6", *apart)
    alone = opened.plus("10000 room server.up control1", "10001 room cluster.running ssccluster")
    assert "incident" not in text(alone)
    both = alone.plus("11000 room server.up control2")
    assert "incident was still open" in text(both)


def test_L1_s28_an_incident_of_which_only_a_node_knows_that_is_down_as_wanted_is_not_owed_its_end(
    outage: Any,
) -> None:
    """control2 was told to stop alone while control1 was down, which was booted by hand since."""
    word = "9200 control2 request.accepted reference wish=power_off id=r1 of=control2"
    opened = "9201 control2 incident.opened reference epoch=2 cause=r1"
    down = "9100 room server.halted control1", "9300 room server.halted control2"
    back = "10000 room server.up control1", "10090 room cluster.running ssccluster"
    alone = late(outage).plus(word, opened, *down, *back)
    assert text(alone) == ""
    assert text(alone.without("9100 room")).startswith("the incident was still open"), "it has heard of it"
    assert text(alone.plus("11000 room server.up control2")).startswith("the incident was still open 19000 s")
    assert text(alone.without("10000 room")) != "", "nobody is up"


def test_L1_an_incident_stays_open_while_somebody_holds_what_it_waits_for_or_has_stopped_the_nodes(
    outage: Any,
) -> None:
    opened = late(outage, "incident.closed")
    assert text(opened) == "the incident was still open 22800 s after mains and charge were back"
    assert text(opened.plus("9000 control1 hold.set ups6")) == ""
    stop = "9000 control1 request.accepted reference wish=cluster_shutdown id=r1"
    assert text(opened.plus(stop)) == ""


def test_L1_a_disk_that_has_no_power_is_not_up_whatever_it_said_last(outage: Any) -> None:
    dark = late(outage).plus("20000 room ups.output_off ups4 cause=fault")
    assert text(dark).startswith("linkeddisk not up")


def test_L1_the_first_of_them_is_whom_it_is_about(outage: Any) -> None:
    (breach,) = late(outage, "server.up rack1", "server.up rack2").result("L1").breaches
    assert breach.subject == "rack1"


def test_L1_mains_that_are_away_from_one_ups_are_not_back(outage: Any) -> None:
    telling = late(outage, "server.up rack2").plus("9000 room mains.lost ups1")
    assert telling.result("L1").why_not == "the mains or the charge were not back when the run ended"


# For how long


@pytest.mark.parametrize(("over_s", "status"), [(0.0, Status.BROKEN), (-1.0, Status.NOT_APPLICABLE)])
def test_L1_the_limit_is_the_sum_of_all_stages(outage: Any, over_s: float, status: Status) -> None:
    limit_s = all_s(outage.site)
    telling = outage.without("server.up rack2", "charge_pct=100", "incident.closed")
    result = telling.until(BACK_S + limit_s + over_s).result("L1")
    assert result.status is status
    assert result.put_to_test == (status is Status.BROKEN)
    if status is Status.NOT_APPLICABLE:
        assert result.why_not == (
            f"the run ended {limit_s - 1:g} s after mains and charge were back; "
            f"the way up may take {limit_s:g} s"
        )


def test_L1_a_crash_begins_the_way_up_anew(outage: Any) -> None:
    telling = late(outage, "server.up rack2").plus(
        "20000 room server.crashed rack1", "20500 room server.up rack1"
    )
    limit_s = all_s(outage.site)
    assert limit_s > LATE_S - 20000 or text(telling).startswith("rack2 not up 10000 s")


def test_L1_a_pool_server_that_ran_and_went_down_is_not_owed(outage: Any) -> None:
    names = ("control1", "control2", "blade1", "blade2", "rack1", "rack2", "rackpool")
    states = {**dict.fromkeys(names, "up"), "bladepool": "halted"}
    assert text(replace(late(outage).plus("300 room server.halted rackpool"), initial=states)) == ""


def test_L1_a_hold_of_something_else_changes_nothing_for_who_is_wanted_down(outage: Any) -> None:
    down = "7300 control1 request.accepted reference wish=power_off id=r1 of=rack2"
    telling = late(outage, "server.up rack2").plus(down, "7400 control1 hold.set ups1")
    assert text(telling) == ""


def test_L1_L3_s28_who_boots_knows_of_no_incident_and_opens_another_brings_back_whom_he_finds(
    outage: Any,
) -> None:
    """control1, which stopped rack2, never comes up again; control2 was halted when it did."""
    gone = outage.without("server.up control1", "server.booting rack2", "server.up rack2", "incident.closed")
    alone = gone.without("shutting_down control2", "halted control2")
    again = "7600 control2 incident.opened reference epoch=1 cause=ssccluster"

    def left(*more: str, down_s: float = 20.0) -> bool:
        down = (f"{down_s} room server.{state} control2" for state in ("shutting_down", "halted"))
        over = alone.plus(*down, again, "9000 control2 incident.closed reference", *more).until(60000)
        return any(breach.subject == "rack2" for breach in over.result("L3").breaches)

    assert not left()
    assert left(down_s=40.0), "it heard of it before"
    who_knows = "30000 room server.up control1"
    assert left(who_knows), "who knows it is up again"
    assert left("8000 room server.up rack2", "8500 room server.halted rack2"), "it ran since"
    ended = "31000 control1 incident.closed reference", "32000 room server.crashed control1 cause=fault"
    assert left(who_knows, *ended), "it was closed by who knows"


def test_L1_who_is_wanted_down_is_not_owed_while_the_incident_is_open_either(outage: Any) -> None:
    down = "7300 control1 request.accepted reference wish=power_off id=r1 of=rack2"
    telling = late(outage, "server.up rack2", "incident.closed").plus(down)
    assert text(telling).startswith("the incident was still open")


def test_L1_nodes_and_their_disk_are_owed_though_somebody_holds_the_cluster(outage: Any) -> None:
    """Only the linked side waits for that."""
    telling = late(outage, "7986 room server.up control2", "cluster.running", "server.up rack2")
    assert text(telling.plus("7300 control1 hold.set ssccluster")).startswith("control2 not up")


def test_L1_a_site_without_control_nodes_owes_its_servers(tell: Any) -> None:
    """Nobody is halted there with power that came too late (X-04)."""
    told = tell(CALM).plus("0 room server.crashed rack2 cause=power", f"{LATE_S} room run.ended reference")
    nodes = told.site.cluster.nodes
    servers = {name: server for name, server in told.site.servers.items() if name not in nodes}
    alone = told.at_site(servers=servers, cluster=replace(told.site.cluster, nodes=()))
    assert text(alone).startswith("rack2 not up")


# What gets its power only with somebody who needs what is held (S8)


@pytest.fixture
def beside(outage: Any) -> Any:
    """Rack1 writes to a disk of its own, which is held; rack2, on the same UPS, is not up."""
    site = outage.site
    other = Array("otherdisk", ArrayRole.LINKED, ("ups7",), ("ups7",))
    rack1 = replace(site.servers["rack1"], arrays=("otherdisk",))
    return (
        late(outage, "server.up rack2")
        .at_site(
            upses={**site.upses, "ups7": Ups("ups7", 7, "utility", 60.0)},
            arrays={**site.arrays, "otherdisk": other},
            servers={**site.servers, "rack1": rack1},
        )
        .plus("7300 control1 hold.set otherdisk")
    )


DARK = "8276 room ups.output_on ups6"


def test_L1_s8_who_gets_power_only_with_somebody_whose_disk_is_held_is_not_owed(beside: Any) -> None:
    assert text(beside).startswith("rack2 not up"), "it has its power"
    assert text(beside.without(DARK)) == ""
    assert text(beside.without(DARK, "hold.set")).startswith("rack2 not up")
    free = beside.without(DARK).plus("12000 control1 hold.released otherdisk")
    assert text(free) == "rack2 not up 18000 s after mains and charge were back"


def test_L1_s8_x04_a_feed_without_them_is_enough_for_who_needs_no_more(beside: Any) -> None:
    rack2 = replace(beside.site.servers["rack2"], upses=("ups5", "ups6"))

    def fed(needs: int) -> str:
        servers = {**beside.site.servers, "rack2": replace(rack2, minimum_supplies=needs)}
        return text(beside.without(DARK).at_site(servers=servers))

    assert fed(1).startswith("rack2 not up")
    assert fed(2) == ""


# Nodes that are halted with power that came too late


def nodes_left(
    tell: Any, *lines: str, fell_s: int = -100, on: str = "170", needs: int = 1, without: str = ""
) -> str:
    """Both nodes on ups1 and ups2; ups2 is off, they are told to go at 100 s, and ups1 falls. Who is owed."""
    told = tell(CALM).plus(
        f"{fell_s} room ups.output_off ups2 cause=fault",
        "100 control1 command.sent control2 command=shutdown",
        "100 control1 command.sent control1 command=shutdown",
        "160 room server.halted control1",
        "160 room server.halted control2",
        "180 room ups.output_off ups1 cause=command",
        f"{LATE_S} room run.ended reference",
        *([f"{on} room ups.output_on ups2 cause=return"] if on else []),
        *lines,
    )
    two = {
        n: replace(told.site.servers[n], upses=("ups1", "ups2"), minimum_supplies=needs)
        for n in told.site.cluster.nodes
    }
    told = told.at_site(servers={**told.site.servers, **two})
    return text(told.without(without) if without else told).partition(" not up")[0]


BOTH = "control1 and control2"


def test_L1_x04_nobody_is_there_while_every_node_is_halted_with_power_that_came_too_late(tell: Any) -> None:
    assert nodes_left(tell) == "", "its mains came 10 s after they had been told, a minute before it came on"
    assert nodes_left(tell, on="150") == BOTH, "they were back when the nodes were told: it had to be told"
    assert nodes_left(tell, on="160") == BOTH
    assert nodes_left(tell, without="output_off ups1") == "", "nor does it take their power if ups1 stays on"
    assert nodes_left(tell, without="160 room server.halted control2") == "control1", "control2 is there"
    assert nodes_left(tell, without="command.sent control1") == BOTH, "nobody had told control1 to go"
    assert nodes_left(tell, without="command.sent control2") == BOTH, "one of them is enough"


def test_L1_x04_so_it_is_when_its_card_answered_too_late(tell: Any) -> None:
    assert nodes_left(tell, "120 room card.answering ups2", on="150") == ""
    assert nodes_left(tell, "100 room card.answering ups2", on="150") == BOTH
    assert nodes_left(tell, "50 room card.silent ups2", on="150") == BOTH, "it never did"
    never_on = nodes_left(tell, "120 room card.answering ups2", on="", without="output_off ups1")
    assert never_on == BOTH, "what is off keeps nobody's power up"


def test_L1_x04_who_is_without_power_or_whose_other_ups_fell_after_the_word_comes_back_by_itself(
    tell: Any,
) -> None:
    assert nodes_left(tell, needs=2) == BOTH, "one of two is no power"
    assert nodes_left(tell, fell_s=99) == ""
    assert nodes_left(tell, fell_s=100) == nodes_left(tell, fell_s=120) == BOTH
