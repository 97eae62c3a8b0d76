"""A broken journal allows only what needs no memory (C5, S30); whoever may not send, sends nothing (X-12)."""

from __future__ import annotations

from typing import Any

import pytest

from sequencer.array_off import flush_and_cut
from sequencer.duty import is_called
from sequencer.guards import Refusal
from sequencer.journal import Kind, Row
from sequencer.outage import switch_off
from sequencer.ports import ClusterState, ClusterStatus, Flush, Os, Steps
from sequencer.power_on import AGAIN_S, power_on
from sequencer.scope import scope
from sequencer.site import Job, Site
from sequencer.standstill import bring_back
from sequencer.step import Outcome
from sequencer.watch import watch
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import LINKED, NODES, fault, out, play

BOOK = "the journal is broken"


@pytest.fixture
def broken(by_hand: HandRoom) -> HandRoom:
    by_hand.journal.healthy = False
    return by_hand


def ask(room: HandRoom, device: str, command: str) -> bool:
    """Whether the sequencer sends this, with every other guard out of the way."""
    port: Any = {**room.upses, **room.servers, **room.arrays, "ssccluster": room.cluster}[device]
    before = len(port.sent)

    def steps() -> Any:
        yield from room.run.command(device, command, lambda: port.command(command), lambda: None)

    room.run.spawn(steps())
    room.until(float(room.env.now) + 10)
    return len(port.sent) > before


@pytest.mark.parametrize(
    ("device", "command"),
    [("blade1", "shutdown"), ("blade1", "force"), ("linkeddisk", "flush"), ("ssccluster", "stop")],
)
def test_c5_shutdowns_and_flushes_go_on_without_a_journal(
    broken: HandRoom, device: str, command: str
) -> None:
    assert ask(broken, device, command)


@pytest.mark.parametrize(
    ("device", "command"),
    [
        ("ups5", "on"),
        ("blade1", "wake"),
        ("blade1", "reboot"),
        ("ssccluster", "start"),
        ("ssccluster", "restart"),
    ],
)
def test_c5_nothing_is_started_without_a_journal(broken: HandRoom, device: str, command: str) -> None:
    assert not ask(broken, device, command)
    (refusal,) = broken.told("command.refused")
    assert refusal["rule"] == "S30"
    assert BOOK in refusal["reason"]


def test_s30_an_ups_goes_off_without_a_journal_only_when_its_loads_are_seen_halted(broken: HandRoom) -> None:
    assert not ask(broken, "ups5", "off")
    for name in ("blade1", "blade2"):
        broken.servers[name].show(os=Os.HALTED)
    assert ask(broken, "ups5", "off")


def test_s30_halted_as_its_last_word_is_not_enough(broken: HandRoom) -> None:
    for name in ("blade1", "blade2"):
        broken.servers[name].show(os=Os.HALTED)
    broken.servers["blade2"].fall_silent()
    assert not ask(broken, "ups5", "off")
    assert "blade2" in broken.told("command.refused")[0]["reason"]


def test_s30_an_array_is_cut_without_a_journal_only_when_it_is_seen_flushed(broken: HandRoom) -> None:
    assert not ask(broken, "ups4", "off")
    broken.arrays["linkeddisk"].show(flush=Flush.DONE)
    assert ask(broken, "ups4", "off")


def test_c5_a_row_that_is_not_kept_is_an_alarm_and_holds_nobody_up(broken: HandRoom) -> None:
    def steps() -> Any:
        yield from broken.run.commit(Kind.FLUSH_ASKED, "linkeddisk")

    broken.run.spawn(steps())
    broken.until(1)
    assert broken.run.facts.flush_asked.keys() == {"linkeddisk"}
    assert broken.told("journal.committed") == []
    assert broken.told("alarm.raised")[0]["rule"] == "S30"


def test_x12_without_permission_nothing_is_sent_and_it_is_told_what_would_have_been(
    by_hand: HandRoom,
) -> None:
    by_hand.run.permit = lambda device, command: Refusal("X-12", "not armed")
    assert not ask(by_hand, "blade1", "shutdown")
    assert not ask(by_hand, "ups5", "on")
    told = [(e["subject"], e["command"], e["rule"]) for e in by_hand.told("command.refused")]
    assert told == [("blade1", "shutdown", "X-12"), ("ups5", "on", "X-12")]


def test_x12_without_permission_no_job_runs_either(by_hand: HandRoom) -> None:
    from sequencer.jobs import _job

    by_hand.run.permit = lambda device, command: Refusal("X-12", "not armed")
    blade1 = by_hand.site.servers["blade1"]
    by_hand.run.spawn(_job(by_hand.run, blade1, "stop", Job("backup", ("backup",))))
    by_hand.until(10)
    assert by_hand.servers["blade1"].sent == []
    assert by_hand.told("job.started") == []


@pytest.mark.parametrize("keeps", [True, False])
def test_l3_c5_what_is_opened_on_its_way_up_is_no_outage_before_its_last_row_is_written(
    site: Site, keeps: bool
) -> None:
    """A journal that is broken says so with the first of them, and everybody looks what has changed."""
    room = HandRoom(site, "control1")
    room.run.learn(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 0, "control1/1", 0.0, {}))
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.journal.healthy = keeps
    run, ended = room.run, list[int]()

    def page() -> Steps[None]:
        ended.append((yield from run.race(run.until(lambda: is_called(run)), bring_back(run))))

    run.spawn(page())
    room.until(site.start.cluster_limit_s + 1)
    assert ended == [1]
    assert not run.facts.down
    assert room.told("incident.opened")
    assert is_called(run), "an incident is open, and now it is whole"


def test_s9_c5_so_it_is_told_where_another_goes_on_with_it_from_its_first_row(site: Site) -> None:
    room = HandRoom(site, "control1")
    room.run.learn(Row(Kind.CLUSTER_RESTART_ASKED, "ssccluster", 0, "control1/1", 0.0, {}))
    room.cluster.show(ClusterStatus(ClusterState.STOPPED, None))
    room.journal.healthy = False
    run, ended = room.run, list[int]()

    def page() -> Steps[None]:
        ended.append((yield from run.race(bring_back(run), run.until(lambda: bool(run.facts.open)))))

    run.spawn(page())
    room.until(site.start.cluster_limit_s + 1)
    assert ended == [1]
    assert room.told("incident.opened")


def test_s30_l4_what_no_journal_lets_anybody_start_is_waited_for_and_not_asked_for_again_and_again(
    broken: HandRoom,
) -> None:
    """A page that is given up meanwhile leaves no step behind that has no end."""
    run, ups, card = broken.run, broken.site.upses["ups5"], broken.upses["ups5"]
    outcomes: list[Outcome] = []

    def steps() -> Any:
        outcomes.append((yield from power_on(run, ups, [ups], [ups])))

    card.show(output_on=False)
    run.spawn(watch(run, ups))
    run.spawn(steps())
    broken.until(3 * AGAIN_S)
    assert (card.sent, broken.told("step.started", "ups5")) == ([], [])
    assert [details["rule"] for details in broken.told("step.waiting", "ups5")] == ["S7", "S30"]
    card.show(output_on=True)
    broken.until(3 * AGAIN_S + 1)
    assert outcomes == [Outcome.ALREADY]


@pytest.mark.parametrize(("slow", "goes_off"), [(2.0, True), (1000.0, False)])
def test_s30_s18_an_array_that_flushes_past_its_limit_without_a_journal_is_cut_when_it_is_flushed(
    slow: float, goes_off: bool
) -> None:
    """It was left on at that limit, and its battery ran empty; others wait one limit more, not for ever."""
    books = (fault("journal_broken", node, 100.0, amount=1) for node in NODES)
    tale = play(*books, fault("flush_slow", "linkeddisk", 0.0, amount=slow), out(0, 4000), until_s=3600)
    by_s = tale.at("array.flush_timed_out linkeddisk") + 300.0
    if goes_off:
        assert tale.at("array.flushed linkeddisk") < tale.at("ups.output_off ups4 cause=command") < by_s
    else:
        assert tale.at("alarm.raised ups4 rule=S30") == pytest.approx(by_s, abs=5.0)
        tale.never("command.sent ups4 command=off")


@pytest.mark.parametrize(
    ("silent", "ends", "sent"),
    [(False, True, ["off now"]), (True, True, ["off now"]), (False, False, [])],
    ids=["late", "silent meanwhile", "never"],
)
def test_s30_s18_an_array_that_is_flushed_after_its_ups_was_left_on_is_cut_then(
    broken: HandRoom, silent: bool, ends: bool, sent: list[str]
) -> None:
    run, disk, card = broken.run, broken.arrays["linkeddisk"], broken.upses["ups4"]
    going_down(broken)
    for name in ("ups5", "ups6"):
        run.settled.add(name)
    for name in LINKED:
        broken.servers[name].show(os=Os.HALTED)
    disk.show(flush=Flush.UNDER_WAY)
    run.spawn(flush_and_cut(run, broken.site.arrays["linkeddisk"]))
    broken.until(2000)
    assert broken.told("alarm.raised", "ups4")
    assert card.sent == []
    if silent:
        disk.fall_silent()
        broken.until(2100)
        assert card.sent == []
    if ends:
        disk.show(flush=Flush.DONE)
    broken.until(2200)
    assert card.sent == sent
    card.show(output_on=False)
    broken.until(2300)
    assert card.sent == sent


@pytest.mark.parametrize("how", ["halts", "silent first", "its battery ends", "stays up"])
def test_s30_s18_a_ups_that_was_left_on_is_told_when_nobody_is_up_on_it_any_more(
    broken: HandRoom, how: str
) -> None:
    """It was not asked again, and its battery ran empty. Whoever waited for it has given it up."""
    run, rack1, card = broken.run, broken.servers["rack1"], broken.upses["ups6"]
    going_down(broken)
    broken.servers["rack2"].show(os=Os.HALTED)
    broken.servers["rackpool"].show(os=Os.HALTED)
    run.asked_to_stop.update(("rack1", "rack2", "rackpool"))
    run.spawn(switch_off(run, broken.site.upses["ups6"]))
    broken.until(400)
    assert [told["rule"] for told in broken.told("alarm.raised", "ups6")] == ["S30", "S3"]
    assert (card.sent, "ups6" in run.settled) == ([], True)
    if how == "silent first":
        rack1.fall_silent()
        broken.until(450)
    elif how == "its battery ends":
        card.show(output_on=False)
        rack1.fall_silent()
        broken.until(450)
        rack1.show(os=Os.HALTED)
    if how in ("halts", "silent first"):
        rack1.show(os=Os.HALTED)
    broken.until(500)
    told = how in ("halts", "silent first")
    assert card.sent == ["off graceful"] * told
    assert "ups6" in run.settled, "nobody waits for it anew"
    broken.until(900)
    assert card.sent == ["off graceful"] * told, "once"


def going_down(room: HandRoom) -> None:
    for card in room.upses.values():
        card.lose_mains()
    run = room.run
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in room.site.upses))
    run.scope = scope(room.site, run.facts.confirmed)


def test_s30_s18_so_it_is_told_where_he_hangs_for_longer_than_his_limit() -> None:
    books = (fault("journal_broken", node, -100.0, amount=1) for node in NODES)
    tale = play(*books, fault("server_hangs", "rack2", -100.0), out(0, 4000), until_s=3600)
    holds(tale, "journal_broken", "server_hangs")
    left_s = tale.at("alarm.raised ups6 rule=S30")
    assert left_s < tale.at("server.halted rack2") < tale.at("ups.output_off ups6 cause=command")
