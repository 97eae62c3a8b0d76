"""What the timeline is made of: bars, moments, margins, numbers, flags and the axis, before it is drawn."""

from __future__ import annotations

import random
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from matplotlib.colors import to_rgb

from sequencer.events import Event, Source
from teiden.plots import flags, style
from teiden.plots.headline import headline
from teiden.plots.margins import margins
from teiden.plots.moments import Moment, moments
from teiden.plots.outages import outages
from teiden.plots.rows import rows
from teiden.plots.time_axis import TimeAxis, time_axis, told
from tests.streams import Stream, fact, never_restored, recorded, twice


@pytest.fixture(scope="module")
def outage() -> Stream:
    """The reference outage, with the times of the worked example."""
    return recorded()


def test_states_that_touch_differ_in_grey_or_in_their_hatch(outage: Stream) -> None:
    def grey(state: str) -> float:
        red, green, blue = to_rgb(style.LOOKS[state].fill)
        return 0.299 * red + 0.587 * green + 0.114 * blue

    everyday = {
        (a.state, b.state)
        for row in rows(outage)
        for a, b in pairwise(row.bars)
        if style.OFF not in (a.state, b.state)
    }
    assert ("running", "shutting down") in everyday
    for one, other in everyday | {
        ("on battery", "low battery"),
        ("on mains", "low battery"),
        ("flushing", "flushed"),
    }:
        hatched = style.LOOKS[one].hatch != style.LOOKS[other].hatch
        assert hatched or abs(grey(one) - grey(other)) > 0.12, f"{one} beside {other} looks the same in print"


def test_texts_on_bars_have_contrast() -> None:
    def light(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for state, look in style.LOOKS.items():
        dark, bright = sorted((light(look.fill), light(look.ink)))
        assert (bright + 0.05) / (dark + 0.05) > 3, state


def test_flags_never_overlap_however_dense_they_are() -> None:
    chance = random.Random(20261120)
    for _ in range(60):
        times = [chance.uniform(0, chance.choice((50, 300, 1000))) for _ in range(chance.randint(1, 25))]
        some = [Moment(t, "x" * chance.randint(3, 40), chance.randint(0, 4)) for t in times]
        placed = flags.place(some, lambda t: t / 100, lambda t: t, limit=11.0)
        assert placed
        assert all(not one.hides(other) for one, other in combinations(placed, 2))
        assert all(flag.right <= 11.0 and flag.level < flags.LEVELS for flag in placed)


def test_what_matters_most_keeps_its_flag_where_there_is_no_room_for_all() -> None:
    dense = [Moment(t, "something of no great consequence", 4) for t in range(0, 90, 3)]
    placed = flags.place(
        [*dense, Moment(44.0, "blade1 crashed", 0, trouble=True)], lambda t: t / 100, lambda t: t, 11.0
    )
    assert any("blade1 crashed" in flag.text for flag in placed)
    assert len(placed) < len(dense)


def test_the_axis_is_straight_without_a_long_pause_and_to_scale_around_one() -> None:
    busy = [0.0, 30, 120, 450, 650, 900, 1440]
    straight = time_axis(busy, (-600, 20_000), 10.0)
    assert not straight.gaps
    cut = time_axis([*busy, 7200, 7500, 8460], (-600, 20_000), 10.0)
    assert len(cut.gaps) == 1
    assert (
        cut.x(100) - cut.x(0) == pytest.approx(cut.x(8000) - cut.x(7900)) == pytest.approx(100 * cut.in_per_s)
    )
    assert cut.x(cut.t0) == 0
    assert cut.x(cut.t1) == pytest.approx(10.0)
    xs = [cut.x(t) for t in range(-300, 9000, 7)]
    assert xs == sorted(xs)
    before, after = cut.gaps[0]
    assert before.t1 > 1440
    assert after.t0 < 7200


def test_every_piece_of_a_cut_axis_has_a_tick_and_none_crowds_another() -> None:
    axis = TimeAxis((-60, 20_000), [(2000, 9000), (9400, 19_000)], 10.0)
    ticks = axis.ticks(0.0, 0.8)
    for piece in axis.pieces:
        assert any(piece.t0 <= t <= piece.t1 for t in ticks)
    assert all(axis.x(b) - axis.x(a) > 0.6 for a, b in pairwise(ticks))


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (32.4, "0:32"), (3599.6, "1:00:00"), (-75, "-1:15"), (-0.2, "0:00")]
)
def test_durations_are_told_with_one_colon_below_an_hour(seconds: float, text: str) -> None:
    assert told(seconds) == text


def shown(stream: Stream, name: str) -> list[tuple[str, str]]:
    row = next(row for row in rows(stream) if row.name == name)
    return [(bar.state, bar.trouble) for bar in row.bars]


def test_an_array_that_was_clean_all_the_time_runs_and_one_that_was_asked_is_flushed() -> None:
    start = fact(0, "run.started", "x", initial={"disk": {"service": "ready", "cache": "flushed"}})
    flush = [
        fact(5, "array.flushing", "disk"),
        fact(9, "array.flushed", "disk"),
        fact(12, "array.off", "disk"),
    ]
    again = [fact(20, "array.starting", "disk"), fact(30, "array.ready", "disk"), fact(40, "run.ended", "x")]
    assert [state for state, _ in shown([start, *flush, *again], "disk")] == [
        *("running", "flushing", "flushed", "off", "starting", "running"),
    ]


def test_what_went_wrong_is_shown_and_flagged() -> None:
    stream = [
        *(
            fact(0, name, who)
            for name, who in (("server.up", "a"), ("array.ready", "d"), ("ups.on_line", "u"))
        ),
        fact(10, "mains.lost", "utility"),
        fact(10, "ups.on_battery", "u"),
        *(fact(99, name, who) for name, who in (("ups.exhausted", "u"), ("ups.output_off", "u"))),
        *(
            fact(99, name, who)
            for name, who in (("server.crashed", "a"), ("array.lost_data", "d"), ("array.off", "d"))
        ),
        Event(99.0, "rule.broken", "d", "judge", Source.SEEN, {"rule": "S2"}),
        fact(500, "run.ended", "x"),
    ]
    assert shown(stream, "u")[-1] == ("off", "exhausted")
    assert shown(stream, "a")[-1] == ("off", "crashed")
    assert shown(stream, "d")[-1] == ("off", "lost data")
    alarms = [moment.label for moment in moments(stream, rows(stream)) if moment.trouble]
    assert alarms == ["u exhausted", "d lost data", "a crashed", "S2 broken"]


def test_the_margins_are_the_tightest_of_servers_disks_and_nodes(outage: Stream) -> None:
    found = margins(rows(outage), outages(outage)[0])
    assert [(m.row, told(m.t1 - m.t0)) for m in found] == [
        ("blade1", "5:30"),
        ("linkeddisk", "4:17"),
        ("control1", "6:00"),
    ]


def test_what_never_comes_back_is_named(outage: Stream) -> None:
    stuck = [e for e in outage if not (e.name in ("server.up", "server.booting") and e.subject == "rack1")]
    numbers = headline(outages(stuck), rows(stuck), None)
    assert numbers[-1].text == "not restored: rack1"
    assert numbers[-1].trouble
    dark = never_restored(outage)
    assert headline(outages(dark), rows(dark), None)[-1].text == "mains not back by the end"


def test_a_second_outage_has_its_own_flags_and_numbers(outage: Stream) -> None:
    stream = twice(outage)
    labels = [moment.label for moment in moments(stream, rows(stream))]
    assert labels.count("Control stop") == labels.count("All up") == 2
    assert "Mains lost again" in labels
    numbers = headline(outages(stream), rows(stream), None)
    assert [number.text for number in numbers] == [
        "2 outages",
        "service restored 20:56, 20:56 after mains return",
    ]


def test_an_outage_of_one_ups_is_told_as_its_own() -> None:
    stream = [
        fact(0, "run.started", "x", initial={"utility": {"mains": "present"}, "ups4": {"supply": "on line"}}),
        fact(10, "mains.lost", "ups4"),
        fact(10, "ups.on_battery", "ups4"),
        fact(70, "mains.restored", "ups4"),
        fact(70, "ups.on_line", "ups4"),
    ]
    assert [m.label for m in moments(stream, rows(stream))] == ["Mains of ups4 lost", "Mains of ups4 back"]


def test_no_drawing_module_opens_a_window_system() -> None:
    """pyplot would choose a screen and keep every figure alive."""
    for path in Path(style.__file__).parent.glob("*.py"):
        assert "pyplot" not in path.read_text(encoding="utf-8"), path
