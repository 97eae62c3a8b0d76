"""Rules of the waits on the way up and before a flush: long enough to see what they wait for."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer import timing
from sequencer.site import Site
from teiden.language.say import t
from teiden.plan.arithmetic import Amount, KeyPath, amount
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import rule

FLAPPING_S = 60.0
"""Mains that come and go stay for up to a minute each time (P3)."""


@rule(
    "P3",
    Severity.WARNING,
    "nothing is switched on before the mains are stable",
    why="""
    After a storm the mains often come back several times, for seconds up to a minute. A site that starts
    at once starts and stops again each time, with batteries that have less each time. `mains_stable`
    is how long they must have been back; the clock begins anew with every interruption.
    """,
    also=("S10", "L10"),
)
def mains_are_stable_first(site: Site) -> Iterator[Found]:
    path = ("start", "mains_stable")
    yield from _long_enough(
        t("mains stable before anything starts"),
        amount(FLAPPING_S, t("mains that come and go")),
        amount(site.start.mains_stable_s, "mains_stable", path),
        t("mains back for {stable_s:g} s may be flapping still", stable_s=site.start.mains_stable_s),
        path,
    )


@rule(
    "A7",
    Severity.WARNING,
    "an array that is ready is looked at twice",
    why="""
    An array that has just started may say ready, find a disk missing, rebuild, and not be ready any
    more. Servers start only when it has said so for `ready_hold`; that must be long enough for two
    looks in a row.
    """,
)
def ready_is_seen_twice(site: Site) -> Iterator[Found]:
    path = ("start", "ready_hold")
    if site.arrays:
        yield from _long_enough(
            t("ready is seen twice"),
            Amount().plus(site.polling.on_line_s, t("a poll")).plus(site.polling.on_line_s, t("a poll")),
            amount(site.start.ready_hold_s, "ready_hold", path),
            t("ready for {hold_s:g} s may have been seen only once", hold_s=site.start.ready_hold_s),
            path,
        )


@rule(
    "P14",
    Severity.WARNING,
    "servers' UPSes are switched on one after the other",
    why="""
    Machines draw most when they start. All of them at once can trip the UPS or the breaker that has just
    come back. `gap` is the time between two servers' UPSes; it must cover at least one poll, so that
    the first one is seen to hold before the next follows (R10-26).
    """,
    also=("R10-26",),
)
def upses_start_one_after_the_other(site: Site) -> Iterator[Found]:
    path = ("start", "gap")
    if len(site.server_upses) > 1:
        yield from _long_enough(
            t("a gap between servers' UPSes"),
            amount(site.polling.on_line_s, t("a poll")),
            amount(site.start.gap_s, "gap", path),
            t("{count} servers' UPSes are switched on without a look between", count=len(site.server_upses)),
            path,
        )


@rule(
    "R9-31",
    Severity.WARNING,
    "the flush waits long enough to see the servers' UPSes off",
    why="""
    A UPS that goes off on battery takes its card down with it, and silence counts as off only 30 s after
    its delay has ended, at the next poll. A `seen_off_limit` shorter than that gives up just before the
    evidence is there: every flush begins with an alarm, and nobody believes the alarm any more.
    """,
    also=("S3",),
)
def off_can_be_seen(site: Site) -> Iterator[Found]:
    path = ("linkage", "seen_off_limit")
    if site.linked_arrays and site.server_upses:
        yield from _long_enough(
            t("servers' UPSes can be seen off"),
            amount(timing.EVIDENCE_EXTRA_S, t("silence counts as off")).plus(
                site.polling.on_battery_s, t("a poll on battery")
            ),
            amount(site.linkage.seen_off_limit_s, "seen_off_limit", path),
            t(
                "after {limit_s:g} s a UPS that took its card along is not proved off yet",
                limit_s=site.linkage.seen_off_limit_s,
            ),
            path,
        )


def _long_enough(title: str, needs: Amount, has: Amount, message: str, path: KeyPath) -> Iterator[Found]:
    margin = Margin(title, needs, has, needs.brief, headline=False)
    yield margin
    if margin.short:
        yield Broken(message, path, margin, (Remedy((Change(path, needs.total, t("or more")),)),))
