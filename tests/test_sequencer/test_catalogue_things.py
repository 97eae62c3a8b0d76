"""Every fault of network, servers and arrays (N, H, A) in the reference outage: only what it excuses breaks.

Judged by `teiden.judge`; where a fault excuses nothing, by the tests' own judge too. What it led to, and
what the sequencer did about it, is asked of the stream.
"""

from __future__ import annotations

from typing import Any

import pytest

from sequencer import guards
from sequencer.journal import Kind
from sequencer.ports import Os, Seen, ServerStatus
from sequencer.site import OffMode
from sim.faults import catalogue
from sim.faults.subjects import subjects
from sim.story import FaultChange, Happening
from tests.excused import unexcused_by_the_judge
from tests.safety import well
from tests.tale import Tale
from tests.worlds import fault, out, play, reference_site

LONG_S = 5 * 3600.0
AFTER_HALT: dict[str, Any] = {
    "ups5__off": OffMode.AFTER_HALT,
    "ups6__off": OffMode.AFTER_HALT,
    "ups3__confirm_s": 960.0,
    "ups1__confirm_s": 990.0,
    "ups2__confirm_s": 990.0,
}


def put(
    what: str, subject: str, from_s: float = -1.0, to_s: float | None = None, amount: float = -1.0
) -> list[Happening]:
    """A fault with its default amount, or with this one."""
    named = catalogue.named(what)
    amount = catalogue.default_amount(named) if amount < 0 else amount
    there = FaultChange(from_s, named, subject, amount=amount)
    return (
        [there] if to_s is None else [there, FaultChange(to_s, named, subject, present=False, amount=amount)]
    )


def holds(tale: Tale, what: str) -> None:
    assert unexcused_by_the_judge(tale, [catalogue.named(what)]) == [], str(tale)


def everywhere() -> list[Any]:
    found = []
    for module in ("N", "H", "A"):
        for what in catalogue.ALL:
            if what.ids[0][0] != module:
                continue
            for subject in subjects(reference_site(), what.of):
                found.append(pytest.param(what.name, subject))
    return found


@pytest.mark.long
@pytest.mark.parametrize(("what", "subject"), everywhere())
def test_each_fault_on_each_device_breaks_nothing_in_an_outage_but_what_it_excuses(
    what: str, subject: str
) -> None:
    holds(play(out(0, 7200), put(what, subject), until_s=LONG_S), what)


@pytest.mark.long
@pytest.mark.parametrize("back_s", [100, 300])
@pytest.mark.parametrize(
    "site", [reference_site(), reference_site(**AFTER_HALT)], ids=["together", "after halt"]
)
@pytest.mark.parametrize("what", ["H1", "H2", "H3", "H4", "H5", "H7", "H8", "H10", "A1", "A4", "A8", "A9"])
def test_the_mains_come_back_while_all_goes_down(what: str, site: Any, back_s: int) -> None:
    subject = subjects(site, catalogue.named(what).of)[-1 if what[0] == "A" else 0]
    holds(play(out(0, back_s), put(what, subject), until_s=LONG_S, site=site), what)


# The network


def test_n2_parted_nodes_go_through_an_outage_and_one_of_them_commands() -> None:
    tale = play(out(0, 1800), put("N2", "control2", -1, 900), until_s=3 * 3600)
    well(tale)
    assert tale.times("cluster.stopping ssccluster")


@pytest.mark.long
def test_n4_an_outage_without_a_name_service_is_the_same_outage() -> None:
    with_it, without = (play(out(0, 60), *put_all, until_s=600) for put_all in ([], [put("N4", "network")]))
    assert with_it.text() == without.text()


@pytest.mark.long
def test_n3_s15_an_off_whose_answer_is_lost_is_not_sent_again_before_a_look_is_answered() -> None:
    """Of this seed the answer to an OFF is lost."""
    lossy = put("network_loses", "network", -1, 3000)
    tale = play(out(0, 100), lossy, until_s=3600, site=reference_site(**AFTER_HALT), seed=1)
    holds(tale, "network_loses")
    assert tale.times("command.failed ups6 command=off")


def test_n5_with_the_management_net_down_nobody_takes_silence_for_an_outage() -> None:
    tale = play(put("management_down", "network", 0, 600), until_s=1200)
    tale.never("outage.confirmed *", "command.sent *")


# Servers


@pytest.mark.parametrize("commander_dies_s", [None, 150.0])
def test_h1_h9_one_that_hangs_when_the_mains_come_back_early_is_forced_after_its_limit_and_woken(
    commander_dies_s: float | None,
) -> None:
    """Its UPS is told to go off only after it has halted, so its power stays, and nothing else ends it."""
    crash = fault("node_crashes", "control1", commander_dies_s) if commander_dies_s else []
    site = reference_site(**AFTER_HALT)
    tale = play(out(0, 100), put("H1", "rack1"), crash, until_s=2 * 3600, site=site)
    holds(tale, "H1")
    forced_s = tale.at("server.forced rack1")
    assert forced_s >= tale.at("server.shutting_down rack1") + 180
    assert tale.at("server.up rack1") > forced_s
    tale.never("ups.output_off ups6")
    assert Kind.FORCED in [row.kind for row in tale.room.nodes["control2"].rows]


def test_h1_one_that_gets_there_within_its_limit_after_all_is_woken_and_not_forced() -> None:
    site = reference_site(**AFTER_HALT)
    tale = play(out(0, 100), put("H1", "rack1", -1, 110), until_s=2 * 3600, site=site)
    well(tale)
    tale.never("server.forced *")
    tale.before("server.halted rack1", "command.sent rack1 command=wake", "server.up rack1")


def test_h1_a_node_that_hangs_in_the_clusters_restart_is_forced_and_woken_by_the_other() -> None:
    tale = play(out(0, 7200), put("H1", "control2", 7000), until_s=4 * 3600)
    well(tale)
    tale.before("command.sent control2 command=force", "command.sent control2 command=wake")


def test_h3_s2_a_node_that_lets_nobody_in_is_forced_before_the_other_goes() -> None:
    tale = play(out(0, 3600), put("H3", "control2"), until_s=3 * 3600)
    well(tale)
    tale.before("server.forced control2", "server.shutting_down control1", "ups.output_off ups3")


@pytest.mark.parametrize("back_s", [7200, 100])
def test_h5_h6_s1_one_that_is_booted_again_goes_down_again_before_its_ups_falls(back_s: int) -> None:
    """Its OFF counts down also when the mains are back; so it has to go down then, too."""
    tale = play(out(0, back_s), put("H5", "blade1", -1, 600, 30), until_s=3 * 3600)
    holds(tale, "H5")
    assert ("H6", "blade1") in tale.alarms()
    tale.never("server.crashed *")


def test_h6_s1_one_that_cannot_be_down_again_in_time_is_forced_in_the_middle_of_its_boot() -> None:
    tale = play(out(0, 7200), put("H6", "blade1", 300), until_s=900)
    tale.before("server.booting blade1", "server.forced blade1", "ups.output_off ups5")
    tale.never("server.crashed *")


# Arrays


@pytest.mark.long
def test_a6_a_hand_at_its_ups_while_it_is_used_costs_its_cache_and_breaks_no_rule() -> None:
    tale = play(out(0, 1800), put("A6", "linkeddisk", 100, 2500), until_s=3 * 3600)
    holds(tale, "A6")
    tale.once("array.lost_data linkeddisk")


@pytest.mark.long
def test_a7_s8_servers_wait_until_ready_has_held() -> None:
    tale = play(out(0, 1800), put("A7", "linkeddisk"), until_s=3 * 3600)
    well(tale)


# The two guards of a force that no cut is near


def seen(os: Os, *, fresh: bool = True) -> Seen[ServerStatus]:
    return Seen(ServerStatus(os), 0.0, fresh=fresh)


@pytest.mark.parametrize(
    ("os", "fresh", "goes_up", "now_s", "rule"),
    [
        (Os.SHUTTING_DOWN, True, True, 180.0, None),
        (Os.SHUTTING_DOWN, True, True, 179.0, "S26"),
        (Os.SHUTTING_DOWN, True, False, 180.0, "S9"),
        (Os.SHUTTING_DOWN, False, True, 180.0, "S11"),
        (Os.UP, True, True, 180.0, "S11"),
    ],
)
def test_s26_only_what_is_to_run_again_and_is_seen_stuck_past_its_limit_is_forced(
    os: Os, fresh: bool, goes_up: bool, now_s: float, rule: str | None
) -> None:
    server = reference_site().servers["rack1"]
    refusal = guards.force_stuck(
        server, seen(os, fresh=fresh), goes_up=goes_up, now_s=now_s, past_limit_s=180.0
    )
    assert (refusal.rule if refusal else None) == rule


@pytest.mark.parametrize(
    ("os", "fresh", "given_up", "watches_itself", "rule"),
    [
        (Os.UP, True, True, True, None),
        (Os.UP, True, False, True, "S26"),
        (Os.UP, False, True, True, "S11"),
        (Os.SHUTTING_DOWN, True, True, True, "S11"),
        (Os.SHUTTING_DOWN, True, True, False, None),
        (Os.SHUTTING_DOWN, False, True, False, "S11"),
        (Os.HALTED, True, True, False, "S11"),
    ],
)
def test_h3_c7_only_a_node_that_is_given_up_and_seen_to_run_unwatched_is_forced_before_we_go(
    os: Os, fresh: bool, given_up: bool, watches_itself: bool, rule: str | None
) -> None:
    node = reference_site().servers["control2"]
    refusal = guards.force_refusing(
        node, seen(os, fresh=fresh), given_up=given_up, watches_itself=watches_itself
    )
    assert (refusal.rule if refusal else None) == rule
