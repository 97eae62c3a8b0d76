"""How long each battery must last for a full stop, and how long it does."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer import timing
from sequencer.site import Site, Ups
from teiden.plan.arithmetic import Amount, amount, latest
from teiden.plan.course import Course, flush_count, whole_site


@dataclass(frozen=True)
class BatteryLine:
    """One UPS at full load."""

    ups: str
    needs: Amount
    """The worst case for this battery."""
    has: Amount | None
    """None: the site states no runtime, so nothing proves this battery."""
    whole_site_s: float | None
    """When its output is off at the latest in an outage of everything; None: no outage cuts it."""


def battery_needs(site: Site) -> list[BatteryLine]:
    """Every UPS that feeds a server or an array."""
    course = whole_site(site)
    return [
        _line(site, ups, course)
        for ups in site.upses.values()
        if site.servers_on(ups.name) or site.arrays_on(ups.name)
    ]


def _line(site: Site, ups: Ups, course: Course) -> BatteryLine:
    needs = _need(site, ups)
    off = course.off(ups.name)
    if off is not None and ups.name not in course.control_upses:
        # Redundant supplies can put the whole site's outage behind a longer confirm time than its own.
        needs = latest((needs, off))
    has = None
    if ups.runtime_s is not None:
        has = amount(ups.runtime_s, f"{ups.name} runtime", ("upses", ups.name, "runtime"))
    return BatteryLine(ups.name, needs, has, off.total if off else None)


def _need(site: Site, ups: Ups) -> Amount:
    """`timing.battery_need_s`, told as a sum."""
    own = amount(ups.confirm_s, f"{ups.name} confirm")
    off_s = timing.stop_off_s(site, ups)
    if ups in site.node_upses or ups in site.control_array_upses:
        if ups not in site.node_upses:
            own = amount(timing.control_confirm_s(site), "control confirm")
        own = own.plus(site.cluster.shutdown_limit_s, "cluster limit", ("cluster", "shutdown_limit"))
    elif ups in site.linked_array_upses:
        own = own.plus(timing.servers_off_s(site), "servers' UPSes off")
        for _ in range(flush_count(site)):
            own = own.plus(site.linkage.flush_limit_s, "flush_limit", ("linkage", "flush_limit"))
    needs = own.plus(off_s, f"{ups.name} off")
    assert abs(needs.total - timing.battery_need_s(site, ups)) < 1e-6, "one number, everywhere the same"
    return needs
