"""Rules of the confirm times: how long each UPS's mains must be away before it counts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sequencer.site import Site, Ups
from teiden.language.say import t
from teiden.plan.arithmetic import amount, names
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule

SAG_S = 5.0
"""Cards tell sags shorter than this from a blackout (PowerNet's causes of transfer, X-08)."""

STEP_S = 30.0
"""Proposed between two neighbours of the order: the document's own 930, 900, 60, 30."""


@rule(
    "R6-11",
    Severity.ERROR,
    "all control nodes have the same confirm time",
    why="""
    The whole cluster stops together. If one node's UPS counts as out earlier than the other's, that
    node leaves alone, the cluster fails over in the middle of an outage, and the other node follows
    seconds later.
    """,
    also=("S19",),
)
def nodes_confirm_together(site: Site) -> Iterator[Found]:
    times = {u.confirm_s for u in site.node_upses}
    if len(times) < 2:
        return
    longest = max(times)
    changes = tuple(Change(_at(u), longest) for u in site.node_upses if u.confirm_s != longest)
    for ups in site.node_upses:
        if ups.confirm_s != longest:
            others = names(u.name for u in site.node_upses if u.confirm_s == longest)
            yield Broken(
                t(
                    "{ups} confirms after {confirm_s:g} s, {others} after {longest:g} s",
                    ups=ups.name,
                    confirm_s=ups.confirm_s,
                    others=others,
                    longest=longest,
                ),
                _at(ups),
                remedies=(Remedy(changes),),
            )


@rule(
    "R6-12",
    Severity.ERROR,
    "confirm times fall: control nodes > control disk > linked servers > linked disk",
    why="""
    The linked disk's UPS has to be the first that counts as out: it is what makes the servers stop. The
    control side has to be the last, because it does all the work: it stops the servers, sees them off,
    flushes the disk and cuts it. Equal times are as wrong as reversed ones. The order of the confirm
    times is not the order of switching off: the linked disk trips first and is cut after its servers.
    """,
    also=("S19",),
)
def confirm_times_fall(site: Site) -> Iterator[Found]:
    classes = [
        (t("control nodes"), site.node_upses),
        (t("control disk"), site.control_array_upses),
        (t("linked servers"), site.server_upses),
        (t("linked disk"), site.linked_array_upses),
    ]
    present = [(what, upses) for what, upses in classes if upses]
    for (above, uppers), (below, lowers) in pairwise(present):
        upper = min(uppers, key=lambda u: u.confirm_s)
        lower = max(lowers, key=lambda u: u.confirm_s)
        if upper.confirm_s > lower.confirm_s:
            continue
        to = lower.confirm_s + STEP_S
        yield Broken(
            t(
                "{upper} ({above}) confirms after {upper_s:g} s, "
                "not later than {lower} ({below}) after {lower_s:g} s",
                upper=upper.name,
                above=above,
                upper_s=upper.confirm_s,
                lower=lower.name,
                below=below,
                lower_s=lower.confirm_s,
            ),
            _at(upper),
            remedies=(
                Remedy(tuple(Change(_at(u), to) for u in uppers if u.confirm_s <= lower.confirm_s)),
                *_lowered(lowers, upper.confirm_s),
            ),
        )


@rule(
    "X-08",
    Severity.WARNING,
    "no confirm time is so short that a sag stops the servers",
    why="""
    Dips of a few seconds are common and harmless: every UPS rides them out. A confirm time has to be
    longer than such a sag and longer than one look at the card, or the first flicker shuts servers
    down. Once a stop has begun it is not taken back before everything it asked for is done.
    """,
    also=("P1",),
)
def confirm_outlasts_a_sag(site: Site) -> Iterator[Found]:
    for ups in site.upses.values():
        if not site.servers_on(ups.name) and not site.arrays_on(ups.name):
            continue
        margin = Margin(
            t("{ups} rides out a sag", ups=ups.name),
            amount(SAG_S, t("a sag")),
            amount(ups.confirm_s, t("{ups} confirm", ups=ups.name)),
            t("{ups} confirm", ups=ups.name),
            headline=False,
        )
        yield margin
        if margin.left <= 0:
            yield Broken(
                t(
                    "{ups} counts as out after {confirm_s:g} s; a flicker stops what it feeds",
                    ups=ups.name,
                    confirm_s=ups.confirm_s,
                ),
                _at(ups),
                margin,
                (Remedy((Change(_at(ups), STEP_S, t("or more")),)),),
            )


def _lowered(upses: tuple[Ups, ...], below_s: float) -> Iterator[Remedy]:
    """The other way round, where there is room for it."""
    to = below_s - STEP_S
    if to >= STEP_S:
        yield Remedy(tuple(Change(_at(u), to, t("or less")) for u in upses if u.confirm_s >= below_s))


def _at(ups: Ups) -> tuple[str, ...]:
    return ("upses", ups.name, "confirm")
