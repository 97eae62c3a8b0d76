"""Jobs at the start and stop of a server (R2-06, R2-07)."""

from __future__ import annotations

import math

import pytest

from sequencer.site import Job
from sim.model import JobModel, Model
from tests.safety import well
from tests.worlds import out, play, reference_model, reference_site

STOP = (Job("dump", ("/opt/dump",), 60.0), Job("sync", ("/bin/sync",), 30.0))
START = (Job("check", ("/opt/check",), 60.0),)
SITE = reference_site(blade1__stop_jobs=STOP, blade1__start_jobs=START, control1__stop_jobs=STOP[:1])
LONG = 5 * 3600.0


def told(tale, server: str) -> list[tuple[str, str]]:
    return [(e.details["job"], e.details["result"]) for e in tale.all(f"job.finished {server}")]


def test_r2_06_stop_jobs_run_before_the_shutdown_and_start_jobs_after_the_boot_once_each() -> None:
    tale = play(out(0, 7200), site=SITE, until_s=LONG)
    well(tale)
    assert told(tale, "blade1") == [("dump", "done"), ("sync", "done"), ("check", "done")]
    tale.before("job.finished blade1 job=sync", "command.sent blade1 command=shutdown")
    tale.before("server.up blade1", "job.started blade1 job=check")


def test_r2_07_on_a_control_node_they_run_after_the_cluster_has_stopped_there() -> None:
    tale = play(out(0, 7200), site=SITE, until_s=LONG)
    tale.before(
        "cluster.stopped ssccluster",
        "job.started control1 job=dump",
        "job.finished control1 job=dump",
        "command.sent control1 command=shutdown",
    )


def hanging() -> Model:
    return reference_model(blade1__jobs={"dump": JobModel(takes_s=math.inf)})


def test_r2_06_a_job_that_hangs_is_given_up_at_its_limit_and_holds_nobody_up() -> None:
    tale = play(out(0, 7200), site=SITE, model=hanging(), until_s=LONG)
    well(tale)
    assert ("dump", "timed out") in told(tale, "blade1")
    gap_s = tale.at("job.finished blade1 job=dump") - tale.at("job.started blade1 job=dump")
    assert gap_s == pytest.approx(60, abs=2)
    tale.before("server.halted blade1", "ups.output_off ups5")
    assert tale.all("alarm.raised blade1 rule=R2-06")
