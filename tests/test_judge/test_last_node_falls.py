"""Which control node went down last by the fall of its UPS, and for what that fell (S18, L2, P10, P14)."""

from __future__ import annotations

from math import inf

import pytest

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.last_node import LastNode
from tests.test_judge.test_last_node import FELL, FIRST, fact, tale, told


def test_what_gave_it_none_any_more_is_what_the_room_tells_of_its_last_fall(site: Site) -> None:
    """A fault that has been there all the while, or is over, has not emptied its battery."""
    trips, empty = (
        f"{t} room ups.output_off ups2 cause={why}" for t, why in ((50, "fault"), (200, "exhausted"))
    )

    def fell(falls: str, *lines: str) -> bool:
        events = sorted((FIRST, *lines, FELL), key=lambda line: float(line.split()[0]))
        return tale(site, *events).fell_by("ups2", 0.0, 300.0, falls=falls)

    assert fell("exhausted", trips, empty)
    assert not fell("fault", trips, empty)
    assert fell("", trips, empty)
    assert fell("fault", trips), "it hangs on two, and this one was gone before"
    assert fell("fault"), "nobody tells"
    assert fell("exhausted"), "nobody tells"
    assert fell("fault", trips, empty.replace("ups2", "ups1"))
    assert fell("fault", trips, empty.replace("room", "control1")), "what a node saw of it is no fact"
    assert fell("fault", trips, empty.replace("200", "201")), "later"
    assert fell("exhausted", trips, empty.replace("output_off", "low_battery")) is False


@pytest.mark.parametrize(("until_s", "counts"), [(200.0, True), (199.0, False)])
def test_nor_is_it_one_that_was_over_by_then(site: Site, until_s: float, counts: bool) -> None:
    last = tale(site, FIRST, FELL)
    assert last.fell_by("ups2", 0.0, 900.0, until_s=until_s) is counts


def test_c12_who_comes_up_onto_power_that_counts_down_would_have_woken_the_others(site: Site) -> None:
    """Since the last one went, and since its UPS was told; and nobody has been at work since."""
    falls = fact(250.0, "ups.off_armed", "ups1", falls_at=670.0)
    gone = [*map(told, (FIRST, FELL)), falls, fact(300.0, "server.up", "control1")]
    last = LastNode(gone, site)
    assert last.turned_away("ups1", 250.0, inf, 900.0)
    assert last.turned_away("ups1", 300.0, 300.0, 300.0)
    assert not last.turned_away("ups1", 250.0, inf, 299.0), "not yet"
    assert not last.turned_away("ups1", 301.0, inf, 900.0), "for something else, before that"
    assert not last.turned_away("ups1", 250.0, 299.0, 900.0), "that OFF had fallen, and this is another"
    assert not last.turned_away("ups2", 250.0, inf, 900.0)
    assert not LastNode([e for e in gone if e is not falls], site).turned_away("ups1", 250.0, inf, 900.0), (
        "it works"
    )
    later = [*gone, fact(700.0, "server.up", "control2")]
    assert not LastNode(later, site).turned_away("ups1", 250.0, inf, 900.0), "another one does"
    again = LastNode([*later, fact(800.0, "server.halted", "control2")], site)
    assert not again.turned_away("ups1", 250.0, inf, 900.0), "and could have woken them"
    assert not LastNode([], site).turned_away("ups1", 250.0, inf, 900.0)


def test_u19_c2_who_loses_his_power_as_he_boots_again_was_the_last_one_too(site: Site) -> None:
    """The cluster's manager has restarted him, and the wrong plug was pulled (seed 911035)."""
    restarts, boots = "150 room server.halted control2", "151 room server.booting control2"
    last = tale(site, FIRST, restarts, boots, FELL)
    assert last.fell_by("ups2", 0.0, 300.0)
    assert last.fell_by("ups2", 150.0, 300.0, until_s=200.0)
    assert not last.fell_by("ups2", 0.0, 199.0), "not yet"
    assert not last.fell_by("ups2", 0.0, 300.0, until_s=199.0)
    assert not last.fell_by("ups2", 151.0, 300.0), "he went before that"
    assert not last.fell_by("ups1", 0.0, 300.0)
    assert last.gone_since_s(300.0) == 150.0
    assert not tale(site, FIRST, restarts, FELL).fell_by("ups2", 0.0, 300.0), "he did not boot"
    hangs = FELL.replace("power", "fault")
    assert not tale(site, FIRST, restarts, boots, hangs).fell_by("ups2", 0.0, 300.0)
    up = "190 room server.up control2"
    assert tale(site, FIRST, restarts, boots, up, FELL).gone_since_s(300.0) == 200.0
    other = boots.replace("control2", "control1"), FELL.replace("control2", "control1")
    assert not tale(site, FIRST, restarts, *other).fell_by("ups1", 0.0, 300.0), "another went before him"


def test_u19_nor_does_that_excuse_less_of_who_shut_him_down(site: Site) -> None:
    goes, restarts = "140 room server.shutting_down control2", "150 room server.halted control2"
    last = tale(site, FIRST, goes, restarts, "151 room server.booting control2", FELL)
    assert last.fell_by("control2", 130.0, 300.0)


def test_c12_who_was_to_come_back_by_himself_stays_off_by_anothers_word(site: Site) -> None:
    """The last one had halted on it, and would have woken the others (L1, seed 331557)."""
    ours = fact(150.0, "ups.off_armed", "ups2", falls_at=570.0, how="until_mains")
    theirs = fact(250.0, "ups.off_armed", "ups2", falls_at=670.0, how="graceful")
    fell = fact(670.0, "ups.output_off", "ups2", cause="command")
    gone = [told(FIRST), ours, told("200 room server.halted control2"), theirs, fell]

    def left(*events: Event, ups: str = "ups2", since_s: float = 250.0, t_s: float = 900.0) -> bool:
        return LastNode(events, site).turned_away(ups, since_s, inf, t_s)

    assert left(*gone)
    assert not left(*gone, t_s=669.0), "it has not fallen yet"
    assert not left(*gone, since_s=199.0), "it was up yet, and could tell it anew"
    assert not left(*gone, ups="ups1"), "the last one did not live on it"
    assert not left(*(e for e in gone if e is not ours)), "it would not have come back by itself"
    assert not left(*(e for e in gone if e is not theirs)), "by our word it comes back"
    assert not left(*gone, fact(700.0, "ups.output_on", "ups2")), "it has come on again"
    assert not left(*gone, fact(800.0, "server.up", "control1")), "another one does"
    before = fact(160.0, "ups.off_armed", "ups2", falls_at=580.0, how="graceful")
    assert not left(*sorted([*gone, before], key=lambda e: e.t)), "we had told it to stay off"
