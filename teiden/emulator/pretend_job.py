"""A job on a machine of the pretend room: it runs nothing and takes the time that the model says."""

from __future__ import annotations

import asyncio

from realtime.commands import ENDED_BY_TIMEOUT
from sequencer.ports import JobResult, Unreachable
from sequencer.site import Job
from sim.server import Server
from teiden.emulator.array_service import Act


async def run_job(server: Server, act: Act, name: str) -> tuple[str, int]:
    """What it says at its end, and its exit code."""
    settings = server.settings
    job = next((job for job in settings.start_jobs + settings.stop_jobs if job.name == name), None)
    if job is None:
        return f"refused: no program {name} in its folder", 1
    outcome = await _outcome(server, act, job)
    if isinstance(outcome, Unreachable):
        return f"failed: {outcome.reason}", 1
    return {
        JobResult.DONE: ("done", 0),
        JobResult.FAILED: ("failed: exit code 1", 1),
        JobResult.TIMED_OUT: ("failed: it takes too long", ENDED_BY_TIMEOUT),
    }[outcome]


async def _outcome(server: Server, act: Act, job: Job) -> JobResult | Unreachable:
    ended: asyncio.Future[JobResult | Unreachable] = asyncio.get_running_loop().create_future()

    def begin() -> None:
        answer = server.run(job)
        assert answer.callbacks is not None
        answer.callbacks.append(lambda event: None if ended.done() else ended.set_result(event.value))

    act(begin)
    return await ended
