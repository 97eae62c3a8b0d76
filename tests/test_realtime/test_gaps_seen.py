"""How a gap is seen: the clocks of a machine that slept, and a process that was really stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from realtime.gaps import Sleep, boottime_here
from tests.test_realtime.stopped import Machine


def test_where_there_is_no_boottime_no_sleep_is_seen() -> None:
    machine = Machine()
    sleep = Sleep(machine.monotonic, None)
    machine.goes("suspend", 600.0)
    assert sleep.slept_s() == 0.0


def test_a_sleep_is_told_once_and_a_short_one_never() -> None:
    machine = Machine()
    sleep = Sleep(machine.monotonic, machine.boottime)
    machine.goes("suspend", 0.3)
    assert sleep.slept_s() == 0.0
    machine.goes("suspend", 600.0)
    assert sleep.slept_s() == pytest.approx(600.3, abs=0.1)
    assert sleep.slept_s() == 0.0


def test_being_interrupted_between_two_clocks_is_no_sleep() -> None:
    """Clocks that are read one after the other are a stop apart if we are stopped in between."""
    now_s, stops = [0.0], [5.0, 0.0, 0.0, 5.0, 0.0]

    def monotonic() -> float:
        return now_s[0]

    def boottime() -> float:
        told_s = now_s[0]
        now_s[0] += stops.pop(0) if stops else 0.0
        return told_s

    sleep = Sleep(monotonic, boottime)
    assert [sleep.slept_s() for _ in range(4)] == [0.0] * 4


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this platform has no CLOCK_BOOTTIME")
def test_this_machine_has_a_clock_that_goes_on_in_its_sleep() -> None:
    boottime = boottime_here()
    assert boottime is not None
    assert boottime() >= time.monotonic() - 1.0


STOPPED = """
import asyncio
from realtime.clock import WallClock

async def main():
    env = WallClock(told=lambda seconds, cause: print(f"gap {seconds:.1f} {cause}", flush=True))
    seen = env.event()

    async def look():
        await asyncio.sleep(0.1)
        print("looked", flush=True)
        env.act(lambda: print("answered", flush=True))

    env.on_gap(look)
    env.after(1.5, lambda: print(f"timer {env.now:.1f}", flush=True))
    env.after(1.5, lambda: env.after(0.5, lambda: print(f"next {env.now:.1f}", flush=True)))
    print("begun", flush=True)
    await env.live(6.0)

asyncio.run(main())
"""


@pytest.mark.long
def test_a_process_that_was_really_stopped_looks_before_it_acts() -> None:
    with subprocess.Popen([sys.executable, "-c", STOPPED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(4.0)
        os.kill(process.pid, signal.SIGCONT)
        gap, looked, answered, timer, after = process.stdout.read().splitlines()
    assert process.returncode == 0
    kind, lost_s, cause = gap.split()
    assert (kind, cause) == ("gap", "stall")
    assert 2.0 <= float(lost_s) <= 6.0
    assert (looked, answered) == ("looked", "answered")
    assert timer.startswith("timer 4."), "it was due at 1.5 s and is run when we have looked"
    assert after.startswith(("next 4.", "next 5."))
