"""What only the pretend room needs to know: typical durations, batteries, loads, latencies.

Limits stand in the site; these are typical values. They never make `teiden check` green.
Loads are watts; they matter only relative to each other (a UPS at full load lasts `runtime_s`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

GIB = 2**30
MIB = 2**20


@dataclass(frozen=True, slots=True)
class UpsModel:
    """One UPS, its battery and its card."""

    runtime_s: float = 1800.0
    """New battery, 25 °C, every load of the UPS at full power."""
    curve: tuple[tuple[float, float], ...] = ()
    """Vendor's table: (load as a fraction of full, runtime in s); empty: a Peukert curve from `runtime_s`."""
    peukert: float = 1.2
    """Exponent used where there is no vendor table (lead-acid)."""
    health: float = 1.0
    """Capacity left by ageing, 0..1 (P5)."""
    temperature_c: float = 25.0
    charge_pct: float = 100.0
    """At the start of the run."""
    recharge_s: float = 4 * 3600.0
    """From empty to 80 %; the rest follows exponentially (about ten times the discharge)."""
    card_hold_up_s: float = 10.0
    """The card outlives its UPS's output by this long when there are no mains; 0: dies with it."""
    card_boot_s: float = 20.0


@dataclass(frozen=True, slots=True)
class JobModel:
    """How one job of a server ends when it is run."""

    takes_s: float = 5.0
    """Infinite: it hangs."""
    fails: bool = False


@dataclass(frozen=True, slots=True)
class ServerModel:
    boot_s: float = 180.0
    shutdown_s: float = 90.0
    after_crash_s: float = 120.0
    """Added to the boot that follows a crash: file systems are checked."""
    load_w: float = 300.0
    halted_w: float = 6.0
    """A halted machine with power on its plug still feeds its management controller."""
    running: bool | None = None
    """At the start of the run; None: it runs unless it is a pool server (R6-32)."""
    clock_skew_s: float = 0.0
    """How far its own clock is ahead of the true time (R12-02)."""
    jobs: Mapping[str, JobModel] = field(default_factory=dict)
    """By the job's name; a job that is not there takes 5 s and is done."""


@dataclass(frozen=True, slots=True)
class ArrayModel:
    start_s: float = 180.0
    """From power on controllers and enclosures to ready."""
    dirty_bytes: float = 12 * GIB
    """In the cache while anybody uses the array."""
    flush_rate: float = 64 * MIB
    """Bytes per second."""
    load_w: float = 400.0


@dataclass(frozen=True, slots=True)
class ClusterModel:
    stop_s: float = 120.0
    start_s: float = 90.0
    failover_s: float = 30.0


@dataclass(frozen=True, slots=True)
class NetworkModel:
    latency_s: float = 0.020
    loss: float = 0.0
    """Probability that one poll or one request gets no answer."""


@dataclass(frozen=True, slots=True)
class Model:
    """Every device of the site by its name."""

    upses: dict[str, UpsModel] = field(default_factory=dict)
    servers: dict[str, ServerModel] = field(default_factory=dict)
    arrays: dict[str, ArrayModel] = field(default_factory=dict)
    cluster: ClusterModel = ClusterModel()
    network: NetworkModel = NetworkModel()
    switch_load_w: float = 30.0
