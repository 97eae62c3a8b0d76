"""Rules of the shutdown times: every system is down before its power is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sequencer import timing
from sequencer.site import OffMode, Server, ServerRole, Site, Timing, Ups
from teiden.plan.arithmetic import Amount, amount, names
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule

GRID_S = 10.0


@rule(
    "R10-09",
    Severity.ERROR,
    "every system has halted before its power goes",
    why="""
    A UPS is told to go off at the same moment as its servers are told to shut down, so its delay must
    not be shorter than the longest of their shutdown limits. Linked servers have their UPS's whole
    graceful delay (shutdown delay + low-battery runtime + 2 minutes). Control nodes lose their disk
    first: the control disk's UPS waits only its shutdown delay, so that is what they have to halt
    within.
    """,
    also=("R10-53",),
)
def systems_halt_before_the_cut(site: Site) -> Iterator[Found]:
    for ups in site.server_upses:
        loads = [s for s in site.servers_on(ups.name) if s.role is not ServerRole.CONTROL]
        if loads:
            slowest = max(loads, key=lambda s: s.shutdown_limit_s)
            yield from _within(site, ups, slowest, "linked servers halt before their UPS is off")
    if not site.control_nodes:
        return
    for node in site.control_nodes:
        # ②' <= min(①', ①''): whatever falls first, the control disk or the node's own UPS.
        falling = (*site.control_array_upses, *(site.upses[u] for u in node.upses))
        first = min(falling, key=lambda u: off_delay(site, u).total)
        disk = first in site.control_array_upses
        title = "the control disk is cut" if disk else "their UPS is off"
        yield from _within(site, first, node, f"control nodes halt before {title}")


@rule(
    "S1",
    Severity.WARNING,
    "no server is forced off before its own limit is over",
    why="""
    The delayed OFF is guarded twice. A server that is still up `force_before` (60 s) ahead of the cut
    is forced off, because power lost under a running system is worse. Its UPS's delay therefore has to
    cover the server's whole shutdown limit and that minute; otherwise a server that is merely slow is
    forced. When the delay is not even longer than `force_before`, every server is forced at once: that
    is an error.
    """,
)
def nobody_is_forced_early(site: Site) -> Iterator[Found]:
    for ups in site.server_upses:
        linked = [s for s in site.servers_on(ups.name) if s.role is ServerRole.LINKED]
        if not linked:
            continue
        slowest = max(linked, key=lambda s: s.shutdown_limit_s)
        path = ("servers", slowest.name, "shutdown", "limit")
        needs = amount(slowest.shutdown_limit_s, f"{slowest.name} limit", path)
        needs = needs.plus(site.force_before_s, "force_before", ("force_before",))
        margin = Margin(
            "no linked server is forced early", needs, off_delay(site, ups), needs.brief, headline=False
        )
        yield margin
        at_once = site.force_before_s >= margin.has.total
        if at_once or (margin.short > 0 and slowest.shutdown_limit_s <= margin.has.total):
            when = "at once" if at_once else f"after {margin.has.total - site.force_before_s:g} s"
            yield Broken(
                f"{slowest.name} may take {slowest.shutdown_limit_s:g} s but is forced off {when}",
                path,
                margin,
                (_longer_delay(ups, margin.short),),
                Severity.ERROR if at_once else None,
            )


def off_delay(site: Site, ups: Ups) -> Amount:
    """What an outage's OFF leaves to the loads of this UPS: `timing.stop_off_s`, told as a sum."""
    if ups in site.control_array_upses:
        return amount(timing.delayed_off_s(ups), f"{ups.name} {_grace(ups)}", _delay_path(ups))
    if ups.timing is not Timing.LEGACY:
        graceful = amount(ups.power_off_delay_s, f"{ups.name} off delay", _delay_path(ups))
    else:
        graceful = (
            amount(ups.shutdown_delay_s, f"{ups.name} shutdown_delay", _delay_path(ups))
            .plus(ups.low_battery_runtime_s, "low_battery_runtime")
            .plus(timing.LEGACY_EXTRA_S, "fixed")
        )
    if ups.off is OffMode.AFTER_HALT and ups in site.server_upses:
        wait_s = timing.stop_off_s(site, ups) - timing.graceful_off_s(ups)
        return amount(wait_s, "sent after the halt").plus(graceful.total, f"{ups.name} off")
    return graceful


def _within(site: Site, ups: Ups, load: Server, title: str) -> Iterator[Found]:
    path = ("servers", load.name, "shutdown", "limit")
    has = off_delay(site, ups)
    brief = has.brief
    if ups in site.control_array_upses:
        brief = f"{ups.name} off = {_grace(ups)} {has.brief}"
    margin = Margin(title, amount(load.shutdown_limit_s, f"{load.name} limit", path), has, brief)
    yield margin
    if not margin.short:
        return
    peers = [s for s in site.servers_on(ups.name) if s.shutdown_limit_s > has.total] or [load]
    changes = tuple(Change(("servers", s.name, "shutdown", "limit"), has.total, "or less") for s in peers)
    victim = "its disk" if ups in site.control_array_upses else "its power"
    yield Broken(
        f"{names(s.name for s in peers)} may still be shutting down when {ups.name} takes {victim} away",
        path,
        margin,
        (
            _longer_delay(ups, margin.short),
            Remedy(changes, ", if that is enough for a clean shutdown"),
        ),
    )


def _longer_delay(ups: Ups, short_s: float) -> Remedy:
    now_s = ups.shutdown_delay_s if ups.timing is Timing.LEGACY else ups.power_off_delay_s
    delay_s = math.ceil((now_s + short_s) / GRID_S) * GRID_S
    return Remedy((Change(_delay_path(ups), delay_s, "or more"),))


def _delay_path(ups: Ups) -> tuple[str, ...]:
    return ("upses", ups.name, "shutdown_delay" if ups.timing is Timing.LEGACY else "power_off_delay")


def _grace(ups: Ups) -> str:
    return "grace" if ups.timing is Timing.LEGACY else "off delay"
