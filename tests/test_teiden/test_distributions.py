"""Distributions as people write them: bounds are kept, a higher draw is no lower value, text reads back."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from sim.chance import Stream
from teiden.files.amounts import Amount, amount
from teiden.files.distribution_reading import distribution
from teiden.files.distributions import Distribution, Exponential, LogNormal, Normal, Triangular, Uniform
from teiden.files.steps import stepped
from teiden.files.units import UnitError

WRITTEN: dict[str, dict[str, Any]] = {
    "hours": {"uniform": ["5m", "3h"]},
    "milliseconds": {"uniform": ["5ms", "50ms"]},
    "whole": {"uniform": [1, 6]},
    "decimal": {"uniform": [1.0, 1.5]},
    "clocks": {"normal": ["0s", "30s"]},
    "health": {"normal": ["80%", "10%"], "within": ["40.25%", "100%"]},
    "tail": {"normal": ["10C", "1C"], "within": ["14C", "20C"]},
    "boot": {"lognormal": ["180s", "300s"]},
    "boot within": {"lognormal": ["180s", "300s"], "within": ["90s", "10m"]},
    "flush": {"triangular": ["40MiB/s", "64MiB/s", "80MiB/s"]},
    "steep": {"triangular": ["1GiB", "1GiB", "12GiB"]},
    "outage": {"exponential": "20m"},
    "outage within": {"exponential": "20m", "within": ["1m", "6h"]},
    "load": {"uniform": ["300W", "1.2kW"]},
    "either": {"choice": ["ups1", "ups3", 7, True]},
    "weighted": {"choice": {"ups1": 1, "never": 0, "ups3": 3}},
    "shares": {"choice": {"done": "90%", "failed": "10%", "never": "0%"}},
}


def read(entry: dict[str, Any]) -> Distribution:
    form = next(key for key in entry if key != "within")
    return distribution(form, entry, ())


def rank(entry: dict[str, Any], value: object) -> Decimal:
    """Its place in the order of the distribution."""
    if "choice" in entry:
        return Decimal([str(v) for v in entry["choice"]].index(str(value)))
    return amount(value).number  # type: ignore[arg-type]


def bounds(entry: dict[str, Any]) -> list[Amount]:
    if "within" in entry:
        return [amount(end) for end in entry["within"]]
    ends = {"uniform": (0, 1), "triangular": (0, 2)}
    return [amount(entry[form][i]) for form, both in ends.items() if form in entry for i in both]


DRAWS = sorted([0.0, 2.0**-53, 1 - 2.0**-53, 1.0, *(Stream(1, "test", "vary")(n) for n in range(300))])
"""The ends of what can be drawn, and what is between them."""


@pytest.mark.parametrize("name", WRITTEN)
def test_a_higher_draw_is_never_a_lower_value(name: str) -> None:
    drawn = read(WRITTEN[name])
    ranks = [rank(WRITTEN[name], drawn.quantile(u)) for u in DRAWS]
    assert ranks == sorted(ranks)
    assert ranks[0] < ranks[-1]


@pytest.mark.parametrize("name", [name for name, entry in WRITTEN.items() if bounds(entry)])
def test_a_value_keeps_its_bounds(name: str) -> None:
    low, high = bounds(WRITTEN[name])
    drawn = read(WRITTEN[name])
    assert all(low.number <= amount(drawn.quantile(u)).number <= high.number for u in DRAWS)


@pytest.mark.parametrize("name", ["hours", "milliseconds", "whole", "decimal", "flush", "steep", "load"])
def test_the_ends_can_be_drawn_and_are_what_was_written(name: str) -> None:
    drawn = read(WRITTEN[name])
    assert [amount(drawn.quantile(u)).number for u in (0, 1)] == [b.number for b in bounds(WRITTEN[name])]


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("hours", r"\d+s"),
        ("milliseconds", r"\d+(\.\d)?ms"),
        ("whole", r"\d"),
        ("decimal", r"\d\.\d{1,3}"),
        ("clocks", r"-?\d+s"),
        ("health", r"\d+(\.\d\d?)?%"),
        ("boot", r"\d+s"),
        ("flush", r"\d\d(\.\d)?MiB/s"),
        ("steep", r"\d+(\.\d)?GiB"),
        ("load", r"\d+W"),
    ],
)
def test_a_value_is_written_as_people_write_it(name: str, shape: str) -> None:
    """So coarsely that no machine's last digit shows."""
    drawn = read(WRITTEN[name])
    assert [text for u in DRAWS if not re.fullmatch(shape, text := str(drawn.quantile(u)))] == []


@pytest.mark.parametrize(
    ("name", "middle"),
    [
        ("hours", "5550s"),
        ("milliseconds", "27.5ms"),
        ("whole", 4),
        ("decimal", 1.25),
        ("clocks", "0s"),
        ("health", "79.7%"),
        ("boot", "180s"),
        ("flush", "61.9MiB/s"),
        ("outage", "832s"),
        ("load", "750W"),
        ("either", 7),
        ("weighted", "ups3"),
        ("shares", "done"),
    ],
)
def test_the_middle_is_what_half_of_all_runs_lie_below(name: str, middle: object) -> None:
    assert read(WRITTEN[name]).quantile(0.5) == middle


def test_what_cannot_come_is_never_drawn() -> None:
    weighted, shares = read(WRITTEN["weighted"]), read(WRITTEN["shares"])
    draws = [n / 1000 for n in range(1000)] + [1 - 2**-53, 1.0]
    assert {weighted.quantile(u) for u in draws} == {"ups1", "ups3"}
    assert {shares.quantile(u) for u in draws} == {"done", "failed"}


def test_shapes_agree_with_what_is_known_of_them() -> None:
    """Values from the inverse functions worked out by hand, and from tables of the normal distribution."""
    assert Uniform(10, 20).at(0.25) == 12.5
    assert Triangular(0, 5, 10).at(0.125) == pytest.approx(2.5)
    assert Triangular(0, 5, 10).at(0.875) == pytest.approx(7.5)
    assert Exponential(100).at(0.5) == pytest.approx(69.3147, abs=1e-4)
    assert Exponential(100, 50).at(0.5) == pytest.approx(119.3147, abs=1e-4)  # no memory
    assert Exponential(100, 0, 100).at(1) == pytest.approx(100)
    assert Normal(80, 10).at(0.975) == pytest.approx(99.59964, abs=1e-5)
    assert Normal(0, 1, -1, 1).at(0.75) == pytest.approx(0.44177, abs=1e-5)
    assert Normal(0, 1, 6, 7).at(0.5) == pytest.approx(6.11136, abs=1e-4)
    assert LogNormal(180, 300).at(0.95) == pytest.approx(300)
    assert LogNormal(180, 300).at(0.05) == pytest.approx(180 * 180 / 300)
    assert LogNormal(180, 300, 0, 180).at(1) == pytest.approx(180)


@pytest.mark.parametrize(
    ("name", "edges", "counted", "shares"),
    [
        ("hours", (2700, 5400, 8100), [227, 263, 276, 234], [0.2286, 0.2571, 0.2571, 0.2571]),
        ("health", (70, 80, 90), [155, 352, 359, 134], [0.1624, 0.3493, 0.3493, 0.1390]),
        ("outage within", (600, 1200, 2400), [378, 245, 247, 130], [0.3624, 0.2509, 0.2444, 0.1423]),
    ],
)
def test_a_thousand_draws_fall_where_they_should(
    name: str, edges: tuple[float, ...], counted: list[int], shares: list[float]
) -> None:
    """Exact counts of seed 7; and they are what the distribution promises (chi-squared, 3 degrees, 95 %)."""
    drawn, stream = read(WRITTEN[name]), Stream(7, name, "vary")
    values = [amount(drawn.quantile(stream(n))).number for n in range(1000)]
    found = Counter(sum(value >= edge for edge in edges) for value in values)
    assert [found[n] for n in range(4)] == counted
    assert (
        sum((n - 1000 * share) ** 2 / (1000 * share) for n, share in zip(counted, shares, strict=True)) < 7.81
    )


@pytest.mark.parametrize(
    ("entry", "count", "ends"),
    [
        ({"from": "0s", "to": "3600s", "step": "1s"}, 3601, ["0s", "3600s"]),
        ({"from": "0s", "to": "1h", "step": "7m"}, 9, ["0s", "3360s"]),
        ({"from": "50%", "to": "100%", "step": "12.5%"}, 5, ["50%", "100%"]),
        ({"from": 1, "to": 9, "step": 4}, 3, [1, 9]),
        ({"from": 0.1, "to": 0.3, "step": 0.1}, 3, [0.1, 0.3]),
        ({"from": "5m", "to": "5m", "step": "1s"}, 1, ["300s", "300s"]),
        ({"from": "512MiB", "to": "2GiB", "step": "512MiB"}, 4, ["512MiB", "2048MiB"]),
        ({"from": "-90s", "to": "90s", "step": "30s"}, 7, ["-90s", "90s"]),
    ],
)
def test_an_axis_written_short_has_both_ends(entry: dict[str, Any], count: int, ends: list[object]) -> None:
    values = stepped(entry, ())
    assert (len(values), [values[0], values[-1]]) == (count, ends)
    assert len(set(values)) == count


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("1h30m", "a duration", 5400),
        ("-90s", "a duration", -90),
        ("250ms", "a duration", Decimal("0.25")),
        ("140%", "a percentage", 140),
        ("1.5GiB", "a size", Decimal("1.5") * 2**30),
        ("64MiB/s", "a rate", 64 * 2**20),
        ("1.2kW", "a power", 1200),
        ("-5°C", "a temperature", -5),
        (3, "a bare number", 3),
        (2.5, "a bare number", Decimal("2.5")),
    ],
)
def test_an_amount_is_read_exactly(text: str | float, kind: str, number: Decimal) -> None:
    assert (amount(text).kind, amount(text).number) == (kind, number)


@pytest.mark.parametrize(
    "text", ["", "5 m", "m", "30sec", "5m5%", "30s5m", "5m5m", "1e5s", True, None, "--5s", "5.s"]
)
def test_what_is_no_amount_is_refused(text: Any) -> None:
    with pytest.raises(UnitError):
        amount(text)
