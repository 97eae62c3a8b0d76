"""What happened, in the operator's words: `blade1 blade2 shutting down`, `OFF to ups5, ups6`."""

from __future__ import annotations

from sequencer.events import NAMES, Event
from teiden.language.retell import retold
from teiden.language.say import later, said, t
from teiden.narration.groups import Group
from teiden.narration.past import Past
from teiden.narration.words import listed, whole

VERBS = {
    "run.ended": later("the run ends"),
    "outage.suspected": later("{names} on battery: outage suspected"),
    "outage.confirmed": later("{names} outage confirmed"),
    "outage.cleared": later("{names} outage cleared"),
    "incident.opened": later("incident opened"),
    "incident.closed": later("incident closed"),
    "mains.lost": later("{names} lost"),
    "mains.restored": later("{names} restored"),
    "ups.output_off": later("{names} output off"),
    "ups.output_on": later("{names} output on"),
    "ups.exhausted": later("{names} battery empty"),
    "ups.off_armed": later("{names} counting down to off"),
    "card.silent": later("card of {names} silent"),
    "card.answering": later("card of {names} answering"),
    "server.forced": later("{names} forced off"),
    "server.crashed": later("{names} CRASHED"),
    "cluster.failed_over": later("{names} failed over"),
    "cluster.runs_without": later("{names} runs without a node"),
    "cluster.forced": later("{names} forced to stop"),
    "array.flush_timed_out": later("{names} flush timed out"),
    "array.lost_data": later("{names} LOST DATA"),
    "alarm.raised": later("alarm: {names}"),
    "alarm.cleared": later("alarm over: {names}"),
    "alarm.queued": later("alarm on its way: {names}"),
    "hold.set": later("hold on {names}"),
    "hold.released": later("hold on {names} released"),
    "journal.heard": later("{node} knows of what was written down before"),
    "lease.taken": later("{node} takes the command"),
    "lease.lost": later("{node} gives up the command"),
    "schedule.fired": later("schedule {names}: {goal}"),
    "request.accepted": later("request accepted: {wish} {names}"),
    "request.refused": later("request refused: {wish} {names}"),
    "job.started": later("job {job} on {names} started"),
    "job.finished": later("job {job} on {names}: {result}"),
    "clock.gap": later("{names} was stopped or asleep"),
    "clock.stepped": later("clock of {names} set"),
    "service.died": later("service on {names} killed"),
    "service.begun": later("service on {names} begun anew"),
    "service.stalled": later("service on {names} stands still"),
}
"""Where it is not simply the state that the event sets, or the last word of its name."""

COMMANDS = {
    "off": later("OFF to {names}"),
    "on": later("ON to {names}"),
    "shutdown": later("shutdown to {names}"),
    "force": later("force off to {names}"),
    "flush": later("flush to {names}"),
    "stop": later("stop to {names}"),
    "start": later("{names} start"),
    "restart": later("{names} restart"),
    "wake": later("wake-up to {names}"),
}
TO_SOMEBODY = later("{command} to {names}")
"""Any other."""
STEPS = {
    "step.started": later("started"),
    "step.done": later("done"),
    "step.timed_out": later("timed out"),
    "step.overtaken": later("overtaken"),
}


def phrase(group: Group, past: Past) -> str:
    off = group.name == "command.sent" and group.first.details.get("command") == "off"
    joint = ", " if off else " "

    def what(names: str) -> str:
        return _what(group.first, past, names)

    stages = group.stages()
    if len(stages) == 1 or not _may_be_staged(group):
        return what(_names(group.subjects, past, group.name, joint))
    if len(stages) == 2:
        first, second = ([e.subject for e in stage] for stage in stages)
        later_s = stages[1][0].t - stages[0][0].t
        begun = what(listed(first, past, joint))
        return t("{what}, {names} {time} later", what=begun, names=listed(second, past), time=whole(later_s))
    all_of_them = what(listed(group.subjects, past, joint))
    return t("{what} within {time}", what=all_of_them, time=whole(group.last_t - group.t))


def _may_be_staged(group: Group) -> bool:
    """A repeated alarm or failure is no procession of devices."""
    return len(group.subjects) > 1


def _names(subjects: list[str], past: Past, event: str, joint: str) -> str:
    told = listed(subjects, past, joint)
    if event.startswith("mains.") and past.kind(subjects[0]) == "ups":
        return t("mains of {names}", names=told)
    return told


def _what(event: Event, past: Past, names: str) -> str:
    command = str(event.details.get("command"))
    match event.name:
        case "command.sent":
            return said(COMMANDS.get(command, TO_SOMEBODY), command=command, names=names)
        case "command.refused":
            return t("refused: {command} {names}", command=retold(command), names=names)
        case "command.failed":
            return t("failed: {command} {names}", command=retold(command), names=names)
        case "step.waiting":
            return _waiting(event, past, names)
        case "step.started" | "step.done" | "step.timed_out" | "step.overtaken":
            step, how = str(event.details.get("step")), said(STEPS[event.name])
            return t("{names}: {step}, {how}", names=names, step=retold(step), how=how)
        case "rule.broken":
            return _broken(event, names)
        case "journal.committed":
            kind = str(event.details.get("kind")).replace("_", " ")
            return t("{node} wrote down: {kind} {names}", node=event.by, kind=retold(kind), names=names)
    verb = VERBS.get(event.name)
    if verb is not None:
        told = {key: _told(event, key) for key in TOLD}
        return said(verb, names=names, node=event.by, **told)
    return f"{names} {retold(NAMES[event.name].state or event.name.replace('.', ' ').replace('_', ' '))}"


TOLD = ("goal", "wish", "job", "result")
"""Details that a phrase may name."""


def _told(event: Event, key: str) -> str:
    text = str(event.details.get(key, ""))
    return text if key == "job" else retold(text.replace("_", " "))


def _broken(event: Event, names: str) -> str:
    rule = event.details.get("rule", t("a rule"))
    if event.details.get("declared"):
        return t("{rule} broken as declared: {names}", rule=rule, names=names)
    return t("BROKEN {rule}: {names}", rule=rule, names=names)


def _waiting(event: Event, past: Past, names: str) -> str:
    """For what: `ups4 waits: safe to switch on`. The site as a whole needs no name."""
    step = retold(str(event.details.get("step")))
    if past.device(event.subject) is None:
        return t("waiting: {step}", step=step)
    return t("{names} waits: {step}", names=names, step=step)
