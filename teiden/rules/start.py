"""Rules of the way up: nobody is left off for ever, and nobody starts by himself who should not."""

from __future__ import annotations

from collections.abc import Iterator

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


def _boot(server: Server) -> Remedy:
    return Remedy((Change(_ac_link(server), AcLink.BOOT.value),), remark=t(", in its BIOS and here"))


def _ac_link(server: Server) -> tuple[str, ...]:
    return ("servers", server.name, "ac_link")
