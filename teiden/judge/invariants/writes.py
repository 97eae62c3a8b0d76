"""S29, S30, S33: what is written to a device was read back, written down before, and not too often."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer import timing
from sequencer.events import Event, Source
from sequencer.ports import Off
from sequencer.site import OffMode, Server, Ups
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S, Invariant, Look
from teiden.judge.ledger.machines import RUNNING
from teiden.judge.ledger.minds import Mind
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.words import names, seconds
from teiden.language.retell import retold
from teiden.language.say import later, t

DELAYS = {
    **dict.fromkeys((Off.GRACEFUL.value, Off.UNTIL_MAINS.value, Off.SLEEP.value), timing.graceful_off_s),
    Off.DELAYED.value: timing.delayed_off_s,
    **dict.fromkeys((Off.NOW.value, Off.CONSERVE.value), timing.immediate_off_s),
}
"""What the site file promises of each way to go off."""
ALIKE_S = 0.5
"""Settings are whole seconds."""


class S29(Invariant):
    """An OFF is planned with the delay that the card has, and not sent where that is too short.

    `Off(u,d) -> d = readback(u) & d >= limit(loads(u))`. By the words of the node that sends it: it goes out
    with the delay that was written down, and one that is not the site file's was said aloud (an alarm with
    S29 about the UPS, in this life of the node). No load whose system still runs may take longer to stop than
    that, unless its other UPSes give it enough for as long as it may take (S1, X-04); with `off: after_halt`,
    or told to go off at once, a UPS waits for nobody. And by the room's truth,
    where it tells when an OFF falls (`ups.off_armed`): it is as planned, or an alarm says so before that. An
    OFF is taken once, and within two minutes; what counts down without one of ours is somebody else's (C12).
    """

    id = "S29"
    sentence = later("an OFF is planned with the delay that the card really has")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._said_s: dict[str, float] = {}
        """By UPS: when somebody said last that its delay is not as planned."""

    def watches(self) -> Mapping[str, Look]:
        return {
            "command.sent off": self._loads,
            "alarm.raised": self._said,
            "ups.output_off": self._falls,
        }

    def hears(self) -> Mapping[str, Look]:
        return {"command.sent off": self._planned}

    def _planned(self, event: Event) -> None:
        ups, mind = self.site.upses.get(event.subject), self.room.minds.of.get(event.by)
        planned_s, promised = event.details.get("falls_in_s"), DELAYS.get(str(event.details.get("how")))
        if ups is None or mind is None or planned_s is None or promised is None:
            return
        self.put_to_test += 1
        noted_s, site_s = mind.off_noted_s.get(ups.name), promised(ups)
        if noted_s is not None and abs(noted_s - planned_s) > ALIKE_S:
            self._wrong(event, t("wrote down {noted}", noted=seconds(noted_s)))
        elif abs(planned_s - site_s) > ALIKE_S and not _said_so(mind, ups):
            self._wrong(event, t("said nowhere that the site file has {site}", site=seconds(site_s)))

    def _wrong(self, event: Event, why: str) -> None:
        text = t(
            "{node} told {ups} at {time} to go off after {planned}, and {why}",
            node=event.by,
            ups=event.subject,
            time=self.at(event.t),
            planned=seconds(float(event.details["falls_in_s"])),
            why=why,
        )
        self.broken(event.t, event.subject, text, event)

    def _loads(self, event: Event) -> None:
        ups, planned_s = self.site.upses.get(event.subject), event.details.get("falls_in_s")
        at_once = event.details.get("how") in (Off.NOW.value, Off.CONSERVE.value)
        if ups is None or planned_s is None or at_once or ups.off is not OffMode.WITH_SHUTDOWN:
            return
        os, on_it = self.room.machines.os, self.room.wiring.servers_on[ups.name]
        slow = [
            s
            for s in on_it
            if os[s.name] in RUNNING
            and s.stop_limit_s > planned_s + ALIKE_S
            and not self._carried(s, ups, event.t)
        ]
        if slow:
            why = t(
                "{names} may take {limit} to stop",
                names=names(s.name for s in slow),
                limit=seconds(max(s.stop_limit_s for s in slow)),
            )
            self._wrong(event, why)

    def _carried(self, server: Server, ups: Ups, t: float) -> bool:
        """By the room's truth: what of its other UPSes does not go off before its limit is over is enough."""
        power, until_s = self.room.power, t + server.stop_limit_s
        others = [u for u in server.upses if u != ups.name and power.output[u]]
        stay = [u for u in others if u not in power.armed or power.armed[u][1] >= until_s - ALIKE_S]
        return len(stay) >= server.minimum_supplies

    def _said(self, event: Event) -> None:
        if event.details.get("rule") == self.id:
            self._said_s[event.subject] = event.t

    def _falls(self, event: Event) -> None:
        """By the countdown that the last OFF of ours began, not by one that was told in vain since (U5)."""
        power, ups = self.room.power, event.subject
        sent, armed = power.taken.get(ups, (None, event))
        if sent is None or sent is not power.told_off.get(ups) or power.cause(event) != "command":
            return
        planned_s, falls_at = sent.details.get("falls_in_s"), armed.details.get("falls_at")
        if planned_s is None or falls_at is None or self._said_s.get(ups, ALWAYS) >= armed.t:
            return
        took_s = float(falls_at) - armed.t
        if abs(took_s - float(planned_s)) > LATENCY_S:
            self._wrong(sent, t("it took {took}, which nobody noticed", took=seconds(took_s)))


def _said_so(mind: Mind, ups: Ups) -> bool:
    return any(a.subject == ups.name and a.details.get("rule") == "S29" for a in mind.alarms)


WRITTEN_AHEAD = {
    "off": ("off_armed",),
    "flush": ("flush_asked",),
    "stop": ("cluster_stop_asked",),
    "force": ("forced", "cluster_stop_asked"),
}
"""Commands that need a row about the very device."""
STARTS = ("on", "wake", "start", "restart", "reboot")


class S30(Invariant):
    """Nothing is written to a device before it, or what is wanted, stands in the journal.

    `write(x) -> @-durable(intent(x))`, by `journal.committed`. OFF, flush, the cluster's stop, a force: a
    row about that very device for the present stop, by any node, or of the moment before that began, in which
    a look was on its way. A restart of the cluster after an outage:
    the same. Shutdown, ON, wake, start: an outage, a schedule's or somebody's want has been written down,
    or the node remembers one. A node may always stop itself. Once a node has said that its journal is broken
    it may shut down, flush and switch off (S1, S2 judge those), and starts nothing; that somebody wants
    something, as it says then, its peers have heard.
    """

    id = "S30"
    sentence = later("nothing is written to a device that the journal does not know of")

    def hears(self) -> Mapping[str, Look]:
        return {"command.sent": self._sent}

    def _sent(self, event: Event) -> None:
        minds, command = self.room.minds, str(event.details.get("command"))
        mind = minds.of.get(event.by)
        if mind is None or (event.subject == event.by and command in ("shutdown", "force")):
            return
        if mind.safe_mode is not None:
            self.put_to_test += 1
            if command in STARTS:
                self._unwritten(
                    event, t("with its journal broken since {time}", time=self.at(mind.safe_mode.t))
                )
        elif minds.tells_rows:
            self.put_to_test += 1
            if not self._written(event.subject, command):
                self._unwritten(event, t("and nothing of it was written down"))

    def _written(self, device: str, command: str) -> bool:
        minds = self.room.minds
        kinds = WRITTEN_AHEAD.get(command)
        if kinds is None:
            return minds.goal is not None
        return any((kind, device) in minds.rows for kind in kinds)

    def _unwritten(self, event: Event, why: str) -> None:
        text = t(
            "{node} sent {command} to {name} at {time}, {why}",
            node=event.by,
            command=retold(str(event.details.get("command"))),
            name=event.subject,
            time=self.at(event.t),
            why=why,
        )
        self.broken(event.t, event.subject, text, event)

    def end(self, t_s: float) -> None:
        if not self.put_to_test:
            self.not_applicable = t("nothing was written to a device, or the stream tells of no journal")


class S33(Invariant):
    """A node writes to a UPS no faster than it polls it, and not again while a write may be on its way.

    `|writes(k,u)| <= r`, r: one in the longer of the time between two polls on battery and the time-out
    of a request; then at most one of them is unanswered. Of two nodes only one writes (S13).
    """

    id = "S33"
    sentence = later("no card is written to faster than it is polled")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._last: dict[tuple[str, str], Event] = {}

    def hears(self) -> Mapping[str, Look]:
        return {"command.sent": self._sent}

    def _sent(self, event: Event) -> None:
        if event.subject not in self.site.upses or event.source is not Source.SEEN:
            return
        self.put_to_test += 1
        polling = self.site.polling
        least_s = max(polling.on_battery_s, polling.timeout_s)
        before = self._last.get((event.by, event.subject))
        self._last[event.by, event.subject] = event
        apart_s = event.t - (ALWAYS if before is None else before.t)
        if apart_s < least_s - TICK_S:
            text = t(
                "{node} wrote to {ups} twice at {time}, {apart} apart; {least} is the least",
                node=event.by,
                ups=event.subject,
                time=self.at(event.t),
                apart=seconds(apart_s),
                least=seconds(least_s),
            )
            self.broken(event.t, event.subject, text, before, event)
