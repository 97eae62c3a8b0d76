"""The `model:` part of the site file, as pydantic reads it: what is typical in the pretend room."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sim import model as inside
from teiden.files.field_types import (
    Duration,
    Entry,
    Fraction,
    Name,
    Percent,
    Positive,
    Power,
    Rate,
    Size,
    Temperature,
    given,
    needed,
)
from teiden.files.offsets import Offset
from teiden.files.units import written_s

_UPS, _SERVER, _ARRAY = inside.UpsModel(), inside.ServerModel(), inside.ArrayModel()
_CLUSTER, _NETWORK, _JOB = inside.ClusterModel(), inside.NetworkModel(), inside.JobModel()


class CurvePoint(Entry):
    load: Fraction = needed("load", "Part of the full load, e.g. 50%.")
    runtime_s: Positive = needed("runtime", "How long a new battery lasts there.")


class RoomUps(Entry):
    runtime_s: Positive = given(
        "runtime",
        "New battery, 25C, everything on it at full power. Default: the UPS's own `runtime`, else 30m.",
    )
    curve: list[CurvePoint] = given("curve", "The vendor's table; without it a Peukert curve from `runtime`.")
    peukert: Annotated[float, Field(ge=1, le=2, strict=False)] = given(
        "peukert", "Exponent where there is no table.", _UPS.peukert
    )
    health: Fraction = given("health", "Capacity that ageing has left (P5).", "100%")
    temperature_c: Temperature = given("temperature", "Of the battery.", "25C")
    charge_pct: Percent = given("charge", "At the start of the run.", "100%")
    recharge_s: Positive = given("recharge", "From empty to 80 %.", written_s(_UPS.recharge_s))
    card_hold_up_s: Duration = given(
        "card_hold_up",
        "The card outlives its UPS's output by this long without mains.",
        written_s(_UPS.card_hold_up_s),
    )
    card_boot_s: Duration = given(
        "card_boot", "From power to the card's first answer.", written_s(_UPS.card_boot_s)
    )


class RoomJob(Entry):
    takes_s: Duration = given("takes", "From its start to its end.", written_s(_JOB.takes_s))
    result: Literal["done", "failed", "hangs"] = given(
        "result", "How it ends; hangs: it never does, and its `limit` counts.", "done"
    )


class RoomServer(Entry):
    boot_s: Duration = given("boot", "From power on to up.", written_s(_SERVER.boot_s))
    shutdown_s: Duration = given("shutdown", "From the request to halted.", written_s(_SERVER.shutdown_s))
    after_crash_s: Duration = given(
        "after_crash", "Added to the boot after a crash.", written_s(_SERVER.after_crash_s)
    )
    load_w: Power = given("load", "While it runs.", f"{_SERVER.load_w:g}W")
    halted_w: Power = given("halted", "While it is halted and its plug has power.", f"{_SERVER.halted_w:g}W")
    running: bool = given(
        "running", "At the start of the run. Default: it runs, unless it is a pool server (R6-32)."
    )
    clock_skew_s: Offset = given(
        "clock_skew",
        "How far its own clock is ahead; -90s: behind (R12-02).",
        written_s(_SERVER.clock_skew_s),
    )
    jobs: dict[str, RoomJob] = given("jobs", "How its jobs end, by their names.")


class RoomArray(Entry):
    start_s: Duration = given("start", "From power to ready.", written_s(_ARRAY.start_s))
    dirty_bytes: Size = given(
        "dirty", "In the cache while anybody uses the array.", f"{_ARRAY.dirty_bytes / inside.GIB:g}GiB"
    )
    flush_rate: Rate = given("flush_rate", "How fast it flushes.", f"{_ARRAY.flush_rate / inside.MIB:g}MiB/s")
    load_w: Power = given("load", "While it runs.", f"{_ARRAY.load_w:g}W")


class RoomCluster(Entry):
    stop_s: Duration = given("stop", "From the request to stopped.", written_s(_CLUSTER.stop_s))
    start_s: Duration = given("start", "From the request to running.", written_s(_CLUSTER.start_s))
    failover_s: Duration = given(
        "failover", "From a node's loss to the other in command.", written_s(_CLUSTER.failover_s)
    )


class RoomNetwork(Entry):
    latency_s: Duration = given("latency", "Of one request.", written_s(_NETWORK.latency_s))
    loss: Fraction = given("loss", "Requests that get no answer.", "0%")


class RoomEntry(Entry):
    """What is typical, never a limit; nothing here makes `teiden check` green."""

    upses: dict[Name, RoomUps] = given("upses", "By the UPS's name.")
    servers: dict[str, RoomServer] = given(
        "servers", "By role (control, linked, pool) or by name; the name wins."
    )
    arrays: dict[Name, RoomArray] = given("arrays", "By the array's name.")
    cluster: RoomCluster = given("cluster", "The cluster's own times.")
    network: RoomNetwork = given("network", "Between a node and everything else.")
    switch_load_w: Power = given("switch_load", "Of one switch.", f"{inside.Model().switch_load_w:g}W")
