"""Checks of a UPS as its card tells it: reached or why not, what it is, its power, its battery, how fast."""

from __future__ import annotations

from realtime.contacts import NutContact, SnmpContact
from realtime.unreached import Unreached
from sequencer.ports import Unreachable
from teiden.doctor.amounts import seconds
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.doctor.ups_visit import UpsVisit
from teiden.language.say import t

FULL_PCT = 95.0
"""Of a battery with less charge, its runtime is no measure."""
HURRIED = 0.5
"""Of `polling.timeout`; slower looks leave nothing for a busy network."""


@check(
    "ups.reached",
    Kind.UPS,
    "answers",
    why="""
    A UPS whose card nobody hears is not seen to fail and cannot be switched: what it feeds is cut without
    warning. Silence, a wrong user and a card that has lost its UPS have different cures (A9, U11).
    """,
)
async def reached(ctx: Context, name: str) -> Rows:
    visit = await ctx.ups(name)
    if not isinstance(visit.status, Unreachable):
        yield ok(_who(ctx, name, visit))
        return
    words = visit.status.reason
    match visit.state:
        case "AUTHENTICATION":
            yield fail(
                words,
                t("set user, protocols and pass phrases alike at the card and in the site file"),
            )
        case "LOST_ITS_UPS":
            yield fail(words, t("check the cable from the card to its UPS, or seat the card anew"))
        case "SAYS_TOO_LITTLE" if visit.also:
            told = t("{words}; it answers the MIB {mib}", words=words, mib=visit.also)
            yield fail(told, t("set mib: {mib} at this UPS in the site file", mib=visit.also))
        case "SAYS_TOO_LITTLE":
            yield fail(words, t("look at it with `teiden probe`; is this the address of its UPS?"))
        case _:
            yield fail(words, _unreached(ctx, name))


def _unreached(ctx: Context, name: str) -> str:
    contact = ctx.contacts.upses.get(name)
    if contact is None:
        return t("write into the site file how it is reached (docs/howto/connections.md)")
    if isinstance(ctx.machines.upses[name], Unreached):
        return t("mend what it says, then look again")
    if isinstance(contact, NutContact):
        return t("is upsd running at {host}, does it know {ups}?", host=contact.host, ups=contact.ups)
    if contact.version != "3":
        return t(
            "is it on, is {host} its address, may this node ask it (udp {port})? A wrong community is"
            " answered by silence too",
            host=contact.host,
            port=contact.port,
        )
    return t(
        "is it on, is {host} its address, is SNMPv3 enabled, may this node ask it (udp {port})?",
        host=contact.host,
        port=contact.port,
    )


def _who(ctx: Context, name: str, visit: UpsVisit) -> str:
    contact, reading = ctx.contacts.upses[name], visit.reading
    if reading is None or not isinstance(contact, SnmpContact):
        return t("by its NUT server")
    uptime = "" if reading.uptime_s is None else t("; card up for {time}", time=seconds(reading.uptime_s))
    return t(
        "{model}, firmware {firmware}, MIB {mib}{uptime}",
        model=reading.model or t("model unknown"),
        firmware=reading.firmware or t("unknown"),
        mib=contact.mib,
        uptime=uptime,
    )


@check(
    "ups.odd",
    Kind.UPS,
    "makes sense",
    why="""
    Cards say 0, -1 or the largest number there is where they know nothing. Such a value is unknown, and
    unknown opens no guard: a restart that waits for a charge nobody tells waits for the operator (U10).
    """,
)
async def makes_sense(ctx: Context, name: str) -> Rows:
    reading = (await ctx.ups(name)).reading
    if reading is not None and reading.odd and await ctx.ups_status(name) is not None:
        yield warn("; ".join(reading.odd), t("taken as unknown; newer firmware of the card may tell it"))


@check(
    "ups.power",
    Kind.UPS,
    "power",
    why="""
    A site is not commissioned in the middle of an outage: what is measured on battery, or of a UPS that
    is about to go off, says nothing of a normal day.
    """,
)
async def power(ctx: Context, name: str) -> Rows:
    status = await ctx.ups_status(name)
    if status is None:
        return
    if status.on_battery or not status.mains:
        yield fail(t("no mains: it is on battery now"), t("wait until the mains are back, then look again"))
    elif status.off_armed:
        yield fail(t("an OFF counts down"), t("somebody is switching it off: find out who before going on"))
    elif not status.output_on:
        yield warn(t("its output is off: nothing behind it has power"), t("switch it on, then look again"))
    else:
        reading = (await ctx.ups(name)).reading
        load = None if reading is None else reading.load_pct
        yield ok(t("mains, output on") + ("" if load is None else t(", load {load:g} %", load=load)))


@check(
    "ups.battery",
    Kind.UPS,
    "battery",
    why="""
    Everything that is planned hangs on the battery lasting as long as the site file says (S17, R9-07).
    Batteries wear out in three to five years, and only some cards say so.
    """,
)
async def battery(ctx: Context, name: str) -> Rows:
    visit, status = await ctx.ups(name), await ctx.ups_status(name)
    if status is None:
        return
    if visit.inventory is not None and visit.inventory.replace_battery:
        yield fail(t("the card says that its battery needs replacing"), t("replace the battery"))
        return
    if status.low_battery:
        yield fail(t("the battery is low"), t("let it charge; if it does not, replace it"))
        return
    if status.charge_pct is None or status.runtime_s is None:
        yield warn(
            t("it does not tell its charge, or how long it lasts"),
            t("test the battery by hand; a restart waits for a charge that nobody tells"),
        )
        return
    has, needs = status.runtime_s, ctx.site.upses[name].runtime_s
    told = t("charge {charge:g} %, lasts {time} now", charge=status.charge_pct, time=seconds(has))
    if needs is None or has >= needs:
        yield ok(told)
        return
    told += t("; the site file counts on {time} at full load", time=seconds(needs))
    if status.charge_pct < FULL_PCT:
        yield warn(told, t("look again when it is charged"))
    else:
        yield fail(
            told, t("replace the battery, lessen the load, or set runtime lower and check the site again")
        )


@check(
    "ups.latency",
    Kind.UPS,
    "looks",
    why="""
    A look that takes longer than polling.timeout counts as silence (S11), and a card that is silent twice
    in a row is unknown: in an outage, when all of them are asked more often, it must answer in good time.
    """,
)
async def latency(ctx: Context, name: str) -> Rows:
    visit, limit_s = await ctx.ups(name), ctx.site.polling.timeout_s
    if not visit.looks_s:
        return
    n, slow_s = len(visit.looks_s), p95(visit.looks_s)
    words = t("p95 of {n} looks {ms:.0f} ms, limit {limit}", n=n, ms=slow_s * 1000, limit=seconds(limit_s))
    do = t("raise polling.timeout, or find what slows the card or the network down")
    if visit.unanswered:
        lost = t("{lost} of {n} looks without an answer", lost=visit.unanswered, n=n)
        yield fail(lost, t("look for loss on the way: a bad cable, a busy switch, two with one address"))
    elif slow_s > limit_s:
        yield fail(words, do)
    elif slow_s > HURRIED * limit_s:
        yield warn(words, do)
    else:
        yield ok(words)


def p95(looks_s: tuple[float, ...]) -> float:
    """By nearest rank: of five looks it is the slowest."""
    ranked = sorted(looks_s)
    return ranked[max(0, -(-95 * len(ranked) // 100) - 1)]
