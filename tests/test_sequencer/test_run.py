"""One life of the sequencer: what it starts ends with it, how it waits, what it may send."""

from __future__ import annotations

import pytest

from sequencer import conditions as when
from sequencer.guards import Refusal
from sequencer.journal import Kind, Row
from sequencer.ports import ClusterState, ClusterStatus, Steps
from sequencer.run import Run
from tests.hands import NO, HandRoom


def ticking(run: Run, ticks: list[float]) -> Steps[None]:
    while True:
        yield run.env.timeout(1)
        ticks.append(run.now)


def allowed() -> Refusal | None:
    return None


def test_a_life_that_ends_stops_everything_it_started(by_hand: HandRoom) -> None:
    run, ticks = by_hand.run, []

    def page() -> Steps[None]:
        run.spawn(ticking(run, ticks))
        yield from run.together(ticking(run, ticks), ticking(run, ticks))

    run.spawn(page())
    by_hand.until(2.5)
    assert ticks == [1, 1, 1, 2, 2, 2]
    run.end()
    by_hand.until(10)
    assert len(ticks) == 6
    assert run.over


def test_a_life_that_ends_lets_go_of_what_it_waited_for(by_hand: HandRoom) -> None:
    run, port = by_hand.run, by_hand.upses["ups1"]

    def waits() -> Steps[None]:
        yield from run.wait(port.until(when.ON_BATTERY), port.until(when.OUTPUT_OFF), by_s=1000)

    run.spawn(waits())
    run.spawn(run.until(lambda: False))
    assert len(port.watchers) == 2
    run.end()
    assert port.watchers == []
    port.lose_mains()
    run.announce()
    by_hand.env.run()


def test_a_life_that_ended_starts_nothing(by_hand: HandRoom) -> None:
    by_hand.run.end()
    with pytest.raises(AssertionError, match="ended"):
        by_hand.run.spawn(by_hand.run.pause(1))


def test_a_life_that_ended_sends_nothing_it_had_in_hand(by_hand: HandRoom) -> None:
    """Killed between the write-ahead row and the command: the command is never sent."""
    run, ups = by_hand.run, by_hand.upses["ups5"]

    def steps() -> Steps[None]:
        yield from run.commit(Kind.OFF_ARMED, "ups5", falls_in_s=420.0)
        yield from run.command("ups5", "off", ups.switch_on, allowed)

    run.spawn(steps())
    by_hand.until(0.004)
    run.end()
    by_hand.env.run()
    assert ups.sent == []


def test_a_life_may_end_from_within_one_of_its_tasks(by_hand: HandRoom) -> None:
    run, ticks, after = by_hand.run, [], []

    def dies() -> Steps[None]:
        yield run.env.timeout(1.5)
        run.end()
        yield run.env.timeout(0)
        after.append("never")

    run.spawn(ticking(run, ticks))
    run.spawn(dies())
    by_hand.until(10)
    assert ticks == [1]
    assert after == []


def test_together_is_done_when_all_are(by_hand: HandRoom) -> None:
    run, done = by_hand.run, []

    def steps() -> Steps[None]:
        yield from run.together(run.pause(3), run.pause(1), run.pause(0))
        done.append(run.now)

    run.spawn(steps())
    by_hand.env.run()
    assert done == [3]


def test_a_race_closes_the_losers_and_tells_the_winner(by_hand: HandRoom) -> None:
    run, ticks, won = by_hand.run, [], []

    def steps() -> Steps[None]:
        won.append((yield from run.race(ticking(run, ticks), run.pause(2.5))))

    run.spawn(steps())
    by_hand.until(10)
    assert won == [1]
    assert ticks == [1, 2]


def test_a_race_that_is_won_at_once_closes_the_losers(by_hand: HandRoom) -> None:
    run, ticks, won = by_hand.run, [], []

    def steps() -> Steps[None]:
        won.append((yield from run.race(ticking(run, ticks), run.pause(0))))

    run.spawn(steps())
    by_hand.until(5)
    assert won == [1]
    assert ticks == []


def test_the_losers_of_a_race_close_with_all_that_they_started(by_hand: HandRoom) -> None:
    run, ticks = by_hand.run, []

    def loser() -> Steps[None]:
        yield from run.together(ticking(run, ticks), ticking(run, ticks))

    def steps() -> Steps[None]:
        yield from run.race(loser(), run.pause(1.5))

    run.spawn(steps())
    by_hand.until(9)
    assert ticks == [1, 1]


def test_a_wait_ends_at_its_time_with_nothing(by_hand: HandRoom) -> None:
    run, port, got = by_hand.run, by_hand.upses["ups1"], []

    def steps() -> Steps[None]:
        got.append((yield from run.wait(port.until(when.ON_BATTERY), by_s=5)))
        got.append(run.now)

    run.spawn(steps())
    by_hand.env.run()
    assert got == [None, 5]
    assert port.watchers == [], "nobody waits for it any more"


def test_a_wait_whose_time_is_over_withdraws_its_answers(by_hand: HandRoom) -> None:
    run, port = by_hand.run, by_hand.upses["ups1"]
    by_hand.until(10)
    run.spawn(run.wait(port.until(when.ON_BATTERY), by_s=5))
    assert port.watchers == []


def test_until_looks_again_at_every_announcement(by_hand: HandRoom) -> None:
    run, facts, done = by_hand.run, set(), []

    def steps() -> Steps[None]:
        yield from run.until(lambda: "ups5" in facts)
        done.append(run.now)

    run.spawn(steps())
    by_hand.until(1)
    run.announce()
    by_hand.until(2)
    assert done == []
    facts.add("ups5")
    run.announce()
    by_hand.until(3)
    assert done == [2]


def test_a_row_is_durable_before_it_counts_and_is_copied_to_the_peer(by_hand: HandRoom) -> None:
    run = by_hand.run
    run.spawn(run.commit(Kind.DECLARED, "reference", was_running=["blade1"]))
    assert not run.facts.open
    by_hand.until(1)
    assert run.facts.open
    assert [row.kind for row in by_hand.journal.kept] == [Kind.DECLARED]
    assert by_hand.peers["control2"].copies == by_hand.journal.kept


def test_s9_a_row_that_stands_in_the_journal_counts_though_the_page_that_wrote_it_was_left(
    by_hand: HandRoom,
) -> None:
    """The next life would read it, and stop for an outage of which nobody has heard."""
    run, journal = by_hand.run, by_hand.journal
    page = run.spawn(run.commit(Kind.CONFIRMED, "ups4"))
    beside = run.spawn(run.until(lambda: "ups4" in run.facts.confirmed, "ups4"))
    page.close()
    by_hand.until(1)
    assert run.facts.confirmed == {row.subject for row in journal.kept} == {"ups4"}
    assert [e["kind"] for e in by_hand.told("journal.committed", "ups4")] == ["confirmed"]
    assert by_hand.peers["control2"].copies == journal.kept
    assert beside.over


def test_c1_of_what_was_being_written_when_the_service_died_it_says_nothing(by_hand: HandRoom) -> None:
    run = by_hand.run
    run.spawn(run.commit(Kind.CONFIRMED, "ups4"))
    run.end()
    by_hand.until(1)
    assert run.facts.confirmed == set()
    assert by_hand.told("journal.committed") == []


def test_s13_a_node_that_does_not_command_sends_nothing(by_hand: HandRoom) -> None:
    run, ups = by_hand.run, by_hand.upses["ups5"]
    run.commands = False
    run.spawn(run.command("ups5", "on", ups.switch_on, allowed))
    by_hand.until(1)
    assert ups.sent == []
    assert by_hand.told("command.refused")[0]["rule"] == "S13"


def test_s14_a_node_whose_group_has_moved_sends_nothing(by_hand: HandRoom) -> None:
    run, ups = by_hand.run, by_hand.upses["ups5"]
    by_hand.cluster.show(ClusterStatus(ClusterState.RUNNING, "control2"))
    run.spawn(run.command("ups5", "on", ups.switch_on, allowed))
    by_hand.until(1)
    assert ups.sent == []
    assert by_hand.told("command.refused")[0]["rule"] == "S13"


def test_a_refusal_is_told_with_its_rule_and_reason_and_only_once(by_hand: HandRoom) -> None:
    run, ups = by_hand.run, by_hand.upses["ups5"]
    for _ in range(3):
        run.spawn(run.command("ups5", "on", ups.switch_on, lambda: Refusal("S7", "mains not stable")))
    by_hand.until(1)
    assert ups.sent == []
    (told,) = by_hand.told("command.refused")
    assert (told["rule"], told["reason"], told["command"]) == ("S7", "mains not stable", "on")


def test_a_command_that_the_device_refuses_is_told_with_its_words(by_hand: HandRoom) -> None:
    run, ups = by_hand.run, by_hand.upses["ups5"]
    ups.replies = [NO]
    run.spawn(run.command("ups5", "on", ups.switch_on, allowed))
    by_hand.until(1)
    assert by_hand.told("command.sent", "ups5")
    assert by_hand.told("command.failed")[0]["reason"] == "badValue"


def test_s27_a_held_device_gets_no_command_by_whatever_way(by_hand: HandRoom) -> None:
    """The steps wait for its release; this is the last gate, for all that is no step."""
    run, blade1 = by_hand.run, by_hand.servers["blade1"]
    details = {"held": True, "cause": "request-1", "wall_s": run.wall_s()}
    run.spawn(run.commit(Kind.HELD, "blade1", **details))
    by_hand.until(1)
    sent = run.spawn(run.command("blade1", "force", blade1.force, allowed))
    by_hand.until(2)
    assert not sent.value.ok
    assert blade1.sent == []
    (refused,) = by_hand.told("command.refused")
    assert refused["rule"] == "S27"


def test_s14_a_command_says_for_which_incident_it_is(by_hand: HandRoom) -> None:
    run, ups = by_hand.run, by_hand.upses["ups5"]
    run.facts.epoch = 3
    run.spawn(run.command("ups5", "on", ups.switch_on, allowed))
    by_hand.until(1)
    assert by_hand.told("command.sent")[0]["epoch"] == 3


def test_s14_a_later_incident_of_a_peer_is_said_once(by_hand: HandRoom) -> None:
    rows = [Row(Kind.CONFIRMED, ups, 2, "control2/1", 5.0) for ups in ("ups4", "ups5")]
    by_hand.run.hear(rows[0])
    by_hand.run.hear(rows[1])
    assert [told["epoch"] for told in by_hand.told("journal.heard")] == [2]


def test_l4_an_incident_of_the_same_number_that_was_not_known_to_be_open_is_said_once(
    by_hand: HandRoom,
) -> None:
    """Both nodes counted by themselves, parted: one declared an outage, the other planned a stop."""
    run = by_hand.run
    run.spawn(run.commit(Kind.PLANNED, "nightly/2026-11-20/off"))
    by_hand.until(1)
    assert (run.facts.epoch, by_hand.told("journal.heard")) == (1, [])
    declared = Row(Kind.DECLARED, "reference", 1, "control2/1", 5.0, {"was_running": []})
    run.hear(declared)
    run.hear(declared)
    assert [told["epoch"] for told in by_hand.told("journal.heard")] == [1]


def test_s11_the_oldest_reading_that_a_guard_needs_says_how_old_it_is(by_hand: HandRoom) -> None:
    run, upses = by_hand.run, by_hand.upses
    upses["ups5"].fall_silent()
    by_hand.until(7)
    assert run.age(upses["ups4"], upses["ups5"]) == {"age_s": 7.0}
    assert run.age(upses["ups4"]) == {"age_s": 0.0}


def test_s11_what_was_never_read_has_no_age(by_hand: HandRoom) -> None:
    by_hand.upses["ups5"].status = None
    assert by_hand.run.age(by_hand.upses["ups5"]) == {}
    assert by_hand.run.age() == {}
