"""How long each battery must last for a full stop, and how long it does."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer import timing
from sequencer.site import Site, Ups
from teiden.language.say import language, t
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


_latest: list[tuple[Site, str, list[BatteryLine]]] = []
"""Several rules and the plan ask for the needs of one and the same site, one after the other."""


def battery_needs(site: Site) -> list[BatteryLine]:
    """Every UPS that feeds a server or an array."""
    if not (_latest and _latest[0][0] is site and _latest[0][1] == language()):
        _latest[:] = [(site, language(), _battery_needs(site))]
    return _latest[0][2]


def _battery_needs(site: Site) -> list[BatteryLine]:
    course = whole_site(site)
    servers_off_s = timing.servers_off_s(site)
    on_arrays = {name for array in site.arrays.values() for name in array.upses}
    return [
        _line(site, ups, course, servers_off_s)
        for ups in site.upses.values()
        if site.servers_on(ups.name) or ups.name in on_arrays
    ]


def _line(site: Site, ups: Ups, course: Course, servers_off_s: float) -> BatteryLine:
    needs = _need(site, ups, servers_off_s)
    off = course.off(ups.name)
    if off is not None and ups.name not in course.control_upses:
        # Redundant supplies can put the whole site's outage behind a longer confirm time than its own.
        needs = latest((needs, off))
    has = None
    if ups.runtime_s is not None:
        has = amount(ups.runtime_s, t("{ups} runtime", ups=ups.name), ("upses", ups.name, "runtime"))
    return BatteryLine(ups.name, needs, has, off.total if off else None)


def _need(site: Site, ups: Ups, servers_off_s: float) -> Amount:
    """`timing.battery_need_s`, told as a sum."""
    own = amount(ups.confirm_s, t("{ups} confirm", ups=ups.name))
    off_s = timing.stop_off_s(site, ups)
    if ups in site.node_upses or ups in site.control_array_upses:
        if ups not in site.node_upses:
            own = amount(timing.control_confirm_s(site), t("control confirm"))
        own = own.plus(site.cluster.shutdown_limit_s, t("cluster limit"), ("cluster", "shutdown_limit"))
    elif ups in site.linked_array_upses:
        own = own.plus(servers_off_s, t("servers' UPSes off"))
        for _ in range(flush_count(site)):
            own = own.plus(site.linkage.flush_limit_s, t("flush_limit"), ("linkage", "flush_limit"))
    return own.plus(off_s, t("{ups} off", ups=ups.name))
