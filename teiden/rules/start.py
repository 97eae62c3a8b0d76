"""Rules of the way up: nobody is left off for ever, and nobody starts by himself who should not."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from sequencer import timing
from sequencer.site import AcLink, Server, ServerRole, Site
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, Term, names
from teiden.plan.batteries import battery_needs
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule


@rule(
    "R4-01",
    Severity.ERROR,
    "every server that has to come back can",
    why="""
    A server comes back in two ways. With AC-Link `boot` it starts when its UPS does. When the mains
    return in the middle of a shutdown its UPS may never go off, and the halted server only wakes over
    the LAN, by its MAC address. One of the two missing leaves it stranded in one of the two cases: a
    warning. Both missing: an error. Control nodes have nobody to wake them: they need AC-Link `boot`.
    """,
    also=("H7", "H8", "R9-35"),
)
def everybody_comes_back(site: Site) -> Iterator[Found]:
    for server in site.servers.values():
        boots = server.ac_link is AcLink.BOOT
        if server.role is ServerRole.CONTROL and not boots:
            yield Broken(
                t(
                    "control node {server} does not boot when its power returns, and nobody can wake it",
                    server=server.name,
                ),
                _ac_link(server),
                remedies=(_boot(server),),
            )
        if server.role is not ServerRole.LINKED or (boots and server.mac):
            continue
        if boots:
            yield Broken(
                t(
                    "{server} has no MAC address: halted with its power on, it cannot be woken",
                    server=server.name,
                ),
                ("servers", server.name, "mac"),
                remedies=(Remedy(remark=t("mac: the address of its Wake-on-LAN interface")),),
                severity=Severity.WARNING,
            )
        else:
            power = {"server": server.name, "ac_link": server.ac_link.value}
            message = (
                t(
                    "{server} stays off when its power returns (ac_link: {ac_link}); "
                    "only Wake-on-LAN brings it back",
                    **power,
                )
                if server.mac
                else t(
                    "{server} stays off when its power returns (ac_link: {ac_link}); "
                    "it has no MAC address either",
                    **power,
                )
            )
            yield Broken(
                message,
                _ac_link(server),
                remedies=(_boot(server),),
                severity=Severity.WARNING if server.mac else None,
            )


@rule(
    "H11",
    Severity.WARNING,
    "no pool server boots by itself",
    why="""
    Pool servers are off on purpose and are never started by us. With AC-Link `boot` one starts whenever
    the UPS it shares with others is switched on, before anybody gave it a task.
    """,
    also=("R6-32",),
)
def pool_servers_stay_off(site: Site) -> Iterator[Found]:
    for server in site.pool_servers:
        if server.ac_link is AcLink.BOOT:
            yield Broken(
                t(
                    "pool server {server} boots by itself when {upses} is switched on",
                    server=server.name,
                    upses=names(server.upses),
                ),
                _ac_link(server),
                remedies=(Remedy((Change(_ac_link(server), AcLink.STAY_OFF.value),)),),
            )


@rule(
    "R6-19",
    Severity.WARNING,
    "a site that starts by itself has UPSes that do",
    why="""
    `start: {auto: true}` promises that everything comes back. A UPS without `reboot_on_restore` stays
    off until somebody presses its button, and all that waits for it stays off too (R9-28, R10-03).
    """,
    also=("R10-03", "R10-23", "R9-28", "L8"),
)
def automatic_start_reaches_everybody(site: Site) -> Iterator[Found]:
    feeding = [u for u in site.upses.values() if site.servers_on(u.name) or site.arrays_on(u.name)]
    off = [u.name for u in feeding if not u.reboot_on_restore]
    if site.start.auto and off:
        changes = tuple(Change(("upses", name, "reboot_on_restore"), True) for name in off)
        yield Broken(
            t("the site starts by itself, {off} stay off until somebody presses the button", off=names(off)),
            ("upses", off[0], "reboot_on_restore"),
            remedies=(Remedy(changes),),
        )


@rule(
    "S17",
    Severity.NOTE,
    "a battery charged for a start carries another full stop",
    why="""
    Nothing is started before every battery could carry another full stop, but more than 90 % of charge
    is never waited for: the last tenth takes as long as all the rest. A battery that needs more than
    that for a full stop is too small for a second outage that comes soon after the first.
    """,
    also=("P4",),
)
def second_outage_is_survived(site: Site) -> Iterator[Found]:
    for line in battery_needs(site):
        if line.has is None:
            continue
        need_pct = 100 * line.needs.total / line.has.total
        margin = Margin(
            t("{ups} carries a stop right after a start", ups=line.ups),
            Amount((Term(need_pct, t("charge for a full stop")),)),
            Amount((Term(timing.CHARGED_PCT, t("charge waited for")),)),
            line.ups,
            unit="%",
            headline=False,
        )
        yield margin
        if margin.short and need_pct <= 100:
            yield Broken(
                t(
                    "{ups} needs {need_pct:.0f} % of its battery for a full stop; "
                    "after an outage it is used again from {charged_pct:.0f} %",
                    ups=line.ups,
                    need_pct=need_pct,
                    charged_pct=timing.CHARGED_PCT,
                ),
                ("upses", line.ups, "runtime"),
                margin,
            )


@rule(
    "P4",
    Severity.WARNING,
    "a UPS comes back with charge that it can reach, and a node's with enough to go off again",
    why="""
    A UPS that was told to go off until the mains return, or that ran empty, comes back by itself as soon
    as its battery holds `min_return_charge`. Nobody can hold it back: the control nodes boot on it, and
    only then wait for the charge of all others (S17). If the mains go again at once, the nodes have to go
    down once more, and a battery that ends before their UPS is off takes their power while they halt
    (R9-08). More than 90 % on the other hand comes so slowly, and from an old battery perhaps never, that
    everybody on that UPS stays off.
    """,
    also=("R9-08",),
)
def returns_with_enough(site: Site) -> Iterator[Found]:
    for ups in site.upses.values():
        path, has_pct = ("upses", ups.name, "min_return_charge"), ups.min_return_charge_pct
        if not ups.reboot_on_restore:
            continue
        if has_pct > timing.CHARGED_PCT:
            yield Broken(
                t(
                    "{ups} stays off until it holds {has_pct:g} %, which a battery may never say",
                    ups=ups.name,
                    has_pct=has_pct,
                ),
                path,
                remedies=(Remedy((Change(path, timing.CHARGED_PCT, t("or less")),)),),
            )
        if ups not in site.node_upses or not ups.runtime_s:
            continue
        off_s = timing.stop_off_s(site, ups)
        need_pct = min(timing.CHARGED_PCT, ceil(100 * off_s / ups.runtime_s))
        margin = Margin(
            t("{ups} can go off again right after its return", ups=ups.name),
            Amount((Term(need_pct, t("charge until it is off")),)),
            Amount((Term(has_pct, t("{ups} charge to return", ups=ups.name)),)),
            ups.name,
            unit="%",
            headline=False,
        )
        yield margin
        if margin.short:
            yield Broken(
                t(
                    "{ups} comes back with {has_pct:g} %; until it is off again it needs {need_pct:g} %",
                    ups=ups.name,
                    has_pct=has_pct,
                    need_pct=need_pct,
                ),
                path,
                margin,
                (Remedy((Change(path, need_pct, t("or more")),)),),
            )


def _boot(server: Server) -> Remedy:
    return Remedy((Change(_ac_link(server), AcLink.BOOT.value),), remark=t(", in its BIOS and here"))


def _ac_link(server: Server) -> tuple[str, ...]:
    return ("servers", server.name, "ac_link")
