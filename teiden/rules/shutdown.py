"""Rules of the shutdown times: every system is down before its power is."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sequencer import timing
from sequencer.site import OffMode, Server, ServerRole, Site, Timing, Ups
from teiden.language.say import t
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
    within. Stop jobs run before the system goes down and count with it.
    """,
    also=("R10-53", "R2-07", "X-05"),
)
def systems_halt_before_the_cut(site: Site) -> Iterator[Found]:
    for ups in site.server_upses:
        loads = [s for s in site.servers_on(ups.name) if s.role is not ServerRole.CONTROL]
        if loads:
            slowest = max(loads, key=lambda s: s.stop_limit_s)
            yield from _within(site, ups, slowest, t("linked servers halt before their UPS is off"))
    if not site.control_nodes:
        return
    for node in site.control_nodes:
        # ②' <= min(①', ①''): whatever falls first, the control disk or the node's own UPS.
        falling = (*site.control_array_upses, *(site.upses[u] for u in node.upses))
        first = min(falling, key=lambda u: off_delay(site, u).total)
        disk = first in site.control_array_upses
        title = (
            t("control nodes halt before the control disk is cut")
            if disk
            else t("control nodes halt before their UPS is off")
        )
        yield from _within(site, first, node, title)


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
        slowest = max(linked, key=lambda s: s.stop_limit_s)
        path = ("servers", slowest.name, "shutdown", "limit")
        needs = _stop_limit(slowest)
        needs = needs.plus(site.force_before_s, t("force_before"), ("force_before",))
        margin = Margin(
            t("no linked server is forced early"), needs, off_delay(site, ups), needs.brief, headline=False
        )
        yield margin
        at_once = site.force_before_s >= margin.has.total
        if at_once or (margin.short > 0 and slowest.stop_limit_s <= margin.has.total):
            limit_s = slowest.stop_limit_s
            message = (
                t(
                    "{server} may take {limit_s:g} s but is forced off at once",
                    server=slowest.name,
                    limit_s=limit_s,
                )
                if at_once
                else t(
                    "{server} may take {limit_s:g} s but is forced off after {forced_s:g} s",
                    server=slowest.name,
                    limit_s=limit_s,
                    forced_s=margin.has.total - site.force_before_s,
                )
            )
            yield Broken(
                message,
                path,
                margin,
                (_longer_delay(ups, margin.short),),
                Severity.ERROR if at_once else None,
            )


def off_delay(site: Site, ups: Ups) -> Amount:
    """What an outage's OFF leaves to the loads of this UPS: `timing.stop_off_s`, told as a sum."""
    if ups in site.control_array_upses:
        return amount(timing.delayed_off_s(ups), _grace(ups), _delay_path(ups))
    if ups.timing is not Timing.LEGACY:
        graceful = amount(ups.power_off_delay_s, t("{ups} off delay", ups=ups.name), _delay_path(ups))
    else:
        graceful = (
            amount(ups.shutdown_delay_s, t("{ups} shutdown_delay", ups=ups.name), _delay_path(ups))
            .plus(ups.low_battery_runtime_s, t("low_battery_runtime"))
            .plus(timing.LEGACY_EXTRA_S, t("fixed"))
        )
    if ups.off is OffMode.AFTER_HALT and ups in site.server_upses:
        wait_s = timing.stop_off_s(site, ups) - timing.graceful_off_s(ups)
        return amount(wait_s, t("sent after the halt")).plus(graceful.total, t("{ups} off", ups=ups.name))
    return graceful


def _within(site: Site, ups: Ups, load: Server, title: str) -> Iterator[Found]:
    path = ("servers", load.name, "shutdown", "limit")
    has = off_delay(site, ups)
    brief = has.brief
    if ups in site.control_array_upses:
        made_of = (
            t("grace {value}", value=has.brief)
            if ups.timing is Timing.LEGACY
            else t("off delay {value}", value=has.brief)
        )
        brief = t("{ups} off = {made_of}", ups=ups.name, made_of=made_of)
    margin = Margin(title, _stop_limit(load), has, brief)
    yield margin
    if not margin.short:
        return
    peers = [s for s in site.servers_on(ups.name) if s.stop_limit_s > has.total] or [load]
    left_s = {s.name: has.total - (s.stop_limit_s - s.shutdown_limit_s) for s in peers}
    shorter = Remedy(
        tuple(Change(("servers", n, "shutdown", "limit"), s, t("or less")) for n, s in left_s.items()),
        t(", if that is enough for a clean shutdown"),
    )
    who = names(s.name for s in peers)
    message = (
        t("{servers} may still be shutting down when {ups} takes its disk away", servers=who, ups=ups.name)
        if ups in site.control_array_upses
        else t(
            "{servers} may still be shutting down when {ups} takes its power away", servers=who, ups=ups.name
        )
    )
    yield Broken(
        message,
        path,
        margin,
        (
            _longer_delay(ups, margin.short),
            *([shorter] if min(left_s.values()) > 0 else []),
        ),
    )


def _stop_limit(server: Server) -> Amount:
    """`Server.stop_limit_s`, told as a sum."""
    path = ("servers", server.name, "shutdown", "limit")
    limit = amount(server.shutdown_limit_s, t("{server} limit", server=server.name), path)
    return limit.plus(server.stop_limit_s - server.shutdown_limit_s, t("its stop jobs"))


def _longer_delay(ups: Ups, short_s: float) -> Remedy:
    now_s = ups.shutdown_delay_s if ups.timing is Timing.LEGACY else ups.power_off_delay_s
    delay_s = math.ceil((now_s + short_s) / GRID_S) * GRID_S
    return Remedy((Change(_delay_path(ups), delay_s, t("or more")),))


def _delay_path(ups: Ups) -> tuple[str, ...]:
    return ("upses", ups.name, "shutdown_delay" if ups.timing is Timing.LEGACY else "power_off_delay")


def _grace(ups: Ups) -> str:
    if ups.timing is Timing.LEGACY:
        return t("{ups} grace", ups=ups.name)
    return t("{ups} off delay", ups=ups.name)
