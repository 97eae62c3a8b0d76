"""The margin waterfall: its sums are the plan's, its shortfall is loud, a run stands beside its limits."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sequencer import timing
from sequencer.site import FlushOrder, OffMode, Site, Timing
from teiden.files.site_file import load_site
from teiden.files.source import InputError
from teiden.language.say import speaking
from teiden.plan.stop import plan_stop
from teiden.plots import held, timeline, waterfall
from teiden.plots.budget import Kind, budget
from teiden.plots.budget import title as conclusion
from teiden.plots.style import ALARM
from teiden.plots.taken import Run
from tests.pictures import assert_readable, patches, said, texts, title
from tests.streams import recorded

SITES = Path(__file__).parents[2] / "scenarios" / "sites"


@cache
def site(name: str) -> Site:
    return load_site(SITES / f"{name}.yaml").site


def serial_hall() -> Site:
    """Thirty-eight arrays, flushed one after the other."""
    hall = site("hall")
    return replace(hall, linkage=replace(hall.linkage, flush_order=FlushOrder.SERIAL))


def lowered(confirm_s: float) -> Site:
    reference = site("reference")
    upses = {**reference.upses, "ups3": replace(reference.upses["ups3"], confirm_s=confirm_s)}
    return replace(reference, upses=upses)


@pytest.fixture(scope="module")
def played() -> Figure:
    """The reference site with the recorded outage."""
    return waterfall.draw(site("reference"), recorded())


@pytest.fixture(scope="module")
def short() -> Figure:
    """The reference site whose control side waits 700 s only."""
    return waterfall.draw(lowered(700.0))


@pytest.mark.parametrize(
    "of",
    [
        *(p.stem for p in sorted(SITES.glob("*.yaml"))),
        "lowered",
        pytest.param("serial hall", marks=pytest.mark.long),
    ],
)
def test_the_steps_lead_without_a_gap_to_the_end_that_the_plan_has(of: str) -> None:
    room = serial_hall() if of == "serial hall" else lowered(700.0) if of == "lowered" else site(of)
    found, plan = budget(room), plan_stop(room)
    assert (found.needs_s, found.has_s) == (plan.needs_s, plan.has_s)
    way = [step for step in found.linked if step.spare_s is None]
    assert sum(step.seconds for step in way) == pytest.approx(plan.needs_s)
    for before, after in pairwise(way):
        assert before.t1 == pytest.approx(after.t0), "a step begins where the one before it ends"
    for step in way:
        if step.parts:
            assert sum(part.seconds for part in step.parts) == pytest.approx(step.seconds)


def test_the_reference_site_spends_30_420_and_300_seconds() -> None:
    way = [step for step in budget(site("reference")).linked if step.spare_s is None]
    assert [(step.kind, step.seconds) for step in way] == [
        (Kind.CONFIRM, 30),
        (Kind.OFF, 420),
        (Kind.FLUSH, 300),
    ]
    assert [part.seconds for part in way[1].parts] == [180, 120, timing.LEGACY_EXTRA_S]


def test_upses_that_wait_for_their_loads_and_other_timings_have_steps_of_their_own() -> None:
    reference = site("reference")
    upses = {
        name: replace(ups, off=OffMode.AFTER_HALT, timing=Timing.LCD) if name in ("ups5", "ups6") else ups
        for name, ups in reference.upses.items()
    }
    way = [step for step in budget(replace(reference, upses=upses)).linked if step.spare_s is None]
    assert [(step.kind, step.seconds) for step in way] == [
        (Kind.CONFIRM, 30),
        (Kind.HALT_FIRST, 180),
        (Kind.OFF, 90),
        (Kind.FLUSH, 300),
    ]


def test_the_title_says_what_is_left_and_the_columns_say_of_what(played: Figure) -> None:
    assert title(played) == "The linked side needs 750 s of the 900 s: 150 s to spare"
    assert said(played, "number")[:2] == [
        "750 = 30 + 420 + 300 s",
        "141 s to spare when every look comes late",
    ]
    assert said(played, "rest") == ["150 s"]
    assert said(played, "limit") == ["30", "180", "420", "300", "150", "900", "300", "120", "180", "420"]
    assert said(played, "until")[:4] == ["30", "210", "450", "750"]


def test_what_the_run_took_stands_beside_its_limits(played: Figure) -> None:
    assert said(played, "run") == ["32", "90", "420", "192", "257", "903", "120", "60", "180", "420"]
    assert "this run: linked side off after 646 s, control stop 257 s later" in said(played, "number")
    assert len(patches(played, "taken")) == 10


def test_bars_are_to_scale_and_stand_where_their_seconds_are(played: Figure) -> None:
    (confirm,), (flush,) = patches(played, "bar-confirm"), patches(played, "bar-flush")
    per_s = confirm.width / 30
    assert flush.width == pytest.approx(300 * per_s, rel=0.01)
    assert flush.x0 - confirm.x0 == pytest.approx(450 * per_s, rel=0.01)


def test_a_shortfall_is_in_the_colour_of_alarm_with_its_number(short: Figure) -> None:
    assert title(short) == "The linked side needs 750 s, the control side waits 700 s: 50 s short"
    (rest,) = texts(short, "rest")
    assert rest.get_text() == "50 s short"
    assert to_hex(rest.get_color()) == ALARM.lower()
    assert "held for the linked side" in said(short, "step")


def test_a_flush_that_timed_out_and_other_settings_are_said() -> None:
    late = [replace(e, name="array.flush_timed_out") if e.name == "array.flushed" else e for e in recorded()]
    step = next(step for step in budget(site("reference")).linked if step.kind is Kind.FLUSH)
    taken = Run(late).taken(step)
    assert taken is not None
    assert taken.bad == ("linkeddisk",)
    assert Run(late, "another hash").other_settings
    assert not Run(late, str(late[0].details["site_hash"])).other_settings


@pytest.mark.parametrize(
    "of", ["played", "short", "hall", pytest.param("ten arrays", marks=pytest.mark.long)]
)
def test_no_text_covers_another_and_none_leaves_the_paper(of: str, request: pytest.FixtureRequest) -> None:
    if of in ("played", "short"):
        figure = request.getfixturevalue(of)
    else:
        figure = waterfall.draw(site("ten-arrays") if of == "ten arrays" else serial_hall())
    assert_readable(figure)


def test_many_arrays_in_series_share_a_row() -> None:
    flushes = [step for step in budget(serial_hall()).linked if step.kind is Kind.FLUSH]
    assert len(flushes) == 1
    assert len(flushes[0].who) == len(flushes[0].parts) == 38


def test_the_tightest_batteries_come_first_and_may_be_left_out(played: Figure) -> None:
    reference = site("reference")
    upses = {**reference.upses, "ups4": replace(reference.upses["ups4"], runtime_s=600.0)}
    first, *_ = held.lines(replace(reference, upses=upses))
    assert (first.upses, first.needs.total, first.has_s) == (("ups4",), 750.0, 600.0)
    assert said(played, "left") == ["+1320", "+750", "+1950", "+720"]
    assert not said(waterfall.draw(reference, batteries=False), "battery")


def test_a_run_of_another_site_is_refused() -> None:
    with pytest.raises(InputError, match="the run is of site reference, this is ver1"):
        waterfall.draw(site("ver1"), recorded())


def test_the_words_are_japanese_and_the_bytes_always_the_same(short: Figure, tmp_path: Path) -> None:
    with speaking("ja"):
        assert (
            conclusion(budget(site("reference")))
            == "連動側の停止に必要なのは 900 秒のうち 750 秒: 余裕 150 秒"
        )
    timeline.save(short, str(tmp_path / "one.svg"))
    timeline.save(waterfall.draw(lowered(700.0)), str(tmp_path / "two.svg"))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
