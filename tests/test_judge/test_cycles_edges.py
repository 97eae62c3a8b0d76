"""How often is too often: what counts as an outage, and what as going down (L8, L10)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM

STABLE_S = 60.0
"""Mains that come and go within `mains_stable` are one outage."""


def swings(tell: Any, *lost_s: float, down: int) -> Any:
    """The mains of ups5 are lost and confirmed so often, and its output falls by command so many times."""
    telling = tell(CALM)
    for at_s in lost_s:
        telling = telling.plus(f"{at_s} room mains.lost ups5", f"{at_s + 5} room mains.restored ups5")
    telling = telling.plus(f"{min(lost_s) + 1} control1 outage.confirmed ups5")
    for n in range(down):
        telling = telling.plus(
            f"{5000 + 100 * n} room ups.output_off ups5 cause=command",
            f"{5050 + 100 * n} room ups.output_on ups5 cause=command",
        )
    return telling


def broken(telling: Any) -> bool:
    return bool(telling.result("L10").breaches)


def test_the_site_of_these_tests_calls_mains_stable_after_a_minute(tell: Any) -> None:
    assert tell(CALM).site.start.mains_stable_s == STABLE_S


@pytest.mark.parametrize(
    ("lost_s", "outages"),
    [
        ((0.0,), 1),
        ((0.0, STABLE_S), 1),
        ((0.0, STABLE_S + 1), 2),
        ((0.0, 100.0, 200.0), 3),
        ((0.0, 100.0, 150.0), 2),
    ],
)
def test_L10_losses_within_mains_stable_are_one_outage_and_each_other_is_a_cause(
    tell: Any, lost_s: tuple[float, ...], outages: int
) -> None:
    assert not broken(swings(tell, *lost_s, down=outages))
    assert broken(swings(tell, *lost_s, down=outages + 1))


def test_L10_an_outage_that_is_confirmed_late_is_as_old_as_its_loss(tell: Any) -> None:
    """ups6 lost its mains with ups5; that it is written down half an hour later makes it no second one."""
    once = swings(tell, 0.0, down=1).plus("0 room mains.lost ups6", "1800 control1 outage.confirmed ups6")
    assert not broken(once)
    assert broken(once.plus("6000 room ups.output_off ups5 cause=command"))
    other = once.without("mains.lost ups6").plus(
        "900 room mains.lost ups6", "6000 room ups.output_off ups5 cause=command"
    )
    assert not broken(other), "lost by itself, a quarter of an hour later"


@pytest.mark.parametrize(("by", "is_cause"), [("room", True), ("control1", False)])
def test_L10_p12_a_battery_that_is_tested_for_so_long_that_it_is_confirmed_is_another_cause(
    tell: Any, by: str, is_cause: bool
) -> None:
    """Its mains stay, and it lives on its battery; that its card is heard to say so is none."""
    once = swings(tell, 0.0, down=2).plus("100 control1 incident.closed reference")
    tested = once.plus(f"3000 {by} ups.on_battery ups5", "4000 control1 outage.confirmed ups5")
    assert broken(once)
    assert broken(tested) is not is_cause
    assert broken(tested.plus("6000 room ups.output_off ups5 cause=command"))


def test_L10_one_that_is_on_its_battery_again_in_a_declared_outage_has_another_one(tell: Any) -> None:
    once = swings(tell, 0.0, down=2)
    assert broken(once)
    assert not broken(once.plus("3000 room ups.on_battery ups5"))


def test_L10_what_falls_by_itself_or_is_off_already_has_not_gone_down(tell: Any) -> None:
    telling = swings(tell, 0.0, down=1)
    assert not broken(telling.plus("6000 room ups.output_off ups5 cause=fault"))
    off = telling.without("ups.output_on ups5")
    assert not broken(off.plus("6000 room ups.output_off ups5 cause=command"))
    assert telling.result("L10").put_to_test == 1


def test_L10_one_that_swings_is_told_once_and_with_what_told_it(tell: Any) -> None:
    telling = swings(tell, 0.0, down=4).plus("5099 control1 command.sent ups5 command=off how=now")
    (breach,) = telling.result("L10").breaches
    assert (breach.t - 600, breach.subject) == (5100, "ups5")
    assert [event.name for event in breach.events] == ["command.sent", "ups.output_off"]


def test_L8_one_node_that_is_wanted_down_is_enough_to_owe_no_cluster(outage: Any) -> None:
    early = outage.moved("incident.closed", 8000)
    asked = "7999 control1 request.accepted reference wish=server_shutdown id=r1 of=control2"
    assert early.result("L8").put_to_test == 1
    assert early.plus(asked).result("L8").put_to_test == 0
    assert early.plus(asked).result("L8").breaches == ()


@pytest.mark.parametrize("others", [(1000.0,), (1000.0, 2000.0)])
def test_L10_one_that_is_told_late_and_came_just_before_a_known_one_is_the_same(
    tell: Any, others: tuple[float, ...]
) -> None:
    """ups6 lost its mains half a minute before ups5 did; its confirm time is longer."""
    telling = swings(tell, *others, down=len(others)).plus(
        "970 room mains.lost ups6", "2500 control1 outage.confirmed ups6"
    )
    assert not broken(telling)
    assert broken(telling.plus("6000 room ups.output_off ups5 cause=command"))


def test_L10_an_incident_that_brings_back_a_cluster_that_stands_still_is_a_cause(tell: Any) -> None:
    down = (
        "10 control1 command.sent ssccluster command=restart",
        "10 room server.shutting_down control1",
        "70 room server.halted control1",
    )
    opened = "5 control1 incident.opened reference cause"
    stopped = "0 room cluster.stopped ssccluster"
    assert "L10" not in tell(CALM).plus(stopped, f"{opened}=ssccluster", *down).broken
    assert "L10" in tell(CALM).plus(f"{opened}=ssccluster", *down).broken, "it ran"
    assert "L10" in tell(CALM).plus(stopped, f"{opened}=ups4", *down).broken


BY_HAND = (
    "300 room server.booting rack1",
    "310 room server.up rack1",
    "311 control1 command.sent rack1 command=shutdown",
    "311 room server.shutting_down rack1",
)
"""It has gone down with the outage before."""


def test_L10_where_nobody_tells_facts_a_boot_is_not_taken_for_a_hands(outage: Any) -> None:
    """A live room does not show what gave it its power."""
    told = outage.plus(*BY_HAND)
    assert not broken(told)
    seen = told.changed("room server.", " room ", " control1 ")
    assert [breach.subject for breach in seen.result("L10").breaches] == ["rack1"]


def test_L10_a_wake_of_ours_explains_one_boot_and_the_next_one_is_a_hands(outage: Any) -> None:
    woken = outage.plus(
        "200 control1 request.accepted rack1 wish=power_off id=r1 of=rack1",
        "299 control1 command.sent rack1 command=wake",
        *BY_HAND,
        "320 room server.halted rack1",
    )
    assert not broken(woken), "its outage, and the request"
    again = [line.replace("31", "41", 1).replace("30", "40", 1) for line in BY_HAND]
    assert not broken(woken.plus(*again))
    assert broken(woken.plus(*again, "399 control1 command.sent rack1 command=wake"))


def test_L10_c12_an_off_of_anothers_is_a_cause_for_who_uses_the_linked_disk_on_it(outage: Any) -> None:
    told = outage.plus(*BY_HAND, "299 control1 command.sent rack1 command=wake")
    assert broken(told)
    others = "250 room ups.off_armed {} falls_at=9999"
    assert not broken(told.plus(others.format("ups4")))
    assert not broken(told.plus(others.format("ups6"))), "its own"
    assert broken(told.plus(others.format("ups3"))), "it does not use that one"


def comes_up(tell: Any, up: str, *lines: str) -> Any:
    """control1 is up at 400 s, and goes down once more, in no outage, its UPS with it."""
    return tell(CALM).plus(
        "100 room ups.off_armed ups3 how=delayed falls_at=1110",
        *lines,
        up,
        "410 control1 command.sent control1 command=shutdown",
        "410 room server.shutting_down control1",
        "420 control1 command.sent ups1 command=off how=sleep falls_in_s=420",
        "420 room ups.off_armed ups1 how=sleep falls_at=840",
        "840 room ups.output_off ups1 cause=command",
    )


def goes_too_often(telling: Any) -> list[str]:
    return [breach.subject for breach in telling.result("L10").breaches]


def test_L10_u8_a_boot_of_a_node_onto_disks_that_count_down_is_a_cause_for_it_and_its_ups(tell: Any) -> None:
    assert goes_too_often(comes_up(tell, "400 room server.up control1")) == []
    assert goes_too_often(comes_up(tell, "400 control2 server.up control1")) == ["control1", "ups1"], (
        "hearsay"
    )
    assert goes_too_often(comes_up(tell, "400 room server.up control2")) == ["control1", "ups1"]
    assert goes_too_often(comes_up(tell, "410 room server.up control1")) == []
    assert goes_too_often(comes_up(tell, "900 room server.up control1")) == ["control1", "ups1"], "after that"
    assert goes_too_often(comes_up(tell, "100 room server.up control1")) == ["control1", "ups1"], "before it"
    other = comes_up(tell, "400 room server.up control1").without("ups.off_armed ups3")
    assert goes_too_often(other) == ["control1", "ups1"]
    linked = other.plus("100 room ups.off_armed ups4 how=delayed falls_at=1110")
    assert goes_too_often(linked) == ["control1", "ups1"]


def test_L10_u8_that_boot_counts_from_when_it_is_and_until_its_disks_have_fallen(tell: Any) -> None:
    """The OFF falls at 510 s."""
    assert goes_too_often(comes_up(tell, "430 room server.up control1")) == ["control1"], "its UPS goes later"
    fallen = "250 room ups.off_armed ups3 how=delayed falls_at=1000"
    at_once = comes_up(tell, "400 room server.up control1").without("ups.off_armed ups3").plus(fallen)
    assert goes_too_often(at_once) == [], "in that very moment it may fall yet"


@pytest.mark.parametrize(
    "fed_by",
    [{"enclosures": ("ups4",)}, {"controllers": ("ups4",)}],
    ids=["its enclosures stay", "its controllers stay"],
)
def test_L10_u8_a_disk_goes_with_its_controllers_or_with_its_enclosures(tell: Any, fed_by: Any) -> None:
    told = comes_up(tell, "400 room server.up control1")
    disk = replace(told.site.arrays["controldisk"], **fed_by)
    assert goes_too_often(told.at_site(arrays={**told.site.arrays, disk.name: disk})) == []


def test_L10_u8_one_of_two_disks_is_enough(tell: Any) -> None:
    told = comes_up(tell, "400 room server.up control1")
    node = replace(told.site.servers["control1"], arrays=("controldisk", "linkeddisk"))
    assert goes_too_often(told.at_site(servers={**told.site.servers, node.name: node})) == []


def test_L10_c12_no_boot_of_a_linked_server_is(tell: Any) -> None:
    told = tell(CALM).plus(
        "100 room ups.off_armed ups4 how=delayed falls_at=1110",
        "99 control1 command.sent ups4 command=off how=delayed falls_in_s=1010",
        "400 room server.up blade1",
        "410 control1 command.sent blade1 command=shutdown",
        "410 room server.shutting_down blade1",
    )
    assert goes_too_often(told) == ["blade1"]


IN_VAIN = (
    "0 room ups.on_battery ups3",
    "900 control1 outage.confirmed ups3",
    "1000 control1 command.sent ups3 command=off",
    "1001 control1 command.failed ups3 command=off",
    "1400 room ups.output_off ups1 cause=command",
    "1500 room ups.output_on ups1 cause=return",
    "1849 control1 command.sent ups3 command=off",
)
"""The control side has gone, and its disk's card has not taken the OFF for which it did."""
TAKEN = "1850 room ups.off_armed ups3 falls_at=2030"
ONCE_MORE = ("2300 room ups.output_off ups1 cause=command", "2400 room ups.output_on ups1 cause=return")


@pytest.mark.parametrize(
    ("more", "too_often"),
    [
        (("1433 room card.answering ups3", TAKEN), False),
        (("1433 room card.answering ups3",), True),
        ((TAKEN,), True),
        (("1433 room card.answering ups2", TAKEN), True),
        (("1433 room card.answering ups3", "1434 room ups.off_armed ups2 falls_at=2030"), True),
        (("1433 room card.answering ups3", "1700 control1 incident.closed reference", TAKEN), True),
        (("990 room card.answering ups3", TAKEN), True),
        (("1433 room card.answering ups3", "2300 room ups.off_armed ups3 falls_at=2480"), False),
        (("1433 room card.answering ups3", "2301 room ups.off_armed ups3 falls_at=2480"), True),
        (("1433 room card.answering ups3", TAKEN, "2410 room ups.output_off ups1 cause=command"), True),
    ],
)
def test_L10_u2_a_disk_that_takes_its_off_when_its_card_answers_again_is_a_cause_for_the_nodes(
    tell: Any, more: tuple[str, ...], too_often: bool
) -> None:
    assert broken(tell(CALM).plus(*IN_VAIN, *more, *ONCE_MORE)) is too_often


@pytest.mark.parametrize("told", ["command.failed ups3 command=on", "command.failed ups4 command=off"])
def test_L10_u2_nothing_else_that_was_not_taken_is(tell: Any, told: str) -> None:
    again = tell(CALM).plus(*IN_VAIN[:3], *IN_VAIN[4:], f"1001 control1 {told}")
    cards = [f"1433 room card.answering {ups}" for ups in ("ups3", "ups4")]
    taken = [f"1850 room ups.off_armed {ups} falls_at=2030" for ups in ("ups3", "ups4")]
    assert broken(again.plus(*cards, *taken, *ONCE_MORE))


def test_L10_u2_a_node_may_be_told_once_more_for_it_and_its_disk_or_a_linked_server_may_not(
    tell: Any,
) -> None:
    late = tell(CALM).plus(*IN_VAIN, "1433 room card.answering ups3", TAKEN)

    def stops(name: str, times: int) -> Any:
        told = [f"{3000 + 300 * n} control1 command.sent {name} command=shutdown" for n in range(times)]
        goes = [f"{3001 + 300 * n} room server.shutting_down {name}" for n in range(times)]
        back = [f"{3200 + 300 * n} room server.up {name}" for n in range(times)]
        return late.plus(*told, *goes, *back)

    assert [broken(stops("control1", n)) for n in (3, 4)] == [False, True]
    assert [broken(stops("blade1", n)) for n in (1, 2)] == [False, True]
    falls = [f"{2030 + 100 * n} room ups.output_off ups3 cause=command" for n in range(2)]
    on = [f"{2080 + 100 * n} room ups.output_on ups3 cause=command" for n in range(2)]
    assert broken(late.plus(*falls, *on))


def test_L10_u2_of_several_disks_the_one_counts_that_was_told_in_vain_most_often(tell: Any) -> None:
    telling = tell(CALM)
    ups7 = replace(telling.site.upses["ups3"], name="ups7", number=7)
    mirror = {"name": "mirror", "controllers": ("ups7",), "enclosures": ("ups7",)}
    disk = replace(telling.site.arrays["controldisk"], **mirror)
    both = telling.at_site(
        upses={**telling.site.upses, "ups7": ups7}, arrays={**telling.site.arrays, "mirror": disk}
    ).plus(*IN_VAIN)
    for ups, times_s in (("ups7", (1010,)), ("ups3", (1010, 2500))):
        for at_s in times_s:
            both = both.plus(
                f"{at_s} control1 command.failed {ups} command=off",
                f"{at_s + 100} room card.answering {ups}",
                f"{at_s + 200} room ups.off_armed {ups} falls_at={at_s + 300}",
            )
    twice = both.plus(
        *ONCE_MORE, "3000 room ups.output_off ups1 cause=command", "3100 room ups.output_on ups1 cause=return"
    )
    assert not broken(twice)
    assert broken(twice.plus("3600 room ups.output_off ups1 cause=command"))


TOOK_IT = (
    "0 room ups.on_battery ups3",
    "900 control1 outage.confirmed ups3",
    "1000 control1 command.sent ups3 command=off falls_in_s=180",
    "1400 room ups.output_off ups1 cause=command",
    "1500 room ups.output_on ups1 cause=return",
)
"""The control side has gone, and its disk's card has taken the OFF for which it did, and stays on."""
ANEW = "1849 control1 command.sent ups3 command=off falls_in_s=180"


@pytest.mark.parametrize(
    ("more", "too_often"),
    [
        ((), False),
        ((ANEW,), False),
        (("1001 room ups.off_armed ups3 falls_at=1180",), True),
        (("1001 control1 command.failed ups3 command=off",), True),
        (("1001 room ups.off_armed ups4 falls_at=1180",), False),
        (("1180 room ups.output_off ups3 cause=command",), True),
        (("1181 room ups.output_off ups3 cause=exhausted",), False),
        (("1180 room ups.on_line ups3",), True),
        (("1180 control1 incident.closed reference",), True),
        (("1180 control1 command.sent ups3 command=on",), True),
        (("1180 control1 incident.closed elsewhere",), False),
        ((ANEW, "2410 room ups.output_off ups1 cause=command"), True),
    ],
)
def test_L10_u5_a_disk_that_takes_its_off_and_stays_on_is_a_cause_for_the_nodes_once_an_incident(
    tell: Any, more: tuple[str, ...], too_often: bool
) -> None:
    assert broken(tell(CALM).plus(*TOOK_IT, *more, *ONCE_MORE)) is too_often


def test_L10_u5_from_when_its_time_is_over(tell: Any) -> None:
    again = tell(CALM).plus(*TOOK_IT[:2], *TOOK_IT[3:], *ONCE_MORE)
    told = [f"1000 control1 command.sent ups3 command=off falls_in_s={s}" for s in (1299, 1300)]
    assert [broken(again.plus(line)) for line in told] == [False, True]
    later = "2400 control1 incident.closed reference"
    assert broken(again.plus(told[1], later)), "they had gone before it was over"


@pytest.mark.parametrize("how", ["outage.confirmed ups3", "journal.committed ups3 kind=confirmed"])
def test_L10_u5_in_the_next_outage_it_is_another_one(tell: Any, how: str) -> None:
    sent, closed = "2600 control1 command.sent ups3 command=off falls_in_s=9", "incident.closed reference"
    twice = tell(CALM).plus("0 room mains.lost ups3", *TOOK_IT, *ONCE_MORE)
    twice = twice.plus("2700 room ups.output_off ups1 cause=command")
    assert broken(twice)
    assert not broken(twice.plus(f"2500 control1 {closed}", f"2590 control1 {how}", sent))
    assert broken(twice.plus(f"2500 control1 {closed}", sent)), "nor is there an outage"
    assert broken(twice.plus(f"2500 control1 {closed}", f"2601 control1 {how}", sent)), "nor was there one"


def test_L10_u5_on_mains_for_a_word_nobody_goes_for_it_again(tell: Any) -> None:
    """The night's word has come about, whatever became of the disk's UPS."""
    night = tell(CALM).plus(*(line for line in TOOK_IT if line.split()[0] not in ("0", "900")))
    word = "-10 control1 request.accepted reference wish=cluster_shutdown id=r1"
    assert not broken(night.plus(word))
    assert broken(night.plus(word, *ONCE_MORE))


@pytest.mark.parametrize(("by", "too_often"), [("button", False), ("command", True)])
def test_L10_nodes_without_a_disk_have_no_more_and_no_fewer_causes(
    tell: Any, by: str, too_often: bool
) -> None:
    telling, site = tell(CALM), tell(CALM).site
    nodes = {n.name: replace(n, arrays=()) for n in site.control_nodes}
    arrays = {a.name: a for a in site.linked_arrays}
    alone = telling.at_site(servers={**site.servers, **nodes}, arrays=arrays).plus(
        "0 room mains.lost ups1",
        "1 control1 outage.confirmed ups1",
        "10 room ups.output_off ups1 cause=command",
        f"20 room ups.output_on ups1 cause={by}",
        "30 room ups.output_off ups1 cause=command",
    )
    assert broken(alone) is too_often
