"""The sweep engine: the same bytes from any executor, in order, and nothing lost when something dies."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from teiden.sweep.carry_out import play
from teiden.sweep.chunk import Chunk, OtherVersion, Sealed, garbage_by_the_run, play_chunk, seal
from teiden.sweep.dispatch import AHEAD, HELD, played
from teiden.sweep.engine import Engine, InProcess, in_process, pool
from teiden.sweep.journal import Journal
from teiden.sweep.pace import Pace
from teiden.sweep.subject import Varied
from teiden.sweep.template import Template
from teiden.sweep.trouble import CannotGoOn, told
from teiden.sweep.where import Where
from teiden.sweep.work import Work
from tests.sweep_works import WEAK, Numbers, about

pytestmark = pytest.mark.usefixtures("left_before_is_frozen")

RUNS = 12


class Backwards(Executor):
    """Has `room` tasks under way and ends the newest first, as an unfair pool may."""

    def __init__(self) -> None:
        self.tasks: list[tuple[Future[Any], Any]] = []
        self.most = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.tasks.append((future, lambda: fn(*args, **kwargs)))
        self.most = max(self.most, len(self.tasks))
        return future

    def end_one(self) -> None:
        future, task = self.tasks.pop()
        future.set_result(task())


def lines(chunks: list[Chunk]) -> bytes:
    return b"".join(chunk.lines for chunk in chunks)


def in_chunks_of(work: Work, n: int, runs: int) -> bytes:
    return lines([play_chunk(seal(work), first, min(n, runs - first)) for first in range(0, runs, n)])


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Varied:
    path = tmp_path_factory.mktemp("stories") / "weak.yaml"
    path.write_text(WEAK, encoding="utf-8")
    return Varied(Template.load(path), str(path), seed=7, runs=RUNS)


@pytest.fixture(scope="module")
def one_by_one(weak: Varied) -> bytes:
    return in_chunks_of(weak.work, 1, RUNS)


# The same bytes


@pytest.mark.long
def test_a_story_gives_the_same_bytes_in_chunks_of_any_size(weak: Varied, one_by_one: bytes) -> None:
    assert in_chunks_of(weak.work, 5, RUNS) == one_by_one
    assert one_by_one.count(b'"holds": true') not in (0, RUNS)


@pytest.fixture(scope="module")
def two_workers() -> Iterator[Engine]:
    with pool(2) as engine:
        yield engine


def test_two_workers_give_the_same_bytes_as_one(weak: Varied, one_by_one: bytes, two_workers: Engine) -> None:
    assert lines(list(played(two_workers, seal(weak.work), range(RUNS), Pace()))) == one_by_one


@pytest.mark.long
def test_numbers_come_out_the_same_with_one_worker_and_with_two() -> None:
    alone = list(Where(workers=1).plays(Numbers(), range(500)))
    together = list(Where(workers=2).plays(Numbers(), range(500)))
    assert lines(alone) == lines(together) == in_chunks_of(Numbers(), 37, 500)


def test_workers_load_neither_pandas_nor_matplotlib(weak: Varied, two_workers: Engine) -> None:
    tasks = [two_workers.executor.submit(play_chunk, seal(weak.work), run, 1) for run in range(4)]
    assert all(task.result().errors == 0 for task in tasks)
    loaded = set().union(*(two_workers.executor.submit(_loaded).result() for _ in range(4)))
    assert "simpy" in loaded
    assert not loaded & {"pandas", "matplotlib", "numpy", "rich", "distributed", "pyarrow", "jinja2"}


def _loaded() -> list[str]:
    return list(sys.modules)


# Order and bounds


def test_chunks_come_in_order_even_from_an_executor_that_ends_the_newest_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    executor = Backwards()

    def wait(waiting: dict[Future[Chunk], int], **settings: Any) -> tuple[set[Future[Chunk]], set[Any]]:
        executor.end_one()
        return {future for future in waiting if future.done()}, set()

    monkeypatch.setattr("teiden.sweep.dispatch.wait", wait)
    engine = Engine(executor, lambda: 3)
    chunks = list(played(engine, seal(Numbers()), range(40), Pace(1e-9)))
    assert [chunk.first for chunk in chunks] == list(range(40))
    assert executor.most == 3 * AHEAD
    assert lines(chunks) == in_chunks_of(Numbers(), 40, 40)


def test_no_more_is_held_back_than_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The very first chunk does not come back: the others stop being sent."""
    executor = Backwards()

    def wait(waiting: dict[Future[Chunk], int], **settings: Any) -> tuple[set[Future[Chunk]], set[Any]]:
        if len(executor.tasks) > 1:
            executor.end_one()
        else:
            executor.tasks[0][0].set_exception(CannotGoOn("that is enough"))
        return {future for future in waiting if future.done()}, set()

    monkeypatch.setattr("teiden.sweep.dispatch.wait", wait)
    played_runs: list[int] = []
    work = Numbers()
    monkeypatch.setattr(
        Numbers, "play", lambda self, run: (played_runs.append(run), Numbers_play(work, run))[1]
    )
    with pytest.raises(CannotGoOn):
        list(played(Engine(executor, lambda: 1), seal(work), range(1000), Pace(1e-9)))
    assert max(played_runs) == HELD - 1


Numbers_play = Numbers.play


def test_a_chunk_is_as_long_as_it_should_be_and_shorter_towards_the_end() -> None:
    pace = Pace(0.1)
    assert pace.runs(1000, 2) == 1
    pace.learn(Chunk(0, 10, b"", b"", 0, 0, took_s=0.1))
    assert pace.runs(1000, 2) == 10
    assert pace.runs(20, 2) == 5
    assert pace.runs(1, 2) == 1
    pace.learn(Chunk(0, 10, b"", b"", 0, 0, took_s=1.1))
    assert pace.runs(1000, 2) == 2
    pace.forget()
    assert pace.runs(1000, 2) == 1


# What goes wrong


def test_what_the_last_run_of_a_chunk_leaves_is_gone_by_the_end_of_the_next(weak: Varied) -> None:
    """A process that plays a night's chunks does not grow by a room each."""
    sealed, objects = seal(weak.work), list[int]()
    for _ in range(6):
        play_chunk(sealed, 0, 1)
        objects.append(len(gc.get_objects()))
    assert objects[-1] < objects[1] + 100


@pytest.fixture
def frozen_by_nobody() -> Iterator[None]:
    """The suite itself keeps its modules and items frozen; they are so again when the test is over."""
    gc.unfreeze()
    yield
    gc.collect()
    gc.freeze()


def test_what_was_there_is_frozen_while_a_chunk_is_played_and_not_afterwards(frozen_by_nobody: None) -> None:
    with garbage_by_the_run():
        assert gc.get_freeze_count() > 0
    assert gc.get_freeze_count() == 0


def test_what_a_caller_has_frozen_stays_so_and_no_more_does(frozen_by_nobody: None) -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    more = [[n] for n in range(1000)]
    with garbage_by_the_run():
        assert gc.get_freeze_count() <= frozen
    assert frozen - 100 < gc.get_freeze_count() <= frozen
    assert len(more) == 1000


def test_a_run_that_cannot_be_played_is_a_row_and_the_others_go_on() -> None:
    chunk = play_chunk(seal(Numbers(wrong=frozenset({3}))), 0, 6)
    rows = chunk.lines.decode().splitlines()
    assert rows[3] == '{"run": 3, "error": "AssertionError: run 3 runs in circles"}'
    assert (len(rows), chunk.errors) == (6, 1)
    whole = play_chunk(seal(Numbers()), 0, 6).lines.decode().splitlines()
    assert rows[:3] + rows[4:] == whole[:3] + whole[4:]


def test_a_worker_that_is_killed_ends_the_sweep_and_what_was_done_is_kept(tmp_path: Path) -> None:
    subject = Deadly(Numbers(deadly=40, home=os.getpid()))
    with Journal(tmp_path, charges=False) as journal:
        with pytest.raises(CannotGoOn, match="a worker died"):
            play(subject, journal, Where(workers=2), lambda chunk: None)  # type: ignore[arg-type]
        kept = journal.kept
    assert 2 <= kept <= 40
    assert (tmp_path / "runs.jsonl").read_bytes() == in_chunks_of(Numbers(), kept, kept)


class Deadly:
    def __init__(self, work: Numbers) -> None:
        self.work = work
        self.about = about(200)


def test_what_came_back_before_a_failure_is_handed_out_first() -> None:
    class Failing(InProcess):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future = super().submit(fn, *args, **kwargs)
            if args[1] == 3:
                future = Future()
                future.set_exception(CannotGoOn("gone"))
            return future

    chunks = played(Engine(Failing([]), lambda: 2), seal(Numbers()), range(9), Pace(1e-9))
    assert [next(chunks).first for _ in range(3)] == [0, 1, 2]
    with pytest.raises(CannotGoOn, match="gone"):
        next(chunks)


def test_a_run_in_which_ctrl_c_came_does_not_count() -> None:
    """It may have hit a process of the room, and been taken for a failure there."""
    executor = InProcess([2])
    with pytest.raises(KeyboardInterrupt):
        executor.submit(lambda: 1)
    with in_process() as engine:
        assert engine.executor.submit(lambda: 1).result() == 1


def test_a_worker_of_another_version_is_refused() -> None:
    sealed = seal(Numbers())
    with pytest.raises(OtherVersion) as raised:
        play_chunk(Sealed(sealed.work, "9.9"), 0, 1)
    assert "9.9" in str(told(raised.value))


def test_a_mistake_of_ours_stays_what_it_is() -> None:
    assert told(ZeroDivisionError()) is None
    assert "cannot load Teiden" in str(told(ModuleNotFoundError("No module named 'teiden'")))


@pytest.mark.long
def test_an_engine_that_is_left_by_an_exception_leaves_no_process_behind() -> None:
    engines = ExitStack()
    engine = engines.enter_context(pool(2))
    pids = {engine.executor.submit(os.getpid).result() for _ in range(4)}
    assert all(_lives(pid) for pid in pids)
    engines.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not any(_lives(pid) for pid in pids)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
