"""S18, L2: the batteries last until the sequence is through."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.events import Event
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.judge.words import names


class S18(Invariant):
    """No battery is empty before the sequence has switched its UPS off.

    `runtime >= remaining critical path`, judged by its outcome: a `ups.exhausted` while the output is
    still on, armed or not, whatever it feeds. What is lost by it is L2's matter.
    """

    id = "S18"
    sentence = "every battery lasts until its UPS has been switched off"

    def watches(self) -> Mapping[str, Look]:
        return {"ups.exhausted": self._empty, "ups.output_off": self._falls}

    def _falls(self, event: Event) -> None:
        self.put_to_test += 1

    def _empty(self, event: Event) -> None:
        power, ups = self.room.power, event.subject
        fell = power.fell.get(ups)
        # A fall of this very instant is how the battery's end shows, whichever was told first.
        by_end = fell is not None and fell.t == event.t and power.cause(fell) != "command"
        if not power.output[ups] and not by_end:
            return
        armed, told = power.counting_down(ups, event.t), power.told_off.get(ups)
        if armed is not None:
            why = f"its OFF would have come at {self.at(power.armed[ups][1])}"
        elif told is not None:
            why = f"it had been told to go off at {self.at(told.t)} and had not"
        else:
            why = "it had not been told to go off"
        self.broken(event.t, ups, f"{ups} was empty at {self.at(event.t)}; {why}", armed or told, event)


class L2(Invariant):
    """In an outage that stays confirmed, everything in scope is down before its battery ends.

    `<>_{deadline} down(scope)`, judged by its failure: a system that loses its power while it runs, or
    an array that loses data, because a battery ended: always; because a UPS gave up: while an
    incident is open. What a commanded cut does is S1's and S2's matter. A system that crashes with
    its power on has lost no power.
    """

    id = "L2"
    sentence = "everything in scope is down before its battery ends"

    def watches(self) -> Mapping[str, Look]:
        return {"server.crashed": self._crashed, "array.lost_data": self._lost}

    def _crashed(self, event: Event) -> None:
        server = self.site.servers.get(event.subject)
        if server is not None:
            self._judge(event, server.upses, self.room.power.fed(server), "lost power while running")

    def _lost(self, event: Event) -> None:
        array = self.site.arrays.get(event.subject)
        if array is not None:
            self._judge(event, array.upses, self.room.power.array_fed(array), "lost the data in its cache")

    def _judge(self, event: Event, upses: tuple[str, ...], fed: bool, did: str) -> None:
        self.put_to_test += 1
        power = self.room.power
        fell = self._falls_now(upses, event.t) if fed else self._last_fall(upses)
        if fell is None and event.details.get("cause") != "exhausted":
            return  # something else brought it down
        cause = event.details.get("cause")
        if cause not in ("command", "exhausted", "fault"):
            cause = power.cause(fell) if fell is not None else ""
        in_incident = self.room.incident.began_s is not None
        if cause == "exhausted" or (cause == "fault" and in_incident):
            ups = fell.subject if fell is not None else names(upses)
            why = f"the battery of {ups} was empty" if cause == "exhausted" else f"{ups} failed"
            text = f"{event.subject} {did} at {self.at(event.t)}: {why}"
            self.broken(event.t, event.subject, text, fell, event)

    def _last_fall(self, upses: tuple[str, ...]) -> Event | None:
        falls = [fell for u in upses if (fell := self.room.power.fell.get(u))]
        return max(falls, key=lambda fell: fell.t, default=None)

    def _falls_now(self, upses: tuple[str, ...], t: float) -> Event | None:
        """A fall of this very instant that is told after the crash it causes."""
        falls = self.room.history.of("ups.output_off", since_s=t)
        return next((m.event for m in falls if m.event.t == t and m.event.subject in upses), None)
