"""Checks of what the UPSes are really set to, against the site file; and whether two are one (S29, R6-23)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from realtime.snmp.settings import PLANNED_WITH, Difference, effective
from sequencer.site import Site, Timing, Ups
from sim.settings import effective as as_rounded
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import later, said, t
from teiden.rules.finding import Severity
from teiden.rules.registry import all_rules

SETTINGS = {
    "shutdown_delay_s": (later("shutdown delay"), "s"),
    "power_off_delay_s": (later("power-off delay"), "s"),
    "low_battery_runtime_s": (later("low-battery runtime"), "s"),
    "return_delay_s": (later("return delay"), "s"),
    "min_return_charge_pct": (later("least charge to return"), "%"),
}
"""What each is called, and its unit."""


@check(
    "ups.settings",
    Kind.UPS,
    "settings",
    why="""
    The delays of an OFF are computed from what the card is set to. Set shorter than the site file says, a
    UPS falls before its servers have stopped; cards round silently, and go back to their defaults with
    new firmware (S29, U8, U9).
    """,
)
async def settings(ctx: Context, name: str) -> Rows:
    visit = await ctx.ups(name)
    if visit.reading is None or await ctx.ups_status(name) is None:
        return
    ups = ctx.site.upses[name]
    for difference in visit.differences:
        yield _differs(ups, difference)
    unused = "power_off_delay_s" if ups.timing is Timing.LEGACY else "shutdown_delay_s"
    told = ((key, getattr(visit.reading.settings, key)) for key in SETTINGS if key != unused)
    wrong = {difference.setting for difference in visit.differences}
    alike = [_amount(key, value) for key, value in told if value is not None and key not in wrong]
    if alike and not wrong:
        yield ok(t("as in the site file: {settings}", settings=t(", ").join(alike)))


def _amount(setting: str, value: float) -> str:
    title, unit = SETTINGS[setting]
    return f"{said(title)} {value:g} {unit}"


def _differs(ups: Ups, difference: Difference) -> Found:
    setting, asked, got = difference.setting, difference.asked, difference.got
    title, unit = SETTINGS[setting]
    name = said(title)
    if got is None:
        return warn(
            t("{setting}: {asked:g} {unit} in the site file; the card does not tell it", setting=name,
              asked=asked, unit=unit),
            t("look at the card's own pages whether it is so"),
        )  # fmt: skip
    words = t(
        "{setting}: {asked:g} {unit} in the site file, {got:g} {unit} at the card",
        setting=name,
        asked=asked,
        got=got,
        unit=unit,
    )
    rounded = getattr(as_rounded(ups), setting)
    if rounded != asked:
        words += t("; cards of this kind make {rounded:g} {unit} of it", rounded=rounded, unit=unit)
    do = t(
        "set it at the card, or write {got:g} {unit} into the site file and check it again",
        got=got,
        unit=unit,
    )
    shorter = setting in PLANNED_WITH and got < asked
    return fail(words, do) if shorter else warn(words, do)


@check(
    "site.real_settings",
    Kind.SITE,
    "plan as set",
    why="""
    A delay that is longer at the card than in the site file can be as wrong as a shorter one: the sums of
    the rules are made with it. So every rule is held against the site once more, with what the cards are
    really set to (S29).
    """,
)
async def plan_holds(ctx: Context, name: str) -> Rows:
    visits = {ups: await ctx.ups(ups) for ups in ctx.site.upses}
    told = {u: v.reading.settings for u, v in visits.items() if v.reading is not None and v.differences}
    if not told:
        if any(visit.reading is not None for visit in visits.values()):
            yield ok(t("every card that tells its settings has those of the site file"))
        return
    really = replace(
        ctx.site,
        upses={u: effective(ups, told[u]) if u in told else ups for u, ups in ctx.site.upses.items()},
    )
    worse = sorted(broken_by(really) - broken_by(ctx.site))
    if worse:
        rules = ", ".join(dict.fromkeys(rule for rule, _ in worse))
        yield fail(
            t("with what the cards are set to, the site breaks {rules}", rules=rules),
            t(
                "set the cards as the site file says; `teiden check --explain {rule}` says why",
                rule=worse[0][0],
            ),
        )
    else:
        yield ok(t("every rule that holds for the site file holds with what the cards are set to"))


def broken_by(site: Site) -> set[tuple[str, str]]:
    """The rules that are errors, and where."""
    found = (finding for rule in all_rules() if not rule.live for finding in rule.check(site))
    return {(f.rule, ".".join(map(str, f.path))) for f in found if f.severity is Severity.ERROR}


@check(
    "site.twins",
    Kind.SITE,
    "no twins",
    why="""
    Two names with one card behind them: one UPS is switched twice and the other never. It happens when an
    address is copied, and nothing else shows it before the outage.
    """,
)
async def twins(ctx: Context, name: str) -> Rows:
    marks: dict[tuple[str, str], list[str]] = defaultdict(list)
    for ups in ctx.site.upses:
        visit = await ctx.ups(ups)
        if visit.engine_id is not None:
            marks["engine", visit.engine_id.hex()].append(ups)
        if visit.inventory is not None and visit.inventory.serial is not None:
            marks["serial", visit.inventory.serial].append(ups)
    doubles = _doubles(marks.items())
    for same, what in doubles.items():
        names = ", ".join(same)
        yield fail(
            t("{upses} are one and the same UPS ({what})", upses=names, what=what),
            t(
                "one of the addresses of {upses} is wrong; compare the serial numbers on the units",
                upses=names,
            ),
        )
    if marks and not doubles:
        yield ok(t("{n} different cards", n=len({who for names in marks.values() for who in names})))


def _doubles(marks: Iterable[tuple[tuple[str, str], list[str]]]) -> dict[tuple[str, ...], str]:
    """Groups of UPSes with one mark, each once, and the mark."""
    found: dict[tuple[str, ...], str] = {}
    for (kind, mark), who in marks:
        if len(who) > 1:
            words = (
                t("serial number {mark}", mark=mark)
                if kind == "serial"
                else t("SNMP engine {mark}", mark=mark)
            )
            found.setdefault(tuple(who), words)
    return found
