"""What makes an expectation true, and what is said when it is not."""

from __future__ import annotations

from typing import Any

import pytest

from teiden.judge.verdict import Status


def test_every_expectation_of_the_reference_story_holds(outage: Any) -> None:
    results = [
        outage.at("outage.confirmed ups4", 30),
        outage.at("command.sent ups5 command=off", 30),
        outage.at("ups.output_off ups5", 450),
        outage.at("cluster.stopping ssccluster", 900),
        *outage.before(
            "server.halted every linked < ups.output_off ups5 "
            "< array.flushing linkeddisk < array.flushed linkeddisk"
        ),
        *outage.before("ups.output_off ups4 < 100s < cluster.stopping ssccluster"),
        *outage.before("server.halted every control < ups.output_off ups3 < ups.output_off ups1"),
        *outage.before(
            "mains.restored utility < server.up every control "
            "< array.ready controldisk < cluster.running ssccluster"
        ),
        *outage.before("cluster.running ssccluster < array.ready linkeddisk < server.booting every linked"),
        outage.within("ups.output_off ups4", "10s after array.flushed linkeddisk"),
        outage.within("server.up every linked", "25m after mains.restored utility"),
        outage.never("array.flushing controldisk"),
        outage.never("server.booting every pool"),
        outage.count("command.sent ssccluster command=restart", 1),
        outage.finally_("server.up every linked"),
        outage.finally_("cluster.running ssccluster"),
        outage.finally_("ups.on_line every ups"),
    ]

    assert [result.sentence for result in results if result.status is not Status.HELD] == []


# at


def test_at_counts_from_the_loss_of_mains(outage: Any) -> None:
    assert outage.at("ups.output_off ups5", 452, tolerance_s=0).ok
    assert not outage.at("ups.output_off ups5", 1052).ok


def test_at_is_told_with_its_tolerance_and_what_it_was(outage: Any) -> None:
    result = outage.moved("cluster.stopping", 756).at("cluster.stopping ssccluster", 900)

    assert result.sentence == "cluster.stopping ssccluster expected at 900 s (10 s either way), was 756 s"
    assert [event.name for event in result.events] == ["cluster.stopping"]


def test_at_means_the_first_one(outage: Any) -> None:
    assert outage.plus("460 room ups.output_off ups5").at("ups.output_off ups5", 452).ok


def test_at_with_every_names_those_that_are_off(outage: Any) -> None:
    result = outage.moved("server.halted rack2", 200).at("server.halted every linked", 122)

    assert result.happened == "was 200 s (rack2)"


def test_at_says_what_never_happened(outage: Any) -> None:
    result = outage.without("server.halted rack2").at("server.halted every linked", 122)

    assert result.happened == "server.halted rack2 never happened"


def test_what_happened_before_the_loss_of_mains_does_not_count(outage: Any) -> None:
    early = outage.plus("-300 room server.halted bladepool", "700 room server.halted bladepool")

    assert early.at("server.halted bladepool", 700).ok
    assert early.count("server.halted bladepool", 1).ok


# before


def test_a_gap_that_is_too_small_is_told_in_seconds(outage: Any) -> None:
    late = outage.moved("ups.output_off ups4", 754).moved("cluster.stopping", 756)
    (result,) = late.before("ups.output_off ups4 < 100s < cluster.stopping ssccluster")

    assert result.expected == "ups.output_off ups4 < 100s < cluster.stopping ssccluster"
    assert result.happened == "754 s, then 756 s: 2 s apart, 98 s too close"
    assert [event.name for event in result.events] == ["ups.output_off", "cluster.stopping"]


def test_the_wrong_way_round_names_which_came_first(outage: Any) -> None:
    (result,) = outage.moved("cluster.stopping", 600).before(
        "ups.output_off ups4 < cluster.stopping ssccluster"
    )

    assert result.happened == (
        "cluster.stopping ssccluster came first: 600 s, ups.output_off ups4 only at 646 s: 46 s too late"
    )


def test_in_one_instant_the_order_of_the_stream_decides(outage: Any) -> None:
    (right,) = outage.before("array.flushed linkeddisk < ups.output_off ups4")
    (wrong,) = outage.before("ups.output_off ups4 < array.flushed linkeddisk")

    assert right.ok
    assert "in the same instant, but after it" in wrong.happened


def test_every_before_means_the_last_of_them_before_any_of_those(outage: Any) -> None:
    (result,) = outage.moved("server.halted rack1", 460).before(
        "server.halted every linked < ups.output_off ups5"
    )

    assert not result.ok
    assert "server.halted rack1 only at 460 s" in result.happened


def test_a_missing_end_of_a_pair_is_named(outage: Any) -> None:
    (first,) = outage.without("array.flushed").before("array.flushed linkeddisk < ups.output_off ups4")
    (second,) = outage.without("output_off ups4").before("array.flushed linkeddisk < ups.output_off ups4")

    assert first.happened == "array.flushed linkeddisk never happened"
    assert second.happened == "ups.output_off ups4 never happened"


# within


def test_within_counts_from_the_first_event_after_the_other(outage: Any) -> None:
    result = outage.moved("ups.output_off ups4", 660).within(
        "ups.output_off ups4", "10s after array.flushed linkeddisk"
    )

    assert result.happened == "646 s, then 660 s: 14 s later, 4 s too late"


def test_within_is_not_met_by_what_came_before(outage: Any) -> None:
    result = outage.moved("ups.output_off ups4", 640).within(
        "ups.output_off ups4", "10s after array.flushed linkeddisk"
    )

    assert result.happened == "ups.output_off ups4 never happened after array.flushed linkeddisk at 646 s"


def test_within_of_every_names_the_last(outage: Any) -> None:
    result = outage.moved("server.up rack2", 8900).within(
        "server.up every linked", "25m after mains.restored utility"
    )

    assert result.happened == "7200 s, then 8900 s (rack2): 1700 s later, 200 s too late"


# never, count, finally


def test_never_means_the_whole_run_the_time_before_the_loss_too(outage: Any) -> None:
    result = outage.plus("-300 room server.crashed rackpool", "10 room server.crashed bladepool").never(
        "server.crashed"
    )

    assert result.happened == "server.crashed rackpool at -300 s, and 1 more"


def test_count_is_exact(outage: Any) -> None:
    twice = outage.plus("7690 control1 command.sent ssccluster command=restart")
    result = twice.count("command.sent ssccluster command=restart", 1)

    assert result.sentence == "once command.sent ssccluster command=restart: 2 instead of 1"
    assert outage.count("command.sent linkeddisk command=stop", 0).ok


def test_count_of_every_counts_each(outage: Any) -> None:
    assert outage.count("server.halted every linked", 1).ok
    result = outage.plus("9000 room server.halted rack2").count("server.halted every linked", 1)
    assert result.happened == "2 of rack2 instead of 1 of each"


def test_finally_is_the_state_at_the_end(outage: Any) -> None:
    result = outage.without("server.up rack2").finally_("server.up every linked")

    assert result.happened == "rack2 is booting since 8276 s"


def test_finally_knows_the_state_at_the_start(outage: Any) -> None:
    assert outage.finally_("server.halted every pool").ok
    assert outage.finally_("mains.present utility" if False else "mains.restored utility").ok


def test_details_are_compared_as_numbers_where_they_are_numbers(outage: Any) -> None:
    assert outage.count("command.sent ups5 falls_in_s=420", 1).ok
    assert outage.count("command.sent ups5 falls_in_s=421", 0).ok
    assert outage.count("command.sent ups5 by=control2", 0).ok


def test_a_role_nobody_has_makes_an_expectation_not_applicable(outage: Any) -> None:
    servers = {n: s for n, s in outage.site.servers.items() if not n.endswith("pool")}
    result = outage.at_site(servers=servers).never("server.booting every pool")

    assert result.status is Status.NOT_APPLICABLE
    assert result.ok


@pytest.mark.parametrize(("late_s", "ok"), [(462.0, True), (462.2, False)])
def test_the_tolerance_itself_still_holds(outage: Any, late_s: float, ok: bool) -> None:
    assert outage.moved("ups.output_off ups5", late_s).at("ups.output_off ups5", 452).ok is ok
