"""Tasks: how steps are driven, and that closing one closes everything it started, at once."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from sequencer.ports import Answer, Steps
from sequencer.task import Family, First, Task


@pytest.fixture
def env() -> simpy.Environment:
    return simpy.Environment()


def started(env: simpy.Environment, steps: Steps[Any], family: Family | None = None) -> Task:
    task = Task(env, steps, family or Family())
    task.start()
    return task


def test_a_task_runs_at_once_up_to_its_first_wait(env: simpy.Environment) -> None:
    done: list[str] = []

    def steps() -> Steps[None]:
        done.append("before")
        yield env.timeout(1)
        done.append("after")

    started(env, steps())
    assert done == ["before"]
    env.run()
    assert done == ["before", "after"]


def test_a_task_carries_what_its_steps_return(env: simpy.Environment) -> None:
    def steps() -> Steps[str]:
        yield env.timeout(3)
        return "flushed"

    task = started(env, steps())
    assert env.run(until=task) == "flushed"
    assert task.over


def test_steps_without_a_wait_are_over_at_once(env: simpy.Environment) -> None:
    def steps() -> Steps[int]:
        return 7
        yield

    task = started(env, steps())
    assert task.over
    env.run()
    assert task.value == 7


def test_an_event_that_is_already_over_does_not_stop_a_task(env: simpy.Environment) -> None:
    early = env.event()
    early.succeed("early")
    env.run()

    def steps() -> Steps[Any]:
        return (yield early)

    task = started(env, steps())
    assert task.over
    assert task.value == "early"


def test_a_closed_task_never_runs_again(env: simpy.Environment) -> None:
    done: list[float] = []

    def steps() -> Steps[None]:
        while True:
            yield env.timeout(1)
            done.append(env.now)

    task = started(env, steps())
    env.run(until=2.5)
    task.close()
    env.run(until=10)
    assert done == [1, 2]
    assert task.over


def test_closing_runs_the_finally_of_the_steps(env: simpy.Environment) -> None:
    done: list[str] = []

    def steps() -> Steps[None]:
        try:
            yield env.timeout(5)
        finally:
            done.append("cleaned up")

    started(env, steps()).close()
    assert done == ["cleaned up"]


def test_a_task_closed_twice_is_closed_once(env: simpy.Environment) -> None:
    def steps() -> Steps[None]:
        yield env.timeout(5)

    task = started(env, steps())
    task.close()
    task.close()
    env.run()
    assert not task.triggered


def test_closing_closes_children_and_their_children(env: simpy.Environment) -> None:
    done: list[str] = []

    def leaf() -> Steps[None]:
        yield env.timeout(5)
        done.append("leaf")

    family = Family()

    def middle() -> Steps[None]:
        started(env, leaf(), family)
        yield env.timeout(6)
        done.append("middle")

    def top() -> Steps[None]:
        started(env, middle(), family)
        yield env.timeout(100)

    started(env, top(), family).close()
    env.run(until=20)
    assert done == []


def test_a_task_may_close_itself_from_within(env: simpy.Environment) -> None:
    done: list[str] = []
    tasks: list[Task] = []

    def steps() -> Steps[None]:
        yield env.timeout(1)
        tasks[0].close()
        done.append("goes on to its next wait")
        yield env.timeout(1)
        done.append("and no further")

    tasks.append(started(env, steps()))
    env.run(until=10)
    assert done == ["goes on to its next wait"]


def test_a_task_that_closes_itself_and_returns_carries_nothing(env: simpy.Environment) -> None:
    tasks: list[Task] = []

    def steps() -> Steps[str]:
        yield env.timeout(1)
        tasks[0].close()
        return "too late"

    tasks.append(started(env, steps()))
    env.run(until=10)
    assert tasks[0].over
    assert not tasks[0].triggered


def test_an_answer_is_withdrawn_when_its_task_is_closed(env: simpy.Environment) -> None:
    withdrawn: list[str] = []
    answer: Answer[None] = Answer(env, withdraw=lambda: withdrawn.append("answer"))

    def steps() -> Steps[None]:
        yield from answer

    started(env, steps()).close()
    assert withdrawn == ["answer"]


def test_first_withdraws_its_answers_when_its_task_is_closed(env: simpy.Environment) -> None:
    withdrawn: list[int] = []
    answers: list[Answer[None]] = [
        Answer(env, withdraw=lambda n=n: withdrawn.append(n))  # type: ignore[misc]
        for n in range(2)
    ]

    def steps() -> Steps[None]:
        yield First(env, *answers, env.timeout(5))

    task = started(env, steps())
    task.close()
    assert withdrawn == [0, 1]
    env.run()
    assert all(not answer.callbacks for answer in answers)


def test_first_carries_the_winner_and_lets_the_others_go(env: simpy.Environment) -> None:
    withdrawn: list[str] = []
    slow: Answer[str] = Answer(env, withdraw=lambda: withdrawn.append("slow"))
    quick = env.timeout(1, "quick")
    first = First(env, slow, quick)
    assert env.run(until=first) is quick
    assert withdrawn == ["slow"]
    slow.succeed("late")
    env.run()


def test_first_takes_one_that_is_over_already(env: simpy.Environment) -> None:
    over = env.timeout(0, "over")
    env.run()
    first = First(env, env.event(), over)
    assert env.run(until=first) is over


def test_first_takes_the_one_that_came_first_when_two_come_at_once(env: simpy.Environment) -> None:
    one, other = env.timeout(1, "one"), env.timeout(1, "other")
    assert env.run(until=First(env, one, other)) is one
    env.run()


def test_an_answer_that_has_come_is_not_withdrawn(env: simpy.Environment) -> None:
    withdrawn: list[str] = []
    answer: Answer[str] = Answer(env, withdraw=lambda: withdrawn.append("answer"))
    answer.succeed("here")
    answer.withdraw()
    assert withdrawn == []


def test_a_programming_error_in_steps_is_not_swallowed(env: simpy.Environment) -> None:
    def steps() -> Steps[None]:
        yield env.timeout(1)
        raise ZeroDivisionError

    started(env, steps())
    with pytest.raises(ZeroDivisionError):
        env.run()


def test_many_tasks_that_have_ended_are_not_kept(env: simpy.Environment) -> None:
    def brief() -> Steps[None]:
        yield env.timeout(1)

    family = Family()

    def many() -> Steps[None]:
        for _ in range(50):
            started(env, brief(), family)
            yield env.timeout(2)
        yield env.timeout(100)

    parent = started(env, many(), family)
    env.run(until=110)
    assert len(parent.children) <= 10
