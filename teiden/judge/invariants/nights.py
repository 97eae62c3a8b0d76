"""S21, S22, S23: what a schedule may do to the arrays, and when it may only restart."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

from sequencer import calendar
from sequencer.events import Event
from sequencer.journal import Goal
from sequencer.site import Array, ArrayRole
from teiden.judge.invariants.falling import boots_who_is_wanted_up, counts_down, disks_count_down
from teiden.judge.invariants.flushes import stops_nobody
from teiden.judge.invariants.invariant import TICK_S, Invariant, Look
from teiden.judge.ledger.hanging import only_ends_a_stop
from teiden.judge.ledger.room import Room
from teiden.judge.words import names, seconds, verb
from teiden.language.retell import retold
from teiden.language.say import later, said, t

SWITCHES = ("off", "on", "flush", "shutdown", "force", "stop")


class S21(Invariant):
    """Off and on one minute apart: a restart, and nothing else.

    `gap = 60s -> actions subset {Reboot}`. The instant's goal is a restart, never an off; and until the
    servers it names are up again nothing of theirs is shut down, flushed or switched, unless an outage
    or another word wants that. One that hangs on its way down past its own limit is forced (H1): it would
    never restart, and a force is the end of a stop that is under way. Nor is anything said of whose power, or
    that of whose linked disks, counts down as another has told it (C12). And who is off when he is to restart
    is only to be on again (R10-41): an ON of a UPS that is off takes nothing from anybody, nor does one while
    none of its servers runs; nor, in an incident, a flush of a disk that nobody uses (ADR 0040). And whom
    somebody else shuts down with all nodes meanwhile, his own UPS boots again (R2-08, L3).
    """

    id = "S21"
    sentence = later("off and on one minute apart restart the servers and switch nothing")

    def watches(self) -> Mapping[str, Look]:
        looks: dict[str, Look] = {f"command.sent {command}": self._sent for command in SWITCHES}
        return looks | {"schedule.fired": self._fired}

    def _fired(self, event: Event) -> None:
        schedule = self.site.schedules.get(event.subject)
        if schedule is None or not calendar.is_restart(schedule):
            return
        self.put_to_test += 1
        if event.details.get("goal") == Goal.DOWN.value and str(event.details.get("id")).endswith("/off"):
            text = t(
                "{schedule} switched off at {time}, though its on is one minute later",
                schedule=event.subject,
                time=self.at(event.t),
            )
            self.broken(event.t, event.subject, text, event)

    def _sent(self, event: Event) -> None:
        room = self.room
        if not room.wants.of:
            return
        wants = [w for s in room.causes.concerns(event.subject) if (w := room.wants.of.get(s)) is not None]
        restarts = [w for w in wants if w.goal is Goal.REBOOT and not w.reached]
        if not restarts or room.incident.confirmed or any(w.goal is Goal.DOWN for w in wants):
            return
        self.put_to_test += 1
        command = event.details.get("command")
        if only_ends_a_stop(room, event) or counts_down(room, event) or disks_count_down(room, event):
            return
        if command == "off" and boots_who_is_wanted_up(room, event):
            return
        if command == "on" and not (room.power.output[event.subject] and self._runs(event.subject)):
            return
        if command == "flush" and room.incident.began_s is not None and not self._runs(event.subject):
            return
        text = t(
            "{command} of {name} at {time}, though {cause} is only a restart",
            command=retold(str(command)),
            name=event.subject,
            time=self.at(event.t),
            cause=restarts[0].cause,
        )
        self.broken(event.t, event.subject, text, restarts[0].event, event)

    def _runs(self, name: str) -> bool:
        room = self.room
        return any(room.machines.running(self.site.servers[s]) for s in room.causes.concerns(name))


class Planned(Invariant):
    """What S22 and S23 look at: a linked array that is flushed or cut, and no outage brings it down.

    One whose power counts down is flushed for that, whatever the plan says (C12); and a flush for a battery
    that is short, while nobody uses the array, is no stop (P4).
    """

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent off": self._off, "command.sent flush": self._flush}

    def _off(self, event: Event) -> None:
        if event.subject in self.room.wiring.linked_array_upses:
            for array in self.room.wiring.arrays_on[event.subject]:
                self._look(event, array)

    def _flush(self, event: Event) -> None:
        array = self.site.arrays.get(event.subject)
        if array is not None and not disks_count_down(self.room, event):
            self._look(event, array)

    def _look(self, event: Event, array: Array) -> None:
        causes = self.room.causes
        if array.role is not ArrayRole.LINKED or causes.array(array) or not causes.wanted(array.name):
            return
        if not stops_nobody(self.room, event):
            self._judge(event, array)

    @abstractmethod
    def _judge(self, event: Event, array: Array) -> None:
        """This array is flushed or switched off by a plan."""


class S22(Planned):
    """A gap that is too short leaves the array on: its servers stop, and it is neither flushed nor cut.

    `gap<G -> no Off(a)`. Gap: from the last of its users' offs to the first of their next scheduled ons, by
    the calendar. G: `timing.shortest_night_s`, where flushes go in series with those of all arrays that are
    down in it. An array whose power counts down, as another has told it, is flushed all the same (C12). Told
    once per array and word.
    """

    id = "S22"
    sentence = later("an array goes off by schedule only when the gap is long enough")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._told: set[tuple[str, str]] = set()

    def _judge(self, event: Event, array: Array) -> None:
        nights = self.room.nights
        if not nights.all_down(array):
            return  # S23's
        gap_s = nights.gap_s(array)
        if gap_s is None:
            return
        self.put_to_test += 1
        need_s = nights.need_s(array)
        causes = ", ".join(sorted({self.room.wants.of[s].cause for s in nights.users[array.name]}))
        if gap_s < need_s - TICK_S and (array.name, causes) not in self._told:
            self._told.add((array.name, causes))
            text = t(
                "{array} was stopped at {time} for {gap}; {need} are needed",
                array=array.name,
                time=self.at(event.t),
                gap=seconds(gap_s),
                need=seconds(need_s),
            )
            self.broken(event.t, array.name, text, event)


class S23(Planned):
    """An array goes off by schedule or request only if all its users are to be off.

    `SchedOff(a) -> forall h in users(a): h wanted down, or off and wanted by nobody`. For how long is S22's.
    Users are servers: that the control side sleeps says nothing about a linked array. By what this node can
    know: a word that only a node has heard that is down binds it not (see S27), while he it is about is down.
    Where it is one word that wants somebody up, the breach shows it.
    """

    id = "S23"
    sentence = later("an array goes off by schedule only when all its servers are to be off")

    def _judge(self, event: Event, array: Array) -> None:
        self.put_to_test += 1
        room = self.room
        staying = [
            s.name
            for s in room.wiring.users_of[array.name]
            if not room.causes.wanted(s.name)
            and (room.machines.running(s) or room.wants.goal(s.name) is Goal.UP)
            and not self._is_down_as_known(event, s.name)
        ]
        if staying:
            stays = verb(staying, later("{names} was not to be off"), later("{names} were not to be off"))
            text = t(
                "{array} was stopped at {time}, but {missing}",
                array=array.name,
                time=self.at(event.t),
                missing=said(stays, names=names(staying)),
            )
            wants = (room.wants.of[name] for name in staying if room.wants.goal(name) is Goal.UP)
            words = {want.event.t: want.event for want in wants}
            self.broken(event.t, array.name, text, *(words.values() if len(words) == 1 else ()), event)

    def _is_down_as_known(self, event: Event, server: str) -> bool:
        """It does not run, and the last word about it that who did this can know wants it so."""
        room = self.room
        if room.machines.running(self.site.servers[server]):
            return False
        known = room.wants.known(server, lambda word: room.heard.can_know(event.by, word, event.t))
        return known is not None and known.goal is Goal.DOWN
