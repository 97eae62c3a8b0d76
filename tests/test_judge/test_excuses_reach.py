"""What a fault does not excuse: whom it does not reach, and what came of another thing."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.hands import AT_ONCE_S
from teiden.judge.alone import whole_stop_s
from teiden.judge.invariants.invariant import Breach
from tests.excusing import ENDED_S, STRUCK_S, fact, left, seen


def test_u1_a_card_that_reboots_excuses_as_long_as_it_does_and_what_that_held_up(site: Site) -> None:
    up, late = fact(STRUCK_S + 60.0, "server.up", "control1"), STRUCK_S + 60.0 + whole_stop_s(site)
    for t, counts in ((late, False), (late + 1.0, True)):
        breach = Breach("S18", t, "ups4", "it broke")
        assert left(site, breach, "card_reboots", "ups4", up, ends=False, amount=60.0) is counts


@pytest.mark.parametrize(
    ("subject", "counts"), [("blade1", False), ("ups6", False), ("rack2", False), ("ups4", True)]
)
def test_u19_mixed_up_loads_excuse_the_two_upses_and_all_that_hangs_on_them(
    site: Site, subject: str, counts: bool
) -> None:
    breach = Breach("S18", STRUCK_S + 1.0, subject, "it broke")
    assert left(site, breach, "loads_mixed_up", "ups5") is counts


@pytest.mark.parametrize(
    ("silent", "subject", "counts"),
    [
        ("ups6", "rack1", False),
        ("ups5", "rack1", False),
        ("ups6", "blade1", False),
        ("ups6", "control1", True),
        ("ups4", "rack1", True),
        (None, "rack1", True),
    ],
)
def test_u19_whoever_answers_on_another_ups_shows_a_silent_one_as_on_and_an_alarm_says_so(
    site: Site, silent: str | None, subject: str, counts: bool
) -> None:
    """A server that is heard has power, and so has the only UPS that feeds it; not with mixed-up loads."""
    said = [seen(STRUCK_S + 1.0, "alarm.raised", silent, by="control1", rule="S17")] if silent else []
    breach = Breach("S17", STRUCK_S + 2.0, subject, "it broke")
    assert left(site, breach, "loads_mixed_up", "ups5", *said) is counts


@pytest.mark.parametrize(
    ("silent_s", "subject", "counts"),
    [(-10.0, "rack1", False), (10.0, "rack1", True), (-10.0, "control2", True)],
)
def test_u19_s31_who_answers_though_his_ups_was_never_heard_may_run_on_one_that_counts_down(
    site: Site, silent_s: float, subject: str, counts: bool
) -> None:
    """Its OFF is another life's; whom it should have taken runs on another (seed 78698)."""
    dark = fact(STRUCK_S + 20.0 + silent_s, "card.silent", "ups6")
    began = fact(STRUCK_S + 20.0, "server.up", "control1")
    deed = seen(STRUCK_S + 100.0, "command.sent", subject, by="control1", command="shutdown")
    breach = Breach("S31", deed.t, subject, "it broke", (deed,))
    told = sorted((dark, began), key=lambda event: event.t)
    assert left(site, breach, "loads_mixed_up", "ups6", *told) is counts


@pytest.mark.parametrize(
    ("mixed", "control2", "counts"),
    [("ups1", "halted", True), ("ups6", "halted", True), ("ups2", "halted", False), ("ups1", "up", False)],
)
def test_u19_the_last_control_node_that_an_off_of_another_took_leaves_nobody_who_tells_the_rest(
    site: Site, mixed: str, control2: str, counts: bool
) -> None:
    """control1 is on ups1, which stands between ups6 and ups2."""
    other = fact(STRUCK_S + 1.0, f"server.{control2}", "control2")
    took = Event(STRUCK_S + 2.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    breach = Breach("S18", STRUCK_S + 900.0, "ups4", "it broke")
    assert left(site, breach, "loads_mixed_up", mixed, other, took) is not counts


@pytest.mark.parametrize(
    ("mixed", "node", "subject", "counts"),
    [
        ("ups6", "control1", "ups3", False),
        ("ups1", "control1", "ups3", False),
        ("ups6", "control2", "ups3", True),
        ("ups5", "control1", "ups3", True),
        ("ups6", None, "ups3", True),
    ],
)
def test_u19_a_node_taken_by_another_ups_is_followed_by_nobody_while_its_own_is_on_and_an_alarm_says_so(
    site: Site, mixed: str, node: str | None, subject: str, counts: bool
) -> None:
    """Its own still gives power: dead, or parted from the others, nobody can tell (S13, ADR 0029)."""
    said = [seen(STRUCK_S + 60.0, "alarm.raised", node, by="control2", rule="L5")] if node else []
    took = Event(STRUCK_S + 2.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    breach = Breach("S18", STRUCK_S + 900.0, subject, "it broke")
    assert left(site, breach, "loads_mixed_up", mixed, took, *said) is counts
    assert left(site, breach, "loads_mixed_up", mixed, *said), "it is up, and commands"
    back = fact(STRUCK_S + 899.0, "server.up", "control1")
    assert left(site, breach, "loads_mixed_up", mixed, took, *said, back), "it is there again"


@pytest.mark.parametrize(
    ("by", "rule", "at_s", "counts"),
    [
        ("control2", "L5", STRUCK_S, False),
        ("control2", "L5", STRUCK_S - 1.0, True),
        ("control2", "L5", STRUCK_S + 101.0, True),
        ("control2", "S13", STRUCK_S, True),
        ("control1", "L5", STRUCK_S, True),
    ],
)
def test_c4_whose_cluster_tells_him_of_another_follows_nobody_as_his_own_alarm_says(
    site: Site, by: str, rule: str, at_s: float, counts: bool
) -> None:
    """The other has died with his power; nobody else is left to tell the UPSes."""
    said = seen(at_s, "alarm.raised", "control1", by, rule=rule)
    down = Event(STRUCK_S + 1, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"})
    breach = Breach("L2", STRUCK_S + 100.0, "linkeddisk", "it broke")
    assert left(site, breach, "cluster_mistaken", "control2", down, said) is counts
    late = Breach("L5", STRUCK_S + 100.0, "control2", "nobody commanded")
    assert left(site, late, "cluster_mistaken", "control2", down, said) is counts


@pytest.mark.parametrize(
    ("at_s", "counts"), [(STRUCK_S + 10.0, False), (ENDED_S, False), (ENDED_S + 60.0, True)]
)
def test_p9_an_end_that_an_alarm_tells_of_when_the_false_flag_is_over_is_a_true_one(
    site: Site, at_s: float, counts: bool
) -> None:
    alarm = seen(at_s, "alarm.raised", site.cluster.name, rule="S5", upses="ups2")
    breach = Breach("S18", ENDED_S + 100.0, "ups4", "it broke")
    assert left(site, breach, "low_flag_false", "ups2", alarm) is counts
    assert not left(site, breach, "load_added", "ups2", alarm), "what that has drained stays so"


@pytest.mark.parametrize(("other", "counts"), [("server.up", True), ("server.crashed", False)])
def test_s18_that_a_node_goes_for_its_battery_excuses_nothing_while_another_stays(
    site: Site, other: str, counts: bool
) -> None:
    stays = fact(STRUCK_S, other, "control2")
    alarm = seen(STRUCK_S + 10, "alarm.raised", "control1", rule="S5", upses="ups1")
    breach = Breach("S18", STRUCK_S + 100.0, "ups4", "it broke")
    assert left(site, breach, "low_flag_false", "ups1", stays, alarm) is counts


def test_h6_s8_who_is_booted_by_hand_starts_at_once_and_unasked(site: Site) -> None:
    """As by a press of its button (O1); to wake it is ours to be asked about."""

    def counts(after_s: float, name: str = "server.booting", subject: str = "rack2") -> bool:
        told = fact(STRUCK_S + after_s, name, subject)
        broken = Breach("S8", told.t, subject, "linkeddisk was off", (told,))
        return left(site, broken, "booted_by_hand", "rack2", ends=False)

    assert not counts(0.0)
    assert not counts(AT_ONCE_S)
    assert counts(AT_ONCE_S + 0.1)
    assert counts(0.0, name="command.sent")
    assert counts(0.0, subject="rack1")
