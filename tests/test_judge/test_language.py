"""What a story may write, and how a slip of the pen is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Site
from teiden.files.source import Place
from teiden.judge import language
from teiden.judge.expectations import Pattern
from teiden.judge.language import LanguageError
from teiden.judge.names import Names


def wrong(parse: Callable[[], Any]) -> LanguageError:
    with pytest.raises(LanguageError) as caught:
        parse()
    return caught.value


def test_a_pattern_names_an_event_its_subject_and_details(names: Names) -> None:
    assert language.parse_pattern("cluster.running", names) == Pattern("cluster.running")
    assert language.parse_pattern("ups.output_off ups5", names) == Pattern("ups.output_off", "ups5")
    assert language.parse_pattern("server.up every linked", names) == Pattern("server.up", every="linked")
    assert language.parse_pattern("command.sent ups5 command=off how=now", names) == Pattern(
        "command.sent", "ups5", "", {"command": "off", "how": "now"}
    )
    assert language.parse_pattern("command.sent command=off by=control1", names) == Pattern(
        "command.sent", "", "", {"command": "off", "by": "control1"}
    )


def test_a_detail_with_blanks_stands_in_quotes(names: Names) -> None:
    pattern = language.parse_pattern('outage.confirmed ups4 because="on battery 30 s"', names)

    assert pattern.details == {"because": "on battery 30 s"}


def test_a_pattern_is_written_as_it_was_read(names: Names) -> None:
    for text in ("server.up every linked", "command.sent ups5 command=off", "server.crashed"):
        assert str(language.parse_pattern(text, names)) == text


def test_a_chain_is_several_adjacent_pairs_at_one_place(names: Names, place: Place) -> None:
    pairs = language.parse_before(
        "server.halted every linked < ups.output_off ups5 < 5s < array.flushing linkeddisk", place, names
    )

    assert [pair.text for pair in pairs] == [
        "server.halted every linked < ups.output_off ups5",
        "ups.output_off ups5 < 5s < array.flushing linkeddisk",
    ]
    assert [pair.gap_s for pair in pairs] == [0.0, 5.0]
    assert {pair.place for pair in pairs} == {place}


def test_a_chain_needs_no_blanks_around_its_signs(names: Names, place: Place) -> None:
    (pair,) = language.parse_before("ups.output_off ups4<1m40s<cluster.stopping ssccluster", place, names)

    assert pair.gap_s == 100.0


@pytest.mark.parametrize(
    ("chain", "message", "offset"),
    [
        ("ups.output_off ups4", "nothing to compare", 0),
        ("ups.output_off ups4 < 100 < cluster.stopping ssccluster", "no unit", 22),
        ("100s < cluster.stopping ssccluster", "stands alone", 0),
        ("ups.output_off ups4 < 5s < 5s < cluster.stopping", "stands alone", 27),
        ("ups.output_off ups4 < 100s", "ends in a gap", 22),
        ("ups.output_off ups4 < < cluster.stopping", "missing", 22),
        ("ups.output_off ups4 > cluster.stopping", "means nothing", 20),
        ("ups.output_off ups4 <= cluster.stopping", "means nothing", 20),
        ("", "nothing to compare", 0),
    ],
)
def test_a_chain_that_says_nothing_is_refused_at_its_place(
    chain: str, message: str, offset: int, names: Names, place: Place
) -> None:
    error = wrong(lambda: language.parse_before(chain, place, names))

    assert message in error.message
    assert error.offset == offset
    assert error.text == chain


def test_an_unknown_event_is_answered_with_the_one_that_was_meant(names: Names) -> None:
    error = wrong(lambda: language.parse_pattern("ups.output_of ups5", names))

    assert error.message == "no event is called `ups.output_of`"
    assert "did you mean `ups.output_off`?" in error.allowed
    assert (error.offset, error.width) == (0, len("ups.output_of"))


def test_an_event_of_an_unknown_family_is_answered_with_the_families(names: Names) -> None:
    assert "mains, ups" in wrong(lambda: language.parse_pattern("upss", names)).allowed


def test_an_unknown_subject_is_answered_with_those_there_are(names: Names) -> None:
    error = wrong(lambda: language.parse_pattern("array.ready linkdisk", names))

    assert error.message == "no array is called `linkdisk`"
    assert "did you mean `linkeddisk`?" in error.allowed
    assert "controldisk" in error.allowed
    assert error.offset == len("array.ready ")


def test_a_subject_of_the_wrong_kind_is_told_what_it_is(names: Names) -> None:
    error = wrong(lambda: language.parse_pattern("ups.output_off blade1", names))

    assert error.message == "blade1 is a server; ups.output_off happens to a UPS"
    assert "ups1" in error.allowed


@pytest.mark.parametrize(
    "text", ["server.up every ups", "ups.output_off every linked", "server.up every linkd"]
)
def test_a_role_that_does_not_fit_the_event_is_refused(text: str, names: Names) -> None:
    assert "nothing that" in wrong(lambda: language.parse_pattern(text, names)).message


def test_every_without_a_role_is_refused(names: Names) -> None:
    error = wrong(lambda: language.parse_pattern("server.up every", names))

    assert error.allowed == "every linked | control | pool | server | node"


@pytest.mark.parametrize(
    ("event", "role", "expected"),
    [
        ("server.up", "linked", ("blade1", "blade2", "rack1", "rack2")),
        ("server.up", "control", ("control1", "control2")),
        ("server.up", "node", ("control1", "control2")),
        ("server.up", "pool", ("bladepool", "rackpool")),
        ("command.sent", "linked", ("blade1", "blade2", "rack1", "rack2")),
        ("array.ready", "linked", ("linkeddisk",)),
        ("array.ready", "control", ("controldisk",)),
        ("array.ready", "array", ("controldisk", "linkeddisk")),
        ("ups.on_line", "ups", ("ups1", "ups2", "ups3", "ups4", "ups5", "ups6")),
        ("mains.lost", "feed", ("utility",)),
    ],
)
def test_every_means_each_of_a_role(event: str, role: str, expected: tuple[str, ...], names: Names) -> None:
    assert names.each(event, role) == expected


def test_mains_are_those_of_a_feed_or_of_one_ups(names: Names) -> None:
    assert language.parse_pattern("mains.lost ups4", names).subject == "ups4"
    assert language.parse_pattern("mains.lost utility", names).subject == "utility"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("command.sent ups5 comand=off", "has no detail `comand`", "did you mean `command`?"),
        ("command.sent ups5 command=of", "command is never `of`", "did you mean `off`?"),
        ("command.sent ups5 ups6", "one name too many", "key=value"),
        ("server.halted blade1 forced=yes", "forced is never `yes`", "true, false"),
    ],
)
def test_a_detail_that_cannot_be_is_refused(text: str, message: str, hint: str, names: Names) -> None:
    error = wrong(lambda: language.parse_pattern(text, names))

    assert message in error.message
    assert hint in error.allowed


def test_within_has_a_limit_and_an_event_to_count_from(names: Names, place: Place) -> None:
    (expected,) = language.parse_within(
        "ups.output_off ups4", "10s after array.flushed linkeddisk", place, names
    )

    assert expected.limit_s == 10.0
    assert str(expected.after) == "array.flushed linkeddisk"
    assert expected.text == "ups.output_off ups4 within 10s after array.flushed linkeddisk"


@pytest.mark.parametrize(
    ("limit", "message", "offset"),
    [
        ("10s", "not a limit after an event", 0),
        ("10 after array.flushed linkeddisk", "no unit", 0),
        ("10s after array.flushd linkeddisk", "no event", 10),
        ("10s after array.flushed ups4", "ups4 is a UPS", 24),
    ],
)
def test_a_limit_that_is_none_is_refused_in_its_own_text(
    limit: str, message: str, offset: int, names: Names, place: Place
) -> None:
    error = wrong(lambda: language.parse_within("ups.output_off ups4", limit, place, names))

    assert message in error.message
    assert error.offset == offset
    assert error.text == limit


def test_finally_takes_only_events_that_set_a_state(names: Names, place: Place) -> None:
    error = wrong(lambda: language.parse_finally("command.sent ups5", place, names))
    assert error.message == "command.sent sets no state to end in"

    error = wrong(lambda: language.parse_finally("cluster.failed_over ssccluster", place, names))
    assert "cluster.running" in error.allowed


def test_finally_needs_to_know_whose_state(names: Names, place: Place) -> None:
    assert language.parse_finally("cluster.running", place, names)[0].what.subject == "ssccluster"
    assert "of what?" in wrong(lambda: language.parse_finally("server.up", place, names)).message
    with_detail = wrong(lambda: language.parse_finally("server.halted blade1 forced=true", place, names))
    assert with_detail.message == "a state has no details"


def test_a_role_nobody_has_is_no_mistake(site: Site) -> None:
    without_pool = {n: s for n, s in site.servers.items() if not n.endswith("pool")}
    names = Names(replace(site, servers=without_pool))

    assert names.each("server.booting", "pool") == ()
    assert language.parse_pattern("server.booting every pool", names).every == "pool"
