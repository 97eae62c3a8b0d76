"""A fault that is over has delayed: from its end everybody has his whole time again, and no more (L1, L3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults import catalogue
from sim.faults.fault import Excuse
from sim.story import FaultChange
from teiden.judge.alone import whole_stop_s
from teiden.judge.excuses import judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.owed import Owed, beyond, undelayed
from teiden.judge.struck import Struck, struck
from teiden.judge.verdict import judge
from tests.excusing import left, seen
from tests.owing import is_delayed
from tests.worlds import fault, out, play, reference_site

BEGUN_S, LIMIT_S = 1000.0, 500.0
LATE = Breach("L3", BEGUN_S + LIMIT_S, "rack1", "it was halted")


def change(name: str, subject: str, at_s: float, present: bool = True) -> FaultChange:
    return FaultChange(at_s, catalogue.named(name), subject, present)


def by_word(subject: str, rule: str = "L5", t: float = 5.0) -> list[Event]:
    return [Event(t, "alarm.raised", subject, "control1", Source.SEEN, {"rule": rule, "text": ""})]


MIXED_UP = catalogue.named("loads_mixed_up")


def mixed_up(site: Site, ups: str, excuses: list[Excuse]) -> list[Struck]:
    """With these of its excuses alone."""
    faults = struck(fault("loads_mixed_up", ups, 900.0, 1400.0), site)
    return [replace(f, by=replace(f.by, fault=replace(MIXED_UP, excuses=tuple(excuses)))) for f in faults]


@pytest.mark.parametrize(
    ("at_s", "until_s", "came_s", "late"),
    [
        (900.0, 1001.0, 1501.0, True),
        (900.0, 1001.0, 1502.0, False),  # its end was 1 s after his time had begun: he has 1 s more
        (900.0, 1400.0, 1900.0, True),
        (900.0, 1400.0, 1901.0, False),
        (1500.0, 1700.0, 2200.0, True),
        (1501.0, 1700.0, 2200.0, False),  # his time was over when it struck
        (900.0, 1000.0, 1500.0, False),  # it was over when his time began
    ],
)
def test_l3_a_fault_that_is_over_owes_him_who_waited_for_its_end_the_same_time_again(
    site: Site, at_s: float, until_s: float, came_s: float, late: bool
) -> None:
    down = [change("management_down", "network", t, t == at_s) for t in (at_s, until_s)]
    assert is_delayed(LATE, BEGUN_S, struck(down, site), site, at_s=came_s) is late
    assert not is_delayed(replace(LATE, id="L8"), BEGUN_S, struck(down, site), site, at_s=came_s)
    card = [replace(c, fault=catalogue.named("card_silent"), subject="ups1") for c in down]
    assert not is_delayed(LATE, BEGUN_S, struck(card, site), site, at_s=came_s), "his are others"


@pytest.mark.parametrize(("second_s", "late"), [(1900.0, True), (1901.0, False)])
def test_l3_nor_has_the_next_fault_more_to_say_than_of_the_time_that_is_left(
    site: Site, second_s: float, late: bool
) -> None:
    down = [change("management_down", "network", 900.0), change("management_down", "network", 1400.0, False)]
    again = [
        change("management_down", "network", second_s),
        change("management_down", "network", 2400.0, False),
    ]
    assert is_delayed(LATE, BEGUN_S, struck([*down, *again], site), site, at_s=2900.0) is late
    assert not is_delayed(LATE, BEGUN_S, struck([*down, *again], site), site, at_s=2901.0)


def test_l3_of_two_at_once_the_longer_one_delays_him(site: Site) -> None:
    long = [change("management_down", "network", t, t == 900.0) for t in (900.0, 1400.0)]
    short = [change("production_down", "network", t, t == 950.0) for t in (950.0, 1200.0)]
    assert is_delayed(LATE, BEGUN_S, struck([*long, *short], site), site, at_s=1900.0)


@pytest.mark.parametrize("up", [True, False])
def test_u19_l3_that_nobody_was_left_says_nothing_when_somebody_is_there_again(site: Site, up: bool) -> None:
    mixed = mixed_up(site, "ups6", [e for e in MIXED_UP.excuses if e.last])
    told = [
        Event(950.0, "server.halted", "control2", "room", Source.FACT, {}),
        Event(960.0, "server.crashed", "control1", "room", Source.FACT, {"cause": "power"}),
        *([Event(1450.0, "server.up", "control2", "room", Source.FACT, {})] if up else []),
    ]
    disk = replace(LATE, subject="linkeddisk")
    assert is_delayed(disk, BEGUN_S, mixed, site, told) is not up


@pytest.mark.parametrize(("more_s", "counts"), [(0.0, False), (0.1, True)])
def test_s18_c7_l5_when_it_may_be_followed_again_there_is_a_whole_stop_to_be_made_up_for(
    site: Site, more_s: float, counts: bool
) -> None:
    said, over = by_word("control2", t=750.0)[0], seen(800.0, "alarm.cleared", "control2", rule="L5")
    empty = Breach("S18", 800.0 + whole_stop_s(site) + more_s, "ups5", "it ran empty")
    assert left(site, empty, "node_hangs", "control2", said, over, ends=False) is counts
    assert not left(site, empty, "node_hangs", "control2", said, ends=False), "it stands yet"


@pytest.mark.parametrize(
    ("told", "late"),
    [
        ([], False),
        (by_word("control2", t=950.0), True),
        (by_word("control2", t=1400.0), True),
        (by_word("control2", t=1401.0), False),
        (by_word("control2", rule="H1", t=950.0), False),
        (by_word("control1", t=950.0), False),
    ],
)
def test_n2_l3_it_has_delayed_him_only_if_it_was_as_its_excuse_asks(
    site: Site, told: list[Event], late: bool
) -> None:
    """Nobody followed control2, as an alarm said while nodes were parted."""
    parted = [change("nodes_parted", "control2", t, t == 900.0) for t in (900.0, 1400.0)]
    assert is_delayed(LATE, BEGUN_S, struck(parted, site), site, told) is late


@pytest.mark.parametrize(("at_s", "late"), [(1400.0, True), (1300.0, False)])
def test_u19_l3_plugging_right_delays_those_alone_who_lose_their_power_by_it(
    site: Site, at_s: float, late: bool
) -> None:
    died = [Event(at_s, "server.crashed", "rack1", "room", Source.FACT, {"cause": "power"})]
    faults = mixed_up(site, "ups4", [e for e in MIXED_UP.excuses if e.pulled])
    assert is_delayed(LATE, BEGUN_S, faults, site, died) is late


def test_c9_what_is_owed_as_another_site_has_it_is_delayed_by_nothing_of_that(site: Site) -> None:
    other = [change("site_file_differs", "control1", t, t == 900.0) for t in (900.0, 1400.0)]
    longer = [replace(c, amount=2.0) for c in other]
    assert not is_delayed(LATE, BEGUN_S, struck(longer, site), site)


def test_l3_who_is_found_late_twice_is_told_of_once_and_by_the_time_that_nothing_explains(site: Site) -> None:
    down = [change("management_down", "network", t, t == 900.0) for t in (900.0, 1400.0)]
    seen = [Owed(LATE, BEGUN_S, at_s) for at_s in (1600.0, 2000.0, 3000.0)]
    assert undelayed(seen, struck(down, site), site, []) == seen[1:2]
    other = [Owed(replace(LATE, subject="rack2"), BEGUN_S, 2500.0)]
    assert undelayed([*seen, *other], struck(down, site), site, []) == [*seen[1:2], *other]


def test_l3_who_was_delayed_once_is_looked_at_again_as_long_as_he_is_down() -> None:
    """rack1 does not boot, by a fault of which the judge is not told; the next outage interrupts its wait."""
    site = reference_site()
    down, stuck = fault("management_down", "network", 2400.0, 3300.0), fault("server_does_not_boot", "rack1")
    tale = play(out(0, 1500), out(4400, 5900), down, stuck, until_s=9 * 3600.0)
    told = [h for h in tale.happenings if not (isinstance(h, FaultChange) and h.subject == "rack1")]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    owed = [(b.id, b.subject) for b in judged(breaches, tale.events, told, site)[1]]
    assert ("L3", "rack1") in owed, [b.text for b in breaches]


@pytest.mark.parametrize("name", ["alarm.cleared", "lease.taken", "server.halted"])
@pytest.mark.parametrize(("raised_s", "over_s"), [(4.0, 7.0), (6.0, 7.0), (3.0, 4.0)])
def test_n2_l5_an_alarm_that_is_over_says_nothing_more_of_who_may_follow(
    site: Site, name: str, raised_s: float, over_s: float
) -> None:
    """But with its end alone who has raised it takes nothing back: nobody else is there yet."""
    parted = struck([change("nodes_parted", "control2", 5.0)], site)
    source, by = (Source.FACT, "room") if name == "server.halted" else (Source.SEEN, "control1")
    of = "control2" if name == "alarm.cleared" else "control1"
    over = Event(over_s, name, of, by, source, {"rule": "L5"})
    end = Event(8.0, "run.ended", "reference", "room", Source.FACT, {})
    told = [*by_word("control2", t=raised_s), over]
    left_alone = name == "server.halted" and over_s > 5.0
    for rule in ("L1", "L3"):
        assert (beyond(rule, parted, site, [*told, end]) is None) is left_alone
        up = Event(7.5, "server.up", "control1", "room", Source.FACT, {})
        assert beyond(rule, parted, site, [*told, up, end]) == frozenset()


@pytest.mark.parametrize(("at_s", "late"), [(1500.0, False), (1501.0, True)])
@pytest.mark.parametrize("down_s", [0.0, 400.0])
def test_l3_what_strikes_when_his_time_is_over_has_not_kept_him_until_then(
    site: Site, at_s: float, late: bool, down_s: float
) -> None:
    """Though it lasts; that time begins anew at the end of what delayed him."""
    down = [change("management_down", "network", t, t == 900.0) for t in (900.0, 1000.0 + down_s)]
    stuck = change("server_does_not_boot", "rack1", at_s + down_s)
    owed = [Owed(LATE, BEGUN_S, 9000.0)]
    assert undelayed(owed, struck([*down, stuck], site), site, []) == (owed if late else [])
    everybody = change("management_down", "network", at_s + down_s)
    assert undelayed(owed, struck([*down, everybody], site), site, []) == (owed if late else [])


@pytest.mark.parametrize(("at_s", "owed"), [(3000.0, False), (8 * 3600.0, True)])
def test_l3_nor_is_he_left_out_of_those_whose_time_is_counted(at_s: float, owed: bool) -> None:
    """rack1 does not boot from the start; the judge is told that it does not from then on."""
    site = reference_site()
    stuck = fault("server_does_not_boot", "rack1")
    tale = play(out(0, 1500), stuck, until_s=9 * 3600.0)
    told = [replace(h, at_s=at_s) if isinstance(h, FaultChange) else h for h in tale.happenings]
    breaches = [b for r in judge(tale.events, site).invariants for b in r.breaches if b.id in ("L1", "L3")]
    left = judged(breaches, tale.events, told, site)[1]
    assert (("L3", "rack1") in [(b.id, b.subject) for b in left]) is owed


@pytest.mark.parametrize(
    ("causes", "on_s", "came_s", "late"),
    [
        (("fault", "fault", "fault"), 5000.0, 4500.0, True),  # an hour after the last one, and his time
        (("fault", "fault", "fault"), 5000.0, 4501.0, False),
        (("fault", "fault", "fault"), 1200.0, 1700.0, True),  # somebody has asked for it once more
        (("fault", "fault", "fault"), 1200.0, 1701.0, False),
        (("fault", "fault"), 5000.0, 1510.0, False),
        (("fault", "command", "fault"), 5000.0, 1510.0, False),
    ],
)
def test_l3_p14_who_lives_on_one_that_tripped_again_and_again_is_owed_his_time_when_that_is_told_seldom(
    site: Site, causes: tuple[str, ...], on_s: float, came_s: float, late: bool
) -> None:
    """Its loads crash each time; and that it would bear them now nobody tells (124455, 104782, 165743)."""
    trips = [change("inrush_trips", "ups6", 900.0), change("inrush_trips", "ups6", 999.0, False)]
    off = Event(0.0, "ups.output_off", "ups6", "room", Source.FACT, {})
    times_s = (400.0, 300.0, 200.0)
    its = zip(times_s, reversed(causes), strict=False)
    fell = [replace(off, t=at_s, details={"cause": cause}) for at_s, cause in its][::-1]
    on = replace(off, t=on_s, name="ups.output_on")
    assert is_delayed(LATE, BEGUN_S, struck(trips, site), site, [*fell, on], at_s=came_s) is late


@pytest.mark.parametrize(
    ("wakes_s", "up_s", "came_s", "late"),
    [
        ((100.0, 400.0, 900.0), 50.0, 900.0 + 4500.0 + LIMIT_S, True),  # its limit, an hour, and his time
        ((100.0, 400.0, 900.0), 50.0, 900.0 + 4500.0 + LIMIT_S + 1, False),
        ((100.0, 400.0, 900.0, 2000.0), 50.0, 2500.0, True),
        ((100.0, 400.0, 900.0, 2000.0), 50.0, 2501.0, False),
        ((400.0, 900.0), 50.0, 1510.0, False),
        ((100.0, 400.0, 900.0), 200.0, 1510.0, False),
    ],
)
def test_l3_n7_whom_wakes_could_not_reach_is_owed_his_time_from_the_next_one(
    site: Site, wakes_s: tuple[float, ...], up_s: float, came_s: float, late: bool
) -> None:
    """Woken in vain three times he is woken but seldom: he may be broken (48150)."""
    deaf = [change("broadcast_blocked", "network", t, t == 90.0) for t in (90.0, 999.0)]
    wake = Event(0.0, "command.sent", "rack1", "control1", Source.SEEN, {"command": "wake"})
    up = Event(up_s, "server.up", "rack1", "room", Source.FACT, {})
    events = sorted([up, *(replace(wake, t=t) for t in wakes_s)], key=lambda e: e.t)
    assert is_delayed(LATE, BEGUN_S, struck(deaf, site), site, events, at_s=came_s) is late
