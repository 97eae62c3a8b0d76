"""Jobs on a server: after its start, and before its system stops (R2-06, R2-07).

Each runs once for each start or stop, one after the other, no longer than its limit. How it ended is
written down; a job that fails or hangs holds nobody up.
"""

from __future__ import annotations

from sequencer.journal import Kind
from sequencer.ports import ClusterState, JobResult, Os, Steps, Unreachable
from sequencer.proof import cluster_is
from sequencer.run import Run
from sequencer.site import Job, Server, ServerRole


def stop_jobs(run: Run, server: Server) -> Steps[None]:
    """Before its shutdown; on a control node the cluster has stopped by now, or no battery waits for that:
    then there is no time for jobs either (S18).

    They count as part of the shutdown: its UPS may be told to go off, after no less than
    `Server.stop_limit_s`.
    """
    if server.stop_jobs and server.role is ServerRole.CONTROL and run.scope.control:
        yield from run.ports.cluster.look()
        if cluster_is(run, ClusterState.STOPPING):
            return
    yield from _jobs(run, server, "stop", server.stop_jobs)


def start_jobs(run: Run, server: Server) -> Steps[None]:
    """When it is up again."""
    yield from _jobs(run, server, "start", server.start_jobs)


def _jobs(run: Run, server: Server, when: str, jobs: tuple[Job, ...]) -> Steps[None]:
    due = [job for job in jobs if (server.name, f"{when} {job.name}") not in run.facts.jobs]
    if not due:
        return
    yield from run.released(server.name)
    status = yield from run.ports.servers[server.name].look()
    if isinstance(status, Unreachable) or status.os is not Os.UP:
        return  # nobody is there to run them
    if when == "stop":
        run.asked_to_stop.add(server.name)
        run.announce(server.name)
    for job in due:
        yield from run.released(server.name)
        yield from _job(run, server, when, job)


def _job(run: Run, server: Server, when: str, job: Job) -> Steps[None]:
    refusal = run.not_commander() or run.permit(server.name, "job")
    if refusal is not None:
        run.refused(server.name, f"job {job.name}", refusal)
        return
    run.tell("job.started", server.name, job=job.name, when=when, limit_s=job.limit_s)
    answer = yield from run.ports.servers[server.name].run(job)
    result = answer.value if isinstance(answer, JobResult) else "no answer"
    run.tell("job.finished", server.name, job=job.name, when=when, result=result)
    if answer is not JobResult.DONE:
        run.alarm(server.name, f"{when} job {job.name} on {server.name}: {result}", "R2-06")
    yield from run.commit(Kind.JOB, server.name, job=f"{when} {job.name}", result=result)
