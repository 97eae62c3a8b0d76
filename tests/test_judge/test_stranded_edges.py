"""Since when nothing stands in a device's way, and how long it may then stay down: L3 to the second."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM

END_S = 60000.0


def left(outage: Any, *without: str, at_s: float = END_S, plus: tuple[str, ...] = ()) -> dict[str, str]:
    """What L3 says of each device, when these lines are taken out and those told."""
    telling = outage.without(*without).plus(*plus).until(at_s)
    return {breach.subject: breach.text for breach in telling.result("L3").breaches}


RACK2 = ("server.booting rack2", "server.up rack2")
SERVER_S = 10 + 2 * (120 + 10) + 10 + 900
READY_S = 8256.0
"""When the last thing before the servers came up."""


@pytest.mark.parametrize(("at_s", "stranded"), [(READY_S + SERVER_S, False), (READY_S + SERVER_S + 1, True)])
def test_L3_a_server_may_take_its_stage(outage: Any, at_s: float, stranded: bool) -> None:
    assert ("rack2" in left(outage, *RACK2, at_s=at_s)) is stranded
    late = (
        outage.without("server.up rack2", "incident.closed").plus(f"{at_s} room server.up rack2").until(END_S)
    )
    told = late.result("L3").breaches
    assert bool(told) is stranded
    if stranded:
        assert told[0].t == 600 + READY_S + SERVER_S, "from then on"
        assert f"until {at_s:g} s" in told[0].text


@pytest.mark.parametrize(
    ("without", "who", "state"),
    [
        (RACK2, "rack2", "halted with power"),
        (("array.ready linkeddisk",), "linkeddisk", "starting"),
        (
            ("8076 room ups.output_on ups4", "array.starting linkeddisk", "array.ready linkeddisk"),
            "linkeddisk",
            "without power",
        ),
        (("array.ready controldisk",), "controldisk", "starting"),
        (("cluster.running", "8076 "), "ssccluster", "starting"),
        (
            (
                "7500 room server.up control2",
                "7685 room server.shutting_down control2",
                "7745 room server.halted control2",
                "7746 room server.booting control2",
                "7986 room server.up control2",
            ),
            "control2",
            "booting with power",
        ),
    ],
)
def test_L3_who_is_stranded_is_told_with_its_state(outage: Any, without: Any, who: str, state: str) -> None:
    told = left(outage, *without)
    assert told[who].startswith(f"{who} was {state} at the end of the run")


def test_L3_who_comes_up_and_goes_down_again_has_its_whole_time_anew(outage: Any) -> None:
    down = ("20000 room server.halted rack2",)
    assert "rack2" not in left(outage, at_s=20000 + SERVER_S, plus=down)
    assert "rack2" in left(outage, at_s=20000 + SERVER_S + 1, plus=down)
    again = (*down, "20300 room server.up rack2", "20310 room server.halted rack2")
    assert "rack2" not in left(outage, at_s=20310 + SERVER_S, plus=again)
    once = (
        outage.without(*RACK2)
        .plus("12000 room server.up rack2", "12010 room server.halted rack2")
        .until(END_S)
    )
    assert [b.subject for b in once.result("L3").breaches] == ["rack2", "rack2"], "each time it went down"


def test_L3_a_disk_that_loses_its_power_is_down(outage: Any) -> None:
    told = left(outage, plus=("20000 room ups.output_off ups4 cause=fault",))
    assert told["linkeddisk"].startswith("linkeddisk was without power at the end of the run")


def test_L3_u19_a_disk_that_did_not_live_on_what_fell_is_not_down(outage: Any) -> None:
    """It lived on another UPS, and told nothing: it is ready, and has power."""
    falls = ("20000 room ups.output_off ups4", "20010 room ups.output_on ups4")
    assert "linkeddisk" not in left(outage, plus=falls)
    assert "linkeddisk" in left(outage, plus=(*falls, "20001 room array.off linkeddisk"))
    assert "linkeddisk" in left(outage, plus=falls[:1]), "it has none"


def test_L3_an_off_that_is_armed_on_its_disk_is_when_a_server_is_judged(outage: Any) -> None:
    armed = "12000 room ups.off_armed ups4 falls_at=12601"
    telling = outage.without("array.ready linkeddisk", "8456 ").plus(armed).until(12100)
    told = {b.subject: b.text for b in telling.result("L3").breaches}
    assert "until ups4 was armed to go off at 12000 s" in told["linkeddisk"]


# What stands in its way


def test_L3_an_off_that_was_dropped_stands_in_the_way_until_its_end(outage: Any) -> None:
    dropped = ("8270 room ups.off_armed ups6 falls_at=9600",)
    assert "since 9000 s" in left(outage, *RACK2, plus=dropped)["rack2"]
    fell = (
        *dropped,
        "8300 room ups.output_off ups6 cause=command",
        "8400 room ups.output_on ups6 cause=return",
    )
    assert "since 8300 s" in left(outage, *RACK2, plus=fell)["rack2"]


def test_L3_somebody_who_is_shutting_down_stands_in_everybodys_way(outage: Any) -> None:
    busy = ("9000 room server.shutting_down rack1",)
    assert "rack2" not in left(outage, *RACK2, at_s=9000 + SERVER_S + 100, plus=busy)
    over = (*busy, "9100 room server.halted rack1", "9101 room server.up rack1")
    assert "since 9100 s" in left(outage, *RACK2, plus=over)["rack2"]


def test_L3_its_mains_and_those_of_its_disk_count(outage: Any) -> None:
    for ups in ("ups6", "ups4"):
        blink = (f"9000 room mains.lost {ups}", f"9500 room mains.restored {ups}")
        assert "since 9500 s" in left(outage, *RACK2, plus=blink)["rack2"], ups
    other = ("9000 room mains.lost ups5", "9500 room mains.restored ups5")
    assert "since 8256 s" in left(outage, *RACK2, plus=other)["rack2"], "none of its own"


def test_L3_of_two_feeds_one_with_mains_is_enough_unless_it_needs_both(outage: Any) -> None:
    two = replace(outage.site.servers["rack2"], upses=("ups6", "ups5"))
    blink = ("9000 room mains.lost ups6", "9500 room mains.restored ups6")

    def since(server: Any) -> str:
        telling = outage.at_site(servers={**outage.site.servers, "rack2": server})
        return left(telling, *RACK2, plus=blink)["rack2"]

    assert "since 8256 s" in since(two)
    assert "since 9500 s" in since(replace(two, minimum_supplies=2))


def test_L3_a_disk_needs_all_of_its_feeds(outage: Any) -> None:
    disk = replace(outage.site.arrays["linkeddisk"], controllers=("ups4", "ups2"))
    telling = outage.at_site(arrays={**outage.site.arrays, "linkeddisk": disk})
    blink = ("9000 room mains.lost ups2", "9500 room mains.restored ups2")
    assert "since 9500 s" in left(telling, "array.ready linkeddisk", plus=blink)["linkeddisk"]


def test_L3_the_control_disk_waits_for_a_node_and_the_cluster_for_its_disk(outage: Any) -> None:
    ready = left(outage, "array.ready controldisk")
    assert set(ready) == {"controldisk"}, "the cluster waits for it, and is not stranded"
    assert "since 7986 s" in ready["controldisk"], "when a node was up again"
    cluster = left(outage, "cluster.running", "8076 ")
    assert "since 7986 s" in cluster["ssccluster"], "when a node was up again"
    later = left(outage.moved("array.ready controldisk", 8500), "cluster.running", "8076 ")
    assert "since 8500 s" in later["ssccluster"]


def test_L3_a_disk_of_a_higher_rank_waits_for_those_of_a_lower_one_on_its_own_side(outage: Any) -> None:
    site = outage.site

    def with_ranks(first: str, second: str) -> Any:
        upses = {n: replace(u, warm_up_rank={first: 1, second: 2}.get(n, 1)) for n, u in site.upses.items()}
        other = replace(
            site.arrays["linkeddisk"], name="otherdisk", controllers=("ups2",), enclosures=("ups2",)
        )
        return outage.at_site(upses=upses, arrays={**site.arrays, "otherdisk": other})

    never = "array.ready linkeddisk"
    waits = left(with_ranks("ups2", "ups4"), never, plus=("8000 room array.starting otherdisk",))
    assert set(waits) == {"otherdisk"}, "linkeddisk waits for it"
    both = left(with_ranks("none", "of them"), never, plus=("8000 room array.starting otherdisk",))
    assert set(both) >= {"otherdisk", "linkeddisk"}
    control = left(with_ranks("ups3", "ups4"), "array.ready controldisk", never)
    assert "controldisk" in control, "the other side has an order of its own"


def test_L3_a_stage_waits_for_the_charge_of_all_its_batteries(outage: Any) -> None:
    for ups in ("ups5", "ups6", "ups4"):
        late = outage.without(f"12000 room ups.charge {ups}").plus(
            f"9000 room ups.charge {ups} charge_pct=1", f"9900 room ups.charge {ups} charge_pct=100"
        )
        since_s = float(left(late, *RACK2)["rack2"].partition("since ")[2].partition(" s")[0])
        assert 9000 < since_s < 9900, ups
    node = outage.without("12000 room ups.charge ups1").plus("9000 room ups.charge ups1 charge_pct=1")
    assert "since 8256 s" in left(node, *RACK2)["rack2"], "no battery of its stage"


def test_L3_a_node_waits_for_what_its_own_ups_returns_with(outage: Any) -> None:
    down = ("20000 room server.halted control2",)
    assert "since 20000 s" in left(outage, plus=down)["control2"]
    low = outage.without("12000 room ups.charge ups2").plus(
        "19000 room ups.charge ups2 charge_pct=1", "21000 room ups.charge ups2 charge_pct=21"
    )
    assert "control2" not in left(low, plus=down), "it is to be woken (S17)"
    on = ("20002 room ups.output_on ups2", "20002 room server.booting control2")
    fell = (*down, "20001 room ups.output_off ups2", *on)
    assert "control2" not in left(low, plus=fell[:-1]), (
        "it has not booted with its power, and is to be woken (H7)"
    )
    since_s = float(left(low, plus=fell)["control2"].partition("since ")[2].partition(" s")[0])
    assert since_s == pytest.approx(20400, abs=1), "15 % of its battery"
    for how, cause, owed in [
        ("now", "command", False),
        ("graceful", "command", False),
        ("delayed", "command", False),
        ("until_mains", "command", True),
        ("sleep", "command", True),
        ("conserve", "command", True),
        ("graceful", "exhausted", True),
    ]:
        told = f"20000 control1 command.sent ups2 command=off how={how}"
        off = f"20001 room ups.output_off ups2 cause={cause}"
        again = left(low, plus=(*down, told, off, *on))
        assert ("control2" in again) is owed, f"{how}: one that stays off is switched on (S17)"
    later = (told, off.replace("exhausted", "command"), "20002 room ups.output_on ups2")
    last = ("20003 room ups.output_off ups2", "20004 room ups.output_on ups2")
    boots = "20004 room server.booting control2"
    assert "control2" in left(low, plus=(*down, *later, *last, boots)), "its last fall counts"
    at_once = ("20000 room ups.output_off ups2", "20000 room server.crashed control2 cause=power", fell[-1])
    assert "control2" in left(low, plus=at_once), "it went with its UPS"
    before = ("19998 room ups.output_off ups2", "19999 room ups.output_on ups2", *down)
    assert "control2" not in left(low, plus=before)
    other = outage.without("12000 room ups.charge ups1").plus("19000 room ups.charge ups1 charge_pct=1")
    assert "since 20000 s" in left(other, plus=down)["control2"]


@pytest.mark.parametrize(
    ("fell", "back", "owed"),
    [
        ("cause=fault", "cause=command", False),
        ("cause=fault", "", False),
        ("cause=fault", "cause=return", True),
        ("cause=exhausted", "cause=command", True),
    ],
)
def test_L3_P14_one_whose_ups_has_tripped_waits_for_the_charge_of_an_on(
    outage: Any, fell: str, back: str, owed: bool
) -> None:
    """Nothing else brings that back while its mains are there; at 15 % it would come on by itself."""
    low = outage.without("12000 room ups.charge ups2").plus(
        "19000 room ups.charge ups2 charge_pct=1", "21000 room ups.charge ups2 charge_pct=21"
    )
    trips = f"20000 room ups.output_off ups2 {fell}", "20000 room server.crashed control2 cause=power"
    on = f"23000 room ups.output_on ups2 {back}", "23000 room server.booting control2"
    assert ("control2" in left(low, plus=(*trips, *on))) is owed
    off = left(low, plus=trips)
    assert ("control2" in off) is ("fault" not in fell), "it is off yet"
    blinks = ("20001 room mains.lost ups2", "20002 room mains.restored ups2")
    assert "control2" in left(low, plus=(*trips, *blinks)), "mains that return may bring it back"


def test_L3_who_is_wanted_up_again_is_owed_it_from_then_on(outage: Any) -> None:
    wish = "control1 request.accepted reference wish={} id={} of=rack2"
    down = "8300 " + wish.format("power_off", "r1")
    assert "rack2" not in left(outage, *RACK2, plus=(down,))
    assert (
        "since 9000 s" in left(outage, *RACK2, plus=(down, "9000 " + wish.format("power_on", "r2")))["rack2"]
    )


def test_L3_each_kind_of_disk_has_its_own_limit(outage: Any) -> None:
    assert "allowed are 2130 s" in left(outage, "array.ready controldisk")["controldisk"]
    assert "allowed are 1980 s" in left(outage, "array.ready linkeddisk")["linkeddisk"]


def test_L3_a_control_disk_does_not_wait_for_a_linked_one_of_a_lower_rank(outage: Any) -> None:
    ranks = {"ups3": 2, "ups4": 1}
    upses = {n: replace(u, warm_up_rank=ranks.get(n, 1)) for n, u in outage.site.upses.items()}
    told = left(outage.at_site(upses=upses), "array.ready controldisk", "array.ready linkeddisk")
    assert "controldisk" in told


def test_L3_the_lowest_rank_of_a_disks_upses_is_its_own(outage: Any) -> None:
    site = outage.site
    upses = {**site.upses, "ups7": replace(site.upses["ups4"], name="ups7", warm_up_rank=1)}
    upses |= {
        "ups4": replace(site.upses["ups4"], warm_up_rank=3),
        "ups2": replace(site.upses["ups2"], warm_up_rank=2),
    }
    disk = replace(site.arrays["linkeddisk"], enclosures=("ups7",))
    other = replace(disk, name="otherdisk", controllers=("ups2",), enclosures=("ups2",))
    telling = outage.at_site(upses=upses, arrays={**site.arrays, "linkeddisk": disk, "otherdisk": other})
    told = left(telling, "array.ready linkeddisk", plus=("8000 room array.starting otherdisk",))
    assert set(told) == {"linkeddisk"}, "otherdisk waits for it, and not the other way round"


def test_L3_who_is_not_owed_is_not_put_to_the_test(outage: Any) -> None:
    pool = outage.plus("100 room server.shutting_down bladepool", "200 room server.halted bladepool")
    assert pool.result("L3").put_to_test == outage.result("L3").put_to_test
    by_hand = outage.at_site(start=replace(outage.site.start, auto=False))
    assert by_hand.result("L3").put_to_test == 0


@pytest.mark.parametrize(("after_s", "stranded"), [(SERVER_S, False), (SERVER_S + 1, True)])
def test_L3_who_waited_for_charge_alone_has_its_whole_time_from_then_on(
    outage: Any, after_s: float, stranded: bool
) -> None:
    """ups6 was all but empty, and is full from one moment to the next."""
    full_s = 40000.0
    late = outage.without("12000 room ups.charge ups6").plus(
        "9000 room ups.charge ups6 charge_pct=1",
        f"{full_s} room ups.charge ups6 charge_pct=1",
        f"{full_s} room ups.charge ups6 charge_pct=100",
    )
    assert ("rack2" in left(late, *RACK2, at_s=full_s + after_s)) is stranded


def test_L3_the_control_disk_waits_for_the_charge_of_the_nodes_upses_too(outage: Any) -> None:
    late = outage.without("12000 room ups.charge ups1").plus(
        "9000 room ups.charge ups1 charge_pct=1", "9900 room ups.charge ups1 charge_pct=100"
    )
    told = left(late, "array.ready controldisk")["controldisk"]
    assert 9000 < float(told.partition("since ")[2].partition(" s")[0]) < 9900


def test_L3_c2_a_node_that_died_with_its_power_on_waits_for_somebody_until_an_outage_or_a_word(
    tell: Any,
) -> None:
    """Nobody stopped it, so nobody of ours starts it (S28): the cluster goes on without it meanwhile."""
    died = tell(CALM).plus("0 room server.crashed control2 cause=fault").until(20000)
    assert "L3" not in died.broken
    outage = died.plus("100 control1 incident.opened reference cause=ups4")
    assert "L3" not in outage.broken, "it brings nobody back before it turns"
    turned = outage.plus("5000 control1 journal.committed reference kind=turned").result("L3").breaches
    assert "since 5600 s" in turned[0].text
    word = "control1 request.accepted control2 wish=power_on id=r1 of=control2"
    assert "L3" in died.plus(f"100 {word}").broken
    assert "L3" not in died.plus(f"-1 {word}").broken, "an older one"
    unfed = died.changed("cause=fault", "cause=fault", "cause=power")
    assert "L3" in unfed.broken, "it lost its power"
    once = tell(CALM).plus("0 room server.crashed control2 cause=fault", "100 room server.up control2")
    assert "L3" not in once.plus("90 control1 journal.committed reference kind=turned").broken
    again = once.plus("200 control1 incident.opened reference cause=ups4", "300 room server.halted control2")
    assert "L3" in again.plus("400 control1 incident.closed reference").until(20000).broken


def test_L3_a_node_waits_for_the_others_off_too_for_they_are_who_wakes_it(outage: Any) -> None:
    control2 = (
        "7500 room server.up control2",
        "7685 room server.shutting_down control2",
        "7745 room server.halted control2",
        "7746 room server.booting control2",
        "7986 room server.up control2",
    )
    falls = "{} room ups.off_armed ups1 falls_at={}", "{} room ups.output_off ups1"
    soon = left(outage, *control2, plus=(falls[0].format(7900, 8920), falls[1].format(8320)))
    assert "since 8320 s" in soon["control2"]
    late = left(outage, *control2, plus=(falls[0].format(9500, 10520), falls[1].format(9920)))
    assert "until ups1 was armed to go off at 9500 s" in late["control2"]
    assert "since 7745 s: 1755 s" in late["control2"]
    rack = left(outage, *RACK2, plus=(falls[0].format(9000, 10020), falls[1].format(9420)))
    assert "since 8256 s" in rack["rack2"], "the nodes' alone"


def test_L3_the_cluster_waits_for_the_mains_of_its_disks_and_of_a_node(outage: Any) -> None:
    """A node in somebody's hands stays up, its disk ready, as long as their batteries last."""
    never = ("cluster.running", "8076 ")

    def since(*upses: str) -> str:
        away = (f"9000 room mains.lost {ups}" for ups in upses)
        back = (f"{9400 + 100 * n} room mains.restored {ups}" for n, ups in enumerate(upses, 1))
        told = left(outage, *never, plus=(*away, *back))["ssccluster"]
        return told.partition("since ")[2].partition(":")[0]

    assert since() == since("ups1") == since("ups4") == "7986 s"
    assert since("ups3") == "9500 s", "of its disk"
    assert since("ups1", "ups2") == "9500 s", "of the first node"
