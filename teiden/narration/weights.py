"""What deserves a row: an event whose meaning follows from another row is a detail."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.events import Event
from teiden.narration.past import NEVER, Past
from teiden.narration.row import Importance

TROUBLE, MAIN, DETAIL = Importance.TROUBLE, Importance.MAIN, Importance.DETAIL

SOON_S = 10.0
"""An effect that comes this soon is what the row is about, not the command."""
AT_ONCE_S = 1.5
RETRY_S = 15.0
"""A command that failed is sent again within this."""
DOCUMENTED = frozenset(("run.started", "ups.charge"))
"""Told by the report's head and its lowest charges; no row at all."""

EFFECTS = {
    "shutdown": ("server.shutting_down", "server.halted"),
    "force": ("server.forced", "cluster.forced"),
    "on": ("ups.output_on",),
    "flush": ("array.flushing", "array.flushed"),
    "stop": ("cluster.stopping", "cluster.stopped"),
    "wake": ("server.booting",),
}
"""What a command brings about when it works; an OFF and a restart are always said."""


def weight(event: Event, past: Past) -> Importance | None:
    """None: no row."""
    if event.name in DOCUMENTED:
        return None
    judge = WEIGHTS.get(event.name, MAIN)
    return judge if isinstance(judge, Importance) else judge(event, past)


# Decisions


def _confirmed(event: Event, past: Past) -> Importance:
    """The first of an incident, and any that makes somebody act. A control stop names its own."""
    if past.next("incident.opened", "", event.t, AT_ONCE_S):
        return MAIN
    acts = [past.next(name, "", event.t, AT_ONCE_S) for name in ("command.sent", "command.refused")]
    said = [act for act in acts if act is not None and act.by == event.by and not _stops_cluster(act)]
    return MAIN if said else DETAIL


def _stops_cluster(act: Event) -> bool:
    return act.name == "command.sent" and act.details.get("command") == "stop"


def _cleared(event: Event, past: Past) -> Importance:
    restored_s = past.last_s("mains.restored", "", event.t)
    return DETAIL if event.t - restored_s < SOON_S else MAIN


def _command(event: Event, past: Past) -> Importance:
    command = str(event.details.get("command"))
    failed = past.last("command.failed", event.subject, event.t)
    if failed is not None and event.t - failed.t < RETRY_S and failed.details.get("command") == command:
        return DETAIL  # the failure is said, with how often
    effects = EFFECTS.get(command, ())
    seen = any(past.next(effect, event.subject, event.t, SOON_S) for effect in effects)
    return DETAIL if seen else MAIN


def _refused(event: Event, past: Past) -> Importance:
    """The same rule refuses the same command in other words: once is enough."""
    return _first_of(event, past, ("command", "rule"))


def _first_of(event: Event, past: Past, alike: tuple[str, ...]) -> Importance:
    before = past.last(event.name, event.subject, event.t - 0.0005)
    if before is None or any(before.details.get(key) != event.details.get(key) for key in alike):
        return TROUBLE if event.name == "command.refused" else MAIN
    closed_s = past.last_s("incident.closed", "", event.t)
    return DETAIL if before.t > closed_s else MAIN


def _waiting(event: Event, past: Past) -> Importance:
    if "will they stay" in str(event.details.get("step")) or "operator" in str(event.details.get("step")):
        return MAIN
    return _first_of(event, past, ("step", "rule")) if event.details.get("rule") else DETAIL


def _ended(event: Event, past: Past) -> Importance:
    """Only a run that ends too soon is worth saying so."""
    return MAIN if past.incident_is_open(event.t) else DETAIL


def _broken(event: Event, past: Past) -> Importance:
    return MAIN if event.details.get("declared") else TROUBLE


def _timed_out(event: Event, past: Past) -> Importance:
    return DETAIL if past.next("alarm.raised", event.subject, event.t, AT_ONCE_S) else TROUBLE


def _lease(event: Event, past: Past) -> Importance:
    """Who commands is said when it changes."""
    before = past.last("lease.taken", "", event.t - 0.0005)
    if before is None or before.by == event.by:
        return DETAIL
    over_s = past.last_s("cluster.failed_over", "", event.t)
    return DETAIL if event.t - over_s < AT_ONCE_S else MAIN


# Machines


def _stopping(event: Event, past: Past) -> Importance:
    """Nodes go down when their cluster has stopped: that row is there already."""
    if past.kind(event.subject) != "node":
        return MAIN
    stopped_s = past.last_s("cluster.stopped", "", event.t)
    by_cluster = stopped_s > past.last_s("cluster.running", "", event.t) and event.t - stopped_s < SOON_S
    return DETAIL if by_cluster or past.restarting(event.t) else MAIN


def _halted(event: Event, past: Past) -> Importance:
    restarts = past.kind(event.subject) == "node" and past.restarting(event.t)
    return DETAIL if restarts else MAIN


def _booting(event: Event, past: Past) -> Importance:
    if past.kind(event.subject) == "node":
        return DETAIL if past.restarting(event.t) else MAIN
    fed_s = max(
        (past.last_s("ups.output_on", ups, event.t) for ups in past.upses_of(event.subject)), default=NEVER
    )
    return DETAIL if event.t - fed_s < SOON_S else MAIN


def _up(event: Event, past: Past) -> Importance:
    """A node that is up shows it by what it does next."""
    if past.kind(event.subject) != "node":
        return MAIN
    acts = past.next("command.sent", "", event.t, SOON_S)
    return DETAIL if acts or past.restarting(event.t) else MAIN


def _ready(event: Event, past: Past) -> Importance:
    """Said by what it was waited for: the cluster's restart, the servers' power."""
    follows = past.next("command.sent", "", event.t, 3 * SOON_S)
    return DETAIL if follows is not None and follows.details.get("command") != "shutdown" else MAIN


def _on_line(event: Event, past: Past) -> Importance:
    on_s = past.last_s("ups.output_on", event.subject, event.t)
    return DETAIL if event.t - on_s < SOON_S else MAIN


def _card_silent(event: Event, past: Past) -> Importance:
    """A UPS that goes off on battery takes its card down; any other silence is news."""
    return DETAIL if past.output_off_since_s(event.subject, event.t) is not None else MAIN


def _card_answering(event: Event, past: Past) -> Importance:
    silent = past.last("card.silent", event.subject, event.t)
    return DETAIL if silent is None else _card_silent(silent, past)


Weigh = Callable[[Event, Past], Importance]
WEIGHTS: dict[str, Importance | Weigh] = {
    **dict.fromkeys(
        (
            *("ups.off_armed", "array.dirty", "array.starting", "array.off", "cluster.starting"),
            *("outage.suspected", "incident.opened", "step.started", "step.done", "step.overtaken"),
            *("journal.committed", "journal.heard", "alarm.queued", "lease.lost", "job.started"),
        ),
        DETAIL,
    ),
    **dict.fromkeys(
        (
            *("ups.exhausted", "server.crashed", "server.forced", "cluster.forced", "array.lost_data"),
            *("array.flush_timed_out", "alarm.raised", "command.failed"),
        ),
        TROUBLE,
    ),
    "run.ended": _ended,
    "rule.broken": _broken,
    "outage.confirmed": _confirmed,
    "outage.cleared": _cleared,
    "command.sent": _command,
    "command.refused": _refused,
    "step.waiting": _waiting,
    "step.timed_out": _timed_out,
    "lease.taken": _lease,
    "server.shutting_down": _stopping,
    "server.halted": _halted,
    "server.booting": _booting,
    "server.up": _up,
    "array.ready": _ready,
    "ups.on_line": _on_line,
    "card.silent": _card_silent,
    "card.answering": _card_answering,
}
"""All others are worth a row."""
