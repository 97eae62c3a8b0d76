"""Jobs on pretend servers: a job runs while the system does, and whoever started it waits to its limit.

A job that runs longer is not killed; nobody waits for it any more. A system that goes down takes its
jobs with it, and that is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import simpy

from sequencer.ports import Answer, JobResult, Unreachable
from sequencer.site import Job
from sim.later import after
from sim.model import JobModel
from sim.network import Path

Outcome = JobResult | Unreachable


class Jobs:
    """Those of one server."""

    def __init__(self, env: simpy.Environment, models: Mapping[str, JobModel]) -> None:
        self._env = env
        self._models = models
        self._running: list[Answer[Outcome]] = []

    def run(self, job: Job, *, up: bool) -> Answer[Outcome]:
        answer: Answer[Outcome] = Answer(self._env)
        if not up:
            answer.succeed(Unreachable("it is not up"))
            return answer
        model = self._models.get(job.name, JobModel())
        in_time = model.takes_s <= job.limit_s
        ended = JobResult.FAILED if model.fails else JobResult.DONE
        ends_s, result = (model.takes_s, ended) if in_time else (job.limit_s, JobResult.TIMED_OUT)
        self._running.append(answer)
        after(self._env, ends_s, lambda: self._end(answer, result))
        return answer

    def die(self) -> None:
        """Their system has gone down."""
        for answer in list(self._running):
            self._end(answer, Unreachable("its system went down"))

    def _end(self, answer: Answer[Outcome], outcome: Outcome) -> None:
        if answer in self._running:
            self._running.remove(answer)
            answer.succeed(outcome)


def run_remotely(
    env: simpy.Environment,
    path: Path,
    joined: Callable[[], bool],
    job: Job,
    start: Callable[[], Answer[Outcome] | None],
    timeout_s: float,
) -> Answer[Outcome]:
    """Start a job over the LAN, while that is `joined`.

    To connect takes a request's time-out at most, to wait the job's limit.
    `start` gives None where there is nothing to connect to. Whoever waits knows of a LAN that fails
    meanwhile only that no answer came.
    """
    answer: Answer[Outcome] = Answer(env)
    sent_s = float(env.now)
    latency_s = path.latency_s(sent_s)

    def tell(outcome: Outcome) -> None:
        if not answer.triggered:
            answer.succeed(outcome)

    def arrive() -> None:
        running = start() if joined() and not path.lost(sent_s) else None
        if running is None:
            silence = Unreachable(f"no answer in {timeout_s:g} s")
            after(env, timeout_s - latency_s, lambda: tell(silence))
            return
        assert running.callbacks is not None
        running.callbacks.append(lambda ended: after(env, latency_s, lambda: come_back(ended.value)))
        after(env, job.limit_s - latency_s, lambda: tell(JobResult.TIMED_OUT))

    def come_back(outcome: Outcome) -> None:
        if joined():
            tell(outcome)

    after(env, latency_s, arrive)
    return answer
