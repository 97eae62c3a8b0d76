"""Who must be down before a flush, and what excuses one that cannot wait (S3, S32)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest


def hurried(outage: Any, runtime_s: float) -> Any:
    """Flushed at 130 s, its servers down and their UPSes on until 452 s; so much is told at the loss."""
    early = outage.moved("command=flush", 130).moved("array.flushing", 130).moved("array.flushed", 322)
    early = early.plus("129 control1 alarm.raised linkeddisk rule=S18 text=short")
    return early.changed("0 room ups.charge ups4", "runtime_s=1500", f"runtime_s={runtime_s}")


NEED_S = (452 - 130) + 300 + 2 * 2 + 1
"""Until the last UPS falls, the flush's limit, two polls, and a second of latency."""


@pytest.mark.parametrize(("left_s", "excused"), [(NEED_S - 0.5, True), (NEED_S, False), (NEED_S + 1, False)])
def test_S3_a_battery_that_cannot_wait_is_one_with_less_than_all_that_is_to_come(
    outage: Any, left_s: float, excused: bool
) -> None:
    assert ("S3" not in hurried(outage, 130 + left_s).broken) is excused


def test_S3_the_last_ups_to_fall_is_waited_for_not_the_first(outage: Any) -> None:
    """ups5 would be off at once: ups6 is what there is no time for."""
    left_s = 130 + NEED_S - 10
    soon = hurried(outage, left_s).changed("off_armed ups5", "falls_at=1052", "falls_at=740")
    assert "S3" not in soon.broken
    both = soon.changed("off_armed ups6", "falls_at=1052", "falls_at=740")
    assert "S3" in both.broken, "nothing is left to wait for so long"


def test_S3_an_off_that_was_never_given_a_time_counts_for_nothing(outage: Any) -> None:
    left_s = 130 + 300 + 5
    never = hurried(outage, left_s - 0.5)
    for ups in ("ups5", "ups6"):
        never = never.changed(f"off_armed {ups}", "falls_at=1052 ", "")
    assert "S3" not in never.broken
    enough = hurried(outage, left_s + 0.5)
    for ups in ("ups5", "ups6"):
        enough = enough.changed(f"off_armed {ups}", "falls_at=1052 ", "")
    assert "S3" in enough.broken


def test_S3_an_array_on_two_upses_cannot_wait_when_one_of_them_cannot(outage: Any) -> None:
    weak = hurried(outage, 130 + NEED_S - 10)
    disk = replace(weak.site.arrays["linkeddisk"], controllers=("ups4", "ups3"))
    assert "S3" not in weak.at_site(arrays={**weak.site.arrays, "linkeddisk": disk}).broken


@pytest.mark.parametrize(
    ("says", "excused"),
    [
        ("129 control1 alarm.raised ssccluster rule=S5 text=goes", True),
        ("129 control1 alarm.raised ssccluster rule=S5 text=goes upses=ups2", True),
        ("129 control1 alarm.raised ssccluster rule=S5 text=goes upses=ups3", False),
        ("-500 control1 alarm.raised ssccluster rule=S5 text=goes", False),
        ("129 control1 alarm.raised ssccluster rule=S26 text=goes", False),
        ("129 control1 alarm.raised control1 rule=S5 text=goes", False),
    ],
)
def test_S3_nor_can_it_wait_when_the_control_side_says_that_it_goes_without_it(
    outage: Any, says: str, excused: bool
) -> None:
    assert ("S3" not in hurried(outage, 9999).plus(says).broken) is excused


@pytest.mark.parametrize(
    ("stopped", "held", "excused"),
    [
        ("128 room cluster.stopped ssccluster", "ups6", True),
        ("128 room cluster.stopped ssccluster", "rackpool", True),
        ("128 room cluster.stopped ssccluster", "rack1", True),
        ("128 room cluster.stopped ssccluster", "ups1", False),
        ("128 room cluster.stopping ssccluster", "ups6", False),
        ("128 control1 alarm.raised ssccluster rule=S18 text=short", "ups6", True),  # seed 7132
        ("128 control1 alarm.raised ssccluster rule=S18 text=short", "ups1", False),
        ("128 control1 alarm.raised ssccluster rule=S26 text=late", "ups6", False),
        ("-9 control1 alarm.raised ssccluster rule=S18 text=short", "ups6", False),
    ],
)
def test_S3_L2_for_their_disks_battery_the_nodes_go_once_the_cluster_stopped_and_a_hold_keeps_the_array(
    outage: Any, stopped: str, held: str, excused: bool
) -> None:
    says = "129 control1 alarm.raised ssccluster rule=S5 text=goes upses=ups3"
    counts_down = hurried(outage, 9999).plus(says, stopped, f"7 control1 hold.set {held}")
    goes = counts_down.without("ups.off_armed ups6")
    assert ("S3" not in goes.broken) is excused
    assert "S3" in counts_down.broken, "no hold stops what counts down: it falls, and the array has its turn"
    off = goes.plus("127 room ups.output_off ups6 cause=exhausted")
    assert "S3" in off.broken, "it is off, and only ups5 is on yet, which nobody holds"


def test_S3_nor_where_the_cluster_does_not_stop_in_an_outage_and_a_hold_keeps_the_array(outage: Any) -> None:
    """The nodes need not wait for it to stop before they go for their disks' battery."""
    says = "129 control1 alarm.raised ssccluster rule=S5 text=goes upses=ups3"
    held = hurried(outage, 9999).plus(says, "7 control1 hold.set ups6").without("ups.off_armed ups6")
    assert "S3" in held.broken
    assert "S3" not in held.at_site(cluster=replace(held.site.cluster, stop_at_outage=False)).broken


def test_S3_c11_nor_where_it_hangs_at_its_stop_and_has_their_disk_in_use(outage: Any) -> None:
    """No hold is needed then: what it writes goes with the battery of its disk."""
    says = "129 control1 alarm.raised ssccluster rule=S5 text=goes upses=ups3"
    asked = (
        hurried(outage, 9999).at_site(cluster=replace(outage.site.cluster, shutdown_limit_s=60.0)).plus(says)
    )
    stops = asked.plus("72 control1 command.sent ssccluster command=stop")
    not_waited_for = "128 control1 alarm.raised ssccluster rule=S18 text=short"
    hangs = stops.plus(not_waited_for)
    assert "S3" not in hangs.broken
    late = asked.plus("73 control1 command.sent ssccluster command=stop", not_waited_for)
    assert "S3" in late.broken, "it has not had its limit"
    assert "S3" in asked.plus(not_waited_for).broken, "nobody has told it"
    assert "S3" in stops.broken, "it is waited for"
    assert "S3" in hangs.plus("129 room cluster.stopped ssccluster cause=command").broken, "it has stopped"
    assert "S3" not in hangs.plus("129 room cluster.stopped ssccluster cause=gone").broken, "with its nodes"


def test_S3_nor_where_no_incident_is_open_to_the_judge(outage: Any) -> None:
    goes = hurried(outage, 9999).plus("129 control1 alarm.raised ssccluster rule=S5 text=goes")
    for event in ("outage.confirmed", "incident.opened"):
        goes = goes.without(event)
    assert "S3" not in goes.broken


def test_S3_a_battery_of_which_nothing_is_told_is_not_doubted(outage: Any) -> None:
    silent = hurried(outage, 9999).without("room ups.charge ups4")
    assert "S3" not in silent.broken


def test_S3_somebody_who_runs_without_any_power_left_on_is_told_too(outage: Any) -> None:
    """Fed by a UPS that is no servers' UPS of its own."""
    other = replace(outage.site.servers["rack2"], upses=("ups1",))
    runs = outage.at_site(servers={**outage.site.servers, "rack2": other}).without("server.halted rack2")
    assert "rack2 was not down" in runs.breach("S3")


def test_S3_one_whose_ups_was_declared_unseen_is_excused_with_it(outage: Any) -> None:
    runs = outage.without("server.halted rack2", "room ups.output_off ups6")
    assert "rack2 was not down and ups6 still gave power" in runs.breach("S3")
    assert "S3" not in runs.plus("453 control1 alarm.raised ups6 rule=S3").broken


def test_S3_control_nodes_may_go_on_using_a_disk_that_is_flushed(outage: Any) -> None:
    """They are no users of a linked array's cache; they stop later (S5)."""
    node = replace(outage.site.servers["control1"], arrays=("controldisk", "linkeddisk"))
    assert "S3" not in outage.at_site(servers={**outage.site.servers, "control1": node}).broken


def test_S3_it_is_put_to_the_test_when_it_is_asked_and_when_it_begins_and_not_for_others(outage: Any) -> None:
    assert outage.result("S3").put_to_test == 2
    more = outage.plus(
        "1100 room array.flushing controldisk",
        "1101 control1 command.sent controldisk command=flush",
        "1102 control1 command.sent blade1 command=flush",
        "700 room array.flushing linkeddisk",
    )
    assert more.result("S3").put_to_test == 2, "flushed already; a control disk; no disk at all"
    assert more.result("S32").put_to_test == outage.result("S32").put_to_test + 3


@pytest.mark.parametrize(("left_s", "excused"), [(304.5, True), (305.0, False)])
def test_S3_an_off_whose_time_is_over_is_waited_for_no_longer(
    outage: Any, left_s: float, excused: bool
) -> None:
    """Both were to fall at 100 s, and give power at 130 s still."""
    dropped = hurried(outage, 130 + left_s)
    for ups in ("ups5", "ups6"):
        dropped = dropped.changed(f"off_armed {ups}", "falls_at=1052", "falls_at=700")
    assert ("S3" not in dropped.broken) is excused


def test_S3_c12_an_array_whose_own_power_counts_down_by_anothers_word_cannot_wait(outage: Any) -> None:
    """However much its battery holds; and only if that is said aloud."""
    early = hurried(outage, 9999)
    assert "S3" in early.broken
    armed = "100 room ups.off_armed ups4 falls_at=1100"
    assert "S3" not in early.plus(armed).broken
    assert "S3" in early.plus(armed).without("rule=S18").broken
    assert "S3" in early.plus(armed.replace("ups4", "ups3")).broken, "none of its own"


def test_S3_a_ups_that_nobody_told_to_go_off_is_waited_for_by_nobody(outage: Any) -> None:
    untold = hurried(outage, 130 + 300 + 4.5)
    for ups in ("ups5", "ups6"):
        untold = untold.without(f"off_armed {ups}", f"command.sent {ups} command=off")
    assert "S3" not in untold.broken, "its battery lasts for the flush only"
    more = untold.changed("0 room ups.charge ups4", "runtime_s=434.5", "runtime_s=435.5")
    assert "S3" in more.broken


def test_S3_s27_who_is_held_may_run_when_its_battery_cannot_wait(outage: Any) -> None:
    """What the others have written is saved; nobody may stop him."""
    early = outage.moved("command=flush", 130).moved("array.flushing", 130).moved("array.flushed", 322)
    early = early.changed("0 room ups.charge ups4", "runtime_s=1500", "runtime_s=700")
    short = "129 control1 alarm.raised linkeddisk rule=S18 text=short"
    up = early.plus("128 room server.up rack1", short)
    assert up.result("S3").breaches
    held = up.plus("-50 control1 hold.set rack1")
    assert held.result("S3").breaches == ()
    assert held.plus("128 room server.up rack2").result("S3").breaches, "nobody holds that one"
    assert held.plus("100 control1 hold.released rack1").result("S3").breaches, "nor him any more"
    assert held.without("rule=S18").result("S3").breaches, "not said"


def test_S3_n1_who_is_declared_lost_and_heard_no_more_may_run_when_its_battery_cannot_wait(
    outage: Any,
) -> None:
    """The network has died before he was told to go; his cards are silent as well."""
    up = hurried(outage, 700.0).plus("128 room server.up rack1")
    lost = up.plus("100 control1 card.silent ups6", "127 control1 alarm.raised rack1 rule=H1 text=late")
    old = "-50 control1 alarm.raised rack1 rule=H1 text=late"
    assert up.result("S3").breaches
    assert lost.result("S3").breaches == ()
    assert lost.without("rule=S18").result("S3").breaches, "not said that it cannot wait"
    assert lost.without("rule=H1").result("S3").breaches, "not said that he is lost"
    assert lost.without("rule=H1").plus(old).result("S3").breaches, "long before"
    assert lost.without("card.silent ups6").result("S3").breaches, "he hangs, and his card tells"
    assert lost.plus("120 control1 card.answering ups6").result("S3").breaches
    assert lost.plus("129 control1 server.up rack1").result("S3").breaches, "he is heard"
    assert lost.plus("129 control2 server.up rack1").result("S3").breaches == (), "by another"
    assert lost.plus("128 room server.up rack2").result("S3").breaches, "that one is not lost"


def test_S3_h6_n5_who_was_seen_down_and_is_booted_unheard_may_run_when_its_battery_cannot_wait(
    outage: Any,
) -> None:
    """No card and no controller is heard any more as somebody boots him (seed 3300529)."""
    seen = (f"124 control1 server.halted {name}" for name in ("blade1", "rack1", "rack2"))
    up = hurried(outage, 700.0).plus("128 room server.booting rack1", *seen)
    unheard = up.plus("125 control1 card.silent ups6")
    assert up.result("S3").breaches
    assert unheard.result("S3").breaches == ()
    assert unheard.without("rule=S18").result("S3").breaches, "not said that it cannot wait"
    assert unheard.without("control1 server.halted rack1").result("S3").breaches, "he had not seen him down"
    assert unheard.plus("129 control1 server.booting rack1").result("S3").breaches, "he is heard"
    assert unheard.plus("126 control1 command.sent rack1 command=wake epoch=1").result("S3").breaches
    assert unheard.plus("128 room server.booting rack2").result("S3").breaches == (), "nor that one"
    assert unheard.plus("128 room server.booting blade1").result("S3").breaches, "his card is heard"


def test_S3_p4_n1_an_array_of_which_no_user_runs_is_flushed_for_a_battery_that_tells_nothing(
    outage: Any,
) -> None:
    """On the way up, its users' UPSes still on: its card is dark (seeds 46968, 119440, 189589, 198866)."""
    up = hurried(outage, 1500.0)
    back = up.plus("110 room mains.restored utility", "110 room ups.on_line ups4")
    dark = up.plus(*(f"100 control1 card.silent ups{n}" for n in (1, 2, 3, 4, 5, 6)))
    for saved in (back, dark):
        assert "S3" not in saved.broken
        assert "S3" in saved.without("rule=S18").broken, "not said"
        assert "S3" in saved.plus("128 room server.up rack1").broken, "he writes to it"
    assert "S3" in up.broken, "that is its outage's matter"
    assert "S3" in dark.plus("120 control1 card.answering ups1").broken, "as another of its feed tells"


@pytest.mark.parametrize(
    ("lines", "excused"),
    [
        ((), True),
        (("470 control1 card.answering ups5",), False),
        (("470 control1 server.halted bladepool",), True),
        (("470 control1 server.booting blade1",), False),
        (("470 control2 server.booting blade1",), True),
        (("470 control1 server.booting rack1",), True),
    ],
)
def test_S3_n3_who_asks_once_more_need_not_know_that_it_has_come_on_unheard_since(
    outage: Any, lines: tuple[str, ...], excused: bool
) -> None:
    """The request had been lost, again and again, and so was every word of that UPS (seed 92657)."""
    on = "465 room ups.output_on ups5 cause=return", "465 room server.booting blade1"
    again = "480 control1 command.sent linkeddisk command=flush epoch=1"
    told = outage.plus("455 control1 card.silent ups5", *on, again, *lines)
    assert ("S3" not in told.broken) is excused
    for silent_s, heard in ((474, False), (478, True)):
        since = outage.plus(f"{silent_s} control1 card.silent ups5", *on, again, *lines)
        assert ("S3" not in since.broken) is (excused and not heard), "its last poll was before it came on"
    late = outage.moved("command=flush", 480).moved("array.flushing", 481)
    assert "S3" in late.plus("455 control1 card.silent ups5", *on, *lines).broken, "it had not asked before"
