"""S1, S2, S4, S25: what a commanded fall of output must not take the power from."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.events import Event
from sequencer.site import Array, ArrayRole, Server
from teiden.judge.invariants.invariant import LATENCY_S, Invariant, Look
from teiden.judge.ledger.caches import Flush
from teiden.judge.ledger.machines import RUNNING
from teiden.judge.ledger.room import Room
from teiden.judge.words import names, seconds
from teiden.language.retell import retold
from teiden.language.say import later, t


def last_s(room: Room, name: str, server: Server, t: float) -> float:
    """When that was told of it last, by then; minus infinity: never."""
    told = (moment.event for moment in room.history.of(name))
    return max((e.t for e in told if e.subject == server.name and e.t <= t), default=float("-inf"))


class S1(Invariant):
    """No commanded cut takes the last needed feed of a system that is not down.

    `[](cut(u) & cmd -> forall x in loads(u): feeds_alive(x)\\{u} >= minimum or os(x) is down)`.
    Judged when the output falls. Down: halted, crashed, or forced off first. Pool servers and
    control nodes count like any other; what cannot be forced either is a loss, and is reported. One that
    began to boot after the last poll is at its self-test, and nobody can have seen that.
    """

    id = "S1"
    sentence = later("no commanded cut takes the last needed feed of a running system")

    def watches(self) -> Mapping[str, Look]:
        return {"ups.output_off": self._falls}

    def _falls(self, event: Event) -> None:
        fall = self.room.power.fall(event)
        if fall.cause != "command":
            return
        machines = self.room.machines
        self.put_to_test += len(fall.servers)
        for server in fall.servers:
            state = machines.os[server.name]
            # A crash of this very instant is what the cut did, whichever was told first.
            runs = state in RUNNING or (state == "crashed" and machines.since[server.name] == event.t)
            if runs and not self._boots_unseen(server, event.t):
                text = t(
                    "{ups} fell at {time} while {name} was still {state}",
                    ups=event.subject,
                    time=self.at(event.t),
                    name=server.name,
                    state=retold("running" if state == "crashed" else state),
                )
                self.broken(event.t, server.name, text, self.room.power.told_off.get(event.subject), event)

    def _boots_unseen(self, server: Server, t: float) -> bool:
        began_s = last_s(self.room, "server.booting", server, t)
        unseen = t - began_s < self.site.polling.on_line_s
        return unseen and last_s(self.room, "server.up", server, t) < began_s


class S2(Invariant):
    """An array loses power by command only after a flush that began after its last user stopped.

    `[](cut(u) & u in feeds(a) & last -> (@-FlushOK(a) & no user up since FlushStart(a)) or S25(a))`.
    A linked array: flushed, and no user's system ran since; one whose power came and went again between two
    polls, or who began to boot after the last one before the cut, was at its self-test: it wrote nothing, and
    nobody can have seen it. A flush that was asked for and never answered is S25's case and judged there. A
    control array is never flushed (S32): there no user's system may run when it falls; one that began to boot
    after the OFF had been told, and is not up yet, has no use of it: its UPS came back by itself, and nobody
    can call the OFF back (S16). Nor can one that is up before that do more than go down at once, when it has
    looked round: how much time is left nobody tells.
    An array that has had no power since its last use holds nothing.
    """

    id = "S2"
    sentence = later("an array is cut only after a flush that began after its last user stopped")

    def watches(self) -> Mapping[str, Look]:
        return {"ups.output_off": self._falls}

    def _falls(self, event: Event) -> None:
        fall = self.room.power.fall(event)
        if fall.cause != "command":
            return
        caches = self.room.caches
        for array in fall.arrays:
            self.put_to_test += 1
            if array.role is ArrayRole.CONTROL:
                self._control(event, array)
                continue
            flush = caches.flush[array.name]
            if not (flush.clean(event.t) or caches.clean_but_for_self_tests(array.name, event.t)):
                self._linked(event, array, flush)

    def _boots_since_told(self, server: Server, event: Event) -> bool:
        """And has had no use of it yet, or gone down again when it had only looked round."""
        os, goes_s = self.room.machines.os[server.name], self.room.machines.since[server.name]
        told = self.room.power.told_off.get(event.subject)
        if told is None or os not in ("booting", "shutting down"):
            return False
        if last_s(self.room, "server.booting", server, event.t) <= told.t:
            return False
        looked_by_s = last_s(self.room, "server.up", server, event.t) + self.site.start.first_look_limit_s
        in_time = goes_s <= looked_by_s + LATENCY_S and event.t <= goes_s + server.shutdown_limit_s
        return os == "booting" or in_time

    def _control(self, event: Event, array: Array) -> None:
        users = self.room.wiring.users_of[array.name]
        user = self.room.machines.first_running(s for s in users if not self._boots_since_told(s, event))
        if user:
            text = t(
                "{array} was cut at {time} while {user} still used it",
                array=array.name,
                time=self.at(event.t),
                user=user,
            )
            self.broken(event.t, array.name, text, self.room.power.told_off.get(event.subject), event)

    def _linked(self, event: Event, array: Array, flush: Flush) -> None:
        if flush.pending:
            return
        if flush.asked is None:
            why = t("and was never flushed")
        elif flush.used_by:
            why = t("though {user} had run since its flush began", user=flush.used_by)
        else:
            why = t("with data in its cache again since its flush")
        text = t("{array} was cut at {time}, {why}", array=array.name, time=self.at(event.t), why=why)
        told = self.room.power.told_off.get(event.subject)
        self.broken(event.t, array.name, text, flush.asked, told, event)


class S4(Invariant):
    """A linked array's controllers lose their power before its enclosures.

    `Off(de(a)) -> @-off(ctl(a))`; the other half, `Off(ctl(a)) -> @-S2`, is S2. Judged when the last
    feed of the enclosures falls by command; a UPS that feeds both takes both at once. An array that is off
    before has no controllers that run, whatever the UPS gives that they should hang on (U19).
    """

    id = "S4"
    sentence = later("controllers are cut before enclosures")

    def watches(self) -> Mapping[str, Look]:
        return {"ups.output_off": self._falls}

    def _falls(self, event: Event) -> None:
        fall = self.room.power.fall(event)
        if fall.cause != "command":
            return
        on = self.room.power.output
        for array in fall.enclosures:
            if array.role is not ArrayRole.LINKED or array in fall.controllers:
                continue
            self.put_to_test += 1
            alive = [u for u in array.controllers if on[u]]
            if alive and self.room.caches.service[array.name] != "off":
                text = t(
                    "the enclosures of {array} were cut at {time}, its controllers on {upses} still ran",
                    array=array.name,
                    time=self.at(event.t),
                    upses=names(alive),
                )
                self.broken(event.t, array.name, text, event)


class S25(Invariant):
    """An array that never answered is cut only after its whole flush limit, noted and loudly.

    `cut(a) & not FlushOK -> @-FlushReq & elapsed >= limit & alarm`. The limit counts from the
    request of the commander's present life: a restart begins the wait again, never shortens it; a
    flush that has ended unheard, with the array dirty anew, does not begin it again (N3).
    Noted: `array.flush_timed_out` of the commander. Loud: an alarm about the array or its UPSes since
    the request. One whose controllers or enclosures had no power before is not cut by this fall: what it
    held went then.
    """

    id = "S25"
    sentence = later("an array that is not flushed is cut only past its limit, with an alarm")

    def watches(self) -> Mapping[str, Look]:
        return {"ups.output_off": self._falls}

    def _falls(self, event: Event) -> None:
        fall = self.room.power.fall(event)
        if fall.cause != "command":
            return
        for array in fall.arrays:
            flush = self.room.caches.flush[array.name]
            if array.role is not ArrayRole.LINKED or flush.asked is None or not flush.pending:
                continue
            if self.room.power.array_fed(array):
                self.put_to_test += 1
                self._waited(event, array, flush, flush.asked)

    def _waited(self, event: Event, array: Array, flush: Flush, asked: Event) -> None:
        waited_s, limit_s = event.t - asked.t, self.site.linkage.flush_limit_s
        missing = []
        if waited_s < limit_s - LATENCY_S:
            early, limit = seconds(limit_s - waited_s), seconds(limit_s)
            missing.append(t("{time} before its limit of {limit}", time=early, limit=limit))
        if flush.timed_out is None:
            missing.append(t("with no word that the flush timed out"))
        if not self.room.incident.alarm((array.name, *array.upses), asked.t):
            missing.append(t("without an alarm"))
        if missing:
            text = t(
                "{array} was cut unflushed at {time}, {missing}",
                array=array.name,
                time=self.at(event.t),
                missing=names(missing),
            )
            self.broken(event.t, array.name, text, asked, event)
