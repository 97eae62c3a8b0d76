"""A status as lines for a person: first who commands and what is going on, then every device.

Whatever is not as it should be says why beside it. What was read too long ago to act on is dim, and says
how long ago.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from realtime.status import AUTHENTICATION, LOST_ITS_UPS, UNREACHABLE, AlarmView, Status, UpsView, Wait
from teiden.language.retell import retold
from teiden.language.say import later, said, t
from teiden.narration.words import duration
from teiden.status.lines import Row, laid_out
from teiden.status.others import arrays, cluster, peers, servers
from teiden.status.readings import age, number, plain, title
from teiden.status.site_file import site_file

GOOD, ODD, BAD = "green", "yellow", "bold red"
STATES = {
    UNREACHABLE: later("UNREACHABLE"),
    LOST_ITS_UPS: later("LOST ITS UPS"),
    AUTHENTICATION: later("WRONG PASS PHRASE"),
}
DOWN = later("Incident {n}: going down since {time}")
UP_AGAIN = later("Incident {n}, since {time}: everything is coming up again")
MOST_ALARMS = 10
LATE_S = 1.0
"""A service that was later than this is told of."""


def picture(status: Status, wide: int, *, older_s: float = 0.0) -> list[Text]:
    """Lines at most so many cells wide. `older_s`: since it was told."""
    return [
        *_head(status, wide),
        *_waits(status.waits, wide, older_s),
        *_upses(status.upses, wide, older_s),
        *servers(status.servers, wide, older_s),
        *arrays(status.arrays, wide, older_s),
        *cluster(status, wide, older_s),
        *peers(status.peers, wide, status.site_hash),
        *site_file(status, wide),
        *_alarms(status, wide),
        *_service(status, wide),
    ]


def _head(status: Status, wide: int) -> Iterator[Text]:
    yield from plain(f"{status.site}: {who(status)}", wide, _who_style(status))
    words, style = may(status)
    yield from plain(words, wide, style)
    yield from plain(incident(status), wide, _incident_style(status))


def who(status: Status) -> str:
    if status.commands:
        return t("{node} commands: the node you are on", node=status.node)
    if status.commander is None:
        return t("NOBODY COMMANDS, as far as {node} knows", node=status.node)
    return t("{commander} commands; you are on {node}", commander=status.commander, node=status.node)


def _who_style(status: Status) -> str:
    return "bold" if status.commander is not None or status.commands else BAD


def may(status: Status) -> tuple[str, str]:
    if status.stopped:
        return t("EMERGENCY STOP: nothing is sent to any device until it is lifted."), BAD
    if not status.armed:
        why = f": {status.why_not}" if status.why_not else ""
        return t("NOT ARMED: it only watches{why}", why=why), BAD
    return t("Armed: it acts by itself."), GOOD


def incident(status: Status) -> str:
    found = status.incident
    if not found.open:
        return t("No incident is open.")
    template = UP_AGAIN if found.goal == "up" else DOWN
    cause = f" ({retold(found.cause)})" if found.cause else ""
    return said(template, n=found.epoch, time=at(found.since)) + cause


def _incident_style(status: Status) -> str:
    if not status.incident.open:
        return ""
    return ODD if status.incident.goal == "up" else BAD


def why_it_waits(wait: Wait) -> str:
    if wait.rule and wait.reason:
        return f"{wait.rule}: {retold(wait.reason)}"
    return wait.rule or retold(wait.reason)


def _waits(waits: tuple[Wait, ...], wide: int, older_s: float) -> Iterator[Text]:
    if not waits:
        return
    yield title(t("WAITS FOR"))
    rows = [
        Row(
            (Text(wait.subject, style="bold"), Text(retold(wait.step)), Text(so_long(wait, older_s))),
            why_it_waits(wait),
        )
        for wait in waits
    ]
    yield from laid_out(rows, "<<<", wide)


def so_long(wait: Wait, older_s: float) -> str:
    waited = duration(wait.for_s + older_s)
    if wait.limit_s is None:
        return t("{duration}, no limit", duration=waited)
    return t("{duration} of {limit}", duration=waited, limit=duration(wait.limit_s))


def _upses(upses: tuple[UpsView, ...], wide: int, older_s: float) -> Iterator[Text]:
    if not upses:
        return
    yield title(t("UPS"))
    yield from laid_out([_ups(ups, older_s) for ups in upses], "<<>>><", wide)


def _ups(ups: UpsView, older_s: float) -> Row:
    state, style = ups_state(ups)
    dim = "" if ups.fresh else "dim"
    cells = (
        Text(ups.name, style="bold"),
        Text(state, style=style),
        number(ups.charge_pct, t("{n:.0f} %"), dim),
        Text("" if ups.runtime_s is None else duration(ups.runtime_s), style=dim),
        number(ups.load_pct, t("load {n:.0f} %"), dim),
        age(ups.age_s, ups.fresh, older_s),
    )
    return Row(cells, ups_because(ups), ODD if ups.fresh else BAD)


def ups_state(ups: UpsView) -> tuple[str, str]:
    if ups.state in STATES:
        return said(STATES[ups.state]), BAD
    return _seen_state(ups) if ups.fresh else (t("NOT HEARD"), BAD)


def _seen_state(ups: UpsView) -> tuple[str, str]:
    """What is worst about it."""
    if ups.output_on is False:
        return t("off"), "dim"
    if ups.output_on is None:
        return t("unknown"), ODD
    if ups.low_battery and ups.on_battery is not False:
        return t("LOW BATTERY"), BAD
    if ups.off_armed:
        return t("OFF COUNTS DOWN"), ODD
    if ups.on_battery:
        return t("ON BATTERY"), ODD
    return (t("unknown"), ODD) if ups.on_battery is None else (t("on line"), GOOD)


def ups_because(ups: UpsView) -> str:
    """What else is known, and why nothing is."""
    parts = [ups.words] if ups.words else []
    if not ups.fresh and ups.age_s is not None:
        state, _ = _seen_state(ups)
        parts.append(t("was: {words}", words=state))
    if ups.fresh and ups.mains is False and not ups.on_battery:
        parts.append(t("no mains"))
    if ups.fresh and ups.output_on is False and ups.mains:
        parts.append(t("has mains"))
    if ups.fresh and (silent := _untold(ups)):
        parts.append(t("it does not tell: {words}", words=silent))
    return "; ".join(parts)


def _untold(ups: UpsView) -> str:
    words = {t("charge"): ups.charge_pct, t("runtime"): ups.runtime_s}
    return ", ".join(name for name, value in words.items() if value is None)


def _alarms(status: Status, wide: int) -> Iterator[Text]:
    if not status.alarms:
        return
    yield title(t("ALARMS"))
    yield from laid_out([_alarm(alarm) for alarm in status.alarms[-MOST_ALARMS:]], "<<", wide)


def _alarm(alarm: AlarmView) -> Row:
    rule = f" ({alarm.rule})" if alarm.rule else ""
    return Row((Text(at(alarm.time)), Text(alarm.subject, style="bold")), retold(alarm.text) + rule, ODD)


def _service(status: Status, wide: int) -> Iterator[Text]:
    """What is wrong with the service itself; nothing, if nothing is."""
    rows = []
    if not status.journal.healthy:
        rows.append(
            Row((Text(t("journal"), style="bold"), Text(t("FAILED"), style=BAD)), status.journal.words, BAD)
        )
    if status.lateness.gaps or status.lateness.max_s >= LATE_S:
        late = t(
            "{n:.1f} s at most; times it was stopped or asleep: {gaps}",
            n=status.lateness.max_s,
            gaps=status.lateness.gaps,
        )
        rows.append(Row((Text(t("lateness"), style="bold"), Text("")), late, ODD))
    if rows:
        yield title(t("THIS SERVICE"))
        yield from laid_out(rows, "<<", wide)


def at(time: str) -> str:
    """`2026-11-25 14:10:02`, as the service's own place shows it; what is no time stays as it is."""
    try:
        return datetime.fromisoformat(time).strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return time
