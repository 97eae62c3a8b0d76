"""Rules of the switches: without the LAN no card answers, no disk is flushed, nobody is woken."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer import timing
from sequencer.site import Site, Switch
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, amount
from teiden.plan.course import Course, whole_site
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule

ALWAYS_S = float("inf")


@rule(
    "R1-11",
    Severity.ERROR,
    "every switch is on a UPS",
    why="""
    All commands of an outage go over the LAN: reading the cards, shutting servers down, the flush,
    Wake-on-LAN. A switch that goes dark with the mains silences all of it in the first second. A Fibre
    Channel switch without a UPS takes the disks away from servers that still run.
    """,
)
def switches_have_a_ups(site: Site) -> Iterator[Found]:
    if not any(s.kind == "lan" for s in site.switches.values()):
        yield Broken(
            t("no LAN switch is stated: nothing shows that a card answers during an outage"),
            ("switches",),
            remedies=(Remedy(remark=t("name the LAN switches and their UPSes under `switches:`")),),
            severity=Severity.WARNING,
        )
    for switch in site.switches.values():
        if len(switch.upses) < max(1, switch.minimum_supplies):
            yield Broken(
                t("{switch} ({kind}) is on no UPS", switch=switch.name, kind=switch.kind.upper())
                if not switch.upses
                else t(
                    "{switch} needs {minimum_supplies} supplies, {count} on a UPS",
                    switch=switch.name,
                    minimum_supplies=switch.minimum_supplies,
                    count=len(switch.upses),
                ),
                ("switches", switch.name, "upses"),
                remedies=(_to_the_nodes(site, switch),),
            )


@rule(
    "N1",
    Severity.ERROR,
    "the LAN lasts as long as the control side",
    why="""
    The switch has to be alive until the control nodes have sent their last command. On a control node's
    UPS it is; on another one that UPS's battery must last as long as the control side needs, and no
    step of the outage may switch it off before.
    """,
    also=("R1-11",),
)
def lan_outlives_the_control_side(site: Site) -> Iterator[Found]:
    if not site.node_upses:
        return
    longest = max(site.node_upses, key=lambda u: timing.battery_need_s(site, u))
    needs = amount(timing.battery_need_s(site, longest), t("control side, {ups}", ups=longest.name))
    course = whole_site(site)
    for switch in site.switches.values():
        supplies = max(1, switch.minimum_supplies)
        if switch.kind != "lan" or len(switch.upses) < supplies:
            continue
        lives = sorted((_lasts(site, course, u) for u in switch.upses), key=lambda a: a.total, reverse=True)
        has = lives[supplies - 1]
        if has.total == ALWAYS_S:
            continue
        margin = Margin(t("the LAN outlives the control side"), needs, has, has.terms[0].words)
        yield margin
        if margin.short:
            yield Broken(
                t("{switch} goes dark before the control side has stopped", switch=switch.name),
                ("switches", switch.name, "upses"),
                margin,
                (_to_the_nodes(site, switch),),
            )


def _lasts(site: Site, course: Course, name: str) -> Amount:
    """How long it feeds the switch: to its OFF, to its battery's end, or as long as the control side."""
    ups = site.upses[name]
    if ups in (*site.node_upses, *site.control_array_upses):
        return amount(ALWAYS_S, t("{name}, stops with the control side", name=name))
    off = course.off(name)
    if off is not None and (ups.runtime_s is None or off.total < ups.runtime_s):
        return amount(off.total, t("{name} is switched off", name=name))
    if ups.runtime_s is None:
        return amount(0.0, t("{name}, no runtime stated", name=name))
    return amount(ups.runtime_s, t("{name} runtime", name=name))


def _to_the_nodes(site: Site, switch: Switch) -> Remedy:
    nodes = tuple(u.name for u in site.node_upses)
    if len(nodes) < switch.minimum_supplies:
        return Remedy(remark=t("feed it from the control nodes' UPSes"))
    return Remedy((Change(("switches", switch.name, "upses"), nodes),))
