"""What happened, in the operator's words: `blade1 blade2 shutting down`, `OFF to ups5, ups6`."""

from __future__ import annotations

from sequencer.events import NAMES, Event
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import listed, whole

HERE = "{}"
"""Where the names go."""

VERBS = {
    "run.ended": "the run ends",
    "outage.suspected": "{} on battery: outage suspected",
    "outage.confirmed": "{} outage confirmed",
    "outage.cleared": "{} outage cleared",
    "incident.opened": "incident opened",
    "incident.closed": "incident closed",
    "mains.lost": "{} lost",
    "mains.restored": "{} restored",
    "ups.output_off": "{} output off",
    "ups.output_on": "{} output on",
    "ups.exhausted": "{} battery empty",
    "ups.off_armed": "{} counting down to off",
    "card.silent": "card of {} silent",
    "card.answering": "card of {} answering",
    "server.forced": "{} forced off",
    "server.crashed": "{} CRASHED",
    "cluster.failed_over": "{} failed over",
    "cluster.forced": "{} forced to stop",
    "array.flush_timed_out": "{} flush timed out",
    "array.lost_data": "{} LOST DATA",
    "alarm.raised": "alarm: {}",
    "alarm.cleared": "alarm over: {}",
    "hold.set": "hold on {}",
    "hold.released": "hold on {} released",
}
"""Where it is not simply the state that the event sets, or the last word of its name."""

COMMANDS = {
    "off": "OFF to {}",
    "on": "ON to {}",
    "shutdown": "shutdown to {}",
    "force": "force off to {}",
    "flush": "flush to {}",
    "stop": "stop to {}",
    "start": "{} start",
    "restart": "{} restart",
    "wake": "wake-up to {}",
}


def phrase(group: Group, past: Past) -> str:
    verb = _verb(group.first, past)
    joint = ", " if verb.startswith("OFF") else " "

    def said(names: str) -> str:
        return verb.replace(HERE, names)

    stages = group.stages()
    if len(stages) == 1 or not _may_be_staged(group):
        return said(_names(group.subjects, past, group.name, joint))
    if len(stages) == 2:
        first, second = ([e.subject for e in stage] for stage in stages)
        later_s = stages[1][0].t - stages[0][0].t
        return f"{said(listed(first, past, joint))}, {listed(second, past)} {whole(later_s)} later"
    return f"{said(listed(group.subjects, past, joint))} within {whole(group.last_t - group.t)}"


def _may_be_staged(group: Group) -> bool:
    """A repeated alarm or failure is no procession of devices."""
    return len(group.subjects) > 1


def _names(subjects: list[str], past: Past, event: str, joint: str) -> str:
    said = listed(subjects, past, joint)
    if event.startswith("mains.") and past.kind(subjects[0]) == "ups":
        return f"mains of {said}"
    return said


def _verb(event: Event, past: Past) -> str:
    """With `{}` where the names go."""
    command = str(event.details.get("command"))
    match event.name:
        case "command.sent":
            return COMMANDS.get(command, f"{command} to {{}}")
        case "command.refused":
            return f"refused: {command} {{}}"
        case "command.failed":
            return f"failed: {command} {{}}"
        case "step.waiting":
            return _waiting(event, past)
        case "step.started" | "step.done" | "step.timed_out":
            return f"{{}}: {event.details.get('step')}, {event.name.partition('.')[2].replace('_', ' ')}"
        case "rule.broken":
            rule = event.details.get("rule", "a rule")
            return (
                f"{rule} broken as declared: {{}}"
                if event.details.get("declared")
                else f"BROKEN {rule}: {{}}"
            )
        case "lease.taken" | "lease.lost":
            return f"{event.by} {'takes' if event.name == 'lease.taken' else 'gives up'} the command"
        case "journal.committed":
            return f"{event.by} wrote down: {str(event.details.get('kind')).replace('_', ' ')} {{}}"
    verb = VERBS.get(event.name)
    if verb is None:
        verb = "{} " + (NAMES[event.name].state or event.name.replace(".", " ").replace("_", " "))
    return verb


def _waiting(event: Event, past: Past) -> str:
    """For what: `ups4 waits: safe to switch on`. The site as a whole needs no name."""
    who = "{} waits" if past.device(event.subject) is not None else "waiting"
    return f"{who}: {event.details.get('step')}"
