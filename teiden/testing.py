"""Stories in Python, as good as in YAML: play one, and say what must be true of it.

    from teiden.testing import assert_before, assert_holds, assert_within, play

    run = play("scenarios/site-outage.yaml")
    assert_holds(run)
    assert_before(run, "ups.output_off ups4", "cluster.stopping ssccluster", gap="100s")
    assert_within(run, "ups.output_off ups4", "10s", after="array.flushed linkeddisk")

Events, subjects, units and times are those of a story's `expect:` and are read by the same reader: `EVENT
[SUBJECT | every ROLE] [key=value ...]`, `10s`, counted from the first loss of mains. A word that cannot be
right raises `BadExpression` and says what is allowed; so no assertion holds by a slip of the pen.

To write a story in Python as well, see `Room`; in a test it is the fixture `room`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from teiden.harness.played import BadExpression, Played, play
from teiden.harness.room import Moment, Room
from teiden.language.say import t

if TYPE_CHECKING:
    from teiden.files.source import Place
    from teiden.harness.played import Read
    from teiden.judge.expectations import Expectation
    from teiden.judge.names import Names
    from teiden.judge.verdict import ExpectationResult

    Parse = Callable[[str, Place, Names], Sequence[Expectation]]

__all__ = [
    "BadExpression",
    "Moment",
    "Played",
    "Room",
    "assert_at",
    "assert_before",
    "assert_count",
    "assert_finally",
    "assert_holds",
    "assert_never",
    "assert_within",
    "play",
]

TOLERANCE = "10s"
"""As in a story that does not say otherwise."""


def assert_holds(run: Played) -> None:
    """Everything its story expects came true, and every invariant held, or broke as declared."""
    __tracebackhide__ = True
    if not run.holds:
        raise AssertionError(run.why_not())


def assert_before(run: Played, first: str, *then: str, gap: str | None = None) -> None:
    """The first `first` comes before any `then`, and so on; at least `gap` before, where one is given.

    assert_before(run, "array.flushed linkeddisk", "ups.output_off ups4", "cluster.stopping ssccluster")
    assert_before(run, "ups.output_off ups4", "cluster.stopping ssccluster", gap="100s")
    assert_before(run, "ups.output_off ups4 < 100s < cluster.stopping ssccluster")
    """
    __tracebackhide__ = True
    from teiden.judge.language import parse_before

    chain = (" < " if gap is None else f" < {gap} < ").join((first, *then))
    _assert(run, lambda names: parse_before(chain, _place(), names))


def assert_within(run: Played, what: str, limit: str, *, after: str) -> None:
    """The first `what` after `after` comes no later than `limit` after it.

    assert_within(run, "ups.output_off ups4", "10s", after="array.flushed linkeddisk")
    """
    __tracebackhide__ = True
    from teiden.judge.language import parse_within

    _assert(run, lambda names: parse_within(what, f"{limit} after {after}", _place(), names))


def assert_at(run: Played, what: str, time: str, *, tolerance: str = TOLERANCE) -> None:
    """The first `what` comes at this time after the first loss of mains, give or take.

    assert_at(run, "ups.output_off ups5", "450s")
    """
    __tracebackhide__ = True
    from teiden.judge.language import parse_at

    at_s, tolerance_s = _seconds("time", time), _seconds("tolerance", tolerance)
    _assert(run, lambda names: parse_at(what, at_s, tolerance_s, _place(), names))


def assert_never(run: Played, *what: str) -> None:
    """Nothing of it happens in the whole run.

    assert_never(run, "server.crashed", "array.lost_data", "server.booting every pool")
    """
    __tracebackhide__ = True
    from teiden.judge.language import parse_never

    _assert(run, _each(parse_never, what))


def assert_count(run: Played, what: str, times: int) -> None:
    """It happens so many times from the first loss of mains on; with `every`, to each of them.

    assert_count(run, "command.sent ssccluster command=restart", 1)
    """
    __tracebackhide__ = True
    from teiden.judge.language import parse_count

    if type(times) is not int or times < 0:
        raise BadExpression(f"times: `{times}` is not a number of times; a whole number from 0 on")
    _assert(run, lambda names: parse_count(what, times, _place(), names))


def assert_finally(run: Played, *what: str) -> None:
    """When the run ends, each is in the state that this event sets.

    assert_finally(run, "server.up every linked", "cluster.running")
    """
    __tracebackhide__ = True
    from teiden.judge.language import parse_finally

    _assert(run, _each(parse_finally, what))


# How they do it


def _assert(run: Played, read: Read) -> None:
    __tracebackhide__ = True
    broken = [result for result in run.results(read) if not result.ok]
    if not broken:
        return
    around = run.around([event for result in broken for event in result.events])
    raise AssertionError("\n".join([*(line for result in broken for line in _told(result)), "", around]))


def _told(result: ExpectationResult) -> list[str]:
    from teiden.judge.expectations import At

    if isinstance(result.expectation, At):
        return [result.sentence]
    return [t("expected {what}", what=result.expected), t("was {what}", what=result.happened)]


def _each(parse: Parse, texts: Sequence[str]) -> Read:
    __tracebackhide__ = True
    if not texts:
        raise BadExpression("nothing is named; at least one event, e.g. `server.crashed`")
    return lambda names: [e for text in texts for e in parse(text, _place(), names)]


def _seconds(what: str, text: str) -> float:
    __tracebackhide__ = True
    from teiden.files.units import UnitError, duration_s

    try:
        return duration_s(text)
    except UnitError as error:
        raise BadExpression(f"{what}: {error}") from None


def _place() -> Place:
    """An expectation that stands in no file: the traceback names its line."""
    from teiden.files.source import Place

    return Place("assertion")
