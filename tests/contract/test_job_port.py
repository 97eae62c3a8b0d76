"""What running a job promises: how it ended, at its limit at the latest, or that nobody can tell."""

from __future__ import annotations

import pytest

from sequencer.ports import JobResult, ServerPort, Unreachable
from tests.contract.rooms import PretendRoom


@pytest.fixture(params=["rack1", "control1"], ids=["over the LAN", "on the node itself"])
def server(room: PretendRoom, request: pytest.FixtureRequest) -> ServerPort:
    """Wherever it runs, it answers alike."""
    return room.ports.servers[request.param]


@pytest.fixture
def remote(room: PretendRoom) -> ServerPort:
    return room.ports.servers[room.job_server]


def took_s(room: PretendRoom, port: ServerPort, name: str, limit_s: float = 60.0) -> tuple[object, float]:
    """How it ended, and how long its answer took."""
    asked_s = room.now
    outcome = room.value(port.run(room.job(name, limit_s)), within_s=3600.0)
    return outcome, room.now - asked_s


def test_r2_06_a_job_that_is_done_says_so_when_it_is(room: PretendRoom, server: ServerPort) -> None:
    outcome, s = took_s(room, server, "quick")
    assert outcome is JobResult.DONE
    assert s == pytest.approx(5.0, abs=0.1 + room.slack_s)


def test_a_job_that_fails_says_so(room: PretendRoom, server: ServerPort) -> None:
    assert took_s(room, server, "fails")[0] is JobResult.FAILED


def test_a_job_is_not_bound_by_the_time_out_of_a_request(room: PretendRoom, server: ServerPort) -> None:
    outcome, s = took_s(room, server, "long")
    assert outcome is JobResult.DONE
    assert s > 3 * room.polling.timeout_s


@pytest.mark.parametrize("name", ["long", "hangs"])
def test_a_job_past_its_limit_is_timed_out_at_it(room: PretendRoom, server: ServerPort, name: str) -> None:
    outcome, s = took_s(room, server, name, limit_s=15.0)
    assert outcome is JobResult.TIMED_OUT
    assert s == pytest.approx(15.0, abs=0.1 + room.slack_s)


def test_a_job_that_ends_at_its_very_limit_is_not_lost(room: PretendRoom, server: ServerPort) -> None:
    """Done or timed out: either is true then, but one of them comes."""
    outcome, _ = took_s(room, server, "long", limit_s=20.0)
    assert outcome in (JobResult.DONE, JobResult.TIMED_OUT)


def test_several_jobs_run_side_by_side(room: PretendRoom, server: ServerPort) -> None:
    long, quick = server.run(room.job("long")), server.run(room.job("quick"))
    assert room.value(quick, within_s=6.0) is JobResult.DONE
    assert room.value(long, within_s=16.0) is JobResult.DONE


def test_on_a_halted_server_no_job_runs(room: PretendRoom, remote: ServerPort) -> None:
    room.act(room.server(room.job_server).force)
    outcome, s = took_s(room, remote, "quick")
    assert isinstance(outcome, Unreachable)
    assert s <= room.answer_s + 0.1


@pytest.mark.parametrize("how", ["force", "crash"])
def test_a_job_dies_with_its_system(room: PretendRoom, remote: ServerPort, how: str) -> None:
    answer = remote.run(room.job("long"))
    room.wait(10.0)
    room.act(getattr(room.server(room.job_server), how))
    assert isinstance(room.value(answer, within_s=1.0), Unreachable)


@pytest.mark.quick
def test_a_job_dies_with_its_power(room: PretendRoom, remote: ServerPort) -> None:
    answer = remote.run(room.job("hangs"))
    room.wait(10.0)
    room.cut("ups6")
    assert isinstance(room.value(answer, within_s=1.0), Unreachable)


def test_r1_11_without_the_lan_no_job_is_started_elsewhere(room: PretendRoom, remote: ServerPort) -> None:
    room.cut_lan()
    outcome, s = took_s(room, remote, "quick")
    assert isinstance(outcome, Unreachable)
    assert room.polling.timeout_s - 0.1 - room.slack_s <= s <= room.receipt_s + 0.1


def test_r1_11_a_lan_that_fails_meanwhile_leaves_the_limit(room: PretendRoom, remote: ServerPort) -> None:
    answer = remote.run(room.job("quick", limit_s=30.0))
    room.wait(2.0)
    room.cut_lan()
    assert not room.comes(answer, within_s=27.0)
    assert room.value(answer, within_s=2.0) is JobResult.TIMED_OUT


def test_the_node_itself_needs_no_lan(room: PretendRoom) -> None:
    room.cut_lan()
    outcome, _ = took_s(room, room.ports.servers[room.me], "long")
    assert outcome is JobResult.DONE


def test_a_deaf_network_starts_nothing(room: PretendRoom) -> None:
    with room.nothing_heard() as ports:
        port = ports.servers[room.job_server]
        assert isinstance(took_s(room, port, "quick")[0], Unreachable)


def test_a_life_that_ended_starts_nothing(room: PretendRoom, server: ServerPort) -> None:
    room.end_life()
    with pytest.raises(AssertionError, match="ended"):
        server.run(room.job("quick"))
