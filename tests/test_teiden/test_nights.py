"""Scheduled nights: their real length, and how long they must be: one number for plan and sequencer."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer import timing
from sequencer.schedules import Calendar, Cause, Schedule
from sequencer.site import Array, ArrayRole, FlushOrder, OffMode, Site, Timing, Ups
from sim.settings import LONGEST_SLEEP_S, sleep_s
from teiden.plan.nights import gap_s, needed_gap, nights, seconds, sleeping_arrays, usual_gap_s
from tests.worlds import LINKED, reference_site, with_more, with_settings

WINTER = date(2026, 11, 20)
NIGHT = Schedule("nightly", LINKED, "daily", "22:00", "22:48")


def in_berlin(site: Site) -> Site:
    return replace(site, time_zone="Europe/Berlin")


# How long a night is


@pytest.mark.parametrize(
    ("on", "gap"), [("22:01", 60), ("22:39:59", 2399), ("22:40", 2400), ("06:00", 8 * 3600), ("22:00", 86400)]
)
def test_the_gap_is_that_of_the_calendar(site: Site, on: str, gap: float) -> None:
    assert gap_s(site, replace(NIGHT, on=on), WINTER) == gap
    assert usual_gap_s(site, replace(NIGHT, on=on), WINTER) == gap


def test_t2_the_shortest_night_is_the_one_in_which_the_clocks_go_forward(site: Site) -> None:
    night = replace(NIGHT, on="06:00")
    assert gap_s(in_berlin(site), night, WINTER) == 7 * 3600
    assert usual_gap_s(in_berlin(site), night, WINTER) == 8 * 3600


def test_t2_it_is_found_whatever_the_day_one_looks(site: Site) -> None:
    night = replace(NIGHT, on="06:00")
    for month in range(1, 13):
        assert gap_s(in_berlin(site), night, date(2027, month, 28)) == 7 * 3600


def test_a_night_that_is_under_way_counts(site: Site) -> None:
    long = replace(NIGHT, days="2026-11-18", on_days="2026-11-23", on="06:00")
    (night,) = nights(site, long, WINTER)
    assert (night.off.id, night.on.id) == ("nightly/2026-11-18/off", "nightly/2026-11-23/on")


def test_who_is_off_already_does_not_go_off_again(site: Site) -> None:
    week = replace(NIGHT, days="mon-fri", on_days="mon", on="06:00")
    assert {night.off.at.isoweekday() for night in nights(site, week, WINTER)} == {1}
    assert gap_s(site, week, WINTER) == (7 * 24 - 16) * 3600


@pytest.mark.parametrize(
    "further",
    [
        {"on": ""},
        {"off": ""},
        {"on_by": (Cause.RESTORE,)},
        {"off_by": (Cause.LAN,)},
        {"days": "2020-12-24"},
        {"days": "holidays"},
    ],
)
def test_where_no_off_is_followed_by_an_on_there_is_no_gap(site: Site, further: dict[str, object]) -> None:
    assert nights(site, replace(NIGHT, **further), WINTER) == ()
    assert gap_s(site, replace(NIGHT, **further), WINTER) == math.inf
    assert usual_gap_s(site, replace(NIGHT, **further), WINTER) == math.inf


def test_without_a_day_to_begin_with_it_looks_from_today(site: Site) -> None:
    assert gap_s(site, NIGHT) == 2880


def test_holidays_make_a_night_longer(site: Site) -> None:
    at_home = replace(site, calendar=Calendar("JP", ("2026-12-29..2027-01-03",)))
    night = replace(NIGHT, on="06:00", except_dates=("holidays",))
    (longest,) = [n for n in nights(at_home, night, WINTER) if n.off.id == "nightly/2026-12-28/off"]
    assert longest.on.id == "nightly/2027-01-04/on"
    assert gap_s(at_home, night, WINTER) == 8 * 3600


@pytest.mark.parametrize(("text", "value"), [("00:00", 0), ("22:39:59", 81599), ("6:30", 23400)])
def test_times_of_day_are_read_to_the_second(text: str, value: float) -> None:
    assert seconds(text) == value


# How long it must be


def wirings() -> st.SearchStrategy[Site]:
    """The reference site with up to four linked arrays, fed, flushed and warmed up in many ways."""
    return st.builds(
        wired,
        st.lists(
            st.tuples(st.booleans(), st.sampled_from((0.0, 360.0, 720.0, 1800.0))), min_size=1, max_size=4
        ),
        st.sampled_from(FlushOrder),
        st.sampled_from((60.0, 300.0, 1200.0)),
        st.sampled_from(Timing),
        st.sampled_from(OffMode),
        st.sampled_from((60.0, 180.0, 900.0)),
    )


def wired(
    parts: list[tuple[bool, float]],
    order: FlushOrder,
    flush_s: float,
    kind: Timing,
    mode: OffMode,
    limit_s: float,
) -> Site:
    site = with_settings(reference_site(), linkage__flush_order=order, linkage__flush_limit_s=flush_s)
    names = []
    for n, (apart, warm_up_s) in enumerate(parts):
        controller = replace(site.upses["ups4"], name=f"c{n}", number=10 + n, timing=kind)
        enclosure = replace(controller, name=f"e{n}", number=20 + n, warm_up_time_s=warm_up_s)
        feeds = ("e" if apart else "c") + str(n)
        site = with_more(site, controller, enclosure, Array(f"a{n}", ArrayRole.LINKED, (f"c{n}",), (feeds,)))
        names.append(f"a{n}")
    for server in LINKED:
        site = with_settings(
            site, **{f"{server}__arrays": tuple(names), f"{server}__shutdown_limit_s": limit_s}
        )
    return with_settings(site, ups5__off=mode, ups6__timing=kind)


@given(wirings())
def test_r10_46_the_sum_that_is_told_is_the_number_the_sequencer_goes_by(site: Site) -> None:
    asleep = sleeping_arrays(site, NIGHT)
    assert asleep
    for array in asleep:
        needs = needed_gap(site, array, NIGHT)
        assert needs.total == timing.shortest_night_s(site, array, len(asleep))
        assert sum(term.total for term in needs.terms) == needs.total


def test_r10_46_servers_without_a_ups_of_their_own_count_with_their_halt(site: Site) -> None:
    for server in LINKED:
        site = with_settings(site, **{f"{server}__upses": ("ups4",), f"{server}__shutdown_limit_s": 1800.0})
    disk = site.arrays["linkeddisk"]
    needs = needed_gap(site, disk, NIGHT)
    assert needs.total == timing.shortest_night_s(site, disk) == 1800 + 300 + 420 + 360 + 720
    assert "blade1, blade2, rack1, rack2 off" in needs.in_words()


@pytest.mark.parametrize(
    ("apart", "gap", "sleeps"),
    [
        (False, 2399, False),
        (False, 2400, True),
        (True, 2400, False),
        (True, 2639, False),
        (True, 2640, True),
    ],
)
def test_t6_s22_one_second_decides_in_both_wirings(site: Site, apart: bool, gap: int, sleeps: bool) -> None:
    if apart:
        own = replace(site.upses["ups4"], name="ups7", number=7)
        site = with_more(site, own, replace(site.arrays["linkeddisk"], enclosures=("ups7",)))
    minutes, rest = divmod(gap, 60)
    night = replace(NIGHT, off="21:00", on=f"21:{minutes:02}:{rest:02}")
    disk = site.arrays["linkeddisk"]
    assert gap_s(site, night, WINTER) == gap
    assert (gap_s(site, night, WINTER) >= timing.shortest_night_s(site, disk)) is sleeps


# Leads


def control_lead_s(site: Site) -> float:
    return timing.warm_up_lead_s(site, site.arrays["controldisk"], enclosures=True)


def test_r10_52_the_control_disks_lead_has_no_flush_in_it(site: Site) -> None:
    assert control_lead_s(site) == 720 + 360


@given(st.floats(1800, LONGEST_SLEEP_S), st.sampled_from((0.0, 360.0, 720.0)))
def test_r10_55_r10_56_however_a_card_rounds_the_disk_is_warm_before_its_servers(
    on_in_s: float, warm_up_s: float
) -> None:
    """`on_in_s` from the OFF the servers are to be on; the sleep begins when the output has gone."""
    site = with_settings(reference_site(), ups3__warm_up_time_s=warm_up_s)
    ups: Ups = site.upses["ups3"]
    way_s = timing.graceful_off_s(ups) + ups.return_delay_s
    asked_s = on_in_s - control_lead_s(site) - way_s
    if asked_s >= timing.SLEEP_STEP_S:
        warm_s = on_in_s - (way_s + sleep_s(asked_s))
        assert warm_up_s <= warm_s <= control_lead_s(site) + timing.SLEEP_STEP_S / 2


@given(st.floats(0, 300), st.sampled_from((0.0, 720.0, 1440.0)))
def test_r10_47_r10_48_r10_55_the_linked_disk_is_warm_however_long_its_flush_took(
    flush_s: float, warm_up_s: float
) -> None:
    """The lead has the flush limit in it: a sleep that begins so much later still ends in time."""
    site = with_settings(reference_site(), ups4__warm_up_time_s=warm_up_s)
    lead_s = timing.warm_up_lead_s(site, site.arrays["linkeddisk"], enclosures=True)
    assert lead_s - flush_s - timing.SLEEP_STEP_S >= warm_up_s
