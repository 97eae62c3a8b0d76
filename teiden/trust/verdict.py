"""What speaks against arming, what somebody has to look at, and what nobody knows. Nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sequencer.site import Site
from sequencer.timing import CARD_REBOOT_S
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.words import duration
from teiden.status.picture import LATE_S
from teiden.trust.acts import Act
from teiden.trust.blips import Blip, How
from teiden.trust.silences import Silence
from teiden.trust.spans import total_s
from teiden.trust.week import DAY_S, Week

ENOUGH = 0.95
"""Of the days that are asked for: an hour of updates is no hole in a week."""
SILENT = 0.01
"""A card that is silent for more of the time than this is not heard well enough to be relied on."""
NEAR = 0.8
"""A blip that lasted more than so much of its confirm time was nearly an outage."""


@dataclass(frozen=True)
class Verdict:
    against: tuple[str, ...]
    look: tuple[str, ...]
    """Only somebody who was there can say whether it was right."""
    unknown: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        return 1 if self.against else 0


def verdict(week: Week, site: Site, days: float) -> Verdict:
    """In the language of this run."""
    clock = Clock(site.time_zone)
    return Verdict(
        (
            *_coverage(week, days),
            *_acted(week, clock),
            *_alarms(week),
            *_silent(week),
            *_away(week, site, clock),
            *_batteries(week),
        ),
        (*_events_to_look_at(week, clock), *_runs_to_look_at(week, clock)),
        tuple(_not_known(week)),
    )


@dataclass(frozen=True)
class Clock:
    zone: str

    def at(self, instant_s: float) -> str:
        """`2026-11-25 14:10:02` where the room is."""
        return datetime.fromtimestamp(instant_s, ZoneInfo(self.zone)).strftime("%Y-%m-%d %H:%M:%S")


def of_days(covered_s: float) -> str:
    return f"{covered_s / DAY_S:.1f}"


# Against


def _coverage(week: Week, days: float) -> Iterator[str]:
    if week.covered_s < ENOUGH * days * DAY_S:
        yield t("it watched {n} of {days} days", n=of_days(week.covered_s), days=f"{days:g}")
    elif week.with_this_file_s < ENOUGH * days * DAY_S:
        yield t(
            "with this very site file it watched {n} of {days} days",
            n=of_days(week.with_this_file_s),
            days=f"{days:g}",
        )
    for trouble in week.troubles:
        yield t("an event file cannot be read: {why}", why=trouble)


def _acted(week: Week, clock: Clock) -> Iterator[str]:
    for act in week.acts:
        if not act.begun_by and (act.would or act.sent):
            times = {"at": clock.at(act.at_s), "n": len(act.would) + len(act.sent)}
            if act.sent:
                yield t("{at}: {n} commands, and nothing tells why", **times)
            else:
                yield t("{at}: it would have sent {n} commands, and nothing tells why", **times)
    for at_s, rule, text in week.broken:
        yield t("{at}: {rule} was broken: {text}", at=clock.at(at_s), rule=rule, text=retold(text))


def _alarms(week: Week) -> Iterator[str]:
    for alarms in week.alarms:
        if alarms.alone:
            yield t(
                "alarms of {rule} with no incident open: {n}, the last: {text}",
                n=alarms.alone,
                rule=alarms.rule or t("no rule"),
                text=retold(alarms.last_text),
            )


def _silent(week: Week) -> Iterator[str]:
    for silence in week.silences:
        if silence.still:
            yield t(
                "{device} is silent, since {s}", device=silence.device, s=duration(silence.spans[-1].for_s)
            )
        elif is_too_silent(silence, week.covered_s):
            yield t(
                "{device} was silent: {n} x, {total} in all, {longest} at the longest",
                device=silence.device,
                n=len(silence.spans),
                total=duration(silence.total_s),
                longest=duration(silence.longest_s),
            )


def is_too_silent(silence: Silence, covered_s: float) -> bool:
    """For longer than a card takes to reboot (U2), or more than now and then; in outages they may be."""
    longest_s = max((span.for_s for span in silence.unexplained), default=0.0)
    return longest_s > CARD_REBOOT_S or total_s(silence.unexplained) > SILENT * max(covered_s, 1.0)


def _away(week: Week, site: Site, clock: Clock) -> Iterator[str]:
    """While it is away nothing is read; for longer than this nothing it knows is fresh (S11)."""
    stale_s = site.polling.stale_after_s(site.polling.on_line_s)
    long = [gap for gap in week.gaps if gap.lost_s > stale_s]
    if long:
        worst = max(long, key=lambda gap: gap.lost_s)
        yield t(
            "the service was stopped for longer than a reading is good: {n} x, the longest {s} until {at}",
            n=len(long),
            s=duration(worst.lost_s),
            at=clock.at(worst.at_s),
        )
    if week.late_s is not None and week.late_s >= LATE_S:
        yield t("the service was late by up to {s} s", s=f"{week.late_s:.1f}")


def _batteries(week: Week) -> Iterator[str]:
    for battery in week.batteries:
        off = battery.seen_off if battery.seen_off is not None else battery.told_off
        if battery.short and off is not None:
            yield t("{ups} lasts {off} less than the model says", ups=battery.ups, off=f"{-off:.0%}")


# To be looked at


def _events_to_look_at(week: Week, clock: Clock) -> Iterator[str]:
    for act in week.acts:
        if act.begun_by:
            yield t(
                "{at}: was it right to act, because of {because}?", at=clock.at(act.at_s), because=why(act)
            )
    for blip in week.blips:
        if is_near(blip):
            yield t(
                "{at}: {ups} was on battery for {s} of its {confirm}: nearly an outage",
                at=clock.at(blip.at_s),
                ups=blip.ups,
                s=duration(blip.after_s),
                confirm=duration(blip.confirm_s or 0.0),
            )
    for alarms in week.alarms:
        if alarms.times > alarms.alone:
            yield t(
                "alarms of {rule} in incidents: {n}, the last: {text}",
                n=alarms.times - alarms.alone,
                rule=alarms.rule or t("no rule"),
                text=retold(alarms.last_text),
            )


def _runs_to_look_at(week: Week, clock: Clock) -> Iterator[str]:
    for hole in week.holes:
        yield t("{at}: nobody watched for {s}", at=clock.at(hole.from_s), s=duration(hole.for_s))
    if week.lives > len(week.nodes):
        yield t("the service was started {n} times", n=week.lives)
    if week.other_files:
        yield t("it ran with other site files too: {n}", n=week.other_files)
    if week.unreadable:
        yield t("lines of event files that are no events: {n}", n=week.unreadable)


def why(act: Act) -> str:
    """`ups4`, `nightly`, `power_off blade1, mori`."""
    return act.because or t("nothing that is told")


def is_near(blip: Blip) -> bool:
    return blip.how is How.CLEARED and bool(blip.confirm_s) and blip.after_s > NEAR * (blip.confirm_s or 0.0)


# Not known

MOST_NAMES = 6


def some(found: Sequence[str]) -> str:
    """`ups1, ups2 and 3 more`: they need not stand side by side."""
    if len(found) <= MOST_NAMES:
        return ", ".join(found)
    return t("{names} and {n} more", names=", ".join(found[:MOST_NAMES]), n=len(found) - MOST_NAMES)


def _not_known(week: Week) -> Iterator[str]:
    if not any(act.begun_by == "outage" for act in week.acts):
        yield t("no outage came: what it does in one was not shown; make a small one")
    if not week.has_readings:
        yield t("no readings are kept: whether it watched while nothing happened, and the batteries")
    elif unseen := [one.ups for one in week.batteries if not one.discharges]:
        yield t("no discharge of {upses} was seen", upses=some(unseen))
    if unstated := [one.ups for one in week.batteries if one.model_s is None]:
        yield t("the site file states no runtime of {upses}", upses=some(unstated))
    if week.has_readings and (untold := [one.ups for one in week.batteries if one.told_s is None]):
        yield t("what {upses} tell when they are full", upses=some(untold))
    if week.late_s is None:
        yield t("how late the service was: only a running one tells it")
    if not week.nodes:
        yield t("whose events these are")
