"""The reference document's timing formulas, each with its source. One number per rule, everywhere.

All in seconds. `check`, `plan`, the guards and the pretend UPS read them from here.
The circled labels are those of requirements §1.3.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sequencer.site import Array, FlushOrder, ServerRole, Site, Timing, Ups

LEGACY_EXTRA_S = 120.0
"""Fixed addition of network management cards to a graceful OFF: the "2 min" of R10-06."""

REBOOT_OFF_S = 8.0
"""How long a UPS told to go off until the mains return stays off when they are there already."""

AS_PLANNED_S = 0.5
"""A delay that a card tells differs from the site file's by no more where that is its setting (S29)."""

EVIDENCE_EXTRA_S = 30.0
"""A UPS silent this long past the end of its armed delay is off, if its loads are halted (DESIGN §3)."""

CARD_REBOOT_S = 120.0
"""A card that reboots is silent for 30 to 120 s (U1); one that is silent longer is taken for dead (U2)."""

RECHARGE_TIMES = 10.0
"""A battery is charged in this many times as long as it gave power (reliability P4)."""

SLEEP_STEP_S = 360.0
"""Sleep times are kept in tenths of an hour (R10-56)."""

CLAIM_S = 30.0
"""For a node that may command to say so, to look whether another does, and to write it down."""


def graceful_off_s(ups: Ups) -> float:
    """① and ①'': from a graceful OFF to the loss of output (R10-06, R10-08, X-06)."""
    if ups.timing is Timing.LEGACY:
        return ups.shutdown_delay_s + ups.low_battery_runtime_s + LEGACY_EXTRA_S
    return ups.power_off_delay_s


def delayed_off_s(ups: Ups) -> float:
    """①': from a delayed, non-graceful OFF to the loss of output (R10-07): the grace alone."""
    return ups.shutdown_delay_s if ups.timing is Timing.LEGACY else ups.power_off_delay_s


def immediate_off_s(ups: Ups) -> float:
    """From an immediate OFF to the loss of output: nothing, or the grace on old cards (R10-22)."""
    return delayed_off_s(ups) if ups.immediate_off_honours_grace else 0.0


def stop_off_s(site: Site, ups: Ups) -> float:
    """How long this UPS still gives power after the OFF that an outage sends it (DESIGN §3)."""
    if ups.name in site.names_of_control_array_upses:
        return delayed_off_s(ups)
    if ups.name in site.names_of_linked_array_upses:
        return immediate_off_s(ups)
    wait_s = 0.0
    if ups.off.value == "after_halt":
        wait_s = max((s.stop_limit_s for s in site.servers_on(ups.name)), default=0.0)
    return wait_s + graceful_off_s(ups)


def linked_confirm_s(site: Site) -> float:
    """③: the smallest confirm time of the linked unit starts its whole stop (R10-10)."""
    return min((u.confirm_s for u in site.linked_array_upses), default=0.0)


def servers_off_s(site: Site) -> float:
    """The longest ① over the linked servers' UPSes."""
    return max((stop_off_s(site, u) for u in site.server_upses), default=0.0)


def flushes_s(site: Site) -> float:
    """All linked arrays flushed, each at its limit: one after the other when serial."""
    n = len(site.linked_arrays)
    serial = site.linkage.flush_order is FlushOrder.SERIAL
    return site.linkage.flush_limit_s * (n if serial else min(n, 1))


def linked_stop_s(site: Site) -> float:
    """Seconds from mains lost to the linked side's end at the latest (R6-14, S20): 750 in the example."""
    cut_s = max((immediate_off_s(u) for u in site.linked_array_upses), default=0.0)
    return linked_confirm_s(site) + servers_off_s(site) + flushes_s(site) + cut_s


def looking_s(site: Site) -> float:
    """What late looks can add to `linked_stop_s`: on battery seen, UPSes seen off, and each flush: seen over,
    or begun by a look at an array that does not answer."""
    polling, n = site.polling, len(site.linked_arrays)
    flushes = n if site.linkage.flush_order is FlushOrder.SERIAL else min(n, 1)
    each_s = max(polling.on_battery_s, silent_look_s(site))
    return polling.on_line_s + polling.on_battery_s + flushes * each_s


def silent_look_s(site: Site) -> float:
    """A look at what does not answer: it is asked twice (X-09)."""
    return 2 * site.polling.timeout_s


def control_confirm_s(site: Site) -> float:
    """③'': the smallest confirm time of the control side starts its stop (R10-11)."""
    return min((u.confirm_s for u in site.control_upses), default=0.0)


def control_floor_s(site: Site, ups: Ups) -> float:
    """What a control UPS must still have when the control stop begins: cluster limit + its own delay."""
    return site.cluster.shutdown_limit_s + stop_off_s(site, ups)


LATE_LOOKS = 2
"""Polls. Whoever waits until a battery holds no more than a stop needs sees that up to a poll later, and so
does who follows: what hangs up to its limit would leave no time for the OFF."""


def late_looks_s(site: Site) -> float:
    return LATE_LOOKS * site.polling.on_battery_s


def cluster_floors_s(site: Site, upses: Iterable[Ups]) -> dict[str, float]:
    """By UPS, what its battery must hold when the cluster is stopped, for all that is still to come."""
    return {ups.name: control_floor_s(site, ups) + late_looks_s(site) for ups in upses}


ASKED_S = 15.0
"""A shutdown or an OFF that was asked for is answered in this time, if it is answered at all."""


def nodes_floors_s(site: Site) -> dict[str, float]:
    """The same of the nodes when the cluster has stopped: their jobs, and the last one may not answer."""
    jobs_s = max((n.stop_limit_s - n.shutdown_limit_s for n in site.control_nodes), default=0.0)
    wait_s = jobs_s + site.polling.timeout_s + ASKED_S + late_looks_s(site)
    return {ups.name: wait_s + stop_off_s(site, ups) for ups in site.node_upses}


def systems_floors_s(site: Site, upses: Iterable[Ups]) -> dict[str, float]:
    """The same when the cluster has stopped, and the systems are still to go.

    Their UPSes are told to go off when the nodes are on their way down, which they may take their limit for,
    and the last one that is asked may not answer; after the others', whose cards may be silent. And each look
    may be a poll late.
    """
    return {ups.name: systems_gone_s(site) + stop_off_s(site, ups) for ups in upses}


def systems_gone_s(site: Site) -> float:
    """The same of a UPS that is not told itself: until the nodes are down."""
    longest_s = max((node.stop_limit_s for node in site.control_nodes), default=0.0)
    return longest_s + site.polling.timeout_s + ASKED_S + late_looks_s(site)


def disks_floors_s(site: Site) -> dict[str, float]:
    """The same of the control disks alone."""
    return systems_floors_s(site, site.control_array_upses)


def battery_need_s(site: Site, ups: Ups) -> float:
    """Runtime at full load that this UPS must have for a full stop (decision 9, R9-07).

    Control nodes: own confirm + cluster limit + ①''. Control arrays: control confirm + cluster
    limit + ①'. Linked arrays: their confirm + ① + all flushes. Server UPSes: own confirm + ①.
    """
    disk = ups.name in site.names_of_control_array_upses
    return (control_confirm_s(site) if disk else ups.confirm_s) + own_stop_s(site, ups)


def own_stop_s(site: Site, ups: Ups) -> float:
    """What this UPS must still have when the stop begins that its own outage causes."""
    if ups.name in site.names_of_node_upses | site.names_of_control_array_upses:
        return control_floor_s(site, ups)
    if ups.name in site.names_of_linked_array_upses:
        return servers_off_s(site) + flushes_s(site) + immediate_off_s(ups)
    return stop_off_s(site, ups)


def last_call_s(site: Site, ups: Ups) -> float:
    """What it has left when its own stop is begun at the latest, whatever is still waited for."""
    return own_stop_s(site, ups) + LATE_LOOKS * site.polling.on_battery_s


def off_call_s(site: Site, ups: Ups) -> float:
    """What it has left when its OFF is told at the latest, whoever has not been heard by then."""
    return stop_off_s(site, ups) + late_looks_s(site)


CHARGED_PCT = 90.0
"""More than this is never waited for: the last tenth takes as long as all the rest, and a battery
that needs it is too small anyway, which R9-07 says before any outage."""


def return_charge_pct(site: Site, ups: Ups) -> float:
    """Charge below which nothing on this UPS is started (S17): a full stop must fit in what is left.

    Without a stated runtime only the UPS's own minimum return charge is known.
    """
    if not ups.runtime_s:
        return ups.min_return_charge_pct
    need_pct = 100.0 * battery_need_s(site, ups) / ups.runtime_s
    return min(CHARGED_PCT, max(ups.min_return_charge_pct, need_pct))


def warm_up_lead_s(site: Site, array: Array, *, enclosures: bool) -> float:
    """③ (controllers) and ③' (enclosures): how long before its servers a linked array is switched on.

    Warm-up time + 6 min, + the flush limit on the linked side because its sleep begins only after
    the flush (R10-47, R10-48). Control side: C, C', without the flush (R10-52).
    """
    names = array.enclosures if enclosures else array.controllers
    warm_up_s = max((site.upses[u].warm_up_time_s for u in names), default=0.0)
    flush_s = site.linkage.flush_limit_s if array in site.linked_arrays else 0.0
    return warm_up_s + SLEEP_STEP_S + flush_s


INTERNAL_S = 600.0
"""Reserve between the servers' UPSes and the array in scheduled running: the "10 min" of R10-46."""


def shortest_night_s(site: Site, array: Array, flushes: int = 1) -> float:
    """Gap between off and on below which the array is left on (R10-46, S22): 2400 in the example.

    The longer of the document's rule and the path as it is wired (decision 6). `flushes`: how many
    arrays are flushed in that night, this one among them.
    """
    return max(document_night_s(site, array), wired_night_s(site, array, flushes))


def document_night_s(site: Site, array: Array) -> float:
    """① + 10 min + max(③, ③'), with the largest ① (R10-46)."""
    off_s = max((graceful_off_s(u) for u in site.server_upses_of(array.name)), default=0.0)
    lead_s = max(warm_up_lead_s(site, array, enclosures=e) for e in (False, True))
    return off_s + INTERNAL_S + lead_s


def wired_night_s(site: Site, array: Array, flushes: int = 1) -> float:
    """Servers off, flushes, sleep of the controllers' UPSes, then of the enclosures', one step lost, warm-up.

    2640 in the example, were its enclosures on a UPS of their own (decision 6).
    """
    serial = site.linkage.flush_order is FlushOrder.SERIAL
    flush_s = site.linkage.flush_limit_s * (max(flushes, 1) if serial else 1)
    asleep_s = sum(
        max((graceful_off_s(site.upses[name]) for name in part), default=0.0) for part in slept_parts(array)
    )
    warm_up_s = max(site.upses[name].warm_up_time_s for name in array.upses)
    return users_off_s(site, array) + flush_s + asleep_s + SLEEP_STEP_S + warm_up_s


def users_off_s(site: Site, array: Array) -> float:
    """From a schedule's off until no server of this array is left: its users halted, their UPSes off."""
    upses_s = [stop_off_s(site, ups) for ups in site.server_upses_of(array.name)]
    return max([*upses_s, *(s.stop_limit_s for s in site.users_of(array.name))], default=0.0)


def slept_parts(array: Array) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """UPSes of the controllers, and the others of the array: put to sleep in this order (S4).

    One that feeds both goes with the controllers, unless these have others that feed them alone.
    """
    first = array.controllers_alone or array.controllers
    return first, tuple(u for u in array.upses if u not in first)


def sleeping_arrays(site: Site, servers: Collection[str]) -> tuple[Array, ...]:
    """Linked arrays that nobody uses while these servers are off (R10-44). One without users stays on."""
    found = []
    for array in site.linked_arrays:
        users = {s.name for s in site.users_of(array.name) if s.role is ServerRole.LINKED}
        if users and users <= set(servers):
            found.append(array)
    return tuple(found)


def followed_s(site: Site) -> float:
    """B5: until another node has taken the command of who is gone, or says that it may not."""
    start, polling = site.start, site.polling
    return start.peer_limit_s + start.first_look_limit_s + polling.stale_after_s(polling.on_line_s) + CLAIM_S
