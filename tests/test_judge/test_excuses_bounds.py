"""How long a fault excuses, how strong it must be, and who must not have heard it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sequencer.timing import graceful_off_s
from sim.faults.catalogue import named
from sim.faults.hands import AT_ONCE_S
from sim.story import FaultChange
from teiden.judge.alone import whole_stop_s
from teiden.judge.excuses import excused
from teiden.judge.invariants.invariant import Breach
from tests.excusing import ENDED_S, STRUCK_S, fact, left, seen
from tests.worlds import with_settings


@pytest.mark.parametrize(
    ("fault", "on", "rule", "subject"),
    [
        ("management_down", "network", "S18", "ups4"),
        ("switch_dies", "lan1", "S18", "ups4"),
        ("card_silent", "ups4", "S18", "ups4"),
        ("ups_in_maintenance", "ups4", "S18", "ups4"),
        ("load_added", "ups4", "S18", "ups4"),
    ],
)
def test_a_fault_that_is_over_excuses_until_a_whole_stop_has_had_its_time(
    site: Site, fault: str, on: str, rule: str, subject: str
) -> None:
    last_s = ENDED_S + whole_stop_s(site)
    assert not left(site, Breach(rule, last_s, subject, ""), fault, on)
    assert left(site, Breach(rule, last_s + 0.1, subject, ""), fault, on)
    assert not left(site, Breach(rule, last_s + 0.1, subject, ""), fault, on, ends=False), "it lasts"


def test_of_that_only_the_time_counts_in_which_a_node_was_up(site: Site) -> None:
    """Nobody was left who could have told that UPS anything."""
    need_s, first, second = whole_stop_s(site), "control1", "control2"
    down = fact(ENDED_S - 5, "server.halted", first), fact(ENDED_S + 100, "server.halted", second)

    def counts(at_s: float, *events: Event) -> bool:
        return left(site, Breach("S18", at_s, "ups4", ""), "card_silent", "ups4", *events)

    assert not counts(ENDED_S + 9 * need_s, *down)
    up = fact(ENDED_S + 5000, "server.up", first)
    assert not counts(ENDED_S + 4900 + need_s, *down, up)
    assert counts(ENDED_S + 4900.1 + need_s, *down, up)
    assert counts(ENDED_S + 0.1 + need_s, *down[:1]), "the other one was there"
    assert counts(ENDED_S + 0.1 + need_s, down[0], fact(ENDED_S + 100, "server.halted", "rack1"))
    later = fact(ENDED_S + 9 * need_s, "server.halted", second)
    assert counts(ENDED_S + 0.1 + need_s, down[0], later)


def boots(t: float, of: str) -> Breach:
    return Breach("S8", t, of, "", (fact(t, "server.booting", of),))


@pytest.mark.parametrize(
    ("fault", "on"),
    [
        ("management_down", "network"),
        ("network_loses", "network"),
        ("ups_fails", "ups5"),
        ("returns_unasked", "ups5"),
        ("battery_collapses", "ups5"),
    ],
)
def test_s8_what_comes_back_with_the_mains_comes_back_whenever_these_do(
    site: Site, fault: str, on: str
) -> None:
    """Whom one of ours starts, or wakes, before his disks are there has not come back with them."""
    late_s = ENDED_S + 9e4
    assert not left(site, boots(late_s, "blade1"), fault, on, amount=80.0)
    for command, of in (("on", "ups5"), ("wake", "blade1")):
        ours = seen(late_s, "command.sent", of, command=command)
        assert left(site, Breach("S8", late_s, "blade1", "", (ours,)), fault, on, amount=80.0)


def test_o1_a_pressed_button_starts_what_boots_at_once(site: Site) -> None:
    for fault, subject in (("ups_pressed", "ups5"), ("server_pressed", "blade1")):
        assert not left(site, Breach("S8", STRUCK_S + AT_ONCE_S, "blade1", ""), fault, subject, ends=False)
        assert left(site, Breach("S8", STRUCK_S + AT_ONCE_S + 0.1, "blade1", ""), fault, subject, ends=False)


@pytest.mark.parametrize(
    ("fault", "rule", "subject", "of"),
    [
        ("server_pressed", "S1", "rack1", "rack1"),
        ("node_booted_by_hand", "S1", "control1", "control1"),
        ("node_booted_by_hand", "S2", "controldisk", "control1"),
    ],
)
def test_h6_o1_who_boots_excuses_a_cut_that_was_told_before(
    site: Site, fault: str, rule: str, subject: str, of: str
) -> None:
    def counts(told_s: float) -> bool:
        off = seen(told_s, "command.sent", "ups3", command="off")
        return left(site, Breach(rule, STRUCK_S + 300, subject, "", (off,)), fault, of, ends=False)

    assert not counts(STRUCK_S)
    assert counts(STRUCK_S + 1), "a look tells of it"


def cut_off(told_s: float, t: float = STRUCK_S + 300) -> Breach:
    return Breach("S1", t, "rack1", "", (seen(told_s, "command.sent", "ups6", command="off"),))


@pytest.mark.parametrize("fault", ["service_stalls", "node_hangs", "service_dies", "service_upgraded"])
def test_c7_s1_while_nobody_may_follow_who_stands_still_nobody_forces_who_hangs(
    site: Site, fault: str
) -> None:
    """Where his OFF was told before that, and an alarm says so (L5)."""
    said = seen(STRUCK_S + 200, "alarm.raised", "control1", "control2", rule="L5")
    assert not left(site, cut_off(STRUCK_S), fault, "control1", said, ends=False, amount=9e4)
    assert left(site, cut_off(STRUCK_S + 1), fault, "control1", said, ends=False, amount=9e4)
    assert left(site, cut_off(STRUCK_S), fault, "control1", ends=False, amount=9e4)


@pytest.mark.parametrize(("fault", "on"), [("management_down", "network"), ("switch_dies", "lan1")])
def test_n1_n5_s1_where_no_controller_is_heard_nobody_forces_who_hangs(
    site: Site, fault: str, on: str
) -> None:
    """His OFF counted down by then, and nobody can call that back either."""
    assert not left(site, cut_off(STRUCK_S), fault, on, ends=False)
    assert left(site, cut_off(STRUCK_S + 1), fault, on, ends=False)


@pytest.mark.parametrize(
    ("fault", "on", "cause"), [("node_crashes", "control1", ""), ("ups_bypassed", "ups1", "power")]
)
def test_c2_p10_s1_where_the_last_node_is_gone_nobody_forces_who_hangs(
    site: Site, fault: str, on: str, cause: str
) -> None:
    first = fact(STRUCK_S - 50, "server.halted", "control2")
    last = Event(STRUCK_S, "server.crashed", "control1", "room", Source.FACT, {"cause": cause})
    assert not left(site, cut_off(STRUCK_S), fault, on, first, last, ends=False)
    assert left(site, cut_off(STRUCK_S + 1), fault, on, first, last, ends=False), "it was told by somebody"
    assert left(site, cut_off(STRUCK_S), fault, on, last, ends=False), "somebody is left"


@pytest.mark.parametrize(
    ("ups", "array", "amount", "counts"),
    [
        ("ups3", "controldisk", 480.0, True),
        ("ups3", "controldisk", 480.1, False),
        ("ups4", "linkeddisk", 3600.0, True),
        ("ups3", "linkeddisk", 3600.0, True),
    ],
)
def test_u8_s2_an_off_that_comes_when_the_nodes_are_back_is_nobodys_mistake(
    site: Site, ups: str, array: str, amount: float, counts: bool
) -> None:
    """They go off last, after 420 s, and come back by themselves 60 s later at the soonest."""
    broken = Breach("S2", STRUCK_S + 900, array, "")
    assert left(site, broken, "delay_rounded", ups, amount=amount, ends=False) is counts


def test_u8_l2_nor_is_it_that_its_battery_ends_before_that(site: Site) -> None:
    broken = Breach("L2", STRUCK_S + 900, "controldisk", "")
    assert not left(site, broken, "delay_rounded", "ups3", amount=2600.0)
    assert left(site, broken, "delay_rounded", "ups3", amount=60.0)


@pytest.mark.parametrize(("rule", "subject", "amount"), [("S10", "ups4", 0.5), ("S18", "ups4", 2.0)])
def test_u10_a_runtime_that_is_told_wrong_is_too_long_or_too_short(
    site: Site, rule: str, subject: str, amount: float
) -> None:
    broken, lost = Breach(rule, STRUCK_S + 300, subject, ""), fact(STRUCK_S + 90, "ups.on_battery", "ups4")
    assert not left(site, broken, "runtime_unit_wrong", "ups4", lost, amount=amount)
    assert left(site, broken, "runtime_unit_wrong", "ups4", lost, amount=1.0)
    assert left(site, broken, "runtime_unit_wrong", "ups4", lost, amount=1 / amount)


@pytest.mark.parametrize(("fault", "most"), [("network_loses", 75.0), ("network_slow", 4 / 3)])
@pytest.mark.parametrize(("rule", "subject"), [("S18", "ups4"), ("L2", "linkeddisk"), ("S8", "rack1")])
def test_n3_what_is_asked_again_gets_through_while_one_answer_of_four_comes_in_time(
    site: Site, fault: str, most: float, rule: str, subject: str
) -> None:
    broken = replace(boots(STRUCK_S + 300, subject), id=rule)
    assert not left(site, broken, fault, "network", amount=most + 0.1)
    assert left(site, broken, fault, "network", amount=most)


@pytest.mark.parametrize("rule", ["S18", "L2"])
def test_l2_what_a_battery_takes_is_excused_no_longer_than_its_end(site: Site, rule: str) -> None:
    """Nodes have been up for a whole stop since the fault was over."""
    late = Breach(rule, ENDED_S + whole_stop_s(site) + 1, "ups4", "")
    assert left(site, late, "management_down", "network")
    assert not left(site, replace(late, t=late.t - 2), "management_down", "network")


@pytest.mark.parametrize("rule", ["S1", "S2", "S4", "S15", "S16", "S25", "S29"])
def test_c12_anothers_off_excuses_until_it_has_fallen(site: Site, rule: str) -> None:
    last_s = STRUCK_S + graceful_off_s(site.upses["ups4"]) + 2 * site.polling.on_line_s
    assert not left(site, Breach(rule, last_s, "linkeddisk", ""), "foreign_off", "ups4", ends=False)
    assert left(site, Breach(rule, last_s + 0.1, "linkeddisk", ""), "foreign_off", "ups4", ends=False)


@pytest.mark.parametrize(
    ("rule", "amount", "counts"),
    [
        *((rule, 0.5, False) for rule in ("S10", "S17")),
        *((rule, 2.0, False) for rule in ("S18", "L2", "L7")),
        *((rule, 2.0, True) for rule in ("S10", "S17")),
        *((rule, 0.5, True) for rule in ("S18", "L2", "L7")),
        *((rule, 1.0, True) for rule in ("S10", "S17", "S18", "L2", "L7")),
    ],
)
def test_c9_shorter_times_are_over_too_soon_and_longer_ones_too_late(
    site: Site, rule: str, amount: float, counts: bool
) -> None:
    broken = Breach(rule, STRUCK_S + 60, "ups4", "")
    assert left(site, broken, "site_file_differs", "control1", amount=amount) is counts


def test_u2_n6_only_who_never_heard_a_card_takes_it_for_off(site: Site) -> None:
    """And stops whom it may feed (S31)."""
    deed = seen(STRUCK_S + 200, "command.sent", "ups4", command="off")
    broken = Breach("S31", deed.t, "ups4", "", (deed,))
    silent = seen(STRUCK_S + 10, "card.silent", "ups4")

    def counts(*told: Event, fault: str = "card_silent", on: str = "ups4") -> bool:
        return left(site, broken, fault, on, *told, deed, ends=False)

    assert counts()
    for fault, on in (("card_silent", "ups4"), ("cards_swizzled", "network")):
        assert not counts(silent, fault=fault, on=on)
        assert counts(seen(silent.t - 1, "card.answering", "ups4"), silent, fault=fault, on=on)
        assert counts(seen(silent.t, "card.silent", "ups4", "control2"), fault=fault, on=on), "another node"
        assert counts(seen(deed.t + 1, "card.silent", "ups4"), fault=fault, on=on), "since"
    other = seen(STRUCK_S + 10, "card.silent", "ups5")
    assert counts(other)
    assert counts(other, fault="cards_swizzled", on="network"), "the disk does not hang on that"
    begins = fact(STRUCK_S + 20, "server.up", "control1")
    assert counts(silent, begins), "in an earlier life"
    dark = fact(STRUCK_S, "card.silent", "ups4")
    assert not counts(dark), "from the beginning of the run; a first look tells of no change"
    for since in (begins, replace(begins, t=dark.t)):
        assert not counts(dark, since), "since before that life"
    assert not counts(dark, begins, fact(deed.t + 1, "card.answering", "ups4"))
    assert counts(dark, begins, fact(deed.t, "card.answering", "ups4"))
    assert counts(dark, fact(dark.t + 1, "card.answering", "ups4"), begins), "it heard it"
    assert counts(begins, replace(dark, t=begins.t + 1)), "and this one, before it fell silent"
    answers, anew = fact(dark.t + 1, "card.answering", "ups4"), replace(dark, t=begins.t + 1)
    assert counts(dark, answers, begins, anew), "so too, in between"
    assert not counts(dark, fact(dark.t + 1, "ups.output_off", "ups4"), begins), "that is not its card"
    assert counts(dark, begins, seen(begins.t + 1, "card.answering", "ups4")), "by its own word"
    assert counts(replace(dark, subject="ups5"), begins), "another"
    assert counts(replace(dark, source=Source.SEEN), begins), "by another's word"


@pytest.mark.parametrize(("fault", "on"), [("management_down", "network"), ("switch_dies", "lan1")])
def test_c7_n1_n5_a_service_that_is_begun_anew_while_no_card_is_heard_has_heard_none(
    site: Site, fault: str, on: str
) -> None:
    """What it knows of an outage it was told (S9); its life does not begin when the one before it died."""
    deed = seen(STRUCK_S + 200, "command.sent", "rack1", command="shutdown")
    broken = Breach("S9", deed.t, "rack1", "", (deed,))
    died = fact(STRUCK_S - 100, "service.died", "control1")

    opened = seen(STRUCK_S - 200, "incident.opened", site.name)

    def counts(*told: Event, opened: Event = opened) -> bool:
        return left(site, broken, fault, on, opened, died, *told, deed, ends=False)

    begun = fact(STRUCK_S, "service.begun", "control1")
    assert not counts(begun)
    assert counts(begun, opened=replace(opened, name="outage.suspected")), "there was no outage to know of"
    assert counts(begun, opened=replace(opened, t=deed.t + 1)), "it had not begun"
    assert counts(replace(begun, t=STRUCK_S - 1)), "it had heard them"
    assert counts(replace(begun, subject="control2")), "another"
    assert counts(begun, seen(STRUCK_S + 10, "card.answering", "ups4")), "it hears one"


def test_x_04_u2_one_of_two_that_was_never_heard_is_no_reason_for_anybody_to_stay_up(site: Site) -> None:
    """Whoever hangs on both, and nothing else: the outage of the other one takes him (S31)."""
    site = with_settings(site, rack1__upses=("ups5", "ups6"), rack1__minimum_supplies=1)
    dark = fact(STRUCK_S, "card.silent", "ups6")
    for name, counts in (("rack1", False), ("blade1", True)):
        deed = seen(STRUCK_S + 200, "command.sent", name, command="shutdown")
        broken = Breach("S31", deed.t, name, "", (deed,))
        for fault, on in (("card_silent", "ups6"), ("cards_swizzled", "network")):
            assert left(site, broken, fault, on, dark, deed, ends=False) is counts


def test_s5_that_the_nodes_go_is_an_old_story_when_they_have_been_up_for_a_whole_stop(site: Site) -> None:
    """In the next outage they go early only where an alarm says so again."""
    alarm = seen(STRUCK_S + 10, "alarm.raised", site.cluster.name, rule="S5", upses="ups2")
    down = [fact(alarm.t + 60, "server.halted", node) for node in site.cluster.nodes]
    up = fact(alarm.t + 9000, "server.up", "control1")
    at_s = alarm.t + 8940 + whole_stop_s(site)

    def counts(at_s: float, *told: Event) -> bool:
        return left(
            site, Breach("S18", at_s, "ups4", ""), "load_added", "ups2", *told, ends=False, amount=2.0
        )

    assert not counts(at_s, alarm, *down, up)
    assert counts(at_s + 0.1, alarm, *down, up)
    assert not counts(at_s + 0.1, alarm, *down)
    assert not counts(at_s + 0.1, alarm, *down, up, replace(alarm, t=at_s))


def test_h5_only_a_boot_that_nobody_asked_for_is_excused_by_what_boots_it(site: Site) -> None:
    """And of S8 alone, and its own."""

    def broken(name: str, subject: str = "rack2", rule: str = "S8") -> Breach:
        how = {} if name == "server.booting" else {"command": "wake"}
        told = Event(STRUCK_S + 90, name, subject, "room" if not how else "control1", Source.FACT, how)
        return Breach(rule, told.t, subject, "linkeddisk was off", (told,))

    booted, woken = broken("server.booting"), broken("command.sent")
    other, early = broken("server.booting", "rack1"), broken("server.booting", rule="S16")
    story = [FaultChange(STRUCK_S, named("comes_back"), "rack2", amount=60.0)]
    found, left = excused([booted, woken, other, early], story, site)
    assert [e.breach for e in found] == [booted]
    assert left == [woken, other, early]


@pytest.mark.parametrize("fault", ["server_hangs", "shutdown_refused"])
def test_h1_h3_l2_who_hangs_or_lets_nobody_in_is_forced_in_time(site: Site, fault: str) -> None:
    said = seen(STRUCK_S + 200, "alarm.raised", "blade1", rule="H1")
    assert left(site, Breach("L2", STRUCK_S + 300, "blade1", ""), fault, "blade1", said)


@pytest.mark.parametrize("fault", ["flush_never_ends", "flush_slow", "flush_refused", "array_unreachable"])
def test_a1_a2_a3_r4_03_l2_nobody_saves_a_cache_that_no_flush_empties_once_it_was_waited_for(
    site: Site, fault: str
) -> None:
    """Its UPS is held, or silent: nobody cuts it, and its battery ends."""
    said = seen(STRUCK_S + 200, "alarm.raised", "linkeddisk", rule="S25")
    broken = Breach("L2", STRUCK_S + 300, "linkeddisk", "")
    assert not left(site, broken, fault, "linkeddisk", said)
    assert left(site, broken, fault, "linkeddisk"), "nobody has waited for a flush"
    assert left(site, replace(broken, subject="controldisk"), fault, "linkeddisk", said), "another's"


def test_a1_l2_a_flush_that_takes_no_longer_than_usual_excuses_nothing(site: Site) -> None:
    said = seen(STRUCK_S + 200, "alarm.raised", "linkeddisk", rule="S25")
    broken = Breach("L2", STRUCK_S + 300, "linkeddisk", "")
    assert left(site, broken, "flush_slow", "linkeddisk", said, amount=1.0)
    assert not left(site, broken, "flush_slow", "linkeddisk", said, amount=1.1)


@pytest.mark.parametrize("fault", ["off_ignored", "card_silent_on_battery"])
def test_u5_u16_l2_a_control_disk_whose_ups_nobody_switches_off_is_used_to_its_end(
    site: Site, fault: str
) -> None:
    assert not left(site, Breach("L2", STRUCK_S + 300, "controldisk", ""), fault, "ups3")
    assert left(site, Breach("L2", STRUCK_S + 300, "linkeddisk", ""), fault, "ups4"), "it can be flushed"
    assert left(site, Breach("L2", STRUCK_S + 300, "controldisk", ""), fault, "ups1"), "another one's"


@pytest.mark.parametrize(
    ("fault", "nothing", "something"),
    [("battery_aged", 100.0, 99.0), ("load_added", 1.0, 1.1), ("ups_shared", 0.0, 1.0)],
)
@pytest.mark.parametrize("rule", ["S18", "L2", "S8"])
def test_p5_p7_o3_a_battery_that_lasts_as_it_was_planned_excuses_nothing(
    site: Site, fault: str, nothing: float, something: float, rule: str
) -> None:
    broken = replace(boots(STRUCK_S + 300, "ups4"), id=rule)
    assert left(site, broken, fault, "ups4", amount=nothing)
    assert not left(site, broken, fault, "ups4", amount=something)
